//! What the schemata of FollowTheMoney mean here: which are edges and between what, which noun a node
//! has. What is not in the table is kept under its own name.

/// An edge: an entity that says how two others hang together.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// The schema.
    pub schema: &'static str,
    /// The property that holds the subject.
    pub from: &'static str,
    /// The relation.
    pub relation: &'static str,
    /// The property that holds the object.
    pub to: &'static str,
}

/// All edges.
pub const EDGES: &[Edge] = &[
    edge("Ownership", "owner", "owned", "asset"),
    edge("Directorship", "director", "directs", "organization"),
    edge("Membership", "member", "member-of", "organization"),
    edge("Employment", "employee", "works-for", "employer"),
    edge("Representation", "agent", "represents", "client"),
    edge("UnknownLink", "subject", "associated-with", "object"),
    edge("Associate", "person", "associated-with", "associate"),
    edge("Family", "person", "relative-of", "relative"),
    edge("Succession", "predecessor", "succeeded-by", "successor"),
    edge("Debt", "debtor", "owes", "creditor"),
    edge("Payment", "payer", "paid", "beneficiary"),
    edge("Occupancy", "holder", "holds", "post"),
    edge("Documentation", "entity", "documented-in", "document"),
    edge(
        "ProjectParticipant",
        "participant",
        "takes-part-in",
        "project",
    ),
    edge("ContractAward", "supplier", "supplies", "contract"),
    edge("CourtCaseParty", "party", "party-to", "case"),
    edge("Similar", "candidate", "similar-to", "match"),
    edge("Mention", "name", "mentioned-in", "document"),
];

const fn edge(
    schema: &'static str,
    from: &'static str,
    relation: &'static str,
    to: &'static str,
) -> Edge {
    Edge {
        schema,
        from,
        relation,
        to,
    }
}

/// Properties of nodes that hold other nodes: the property, the relation, whether the other is the subject.
pub const LINKS: &[(&str, &str, bool)] = &[
    ("addressEntity", "located-in", false),
    ("holder", "holds", true),
    ("parent", "part-of", false),
];

/// Nodes whose noun is not the one that the vocabulary has the schema's name for.
const NOUNS: &[(&str, &str)] = &[
    ("Organization", "organisation"),
    ("PublicBody", "institution"),
    ("LegalEntity", "actor"),
    ("Thing", "entity"),
    ("CryptoWallet", "wallet"),
    ("Airplane", "aircraft"),
    ("Position", "office"),
];

/// Schemata of nodes, besides those of the vocabulary.
const NODES: &[&str] = &[
    "Address",
    "Article",
    "Asset",
    "Assessment",
    "Audio",
    "BankAccount",
    "Call",
    "CallForTenders",
    "Company",
    "Contract",
    "CourtCase",
    "Document",
    "EconomicActivity",
    "Email",
    "Event",
    "Folder",
    "HyperText",
    "Identification",
    "Image",
    "License",
    "Message",
    "Note",
    "Package",
    "Page",
    "Pages",
    "Passport",
    "Person",
    "PlainText",
    "Post",
    "Project",
    "RealEstate",
    "Security",
    "Table",
    "TaxRoll",
    "Trip",
    "UserAccount",
    "Vehicle",
    "Vessel",
    "Video",
    "Workbook",
];

/// The edge of a schema.
pub fn edge_of(schema: &str) -> Option<&'static Edge> {
    EDGES.iter().find(|edge| edge.schema == schema)
}

/// The noun of a node: from the table, else the name of the schema as a word (`RealEstate`, `real-estate`).
pub fn noun(schema: &str) -> String {
    if let Some((_, noun)) = NOUNS.iter().find(|(known, _)| *known == schema) {
        return (*noun).to_owned();
    }
    let mut word = String::new();
    for sign in schema.chars() {
        if sign.is_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.extend(sign.to_lowercase());
    }
    word
}

/// Whether a schema is known.
pub fn is_known(schema: &str) -> bool {
    let named = NOUNS.iter().any(|(known, _)| *known == schema);
    named || NODES.contains(&schema) || schema == "Sanction" || edge_of(schema).is_some()
}

/// Of two schemata of one entity, whether the first says less.
pub fn is_wider(one: &str, other: &str) -> bool {
    let rank = |schema: &str| match schema {
        "Thing" | "Interval" => 0,
        "LegalEntity" | "Asset" | "Document" | "Interest" => 1,
        "Organization" => 2,
        _ => 3,
    };
    rank(one) < rank(other)
}

#[cfg(test)]
mod tests {
    use super::{EDGES, NODES, noun};

    #[test]
    fn nouns_are_words() {
        assert_eq!(noun("RealEstate"), "real-estate");
        assert_eq!(noun("Organization"), "organisation");
    }

    #[test]
    fn no_schema_is_both_an_edge_and_a_node() {
        let both = EDGES.iter().find(|edge| NODES.contains(&edge.schema));
        assert!(both.is_none(), "{both:?}");
    }
}

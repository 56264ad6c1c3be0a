//! The words of STIX as words of a case: types of objects, relationship types, fields that refer to other
//! objects. A word that the vocabulary has by its `stix` word is that one; what it lacks is declared with it.
//! It reads no document.

use crate::import::harvest::Harvest;
use crate::model::{RelationDeclaration, RelationId, TypeDeclaration, TypeId};
use rustc_hash::FxHashMap;

/// Types of objects that the vocabulary of a new case has no word for: the word, the noun, the type above.
const KINDS: &[(&str, &str, &str)] = &[
    ("threat-actor", "threat-actor", "actor"),
    ("infrastructure", "infrastructure", "system"),
    ("indicator", "indicator", ""),
    ("course-of-action", "mitigation", ""),
    ("observed-data", "observation", ""),
    ("malware-analysis", "analysis", "document"),
    ("grouping", "grouping", "document"),
    ("note", "note", "document"),
    ("opinion", "opinion", "document"),
    ("marking-definition", "handling-marking", ""),
    ("x-mitre-tactic", "tactic", ""),
    ("x-mitre-matrix", "matrix", "document"),
    ("x-mitre-collection", "collection", "document"),
    ("x-mitre-data-source", "data-source", ""),
    ("x-mitre-data-component", "data-component", ""),
    ("x-mitre-detection-strategy", "detection-strategy", ""),
    ("x-mitre-analytic", "analytic", ""),
    ("x-mitre-asset", "industrial-asset", "asset"),
    ("kill-chain-phase", "phase", ""),
];

/// Types of cyber-observable objects; they are `observable`s under their own word.
pub const OBSERVABLES: &[&str] = &[
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

/// Types that are not described as entities: what they say becomes claims.
pub const STATEMENTS: &[&str] = &["relationship", "sighting"];

/// Words that mean a relation of another name.
const MEANT: &[(&str, &str)] = &[
    ("uses", "used"),
    ("related-to", "associated-with"),
    ("located-at", "located-in"),
    ("belongs-to", "part-of"),
];

/// Relations that a new case has no word for: the word, the base form of its verb, the particle.
const RELATIONS: &[(&str, &str, &str)] = &[
    ("mitigates", "mitigate", ""),
    ("detects", "detect", ""),
    ("indicates", "indicate", ""),
    ("delivers", "deliver", ""),
    ("downloads", "download", ""),
    ("exploits", "exploit", ""),
    ("impersonates", "impersonate", ""),
    ("remediates", "remediate", ""),
    ("investigates", "investigate", ""),
    ("characterizes", "characterize", ""),
    ("mentions", "mention", ""),
    ("observed", "observe", ""),
    ("communicates-with", "communicate", "with"),
    ("beacons-to", "beacon", "to"),
    ("resolves-to", "resolve", "to"),
];

/// Which of two objects is the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The one that has the field.
    Out,
    /// The one that is referred to.
    In,
}

/// Fields that refer to other objects, as relations: the type that has it, or `` for any; the field.
const REFERENCES: &[(&str, &str, &str, Way)] = &[
    ("observed-data", "object_refs", "observed", Way::Out),
    ("observed-data", "objects", "observed", Way::Out),
    ("", "object_refs", "mentions", Way::Out),
    ("", "object_ref", "mentions", Way::Out),
    ("", "resolves_to_refs", "resolves-to", Way::Out),
    ("", "belongs_to_ref", "belongs-to", Way::Out),
    ("", "belongs_to_refs", "belongs-to", Way::Out),
    ("", "contains_refs", "part-of", Way::In),
    ("", "parent_directory_ref", "part-of", Way::Out),
    ("", "content_ref", "part-of", Way::In),
    ("", "from_ref", "sent-by", Way::Out),
    ("", "sender_ref", "sent-by", Way::Out),
    ("", "to_refs", "sent-to", Way::Out),
    ("", "cc_refs", "sent-to", Way::Out),
    ("", "bcc_refs", "sent-to", Way::Out),
    ("", "src_ref", "sent-by", Way::Out),
    ("", "dst_ref", "sent-to", Way::Out),
    ("", "encapsulates_refs", "part-of", Way::In),
    ("", "encapsulated_by_ref", "part-of", Way::Out),
    ("", "parent_ref", "started-by", Way::Out),
    ("", "child_refs", "started-by", Way::In),
    ("", "creator_user_ref", "created-by", Way::Out),
    ("", "sample_ref", "analysis-of", Way::Out),
    ("", "sample_refs", "sample-of", Way::In),
    ("", "tactic_refs", "part-of", Way::In),
    ("", "x_mitre_data_source_ref", "part-of", Way::Out),
    ("", "x_mitre_analytic_refs", "part-of", Way::In),
    ("", "x_mitre_data_component_ref", "based-on", Way::Out),
    ("", "x_mitre_contents", "part-of", Way::In),
];

/// Fields that end like references and stay properties: who wrote, who may read.
pub const NO_REFERENCES: &[&str] = &[
    "created_by_ref",
    "object_marking_refs",
    "marking_ref",
    "x_mitre_modified_by_ref",
    "observed_data_refs",
];

/// The relation of a field that refers to other objects, and whether the standard knows the field.
pub fn reference(kind: &str, field: &str) -> Option<(String, Way, bool)> {
    let known = REFERENCES
        .iter()
        .find(|(of, name, ..)| *name == field && (of.is_empty() || *of == kind));
    if let Some((_, _, word, way)) = known {
        return Some(((*word).to_owned(), *way, true));
    }
    let stem = field
        .strip_suffix("_refs")
        .or_else(|| field.strip_suffix("_ref"))?;
    if stem.is_empty() || NO_REFERENCES.contains(&field) {
        return None;
    }
    let stem = stem.strip_prefix("x_mitre_").unwrap_or(stem);
    Some((format!("has-{}", stem.replace('_', "-")), Way::Out, false))
}

/// Words that were looked up before.
#[derive(Default)]
pub struct Words {
    kinds: FxHashMap<String, TypeId>,
    relations: FxHashMap<String, RelationId>,
}

impl Words {
    /// The type of objects of a type.
    pub fn kind(&mut self, word: &str, harvest: &mut Harvest<'_>) -> TypeId {
        if let Some(known) = self.kinds.get(word) {
            return *known;
        }
        let kind = kind(word, harvest);
        self.kinds.insert(word.to_owned(), kind);
        kind
    }

    /// The relation of a relationship type.
    pub fn relation(&mut self, word: &str, harvest: &mut Harvest<'_>) -> RelationId {
        if let Some(known) = self.relations.get(word) {
            return *known;
        }
        let relation = relation(word, harvest);
        self.relations.insert(word.to_owned(), relation);
        relation
    }
}

fn kind(word: &str, harvest: &mut Harvest<'_>) -> TypeId {
    let words = harvest.words();
    let of_word = |(_, of): &(TypeId, &TypeDeclaration)| of.stix.as_deref() == Some(word);
    let known: Vec<TypeId> = words
        .types()
        .filter(of_word)
        .map(|(kind, _)| kind)
        .collect();
    let same = words.type_named(word).filter(|kind| known.contains(kind));
    if let Some(kind) = same.or(known.first().copied()) {
        return kind;
    }
    let row = KINDS.iter().find(|(stix, ..)| *stix == word);
    let (noun, above) = match row {
        Some((_, noun, above)) => (*noun, *above),
        None if OBSERVABLES.contains(&word) => (word, "observable"),
        None => (word.strip_prefix("x-").unwrap_or(word), ""),
    };
    let parents = match above {
        "" => Vec::new(),
        above => vec![above.to_owned()],
    };
    harvest.declared_kind(TypeDeclaration {
        name: noun.to_owned(),
        parents,
        plural: noun.ends_with("ware").then(|| noun.to_owned()),
        stix: Some(word.to_owned()),
        ..TypeDeclaration::default()
    })
}

fn relation(word: &str, harvest: &mut Harvest<'_>) -> RelationId {
    let words = harvest.words();
    let meant = MEANT.iter().find(|(of, _)| *of == word);
    if let Some(known) = meant.and_then(|(_, name)| words.relation_named(name)) {
        return known;
    }
    if let Some(known) = words.relation_meant(word) {
        return known;
    }
    let of_word = |(_, of): &(RelationId, &RelationDeclaration)| of.stix.as_deref() == Some(word);
    let known = words.relations().find(of_word).map(|(known, _)| known);
    if let Some(known) = known {
        return known;
    }
    let row = RELATIONS.iter().find(|(of, ..)| *of == word);
    let form = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    harvest.declared_relation(RelationDeclaration {
        name: word.to_owned(),
        base: row.and_then(|(_, base, _)| form(base)),
        particle: row.and_then(|(_, _, particle)| form(particle)),
        stix: Some(word.to_owned()),
        ..RelationDeclaration::default()
    })
}

/// The plural of a type of objects, for counts.
pub fn plural(kind: &str) -> String {
    match kind {
        "course-of-action" => "courses-of-action".to_owned(),
        "malware" | "software" | "infrastructure" | "observed-data" => kind.to_owned(),
        "malware-analysis" => "malware-analyses".to_owned(),
        "mutex" => "mutexes".to_owned(),
        "x-mitre-matrix" => "x-mitre-matrices".to_owned(),
        _ => match kind.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
            Some(_) | None => match kind.ends_with('s') {
                true => format!("{kind}es"),
                false => format!("{kind}s"),
            },
        },
    }
}

/// The word of the id outside by which an object is known elsewhere too, with the id: what ATT&CK gives to
/// objects of this type, and CVE numbers of vulnerabilities. Other ids do not tell one object from others.
pub fn identifier<'i>(kind: &str, source: &str, id: &'i str) -> Option<(&'static str, &'i str)> {
    let attack = [
        "mitre-attack",
        "mitre-ics-attack",
        "mitre-mobile-attack",
        "mitre-pre-attack",
    ];
    if source == "cve" && kind == "vulnerability" {
        return Some(("cve", id));
    }
    let letters = match kind {
        "attack-pattern" => "T",
        "intrusion-set" => "G",
        "malware" | "tool" => "S",
        "campaign" => "C",
        "course-of-action" => "M",
        "x-mitre-tactic" => "TA",
        "x-mitre-data-source" => "DS",
        "x-mitre-data-component" => "DC",
        "x-mitre-detection-strategy" => "DET",
        "x-mitre-analytic" => "AN",
        "x-mitre-asset" => "A",
        _ => return None,
    };
    let digits = id.strip_prefix(letters)?;
    let own = digits.starts_with(|sign: char| sign.is_ascii_digit());
    (own && attack.contains(&source)).then_some(("mitre", id))
}

#[cfg(test)]
mod tests {
    use super::{Way, identifier, plural, reference};

    #[test]
    fn an_id_tells_an_object_only_where_it_is_one_of_its_type() {
        assert_eq!(
            identifier("attack-pattern", "mitre-attack", "T1066"),
            Some(("mitre", "T1066"))
        );
        // Mitigations of old bear the number of their technique, tactics begin with the same letter.
        assert_eq!(
            identifier("course-of-action", "mitre-attack", "T1066"),
            None
        );
        assert_eq!(identifier("attack-pattern", "mitre-attack", "TA0006"), None);
        assert_eq!(identifier("attack-pattern", "capec", "CAPEC-163"), None);
    }

    #[test]
    fn fields_that_refer_are_relations() {
        let own = reference("malware", "operating_system_refs");
        assert_eq!(
            own,
            Some(("has-operating-system".to_owned(), Way::Out, false))
        );
        let known = reference("observed-data", "object_refs");
        assert_eq!(known, Some(("observed".to_owned(), Way::Out, true)));
        assert_eq!(reference("malware", "created_by_ref"), None);
        assert_eq!(reference("malware", "description"), None);
    }

    #[test]
    fn plurals_of_types_are_readable() {
        assert_eq!(plural("identity"), "identities");
        assert_eq!(plural("attack-pattern"), "attack-patterns");
        assert_eq!(plural("windows-registry-key"), "windows-registry-keys");
    }
}

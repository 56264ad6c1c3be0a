//! How the words of a case are said in STIX 2.1: object types for entities, relationship types for
//! relations, and which of them the standard lets stand together. It writes nothing.

use crate::graph::{Graph, GraphView};
use crate::model::{Entity, EntityId, Marking, TypeId, Value, Vocabulary};
use celes::Country;
use serde_json::{Map, Value as Json, json};

/// The type of objects that STIX has no type for.
pub const OTHER: &str = "x-whodunit-entity";

/// Object types that we fill; what they may have beside a name.
struct ObjectType {
    name: &'static str,
    aliases: bool,
}

const OBJECTS: &[ObjectType] = &[
    of("attack-pattern", true),
    of("campaign", true),
    of("identity", false),
    of("incident", false),
    of("infrastructure", true),
    of("intrusion-set", true),
    of("location", false),
    of("malware", true),
    of("threat-actor", true),
    of("tool", true),
    of("vulnerability", false),
];

const fn of(name: &'static str, aliases: bool) -> ObjectType {
    ObjectType { name, aliases }
}

/// Whether objects of a type may have aliases.
pub fn has_aliases(kind: &str) -> bool {
    OBJECTS.iter().any(|of| of.name == kind && of.aliases)
}

/// Relationship types of the standard: from which types of objects to which.
const RELATIONSHIPS: &[(&str, &[&str], &[&str])] = &[
    (
        "attributed-to",
        &["campaign"],
        &["intrusion-set", "threat-actor"],
    ),
    ("attributed-to", &["intrusion-set"], &["threat-actor"]),
    ("attributed-to", &["threat-actor"], &["identity"]),
    (
        "targets",
        &[
            "attack-pattern",
            "campaign",
            "intrusion-set",
            "threat-actor",
        ],
        &["identity", "location", "vulnerability"],
    ),
    (
        "targets",
        &["malware", "tool"],
        &["identity", "infrastructure", "location", "vulnerability"],
    ),
    (
        "uses",
        &["campaign", "intrusion-set", "malware", "threat-actor"],
        &["attack-pattern", "infrastructure", "malware", "tool"],
    ),
    ("uses", &["attack-pattern"], &["malware", "tool"]),
    ("uses", &["infrastructure", "tool"], &["infrastructure"]),
    (
        "compromises",
        &["campaign", "intrusion-set", "threat-actor"],
        &["infrastructure"],
    ),
    (
        "located-at",
        &["identity", "infrastructure", "threat-actor"],
        &["location"],
    ),
    (
        "hosts",
        &["intrusion-set", "threat-actor"],
        &["infrastructure"],
    ),
    ("hosts", &["infrastructure"], &["malware", "tool"]),
    (
        "owns",
        &["intrusion-set", "threat-actor"],
        &["infrastructure"],
    ),
    ("impersonates", &["threat-actor"], &["identity"]),
];

/// Relationship types that the standard has between any two objects.
const COMMON: [&str; 3] = ["derived-from", "duplicate-of", "related-to"];

/// The relationship type of a relation between objects of two types. Where the standard has the word
/// but not between these, it is our own with an `x-` before it, since readers take a word of the
/// standard at its word.
pub fn relationship(name: &str, stix: Option<&str>, from: &str, to: &str) -> String {
    if let Some(stix) = stix {
        let allowed = |(known, sources, targets): &&(&str, &[&str], &[&str])| {
            *known == stix && sources.contains(&from) && targets.contains(&to)
        };
        if COMMON.contains(&stix) || RELATIONSHIPS.iter().any(|row| allowed(&row)) {
            return stix.to_owned();
        }
    }
    let sign = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
        _ => '-',
    };
    let own: String = name.chars().map(sign).collect();
    let own = own.trim_matches('-');
    let taken = COMMON.contains(&own) || RELATIONSHIPS.iter().any(|(known, ..)| *known == own);
    match taken || own.is_empty() {
        true => format!("x-{own}").trim_end_matches('-').to_owned(),
        false => own.to_owned(),
    }
}

/// What an entity is in STIX: the type of its object, with what that type asks for.
pub struct Kind {
    /// The type of the object.
    pub name: &'static str,
    /// Fields of its own.
    pub fields: Map<String, Json>,
}

/// The type of an entity's object: by the words of its types and those above them; an actor without
/// any is an identity. A place of no known country, and whatever else cannot have what its type asks
/// for, is an object of our own type.
pub fn kind(graph: &Graph, id: EntityId) -> Kind {
    let words = graph.vocabulary();
    let entity = graph.entities().get(id);
    let is = |noun: &str| {
        let kind = words.type_named(noun);
        kind.is_some_and(|kind| graph.entities().has_type(id, kind, words))
    };
    let word = nearest(words, &entity.types);
    let name = match word {
        Some(name) => name,
        None if is("actor") => "identity",
        None => OTHER,
    };
    let mut fields = Map::new();
    match name {
        "location" => match (country(graph, id), is("actor")) {
            (Some(code), _) => {
                fields.insert("country".to_owned(), json!(code));
            }
            (None, true) => return identity(None),
            (None, false) => {
                return Kind {
                    name: OTHER,
                    fields,
                };
            }
        },
        "malware" => {
            // What has a name is a family unless somebody said otherwise.
            let own = entity.properties.iter().find(|(key, _)| key == "is_family");
            let single = own.is_some_and(|(_, value)| *value == Value::Bool(false));
            fields.insert("is_family".to_owned(), json!(!single));
        }
        "identity" => {
            let class = [
                ("person", "individual"),
                ("population", "class"),
                ("sector", "class"),
                ("alliance", "group"),
                ("organisation", "organization"),
            ];
            return identity(
                class
                    .iter()
                    .find(|(noun, _)| is(noun))
                    .map(|(_, class)| *class),
            );
        }
        _ => {}
    }
    Kind { name, fields }
}

fn identity(class: Option<&str>) -> Kind {
    let mut fields = Map::new();
    if let Some(class) = class {
        fields.insert("identity_class".to_owned(), json!(class));
    }
    Kind {
        name: "identity",
        fields,
    }
}

/// The nearest word for STIX that types or those above them have, and that we can fill.
fn nearest(words: &Vocabulary, types: &[TypeId]) -> Option<&'static str> {
    let known = |kind: &TypeId| {
        let word = words.type_of(*kind).stix.as_deref()?;
        let known = OBJECTS.iter().find(|of| of.name == word);
        known.map(|of| of.name)
    };
    let mut level: Vec<TypeId> = types.to_vec();
    let mut seen: Vec<TypeId> = Vec::new();
    while !level.is_empty() {
        if let Some(found) = level.iter().find_map(known) {
            return Some(found);
        }
        seen.extend(&level);
        let parents = level.iter().flat_map(|kind| &words.type_of(*kind).parents);
        let parents = parents.filter_map(|parent| words.type_named(parent));
        level = parents.filter(|kind| !seen.contains(kind)).collect();
    }
    None
}

/// The ISO 3166 code of a country: as it has it, or by one of its names.
fn country(graph: &Graph, id: EntityId) -> Option<&'static str> {
    let entity: &Entity = graph.entities().get(id);
    let ids = entity.ids.iter().filter(|(scheme, _)| scheme == "iso");
    let codes = ids.map(|(_, code)| code.as_str());
    let mut codes = codes.filter_map(|code| Country::from_alpha2(code).ok());
    let named = |name: &str| {
        let letters: String = name.chars().filter(|c| c.is_alphabetic()).collect();
        let found = Country::from_name(&letters)
            .or_else(|_| Country::from_alias(&letters))
            .or_else(|_| Country::from_alpha2(name))
            .or_else(|_| Country::from_alpha3(name));
        found.ok()
    };
    let aliases = || {
        let mut names: Vec<String> = Vec::new();
        let known = Vocabulary::ALSO_KNOWN_AS;
        graph.neighbours(id, known, crate::graph::Direction::Out, &mut |run| {
            let ends = run.ends.iter().map(|end| EntityId(*end));
            names.extend(ends.map(|end| graph.entities().name(end).to_owned()));
        });
        names.iter().find_map(|name| named(name))
    };
    let found = codes
        .next()
        .or_else(|| named(&entity.name))
        .or_else(|| entity.title.as_deref().and_then(named))
        .or_else(aliases)?;
    Some(found.alpha2)
}

/// The marking definition of a TLP 2.0 level, word for word as FIRST and OASIS published it.
pub fn marking(level: Marking) -> Json {
    let colour = level.name().trim_start_matches("TLP:").to_lowercase();
    json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": marking_id(level),
        "created": "2022-10-01T00:00:00.000Z",
        "name": level.name(),
        "extensions": {
            "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                "extension_type": "property-extension",
                "tlp_2_0": colour,
            },
        },
    })
}

/// The id of a TLP 2.0 level.
pub fn marking_id(level: Marking) -> &'static str {
    match level {
        Marking::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        Marking::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Marking::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Marking::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        Marking::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
}

#[cfg(test)]
mod tests {
    use super::relationship;

    #[test]
    fn a_word_of_the_standard_stands_only_where_the_standard_has_it() {
        let of = |stix, from, to| relationship("attributed-to", Some(stix), from, to);
        assert_eq!(
            of("attributed-to", "threat-actor", "identity"),
            "attributed-to"
        );
        assert_eq!(
            of("attributed-to", "intrusion-set", "identity"),
            "x-attributed-to"
        );
        assert_eq!(
            relationship("targeted", Some("targets"), "campaign", "tool"),
            "targeted"
        );
        assert_eq!(
            relationship("sanctioned", None, "identity", "identity"),
            "sanctioned"
        );
        assert_eq!(relationship("Odd Kind!", None, "tool", "tool"), "odd-kind");
        assert_eq!(relationship("связь", None, "tool", "tool"), "x");
    }
}

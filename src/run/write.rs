//! What writing does to the graph, and the properties of relationships as fields of claims.

#![allow(clippy::wildcard_enum_match_arm)] // A field names the kinds of values that it takes.

use crate::algebra::{Datum, Fault};
use crate::graph::{Graph, GraphView, Row};
use crate::model::{
    Claim, Confidence, Credibility, EntityId, Likelihood, Marking, PartialDate, Polarity,
    Reliability, Scale, Temporal, Value, Vocabulary,
};
use crate::run::carried;

/// The properties in a map, sorted by key; those without a value are left out.
pub fn properties(map: &Datum) -> Result<Vec<(String, Value)>, Fault> {
    let entries = match map {
        Datum::Null => return Ok(Vec::new()),
        Datum::Map(entries) => entries,
        other => {
            return Err(Fault::kind(format!(
                "properties are a map, not {}",
                other.kind()
            )));
        }
    };
    let mut found = Vec::with_capacity(entries.len());
    for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
        found.push((key.clone(), storable(key, value)?));
    }
    found.sort_by(|a: &(String, Value), b| a.0.cmp(&b.0));
    carried::restore(&mut found);
    Ok(found)
}

/// A value as it can be stored.
pub fn storable(key: &str, value: &Datum) -> Result<Value, Fault> {
    value.storable().ok_or_else(|| {
        Fault::new(
            "TypeError",
            "InvalidPropertyType",
            format!("the property `{key}` cannot hold {}", value.kind()),
        )
        .help("properties hold booleans, numbers, strings, dates, and lists of these")
    })
}

/// The entity of a name that is there.
fn named(graph: &Graph, value: &Value) -> Option<EntityId> {
    match value {
        Value::Text(name) => graph.entities().by_handle(name),
        _ => None,
    }
}

fn several(graph: &Graph, value: &Value) -> Option<Vec<EntityId>> {
    match value {
        Value::List(names) if !names.is_empty() => {
            names.iter().map(|name| named(graph, name)).collect()
        }
        one => named(graph, one).map(|id| vec![id]),
    }
}

fn date(value: &Value) -> Option<PartialDate> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Text(text) => PartialDate::parse(text).filter(|date| date.to_string() == *text),
        Value::Temporal(day @ Temporal::Date(_)) => PartialDate::parse(&day.to_string()),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Sets a property of a relationship, or takes it away: the field of that name where the value fits
/// it and would be read back the same, otherwise a free property.
pub fn assign(graph: &Graph, claim: &mut Claim<EntityId>, key: &str, value: Option<Value>) {
    claim.properties.retain(|(known, _)| known != key);
    let fits = field(graph, claim, key, value.as_ref());
    if let (false, Some(value)) = (fits, value) {
        let at = claim
            .properties
            .partition_point(|(known, _)| known.as_str() < key);
        claim.properties.insert(at, (key.to_owned(), value));
    }
}

/// Sets the field of a name, or clears it where the value does not fit; tells whether it fits.
fn field(graph: &Graph, claim: &mut Claim<EntityId>, key: &str, value: Option<&Value>) -> bool {
    let owned = |value: Option<&Value>| value.and_then(text).map(str::to_owned);
    match key {
        "source" => {
            let found = value.and_then(|value| several(graph, value));
            claim.sources = found.unwrap_or_default();
            !claim.sources.is_empty()
        }
        "via" => {
            let found = value.and_then(|value| several(graph, value));
            claim.via = found.unwrap_or_default();
            !claim.via.is_empty()
        }
        "likelihood" => {
            let number = value.and_then(|value| match value {
                Value::Int(number) if (0..=100).contains(number) => Some(*number as f32),
                Value::Float(number) if (0.0..=100.0).contains(number) => Some(*number as f32),
                _ => None,
            });
            claim.likelihood = number.and_then(Likelihood::percent);
            claim.likelihood.is_some()
        }
        // The scale stands before its term, since properties come sorted: until then it is a free one.
        "term" => {
            let scale = claim.properties.iter().find(|(known, _)| known == "scale");
            let scale = scale.and_then(|(_, scale)| text(scale).and_then(Scale::named));
            let number = claim.likelihood.as_ref().map(|given| given.number);
            let given = scale.zip(value.and_then(text));
            let given = given.and_then(|(scale, term)| {
                Likelihood::term(scale, term).filter(|given| given.term == term)
            });
            let given = given.filter(|given| number == Some(given.number));
            if given.is_some() {
                claim.likelihood = given;
                claim.properties.retain(|(known, _)| known != "scale");
                return true;
            }
            false
        }
        "confidence" => {
            let level = value.and_then(text).and_then(Confidence::named);
            claim.confidence = level.filter(|level| value.and_then(text) == Some(level.name()));
            claim.confidence.is_some()
        }
        "reliability" => {
            let mut letters = value.and_then(text).unwrap_or_default().chars();
            let one = (letters.next(), letters.next());
            claim.reliability = match one {
                (Some(letter), None) => {
                    Reliability::from_letter(letter).filter(|grade| grade.letter() == letter)
                }
                _ => None,
            };
            claim.reliability.is_some()
        }
        "credibility" => {
            claim.credibility = value.and_then(|value| match value {
                Value::Int(grade) => u8::try_from(*grade).ok().and_then(Credibility::new),
                _ => None,
            });
            claim.credibility.is_some()
        }
        "before" => {
            let before = value.and_then(date);
            if before.is_some() || claim.valid.exclusive {
                claim.valid.until = before;
                claim.valid.exclusive = before.is_some();
            }
            before.is_some()
        }
        "from" => {
            claim.valid.from = value.and_then(date);
            claim.valid.from.is_some()
        }
        "until" => {
            claim.valid.until = value.and_then(date);
            claim.valid.exclusive &= claim.valid.until.is_some();
            claim.valid.until.is_some()
        }
        "reported" => {
            claim.reported = value.and_then(date);
            claim.reported.is_some()
        }
        "reference" => {
            claim.reference = owned(value);
            claim.reference.is_some()
        }
        "locator" => {
            claim.locator = owned(value);
            claim.locator.is_some()
        }
        "quote" => {
            claim.quote = owned(value);
            claim.quote.is_some()
        }
        "marking" => {
            let marking = value.and_then(text).and_then(Marking::named);
            claim.marking = marking.filter(|of| value.and_then(text) == Some(of.name()));
            claim.marking.is_some()
        }
        "polarity" => {
            let given = value.and_then(text);
            claim.polarity = match given {
                Some("denied") => Polarity::Denied,
                _ => Polarity::Asserted,
            };
            matches!(given, Some("denied" | "asserted"))
        }
        _ => false,
    }
}

/// An `also-known-as` of a node to itself that bears a `name` is another name of it: its object is the
/// text of the alias. Queries have no other way to say so, since names are no nodes.
pub fn alias(graph: &mut Graph, claim: &mut Claim<EntityId>) {
    if claim.relation != Vocabulary::ALSO_KNOWN_AS || claim.subject != claim.object {
        return;
    }
    let found = claim.properties.iter().position(|(key, _)| key == "name");
    let Some(at) = found else { return };
    if let Some(name) = text(&claim.properties[at].1).map(str::to_owned) {
        claim.properties.remove(at);
        claim.object = graph.make_alias(&name);
    }
}

/// Sets or takes away a property of a node or a relationship.
pub fn set(graph: &mut Graph, of: &Datum, key: &str, value: &Datum) -> Result<(), Fault> {
    let stored = match value {
        Datum::Null => None,
        value => Some(storable(key, value)?),
    };
    match of {
        Datum::Null => Ok(()),
        Datum::Entity(id) => {
            graph.set_property(*id, key, stored);
            Ok(())
        }
        Datum::Claim(row) => {
            stated(graph, *row)?;
            let mut claim = graph.columns().stated(*row);
            assign(graph, &mut claim, key, stored);
            graph.set_claim(*row, claim);
            Ok(())
        }
        other => Err(unfit(other)),
    }
}

/// Replaces all properties by those of a map.
pub fn clear(graph: &mut Graph, of: &Datum) -> Result<(), Fault> {
    match of {
        Datum::Null => {}
        Datum::Entity(id) => {
            let keys = graph.entities().get(*id).properties.iter();
            let keys: Vec<String> = keys.map(|(key, _)| key.clone()).collect();
            for key in keys {
                graph.set_property(*id, &key, None);
            }
        }
        Datum::Claim(row) => {
            stated(graph, *row)?;
            let old = graph.columns().stated(*row);
            let mut claim = Claim::new(old.subject, old.relation, old.object);
            claim.polarity = old.polarity;
            graph.set_claim(*row, claim);
        }
        other => return Err(unfit(other)),
    }
    Ok(())
}

/// Refuses to write what a rule gives.
fn stated(graph: &Graph, row: Row) -> Result<(), Fault> {
    match graph.columns().rule(row) {
        None => Ok(()),
        Some(rule) => Err(Fault::new(
            "TypeError",
            "DerivedRelationship",
            format!("the rule `{rule}` gives this relationship, nobody states it"),
        )
        .help(
            "change what it rests on, switch the rule off, or put EXCLUDING DERIVED before MATCH",
        )),
    }
}

fn unfit(of: &Datum) -> Fault {
    Fault::kind(format!("{} has no properties to set", of.kind()))
        .help("nodes and relationships have")
}

/// Deletes relationships, then nodes. A node that still has relationships is refused, unless they
/// go with it.
pub fn delete(
    graph: &mut Graph,
    nodes: &[EntityId],
    claims: &[Row],
    detach: bool,
) -> Result<(), Fault> {
    for claim in claims {
        stated(graph, *claim)?;
        graph.delete_claim(*claim);
    }
    for node in nodes {
        let left = graph.claims_at(*node);
        if !left.is_empty() && !detach {
            return Err(Fault::new(
                "ConstraintVerificationFailed",
                "DeleteConnectedNode",
                format!(
                    "`{}` still has {} relationships",
                    graph.entities().name(*node),
                    left.len()
                ),
            )
            .help("delete these first, or use DETACH DELETE"));
        }
        for claim in left {
            graph.delete_claim(claim);
        }
        graph.delete_entity(*node);
    }
    Ok(())
}

//! A Cypher script: a node for each entity, a relationship for each claim with its fields under the
//! names by which queries know them. On a new case our own `run` brings the same claims about; other
//! databases that speak Cypher take it as a graph. An alias is a relationship of an entity to itself
//! that bears the name. Titles and outside ids become properties: Cypher has nothing else for them.
//! What no property of Cypher holds (a partial date, a map, a list in a list) is written as a text, and
//! stands a second time under the key `whodunit`, as JSON that tells what it is.

use crate::export::record;
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::graph::GraphView;
use crate::model::{Claim, Entity, Polarity, Scale, Temporal, Value, Vocabulary};
use crate::run::carried::OWN;
use serde_json::Value as Json;

/// Writes the script.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let words = graph.vocabulary();
    let mut out =
        String::from("// Made by whodunit: entities are nodes, claims are relationships.\n");
    for id in &selection.entities {
        out.push_str(&node(graph.entities().get(*id), words));
    }
    for (_, claim) in selection.named() {
        out.push_str(&relationship(&claim, words));
    }
    Ok(out)
}

fn node(entity: &Entity, words: &Vocabulary) -> String {
    let types = entity.types.iter();
    let labels: String = types
        .map(|kind| format!(":{}", name(&words.type_of(*kind).name)))
        .collect();
    let mut properties: Vec<(&str, String)> = vec![("name", string(&entity.name))];
    if let Some(title) = &entity.title {
        properties.push(("title", string(title)));
    }
    if entity.unnamed {
        properties.push(("unnamed", "true".to_owned()));
    }
    properties.extend(
        entity
            .ids
            .iter()
            .map(|(scheme, id)| (scheme.as_str(), string(id))),
    );
    let own = own(&entity.properties);
    properties.extend(free(&entity.properties, own.as_deref()));
    format!("CREATE ({labels} {});\n", map(properties))
}

fn relationship(claim: &Claim<String>, words: &Vocabulary) -> String {
    let relation = name(&words.relation(claim.relation).name);
    let is_alias = claim.relation == Vocabulary::ALSO_KNOWN_AS;
    let mut properties: Vec<(&str, String)> = Vec::new();
    if is_alias {
        properties.push(("name", string(&claim.object)));
    }
    properties.extend(fields(claim));
    let own = own(&claim.properties);
    properties.extend(free(&claim.properties, own.as_deref()));
    let properties = match properties.is_empty() {
        true => String::new(),
        false => format!(" {}", map(properties)),
    };
    let subject = string(&claim.subject);
    match is_alias || claim.subject == claim.object {
        true => {
            format!("MATCH (a {{name: {subject}}}) CREATE (a)-[:{relation}{properties}]->(a);\n")
        }
        false => format!(
            "MATCH (a {{name: {subject}}}), (b {{name: {}}}) \
             CREATE (a)-[:{relation}{properties}]->(b);\n",
            string(&claim.object)
        ),
    }
}

/// What no property holds as it is: JSON of those properties, where there are any.
fn own(properties: &[(String, Value)]) -> Option<String> {
    let (_, rest) = record::apart(properties, &|key, of| {
        (holds(of) && key != OWN).then(String::new)
    });
    (!rest.is_empty()).then(|| Json::Object(rest).to_string())
}

/// Whether a property holds a value as it is.
fn holds(of: &Value) -> bool {
    match of {
        Value::Date(_) | Value::Map(_) => false,
        Value::List(values) => {
            let nested = |value: &Value| matches!(value, Value::List(_));
            values.iter().all(|value| holds(value) && !nested(value))
        }
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) | Value::Temporal(_) => {
            true
        }
    }
}

/// Free properties, and what stands beside them.
fn free<'p>(properties: &'p [(String, Value)], own: Option<&str>) -> Vec<(&'p str, String)> {
    let plain = properties.iter().filter(|(key, _)| key != OWN);
    let mut pairs: Vec<_> = plain.map(|(key, of)| (key.as_str(), value(of))).collect();
    pairs.extend(own.map(|own| (OWN, string(own))));
    pairs
}

/// The fields of a claim that has them.
fn fields(claim: &Claim<String>) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut put = |key: &'static str, value: Option<String>| {
        found.extend(value.map(|value| (key, value)));
    };
    let denied = claim.polarity == Polarity::Denied;
    put("polarity", denied.then(|| string("denied")));
    put("source", names(&claim.sources));
    put("via", names(&claim.via));
    if let Some(given) = &claim.likelihood {
        put(
            "likelihood",
            Some(record::percent(given.number).to_string()),
        );
        if given.scale != Scale::Percent {
            put("scale", Some(string(given.scale.name())));
            put("term", Some(string(&given.term)));
        }
    }
    put(
        "confidence",
        claim.confidence.map(|level| string(level.name())),
    );
    let grade = claim.reliability.map(|grade| grade.letter().to_string());
    put("reliability", grade.map(|grade| string(&grade)));
    let grade = claim.credibility.map(|grade| grade.grade().to_string());
    put("credibility", grade);
    let valid = claim.valid;
    put("from", valid.from.map(|date| string(&date.to_string())));
    let until = if valid.exclusive { "before" } else { "until" };
    put(until, valid.until.map(|date| string(&date.to_string())));
    let reported = claim.reported;
    put("reported", reported.map(|date| string(&date.to_string())));
    put("reference", claim.reference.as_deref().map(string));
    put("locator", claim.locator.as_deref().map(string));
    put("quote", claim.quote.as_deref().map(string));
    put(
        "marking",
        claim.marking.map(|marking| string(marking.name())),
    );
    found
}

/// One name as a text, more as a list.
fn names(names: &[String]) -> Option<String> {
    match names {
        [] => None,
        [one] => Some(string(one)),
        several => {
            let names: Vec<String> = several.iter().map(|one| string(one)).collect();
            Some(format!("[{}]", names.join(", ")))
        }
    }
}

fn map(properties: Vec<(&str, String)>) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut pairs: Vec<String> = Vec::new();
    // A map has each key once: what comes first is the field.
    for (key, value) in properties {
        if !known.contains(&key) {
            known.push(key);
            pairs.push(format!("{}: {value}", name(key)));
        }
    }
    format!("{{{}}}", pairs.join(", "))
}

/// A key, a label or a type; in backticks where it is no plain word.
fn name(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !crate::language::gql::is_keyword(text);
    match plain {
        true => text.to_owned(),
        false => format!("`{}`", text.replace('`', "``")),
    }
}

/// A string.
fn string(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A value as an expression. A date that may be partial is a text, since Cypher has no such dates; a
/// map, or a list in a list, is JSON in a text, since no property holds it.
fn value(of: &Value) -> String {
    match of {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(number) if number.fract() == 0.0 => format!("{number:.1}"),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => string(text),
        Value::Date(date) => string(&date.to_string()),
        Value::Temporal(value) => format!("{}({})", function(value), string(&value.to_string())),
        Value::List(values) => {
            let nested = |value: &Value| matches!(value, Value::List(_) | Value::Map(_));
            match values.iter().any(nested) {
                true => string(&record::value(of).to_string()),
                false => {
                    let values: Vec<String> = values.iter().map(value).collect();
                    format!("[{}]", values.join(", "))
                }
            }
        }
        Value::Map(_) => string(&record::value(of).to_string()),
    }
}

/// The function that makes a temporal value from its text.
fn function(value: &Temporal) -> &'static str {
    match value {
        Temporal::Date(_) => "date",
        Temporal::LocalTime(_) => "localtime",
        Temporal::Time(..) => "time",
        Temporal::LocalDateTime(..) => "localdatetime",
        Temporal::DateTime(..) => "datetime",
        Temporal::Duration(_) => "duration",
    }
}

//! Values of GQL as programs and people read them: JSON, cells of a table, and the literals of the
//! language.

use crate::algebra::functions::graph::{entries, kind, labels};
use crate::algebra::functions::{Context, text};
use crate::algebra::{Datum, PathRow};
use crate::answer::wording;
use crate::graph::{Direction, GraphView};
use crate::model::{EntityId, Value};
use serde_json::{Map, Value as Json, json};
use std::cell::Cell;

/// What functions may look at, for showing values.
fn with<T>(view: &dyn GraphView, show: impl FnOnce(&Context<'_>) -> T) -> T {
    let random = Cell::new(0);
    show(&Context {
        graph: view,
        clock: 0,
        random: &random,
    })
}

/// A name in a literal: in backticks where it is no plain word.
fn name(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty();
    match plain {
        true => name.to_owned(),
        false => format!("`{}`", name.replace('`', "``")),
    }
}

/// A string in quotes.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A value as it is written in the language; temporal values as strings in ISO 8601.
pub fn literal(view: &dyn GraphView, value: &Datum) -> String {
    let list = |items: &[Datum]| {
        let items: Vec<String> = items.iter().map(|item| literal(view, item)).collect();
        format!("[{}]", items.join(", "))
    };
    match value {
        Datum::Null => "null".to_owned(),
        Datum::Value(Value::Float(number)) => match (number.is_infinite(), *number > 0.0) {
            (false, _) => text::float(*number),
            (true, true) => "Inf".to_owned(),
            (true, false) => "-Inf".to_owned(),
        },
        Datum::Value(value @ (Value::Bool(_) | Value::Int(_))) => value.text(),
        Datum::Value(value @ (Value::Text(_) | Value::Date(_) | Value::Temporal(_))) => {
            quoted(&value.text())
        }
        Datum::Value(value @ (Value::List(_) | Value::Map(_))) => {
            literal(view, &Datum::from(value.clone()))
        }
        Datum::List(items) => list(items),
        Datum::Map(entries) => map(view, entries),
        Datum::Entity(id) => node(view, *id),
        Datum::Fact(row) | Datum::Claim(row) => format!("[{}]", relationship(view, *row)),
        Datum::Path(path) => format!("<{}>", steps(view, path)),
    }
}

fn map(view: &dyn GraphView, entries: &[(String, Datum)]) -> String {
    let entries: Vec<String> = entries
        .iter()
        .map(|(key, value)| format!("{}: {}", name(key), literal(view, value)))
        .collect();
    format!("{{{}}}", entries.join(", "))
}

fn properties(view: &dyn GraphView, of: &Datum) -> String {
    let entries = with(view, |context| entries(context, of)).unwrap_or_default();
    match entries.is_empty() {
        true => String::new(),
        false => map(view, &entries),
    }
}

fn node(view: &dyn GraphView, id: EntityId) -> String {
    let of = [Datum::Entity(id)];
    let labels = with(view, |context| labels(context, &of));
    let mut shown = String::new();
    if let Ok(Datum::List(labels)) = labels {
        for label in labels.iter().filter_map(Datum::as_text) {
            shown.push_str(&format!(":{}", name(label)));
        }
    }
    let parts = [shown, properties(view, &of[0])];
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    format!("({})", parts.join(" "))
}

fn relationship(view: &dyn GraphView, row: u32) -> String {
    let of = [Datum::Claim(row)];
    let word = match with(view, |context| kind(context, &of)) {
        Ok(Datum::Value(Value::Text(word))) => name(&word),
        _ => String::new(),
    };
    let properties = properties(view, &of[0]);
    match properties.is_empty() {
        true => format!(":{word}"),
        false => format!(":{word} {properties}"),
    }
}

fn steps(view: &dyn GraphView, path: &PathRow) -> String {
    let mut shown = String::new();
    for (at, id) in path.entities.iter().enumerate() {
        shown.push_str(&node(view, *id));
        if let Some(row) = path.facts.get(at) {
            let claim = relationship(view, *row);
            shown.push_str(&match direction(view, *row, *id) {
                Direction::Out => format!("-[{claim}]->"),
                Direction::In => format!("<-[{claim}]-"),
            });
        }
    }
    shown
}

fn direction(view: &dyn GraphView, row: u32, left: EntityId) -> Direction {
    match view.columns().subject(row) == left {
        true => Direction::Out,
        false => Direction::In,
    }
}

/// What a node is called: its handle, or its name as a property, or nothing.
fn called(view: &dyn GraphView, id: EntityId) -> Option<String> {
    let entity = view.entities().get(id);
    match entity.made {
        false => Some(entity.name.clone()),
        true => entity
            .properties
            .iter()
            .find_map(|(key, value)| match (key.as_str(), value) {
                ("name", Value::Text(name)) => Some(name.clone()),
                _ => None,
            }),
    }
}

/// A value in a cell of a table: nodes by name where they have one, text without quotes.
pub fn cell(view: &dyn GraphView, value: &Datum) -> String {
    match value {
        Datum::Null => String::new(),
        Datum::Value(Value::Float(number)) => text::float(*number),
        Datum::Value(value) => value.text(),
        Datum::Entity(id) => called(view, *id).unwrap_or_else(|| node(view, *id)),
        Datum::Fact(row) | Datum::Claim(row) => {
            let relation = view.columns().relation(*row);
            let word = &view.vocabulary().relation(relation).name;
            format!("{word} #{}", view.columns().id(*row).0)
        }
        Datum::List(items) => {
            let items: Vec<String> = items.iter().map(|item| cell(view, item)).collect();
            items.join(", ")
        }
        Datum::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", cell(view, value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Datum::Path(path) => {
            let mut shown = String::new();
            for (at, id) in path.entities.iter().enumerate() {
                shown.push_str(&cell(view, &Datum::Entity(*id)));
                if let Some(row) = path.facts.get(at) {
                    let relation = view.columns().relation(*row);
                    let word = &view.vocabulary().relation(relation).name;
                    shown.push_str(&match direction(view, *row, *id) {
                        Direction::Out => format!(" -{word}-> "),
                        Direction::In => format!(" <-{word}- "),
                    });
                }
            }
            shown
        }
    }
}

/// A value for programs.
pub fn json(view: &dyn GraphView, value: &Datum) -> Json {
    let object = |of: &Datum| -> Map<String, Json> {
        let entries = with(view, |context| entries(context, of)).unwrap_or_default();
        entries
            .iter()
            .map(|(key, value)| (key.clone(), json(view, value)))
            .collect()
    };
    match value {
        Datum::Null => Json::Null,
        Datum::Value(value) => wording::value(value),
        Datum::Entity(id) => json!({
            "id": view.entities().name(*id),
            "name": called(view, *id),
            "labels": wording::types(view, *id),
            "properties": object(value),
        }),
        Datum::Fact(row) | Datum::Claim(row) => {
            let columns = view.columns();
            json!({
                "claim": columns.id(*row).0,
                "type": view.vocabulary().relation(columns.relation(*row)).name,
                "from": view.entities().name(columns.subject(*row)),
                "to": view.entities().name(columns.object(*row)),
                "properties": object(&Datum::Claim(*row)),
            })
        }
        Datum::List(items) => Json::Array(items.iter().map(|item| json(view, item)).collect()),
        Datum::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), json(view, value)))
                .collect(),
        ),
        Datum::Path(path) => {
            let nodes = path
                .entities
                .iter()
                .map(|id| json(view, &Datum::Entity(*id)));
            let claims = path.facts.iter().map(|row| json(view, &Datum::Claim(*row)));
            json!({
                "nodes": nodes.collect::<Vec<_>>(),
                "relationships": claims.collect::<Vec<_>>(),
            })
        }
    }
}

/// The properties of a relationship.
pub fn claim_properties(view: &dyn GraphView, row: u32) -> Vec<(String, Datum)> {
    with(view, |context| entries(context, &Datum::Claim(row))).unwrap_or_default()
}

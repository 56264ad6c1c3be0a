//! Yes or no: affirmed, denied, disputed, or no claim found, with the claims that say so.

use crate::answer::claims;
use crate::answer::table::{Answer, Basis, Record};
use crate::answer::wording;
use crate::graph::{ClaimFilter, GraphView, Row};
use crate::language::spelling::article;
use crate::model::Status;
use crate::run::evidence::summary;
use serde_json::{Value, json};

/// One fact that was asked for, with the facts of the case that speak for or against it.
pub struct Part {
    /// The fact in words.
    pub label: String,
    /// Facts of the case.
    pub facts: Vec<Row>,
}

/// The verdict on several parts, all of which must hold, or any.
pub fn answer(
    view: &dyn GraphView,
    parts: &[Part],
    all: bool,
    denials: bool,
    filter: &ClaimFilter,
) -> Answer {
    let mut rows: Vec<Row> = Vec::new();
    let mut each: Vec<(String, Status)> = Vec::new();
    let mut basis: Vec<Basis> = Vec::new();
    for part in parts {
        let (mut asserted, mut denied) = (false, false);
        for fact in &part.facts {
            let found = summary(view, *fact, filter);
            asserted |= !found.asserted.is_empty() && !denials;
            denied |= !found.denied.is_empty();
            let speaking = match denials {
                true => found.denied,
                false => [found.asserted, found.denied].concat(),
            };
            for row in speaking {
                if !rows.contains(&row) {
                    rows.push(row);
                    basis.push(Basis {
                        entity: None,
                        facts: vec![wording::fact_of(view, row)],
                        claims: vec![view.columns().id(row)],
                    });
                }
            }
        }
        each.push((part.label.clone(), Status::of(asserted, denied)));
    }
    let status = combined(&each, all);
    let headline = match (denials, status) {
        (true, Status::Unknown) => "no denial found".to_owned(),
        (true, _) => "yes, it is denied".to_owned(),
        (false, Status::Affirmed) => "yes".to_owned(),
        (false, Status::Disputed) => "disputed".to_owned(),
        (false, Status::Denied) => "denied".to_owned(),
        (false, Status::Unknown) => "no claim found".to_owned(),
    };
    let mut notes = Vec::new();
    if each.len() > 1 {
        let named = |(label, status): &(String, Status)| {
            let found = if *status == Status::Unknown {
                "no claim found"
            } else {
                status.name()
            };
            format!("{label}: {found}")
        };
        notes.extend(each.iter().map(named));
    }
    let mut record = Record::new();
    let word = match (denials, status) {
        (true, Status::Unknown) => "no",
        (true, _) | (false, Status::Affirmed) => "yes",
        (false, Status::Disputed) => "disputed",
        (false, Status::Denied) => "denied",
        (false, Status::Unknown) => "unknown",
    };
    record.insert("answer".into(), json!(word));
    record.insert("status".into(), json!(status));
    let shown = rows
        .iter()
        .map(|row| Value::Object(claims::record(view, *row)));
    record.insert("claims".into(), Value::Array(shown.collect()));
    Answer {
        headline: Some(headline),
        table: claims::table(view, &rows),
        records: vec![record],
        basis,
        notes,
        ..Answer::default()
    }
}

fn combined(each: &[(String, Status)], all: bool) -> Status {
    let has = |status: Status| each.iter().any(|(_, own)| *own == status);
    if each.is_empty() {
        return Status::Unknown;
    }
    match all {
        true if has(Status::Unknown) => Status::Unknown,
        true if has(Status::Denied) => Status::Denied,
        true if has(Status::Disputed) => Status::Disputed,
        true => Status::Affirmed,
        false if has(Status::Affirmed) => Status::Affirmed,
        false if has(Status::Disputed) => Status::Disputed,
        false if has(Status::Denied) => Status::Denied,
        false => Status::Unknown,
    }
}

/// Yes or no by type alone.
pub fn is_a(
    view: &dyn GraphView,
    entity: crate::model::EntityId,
    holds: bool,
    noun: &str,
) -> Answer {
    let name = view.entities().name(entity).to_owned();
    let words = view.vocabulary();
    let types: Vec<&str> = view
        .entities()
        .get(entity)
        .types
        .iter()
        .map(|kind| words.type_of(*kind).name.as_str())
        .collect();
    let mut record = Record::new();
    record.insert("answer".into(), json!(if holds { "yes" } else { "no" }));
    record.insert("name".into(), json!(name));
    record.insert("types".into(), wording::types(view, entity));
    let own = match types.is_empty() {
        true => format!("{name} has no type"),
        false => {
            let types: Vec<String> = types
                .iter()
                .map(|noun| format!("{} {noun}", article(noun)))
                .collect();
            format!("{name} is {}", types.join(" and "))
        }
    };
    Answer {
        headline: Some(if holds {
            "yes".to_owned()
        } else {
            format!("not {} {noun}", article(noun))
        }),
        records: vec![record],
        notes: vec![own],
        entities: Some(vec![entity]),
        ..Answer::default()
    }
}

//! Everything on one entity: what it is, what it is called and by whom, what it did and what was
//! done to it.

use crate::answer::facts;
use crate::answer::table::{Answer, Basis, Record};
use crate::answer::wording;
use crate::graph::{ClaimFilter, GraphView, Row, SAME_AS};
use crate::model::{EntityId, Polarity, Vocabulary};
use crate::run::Summary;
use crate::run::evidence::summary;
use serde_json::{Value, json};

/// The answer to `about X`; `rows` are all its facts in both directions.
pub fn answer(
    view: &dyn GraphView,
    entity: EntityId,
    rows: &[Row],
    filter: &ClaimFilter,
) -> Answer {
    let own = view.entities().get(entity);
    let words = view.vocabulary();
    let mut found: Vec<(Row, Summary)> = rows
        .iter()
        .map(|fact| (*fact, summary(view, *fact, filter)))
        .collect();
    // What it did comes first, then what was done to it; each by relation, then by time.
    found.sort_by_key(|(fact, summary)| {
        let ends = view.columns().ends(*fact);
        (
            ends.0 != entity.0,
            ends.1,
            summary.period.from.map_or(i64::MAX, |date| date.start()),
            ends.0,
            ends.2,
        )
    });
    let (aliases, found): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|(fact, _)| view.columns().relation(*fact) == Vocabulary::ALSO_KNOWN_AS);
    // Judgements that something is one with what stands for it say nothing new of it.
    let (judged, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|(fact, _)| {
        let ends = view.columns().ends(*fact);
        ends.0 == ends.2 && words.relation_named(SAME_AS) == Some(view.columns().relation(*fact))
    });
    let types: Vec<&str> = own
        .types
        .iter()
        .map(|kind| words.type_of(*kind).name.as_str())
        .collect();
    let mut headline = own.name.clone();
    if let Some(title) = &own.title {
        headline.push_str(&format!(": {title}"));
    }
    if !types.is_empty() {
        headline.push_str(&format!(
            " ({}{})",
            if own.unnamed { "unnamed " } else { "" },
            types.join(", ")
        ));
    }
    let mut notes = Vec::new();
    if !aliases.is_empty() {
        let called: Vec<String> = aliases
            .iter()
            .map(|(fact, summary)| {
                let name = view.entities().name(view.columns().object(*fact));
                match summary.sources.as_slice() {
                    [] => name.to_owned(),
                    sources => format!("{name} ({})", wording::listed(view, sources)),
                }
            })
            .collect();
        notes.push(format!("also known as {}", called.join(", ")));
    }
    let merged = view.entities().merged().gone(entity);
    let one: Vec<String> = merged
        .iter()
        .map(|gone| one_by(view, EntityId(*gone), &judged))
        .collect();
    if !one.is_empty() {
        notes.push(format!("one with {}", one.join(", ")));
    }
    for (key, value) in &own.properties {
        notes.push(format!("{key}: {}", value.text()));
    }
    for (scheme, id) in &own.ids {
        notes.push(format!("{scheme}: {id}"));
    }
    let mut record = Record::new();
    record.insert("name".into(), json!(own.name));
    record.insert(
        "title".into(),
        own.title.as_ref().map_or(Value::Null, |title| json!(title)),
    );
    record.insert("types".into(), wording::types(view, entity));
    record.insert("unnamed".into(), json!(own.unnamed));
    let merged = merged
        .iter()
        .map(|gone| json!(view.entities().name(EntityId(*gone))));
    record.insert("merged".into(), Value::Array(merged.collect()));
    let called = aliases.iter().map(|(fact, summary)| {
        json!({
            "name": view.entities().name(view.columns().object(*fact)),
            "sources": wording::names(view, &summary.sources),
        })
    });
    record.insert("aliases".into(), Value::Array(called.collect()));
    let ids = own
        .ids
        .iter()
        .map(|(scheme, id)| (scheme.clone(), json!(id)))
        .collect();
    record.insert("ids".into(), Value::Object(ids));
    let properties = own
        .properties
        .iter()
        .map(|(key, value)| (key.clone(), wording::value(value)));
    record.insert("properties".into(), Value::Object(properties.collect()));
    let facts = found
        .iter()
        .map(|(fact, summary)| Value::Object(facts::record(view, *fact, summary)));
    record.insert("facts".into(), Value::Array(facts.collect()));
    let basis = |(fact, _): &(Row, Summary)| Basis {
        entity: Some(entity),
        facts: vec![wording::fact_of(view, *fact)],
        claims: Vec::new(),
    };
    Answer {
        headline: Some(headline),
        table: facts::table(view, &found),
        records: vec![record],
        basis: found.iter().map(basis).collect(),
        entities: Some(vec![entity]),
        notes,
        ..Answer::default()
    }
}

/// An entity for which another stands, with who says that they are one.
fn one_by(view: &dyn GraphView, gone: EntityId, judged: &[(Row, Summary)]) -> String {
    let columns = view.columns();
    let mut rows = Vec::new();
    judged
        .iter()
        .for_each(|(fact, _)| view.claims(*fact, &mut rows));
    let mut sources: Vec<EntityId> = rows
        .into_iter()
        .filter(|row| {
            let (subject, object) = columns.stated_ends(*row);
            let stands = columns.retracted(*row).is_none();
            stands
                && columns.polarity(*row) == Polarity::Asserted
                && (subject == gone || object == gone)
        })
        .flat_map(|row| columns.sources(row).to_vec())
        .collect();
    sources.sort_unstable();
    sources.dedup();
    let name = view.entities().name(gone);
    match sources.as_slice() {
        [] => name.to_owned(),
        sources => format!("{name} (merged; {})", wording::listed(view, sources)),
    }
}

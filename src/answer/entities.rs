//! Rows of entities: who, how sure, on how many words, when, and who disputes it.

use crate::answer::facts;
use crate::answer::table::{Answer, Basis, Record, Table};
use crate::answer::wording;
use crate::graph::{ClaimFilter, GraphView};
use crate::model::{EntityId, Marking, Status};
use crate::run::Tuples;
use crate::run::evidence::of_row;
use serde_json::{Value, json};

/// A row of an answer: the entity, the words of its group, the evidence.
pub struct Row<'a> {
    /// The entity.
    pub entity: EntityId,
    /// The values of `per`.
    pub keys: Vec<String>,
    /// The facts that made it an answer.
    pub tuples: &'a Tuples,
}

/// An answer whose rows are entities. `filters` are those of the facts of a tuple.
pub fn answer(
    view: &dyn GraphView,
    keys: &[String],
    rows: &[Row<'_>],
    filters: &[ClaimFilter],
) -> Answer {
    // Without a verb there is no evidence: the rows are just the things of a kind.
    let bare = rows.iter().all(|row| row.tuples.facts.is_empty());
    let mut columns: Vec<&str> = vec!["name"];
    columns.extend(keys.iter().map(String::as_str));
    columns.extend(match bare {
        true => ["title", "types", "", "", "", ""].as_slice(),
        false => [
            "title",
            "likelihood",
            "sources",
            "when",
            "status",
            "marking",
        ]
        .as_slice(),
    });
    let mut answer = Answer {
        table: Table::new(&columns),
        asks: true,
        ..Answer::default()
    };
    for row in rows {
        let entity = view.entities().get(row.entity);
        let found = of_row(view, row.tuples, filters);
        let best = found
            .likelihood
            .and_then(|(_, claim)| view.columns().likelihood(claim));
        let whole = &found.whole;
        let types: Vec<&str> = entity
            .types
            .iter()
            .map(|kind| view.vocabulary().type_of(*kind).name.as_str())
            .collect();
        let mut cells = vec![entity.name.clone()];
        cells.extend(row.keys.iter().cloned());
        cells.push(entity.title.clone().unwrap_or_default());
        match bare {
            true => cells.extend([
                types.join(", "),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ]),
            false => cells.extend([
                wording::likelihood(best),
                facts::sources(view, whole),
                wording::period(whole.period),
                facts::dispute(view, whole),
                whole.marking.map_or("", Marking::name).to_owned(),
            ]),
        }
        answer.table.rows.push(cells);
        let mut record = Record::new();
        let mut put = |key: &str, value: Value| {
            record.insert(key.to_owned(), value);
        };
        put("name", json!(entity.name));
        put(
            "title",
            entity
                .title
                .as_ref()
                .map_or(Value::Null, |title| json!(title)),
        );
        put("types", wording::types(view, row.entity));
        for (key, value) in keys.iter().zip(&row.keys) {
            put(key, json!(value));
        }
        put(
            "status",
            found
                .status
                .map_or(Value::Null, |status: Status| json!(status)),
        );
        put(
            "likelihood",
            wording::percent(best.map(|given| given.number)),
        );
        put("term", best.map_or(Value::Null, |given| json!(given.term)));
        put(
            "scale",
            best.map_or(Value::Null, |given| json!(given.scale.name())),
        );
        put("sources", wording::names(view, &whole.sources));
        put("independent_sources", json!(whole.independent));
        put("from", wording::date(whole.period.from));
        put("until", wording::date(whole.period.until));
        put("marking", wording::marking(whole.marking));
        let basis: Vec<_> = found
            .facts
            .iter()
            .map(|fact| wording::fact_of(view, *fact))
            .collect();
        put(
            "facts",
            Value::Array(
                basis
                    .iter()
                    .map(|fact| json!(wording::fact(view, *fact)))
                    .collect(),
            ),
        );
        let claims = whole.asserted.iter().chain(&whole.denied);
        put(
            "claims",
            Value::Array(claims.map(|row| json!(view.columns().id(*row).0)).collect()),
        );
        put(
            "disputed_by",
            wording::names(view, &facts::deniers(view, &whole.denied)),
        );
        answer.records.push(record);
        answer.basis.push(Basis {
            entity: Some(row.entity),
            facts: basis,
            claims: Vec::new(),
        });
    }
    let mut entities: Vec<EntityId> = rows.iter().map(|row| row.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    answer.entities = Some(entities);
    answer.table = answer.table.without_empty();
    answer
}

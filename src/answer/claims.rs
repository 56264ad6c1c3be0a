//! Rows of claims: who says what, when and how sure, with the reference and the quote.

use crate::answer::table::{Answer, Basis, Record, Table};
use crate::answer::wording;
use crate::graph::{GraphView, Row};
use crate::model::{EntityId, Polarity, Status};
use serde_json::{Value, json};

/// A claim for programs, with every field.
pub fn record(view: &dyn GraphView, row: Row) -> Record {
    let columns = view.columns();
    let name = |id: EntityId| json!(view.entities().name(id));
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| json!(text));
    let likelihood = columns.likelihood(row);
    let valid = columns.valid(row);
    let mut record = Record::new();
    let mut put = |key: &str, value: Value| {
        record.insert(key.to_owned(), value);
    };
    put("claim", json!(columns.id(row).0));
    let (subject, object) = columns.stated_ends(row);
    put("subject", name(subject));
    put(
        "relation",
        json!(view.vocabulary().relation(columns.relation(row)).name),
    );
    put("object", name(object));
    put("polarity", json!(columns.polarity(row)));
    put("sources", wording::names(view, columns.sources(row)));
    put("via", wording::names(view, columns.via(row)));
    put(
        "likelihood",
        wording::percent(likelihood.map(|likelihood| likelihood.number)),
    );
    put(
        "term",
        likelihood.map_or(Value::Null, |likelihood| json!(likelihood.term)),
    );
    put(
        "scale",
        likelihood.map_or(Value::Null, |likelihood| json!(likelihood.scale.name())),
    );
    put(
        "confidence",
        columns
            .confidence(row)
            .map_or(Value::Null, |level| json!(level.name())),
    );
    put(
        "reliability",
        columns
            .reliability(row)
            .map_or(Value::Null, |grade| json!(format!("{grade:?}"))),
    );
    put(
        "credibility",
        columns
            .credibility(row)
            .map_or(Value::Null, |grade| json!(grade.grade())),
    );
    put("from", wording::date(valid.from));
    put("until", wording::date(valid.until));
    put("reported", wording::date(columns.reported(row)));
    put("recorded", json!(wording::instant(columns.recorded(row))));
    put(
        "retracted",
        columns
            .retracted(row)
            .map_or(Value::Null, |at| json!(wording::instant(at))),
    );
    put("reference", text(columns.reference(row)));
    put("locator", text(columns.locator(row)));
    put("quote", text(columns.quote(row)));
    put(
        "marking",
        columns
            .marking(row)
            .map_or(Value::Null, |marking| json!(marking.name())),
    );
    let properties = columns.properties(row).iter();
    let properties = properties
        .map(|(key, value)| (key.clone(), wording::value(value)))
        .collect();
    put("properties", Value::Object(properties));
    if let Some(rule) = columns.rule(row) {
        put("rule", json!(rule));
    }
    record
}

/// Who says so: sources, and who passed it on.
pub fn source(view: &dyn GraphView, row: Row) -> String {
    let columns = view.columns();
    if let Some(rule) = columns.rule(row) {
        return format!("rule {rule}");
    }
    let sources = columns.sources(row);
    let joined = match sources {
        [] => "nobody is named".to_owned(),
        several => {
            let names: Vec<&str> = several.iter().map(|id| view.entities().name(*id)).collect();
            names.join(" and ")
        }
    };
    match columns.via(row) {
        [] => joined,
        via => format!("{joined}, via {}", wording::listed(view, via)),
    }
}

/// What a claim says in one line, a denial marked as such.
pub fn said(view: &dyn GraphView, row: Row) -> String {
    let fact = wording::fact(view, wording::stated_of(view, row));
    match view.columns().polarity(row) {
        Polarity::Asserted => fact,
        Polarity::Denied => format!("denied: {fact}"),
    }
}

/// Reference, locator and quote in one cell.
pub fn evidence(view: &dyn GraphView, row: Row) -> String {
    let columns = view.columns();
    let mut parts: Vec<String> = Vec::new();
    parts.extend(columns.quote(row).map(|quote| format!("“{quote}”")));
    parts.extend(columns.reference(row).map(str::to_owned));
    parts.extend(columns.locator(row).map(str::to_owned));
    parts.join(", ")
}

/// A table of claims.
pub fn table(view: &dyn GraphView, rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "#",
        "claim",
        "source",
        "likelihood",
        "when",
        "reported",
        "evidence",
    ]);
    let columns = view.columns();
    for row in rows {
        table.rows.push(vec![
            wording::number(view, *row),
            said(view, *row),
            source(view, *row),
            wording::likelihood(columns.likelihood(*row)),
            wording::period(columns.valid(*row)),
            columns
                .reported(*row)
                .map_or(String::new(), |date| date.to_string()),
            evidence(view, *row),
        ]);
    }
    table.without_empty()
}

/// An answer whose rows are claims.
pub fn answer(view: &dyn GraphView, rows: &[Row]) -> Answer {
    let basis = |row: &Row| Basis {
        entity: None,
        facts: vec![wording::fact_of(view, *row)],
        claims: vec![view.columns().id(*row)],
    };
    Answer {
        table: table(view, rows),
        records: rows.iter().map(|row| record(view, *row)).collect(),
        basis: rows.iter().map(basis).collect(),
        asks: true,
        ..Answer::default()
    }
}

/// Sorted by when it happened: known dates first, then by when it was reported and recorded.
pub fn by_time(view: &dyn GraphView, rows: &mut [Row]) {
    let columns = view.columns();
    rows.sort_by_key(|row| {
        let valid = columns.valid(*row);
        let start = valid
            .from
            .or(valid.until)
            .map_or(i64::MAX, |date| date.start());
        let reported = columns.reported(*row).map_or(i64::MAX, |date| date.start());
        (start, valid.end(), reported, columns.id(*row))
    });
}

/// The sources of claims as rows: who says so, or who denies it.
pub fn sources(view: &dyn GraphView, rows: &[Row], status: Status) -> Answer {
    let columns = view.columns();
    let mut order: Vec<EntityId> = Vec::new();
    for row in rows {
        for source in columns.sources(*row) {
            if !order.contains(source) {
                order.push(*source);
            }
        }
    }
    let mut answer = Answer {
        table: Table::new(&["name", "likelihood", "when", "reported", "via", "claims"]),
        asks: true,
        ..Answer::default()
    };
    for source in &order {
        let own: Vec<Row> = rows
            .iter()
            .copied()
            .filter(|row| columns.sources(*row).contains(source))
            .collect();
        let best = own.iter().filter(|row| columns.number(**row).is_some());
        let best = best.max_by(|a, b| {
            columns
                .number(**a)
                .partial_cmp(&columns.number(**b))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let likelihood = best.and_then(|row| columns.likelihood(*row));
        let period = crate::run::evidence::hull(view, own.iter().copied());
        let mut via: Vec<EntityId> = own
            .iter()
            .flat_map(|row| columns.via(*row))
            .copied()
            .collect();
        via.sort_unstable();
        via.dedup();
        let reported = own.iter().filter_map(|row| columns.reported(*row)).min();
        let numbers: Vec<String> = own.iter().map(|row| wording::number(view, *row)).collect();
        answer.table.rows.push(vec![
            view.entities().name(*source).to_owned(),
            wording::likelihood(likelihood),
            wording::period(period),
            reported.map_or(String::new(), |date| date.to_string()),
            wording::listed(view, &via),
            numbers.join(" "),
        ]);
        let mut record = Record::new();
        record.insert("name".into(), json!(view.entities().name(*source)));
        record.insert("types".into(), wording::types(view, *source));
        record.insert("status".into(), json!(status));
        record.insert(
            "likelihood".into(),
            wording::percent(likelihood.map(|given| given.number)),
        );
        record.insert(
            "term".into(),
            likelihood.map_or(Value::Null, |given| json!(given.term)),
        );
        record.insert(
            "sources".into(),
            wording::names(view, std::slice::from_ref(source)),
        );
        record.insert("via".into(), wording::names(view, &via));
        record.insert("from".into(), wording::date(period.from));
        record.insert("until".into(), wording::date(period.until));
        record.insert("reported".into(), wording::date(reported));
        let claims = own.iter().map(|row| json!(columns.id(*row).0)).collect();
        record.insert("claims".into(), Value::Array(claims));
        answer.records.push(record);
        let mut facts: Vec<_> = own.iter().map(|row| wording::fact_of(view, *row)).collect();
        facts.sort();
        facts.dedup();
        answer.basis.push(Basis {
            entity: Some(*source),
            facts,
            claims: own.iter().map(|row| columns.id(*row)).collect(),
        });
    }
    let nameless = rows
        .iter()
        .filter(|row| columns.sources(**row).is_empty() && !columns.is_derived(**row))
        .count();
    if nameless > 0 {
        answer.notes.push(format!(
            "{} without a named source",
            wording::counted(nameless, "claim")
        ));
    }
    answer.table = answer.table.without_empty();
    answer.entities = Some(order);
    answer
}

//! Rows of facts: what is said, by how many, how sure, and who denies it.

use crate::answer::table::{Answer, Basis, Record, Table};
use crate::answer::{claims, wording};
use crate::graph::{ClaimFilter, GraphView, Row};
use crate::model::{EntityId, Marking};
use crate::run::Summary;
use crate::run::evidence::summary;
use serde_json::{Value, json};

/// Who denies, each once, in the order of recording.
pub fn deniers(view: &dyn GraphView, denied: &[Row]) -> Vec<EntityId> {
    let mut found: Vec<EntityId> = Vec::new();
    for row in denied {
        for source in view.columns().sources(*row) {
            if !found.contains(source) {
                found.push(*source);
            }
        }
    }
    found
}

/// `NCSC, FCDO`; how many of them are independent where that differs; `unnamed` for claims that
/// name nobody.
pub fn sources(view: &dyn GraphView, summary: &Summary) -> String {
    let names = wording::listed(view, &summary.sources);
    let independent = summary.independent - usize::from(summary.unnamed);
    let named = match independent == summary.sources.len() {
        true => names,
        false => format!("{names} ({independent} independent)"),
    };
    let said = match (summary.unnamed, named.is_empty()) {
        (false, _) | (true, true) => named,
        (true, false) => format!("{named}, unnamed"),
    };
    let rules = rules(view, &summary.asserted);
    match (said.is_empty(), rules.is_empty()) {
        (_, true) => said,
        (true, false) => format!("derived: {}", rules.join(", ")),
        (false, false) => format!("{said}; derived: {}", rules.join(", ")),
    }
}

/// The rules that give some of the claims, each once.
pub fn rules<'v>(view: &'v dyn GraphView, rows: &[Row]) -> Vec<&'v str> {
    let mut rules: Vec<&str> = rows
        .iter()
        .filter_map(|row| view.columns().rule(*row))
        .collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// `disputed by X`, `denied by X`, or nothing.
pub fn dispute(view: &dyn GraphView, summary: &Summary) -> String {
    if summary.denied.is_empty() {
        return String::new();
    }
    let word = if summary.asserted.is_empty() {
        "denied"
    } else {
        "disputed"
    };
    match deniers(view, &summary.denied).as_slice() {
        [] => word.to_owned(),
        names => format!("{word} by {}", wording::listed(view, names)),
    }
}

/// A fact for programs.
pub fn record(view: &dyn GraphView, fact: Row, summary: &Summary) -> Record {
    let columns = view.columns();
    let best = summary
        .likelihood
        .and_then(|(_, row)| columns.likelihood(row));
    let mut record = Record::new();
    record.insert(
        "subject".into(),
        json!(view.entities().name(columns.subject(fact))),
    );
    record.insert(
        "relation".into(),
        json!(view.vocabulary().relation(columns.relation(fact)).name),
    );
    record.insert(
        "object".into(),
        json!(view.entities().name(columns.object(fact))),
    );
    record.insert("status".into(), json!(summary.status()));
    record.insert(
        "likelihood".into(),
        wording::percent(best.map(|given| given.number)),
    );
    record.insert(
        "term".into(),
        best.map_or(Value::Null, |given| json!(given.term)),
    );
    record.insert("sources".into(), wording::names(view, &summary.sources));
    record.insert("from".into(), wording::date(summary.period.from));
    record.insert("until".into(), wording::date(summary.period.until));
    let claims = summary
        .asserted
        .iter()
        .chain(&summary.denied)
        .map(|row| json!(columns.id(*row).0));
    record.insert("claims".into(), Value::Array(claims.collect()));
    record.insert("marking".into(), wording::marking(summary.marking));
    record.insert(
        "disputed_by".into(),
        wording::names(view, &deniers(view, &summary.denied)),
    );
    let rules = rules(view, &summary.asserted);
    if !rules.is_empty() {
        record.insert("rules".into(), json!(rules));
    }
    record
}

/// On what ground a fact is disputed, in the words of who denies it.
fn ground(view: &dyn GraphView, summary: &Summary) -> String {
    if summary.asserted.is_empty() {
        return String::new();
    }
    let said = summary
        .denied
        .iter()
        .map(|row| claims::evidence(view, *row));
    let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
    said.join("; ")
}

/// A table of facts with their summaries.
pub fn table(view: &dyn GraphView, facts: &[(Row, Summary)]) -> Table {
    let mut table = Table::new(&[
        "fact",
        "likelihood",
        "sources",
        "when",
        "status",
        "marking",
        "ground",
    ]);
    for (fact, summary) in facts {
        let best = summary
            .likelihood
            .and_then(|(_, row)| view.columns().likelihood(row));
        table.rows.push(vec![
            wording::fact(view, wording::fact_of(view, *fact)),
            wording::likelihood(best),
            sources(view, summary),
            wording::period(summary.period),
            dispute(view, summary),
            summary.marking.map_or("", Marking::name).to_owned(),
            ground(view, summary),
        ]);
    }
    table.without_empty()
}

/// An answer whose rows are facts.
pub fn answer(view: &dyn GraphView, facts: &[Row], filter: &ClaimFilter) -> Answer {
    let found: Vec<(Row, Summary)> = facts
        .iter()
        .map(|fact| (*fact, summary(view, *fact, filter)))
        .collect();
    let basis = |(fact, _): &(Row, Summary)| Basis {
        entity: None,
        facts: vec![wording::fact_of(view, *fact)],
        claims: Vec::new(),
    };
    Answer {
        table: table(view, &found),
        records: found
            .iter()
            .map(|(fact, summary)| record(view, *fact, summary))
            .collect(),
        basis: found.iter().map(basis).collect(),
        asks: true,
        ..Answer::default()
    }
}

//! The rows of a plan and what they mean become an answer: one arm for each kind of question.

use crate::algebra::{Plan, Var};
use crate::answer::table::{Answer, Basis, Fact, Record, Table};
use crate::answer::verdict::Part;
use crate::answer::{about, changes, claims, entities, facts, paths, verdict, wording};
use crate::graph::{ClaimFilter, GraphView, Polarities, Row, Seen};
use crate::language::question::ast::Stance;
use crate::language::question::shape::{Lowered, Shape};
use crate::model::{ClaimId, EntityId, Status, Vocabulary};
use crate::run::{Batch, Column, Execution, Halt, NONE, Tuples, start};
use serde_json::{Value, json};

/// What an answer is built from.
pub struct Ground<'a> {
    /// The graph with all claims.
    pub view: &'a dyn GraphView,
    /// The run of the question's plan, for its filters and limits.
    pub execution: &'a Execution<'a>,
    /// Turns a plan of a part into one that can be run.
    pub prepare: &'a dyn Fn(Plan) -> Plan,
}

/// The answer of a question that was run to `batches`.
pub fn build(lowered: &Lowered, batches: &[Batch], ground: &Ground<'_>) -> Result<Answer, Halt> {
    let view = ground.view;
    let base = &lowered.base;
    Ok(match &lowered.shape {
        Shape::Entities {
            entity,
            evidence,
            keys,
        } => {
            let names: Vec<String> = keys.iter().map(|(name, _)| name.clone()).collect();
            let none = Tuples::default();
            let mut rows = Vec::new();
            for batch in batches {
                for row in 0..batch.rows {
                    let tuples = match batch.column(*evidence) {
                        Column::Evidence(tuples) => &tuples[row],
                        Column::Absent
                        | Column::Entities(_)
                        | Column::Facts(_)
                        | Column::Claims(_)
                        | Column::Values(_)
                        | Column::Ints(_)
                        | Column::Coded(..)
                        | Column::Paths(_) => &none,
                    };
                    let keys = keys
                        .iter()
                        .map(|(_, key)| shown(view, batch, *key, row))
                        .collect();
                    let entity = EntityId(batch.column(*entity).id(row));
                    rows.push(entities::Row {
                        entity,
                        keys,
                        tuples,
                    });
                }
            }
            let collected = ground.execution.collected(*evidence).iter();
            let filters: Vec<ClaimFilter> = collected
                .map(|fact| ground.execution.filter(*fact))
                .collect();
            entities::answer(view, &names, &rows, &filters)
        }
        Shape::Count(count) => {
            let number = batches.first().map_or(0, |batch| number(batch, *count, 0));
            let mut record = Record::new();
            record.insert("count".into(), json!(number));
            Answer {
                table: Table {
                    columns: vec!["count".into()],
                    rows: vec![vec![number.to_string()]],
                },
                records: vec![record],
                basis: vec![Basis::default()],
                ..Answer::default()
            }
        }
        Shape::Groups { keys, count } => groups(view, keys, *count, batches),
        Shape::Facts(fact) => {
            let filter = ground.execution.filter(*fact);
            let filter = ClaimFilter {
                polarities: Polarities::Asserted,
                ..filter
            };
            facts::answer(view, &ids(batches, *fact), &filter)
        }
        Shape::Verdict {
            parts,
            all,
            denials,
        } => {
            let mut found = Vec::new();
            for part in parts {
                let plan = (ground.prepare)(part.plan.clone());
                let rows = ground.execution.run_to_end(&plan)?;
                found.push(Part {
                    label: part.label.clone(),
                    facts: ids(&rows, part.fact),
                });
            }
            let filter = parts.first().map_or(base.clone(), |part| {
                let plan = (ground.prepare)(part.plan.clone());
                start(ground.execution.graph, &plan).filter(part.fact)
            });
            let filter = ClaimFilter {
                polarities: Polarities::Asserted,
                ..filter
            };
            verdict::answer(view, &found, *all, *denials, &filter)
        }
        Shape::IsA {
            entity,
            holds,
            noun,
        } => verdict::is_a(view, *entity, *holds, noun),
        Shape::When(fact) => {
            let mut rows = claims_of(ground, batches, *fact);
            claims::by_time(view, &mut rows);
            let mut answer = claims::answer(view, &rows);
            let unknown = rows
                .iter()
                .filter(|row| view.columns().valid(**row).is_unknown())
                .count();
            if unknown > 0 {
                answer.notes.push(format!(
                    "{} without a date",
                    wording::counted(unknown, "claim")
                ));
            }
            answer
        }
        Shape::Says(fact, stance) => {
            let rows = claims_of(ground, batches, *fact);
            let status = match stance {
                Stance::Asserts => Status::Affirmed,
                Stance::Denies => Status::Denied,
            };
            claims::sources(view, &rows, status)
        }
        Shape::Why {
            fact,
            negated,
            near,
            ..
        } => {
            let rows = claims_of(ground, batches, *fact);
            let mut answer = claims::answer(view, &rows);
            if rows.is_empty() {
                answer
                    .notes
                    .extend(near.iter().flat_map(|near| nearby(view, base, *near)));
            } else if *negated {
                answer.notes.push("there are claims for it".to_owned());
            }
            answer
        }
        Shape::Claim(number) => one_claim(view, ClaimId(*number)),
        Shape::Paths(var) => {
            let found: Vec<_> = batches
                .iter()
                .flat_map(|batch| match batch.column(*var) {
                    Column::Paths(paths) => paths.clone(),
                    Column::Absent
                    | Column::Entities(_)
                    | Column::Facts(_)
                    | Column::Claims(_)
                    | Column::Values(_)
                    | Column::Ints(_)
                    | Column::Coded(..)
                    | Column::Evidence(_) => Vec::new(),
                })
                .collect();
            paths::answer(view, &found, base)
        }
        Shape::About(entity, fact) => about::answer(view, *entity, &ids(batches, *fact), base),
        Shape::Timeline(entity, fact) => {
            let mut rows = claims_of(ground, batches, *fact);
            rows.retain(|row| view.columns().relation(*row) != Vocabulary::ALSO_KNOWN_AS);
            claims::by_time(view, &mut rows);
            let mut answer = claims::answer(view, &rows);
            answer.table = timeline(view, &rows);
            answer.entities = Some(vec![*entity]);
            answer
        }
        Shape::Changed(from, until) => changes::changed(view, *from, *until),
        // The engine knows the last answer, and rules; here there is neither.
        Shape::Row(_) | Shape::Matter(..) | Shape::Accused(_) => Answer::default(),
    })
}

/// The numbers of an id column, in order, each once.
pub fn ids(batches: &[Batch], var: Var) -> Vec<Row> {
    let mut seen = rustc_hash::FxHashSet::default();
    let all = batches
        .iter()
        .flat_map(|batch| (0..batch.rows).map(move |row| batch.column(var).id(row)));
    all.filter(|id| *id != NONE && seen.insert(*id)).collect()
}

/// The visible claims of the facts in a column, each once, in the order of recording.
fn claims_of(ground: &Ground<'_>, batches: &[Batch], fact: Var) -> Vec<Row> {
    let seen = Seen::new(ground.view, ground.execution.filter(fact));
    let mut rows = Vec::new();
    for fact in ids(batches, fact) {
        seen.claims(fact, &mut rows);
    }
    rows.sort_by_key(|row| ground.view.columns().id(*row));
    rows
}

fn shown(view: &dyn GraphView, batch: &Batch, var: Var, row: usize) -> String {
    match batch.column(var) {
        Column::Entities(ids) if ids[row] != NONE => {
            view.entities().name(EntityId(ids[row])).to_owned()
        }
        Column::Entities(_) | Column::Absent => String::new(),
        Column::Facts(_)
        | Column::Claims(_)
        | Column::Values(_)
        | Column::Ints(_)
        | Column::Coded(..)
        | Column::Evidence(_)
        | Column::Paths(_) => batch.column(var).datum(row).shown(),
    }
}

fn number(batch: &Batch, var: Var, row: usize) -> i64 {
    batch.column(var).datum(row).shown().parse().unwrap_or(0)
}

fn groups(view: &dyn GraphView, keys: &[(String, Var)], count: Var, batches: &[Batch]) -> Answer {
    let mut columns: Vec<String> = keys.iter().map(|(name, _)| name.clone()).collect();
    columns.push("count".to_owned());
    let mut answer = Answer {
        table: Table {
            columns: columns.clone(),
            rows: Vec::new(),
        },
        asks: true,
        ..Answer::default()
    };
    for batch in batches {
        for row in 0..batch.rows {
            let mut cells: Vec<String> = keys
                .iter()
                .map(|(_, key)| shown(view, batch, *key, row))
                .collect();
            let number = number(batch, count, row);
            let mut record = Record::new();
            for (column, cell) in columns.iter().zip(&cells) {
                record.insert(column.clone(), json!(cell));
            }
            record.insert("count".into(), json!(number));
            cells.push(number.to_string());
            answer.table.rows.push(cells);
            answer.records.push(record);
            answer.basis.push(Basis::default());
        }
    }
    answer
}

/// What is known of the same two ends, or of the same verb at either end.
pub fn nearby(
    view: &dyn GraphView,
    base: &ClaimFilter,
    (subject, relation, object): (EntityId, crate::model::RelationId, EntityId),
) -> Vec<String> {
    let seen = Seen::new(
        view,
        ClaimFilter {
            polarities: Polarities::Both,
            ..base.clone()
        },
    );
    let mut found: Vec<Fact> = Vec::new();
    for (other, _) in view.vocabulary().relations() {
        for (from, to) in [(subject, object), (object, subject)] {
            if let Some(row) = seen.fact(from, other, to) {
                found.push(wording::fact_of(view, row));
            }
        }
    }
    for (of, direction) in [
        (object, crate::graph::Direction::In),
        (subject, crate::graph::Direction::Out),
    ] {
        seen.neighbours(of, relation, direction, &mut |run| {
            found.extend(
                run.facts
                    .iter()
                    .take(3)
                    .map(|row| wording::fact_of(view, *row)),
            );
        });
    }
    found.dedup();
    found.truncate(5);
    found
        .into_iter()
        .map(|fact| format!("near it: {}", wording::fact(view, fact)))
        .collect()
}

fn one_claim(view: &dyn GraphView, id: ClaimId) -> Answer {
    let Some(row) = view.columns().row_of(id) else {
        return Answer {
            notes: vec![format!("there is no claim #{}", id.0)],
            asks: true,
            ..Answer::default()
        };
    };
    let mut answer = claims::answer(view, &[row]);
    let columns = view.columns();
    let recorded = wording::instant(columns.recorded(row));
    let by = changes::recorder(view, columns.transaction(row));
    answer.notes.push(format!("recorded {recorded}{by}"));
    if let Some(at) = columns.retracted(row) {
        let why = columns
            .retraction_reason(row)
            .map_or(String::new(), |why| format!(": {why}"));
        answer
            .notes
            .push(format!("retracted {}{why}", wording::instant(at)));
    }
    if let Some(marking) = columns.marking(row) {
        answer.notes.push(format!("marked {}", marking.name()));
    }
    for (key, value) in columns.properties(row) {
        answer.notes.push(format!("{key}: {}", value.text()));
    }
    answer
}

fn timeline(view: &dyn GraphView, rows: &[Row]) -> Table {
    let mut table = Table::new(&["when", "what", "source", "likelihood", "reported", "#"]);
    let columns = view.columns();
    for row in rows {
        let when = wording::period(columns.valid(*row));
        table.rows.push(vec![
            if when.is_empty() {
                "time unknown".to_owned()
            } else {
                when
            },
            claims::said(view, *row),
            claims::source(view, *row),
            wording::likelihood(columns.likelihood(*row)),
            columns
                .reported(*row)
                .map_or(String::new(), |date| date.to_string()),
            wording::number(view, *row),
        ]);
    }
    table.without_empty()
}

/// An answer that is text: a plan, a help page.
pub fn text(reading: Option<String>, text: String, record: Vec<(&str, Value)>) -> Answer {
    let record = record
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Answer {
        reading,
        headline: Some(text),
        records: vec![record],
        ..Answer::default()
    }
}

//! Rows of paths: each step with its direction, the weakest likelihood on the way.

use crate::algebra::PathRow;
use crate::answer::table::{Answer, Basis, Record, Table};
use crate::answer::wording;
use crate::graph::{ClaimFilter, Direction, GraphView};
use crate::language::spelling;
use crate::model::Likelihood;
use crate::run::evidence::summary;
use crate::run::paths::runs_forward;
use serde_json::{Value, json};

/// An answer whose rows are paths.
pub fn answer(view: &dyn GraphView, paths: &[PathRow], filter: &ClaimFilter) -> Answer {
    let mut answer = Answer {
        table: Table::new(&["path", "hops", "weakest likelihood"]),
        asks: true,
        ..Answer::default()
    };
    for path in paths {
        let mut text = String::new();
        let mut weakest: Option<&Likelihood> = None;
        let mut known = true;
        for (at, fact) in path.facts.iter().enumerate() {
            let left = path.entities[at];
            text.push_str(&spelling::name(view.entities().name(left)));
            let relation = &view
                .vocabulary()
                .relation(view.columns().relation(*fact))
                .name;
            text.push_str(&match runs_forward(view, *fact, left) {
                Direction::Out => format!(" -[{relation}]-> "),
                Direction::In => format!(" <-[{relation}]- "),
            });
            let best = summary(view, *fact, filter).likelihood;
            match best.and_then(|(_, row)| view.columns().likelihood(row)) {
                None => known = false,
                Some(given) if weakest.is_none_or(|least| given.number < least.number) => {
                    weakest = Some(given);
                }
                Some(_) => {}
            }
        }
        if let Some(last) = path.entities.last() {
            text.push_str(&spelling::name(view.entities().name(*last)));
        }
        let weakest = weakest.filter(|_| known);
        answer.table.rows.push(vec![
            text,
            path.facts.len().to_string(),
            weakest.map_or("unknown".to_owned(), Likelihood::to_string),
        ]);
        let facts: Vec<_> = path
            .facts
            .iter()
            .map(|fact| wording::fact_of(view, *fact))
            .collect();
        let mut record = Record::new();
        record.insert("path".into(), wording::names(view, &path.entities));
        let said = facts.iter().map(|fact| json!(wording::fact(view, *fact)));
        record.insert("facts".into(), Value::Array(said.collect()));
        record.insert("hops".into(), json!(path.facts.len()));
        record.insert(
            "likelihood".into(),
            wording::percent(weakest.map(|given| given.number)),
        );
        answer.records.push(record);
        answer.basis.push(Basis {
            entity: None,
            facts,
            claims: Vec::new(),
        });
    }
    answer
}

//! Runs `tests/gql/*.feature`: scenarios in the text style of the openCypher suite, for what that
//! suite lacks. Each runs as its plan is optimised and as it was written; both must give what is
//! expected.
//!
//! Steps: `Given an empty graph`, `Given the founding case`, `And having said:`, `And having executed:`, `And parameters
//! are:`, `When executing query:`, `Then the result should be, in order:`, `… in any order:`, `Then
//! the result should be empty`, `Then a TYPE should be raised at PHASE: DETAIL`, `And the state should
//! be N nodes and M relationships`. Scenario outlines are filled from their examples.

#![allow(clippy::wildcard_enum_match_arm)] // A scenario names the outcomes that it expects.

#[path = "common/features.rs"]
mod features;

use features::{Scenario, cells, scenarios};
use std::fs;
use std::path::Path;
use whodunit::algebra::Datum;
use whodunit::answer::values::literal;
use whodunit::engine::{Engine, Failure};
use whodunit::graph::GraphView;

const NOW: i64 = 1_711_411_200;

/// Class, phase and detail of a failure.
fn class(failure: &Failure) -> String {
    match failure {
        Failure::Halted(halt) => halt.to_string(),
        Failure::Mistake(mistake) => {
            let code = mistake.code.clone().unwrap_or_default();
            match code.split(' ').collect::<Vec<_>>().as_slice() {
                [_, class, detail] => format!("a {class} should be raised at runtime: {detail}"),
                ["22G03", detail] => {
                    format!("a TypeError should be raised at compile time: {detail}")
                }
                [_, detail] => format!("a SyntaxError should be raised at compile time: {detail}"),
                _ => code,
            }
        }
    }
}

/// What is wrong with a scenario, if anything is.
fn run(scenario: &Scenario, as_written: bool) -> Result<(), String> {
    let mut engine = Engine::new(NOW);
    let mut parameters: Vec<(String, Datum)> = Vec::new();
    let mut last: Ran = None;
    let mut checked = false;
    for (step, body) in &scenario.steps {
        let step = step.split_once(' ').map_or(step.as_str(), |(_, rest)| rest);
        match step {
            "an empty graph" => engine = Engine::new(NOW),
            "the founding case" => engine = Engine::founding(NOW),
            "having said:" => {
                engine
                    .load(body, NOW)
                    .map_err(|mistakes| mistakes[0].title.clone())?;
            }
            "having executed:" => {
                engine.gql(body, &[]).map_err(|failure| class(&failure))?;
                engine.conclude();
            }
            "parameters are:" => {
                for row in body.lines().map(cells) {
                    let value = engine.literal(&row[1]).map_err(|failure| class(&failure))?;
                    parameters.push((row[0].clone(), value));
                }
            }
            "executing query:" | "executing control query:" => {
                if as_written {
                    engine.run_as_written();
                }
                let ran = engine.gql(body, &parameters).map(|queried| {
                    let shown = |row: &Vec<Datum>| {
                        row.iter()
                            .map(|value| literal(engine.graph(), value))
                            .collect()
                    };
                    (
                        queried.columns.clone(),
                        queried.rows.iter().map(shown).collect(),
                    )
                });
                engine.conclude();
                last = Some(ran);
            }
            "the result should be empty" => {
                checked = true;
                let (_, rows) = outcome(&last)?;
                if !rows.is_empty() {
                    return Err(format!("rows: {rows:?}"));
                }
            }
            "the result should be, in order:" | "the result should be, in any order:" => {
                checked = true;
                let (columns, rows) = outcome(&last)?;
                let mut table = body.lines().map(cells);
                let wanted = table.next().unwrap_or_default();
                if columns != &wanted {
                    return Err(format!("columns {columns:?}, not {wanted:?}"));
                }
                let (mut rows, mut wanted) = (rows.clone(), table.collect::<Vec<_>>());
                if step.ends_with("any order:") {
                    rows.sort();
                    wanted.sort();
                }
                if rows != wanted {
                    return Err(format!("rows {rows:?}, not {wanted:?}"));
                }
            }
            step if step.starts_with("the state should be") => {
                checked = true;
                let graph = engine.graph();
                let nodes = graph.entities().ids().count();
                let columns = graph.columns();
                let stands = |row: &u32| columns.retracted(*row).is_none();
                let relationships = (0..columns.len() as u32).filter(stands).count();
                let is =
                    format!("the state should be {nodes} nodes and {relationships} relationships");
                if step != is {
                    return Err(format!("{step}, but: {is}"));
                }
            }
            step if step.contains("should be raised") => {
                checked = true;
                match &last {
                    Some(Err(failure)) if class(failure) == step => {}
                    Some(Err(failure)) => return Err(class(failure)),
                    _ => return Err("nothing was raised".to_owned()),
                }
            }
            other => return Err(format!("no such step: {other}")),
        }
    }
    match checked {
        true => Ok(()),
        false => Err("nothing is expected".to_owned()),
    }
}

type Ran = Option<Result<(Vec<String>, Vec<Vec<String>>), Failure>>;

fn outcome(last: &Ran) -> Result<&(Vec<String>, Vec<Vec<String>>), String> {
    match last {
        Some(Ok(ran)) => Ok(ran),
        Some(Err(Failure::Mistake(mistake))) => {
            Err(format!("{} ({:?})", mistake.title, mistake.code))
        }
        Some(Err(failure)) => Err(class(failure)),
        None => Err("no query ran".to_owned()),
    }
}

#[test]
fn scenarios_of_our_own_hold_optimised_and_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gql");
    let (mut count, mut wrong) = (0, String::new());
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "feature"))
        .collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).expect("a feature");
        for scenario in scenarios(&text) {
            count += 1;
            for as_written in [false, true] {
                if let Err(mistake) = run(&scenario, as_written) {
                    let file = file.file_name().unwrap_or_default().to_string_lossy();
                    wrong.push_str(&format!(
                        "{file}: {} (as written: {as_written}): {mistake}\n",
                        scenario.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 200, "only {count} scenarios");
}

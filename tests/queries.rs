//! Runs `tests/queries/*.qtest`: text that is asked or said, and what comes back. `BLESS=1 cargo
//! test --test queries` rewrites the expected text for review as a diff.
//!
//! A file is a list of entries. `> TEXT` asks or says something (a line that begins with `>>` goes
//! on); what follows up to the next entry is what comes back. `# …` is a comment. Directives stand
//! at the beginning: `case: founding | empty`, `load: FILE`, `as: questions` (nothing is a statement).
//!
//! Every question runs as it is optimised and as it was written, and once more as its own reading:
//! all three must agree.

#![allow(clippy::wildcard_enum_match_arm)] // JSON and values: only some kinds matter.

mod common;

use common::{NOW, below, bless, difference, failed, short};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use whodunit::algebra::Datum;
use whodunit::engine::Engine;
use whodunit::graph::GraphView;
use whodunit::language::script::Kind;
use whodunit::model::ClaimId;

enum Part {
    Comment(String),
    Entry { text: String, expected: String },
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in text.lines() {
        if let Some(more) = line.strip_prefix(">> ") {
            if let Some(Part::Entry { text, .. }) = parts.last_mut() {
                text.push('\n');
                text.push_str(more);
            }
        } else if let Some(asked) = line.strip_prefix("> ") {
            parts.push(Part::Entry {
                text: asked.to_owned(),
                expected: String::new(),
            });
        } else if line.starts_with('#')
            || ["case:", "load:", "as:"]
                .iter()
                .any(|key| line.starts_with(key))
        {
            parts.push(Part::Comment(line.to_owned()));
        } else {
            match parts.last_mut() {
                Some(Part::Entry { expected, .. }) => expected.push_str(&format!("{line}\n")),
                Some(Part::Comment(_)) | None => {
                    if !line.is_empty() {
                        panic!("a line before the first entry: {line}");
                    }
                }
            }
        }
    }
    parts
}

fn engine(parts: &[Part], plain: bool) -> Engine {
    let directives = || {
        parts.iter().filter_map(|part| match part {
            Part::Comment(line) if !line.starts_with('#') => line.split_once(": "),
            Part::Comment(_) | Part::Entry { .. } => None,
        })
    };
    let founding = !directives().any(|(key, value)| key == "case" && value == "empty");
    let mut engine = if founding {
        Engine::founding(NOW)
    } else {
        Engine::with_vocabulary(NOW)
    };
    if plain {
        engine.run_as_written();
    }
    for (_, file) in directives().filter(|(key, _)| *key == "load") {
        let text = fs::read_to_string(below("queries").join(file)).expect("a file to load");
        engine.load(&text, NOW).unwrap_or_else(|mistakes| {
            panic!(
                "{file}: {}",
                whodunit::text::render(&mistakes[0], file, &text, false)
            )
        });
    }
    engine.set_parameter("victim", "UK_Parliament");
    engine
}

fn outcome(engine: &mut Engine, text: &str, questions: bool) -> String {
    match Engine::kind(text) {
        Kind::Statement if !questions => common::load(engine, text),
        Kind::Statement | Kind::Question | Kind::Gql | Kind::Command => match engine.ask(text) {
            Ok(asked) => short(&asked),
            Err(failure) => failed(&failure, text),
        },
    }
}

/// The facts of the claims whose numbers stand in a record, as text.
fn facts(engine: &Engine, record: &Value, found: &mut BTreeSet<String>) {
    let fact = |number: &Value| {
        let number = number.as_u64().expect("a number") as u32;
        let graph = engine.graph();
        let columns = graph.columns();
        let row = columns.row_of(ClaimId(number)).expect("a claim");
        let name = |id| graph.entities().name(id).to_owned();
        let relation = graph
            .vocabulary()
            .relation(columns.relation(row))
            .name
            .clone();
        format!(
            "{} {relation} {}",
            name(columns.subject(row)),
            name(columns.object(row))
        )
    };
    match record {
        // A proof is of one fact, whatever it rests on.
        Value::Object(fields) if fields.contains_key("premises") => {
            let word = |key: &str| fields[key].as_str().expect("a name").to_owned();
            found.insert(format!(
                "{} {} {}",
                word("subject"),
                word("relation"),
                word("object")
            ));
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("claim", number @ Value::Number(_)) => {
                        found.insert(fact(number));
                    }
                    ("claims", Value::Array(numbers)) => {
                        for number in numbers {
                            match number {
                                Value::Number(_) => {
                                    found.insert(fact(number));
                                }
                                other => facts(engine, other, found),
                            }
                        }
                    }
                    (_, other) => facts(engine, other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| facts(engine, item, found)),
        _ => {}
    }
}

/// What is wrong with the GQL text that `explain` shows for a question: it must give the same rows.
fn gql_mistake(engine: &mut Engine, text: &str) -> Option<String> {
    let plain = text
        .trim_start_matches("explain ")
        .trim_start_matches("profile ");
    let asked = engine.ask(&format!("explain {plain}")).ok()?;
    let gql = asked.answer.records[0]["gql"].as_str()?.to_owned();
    // A row of the last answer has no query of its own.
    if gql.is_empty() {
        return None;
    }
    let queried = match engine.gql(&gql, &[]) {
        Ok(queried) => queried,
        Err(failure) => return Some(format!("{gql}\n{}", failed(&failure, &gql))),
    };
    let answer = engine.ask(plain).ok()?.answer;
    let graph = engine.graph();
    let cell = |datum: &Datum| match datum {
        Datum::Entity(id) => graph.entities().name(*id).to_owned(),
        other => other.shown(),
    };
    let columns: Vec<&str> = queried.columns.iter().map(String::as_str).collect();
    let rows = queried.rows.iter();
    let own: BTreeSet<String> = rows
        .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" "))
        .collect();
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().unwrap_or_default().to_owned())
                .collect();
            items.join(", ")
        }
        other => other.to_string(),
    };
    let mut asked: BTreeSet<String> = BTreeSet::new();
    match columns.as_slice() {
        ["subject", "relation", "object"] => {
            answer.records.iter().for_each(|record| {
                facts(engine, &Value::Object(record.clone()), &mut asked);
            });
        }
        ["a", "c", "b"] => {
            let claims = queried.rows.iter().map(|row| match &row[1] {
                Datum::Claim(row) => graph.columns().id(*row).0.to_string(),
                other => other.shown(),
            });
            let own: BTreeSet<String> = claims.collect();
            let records = answer.records.iter();
            let asked: BTreeSet<String> = records.map(|record| shown(&record["claim"])).collect();
            let same = match text.contains(" top ") {
                true => asked.is_subset(&own),
                false => own == asked,
            };
            return (!same).then(|| format!("{gql}\nGQL gives {own:?}, the question {asked:?}"));
        }
        ["path", "steps"] => {
            let own: BTreeSet<String> = queried.rows.iter().map(|row| cell(&row[0])).collect();
            // Where only some of equally short paths are asked for, any of them will do.
            let asked: BTreeSet<String> = answer
                .records
                .iter()
                .map(|record| shown(&record["path"]))
                .collect();
            let same = own == asked || own.len() == asked.len() && own.len() == 1;
            return (!same).then(|| format!("{gql}\nGQL gives {own:?}, the question {asked:?}"));
        }
        ["holds"] => {
            asked.extend(
                answer
                    .records
                    .iter()
                    .map(|record| (record["answer"] == "yes").to_string()),
            );
        }
        _ => {
            for record in &answer.records {
                let mut row: Vec<String> = Vec::new();
                for (at, column) in columns.iter().enumerate() {
                    let column = column.trim_end_matches(|c: char| c.is_ascii_digit());
                    let value = record
                        .get(column)
                        .or_else(|| record.get("name").filter(|_| at == 0));
                    row.push(value.map_or_else(|| format!("no {column}"), shown));
                }
                asked.insert(row.join(" "));
            }
        }
    }
    (own != asked).then(|| format!("{gql}\nGQL gives {own:?}, the question {asked:?}"))
}

/// What must agree however a question is run: the rows without their order.
fn rows(engine: &mut Engine, text: &str) -> Result<Vec<String>, String> {
    match engine.ask(text) {
        Ok(asked) => {
            let mut rows: Vec<String> = asked
                .answer
                .records
                .iter()
                .map(|record| serde_json::to_string(record).expect("JSON"))
                .collect();
            rows.sort();
            Ok(rows)
        }
        Err(failure) => Err(failed(&failure, "")),
    }
}

#[test]
fn questions_and_statements_come_back_as_expected() {
    let mut wrong = String::new();
    let mut files: Vec<_> = fs::read_dir(below("queries"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "qtest"))
        .collect();
    files.sort();
    assert!(files.len() >= 5, "the query tests are missing");
    for file in files {
        let text = fs::read_to_string(&file).expect("a query test");
        let parts = parts(&text);
        let (mut optimised, mut plain) = (engine(&parts, false), engine(&parts, true));
        let questions = parts
            .iter()
            .any(|part| matches!(part, Part::Comment(line) if line == "as: questions"));
        let mut found = String::new();
        for part in &parts {
            match part {
                Part::Comment(line) => {
                    let gap =
                        if line.starts_with('#') && !found.is_empty() && !found.ends_with("\n\n") {
                            "\n"
                        } else {
                            ""
                        };
                    found.push_str(&format!("{gap}{line}\n"));
                }
                Part::Entry { text, .. } => {
                    if !found.ends_with("\n\n") {
                        found.push('\n');
                    }
                    found.push_str(&format!("> {}\n", text.replace('\n', "\n>> ")));
                    let mut before = optimised.clone();
                    found.push_str(&outcome(&mut optimised, text, questions));
                    if Engine::kind(text) == Kind::Statement && !questions {
                        common::load(&mut plain, text);
                        continue;
                    }
                    if let Some(mistake) = gql_mistake(&mut before.clone(), text) {
                        wrong.push_str(&format!("the GQL of `{text}` differs\n{mistake}\n"));
                    }
                    let explains = text.starts_with("explain") || text.starts_with("profile");
                    let about_row = text.starts_with("why") && text.len() < 7;
                    let as_planned = rows(&mut before.clone(), text);
                    if !explains && rows(&mut plain, text) != as_planned {
                        wrong.push_str(&format!(
                            "{}: `{text}` differs when it runs as written\n",
                            file.display()
                        ));
                    }
                    let reading = optimised.last().and_then(|last| last.reading.clone());
                    if let (Some(reading), Ok(rows_now), false) =
                        (reading, &as_planned, explains || about_row)
                    {
                        match rows(&mut before, &reading) {
                            Ok(again) if again == *rows_now => {}
                            again => wrong.push_str(&format!(
                                "{}: `{text}` and its reading `{reading}` differ: {again:?}\n",
                                file.display()
                            )),
                        }
                        let again = before.last().and_then(|last| last.reading.clone());
                        if again.as_ref() != Some(&reading) {
                            wrong.push_str(&format!(
                                "{}: `{reading}` reads as {again:?}\n",
                                file.display()
                            ));
                        }
                    }
                }
            }
        }
        if bless() {
            fs::write(&file, &found).expect("a file to write");
        } else if found.trim_end() != text.trim_end() {
            wrong.push_str(&format!(
                "{}\n{}",
                file.display(),
                difference(&text, &found)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_wrong_input_gets_a_place_and_a_way_out() {
    let mut wrong = String::new();
    let mut messages = 0;
    for file in [
        "mistakes.qtest",
        "statement-mistakes.qtest",
        "rule-mistakes.qtest",
    ] {
        let text = fs::read_to_string(below("queries").join(file)).expect("the gallery");
        for part in parts(&text) {
            let Part::Entry { text, expected } = part else {
                continue;
            };
            messages += 1;
            let placed = expected.contains(" --> text:") && expected.contains(" ^");
            if !expected.starts_with("error: ") || !placed || !expected.contains("= help: ") {
                wrong.push_str(&format!("{file}: `{text}`\n{expected}"));
            }
            // Words with an underscore inside are the names of grammar rules.
            let rules = [
                "bare_name",
                "name_chars",
                "open_verb",
                "question_fact",
                "quoted_inner",
                "EOI",
                "k_",
            ];
            if rules.iter().any(|rule| expected.contains(rule)) {
                wrong.push_str(&format!("{file}: `{text}` shows a rule\n{expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(messages >= 110, "only {messages} messages");
}

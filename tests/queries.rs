//! Runs `tests/queries/*.qtest`: text that is asked or said, and what comes back. `BLESS=1 cargo
//! test --test queries` rewrites the expected text for review as a diff.
//!
//! A file is a list of entries. `> TEXT` asks or says something (a line that begins with `>>` goes
//! on); what follows up to the next entry is what comes back. `# …` is a comment. Directives stand
//! at the beginning: `case: founding | empty`, `load: FILE`, `as: questions` (nothing is a statement).
//!
//! Every question runs as it is optimised and as it was written, and once more as its own reading:
//! all three must agree.

mod common;

use common::{NOW, below, bless, difference, failed, short};
use std::fs;
use whodunit::engine::Engine;
use whodunit::language::script::Kind;

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

/// What is wrong with the GQL text that `explain` shows for a question.
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
    // The parts of a question about several facts are queries of their own, a line each.
    let parse = |gql: &str| {
        whodunit::language::gql::parse(gql)
            .and_then(|program| whodunit::language::gql::check(&program, &[]))
    };
    let mistake = parse(&gql).err()?;
    Some(whodunit::text::render(&mistake, "gql", &gql, false))
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
                        wrong.push_str(&format!("the GQL of `{text}` is none\n{mistake}\n"));
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
    for file in ["mistakes.qtest", "statement-mistakes.qtest"] {
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
    assert!(messages >= 60, "only {messages} messages");
}

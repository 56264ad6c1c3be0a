//! The founding case holds every sentence of the founding article: at least one claim and one
//! question that finds it, by the table in `tests/founding/sentences.txt`. And the trap holds: the
//! two campaigns are not run together.

mod common;

use common::{NOW, below, failed, short};
use std::fs;
use whodunit::engine::{Engine, FOUNDED, FOUNDING_CASE, VOCABULARY};
use whodunit::graph::GraphView;
use whodunit::text::render;

/// Sentences of the article, the headline and "It wrote:" among them.
const SENTENCES: usize = 19;

#[test]
fn the_founding_texts_load_without_a_mistake_or_a_warning() {
    let mut engine = Engine::new(NOW);
    for (name, text) in [
        ("vocabulary.who", VOCABULARY),
        ("uk-china-2024.who", FOUNDING_CASE),
    ] {
        match engine.load(text, FOUNDED) {
            Ok(loaded) => assert!(loaded.warnings.is_empty(), "{name}: {:?}", loaded.warnings),
            Err(mistakes) => panic!("{}", render(&mistakes[0], name, text, false)),
        }
        let again = engine.load(text, FOUNDED).expect("the same text again");
        assert!(
            again.applied.is_nothing(),
            "{name} twice: {:?}",
            again.applied
        );
    }
    assert!(engine.graph().columns().len() >= 100);
}

#[test]
fn every_sentence_has_a_claim_and_a_question_that_finds_it() {
    let table = fs::read_to_string(below("founding/sentences.txt")).expect("the table");
    let engine = Engine::founding(NOW);
    let mut wrong = String::new();
    let mut claims = 0;
    // For each sentence: its number, its claims, its questions.
    let mut sentences: Vec<(String, usize, usize)> = Vec::new();
    for line in table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(sentence) = line.strip_prefix("S ") {
            let number = sentence.split(':').next().unwrap_or(sentence).to_owned();
            sentences.push((number, 0, 0));
        } else if let Some(fact) = line.strip_prefix("claim: ") {
            claims += 1;
            let asked = engine.clone().ask(&format!("why {fact}"));
            match asked {
                Ok(asked) if !asked.answer.records.is_empty() => {}
                Ok(_) => wrong.push_str(&format!("no claim says: {fact}\n")),
                Err(failure) => wrong.push_str(&failed(&failure, fact)),
            }
            if let Some(last) = sentences.last_mut() {
                last.1 += 1;
            }
        } else if let Some((question, expected)) = line
            .strip_prefix("ask: ")
            .and_then(|line| line.split_once(" -> "))
        {
            match engine.clone().ask(question) {
                Err(failure) => wrong.push_str(&failed(&failure, question)),
                Ok(asked) => {
                    // What was found, without the echo of the question.
                    let shown = short(&asked);
                    let found: String = shown
                        .lines()
                        .filter(|line| !line.starts_with("= "))
                        .collect();
                    for word in expected.split(';').map(str::trim) {
                        let (word, wanted) = match word.strip_prefix('!') {
                            Some(word) => (word, false),
                            None => (word, true),
                        };
                        if found.contains(word) != wanted {
                            let not = if wanted {
                                "does not find"
                            } else {
                                "must not find"
                            };
                            wrong.push_str(&format!("`{question}` {not} {word}:\n{shown}"));
                        }
                    }
                }
            }
            if let Some(last) = sentences.last_mut() {
                last.2 += 1;
            }
        } else {
            wrong.push_str(&format!("what is this line: {line}\n"));
        }
    }
    for (number, claims, questions) in &sentences {
        if *claims == 0 || *questions == 0 {
            wrong.push_str(&format!(
                "sentence {number} has {claims} claims and {questions} questions\n"
            ));
        }
    }
    assert_eq!(sentences.len(), SENTENCES, "sentences of the article");
    assert!(claims >= 40, "only {claims} claims are mapped");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_two_campaigns_are_not_run_together() {
    let mut engine = Engine::founding(NOW);
    let mut names = |question: &str| -> Vec<String> {
        let asked = engine.ask(question).expect("an answer");
        let name =
            |record: &whodunit::answer::Record| record["name"].as_str().expect("a name").to_owned();
        asked.answer.records.iter().map(name).collect()
    };
    assert_eq!(names("who targeted UK_Parliament"), ["APT31"]);
    assert_eq!(
        names("who compromised Electoral_Commission"),
        ["Chinese_State_Affiliated_Entity"]
    );
    assert_eq!(
        names("who compromised any commission and targeted UK_Parliament"),
        [""; 0]
    );
}

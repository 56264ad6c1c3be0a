//! The README is true: its tour runs as it is printed, its commands work, its picture is current.
//! `BLESS=1 cargo test --test readme` rewrites the answers and the picture for review as a diff.

mod common;

use common::{NOW, bless, complained, difference, program, run_command, scratch};
use std::fs;
use std::path::Path;
use whodunit::engine::Engine;
use whodunit::front::batch::{Ending, read_file};
use whodunit::front::{Screen, Session, Source, run_script};

/// The files that the commands name.
const TABLES: &[(&str, &str)] = &[
    ("actors.json", include_str!("import/misp/actors.json")),
    ("producers.json", include_str!("import/misp/producers.json")),
    ("facts.who", "Teapot is a group. Teapot targeted Saucer."),
    (
        "entities.csv",
        "id,name,kind\n1,Ada,person\n2,Example_Ministry,institution\n",
    ),
    (
        "targeted.csv",
        "from,to,confidence,year,source\n1,2,70,2021,3\n",
    ),
    ("sanctioned.csv", "from,to,year\n2,1,2023\n"),
    ("people.csv", "full name,born\nGrace Example,1906\n"),
    (
        "mapping.txt",
        "# what the columns of one table mean\nbig.csv: who=subject, whom=object, 'blamed'=relation\n",
    ),
    ("big.csv", "who,whom\nAda,Example_Ministry\nAda\n"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a script says on a terminal of 100 columns.
fn spoken(session: &mut Session, script: &str) -> String {
    let source = Source {
        origin: "README".into(),
        text: script.into(),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let ending = run_script(session, &source, false, &mut out, &mut err).expect("output");
    let told = String::from_utf8_lossy(&err).into_owned();
    assert_eq!(ending, Ending::Good, "{script}\n{told}");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_tour_says_what_it_shows() {
    let text = fs::read_to_string(root().join("README.md")).expect("a README");
    let screen = Screen {
        width: Some(100),
        ..Screen::default()
    };
    let mut session = Session::new(Engine::founding(NOW), "table", screen, || NOW, read_file);
    let mut written = String::new();
    let mut rest = text.as_str();
    let mut blocks = 0;
    while let Some(at) = rest.find("```who\n") {
        let begun = at + "```who\n".len();
        let end = begun + rest[begun..].find("```\n").expect("an end of the script");
        let answer = spoken(&mut session, &rest[begun..end]);
        let shown = end + rest[end..].find("```text\n").expect("an answer") + "```text\n".len();
        let closed = shown + rest[shown..].find("```").expect("an end of the answer");
        written.push_str(&rest[..shown]);
        written.push_str(&answer);
        rest = &rest[closed..];
        blocks += 1;
    }
    written.push_str(rest);
    assert!(blocks >= 5, "the tour has {blocks} stations");
    if bless() {
        fs::write(root().join("README.md"), &written).expect("a file to write");
    } else {
        assert!(written == text, "{}", difference(&text, &written));
    }
}

#[test]
fn its_commands_work() {
    let text = fs::read_to_string(root().join("README.md")).expect("a README");
    let first = text.split("```sh\n").nth(1).expect("a block");
    assert!(
        first.starts_with("cargo run --release\ncargo test\n"),
        "the two commands come first"
    );
    let blocks = text
        .split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix("sh\n"));
    let lines = blocks.flat_map(str::lines);
    let commands = lines.filter_map(|line| line.strip_prefix("whodunit "));
    let folder = scratch("readme");
    for (name, table) in TABLES {
        fs::write(folder.join(name), table).expect("a table");
    }
    let mut run_so_far = 0;
    for command in commands {
        let mut words: Vec<String> = Vec::new();
        for (at, part) in command.split('"').enumerate() {
            match at % 2 {
                1 => words.push(part.to_owned()),
                _ => words.extend(part.split_whitespace().map(str::to_owned)),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut program = program(&words);
        program.current_dir(&folder);
        let output = run_command(program, b"");
        assert!(
            output.status.success(),
            "{command}: {}",
            complained(&output)
        );
        let said = [&output.stdout, &output.stderr];
        assert!(
            said.iter().any(|text| !text.is_empty()),
            "{command} says nothing"
        );
        run_so_far += 1;
    }
    assert!(run_so_far >= 4, "{run_so_far} commands");
}

#[test]
fn its_picture_is_current() {
    let mut engine = Engine::founding(NOW);
    let drawn = whodunit::front::export::exported(&mut engine, "svg", "about APT31", None)
        .expect("a picture");
    let file = root().join("data/apt31.svg");
    if bless() {
        fs::write(&file, &drawn).expect("a file to write");
    }
    assert!(
        fs::read_to_string(file).expect("a picture") == drawn,
        "BLESS=1 draws it anew"
    );
}

#[test]
fn every_example_of_the_help_has_an_answer() {
    for topic in whodunit::front::help::TOPICS {
        for example in topic.examples {
            let mut engine = Engine::founding(NOW);
            match engine.ask(example) {
                Ok(asked) => {
                    let found = !asked.answer.records.is_empty();
                    assert!(found, "`{example}` finds nothing");
                }
                Err(failure) => panic!("{}", common::failed(&failure, example)),
            }
        }
    }
}

//! The journal as plain text: whatever was recorded, it is written, read, and is the same case with the
//! same numbers; what was changed in a text is refused at its place; the program does it with files.

#[path = "common/claims.rs"]
mod claims;
mod common;
#[path = "dump/journals.rs"]
mod journals;

use common::{complained, program, run, run_command, said, scratch};
use journals::{journal, steps, value};
use proptest::prelude::*;
use std::fs;
use whodunit::dump::{Dumper, Loaded, Loader};
use whodunit::engine::Engine;
use whodunit::graph::{Damage, Graph, GraphView};
use whodunit::model::{Entity, EntityId, Entry, TypeId, Value};
use whodunit::text::{Diagnostic, render};

/// A journal as text.
fn dumped<'r>(records: impl IntoIterator<Item = &'r Vec<u8>>) -> String {
    let mut dumper = Dumper::default();
    let mut text = dumper.head().expect("a first line");
    for record in records {
        let written = dumper.record(record, |lines| {
            text.push_str(lines);
            Ok::<(), Damage>(())
        });
        written.expect("a record");
    }
    text + &dumper.end().expect("a last line")
}

/// A text as a journal, or the number of the line that is refused and why.
fn loaded(text: &str) -> Result<Loaded, (usize, Diagnostic)> {
    let mut loader = Loader::default();
    for (at, line) in text.lines().enumerate() {
        loader.line(line).map_err(|why| (at + 1, why))?;
    }
    loader.finish().map_err(|why| (0, why))
}

/// What a journal adds up to.
fn replayed(records: &[Vec<u8>]) -> Graph {
    let mut graph = Graph::new();
    for record in records {
        graph.replay(record).expect("a record");
    }
    graph
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(150), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_dumped_and_loaded_is_the_same_case(steps in steps()) {
        let (notebook, graph) = journal(&steps);
        let own = replayed(&notebook.journal);
        prop_assert_eq!(own.differences(&graph), Vec::<String>::new(), "the journal itself");
        let text = dumped(&notebook.journal);
        let loaded = match loaded(&text) {
            Ok(loaded) => loaded,
            Err((at, why)) => {
                let line = text.lines().nth(at.saturating_sub(1)).unwrap_or_default();
                return Err(TestCaseError::fail(render(&why, "dump", line, false)));
            }
        };
        prop_assert_eq!(loaded.records.len(), notebook.journal.len());
        let again = replayed(&loaded.records);
        prop_assert_eq!(again.differences(&graph), Vec::<String>::new());
        prop_assert_eq!(loaded.graph.differences(&again), Vec::<String>::new());
        prop_assert_eq!(again.unfound(), Vec::<String>::new());
        prop_assert_eq!(dumped(&loaded.records), text);
    }

    #[test]
    fn values_come_back_exactly(value in value()) {
        let told = whodunit::dump::values::Told(value.clone());
        let text = serde_json::to_string(&told).expect("JSON");
        let read: whodunit::dump::values::Told = serde_json::from_str(&text).expect("a value");
        prop_assert_eq!(format!("{:?}", read.0), format!("{value:?}"));
    }

    /// Whatever is done to a line, it is read or refused, and what was read can be asked.
    #[test]
    fn what_was_changed_in_a_text_is_read_or_refused(
        steps in steps(), line in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        kind in 0..4, digit in 0u8..10,
    ) {
        let (notebook, _) = journal(&steps);
        let text = dumped(&notebook.journal);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let line = line.index(lines.len());
        match kind {
            0 => { lines.remove(line); }
            1 => lines.swap(line, 0),
            2 => {
                let cut: String = lines[line].chars().take(at.index(lines[line].len())).collect();
                lines[line] = cut;
            }
            _ => {
                let digits: Vec<usize> = lines[line].match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at).collect();
                if !digits.is_empty() {
                    let at = digits[at.index(digits.len())];
                    lines[line].replace_range(at..=at, &digit.to_string());
                }
            }
        }
        if let Ok(read) = loaded(&(lines.join("\n") + "\n")) {
            prop_assert_eq!(read.graph.unfound(), Vec::<String>::new());
            let mut engine = Engine::over(read.graph, 0);
            let _ = engine.statements();
            prop_assert!(engine.ask("list claims").is_ok());
        }
    }
}

#[test]
fn values_lie_in_each_other_as_deep_as_they_like() {
    let mut value = Value::Int(1);
    for level in 0..200 {
        value = match level % 2 {
            0 => Value::List(vec![value]),
            _ => Value::Map(vec![("k".to_owned(), value)]),
        };
    }
    let text = serde_json::to_string(&whodunit::dump::values::Told(value.clone())).expect("JSON");
    let read: whodunit::dump::values::Told = serde_json::from_str(&text).expect("a value");
    assert_eq!(read.0, value);
}

#[test]
fn an_entry_that_names_what_is_not_there_is_refused() {
    let mut graph = Graph::new();
    let types = graph.vocabulary().types().count() as u16;
    let entity = |types: Vec<TypeId>| {
        Entry::Entity(Box::new(Entity {
            name: "A".to_owned(),
            types,
            ..Entity::default()
        }))
    };
    let none = graph.replay_entry(entity(vec![TypeId(types)]));
    assert_eq!(none, Err(Damage(format!("there is no type {types}"))));
    assert_eq!(graph.replay_entry(entity(vec![TypeId(types - 1)])), Ok(()));
    assert_eq!(graph.replay_entry(Entry::Delete(EntityId(0))), Ok(()));
    assert!(graph.replay_entry(Entry::Delete(EntityId(0))).is_err());
    assert!(graph.replay_entry(Entry::Part(EntityId(1))).is_err());
}

/// A small case as text.
fn small() -> String {
    let mut engine = Engine::with_vocabulary(0);
    let mut journal = vec![engine.graph_mut().founding_record()];
    engine.graph_mut().keep_log();
    let said = "APT31 is a group, also ZIRCONIUM according to Microsoft. \
                according to NCSC on 2024-03-25, APT31 almost certainly targeted UK in 2021, quote \"so\".";
    engine.load(said, 1_711_411_200).expect("statements");
    journal.push(engine.graph_mut().take_log());
    engine
        .load("retract #2, because \"a slip\".", 1_711_411_300)
        .expect("statements");
    journal.push(engine.graph_mut().take_log());
    dumped(&journal)
}

#[test]
fn a_dump_is_for_people_too() {
    let text = small();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| {
            !line.contains("\"entry\":\"words\"") && !line.contains("\"entry\":\"rules\"")
        })
        .collect();
    assert_eq!(lines[0], "{\"whodunit\":\"dump\",\"version\":1}");
    assert_eq!(
        lines[1],
        "{\"transaction\":1,\"recorded\":0,\"at\":\"1970-01-01T00:00:00Z\"}"
    );
    assert_eq!(
        lines[2],
        "{\"transaction\":2,\"recorded\":1711411200,\"at\":\"2024-03-26T00:00:00Z\"}"
    );
    let claim = lines
        .iter()
        .find(|line| line.contains("\"quote\":\"so\""))
        .expect("the claim");
    for said in [
        "\"entry\":\"claim\"",
        "\"subject_name\":\"APT31\"",
        "\"relation_name\":\"targeted\"",
        "\"source_names\":[\"NCSC\"]",
        "\"likelihood\":{\"scale\":\"words\",\"term\":\"almost certain\",\"number\":\"97.5\"}",
        "\"valid\":{\"from\":\"2021\",\"until\":\"2021\"}",
        "\"reported\":\"2024-03-25\"",
        "\"quote\":\"so\"",
    ] {
        assert!(claim.contains(said), "{said} is not in {claim}");
    }
    let last = lines[lines.len() - 2..].join("\n");
    assert_eq!(
        last,
        "{\"entry\":\"retract\",\"claim\":2,\"because\":\"a slip\"}\n{\"end\":3}"
    );
}

#[test]
fn names_are_not_read_and_numbers_are() {
    let text = small();
    let renamed = text.replace("\"subject_name\":\"APT31\"", "\"subject_name\":\"Nobody\"");
    assert_ne!(renamed, text);
    let read = loaded(&renamed).expect("the same case");
    assert_eq!(dumped(&read.records), text);
}

#[test]
fn what_is_wrong_with_a_line_is_told_at_its_place() {
    let text = small();
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let claim = "\"entry\":\"claim\",\"number\":2";
    let line_of = |part: &str| {
        text.lines()
            .position(|line| line.contains(part))
            .expect("a line")
            + 1
    };
    let at = line_of(claim);
    let cases = [
        (String::new(), 0, "there is no dump in it", ""),
        (
            "MATCH (n) RETURN n".to_owned(),
            1,
            "not JSON",
            "expected value",
        ),
        (
            "{\"a\": 1}".to_owned(),
            1,
            "this is no dump of a case",
            "first line",
        ),
        (
            change("\"version\":1", "\"version\":9"),
            1,
            "another version",
            "it is 9, known here is 1",
        ),
        (
            change("{\"end\":3}\n", ""),
            0,
            "the dump is cut off",
            "behind transaction 3",
        ),
        (
            change("{\"end\":3}", "{\"end\":4}"),
            text.lines().count(),
            "should end with transaction 4",
            "3 came",
        ),
        (
            change("{\"transaction\":2,", "{\"transaction\":3,"),
            line_of("{\"transaction\":2"),
            "without gaps",
            "the next one is 2",
        ),
        (
            change("\"2021\",\"until\"", "\"2021-13\",\"until\""),
            at,
            "does not say what it should",
            "`2021-13` is not a date",
        ),
        (
            change(
                "\"almost certain\",\"number\":\"97.5\"",
                "\"almost certain\",\"number\":\"975\"",
            ),
            at,
            "no number of percent",
            "",
        ),
        (
            change("\"quote\":", "\"qoute\":"),
            at,
            "does not say what it should",
            "unknown field `qoute`",
        ),
        (
            change(
                "\"entry\":\"claim\",\"number\":2",
                "\"entry\":\"claim\",\"number\":7",
            ),
            at,
            "this claim has another number",
            "the next one is 2",
        ),
        (
            change("\"entry\":\"retract\"", "\"entry\":\"retrakt\""),
            text.lines().count() - 1,
            "no entry of a journal",
            "",
        ),
        (
            change("\"retract\",\"claim\":2", "\"retract\",\"claim\":9"),
            text.lines().count() - 1,
            "does not fit",
            "there is no claim #9",
        ),
        (
            text.clone() + &text,
            text.lines().count() + 1,
            "behind the end",
            "",
        ),
    ];
    for (changed, line, title, label) in cases {
        let (found, why) = loaded(&changed)
            .err()
            .unwrap_or_else(|| panic!("{title}: it was read"));
        assert!(why.title.contains(title), "{title}: {why:?}");
        assert!(why.label.contains(label), "{label}: {why:?}");
        assert_eq!(found, line, "{why:?}");
        assert!(why.help.is_some(), "{why:?}");
    }
}

#[test]
fn the_program_dumps_and_loads() {
    let folder = scratch("dump");
    let place = |name: &str| folder.join(name).to_string_lossy().into_owned();
    fs::write(
        place("facts.who"),
        "according to NCSC on 2024-03-25, APT31 targeted UK in 2021.",
    )
    .expect("a file");
    let rows: String = (0..3000)
        .map(|n| format!("A{},B{n},S{}\n", n % 7, n % 3))
        .collect();
    fs::write(place("targeted.csv"), format!("from,to,source\n{rows}")).expect("a file");
    let case = place("a.case");
    let done = |arguments: &[&str]| {
        let output = run(arguments, b"");
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            complained(&output)
        );
        said(&output)
    };
    done(&[
        "-c",
        &case,
        "--by",
        "ann",
        "import",
        &place("facts.who"),
        &place("targeted.csv"),
    ]);
    done(&[
        "-c",
        &case,
        "gql",
        "MATCH (n) WHERE n.name = 'UK' SET n.share = 0.1",
    ]);
    let text = done(&["dump", &case]);
    assert!(text.lines().count() > 6000, "{}", text.lines().count());
    done(&["dump", &case, "-o", &place("a.jsonl")]);
    assert_eq!(
        fs::read_to_string(place("a.jsonl")).expect("the dump"),
        text
    );
    let copy = place("b.case");
    done(&["load", &place("a.jsonl"), &copy]);
    assert!(done(&["check", &copy]).contains("sound"));
    assert_eq!(done(&["dump", &copy]), text);
    let asked = |case: &str| done(&["-c", case, "ask", "who targeted UK", "-f", "json"]);
    assert_eq!(asked(&case), asked(&copy));
    // From standard input, and written on.
    let third = place("c.case");
    let output = run_command(program(&["load", "-", &third]), text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    done(&["-c", &third, "gql", "CREATE ({name: 'New'})"]);
    assert_eq!(
        done(&["dump", &third]).lines().count(),
        text.lines().count() + 2
    );
    // All or nothing.
    let refused = |arguments: &[&str], input: &[u8], word: &str| {
        let output = run_command(program(arguments), input);
        let told = complained(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(word), "{word}: {told}");
        told
    };
    refused(&["load", &place("a.jsonl"), &copy], b"", "already");
    let broken = text.replacen("\"subject\":", "\"subject\":9", 1);
    let line = text
        .lines()
        .position(|line| line.contains("\"subject\":"))
        .expect("a claim")
        + 1;
    let told = refused(
        &["load", "-", &place("d.case")],
        broken.as_bytes(),
        "does not fit",
    );
    assert!(told.contains(&format!("standard input:{line}:")), "{told}");
    refused(
        &["load", "-", &place("d.case")],
        b"{\"whodunit\":\"dump\",\"version\":1}\n\xff\n",
        "UTF-8",
    );
    refused(
        &["load", &place("no.jsonl"), &place("d.case")],
        b"",
        "cannot be read",
    );
    assert!(!folder.join("d.case").exists());
    refused(&["dump", &place("facts.who")], b"", "not a case file");
    refused(&["dump", &place("no.case")], b"", "no such file");
    refused(
        &["dump", &case, "-o", &place("no/folder.jsonl")],
        b"",
        "cannot be written",
    );
    let names = fs::read_dir(&folder)
        .expect("the folder")
        .map(|of| of.expect("a file").file_name());
    assert!(
        names
            .map(|name| name.to_string_lossy().into_owned())
            .all(|name| !name.contains("part") && !name.contains("new"))
    );
}

#[test]
fn rules_with_all_their_conditions_come_back() {
    let mut engine = Engine::with_vocabulary(0);
    let said = "?a backs ?b if ?a targeted ?b in 2021 with likelihood >= 33.3% and not ?b used ?a \
                according to NCSC and ?a is not ?b and ?b.population > 5 and ?a is a group.";
    engine.load(said, 10).expect("a rule");
    let record = engine.graph_mut().founding_record();
    let rules = engine.graph().rules().clone();
    assert!(!rules.all().is_empty());
    let text = dumped([&record]);
    let read = loaded(&text).expect("the same rules");
    assert_eq!(*read.graph.rules(), rules);
    assert_eq!(dumped(&read.records), text);
}

/// A dump with two rules in force, of which the second has a condition behind `not`.
fn ruled() -> String {
    let mut engine = Engine::with_vocabulary(0);
    let mut journal = vec![engine.graph_mut().founding_record()];
    engine.graph_mut().keep_log();
    let said = "rule backs: ?a backs ?b if ?a targeted ?b and ?a is a group. \
                rule fears: ?a fears ?b if ?a used ?b and not ?a backs ?b.";
    engine.load(said, 1_711_411_200).expect("rules");
    journal.push(engine.graph_mut().take_log());
    dumped(&journal)
}

#[test]
fn rules_that_no_case_would_take_are_refused_at_their_line() {
    let text = ruled();
    let again = loaded(&text).expect("the rules as they are");
    assert_eq!(again.graph.rules().all().len(), 2);
    let line = text
        .lines()
        .position(|line| line.contains("\"rules\":[{"))
        .expect("a line of rules");
    let own = text.lines().nth(line).expect("a line");
    let cases = [
        (
            "\"head\":{\"subject\":{\"variable\":\"a\"}",
            "\"head\":{\"subject\":{\"variable\":\"z\"}",
            "`?z` could be anything",
            "rule backs",
        ),
        (
            "\"term\":{\"variable\":\"a\"}",
            "\"term\":{\"variable\":\"z\"}",
            "`?z` could be anything",
            "rule backs",
        ),
        (
            "\"relation\":\"targeted\"",
            "\"relation\":\"fears\"",
            "depend on their own absence",
            "`backs` needs `fears` (rule backs)",
        ),
        (
            "\"relation\":\"targeted\"",
            "\"relation\":\"tickled\"",
            "there is no relation `tickled`",
            "rule backs",
        ),
        (
            "\"relation\":\"fears\"",
            "\"relation\":\"also-known-as\"",
            "a rule cannot give names",
            "rule fears",
        ),
        (
            "\"relation\":\"targeted\",\"object\":{\"variable\":\"b\"}},\"negated\":false",
            "\"relation\":\"targeted\",\"object\":{\"variable\":\"b\"}},\"negated\":true",
            "finds nothing to hold for",
            "rule backs",
        ),
        (
            "\"name\":\"fears\"",
            "\"name\":\"backs\"",
            "two rules have one name",
            "",
        ),
    ];
    for (from, to, title, label) in cases {
        assert!(own.contains(from), "{from} is not in {own}");
        let changed = text.replacen(own, &own.replacen(from, to, 1), 1);
        let (found, why) = loaded(&changed)
            .err()
            .unwrap_or_else(|| panic!("{title}: it was read"));
        assert!(why.title.contains(title), "{title}: {why:?}");
        assert!(why.label.contains(label), "{label}: {why:?}");
        assert_eq!(found, line + 1, "{why:?}");
        assert!(why.span.is_some() && why.help.is_some(), "{why:?}");
    }
    // The program says so, with the line, and leaves nothing behind.
    let folder = scratch("refused-rules");
    let (file, case) = (folder.join("changed.jsonl"), folder.join("new.whodunit"));
    let changed = own.replacen("\"relation\":\"targeted\"", "\"relation\":\"fears\"", 1);
    fs::write(&file, text.replacen(own, &changed, 1)).expect("a file");
    let case_name = case.display().to_string();
    let file_name = file.display().to_string();
    let output = run(&["load", &file_name, &case_name], b"");
    let told = complained(&output);
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("depend on their own absence"), "{told}");
    assert!(
        told.contains(&format!("changed.jsonl:{}:", line + 1)),
        "{told}"
    );
    assert!(!case.exists());
}

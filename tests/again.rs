//! What was imported comes a second time and changes nothing: samples of our own whose names are shared, and
//! the real files where `WHODUNIT_SHARED` says where they are; each file, all at once, one after the other.

mod common;
#[path = "common/documents.rs"]
mod documents;

use common::{NOW, below, complained, run, scratch, shared};
use documents::{DAY, fresh, lines, names, take};
use std::fs;
use std::path::{Path, PathBuf};
use whodunit::engine::Engine;
use whodunit::front::imports::Done;
use whodunit::graph::GraphView;

/// Samples that share names: aliases of two groups, aliases that are the names of others.
const SAMPLES: [&str; 8] = [
    "actors.json",
    "activity.json",
    "attributions.csv",
    "bundle.json",
    "entities.ftm.jsonl",
    "incidents.csv",
    "operations.csv",
    "targets.csv",
];

fn samples(names: &[&str]) -> Vec<PathBuf> {
    // A table is no document, and stands apart from those.
    let folder = |name: &str| match name == "targets.csv" {
        true => below("again"),
        false => below("import/again"),
    };
    let paths = names.iter().map(|name| folder(name).join(name));
    paths.collect()
}

/// Imports files one after the other, or at once.
fn bring(engine: &mut Engine, files: &[PathBuf], each: bool, recorded: i64) -> Vec<Done> {
    let parts: Vec<&[PathBuf]> = match each {
        true => files.chunks(1).collect(),
        false => vec![files],
    };
    let done = parts.into_iter().map(|files| {
        take(engine, files, recorded).unwrap_or_else(|refused| panic!("{files:?}: {refused}"))
    });
    done.collect()
}

/// What is wrong with an import that was to bring nothing, where anything is: what it did, and how that is told.
fn wrong(done: &Done) -> Option<String> {
    let applied = &done.intake.applied;
    let counts = (
        done.claims(),
        applied.retracted,
        done.entities(),
        applied.merged,
    );
    // What is told of the import as a whole stands behind the files and what was odd.
    let told = done.said.lines();
    let told = told.filter(|line| !line.starts_with("odd: ") && !line.contains("): "));
    let told: Vec<&str> = told.collect();
    let nothing = |line: &&str| {
        let table = line.starts_with("0 new claims, 0 new entities");
        let words = ["new claim", "retracted", "new entit"];
        table || !words.iter().any(|word| line.contains(word))
    };
    let fine = counts == (0, 0, 0, 0) && !told.is_empty() && told.iter().all(nothing);
    (!fine).then(|| format!("{counts:?}: {told:?}"))
}

/// Imports again what was imported, and fails where that brings or takes anything.
fn unchanged(engine: &mut Engine, files: &[PathBuf], (each, mixed): (bool, bool), what: &str) {
    let length = engine.graph().columns().len();
    let before = lines(engine);
    let again = bring(engine, files, each, NOW + DAY);
    let mistakes: Vec<String> = again.iter().filter_map(wrong).collect();
    let after = lines(engine);
    let new: Vec<&String> = after.difference(&before).take(12).collect();
    let lost: Vec<&String> = before.difference(&after).take(12).collect();
    assert!(
        mistakes.is_empty(),
        "{what}: {mistakes:#?}\nnew {new:#?}\nlost {lost:#?}"
    );
    assert_eq!(engine.graph().columns().len(), length, "{what}");
    // One import says the last word on everything that it says; of several the later ones do.
    if !each && !mixed {
        let applied = again.iter().all(|done| done.intake.applied.is_nothing());
        assert!(
            applied && new.is_empty() && lost.is_empty(),
            "{what}: {}\nnew {new:#?}\nlost {lost:#?}",
            again[0].said
        );
    }
}

/// Each file alone, twice.
fn alone(files: &[PathBuf]) {
    for file in files {
        let file = std::slice::from_ref(file);
        let mut engine = fresh();
        bring(&mut engine, file, false, NOW);
        let what = file[0].display().to_string();
        unchanged(&mut engine, file, (false, false), &what);
    }
}

/// All files, `first` one after the other or at once, then in each of some ways again: what changed nothing
/// leaves the case to the next.
fn together(files: &[PathBuf], first: bool, ways: &[bool]) {
    // Attributions need the incidents that they are of: alone they wait for those.
    let mut files = files.to_vec();
    files.sort_by_key(|file| !file.ends_with("incidents.csv"));
    let mut engine = fresh();
    bring(&mut engine, &files, first, NOW);
    if first {
        // Relations wait for whoever a later file describes; nothing else comes the second time.
        for done in bring(&mut engine, &files, first, NOW) {
            let applied = &done.intake.applied;
            let counts = (done.entities(), applied.retracted, applied.merged);
            assert_eq!(counts, (0, 0, 0), "{}", done.said);
        }
    }
    for then in ways.iter().copied() {
        let what = format!("one by one: {first}, then {then}");
        unchanged(&mut engine, &files, (then, first != then), &what);
    }
}

#[test]
fn samples_that_share_names_change_nothing_when_they_come_again() {
    alone(&samples(&SAMPLES));
    together(&samples(&SAMPLES), false, &[false, true]);
    together(&samples(&SAMPLES), true, &[true, false]);
}

#[test]
fn samples_say_the_same_in_any_order_of_the_files() {
    let files = samples(&SAMPLES);
    let mut engine = fresh();
    bring(&mut engine, &files, false, NOW);
    let here = lines(&engine);
    for turn in 1..files.len() {
        let mut turned = files.clone();
        turned.rotate_left(turn);
        if turn % 2 == 0 {
            turned.reverse();
        }
        let mut engine = fresh();
        bring(&mut engine, &turned, false, NOW);
        let there = lines(&engine);
        let new: Vec<&String> = there.difference(&here).take(12).collect();
        let lost: Vec<&String> = here.difference(&there).take(12).collect();
        assert!(here == there, "{turned:?}\nnew {new:#?}\nlost {lost:#?}");
    }
}

#[test]
fn a_name_means_in_the_import_that_brings_it_what_it_means_later() {
    let files = samples(&["actors.json", "operations.csv"]);
    let question = "what is \"Targeting of saucers\" attributed to";
    for each in [false, true] {
        let mut engine = fresh();
        bring(&mut engine, &files, each, NOW);
        // `Crate` is the name of one group alone.
        let found = names(&mut engine, question);
        assert!(found.contains(&"Kettle Panda".to_owned()), "{found:?}");
        // `Teal` is that of two: it is nobody's but its own.
        let found = names(
            &mut engine,
            "what is \"Targeting of tea rooms\" attributed to",
        );
        assert!(
            found.contains(&"Teal".to_owned()) || found.contains(&"Teal (actor)".to_owned()),
            "{found:?}"
        );
    }
}

#[test]
fn a_later_state_that_takes_a_name_away_changes_nothing_when_it_comes_again() {
    for each in [false, true] {
        let mut engine = fresh();
        let first = samples(&["actors.json", "operations.csv"]);
        bring(&mut engine, &first, each, NOW);
        let files = samples(&["actors-later.json", "operations.csv"]);
        let done = bring(&mut engine, &files, each, NOW + 60);
        assert!(done[0].intake.applied.retracted > 0, "{}", done[0].said);
        unchanged(&mut engine, &files, (each, false), "the later state");
    }
}

#[test]
fn attributions_without_their_incidents_are_told_and_come_when_those_have_come() {
    let file = |name: &str| vec![below("import/lists").join(name)];
    let mut engine = fresh();
    let done = bring(&mut engine, &file("attributions.csv"), false, NOW).remove(0);
    let told = "with an end that no file describes, left out: import EuRepoC's table of incidents with it, \
                or before and then this file again, first at ";
    let line = done.said.lines().find(|line| line.contains(told));
    let line = line.unwrap_or_else(|| panic!("{}", done.said));
    assert!(
        line.starts_with("odd: ") && line.contains(": `attributed-to`")
            || line.contains(" × `attributed-to`"),
        "{line}"
    );
    assert!(
        line.contains("attributions.csv: rows[0], line 2, column 1"),
        "{line}"
    );
    let made = |engine: &mut Engine| {
        let query = "MATCH (i:incident)-[c:`attributed-to`]->(b) WHERE c.attribution IS NOT NULL \
                     RETURN c";
        let (answer, _) = engine.gql_answer(query).expect("an answer");
        answer.table.rows.len()
    };
    assert_eq!(made(&mut engine), 0);
    bring(&mut engine, &file("incidents.csv"), false, NOW + 60);
    let again = bring(&mut engine, &file("attributions.csv"), false, NOW + 120).remove(0);
    assert!(!again.said.contains(told), "{}", again.said);
    let mut whole = fresh();
    let both = [file("attributions.csv"), file("incidents.csv")].concat();
    bring(&mut whole, &both, false, NOW);
    assert!(made(&mut engine) > 0);
    assert_eq!(made(&mut engine), made(&mut whole));
}

/// The files below a folder that are cases: no words about the folder, no earlier states.
fn below_folder(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| ["README.md", "names", "history"].contains(&name)) {
            continue;
        }
        match path.is_dir() {
            true => below_folder(&path, found),
            false => found.push(path),
        }
    }
    found.sort();
}

/// The real files, where they are.
fn real() -> Option<Vec<PathBuf>> {
    let folder = shared("")?;
    let mut files = Vec::new();
    below_folder(&folder, &mut files);
    assert!(files.len() >= 30, "{files:?}");
    Some(files)
}

#[test]
fn each_real_file_changes_nothing_when_it_comes_again() {
    alone(&real().unwrap_or_default());
}

#[test]
fn real_files_at_once_change_nothing_when_they_come_again() {
    let Some(files) = real() else { return };
    together(&files, false, &[false]);
}

#[test]
fn real_files_one_by_one_change_nothing_when_they_come_again() {
    let Some(files) = real() else { return };
    together(&files, true, &[true, false]);
}

#[test]
fn an_import_that_changes_nothing_writes_nothing() {
    let folder = scratch("again");
    let files = samples(&SAMPLES).into_iter();
    let files: Vec<String> = files.map(|file| file.display().to_string()).collect();
    // A text of statements, and a file of a case with its journal.
    for name in ["case.who", "case.whodunit"] {
        let case = folder.join(name).display().to_string();
        let kept = || match name.ends_with(".who") {
            true => fs::read(&case).expect("a case"),
            false => run(&["dump", &case], b"").stdout,
        };
        let mut arguments = vec!["-c", &case, "import"];
        arguments.extend(files.iter().map(String::as_str));
        let first = run(&arguments, b"");
        assert!(first.status.success(), "{}", complained(&first));
        assert!(
            complained(&first).contains("new claim"),
            "{}",
            complained(&first)
        );
        let before = kept();
        assert!(before.len() > 1_000, "{name}");
        let again = run(&arguments, b"");
        let told = complained(&again);
        assert!(again.status.success(), "{told}");
        assert!(told.contains("nothing new"), "{told}");
        assert!(told.contains("0 new claims, 0 new entities"), "{told}");
        assert!(!told.contains("retracted"), "{told}");
        assert!(before == kept(), "{name}");
    }
    let _ = fs::remove_dir_all(folder);
}

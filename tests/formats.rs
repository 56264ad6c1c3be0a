//! Documents of known formats come in: known by what is in them, all or nothing, their counts, oddities
//! and mistakes told. What needs the shared data is skipped where `WHODUNIT_SHARED` does not name it.

mod common;

use common::{NOW, below, bless, difference, scratch, shared};
use std::fs;
use std::path::PathBuf;
use whodunit::engine::{Content, Engine, File};
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;
use whodunit::import::{Form, Mapping, Sample, detected, text_of};

fn fresh() -> Engine {
    Engine::with_vocabulary(NOW)
}

/// Takes files in; what was wrong as text.
fn take(engine: &mut Engine, files: &[PathBuf], recorded: i64) -> Result<Done, String> {
    take_as(engine, files, recorded, None)
}

fn take_as(
    engine: &mut Engine,
    files: &[PathBuf],
    recorded: i64,
    from: Option<&str>,
) -> Result<Done, String> {
    let paths = files.iter().map(|file| file.display().to_string());
    let options = Options {
        from: from.map(str::to_owned),
        ..Options::default()
    };
    let paths: Vec<String> = paths.collect();
    import(engine, &paths, &options, recorded).map_err(|refused| refused.text)
}

fn sample(name: &str) -> PathBuf {
    below("import").join(name)
}

/// The names in the first column of an answer, sorted.
fn names(engine: &mut Engine, question: &str) -> Vec<String> {
    let asked = engine.ask(question).expect("an answer");
    let mut names: Vec<String> = asked
        .answer
        .table
        .rows
        .iter()
        .filter_map(|row| row.first().cloned())
        .collect();
    names.sort();
    names
}

/// The handles of a type, sorted.
fn of_type(engine: &Engine, noun: &str) -> Vec<String> {
    let (entities, words) = (engine.graph().entities(), engine.graph().vocabulary());
    let kind = words.type_named(noun).expect("a type");
    let members = entities
        .ids()
        .filter(|id| entities.has_type(*id, kind, words));
    let mut names: Vec<String> = members.map(|id| entities.name(id).to_owned()).collect();
    names.sort();
    names
}

fn size(engine: &Engine) -> (usize, usize, usize, usize) {
    let (graph, words) = (engine.graph(), engine.graph().vocabulary());
    (
        graph.entities().len(),
        graph.columns().len(),
        words.types().count(),
        words.relations().count(),
    )
}

/// Bytes as they are written in a gallery: `\xNN` is a byte, `\repeat(COUNT,TEXT)` is what it says.
fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        if let Some(byte) = rest.strip_prefix("\\x").and_then(|hex| hex.get(..2)) {
            out.push(u8::from_str_radix(byte, 16).expect("two digits"));
            rest = &rest[4..];
        } else if let Some((head, tail)) = rest
            .strip_prefix("\\repeat(")
            .and_then(|it| it.split_once(')'))
        {
            let (count, what) = head.split_once(',').expect("a count and a text");
            out.extend(what.repeat(count.parse().expect("a count")).bytes());
            rest = tail;
        } else {
            out.push(b'\\');
            rest = &rest[1..];
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// `tests/import/bad/*.txt` are lists of blocks with `====` between them: the name of a file and what
/// `--from` says of it, its content, `----`, the message. `BLESS=1` rewrites the messages.
#[test]
fn bad_documents_are_told_their_place_cause_and_way_out() {
    let folder = scratch("bad");
    let mut count = 0;
    let mut galleries: Vec<PathBuf> = fs::read_dir(below("import/bad"))
        .expect("the galleries")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    galleries.sort();
    for gallery in galleries {
        let text = fs::read_to_string(&gallery).expect("a gallery");
        let mut found = Vec::new();
        for block in text.trim_end().split("\n====\n") {
            let (input, _) = block.split_once("\n----").expect("a file and its message");
            let (head, content) = input.split_once('\n').unwrap_or((input, ""));
            let (name, from) = match head.split_once(" --from ") {
                Some((name, from)) => (name, Some(from)),
                None => (head, None),
            };
            let file = folder.join(name);
            fs::write(&file, bytes(content)).expect("a file to write");
            let mut engine = fresh();
            engine
                .load("A is a group. B is a group.", NOW)
                .expect("a case");
            let before = size(&engine);
            // What is good beside it does not come in either.
            let good = folder.join("good.who");
            fs::write(&good, "A targeted B.").expect("a file to write");
            let paths = [good, file];
            let paths = if from.is_some() {
                &paths[1..]
            } else {
                &paths[..]
            };
            let message = match take_as(&mut engine, paths, NOW, from) {
                Err(message) => message,
                Ok(done) => panic!("nothing is wrong with: {input}\n{}", done.said),
            };
            let message = message.replace(&format!("{}/", folder.display()), "");
            assert!(message.contains("help: "), "no way out: {input}\n{message}");
            assert!(
                message.contains(name) || from.is_some(),
                "no file: {input}\n{message}"
            );
            assert!(message.len() < 4000, "a long message: {}", message.len());
            assert_eq!(size(&engine), before, "something came in from: {input}");
            found.push(format!("{input}\n----\n{}\n", message.trim_end()));
            count += 1;
        }
        let found = found.join("====\n");
        match bless() {
            true => fs::write(&gallery, found).expect("a file to write"),
            false => assert!(found == text, "{}", difference(&text, &found)),
        }
    }
    assert!(count >= 20, "the galleries have {count} pictures");
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn what_is_too_long_is_refused() {
    let folder = scratch("long");
    let galaxy =
        "{\"type\": \"tool\", \"uuid\": \"u\", \"values\": [\n {\"uuid\": \"k\", \"value\": \"";
    let file = folder.join("gigabyte.json");
    fs::write(&file, galaxy).expect("a file to write");
    let open = fs::OpenOptions::new()
        .write(true)
        .open(&file)
        .expect("a file");
    open.set_len(1 << 30).expect("a long file");
    let told = take(&mut fresh(), &[file], NOW).expect_err("too long");
    assert!(told.contains("is longer than 512 MB"), "{told}");
    let file = folder.join("string.json");
    let text = format!("{galaxy}{}\"}}]}}", "x".repeat(65 << 20));
    fs::write(&file, text).expect("a file to write");
    let told = take(&mut fresh(), &[file], NOW).expect_err("too long");
    assert!(told.contains("this string is longer than 64 MB"), "{told}");
    assert!(
        told.contains("string.json:2:25") && told.len() < 2000,
        "{told}"
    );
    // What cannot be said again in a statement is left out and told.
    let file = folder.join("property.json");
    let text = format!(
        "{galaxy}Kettle\", \"description\": \"{}\"}}]}}",
        "x".repeat(50_000)
    );
    fs::write(&file, text).expect("a file to write");
    let done = take(&mut fresh(), &[file], NOW).expect("an import");
    let told = "odd: 1 × property longer than 48 kB, left out, at Kettle: description";
    assert!(done.said.contains(told), "{}", done.said);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn files_of_one_import_resolve_each_others_ids_in_any_order() {
    let files = ["misp/actors.json", "misp/tools.json", "misp/producers.json"];
    let mut told = Vec::new();
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let files: Vec<PathBuf> = order.iter().map(|at| sample(files[*at])).collect();
        let mut engine = fresh();
        let done = take(&mut engine, &files, NOW).expect("an import");
        assert_eq!(names(&mut engine, "what did Teapot use"), ["Kettle"]);
        let who = names(
            &mut engine,
            "who says that Teapot also-known-as \"Steel Teapot\"",
        );
        assert_eq!(who, ["Example Labs"], "{}", done.said);
        // The tool of the same name is told apart from the group.
        let other = "Teapot (00000000-0000-4000-8000-00000000c002)".to_owned();
        assert_eq!(of_type(&engine, "tool"), ["Kettle".to_owned(), other]);
        told.push((done.claims(), done.entities()));
    }
    assert!(told.iter().all(|did| *did == told[0]), "{told:?}");
}

#[test]
fn what_comes_again_changes_nothing() {
    let files = [sample("misp/actors.json"), sample("misp/tools.json")];
    let mut engine = fresh();
    let first = take(&mut engine, &files, NOW).expect("an import");
    let before = engine.statements();
    let again = take(&mut engine, &files, NOW + 60).expect("an import");
    assert_eq!((again.claims(), again.entities()), (0, 0));
    assert!(
        first.claims() > 10 && again.known() == first.claims(),
        "{}",
        again.said
    );
    assert_eq!(engine.statements(), before);
    // And the text of the case is the case, its documents included.
    let mut read = fresh();
    read.load(&before, NOW).expect("a case");
    let again = take(&mut read, &files, NOW + 60).expect("an import");
    assert_eq!((again.claims(), again.entities()), (0, 0), "{}", again.said);
}

#[test]
fn a_later_state_takes_back_what_it_no_longer_says() {
    let folder = scratch("states");
    let text = fs::read_to_string(sample("misp/actors.json")).expect("a sample");
    let later = text.replace("\"Germany\", ", "\"France\", ").replace(
        "\"attribution-confidence\": \"75\"",
        "\"attribution-confidence\": \"50\"",
    );
    assert_ne!(text, later);
    let (a, b) = (folder.join("a.json"), folder.join("b.json"));
    fs::write(&a, &text).expect("a file to write");
    fs::write(&b, later).expect("a file to write");
    let day = 86_400;
    let mut engine = fresh();
    take(&mut engine, std::slice::from_ref(&a), NOW - 10 * day).expect("an import");
    let done = take(&mut engine, std::slice::from_ref(&b), NOW - 5 * day).expect("an import");
    // Two attributions with another likelihood, one victim.
    assert_eq!(
        (done.claims(), done.intake.applied.retracted),
        (3, 3),
        "{}",
        done.said
    );
    let mut victims = |when: &str| names(&mut engine, &format!("what did Teapot target {when}"));
    assert!(victims("").contains(&"France".to_owned()));
    assert!(!victims("").contains(&"Germany".to_owned()));
    assert!(victims("as known on 2026-11-15").contains(&"Germany".to_owned()));
    assert!(!victims("as known on 2026-11-15").contains(&"France".to_owned()));
    // The first state again: what went and came again is no change.
    take(&mut engine, std::slice::from_ref(&a), NOW).expect("an import");
    let mut changes = |question: &str| names(&mut engine, question).len();
    assert_eq!(changes("what changed between 2026-11-17 and 2026-11-20"), 6);
    assert_eq!(changes("what changed since 2026-11-17"), 0);
    assert_eq!(changes("what changed since 2026-11-20"), 6);
    let both = take(&mut fresh(), &[a, b], NOW).expect_err("two states at once");
    assert!(
        both.contains("two states of the Threat Actor galaxy at once"),
        "{both}"
    );
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn an_event_is_a_report_that_mentions_sees_and_is_disputed() {
    let mut engine = fresh();
    let files = [sample("misp/event.json"), sample("misp/actors.json")];
    let done = take(&mut engine, &files, NOW).expect("an import");
    let counts = &done.intake.documents[0].2;
    for (kind, count) in [
        ("events", 1),
        ("attributes", 1),
        ("objects", 1),
        ("galaxy clusters", 1),
        ("sightings", 2),
        ("opinions", 2),
        ("relationships", 2),
        ("related events", 1),
    ] {
        assert_eq!(counts.of(kind), count, "{kind}: {}", done.said);
    }
    let mentioned = names(&mut engine, "what did \"Teapots at Example Bank\" mention");
    assert_eq!(
        mentioned,
        ["192.0.2.1", "Teapot", "lid.exe"],
        "{}",
        done.said
    );
    // The cluster is the group of the galaxy, by its uuid.
    let told = names(&mut engine, "what did Teapot target");
    assert!(told.contains(&"Example Bank".to_owned()), "{told:?}");
    let asked = engine
        .gql(
            "INCLUDING DENIED MATCH (r:report)-[c:mentioned]->(o {name: '192.0.2.1'}) \
             RETURN c.source, c.polarity, c.marking, c.reliability ORDER BY c.source",
            &[],
        )
        .expect("an answer");
    let rows: Vec<String> = asked.rows.iter().map(|row| format!("{row:?}")).collect();
    assert_eq!(rows.len(), 3, "{rows:#?}");
    assert!(
        rows[0].contains("Example Labs") && rows[0].contains("GREEN"),
        "{}",
        rows[0]
    );
    assert!(
        rows[0].contains("\"B\"") && rows[0].contains("asserted"),
        "{}",
        rows[0]
    );
    assert!(
        rows[1].contains("analyst@example.org") && rows[1].contains("denied"),
        "{}",
        rows[1]
    );
    assert_eq!(
        names(&mut engine, "who sighted 192.0.2.1"),
        ["Example Bank"]
    );
    assert_eq!(
        names(
            &mut engine,
            "who denies that \"Example CERT\" sighted 192.0.2.1"
        ),
        ["Example CERT"]
    );
    let odd: Vec<(&str, usize)> = done
        .intake
        .oddities
        .iter()
        .map(|(kind, count, _)| (kind.as_str(), *count))
        .collect();
    for (kind, count) in [
        ("attribute without a value, left out", 1),
        ("deleted attribute, left out", 1),
        ("sighting that is an expiry, left out", 1),
        ("opinion neither for nor against, left out", 1),
        ("`drops` with an end that no file describes, left out", 1),
        (
            "`associated-with` with an end that no file describes, left out",
            1,
        ),
    ] {
        assert!(odd.contains(&(kind, count)), "{kind}: {odd:#?}");
    }
}

#[test]
fn documents_texts_and_tables_go_in_together_or_not_at_all() {
    let folder = scratch("mixed");
    let (text, table) = (folder.join("facts.who"), folder.join("targeted.csv"));
    fs::write(
        &text,
        "relation brewed. Teapot is a group, titled \"The Teapot\". Teapot brewed Tea.",
    )
    .expect("a file to write");
    fs::write(&table, "from,to\nSaucer,Kettle\n").expect("a file to write");
    let files = [
        text,
        table.clone(),
        sample("misp/actors.json"),
        sample("misp/tools.json"),
    ];
    let mut engine = fresh();
    let done = take(&mut engine, &files, NOW).expect("an import");
    assert_eq!(
        names(&mut engine, "what did Saucer target"),
        ["Example Bank", "Kettle"],
        "{}",
        done.said
    );
    assert_eq!(names(&mut engine, "what did Teapot brew"), ["Tea"]);
    // One group of that name: the text and the document speak of the same.
    assert_eq!(of_type(&engine, "group"), ["Saucer", "Teapot"]);
    fs::write(&table, "from,to\nSaucer,Kettle,Cup\n").expect("a file to write");
    let mut engine = fresh();
    let before = size(&engine);
    let refused = take(&mut engine, &files, NOW).expect_err("a ragged row");
    assert!(refused.contains("targeted.csv:2"), "{refused}");
    assert_eq!(size(&engine), before);
    let _ = fs::remove_dir_all(folder);
}

/// All samples below `tests/import/`, the galleries apart.
fn samples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![below("import")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match (path.is_dir(), path.ends_with("bad")) {
                (true, true) => {}
                (true, false) => folders.push(path),
                (false, _) => found.push(path),
            }
        }
    }
    found.sort();
    found
}

/// Numbers that look like chance and are the same each time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

#[test]
fn damaged_documents_never_panic_and_what_is_refused_changes_nothing() {
    let (mut chance, empty) = (Chance(7), fresh());
    let (mut good, mut bad) = (0, 0);
    for path in samples() {
        let name = path.display().to_string();
        let whole = fs::read(&path).expect("a sample");
        let Ok(Form::Document(reader)) = detected(&Sample::new(&name, &whole)) else {
            panic!("{name} is of no known format");
        };
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=chance.below(3) {
                let (a, b) = (chance.below(bytes.len()), chance.below(40));
                let end = (a + b).min(bytes.len());
                match chance.below(5) {
                    0 => bytes.truncate(a),
                    1 => drop(bytes.drain(a..end)),
                    2 => {
                        let copy = bytes[a..end].to_vec();
                        let to = chance.below(bytes.len());
                        bytes.splice(to..to, copy);
                    }
                    3 if a < bytes.len() => bytes[a] = b"\"{}[],:0\\n-;|"[chance.below(13)],
                    _ if a < bytes.len() => bytes[a] = chance.below(256) as u8,
                    _ => {}
                }
            }
            let mut engine = empty.clone();
            let before = size(&engine);
            let Ok(text) = text_of(&name, bytes) else {
                bad += 1;
                continue;
            };
            let content = Content::Document(reader, text);
            let files = [File {
                name: name.clone(),
                content,
            }];
            let none = Mapping::default();
            match engine.import(&files, Vec::new(), (&none, false), NOW, &mut |_| {}) {
                Ok(_) => {
                    good += 1;
                    // What came in can be said and read again.
                    let said = engine.statements();
                    empty
                        .clone()
                        .load(&said, NOW)
                        .unwrap_or_else(|wrong| panic!("{wrong:#?}"));
                }
                Err(_) => {
                    bad += 1;
                    assert_eq!(size(&engine), before, "something came in from {name}");
                }
            }
        }
    }
    assert!(good > 20 && bad > 20, "{good} good and {bad} bad ones");
}

#[test]
fn the_threat_actor_galaxy_has_the_counts_of_its_file() {
    let Some(file) = shared("misp/threat-actor.json") else {
        return;
    };
    let text = fs::read_to_string(&file).expect("the galaxy");
    let raw: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let clusters = raw["values"].as_array().expect("clusters");
    let listed = |key: &str| -> usize {
        let lists = clusters
            .iter()
            .filter_map(|cluster| cluster["meta"][key].as_array());
        lists.map(Vec::len).sum()
    };
    let mut engine = fresh();
    let done = take(&mut engine, &[file], NOW).expect("an import");
    let counts = &done.intake.documents[0].2;
    assert_eq!((counts.of("actors"), clusters.len()), (1041, 1041));
    let victims = listed("cfr-suspected-victims");
    assert_eq!((counts.of("victims"), victims), (884, 884));
    let attributions = listed("name-attribution");
    assert_eq!((counts.of("name attributions"), attributions), (1243, 1243));
}

//! Lists and tables of others come in: FollowTheMoney, EuRepoC, CFR, sanctions, JSON Lines, scripts. Small
//! samples of our own making; the real ones are read in `lists_real.rs`.

mod common;

use common::{NOW, below};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use whodunit::engine::Engine;
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;

fn take(engine: &mut Engine, files: &[PathBuf], recorded: i64) -> Done {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    match import(engine, &paths, &Options::default(), recorded) {
        Ok(done) => done,
        Err(refused) => panic!("{}", refused.text),
    }
}

fn samples(names: &[&str]) -> Vec<PathBuf> {
    let folder = below("import").join("lists");
    names.iter().map(|name| folder.join(name)).collect()
}

fn imported(names: &[&str]) -> (Engine, Done) {
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, &samples(names), NOW);
    (engine, done)
}

/// The names in the first column of an answer, sorted.
fn names(engine: &mut Engine, question: &str) -> Vec<String> {
    let asked = engine.ask(question).expect(question);
    let rows = asked.answer.table.rows.iter();
    let mut names: Vec<String> = rows.filter_map(|row| row.first().cloned()).collect();
    names.sort();
    names
}

/// The rows of a query as text.
fn rows(engine: &mut Engine, query: &str) -> Vec<Vec<String>> {
    let (answer, _) = engine.gql_answer(query).expect(query);
    answer.table.rows
}

fn count(done: &Done, file: &str, kind: &str) -> usize {
    let mut all = done.intake.documents.iter();
    let found = all.find(|(_, format, counts)| *format == file && counts.of(kind) > 0);
    found.map_or(0, |(.., counts)| counts.of(kind))
}

fn odd(done: &Done, kind: &str) -> usize {
    let found = done
        .intake
        .oddities
        .iter()
        .find(|(known, ..)| known.contains(kind));
    found.map_or(0, |(_, count, _)| *count)
}

/// A claim between two, in GQL.
fn claim(
    engine: &mut Engine,
    from: &str,
    relation: &str,
    to: &str,
    wanted: &str,
) -> Vec<Vec<String>> {
    let query = format!(
        "MATCH (a {{name: '{from}'}})-[c:`{relation}`]->(b {{name: '{to}'}}) RETURN {wanted}"
    );
    rows(engine, &query)
}

fn strings(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
        .collect()
}

#[test]
fn edges_of_follow_the_money_are_claims_and_sanctions_those_of_the_authority() {
    let (mut engine, done) = imported(&["entities.ftm.jsonl"]);
    assert_eq!(count(&done, "ftm", "entities"), 8, "{}", done.said);
    let owned = claim(
        &mut engine,
        "Ann Example",
        "owned",
        "Teapot Ltd",
        "c.percentage, c.ftm, c.from, c.until",
    );
    assert_eq!(owned, strings(&[&["60", "te-3", "2011-05", "2019"]]));
    let role = claim(
        &mut engine,
        "Ann Example",
        "directs",
        "Teapot Ltd",
        "c.role, c.source",
    );
    assert_eq!(role, strings(&[&["chair", "example_register"]]));
    let sanction = claim(
        &mut engine,
        "Example Treasury",
        "sanctioned",
        "Teapot Ltd",
        "c.program, c.reason, c.from, c.reference, c.source",
    );
    let wanted: &[&str] = &[
        "TEA-1",
        "Served cold.",
        "2020-02-03",
        "https://example.org/tea",
        "example_sanctions",
    ];
    assert_eq!(sanction, strings(&[wanted]));
    assert_eq!(
        names(&mut engine, "what did \"Example Treasury\" sanction"),
        ["Teapot Ltd"]
    );
    let weak = rows(
        &mut engine,
        "MATCH (a {name: 'Teapot Ltd'})-[c:`also-known-as`]->(n) RETURN n, c.quality ORDER BY n",
    );
    assert!(
        weak.iter().any(|row| row[0] == "TP" && row[1] == "low"),
        "{weak:?}"
    );
    let told = names(
        &mut engine,
        "who is located-in \"1 Kettle Lane, Exampleton\"",
    );
    assert_eq!(told, ["Teapot Ltd"]);
    // A schema that is not known is kept, and told.
    assert_eq!(odd(&done, "schema `TeaParty`"), 1, "{}", done.said);
    let kind = rows(&mut engine, "MATCH (n:`tea-party`) RETURN n.name");
    assert_eq!(kind, strings(&[&["The Example Tea Party"]]));
    let again = take(&mut engine, &samples(&["entities.ftm.jsonl"]), NOW + 60);
    assert_eq!((again.claims(), again.entities()), (0, 0), "{}", again.said);
}

#[test]
fn a_delta_takes_back_what_it_deletes_or_changes() {
    let (mut engine, _) = imported(&["entities.ftm.jsonl"]);
    assert_eq!(
        names(&mut engine, "what did \"Ann Example\" own"),
        ["Teapot Ltd"]
    );
    let done = take(
        &mut engine,
        &samples(&["changes.delta.jsonl"]),
        NOW + 86_400,
    );
    assert_eq!(names(&mut engine, "what did \"Ann Example\" own"), [""; 0]);
    // `Teapot Limited`, the weak alias, the address, the ownership.
    assert_eq!(done.intake.applied.retracted, 4, "{}", done.said);
    assert_eq!(odd(&done, "deletion of an entity"), 1, "{}", done.said);
    let member = names(&mut engine, "who is a member of \"The Example Tea Party\"");
    assert_eq!(member, ["Ann Example"]);
}

#[test]
fn statements_know_the_dataset_of_each_name() {
    let (mut engine, done) = imported(&["statements.csv"]);
    assert_eq!(
        count(&done, "ftm-statements", "statements"),
        8,
        "{}",
        done.said
    );
    let who = names(
        &mut engine,
        "who says that \"Kettle Works\" also-known-as \"Kettle Works AG\"",
    );
    assert_eq!(who, ["leak"]);
    let owned = claim(
        &mut engine,
        "Bob Example",
        "owned",
        "Kettle Works",
        "c.from, c.source",
    );
    assert_eq!(owned, strings(&[&["2015", "leak"]]));
    let companies = rows(&mut engine, "MATCH (n:company) RETURN n.name");
    assert_eq!(
        companies,
        strings(&[&["Kettle Works"]]),
        "the narrower schema counts"
    );
}

#[test]
fn attributions_have_their_own_source_date_and_basis() {
    let tables = ["attributions.csv", "incidents.csv", "receivers.csv"];
    let (mut engine, done) = imported(&tables);
    let told = rows(
        &mut engine,
        "MATCH (i {name: 'Tea Leak'})-[c:`attributed-to`]->(s:country) WHERE c.attribution IS NOT NULL
         RETURN s.name, c.source, c.via, c.reported, c.attribution, c.basis ORDER BY s.name, c.source",
    );
    let government = "Attribution by receiver government / state entity";
    let wanted: [&[&str]; 3] = [
        &[
            "China",
            "Example Agency",
            "EuRepoC",
            "2015-06-07",
            "12",
            government,
        ],
        &[
            "China",
            "Example Ministry",
            "EuRepoC",
            "2015-06-07",
            "12",
            government,
        ],
        &[
            "Russia",
            "Example Labs",
            "EuRepoC",
            "2015",
            "11",
            "IT-security community attributes attacker",
        ],
    ];
    assert_eq!(told, strings(&wanted), "{}", done.said);
    assert_eq!(
        names(&mut engine, "who targeted Germany"),
        ["Kettle Outage", "Tea Leak"]
    );
    assert_eq!(
        names(&mut engine, "who targeted \"South Korea\""),
        ["Tea Leak"]
    );
    assert_eq!(
        names(&mut engine, "what is located-in Germany"),
        ["Example Bundesbank"]
    );
    let who = names(&mut engine, "who says that Teapot also-known-as \"TP-28\"");
    assert_eq!(who, ["EuRepoC"]);
    // A year is a year, an end before the beginning is none, the dangling incident is left out.
    let when = rows(
        &mut engine,
        "MATCH (i:incident) RETURN i.name, i.start_date, i.end_date ORDER BY i.name",
    );
    let wanted: [&[&str]; 2] = [
        &["Kettle Outage", "2015-03-02", ""],
        &["Tea Leak", "2014", "2014"],
    ];
    assert_eq!(when, strings(&wanted));
    assert_eq!(odd(&done, "ends before it begins"), 1, "{}", done.said);
    assert_eq!(
        odd(&done, "`attributed-to` with an end that no file describes"),
        1,
        "{}",
        done.said
    );
    let again = take(&mut engine, &samples(&tables), NOW + 60);
    assert_eq!((again.claims(), again.entities()), (0, 0), "{}", again.said);
}

#[test]
fn rows_that_are_out_of_place_are_moved_back_and_denials_are_denials() {
    let (mut engine, done) = imported(&["operations.csv"]);
    assert_eq!(count(&done, "cfr", "operations"), 3, "{}", done.said);
    let sponsors = names(&mut engine, "who is \"Targeting of kettles\" attributed to");
    assert_eq!(sponsors, ["North Korea"], "{}", done.said);
    let sponsors = rows(
        &mut engine,
        "MATCH (o {name: 'Targeting of tea rooms'})-[c:`attributed-to`]->(s) RETURN s.name, c.reported ORDER BY s.name",
    );
    let wanted: [&[&str]; 4] = [
        &["China", "2022-01-20"],
        &["Russia", "2022-01-20"],
        &["TP 28", "2022-01-20"],
        &["Teapot (actor)", "2022-01-20"],
    ];
    assert_eq!(sponsors.len(), wanted.len(), "{sponsors:?}");
    assert_eq!(
        names(&mut engine, "what did \"Targeting of tea rooms\" target"),
        ["France", "Germany"]
    );
    let denied = rows(
        &mut engine,
        "ONLY DENIED MATCH (o)-[c:`attributed-to`]->(s) RETURN o.name, s.name, c.reference ORDER BY s.name",
    );
    let wanted: [&[&str]; 2] = [
        &["Targeting of tea rooms", "China", "https://example.org/no"],
        &["Targeting of tea rooms", "Russia", "https://example.org/no"],
    ];
    assert_eq!(denied, strings(&wanted));
    assert_eq!(odd(&done, "moved back"), 1, "{}", done.said);
}

#[test]
fn designations_have_their_day_regime_and_reasons() {
    let tables = [
        "uk_births.csv",
        "uk_names.csv",
        "uk_subjects.csv",
        "uk_list.txt",
        "sdn.csv",
    ];
    let (mut engine, done) = imported(&tables);
    let listed = rows(
        &mut engine,
        "MATCH (s {name: 'United Kingdom'})-[c:sanctioned]->(a) WHERE c.reasons IS NULL
         RETURN a.name, c.from, c.regime, c.source, c.locator ORDER BY a.name",
    );
    let list = "UK Sanctions List";
    let wanted: [&[&str]; 3] = [
        &["GAO-MING POT", "2024-03-25", "Cyber", list, "CYB9001"],
        &[
            "KETTLE JSC (RUS9002)",
            "2022-02-03",
            "Russia",
            list,
            "RUS9002",
        ],
        &["SAUCER", "2021-01-01", "XYZ", list, "XYZ9003"],
    ];
    assert_eq!(listed, strings(&wanted), "{}", done.said);
    let reasons = rows(
        &mut engine,
        "MATCH (s)-[c:sanctioned]->(a {name: 'GAO-MING POT'}) WHERE c.reasons IS NOT NULL RETURN c.reasons",
    );
    let told = "Gao-Ming POT brewed cold tea. His Address: was not known.";
    assert_eq!(reasons, strings(&[&[told]]));
    let names = rows(
        &mut engine,
        "MATCH (a {name: 'GAO-MING POT'})-[c:`also-known-as`]->(n) WHERE c.quality IS NOT NULL
         RETURN n, c.quality ORDER BY c.quality",
    );
    assert_eq!(names, strings(&[&["The Pot", "good"], &["GP", "low"]]));
    let born = rows(
        &mut engine,
        "MATCH (a {name: 'GAO-MING POT'}) RETURN a.born",
    );
    assert!(born[0][0].contains("1967"), "{born:?}");
    assert_eq!(
        odd(&done, "remark on somebody whom no file describes"),
        1,
        "{}",
        done.said
    );
    let programs = claim(
        &mut engine,
        "United States",
        "sanctioned",
        "Gao Ming POT",
        "c.program, c.source",
    );
    assert_eq!(programs, strings(&[&["CYBER2", "OFAC"]]));
    // Whoever bears a name on both lists.
    let both = rows(
        &mut engine,
        "CALL names.shared() YIELD node, other
         MATCH (:country {name: 'United Kingdom'})-[:sanctioned]->(node)
         MATCH (:country {name: 'United States'})-[:sanctioned]->(other)
         RETURN DISTINCT node['uk-sanctions'] AS uk, other.ofac AS us ORDER BY uk",
    );
    assert_eq!(both, strings(&[&["CYB9001", "101"], &["RUS9002", "102"]]));
}

#[test]
fn a_list_finds_the_persons_of_the_founding_case_by_their_numbers() {
    let mut engine = Engine::founding(NOW);
    let folder = common::scratch("lists-founding");
    let file = folder.join("uk_subjects.csv");
    let table = "unique_id,subject_type,date_designated\nCYB0045,individual,25/03/2024\n";
    fs::write(&file, table).expect("a file to write");
    let done = take(&mut engine, &[file], NOW);
    let entities = engine.graph().entities();
    let fresh: Vec<&str> = done
        .intake
        .applied
        .entities
        .iter()
        .map(|id| entities.name(*id))
        .collect();
    assert_eq!((fresh, done.claims()), (Vec::new(), 1), "{}", done.said);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn lines_of_json_are_a_table_with_or_without_a_mapping() {
    let folder = common::scratch("lists-lines");
    let file = folder.join("links.jsonl");
    let text = "{\"from\": \"Teapot\", \"to\": \"Cup\", \"relation\": \"targeted\", \"source\": \"Ann\"}\n\n\
        {\"to\": \"Saucer\", \"from\": \"Teapot\", \"relation\": \"targeted\", \"note\": \"two\\nlines\"}\n";
    fs::write(&file, text).expect("a file to write");
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, std::slice::from_ref(&file), NOW);
    assert_eq!(done.claims(), 2, "{}", done.said);
    assert_eq!(
        names(&mut engine, "what did Teapot target"),
        ["Cup", "Saucer"]
    );
    let note = claim(&mut engine, "Teapot", "targeted", "Saucer", "c.note");
    assert_eq!(note, strings(&[&["two\nlines"]]));
    // Keys of one's own, one in an object, with the line of what will not do.
    let text = "{\"attacker\": {\"name\": \"Teapot\"}, \"victim\": \"Cup\", \"when\": \"2021\"}\n\
        {\"attacker\": {\"name\": \"Pot\"}, \"victim\": \"a\\nb\", \"when\": \"2021\"}\n\n\
        {\"attacker\": {\"name\": \"\"}, \"victim\": \"Cup\", \"when\": \"2022\"}\n";
    fs::write(&file, text).expect("a file to write");
    let path = [file.display().to_string()];
    let mapping = "attacker.name=subject, victim=object, when=on, 'targeted'=relation";
    let options = Options {
        mapping: whodunit::import::Mapping::parse(mapping).expect("a mapping"),
        ..Options::default()
    };
    let mut engine = Engine::with_vocabulary(NOW);
    let refused = import(&mut engine, &path, &options, NOW).expect_err("a row without a name");
    assert!(refused.text.contains("links.jsonl:4"), "{}", refused.text);
    fs::write(&file, text.replace("\"\"", "\"Kettle\"")).expect("a file to write");
    import(&mut engine, &path, &options, NOW)
        .map_err(|refused| refused.text)
        .expect("an import");
    assert_eq!(names(&mut engine, "who targeted Cup in 2022"), ["Kettle"]);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn scripts_go_in_with_the_rest_or_nothing_does() {
    let folder = common::scratch("lists-scripts");
    let (script, table) = (folder.join("more.cypher"), folder.join("targeted.csv"));
    let good = "CREATE (:group {name: 'Pot'});\n// Both ends are known by then.\n\
        MATCH (a {name: 'Pot'}), (b {name: 'Mug'}) CREATE (a)-[:targeted]->(b);\n";
    fs::write(&script, good).expect("a file to write");
    fs::write(&table, "from,to\nTeapot,Mug\n").expect("a file to write");
    let files = [script.clone(), table, samples(&["sdn.csv"]).remove(0)];
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, &files, NOW);
    assert_eq!(done.intake.written, (1, 1), "{}", done.said);
    assert_eq!(
        rows(&mut engine, "MATCH (a)-[:targeted]->(b) RETURN count(a)")[0][0],
        "2"
    );
    fs::write(
        &script,
        format!("{good}MATCH (n) RETURN 1 / (n.x - n.x);\nRETURN $;"),
    )
    .expect("a file");
    let mut engine = Engine::with_vocabulary(NOW);
    let before = (
        engine.graph().entities().len(),
        engine.graph().columns().len(),
    );
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let refused = import(&mut engine, &paths, &Options::default(), NOW).expect_err("a bad script");
    assert!(refused.text.contains("more.cypher:5"), "{}", refused.text);
    let after = (
        engine.graph().entities().len(),
        engine.graph().columns().len(),
    );
    assert_eq!(after, before);
    let _ = fs::remove_dir_all(folder);
}

/// All samples, with the tables that belong together.
const SAMPLES: &[&[&str]] = &[
    &["entities.ftm.jsonl"],
    &["entities.ftm.jsonl", "statements.csv"],
    &["statements.csv"],
    &["attributions.csv", "incidents.csv", "receivers.csv"],
    &["operations.csv"],
    &[
        "uk_births.csv",
        "uk_names.csv",
        "uk_subjects.csv",
        "uk_list.txt",
        "sdn.csv",
    ],
];

#[test]
fn the_text_of_a_case_of_lists_is_the_case() {
    for files in SAMPLES {
        let (engine, done) = imported(files);
        let text = engine.statements();
        let mut read = Engine::new(NOW);
        if let Err(wrong) = read.load(&text, NOW) {
            panic!("{files:?}: {wrong:?}");
        }
        assert_eq!(read.statements(), text, "{files:?}");
        let again = take(&mut read, &samples(files), NOW + 60);
        assert_eq!(
            (again.claims(), again.entities()),
            (0, 0),
            "{files:?}\n{}\n{}",
            done.said,
            again.said
        );
    }
}

/// splitmix64, as in the benchmark.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }
}

/// The fuzz target `import` in small: damaged samples come in or are refused, never half, never with a panic.
#[test]
fn damaged_documents_never_panic_and_never_come_in_by_half() {
    const SIGNS: &[&str] = &[
        "\"",
        ",",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "'",
        "-0- ",
        "(1) ",
        "1",
        "é",
        "/",
        ":",
        "\0",
        "01/01/2020",
        "DEL",
    ];
    let all: BTreeSet<&str> = SAMPLES
        .iter()
        .flat_map(|files| files.iter().copied())
        .collect();
    let mut random = Random(11);
    let (mut good, mut bad) = (0, 0);
    for name in all {
        let path = samples(&[name]).remove(0);
        let whole = fs::read_to_string(&path).expect("a sample");
        let detected =
            whodunit::import::detected(&whodunit::import::Sample::new(name, whole.as_bytes()));
        let Ok(whodunit::import::Form::Document(reader)) = detected else {
            panic!("{name} is no document");
        };
        for _ in 0..30 {
            let mut text = whole.clone();
            for _ in 0..=random.below(3) {
                let mut at = random.below(text.len());
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                match random.below(4) {
                    0 => text.truncate(at),
                    1 => text.insert_str(at, SIGNS[random.below(SIGNS.len())]),
                    2 => text.replace_range(at..at + next, SIGNS[random.below(SIGNS.len())]),
                    _ => text.replace_range(at..at + next, ""),
                }
            }
            let Ok(text) = whodunit::import::text_of(name, text.into_bytes()) else {
                bad += 1;
                continue;
            };
            let mut engine = Engine::with_vocabulary(NOW);
            let before = engine.graph().entities().len();
            let file = whodunit::engine::File {
                name: name.to_owned(),
                content: whodunit::engine::Content::Document(reader, text.clone()),
            };
            let how = (&whodunit::import::Mapping::default(), false);
            match engine.import(&[file], Vec::new(), how, NOW, &mut |_| {}) {
                Ok(_) => {
                    good += 1;
                    let printed = engine.statements();
                    let mut read = Engine::new(NOW);
                    if let Err(wrong) = read.load(&printed, NOW) {
                        panic!("{name}: {wrong:?}\n{text}");
                    }
                    assert_eq!(read.statements(), printed, "{name}\n{text}");
                }
                Err(_) => {
                    bad += 1;
                    assert_eq!(engine.graph().entities().len(), before, "{name}\n{text}");
                }
            }
        }
    }
    assert!(good > 50 && bad > 50, "{good} came in, {bad} were refused");
}

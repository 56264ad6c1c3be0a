//! Tables come in: mappings, ids and names, all or nothing, rejects with their places, and whatever
//! else people's files hold.

mod common;

use common::{NOW, complained, run, said, scratch};
use proptest::prelude::*;
use std::fs;
use whodunit::algebra::Datum;
use whodunit::engine::{Engine, Given, NotImported};
use whodunit::graph::GraphView;
use whodunit::import::{Imported, Mapping, Reject};

/// Takes texts in as tables, in steps of some bytes.
fn import(
    engine: &mut Engine,
    files: &[(&str, &[u8])],
    map: &str,
    keep: bool,
    step: usize,
) -> Result<Imported, Vec<Reject>> {
    let given = files.iter().map(|(file, bytes)| {
        let mut at = 0;
        Given {
            file: (*file).to_owned(),
            feed: Box::new(move |out: &mut Vec<u8>, _| {
                let end = (at + step).min(bytes.len());
                out.extend_from_slice(&bytes[at..end]);
                at = end;
                Ok(at < bytes.len())
            }),
        }
    });
    let mapping = Mapping::parse(map).expect("a mapping");
    let outcome = engine.import_tables(given.collect(), &mapping, keep, NOW, &mut |_| {});
    outcome.map_err(|error| match error {
        NotImported::Rejected(rejects) => rejects,
        NotImported::Cancelled => panic!("nobody cancelled it"),
    })
}

fn fresh() -> Engine {
    Engine::with_vocabulary(NOW)
}

fn rows(engine: &mut Engine, query: &str) -> Vec<Vec<String>> {
    let queried = engine.gql(query, &[]).expect("an answer");
    let graph = engine.graph();
    let literal = |value: &Datum| whodunit::answer::values::literal(graph, value);
    queried
        .rows
        .iter()
        .map(|row| row.iter().map(literal).collect())
        .collect()
}

const PEOPLE: &[u8] = b"id,name,kind,born\n1,Ada,person,1815\n2,Bob,person,\n3,NCSC,agency,2016\n";
const TARGETED: &[u8] =
    b"from,to,confidence,year,source\n1,2,70,2021,17\n2,1,likely,2020-03,NCSC\n";

#[test]
fn usual_tables_need_no_mapping() {
    let mut engine = fresh();
    // The order of the files does not matter: entities are read first.
    let files = [("d/targeted.csv", TARGETED), ("d/people.csv", PEOPLE)];
    let imported = import(&mut engine, &files, "'likely'=quote", false, 7);
    assert!(
        imported.is_err(),
        "a constant is no field of entities' tables"
    );
    assert_eq!(engine.graph().entities().len(), 0);
    let files = [
        (
            "d/targeted.csv",
            &b"from,to,confidence,year,source\n1,2,70,2021,17\n2,1,low,2020-03,NCSC\n"[..],
        ),
        ("d/people.csv", PEOPLE),
    ];
    let imported = import(&mut engine, &files, "", false, 7).expect("good tables");
    assert_eq!((imported.entities, imported.claims), (4, 2));
    let found = rows(
        &mut engine,
        "MATCH (a:person)-[c:targeted]->(b {id: 2}) \
         RETURN a.name, a.born, b.born, c.likelihood, c.from.year, c.source",
    );
    assert_eq!(
        found,
        [["'Ada'", "1815", "null", "70", "2021", "'source 17'"]]
    );
    let found = rows(
        &mut engine,
        "MATCH ({name: 'Bob'})-[c]->(a) RETURN c.confidence, c.likelihood, toString(c.from), c.source",
    );
    assert_eq!(found, [["'low'", "null", "'2020-03'", "'NCSC'"]]);
    let asked = engine.ask("who targeted Bob").expect("an answer");
    assert_eq!(asked.answer.records[0]["name"], "Ada");
}

#[test]
fn mappings_say_what_headers_do_not() {
    let mut engine = fresh();
    let table = "Wer;Wen;Wann;Bemerkung;Quelle;Nein\n\"Müller; Co\";Bob;2021-03-25;\"zwei\nZeilen\";NCSC;\n\
                 Bob;Käse;;;NCSC;true\n";
    let map = "Wer=subject, Wen=object, Wann=on, Bemerkung=quote, Quelle=source, Nein=-, 'targeted'=relation";
    let files = [("x.csv", table.as_bytes())];
    let imported = import(&mut engine, &files, map, false, 3).expect("a good table");
    assert_eq!((imported.entities, imported.claims), (4, 2));
    let found = rows(
        &mut engine,
        "MATCH (a)-[c:targeted]->({name: 'Bob'}) RETURN a.name, c.quote, c.from",
    );
    assert_eq!(found, [["'Müller; Co'", "'zwei\\nZeilen'", "'2021-03-25'"]]);
    // What is named by no mapping and no field is kept as a property.
    let table = b"subject\tobject\tdenied\tWeight Kg\nAda\tBob\ttrue\t1.5\n";
    let files = [("condemned.tsv", &table[..])];
    import(&mut engine, &files, "", false, 99).expect("a good table");
    let found = rows(
        &mut engine,
        "INCLUDING DENIED MATCH ()-[c:condemned]->() RETURN c.polarity, c.`Weight Kg`",
    );
    assert_eq!(found, [["'denied'", "1.5"]]);
}

#[test]
fn a_file_is_a_relation_only_where_no_column_is() {
    let mut engine = fresh();
    let table = b"subject,predicate,object\nAda,met,Bob\n";
    import(&mut engine, &[("gossip.csv", &table[..])], "", false, 9).expect("a good table");
    let graph = engine.graph();
    assert!(graph.vocabulary().relation_named("met").is_some());
    assert!(graph.vocabulary().relation_named("gossip").is_none());
}

#[test]
fn the_same_table_again_makes_no_entity_twice() {
    let mut engine = fresh();
    import(&mut engine, &[("people.csv", PEOPLE)], "", false, 64).expect("a good table");
    let again = import(&mut engine, &[("people.csv", PEOPLE)], "", false, 64).expect("the same");
    assert_eq!(again.entities, 0);
    // Ids of a table that came before are known.
    let files = [("targeted.csv", &b"from,to\n1,3\n"[..])];
    import(&mut engine, &files, "", false, 64).expect("known ids");
    let found = rows(
        &mut engine,
        "MATCH (a)-[:targeted]->(b) RETURN a.name, b.name",
    );
    assert_eq!(found, [["'Ada'", "'NCSC'"]]);
    // Nor are claims: only the row that says more is new, and numbers go on without a gap.
    let more = b"from,to,year,denied,quote\n1,3,,,\n1,3,2021,,\n1,3,,true,\n1,3,,,word\n";
    let again = import(&mut engine, &[("targeted.csv", &more[..])], "", false, 9).expect("more");
    assert_eq!((again.claims, again.known), (3, 1));
    let again =
        import(&mut engine, &[("targeted.csv", &more[..])], "", false, 9).expect("all known");
    assert_eq!((again.claims, again.known), (0, 4));
    let found = rows(
        &mut engine,
        "INCLUDING DENIED MATCH (a)-[c:targeted]->(b) RETURN c.claim, c.polarity, c.from, c.quote ORDER BY c.claim",
    );
    assert_eq!(found.len(), 4);
    assert_eq!(found[1..][0][2], "'2021'");
    assert_eq!(found[2][1], "'denied'");
    assert_eq!(found[3][3], "'word'");
    // Two of one name are told apart by their ids.
    let files = [("more.csv", &b"id,name\n9,Ada\n"[..])];
    import(&mut engine, &files, "", false, 64).expect("another Ada");
    let found = rows(&mut engine, "MATCH (a {id: 9}) RETURN a.title, a.born");
    assert_eq!(found, [["'Ada'", "null"]]);
}

/// A file's name and text, a mapping, then what must be said: the column, the line, a part of the words.
type Slip<'a> = (&'a str, &'a [u8], &'a str, &'a str, u64, &'a str);

#[test]
fn what_is_wrong_has_a_place_and_leaves_the_case_as_it_was() {
    let cases: &[Slip<'_>] = &[
        ("t.csv", b"", "", "", 0, "the file is empty"),
        ("t.csv", b"a,b\n1,2\n", "", "", 1, "no column is the name"),
        (
            "t.csv",
            b"from,b\n1,2\n",
            "",
            "",
            1,
            "no column is the object",
        ),
        (
            "t.csv",
            b"from,to\n1,2\n",
            "form=subject",
            "",
            1,
            "did you mean `from`?",
        ),
        (
            "targeted.csv",
            b"from,to\n1,2\nA\n",
            "",
            "",
            3,
            "2 cells are expected, 1 are there",
        ),
        (
            "targeted.csv",
            b"from,to,year\nA,B,2021\nA,B,soon\n",
            "",
            "year",
            3,
            "`soon` is no date",
        ),
        (
            "targeted.csv",
            b"from,to,confidence\nA,B,101\n",
            "",
            "confidence",
            2,
            "percent lie between",
        ),
        (
            "targeted.csv",
            b"from,to,likelihood\nA,B,perhapsy\n",
            "",
            "likelihood",
            2,
            "is no likelihood",
        ),
        (
            "targeted.csv",
            b"from,to,tlp\nA,B,TLP:PINK\n",
            "",
            "tlp",
            2,
            "is not a marking",
        ),
        (
            "targeted.csv",
            b"from,to,reliability\nA,B,G\n",
            "",
            "reliability",
            2,
            "is not a grade",
        ),
        (
            "targeted.csv",
            b"from,to,credibility\nA,B,7\n",
            "",
            "credibility",
            2,
            "is not a grade",
        ),
        (
            "targeted.csv",
            b"from,to,polarity\nA,B,maybe\n",
            "",
            "polarity",
            2,
            "neither asserted nor denied",
        ),
        (
            "targeted.csv",
            b"from,to,confidence\nA,B,some\n",
            "",
            "confidence",
            2,
            "low, moderate or high",
        ),
        (
            "targeted.csv",
            b"from,to\nA,\n",
            "",
            "to",
            2,
            "there is no object",
        ),
        (
            "targeted.csv",
            b"from,to\n,B\n",
            "",
            "from",
            2,
            "there is no subject",
        ),
        (
            "targeted.csv",
            b"from,to,since,until\nA,B,2021,2020\n",
            "",
            "until",
            2,
            "before the date",
        ),
        (
            "targeted.csv",
            b"from,to,on,since\nA,B,2021,2020\n",
            "",
            "on",
            2,
            "give one date",
        ),
        (
            "targeted.csv",
            b"from,to\nA,\xff\xfe\n",
            "",
            "to",
            2,
            "0xff, is not UTF-8",
        ),
        (
            "targeted.csv",
            b"from,to\nA,\"B\nC,D\n",
            "",
            "",
            2,
            "a quotation mark is left open",
        ),
        (
            "t.csv",
            b"\xff\xfen\0a\0m\0e\0\n\0",
            "",
            "",
            1,
            "this is UTF-16",
        ),
        (
            "t.csv",
            b"id,name\n1,A\n1,B\n",
            "",
            "id",
            3,
            "the id `1` is taken",
        ),
        (
            "t.csv",
            b"name,kind\n,person\n",
            "",
            "name",
            2,
            "there is no name",
        ),
    ];
    for (file, text, map, column, line, reason) in cases {
        for step in [1, 1 << 20] {
            let mut engine = fresh();
            let rejects = import(&mut engine, &[(*file, *text)], map, false, step)
                .expect_err(&String::from_utf8_lossy(text));
            let first = &rejects[0];
            let place = (first.line, first.column.as_deref().unwrap_or_default());
            assert_eq!(place, (*line, *column), "{first:?}");
            assert!(first.reason.contains(reason), "{first:?} says no {reason}");
            assert_eq!((first.file.as_str(), rejects.len()), (*file, 1));
            assert_eq!(engine.graph().entities().len(), 0);
            assert_eq!(engine.graph().columns().len(), 0);
        }
    }
}

#[test]
fn ends_that_nothing_is_called_are_refused_where_ids_are_given() {
    let mut engine = fresh();
    let files = [
        ("p.csv", PEOPLE),
        ("targeted.csv", &b"from,to\n1,2\n1,77\n"[..]),
    ];
    let rejects = import(&mut engine, &files, "", false, 99).expect_err("no entity 77");
    assert_eq!(
        (rejects[0].line, rejects[0].column.as_deref()),
        (3, Some("to"))
    );
    assert!(rejects[0].reason.contains("has the id or the name `77`"));
    assert_eq!(engine.graph().entities().len(), 0);
    // Rejects can be kept: then the rest comes in.
    let imported = import(&mut engine, &files, "", true, 99).expect("the rest");
    assert_eq!((imported.claims, imported.entities), (1, 3));
    assert_eq!(imported.rejects[0].record, "1,77");
}

#[test]
fn the_command_tells_places_keeps_rejects_and_reads_mapping_files() {
    let folder = scratch("tables");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("people.csv"), PEOPLE).expect("written");
    fs::write(path("targeted.csv"), "von,to,year\n1,2,2021\n1,2,gestern\n").expect("written");
    fs::write(path("map.txt"), "# who\ntargeted.csv: von=subject\n").expect("written");
    let (people, targeted, map) = (path("people.csv"), path("targeted.csv"), path("map.txt"));
    let (case, rejects) = (path("case.who"), path("rejects.csv"));
    let base = ["-c", &case, "import", &people, &targeted, "--map", &map];
    let output = run(&base, b"");
    assert_eq!(output.status.code(), Some(1));
    let told = complained(&output);
    assert!(
        told.contains("targeted.csv:3, column `year`: `gestern` is no date"),
        "{told}"
    );
    assert!(!folder.join("case.who").exists());
    let kept: Vec<&str> = base
        .iter()
        .copied()
        .chain(["--rejects", &rejects])
        .collect();
    let output = run(&kept, b"");
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(complained(&output).contains("1 new claim, 3 new entities; 1 row left out"));
    let left = fs::read_to_string(&rejects).expect("rejects");
    assert!(
        left.contains("targeted.csv,3,year,") && left.contains("\"1,2,gestern\""),
        "{left}"
    );
    let output = run(
        &["-c", &case, "ask", "who targeted Bob", "-f", "jsonl"],
        b"",
    );
    assert!(
        said(&output).contains("\"name\":\"Ada\""),
        "{}",
        said(&output)
    );
    // At the prompt and in scripts it is a command.
    let script =
        format!(".import {people} {targeted} von=subject\n.import {people}\nwho targeted Bob\n");
    let output = run(&["run", "-k", "-"], script.as_bytes());
    assert!(
        complained(&output).contains("`gestern` is no date"),
        "{}",
        complained(&output)
    );
    assert!(complained(&output).contains("0 new claims, 3 new entities"));
    let slip = run(&["import", &people, "--map", "kind=typ"], b"");
    assert_eq!(slip.status.code(), Some(1));
    assert!(
        complained(&slip).contains("did you mean `type`?"),
        "{}",
        complained(&slip)
    );
    let none = run(&["import", &path("none.csv")], b"");
    assert!(complained(&none).contains("cannot be read"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However a table is cut into blocks, the same comes in; no bytes are a panic.
    #[test]
    fn any_bytes_are_read_or_refused_the_same_in_any_steps(
        cells in proptest::collection::vec("[ab0-9,;\"\n\r\té]{0,12}", 0..30),
        step in 1usize..50,
    ) {
        let mut text = b"from,to,year,source,x\n".to_vec();
        for row in cells.chunks(5) {
            text.extend(row.join(",").as_bytes());
            text.push(b'\n');
        }
        let of = |step: usize| {
            let mut engine = fresh();
            let outcome = import(&mut engine, &[("targeted.csv", &text)], "", true, step);
            (outcome, engine.statements())
        };
        prop_assert_eq!(of(step), of(1 << 20));
    }

    /// Whatever columns a table has and whatever stands in them: what came in is said by the case's own
    /// text, and reading that gives the same text again.
    #[test]
    fn whatever_comes_in_can_be_said(
        headers in proptest::collection::vec(0usize..HEADERS.len(), 1..7),
        cells in proptest::collection::vec(0usize..CELLS.len(), 0..40),
        file in 0usize..3,
        ends in any::<bool>(),
    ) {
        let fixed: &[&str] = if ends { &["subject", "object"] } else { &["name"] };
        let others = headers.iter().map(|at| HEADERS[*at]);
        let mut header: Vec<&str> = fixed.iter().copied().chain(others).collect();
        let mut seen = std::collections::HashSet::new();
        header.retain(|name| seen.insert(*name));
        let mut text = header.join("\t") + "\n";
        for row in cells.chunks(header.len()).filter(|row| row.len() == header.len()) {
            let row: Vec<&str> = row.iter().map(|at| CELLS[*at]).collect();
            text.push_str(&(row.join("\t") + "\n"));
        }
        let file = ["targeted.tsv", "my table.tsv", "people.tsv"][file];
        let mut engine = fresh();
        let words = engine.statements();
        let outcome = import(&mut engine, &[(file, text.as_bytes())], "", true, 64);
        prop_assume!(outcome.is_ok());
        let own = |engine: &Engine| {
            let said = engine.statements();
            // Rows of one table that say the same stand each for itself; as text they are one claim.
            let own = said.lines().filter(|line| !words.contains(*line));
            own.map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
        };
        let mut again = fresh();
        let loaded = again.load(&engine.statements(), NOW);
        prop_assert!(loaded.is_ok(), "{text}{:#?}\n{:?}", own(&engine), loaded.err());
        prop_assert_eq!(own(&again), own(&engine), "{}", text);
    }
}

/// Headers of all kinds.
const HEADERS: &[&str] = &[
    "id",
    "type",
    "title",
    "relation",
    "polarity",
    "denied",
    "likelihood",
    "confidence",
    "source",
    "via",
    "on",
    "year",
    "since",
    "until",
    "reported",
    "reliability",
    "credibility",
    "tlp",
    "reference",
    "page",
    "quote",
    "weird key",
    "used",
    "with",
    "of",
];

/// Cells that are good in some column and odd in others.
const CELLS: &[&str] = &[
    "",
    "A",
    "B",
    "Ada Example",
    "1",
    "2",
    "70",
    "likely",
    "high",
    "2021",
    "2021-03",
    "2021-03-25",
    "denied",
    "true",
    "no",
    "group",
    "group;person",
    "odd kind!",
    "targeted",
    "met with",
    "NCSC",
    "NCSC;BKA",
    "B",
    "3",
    "amber",
    "TLP:RED",
    "é; ß",
    "\\",
    "on",
    "entity",
    "-1.5",
    "[x]",
    "`",
    "$p",
    "https://example.org/a?b=c",
];

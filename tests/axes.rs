//! Both time axes under every way of changing a case: what was known on a day stays what was known, whatever
//! is set, deleted or corrected later, and after closing and opening.

mod common;

use common::NOW;
use common::notebook::Notebook;
use whodunit::engine::Engine;
use whodunit::graph::{Graph, GraphView, Recorder};

const DAY: i64 = 86_400;
const FIRST: i64 = 1_577_836_800; // 2020-01-01

fn rows(engine: &mut Engine, query: &str) -> Vec<String> {
    let (answer, _) = engine.gql_answer(query).expect(query);
    let mut rows: Vec<String> = answer.table.rows.iter().map(|row| row.join(" ")).collect();
    rows.sort();
    rows
}

fn write(engine: &mut Engine, at: i64, query: &str) {
    engine.context.now = at;
    let (_, queried) = engine.gql_answer(query).expect(query);
    assert!(queried.changed.writes, "{query}");
}

/// The same case after it was closed and opened, from its journal alone or from a snapshot.
fn reopened(engine: &mut Engine, notebook: &mut Notebook, photographed: bool) -> Engine {
    match photographed {
        true => notebook.photograph(engine.graph_mut()),
        false => notebook.keep(engine.graph_mut()),
    }
    let mut again = Engine::over(notebook.open(), NOW);
    let differences = again.graph().differences(engine.graph());
    assert!(differences.is_empty(), "{differences:?}");
    again.graph_mut().keep_log();
    again
}

#[test]
fn what_a_query_sets_leaves_what_was_known_before() {
    for photographed in [false, true] {
        let mut engine = Engine::over(Graph::new(), NOW);
        engine.graph_mut().keep_log();
        let mut notebook = Notebook::default();
        write(
            &mut engine,
            FIRST,
            "CREATE (:A {name: 'a'})-[:MET {place: 'Rome', likelihood: 60}]->(:B {name: 'b'})",
        );
        engine = reopened(&mut engine, &mut notebook, photographed);
        write(
            &mut engine,
            FIRST + DAY,
            "MATCH ()-[c:MET]->() SET c.place = 'Oslo', c.likelihood = 90",
        );
        // Twice in one transaction is one change.
        write(
            &mut engine,
            FIRST + 2 * DAY,
            "MATCH ()-[c:MET]->() SET c.place = 'Bern' SET c.place = 'Wien'",
        );
        engine = reopened(&mut engine, &mut notebook, photographed);
        let all = "MATCH (a)-[c:MET]->(b) RETURN a, c.place, c.likelihood, b";
        assert_eq!(rows(&mut engine, all), ["a Wien 90 b"]);
        for (day, place) in [("01", "Rome 60"), ("02", "Oslo 90"), ("03", "Wien 90")] {
            let query = format!("AS KNOWN ON '2020-01-{day}' {all}");
            assert_eq!(rows(&mut engine, &query), [format!("a {place} b")]);
        }
        // Its number stays; what it said before has numbers of its own.
        let columns = engine.graph().columns();
        assert_eq!(columns.len(), 3);
        write(
            &mut engine,
            FIRST + 3 * DAY,
            "MATCH ()-[c:MET]->() DELETE c",
        );
        engine = reopened(&mut engine, &mut notebook, photographed);
        assert!(rows(&mut engine, all).is_empty());
        let before = format!("AS KNOWN ON '2020-01-03' {all}");
        assert_eq!(rows(&mut engine, &before), ["a Wien 90 b"]);
    }
}

#[test]
fn a_query_that_fails_leaves_no_history() {
    let mut engine = Engine::over(Graph::new(), NOW);
    engine.graph_mut().keep_log();
    write(&mut engine, FIRST, "CREATE (:A)-[:MET {n: 1}]->(:B)");
    let mut notebook = Notebook::default();
    notebook.keep(engine.graph_mut());
    let fails = "MATCH (a)-[c:MET]->() SET c.n = 2, a.x = 1 SET a.y = 1 / 0";
    engine.context.now = FIRST + DAY;
    assert!(engine.gql_answer(fails).is_err());
    assert_eq!(engine.graph().logged(), 0);
    assert_eq!(engine.graph().columns().len(), 1);
    let differences = notebook.open().differences(engine.graph());
    assert!(differences.is_empty(), "{differences:?}");
}

#[test]
fn a_transaction_knows_who_recorded_it_and_why() {
    let mut engine = Engine::with_vocabulary(NOW);
    engine.graph_mut().keep_log();
    let mut notebook = Notebook::default();
    let record = engine.graph_mut().founding_record();
    notebook.journal.push(record);
    engine.graph_mut().set_recorder(Recorder {
        by: Some("N. Analyst".to_owned()),
        because: Some("first reading".to_owned()),
    });
    engine.load("A targeted B.", FIRST).expect("a claim");
    notebook.photograph(engine.graph_mut());
    let graph = notebook.open();
    let row = graph
        .columns()
        .row_of(whodunit::model::ClaimId(1))
        .expect("a row");
    let told = graph.columns().recorder(graph.columns().transaction(row));
    assert_eq!(told, (Some("N. Analyst"), Some("first reading")));
}

#[test]
fn what_changed_tells_what_came_went_and_was_corrected() {
    let mut engine = Engine::with_vocabulary(NOW);
    let text = "A targeted B in 2019. A targeted C. D targeted C. E used F.";
    engine.load(text, FIRST).expect("claims");
    let text = "correct #1 to A targeted B in 2020. retract #2, because \"a slip\". G targeted C.";
    engine.load(text, FIRST + DAY).expect("changes");
    let asked = engine
        .ask("what changed since 2020-01-02")
        .expect("changes");
    let told = |record: &whodunit::answer::Record| {
        let of = |key: &str| record.get(key).cloned().unwrap_or_default().to_string();
        format!("{} #{} {}", of("change"), of("claim"), of("corrected_to"))
    };
    let mut told: Vec<String> = asked.answer.records.iter().map(told).collect();
    told.sort();
    // The claim that shares relation and object with what was taken back is none of its corrections.
    let wanted = [
        "\"added\" #5 null",
        "\"added\" #6 null",
        "\"corrected\" #1 5",
        "\"retracted\" #2 null",
    ];
    assert_eq!(told, wanted);
}

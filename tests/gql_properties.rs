//! Properties of GQL on generated graphs and queries: the optimised plan and the plan as written give
//! the same rows; simple patterns match what a naive search matches; a statement that fails changes
//! nothing.

#[path = "common/generate.rs"]
mod generate;

use generate::{Choices, Plain, creation, graph, query, writing};
use proptest::prelude::*;
use whodunit::answer::values::literal;
use whodunit::engine::Engine;
use whodunit::graph::GraphView;

const NOW: i64 = 1_795_435_200;

fn built(plain: &Plain) -> Engine {
    let mut engine = Engine::new(NOW);
    engine.gql(&creation(plain), &[]).expect("a graph");
    engine.conclude();
    engine
}

/// The rows of a query as text, sorted; or why there are none.
fn rows(engine: &mut Engine, text: &str) -> Result<Vec<String>, String> {
    let queried = engine
        .gql(text, &[])
        .map_err(|failure| format!("{failure:?}"))?;
    let graph = engine.graph();
    let row = |row: &Vec<whodunit::algebra::Datum>| {
        let cells: Vec<String> = row.iter().map(|value| literal(graph, value)).collect();
        cells.join(", ")
    };
    let mut rows: Vec<String> = queried.rows.iter().map(row).collect();
    rows.sort();
    engine.conclude();
    Ok(rows)
}

/// Everything that there is, as text.
fn state(engine: &mut Engine) -> Vec<String> {
    let mut all = rows(engine, "MATCH (n) RETURN id(n), n").expect("nodes");
    let claims = "INCLUDING DENIED INCLUDING RETRACTED MATCH (a)-[r]->(b) \
                  RETURN id(a), id(r), r, id(b), r.retracted, type(r)";
    all.extend(rows(engine, claims).expect("relationships"));
    let graph = engine.graph();
    all.push(format!("{} entities", graph.entities().ids().count()));
    all.push(format!("{} claims", graph.columns().len()));
    all.extend(rows(engine, "CALL db.labels() YIELD label RETURN label").expect("labels"));
    all
}

/// How often a chain of nodes and directed relationships matches, by trying everything; no
/// relationship twice.
fn naive(plain: &Plain, labels: &[Option<&str>], kinds: &[Option<&str>]) -> usize {
    fn from(
        plain: &Plain,
        at: usize,
        labels: &[Option<&str>],
        kinds: &[Option<&str>],
        used: &mut Vec<usize>,
    ) -> usize {
        let fits = labels[0].is_none_or(|label| plain.nodes[at].0.contains(&label));
        if !fits {
            return 0;
        }
        let Some(kind) = kinds.first() else {
            return 1;
        };
        let mut found = 0;
        for (place, (start, end, own, _)) in plain.relationships.iter().enumerate() {
            let wanted = kind.is_none_or(|kind| kind == *own);
            if *start == at && wanted && !used.contains(&place) {
                used.push(place);
                found += from(plain, *end, &labels[1..], &kinds[1..], used);
                used.pop();
            }
        }
        found
    }
    (0..plain.nodes.len())
        .map(|at| from(plain, at, labels, kinds, &mut Vec::new()))
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn optimised_plans_give_the_rows_of_plans_as_written(bytes in prop::collection::vec(any::<u8>(), 120)) {
        let mut choices = Choices::new(&bytes);
        let plain = graph(&mut choices);
        let mut optimised = built(&plain);
        let mut written = optimised.clone();
        written.run_as_written();
        let text = query(&mut choices);
        let expected = rows(&mut written, &text);
        prop_assert!(expected.is_ok(), "{}\n{:?}", text, expected);
        prop_assert_eq!(rows(&mut optimised, &text), expected, "{}\n{}", creation(&plain), text);
    }

    #[test]
    fn chains_match_what_a_naive_search_matches(
        bytes in prop::collection::vec(any::<u8>(), 60),
        labels in prop::collection::vec(prop::option::of(prop::sample::select(vec!["A", "B"])), 4),
        kinds in prop::collection::vec(prop::option::of(prop::sample::select(vec!["R", "S"])), 1..4),
    ) {
        let plain = graph(&mut Choices::new(&bytes));
        let mut text = String::from("MATCH ");
        for (at, label) in labels.iter().enumerate().take(kinds.len() + 1) {
            if at > 0 {
                let kind = kinds[at - 1].map_or(String::new(), |kind| format!(":{kind}"));
                text.push_str(&format!("-[{kind}]->"));
            }
            text.push_str(&format!("({})", label.map_or(String::new(), |label| format!(":{label}"))));
        }
        text.push_str(" RETURN count(*)");
        let found = rows(&mut built(&plain), &text).expect("a count");
        prop_assert_eq!(found, vec![naive(&plain, &labels, &kinds).to_string()], "{}\n{}", creation(&plain), text);
    }

    #[test]
    fn a_statement_that_fails_changes_nothing(bytes in prop::collection::vec(any::<u8>(), 100)) {
        let mut choices = Choices::new(&bytes);
        let mut engine = built(&graph(&mut choices));
        // Something may have been changed before.
        let before = writing(&mut choices, false);
        prop_assert!(rows(&mut engine, &before).is_ok(), "{}", before);
        let known = state(&mut engine);
        let text = writing(&mut choices, true);
        // Without a row nothing fails; then there is nothing to undo either.
        if rows(&mut engine, &text).is_err() {
            prop_assert_eq!(state(&mut engine), known, "{}", text);
        }
    }

    #[test]
    fn writing_is_the_same_optimised_and_as_written(bytes in prop::collection::vec(any::<u8>(), 100)) {
        let mut choices = Choices::new(&bytes);
        let mut optimised = built(&graph(&mut choices));
        let mut written = optimised.clone();
        written.run_as_written();
        let text = writing(&mut choices, false);
        let count = "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), n.n, n.extra, type(r), m.n";
        prop_assert!(rows(&mut optimised, &text).is_ok() && rows(&mut written, &text).is_ok(), "{}", text);
        prop_assert_eq!(rows(&mut optimised, count), rows(&mut written, count), "{}", text);
    }
}

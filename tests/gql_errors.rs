//! A gallery of wrong queries with what is told to their authors: place, cause and a way out.
//! `BLESS=1 cargo test --test gql_errors` rewrites the messages for review as a diff.
//!
//! `tests/gql/errors.txt` is a list of blocks with `====` between them: a query, `----`, the message.

mod common;

use common::{NOW, bless, difference};
use std::fs;
use std::path::Path;
use whodunit::engine::{Engine, Failure};
use whodunit::graph::GraphView;
use whodunit::text::render;

#[test]
fn wrong_queries_are_told_their_place_cause_and_way_out() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gql/errors.txt");
    let text = fs::read_to_string(&file).expect("the gallery");
    let mut engine = Engine::founding(NOW);
    let size = |engine: &Engine| {
        let graph = engine.graph();
        (
            graph.entities().ids().count(),
            graph.columns().len(),
            graph.vocabulary().types().count(),
        )
    };
    let before = size(&engine);
    let (mut found, mut count) = (Vec::new(), 0);
    for block in text.trim_end().split("\n====\n") {
        let (query, _) = block.split_once("\n----").expect("a query and its message");
        let message = match engine.gql(query, &[]) {
            Err(Failure::Mistake(mistake)) => {
                assert!(mistake.code.is_some(), "no GQLSTATUS: {query}");
                render(&mistake, "query", query, false)
            }
            Err(Failure::Halted(halt)) => panic!("{query}: {halt}"),
            Ok(_) => panic!("nothing is wrong with: {query}"),
        };
        assert!(
            message.contains(" --> query:"),
            "no place: {query}\n{message}"
        );
        assert!(
            message.contains("= help: "),
            "no way out: {query}\n{message}"
        );
        assert_eq!(size(&engine), before, "something was changed by: {query}");
        found.push(format!("{query}\n----\n{}\n", message.trim_end()));
        count += 1;
    }
    assert!(count >= 90, "the gallery has {count} pictures");
    let found = found.join("====\n");
    match bless() {
        true => fs::write(&file, found).expect("a file to write"),
        false => assert!(found == text, "{}", difference(&text, &found)),
    }
}

//! Any bytes as a graph and a query: the plan as optimised and the plan as written give the same rows.
//! Any text as a query: nothing panics. Run with `cargo +nightly fuzz run gql`.
#![no_main]

#[path = "../../tests/common/generate.rs"]
#[allow(dead_code)]
mod generate;

use generate::{Choices, creation, graph, query};
use libfuzzer_sys::fuzz_target;
use whodunit::engine::Engine;

fn rows(engine: &mut Engine, text: &str) -> Result<Vec<String>, String> {
    match engine.gql(text, &[]) {
        Ok(queried) => {
            let mut rows: Vec<String> = queried.rows.iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            Ok(rows)
        }
        Err(failure) => Err(format!("{failure:?}")),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut optimised = Engine::new(1_795_435_200);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = optimised.clone().gql(text, &[]);
    }
    let mut choices = Choices::new(bytes);
    optimised.gql(&creation(&graph(&mut choices)), &[]).expect("a graph");
    optimised.conclude();
    let mut written = optimised.clone();
    written.run_as_written();
    let text = query(&mut choices);
    assert_eq!(rows(&mut optimised, &text), rows(&mut written, &text), "{text}");
});

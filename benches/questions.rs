//! How long questions take on 1,000,000 generated claims that came in through the bulk path, and
//! what a claim takes in memory. It measures; what must not grow is guarded by `tests/work.rs`.

#![allow(clippy::print_stdout)] // What a claim takes is told once.

#[path = "common/mod.rs"]
mod common;
#[path = "common/random.rs"]
mod random;

use common::{CLAIMS, NOW, data};
use divan::{Bencher, black_box};
use std::sync::OnceLock;
use whodunit::engine::Engine;
use whodunit::graph::{Direction, GraphView};
use whodunit::model::EntityId;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn engine() -> Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE
        .get_or_init(|| {
            let mut engine = Engine::with_vocabulary(NOW);
            let before = resident();
            let (entities, claims) = data(&engine);
            engine
                .graph_mut()
                .bulk(entities, claims, NOW)
                .expect("good data");
            // The input was given away and is freed by now.
            let grown = (resident() - before) / CLAIMS as i64;
            let graph = engine.graph();
            println!(
                "{CLAIMS} claims, {} facts: {} bytes a claim by count, {} with entities and names; \
                 resident memory grew by {grown} bytes a claim",
                graph.fact_count(),
                graph.claim_memory() / CLAIMS,
                graph.memory() / CLAIMS,
            );
            engine
        })
        .clone()
}

/// Resident memory of this process in bytes; 0 where the system does not tell.
fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: i64 = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4096
}

/// The entity nearest to a number of incoming `targeted` facts.
fn with_degree(engine: &Engine, wanted: usize) -> String {
    let graph = engine.graph();
    let targeted = graph
        .vocabulary()
        .relation_named("targeted")
        .expect("a relation");
    let degree = |id: &EntityId| {
        let mut count = 0usize;
        graph.neighbours(*id, targeted, Direction::In, &mut |run| {
            count += run.ends.len()
        });
        count.abs_diff(wanted)
    };
    let found = graph
        .entities()
        .ids()
        .min_by_key(degree)
        .expect("an entity");
    graph.entities().name(found).to_owned()
}

fn ask(bencher: Bencher<'_, '_>, question: impl Fn(&Engine) -> String) {
    let mut engine = engine();
    let question = question(&engine);
    bencher.bench_local(move || engine.ask(black_box(&question)).expect("an answer"));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn bulk_load_of_a_million_claims(bencher: Bencher<'_, '_>) {
    let empty = Engine::with_vocabulary(NOW);
    bencher
        .with_inputs(|| (empty.clone(), data(&empty)))
        .bench_local_values(|(mut engine, (entities, claims))| {
            engine
                .graph_mut()
                .bulk(entities, claims, NOW)
                .expect("good data");
            engine
        });
}

#[divan::bench]
fn parse_a_question() {
    let question =
        whodunit::language::question::parse(black_box("who targeted UK_Parliament in 2021"));
    black_box(question.is_ok());
}

#[divan::bench]
fn one_hop_five_answers(bencher: Bencher<'_, '_>) {
    ask(bencher, |engine| {
        format!("who targeted {}", with_degree(engine, 5))
    });
}

#[divan::bench]
fn one_hop_hundred_answers(bencher: Bencher<'_, '_>) {
    ask(bencher, |engine| {
        format!("who targeted {}", with_degree(engine, 100))
    });
}

#[divan::bench]
fn hub_how_many(bencher: Bencher<'_, '_>) {
    ask(bencher, |engine| {
        format!(
            "how many groups targeted {}",
            with_degree(engine, 1_000_000)
        )
    });
}

#[divan::bench]
fn hub_how_many_with_conditions(bencher: Bencher<'_, '_>) {
    ask(bencher, |engine| {
        let hub = with_degree(engine, 1_000_000);
        format!("how many groups targeted {hub} in 2021 with likelihood >= 70%")
    });
}

#[divan::bench]
fn two_hops_distinct(bencher: Bencher<'_, '_>) {
    ask(bencher, |engine| {
        format!(
            "how many things were targeted by (who targeted {})",
            with_degree(engine, 100)
        )
    });
}

#[divan::bench]
fn entity_by_name(bencher: Bencher<'_, '_>) {
    let engine = engine();
    bencher.bench_local(move || engine.graph().entities().resolve(black_box("E77777")));
}

#[divan::bench]
fn completion_of_a_name(bencher: Bencher<'_, '_>) {
    let engine = engine();
    bencher.bench_local(move || {
        whodunit::repl::complete::offers(&engine, black_box("who targeted E777"))
    });
}

#[divan::bench]
fn founding_case_from_its_text() -> Engine {
    Engine::founding(black_box(NOW))
}

fn main() {
    // Built before anything is measured; tells what a claim takes.
    let _ = engine();
    divan::main();
}

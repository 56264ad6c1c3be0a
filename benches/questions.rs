//! How long questions take on 1,000,000 generated claims that came in through the bulk path, and
//! what a claim takes in memory. It measures; what must not grow is guarded by `tests/work.rs`.

#![allow(clippy::print_stdout)] // What a claim takes is told once.

use divan::{Bencher, black_box};
use std::sync::OnceLock;
use whodunit::engine::Engine;
use whodunit::graph::{Direction, GraphView};
use whodunit::model::{
    Claim, Entity, EntityId, Likelihood, PartialDate, Period, RelationId, TypeId,
};

const CLAIMS: usize = 1_000_000;
const ENTITIES: u32 = 100_000;
const SOURCES: u32 = 50;
const RELATIONS: [&str; 8] = [
    "targeted",
    "used",
    "attributed-to",
    "compromised",
    "associated-with",
    "sanctioned",
    "condemned",
    "supported",
];
const NOW: i64 = 1_795_435_200;

/// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    /// Few numbers often and many seldom: degrees fall off as they do in real graphs.
    fn skewed(&mut self, limit: u32) -> u32 {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((f64::from(limit).powf(share) - 1.0) as u32).min(limit - 1)
    }
}

fn data(engine: &Engine) -> (Vec<Entity>, Vec<Claim<EntityId>>) {
    let words = engine.graph().vocabulary();
    let kinds: Vec<TypeId> = ["group", "company", "parliament", "person", "malware"]
        .iter()
        .map(|name| words.type_named(name).expect("a type"))
        .collect();
    let relations: Vec<RelationId> = RELATIONS
        .iter()
        .map(|name| words.relation_named(name).expect("a relation"))
        .collect();
    let years: Vec<Period> = (2000..2024)
        .map(|year| Period::on(PartialDate::year(year).expect("a year")))
        .collect();
    let mut random = Random(7);
    let entities = (0..ENTITIES)
        .map(|n| Entity {
            name: format!("E{n}"),
            types: vec![kinds[n as usize % kinds.len()]],
            ..Entity::default()
        })
        .collect();
    let claims = (0..CLAIMS)
        .map(|_| Claim {
            sources: vec![EntityId(random.below(SOURCES))],
            likelihood: Likelihood::percent(random.below(101) as f32),
            valid: years[random.below(24) as usize],
            ..Claim::new(
                EntityId(random.below(ENTITIES)),
                relations[random.skewed(8) as usize],
                EntityId(random.skewed(ENTITIES)),
            )
        })
        .collect();
    (entities, claims)
}

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

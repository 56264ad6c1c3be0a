//! GQL queries on the generated case beside hand-written loops over plain sorted arrays, which are the
//! limit of what one core can do: best of several runs, in one process, and their ratio. Each pair must
//! agree on its answer. `cargo bench --bench gql`.

#![allow(clippy::print_stdout)] // A benchmark tells what it measured.

#[path = "common/mod.rs"]
mod common;

use common::{ENTITIES, NOW, data};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};
use whodunit::algebra::Datum;
use whodunit::engine::Engine;
use whodunit::graph::GraphView;
use whodunit::model::{Claim, EntityId};

/// How often each is run; the best counts.
const RUNS: usize = 5;

/// The neighbours of all entities by one relation, sorted, with the likelihood of each claim.
struct Csr {
    starts: Vec<u32>,
    ends: Vec<u32>,
    likelihood: Vec<f32>,
}

impl Csr {
    fn new(mut edges: Vec<(u32, u32, f32)>) -> Csr {
        edges.sort_by_key(|edge| (edge.0, edge.1));
        let mut starts = vec![0u32; ENTITIES as usize + 1];
        for edge in &edges {
            starts[edge.0 as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Csr {
            starts,
            ends: edges.iter().map(|edge| edge.1).collect(),
            likelihood: edges.iter().map(|edge| edge.2).collect(),
        }
    }

    fn range(&self, of: u32) -> std::ops::Range<usize> {
        self.starts[of as usize] as usize..self.starts[of as usize + 1] as usize
    }

    fn of(&self, of: u32) -> &[u32] {
        &self.ends[self.range(of)]
    }
}

/// Distinct items of a sorted slice.
fn distinct(sorted: &[u32]) -> usize {
    let changes = sorted.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes + usize::from(!sorted.is_empty())
}

/// The distinct ends of several hops, as marks.
fn hops(csr: &Csr, from: u32, hops: usize, every: bool) -> usize {
    let mut all = vec![false; ENTITIES as usize];
    let mut level = vec![from];
    for hop in 0..hops {
        let mut marks = vec![false; ENTITIES as usize];
        for id in &level {
            for end in csr.of(*id) {
                marks[*end as usize] = true;
            }
        }
        level = (0..ENTITIES).filter(|id| marks[*id as usize]).collect();
        if every || hop + 1 == hops {
            level.iter().for_each(|id| all[*id as usize] = true);
        }
    }
    all.iter().filter(|mark| **mark).count()
}

fn best<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut best = Duration::MAX;
    let mut last = None;
    for _ in 0..RUNS {
        let begun = Instant::now();
        let found = black_box(run());
        best = best.min(begun.elapsed());
        last = Some(found);
    }
    (best, last.expect("a run"))
}

fn number(engine: &mut Engine, query: &str) -> i64 {
    let queried = engine.gql(query, &[]).expect("an answer");
    match queried.rows.first().and_then(|row| row.last()) {
        Some(value) => Datum::as_int(value).unwrap_or(-1),
        None => 0,
    }
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let mut engine = Engine::with_vocabulary(NOW);
    let (entities, claims) = data(&engine);
    let first = engine.graph().entities().len() as u32;
    let relation = |engine: &Engine, name: &str| {
        engine
            .graph()
            .vocabulary()
            .relation_named(name)
            .expect("a relation")
    };
    let (targeted, used) = (relation(&engine, "targeted"), relation(&engine, "used"));
    let edges = |wanted, turned: bool, claims: &[Claim<EntityId>]| {
        let of = claims.iter().filter(|claim| claim.relation == wanted);
        let edges = of.map(|claim| {
            let (from, to) = (claim.subject.0, claim.object.0);
            let number = claim.likelihood.as_ref().map_or(0.0, |given| given.number);
            if turned {
                (to, from, number)
            } else {
                (from, to, number)
            }
        });
        Csr::new(edges.collect())
    };
    let into = edges(targeted, true, &claims);
    let out = edges(used, false, &claims);
    let attributed = edges(relation(&engine, "attributed-to"), true, &claims);
    let condemned = edges(relation(&engine, "condemned"), false, &claims);
    let mut years = vec![(0u64, 0f64); 3000];
    engine
        .graph_mut()
        .bulk(entities, claims.clone(), NOW)
        .expect("good data");
    assert_eq!(first, 0, "generated entities are numbered from 0");
    let hub = (0..ENTITIES)
        .max_by_key(|id| into.of(*id).len())
        .expect("a hub");
    let second = (0..ENTITIES)
        .filter(|id| *id != hub)
        .max_by_key(|id| into.of(*id).len())
        .expect("another");
    let small = (0..ENTITIES)
        .find(|id| into.of(*id).len() == 3)
        .expect("a small one");
    let start = (0..ENTITIES)
        .find(|id| out.of(*id).len() > 2)
        .expect("a start");
    println!(
        "{} claims; the hub has {} incoming `targeted`",
        claims.len(),
        into.of(hub).len()
    );
    println!("| query | ours ms | limit ms | ratio |\n|---|---:|---:|---:|");
    let row = |name: &str, query: &str, engine: &mut Engine, limit: &mut dyn FnMut() -> i64| {
        let (ours, found) = best(|| number(engine, query));
        let (least, expected) = best(limit);
        assert_eq!(found, expected, "{name}: {query}");
        let (ours, least) = (ours.as_secs_f64() * 1e3, least.as_secs_f64() * 1e3);
        println!(
            "| {name} | {ours:.3} | {least:.4} | {:.1} |",
            ours / least.max(1e-6)
        );
    };
    row(
        "Q1 entity by name",
        &format!("MATCH (n {{name: 'E{hub}'}}) RETURN count(n)"),
        &mut engine,
        &mut || 1,
    );
    row(
        "Q2 who targeted the hub, distinct",
        &format!("MATCH (a)-[:targeted]->({{name: 'E{hub}'}}) RETURN count(DISTINCT a)"),
        &mut engine,
        &mut || distinct(into.of(hub)) as i64,
    );
    row(
        "Q2b who targeted a small one",
        &format!("MATCH (a)-[:targeted]->({{name: 'E{small}'}}) RETURN count(DISTINCT a)"),
        &mut engine,
        &mut || distinct(into.of(small)) as i64,
    );
    row(
        "Q3 as Q2 with likelihood >= 70",
        &format!(
            "MATCH (a)-[c:targeted]->({{name: 'E{hub}'}}) WHERE c.likelihood >= 70 \
             RETURN count(DISTINCT a)"
        ),
        &mut engine,
        &mut || {
            let kept: Vec<u32> = into
                .range(hub)
                .filter(|at| into.likelihood[*at] >= 70.0)
                .map(|at| into.ends[at])
                .collect();
            distinct(&kept) as i64
        },
    );
    let state = (0..ENTITIES)
        .max_by_key(|id| attributed.of(*id).len())
        .expect("a state");
    row(
        "Q4 attributed to S and targeted the hub",
        &format!(
            "MATCH (a)-[:`attributed-to`]->({{name: 'E{state}'}}) \
             MATCH (a)-[:targeted]->({{name: 'E{hub}'}}) RETURN count(DISTINCT a)"
        ),
        &mut engine,
        &mut || {
            let other: BTreeSet<u32> = into.of(hub).iter().copied().collect();
            let both = attributed.of(state).iter().filter(|id| other.contains(id));
            both.collect::<BTreeSet<&u32>>().len() as i64
        },
    );
    row(
        "Q9 cyclic pattern, count",
        "MATCH (a)-[:condemned]->(b) MATCH (b)-[:condemned]->(c) MATCH (a)-[:condemned]->(c) \
         RETURN count(*)",
        &mut engine,
        &mut || {
            let mut count = 0;
            for a in 0..ENTITIES {
                let near = condemned.of(a);
                for b in near {
                    for c in condemned.of(*b) {
                        let first = near.partition_point(|end| end < c);
                        let behind = near.partition_point(|end| end <= c);
                        count += (behind - first) as i64;
                    }
                }
            }
            count
        },
    );
    row(
        "Q6 targeted both hubs, distinct",
        &format!(
            "MATCH (a)-[:targeted]->({{name: 'E{hub}'}}) MATCH (a)-[:targeted]->({{name: 'E{second}'}}) \
             RETURN count(DISTINCT a)"
        ),
        &mut engine,
        &mut || {
            let other: BTreeSet<u32> = into.of(second).iter().copied().collect();
            let both: BTreeSet<&u32> = into
                .of(hub)
                .iter()
                .filter(|id| other.contains(id))
                .collect();
            both.len() as i64
        },
    );
    row(
        "Q5 three hops, distinct ends",
        &format!(
            "MATCH ({{name: 'E{start}'}})-[:used]->(a) MATCH (a)-[:used]->(b) MATCH (b)-[:used]->(c) \
             RETURN count(DISTINCT c)"
        ),
        &mut engine,
        &mut || hops(&out, start, 3, false) as i64,
    );
    row(
        "Q13 used*1..3, distinct ends",
        &format!("MATCH ({{name: 'E{start}'}})-[:used*1..3]->(c) RETURN count(DISTINCT c)"),
        &mut engine,
        &mut || hops(&out, start, 3, true) as i64,
    );
    row(
        "Q8 by victim, distinct attackers, top 1",
        "MATCH (a)-[:targeted]->(v) RETURN v, count(DISTINCT a) AS n ORDER BY n DESC LIMIT 1",
        &mut engine,
        &mut || {
            (0..ENTITIES)
                .map(|id| distinct(into.of(id)))
                .max()
                .unwrap_or(0) as i64
        },
    );
    row(
        "Q15 claims by year, count of the fullest",
        "MATCH ()-[c:targeted]->() RETURN c.from.year AS year, avg(c.likelihood) AS mean, count(*) AS n \
         ORDER BY n DESC LIMIT 1",
        &mut engine,
        &mut || {
            years.iter_mut().for_each(|year| *year = (0, 0.0));
            for claim in claims.iter().filter(|claim| claim.relation == targeted) {
                let year = claim.valid.from.map_or(0, |date| date.calendar_year()) as usize;
                years[year].0 += 1;
                years[year].1 += claim
                    .likelihood
                    .as_ref()
                    .map_or(0.0, |given| f64::from(given.number));
            }
            years.iter().map(|year| year.0).max().unwrap_or(0) as i64
        },
    );
}

//! How long rules take: the transitive closure of 1,000,000 edges beside a hand-written semi-naive
//! loop over plain arrays, and proofs a second on the founding case with all rules of the library.
//! Both ways must give the same pairs, or the bench stops. It measures; what must not grow is guarded
//! by `tests/rules.rs`.

#![allow(clippy::print_stdout)] // That is what it is for.

#[path = "common/random.rs"]
mod random;

use random::Random;
use rustc_hash::FxHashSet;
use std::time::Instant;
use whodunit::answer::Fact;
use whodunit::engine::Engine;
use whodunit::graph::{ClaimFilter, GraphView};
use whodunit::model::{Claim, Entity, EntityId, RelationId};
use whodunit::rules::{Evaluation, Guard, evaluate};
use whodunit::why;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: i64 = 1_795_435_200;
const EDGES: u32 = 1_000_000;
/// Trees of so many nodes, each node below one that came before it.
const TREE: u32 = 64;
const RULES: &str =
    "?a reaches ?b if ?a linked ?b. ?a reaches ?c if ?a reaches ?b and ?b linked ?c.";

fn edges() -> Vec<(u32, u32)> {
    let mut random = Random(11);
    let mut edges = Vec::new();
    let mut node = 0;
    while (edges.len() as u32) < EDGES {
        let root = node;
        node += 1;
        while node < root + TREE && (edges.len() as u32) < EDGES {
            let above = random.below(u64::from(node - root)) as u32;
            edges.push((root + above, node));
            node += 1;
        }
    }
    edges
}

/// The pairs of the closure: what is new is joined with the edges until nothing is.
fn by_hand(edges: &[(u32, u32)], nodes: u32) -> FxHashSet<u64> {
    let mut first = vec![0u32; nodes as usize + 1];
    for (from, _) in edges {
        first[*from as usize + 1] += 1;
    }
    for at in 1..first.len() {
        first[at] += first[at - 1];
    }
    let mut ends = vec![0u32; edges.len()];
    let mut place = first.clone();
    for (from, to) in edges {
        ends[place[*from as usize] as usize] = *to;
        place[*from as usize] += 1;
    }
    let mut all: FxHashSet<u64> = FxHashSet::default();
    let mut new: Vec<(u32, u32)> = Vec::new();
    for (from, to) in edges {
        if all.insert(u64::from(*from) << 32 | u64::from(*to)) {
            new.push((*from, *to));
        }
    }
    while !new.is_empty() {
        let mut next = Vec::new();
        for (from, to) in new {
            let own = first[to as usize] as usize..first[to as usize + 1] as usize;
            for end in &ends[own] {
                if all.insert(u64::from(from) << 32 | u64::from(*end)) {
                    next.push((from, *end));
                }
            }
        }
        new = next;
    }
    all
}

fn best<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = f64::MAX;
    let mut last = None;
    for _ in 0..3 {
        let begun = Instant::now();
        let found = run();
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
        last = Some(found);
    }
    (best, last.expect("a run"))
}

fn closure() {
    let edges = edges();
    let nodes = edges.last().map_or(0, |(_, to)| to + 1);
    let mut engine = Engine::new(NOW);
    engine
        .load("relation linked. relation reaches.", NOW)
        .expect("words");
    let linked = engine
        .graph()
        .vocabulary()
        .relation_named("linked")
        .expect("a relation");
    let entities = (0..nodes).map(|at| Entity {
        name: format!("N{at}"),
        ..Entity::default()
    });
    let claims = edges
        .iter()
        .map(|(a, b)| Claim::new(EntityId(*a), linked, EntityId(*b)));
    engine
        .graph_mut()
        .bulk(entities.collect(), claims.collect(), NOW)
        .expect("good data");
    engine.load(RULES, NOW).expect("rules");
    let (hand, pairs) = best(|| by_hand(&edges, nodes));
    let graph = engine.graph();
    let reaches = graph
        .vocabulary()
        .relation_named("reaches")
        .expect("a relation");
    let base = ClaimFilter::default();
    let (ours, found) = best(|| {
        evaluate(
            graph.rules(),
            Some(&[reaches]),
            graph,
            &base,
            Guard::default(),
        )
        .expect("an end")
    });
    let claims = found.claims();
    assert_eq!(claims.len(), pairs.len(), "the two do not agree");
    let same = |claim: &whodunit::graph::DerivedClaim| {
        pairs.contains(&(u64::from(claim.subject) << 32 | u64::from(claim.object)))
    };
    assert!(claims.iter().all(same), "the two do not agree");
    println!(
        "closure of {EDGES} edges, {} pairs: {ours:.0} ms; by hand {hand:.0} ms; ratio {:.2}",
        pairs.len(),
        ours / hand
    );
    drop((claims, found));
    let begun = Instant::now();
    let asked = engine.ask("how many facts are derived").expect("an answer");
    println!(
        "asked as a question, installed and counted: {:.0} ms, {:?}",
        begun.elapsed().as_secs_f64() * 1e3,
        asked.answer.table.rows
    );
}

fn proofs() {
    let mut engine = Engine::founding(NOW);
    for (name, _) in engine.library() {
        engine
            .load(&format!("rule {name} on."), NOW)
            .expect("a rule");
    }
    let graph = engine.graph();
    let base = ClaimFilter::default();
    let mut evaluation: Evaluation =
        evaluate(graph.rules(), None, graph, &base, Guard::default()).expect("an end");
    evaluation.lay_out_all();
    let facts: Vec<Fact> = evaluation
        .claims()
        .iter()
        .map(|claim| Fact {
            subject: EntityId(claim.subject),
            relation: RelationId(claim.relation),
            object: EntityId(claim.object),
        })
        .collect();
    let begun = Instant::now();
    let mut count = 0u64;
    while begun.elapsed().as_secs_f64() < 1.0 {
        for fact in &facts {
            for proof in why::shortest(graph, &evaluation, *fact) {
                why::check(&proof, graph.rules(), graph, &base).expect("a good proof");
                count += 1;
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{:.0} proofs a second, found and checked ({} derived facts of the founding case)",
        count as f64 / seconds,
        facts.len()
    );
}

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    proofs();
    closure();
}

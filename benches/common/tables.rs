//! The generated case as tables: entities of nine kinds, claims in eight relations with confidence, year
//! and source, degrees that fall off as they do in real graphs. The same numbers give the same tables.

use crate::random::Random;
use std::fmt::Write;
use std::path::Path;
use whodunit::engine::Engine;
use whodunit::graph::GraphView;
use whodunit::model::{Change, Claim, Likelihood};

pub const RELATIONS: [&str; 8] = [
    "targeted",
    "attributed_to",
    "sanctioned",
    "uses",
    "part_of",
    "located_in",
    "condemned",
    "associated_with",
];
/// Shares of the relations, of a hundred.
const SHARES: [u64; 8] = [35, 8, 7, 20, 10, 10, 2, 8];
const KINDS: [(&str, u64); 9] = [
    ("State", 1),
    ("Agency", 10),
    ("Group", 20),
    ("Person", 350),
    ("Company", 250),
    ("Institution", 100),
    ("Campaign", 30),
    ("Malware", 39),
    ("Vulnerability", 200),
];

/// Few numbers often and many seldom, spread over all of them.
fn spread(random: &mut Random, limit: u64) -> u64 {
    random.skewed(limit).wrapping_mul(2_654_435_761) % limit
}

/// Which of some shares of a whole it is.
fn share(random: &mut Random, of: impl Iterator<Item = u64>, whole: u64) -> usize {
    let mut left = random.below(whole);
    for (at, share) in of.enumerate() {
        if left < share {
            return at;
        }
        left -= share;
    }
    0
}

/// Writes the tables of a case into a folder.
pub fn write(folder: &Path, entities: u64, claims: u64) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut random = Random(7);
    let mut text = String::from("id,name,kind\n");
    for id in 0..entities {
        let kind = KINDS[share(&mut random, KINDS.iter().map(|kind| kind.1), 1000)].0;
        let _ = writeln!(text, "{id},{kind}_{id},{kind}");
    }
    std::fs::write(folder.join("entities.csv"), text).expect("written");
    let mut texts = vec![String::from("from,to,confidence,year,source\n"); RELATIONS.len()];
    for _ in 0..claims {
        let subject = spread(&mut random, entities);
        let object = match random.below(2) {
            0 => spread(&mut random, entities),
            _ => random.below(entities),
        };
        let relation = share(&mut random, SHARES.into_iter(), 100);
        let (confidence, year) = (random.below(101), 2000 + random.below(26));
        let source = random.below(500);
        let _ = writeln!(
            texts[relation],
            "{subject},{object},{confidence},{year},{source}"
        );
    }
    for (relation, text) in RELATIONS.iter().zip(texts) {
        std::fs::write(folder.join(format!("{relation}.csv")), text).expect("written");
    }
}

/// Takes rows of `subject,object,likelihood` in as claims of one relation.
#[allow(dead_code)] // One of the benchmarks writes so.
pub fn claims(engine: &mut Engine, rows: &str, now: i64) {
    let words = engine.graph().vocabulary();
    let relation = words.relation_named("targeted").expect("a relation");
    let changes: Vec<Change> = rows
        .lines()
        .map(|row| {
            let mut cells = row.split(',');
            let mut cell = || {
                cells
                    .next()
                    .and_then(|cell| cell.parse().ok())
                    .unwrap_or(0u32)
            };
            let (subject, object, likelihood) = (cell(), cell(), cell());
            let claim = Claim {
                likelihood: Likelihood::percent(likelihood as f32),
                ..Claim::new(format!("S{subject}"), relation, format!("O{object}"))
            };
            Change::Assert(Box::new(claim))
        })
        .collect();
    engine.graph_mut().apply(&changes, now).expect("claims");
}

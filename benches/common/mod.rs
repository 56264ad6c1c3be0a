//! The generated case that the benchmarks share: claims in eight relations with likelihood, year and
//! source, and degrees that fall off as they do in real graphs.

use whodunit::engine::Engine;
use whodunit::graph::GraphView;
use whodunit::model::{
    Claim, Entity, EntityId, Likelihood, PartialDate, Period, RelationId, TypeId,
};

pub const CLAIMS: usize = 1_000_000;
pub const ENTITIES: u32 = 100_000;
pub const SOURCES: u32 = 50;
pub const RELATIONS: [&str; 8] = [
    "targeted",
    "used",
    "attributed-to",
    "compromised",
    "associated-with",
    "sanctioned",
    "condemned",
    "supported",
];
pub const NOW: i64 = 1_795_435_200;

/// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    /// Few numbers often and many seldom: degrees fall off as they do in real graphs.
    pub fn skewed(&mut self, limit: u32) -> u32 {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((f64::from(limit).powf(share) - 1.0) as u32).min(limit - 1)
    }
}

pub fn data(engine: &Engine) -> (Vec<Entity>, Vec<Claim<EntityId>>) {
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

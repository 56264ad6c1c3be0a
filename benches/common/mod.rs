//! The generated case that the benchmarks share: claims in eight relations with likelihood, year and
//! source, and degrees that fall off as they do in real graphs.

use crate::random::Random;
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
            sources: vec![EntityId(random.below(SOURCES.into()) as u32)],
            likelihood: Likelihood::percent(random.below(101) as f32),
            valid: years[random.below(24) as usize],
            ..Claim::new(
                EntityId(random.below(ENTITIES.into()) as u32),
                relations[random.skewed(8) as usize],
                EntityId(random.skewed(ENTITIES.into()) as u32),
            )
        })
        .collect();
    (entities, claims)
}

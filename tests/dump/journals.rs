//! Journals made by chance: statements, properties of every kind, queries that write, masses of claims,
//! merges; several in a record.

use crate::claims::{self, RELATIONS, claim, declarations, name};
use crate::common::notebook::Notebook;
use proptest::prelude::*;
use whodunit::engine::Engine;
use whodunit::graph::{Graph, GraphView};
use whodunit::model::temporal::{Duration, Temporal, Zone};
use whodunit::model::{
    Change, Claim, Entity, EntityId, PartialDate, RelationId, RetractTarget, TypeDeclaration, Value,
};

fn scalar() -> impl Strategy<Value = Value> {
    let zone = prop_oneof![Just(None), Just(Some("Europe/London".into()))];
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>()
            .prop_filter("a number", |number| !number.is_nan())
            .prop_map(Value::Float),
        Just(Value::Float(0.1 + 0.2)),
        Just(Value::Float(f64::NEG_INFINITY)),
        any::<String>().prop_map(Value::Text),
        claims::date().prop_map(Value::Date),
        any::<i32>().prop_map(|at| Value::Date(PartialDate::second(i64::from(at)))),
        (-3_000_000i64..3_000_000).prop_map(|days| Value::Temporal(Temporal::Date(days))),
        (0i64..86_400_000_000_000, -64_800i32..64_800)
            .prop_map(|(nanos, offset)| Value::Temporal(Temporal::Time(nanos, offset))),
        (0i64..86_400_000_000_000).prop_map(|nanos| Value::Temporal(Temporal::LocalTime(nanos))),
        (-9_000i64..9_000, 0i64..86_400_000_000_000)
            .prop_map(|(days, nanos)| Value::Temporal(Temporal::LocalDateTime(days, nanos))),
        (-9_000i64..9_000, 0i64..86_400_000_000_000, zone).prop_map(|(days, nanos, name)| {
            Value::Temporal(Temporal::DateTime(days, nanos, Zone { offset: 3600, name }))
        }),
        (
            any::<i32>(),
            any::<i32>(),
            any::<i32>(),
            0i64..1_000_000_000
        )
            .prop_map(|(months, days, seconds, nanos)| {
                Value::Temporal(Temporal::Duration(Duration {
                    months: i64::from(months),
                    days: i64::from(days),
                    seconds: i64::from(seconds),
                    nanos,
                }))
            }),
    ]
}

/// A value of any kind.
pub fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            prop::collection::vec((any::<String>(), inner), 0..3).prop_map(Value::Map),
        ]
    })
}

/// What a query may write.
const WRITES: &[&str] = &[
    "CREATE (:Person {name: 'Ann', f: 0.1, d: date('2021-03-01'), l: [1, 2, 3]})",
    "CREATE (a {n: 1})-[:KNOWS {since: 2020, w: 1.5}]->(b:Odd {name: 'E0'})",
    "MERGE (n:Person {name: 'E1'}) SET n.seen = true, n:Suspect",
    "MATCH ()-[c]->() SET c.note = 'seen', c.marking = 'TLP:RED'",
    "MATCH ()-[c]->() SET c.likelihood = 35",
    "MATCH (n:Person) REMOVE n:Person SET n.f = null",
    "MATCH ()-[c:KNOWS]->() DELETE c",
    "MATCH (n:Odd) DETACH DELETE n",
    "MATCH (n) SET n.at = datetime('2021-03-25T12:00:00.5+01:00'), n.long = duration('P1Y2M3DT-4.5S')",
];

/// One thing that is done.
#[derive(Clone, Debug)]
pub enum Step {
    Assert(Box<Claim<String>>),
    Retract(usize),
    Entity(String, bool, bool),
    Property(String, Value),
    Identify(String, String),
    Declare(String),
    Write(usize),
    Bulk(Vec<(u8, u16, u8, bool)>),
    Merge(String, String),
    Part(String),
    /// What was done since the last one is a record.
    Keep,
}

/// What is done to a case.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bulk = prop::collection::vec((0u8..4, 0u16..=RELATIONS, 0u8..4, any::<bool>()), 1..5);
    let step = prop_oneof![
        6 => claim().prop_map(|claim| Step::Assert(Box::new(claim))),
        1 => (0usize..20).prop_map(Step::Retract),
        1 => (name(), any::<bool>(), any::<bool>()).prop_map(|(n, a, b)| Step::Entity(n, a, b)),
        2 => (name(), value()).prop_map(|(name, value)| Step::Property(name, value)),
        1 => (name(), "[a-z]{1,3}").prop_map(|(name, id)| Step::Identify(name, id)),
        1 => "[a-c]{1,2}".prop_map(Step::Declare),
        3 => (0..WRITES.len()).prop_map(Step::Write),
        1 => bulk.prop_map(Step::Bulk),
        1 => (name(), name()).prop_map(|(a, b)| Step::Merge(a, b)),
        1 => name().prop_map(Step::Part),
        3 => Just(Step::Keep),
    ];
    prop::collection::vec(step, 0..30)
}

/// Carries the steps out, those that are refused left out; the journal and what it adds up to.
pub fn journal(steps: &[Step]) -> (Notebook, Graph) {
    let mut engine = Engine::with_vocabulary(0);
    let mut notebook = Notebook::default();
    notebook.journal.push(engine.graph_mut().founding_record());
    engine.graph_mut().keep_log();
    let _ = engine.graph_mut().apply(&declarations(), 0);
    for (at, step) in steps.iter().enumerate() {
        let now = at as i64 * 10 + 10;
        let mut apply = |change: Change| engine.graph_mut().apply(&[change], now).is_ok();
        match step {
            Step::Assert(claim) => {
                let mut claim = claim.clone();
                claim.relation = RelationId(claim.relation.0);
                apply(Change::Assert(claim));
            }
            Step::Retract(at) => {
                let number = whodunit::model::ClaimId(*at as u32 + 1);
                apply(Change::Retract {
                    target: RetractTarget::Number(number),
                    because: Some("a slip".to_owned()),
                });
            }
            Step::Entity(name, group, unnamed) => {
                apply(Change::Entity {
                    name: name.clone(),
                    types: group.then(|| "group".to_owned()).into_iter().collect(),
                    title: group.then(|| format!("The {name}")),
                    unnamed: *unnamed,
                });
            }
            Step::Property(name, value) => {
                apply(Change::Property {
                    entity: name.clone(),
                    key: "p".to_owned(),
                    value: value.clone(),
                });
            }
            Step::Identify(name, id) => {
                apply(Change::ExternalId {
                    entity: name.clone(),
                    scheme: "stix".to_owned(),
                    id: id.clone(),
                });
            }
            Step::Declare(name) => {
                apply(Change::DeclareType(Box::new(TypeDeclaration {
                    name: name.clone(),
                    parents: vec!["group".to_owned()],
                    doc: Some("A kind.".to_owned()),
                    ..TypeDeclaration::default()
                })));
            }
            Step::Write(at) => {
                engine.context.now = now;
                if engine.gql(WRITES[*at], &[]).is_ok() {
                    engine.conclude();
                }
            }
            Step::Bulk(claims) => {
                let graph = engine.graph_mut();
                let first = graph.entities().len() as u32;
                let entities = (0..4).map(|of| Entity {
                    name: format!("bulk-{at}-{of}"),
                    ..Entity::default()
                });
                let claims = claims.iter().map(|(subject, relation, object, denied)| {
                    let id = |of: u8| EntityId(first + u32::from(of));
                    let mut claim = Claim::new(id(*subject), RelationId(1 + relation), id(*object));
                    claim.sources = vec![id(3)];
                    if *denied {
                        claim.polarity = whodunit::model::Polarity::Denied;
                        claim.quote = Some("no".to_owned());
                    }
                    claim
                });
                let claims = claims.collect();
                graph.bulk(entities.collect(), claims, now).expect("claims");
            }
            Step::Merge(entity, into) => {
                apply(Change::Merge {
                    entity: entity.clone(),
                    into: into.clone(),
                });
            }
            Step::Part(entity) => {
                apply(Change::Part {
                    entity: entity.clone(),
                    because: None,
                });
            }
            Step::Keep => notebook.keep(engine.graph_mut()),
        }
    }
    notebook.keep(engine.graph_mut());
    let graph = std::mem::take(engine.graph_mut());
    (notebook, graph)
}

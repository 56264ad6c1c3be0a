//! Properties against a naive model: whatever claims come in, in whatever order and whether settled
//! or not, the graph answers as a plain list of claims would; a case printed as text and loaded is
//! the same case; plans as optimised answer as plans as written.

#[path = "common/claims.rs"]
mod claims;
mod common;

use claims::{RELATIONS, claim, date, declarations, name};
use common::NOW;
use common::notebook::Notebook;
use proptest::prelude::*;
use std::collections::BTreeSet;
use whodunit::engine::Engine;
use whodunit::graph::{
    ClaimFilter, Compare, Direction, Graph, GraphView, Polarities, Seen, SourceTest, ValidTest,
};
use whodunit::model::{Change, Claim, EntityId, Overlap, Polarity, RelationId, RetractTarget};

#[derive(Clone, Debug)]
enum Step {
    Assert(Box<Claim<String>>),
    /// Takes back one of the claims so far.
    Retract(usize),
    Settle,
    /// Two entities are one, as far as they may be; or two again.
    Merge(String, String),
    Part(String),
    /// The file is closed, with a snapshot or without, and opened again.
    Reopen(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..40)
}

/// The same with entities that are found to be one.
fn steps_and_merges() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => step(),
        1 => (name(), name()).prop_map(|(entity, into)| Step::Merge(entity, into)),
        1 => name().prop_map(Step::Part),
    ];
    prop::collection::vec(step, 0..40)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => claim().prop_map(|claim| Step::Assert(Box::new(claim))),
        1 => (0usize..40).prop_map(Step::Retract),
        1 => Just(Step::Settle),
        1 => any::<bool>().prop_map(Step::Reopen),
    ]
}

/// A claim as a list holds it.
#[derive(Clone, Debug)]
struct Noted {
    claim: Claim<String>,
    recorded: i64,
    retracted: Option<i64>,
}

/// That one entity is another, since when, and until when.
#[derive(Clone, Debug)]
struct One {
    entity: String,
    into: String,
    since: i64,
    until: Option<i64>,
}

/// Who stands for a name now, or stood for it at a time.
fn stays(ones: &[One], name: &str, known_at: Option<i64>) -> String {
    let held = |one: &One| match known_at {
        None => one.until.is_none(),
        Some(at) => one.since <= at && one.until.is_none_or(|until| until > at),
    };
    let mut name = name.to_owned();
    while let Some(one) = ones.iter().find(|one| held(one) && one.entity == name) {
        name.clone_from(&one.into);
    }
    name
}

/// Carries the steps out on a graph and on a list.
fn both(steps: &[Step]) -> (Graph, Vec<Noted>, Vec<One>) {
    let mut graph = Graph::new();
    graph.keep_log();
    let mut notebook = Notebook::default();
    graph.apply(&declarations(), 0).expect("declarations");
    let mut list: Vec<Noted> = Vec::new();
    let mut ones: Vec<One> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let now = at as i64 * 10 + 10;
        match step {
            Step::Assert(claim) => {
                let known = list
                    .iter()
                    .any(|noted| noted.retracted.is_none() && noted.claim == **claim);
                let applied = graph
                    .apply(&[Change::Assert(claim.clone())], now)
                    .expect("a claim");
                assert_eq!(applied.known == 1, known);
                if !known {
                    list.push(Noted {
                        claim: (**claim).clone(),
                        recorded: now,
                        retracted: None,
                    });
                }
            }
            Step::Retract(number) => {
                let Some(noted) = list.get_mut(*number) else {
                    continue;
                };
                let target = RetractTarget::Content(Box::new(noted.claim.clone()));
                // An equal claim that stands is the one that is taken back.
                let claim = noted.claim.clone();
                let outcome = graph.apply(
                    &[Change::Retract {
                        target,
                        because: None,
                    }],
                    now,
                );
                assert!(outcome.is_ok());
                if let Some(standing) = list
                    .iter_mut()
                    .find(|noted| noted.retracted.is_none() && noted.claim == claim)
                {
                    standing.retracted = Some(now);
                }
            }
            Step::Settle => graph.settle(),
            Step::Merge(entity, into) => {
                let (entity, into) = (entity.clone(), into.clone());
                let change = Change::Merge {
                    entity: entity.clone(),
                    into: into.clone(),
                };
                let refused =
                    stays(&ones, &entity, None) != entity || stays(&ones, &into, None) == entity;
                match graph.apply(&[change], now) {
                    Ok(applied) if applied.merged == 1 => {
                        assert!(!refused, "{entity} into {into}");
                        let into = stays(&ones, &into, None);
                        ones.push(One {
                            entity,
                            into,
                            since: now,
                            until: None,
                        });
                    }
                    // Nobody is called so yet, or they are one already.
                    Ok(_) | Err(_) => {}
                }
            }
            Step::Part(entity) => {
                let held = ones.iter_mut().rev();
                let mut held = held.filter(|one| one.entity == *entity && one.until.is_none());
                let change = Change::Part {
                    entity: entity.clone(),
                    because: None,
                };
                let applied = graph.apply(&[change], now);
                if let Some(one) = held.next() {
                    assert!(applied.is_ok(), "{applied:?}");
                    one.until = Some(now);
                }
            }
            Step::Reopen(photographed) => {
                notebook.keep(&mut graph);
                if *photographed {
                    notebook.photograph(&mut graph);
                }
                graph = notebook.open();
            }
        }
    }
    (graph, list, ones)
}

/// Whether a filter lets a claim of the list through, by the words of its documentation.
fn passes(noted: &Noted, filter: &ClaimFilter, id: &dyn Fn(&str) -> EntityId) -> bool {
    let claim = &noted.claim;
    let polarity = match filter.polarities {
        Polarities::Both => true,
        Polarities::Asserted => claim.polarity == Polarity::Asserted,
        Polarities::Denied => claim.polarity == Polarity::Denied,
    };
    let known = match filter.known_at {
        None => noted.retracted.is_none(),
        Some(at) => noted.recorded <= at && noted.retracted.is_none_or(|when| when > at),
    };
    let valid = filter.valid.iter().all(|test| match test {
        ValidTest::Unknown => claim.valid.is_unknown(),
        ValidTest::Meets(start, end) => {
            matches!(
                claim.valid.overlap(*start, *end),
                Overlap::Certain | Overlap::Possible
            )
        }
    });
    let among =
        |names: &[String], ids: &[EntityId]| names.iter().any(|name| ids.contains(&id(name)));
    let sources = filter.sources.iter().all(|test| match test {
        SourceTest::AccordingTo(ids) => among(&claim.sources, ids) || among(&claim.via, ids),
        SourceTest::NotAccordingTo(ids) => !among(&claim.sources, ids),
        SourceTest::Without(ids) => {
            let left = claim.sources.iter().any(|name| !ids.contains(&id(name)));
            (claim.sources.is_empty() || left) && !among(&claim.via, ids)
        }
    });
    let likelihood = filter.likelihood.iter().all(|(compare, least)| {
        claim
            .likelihood
            .as_ref()
            .is_some_and(|given| compare.holds(given.number, *least))
    });
    polarity
        && known
        && valid
        && sources
        && likelihood
        && filter
            .confidence
            .is_none_or(|least| claim.confidence >= Some(least))
}

fn filters() -> impl Strategy<Value = ClaimFilter> {
    let polarities = prop_oneof![
        Just(Polarities::Asserted),
        Just(Polarities::Denied),
        Just(Polarities::Both)
    ];
    let known = prop_oneof![2 => Just(None), 1 => (0i64..400).prop_map(Some)];
    let valid = prop_oneof![
        2 => Just(Vec::new()),
        1 => Just(vec![ValidTest::Unknown]),
        2 => date().prop_map(|date| vec![ValidTest::Meets(date.start(), date.end())]),
    ];
    let ids = || prop::collection::vec((0u32..6).prop_map(EntityId), 1..3);
    let sources = prop_oneof![
        2 => Just(Vec::new()),
        1 => ids().prop_map(|ids| vec![SourceTest::AccordingTo(ids)]),
        1 => ids().prop_map(|ids| vec![SourceTest::NotAccordingTo(ids)]),
        1 => ids().prop_map(|ids| vec![SourceTest::Without(ids)]),
    ];
    let likelihood = prop_oneof![
        2 => Just(Vec::new()),
        1 => (0u8..=100).prop_map(|n| vec![(Compare::GreaterOrEqual, f32::from(n))]),
    ];
    (polarities, known, valid, sources, likelihood).prop_map(
        |(polarities, known_at, valid, sources, likelihood)| ClaimFilter {
            polarities,
            known_at,
            valid,
            sources,
            likelihood,
            ..ClaimFilter::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(200), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_view_shows_what_a_list_would(steps in steps_and_merges(), filter in filters()) {
        let (graph, list, ones) = both(&steps);
        // Who is who is as it was known, too.
        let graph = match filter.known_at {
            Some(at) if graph.merged_otherwise(at) => graph.merged_at(at),
            _ => graph,
        };
        let seen = Seen::new(&graph, filter.clone());
        let id = |name: &str| {
            let name = stays(&ones, name, filter.known_at);
            graph.entities().by_handle(&name).expect("an entity")
        };
        let ends = |noted: &Noted| (id(&noted.claim.subject).0, noted.claim.relation.0, id(&noted.claim.object).0);
        let expected: BTreeSet<(u32, u16, u32)> =
            list.iter().filter(|noted| passes(noted, &filter, &id)).map(ends).collect();
        for direction in [Direction::Out, Direction::In] {
            let mut found = BTreeSet::new();
            for entity in graph.entities().ids() {
                for relation in 1..=RELATIONS {
                    seen.neighbours(entity, RelationId(relation), direction, &mut |run| {
                        assert!(run.ends.windows(2).all(|pair| pair[0] < pair[1]));
                        for (end, fact) in run.ends.iter().zip(run.facts) {
                            let ends = match direction {
                                Direction::Out => (entity.0, relation, *end),
                                Direction::In => (*end, relation, entity.0),
                            };
                            assert_eq!(graph.columns().ends(*fact), ends);
                            assert!(found.insert(ends), "{ends:?} twice");
                        }
                    });
                }
            }
            prop_assert_eq!(&found, &expected);
        }
        for ends in &expected {
            let fact = seen.fact(EntityId(ends.0), RelationId(ends.1), EntityId(ends.2)).expect("a fact");
            let mut rows = Vec::new();
            seen.claims(fact, &mut rows);
            let wanted = list.iter().filter(|noted| {
                self::passes(noted, &filter, &id) && (id(&noted.claim.subject).0, noted.claim.relation.0, id(&noted.claim.object).0) == *ends
            });
            prop_assert_eq!(rows.len(), wanted.count());
            for row in rows {
                let mut named = graph.named(row);
                // The graph keeps the sources of a joint statement in its own order.
                named.sources.sort();
                prop_assert!(list.iter().any(|noted| noted.claim == named && noted.recorded == graph.columns().recorded(row)));
            }
        }
        let mut scanned = BTreeSet::new();
        for relation in 1..=RELATIONS {
            seen.scan(RelationId(relation), &mut |subject, run| {
                scanned.extend(run.ends.iter().map(|end| (subject.0, relation, *end)));
            });
        }
        prop_assert_eq!(scanned, expected);
    }

    #[test]
    fn what_is_printed_loads_as_the_same_case(steps in steps()) {
        let (graph, _, _) = both(&steps);
        let mut engine = Engine::new(NOW);
        *engine.graph_mut() = graph;
        let printed = engine.statements();
        let mut again = Engine::new(NOW);
        if let Err(mistakes) = again.load(&printed, NOW) {
            let shown = whodunit::text::render(&mistakes[0], "printed", &printed, false);
            return Err(TestCaseError::fail(format!("{shown}\n{printed}")));
        }
        prop_assert_eq!(again.statements(), printed.clone());
        let twice = again.load(&printed, NOW).expect("the same text again");
        prop_assert!(twice.applied.is_nothing(), "{:?}\n{}", twice.applied, printed);
    }

    #[test]
    fn plans_answer_alike_as_optimised_and_as_written(steps in steps(), asked in questions()) {
        let (graph, _, _) = both(&steps);
        let mut optimised = Engine::new(NOW);
        *optimised.graph_mut() = graph;
        let mut written = optimised.clone();
        written.run_as_written();
        let rows = |engine: &mut Engine| match engine.ask(&asked) {
            Ok(asked) => {
                let mut rows: Vec<String> =
                    asked.answer.records.iter().map(|record| serde_json::to_string(record).expect("JSON")).collect();
                rows.sort();
                Ok(rows)
            }
            Err(failure) => Err(format!("{failure:?}")),
        };
        prop_assert_eq!(rows(&mut optimised), rows(&mut written), "{}", asked);
    }
}

/// Questions over the names and verbs of the generated cases.
fn questions() -> impl Strategy<Value = String> {
    let entity = || (0u8..6).prop_map(|n| format!("E{n}")).boxed();
    let clause = move || {
        (1u16..=RELATIONS, entity(), entity(), 0u8..6).prop_map(|(verb, a, b, kind)| match kind {
            0 => format!("did{verb} {a}"),
            1 => format!("did{verb} {a} or {b}"),
            2 => format!("did{verb} {a} and {b}"),
            3 => format!("did{verb} (who did{} {b})", verb % RELATIONS + 1),
            4 => format!("never did{verb} {a}"),
            _ => format!("did{verb} {a} in 2020"),
        })
    };
    let tail = prop_oneof![
        Just(""),
        Just(" sorted by name"),
        Just(" with likelihood >= 50%"),
        Just(", where likelihood > 10%"),
    ];
    (clause(), clause(), 0u8..4, tail).prop_map(|(first, second, joined, tail)| match joined {
        0 => format!("who {first} and {second}{tail}"),
        1 => format!("who {first} or {second}{tail}"),
        2 => format!("how many things {first} and {second}"),
        _ => format!("who {first}{tail}"),
    })
}

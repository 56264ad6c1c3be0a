//! Rules against a naive evaluation, what grew against what was worked out from scratch, every proof
//! against the checker, and rules through text, journal and snapshot.

mod common;

use common::NOW;
use common::notebook::MemoryPages;
use common::programs::{Carried, Choices, case, claim, naive, rule_text};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use whodunit::answer::Fact;
use whodunit::engine::Engine;
use whodunit::graph::{ClaimFilter, Graph, GraphView};
use whodunit::language::{rule, statement};
use whodunit::model::{Change, EntityId, Marking, RelationId, Rules};
use whodunit::rules::{Evaluation, Guard, cycle_through_not, evaluate};
use whodunit::why::{self, Premise, Proof, Reason};

type Shown = BTreeSet<(
    String,
    u32,
    u32,
    (Option<u32>, bool, i64, i64, Option<Marking>, (i64, u32)),
)>;

/// Everything in the tables of derived relations, stated or derived.
fn shown(graph: &Graph, evaluation: &Evaluation) -> Shown {
    let mut found = Shown::new();
    let program = &evaluation.program;
    for (at, table) in evaluation
        .tables
        .iter()
        .enumerate()
        .filter(|(at, _)| program.derived[*at])
    {
        let relation = graph
            .vocabulary()
            .relation(program.keys[at].relation)
            .name
            .clone();
        for place in (0..table.len() as u32).filter(|place| table.stands(*place)) {
            let tuple = table.get(place);
            let own = evaluation.annotations.get(tuple.annotation);
            let recorded = graph
                .columns()
                .transaction_time(whodunit::model::TxId(own.transaction));
            let carried = Carried {
                likelihood: evaluation.annotations.number(own.likelihood),
                valid: own.valid,
                marking: own.marking,
                recorded: (recorded, own.transaction),
            };
            found.insert((relation.clone(), tuple.subject, tuple.object, carried.key()));
        }
    }
    found
}

fn views(graph: &Graph) -> Vec<ClaimFilter> {
    let source = graph.entities().resolve("S1");
    vec![
        ClaimFilter::default(),
        ClaimFilter {
            known_at: Some(NOW + 5),
            ..ClaimFilter::default()
        },
        ClaimFilter {
            sources: vec![whodunit::graph::SourceTest::Without(source)],
            ..ClaimFilter::default()
        },
        ClaimFilter {
            max_marking: Some(Marking::Green),
            ..ClaimFilter::default()
        },
    ]
}

fn whole(graph: &Graph, base: &ClaimFilter) -> Evaluation {
    evaluate(graph.rules(), None, graph, base, Guard::default()).expect("an evaluation")
}

/// Whether both hold the same of what rules give, and the naive one no more.
fn same_as_naive(engine: &Engine) {
    let graph = engine.graph();
    for base in views(graph) {
        let evaluation = whole(graph, &base);
        let found = shown(graph, &evaluation);
        let heads: BTreeSet<&str> = graph
            .rules()
            .in_force()
            .map(|rule| rule.head.relation.as_str())
            .collect();
        let mut expected = Shown::new();
        for ((relation, s, o), carried) in naive(graph, &base) {
            if heads.contains(relation.as_str()) {
                for (one, _) in carried {
                    expected.insert((relation.clone(), s, o, one.key()));
                }
            }
        }
        assert_eq!(found, expected, "{}", engine.statements());
    }
}

/// Every tuple that rules gave has a proof that the checker passes, and one that is tampered with fails.
fn all_proved(engine: &Engine) {
    let graph = engine.graph();
    for base in views(graph) {
        let mut evaluation = whole(graph, &base);
        evaluation.lay_out_all();
        for claim in evaluation.claims() {
            let fact = Fact {
                subject: EntityId(claim.subject),
                relation: RelationId(claim.relation),
                object: EntityId(claim.object),
            };
            let proofs = why::shortest(graph, &evaluation, fact);
            let own = proofs.iter().any(|proof| {
                proof.annotation.likelihood == claim.likelihood
                    && proof.annotation.transaction == claim.transaction
                    && proof.annotation.valid.start() == claim.valid.start()
            });
            assert!(own, "no proof of {fact:?}\n{}", engine.statements());
            for proof in proofs
                .iter()
                .chain(&why::all_proofs(graph, &evaluation, fact, 5))
            {
                if let Err(flaw) = why::check(proof, graph.rules(), graph, &base) {
                    panic!("{}: {proof:?}\n{}", flaw.what, engine.statements());
                }
                for wrong in tampered(proof) {
                    let passed = why::check(&wrong, graph.rules(), graph, &base);
                    assert!(passed.is_err(), "{wrong:?}\n{}", engine.statements());
                }
            }
        }
    }
}

fn tampered(proof: &Proof) -> Vec<Proof> {
    let mut wrong = Vec::new();
    let mut other = proof.clone();
    other.annotation.transaction += 1;
    wrong.push(other);
    let mut other = proof.clone();
    other.fact.subject = EntityId(proof.fact.subject.0 + 100);
    wrong.push(other);
    let mut other = proof.clone();
    if let Reason::Rule { premises, .. } = &mut other.reason {
        premises.pop();
        wrong.push(other);
    }
    let mut other = proof.clone();
    if let Reason::Rule { premises, .. } = &mut other.reason
        && let Some(Premise::Fact(below)) = premises.first_mut()
    {
        below.fact.object = EntityId(below.fact.object.0 + 100);
        wrong.push(other);
    }
    wrong
}

/// All that rules give, under each view that tests look through.
fn evaluations(engine: &Engine) -> Vec<Evaluation> {
    let graph = engine.graph();
    views(graph).iter().map(|view| whole(graph, view)).collect()
}

/// A claim more, one or two fewer, one in the place of another, a type, or two that are one.
fn change(engine: &Engine, choices: &mut Choices<'_>) -> String {
    let claims = engine.graph().columns().len().max(1);
    let number = |choices: &mut Choices<'_>| format!("#{}", 1 + choices.below(claims));
    match choices.below(8) {
        0 | 1 => format!("retract {}.", number(choices)),
        2 => format!("retract {}. {}", number(choices), claim(choices)),
        3 => format!("E{} is a special.", choices.below(5)),
        4 => format!("merge E{} into E{}.", choices.below(5), choices.below(5)),
        5 => format!("unmerge E{}.", choices.below(5)),
        _ => claim(choices),
    }
}

/// Brings evaluations to the state of the case; they must hold what is worked out anew.
fn grown(engine: &Engine, evaluations: &mut [Evaluation], only_claims: bool) {
    let graph = engine.graph();
    for evaluation in evaluations {
        let rules = graph.rules();
        let grows = evaluation.grow(rules, graph, Guard::default(), only_claims);
        let anew = whole(graph, &evaluation.base.clone());
        if !grows.expect("an end") {
            *evaluation = anew;
            continue;
        }
        assert_eq!(
            shown(graph, evaluation),
            shown(graph, &anew),
            "{:?}\n{}",
            evaluation.base,
            engine.statements()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn semi_naive_is_naive(bytes in proptest::collection::vec(any::<u8>(), 40..160)) {
        same_as_naive(&case(&bytes));
    }

    #[test]
    fn every_proof_passes_the_checker(bytes in proptest::collection::vec(any::<u8>(), 40..160)) {
        all_proved(&case(&bytes));
    }

    #[test]
    fn what_grew_is_what_is_worked_out_anew(
        bytes in proptest::collection::vec(any::<u8>(), 40..160),
        more in proptest::collection::vec(any::<u8>(), 10..60),
    ) {
        let mut engine = case(&bytes);
        let mut evaluations = evaluations(&engine);
        let mut choices = Choices { bytes: &more, at: 0 };
        for at in 0..4 {
            engine.load(&claim(&mut choices), NOW + 100 + at).expect("a claim");
            grown(&engine, &mut evaluations, true);
        }
    }

    #[test]
    fn what_came_and_went_is_what_is_worked_out_anew(
        bytes in proptest::collection::vec(any::<u8>(), 40..160),
        more in proptest::collection::vec(any::<u8>(), 10..90),
    ) {
        let mut engine = case(&bytes);
        let mut evaluations = evaluations(&engine);
        let mut choices = Choices { bytes: &more, at: 0 };
        for at in 0..6 {
            // What does not do, as a merge of what is one already, changes nothing.
            let _ = engine.load(&change(&engine, &mut choices), NOW + 100 + at);
            grown(&engine, &mut evaluations, false);
        }
    }

    #[test]
    fn a_question_sees_what_a_fresh_case_sees(bytes in proptest::collection::vec(any::<u8>(), 40..160)) {
        let mut engine = case(&bytes);
        let ask = |engine: &mut Engine, text: &str| -> Vec<String> {
            match engine.ask(text) {
                Ok(asked) => asked.answer.table.rows.iter().map(|row| row.join(" | ")).collect(),
                Err(failure) => vec![format!("{failure:?}")],
            }
        };
        let questions = ["what did E0 lead", "who leads E1", "which facts are derived", "who near E2"];
        // Asked between changes, and asked of a case that was told everything at once.
        for question in questions {
            ask(&mut engine, question);
        }
        let mut choices = Choices { bytes: &bytes, at: 7 };
        let mut fresh = case(&bytes);
        for at in 0..3 {
            let later = change(&engine, &mut choices);
            let both = [&mut engine, &mut fresh].map(|engine| engine.load(&later, NOW + 200 + at).is_ok());
            prop_assert_eq!(both[0], both[1]);
        }
        for question in questions {
            let (mut a, mut b) = (ask(&mut engine, question), ask(&mut fresh, question));
            a.sort();
            b.sort();
            prop_assert_eq!(a, b, "{}\n{}", question, engine.statements());
        }
    }

    #[test]
    fn a_rule_reads_as_it_is_printed(bytes in proptest::collection::vec(any::<u8>(), 20..60)) {
        let mut choices = Choices { bytes: &bytes, at: 0 };
        let text = rule_text(&mut choices);
        let engine = case(&[]);
        let mut words = engine.graph().vocabulary().clone();
        let read = |text: &str, words: &mut whodunit::model::Vocabulary| {
            rule::parse(text).and_then(|tree| rule::lower(&tree, words))
        };
        if let Ok(changes) = read(&text, &mut words) {
            let printed = statement::print(&changes[0], &words);
            prop_assert_eq!(read(&printed, &mut words).expect("it reads"), changes, "{}", printed);
        }
    }
}

#[test]
fn rules_survive_text_journal_and_snapshot() {
    let mut engine = Engine::founding(NOW);
    let said = "?a backs ?b if ?a targeted ?b in 2021 with likelihood >= 70% and not ?b used ?a \
                according to NCSC and ?a is not ?b and ?b.population > 5. rule parts on. \
                rule sponsorship on. rule sponsorship off.";
    engine.load(said, NOW).expect("rules");
    engine.load(said, NOW).expect("the same rules again");
    let rules = engine.graph().rules().clone();
    assert_eq!(rules.all().len(), 3);
    assert!(!rules.named("sponsorship").expect("a rule").on);
    let mut again = Engine::new(NOW);
    again.load(&engine.statements(), NOW).expect("its own text");
    assert_eq!(again.graph().rules().all(), rules.all());
    let (one, other) = (engine.statements(), again.statements());
    let changed: Vec<(&str, &str)> = one
        .lines()
        .zip(other.lines())
        .filter(|(one, other)| one != other)
        .collect();
    assert_eq!(changed, Vec::new());

    let mut graph = Graph::new();
    graph.keep_log();
    graph
        .apply(&engine.graph().changes(), NOW)
        .expect("changes");
    let log = graph.take_log();
    let mut replayed = Graph::new();
    replayed.replay(&log).expect("a journal");
    assert_eq!(replayed.rules().all(), rules.all());

    // What is derived is there while a snapshot is written, and stays out of it.
    engine.ask("who part-of UK").expect("an answer");
    let mut pages = MemoryPages::default();
    let head = engine.graph_mut().snapshot(&mut |part, page, bytes| {
        pages.0.insert((part.0, page), bytes);
    });
    let opened = Graph::open(&head, Arc::new(pages)).expect("a snapshot");
    assert_eq!(opened.rules().all(), rules.all());
    assert_eq!(opened.columns().len(), engine.graph().columns().len());
}

#[test]
fn the_library_is_well_and_off() {
    let mut engine = Engine::founding(NOW);
    assert!(engine.graph().rules().all().is_empty());
    let library = engine.library();
    assert!(library.len() >= 8, "{library:?}");
    for (name, _) in &library {
        engine
            .load(&format!("rule {name} on."), NOW)
            .expect("a rule of the library");
    }
    assert_eq!(engine.graph().rules().in_force().count(), library.len());
    assert_eq!(cycle_through_not(engine.graph().rules()), None);
    let text = include_str!("../data/rules.who");
    let mut whole = Engine::founding(NOW);
    whole.load(text, NOW).expect("the library as a text");
    let mut names: Vec<&str> = whole
        .graph()
        .rules()
        .all()
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    names.sort_unstable();
    let mut own: Vec<&str> = library.iter().map(|(name, _)| name.as_str()).collect();
    own.sort_unstable();
    assert_eq!(names, own);
}

/// A chain is closed by looking at each pair once; what a rule asks for is all that is evaluated.
#[test]
fn work_is_counted() {
    let mut engine = Engine::new(NOW);
    let chain: String = (0..60)
        .map(|at| format!("N{at} linked N{}. ", at + 1))
        .collect();
    engine
        .load("relation linked. relation leads. relation idle.", NOW)
        .expect("words");
    engine
        .load("?a leads ?b if ?a linked ?b. ?a leads ?c if ?a leads ?b and ?b linked ?c. ?a idle ?b if ?b linked ?a.", NOW)
        .expect("rules");
    engine.load(&chain, NOW).expect("a chain");
    let graph = engine.graph();
    let leads = graph
        .vocabulary()
        .relation_named("leads")
        .expect("a relation");
    let found = evaluate(
        graph.rules(),
        Some(&[leads]),
        graph,
        &ClaimFilter::default(),
        Guard::default(),
    )
    .expect("an evaluation");
    let pairs = 60 * 61 / 2;
    assert_eq!(found.claims().len(), pairs);
    // Each tuple once as what is new and once as what it is joined with, and a little more.
    assert!(
        found.visited <= 3 * pairs as u64,
        "{} looked at",
        found.visited
    );
    let rules: Rules = graph.rules().clone();
    assert_eq!(rules.in_force().count(), 3);
    assert_eq!(found.program.rules.len(), 2);
}

/// A claim that goes has that done anew which rests on it, and nothing else.
#[test]
fn a_retraction_costs_what_rests_on_it() {
    let mut engine = Engine::new(NOW);
    let chain: String = (0..60)
        .map(|at| format!("N{at} linked N{}. ", at + 1))
        .collect();
    engine
        .load(
            "relation linked. relation leads. relation owned. relation holds. relation idle.",
            NOW,
        )
        .expect("words");
    engine
        .load(
            "?a leads ?b if ?a linked ?b. ?a leads ?c if ?a leads ?b and ?b linked ?c. \
             ?a holds ?b if ?a owned ?b and not ?b idle ?a.",
            NOW,
        )
        .expect("rules");
    engine
        .load(&format!("{chain} A owned B. B owned C. C idle B."), NOW)
        .expect("claims");
    let mut evaluation = whole(engine.graph(), &ClaimFilter::default());
    let relation = |name: &str| {
        let words = engine.graph().vocabulary();
        words.relation_named(name).expect("a relation")
    };
    let (leads, holds) = (relation("leads"), relation("holds"));
    let derived = |evaluation: &Evaluation, of: RelationId| {
        let claims = evaluation.claims();
        claims.iter().filter(|claim| claim.relation == of.0).count()
    };
    assert_eq!(
        (derived(&evaluation, leads), derived(&evaluation, holds)),
        (60 * 61 / 2, 1)
    );
    let steps = [
        // What stands behind `not` goes, what was stated goes, and a link in the middle of the chain.
        ("retract C idle B.", (60 * 61 / 2, 2), 10),
        ("retract A owned B.", (60 * 61 / 2, 1), 10),
        (
            "retract N30 linked N31.",
            (30 * 31 / 2 + 29 * 30 / 2, 1),
            4_000,
        ),
    ];
    for (at, (text, expected, most)) in steps.into_iter().enumerate() {
        engine
            .load(text, NOW + 1 + at as i64)
            .expect("a retraction");
        let before = evaluation.visited;
        let (rules, graph) = (engine.graph().rules(), engine.graph());
        let done = evaluation.grow(rules, graph, Guard::default(), false);
        assert!(done.expect("an end"), "{text}");
        let found = (derived(&evaluation, leads), derived(&evaluation, holds));
        assert_eq!(found, expected, "{text}");
        let visited = evaluation.visited - before;
        assert!(visited <= most, "{text} {visited} looked at");
    }
}

#[test]
fn a_change_that_no_rule_allows_changes_nothing() {
    let mut engine = Engine::founding(NOW);
    let before = engine.statements();
    for wrong in [
        "?a backs ?b if ?a targeted ?b. ?c backs ?b if ?a targeted ?b.",
        "?a backs ?b if ?a targeted ?b. drop rule nothing.",
        "?a backs ?b if ?a targeted ?b and not ?b fights ?a. ?a fights ?b if ?a backs ?b.",
    ] {
        engine.load(wrong, NOW).expect_err("a mistake");
        assert_eq!(engine.statements(), before);
    }
    let changes = [Change::SwitchRule {
        name: "nothing".to_owned(),
        on: true,
    }];
    engine
        .graph_mut()
        .apply(&changes, NOW)
        .expect_err("a refusal");
}

/// What a rule gives is in nobody's way: a claim that says the same is new, and nothing that is derived
/// can be taken back by its number.
#[test]
fn what_is_derived_cannot_be_mistaken_for_a_claim() {
    let mut engine = Engine::new(NOW);
    let said =
        "relation linked. relation leads, base lead. ?a leads ?b if ?a linked ?b. A linked B.";
    engine.load(said, NOW).expect("a case");
    let asked = engine.ask("did A lead B?").expect("an answer").answer;
    assert_eq!(asked.headline.as_deref(), Some("yes"));
    let retract = format!("retract #{}.", whodunit::graph::DERIVED);
    engine.load(&retract, NOW).expect_err("no such claim");
    engine.ask("did A lead B?").expect("an answer");
    let loaded = engine.load("A leads B.", NOW).expect("a claim");
    assert_eq!((loaded.applied.claims.len(), loaded.applied.known), (1, 0));
    engine.ask("did A lead B?").expect("an answer");
    let loaded = engine.load("A leads B.", NOW).expect("the same claim");
    assert_eq!((loaded.applied.claims.len(), loaded.applied.known), (0, 1));
    engine
        .load("retract A leads B.", NOW)
        .expect("it is taken back");
    let asked = engine.ask("did A lead B?").expect("an answer").answer;
    assert_eq!(asked.headline.as_deref(), Some("yes"));
    engine.load("rule leads off.", NOW).expect("off");
    let asked = engine.ask("did A lead B?").expect("an answer").answer;
    assert_eq!(asked.headline.as_deref(), Some("no claim found"));
}

#[test]
fn a_query_gives_its_reasons() {
    let mut engine = Engine::founding(NOW);
    engine.load("rule sponsorship on.", NOW).expect("a rule");
    let text = "WHY MATCH (a)-[:`backed-attack-on`]->(b)-[c]-() WHERE b.name = 'UK_Parliament' \
                RETURN a.name AS who, type(c) AS c ORDER BY c LIMIT 1";
    let queried = engine.gql(text, &[]).expect("rows");
    assert_eq!(queried.columns, ["who", "c", "why"]);
    let why = whodunit::answer::values::literal(engine.graph(), &queried.rows[0][2]);
    // The rule, a claim with its source and its words, and who is against it; the second relationship too.
    for part in [
        "rule: 'sponsorship'",
        "claim: 58",
        "sources: ['NCSC']",
        "completely unfounded",
        "against: [{",
    ] {
        assert!(why.contains(part), "{part} is not in {why}");
    }
    let plain = engine
        .gql("WHY MATCH ({name: 'MSS'})-[c]->(b) RETURN *", &[])
        .expect("rows");
    assert_eq!(plain.columns, ["b", "c", "why"]);
    for wrong in [
        "WHY MATCH (a)-[c]->(b) RETURN DISTINCT a",
        "WHY MATCH (a) RETURN a",
        "WHY MATCH (a)-[c]->(b) WITH a RETURN a",
        "WHY MATCH (a)-[c]->(b) RETURN a UNION MATCH (a)-[c]->(b) RETURN a",
        "WHY CREATE (a)",
    ] {
        assert!(engine.gql(wrong, &[]).is_err(), "{wrong}");
    }
}

/// A proof may be as high as a chain is long: what is too high to be walked is told, not shown.
#[test]
fn a_proof_that_is_too_high_is_not_shown() {
    let mut engine = Engine::new(NOW);
    let chain: String = (0..3000)
        .map(|at| format!("N{at} linked N{}.\n", at + 1))
        .collect();
    let rules = "relation linked. relation leads, base lead. N0 leads ?b if N0 linked ?b. \
                 N0 leads ?c if N0 leads ?b and ?b linked ?c.";
    engine.load(rules, NOW).expect("rules");
    engine.load(&chain, NOW).expect("a chain");
    let near = engine.ask("why did N0 lead N20").expect("an answer").answer;
    assert!(near.table.rows.len() > 30, "{:?}", near.table.rows.len());
    let far = engine
        .ask("why did N0 lead N3000")
        .expect("an answer")
        .answer;
    assert!(
        far.notes.iter().any(|note| note.contains("500 steps")),
        "{:?}",
        far.notes
    );
    let count = engine
        .ask("how many facts are derived")
        .expect("an answer")
        .answer;
    assert_eq!(count.table.rows, [["3000"]]);
}

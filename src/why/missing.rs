//! Why a fact does not follow: of each rule that could give it, the first condition for which nothing
//! is left. It looks at what is stated and derived, and guesses nothing.

use crate::answer::Fact;
use crate::graph::GraphView;
use crate::model::EntityId;
use crate::rules::program::{NOBODY, Slot};
use crate::rules::{Annotations, Compiled, Evaluation, Table};

/// How many ways are followed at once.
const WAYS: usize = 10_000;

/// How many of them are told.
const SAMPLES: usize = 3;

/// What is missing for a rule to give a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The rule, by its place among those of the case.
    pub rule: usize,
    /// The condition that fails; nothing where the rule gives the fact after all.
    pub condition: Option<usize>,
    /// What the variables stood for when it failed, in the first of the ways that got so far.
    pub bound: Vec<Vec<(String, EntityId)>>,
    /// Why it fails.
    pub cause: Cause,
    /// How many ways got so far.
    pub ways: usize,
}

/// Why a condition fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nobody says so, and no rule gives it.
    Nothing,
    /// It is said, but not as surely, as early or as openly as the rule asks.
    Limits,
    /// It is said, but of another time than what stands before it.
    Times,
    /// It is said, and the rule wants it absent.
    There,
    /// A test of a type, a property or of who is who.
    Test,
    /// The rule is about other entities.
    Other,
}

#[derive(Clone)]
struct Way {
    slots: Vec<u32>,
    carried: Option<u32>,
}

/// What is missing, rule by rule, for those that give the relation of a fact.
pub fn missing(graph: &dyn GraphView, evaluation: &Evaluation, fact: Fact) -> Vec<Missing> {
    let Some(table) = evaluation.program.table(fact.relation) else {
        return Vec::new();
    };
    let mut annotations = evaluation.annotations.clone();
    let rules = evaluation.program.rules.iter();
    rules
        .filter(|rule| rule.head.0 == table)
        .map(|rule| of_rule(graph, evaluation, &mut annotations, rule, fact))
        .collect()
}

fn of_rule(
    graph: &dyn GraphView,
    evaluation: &Evaluation,
    annotations: &mut Annotations,
    rule: &Compiled,
    fact: Fact,
) -> Missing {
    let mut slots: Vec<u32> = rule
        .slots
        .iter()
        .map(|slot| match slot {
            Slot::Constant(entity) => *entity,
            Slot::Variable(_) => NOBODY,
        })
        .collect();
    let mut found = Missing {
        rule: usize::from(rule.place),
        condition: None,
        bound: Vec::new(),
        cause: Cause::Other,
        ways: 0,
    };
    for (slot, entity) in [(rule.head.1, fact.subject.0), (rule.head.2, fact.object.0)] {
        if slots[slot] != NOBODY && slots[slot] != entity {
            return found;
        }
        slots[slot] = entity;
    }
    let mut ways = vec![Way {
        slots,
        carried: None,
    }];
    // Facts in the order of writing; what only tests comes when all is bound.
    let mut conditions: Vec<Condition> = Vec::new();
    let facts = rule.atoms.iter().enumerate();
    conditions.extend(
        facts
            .clone()
            .filter(|(_, atom)| !atom.negated)
            .map(|(at, _)| Condition::Fact(at)),
    );
    conditions.extend(
        facts
            .filter(|(_, atom)| atom.negated)
            .map(|(at, _)| Condition::Fact(at)),
    );
    conditions.extend((0..rule.tests.len()).map(Condition::Test));
    for condition in conditions {
        let mut next = Vec::new();
        let mut cause = Cause::Nothing;
        for way in &ways {
            match condition {
                Condition::Fact(at) => {
                    let table = &evaluation.tables[rule.atoms[at].table];
                    follow(table, rule, at, way, annotations, &mut next, &mut cause);
                }
                Condition::Test(at) => match rule.tests[at].holds(&way.slots, graph) {
                    true => next.push(way.clone()),
                    false => cause = Cause::Test,
                },
            }
            if next.len() >= WAYS {
                break;
            }
        }
        if next.is_empty() {
            found.condition = Some(place(rule, condition));
            found.cause = cause;
            found.ways = ways.len();
            found.bound = samples(rule, &ways);
            return found;
        }
        ways = next;
    }
    found.ways = ways.len();
    found.bound = samples(rule, &ways);
    found
}

fn samples(rule: &Compiled, ways: &[Way]) -> Vec<Vec<(String, EntityId)>> {
    let some = ways.iter().take(SAMPLES);
    some.map(|way| bound(rule, &way.slots)).collect()
}

#[derive(Clone, Copy)]
enum Condition {
    Fact(usize),
    Test(usize),
}

/// The place of a condition in the body: tests stand where no fact does.
fn place(rule: &Compiled, condition: Condition) -> usize {
    match condition {
        Condition::Fact(at) => rule.atoms[at].condition,
        Condition::Test(test) => {
            let facts: Vec<usize> = rule.atoms.iter().map(|atom| atom.condition).collect();
            let all = 0..rule.atoms.len() + rule.tests.len();
            all.filter(|at| !facts.contains(at)).nth(test).unwrap_or(0)
        }
    }
}

fn bound(rule: &Compiled, slots: &[u32]) -> Vec<(String, EntityId)> {
    let known = rule.slots.iter().zip(slots);
    known
        .filter_map(|(slot, entity)| match slot {
            Slot::Variable(name) if *entity != NOBODY => Some((name.clone(), EntityId(*entity))),
            Slot::Variable(_) | Slot::Constant(_) => None,
        })
        .collect()
}

fn follow(
    table: &Table,
    rule: &Compiled,
    at: usize,
    way: &Way,
    annotations: &mut Annotations,
    next: &mut Vec<Way>,
    cause: &mut Cause,
) {
    let atom = &rule.atoms[at];
    let (subject, object) = (way.slots[atom.subject], way.slots[atom.object]);
    let places: Vec<u32> = match (subject == NOBODY, object == NOBODY) {
        (false, false) => table.between(subject, object).collect(),
        (false, true) => table.from(subject).collect(),
        (true, false) => table.to(object).collect(),
        (true, true) => (0..table.len() as u32).collect(),
    };
    let mut there = false;
    for place in places.into_iter().filter(|place| table.stands(*place)) {
        let tuple = table.get(place);
        let annotation = annotations.get(tuple.annotation);
        if !atom
            .limits
            .pass(annotation, annotations.number(annotation.likelihood))
        {
            *cause = Cause::Limits;
            continue;
        }
        there = true;
        if atom.negated || next.len() >= WAYS {
            break;
        }
        let carried = match way.carried {
            None => Some(tuple.annotation),
            Some(so_far) => annotations.join(so_far, tuple.annotation),
        };
        let Some(carried) = carried else {
            *cause = Cause::Times;
            continue;
        };
        let mut slots = way.slots.clone();
        slots[atom.subject] = tuple.subject;
        slots[atom.object] = tuple.object;
        if atom.subject == atom.object && tuple.subject != tuple.object {
            continue;
        }
        next.push(Way {
            slots,
            carried: Some(carried),
        });
    }
    if atom.negated {
        match there {
            true => *cause = Cause::There,
            false => next.push(way.clone()),
        }
    }
}

//! Finds proofs in what an evaluation left behind. Each tuple knows how high its proof is, so that the
//! search goes down and ends. It verifies nothing.

use crate::answer::Fact;
use crate::graph::{ClaimFilter, GraphView, Row, Seen};
use crate::model::{EntityId, RelationId};
use crate::rules::join::{Walk, order};
use crate::rules::program::Slot;
use crate::rules::{Annotations, Compiled, Evaluation, STATED, TableKey};
use crate::why::proof::{Premise, Proof, Reason};
use rustc_hash::FxHashSet;

/// How many ways of one step are compared to find the shortest.
const WAYS: usize = 64;
/// How deep all proofs are looked for.
const DEPTH: usize = 32;

/// How high a proof may be that is shown. Whoever walks a proof goes down in it step by step.
pub const HIGHEST: u32 = 500;

/// What a search reads.
struct Search<'a> {
    graph: &'a dyn GraphView,
    evaluation: &'a Evaluation,
    annotations: Annotations,
}

impl<'a> Search<'a> {
    fn new(graph: &'a dyn GraphView, evaluation: &'a Evaluation) -> Search<'a> {
        Search {
            graph,
            evaluation,
            annotations: evaluation.annotations.clone(),
        }
    }

    /// The stated claims of a fact that a table takes in.
    fn stated(&self, key: &TableKey, fact: Fact) -> Vec<Row> {
        let mut filter = ClaimFilter {
            stated: true,
            ..self.evaluation.base.clone()
        };
        filter.sources.extend(key.sources.iter().cloned());
        filter.confidence = filter.confidence.max(key.confidence);
        let seen = Seen::new(self.graph, filter);
        let declared = self.graph.vocabulary().relation(key.relation);
        let mut rows = Vec::new();
        let ends = [(fact.subject, fact.object), (fact.object, fact.subject)];
        for (subject, object) in ends.into_iter().take(1 + usize::from(declared.symmetric)) {
            if let Some(fact) = seen.fact(subject, key.relation, object) {
                seen.claims(fact, &mut rows);
            }
        }
        rows.sort_unstable_by_key(|row| self.graph.columns().id(*row));
        rows.dedup();
        rows
    }

    /// The steps and slots of a rule whose head is this fact.
    fn slots(&self, rule: &Compiled, fact: Fact) -> Option<Vec<u32>> {
        let (_, subject, object) = rule.head;
        let mut slots: Vec<u32> = rule
            .slots
            .iter()
            .map(|slot| match slot {
                Slot::Constant(entity) => *entity,
                Slot::Variable(_) => crate::rules::program::NOBODY,
            })
            .collect();
        for (slot, entity) in [(subject, fact.subject.0), (object, fact.object.0)] {
            let free = slots[slot] == crate::rules::program::NOBODY;
            if !free && slots[slot] != entity {
                return None;
            }
            slots[slot] = entity;
        }
        Some(slots)
    }

    /// The ways in which a rule gives a fact: what the slots hold, the tuples taken, what it carries
    /// and how high it is. With `below` only tuples lower than that count.
    fn ways(&mut self, rule: &Compiled, fact: Fact, below: Option<u32>, most: usize) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        let Some(slots) = self.slots(rule, fact) else {
            return ways;
        };
        let bound = [rule.head.1, rule.head.2];
        let steps = order(rule, None, &bound, &self.evaluation.tables);
        let mut walk = Walk::new(rule, &steps, &self.evaluation.tables, self.graph);
        walk.slots = slots;
        walk.outdone = below.is_some();
        walk.run(&mut self.annotations, &mut |walk, found| {
            if below.is_none_or(|height| found.height <= height) {
                ways.push(Way {
                    slots: walk.slots.clone(),
                    taken: walk.taken.clone(),
                    annotation: found.annotation,
                    height: found.height,
                });
            }
            ways.len() < most
        });
        ways
    }

    /// The proof of a tuple that goes down in height at each step.
    fn of_tuple(&mut self, table: usize, place: u32) -> Option<Proof> {
        let evaluation = self.evaluation;
        let tuple = evaluation.tables[table].get(place);
        if tuple.height > HIGHEST {
            return None;
        }
        let key = &evaluation.program.keys[table];
        let fact = Fact {
            subject: EntityId(tuple.subject),
            relation: key.relation,
            object: EntityId(tuple.object),
        };
        let annotation = self.annotations.get(tuple.annotation);
        if tuple.rule == STATED {
            let rows = self.stated(key, fact);
            let columns = self.graph.columns();
            let mut same = |row: &Row| self.annotations.of_claim(columns, *row) == tuple.annotation;
            let row = rows.into_iter().find(|row| same(row))?;
            let (subject, relation, object) = columns.ends(row);
            let fact = Fact {
                subject: EntityId(subject),
                relation: RelationId(relation),
                object: EntityId(object),
            };
            return Some(Proof {
                fact,
                annotation,
                reason: Reason::Stated(row),
            });
        }
        let symmetric = evaluation.program.symmetric[table];
        let turned = Fact {
            subject: fact.object,
            object: fact.subject,
            ..fact
        };
        for fact in [fact, turned].into_iter().take(1 + usize::from(symmetric)) {
            for rule in &evaluation.program.rules {
                if rule.head.0 != table || rule.place != tuple.rule {
                    continue;
                }
                let mut ways = self.ways(rule, fact, Some(tuple.height), WAYS);
                ways.retain(|way| way.annotation == tuple.annotation);
                ways.sort_by_key(|way| way.height);
                if let Some(way) = ways.into_iter().next() {
                    let premises = self.premises(rule, &way)?;
                    return Some(self.given(fact, annotation, rule, &way, premises));
                }
            }
        }
        None
    }

    fn given(
        &self,
        fact: Fact,
        annotation: crate::rules::Annotation,
        rule: &Compiled,
        way: &Way,
        premises: Vec<Premise>,
    ) -> Proof {
        let bound = rule.slots.iter().zip(&way.slots);
        let bound = bound.filter_map(|(slot, entity)| match slot {
            Slot::Variable(name) => Some((name.clone(), *entity)),
            Slot::Constant(_) => None,
        });
        Proof {
            fact,
            annotation,
            reason: Reason::Rule {
                rule: usize::from(rule.place),
                bound: bound.collect(),
                premises,
            },
        }
    }

    fn premises(&mut self, rule: &Compiled, way: &Way) -> Option<Vec<Premise>> {
        let count = rule.atoms.len() + rule.tests.len();
        let mut premises = vec![Premise::Test; count];
        for (at, atom) in rule.atoms.iter().enumerate() {
            premises[atom.condition] = match atom.negated {
                true => Premise::Absent(self.fact_of(rule, at, way)),
                false => Premise::Fact(Box::new(self.of_tuple(atom.table, way.taken[at])?)),
            };
        }
        Some(premises)
    }

    fn fact_of(&self, rule: &Compiled, atom: usize, way: &Way) -> Fact {
        let atom = &rule.atoms[atom];
        Fact {
            subject: EntityId(way.slots[atom.subject]),
            relation: self.evaluation.program.keys[atom.table].relation,
            object: EntityId(way.slots[atom.object]),
        }
    }

    /// All proofs of a fact that a table holds, none of which rests on itself.
    fn all(&mut self, table: usize, fact: Fact, above: &mut Vec<Fact>, most: usize) -> Vec<Proof> {
        let evaluation = self.evaluation;
        let key = &evaluation.program.keys[table];
        let mut proofs: Vec<Proof> = Vec::new();
        for row in self.stated(key, fact) {
            let code = self.annotations.of_claim(self.graph.columns(), row);
            let (subject, relation, object) = self.graph.columns().ends(row);
            proofs.push(Proof {
                fact: Fact {
                    subject: EntityId(subject),
                    relation: RelationId(relation),
                    object: EntityId(object),
                },
                annotation: self.annotations.get(code),
                reason: Reason::Stated(row),
            });
        }
        if !key.takes_derived() || above.len() >= DEPTH || above.contains(&fact) {
            proofs.truncate(most);
            return proofs;
        }
        above.push(fact);
        for rule in &evaluation.program.rules {
            if rule.head.0 != table || proofs.len() >= most {
                continue;
            }
            let mut seen: FxHashSet<Vec<u32>> = FxHashSet::default();
            for way in self.ways(rule, fact, None, most.saturating_mul(16)) {
                if !seen.insert(way.slots.clone()) || proofs.len() >= most {
                    continue;
                }
                self.product(rule, fact, &way, above, most, &mut proofs);
            }
        }
        above.pop();
        proofs.truncate(most);
        proofs
    }

    /// One proof for each choice of proofs of a way's premises.
    fn product(
        &mut self,
        rule: &Compiled,
        fact: Fact,
        way: &Way,
        above: &mut Vec<Fact>,
        most: usize,
        proofs: &mut Vec<Proof>,
    ) {
        let count = rule.atoms.len() + rule.tests.len();
        let mut open: Vec<(Option<crate::rules::Annotation>, Vec<Premise>)> =
            vec![(None, vec![Premise::Test; count])];
        for (at, atom) in rule.atoms.iter().enumerate() {
            let below = self.fact_of(rule, at, way);
            if atom.negated {
                for (_, premises) in &mut open {
                    premises[atom.condition] = Premise::Absent(below);
                }
                continue;
            }
            if above.contains(&below) {
                return;
            }
            let found = self.all(atom.table, below, above, most);
            let mut next = Vec::new();
            for (so_far, premises) in &open {
                for proof in &found {
                    let number = self.annotations.number(proof.annotation.likelihood);
                    if !atom.limits.pass(proof.annotation, number) {
                        continue;
                    }
                    let joined = match so_far {
                        None => Some(proof.annotation),
                        Some(so_far) => self.annotations.joined_of(*so_far, proof.annotation),
                    };
                    if let Some(joined) = joined.filter(|_| next.len() < most) {
                        let mut premises = premises.clone();
                        premises[atom.condition] = Premise::Fact(Box::new(proof.clone()));
                        next.push((Some(joined), premises));
                    }
                }
            }
            open = next;
        }
        for (annotation, premises) in open {
            if let Some(annotation) = annotation {
                proofs.push(self.given(fact, annotation, rule, way, premises));
            }
        }
    }
}

/// One way in which a rule gives a fact.
struct Way {
    slots: Vec<u32>,
    taken: Vec<u32>,
    annotation: u32,
    height: u32,
}

/// For each annotation that no other outdoes one proof of a fact, the shortest first; the likelier of
/// two that are as short.
pub fn shortest(graph: &dyn GraphView, evaluation: &Evaluation, fact: Fact) -> Vec<Proof> {
    let Some(table) = evaluation.program.table(fact.relation) else {
        return Vec::new();
    };
    let own = &evaluation.tables[table];
    let places: Vec<u32> = own
        .between(fact.subject.0, fact.object.0)
        .filter(|place| own.stands(*place))
        .collect();
    let mut search = Search::new(graph, evaluation);
    let proofs = places
        .into_iter()
        .filter_map(|place| search.of_tuple(table, place));
    let mut proofs: Vec<Proof> = proofs.collect();
    in_order(evaluation, &mut proofs);
    proofs
}

/// All proofs of a fact, at most so many, the likeliest first.
pub fn all_proofs(
    graph: &dyn GraphView,
    evaluation: &Evaluation,
    fact: Fact,
    most: usize,
) -> Vec<Proof> {
    let Some(table) = evaluation.program.table(fact.relation) else {
        return Vec::new();
    };
    let mut search = Search::new(graph, evaluation);
    let symmetric = evaluation.program.symmetric[table];
    let turned = Fact {
        subject: fact.object,
        object: fact.subject,
        ..fact
    };
    let mut proofs: Vec<Proof> = Vec::new();
    for fact in [fact, turned].into_iter().take(1 + usize::from(symmetric)) {
        for proof in search.all(table, fact, &mut Vec::new(), most) {
            if !proofs.contains(&proof) {
                proofs.push(proof);
            }
        }
    }
    proofs.truncate(most);
    in_order(evaluation, &mut proofs);
    proofs
}

/// The likeliest first, then the shortest.
fn in_order(evaluation: &Evaluation, proofs: &mut [Proof]) {
    let number = |proof: &Proof| evaluation.annotations.number(proof.annotation.likelihood);
    proofs.sort_by(|a, b| {
        let likely = number(b)
            .unwrap_or(-1.0)
            .total_cmp(&number(a).unwrap_or(-1.0));
        likely.then(a.size().cmp(&b.size()))
    });
}

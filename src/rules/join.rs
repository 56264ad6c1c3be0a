//! One rule over the tables: in which order its conditions are looked at, and every way in which all
//! of them hold. It adds nothing to a table.

use crate::graph::GraphView;
use crate::rules::annotations::{Annotations, Code};
use crate::rules::program::{Compiled, NOBODY, Slot};
use crate::rules::tables::Table;
use std::ops::Range;

/// No premise has been looked at yet.
const OPEN: Code = Code::MAX;

/// One step of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All tuples of a condition's table.
    Scan(usize),
    /// Those of the bound subject.
    From(usize),
    /// Those of the bound object.
    To(usize),
    /// Those of both bound ends.
    Between(usize),
    /// None of both bound ends.
    Absent(usize),
    /// A test.
    Test(usize),
}

/// The order of a rule's steps. `first` is the condition that is looked at first; `bound` the slots
/// that are bound before.
pub fn order(
    rule: &Compiled,
    first: Option<usize>,
    bound: &[usize],
    tables: &[Table],
) -> Vec<Step> {
    let mut known: Vec<bool> = rule
        .slots
        .iter()
        .enumerate()
        .map(|(at, slot)| matches!(slot, Slot::Constant(_)) || bound.contains(&at))
        .collect();
    let mut open: Vec<usize> = (0..rule.atoms.len()).collect();
    let mut tests: Vec<usize> = (0..rule.tests.len()).collect();
    let mut steps = Vec::new();
    let mut next = first;
    loop {
        tests.retain(|test| {
            let ready = rule.tests[*test].slots().iter().all(|slot| known[*slot]);
            if ready {
                steps.push(Step::Test(*test));
            }
            !ready
        });
        open.retain(|at| {
            let atom = &rule.atoms[*at];
            let ready = atom.negated && known[atom.subject] && known[atom.object];
            if ready {
                steps.push(Step::Absent(*at));
            }
            !ready
        });
        let positive = open.iter().copied().filter(|at| !rule.atoms[*at].negated);
        // The more ends are bound, and then the smaller the table, the fewer rows there are.
        let best = positive.min_by_key(|at| {
            let atom = &rule.atoms[*at];
            let ends = usize::from(known[atom.subject]) + usize::from(known[atom.object]);
            (2 - ends, tables.get(atom.table).map_or(0, Table::len), *at)
        });
        let Some(at) = next.take().or(best) else {
            return steps;
        };
        let atom = &rule.atoms[at];
        steps.push(match (known[atom.subject], known[atom.object]) {
            _ if first == Some(at) && bound.is_empty() => Step::Scan(at),
            (true, true) => Step::Between(at),
            (true, false) => Step::From(at),
            (false, true) => Step::To(at),
            (false, false) => Step::Scan(at),
        });
        known[atom.subject] = true;
        known[atom.object] = true;
        open.retain(|other| *other != at);
    }
}

/// One way in which a rule holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The ends of what follows.
    pub ends: (u32, u32),
    /// What it carries.
    pub annotation: Code,
    /// How high its proof is.
    pub height: u32,
}

/// A rule on its way through the tables.
pub struct Walk<'a> {
    /// The rule.
    pub rule: &'a Compiled,
    /// Its steps.
    pub steps: &'a [Step],
    /// The tables.
    pub tables: &'a [Table],
    /// For each condition the places of tuples that count.
    pub ranges: Vec<Range<u32>>,
    /// What the slots hold.
    pub slots: Vec<u32>,
    /// The places of the tuples that were taken, by condition.
    pub taken: Vec<u32>,
    /// Tuples that others outdo count as well: proofs may rest on them.
    pub outdone: bool,
    /// How many tuples were looked at.
    pub visited: u64,
    /// What tests look at.
    pub graph: &'a dyn GraphView,
    /// Of each slot whether it is a variable's, which takes what it is given.
    takes: Vec<bool>,
}

impl<'a> Walk<'a> {
    /// A rule at its beginning; every tuple counts.
    pub fn new(
        rule: &'a Compiled,
        steps: &'a [Step],
        tables: &'a [Table],
        graph: &'a dyn GraphView,
    ) -> Walk<'a> {
        let slots = rule.slots.iter().map(|slot| match slot {
            Slot::Constant(entity) => *entity,
            Slot::Variable(_) => NOBODY,
        });
        let all = |atom: &crate::rules::program::Atom| 0..tables[atom.table].len() as u32;
        Walk {
            rule,
            steps,
            tables,
            ranges: rule.atoms.iter().map(all).collect(),
            slots: slots.collect(),
            taken: vec![u32::MAX; rule.atoms.len()],
            outdone: false,
            visited: 0,
            graph,
            takes: rule
                .slots
                .iter()
                .map(|slot| matches!(slot, Slot::Variable(_)))
                .collect(),
        }
    }

    /// Hands every way in which the rule holds to the sink, until that says to stop.
    pub fn run<F>(&mut self, annotations: &mut Annotations, sink: &mut F) -> bool
    where
        F: FnMut(&Walk<'_>, Found) -> bool,
    {
        self.step(0, (OPEN, 0), annotations, sink)
    }

    fn step<F>(
        &mut self,
        at: usize,
        so_far: (Code, u32),
        annotations: &mut Annotations,
        sink: &mut F,
    ) -> bool
    where
        F: FnMut(&Walk<'_>, Found) -> bool,
    {
        let Some(step) = self.steps.get(at) else {
            let (_, subject, object) = self.rule.head;
            let found = Found {
                ends: (self.slots[subject], self.slots[object]),
                annotation: so_far.0,
                height: so_far.1 + 1,
            };
            return sink(self, found);
        };
        let (tables, rule) = (self.tables, self.rule);
        match *step {
            Step::Test(test) => {
                !rule.tests[test].holds(&self.slots, self.graph)
                    || self.step(at + 1, so_far, annotations, sink)
            }
            Step::Absent(atom) => {
                let own = &rule.atoms[atom];
                let table = &tables[own.table];
                let there = table
                    .between(self.slots[own.subject], self.slots[own.object])
                    .any(|place| {
                        let code = table.get(place).annotation;
                        let annotation = annotations.get(code);
                        table.stands(place)
                            && own
                                .limits
                                .pass(annotation, annotations.number(annotation.likelihood))
                    });
                there || self.step(at + 1, so_far, annotations, sink)
            }
            Step::Scan(atom) => {
                let mut places = self.ranges[atom].clone();
                places.all(|place| self.take(at, atom, place, so_far, annotations, sink))
            }
            Step::From(atom) => {
                let own = &rule.atoms[atom];
                let mut places = tables[own.table].from(self.slots[own.subject]);
                places.all(|place| self.take(at, atom, place, so_far, annotations, sink))
            }
            Step::To(atom) => {
                let own = &rule.atoms[atom];
                let mut places = tables[own.table].to(self.slots[own.object]);
                places.all(|place| self.take(at, atom, place, so_far, annotations, sink))
            }
            Step::Between(atom) => {
                let own = &rule.atoms[atom];
                let ends = (self.slots[own.subject], self.slots[own.object]);
                let mut places = tables[own.table].between(ends.0, ends.1);
                places.all(|place| self.take(at, atom, place, so_far, annotations, sink))
            }
        }
    }

    /// Takes one tuple for a condition and goes on from there.
    #[inline]
    fn take<F>(
        &mut self,
        at: usize,
        atom: usize,
        place: u32,
        (so_far, height): (Code, u32),
        annotations: &mut Annotations,
        sink: &mut F,
    ) -> bool
    where
        F: FnMut(&Walk<'_>, Found) -> bool,
    {
        self.visited += 1;
        let own = &self.rule.atoms[atom];
        let table = &self.tables[own.table];
        let counts = self.outdone || table.stands(place);
        if !self.ranges[atom].contains(&place) || !counts {
            return true;
        }
        let tuple = table.get(place);
        if !own.limits.is_empty() {
            let annotation = annotations.get(tuple.annotation);
            let number = annotations.number(annotation.likelihood);
            if !own.limits.pass(annotation, number) {
                return true;
            }
        }
        let joined = match so_far {
            OPEN => Some(tuple.annotation),
            so_far => annotations.join(so_far, tuple.annotation),
        };
        let Some(joined) = joined else {
            return true;
        };
        let (subject, object) = (own.subject, own.object);
        if subject == object && tuple.subject != tuple.object {
            return true;
        }
        // A constant, or what an earlier step bound, must be met where a scan did not ask for it.
        let before = (self.slots[subject], self.slots[object]);
        let fits = |slot: usize, held: u32, found: u32| {
            held == found || held == NOBODY && self.takes[slot]
        };
        if !fits(subject, before.0, tuple.subject) || !fits(object, before.1, tuple.object) {
            return true;
        }
        self.slots[subject] = tuple.subject;
        self.slots[object] = tuple.object;
        self.taken[atom] = place;
        let so_far = (joined, height.max(tuple.height));
        let goes_on = self.step(at + 1, so_far, annotations, sink);
        self.slots[subject] = before.0;
        self.slots[object] = before.1;
        goes_on
    }
}

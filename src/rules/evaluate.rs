//! Semi-naive evaluation in three sentences: a round runs each rule once for each of its conditions
//! that what came in the last round may meet, that condition over what is new and the others over
//! what was there. What follows goes behind what is there, unless it is there already. A stratum is
//! done when a round brings nothing.

use crate::graph::{ClaimFilter, Columns, DerivedClaim, GraphView};
use crate::model::{EntityId, RelationId, Rules};
use crate::rules::annotations::Annotations;
use crate::rules::join::{Found, Walk, order};
use crate::rules::program::Program;
use crate::rules::tables::{STATED, Table, Tuple};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many tuples are joined before what they give is added.
const CHUNK: u32 = 4096;

/// Why an evaluation ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// From outside.
    Cancelled,
    /// It gave more tuples than it may.
    Tuples(u64),
    /// It took longer than it may.
    Time(Duration),
}

/// How far an evaluation may go.
#[derive(Clone, Copy, Debug)]
pub struct Guard<'a> {
    /// Set from outside to stop it.
    pub cancel: Option<&'a AtomicBool>,
    /// Most tuples that may be derived.
    pub tuples: u64,
    /// How long it may take.
    pub time: Option<Duration>,
}

impl Default for Guard<'_> {
    fn default() -> Self {
        Guard {
            cancel: None,
            tuples: 200_000_000,
            time: None,
        }
    }
}

/// What rules give over one view of a case.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// The rules.
    pub program: Program,
    /// A table for each relation that they read or write.
    pub tables: Vec<Table>,
    /// What tuples carry.
    pub annotations: Annotations,
    /// The view.
    pub base: ClaimFilter,
    /// How many rounds were run.
    pub rounds: u32,
    /// How many tuples were looked at.
    pub visited: u64,
    /// The relations that were asked for; all where none is given.
    pub(in crate::rules) wanted: Option<Vec<RelationId>>,
    /// How many tuples of each table are accounted for in all that is derived.
    settled: Vec<u32>,
    /// The highest number of a claim that was read.
    pub(in crate::rules) read: u32,
    /// Of each table a mark of all the claims that were read into it.
    pub(in crate::rules) marks: Vec<u64>,
}

/// Evaluates the rules in force that bear on some relations, or all of them, over what `base` shows.
pub fn evaluate(
    rules: &Rules,
    wanted: Option<&[RelationId]>,
    graph: &dyn GraphView,
    base: &ClaimFilter,
    guard: Guard<'_>,
) -> Result<Evaluation, Stopped> {
    let program = Program::new(rules, wanted, graph);
    let columns = graph.columns();
    let mut evaluation = Evaluation {
        annotations: Annotations::new(columns),
        tables: program.keys.iter().map(|_| Table::default()).collect(),
        settled: vec![0; program.keys.len()],
        marks: vec![0; program.keys.len()],
        base: base.clone(),
        wanted: wanted.map(<[RelationId]>::to_vec),
        program,
        ..Evaluation::default()
    };
    evaluation.lay_out();
    for table in 0..evaluation.tables.len() {
        evaluation.read_claims(table, graph, 0);
    }
    evaluation.read = highest(graph.columns());
    evaluation.run(graph, guard, None)?;
    Ok(evaluation)
}

impl Evaluation {
    /// The claims that rules give, those of a relation that runs both ways once.
    pub fn claims(&self) -> Vec<DerivedClaim> {
        let mut claims = Vec::new();
        for (at, table) in self
            .tables
            .iter()
            .enumerate()
            .filter(|(at, _)| self.program.derived[*at])
        {
            for place in 0..table.len() as u32 {
                let tuple = table.get(place);
                let turned = self.program.symmetric[at] && tuple.subject > tuple.object;
                if tuple.rule == STATED || turned || !table.stands(place) {
                    continue;
                }
                let annotation = self.annotations.get(tuple.annotation);
                claims.push(DerivedClaim {
                    subject: tuple.subject,
                    relation: self.program.keys[at].relation.0,
                    object: tuple.object,
                    likelihood: annotation.likelihood,
                    valid: annotation.valid,
                    marking: annotation.marking,
                    transaction: annotation.transaction,
                    rule: tuple.rule,
                });
            }
        }
        claims
    }

    /// The highest proof among those of a fact that stand.
    pub fn height(&self, relation: RelationId, subject: EntityId, object: EntityId) -> u32 {
        let Some(table) = self.program.table(relation) else {
            return 0;
        };
        let table = &self.tables[table];
        let places = table
            .between(subject.0, object.0)
            .filter(|place| table.stands(*place));
        places
            .map(|place| table.get(place).height)
            .max()
            .unwrap_or(0)
    }

    /// Lays out all that a search for proofs reads.
    pub fn lay_out_all(&mut self) {
        self.tables
            .iter_mut()
            .for_each(|table| table.index(true, true, true));
    }

    /// Which ways into the tables the rules take.
    fn lay_out(&mut self) {
        for (at, table) in self.tables.iter_mut().enumerate() {
            table.index(self.program.derived[at], false, false);
        }
        for rule in &self.program.rules {
            for atom in rule.atoms.iter().filter(|atom| atom.negated) {
                self.tables[atom.table].index(true, false, false);
            }
        }
    }

    /// Runs all strata. With `changed`, the tables that do not hold what they held, what was derived
    /// before stands as far as it rests on others, and only what is new there is joined; a stratum that
    /// rests on one of them is done anew, and changes its own.
    pub(in crate::rules) fn run(
        &mut self,
        graph: &dyn GraphView,
        guard: Guard<'_>,
        mut changed: Option<&mut [bool]>,
    ) -> Result<(), Stopped> {
        let begun = Instant::now();
        let mut budget = Budget {
            guard,
            begun,
            derived: 0,
        };
        let before = self.settled.clone();
        for stratum in self.program.strata.clone() {
            let heads: Vec<usize> = stratum
                .iter()
                .map(|rule| self.program.rules[*rule].head.0)
                .collect();
            let anew = match changed.as_deref_mut() {
                None => true,
                Some(changed) => {
                    let anew = self.rests_on(&stratum, &before, changed);
                    for head in heads.iter().copied().filter(|_| anew) {
                        if !std::mem::replace(&mut changed[head], true) {
                            self.read_anew(head, graph);
                        }
                    }
                    anew
                }
            };
            // Of tables below only what came since is new; of its own all that is stated.
            let mut old = before.clone();
            let mut first = true;
            loop {
                let new: Vec<u32> = self.tables.iter().map(|table| table.len() as u32).collect();
                for rule in &stratum {
                    self.run_rule(*rule, &old, &new, first && anew, &heads, graph, &mut budget)?;
                }
                self.rounds += 1;
                let grown = self
                    .tables
                    .iter()
                    .zip(&new)
                    .any(|(table, new)| table.len() as u32 > *new);
                old = new;
                first = false;
                if !grown {
                    break;
                }
            }
        }
        self.settled = self.tables.iter().map(|table| table.len() as u32).collect();
        Ok(())
    }

    /// One rule in one round: whole, or once for each condition that something new may meet.
    #[allow(clippy::too_many_arguments)] // They are the state of one round.
    fn run_rule(
        &mut self,
        rule: usize,
        old: &[u32],
        new: &[u32],
        whole: bool,
        heads: &[usize],
        graph: &dyn GraphView,
        budget: &mut Budget<'_>,
    ) -> Result<(), Stopped> {
        let compiled = self.program.rules[rule].clone();
        let (head, ..) = compiled.head;
        let positive: Vec<usize> = (0..compiled.atoms.len())
            .filter(|at| !compiled.atoms[*at].negated)
            .collect();
        let fresh = |at: &usize| {
            let table = compiled.atoms[*at].table;
            old[table] < new[table]
        };
        let firsts: Vec<Option<usize>> = match whole {
            true => vec![None],
            false => positive.iter().copied().filter(fresh).map(Some).collect(),
        };
        let symmetric = self.program.symmetric[head];
        for first in firsts {
            let steps = order(&compiled, first, &[], &self.tables);
            for step in &steps {
                let (atom, pairs, out, into) = match step {
                    crate::rules::join::Step::From(atom) => (atom, false, true, false),
                    crate::rules::join::Step::To(atom) => (atom, false, false, true),
                    crate::rules::join::Step::Between(atom)
                    | crate::rules::join::Step::Absent(atom) => (atom, true, false, false),
                    crate::rules::join::Step::Scan(_) | crate::rules::join::Step::Test(_) => {
                        continue;
                    }
                };
                self.tables[compiled.atoms[*atom].table].index(pairs, out, into);
            }
            let mut ranges: Vec<Range<u32>> = Vec::new();
            for (at, atom) in compiled.atoms.iter().enumerate() {
                let table = atom.table;
                ranges.push(match first {
                    Some(first) if at == first => old[table]..new[table],
                    // Each way is found once: what is before the first may be new, what is behind may not.
                    Some(first) if at > first => 0..old[table],
                    Some(_) | None => 0..new[table],
                });
            }
            // The outermost condition is cut into chunks, and what each gives is added before the next.
            let outer = match steps.first() {
                Some(crate::rules::join::Step::Scan(atom)) => Some(*atom),
                Some(_) | None => None,
            };
            let all = outer.map_or(0..1, |atom| ranges[atom].clone());
            let mut start = all.start;
            let mut found: Vec<Found> = Vec::new();
            while start < all.end {
                let end = start.saturating_add(CHUNK).min(all.end);
                let mut walk = Walk::new(&compiled, &steps, &self.tables, graph);
                walk.ranges.clone_from(&ranges);
                if let Some(atom) = outer {
                    walk.ranges[atom] = start..end;
                }
                walk.run(&mut self.annotations, &mut |_, way| {
                    found.push(way);
                    true
                });
                self.visited += walk.visited;
                budget.check(found.len() as u64)?;
                for way in found.drain(..) {
                    let mut tuple = Tuple {
                        subject: way.ends.0,
                        object: way.ends.1,
                        annotation: way.annotation,
                        height: way.height,
                        rule: compiled.place,
                    };
                    let table = &mut self.tables[head];
                    let mut added = table.add(tuple, &mut self.annotations);
                    if symmetric {
                        (tuple.subject, tuple.object) = (way.ends.1, way.ends.0);
                        added |= table.add(tuple, &mut self.annotations);
                    }
                    budget.derived += u64::from(added);
                }
                start = end;
            }
        }
        debug_assert!(heads.contains(&head));
        Ok(())
    }
}

struct Budget<'a> {
    guard: Guard<'a>,
    begun: Instant,
    derived: u64,
}

impl Budget<'_> {
    fn check(&self, more: u64) -> Result<(), Stopped> {
        if self
            .guard
            .cancel
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
        {
            return Err(Stopped::Cancelled);
        }
        if self.derived + more > self.guard.tuples {
            return Err(Stopped::Tuples(self.guard.tuples));
        }
        match self.guard.time {
            Some(time) if self.begun.elapsed() > time => Err(Stopped::Time(time)),
            Some(_) | None => Ok(()),
        }
    }
}

/// The highest number of a stated claim.
pub(in crate::rules) fn highest(columns: &Columns) -> u32 {
    columns.len() as u32
}

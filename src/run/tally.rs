//! Tally: how many walks there are along a chain of steps, and how many of them come back to where they
//! began. It adds numbers up entity by entity and builds no row: a circle is counted by marking what
//! leads back to its beginning.

use crate::algebra::{Datum, Fault, Tally, TallyStep};
use crate::graph::{GraphView, Run, Seen};
use crate::model::EntityId;
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Execution, Halt, Operator};
use crate::run::sets::Members;
use roaring::RoaringBitmap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From how many roots on circles are counted on all cores.
const MANY: u64 = 1 << 12;
/// How many roots a core takes at once.
const SOME: usize = 256;

/// The operator.
pub struct Tallying<'p> {
    /// What is counted; taken when it has been.
    pub tally: Option<&'p Tally>,
}

/// Numbers of entities, most of which are 0.
struct Weights {
    of: Vec<u64>,
    some: Vec<u32>,
}

impl Weights {
    fn new(entities: usize) -> Weights {
        Weights {
            of: vec![0; entities],
            some: Vec::new(),
        }
    }

    fn add(&mut self, id: u32, more: u64) -> Result<(), Halt> {
        let of = &mut self.of[id as usize];
        if *of == 0 && more > 0 {
            self.some.push(id);
        }
        *of = of.checked_add(more).ok_or_else(overflow)?;
        Ok(())
    }

    fn clear(&mut self) {
        for id in self.some.drain(..) {
            self.of[id as usize] = 0;
        }
    }
}

fn overflow() -> Halt {
    Fault::new(
        "ArithmeticError",
        "NumericValueOutOfRange",
        "there are more rows than an integer can count",
    )
    .help("narrow the pattern")
    .into()
}

/// A step made ready.
struct Ready<'g> {
    step: &'g TallyStep,
    seen: Seen<'g, dyn GraphView + Sync + 'g>,
    members: &'g Members,
}

impl<'g> Ready<'g> {
    fn all(steps: &'g [TallyStep], sets: &'g [Members], execution: &Execution<'g>) -> Vec<Self> {
        let ready = |(step, members): (&'g TallyStep, &'g Members)| Ready {
            step,
            seen: Seen::new(execution.graph, step.filter.clone()),
            members,
        };
        steps.iter().zip(sets).map(ready).collect()
    }

    /// Calls `each` with every run of neighbours and how many rows each neighbour stands for.
    fn walk(
        &self,
        from: u32,
        turned: bool,
        execution: &Execution<'_>,
        each: &mut dyn FnMut(Run<'_>, &mut dyn Iterator<Item = u32>),
    ) {
        for route in &self.step.routes {
            let direction = match turned {
                true => route.direction.reversed(),
                false => route.direction,
            };
            let of = EntityId(from);
            self.seen
                .neighbours(of, route.relation, direction, &mut |run| {
                    execution.visited(run.ends.len());
                    if !self.step.claims {
                        return each(run, &mut std::iter::repeat(1));
                    }
                    match run.counts() {
                        Some(mut counts) => each(run, &mut counts),
                        None => {
                            let mut rows = Vec::new();
                            let mut counts = run.facts.iter().map(|fact| {
                                rows.clear();
                                self.seen.claims(*fact, &mut rows);
                                rows.len() as u32
                            });
                            each(run, &mut counts);
                        }
                    }
                });
        }
    }

    /// The next weights of the entities that a step leads to.
    fn follow(
        &self,
        from: &Weights,
        to: &mut Weights,
        execution: &Execution<'_>,
    ) -> Result<(), Halt> {
        let any = matches!(self.members, Members::Any);
        for id in &from.some {
            execution.check()?;
            let weight = from.of[*id as usize];
            let mut outcome = Ok(());
            self.walk(*id, false, execution, &mut |run, counts| {
                for (end, count) in run.ends.iter().zip(counts) {
                    if outcome.is_ok() && (any || self.members.has(*end, execution.graph)) {
                        let more = weight.checked_mul(u64::from(count));
                        let more = more.ok_or_else(overflow);
                        outcome = more.and_then(|more| to.add(*end, more));
                    }
                }
            });
            outcome?;
        }
        Ok(())
    }

    /// The weights summed over the entities that this last step leads to, each times its mark.
    fn sum(&self, from: &Weights, marks: &[u64], execution: &Execution<'_>) -> Result<u64, Halt> {
        let mut total: u64 = 0;
        for id in &from.some {
            execution.check()?;
            let mut sum: u128 = 0;
            self.walk(*id, false, execution, &mut |run, counts| {
                // The commonest case by far is worth a loop of its own.
                match run.claims.filter(|_| self.step.claims) {
                    Some(beside) => {
                        let mut part: u64 = 0;
                        let starts = &beside.starts[..run.ends.len() + 1];
                        for (at, end) in run.ends.iter().enumerate() {
                            let count = u64::from(starts[at + 1] - starts[at]);
                            part = part.saturating_add(count.saturating_mul(marks[*end as usize]));
                        }
                        sum += u128::from(part);
                    }
                    None => {
                        for (end, count) in run.ends.iter().zip(counts) {
                            sum += u128::from(count) * u128::from(marks[*end as usize]);
                        }
                    }
                }
            });
            let sum = u64::try_from(sum).map_err(|_| overflow())?;
            let more = sum.checked_mul(from.of[*id as usize]);
            let more = more.and_then(|more| total.checked_add(more));
            total = more.ok_or_else(overflow)?;
        }
        Ok(total)
    }
}

fn count(tally: &Tally, execution: &Execution<'_>) -> Result<u64, Halt> {
    let starts = Members::new(&tally.start, execution)?.laid_out(execution.graph);
    let sets = tally.steps.iter();
    let sets = sets.map(|step| Members::new(&step.set, execution));
    let sets: Vec<Members> = sets.collect::<Result<_, _>>()?;
    if tally.closed && !tally.steps.is_empty() {
        return circles(&tally.steps, &sets, starts, execution);
    }
    let entities = execution.graph.entities().len();
    let mut weights = Weights::new(entities);
    for id in starts {
        weights.add(id, 1)?;
    }
    for step in Ready::all(&tally.steps, &sets, execution) {
        let mut next = Weights::new(entities);
        step.follow(&weights, &mut next, execution)?;
        weights = next;
    }
    let sum = weights
        .some
        .iter()
        .try_fold(0u64, |sum, id| sum.checked_add(weights.of[*id as usize]));
    sum.ok_or_else(overflow)
}

/// The walks that come back to their roots. Of many roots each core takes some at a time.
fn circles(
    steps: &[TallyStep],
    sets: &[Members],
    roots: RoaringBitmap,
    execution: &Execution<'_>,
) -> Result<u64, Halt> {
    if roots.len() < MANY {
        return from_roots(
            &Ready::all(steps, sets, execution),
            &mut roots.iter(),
            execution,
        );
    }
    let roots: Vec<u32> = roots.iter().collect();
    let (share, next) = (execution.share(), AtomicUsize::new(0));
    let parts = rayon::broadcast(|_| {
        let own = share.execution();
        let ready = Ready::all(steps, sets, &own);
        let mut some = std::iter::from_fn(|| {
            let at = next.fetch_add(SOME, Ordering::Relaxed);
            roots.get(at..roots.len().min(at + SOME))
        });
        let total = from_roots(&ready, &mut some.by_ref().flatten().copied(), &own);
        (total, own.work())
    });
    parts.into_iter().try_fold(0u64, |sum, (total, work)| {
        execution.visited(work.neighbours as usize);
        sum.checked_add(total?).ok_or_else(overflow)
    })
}

fn from_roots(
    ready: &[Ready<'_>],
    roots: &mut dyn Iterator<Item = u32>,
    execution: &Execution<'_>,
) -> Result<u64, Halt> {
    let Some((last, before)) = ready.split_last() else {
        return Ok(0);
    };
    let entities = execution.graph.entities().len();
    let mut total: u64 = 0;
    let mut marks = Weights::new(entities);
    let mut levels: Vec<Weights> = before.iter().map(|_| Weights::new(entities)).collect();
    for root in roots {
        // What leads back to the root in one step is marked with the number of ways.
        let mut outcome = Ok(());
        last.walk(root, true, execution, &mut |run, counts| {
            for (end, count) in run.ends.iter().zip(counts) {
                // The walk may only come back from where the step before may end.
                let allowed = before.last().is_none_or(|step| {
                    matches!(step.members, Members::Any) || step.members.has(*end, execution.graph)
                });
                if outcome.is_ok() && allowed {
                    outcome = marks.add(*end, u64::from(count));
                }
            }
        });
        outcome?;
        if marks.some.is_empty() || !last.members.has(root, execution.graph) {
            marks.clear();
            continue;
        }
        total = total
            .checked_add(closed(before, root, &mut levels, &marks, execution)?)
            .ok_or_else(overflow)?;
        marks.clear();
    }
    Ok(total)
}

/// The walks from a root over some steps to what is marked.
fn closed(
    steps: &[Ready<'_>],
    root: u32,
    levels: &mut [Weights],
    marks: &Weights,
    execution: &Execution<'_>,
) -> Result<u64, Halt> {
    let Some((final_step, before)) = steps.split_last() else {
        return Ok(marks.of[root as usize]);
    };
    let Some((first, between)) = before.split_first() else {
        return one(final_step, root, marks, execution);
    };
    let (begin, rest) = levels.split_first_mut().ok_or_else(overflow)?;
    begin.clear();
    let mut outcome = Ok(());
    let any = matches!(first.members, Members::Any);
    first.walk(root, false, execution, &mut |run, counts| {
        for (end, count) in run.ends.iter().zip(counts) {
            if outcome.is_ok() && (any || first.members.has(*end, execution.graph)) {
                outcome = begin.add(*end, u64::from(count));
            }
        }
    });
    outcome?;
    let mut now: &mut Weights = begin;
    let mut rest = rest;
    for step in between {
        let (next, others) = rest.split_first_mut().ok_or_else(overflow)?;
        next.clear();
        step.follow(now, next, execution)?;
        (now, rest) = (next, others);
    }
    final_step.sum(now, &marks.of, execution)
}

/// The marks that one step from a root leads to.
fn one(
    step: &Ready<'_>,
    root: u32,
    marks: &Weights,
    execution: &Execution<'_>,
) -> Result<u64, Halt> {
    let mut sum: u128 = 0;
    step.walk(root, false, execution, &mut |run, counts| {
        for (end, count) in run.ends.iter().zip(counts) {
            sum += u128::from(count) * u128::from(marks.of[*end as usize]);
        }
    });
    u64::try_from(sum).map_err(|_| overflow())
}

impl Operator for Tallying<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(tally) = self.tally.take() else {
            return Ok(None);
        };
        let total = count(tally, execution)?;
        let total = i64::try_from(total).map_err(|_| overflow())?;
        let mut out = Batch::unit();
        out.set(tally.var, Column::Values(vec![Datum::int(total)]));
        Ok(Some(out))
    }
}

//! Frontier: the distinct entities at the end of a chain of steps, set by set. It keeps no fact and
//! builds no row on the way.

use crate::algebra::{EntitySet, Step, Var};
use crate::graph::{GraphView, Seen};
use crate::model::EntityId;
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Execution, Halt, Operator};
use crate::run::sets::Members;

/// The operator.
pub struct Frontier<'p> {
    start: Option<&'p EntitySet>,
    steps: &'p [Step],
    var: Var,
}

impl<'p> Frontier<'p> {
    /// A walk from `start` over `steps`.
    pub fn new(start: &'p EntitySet, steps: &'p [Step], var: Var) -> Frontier<'p> {
        Frontier {
            start: Some(start),
            steps,
            var,
        }
    }

    /// The last entities, sorted; `None` when they were given already.
    fn reached(&mut self, execution: &Execution<'_>) -> Result<Option<Vec<u32>>, Halt> {
        let Some(start) = self.start.take() else {
            return Ok(None);
        };
        let start = Members::new(start, execution)?.laid_out(execution.graph);
        let mut reached: Vec<u32> = start.into_iter().collect();
        for step in self.steps {
            let members = Members::new(&step.set, execution)?;
            let seen = Seen::new(execution.graph, step.filter.clone());
            reached = match step.times {
                (1, Some(1)) => once(&reached, step, &seen, execution)?,
                _ => repeated(reached, step, &seen, execution)?,
            };
            members.sift(&mut reached, execution.graph);
        }
        Ok(Some(reached))
    }
}

impl Operator for Frontier<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(ids) = self.reached(execution)? else {
            return Ok(None);
        };
        let mut out = Batch {
            rows: ids.len(),
            ..Batch::default()
        };
        out.set(self.var, Column::Entities(ids));
        Ok((out.rows > 0).then_some(out))
    }
}

/// The entities that a step reaches when it is taken several times, each taken from once.
fn repeated<G: GraphView + ?Sized>(
    from: Vec<u32>,
    step: &Step,
    seen: &Seen<'_, G>,
    execution: &Execution<'_>,
) -> Result<Vec<u32>, Halt> {
    let (least, most) = step.times;
    let through = Members::new(&step.through, execution)?;
    let entities = execution.graph.entities().len();
    let mut all = Reached::new(entities);
    if least == 0 {
        all.add(&mut from.clone());
    }
    let mut at = from;
    let mut depth = 0;
    while !at.is_empty() && most.is_none_or(|most| depth < most) {
        at = once(&at, step, seen, execution)?;
        through.sift(&mut at, execution.graph);
        depth += 1;
        if depth >= least {
            // What was reached before has been gone on from before.
            all.add(&mut at);
        }
    }
    Ok(all.sorted())
}

/// Entities that were reached: a list while they are few, marks when they are many.
struct Reached {
    few: Vec<u32>,
    marks: Vec<u64>,
    entities: usize,
}

impl Reached {
    fn new(entities: usize) -> Reached {
        Reached {
            few: Vec::new(),
            marks: Vec::new(),
            entities,
        }
    }

    /// Adds sorted entities; leaves those that are new.
    fn add(&mut self, ids: &mut Vec<u32>) {
        if self.marks.is_empty() && self.few.len() + ids.len() > self.entities / 64 {
            self.marks = vec![0; self.entities / 64 + 1];
            for id in self.few.drain(..) {
                self.marks[id as usize / 64] |= 1 << (id % 64);
            }
        }
        if self.marks.is_empty() {
            ids.retain(|id| self.few.binary_search(id).is_err());
            self.few.extend_from_slice(ids);
            self.few.sort_unstable();
            return;
        }
        ids.retain(|id| {
            let word = &mut self.marks[*id as usize / 64];
            let fresh = *word & (1 << (id % 64)) == 0;
            *word |= 1 << (id % 64);
            fresh
        });
    }

    fn sorted(mut self) -> Vec<u32> {
        unmarked(&self.marks, &mut self.few);
        self.few
    }
}

/// Appends what is marked, in order.
fn unmarked(marks: &[u64], out: &mut Vec<u32>) {
    for (word, bits) in marks.iter().enumerate() {
        let mut bits = *bits;
        while bits != 0 {
            out.push(word as u32 * 64 + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

/// The entities one step away, sorted. A small step gathers and sorts; a wide one marks bits.
fn once<G: GraphView + ?Sized>(
    from: &[u32],
    step: &Step,
    seen: &Seen<'_, G>,
    execution: &Execution<'_>,
) -> Result<Vec<u32>, Halt> {
    let entities = execution.graph.entities().len();
    let mut marks: Vec<u64> = Vec::new();
    let mut few: Vec<u32> = Vec::new();
    // What one entity has under one relation comes sorted and each once.
    let alone = from.len() == 1 && step.routes.len() == 1;
    for id in from {
        execution.check()?;
        for route in &step.routes {
            seen.neighbours(EntityId(*id), route.relation, route.direction, &mut |run| {
                execution.visited(run.ends.len());
                let small = few.len() + run.ends.len() <= entities / 64;
                if marks.is_empty() && (small || alone) {
                    few.extend_from_slice(run.ends);
                    return;
                }
                if marks.is_empty() {
                    marks = vec![0; entities / 64 + 1];
                    for end in few.drain(..) {
                        marks[end as usize / 64] |= 1 << (end % 64);
                    }
                }
                for end in run.ends {
                    marks[*end as usize / 64] |= 1 << (end % 64);
                }
            });
        }
    }
    if !few.is_sorted() {
        few.sort_unstable();
    }
    few.dedup();
    if !marks.is_empty() {
        let count = marks.iter().map(|bits| bits.count_ones() as usize).sum();
        few.reserve_exact(count);
    }
    unmarked(&marks, &mut few);
    Ok(few)
}

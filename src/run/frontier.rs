//! Frontier: the distinct entities at the end of a chain of steps, set by set. It keeps no fact and
//! builds no row on the way.

use crate::algebra::{EntitySet, Route, Step, Var};
use crate::graph::{GraphView, Seen};
use crate::model::EntityId;
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Execution, Halt, Operator};
use crate::run::sets::Members;
use roaring::RoaringBitmap;

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
}

impl Operator for Frontier<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(start) = self.start.take() else {
            return Ok(None);
        };
        let start = Members::new(start, execution)?.laid_out(execution.graph);
        let mut reached: Vec<u32> = start.into_iter().collect();
        for wanted in self.steps {
            let members = Members::new(&wanted.set, execution)?;
            let seen = Seen::new(execution.graph, wanted.filter.clone());
            let (least, most) = wanted.times;
            if (least, most) == (1, Some(1)) {
                reached = step(&reached, &wanted.routes, &seen, &members, execution)?;
                continue;
            }
            // Level by level; what was entered once is not entered again.
            let bitmap = |ids: &[u32]| RoaringBitmap::from_sorted_iter(ids.iter().copied());
            let sorted = |ids: Vec<u32>| bitmap(&ids).unwrap_or_default();
            let mut entered = sorted(reached.clone());
            let mut all = match least {
                0 => entered.clone(),
                _ => RoaringBitmap::new(),
            };
            let mut level = reached;
            let mut depth = 0;
            while !level.is_empty() && most.is_none_or(|most| depth < most) {
                let next = step(&level, &wanted.routes, &seen, &Members::Any, execution)?;
                let next = sorted(next);
                all |= &next;
                let fresh = next - &entered;
                entered |= &fresh;
                level = fresh.into_iter().collect();
                depth += 1;
            }
            reached = all
                .into_iter()
                .filter(|id| matches!(members, Members::Any) || members.has(*id, execution.graph))
                .collect();
        }
        let ids = reached;
        let mut out = Batch {
            rows: ids.len(),
            ..Batch::default()
        };
        out.set(self.var, Column::Entities(ids));
        Ok((out.rows > 0).then_some(out))
    }
}

/// The entities one step away. A small step gathers and sorts; a wide one marks bits.
fn step<G: GraphView + ?Sized>(
    from: &[u32],
    routes: &[Route],
    seen: &Seen<'_, G>,
    members: &Members,
    execution: &Execution<'_>,
) -> Result<Vec<u32>, Halt> {
    let entities = execution.graph.entities().len();
    let mut marks: Vec<u64> = Vec::new();
    let mut few: Vec<u32> = Vec::new();
    for id in from {
        let id = *id;
        execution.check()?;
        for route in routes {
            seen.neighbours(EntityId(id), route.relation, route.direction, &mut |run| {
                execution.visited(run.ends.len());
                if marks.is_empty() && few.len() + run.ends.len() <= entities / 64 {
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
    let fits = |end: u32| matches!(members, Members::Any) || members.has(end, execution.graph);
    few.sort_unstable();
    few.dedup();
    let mut reached: Vec<u32> = few.into_iter().filter(|end| fits(*end)).collect();
    for (word, bits) in marks.into_iter().enumerate() {
        let mut bits = bits;
        while bits != 0 {
            let end = word as u32 * 64 + bits.trailing_zeros();
            if fits(end) {
                reached.push(end);
            }
            bits &= bits - 1;
        }
    }
    Ok(reached)
}

//! Paths between two sets of entities, shortest first. It walks distances from the goal first, so
//! that the search from the start never enters a dead end; no path visits an entity twice.

use crate::algebra::{PathRow, PathSearch};
use crate::graph::{Direction, GraphView, Row, Seen};
use crate::model::EntityId;
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Execution, Halt, Operator};
use crate::run::sets::Members;
use rustc_hash::{FxHashMap, FxHashSet};

/// The operator.
pub struct Paths<'p> {
    /// What to look for; taken when it has been found.
    pub search: Option<&'p PathSearch>,
}

impl Operator for Paths<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(search) = self.search.take() else {
            return Ok(None);
        };
        let from = Members::new(&search.from, execution)?.laid_out(execution.graph);
        let to = Members::new(&search.to, execution)?.laid_out(execution.graph);
        let seen = Seen::new(execution.graph, search.filter.clone());
        let mut walk = Walk {
            search,
            seen,
            execution,
            avoiding: search.avoiding.iter().map(|id| id.0).collect(),
            distance: FxHashMap::default(),
            found: Vec::new(),
        };
        walk.distances(to.iter(), &from)?;
        let near = from
            .iter()
            .filter_map(|id| walk.distance.get(&id).copied())
            .filter(|d| *d > 0);
        let shortest = near.min().unwrap_or(u32::MAX);
        let longest = if search.shortest {
            shortest
        } else {
            search.within
        };
        let mut length = shortest.max(1);
        while length <= longest.min(search.within) && (walk.found.len() as u64) < search.limit {
            for start in &from {
                if walk.avoiding.contains(&start) {
                    continue;
                }
                let mut path = PathRow {
                    entities: vec![EntityId(start)],
                    facts: Vec::new(),
                };
                walk.extend(&mut path, length, &to)?;
            }
            length += 1;
        }
        let found = walk.found;
        let mut out = Batch {
            rows: found.len(),
            ..Batch::default()
        };
        out.set(search.var, Column::Paths(found));
        Ok((out.rows > 0).then_some(out))
    }
}

struct Walk<'a, 'g> {
    search: &'a PathSearch,
    seen: Seen<'g, dyn GraphView + Sync + 'g>,
    execution: &'a Execution<'g>,
    avoiding: FxHashSet<u32>,
    /// Hops to the nearest goal, of every entity within reach.
    distance: FxHashMap<u32, u32>,
    found: Vec<PathRow>,
}

impl Walk<'_, '_> {
    /// Breadth-first from the goals until every start is reached, or the bound.
    fn distances(
        &mut self,
        goals: impl Iterator<Item = u32>,
        starts: &roaring::RoaringBitmap,
    ) -> Result<(), Halt> {
        let mut level: Vec<u32> = goals.filter(|id| !self.avoiding.contains(id)).collect();
        level.iter().for_each(|id| {
            self.distance.insert(*id, 0);
        });
        let mut hops = 0;
        while !level.is_empty() && hops < self.search.within {
            let reached = level.iter().any(|id| starts.contains(*id)) && hops > 0;
            if reached && self.search.shortest {
                break;
            }
            hops += 1;
            let mut next = Vec::new();
            for id in level {
                self.execution.check()?;
                for (end, _) in self.steps(id, true) {
                    if let std::collections::hash_map::Entry::Vacant(e) = self.distance.entry(end) {
                        e.insert(hops);
                        next.push(end);
                    }
                }
            }
            self.execution.built(next.len() as u64)?;
            level = next;
        }
        Ok(())
    }

    /// The facts at an entity, with their other ends; backwards where the search is directed and
    /// runs from the goal.
    fn steps(&self, id: u32, backwards: bool) -> Vec<(u32, Row)> {
        let mut steps = Vec::new();
        for route in &self.search.routes {
            let ahead = if backwards {
                route.direction.reversed()
            } else {
                route.direction
            };
            let both = [ahead, ahead.reversed()];
            for direction in &both[..1 + usize::from(self.search.undirected)] {
                self.seen
                    .neighbours(EntityId(id), route.relation, *direction, &mut |run| {
                        self.execution.visited(run.ends.len());
                        let pairs = run.ends.iter().copied().zip(run.facts.iter().copied());
                        steps.extend(pairs.filter(|(end, _)| !self.avoiding.contains(end)));
                    });
            }
        }
        steps
    }

    /// Every way to go on from a path by exactly `left` hops to a goal.
    fn extend(
        &mut self,
        path: &mut PathRow,
        left: u32,
        goals: &roaring::RoaringBitmap,
    ) -> Result<(), Halt> {
        let Some(last) = path.entities.last().copied() else {
            return Ok(());
        };
        if left == 0 {
            if goals.contains(last.0) {
                self.found.push(path.clone());
                self.execution.built(1)?;
            }
            return Ok(());
        }
        let mut steps = self.steps(last.0, false);
        steps.sort_unstable();
        for (end, fact) in steps {
            if self.found.len() as u64 >= self.search.limit {
                return Ok(());
            }
            self.execution.check()?;
            let near = self.distance.get(&end).is_some_and(|hops| *hops < left);
            if !near || path.entities.contains(&EntityId(end)) {
                continue;
            }
            path.entities.push(EntityId(end));
            path.facts.push(fact);
            self.extend(path, left - 1, goals)?;
            path.entities.pop();
            path.facts.pop();
        }
        Ok(())
    }
}

/// Whether a fact of a path runs from left to right.
pub fn runs_forward(graph: &dyn GraphView, fact: Row, left: EntityId) -> Direction {
    match graph.columns().subject(fact) == left {
        true => Direction::Out,
        false => Direction::In,
    }
}

//! Expand: from a bound end along facts to the other end. Facts are filtered where they are read,
//! ends where they are found; a hub's facts are passed on in parts.

use crate::algebra::{EntitySet, Route, Var};
use crate::graph::filter::ClaimFilter;
use crate::graph::{Direction, GraphView, Seen};
use crate::model::EntityId;
use crate::run::batch::{Batch, Column, NONE, ROWS};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::sets::Members;
use std::borrow::Cow;

/// Up to how many ends are looked up one by one.
const FEW: usize = 4;

/// From how many routes on those of an entity are looked up first.
const MANY: usize = 8;

/// The variables of an expansion.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The bound end.
    pub from: Var,
    /// The other end.
    pub to: Var,
    /// The fact.
    pub fact: Var,
}

/// The operator.
pub struct Expand<'p> {
    input: Boxed<'p>,
    ends: Ends,
    routes: &'p [Route],
    filter: &'p ClaimFilter,
    members: Members,
    /// A row for each claim.
    claims: bool,
    /// The input batch in hand and its next row.
    current: Option<(Batch, usize)>,
}

impl<'p> Expand<'p> {
    /// An expansion of the rows of `input`.
    pub fn new(
        input: Boxed<'p>,
        ends: Ends,
        routes: &'p [Route],
        filter: &'p ClaimFilter,
        set: &EntitySet,
        claims: bool,
        execution: &Execution<'_>,
    ) -> Result<Expand<'p>, Halt> {
        let members = Members::new(set, execution)?;
        Ok(Expand {
            input,
            ends,
            routes,
            filter,
            members,
            claims,
            current: None,
        })
    }
}

/// The routes to follow from an entity; of very many those that it has.
fn routes_at<'r>(routes: &'r [Route], from: u32, execution: &Execution<'_>) -> Cow<'r, [Route]> {
    if routes.len() <= MANY {
        return Cow::Borrowed(routes);
    }
    let mut here: Vec<Route> = Vec::new();
    for direction in [Direction::Out, Direction::In] {
        let mut relations = Vec::new();
        execution
            .graph
            .relations_at(EntityId(from), direction, &mut relations);
        let found = relations.into_iter().map(|relation| Route {
            relation,
            direction,
        });
        here.extend(found.filter(|route| routes.contains(route)));
    }
    Cow::Owned(here)
}

/// The entities of a set that is so small that each is looked up.
fn few(members: &Members) -> Option<impl Iterator<Item = u32>> {
    match members {
        Members::These(ids, _) if ids.len() <= FEW => Some(ids.clone().into_iter()),
        Members::Any | Members::Type(_) | Members::These(..) | Members::All(_) => None,
    }
}

/// The visible claims of facts, a row for each.
fn claims(
    seen: &Seen<'_, dyn GraphView + Sync + '_>,
    rows: &[u32],
    ends: &[u32],
    facts: &[u32],
) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let mut found: (Vec<u32>, Vec<u32>, Vec<u32>) = Default::default();
    let mut claims = Vec::new();
    for ((row, end), fact) in rows.iter().zip(ends).zip(facts) {
        claims.clear();
        seen.claims(*fact, &mut claims);
        for claim in &claims {
            found.0.push(*row);
            found.1.push(*end);
            found.2.push(*claim);
        }
    }
    found
}

impl Operator for Expand<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let seen = Seen::new(execution.graph, self.filter.clone());
        loop {
            if self.current.is_none() {
                let Some(batch) = self.input.next(execution)? else {
                    return Ok(None);
                };
                execution.passed(&batch)?;
                self.current = Some((batch, 0));
            }
            let Some((batch, row)) = &mut self.current else {
                continue;
            };
            let (mut rows, mut ends, mut facts) = (Vec::new(), Vec::new(), Vec::new());
            while *row < batch.rows && rows.len() < ROWS {
                let from = batch.column(self.ends.from).id(*row);
                let bound = batch.column(self.ends.to).id(*row);
                if from != NONE {
                    let routes = routes_at(self.routes, from, execution);
                    for (at, route) in routes.iter().enumerate() {
                        let first = ends.len();
                        if batch.binds(self.ends.to) {
                            if bound != NONE {
                                let (subject, object) = match route.direction {
                                    Direction::Out => (from, bound),
                                    Direction::In => (bound, from),
                                };
                                execution.visited(1);
                                let fact =
                                    seen.fact(EntityId(subject), route.relation, EntityId(object));
                                if let Some(fact) = fact {
                                    ends.push(bound);
                                    facts.push(fact);
                                }
                            }
                        } else if let Some(few) = few(&self.members) {
                            // A hub has many neighbours: where few may be meant, they are looked up.
                            for end in few {
                                let (subject, object) = match route.direction {
                                    Direction::Out => (from, end),
                                    Direction::In => (end, from),
                                };
                                execution.visited(1);
                                let ends_of = (EntityId(subject), EntityId(object));
                                if let Some(fact) = seen.fact(ends_of.0, route.relation, ends_of.1)
                                {
                                    ends.push(end);
                                    facts.push(fact);
                                }
                            }
                        } else {
                            seen.neighbours(
                                EntityId(from),
                                route.relation,
                                route.direction,
                                &mut |run| {
                                    execution.visited(run.ends.len());
                                    if matches!(self.members, Members::Any) {
                                        ends.extend_from_slice(run.ends);
                                        facts.extend_from_slice(run.facts);
                                        return;
                                    }
                                    for (end, fact) in run.ends.iter().zip(run.facts) {
                                        if self.members.has(*end, execution.graph) {
                                            ends.push(*end);
                                            facts.push(*fact);
                                        }
                                    }
                                },
                            );
                        }
                        // A fact of an entity with itself runs both ways and is one all the same.
                        if routes[..at].contains(&route.reversed()) {
                            let mut kept = first;
                            for place in first..ends.len() {
                                if ends[place] != from {
                                    ends.swap(kept, place);
                                    facts.swap(kept, place);
                                    kept += 1;
                                }
                            }
                            ends.truncate(kept);
                            facts.truncate(kept);
                        }
                        rows.resize(ends.len(), *row as u32);
                    }
                }
                *row += 1;
            }
            let done = *row >= batch.rows;
            if self.claims {
                (rows, ends, facts) = claims(&seen, &rows, &ends, &facts);
            }
            let mut out = batch.gather(&rows);
            out.set(self.ends.to, Column::Entities(ends));
            let column = if self.claims {
                Column::Claims
            } else {
                Column::Facts
            };
            out.set(self.ends.fact, column(facts));
            if done {
                self.current = None;
            }
            if out.rows > 0 {
                return Ok(Some(out));
            }
        }
    }
}

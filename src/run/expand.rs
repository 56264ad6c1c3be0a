//! Expand: from a bound end along facts to the other end. Facts are filtered where they are read,
//! ends where they are found; a hub's facts are passed on in parts.

use crate::algebra::{EntitySet, Route, Var};
use crate::graph::filter::ClaimFilter;
use crate::graph::{Direction, GraphView, Seen};
use crate::model::EntityId;
use crate::run::batch::{Batch, Column, NONE, ROWS};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::sets::Members;

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
        execution: &Execution<'_>,
    ) -> Result<Expand<'p>, Halt> {
        let members = Members::new(set, execution)?;
        Ok(Expand {
            input,
            ends,
            routes,
            filter,
            members,
            current: None,
        })
    }
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
                    for route in self.routes {
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
                                    rows.push(*row as u32);
                                    ends.push(bound);
                                    facts.push(fact);
                                }
                            }
                            continue;
                        }
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
                        rows.resize(ends.len(), *row as u32);
                    }
                }
                *row += 1;
            }
            let done = *row >= batch.rows;
            let mut out = batch.gather(&rows);
            out.set(self.ends.to, Column::Entities(ends));
            out.set(self.ends.fact, Column::Facts(facts));
            if done {
                self.current = None;
            }
            if out.rows > 0 {
                return Ok(Some(out));
            }
        }
    }
}

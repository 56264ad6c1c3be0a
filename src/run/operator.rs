//! The list that makes an operator for each plan node. It holds no operator's logic.

use crate::algebra::Plan;
use crate::graph::GraphView;
use crate::run::batch::Batch;
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::{expand, filter, frontier, group, keep, limit, paths, scan, sort, union, unwind};

/// The operator of a plan. `outer` are the rows that an inner plan begins with.
pub fn operator<'p>(
    plan: &'p Plan,
    execution: &Execution<'_>,
    outer: Option<&Batch>,
) -> Result<Boxed<'p>, Halt> {
    let input = |plan: &'p Plan| operator(plan, execution, outer);
    Ok(match plan {
        Plan::Unit => Box::new(Once(Some(Batch::unit()))),
        Plan::Row => Box::new(Once(outer.cloned())),
        // The optimiser turns patterns into scans and expansions; `optimize::plain` does so too.
        Plan::Match { .. } => Box::new(Once(None)),
        Plan::Keep {
            input: rows,
            inner,
            negated,
        } => Box::new(keep::Keep {
            input: input(rows)?,
            inner,
            negated: *negated,
        }),
        Plan::Scan {
            input: rows,
            var,
            set,
        } => Box::new(scan::Scan::new(input(rows)?, *var, set, execution)?),
        Plan::Expand {
            input: rows,
            from,
            to,
            fact,
            routes,
            filter,
            set,
        } => {
            let ends = expand::Ends {
                from: *from,
                to: *to,
                fact: *fact,
            };
            Box::new(expand::Expand::new(
                input(rows)?,
                ends,
                routes,
                filter,
                set,
                execution,
            )?)
        }
        Plan::Frontier { start, steps, var } => {
            Box::new(frontier::Frontier::new(start, steps, *var))
        }
        Plan::Filter {
            input: rows,
            condition,
        } => Box::new(filter::Filter {
            input: input(rows)?,
            condition,
        }),
        Plan::Unwind {
            input: rows,
            list,
            var,
        } => Box::new(unwind::Unwind {
            input: input(rows)?,
            list,
            var: *var,
        }),
        Plan::Union(inputs) => {
            let inputs = inputs.iter().map(input).collect::<Result<Vec<_>, _>>()?;
            Box::new(union::Union { inputs, at: 0 })
        }
        Plan::Group {
            input: rows,
            keys,
            aggregates,
        } => Box::new(group::Group {
            input: Some(input(rows)?),
            keys,
            aggregates,
        }),
        Plan::Sort {
            input: rows,
            keys,
            limit,
        } => Box::new(sort::Sort {
            input: Some(input(rows)?),
            keys,
            limit: *limit,
        }),
        Plan::Limit { input: rows, count } => Box::new(limit::Limit {
            input: input(rows)?,
            left: *count,
        }),
        Plan::Paths(search) => Box::new(paths::Paths {
            search: Some(search),
        }),
    })
}

/// A run of `plan` over a graph.
pub fn start<'g>(graph: &'g dyn GraphView, plan: &Plan) -> Execution<'g> {
    Execution::new(graph, plan, operator)
}

/// Gives one batch.
struct Once(Option<Batch>);

impl Operator for Once {
    fn next(&mut self, _execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        Ok(self.0.take().filter(|batch| batch.rows > 0))
    }
}

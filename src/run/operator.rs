//! The list that makes an operator for each plan node. It holds no operator's logic.

use crate::algebra::Plan;
use crate::graph::GraphView;
use crate::run::batch::Batch;
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::{
    call, claims, expand, filter, frontier, group, keep, limit, optional, paths, pick, project,
    repeat, scan, slice, sort, tally, union, unwind,
};

/// The operator of a plan. `outer` are the rows that an inner plan begins with.
pub fn operator<'p>(
    plan: &'p Plan,
    execution: &Execution<'_>,
    outer: Option<&Batch>,
) -> Result<Boxed<'p>, Halt> {
    let input = |plan: &'p Plan| operator(plan, execution, outer);
    Ok(match plan {
        Plan::Unit => Box::new(Once(Some(Batch::unit()))),
        Plan::Row(_) => Box::new(Once(outer.cloned())),
        // The optimiser turns patterns into scans and expansions; `optimize::plain` does so too.
        Plan::Match { .. } => Box::new(Once(None)),
        Plan::Claims {
            var,
            relations,
            filter,
            alike,
        } => Box::new(claims::Claims {
            var: *var,
            relations,
            filter,
            alike: *alike,
            gathered: None,
        }),
        Plan::Tally(tally) => Box::new(tally::Tallying { tally: Some(tally) }),
        // A statement writes before it runs what lies above.
        Plan::Write { .. } => Box::new(Once(None)),
        Plan::Optional { input: rows, inner } => Box::new(optional::Optional {
            input: input(rows)?,
            inner,
            binds: inner.binds(),
        }),
        Plan::Apply {
            input: rows,
            inner,
            columns,
        } => Box::new(optional::Apply {
            input: input(rows)?,
            inner,
            columns,
        }),
        Plan::Pick {
            input: rows,
            inner,
            ends,
            path,
            wanted,
        } => Box::new(pick::Pick {
            input: input(rows)?,
            inner,
            ends,
            path: *path,
            wanted: *wanted,
        }),
        Plan::Project {
            input: rows,
            columns,
            keep,
        } => Box::new(project::Project {
            input: input(rows)?,
            columns,
            keep: *keep,
            tables: Vec::new(),
        }),
        Plan::Slice {
            input: rows,
            skip,
            limit,
        } => Box::new(slice::Slice::new(
            input(rows)?,
            skip.as_ref(),
            limit.as_ref(),
            execution,
        )?),
        Plan::Call {
            input: rows,
            procedure,
            arguments,
            columns,
        } => Box::new(call::Call {
            input: input(rows)?,
            procedure: *procedure,
            arguments,
            columns,
        }),
        Plan::Repeat {
            input: rows,
            from,
            to,
            repeat,
            set,
            backwards,
        } => Box::new(repeat::Repeat::new(
            input(rows)?,
            (*from, *to),
            repeat,
            set,
            *backwards,
            execution,
        )?),
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
            claims,
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
                *claims,
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
            place,
        } => Box::new(unwind::Unwind {
            input: input(rows)?,
            list,
            var: *var,
            place: *place,
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
            ids: true,
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
pub fn start<'g>(graph: &'g (dyn GraphView + Sync), plan: &Plan) -> Execution<'g> {
    Execution::new(graph, plan, operator)
}

/// Gives one batch.
struct Once(Option<Batch>);

impl Operator for Once {
    fn next(&mut self, _execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        Ok(self.0.take().filter(|batch| batch.rows > 0))
    }
}

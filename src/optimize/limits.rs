//! Limits move to where rows are kept, so that nothing is kept that nobody will see.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::Plan;
use crate::graph::GraphView;

/// A limit over a sort becomes the sort's own; a limit over a union limits every input.
pub fn limits(plan: Plan, _view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Limit { input, count } => match *input {
            Plan::Sort { input, keys, limit } => Plan::Sort {
                input,
                keys,
                limit: Some(limit.map_or(count, |limit| limit.min(count))),
            },
            Plan::Limit {
                input,
                count: inner,
            } => Plan::Limit {
                input,
                count: inner.min(count),
            },
            Plan::Union(inputs) => {
                let limited = |input| Plan::Limit {
                    input: Box::new(input),
                    count,
                };
                let inputs = inputs.into_iter().map(limited).collect();
                Plan::Limit {
                    input: Box::new(Plan::Union(inputs)),
                    count,
                }
            }
            input => Plan::Limit {
                input: Box::new(input),
                count,
            },
        },
        plan => plan,
    })
}

//! Where a plan only needs the distinct ends of a chain of expansions, it walks sets of entities
//! instead of building the rows and throwing them away.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::{Aggregate, EntitySet, Plan, Route, Var};
use crate::graph::{ClaimFilter, GraphView};

/// Replaces chains under `Group` whose facts and inner entities nobody reads.
pub fn frontiers(plan: Plan, _view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Group {
            input,
            keys,
            aggregates,
        } => {
            let wanted = match (keys.as_slice(), aggregates.as_slice()) {
                ([key], []) => Some(*key),
                ([], [(_, Aggregate::CountDistinct(var))]) => Some(*var),
                _ => None,
            };
            let input = match wanted.and_then(|var| chain(&input, var)) {
                Some(frontier) => Box::new(frontier),
                None => input,
            };
            Plan::Group {
                input,
                keys,
                aggregates,
            }
        }
        plan => plan,
    })
}

type Step = (Vec<Route>, ClaimFilter, EntitySet);

/// The chain of expansions that ends in `var`, as a frontier; `None` where it is no mere chain.
fn chain(plan: &Plan, var: Var) -> Option<Plan> {
    let mut steps: Vec<Step> = Vec::new();
    let mut at = plan;
    let mut end = var;
    loop {
        match at {
            Plan::Expand {
                input,
                from,
                to,
                routes,
                filter,
                set,
                ..
            } => {
                // An expansion between two bound ends, or one from elsewhere, is a join.
                if *to != end || input.binds().contains(to) {
                    return None;
                }
                steps.push((routes.clone(), filter.clone(), set.clone()));
                end = *from;
                at = input;
            }
            Plan::Scan { input, var, set } if **input == Plan::Unit && *var == end => {
                steps.reverse();
                return Some(Plan::Frontier {
                    start: set.clone(),
                    steps,
                    var: self::end(plan)?,
                });
            }
            _ => return None,
        }
    }
}

fn end(plan: &Plan) -> Option<Var> {
    match plan {
        Plan::Expand { to, .. } => Some(*to),
        Plan::Scan { var, .. } => Some(*var),
        _ => None,
    }
}

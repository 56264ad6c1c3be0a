//! Where a plan only needs the distinct ends of a chain of expansions, it walks sets of entities
//! instead of building the rows and throwing them away.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::expressions::expression_vars;
use crate::algebra::{Aggregate, EntitySet, Plan, Step, Var};
use crate::graph::GraphView;

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
            // A frontier gives each entity once: there is nothing left to tell apart.
            let input = match wanted.and_then(|var| chain(&input, var)) {
                Some(frontier) if aggregates.is_empty() => return frontier,
                Some(frontier) => {
                    let count = |(var, _): &(Var, Aggregate)| (*var, Aggregate::Count);
                    return Plan::Group {
                        input: Box::new(frontier),
                        keys,
                        aggregates: aggregates.iter().map(count).collect(),
                    };
                }
                None => computed(input, &keys, &aggregates),
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

/// `RETURN DISTINCT x.name`: what is computed of one entity is computed once for each entity, not
/// once for each way that leads there.
fn computed(input: Box<Plan>, keys: &[Var], aggregates: &[(Var, Aggregate)]) -> Box<Plan> {
    let Plan::Project {
        input: below,
        columns,
        keep: true,
    } = *input
    else {
        return input;
    };
    let mut read: Vec<Var> = Vec::new();
    for key in keys {
        match columns.iter().find(|(var, _)| var == key) {
            Some((_, value)) => read.extend(expression_vars(value)),
            None => read.push(*key),
        }
    }
    read.sort_unstable();
    read.dedup();
    let below = match read.as_slice() {
        [one] if aggregates.is_empty() => match chain(&below, *one) {
            Some(frontier) => Box::new(frontier),
            None => below,
        },
        _ => below,
    };
    Box::new(Plan::Project {
        input: below,
        columns,
        keep: true,
    })
}

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
                steps.push(Step {
                    routes: routes.clone(),
                    filter: filter.clone(),
                    set: set.clone(),
                    times: (1, Some(1)),
                });
                end = *from;
                at = input;
            }
            Plan::Repeat {
                input,
                from,
                to,
                repeat,
                set,
                ..
            } if *to == end && !input.binds().contains(to) => {
                steps.push(repeated(repeat, set)?);
                end = *from;
                at = input;
            }
            Plan::Scan { input, var, set } if **input == Plan::Unit && *var == end => {
                steps.reverse();
                return (!steps.is_empty()).then_some(Plan::Frontier {
                    start: set.clone(),
                    steps,
                    var: self::end(plan)?,
                });
            }
            // Whatever gives the entities to begin with, if it stands for itself.
            other if !steps.is_empty() && begins(other) && other.binds().contains(&end) => {
                steps.reverse();
                return Some(Plan::Frontier {
                    start: EntitySet::Plan(Box::new(other.clone()), end),
                    steps,
                    var: self::end(plan)?,
                });
            }
            _ => return None,
        }
    }
}

/// A repeated single step as a step of sets. The ends of walks are those of trails where the step has
/// a direction and one step is enough: the shortest walk between two ends meets nothing twice.
fn repeated(repeat: &crate::algebra::Repeat, set: &EntitySet) -> Option<Step> {
    use crate::algebra::Mode;
    let how = repeat.repetition;
    if how.least > 1 || how.shortest.is_some() || !repeat.groups.is_empty() {
        return None;
    }
    if !matches!(how.mode, Mode::Trail | Mode::Walk) {
        return None;
    }
    let Plan::Expand {
        input,
        routes,
        filter,
        set: inner,
        ..
    } = &repeat.inner
    else {
        return None;
    };
    let directed = routes.iter().all(|route| {
        let turned = crate::algebra::Route {
            direction: route.direction.reversed(),
            ..*route
        };
        !routes.contains(&turned)
    });
    let plain = matches!(**input, Plan::Row(_)) && *inner == EntitySet::Any;
    (directed && plain).then(|| Step {
        routes: routes.clone(),
        filter: filter.clone(),
        set: set.clone(),
        times: (how.least, how.most),
    })
}

/// Whether a plan begins by itself and not from the rows of another.
fn begins(plan: &Plan) -> bool {
    match plan {
        Plan::Unit => true,
        Plan::Row(_) | Plan::Write { .. } => false,
        other => other.inputs().into_iter().all(begins),
    }
}

fn end(plan: &Plan) -> Option<Var> {
    match plan {
        Plan::Expand { to, .. } | Plan::Repeat { to, .. } => Some(*to),
        Plan::Scan { var, .. } => Some(*var),
        _ => None,
    }
}

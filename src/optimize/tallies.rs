//! `count(*)` of a chain or a circle of expansions of which nothing else is read: numbers are added up
//! and no row is built.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::{Aggregate, EntitySet, Plan, Route, Tally, TallyStep, Var};
use crate::graph::GraphView;

/// Replaces counts of all rows of such patterns.
pub fn tallies(plan: Plan, view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Group {
            input,
            keys,
            aggregates,
        } => {
            let counted = match (keys.as_slice(), aggregates.as_slice()) {
                ([], [(var, Aggregate::Count)]) => tally(&input, *var, view),
                _ => None,
            };
            match counted {
                Some(tally) => Plan::Tally(tally),
                None => Plan::Group {
                    input,
                    keys,
                    aggregates,
                },
            }
        }
        plan => plan,
    })
}

/// A step of a pattern with its ends.
type Link = (Var, Var, TallyStep);

/// The chain or circle under a count, in whatever order it was to be expanded.
fn tally(plan: &Plan, var: Var, view: &dyn GraphView) -> Option<Tally> {
    let (mut links, sets) = taken_apart(plan)?;
    let degree = |node: Var| {
        let ends = links.iter().flat_map(|(from, to, _)| [*from, *to]);
        ends.filter(|end| *end == node).count()
    };
    let of = |node: Var| {
        let found = sets.iter().find(|(known, _)| *known == node);
        found.map_or(EntitySet::Any, |(_, set)| set.clone())
    };
    let (scanned, _) = sets.first()?;
    let mut odd = sets.iter().filter(|(node, _)| degree(*node) == 1);
    if sets.iter().any(|(node, _)| degree(*node) > 2) {
        return None;
    }
    // A chain begins at one of its ends, a circle where the scan does.
    let (first, closed) = match (odd.next(), odd.next()) {
        (Some((one, set)), Some((other, _))) => {
            let begin = *set != EntitySet::Any || *one == *scanned;
            (if begin { *one } else { *other }, false)
        }
        (None, None) => (*scanned, true),
        _ => return None,
    };
    let mut steps = Vec::new();
    let mut at = first;
    while !links.is_empty() {
        let next = links
            .iter()
            .position(|(from, to, _)| *from == at || *to == at)?;
        let (from, to, mut step) = links.remove(next);
        if to == at && from != at {
            step.routes
                .iter_mut()
                .for_each(|route| *route = route.reversed());
            at = from;
        } else {
            at = to;
        }
        // Where a circle closes, the start has its own set.
        step.set = if closed && links.is_empty() {
            EntitySet::Any
        } else {
            of(at)
        };
        steps.push(step);
    }
    let tally = Tally {
        start: of(first),
        steps,
        closed,
        var,
    };
    Some(match tally.closed && tally.start == EntitySet::Any {
        true => turned(tally, view),
        false => tally,
    })
}

/// Expansions, and the sets of the nodes between them.
type Apart = (Vec<Link>, Vec<(Var, EntitySet)>);

/// The expansions of a pattern and the sets of its nodes, that of the scan first.
fn taken_apart(plan: &Plan) -> Option<Apart> {
    let mut links: Vec<Link> = Vec::new();
    let mut sets: Vec<(Var, EntitySet)> = Vec::new();
    let mut at = plan;
    loop {
        match at {
            Plan::Expand {
                input,
                from,
                to,
                routes,
                filter,
                set,
                claims,
                ..
            } if from != to && !both_ways(routes) => {
                if !input.binds().contains(to) {
                    sets.push((*to, set.clone()));
                }
                let step = TallyStep {
                    routes: routes.clone(),
                    filter: filter.clone(),
                    set: EntitySet::Any,
                    claims: *claims,
                };
                links.push((*from, *to, step));
                at = input;
            }
            Plan::Scan { input, var, set } if **input == Plan::Unit => {
                sets.push((*var, set.clone()));
                sets.reverse();
                return (!links.is_empty()).then_some((links, sets));
            }
            _ => return None,
        }
    }
}

/// Whether some relation is followed in both directions: a claim of an entity with itself is one row.
fn both_ways(routes: &[Route]) -> bool {
    let turned = |route: &Route| routes.contains(&route.reversed());
    routes.iter().any(turned)
}

/// The same circle begun so that its largest step is the last: that one is marked, not walked.
fn turned(tally: Tally, view: &dyn GraphView) -> Tally {
    let claims = |step: &TallyStep| -> u64 {
        let routes = step.routes.iter();
        routes
            .map(|route| view.statistics().relation(route.relation).claims)
            .sum()
    };
    let Some(largest) = (0..tally.steps.len()).max_by_key(|at| claims(&tally.steps[*at])) else {
        return tally;
    };
    let mut steps = tally.steps;
    // What the last step reaches is the start.
    if let Some(last) = steps.last_mut() {
        last.set = tally.start;
    }
    let start = steps[largest].set.clone();
    steps.rotate_left(largest + 1);
    Tally {
        start,
        steps,
        ..tally
    }
}

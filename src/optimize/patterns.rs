//! Patterns become scans and expansions. It chooses where to start and which fact to follow next;
//! it does not look inside the claims.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::expressions::expression_vars;
use crate::algebra::{EntitySet, Link, Node, Pattern, Plan, Repeat, Var};
use crate::graph::{Direction, GraphView};

/// Every pattern in the order that statistics make the cheapest.
pub fn ordered(plan: Plan, view: &dyn GraphView) -> Plan {
    rewrite(plan, view, Order::Cheapest)
}

/// Every pattern in the order in which it was written.
pub fn written(plan: Plan, view: &dyn GraphView) -> Plan {
    rewrite(plan, view, Order::Written)
}

/// What decides the order.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Cheapest,
    Written,
}

fn rewrite(plan: Plan, view: &dyn GraphView, order: Order) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Match { input, pattern } => {
            let bound = input.binds();
            steps(*input, pattern, bound, view, order)
        }
        plan => plan,
    })
}

fn steps(
    mut plan: Plan,
    mut pattern: Pattern,
    mut bound: Vec<Var>,
    view: &dyn GraphView,
    order: Order,
) -> Plan {
    for node in &mut pattern.nodes {
        node.set = nested(node.set.clone(), view, order);
    }
    // A node that is bound outside but narrowed here is tested where it stands.
    for node in &pattern.nodes {
        if bound.contains(&node.var) && node.set != EntitySet::Any {
            plan = scan(plan, node);
        }
    }
    let mut links = std::mem::take(&mut pattern.links);
    let mut nodes: Vec<&Node> = pattern
        .nodes
        .iter()
        .filter(|node| !bound.contains(&node.var))
        .collect();
    loop {
        plan = conditions(plan, &mut pattern.conditions, &bound);
        let next = next_link(&links, &bound, &pattern.nodes, view, order);
        if let Some(at) = next {
            let link = links.remove(at);
            let flip = !bound.contains(&link.from);
            let (from, to) = if flip {
                (link.to, link.from)
            } else {
                (link.from, link.to)
            };
            let routes = match flip {
                true => link.routes.iter().map(|route| route.reversed()).collect(),
                false => link.routes,
            };
            let set = match bound.contains(&to) {
                true => EntitySet::Any,
                false => pattern
                    .nodes
                    .iter()
                    .find(|node| node.var == to)
                    .map_or(EntitySet::Any, |node| node.set.clone()),
            };
            if let Some(repeat) = link.repeat {
                let start = if flip { repeat.end } else { repeat.start };
                let inner = begun_from(repeat.inner, start);
                let repeat = Repeat {
                    inner: rewrite(inner, view, order),
                    ..*repeat
                };
                bound.extend([to, repeat.trail]);
                bound.extend(repeat.groups.iter().map(|(_, list)| *list));
                plan = Plan::Repeat {
                    input: Box::new(plan),
                    from,
                    to,
                    repeat: Box::new(repeat),
                    set,
                    backwards: flip,
                };
                nodes.retain(|node| node.var != to);
                continue;
            }
            plan = Plan::Expand {
                input: Box::new(plan),
                from,
                to,
                fact: link.fact,
                routes,
                filter: link.filter,
                set,
                claims: link.claims,
            };
            bound.extend([to, link.fact]);
            nodes.retain(|node| node.var != to);
            continue;
        }
        // No link touches what is bound: begin a new part of the pattern with its smallest set. A
        // node without links of its own is a part too.
        let start = match order {
            Order::Written => (!nodes.is_empty()).then_some(0),
            Order::Cheapest => (0..nodes.len())
                .min_by(|a, b| size(&nodes[*a].set, view).total_cmp(&size(&nodes[*b].set, view))),
        };
        let Some(at) = start else { break };
        let node = nodes.remove(at);
        plan = scan(plan, node);
        bound.push(node.var);
    }
    plan = conditions(plan, &mut pattern.conditions, &bound);
    // What is left over speaks of variables that nothing binds: it cannot be true.
    for condition in pattern.conditions {
        plan = Plan::Filter {
            input: Box::new(plan),
            condition,
        };
    }
    for absent in pattern.absent {
        let inner = steps(Plan::Row(bound.clone()), absent, bound.clone(), view, order);
        plan = Plan::Keep {
            input: Box::new(plan),
            inner: Box::new(inner),
            negated: true,
        };
    }
    plan
}

/// An inner plan whose row binds one more variable.
fn begun_from(plan: Plan, var: Var) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Row(mut bound) => {
            bound.push(var);
            Plan::Row(bound)
        }
        plan => plan,
    })
}

fn nested(set: EntitySet, view: &dyn GraphView, order: Order) -> EntitySet {
    match set {
        EntitySet::Plan(plan, var) => EntitySet::Plan(Box::new(rewrite(*plan, view, order)), var),
        EntitySet::All(sets) => EntitySet::All(
            sets.into_iter()
                .map(|set| nested(set, view, order))
                .collect(),
        ),
        set @ (EntitySet::Any
        | EntitySet::Type(_)
        | EntitySet::Ids(_)
        | EntitySet::Named(_)
        | EntitySet::Having(..)) => set,
    }
}

fn scan(plan: Plan, node: &Node) -> Plan {
    Plan::Scan {
        input: Box::new(plan),
        var: node.var,
        set: node.set.clone(),
    }
}

fn conditions(plan: Plan, pending: &mut Vec<crate::algebra::Expression>, bound: &[Var]) -> Plan {
    let mut plan = plan;
    let mut later = Vec::new();
    for condition in pending.drain(..) {
        match expression_vars(&condition)
            .iter()
            .all(|var| bound.contains(var))
        {
            true => {
                plan = Plan::Filter {
                    input: Box::new(plan),
                    condition,
                }
            }
            false => later.push(condition),
        }
    }
    *pending = later;
    plan
}

/// The link to follow next: one between two bound ends first, then the one with the least rows.
fn next_link(
    links: &[Link],
    bound: &[Var],
    nodes: &[Node],
    view: &dyn GraphView,
    order: Order,
) -> Option<usize> {
    let touching = links
        .iter()
        .enumerate()
        .filter(|(_, link)| bound.contains(&link.from) || bound.contains(&link.to));
    touching
        .map(|(at, link)| {
            let both = bound.contains(&link.from) && bound.contains(&link.to);
            let turned = match bound.contains(&link.from) {
                true => link.clone(),
                false => Link {
                    from: link.to,
                    to: link.from,
                    routes: link.routes.iter().map(|route| route.reversed()).collect(),
                    ..link.clone()
                },
            };
            let end = nodes.iter().find(|node| node.var == turned.to);
            let rows = match order {
                Order::Cheapest if both => -1.0,
                Order::Cheapest => fan_out(&turned, end, view),
                Order::Written => at as f64,
            };
            (at, rows)
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(at, _)| at)
}

/// How many entities a set holds, roughly.
fn size(set: &EntitySet, view: &dyn GraphView) -> f64 {
    let all = view.entities().len() as f64 + 1.0;
    match set {
        EntitySet::Any => all,
        EntitySet::Type(kind) => view.statistics().of_type(*kind, view.vocabulary()) as f64,
        EntitySet::Ids(ids) => ids.len() as f64,
        EntitySet::Named(_) => 1.0,
        EntitySet::Having(key, value) => match view.entities().having(key, value) {
            Some(found) => found.len() as f64,
            None => all,
        },
        EntitySet::Plan(..) => all / 2.0,
        EntitySet::All(sets) => sets.iter().map(|set| size(set, view)).fold(all, f64::min),
    }
}

/// How many facts one bound end has, on average, with an other end that the pattern accepts.
fn fan_out(link: &Link, end: Option<&Node>, view: &dyn GraphView) -> f64 {
    if link.repeat.is_some() {
        // Walks multiply: they are followed when nothing cheaper is left.
        return 1e6;
    }
    let facts: f64 = link
        .routes
        .iter()
        .map(|route| {
            let counts = view.statistics().relation(route.relation);
            let ends = match route.direction {
                Direction::Out => counts.subjects,
                Direction::In => counts.objects,
            };
            counts.facts as f64 / (ends as f64).max(1.0)
        })
        .sum();
    let kept = end.map_or(1.0, |node| {
        size(&node.set, view) / (view.entities().len() as f64 + 1.0)
    });
    facts * kept.min(1.0)
}

//! Which relations a plan reads, and under which filter: what decides which rules have to be run
//! before it. It changes nothing.

#![allow(clippy::wildcard_enum_match_arm)] // Most nodes read no facts.

use crate::algebra::plan::{EntitySet, Pattern, Plan};
use crate::algebra::terms::Route;
use crate::graph::ClaimFilter;
use crate::model::RelationId;

/// Tells the visitor of each place where facts are read: the filter and the relations, all of them
/// where none is named.
pub fn each_read(plan: &Plan, visit: &mut dyn FnMut(&ClaimFilter, &[RelationId])) {
    // The walker hands over every plan, those that expressions ask included.
    let _ = plan.clone().rewrite(&mut |node| {
        of_node(&node, visit);
        node
    });
}

fn of_node(plan: &Plan, visit: &mut dyn FnMut(&ClaimFilter, &[RelationId])) {
    match plan {
        Plan::Match { pattern, .. } => of_pattern(pattern, visit),
        Plan::Scan { set, .. } => of_set(set, visit),
        Plan::Expand {
            routes,
            filter,
            set,
            ..
        } => {
            visit(filter, &relations(routes));
            of_set(set, visit);
        }
        Plan::Claims {
            relations, filter, ..
        } => visit(filter, relations),
        Plan::Frontier { start, steps, .. } => {
            of_set(start, visit);
            for step in steps {
                visit(&step.filter, &relations(&step.routes));
                of_set(&step.set, visit);
                of_set(&step.through, visit);
            }
        }
        Plan::Tally(tally) => {
            of_set(&tally.start, visit);
            for step in &tally.steps {
                visit(&step.filter, &relations(&step.routes));
                of_set(&step.set, visit);
            }
        }
        Plan::Paths(search) => {
            visit(&search.filter, &relations(&search.routes));
            of_set(&search.from, visit);
            of_set(&search.to, visit);
        }
        // A procedure may look at anything that is seen by default.
        Plan::Call { .. } => visit(&ClaimFilter::default(), &[]),
        _ => {}
    }
}

fn relations(routes: &[Route]) -> Vec<RelationId> {
    routes.iter().map(|route| route.relation).collect()
}

fn of_set(set: &EntitySet, visit: &mut dyn FnMut(&ClaimFilter, &[RelationId])) {
    match set {
        EntitySet::Plan(plan, _) => each_read(plan, visit),
        EntitySet::All(sets) => sets.iter().for_each(|set| of_set(set, visit)),
        EntitySet::Any
        | EntitySet::Type(_)
        | EntitySet::Ids(_)
        | EntitySet::Named(_)
        | EntitySet::Having(..) => {}
    }
}

fn of_pattern(pattern: &Pattern, visit: &mut dyn FnMut(&ClaimFilter, &[RelationId])) {
    for node in &pattern.nodes {
        of_set(&node.set, visit);
    }
    for link in &pattern.links {
        match &link.repeat {
            Some(repeat) => each_read(&repeat.inner, visit),
            None => visit(&link.filter, &relations(&link.routes)),
        }
    }
    for absent in &pattern.absent {
        of_pattern(absent, visit);
    }
    let mut conditions = pattern.conditions.clone();
    for condition in &mut conditions {
        crate::algebra::walk::asked(condition, &mut |node| {
            of_node(&node, visit);
            node
        });
    }
}

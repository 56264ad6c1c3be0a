//! Claims that differ whatever the row are not compared: `c1 <> c2` of two that end at different
//! entities is no test.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::{EntitySet, Expression, Plan, Route, Var};
use crate::graph::GraphView;
use crate::model::EntityId;

/// Takes such tests out.
pub fn apart(plan: Plan, view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Filter { input, condition } => match &condition {
            Expression::Distinct(claims) => match claims.as_slice() {
                [a, b] if differ(&input, *a, *b, view) => *input,
                _ => Plan::Filter { input, condition },
            },
            _ => Plan::Filter { input, condition },
        },
        plan => plan,
    })
}

/// Whether two claims differ whatever the row: they run the same way, and their subjects or their
/// objects are of sets that share nothing.
fn differ(plan: &Plan, a: Var, b: Var, view: &dyn GraphView) -> bool {
    let (Some(a), Some(b)) = (ends(plan, a), ends(plan, b)) else {
        return false;
    };
    let disjoint = |a: Var, b: Var| {
        a != b
            && match (ids(plan, a, view), ids(plan, b, view)) {
                (Some(a), Some(b)) => !a.iter().any(|id| b.contains(id)),
                _ => false,
            }
    };
    disjoint(a.0, b.0) || disjoint(a.1, b.1)
}

/// Subject and object of a claim, where all routes run the same way.
fn ends(plan: &Plan, claim: Var) -> Option<(Var, Var)> {
    if let Plan::Expand {
        from,
        to,
        fact,
        routes,
        claims: true,
        ..
    } = plan
        && *fact == claim
    {
        use crate::graph::Direction;
        let all = |way: Direction| {
            let mut routes = routes.iter();
            routes.all(|route: &Route| route.direction == way)
        };
        return match (all(Direction::Out), all(Direction::In)) {
            (true, _) => Some((*from, *to)),
            (_, true) => Some((*to, *from)),
            _ => None,
        };
    }
    let (Plan::Filter { input, .. } | Plan::Expand { input, .. }) = plan else {
        return None;
    };
    ends(input, claim)
}

/// The few entities that a variable may be, where that is known beforehand.
fn ids(plan: &Plan, var: Var, view: &dyn GraphView) -> Option<Vec<EntityId>> {
    match plan {
        Plan::Scan {
            var: own,
            set,
            input,
        } => match *own == var {
            true => few(set, view),
            false => ids(input, var, view),
        },
        Plan::Expand { to, set, input, .. } => match *to == var && *set != EntitySet::Any {
            true => few(set, view),
            false => ids(input, var, view),
        },
        Plan::Filter { input, .. } => ids(input, var, view),
        _ => None,
    }
}

/// The few entities of a set that names them; some may not pass all that the set asks.
pub fn few(set: &EntitySet, view: &dyn GraphView) -> Option<Vec<EntityId>> {
    match set {
        EntitySet::Ids(ids) => Some(ids.clone()),
        EntitySet::Named(name) => Some(view.entities().called(name)),
        EntitySet::Having(key, value) => view.entities().having(key, value),
        // Each part holds all of the whole.
        EntitySet::All(sets) => sets.iter().find_map(|set| few(set, view)),
        EntitySet::Plan(plan, var) => ids(plan, *var, view),
        EntitySet::Any | EntitySet::Type(_) => None,
    }
}

//! `n.key = value` in a pattern narrows what `n` may be, so that it is looked up and not searched for.

use crate::algebra::single::bare;
use crate::algebra::{Datum, EntitySet, Expression, Operator, Pattern, Plan, Var};
use crate::graph::{Compare, GraphView};
use crate::model::Value;

/// Narrows the sets of nodes by conditions on their properties. The conditions stay: they cost little
/// on what is found.
pub fn lookups(plan: Plan, _view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |mut plan| {
        if let Plan::Match { pattern, .. } = &mut plan {
            narrow(pattern);
        }
        plan
    })
}

fn narrow(pattern: &mut Pattern) {
    for condition in &pattern.conditions {
        let Some((var, key, value)) = equality(condition) else {
            continue;
        };
        // A name is looked up by how it folds, which finds all that are spelled so.
        let set = match value {
            Value::Text(name) if key == "name" => EntitySet::Named(name.clone()),
            Value::Text(_) | Value::Int(_) | Value::Float(_) => {
                EntitySet::Having(key.to_owned(), value.clone())
            }
            Value::Bool(_)
            | Value::Date(_)
            | Value::Temporal(_)
            | Value::List(_)
            | Value::Map(_) => continue,
        };
        for node in pattern.nodes.iter_mut().filter(|node| node.var == var) {
            let among = matches!(&node.set, EntitySet::All(sets) if sets.contains(&set));
            let known = among || node.set == set;
            if !known {
                let own = std::mem::replace(&mut node.set, EntitySet::Any);
                node.set = own.and(set.clone());
            }
        }
    }
}

/// `n.key = constant`, either way round.
fn equality(condition: &Expression) -> Option<(Var, &str, &Value)> {
    let Expression::Binary(Operator::Compare(Compare::Equal), left, right) = bare(condition) else {
        return None;
    };
    let (of, key, value) = match (bare(left), bare(right)) {
        (Expression::Get(of, key), Expression::Constant(value))
        | (Expression::Constant(value), Expression::Get(of, key)) => (bare(of), key, value),
        _ => return None,
    };
    match (of, value) {
        (Expression::Var(var), Datum::Value(value)) => Some((*var, key, value)),
        _ => None,
    }
}

//! Conditions on the likelihood of a claim become part of the filter that claims are read through, so
//! that a claim which fails them is no row at all.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::{Datum, Expression, Operator, Plan, Var};
use crate::graph::{Compare, GraphView};

/// Moves `c.likelihood >= 70` from a filter into the expansion that gives `c`.
pub fn likelihoods(plan: Plan, view: &dyn GraphView) -> Plan {
    // A free property of that name would be read first.
    if view.columns().has_free("likelihood") {
        return plan;
    }
    plan.rewrite(&mut |plan| match plan {
        Plan::Filter { input, condition } => match test(&condition) {
            Some((claim, compare, number)) => {
                let mut input = *input;
                match pushed(&mut input, claim, compare, number) {
                    true => input,
                    false => Plan::Filter {
                        input: Box::new(input),
                        condition,
                    },
                }
            }
            None => Plan::Filter { input, condition },
        },
        plan => plan,
    })
}

/// A claim, a comparison and a number of percent that single precision holds as it is.
fn test(condition: &Expression) -> Option<(Var, Compare, f32)> {
    let Expression::Binary(Operator::Compare(compare), left, right) = bare(condition) else {
        return None;
    };
    let (property, constant, compare) = match (bare(left), bare(right)) {
        (Expression::Get(of, key), Expression::Constant(value)) => ((of, key), value, *compare),
        (Expression::Constant(value), Expression::Get(of, key)) => {
            ((of, key), value, turned(*compare))
        }
        _ => return None,
    };
    let (Expression::Var(claim), "likelihood") = (bare(property.0), property.1.as_str()) else {
        return None;
    };
    let number = Datum::as_float(constant)?;
    let held = number as f32;
    (f64::from(held) == number && compare != Compare::NotEqual).then_some((*claim, compare, held))
}

fn bare(expression: &Expression) -> &Expression {
    match expression {
        Expression::At(_, inner) => bare(inner),
        other => other,
    }
}

fn turned(compare: Compare) -> Compare {
    match compare {
        Compare::Less => Compare::Greater,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::Greater => Compare::Less,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        same => same,
    }
}

/// Puts a test into the expansion that gives a claim; nothing between may make rows of its own.
fn pushed(plan: &mut Plan, claim: Var, compare: Compare, number: f32) -> bool {
    match plan {
        Plan::Expand {
            input,
            fact,
            filter,
            claims,
            ..
        } => {
            if *fact == claim && *claims {
                filter.likelihood.push((compare, number));
                return true;
            }
            *fact != claim && pushed(input, claim, compare, number)
        }
        Plan::Filter { input, .. } | Plan::Scan { input, .. } => {
            pushed(input, claim, compare, number)
        }
        _ => false,
    }
}

//! Conditions on the likelihood of a claim become part of the filter that claims are read through, so
//! that a claim which fails them is no row at all.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::single::bare;
use crate::algebra::{Datum, Expression, Operator, Plan, Var, single};
use crate::graph::{ClaimFilter, CodeTest, Coded, Compare, GraphView};

/// Moves `c.likelihood >= 70` from a filter into the expansion that gives `c`.
pub fn likelihoods(plan: Plan, view: &dyn GraphView) -> Plan {
    // A free property of that name would be read first.
    if view.columns().has_free("likelihood") {
        return plan;
    }
    plan.rewrite(&mut |plan| match plan {
        Plan::Filter {
            mut input,
            condition,
        } => {
            let done = match test(&condition) {
                Some((claim, compare, number)) => pushed(&mut input, claim, &mut |filter| {
                    filter.likelihood.push((compare, number));
                }),
                None => false,
            };
            match done {
                true => *input,
                false => Plan::Filter { input, condition },
            }
        }
        plan => plan,
    })
}

/// Moves a condition that reads one coded field of one claim, such as `c.from.year = 2021`, into the
/// expansion that gives the claim, decided for each code.
pub fn codes(plan: Plan, view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Filter {
            mut input,
            condition,
        } => {
            let done = decided(&condition, view).is_some_and(|(claim, test)| {
                pushed(&mut input, claim, &mut |filter| {
                    filter.codes.push(test.clone())
                })
            });
            match done {
                true => *input,
                false => Plan::Filter { input, condition },
            }
        }
        plan => plan,
    })
}

/// The claim that a condition reads, and its verdict for each code of the field.
fn decided(condition: &Expression, view: &dyn GraphView) -> Option<(Var, CodeTest)> {
    let (field, passes) = single::passes(condition, view.columns())?;
    let what = match field.of {
        Coded::Likelihood => "likelihood",
        Coded::Valid => "period",
    };
    let test = CodeTest {
        of: field.of,
        passes: passes.into(),
        text: format!("{what} as asked"),
    };
    Some((field.claim, test))
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

fn turned(compare: Compare) -> Compare {
    match compare {
        Compare::Less => Compare::Greater,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::Greater => Compare::Less,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        same => same,
    }
}

/// Puts a test into the filter of the expansion that gives a claim; nothing between may make rows of its
/// own.
fn pushed(plan: &mut Plan, claim: Var, put: &mut dyn FnMut(&mut ClaimFilter)) -> bool {
    match plan {
        Plan::Expand {
            input,
            fact,
            filter,
            claims,
            ..
        } => {
            if *fact == claim && *claims {
                put(filter);
                return true;
            }
            *fact != claim && pushed(input, claim, put)
        }
        Plan::Filter { input, .. } | Plan::Scan { input, .. } => pushed(input, claim, put),
        _ => false,
    }
}

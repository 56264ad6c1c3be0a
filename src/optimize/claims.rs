//! Conditions on the likelihood of a claim become part of the filter that claims are read through, so
//! that a claim which fails them is no row at all.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::expressions::{expression_vars, parts};
use crate::algebra::functions::graph::of_code;
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

/// How many codes are decided beforehand.
const CODES: usize = 20_000;

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
    let vars = expression_vars(condition);
    let claim = *vars.first()?;
    if vars.iter().any(|var| *var != claim) {
        return None;
    }
    let mut keys: Vec<&str> = Vec::new();
    fields(condition, claim, &mut keys);
    let of = match keys.as_slice() {
        [] => return None,
        keys if keys.iter().all(|key| ["from", "until"].contains(key)) => Coded::Valid,
        keys if keys.iter().all(|key| ["likelihood", "term"].contains(key)) => Coded::Likelihood,
        _ => return None,
    };
    let columns = view.columns();
    // A free property of that name would be read first.
    if keys.iter().any(|key| columns.has_free(key)) {
        return None;
    }
    let count = match of {
        Coded::Valid => columns.periods().len(),
        Coded::Likelihood => columns.likelihoods().len() + 1,
    };
    if count > CODES {
        return None;
    }
    let verdict = |code: usize| {
        let read = |part: &Expression| match part {
            Expression::Get(of_claim, key) if *bare(of_claim) == Expression::Var(claim) => {
                Some(of_code(columns, of, code, key))
            }
            _ => None,
        };
        single::truth(condition, &read).map(|truth| truth == Some(true))
    };
    let passes: Option<Vec<bool>> = (0..count).map(verdict).collect();
    let test = CodeTest {
        of,
        passes: passes?.into(),
        text: format!("{} as asked", keys.join(" and ")),
    };
    Some((claim, test))
}

/// The properties of a claim that a condition reads.
fn fields<'e>(expression: &'e Expression, claim: Var, keys: &mut Vec<&'e str>) {
    if let Expression::Get(of, key) = expression
        && *bare(of) == Expression::Var(claim)
        && !keys.contains(&key.as_str())
    {
        keys.push(key);
    }
    for part in parts(expression) {
        fields(part, claim, keys);
    }
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

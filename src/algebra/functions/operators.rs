//! The operators of GQL: arithmetic, comparison, lists. No value gives no value.

#![allow(clippy::wildcard_enum_match_arm)] // An operator names the kinds that it takes.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::functions::kinds::{Context, Given};
use crate::algebra::functions::{graph, temporal, text};
use crate::algebra::terms::Operator;
use crate::graph::Compare;
use crate::model::Value;
use std::cmp::Ordering;

/// `a operator b`
pub fn binary(operator: Operator, a: &Datum, b: &Datum) -> Given {
    if operator == Operator::In {
        return contained(a, b);
    }
    if a.is_null() || b.is_null() {
        return Ok(Datum::Null);
    }
    let texts = |holds: fn(&str, &str) -> bool| match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => Datum::bool(holds(a, b)),
        _ => Datum::Null,
    };
    match operator {
        Operator::Compare(compare) => Ok(compared(compare, a, b)),
        Operator::Xor => match (a.truth(), b.truth()) {
            (Some(a), Some(b)) => Ok(Datum::bool(a != b)),
            _ => Err(Fault::kind(format!(
                "{} or {} is not true or false",
                a.kind(),
                b.kind()
            ))),
        },
        Operator::StartsWith => Ok(texts(|a, b| a.starts_with(b))),
        Operator::EndsWith => Ok(texts(|a, b| a.ends_with(b))),
        Operator::Contains => Ok(texts(|a, b| a.contains(b))),
        Operator::Matches => text::matches(a, b),
        Operator::In => contained(a, b),
        Operator::Add => added(a, b),
        Operator::Subtract => match temporal::shifted(a, b, -1) {
            Some(given) => given,
            None => numbers("-", a, b, i64::checked_sub, |a, b| a - b),
        },
        Operator::Multiply => match temporal::scaled(a, b, false) {
            Some(given) => given,
            None => numbers("*", a, b, i64::checked_mul, |a, b| a * b),
        },
        Operator::Divide => match temporal::scaled(a, b, true) {
            Some(given) => given,
            None => divided("/", a, b, i64::checked_div, |a, b| a / b),
        },
        Operator::Modulo => divided("%", a, b, i64::checked_rem, |a, b| a % b),
        Operator::Power => match (a.as_float(), b.as_float()) {
            (Some(a), Some(b)) => Ok(Datum::float(a.powf(b))),
            _ => Err(unfit("^", a, b)),
        },
    }
}

fn unfit(sign: &str, a: &Datum, b: &Datum) -> Fault {
    Fault::kind(format!(
        "`{sign}` does not fit {} and {}",
        a.kind(),
        b.kind()
    ))
}

/// A comparison of two values that are there; values that cannot be compared give no value.
pub fn compared(compare: Compare, a: &Datum, b: &Datum) -> Datum {
    match compare {
        Compare::Equal => a.equals(b).map_or(Datum::Null, Datum::bool),
        Compare::NotEqual => a.equals(b).map_or(Datum::Null, |same| Datum::bool(!same)),
        Compare::Less | Compare::LessOrEqual | Compare::Greater | Compare::GreaterOrEqual => {
            match a.compare(b) {
                Some(order) => match (a, b) {
                    (Datum::Entity(_) | Datum::Claim(_) | Datum::Map(_) | Datum::Path(_), _) => {
                        Datum::Null
                    }
                    _ => Datum::bool(compare.holds(order, Ordering::Equal)),
                },
                // `NaN` is a number that is neither more nor less than another.
                None if a.as_float().is_some() && b.as_float().is_some() => Datum::bool(false),
                None => Datum::Null,
            }
        }
    }
}

fn contained(item: &Datum, list: &Datum) -> Given {
    match list {
        Datum::Null => Ok(Datum::Null),
        Datum::List(items) => {
            let mut unknown = false;
            for other in items {
                match item.equals(other) {
                    Some(true) => return Ok(Datum::bool(true)),
                    Some(false) => {}
                    None => unknown = true,
                }
            }
            Ok(if unknown {
                Datum::Null
            } else {
                Datum::bool(false)
            })
        }
        other => Err(Fault::kind(format!(
            "IN needs a list, not {}",
            other.kind()
        ))),
    }
}

fn added(a: &Datum, b: &Datum) -> Given {
    match (a, b) {
        (Datum::List(a), Datum::List(b)) => {
            return Ok(Datum::List(a.iter().chain(b).cloned().collect()));
        }
        (Datum::List(a), b) => {
            let items = a.iter().chain(std::iter::once(b));
            return Ok(Datum::List(items.cloned().collect()));
        }
        (a, Datum::List(b)) => {
            let items = std::iter::once(a).chain(b);
            return Ok(Datum::List(items.cloned().collect()));
        }
        _ => {}
    }
    if let Some(given) = temporal::shifted(a, b, 1) {
        return given;
    }
    let part = |datum: &Datum| match datum {
        Datum::Value(Value::Float(number)) => Some(text::float(*number)),
        Datum::Value(value) => Some(value.text()),
        _ => None,
    };
    match (
        a.as_text().is_some() || b.as_text().is_some(),
        part(a),
        part(b),
    ) {
        (true, Some(a), Some(b)) => Ok(Datum::text(a + &b)),
        _ => numbers("+", a, b, i64::checked_add, |a, b| a + b),
    }
}

fn numbers(
    sign: &str,
    a: &Datum,
    b: &Datum,
    whole: fn(i64, i64) -> Option<i64>,
    float: fn(f64, f64) -> f64,
) -> Given {
    match (a.as_int(), b.as_int(), a.as_float(), b.as_float()) {
        (Some(a), Some(b), ..) => whole(a, b).map(Datum::int).ok_or_else(|| {
            Fault::arithmetic(format!("{a} {sign} {b} is too large for an integer"))
        }),
        (_, _, Some(a), Some(b)) => Ok(Datum::float(float(a, b))),
        _ => Err(unfit(sign, a, b)),
    }
}

fn divided(
    sign: &str,
    a: &Datum,
    b: &Datum,
    whole: fn(i64, i64) -> Option<i64>,
    float: fn(f64, f64) -> f64,
) -> Given {
    match (a.as_int(), b.as_int()) {
        (Some(_), Some(0)) => Err(Fault::new(
            "ArithmeticError",
            "DivisionByZero",
            "an integer is divided by zero",
        )
        .help("check the divisor, or divide floats")),
        _ => numbers(sign, a, b, whole, float),
    }
}

/// `-a`
pub fn negative(a: &Datum) -> Given {
    match a {
        Datum::Null => Ok(Datum::Null),
        Datum::Value(Value::Int(number)) => number
            .checked_neg()
            .map(Datum::int)
            .ok_or_else(|| Fault::arithmetic(format!("-({number}) is too large for an integer"))),
        Datum::Value(Value::Float(number)) => Ok(Datum::float(-number)),
        other => match temporal::scaled(other, &Datum::int(-1), false) {
            Some(given) => given,
            None => Err(Fault::kind(format!("{} cannot be negative", other.kind()))),
        },
    }
}

/// `a[b]`
pub fn index(context: &Context<'_>, a: &Datum, b: &Datum) -> Given {
    match (a, b) {
        (Datum::Null, _) | (_, Datum::Null) => Ok(Datum::Null),
        (Datum::List(items), Datum::Value(Value::Int(at))) => {
            let at = if *at < 0 {
                *at + items.len() as i64
            } else {
                *at
            };
            let found = usize::try_from(at).ok().and_then(|at| items.get(at));
            Ok(found.cloned().unwrap_or_default())
        }
        (Datum::Map(_) | Datum::Entity(_) | Datum::Claim(_), Datum::Value(Value::Text(key))) => {
            graph::get(context, a, key)
        }
        (Datum::Map(_) | Datum::Entity(_) | Datum::Claim(_), other) => Err(Fault::new(
            "TypeError",
            "MapElementAccessByNonString",
            format!("a key is a string, not {}", other.kind()),
        )
        .help("use `toString(x)`")),
        (Datum::List(_), other) => Err(Fault::kind(format!(
            "a place in a list is an integer, not {}",
            other.kind()
        ))),
        (other, _) => Err(Fault::kind(format!("{} has no items", other.kind()))),
    }
}

/// `a[from..to]`
pub fn slice(a: &Datum, from: Option<&Datum>, to: Option<&Datum>) -> Given {
    let items = match a {
        Datum::Null => return Ok(Datum::Null),
        Datum::List(items) => items,
        other => return Err(Fault::kind(format!("{} has no items", other.kind()))),
    };
    let bound = |given: Option<&Datum>, default: usize| match given {
        None => Ok(Some(default)),
        Some(Datum::Null) => Ok(None),
        Some(Datum::Value(Value::Int(at))) => {
            let at = if *at < 0 {
                (*at + items.len() as i64).max(0)
            } else {
                *at
            };
            Ok(Some(
                usize::try_from(at).unwrap_or(usize::MAX).min(items.len()),
            ))
        }
        Some(other) => Err(Fault::kind(format!(
            "a place in a list is an integer, not {}",
            other.kind()
        ))),
    };
    match (bound(from, 0)?, bound(to, items.len())?) {
        (Some(from), Some(to)) if from < to => Ok(Datum::List(items[from..to].to_vec())),
        (Some(_), Some(_)) => Ok(Datum::List(Vec::new())),
        _ => Ok(Datum::Null),
    }
}

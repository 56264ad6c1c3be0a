//! The value of an expression that reads nothing but what it is told: for conditions on one coded field,
//! which are decided once for each code and not once for each claim. It knows no rows and asks no plan.

#![allow(clippy::wildcard_enum_match_arm)] // What it does not know is left to the executor.

use crate::algebra::datum::Datum;
use crate::algebra::expressions::{expression_vars, parts};
use crate::algebra::functions::graph::of_code;
use crate::algebra::functions::{operators, temporal};
use crate::algebra::plan::Expression;
use crate::algebra::var::Var;
use crate::graph::{Coded, Columns};
use crate::model::Value;

/// The value of an expression; `read` gives that of a property of a variable. `None` where it fails or
/// needs more than that.
fn value(expression: &Expression, read: &dyn Fn(&Expression) -> Option<Datum>) -> Option<Datum> {
    if let Some(known) = read(expression) {
        return Some(known);
    }
    Some(match expression {
        Expression::At(_, inner) => value(inner, read)?,
        Expression::Constant(known) => known.clone(),
        Expression::Get(of, key) => match value(of, read)? {
            Datum::Null => Datum::Null,
            Datum::Value(part @ (Value::Temporal(_) | Value::Date(_))) => {
                temporal::part(&part, key)
            }
            _ => return None,
        },
        Expression::Binary(operator, left, right) => {
            operators::binary(*operator, &value(left, read)?, &value(right, read)?).ok()?
        }
        Expression::Negative(of) => operators::negative(&value(of, read)?).ok()?,
        Expression::List(items) => {
            let items = items.iter().map(|item| value(item, read));
            Datum::List(items.collect::<Option<_>>()?)
        }
        Expression::IsNull(_) | Expression::Not(_) | Expression::And(_) | Expression::Or(_) => {
            truth(expression, read)?.map_or(Datum::Null, Datum::bool)
        }
        _ => return None,
    })
}

/// Whether a condition is true, false or neither; `None` as for values.
fn truth(
    expression: &Expression,
    read: &dyn Fn(&Expression) -> Option<Datum>,
) -> Option<Option<bool>> {
    let decided = |parts: &[Expression], decides: bool| -> Option<Option<bool>> {
        let mut known = Some(!decides);
        for part in parts {
            match truth(part, read)? {
                Some(truth) if truth == decides => return Some(Some(decides)),
                Some(_) => {}
                None => known = None,
            }
        }
        Some(known)
    };
    match expression {
        Expression::At(_, inner) => truth(inner, read),
        Expression::IsNull(inner) => Some(Some(value(inner, read)?.is_null())),
        Expression::Not(inner) => Some(truth(inner, read)?.map(|truth| !truth)),
        Expression::And(parts) => decided(parts, false),
        Expression::Or(parts) => decided(parts, true),
        other => match value(other, read)? {
            Datum::Value(Value::Bool(truth)) => Some(Some(truth)),
            Datum::Null => Some(None),
            _ => None,
        },
    }
}

/// The one coded field that an expression reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The variable of the claim.
    pub claim: Var,
    /// Which field.
    pub of: Coded,
    /// How many codes it has.
    pub codes: usize,
}

/// How many codes may be decided beforehand.
const CODES: usize = 20_000;

/// The coded field that an expression reads and nothing else; `None` where there is no such, or where it
/// has too many codes.
pub fn field(expression: &Expression, columns: &Columns) -> Option<Field> {
    let vars = expression_vars(expression);
    let claim = *vars.first()?;
    if vars.iter().any(|var| *var != claim) {
        return None;
    }
    let mut keys: Vec<&str> = Vec::new();
    properties(expression, claim, &mut keys);
    let of = match keys.as_slice() {
        [] => return None,
        keys if keys
            .iter()
            .all(|key| ["before", "from", "until"].contains(key)) =>
        {
            Coded::Valid
        }
        keys if keys
            .iter()
            .all(|key| ["likelihood", "scale", "term"].contains(key)) =>
        {
            Coded::Likelihood
        }
        _ => return None,
    };
    let codes = match of {
        Coded::Valid => columns.periods().len(),
        Coded::Likelihood => columns.likelihoods().len() + 1,
    };
    // A free property of that name would be read first.
    let hidden = keys.iter().any(|key| columns.has_free(key));
    (!hidden && codes <= CODES).then_some(Field { claim, of, codes })
}

/// The properties of a claim that an expression reads.
fn properties<'e>(expression: &'e Expression, claim: Var, keys: &mut Vec<&'e str>) {
    if let Expression::Get(of, key) = expression
        && *bare(of) == Expression::Var(claim)
        && !keys.contains(&key.as_str())
    {
        keys.push(key);
    }
    for part in parts(expression) {
        properties(part, claim, keys);
    }
}

/// An expression without the place that it stands at.
pub fn bare(expression: &Expression) -> &Expression {
    match expression {
        Expression::At(_, inner) => bare(inner),
        other => other,
    }
}

/// The value of an expression for each code of its field; `None` where it cannot be told.
pub fn by_code(expression: &Expression, field: Field, columns: &Columns) -> Option<Vec<Datum>> {
    let value_of = |code: usize| {
        let read = |part: &Expression| match part {
            Expression::Get(of, key) if *bare(of) == Expression::Var(field.claim) => {
                Some(of_code(columns, field.of, code, key))
            }
            _ => None,
        };
        value(expression, &read)
    };
    (0..field.codes).map(value_of).collect()
}

/// Whether a condition on a claim's field holds, for each code, and in words what it reads.
pub fn passes(condition: &Expression, columns: &Columns) -> Option<(Field, Vec<bool>)> {
    let field = field(condition, columns)?;
    let values = by_code(condition, field, columns)?;
    let truth = |value: &Datum| match value {
        Datum::Value(Value::Bool(truth)) => Some(*truth),
        Datum::Null => Some(false),
        _ => None,
    };
    let passes = values.iter().map(truth).collect::<Option<_>>()?;
    Some((field, passes))
}

//! The value of an expression that reads nothing but what it is told: for conditions on one coded field,
//! which are decided once for each code and not once for each claim. It knows no rows and asks no plan.

#![allow(clippy::wildcard_enum_match_arm)] // What it does not know is left to the executor.

use crate::algebra::datum::Datum;
use crate::algebra::functions::{operators, temporal};
use crate::algebra::plan::Expression;
use crate::model::Value;

/// The value of an expression; `read` gives that of a property of a variable. `None` where it fails or
/// needs more than that.
pub fn value(
    expression: &Expression,
    read: &dyn Fn(&Expression) -> Option<Datum>,
) -> Option<Datum> {
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
pub fn truth(
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

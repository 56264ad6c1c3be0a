//! The value of a property: what text, imports and questions can write. It compares values; it
//! computes nothing with them.

use crate::model::date::PartialDate;
use crate::model::temporal::Temporal;
use minicbor::{Decode, Encode};
use serde::Serialize;
use std::cmp::Ordering;

/// A property's value.
#[derive(Clone, Debug, PartialEq, Serialize, Encode, Decode)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    #[n(0)]
    Bool(#[n(0)] bool),
    /// A whole number.
    #[n(1)]
    Int(#[n(0)] i64),
    /// A number; never NaN in a case.
    #[n(2)]
    Float(#[n(0)] f64),
    /// Text.
    #[n(3)]
    Text(#[n(0)] String),
    /// A date to its precision.
    #[n(4)]
    Date(#[n(0)] PartialDate),
    /// A date, a time or a duration as GQL has them.
    #[n(5)]
    Temporal(#[n(0)] Temporal),
    /// Several values.
    #[n(6)]
    List(#[n(0)] Vec<Value>),
    /// Named values, in the order given.
    #[n(7)]
    Map(#[n(0)] Vec<(String, Value)>),
}

impl Value {
    /// The order of two values of one kind (whole numbers and numbers are one kind; a date and a
    /// text that reads as a date are one kind); `None` where they cannot be compared.
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Float(b)) => (*a as f64).partial_cmp(b),
            (Value::Float(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
            (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
            (Value::Date(a), Value::Date(b)) => Some(compare_dates(*a, *b)),
            (Value::Date(a), Value::Text(b)) => {
                PartialDate::parse(b).map(|date| compare_dates(*a, date))
            }
            (Value::Text(a), Value::Date(b)) => {
                PartialDate::parse(a).map(|date| compare_dates(date, *b))
            }
            (Value::Temporal(a), Value::Temporal(b)) => a.compare(b),
            (Value::Date(a), Value::Temporal(b)) => compare_points(*a, b),
            (Value::Temporal(a), Value::Date(b)) => compare_points(*b, a).map(Ordering::reverse),
            (Value::List(a), Value::List(b)) => (a == b).then_some(Ordering::Equal),
            (Value::Map(a), Value::Map(b)) => (a == b).then_some(Ordering::Equal),
            (
                Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Text(_)
                | Value::Date(_)
                | Value::Temporal(_)
                | Value::List(_)
                | Value::Map(_),
                _,
            ) => None,
        }
    }

    /// The value as text, without quotes.
    pub fn text(&self) -> String {
        match self {
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Text(value) => value.clone(),
            Value::Date(value) => value.to_string(),
            Value::Temporal(value) => value.to_string(),
            Value::List(values) => values
                .iter()
                .map(Value::text)
                .collect::<Vec<_>>()
                .join(", "),
            Value::Map(pairs) => {
                let shown = |(key, value): &(String, Value)| format!("{key}: {}", value.text());
                format!(
                    "{{{}}}",
                    pairs.iter().map(shown).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}

/// Earlier first; of two that begin alike the more precise first.
fn compare_dates(a: PartialDate, b: PartialDate) -> Ordering {
    a.start().cmp(&b.start()).then(a.end().cmp(&b.end()))
}

/// A date to its precision beside a point in time: by where it begins.
fn compare_points(a: PartialDate, b: &Temporal) -> Option<Ordering> {
    match b {
        Temporal::Date(_) | Temporal::LocalDateTime(..) | Temporal::DateTime(..) => {
            let second = 1_000_000_000;
            Some((i128::from(a.start()) * second).cmp(&b.instant()))
        }
        Temporal::LocalTime(_) | Temporal::Time(..) | Temporal::Duration(_) => None,
    }
}

//! A value while a plan runs: property values, and what they are read from. It owns no column; a
//! batch holds entities and claims as plain numbers and makes a datum only where one is asked for.

use crate::model::{EntityId, PartialDate, Value};
use std::cmp::Ordering;

/// A value in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Datum {
    /// No value.
    #[default]
    Null,
    /// A property's value or a literal.
    Value(Value),
    /// An entity.
    Entity(EntityId),
    /// A fact, by the row of its first claim.
    Fact(u32),
}

impl Datum {
    /// Text.
    pub fn text(text: impl Into<String>) -> Datum {
        Datum::Value(Value::Text(text.into()))
    }

    /// A whole number.
    pub fn int(number: i64) -> Datum {
        Datum::Value(Value::Int(number))
    }

    /// A number.
    pub fn float(number: f64) -> Datum {
        Datum::Value(Value::Float(number))
    }

    /// A date.
    pub fn date(date: PartialDate) -> Datum {
        Datum::Value(Value::Date(date))
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Datum::Null)
    }

    /// The order of two values that can be compared; `None` for the rest.
    pub fn compare(&self, other: &Datum) -> Option<Ordering> {
        match (self, other) {
            (Datum::Value(a), Datum::Value(b)) => a.compare(b),
            (Datum::Entity(a), Datum::Entity(b)) => Some(a.cmp(b)),
            (Datum::Fact(a), Datum::Fact(b)) => Some(a.cmp(b)),
            (Datum::Null | Datum::Value(_) | Datum::Entity(_) | Datum::Fact(_), _) => None,
        }
    }

    /// A total order for sorting: by kind, then by value. No value stands last either way, so it
    /// has no place here; the sort operator puts it there.
    pub fn order(&self, other: &Datum) -> Ordering {
        let rank = |datum: &Datum| match datum {
            Datum::Value(Value::Bool(_)) => 0,
            Datum::Value(Value::Int(_) | Value::Float(_)) => 1,
            Datum::Value(Value::Date(_)) => 2,
            Datum::Value(Value::Text(_)) => 3,
            Datum::Value(Value::List(_)) => 4,
            Datum::Value(Value::Map(_)) => 5,
            Datum::Entity(_) => 6,
            Datum::Fact(_) => 7,
            Datum::Null => 8,
        };
        rank(self)
            .cmp(&rank(other))
            .then_with(|| self.compare(other).unwrap_or(Ordering::Equal))
    }

    /// As it is shown; nothing for no value. Entities and facts have no text of their own.
    pub fn shown(&self) -> String {
        match self {
            Datum::Null => String::new(),
            Datum::Value(value) => value.text(),
            Datum::Entity(id) => format!("entity {}", id.0),
            Datum::Fact(row) => format!("fact {row}"),
        }
    }
}

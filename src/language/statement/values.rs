//! Values as statements and rules write them: reading what is printed gives the same value.

use crate::language::spelling::string;
use crate::model::{Precision, Value};

/// A value as it is written.
pub fn value(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(number) if number.fract() == 0.0 => format!("{number:.1}"),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => string(text),
        // A bare year would read as a number.
        Value::Date(date) if date.precision() == Precision::Year => format!("year {date}"),
        Value::Date(date) => date.to_string(),
        Value::Temporal(value) => string(&value.to_string()),
        Value::List(values) => {
            format!(
                "[{}]",
                values
                    .iter()
                    .map(self::value)
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Value::Map(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, of)| format!("{}: {}", string(key), self::value(of)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

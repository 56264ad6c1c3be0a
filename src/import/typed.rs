//! Values from the JSON of our own exports, in which what JSON has no kind for is an object with one
//! key that begins with `$` (`docs/exchange.md`). It refuses what is no value, and says what.

use crate::model::temporal::{Kind, parse};
use crate::model::{PartialDate, Value};
use serde_json::Value as Json;

/// The kinds of temporal values by their keys.
const TEMPORAL: &[(&str, Kind)] = &[
    ("$day", Kind::Date),
    ("$local-time", Kind::LocalTime),
    ("$time", Kind::Time),
    ("$local-date-time", Kind::LocalDateTime),
    ("$date-time", Kind::DateTime),
    ("$duration", Kind::Duration),
];

/// A value; nothing for `null`.
pub fn value(json: &Json) -> Result<Option<Value>, String> {
    Ok(Some(match json {
        Json::Null => return Ok(None),
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(number)) => Value::Float(number),
            (None, None) => return Err(format!("`{number}` is too large a number")),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => {
            let items: Result<Vec<Option<Value>>, String> = items.iter().map(value).collect();
            Value::List(items?.into_iter().flatten().collect())
        }
        Json::Object(entries) => match entries.iter().next().filter(|_| entries.len() == 1) {
            Some((key, of)) if key.starts_with('$') => return special(key, of).map(Some),
            Some(_) | None => Value::Map(pairs(entries)?),
        },
    }))
}

fn special(key: &str, of: &Json) -> Result<Value, String> {
    if let ("$map", Json::Object(entries)) = (key, of) {
        return Ok(Value::Map(pairs(entries)?));
    }
    let kind = TEMPORAL.iter().find(|(known, _)| *known == key);
    match (of, kind) {
        (Json::String(text), Some((_, kind))) => match parse(*kind, text) {
            Ok(value) => Ok(Value::Temporal(value)),
            Err(error) => Err(format!("`{text}` is no {}: {error}", kind.name())),
        },
        (Json::String(text), None) if key == "$date" => PartialDate::parse(text)
            .map(Value::Date)
            .ok_or_else(|| format!("`{text}` is no date: write 2021, 2021-03 or 2021-03-25")),
        _ => Err(format!(
            "`{key}` is no kind of value; kinds are $date, $map, $day, $time, $duration …"
        )),
    }
}

/// The entries of an object in their order, without those that are `null`.
fn pairs(entries: &serde_json::Map<String, Json>) -> Result<Vec<(String, Value)>, String> {
    let mut found = Vec::with_capacity(entries.len());
    for (key, of) in entries {
        if let Some(of) = value(of)? {
            found.push((key.clone(), of));
        }
    }
    Ok(found)
}

/// Properties from an object.
pub fn properties(entries: &serde_json::Map<String, Json>) -> Result<Vec<(String, Value)>, String> {
    let mut found = pairs(entries)?;
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Properties from the text of an object.
pub fn object(text: &str) -> Result<Vec<(String, Value)>, String> {
    match serde_json::from_str(text) {
        Ok(Json::Object(entries)) => properties(&entries),
        Ok(_) => Err("properties are a JSON object: {\"key\": \"value\"}".to_owned()),
        Err(error) => Err(format!("this is no JSON object: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::object;
    use crate::model::Value;

    #[test]
    fn what_is_no_value_is_refused() {
        for text in [
            "[1]",
            "{",
            "{\"a\": {\"$date\": \"soon\"}}",
            "{\"a\": {\"$odd\": 1}}",
            "{\"a\": {\"$duration\": \"long\"}}",
        ] {
            assert!(object(text).is_err(), "{text}");
        }
        let some = object("{\"b\": 1, \"a\": {\"$date\": \"2021-03\"}, \"c\": null}");
        let some = some.expect("properties");
        assert_eq!(some.len(), 2);
        assert!(matches!(&some[0], (key, Value::Date(_)) if key == "a"));
    }
}

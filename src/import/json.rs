//! JSON of documents: pieces read into plain data with their places kept, mistakes told by line and
//! column. It knows no format.

use crate::import::document::{Document, LONGEST};
use crate::model::{PartialDate, Value};
use crate::text::Diagnostic;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_json::error::Category;
use std::borrow::Cow;

/// Reads the whole document.
pub fn whole<'t, T: Deserialize<'t>>(document: &Document<'t>) -> Result<T, Diagnostic> {
    if document.text.len() > LONGEST {
        long_string(document)?;
    }
    piece(document, document.text)
}

/// Reads a piece of the document: a line, or what a `&RawValue` holds.
pub fn piece<'t, T: Deserialize<'t>>(
    document: &Document<'t>,
    piece: &'t str,
) -> Result<T, Diagnostic> {
    serde_json::from_str(piece).map_err(|error| wrong(document, piece, &error))
}

/// A mistake in a piece of the document as it is told.
fn wrong(document: &Document<'_>, piece: &str, error: &serde_json::Error) -> Diagnostic {
    // Lines count from 1 and columns too; an end of input is said to be in column 0 behind a line feed.
    let line = error.line().saturating_sub(1);
    let begun: usize = piece.split_inclusive('\n').take(line).map(str::len).sum();
    let within = begun + error.column().saturating_sub(1);
    let offset = document.offset_of(piece) + within.min(piece.len());
    let told = error.to_string();
    let said = told.split(" at line ").next().unwrap_or(&told);
    match error.classify() {
        Category::Eof => document
            .wrong(offset, "the JSON ends too early")
            .label(said.to_owned())
            .help("the file is cut off; get the whole of it"),
        Category::Syntax if said.starts_with("recursion limit") => document
            .wrong(offset, "the JSON is nested too deeply")
            .label("more than 127 levels")
            .help("no format that is known here goes so deep"),
        Category::Syntax | Category::Io => document
            .wrong(offset, "this is not JSON")
            .label(said.to_owned())
            .help("the file is damaged, or was edited by hand"),
        Category::Data => document
            .wrong(offset, "the JSON is not what the format says")
            .label(said.to_owned())
            .help("`--from NAME` reads it as another format"),
    }
}

/// Refuses strings that are too long.
fn long_string(document: &Document<'_>) -> Result<(), Diagnostic> {
    let bytes = document.text.as_bytes();
    let (mut at, mut begun) = (0, None);
    while at < bytes.len() {
        match (bytes[at], begun) {
            (b'"', None) => begun = Some(at),
            (b'"', Some(_)) => begun = None,
            (b'\\', Some(_)) => at += 1,
            _ => {}
        }
        if let Some(begun) = begun
            && at - begun > LONGEST
        {
            return Err(document.too_long(begun, "string"));
        }
        at += 1;
    }
    Ok(())
}

/// A JSON value as the value of a property; `null`, and what holds nothing else, is none.
pub fn value(json: &Json) -> Option<Value> {
    match json {
        Json::Null => None,
        Json::Bool(truth) => Some(Value::Bool(*truth)),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Some(Value::Int(whole)),
            None => number.as_f64().filter(|n| n.is_finite()).map(Value::Float),
        },
        Json::String(text) => Some(text_value(text)),
        Json::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(value).collect();
            (!items.is_empty()).then_some(Value::List(items))
        }
        Json::Object(fields) => {
            let fields = fields.iter();
            let name = |key: &str| sayable(Cow::Borrowed(key)).into_owned();
            let some = fields.filter_map(|(key, json)| Some((name(key), value(json)?)));
            let some: Vec<(String, Value)> = some.collect();
            (!some.is_empty()).then_some(Value::Map(some))
        }
    }
}

/// JSON read as the value of a property at once, by the rules of [`value`].
#[derive(Clone, Debug, PartialEq)]
pub struct Kept(pub Option<Value>);

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keeping).map(Kept)
    }
}

/// Reads JSON as a value.
struct Keeping;

impl<'de> Visitor<'de> for Keeping {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Option<Value>, E> {
        Ok(Some(Value::Bool(truth)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<Value>, E> {
        Ok(Some(Value::Int(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<Value>, E> {
        Ok(Some(match i64::try_from(number) {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Float(number as f64),
        }))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<Value>, E> {
        Ok(Some(number)
            .filter(|number| number.is_finite())
            .map(Value::Float))
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<Value>, E> {
        Ok(Some(text_value(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Value>, A::Error> {
        let mut items = Vec::new();
        while let Some(Kept(item)) = list.next_element()? {
            items.extend(item);
        }
        Ok((!items.is_empty()).then_some(Value::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Value>, A::Error> {
        let mut fields: Vec<(String, Value)> = Vec::new();
        while let Some((key, Kept(of))) = map.next_entry::<String, Kept>()? {
            let Some(of) = of else { continue };
            let key = sayable(Cow::Owned(key)).into_owned();
            // Of a key that stands twice the last counts.
            match fields.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = of,
                None => fields.push((key, of)),
            }
        }
        Ok((!fields.is_empty()).then_some(Value::Map(fields)))
    }
}

/// A text that our own text can say: without the sign NUL, which JSON can write as an escape.
pub fn sayable(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.contains('\0') {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => text,
    }
}

/// The text of a JSON document in which no text has the sign NUL: its escape is replaced by one of the same
/// length, so that places stay what they are.
pub fn without_nul(text: &str) -> Cow<'_, str> {
    const NUL: &str = "\\u0000";
    let mut clean: Option<String> = None;
    for (at, _) in text.match_indices(NUL) {
        // Behind an odd count of backslashes this one is a sign of the text and escapes nothing.
        let before = text[..at].bytes().rev().take_while(|byte| *byte == b'\\');
        if before.count() % 2 == 0 {
            let clean = clean.get_or_insert_with(|| text.to_owned());
            clean.replace_range(at..at + NUL.len(), "\\ufffd");
        }
    }
    clean.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A text as a value: a full date where it is one to the letter, text otherwise.
pub fn text_value(text: &str) -> Value {
    // A full date is short, has its first dash behind the year, and is told to the second at most.
    let bytes = text.as_bytes();
    if !(10..=25).contains(&bytes.len()) || bytes[4] != b'-' || bytes.contains(&b'.') {
        return Value::Text(sayable(Cow::Borrowed(text)).into_owned());
    }
    match PartialDate::parse(text) {
        Some(date) if text.len() >= 10 && date.to_string() == text => Value::Date(date),
        Some(_) | None => Value::Text(sayable(Cow::Borrowed(text)).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, value, whole, without_nul};
    use crate::import::document::Document;
    use serde_json::{Value as Json, json};

    fn mistake(text: &str) -> (String, Option<usize>) {
        let document = Document {
            file: "f",
            text,
            number: 0,
        };
        let wrong = whole::<Json>(&document).expect_err("no JSON");
        (wrong.title, wrong.span.map(|span| span.start))
    }

    #[test]
    fn an_escape_of_nul_is_replaced_and_what_only_looks_like_one_is_not() {
        let clean = without_nul(r#"{"a\u0000": "\\u0000\\\u0000"}"#);
        assert_eq!(clean, r#"{"a\ufffd": "\\u0000\\\ufffd"}"#);
        assert!(matches!(without_nul("{}"), std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn mistakes_have_their_places() {
        let early = "the JSON ends too early".to_owned();
        assert_eq!(mistake("{\"a\":\n [1,"), (early, Some(9)));
        assert_eq!(
            mistake("{\n \"a\": x}"),
            ("this is not JSON".to_owned(), Some(8))
        );
        let deep = "[".repeat(200_000);
        assert_eq!(mistake(&deep).0, "the JSON is nested too deeply");
    }

    #[test]
    fn values_that_are_read_at_once_are_the_same() {
        let text = r#"{"a": [1, null, "2021-03-25", 18446744073709551615, 1.5, {"b": {}}],
            "c": {"d": true, "e": "é\n"}, "f": [], "g": "2021-03-25T14:30:00Z"}"#;
        let json: Json = serde_json::from_str(text).expect("JSON");
        let kept: Kept = serde_json::from_str(text).expect("JSON");
        assert_eq!(kept.0, value(&json));
        assert_eq!(kept.0.map(|of| of.text().len() > 20), Some(true));
    }

    #[test]
    fn a_sign_that_no_text_can_hold_is_replaced() {
        let text = r#"{"a\u0000": "\u0000b"}"#;
        let json: Json = serde_json::from_str(text).expect("JSON");
        let kept: Kept = serde_json::from_str(text).expect("JSON");
        assert_eq!(kept.0, value(&json));
        let told = format!("{:?}", kept.0);
        assert!(!told.contains("\\0") && told.contains('\u{fffd}'), "{told}");
    }

    #[test]
    fn values_that_hold_nothing_are_none() {
        assert_eq!(value(&json!({"a": [null], "b": {}})), None);
        let kept = value(&json!(["2021-03-25", "2021-3-5", 1.5])).expect("a list");
        assert_eq!(kept.text(), "2021-03-25, 2021-3-5, 1.5");
    }
}

//! JSON of documents: pieces read into plain data with their places kept, mistakes told by line and
//! column. It knows no format.

use crate::import::document::{Document, LONGEST};
use crate::model::{PartialDate, Value};
use crate::text::Diagnostic;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::error::Category;

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
    if let Some(at) = nul(piece) {
        return Err(document
            .wrong(document.offset_of(piece) + at, "this text holds a NUL")
            .label("no text of a case can")
            .help("take it out"));
    }
    serde_json::from_str(piece).map_err(|error| wrong(document, piece, &error))
}

/// Where a string holds a NUL, written as JSON has it.
fn nul(piece: &str) -> Option<usize> {
    let mut found = piece.match_indices("\\u0000").map(|(at, _)| at);
    // Behind a sign that is escaped itself the letters are just letters.
    found.find(|at| {
        let before = piece.as_bytes()[..*at].iter().rev();
        before.take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
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
            let some = fields.filter_map(|(key, json)| Some((key.clone(), value(json)?)));
            let some: Vec<(String, Value)> = some.collect();
            (!some.is_empty()).then_some(Value::Map(some))
        }
    }
}

/// A text as a value: a full date where it is one to the letter, text otherwise.
pub fn text_value(text: &str) -> Value {
    match PartialDate::parse(text) {
        Some(date) if text.len() >= 10 && date.to_string() == text => Value::Date(date),
        Some(_) | None => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{value, whole};
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
    fn values_that_hold_nothing_are_none() {
        assert_eq!(value(&json!({"a": [null], "b": {}})), None);
        let kept = value(&json!(["2021-03-25", "2021-3-5", 1.5])).expect("a list");
        assert_eq!(kept.text(), "2021-03-25, 2021-3-5, 1.5");
    }
}

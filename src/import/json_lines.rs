//! JSON Lines as a table: a column for each key, a record for each line, so that columns are understood or
//! mapped as those of any table. Objects in objects are columns with a dot (`source.name`), lists are cells
//! with `;` between their items. It knows no format.

use crate::import::document::Document;
use crate::import::json;
use crate::text::Diagnostic;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// A table of JSON Lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lined {
    /// The table, as CSV.
    pub table: Vec<u8>,
    /// For each line of the table, from 0, the line of the document that it is from, from 1.
    pub lines: Vec<u64>,
}

/// Reads the lines of a document as records.
pub fn table(document: &Document<'_>) -> Result<Lined, Diagnostic> {
    let mut columns: Vec<String> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut records: Vec<(u64, Vec<(usize, String)>)> = Vec::new();
    for line in document.lines() {
        let (number, line) = line?;
        if line.trim_start().starts_with('[') {
            return Err(document
                .wrong(document.offset_of(line), "this line is a list")
                .label("a table of JSON Lines has an object a line")
                .help("write each item of the list on a line of its own"));
        }
        let fields: Map<String, Json> = json::piece(document, line)?;
        let mut cells: Vec<(usize, String)> = Vec::new();
        flatten("", &fields, &mut |key, text| {
            let at = *places.entry(key.clone()).or_insert_with(|| {
                columns.push(key);
                columns.len() - 1
            });
            cells.push((at, text));
        });
        records.push((number as u64, cells));
    }
    if columns.is_empty() {
        return Err(document
            .wrong(0, "these lines have no keys")
            .label("the first line")
            .help("a table of JSON Lines has an object with keys a line"));
    }
    let mut lined = Lined::default();
    let first = records.first().map_or(1, |(number, _)| *number);
    record(&columns, first, &mut lined);
    for (number, cells) in records {
        let mut row = vec![String::new(); columns.len()];
        for (at, text) in cells {
            row[at] = text;
        }
        record(&row, number, &mut lined);
    }
    Ok(lined)
}

/// The fields of an object that hold something, by their paths.
fn flatten(above: &str, fields: &Map<String, Json>, tell: &mut dyn FnMut(String, String)) {
    for (key, value) in fields {
        let path = match above {
            "" => key.clone(),
            above => format!("{above}.{key}"),
        };
        match value {
            Json::Object(inner) => flatten(&path, inner, tell),
            Json::Array(items) => {
                let items: Vec<String> = items.iter().filter_map(text).collect();
                tell(path, items.join("; "));
            }
            one @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => {
                tell(path, text(one).unwrap_or_default());
            }
        }
    }
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(json::sayable(Cow::Borrowed(text)).into_owned()),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Some(value.to_string())
        }
    }
}

/// Adds a record, every cell in quotation marks.
fn record(cells: &[String], from: u64, lined: &mut Lined) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            lined.table.push(b',');
        }
        lined.table.push(b'"');
        lined
            .table
            .extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        lined.table.push(b'"');
        let more = cell.bytes().filter(|byte| *byte == b'\n').count();
        lined.lines.extend(std::iter::repeat_n(from, more));
    }
    lined.table.push(b'\n');
    lined.lines.push(from);
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::import::document::Document;

    #[test]
    fn lines_are_records_with_their_places() {
        let text = "{\"a\": \"x\\ny\", \"b\": {\"c\": [1, null, \"z\"]}}\n\n{\"d\": true, \"a\": \"\\\"\"}\n";
        let document = Document {
            file: "f",
            text,
            number: 0,
        };
        let lined = table(&document).expect("a table");
        let wanted = "\"a\",\"b.c\",\"d\"\n\"x\ny\",\"1; z\",\"\"\n\"\"\"\",\"\",\"true\"\n";
        assert_eq!(String::from_utf8_lossy(&lined.table), wanted);
        assert_eq!(lined.lines, [1, 1, 1, 3]);
    }
}

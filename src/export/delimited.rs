//! CSV (RFC 4180) and tab-separated values: the records of an answer, a line each, headings first.
//! Lists are joined by `; `, what has no value is empty. An answer that is one object about many rows
//! (`about X`, yes or no) is written by its rows.

use crate::answer::{Answer, Record};
use crate::export::writer::{ExportError, Input, Style};
use serde_json::Value;
use std::borrow::Cow;

/// Comma-separated values.
pub fn csv(input: Input<'_>, _style: Style) -> Result<String, ExportError> {
    let failed = |error: String| ExportError {
        title: format!("this cannot be written as CSV: {error}"),
        help: "use another format".into(),
    };
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let records = rows(input.answer);
    let columns = columns(&records);
    if !columns.is_empty() {
        writer
            .write_record(&columns)
            .map_err(|error| failed(error.to_string()))?;
    }
    for record in records.iter() {
        let cells = columns
            .iter()
            .map(|column| harmless(cell(record.get(*column))));
        writer
            .write_record(cells)
            .map_err(|error| failed(error.to_string()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

/// Tab-separated values: a tab, a line feed or a backslash in a cell is written `\t`, `\n`, `\\`.
pub fn tsv(input: Input<'_>, _style: Style) -> Result<String, ExportError> {
    let records = rows(input.answer);
    let columns = columns(&records);
    let escaped = |text: String| {
        text.replace('\\', "\\\\")
            .replace('\t', "\\t")
            .replace('\n', "\\n")
            .replace('\r', "\\r")
    };
    let mut out = String::new();
    let mut line = |cells: Vec<String>| {
        out.push_str(&cells.join("\t"));
        out.push('\n');
    };
    if !columns.is_empty() {
        line(
            columns
                .iter()
                .map(|column| escaped((*column).to_owned()))
                .collect(),
        );
    }
    for record in records.iter() {
        line(
            columns
                .iter()
                .map(|column| escaped(cell(record.get(*column))))
                .collect(),
        );
    }
    Ok(out)
}

/// The records of an answer, or its rows for people where these are more.
fn rows(answer: &Answer) -> Cow<'_, [Record]> {
    let table = &answer.table;
    if answer.records.len() == table.rows.len() || table.rows.is_empty() {
        return Cow::Borrowed(&answer.records);
    }
    let cells = |row: &Vec<String>| {
        let pairs = table.columns.iter().cloned().zip(row.iter().cloned());
        pairs
            .map(|(column, cell)| (column, Value::String(cell)))
            .collect()
    };
    Cow::Owned(table.rows.iter().map(cells).collect())
}

/// The keys of all records, in the order of first appearance.
pub fn columns(records: &[Record]) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    for record in records {
        for key in record.keys() {
            if !columns.contains(&key.as_str()) {
                columns.push(key);
            }
        }
    }
    columns
}

/// A value as a cell.
pub fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| cell(Some(value)))
            .collect::<Vec<_>>()
            .join("; "),
        // A node of a graph goes by its name, a relationship by its type and number.
        Some(Value::Object(node)) if node.contains_key("labels") && node.contains_key("id") => {
            let name = node.get("name").filter(|name| !name.is_null());
            cell(name.or(node.get("id")))
        }
        Some(Value::Object(claim)) if claim.contains_key("claim") && claim.contains_key("type") => {
            format!("{} #{}", cell(claim.get("type")), cell(claim.get("claim")))
        }
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Object(_))) => other.to_string(),
    }
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe before it. Numbers stay.
fn harmless(text: String) -> String {
    let formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || text.starts_with('-') && text.parse::<f64>().is_err();
    if formula { format!("'{text}") } else { text }
}

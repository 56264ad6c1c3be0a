//! Tables of a known layout as documents: records by the names of their columns, with their places. It
//! knows no format; a row with more or fewer cells than the header is a mistake.

use crate::import::document::{Document, Place};
use crate::import::json;
use crate::model::Value;
use crate::text::{Diagnostic, nearest};
use csv::{ReaderBuilder, StringRecord};

/// A table that was read whole.
#[derive(Debug)]
pub struct Sheet {
    header: Vec<String>,
    rows: Vec<(Place, StringRecord)>,
}

/// A record of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'s> {
    header: &'s [String],
    record: &'s StringRecord,
    /// Where it begins.
    pub place: Place,
}

impl Sheet {
    /// Reads a table with commas between its cells; it must have the columns that are required.
    pub fn read(document: &Document<'_>, required: &[&str]) -> Result<Sheet, Diagnostic> {
        Sheet::filled(document, Vec::new(), required)
    }

    /// Reads a table that has no header; its columns are called so.
    pub fn under(document: &Document<'_>, header: &[&str]) -> Result<Sheet, Diagnostic> {
        let header = header.iter().map(|name| (*name).to_owned()).collect();
        Sheet::filled(document, header, &[])
    }

    fn filled(
        document: &Document<'_>,
        mut header: Vec<String>,
        required: &[&str],
    ) -> Result<Sheet, Diagnostic> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(document.text.as_bytes());
        let mut rows = Vec::new();
        let mut number = 0;
        loop {
            let from = reader.position().byte() as usize;
            let mut record = StringRecord::new();
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    return Err(document
                        .wrong(from, "this row cannot be read")
                        .label(error.to_string())
                        .help("save the table as CSV again"));
                }
            }
            let begun = record.position().map_or(from, |at| at.byte() as usize);
            // A record is said to begin behind the first byte that ends the one before it.
            let behind = document.text.as_bytes().get(begun..).unwrap_or_default();
            let ends = behind
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let begun = begun + ends.count();
            if header.is_empty() {
                header = record.iter().map(|cell| cell.trim().to_owned()).collect();
                whole(document, &header, required)?;
                continue;
            }
            // What DOS wrote behind the end of a text.
            if record.get(0) == Some("\u{1a}") && record.iter().skip(1).all(str::is_empty) {
                continue;
            }
            if record.len() != header.len() {
                let (cells, columns) = (record.len(), header.len());
                let cells = match cells {
                    1 => "1 cell".to_owned(),
                    cells => format!("{cells} cells"),
                };
                return Err(document
                    .wrong(begun, "this row does not fit the header")
                    .label(format!("{cells} where the header has {columns}"))
                    .help("a cell with a comma, a quotation mark or a line feed stands in quotation marks"));
            }
            let place = document.place(begun).in_item("rows", number);
            rows.push((place, record));
            number += 1;
        }
        if let Some(open) = open_quote(document.text) {
            return Err(document
                .wrong(open, "a quotation mark is left open")
                .label("from here to the end of the file")
                .help("the file is cut off; get the whole of it"));
        }
        Ok(Sheet { header, rows })
    }

    /// The rows behind the header.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(place, record)| Row {
            header: &self.header,
            record,
            place: *place,
        })
    }
}

/// Refuses a header in which a column is missing or stands twice.
fn whole(document: &Document<'_>, header: &[String], required: &[&str]) -> Result<(), Diagnostic> {
    for (at, name) in header.iter().enumerate() {
        if !name.is_empty() && header[..at].contains(name) {
            return Err(document
                .wrong(0, format!("two columns are called `{name}`"))
                .label("the header of the table")
                .help("give one of them another name"));
        }
    }
    for name in required {
        if !header.iter().any(|known| known == name) {
            let near = nearest(name, header.iter().map(String::as_str), 1);
            let help = match near.first() {
                Some(near) => format!("is it `{near}`? Then rename it"),
                None => "take the table as it was published, or read it with `--map`".to_owned(),
            };
            return Err(document
                .wrong(0, format!("this table has no column `{name}`"))
                .label(format!("the header has {}", header.join(", ")))
                .help(help));
        }
    }
    Ok(())
}

/// Where a quotation mark was left open, if one was.
fn open_quote(text: &str) -> Option<usize> {
    let marks = text.bytes().filter(|byte| *byte == b'"').count();
    match marks % 2 {
        0 => None,
        _ => {
            // The last one that begins a cell.
            let begins = |at: &usize| *at == 0 || matches!(text.as_bytes()[at - 1], b',' | b'\n');
            let mut found = text.match_indices('"').map(|(at, _)| at).filter(begins);
            found.next_back()
        }
    }
}

impl<'s> Row<'s> {
    /// A cell by the name of its column, without space around it; empty where there is no such column.
    pub fn get(&self, column: &str) -> &'s str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or("").trim()
    }

    /// The cells in their order.
    pub fn cells(&self) -> impl Iterator<Item = &'s str> {
        self.record.iter()
    }

    /// The cells that hold something, but for some columns, as properties.
    pub fn rest(&self, read: &[&str]) -> Vec<(String, Value)> {
        let cells = self.header.iter().zip(self.record.iter());
        cells
            .filter(|(name, cell)| !name.is_empty() && !read.contains(&name.as_str()) && says(cell))
            .map(|(name, cell)| (key(name), value(cell.trim())))
            .collect()
    }
}

/// The name of a column as the key of a property: `name` and `title` are fields of an entity.
fn key(name: &str) -> String {
    match name {
        "name" | "title" | "document" => format!("column-{name}"),
        name => name.to_owned(),
    }
}

/// Whether a cell says anything.
pub fn says(cell: &str) -> bool {
    !matches!(
        cell.trim(),
        "" | "-0-" | "Not available" | "[]" | "[['']]" | "n/a" | "N/A"
    )
}

/// A cell as a value: a list where it is written as one, a date where it is one, else text.
fn value(cell: &str) -> Value {
    let listed = list(cell).filter(|items| !items.is_empty());
    match listed {
        Some(items) => Value::List(items.into_iter().map(Value::Text).collect()),
        None => json::text_value(cell),
    }
}

/// The texts in a list as Python writes it, lists in it taken apart: `[['a', "b's"], ['c']]`.
pub fn list(cell: &str) -> Option<Vec<String>> {
    let cell = cell.trim();
    if !cell.starts_with('[') || !cell.ends_with(']') {
        return None;
    }
    let mut found = Vec::new();
    let mut signs = cell.chars();
    let mut depth = 0_i32;
    while let Some(sign) = signs.next() {
        match sign {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' | ' ' | '\n' => {}
            quote @ ('\'' | '"') => {
                let mut text = String::new();
                loop {
                    match signs.next()? {
                        '\\' => match signs.next()? {
                            'n' => text.push('\n'),
                            't' => text.push('\t'),
                            'x' => {
                                let hex: String = signs.by_ref().take(2).collect();
                                let code = u32::from_str_radix(&hex, 16).ok()?;
                                text.push(char::from_u32(code).filter(|sign| *sign != '\0')?);
                            }
                            other => text.push(other),
                        },
                        end if end == quote => break,
                        other => text.push(other),
                    }
                }
                let text = text.replace('\u{a0}', " ").trim().to_owned();
                if says(&text) {
                    found.push(text);
                }
            }
            _ => return None,
        }
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn lists_of_python_are_taken_apart() {
        let found = list(r#"[['a', "b's"], ['Not available', 'c\'d'], []]"#);
        let found = found.expect("a list");
        assert_eq!(found, ["a", "b's", "c'd"]);
        for text in ["a", "['a'", "[a]", "['a]", "['a']]"] {
            assert_eq!(list(text), None, "{text}");
        }
    }
}

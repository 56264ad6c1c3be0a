//! A Markdown table of what people see of an answer, and tables as Markdown for others.

use crate::export::writer::{ExportError, Input, Style};

/// Writes headline, table and notes.
pub fn write(input: Input<'_>, _style: Style) -> Result<String, ExportError> {
    let answer = input.answer;
    let mut out = String::new();
    if let Some(headline) = &answer.headline {
        match headline.contains('\n') {
            true => out.push_str(&format!("```\n{headline}\n```\n\n")),
            false => out.push_str(&format!("**{}**\n\n", escaped(headline))),
        }
    }
    if !answer.table.rows.is_empty() {
        out.push_str(&table(&answer.table.columns, &answer.table.rows));
    } else if answer.asks {
        out.push_str("No claim found.\n");
    }
    for note in &answer.notes {
        out.push_str(&format!("\n{}\n", escaped(note)));
    }
    if let Some(reading) = &answer.reading {
        out.push_str(&format!("\n*{}*\n", escaped(reading)));
    }
    Ok(out)
}

/// A table with a line for each row.
pub fn table(columns: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut out = line(columns);
    out.push_str(&format!("|{}\n", " --- |".repeat(columns.len())));
    rows.iter().for_each(|row| out.push_str(&line(row)));
    out
}

/// A text that Markdown takes as it is.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

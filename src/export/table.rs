//! A table for people: rows are numbered so that `why 2` can refer to one; the reading stands below
//! in a dim line.

use crate::answer::{Answer, wording};
use crate::export::writer::{ExportError, Input, Style};
use comfy_table::{ContentArrangement, Table, presets};

/// Writes headline, table, notes and reading.
pub fn write(input: Input<'_>, style: Style) -> Result<String, ExportError> {
    let answer = input.answer;
    let mut out = String::new();
    if let Some(headline) = &answer.headline {
        out.push_str(&clean_lines(headline));
        out.push('\n');
    }
    if answer.table.rows.is_empty() {
        if answer.asks {
            out.push_str("no claim found\n");
        }
    } else {
        out.push_str(&drawn(answer, style));
        out.push('\n');
    }
    let rows = answer.table.rows.len();
    let mut below: Vec<String> = answer.notes.iter().map(|note| clean(note)).collect();
    let footer = match (&answer.reading, rows > 1) {
        (Some(reading), true) => Some(format!(
            "{} · {}",
            wording::counted(rows, "row"),
            clean(reading)
        )),
        (Some(reading), false) => Some(clean(reading)),
        (None, true) => Some(wording::counted(rows, "row")),
        (None, false) => None,
    };
    below.extend(footer);
    for line in below {
        out.push_str(&dim(&line, style));
        out.push('\n');
    }
    Ok(out)
}

fn drawn(answer: &Answer, style: Style) -> String {
    let numbered = answer.table.rows.len() > 1;
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    match style.width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    let head = |cells: &[String]| {
        let first = numbered.then(String::new);
        first
            .into_iter()
            .chain(cells.iter().map(|cell| clean(cell)))
            .collect::<Vec<_>>()
    };
    table.set_header(head(&answer.table.columns));
    for (at, row) in answer.table.rows.iter().enumerate() {
        let number = numbered.then(|| (at + 1).to_string());
        table.add_row(number.into_iter().chain(row.iter().map(|cell| clean(cell))));
    }
    table.to_string()
}

/// Control characters cannot steer a terminal from inside a cell.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn clean_lines(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

fn dim(text: &str, style: Style) -> String {
    match style.colour {
        true => format!("\u{1b}[2m{text}\u{1b}[0m"),
        false => text.to_owned(),
    }
}

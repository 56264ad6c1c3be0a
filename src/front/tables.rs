//! Tables of an import: what their columns mean, how far reading is, what was left out. It opens no table.

use crate::answer::wording::counted;
use crate::front::output::write_file;
use crate::import::{Imported, Mapping, Reject};
use crate::text::{Diagnostic, render};
use csv::{QuoteStyle, WriterBuilder};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// How an import goes.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The format of the files, as after `--from`; without it they are known by what is in them.
    pub from: Option<String>,
    /// What columns mean.
    pub mapping: Mapping,
    /// Where rows go that will not do; without it they leave the case as it was.
    pub rejects: Option<String>,
    /// Messages in colour.
    pub colour: bool,
}

/// Why an import came to nothing, for standard error; and whether it was interrupted.
#[derive(Debug)]
pub struct Refused {
    /// The messages.
    pub text: String,
    /// It was stopped by the user.
    pub interrupted: bool,
}

impl From<String> for Refused {
    fn from(text: String) -> Refused {
        Refused {
            text,
            interrupted: false,
        }
    }
}

/// The mapping of what was given with `--map`: pairs, or a file of them.
pub fn mapping(given: &[String], colour: bool) -> Result<Mapping, Refused> {
    let mut mapping = Mapping::default();
    for text in given {
        let (origin, text) = match text.contains('=') {
            true => ("--map".to_owned(), text.clone()),
            false => match crate::front::source::read(text) {
                Ok(source) => (source.origin, source.text),
                Err(mistake) => {
                    let mistake = mistake.help("write COLUMN=FIELD, or name a file of such pairs");
                    return Err(render(&mistake, "--map", "", colour).into());
                }
            },
        };
        let more = Mapping::parse(&text)
            .map_err(|mistake| Refused::from(render(&mistake, &origin, &text, colour)))?;
        mapping.extend(more);
    }
    Ok(mapping)
}

/// What tables brought, in one line; rejects are written to their file.
pub(in crate::front) fn summary(imported: &Imported, options: &Options) -> Result<String, Refused> {
    let mut said = format!(
        "{}, {}",
        counted(imported.claims, "new claim"),
        counted(imported.entities, "new entity")
    );
    if imported.known > 0 {
        said.push_str(&format!("; {} known", counted(imported.known, "claim")));
    }
    if let Some(file) = &options.rejects {
        let written = write_file(file, &rejected(&imported.rejects));
        written.map_err(|mistake| render(&mistake, file, "", options.colour))?;
        let left = counted(imported.rejects.len(), "row");
        said.push_str(&format!("; {left} left out, see {file}"));
    }
    Ok(said + "\n")
}

/// Rejects as messages.
pub(in crate::front) fn refused(rejects: &[Reject], colour: bool) -> Refused {
    let mut text: String = rejects
        .iter()
        .map(|reject| render(&told_of(reject), &reject.file, "", colour))
        .collect();
    // What is wrong with a header cannot be left out.
    text.push_str(match rejects.iter().all(|reject| reject.line > 1) {
        true => "nothing was imported; `--rejects FILE` leaves such rows out and keeps them\n",
        false => "nothing was imported\n",
    });
    text.into()
}

/// A reject as a message.
fn told_of(reject: &Reject) -> Diagnostic {
    let place = match (reject.line, &reject.column) {
        (0, _) => reject.file.clone(),
        (line, None) => format!("{}:{line}", reject.file),
        (line, Some(column)) => format!("{}:{line}, column `{column}`", reject.file),
    };
    let told = Diagnostic::without_span(format!("{place}: {}", reject.reason));
    match reject.record.is_empty() {
        true => told,
        false => told.note(format!("the row is {}", short(&reject.record))),
    }
}

/// The beginning of a text, for messages.
fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text.to_owned(),
    }
}

/// Rejects as a table.
fn rejected(rejects: &[Reject]) -> String {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    // Writing into memory does not fail.
    let _ = writer.write_record(["file", "line", "column", "reason", "record"]);
    for reject in rejects {
        let (line, column) = (
            reject.line.to_string(),
            reject.column.clone().unwrap_or_default(),
        );
        let record = [
            reject.file.as_str(),
            line.as_str(),
            column.as_str(),
            reject.reason.as_str(),
            reject.record.as_str(),
        ];
        let _ = writer.write_record(record);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A bar on standard error, where that is a terminal.
pub(in crate::front) fn bar(size: u64) -> ProgressBar {
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr_with_hz(10)),
        false => ProgressBar::hidden(),
    };
    let style = ProgressStyle::with_template(
        "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
    );
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

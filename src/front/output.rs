//! Answers and messages on their way out: which format, to the screen or into a file, with or
//! without colour.

use crate::answer::Answer;
use crate::engine::{Asked, Engine, Failure};
use crate::export::{self, Input, Style};
use crate::text::{Diagnostic, line_and_column, nearest, quoted_list, render};
use std::io::IsTerminal;
use std::path::Path;

/// What the outside looks like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Screen {
    /// Standard output is a terminal.
    pub terminal: bool,
    /// How wide tables may be where standard output is no terminal; `None`: as wide as needed.
    pub width: Option<usize>,
    /// Colours on standard output.
    pub colour: bool,
    /// Colours on standard error.
    pub colour_errors: bool,
}

impl Screen {
    /// The screen of this process. `NO_COLOR` (no-color.org) is heeded.
    pub fn new() -> Screen {
        let terminal = std::io::stdout().is_terminal();
        let colourless = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Screen {
            terminal,
            width: None,
            colour: terminal && !colourless,
            colour_errors: std::io::stderr().is_terminal() && !colourless,
        }
    }

    /// The format that is used where none is named: a table for people, TSV for pipes.
    pub fn format(&self) -> &'static str {
        if self.terminal { "table" } else { "tsv" }
    }

    /// How answers are written.
    pub fn style(&self) -> Style {
        // Asked anew each time: a window may be resized while one talks.
        let window = self.terminal.then(terminal_size::terminal_size).flatten();
        let window = window
            .map(|(width, _)| usize::from(width.0))
            .filter(|width| *width > 0);
        Style {
            width: window.or(self.width).or(self.terminal.then_some(100)),
            colour: self.colour,
        }
    }
}

/// An answer on its way out.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// For standard output.
    pub text: String,
    /// For standard error: notes that the format has no place for, files that were written.
    pub aside: Vec<String>,
}

/// The format of a name, or the mistake.
pub fn format(name: &str) -> Result<&'static export::Writer, Diagnostic> {
    export::writer(name).ok_or_else(|| {
        let names = export::names();
        let near = nearest(name, names.iter().copied(), 1);
        let unknown = Diagnostic::without_span(format!("no format is called `{name}`"));
        match near.first() {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown.help(format!("formats are {}", quoted_list(&names))),
        }
    })
}

/// Writes an answer in its format, or in those that its question pipes it into.
pub fn deliver(
    asked: &Asked,
    engine: &Engine,
    default: &str,
    screen: &Screen,
) -> Result<Delivery, Diagnostic> {
    let input = Input {
        answer: &asked.answer,
        graph: engine.graph(),
    };
    let mut delivery = Delivery::default();
    let wrong = |error: export::ExportError| Diagnostic::without_span(error.title).help(error.help);
    if asked.pipes.is_empty() {
        let writer = format(default)?;
        delivery.text = writer.answer(input, screen.style()).map_err(wrong)?;
        if !matches!(writer.name, "table" | "markdown") {
            delivery.aside.extend(unsaid(&asked.answer));
            delivery.aside.extend(
                asked
                    .answer
                    .notes
                    .iter()
                    .map(|note| format!("note: {note}")),
            );
        }
        return Ok(delivery);
    }
    for pipe in &asked.pipes {
        let name = &pipe.node.name;
        let writer = format(&name.node).map_err(|unknown| Diagnostic {
            span: Some(name.span),
            ..unknown
        })?;
        match &pipe.node.argument {
            None => delivery
                .text
                .push_str(&writer.answer(input, screen.style()).map_err(wrong)?),
            Some(file) => {
                let text = writer.answer(input, Style::default()).map_err(wrong)?;
                write_file(&file.node, &text).map_err(|mistake| Diagnostic {
                    span: Some(file.span),
                    ..mistake
                })?;
                delivery
                    .aside
                    .push(format!("wrote {} ({} bytes)", file.node, text.len()));
            }
        }
    }
    Ok(delivery)
}

/// What an empty output cannot say.
fn unsaid(answer: &Answer) -> Option<String> {
    (answer.records.is_empty() && answer.asks).then(|| "no claim found".to_owned())
}

/// Writes a file whole or not at all: beside it first, then in its place.
pub fn write_file(path: &str, text: &str) -> Result<(), Diagnostic> {
    let failed = |error: std::io::Error| {
        Diagnostic::without_span(format!("`{path}` cannot be written"))
            .label(error.to_string())
            .help("check that the folder exists and that you may write there")
    };
    let target = Path::new(path);
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = Path::new(&beside);
    std::fs::write(beside, text).map_err(failed)?;
    std::fs::rename(beside, target).map_err(|error| {
        let _ = std::fs::remove_file(beside);
        failed(error)
    })
}

/// A failure as it is shown on standard error.
pub fn message(failure: &Failure, origin: &str, text: &str, screen: &Screen) -> String {
    match failure {
        Failure::Mistake(diagnostic) => render(diagnostic, origin, text, screen.colour_errors),
        Failure::Halted(halt) => {
            let help = match halt {
                crate::run::Halt::Cancelled => String::new(),
                crate::run::Halt::Failed(fault) => format!("\n  = help: {}", fault.help),
                crate::run::Halt::Rows(_)
                | crate::run::Halt::Time(_)
                | crate::run::Halt::Memory(_) => {
                    "\n  = help: narrow it, ask for fewer rows (`top 100`, `LIMIT 100`), or raise the limit"
                        .to_owned()
                }
            };
            format!("error: {halt}{help}\n")
        }
    }
}

/// A warning with its place.
pub fn warning(origin: &str, text: &str, span: crate::text::Span, warning: &str) -> String {
    match span.end {
        0 => format!("warning: {warning}"),
        _ => {
            let (line, column) = line_and_column(text, span.start);
            format!("warning: {origin}:{line}:{column}: {warning}")
        }
    }
}

//! The interface of a format: what it is given, what it gives back.

use crate::answer::Answer;
use crate::export::selection::Selection;
use crate::graph::Graph;

/// What is written.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The case, for what draws or writes the claims behind it.
    pub graph: &'a Graph,
}

/// How it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Columns of the terminal; `None`: as wide as needed.
    pub width: Option<usize>,
    /// ANSI colours.
    pub colour: bool,
}

/// Why something could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportError {
    /// What is wrong.
    pub title: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for ExportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.title, self.help)
    }
}

impl std::error::Error for ExportError {}

/// A format. At least one of the two is there.
pub struct Writer {
    /// Its name on the command line.
    pub name: &'static str,
    /// The ending of its files.
    pub ending: &'static str,
    /// What it is, in a few words.
    pub doc: &'static str,
    /// Writes the rows of an answer; text ends with a line feed.
    pub rows: Option<WriteRows>,
    /// Writes claims, or draws facts.
    pub claims: Option<WriteClaims>,
}

/// Writes the rows of an answer.
pub type WriteRows = fn(Input<'_>, Style) -> Result<String, ExportError>;
/// Writes a part of a case.
pub type WriteClaims = fn(&Selection<'_>) -> Result<String, ExportError>;

impl Writer {
    /// Writes an answer: its rows; in a format that has none, the claims behind it.
    pub fn answer(&self, input: Input<'_>, style: Style) -> Result<String, ExportError> {
        match (self.rows, self.claims) {
            (Some(rows), _) => rows(input, style),
            (None, Some(claims)) => claims(&Selection::of_answer(input.graph, input.answer)),
            (None, None) => Ok(String::new()),
        }
    }
}

//! The interface of a format: what it is given, what it gives back.

use crate::answer::Answer;
use crate::graph::GraphView;

/// What is written.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The case, for pictures.
    pub view: &'a dyn GraphView,
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

/// A format.
pub struct Writer {
    /// Its name on the command line.
    pub name: &'static str,
    /// The ending of its files.
    pub ending: &'static str,
    /// What it is, in a few words.
    pub doc: &'static str,
    /// Whether it draws the sub-graph behind an answer instead of its rows.
    pub picture: bool,
    /// Writes an answer; text ends with a line feed.
    pub write: fn(Input<'_>, Style) -> Result<String, ExportError>,
}

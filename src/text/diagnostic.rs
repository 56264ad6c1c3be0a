//! What is wrong with a text, for the person who wrote it: one title, one place, a cause, a way
//! out. It does not render itself and it does not know which language the text is in.

use crate::text::span::Span;

/// One mistake of a user, with its place and a way out.
///
/// The source text is not held here: whoever renders it (`text::render`) brings the text, so that
/// a diagnostic of one statement can be shown inside the whole script by [`Diagnostic::shifted`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, in one line without a final dot: ``no entity is called `UK_Parlament` ``.
    pub title: String,
    /// Where; `None` for what has no place in the text (an empty input, a missing file).
    pub span: Option<Span>,
    /// What stands beside the marker under the text: the cause at this place.
    pub label: String,
    /// More facts, a line each.
    pub notes: Vec<String>,
    /// What to do, in one line: ``did you mean `UK_Parliament`?``.
    pub help: Option<String>,
    /// What to write in place of the span, where one correction stands out.
    pub suggestion: Option<String>,
    /// GQLSTATUS or another short machine-readable code, where the language has one.
    pub code: Option<String>,
}

impl Diagnostic {
    /// A mistake at `span`.
    pub fn new(title: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic {
            title: title.into(),
            span: Some(span),
            label: String::new(),
            notes: Vec::new(),
            help: None,
            suggestion: None,
            code: None,
        }
    }

    /// A mistake without a place.
    pub fn without_span(title: impl Into<String>) -> Diagnostic {
        Diagnostic {
            span: None,
            ..Diagnostic::new(title, Span::default())
        }
    }

    /// Adds the cause that stands beside the marker.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Adds a line of facts.
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Says what to write in place of the span.
    pub fn suggest(mut self, text: impl Into<String>) -> Diagnostic {
        self.suggestion = Some(text.into());
        self
    }

    /// Adds a machine-readable code.
    pub fn code(mut self, code: impl Into<String>) -> Diagnostic {
        self.code = Some(code.into());
        self
    }

    /// The same mistake in a text in which this text begins at `offset`.
    pub fn shifted(mut self, offset: usize) -> Diagnostic {
        self.span = self.span.map(|span| span.shifted(offset));
        self
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.title)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

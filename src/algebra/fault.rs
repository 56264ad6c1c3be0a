//! What goes wrong while a plan runs and is the author's to mend: the class and the detail by which
//! the openCypher suite knows it, and words for people. It renders nothing.

use crate::text::Span;

/// A mistake that shows only when values are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `TypeError`, `ArgumentError`, `SyntaxError`, `SemanticError`, `EntityNotFound`,
    /// `ConstraintVerificationFailed`, `ArithmeticError`.
    pub class: &'static str,
    /// The suite's word: `InvalidArgumentType` …
    pub detail: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where in the query.
    pub span: Option<Span>,
}

impl Fault {
    /// A fault without a place.
    pub fn new(class: &'static str, detail: &'static str, message: impl Into<String>) -> Fault {
        Fault {
            class,
            detail,
            message: message.into(),
            help: String::new(),
            span: None,
        }
    }

    /// A value of the wrong kind.
    pub fn kind(message: impl Into<String>) -> Fault {
        Fault::new("TypeError", "InvalidArgumentType", message)
            .help("convert it, or keep such values out with WHERE")
    }

    /// A value of the right kind that will not do.
    pub fn value(message: impl Into<String>) -> Fault {
        Fault::new("TypeError", "InvalidArgumentValue", message).help("use another value")
    }

    /// A number that is too large, or none at all.
    pub fn arithmetic(message: impl Into<String>) -> Fault {
        Fault::new("ArithmeticError", "NumberOutOfRange", message)
            .help("use floats: `toFloat(x)`, or check the divisor")
    }

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = help.into();
        self
    }

    /// The same at a place, unless it has one.
    pub fn at(mut self, span: Span) -> Fault {
        self.span.get_or_insert(span);
        self
    }

    /// The GQLSTATUS (ISO/IEC 39075:2024, clause 23) nearest to the class.
    pub fn status(&self) -> &'static str {
        match (self.class, self.detail) {
            ("TypeError", _) => "22G03",
            ("ArithmeticError", _) => "22003",
            ("ArgumentError", _) => "22023",
            ("EntityNotFound", _) => "22G0T",
            ("ConstraintVerificationFailed", _) => "G1001",
            ("SyntaxError", _) => "42001",
            _ => "22000",
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message)
    }
}

impl std::error::Error for Fault {}

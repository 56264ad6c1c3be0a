//! The one pest parser over all files of `grammar/`, and the limits within which it may work.

use crate::text::{Diagnostic, Span};
use pest::Parser;
use pest::iterators::Pair;

#[allow(missing_docs)] // Rules are documented in `grammar/`, where they stand.
mod generated {
    /// The parser.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/lexical.pest"]
    #[grammar = "../grammar/question.pest"]
    #[grammar = "../grammar/statement.pest"]
    #[grammar = "../grammar/rule.pest"]
    pub struct Grammar;
}

pub use generated::{Grammar, Rule};

/// How deep parentheses and `that` may nest.
pub const NESTING: usize = 64;
/// The longest question or sentence in bytes.
pub const LENGTH: usize = 64 * 1024;
/// How many rules one text may call; far above what any honest text needs, far below a second.
const CALLS: usize = 20_000_000;

/// What went wrong at the furthest place that the parser reached.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Byte offset.
    pub at: usize,
    /// Rules that would have fit there.
    pub expected: Vec<Rule>,
}

/// Parses a text from one rule; the pair of that rule, or where it failed.
pub fn parse(rule: Rule, text: &str) -> Result<Pair<'_, Rule>, Failure> {
    pest::set_call_limit(std::num::NonZeroUsize::new(CALLS));
    let failure = match Grammar::parse(rule, text) {
        Ok(mut pairs) => match pairs.next() {
            Some(pair) => return Ok(pair),
            None => {
                return Err(Failure {
                    at: 0,
                    expected: Vec::new(),
                });
            }
        },
        Err(failure) => failure,
    };
    let at = match failure.location {
        pest::error::InputLocation::Pos(at) => at,
        pest::error::InputLocation::Span((start, _)) => start,
    };
    let expected = match failure.variant {
        pest::error::ErrorVariant::ParsingError { positives, .. } => positives,
        pest::error::ErrorVariant::CustomError { .. } => Vec::new(),
    };
    Err(Failure { at, expected })
}

/// Refuses what is too long or too deep to be meant, before the parser sees it; and the characters
/// that no text of ours holds.
pub fn check(text: &str, what: &str) -> Result<(), Diagnostic> {
    if text.len() > LENGTH {
        return Err(
            Diagnostic::new(format!("this {what} is too long"), Span::new(0, 0))
                .label(format!("{} bytes, at most {LENGTH} are read", text.len()))
                .help("ask or say it in parts; masses of data come in by `import`"),
        );
    }
    if let Some(at) = text.find('\0') {
        return Err(
            Diagnostic::new("there is a NUL byte in the text", Span::new(at, at + 1))
                .label("here")
                .help("this looks like a binary file; a script is plain UTF-8 text"),
        );
    }
    let mut depth = 0usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quoted, c) {
            (true, _) if escaped => escaped = false,
            (true, '\\') => escaped = true,
            (_, '"') => quoted = !quoted,
            (false, '(' | '[' | '{') => depth += 1,
            (false, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (true | false, _) => {}
        }
        if depth > NESTING {
            return Err(nested(Span::new(at, at + 1)));
        }
    }
    let mut relatives = 0;
    for (at, word) in words(text) {
        relatives += usize::from(["that", "who", "which"].contains(&word));
        if relatives > NESTING {
            return Err(nested(Span::new(at, at + word.len())));
        }
    }
    Ok(())
}

fn nested(span: Span) -> Diagnostic {
    Diagnostic::new("this is nested too deeply", span)
        .label(format!("more than {NESTING} levels"))
        .help("ask the inner question first and use `_` for its answer")
}

/// The words of a text with their places; quotes are not looked into here.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// The span of a pair without the white space at its end.
pub fn tight(pair: &Pair<'_, Rule>) -> Span {
    let start = pair.as_span().start();
    Span::new(start, start + pair.as_str().trim_end().len())
}

/// The first child of a rule.
pub fn child<'i>(pair: &Pair<'i, Rule>, rule: Rule) -> Option<Pair<'i, Rule>> {
    pair.clone()
        .into_inner()
        .find(|inner| inner.as_rule() == rule)
}

/// All children of a rule.
pub fn children<'i>(pair: &Pair<'i, Rule>, rule: Rule) -> Vec<Pair<'i, Rule>> {
    pair.clone()
        .into_inner()
        .filter(|inner| inner.as_rule() == rule)
        .collect()
}

/// Whether there is a child of a rule.
pub fn has(pair: &Pair<'_, Rule>, rule: Rule) -> bool {
    child(pair, rule).is_some()
}

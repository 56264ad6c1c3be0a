//! Colours of a line while it is typed: words of the language, names in quotes, numbers, commands.

use crate::language::script::{self, Kind};
use crate::language::spelling::is_reserved;
use crate::language::tokens::tokens;
use std::borrow::Cow;

/// The line with ANSI colours; the same length on the screen.
pub fn coloured(line: &str) -> Cow<'_, str> {
    if line.trim_start().starts_with('.') {
        return Cow::Owned(format!("\u{1b}[35m{line}\u{1b}[0m"));
    }
    let gql = script::kind(line.trim_start()) == Kind::Gql;
    let mut out = String::with_capacity(line.len() * 2);
    let mut at = 0;
    for token in tokens(line) {
        out.push_str(&line[at..token.span.start]);
        let colour = match token.text.chars().next() {
            Some('"') => Some("32"),
            Some('#' | '$' | '~') => Some("36"),
            Some(c) if c.is_ascii_digit() => Some("33"),
            Some('\'') => Some("32"),
            _ if gql && crate::language::gql::is_keyword(token.text) => Some("1;34"),
            _ if !gql && is_reserved(token.text) => Some("1;34"),
            _ if token.text.starts_with("//") => Some("2"),
            _ => None,
        };
        match colour {
            Some(colour) => out.push_str(&format!("\u{1b}[{colour}m{}\u{1b}[0m", token.text)),
            None => out.push_str(token.text),
        }
        at = token.span.end;
    }
    out.push_str(&line[at..]);
    Cow::Owned(out)
}

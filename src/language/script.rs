//! A script cut into its items: statements, questions and GQL, each with its place. It decides only
//! where an item ends and which language it is in; it parses none.

use crate::language::tokens::{Token, tokens};
use crate::text::Span;

/// The language of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ends with a dot.
    Statement,
    /// Ends with a question mark, or with its line.
    Question,
    /// Ends with a semicolon.
    Gql,
    /// `.stats`: a dot and a word at the beginning of a line; ends with its line.
    Command,
}

/// An item of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its language.
    pub kind: Kind,
    /// Its place, without the sign that ends it.
    pub span: Span,
    /// Whether the sign that ends it is there.
    pub ended: bool,
}

/// Words with which a question begins.
const ASKING: &[&str] = &[
    "who", "whom", "what", "which", "when", "why", "how", "did", "does", "do", "is", "are", "was",
    "were", "has", "have", "list", "show", "find", "about", "describe", "timeline", "explain",
    "profile", "shortest", "paths",
];
/// Words with which GQL begins. `with` and `for` open GQL only in front of what is no verb.
const GQL: &[&str] = &[
    "match", "optional", "create", "insert", "merge", "unwind", "return", "call", "let", "filter",
    "with", "for", "detach", "delete",
];

/// The next item at or behind `from`; `None` when only white space and comments are left.
pub fn next(text: &str, from: usize) -> Option<Item> {
    let start = skip(text, from);
    if start >= text.len() {
        return None;
    }
    let kind = kind(&text[start..]);
    let (end, ended) = match end(text, start, kind) {
        // A sign that ends nothing is an item of its own, so that its reader can say so.
        (end, _) if end == start => (start + 1, false),
        found => found,
    };
    Some(Item {
        kind,
        span: Span::new(start, end),
        ended,
    })
}

/// The next item of a text that is all GQL.
pub fn next_gql(text: &str, from: usize) -> Option<Item> {
    let start = skip(text, from);
    if start >= text.len() {
        return None;
    }
    let (end, ended) = end(text, start, Kind::Gql);
    Some(Item {
        kind: Kind::Gql,
        span: Span::new(start, end.max(start + 1).min(text.len())),
        ended,
    })
}

/// Where the item behind this one may begin.
pub fn behind(text: &str, item: &Item) -> usize {
    let sign = if item.ended { 1 } else { 0 };
    (item.span.end + sign).min(text.len())
}

/// All items of a text.
pub fn items(text: &str) -> Vec<Item> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(item) = next(text, at) {
        at = behind(text, &item).max(item.span.start + 1);
        found.push(item);
    }
    found
}

/// Whether what was typed so far may be read, or more lines are awaited: quotes and parentheses
/// are closed, and a statement has its dot or could do without.
pub fn is_complete(text: &str) -> bool {
    let mut depth = 0i32;
    for (_, c) in Plain::new(text, 0) {
        depth += match c {
            '(' | '[' | '{' => 1,
            ')' | ']' | '}' => -1,
            _ => 0,
        };
    }
    let open = Plain::ends_open(text);
    let goes_on = text.trim_end().ends_with([',', '\\']);
    depth <= 0 && !open && !goes_on
}

/// Words that are commands where they stand alone on a line, as other shells have them.
const TRANSACTING: &[&str] = &["begin", "commit", "rollback"];

/// Whether a text begins with a line that opens or ends a transaction.
fn transacting(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim();
    let word = line.trim_end_matches(['.', ';']).trim_end();
    TRANSACTING
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// The language of a text, by its first words.
pub fn kind(text: &str) -> Kind {
    // Only the beginning matters: a sentence of a hundred megabytes is judged by its first words.
    let mut cut = text.len().min(2048);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    if text.starts_with('.') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Kind::Command;
    }
    if transacting(text) {
        return Kind::Command;
    }
    let tokens = tokens(&text[..cut]);
    let Some(first) = tokens.first() else {
        return Kind::Statement;
    };
    if first.is("merge") && tokens.get(2).is_some_and(|token| token.is("into")) {
        return Kind::Statement;
    }
    if first.is_any(GQL) {
        let second = tokens.get(1);
        let clause = first.is("return")
            || second.is_some_and(|token| {
                token.text == "("
                    || token.text.starts_with('(')
                    || token.is_any(&["match", "delete", "distinct"])
                    || token.text == "*"
                    || token.text == "["
                    || token.text == "$"
            })
            || tokens
                .iter()
                .take(6)
                .any(|token| token.is("as") || token.text == "=" || token.text == "[");
        return if clause { Kind::Gql } else { Kind::Statement };
    }
    // A view stands before MATCH: `INCLUDING DENIED MATCH …`, `AS KNOWN ON '2024' MATCH …`.
    let views = [
        "including",
        "excluding",
        "only",
        "as",
        "according",
        "not",
        "without",
    ];
    let until = tokens.iter().take(40).position(|token| token.is("match"));
    let view = until.is_some_and(|at| {
        let apart = |token: &Token<'_>| [",", ".", "?"].contains(&token.text);
        !tokens[..at].iter().any(apart)
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.text.starts_with('('))
    });
    if first.is_any(&views) && view {
        return Kind::Gql;
    }
    if first.is_any(&["explain", "profile", "why"])
        && tokens.get(1).is_some_and(|token| token.is_any(GQL))
    {
        return Kind::Gql;
    }
    if first.is("according")
        || first.is_any(&["in", "since", "as", "without", "before", "after", "on"])
    {
        // Several qualifiers may stand in front, a comma behind each.
        let asks = tokens
            .windows(2)
            .any(|pair| pair[0].text == "," && pair[1].is_any(ASKING));
        return if asks {
            Kind::Question
        } else {
            Kind::Statement
        };
    }
    let path = first.is("all")
        && tokens
            .get(1)
            .is_some_and(|next| next.is_any(&["paths", "shortest"]));
    let path = path || first.is("path") && tokens.get(1).is_some_and(|next| next.is("from"));
    // `Has`, `List` … may be names: then a verb stands behind them, and a dot at the end.
    match first.is_any(ASKING) || path {
        true => Kind::Question,
        false => Kind::Statement,
    }
}

/// Behind white space, comments and empty ends.
fn skip(text: &str, mut at: usize) -> usize {
    loop {
        let rest = &text[at..];
        let trimmed =
            rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == ';');
        at += rest.len() - trimmed.len();
        if trimmed.starts_with("//") {
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        } else if trimmed.starts_with("/*") {
            at += trimmed.find("*/").map_or(trimmed.len(), |end| end + 2);
        } else {
            return at;
        }
    }
}

/// Where a query ends: at a semicolon that stands in no quotes and no comment.
fn gql_end(text: &str, start: usize) -> (usize, bool) {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut after = start;
    for (at, c) in text[start..].char_indices().map(|(at, c)| (start + at, c)) {
        if at < after {
            continue;
        }
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('\'' | '"'), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '/') if text[at..].starts_with("//") => {
                after = text[at..].find('\n').map_or(text.len(), |line| at + line);
            }
            (None, '/') if text[at..].starts_with("/*") => {
                after = text[at..].find("*/").map_or(text.len(), |end| at + end + 2);
            }
            (None, ';') => return (at, true),
            (None, _) => {}
        }
    }
    (start + text[start..].trim_end().len(), false)
}

fn end(text: &str, start: usize, kind: Kind) -> (usize, bool) {
    let bytes = text.as_bytes();
    let blank = |at: usize| bytes.get(at).is_none_or(u8::is_ascii_whitespace);
    if kind == Kind::Command {
        let line = text[start..]
            .find('\n')
            .map_or(text.len(), |line| start + line);
        return (start + text[start..line].trim_end().len(), false);
    }
    if kind == Kind::Gql {
        return gql_end(text, start);
    }
    let comment = |at: usize| text[at..].starts_with("//") || text[at..].starts_with("/*");
    let mut depth = 0i32;
    for (at, c) in Plain::new(text, start) {
        match (kind, c) {
            (_, '(' | '[' | '{') => depth += 1,
            (_, ')' | ']' | '}') => depth -= 1,
            (Kind::Statement, '.') if blank(at + 1) || comment(at + 1) => return (at, true),
            // Pipes may stand behind the question mark, up to the end of the line.
            (Kind::Question, '?') if blank(at + 1) || bytes.get(at + 1) == Some(&b'|') => {
                let line = text[at..].find('\n').map_or(text.len(), |line| at + line);
                let rest = text[at + 1..line].trim_start();
                if rest.starts_with('|') {
                    return (line, false);
                }
                return (at, true);
            }
            (Kind::Question, '\n') if depth <= 0 => {
                let before = text[start..at].trim_end();
                let next = text[at + 1..].trim_start_matches([' ', '\t']);
                // A line that ends with a comma, or one that begins with a pipe, goes on.
                if !before.ends_with(',') && !next.starts_with('|') {
                    return (at, false);
                }
            }
            _ => {}
        }
    }
    let end = start + text[start..].trim_end().len();
    (end, false)
}

/// The characters of a text outside quotes and comments.
struct Plain<'t> {
    text: &'t str,
    at: usize,
    quoted: bool,
}

impl<'t> Plain<'t> {
    fn new(text: &'t str, at: usize) -> Plain<'t> {
        Plain {
            text,
            at,
            quoted: false,
        }
    }

    fn ends_open(text: &str) -> bool {
        let mut plain = Plain::new(text, 0);
        while plain.next().is_some() {}
        plain.quoted
    }
}

impl Iterator for Plain<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<(usize, char)> {
        loop {
            let rest = self.text.get(self.at..)?;
            let c = rest.chars().next()?;
            if self.quoted {
                // Inside quotes only the closing one counts, and what is escaped does not.
                let end = rest.find(['"', '\\'])?;
                let sign = rest.as_bytes()[end];
                self.at += end + 1;
                if sign == b'\\' {
                    self.at += self
                        .text
                        .get(self.at..)?
                        .chars()
                        .next()
                        .map_or(0, char::len_utf8);
                } else {
                    self.quoted = false;
                }
                continue;
            }
            if c == '"' {
                self.quoted = true;
                self.at += 1;
                continue;
            }
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            let at = self.at;
            self.at += c.len_utf8();
            return Some((at, c));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, is_complete, items};

    fn cut(text: &str) -> Vec<(Kind, &str)> {
        items(text)
            .iter()
            .map(|item| (item.kind, item.span.of(text)))
            .collect()
    }

    #[test]
    fn a_script_is_cut_into_its_items() {
        let text = "// a case\nAPT31 is a group. v1.2 targeted \"a. b\" in 2021.\n\
                    who targeted UK_Parliament? | csv\nwho used v1.2\n\
                    according to NCSC, who targeted X?\naccording to NCSC, A targeted B.\n\
                    MATCH (n)\nRETURN n;\nexplain who targeted X\n/* end. */\n.mode csv\n";
        assert_eq!(
            cut(text),
            [
                (Kind::Statement, "APT31 is a group"),
                (Kind::Statement, "v1.2 targeted \"a. b\" in 2021"),
                (Kind::Question, "who targeted UK_Parliament? | csv"),
                (Kind::Question, "who used v1.2"),
                (Kind::Question, "according to NCSC, who targeted X"),
                (Kind::Statement, "according to NCSC, A targeted B"),
                (Kind::Gql, "MATCH (n)\nRETURN n"),
                (Kind::Question, "explain who targeted X"),
                (Kind::Command, ".mode csv"),
            ]
        );
    }

    #[test]
    fn a_comment_with_a_link_inside_quotes_is_no_comment() {
        let text = "A targeted B, see \"https://example.org/a.b\". C targeted D.";
        assert_eq!(cut(text).len(), 2);
    }

    #[test]
    fn open_quotes_and_parentheses_await_more() {
        assert!(is_complete("who targeted X"));
        assert!(!is_complete("who targeted (which groups"));
        assert!(!is_complete("who targeted \"X"));
        assert!(!is_complete("according to NCSC,"));
    }
}

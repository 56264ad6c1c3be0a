//! What is wrong with a text that is no GQL, told to its author; each with the detail by which the
//! openCypher suite knows it and a GQLSTATUS (ISO/IEC 39075:2024, clause 23).

use crate::language::gql::grammar::Rule;
use crate::language::tokens::tokens;
use crate::text::{Diagnostic, Span, nearest, quoted_list};

/// How deep parentheses, brackets and braces may nest.
const NESTING: usize = 200;
/// The longest query in bytes.
const LENGTH: usize = 1024 * 1024;

const CLAUSES: &[&str] = &[
    "MATCH", "OPTIONAL", "RETURN", "WITH", "UNWIND", "CREATE", "MERGE", "SET", "REMOVE", "DELETE",
    "DETACH", "CALL", "WHERE", "ORDER", "SKIP", "LIMIT", "UNION", "INSERT", "FILTER", "LET", "FOR",
    "FINISH", "YIELD", "EXPLAIN", "PROFILE",
];

/// A mistake in the syntax or its meaning, found before anything runs. `detail` is the suite's word.
pub fn mistake(detail: &'static str, title: impl Into<String>, span: Span) -> Diagnostic {
    // 42001: invalid syntax; the suite's detail follows.
    Diagnostic::new(title, span).code(format!("42001 {detail}"))
}

/// Refuses what is too long or too deep to be meant.
pub fn check(text: &str) -> Result<(), Diagnostic> {
    if text.len() > LENGTH {
        return Err(mistake(
            "UnexpectedSyntax",
            "this query is too long",
            Span::new(0, 0),
        )
        .label(format!("{} bytes, at most {LENGTH} are read", text.len()))
        .help("give large data as parameters"));
    }
    if let Some(at) = text.find('\0') {
        return Err(mistake(
            "UnexpectedSyntax",
            "there is a NUL byte in the text",
            Span::new(at, at + 1),
        )
        .label("here")
        .help("a query is plain UTF-8 text"));
    }
    let mut depth = 0usize;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('\'' | '"'), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        if depth > NESTING {
            return Err(mistake(
                "UnexpectedSyntax",
                "this is nested too deeply",
                Span::new(at, at + 1),
            )
            .label(format!("more than {NESTING} levels"))
            .help("take it apart with WITH"));
        }
    }
    Ok(())
}

/// The last bracket before a place that is not closed there, and what closes it. Quotes are skipped.
fn open_bracket(text: &str, until: usize) -> Option<(usize, char, char)> {
    let mut open: Vec<(usize, char, char)> = Vec::new();
    let mut quote: Option<char> = None;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < until) {
        match (quote, c) {
            (Some(own), c) if own == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => open.push((at, c, ')')),
            (None, '[') => open.push((at, c, ']')),
            (None, '{') => open.push((at, c, '}')),
            (None, ')' | ']' | '}') => {
                open.pop();
            }
            (None, _) => {}
        }
    }
    open.pop()
}

/// Slips that can be told apart by what stands around the place.
fn telling(text: &str, token: Span, at: usize) -> Option<Diagnostic> {
    let word = token.of(text);
    let before = text[..token.start].trim_end();
    let last = before.chars().last()?;
    if word.starts_with(['\'', '"']) && text[token.start + 1..].find(&word[..1]).is_none() {
        let end = text.trim_end().len();
        return Some(
            mistake(
                "UnexpectedSyntax",
                "this text is not closed",
                Span::new(token.start, end),
            )
            .label("it begins here")
            .help(format!("put {} behind it", &word[..1])),
        );
    }
    let begins = CLAUSES.contains(&word.to_uppercase().as_str());
    if begins
        && [
            '=', '+', '-', '*', '/', '<', '>', ',', '%', '^', '|', '.', ':',
        ]
        .contains(&last)
    {
        let place = before.len() - last.len_utf8();
        return Some(
            mistake(
                "UnexpectedSyntax",
                format!("something is missing behind `{last}`"),
                Span::new(place, before.len()),
            )
            .label("and then?")
            .help(format!("finish this before `{word}`, or take it away")),
        );
    }
    if word == ">" && last == '-' && !before.ends_with("--") {
        return Some(
            mistake("UnexpectedSyntax", "this arrow is too short", token)
                .label("half an arrow")
                .help("write `-->`, or `-[:TYPE]->`"),
        );
    }
    if last == ':' && word.starts_with([']', ')']) {
        return Some(
            mistake("UnexpectedSyntax", "a name is missing behind `:`", token)
                .label("a label or a type should stand before this")
                .help("write for example `:targeted`, or take `:` away"),
        );
    }
    let (place, open, close) = open_bracket(text, at)?;
    // `r-` is a name and what should stand behind the bracket.
    let word = word.find('-').map_or(word, |dash| &word[dash..]);
    if begins || word.contains('-') {
        return Some(
            mistake(
                "UnexpectedSyntax",
                format!("`{open}` is not closed"),
                Span::new(place, place + 1),
            )
            .label("opened here")
            .note(format!("`{word}` does not fit inside it"))
            .help(format!("put `{close}` before `{word}`")),
        );
    }
    None
}

/// The diagnostic of a text that did not parse.
pub fn explain(text: &str, error: pest::error::Error<Rule>) -> Diagnostic {
    let at = match error.location {
        pest::error::InputLocation::Pos(at) => at,
        pest::error::InputLocation::Span((start, _)) => start,
    };
    let tokens = tokens(text);
    let Some(first) = tokens.first() else {
        return mistake("UnexpectedSyntax", "there is no query", Span::new(0, 0))
            .label("nothing here")
            .help("write for example `MATCH (n) RETURN n`");
    };
    let token = tokens.iter().find(|token| token.span.end > at);
    let Some(token) = token else {
        let end = text.trim_end().len();
        return mistake(
            "UnexpectedSyntax",
            "the query ends too early",
            Span::new(end, end),
        )
        .label("something is missing here")
        .help(match open_bracket(text, text.len()) {
            Some((_, open, close)) => format!("a `{open}` is not closed: go on, or put `{close}`"),
            None => format!(
                "go on, or take `{}` away",
                tokens.last().map_or(first.text, |last| last.text)
            ),
        });
    };
    let mixed = token.text.contains(|c: char| c.is_alphabetic());
    if mixed && token.text.starts_with(|c: char| c.is_ascii_digit()) {
        return mistake(
            "InvalidNumberLiteral",
            format!("`{}` is no number", token.text),
            token.span,
        )
        .label("neither a number nor a name")
        .help("a name begins with a letter; numbers are written `1`, `1.5`, `0x1F`, `0o17`");
    }
    if text[..at].ends_with('*') && text[at..].starts_with('-') {
        return mistake(
            "InvalidRelationshipPattern",
            "a number of hops is not negative",
            token.span,
        )
        .label("below zero")
        .help("write for example `*1..3`");
    }
    if let Some(told) = telling(text, token.span, at) {
        return told;
    }
    let upper = token.text.to_uppercase();
    let near = nearest(&upper, CLAUSES.iter().copied(), 1);
    let wrong = mistake(
        "UnexpectedSyntax",
        format!("`{}` does not fit here", token.text),
        token.span,
    );
    match near.first().filter(|near| **near != upper) {
        Some(near) => wrong
            .label("not expected")
            .help(format!("did you mean `{near}`?"))
            .suggest(*near),
        None if token.span == first.span => wrong.label("no query begins so").help(format!(
            "begin with {}",
            quoted_list(&["MATCH", "UNWIND", "CREATE", "RETURN"])
        )),
        None => wrong
            .label("not expected")
            .help("check what stands before it"),
    }
}

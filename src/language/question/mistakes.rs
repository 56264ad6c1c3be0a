//! What is wrong with a text that is no question, told to its author: the place, the cause and what
//! to write instead. Grammar rules are never shown.

use crate::language::grammar::{Failure, Rule};
use crate::language::question::endings::{DATES, TIMES, ends_early};
use crate::language::tokens::{Token, tokens};
use crate::text::{Diagnostic, Span, nearest, quoted_list};

/// Words with which a question may begin.
const OPENERS: &[&str] = &[
    "who",
    "what",
    "which",
    "when",
    "why",
    "how",
    "did",
    "does",
    "do",
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "list",
    "show",
    "find",
    "about",
    "describe",
    "timeline",
    "explain",
    "profile",
    "according",
    "shortest",
    "all",
    "path",
    "paths",
    "in",
    "since",
    "as",
    "without",
    "whom",
];

/// The diagnostic of a text that did not parse.
pub fn explain(text: &str, failure: &Failure) -> Diagnostic {
    let tokens = tokens(text);
    let reading = Reading {
        text,
        tokens: &tokens,
        failure,
    };
    // The order matters: what is surely wrong comes before what is only likely.
    let checks: [&dyn Fn() -> Option<Diagnostic>; 17] = [
        &|| reading.empty(),
        &|| reading.unclosed(),
        &|| reading.foreign_signs(),
        &|| reading.foreign_language(),
        &|| reading.opener(),
        &|| reading.contraction(),
        &|| reading.foreign_words(),
        &|| reading.ago(),
        &|| reading.odd_date(),
        &|| reading.mixed(),
        &|| reading.when_without_did(),
        &|| reading.connected_without_to(),
        &|| reading.which_without_noun(),
        &|| ends_early(text, &tokens, failure.at),
        &|| reading.object_missing(),
        &|| reading.side_by_side(),
        &|| reading.reserved(),
    ];
    checks
        .iter()
        .find_map(|check| check())
        .unwrap_or_else(|| reading.general())
}

struct Reading<'a> {
    text: &'a str,
    tokens: &'a [Token<'a>],
    failure: &'a Failure,
}

impl Reading<'_> {
    /// The token at or behind the place of failure.
    fn token(&self) -> Option<(usize, &Token<'_>)> {
        self.tokens
            .iter()
            .enumerate()
            .find(|(_, token)| token.span.end > self.failure.at)
    }

    fn end(&self) -> Span {
        let end = self.text.trim_end().len();
        Span::new(end, end)
    }

    fn empty(&self) -> Option<Diagnostic> {
        self.tokens.is_empty().then(|| {
            Diagnostic::new("there is no question", Span::new(0, 0))
                .label("nothing here")
                .help("ask for example `who targeted UK_Parliament`")
        })
    }

    fn unclosed(&self) -> Option<Diagnostic> {
        let closed = |text: &str| text.len() > 1 && text.ends_with('"') && !text.ends_with("\\\"");
        let quote = self
            .tokens
            .iter()
            .find(|token| token.is_quoted() && !closed(token.text));
        if let Some(quote) = quote {
            let at = quote.span.start;
            return Some(
                Diagnostic::new("this quote is not closed", Span::new(at, at + 1))
                    .label("opens here")
                    .help("put a `\"` behind the name"),
            );
        }
        let mut open: Vec<Span> = Vec::new();
        for token in self.tokens {
            if token.text == "(" {
                open.push(token.span);
            } else if token.text == ")" && open.pop().is_none() {
                return Some(
                    Diagnostic::new("this parenthesis closes nothing", token.span)
                        .label("no `(` before it")
                        .help("take it away, or open it before"),
                );
            }
        }
        open.first().map(|span| {
            Diagnostic::new("this parenthesis is not closed", *span)
                .label("opens here")
                .help("put a `)` behind what belongs together")
        })
    }

    fn foreign_signs(&self) -> Option<Diagnostic> {
        let (at, sign) = self
            .text
            .char_indices()
            .find(|(_, c)| "“”„«»‘`".contains(*c))?;
        Some(
            Diagnostic::new(
                format!("`{sign}` is not a quote that is understood here"),
                Span::new(at, at + sign.len_utf8()),
            )
            .label("typographic quote")
            .help("use straight double quotes: `\"Guccifer 2.0\"`"),
        )
    }

    fn foreign_language(&self) -> Option<Diagnostic> {
        let first = self.tokens.first()?;
        let gql = [
            "match", "optional", "create", "merge", "insert", "unwind", "return", "call", "with",
        ];
        if first.is_any(&gql) && !first.is("with") {
            return Some(
                Diagnostic::new("this is GQL, not a question", first.span)
                    .label("a GQL keyword")
                    .help("`whodunit gql QUERY` takes GQL; a question begins with `who`, `what`, `which` …"),
            );
        }
        if first.is_any(&["select", "insert", "delete", "update"]) {
            return Some(
                Diagnostic::new("this is SQL, not a question", first.span)
                    .label("an SQL keyword")
                    .help("ask for example `which groups targeted UK_Parliament`"),
            );
        }
        None
    }

    fn opener(&self) -> Option<Diagnostic> {
        let first = self.tokens.first()?;
        if first.is_any(OPENERS) {
            return None;
        }
        let near = nearest(first.text, OPENERS.iter().copied(), 1);
        if let Some(word) = near.first().filter(|_| first.text.len() > 2) {
            return Some(
                Diagnostic::new(
                    format!("no question begins with `{}`", first.text),
                    first.span,
                )
                .label("unknown word")
                .help(format!("did you mean `{word}`?"))
                .suggest(*word),
            );
        }
        if first.is_name() && self.tokens.len() > 2 {
            return Some(
                Diagnostic::new("this reads as a statement, not as a question", first.span)
                    .label("a question begins with `who`, `what`, `which`, `did`, `when` …")
                    .help(format!(
                        "ask `did {} …`, or say it in a facts file, with a dot at the end",
                        first.text
                    )),
            );
        }
        Some(
            Diagnostic::new(
                format!("no question begins with `{}`", cut(first.text)),
                first.span,
            )
            .label("expected `who`, `what`, `which`, `did`, `when`, `how`, `why`, `about` …")
            .help("ask for example `who targeted UK_Parliament`"),
        )
    }

    fn contraction(&self) -> Option<Diagnostic> {
        let token = self.tokens.iter().find(|token| {
            let lower = token.text.to_lowercase().replace('’', "'");
            lower.ends_with("n't") && !token.is_quoted()
        })?;
        let full = token
            .text
            .to_lowercase()
            .replace('’', "'")
            .replace("n't", " not");
        Some(
            Diagnostic::new(format!("`{}` has to be spelt out", token.text), token.span)
                .label("short form")
                .help(format!("write `{full}`"))
                .suggest(full),
        )
    }

    fn foreign_words(&self) -> Option<Diagnostic> {
        let pairs = self.tokens.windows(2);
        for pair in pairs {
            let [first, second] = pair else { continue };
            let span = first.span.to(second.span);
            let instead = |title: &str, write: &str| {
                Some(
                    Diagnostic::new(title.to_owned(), span)
                        .label("not a word of questions")
                        .help(format!("write `{write}`"))
                        .suggest(write),
                )
            };
            if first.is("order") && second.is("by") || first.is("ordered") && second.is("by") {
                return instead(
                    &format!("`{} by` is not how rows are sorted here", first.text),
                    "sorted by",
                );
            }
            if first.is("sort") && second.is("by") {
                return instead("`sort by` is not how rows are sorted here", "sorted by");
            }
            if first.is_any(&["group", "grouped"]) && second.is("by") {
                return instead("`group by` is not how rows are grouped here", "per");
            }
        }
        None
    }

    fn ago(&self) -> Option<Diagnostic> {
        let at = self.tokens.iter().position(|token| token.is("ago"))?;
        let [before @ .., count, unit] = &self.tokens[..at] else {
            return None;
        };
        if !count.text.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        if before.last().is_some_and(|word| word.is_any(TIMES)) {
            return None;
        }
        let span = count.span.to(self.tokens[at].span);
        let since = format!("since {} {} ago", count.text, unit.text);
        Some(
            Diagnostic::new("a time needs a word before it", span)
                .label("since, before, on?")
                .help(format!("write `{since}`"))
                .suggest(since),
        )
    }

    fn odd_date(&self) -> Option<Diagnostic> {
        let wrong = |token: &Token<'_>| {
            let digits = token.text.chars().filter(char::is_ascii_digit).count();
            let signs =
                token.text.contains('/') || token.text.contains('.') || token.text.contains('-');
            let rest = token
                .text
                .chars()
                .all(|c| c.is_ascii_digit() || "/.-".contains(c));
            let iso = crate::model::PartialDate::parse(token.text).is_some();
            rest && signs && digits >= 4 && !iso
        };
        let at = self.tokens.iter().position(wrong)?;
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        let timed =
            before.is_some_and(|word| word.is_any(TIMES) || word.is("and") || word.is("of"));
        timed.then(|| {
            Diagnostic::new(
                format!("`{}` is not a date", self.tokens[at].text),
                self.tokens[at].span,
            )
            .label("unknown way to write a date")
            .help(DATES)
        })
    }

    /// `Germany and France or Italy`
    fn mixed(&self) -> Option<Diagnostic> {
        let joint = |token: &Token<'_>| token.is("and") || token.is("or");
        for at in 0..self.tokens.len() {
            let Some([a, first, b, second, c]) = self.tokens.get(at..at + 5) else {
                break;
            };
            let lists = a.is_name() && b.is_name() && c.is_name() && joint(first) && joint(second);
            let differ = !first.text.eq_ignore_ascii_case(second.text);
            let ends = self
                .tokens
                .get(at + 5)
                .is_none_or(|next| !next.is_name() && next.text != "(");
            if lists && differ && ends && c.span.end >= self.failure.at {
                let span = a.span.to(c.span);
                return Some(
                    Diagnostic::new("`and` and `or` stand in one list", span)
                        .label("which belong together?")
                        .help(format!(
                            "use parentheses and repeat the verb: `… {} {} (… {} {} … {})`",
                            a.text, first.text, b.text, second.text, c.text
                        )),
                );
            }
        }
        None
    }

    fn when_without_did(&self) -> Option<Diagnostic> {
        let [first, second, ..] = self.tokens else {
            return None;
        };
        let ahead = first.is("when") && second.is_name();
        ahead.then(|| {
            Diagnostic::new("`when` asks with `did` or `was`", second.span)
                .label("`did` is missing before this")
                .help(format!(
                    "write `when did {} …` or `when was …`",
                    second.text
                ))
        })
    }

    fn connected_without_to(&self) -> Option<Diagnostic> {
        let at = self
            .tokens
            .iter()
            .position(|token| token.is_any(&["connected", "linked", "related"]))?;
        let next = self.tokens.get(at + 1);
        let how = self.tokens.first()?.is("how");
        let missing = how && next.is_none_or(|next| !next.is("to"));
        missing.then(|| {
            let span = next.map_or(self.end(), |next| next.span);
            Diagnostic::new(format!("`{}` needs `to`", self.tokens[at].text), span)
                .label("`to` is missing before this")
                .help("write `how is A connected to B`")
        })
    }

    fn which_without_noun(&self) -> Option<Diagnostic> {
        match self.tokens {
            [which, verb, object] if which.is("which") && verb.is_name() && object.is_name() => {
                Some(
                    Diagnostic::new("`which` needs a noun", verb.span)
                        .label("expected a type such as `groups`")
                        .help(format!(
                            "write `which groups {} {}`, or `who {} {}`",
                            verb.text, object.text, verb.text, object.text
                        )),
                )
            }
            _ => None,
        }
    }

    /// `who targeted in 2021`
    fn object_missing(&self) -> Option<Diagnostic> {
        let at = self.tokens.iter().position(|token| token.is_any(TIMES))?;
        let (verb, before) = (
            self.tokens.get(at.checked_sub(1)?)?,
            self.tokens.get(at.checked_sub(2)?)?,
        );
        let bare = verb.is_name() && before.is_any(&["who", "what", "that", "and", "or", "never"]);
        let here = Span::new(verb.span.end, verb.span.end);
        (bare && self.failure.at >= verb.span.end).then(|| {
            Diagnostic::new(format!("{} whom or what?", verb.text), here)
                .label("a name is missing here")
                .help("name it, as in `who targeted UK_Parliament`; `anyone` stands for any")
        })
    }

    fn side_by_side(&self) -> Option<Diagnostic> {
        let (at, token) = self.token()?;
        let before = self.tokens.get(at.checked_sub(1)?)?;
        if !(token.is_name() && before.is_name()) {
            return None;
        }
        let span = before.span.to(token.span);
        let bare = |token: &Token<'_>| token.text.trim_matches('"').to_owned();
        let joined = format!("\"{} {}\"", bare(before), bare(token));
        Some(
            Diagnostic::new(
                format!(
                    "`{}` and `{}` stand side by side",
                    cut(before.text),
                    cut(token.text)
                ),
                span,
            )
            .label("one name or two?")
            .help(format!(
                "quote a name with spaces: `{joined}`; join two names with `and` or `or`"
            ))
            .suggest(joined),
        )
    }

    fn reserved(&self) -> Option<Diagnostic> {
        let (at, token) = self.token()?;
        let wants_name = self.failure.expected.iter().any(|rule| {
            matches!(
                rule,
                Rule::bare_name | Rule::quoted | Rule::operand | Rule::name | Rule::quoted_inner
            )
        });
        if at == 0 || !wants_name || !crate::language::spelling::is_reserved(token.text) {
            return None;
        }
        Some(
            Diagnostic::new(format!("`{}` cannot stand here", token.text), token.span)
                .label(self.wanted())
                .help(format!("if it is a name, quote it: `\"{}\"`", token.text)),
        )
    }

    fn general(&self) -> Diagnostic {
        match self.token() {
            None => Diagnostic::new("the question ends too early", self.end())
                .label(self.wanted())
                .help("`.help` shows what can be asked"),
            Some((_, token)) => {
                let wanted = self.wanted();
                let help = if wanted.contains("a date") {
                    DATES
                } else {
                    "`.help` shows what can be asked"
                };
                Diagnostic::new(
                    format!("`{}` does not fit here", cut(token.text)),
                    token.span,
                )
                .label(wanted)
                .help(help)
            }
        }
    }

    /// What would have fit, in words.
    fn wanted(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for rule in &self.failure.expected {
            if let Some(word) = in_words(*rule)
                && !words.contains(&word)
            {
                words.push(word);
            }
        }
        words.truncate(6);
        match words.is_empty() {
            true => "the question should end before this".to_owned(),
            false => {
                let (plain, quoted): (Vec<String>, Vec<String>) =
                    words.into_iter().partition(|word| word.contains(' '));
                let mut shown = plain;
                if !quoted.is_empty() {
                    shown.push(quoted_list(&quoted));
                }
                format!("expected {}", shown.join(", or "))
            }
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A rule as a word that a user may write, or a kind of thing; `None` for what helps nobody.
#[allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.
pub fn in_words(rule: Rule) -> Option<String> {
    let kind = match rule {
        Rule::operand
        | Rule::name
        | Rule::bare_name
        | Rule::quoted
        | Rule::names
        | Rule::operands
        | Rule::subjects => "a name",
        Rule::word | Rule::active | Rule::open_verb | Rule::part | Rule::predicate => "a verb",
        Rule::noun => "a noun",
        Rule::date | Rule::iso_date | Rule::worded_date | Rule::time => "a date",
        Rule::int | Rule::number => "a number",
        Rule::fact | Rule::question_fact => "a fact",
        Rule::key | Rule::key_chars => "a property",
        Rule::literal => "a value",
        Rule::comparison => "a comparison",
        Rule::threshold => "a likelihood",
        rule => {
            let name = format!("{rule:?}");
            return name.strip_prefix("k_").map(str::to_owned);
        }
    };
    Some(kind.to_owned())
}

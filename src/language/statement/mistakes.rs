//! What is wrong with a text that is no statement, told to its author.

use crate::language::grammar::Failure;
use crate::language::question::mistakes::in_words;
use crate::language::tokens::{Token, tokens};
use crate::text::{Diagnostic, Span, nearest, quoted_list};

/// The diagnostic of a sentence that did not parse.
pub fn explain(text: &str, failure: &Failure) -> Diagnostic {
    let tokens = tokens(text);
    let end = text.trim_end().len();
    let Some(first) = tokens.first() else {
        return Diagnostic::new("there is no statement", Span::new(0, 0))
            .label("nothing here")
            .help("say for example `APT31 targeted UK_Parliament in 2021.`");
    };
    if let Some(quote) = unclosed(&tokens) {
        return Diagnostic::new("this quote is not closed", Span::new(quote, quote + 1))
            .label("opens here")
            .help("put a `\"` behind the text");
    }
    if let Some((at, sign)) = text.char_indices().find(|(_, c)| "“”„«»".contains(*c)) {
        return Diagnostic::new(
            format!("`{sign}` is not a quote that is understood here"),
            Span::new(at, at + sign.len_utf8()),
        )
        .label("typographic quote")
        .help("use straight double quotes: `\"Guccifer 2.0\"`");
    }
    let asking = [
        "who", "what", "which", "when", "why", "how", "did", "list", "about", "timeline",
    ];
    let near = nearest(first.text, asking, 1);
    if let Some(word) = near
        .first()
        .filter(|_| first.text.len() > 2 && !first.is_quoted() && first.span.end < failure.at)
    {
        return Diagnostic::new(
            format!("no question begins with `{}`", first.text),
            first.span,
        )
        .label("unknown word")
        .help(format!("did you mean `{word}`?"))
        .suggest(*word);
    }
    let found = tokens
        .iter()
        .enumerate()
        .find(|(_, token)| token.span.end > failure.at);
    let Some((at, token)) = found else {
        let last = tokens.last().map_or(end, |token| token.span.end);
        return ended(&tokens, Span::new(last, last), failure);
    };
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    if token.is("is") && tokens.get(at + 1).is_some_and(|next| next.is_name()) {
        return Diagnostic::new("`is` needs `a` and a type, or a verb", token.span)
            .label("here")
            .help(format!(
                "write `{} is a TYPE`, or use a verb: `{} targeted …`",
                first.text, first.text
            ));
    }
    if let Some(before) = before.filter(|before| before.is_name() && token.is_name()) {
        let bare = |token: &Token<'_>| token.text.trim_matches('"').to_owned();
        let joined = format!("\"{} {}\"", bare(before), bare(token));
        let span = before.span.to(token.span);
        return Diagnostic::new(format!("`{}` and `{}` stand side by side", before.text, token.text), span)
            .label("one name or two?")
            .help(format!("quote a name with spaces: `{joined}`; a time or a source needs its word: `in`, `according to`"))
            .suggest(joined);
    }
    if token.is_any(&["who", "what", "which", "when", "why", "how", "did", "does"]) && at == 0 {
        return Diagnostic::new("this is a question, not a statement", token.span)
            .label("a question word")
            .help("end it with `?`, or ask it with `whodunit ask`");
    }
    Diagnostic::new(format!("`{}` does not fit here", token.text), token.span)
        .label(wanted(failure))
        .help("a statement reads `SUBJECT VERB OBJECT`, then details behind commas, then a dot")
}

fn unclosed(tokens: &[Token<'_>]) -> Option<usize> {
    let closed = |text: &str| text.len() > 1 && text.ends_with('"') && !text.ends_with("\\\"");
    tokens
        .iter()
        .find(|token| token.is_quoted() && !closed(token.text))
        .map(|token| token.span.start)
}

fn ended(tokens: &[Token<'_>], here: Span, failure: &Failure) -> Diagnostic {
    let names = tokens.iter().filter(|token| token.is_name()).count();
    match names == tokens.len() && names < 3 {
        true => Diagnostic::new("this is not a whole sentence", here)
            .label(if names == 1 {
                "a verb is missing here"
            } else {
                "an object is missing here"
            })
            .help("a statement reads `SUBJECT VERB OBJECT`, as in `APT31 targeted UK_Parliament`"),
        false => Diagnostic::new("the statement ends too early", here)
            .label(wanted(failure))
            .help("go on, or take the last word away"),
    }
}

fn wanted(failure: &Failure) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in failure.expected.iter().filter_map(|rule| in_words(*rule)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(6);
    let (plain, quoted): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| word.contains(' '));
    let mut shown = plain;
    if !quoted.is_empty() {
        shown.push(quoted_list(&quoted));
    }
    match shown.is_empty() {
        true => "the sentence should end before this".to_owned(),
        false => format!("expected {}", shown.join(", or ")),
    }
}

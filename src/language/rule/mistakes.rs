//! What is wrong with a text that is no rule, told to its author.

use crate::language::grammar::Failure;
use crate::language::tokens::{Token, tokens};
use crate::text::{Diagnostic, Span};

const SHAPE: &str =
    "a rule reads `?a VERB ?b if ?a VERB ?c and ?c VERB ?b`; `rule NAME on` puts one in force";

/// The diagnostic of a rule that did not parse.
pub fn explain(text: &str, failure: &Failure) -> Diagnostic {
    let tokens = tokens(text);
    let end = text.trim_end().len();
    let found = tokens
        .iter()
        .enumerate()
        .find(|(_, token)| token.span.end > failure.at);
    let condition = tokens.iter().position(|token| token.is("if"));
    if tokens.first().is_some_and(|first| first.is("rule")) && condition.is_none() {
        return Diagnostic::new("this is not a whole rule", Span::new(0, end.max(1)))
            .label("a name, and what of it?")
            .help("write `rule NAME on`, `rule NAME off`, or `rule NAME: … if …`");
    }
    let Some(condition) = condition else {
        return Diagnostic::new("a rule needs its `if`", Span::new(end, end))
            .label("expected `if`")
            .help(SHAPE);
    };
    if condition == 0 {
        return Diagnostic::new("nothing follows from this", tokens[0].span)
            .label("expected what follows, in front of `if`")
            .help(SHAPE);
    }
    if let Some(or) = tokens.iter().find(|token| token.is("or")) {
        return Diagnostic::new("conditions of a rule are joined by `and`", or.span)
            .label("`or` does not fit here")
            .help("write a second rule with the same head for the other case");
    }
    if let Some(second) = tokens
        .iter()
        .skip(condition + 1)
        .find(|token| token.is("if"))
    {
        return Diagnostic::new("a rule has one `if`", second.span)
            .label("the second `if`")
            .help("join conditions by `and`; end a rule with a dot before the next");
    }
    let Some((at, token)) = found else {
        let words = tokens.iter().rev();
        let last = words
            .filter(|token| token.text != ".")
            .find(|token| !token.text.is_empty());
        let begun = last.is_some_and(|last| !last.is_any(&["if", "and"]));
        return Diagnostic::new("the rule ends too early", Span::new(end, end))
            .label(match begun {
                true => "the last condition goes on here",
                false => "a condition is missing here",
            })
            .help(SHAPE);
    };
    if at < condition && negation(&tokens[..condition]) {
        return Diagnostic::new("a rule cannot derive that something is not so", token.span)
            .label("`not` in front of `if`")
            .help("denials come from sources; leave `not` away or move it behind `if`");
    }
    if let Some(before) = at.checked_sub(1).and_then(|at| tokens.get(at))
        && before.is_name()
        && token.is_name()
        && at > condition
    {
        return Diagnostic::new(
            format!("`{}` and `{}` stand side by side", before.text, token.text),
            before.span.to(token.span),
        )
        .label("which is the verb?")
        .help("a condition reads `?a VERB ?b`; quote a name with spaces");
    }
    let said = Diagnostic::new(format!("`{}` does not fit here", token.text), token.span);
    match at <= condition {
        true => said
            .label("expected `?a VERB ?b` in front of `if`")
            .help(SHAPE),
        false => said
            .label("expected a condition, a time, a source or a likelihood")
            .help("conditions read `?a VERB ?b`, `?a is a NOUN`, `?a is not ?b` or `?a.KEY > 5`"),
    }
}

fn negation(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| token.is_any(&["not", "never"]))
}

//! Questions that end too early: what is missing, by the last words that are there.

use crate::language::tokens::Token;
use crate::text::{Diagnostic, Span};

/// Words that begin a time.
pub const TIMES: &[&str] = &[
    "in", "on", "since", "before", "after", "until", "till", "during", "between", "from",
];

/// How dates are written.
pub const DATES: &str =
    "a date is written `2021`, `2021-03`, `2021-03-25`, `March 2021` or `3 days ago`";

/// The text ends where something must follow.
pub fn ends_early(text: &str, tokens: &[Token<'_>], failed_at: usize) -> Option<Diagnostic> {
    let rest = text.get(failed_at..).unwrap_or("").trim();
    if !rest.is_empty() && !rest.starts_with(['?', '|', ')']) {
        return None;
    }
    let before: Vec<&Token<'_>> = tokens
        .iter()
        .filter(|token| token.span.end <= failed_at)
        .collect();
    let last = before.last()?;
    let here = Span::new(last.span.end, last.span.end);
    let missing = |title: &str, label: &str, help: &str| {
        Some(
            Diagnostic::new(title.to_owned(), here)
                .label(label.to_owned())
                .help(help.to_owned()),
        )
    };
    let one = before.len() == 1;
    if one && last.is_any(&["who", "what", "whom"]) {
        return missing(
            "who did what?",
            "a verb is missing here",
            "write for example `who targeted UK_Parliament`",
        );
    }
    if last.is("which") || (last.is("many") && before.len() == 2) {
        return missing(
            "which things?",
            "a noun is missing here",
            "write for example `which groups targeted UK_Parliament`",
        );
    }
    if last.is("why") {
        return missing(
            "why what?",
            "a fact is missing here",
            "write `why did APT31 target UK_Parliament`, `why #12` or `why 2`",
        );
    }
    if last.is("how") {
        return missing(
            "how what?",
            "the question ends here",
            "write `how many groups …` or `how is A connected to B`",
        );
    }
    if last.is("when") {
        return missing(
            "when what?",
            "a fact is missing here",
            "write for example `when did APT31 target UK_Parliament`",
        );
    }
    if last.is_any(&["limit", "top", "first"]) {
        return missing(
            &format!("`{}` needs a number", last.text),
            "a number is missing here",
            "write for example `top 5`",
        );
    }
    if last.is("by")
        && before
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|word| word.is("sorted"))
    {
        return missing(
            "sorted by what?",
            "a key is missing here",
            "write for example `sorted by likelihood descending`",
        );
    }
    if last.is("per") {
        return missing(
            "per what?",
            "a noun is missing here",
            "write for example `per country`, `per year` or `per source`",
        );
    }
    if last.is_any(TIMES) {
        return missing(
            &format!("`{}` needs a date", last.text),
            "a date is missing here",
            DATES,
        );
    }
    if last.is("to")
        && before
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|word| word.is("according"))
    {
        return missing(
            "according to whom?",
            "a source is missing here",
            "write for example `according to NCSC`",
        );
    }
    if last.is_any(&["according"]) {
        return missing(
            "`according` needs `to`",
            "`to` is missing here",
            "write for example `according to NCSC`",
        );
    }
    let first = before.first()?;
    if last.is_any(&[
        "did", "does", "do", "was", "were", "is", "are", "has", "have",
    ]) {
        return missing(
            &format!("`{}` what?", last.text),
            "the question ends here",
            "write for example `did APT31 target UK_Parliament` or `who was summoned`",
        );
    }
    if last.is_any(&["likelihood", "confidence"])
        && before
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|word| word.is("with"))
    {
        return missing(
            "how likely?",
            "a likelihood is missing here",
            "write for example `with likelihood >= 70%` or `with high confidence`",
        );
    }
    if last.text.starts_with(|c: char| c.is_ascii_digit())
        && before.iter().any(|word| word.is("between"))
    {
        return missing(
            "`between` needs two dates",
            "`and` and a date are missing here",
            "write for example `between 2019 and 2021-06`",
        );
    }
    if first.is_any(&["shortest", "all", "path", "paths"]) && last.is_name() {
        return missing(
            "a path to where?",
            "`to` and a name are missing here",
            "write for example `shortest path from APT31 to UK_Parliament`",
        );
    }
    if first.is_any(&["did", "does", "was", "were", "is", "are", "has"]) && before.len() == 2 {
        return missing(
            &format!("{} {} what?", first.text, last.text),
            "a verb is missing here",
            "write for example `did APT31 target UK_Parliament`",
        );
    }
    if last.is_any(&["the", "a", "an", "any", "some"]) {
        return missing(
            &format!("`{}` needs a noun", last.text),
            "a noun is missing here",
            "write for example `any government`",
        );
    }
    if last.is_any(&[
        "and", "or", "not", "never", "without", "with", "where", "via", "avoiding", ",",
    ]) {
        return missing(
            &format!("something must follow `{}`", last.text),
            "the question ends here",
            "go on, or take the word away",
        );
    }
    if last.text == "|" {
        return missing(
            "a format must follow `|`",
            "the question ends here",
            "write for example `| csv` or `| dot \"file.dot\"`",
        );
    }
    let which = before
        .first()
        .is_some_and(|first| first.is_any(&["which", "list", "how"]));
    if which && last.is_name() && before.len() <= 3 {
        return missing(
            &format!("what did these {} do?", last.text),
            "a verb is missing here",
            &format!(
                "write for example `which {} targeted UK_Parliament`, or `list {}`",
                last.text, last.text
            ),
        );
    }
    if last.is_name() || last.is_any(&["to", "of", "for", "against", "into", "at"]) {
        let whom = format!("{} whom or what?", last.text);
        return missing(
            &whom,
            "a name is missing here",
            "name it, as in `who targeted UK_Parliament`; `anyone` stands for any",
        );
    }
    None
}

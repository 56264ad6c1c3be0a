//! How names, strings and verbs are spelt: what has to be quoted, and how quotes are taken off.

/// Words that are never names, verbs or nouns, whatever the case. `grammar/lexical.pest` has the
/// same list as the rule `reserved`; a test compares the two.
pub const RESERVED: &[&str] = &[
    "a",
    "according",
    "after",
    "against",
    "almost",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "avoiding",
    "be",
    "been",
    "before",
    "being",
    "between",
    "by",
    "certainly",
    "did",
    "do",
    "does",
    "during",
    "each",
    "every",
    "explain",
    "for",
    "from",
    "had",
    "has",
    "have",
    "highly",
    "how",
    "if",
    "in",
    "into",
    "is",
    "it",
    "likely",
    "limit",
    "many",
    "never",
    "not",
    "of",
    "on",
    "or",
    "per",
    "possibly",
    "probably",
    "profile",
    "since",
    "some",
    "sorted",
    "that",
    "the",
    "them",
    "till",
    "to",
    "top",
    "unlikely",
    "until",
    "via",
    "was",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "whom",
    "why",
    "with",
    "within",
    "without",
];

/// Whether a word is reserved.
pub fn is_reserved(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    // The articles are reserved in lower case only: `A` is a name.
    let article = lower == "a" || lower == "an";
    RESERVED.binary_search(&lower.as_str()).is_ok() && (!article || word == lower)
}

/// Words that open a sentence of another kind where a name could stand.
const OPENERS: &[&str] = &["type", "relation", "retract", "correct"];

/// A name as it is written: bare where it is one token, else quoted.
pub fn name(name: &str) -> String {
    let opens = OPENERS.iter().any(|word| word.eq_ignore_ascii_case(name));
    match is_bare(name) && !opens {
        true => name.to_owned(),
        false => string(name),
    }
}

/// `a` or `an`, by the first letter.
pub fn article(noun: &str) -> &'static str {
    match noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "an",
        false => "a",
    }
}

/// A text in quotes, with what has to be escaped escaped.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The text between quotes, with its escapes undone; a text without quotes as it is.
pub fn unquoted(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(inner) = inner else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, c) => out.push(c),
            (true, c) => {
                escaped = false;
                out.push(match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    c => c,
                });
            }
        }
    }
    out
}

/// Whether a name needs no quotes. Stricter than the grammar: what reads as a number, a date or
/// the last answer is quoted too.
fn is_bare(name: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut characters = name.chars().peekable();
    let Some(first) = characters.next() else {
        return false;
    };
    if !(first.is_alphanumeric() || first == '_') {
        return false;
    }
    while let Some(c) = characters.next() {
        let joins =
            matches!(c, '.' | ':' | '/' | '&') && characters.peek().is_some_and(|c| inner(*c));
        if !inner(c) && !joins {
            return false;
        }
    }
    let numeric = name
        .chars()
        .all(|c| c.is_ascii_digit() || c == '-' || c == '.' || c == ':');
    let month =
        ["may", "march", "august", "april", "june", "july"].contains(&name.to_lowercase().as_str());
    // Letters beyond the grammar's own classes (numbers of other scripts) are quoted.
    let letters = name.chars().all(|c| c.is_alphabetic() || c.is_ascii());
    // A reserved word ends where a sign that joins stands: `AT&T` would begin with `at`.
    let first = name.split(['.', ':', '/', '&']).next().unwrap_or(name);
    !numeric && !month && letters && name != "_" && !is_reserved(first) && !is_reserved(name)
}

#[cfg(test)]
mod tests {
    use super::{RESERVED, name, unquoted};

    #[test]
    fn a_name_is_quoted_where_it_has_to_be() {
        for bare in [
            "UK_Parliament",
            "3CX",
            "Käse_GmbH",
            "Группа",
            "X-Agent",
            "v1.2",
            "R&D",
        ] {
            assert_eq!(name(bare), bare);
        }
        for quoted in [
            "Guccifer 2.0",
            "The",
            "2021",
            "_",
            "a\"b",
            "",
            "x.",
            "who",
            "2021-03-25",
            "AT&T",
            "ANY.RUN",
        ] {
            assert!(name(quoted).starts_with('"'), "{quoted}");
            assert_eq!(unquoted(&name(quoted)), quoted);
        }
    }

    #[test]
    fn the_reserved_words_are_those_of_the_grammar() {
        let grammar = include_str!("../../grammar/lexical.pest");
        let rule = grammar
            .lines()
            .find(|line| line.starts_with("reserved ="))
            .expect("a rule");
        let mut words: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
        words.sort_unstable();
        assert_eq!(words, RESERVED);
    }
}

//! What may be typed next: the grammar says which kind of word fits, the case says which words of
//! that kind there are. It looks at the text before the cursor only.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::engine::Engine;
use crate::export;
use crate::front::COMMANDS;
use crate::graph::GraphView;
use crate::language::gql::keywords::{KEYWORDS, is_keyword};
use crate::language::grammar::{self, Rule};
use crate::language::question::mistakes::in_words;
use crate::language::script::{self, Kind};
use crate::language::spelling;
use crate::language::tokens::tokens;
use crate::model::{Form, Vocabulary};
use crate::text::fold;

/// How many candidates are offered.
const MOST: usize = 60;

/// Where the word under the cursor begins, and what it may become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// Byte offset of the word.
    pub start: usize,
    /// Whole words, best first.
    pub words: Vec<String>,
}

/// The kinds of words that fit somewhere.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds {
    names: bool,
    verbs: bool,
    nouns: bool,
}

/// What fits at the end of `text`, which is all that stands before the cursor.
pub fn offers(engine: &Engine, text: &str) -> Offers {
    if text.trim_start().starts_with('.') {
        return command(text);
    }
    if script::kind(text.trim_start()) == Kind::Gql {
        return gql(engine, text);
    }
    let start = word_start(text);
    let (before, word) = text.split_at(start);
    let mut words = Vec::new();
    let (kinds, keywords) = expected(before);
    let view = engine.graph();
    // A word in quotes is a name.
    if let Some(inner) = word.strip_prefix('"') {
        names(view, inner, &mut words);
        words.retain(|name| name.starts_with('"'));
        return Offers { start, words };
    }
    let wanted = fold(word);
    let begins = |candidate: &str| !wanted.is_empty() && fold(candidate).starts_with(&wanted);
    let all = |candidate: &str| wanted.is_empty() || begins(candidate);
    if kinds.verbs {
        words.extend(
            verbs(view.vocabulary(), before)
                .into_iter()
                .filter(|verb| all(verb)),
        );
    }
    if kinds.nouns {
        let vocabulary = view.vocabulary();
        let mut nouns: Vec<String> = vocabulary
            .types()
            .flat_map(|(id, declared)| [declared.name.clone(), vocabulary.plural(id)])
            .filter(|noun| all(noun))
            .collect();
        nouns.sort();
        nouns.dedup();
        words.extend(nouns);
    }
    if kinds.names {
        names(view, word, &mut words);
    }
    words.extend(keywords.into_iter().filter(|keyword| begins(keyword)));
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words.truncate(MOST);
    Offers { start, words }
}

/// What fits in GQL: types behind a colon, names of entities in quotes, otherwise keywords and the
/// variables that stand before.
fn gql(engine: &Engine, text: &str) -> Offers {
    let view = engine.graph();
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    let start = text.trim_end_matches(plain).len();
    let (before, word) = text.split_at(start);
    let wanted = word.to_lowercase();
    let fits = |candidate: &String| candidate.to_lowercase().starts_with(&wanted);
    let mut words: Vec<String> = Vec::new();
    let spelled = |name: &str| match name.chars().all(plain) {
        true => name.to_owned(),
        false => format!("`{name}`"),
    };
    if let Some(open) = before
        .rfind('\'')
        .filter(|_| before.matches('\'').count() % 2 == 1)
    {
        let typed = &text[open + 1..];
        let found = view.entities().prefix(typed, MOST);
        let names = found
            .into_iter()
            .map(|(_, id)| format!("'{}'", view.entities().name(id)));
        return Offers {
            start: open,
            words: names.collect(),
        };
    }
    if before.trim_end().ends_with([':', '|', '&', '!']) {
        let vocabulary = view.vocabulary();
        let bracket = before.rfind('[').map_or(0, |at| at + 1);
        let parenthesis = before.rfind('(').map_or(0, |at| at + 1);
        match bracket > parenthesis {
            true => words.extend(vocabulary.relations().map(|(_, of)| spelled(&of.name))),
            false => words.extend(vocabulary.types().map(|(_, of)| spelled(&of.name))),
        }
    } else if !word.is_empty() {
        let mut own: Vec<String> = tokens(before)
            .iter()
            .map(|token| token.text.to_owned())
            .filter(|text| text.chars().all(plain) && !is_keyword(text))
            .collect();
        own.sort();
        own.dedup();
        words.extend(own);
        words.extend(KEYWORDS.iter().map(|keyword| (*keyword).to_owned()));
    }
    words.retain(fits);
    words.truncate(MOST);
    Offers { start, words }
}

/// Where the last word of a text begins; an open quote is a part of it.
fn word_start(text: &str) -> usize {
    match tokens(text).last() {
        Some(last) if last.span.end == text.len() && !last.is_sign() => last.span.start,
        Some(_) | None => text.len(),
    }
}

/// Kinds and keywords that fit behind a text.
fn expected(before: &str) -> (Kinds, Vec<String>) {
    // A character that fits nowhere makes the parser tell what would have fitted.
    let probe = format!("{before}\u{1}");
    let mut kinds = Kinds::default();
    let mut keywords = Vec::new();
    let Err(failure) = grammar::parse(Rule::question, &probe) else {
        return (kinds, keywords);
    };
    if failure.at < before.trim_end().len() {
        return (kinds, keywords);
    }
    // Verbs and nouns are words alike to the grammar; the word before tells them apart.
    let before_nouns = [
        "which", "any", "a", "an", "the", "some", "every", "each", "many", "list", "show", "per",
    ];
    let noun = tokens(before)
        .last()
        .is_some_and(|last| last.is_any(&before_nouns));
    for rule in &failure.expected {
        match rule {
            Rule::word if noun => kinds.nouns = true,
            Rule::operand
            | Rule::operands
            | Rule::subjects
            | Rule::names
            | Rule::name
            | Rule::bare_name
            | Rule::quoted
            | Rule::fact
            | Rule::question_fact => kinds.names = true,
            Rule::word
            | Rule::predicate
            | Rule::all_of
            | Rule::part
            | Rule::active
            | Rule::been
            | Rule::open_verb => kinds.verbs = true,
            Rule::noun => kinds.nouns = true,
            Rule::via_relation => kinds.verbs = true,
            _ => {}
        }
        keywords.extend(words_of(*rule));
    }
    (kinds, keywords)
}

/// The words that a rule may begin with, where these are few.
fn words_of(rule: Rule) -> Vec<String> {
    let words: &[&str] = match rule {
        Rule::question | Rule::whole | Rule::body => &[
            "who",
            "what",
            "which",
            "when",
            "why",
            "how",
            "did",
            "was",
            "is",
            "are",
            "list",
            "about",
            "timeline",
            "explain",
            "profile",
            "according to",
            "shortest path from",
            "all paths from",
        ],
        Rule::predicate | Rule::all_of | Rule::part | Rule::neg => {
            &["is", "was", "were", "are", "never", "has", "did not"]
        }
        Rule::qualifier | Rule::path_option | Rule::lifted => &[
            "in",
            "since",
            "before",
            "after",
            "until",
            "between",
            "on",
            "as known on",
            "as true on",
            "according to",
            "not according to",
            "without",
            "with likelihood >=",
            "with high confidence",
            "where",
        ],
        Rule::path_kind => &["shortest", "all", "path"],
        Rule::operand | Rule::operands => &["any", "the", "anyone"],
        Rule::adverb => &[
            "probably",
            "almost certainly",
            "highly likely",
            "possibly",
            "unlikely",
        ],
        Rule::tail => &["sorted by", "top", "per"],
        Rule::pipe => &["|"],
        Rule::k_sorted => &["sorted by"],
        Rule::k_according => &["according to"],
        Rule::k_with => &["with likelihood >=", "with high confidence"],
        rule => {
            return in_words(rule)
                .filter(|word| !word.contains(' '))
                .into_iter()
                .collect();
        }
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The verbs in the form that stands behind a text.
fn verbs(words: &Vocabulary, before: &str) -> Vec<String> {
    let tokens = tokens(before);
    let last = tokens.last();
    let be = ["is", "are", "was", "were", "been"];
    let asks = tokens
        .iter()
        .any(|token| token.is_any(&["did", "does", "do"]));
    let form = match last {
        Some(token) if token.is_any(&be) => Form::Participle,
        Some(token) if token.is_any(&["not", "never"]) && asks => Form::Base,
        _ if tokens.first().is_some_and(|first| first.is_any(&be)) => Form::Participle,
        _ if asks => Form::Base,
        _ => Form::Past,
    };
    let mut found: Vec<String> = words
        .relations()
        .map(|(id, _)| words.phrase(id, form))
        .collect();
    found.sort();
    found
}

/// Names that begin with a word; where there is none, names that are similar.
fn names(view: &dyn GraphView, word: &str, words: &mut Vec<String>) {
    let mut found = view.entities().prefix(word, MOST);
    if found.is_empty() && word.chars().count() >= 4 {
        found = view.entities().fuzzy(word, 8);
    }
    let wanted = fold(word);
    let fits = |name: &str| fold(name).starts_with(&wanted);
    // The handle where it fits, else the name that does.
    let mut names: Vec<String> = found
        .into_iter()
        .map(|(name, owner)| {
            let handle = view.entities().name(owner);
            match fits(handle) || !fits(&name) {
                true => spelling::name(handle),
                false => spelling::name(&name),
            }
        })
        .collect();
    names.dedup();
    words.extend(names);
}

/// Commands, and formats behind the commands that take one.
fn command(text: &str) -> Offers {
    let line = text.trim_start();
    let start = text
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + 1)
        .max(text.len() - line.len());
    let word = &text[start..];
    let words: Vec<String> = match line.split_whitespace().next() {
        Some(".mode" | ".export") if start > text.len() - line.len() => export::names()
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        _ if word.starts_with('.') => COMMANDS
            .iter()
            .map(|command| format!(".{}", command.name))
            .collect(),
        _ => Vec::new(),
    };
    Offers {
        start,
        words: words
            .into_iter()
            .filter(|candidate| candidate.starts_with(word))
            .collect(),
    }
}

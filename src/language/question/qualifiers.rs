//! The qualifiers of a question, from parse tree to syntax tree: sources, times, likelihoods,
//! conditions. It resolves nothing.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::grammar::{Rule, child, children, has, tight};
use crate::language::pieces;
use crate::language::question::ast::{Comparison, Condition, Level, Literal, Qualifier};
use crate::model::Confidence;
use crate::text::{Diagnostic, Spanned};
use pest::iterators::Pair as PestPair;

type Pair<'i> = PestPair<'i, Rule>;
type Parsed<T> = Result<T, Diagnostic>;

/// What the grammar rules out; it keeps the tree builder free of panics.
pub fn nothing(pair: &Pair<'_>) -> Diagnostic {
    Diagnostic::new("this cannot be read as a question", tight(pair)).label("here")
}

/// The qualifiers among the children of a pair.
pub fn qualifiers(pair: &Pair<'_>) -> Parsed<Vec<Spanned<Qualifier>>> {
    children(pair, Rule::qualifier)
        .iter()
        .map(qualifier)
        .collect()
}

fn qualifier(pair: &Pair<'_>) -> Parsed<Spanned<Qualifier>> {
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let names = |pair: &Pair<'_>| {
        child(pair, Rule::names)
            .map(|names| pieces::names(&names))
            .ok_or_else(|| nothing(pair))
    };
    let date = |pair: &Pair<'_>| {
        let written = child(pair, Rule::date).ok_or_else(|| nothing(pair))?;
        pieces::date(&written)
    };
    let node = match inner.as_rule() {
        Rule::known_on => Qualifier::KnownOn(date(&inner)?),
        Rule::true_on => Qualifier::TrueOn(date(&inner)?),
        Rule::time => Qualifier::Time(pieces::time(&inner)?.node),
        Rule::according => Qualifier::According {
            sources: names(&inner)?,
            negated: false,
        },
        Rule::not_according => {
            let according = child(&inner, Rule::according).ok_or_else(|| nothing(pair))?;
            Qualifier::According {
                sources: names(&according)?,
                negated: true,
            }
        }
        Rule::without if has(&inner, Rule::derived_word) => Qualifier::Stated,
        Rule::without => Qualifier::Without(names(&inner)?),
        Rule::level => level(&inner)?,
        Rule::r#where => Qualifier::Where(where_condition(&inner)?),
        _ => return Err(nothing(pair)),
    };
    Ok(Spanned::new(node, tight(pair)))
}

/// A likelihood or a confidence, as statements use it too.
pub fn level(pair: &Pair<'_>) -> Parsed<Qualifier> {
    if let Some(level) = child(pair, Rule::confidence) {
        let level = Confidence::named(level.as_str().trim()).unwrap_or(Confidence::Low);
        return Ok(Qualifier::Confidence(level));
    }
    let compared = child(pair, Rule::comparison).map(|sign| comparison(sign.as_str()));
    let threshold = child(pair, Rule::threshold).ok_or_else(|| nothing(pair))?;
    let level = if let Some(number) = child(&threshold, Rule::number) {
        let (number, percent) = pieces::number(&number);
        let share = !percent && number > 0.0 && number <= 1.0;
        Level::Percent(if share { number * 100.0 } else { number } as f32)
    } else if let Some(term) = child(&threshold, Rule::term) {
        Level::Term {
            scale: None,
            term: pieces::adverb(&term).node,
        }
    } else {
        let term = child(&threshold, Rule::quoted).ok_or_else(|| nothing(pair))?;
        let scale = child(&threshold, Rule::scale);
        Level::Term {
            scale: scale.map(|scale| scale.as_str().trim().to_owned()),
            term: pieces::name(&term).node,
        }
    };
    Ok(Qualifier::Likelihood(
        compared.unwrap_or(Comparison::GreaterOrEqual),
        level,
    ))
}

/// A comparison by its sign.
pub fn comparison(sign: &str) -> Comparison {
    match sign.trim() {
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "<>" | "!=" => Comparison::NotEqual,
        _ => Comparison::Equal,
    }
}

/// The condition behind `where`.
pub fn where_condition(pair: &Pair<'_>) -> Parsed<Condition> {
    let inner = child(pair, Rule::condition).ok_or_else(|| nothing(pair))?;
    condition(&inner)
}

fn condition(pair: &Pair<'_>) -> Parsed<Condition> {
    let mut any = Vec::new();
    for and in children(pair, Rule::condition_and) {
        let mut all = Vec::new();
        for inner in children(&and, Rule::condition_not) {
            match single_condition(&inner)? {
                Condition::And(parts) => all.extend(parts),
                other => all.push(other),
            }
        }
        match if all.len() == 1 {
            all.remove(0)
        } else {
            Condition::And(all)
        } {
            Condition::Or(parts) => any.extend(parts),
            other => any.push(other),
        }
    }
    Ok(if any.len() == 1 {
        any.remove(0)
    } else {
        Condition::Or(any)
    })
}

fn single_condition(pair: &Pair<'_>) -> Parsed<Condition> {
    let node = if let Some(inner) = child(pair, Rule::condition) {
        condition(&inner)?
    } else if let Some(unknown) = child(pair, Rule::unknown) {
        Condition::Unknown {
            path: path(&unknown)?,
            negated: has(&unknown, Rule::negation),
        }
    } else {
        let test = child(pair, Rule::test).ok_or_else(|| nothing(pair))?;
        let comparison = if has(&test, Rule::contains) {
            Comparison::Contains
        } else if has(&test, Rule::starts_with) {
            Comparison::StartsWith
        } else if has(&test, Rule::ends_with) {
            Comparison::EndsWith
        } else {
            child(&test, Rule::comparison)
                .map_or(Comparison::Equal, |sign| comparison(sign.as_str()))
        };
        let value = child(&test, Rule::literal).ok_or_else(|| nothing(pair))?;
        Condition::Compare {
            path: path(&test)?,
            comparison,
            value: literal(&value)?,
        }
    };
    Ok(if has(pair, Rule::negation) {
        Condition::Not(Box::new(node))
    } else {
        node
    })
}

/// A path such as `country.population`, by its parts.
pub fn path(pair: &Pair<'_>) -> Parsed<Spanned<Vec<String>>> {
    let key = child(pair, Rule::key).ok_or_else(|| nothing(pair))?;
    let parts = key.as_str().trim().split('.').map(str::to_owned).collect();
    Ok(Spanned::new(parts, tight(&key)))
}

/// A value that was written.
pub fn literal(pair: &Pair<'_>) -> Parsed<Spanned<Literal>> {
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let node = match inner.as_rule() {
        Rule::number => match pieces::number(&inner) {
            (number, true) => Literal::Percent(number),
            (number, false) => Literal::Number(number),
        },
        Rule::iso_date => Literal::Date(pieces::iso_date(&inner)?),
        Rule::worded_date => Literal::Date(pieces::worded_date(&inner)?),
        Rule::boolean => Literal::Bool(has(&inner, Rule::k_true)),
        Rule::parameter => {
            Literal::Parameter(inner.as_str().trim().trim_start_matches('$').to_owned())
        }
        _ => Literal::Text(pieces::name(&inner).node),
    };
    Ok(Spanned::new(node, tight(pair)))
}

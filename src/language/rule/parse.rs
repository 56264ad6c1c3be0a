//! From text to the syntax tree of a rule. It resolves nothing.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::grammar::{self, Rule, child, children, has, tight};
use crate::language::pieces;
use crate::language::question::ast::{Qualifier, Voice};
use crate::language::question::qualifiers;
use crate::language::rule::ast::{self, Condition, Fact, RuleText};
use crate::language::rule::mistakes;
use crate::language::spelling::unquoted;
use crate::language::tokens::tokens;
use crate::model::{Marking, RuleTerm};
use crate::text::{Diagnostic, Spanned, quoted_list};
use pest::iterators::Pair as PestPair;

type Pair<'i> = PestPair<'i, Rule>;
type Parsed<T> = Result<T, Diagnostic>;

/// Whether a sentence is about rules: it says `if`, begins with a variable, or names a rule.
pub fn is_rule(text: &str) -> bool {
    let start = text.trim_start();
    let opens = |word: &str| {
        let head = start.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    let plain = !start.starts_with('?') && !opens("rule") && !opens("drop");
    // Most sentences are no rules, and that is seen at once.
    if plain
        && !text
            .split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("if"))
    {
        return false;
    }
    let tokens = tokens(text);
    let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let named = word(0, "rule")
        && (word(2, ":") || word(2, "on") || word(2, "off") || tokens.len() < 3)
        || word(0, "drop") && word(1, "rule");
    named || word(0, "?") || tokens.iter().any(|token| token.is("if"))
}

/// Parses a sentence about rules, with or without its dot.
pub fn parse(text: &str) -> Parsed<RuleText> {
    grammar::check(text, "rule")?;
    let pair = grammar::parse(Rule::rule_text, text)
        .map_err(|failure| mistakes::explain(text, &failure))?;
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(&pair))?;
    Ok(match inner.as_rule() {
        Rule::rule_switch => RuleText::Switch(name(&inner)?, has(&inner, Rule::rule_on)),
        Rule::rule_drop => RuleText::Drop(name(&inner)?),
        _ => RuleText::Rule(rule(&inner)?),
    })
}

fn nothing(pair: &Pair<'_>) -> Diagnostic {
    Diagnostic::new("this cannot be read as a rule", tight(pair)).label("here")
}

fn name(pair: &Pair<'_>) -> Parsed<Spanned<String>> {
    let name = child(pair, Rule::rule_name).ok_or_else(|| nothing(pair))?;
    Ok(Spanned::new(unquoted(name.as_str().trim()), tight(&name)))
}

fn rule(pair: &Pair<'_>) -> Parsed<ast::Rule> {
    let name = match has(pair, Rule::rule_name) {
        true => Some(self::name(pair)?),
        false => None,
    };
    let head = child(pair, Rule::rule_head).ok_or_else(|| nothing(pair))?;
    let mut body = Vec::new();
    for condition in children(pair, Rule::rule_condition) {
        body.push(Spanned::new(
            self::condition(&condition)?,
            tight(&condition),
        ));
    }
    Ok(ast::Rule {
        name,
        head: fact(&head)?,
        body,
    })
}

fn term(pair: &Pair<'_>) -> Spanned<RuleTerm> {
    let text = pair.as_str().trim();
    let node = match text.strip_prefix('?') {
        Some(variable) => RuleTerm::Variable(variable.to_owned()),
        None => RuleTerm::Name(unquoted(text)),
    };
    Spanned::new(node, tight(pair))
}

fn terms(pair: &Pair<'_>) -> Parsed<(Spanned<RuleTerm>, Spanned<RuleTerm>)> {
    let terms = children(pair, Rule::rule_term);
    match terms.as_slice() {
        [left, right] => Ok((term(left), term(right))),
        _ => Err(nothing(pair)),
    }
}

fn fact(pair: &Pair<'_>) -> Parsed<Fact> {
    let (subject, object) = terms(pair)?;
    let phrase = child(pair, Rule::rule_verb).ok_or_else(|| nothing(pair))?;
    let verb = child(&phrase, Rule::word).ok_or_else(|| nothing(&phrase))?;
    let being = has(&phrase, Rule::be) || has(&phrase, Rule::k_been);
    let voice = match (has(&phrase, Rule::by), being) {
        (true, _) => Voice::Passive,
        (false, true) => Voice::Be,
        (false, false) => Voice::Active,
    };
    Ok(Fact {
        subject,
        voice,
        verb: pieces::word(&verb),
        particle: child(&phrase, Rule::particle).map(|word| pieces::particle(&word)),
        object,
        not: child(&phrase, Rule::rule_not).map(|not| tight(&not)),
    })
}

fn condition(pair: &Pair<'_>) -> Parsed<Condition> {
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let negated = has(&inner, Rule::rule_not);
    Ok(match inner.as_rule() {
        Rule::rule_property => {
            let path = child(&inner, Rule::rule_property_name).ok_or_else(|| nothing(&inner))?;
            let (of, key) = path.as_str().split_once('.').unwrap_or_default();
            let sign = child(&inner, Rule::comparison).ok_or_else(|| nothing(&inner))?;
            let value = child(&inner, Rule::literal).ok_or_else(|| nothing(&inner))?;
            Condition::Property {
                of: Spanned::new(of.trim_start_matches('?').to_owned(), tight(&path)),
                key: key.to_owned(),
                comparison: qualifiers::comparison(sign.as_str()),
                value: qualifiers::literal(&value)?,
            }
        }
        Rule::rule_same => {
            let (left, right) = terms(&inner)?;
            Condition::Same(left, right, negated)
        }
        Rule::rule_is_a => {
            let of = child(&inner, Rule::rule_term).ok_or_else(|| nothing(&inner))?;
            let noun = child(&inner, Rule::noun).ok_or_else(|| nothing(&inner))?;
            Condition::IsA(term(&of), pieces::word(&noun), negated)
        }
        _ => {
            let fact = fact(&inner)?;
            if let (true, Some(second)) = (negated, fact.not) {
                return Err(Diagnostic::new("this denies a denial", second)
                    .label("the second `not`")
                    .help("leave both away"));
            }
            let mut limits = Vec::new();
            let mut marking = None;
            for limit in children(&inner, Rule::rule_limit) {
                let of = limit
                    .clone()
                    .into_inner()
                    .next()
                    .ok_or_else(|| nothing(&limit))?;
                match of.as_rule() {
                    Rule::rule_marking => marking = Some(self::marking(&of)?),
                    _ => limits.push(Spanned::new(self::limit(&of)?, tight(&limit))),
                }
            }
            Condition::Fact {
                negated: negated || fact.not.is_some(),
                fact,
                adverb: child(&inner, Rule::adverb).map(|adverb| pieces::adverb(&adverb)),
                limits,
                marking,
            }
        }
    })
}

fn limit(pair: &Pair<'_>) -> Parsed<Qualifier> {
    let names = |pair: &Pair<'_>| {
        child(pair, Rule::names)
            .map(|names| pieces::names(&names))
            .ok_or_else(|| nothing(pair))
    };
    Ok(match pair.as_rule() {
        Rule::time => Qualifier::Time(pieces::time(pair)?.node),
        Rule::according => Qualifier::According {
            sources: names(pair)?,
            negated: false,
        },
        Rule::not_according => {
            let according = child(pair, Rule::according).ok_or_else(|| nothing(pair))?;
            Qualifier::According {
                sources: names(&according)?,
                negated: true,
            }
        }
        _ => qualifiers::level(pair)?,
    })
}

fn marking(pair: &Pair<'_>) -> Parsed<Marking> {
    let written = child(pair, Rule::marking).map(|marking| marking.as_str().to_owned());
    let written = written.unwrap_or_default();
    Marking::named(&written).ok_or_else(|| {
        Diagnostic::new(format!("`{written}` is no marking"), tight(pair))
            .label("unknown marking")
            .help(format!(
                "write {}",
                quoted_list(&Marking::ALL.map(Marking::name))
            ))
    })
}

//! From text to the syntax tree of one sentence. It resolves nothing.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::grammar::{self, Rule, child, children, has, tight};
use crate::language::pieces;
use crate::language::question;
use crate::language::question::ast::Qualifier;
use crate::language::spelling::unquoted;
use crate::language::statement::ast::{Alias, Clause, Item, Sentence, Stated, Taken};
use crate::language::statement::mistakes;
use crate::model::{
    Credibility, Marking, RelationDeclaration, Reliability, TypeDeclaration, Value,
};
use crate::text::{Diagnostic, Spanned, quoted_list};
use pest::iterators::Pair as PestPair;

type Pair<'i> = PestPair<'i, Rule>;
type Parsed<T> = Result<T, Diagnostic>;

/// Parses a sentence, with or without its dot.
pub fn parse(text: &str) -> Parsed<Sentence> {
    grammar::check(text, "sentence")?;
    let pair = grammar::parse(Rule::statement, text)
        .map_err(|failure| mistakes::explain(text, &failure))?;
    let sentence = child(&pair, Rule::sentence).ok_or_else(|| nothing(&pair))?;
    let inner = sentence
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(&sentence))?;
    Ok(match inner.as_rule() {
        Rule::type_declaration => Sentence::Type(type_declaration(&inner)?),
        Rule::relation_declaration => {
            let ends = child(&inner, Rule::ends).map_or_else(|| tight(&inner), |ends| tight(&ends));
            Sentence::Relation(Spanned::new(relation_declaration(&inner)?, ends))
        }
        Rule::entity => entity(&inner)?,
        Rule::has_line => has_line(&inner)?,
        Rule::retract => {
            let taken = match child(&inner, Rule::claim_number) {
                Some(number) => Taken::Number(pieces::int(&number)?),
                None => Taken::Claim(any_claim(&inner)?),
            };
            Sentence::Retract(taken, because(&inner))
        }
        Rule::correct => {
            let number = child(&inner, Rule::claim_number).ok_or_else(|| nothing(&inner))?;
            Sentence::Correct(pieces::int(&number)?, any_claim(&inner)?, because(&inner))
        }
        Rule::merge => {
            let names = children(&inner, Rule::name);
            let [entity, into] = names.as_slice() else {
                return Err(nothing(&inner));
            };
            Sentence::Merge {
                entity: pieces::name(entity),
                into: pieces::name(into),
                clauses: clauses(&inner)?,
                because: because(&inner),
            }
        }
        Rule::unmerge => Sentence::Unmerge(named(&inner)?, because(&inner)),
        _ => Sentence::Claim(any_claim(&sentence)?),
    })
}

fn nothing(pair: &Pair<'_>) -> Diagnostic {
    Diagnostic::new("this cannot be read as a statement", tight(pair)).label("here")
}

fn because(pair: &Pair<'_>) -> Option<String> {
    let because = child(pair, Rule::because)?;
    child(&because, Rule::quoted).map(|text| unquoted(text.as_str()))
}

fn form(pair: &Pair<'_>) -> String {
    child(pair, Rule::form)
        .map(|form| unquoted(form.as_str().trim()))
        .unwrap_or_default()
}

fn noun_text(pair: &Pair<'_>) -> Parsed<String> {
    let noun = child(pair, Rule::noun).ok_or_else(|| nothing(pair))?;
    Ok(noun.as_str().trim().to_lowercase())
}

fn type_declaration(pair: &Pair<'_>) -> Parsed<TypeDeclaration> {
    let mut declaration = TypeDeclaration {
        name: noun_text(pair)?,
        ..TypeDeclaration::default()
    };
    for parent in children(pair, Rule::parent) {
        declaration.parents.push(noun_text(&parent)?);
    }
    for clause in children(pair, Rule::type_clause) {
        let text = form(&clause);
        if has(&clause, Rule::k_also) {
            declaration.also.push(text);
            continue;
        }
        let (slot, what) = if has(&clause, Rule::k_plural) {
            (&mut declaration.plural, "plural")
        } else if has(&clause, Rule::k_stix) {
            (&mut declaration.stix, "stix")
        } else if has(&clause, Rule::k_ftm) {
            (&mut declaration.ftm, "ftm")
        } else {
            (&mut declaration.doc, "doc")
        };
        once(slot, text, what, &clause)?;
    }
    Ok(declaration)
}

fn once(slot: &mut Option<String>, text: String, what: &str, pair: &Pair<'_>) -> Parsed<()> {
    if slot.is_some() {
        return Err(
            Diagnostic::new(format!("`{what}` stands twice"), tight(pair))
                .label("the second")
                .help("keep one of them"),
        );
    }
    *slot = Some(text);
    Ok(())
}

fn relation_declaration(pair: &Pair<'_>) -> Parsed<RelationDeclaration> {
    let word = child(pair, Rule::word).ok_or_else(|| nothing(pair))?;
    let mut declaration = RelationDeclaration {
        name: word.as_str().trim().replace('_', "-"),
        ..RelationDeclaration::default()
    };
    if let Some(ends) = child(pair, Rule::ends) {
        let types = |pair: &Pair<'_>| {
            children(pair, Rule::noun)
                .iter()
                .map(|noun| noun.as_str().trim().to_lowercase())
                .collect()
        };
        let mut both = children(&ends, Rule::end_types).into_iter();
        declaration.from = both.next().map(|pair| types(&pair)).unwrap_or_default();
        declaration.to = both.next().map(|pair| types(&pair)).unwrap_or_default();
    }
    for clause in children(pair, Rule::relation_clause) {
        if has(&clause, Rule::k_symmetric) {
            declaration.symmetric = true;
            continue;
        }
        if has(&clause, Rule::k_transitive) {
            declaration.transitive = true;
            continue;
        }
        let text = form(&clause);
        if has(&clause, Rule::k_also) {
            declaration.also.push(text);
            continue;
        }
        let slots: [(Rule, &str, &mut Option<String>); 13] = [
            (Rule::k_base, "base", &mut declaration.base),
            (Rule::k_third, "third", &mut declaration.third),
            (Rule::k_past, "past", &mut declaration.past),
            (
                Rule::k_participle,
                "participle",
                &mut declaration.participle,
            ),
            (Rule::k_gerund, "gerund", &mut declaration.gerund),
            (Rule::k_particle, "particle", &mut declaration.particle),
            (Rule::k_noun, "noun", &mut declaration.noun),
            (Rule::k_plural, "plural", &mut declaration.plural),
            (Rule::k_passive, "passive", &mut declaration.passive),
            (Rule::k_inverse, "inverse", &mut declaration.inverse),
            (Rule::k_stix, "stix", &mut declaration.stix),
            (Rule::k_ftm, "ftm", &mut declaration.ftm),
            (Rule::k_doc, "doc", &mut declaration.doc),
        ];
        for (rule, what, slot) in slots {
            if has(&clause, rule) {
                once(slot, text.clone(), what, &clause)?;
            }
        }
    }
    Ok(declaration)
}

fn named(pair: &Pair<'_>) -> Parsed<Spanned<String>> {
    let name = child(pair, Rule::name).ok_or_else(|| nothing(pair))?;
    Ok(pieces::name(&name))
}

fn text_of(pair: &Pair<'_>) -> String {
    child(pair, Rule::quoted)
        .map(|text| unquoted(text.as_str().trim()))
        .unwrap_or_default()
}

fn entity(pair: &Pair<'_>) -> Parsed<Sentence> {
    let kinds = children(pair, Rule::kind);
    let mut nouns = Vec::new();
    for kind in &kinds {
        let noun = child(kind, Rule::noun).ok_or_else(|| nothing(kind))?;
        nouns.push(pieces::word(&noun));
    }
    let mut aliases = Vec::new();
    for also in children(pair, Rule::also) {
        aliases.push(Alias {
            name: named(&also)?,
            sources: child(&also, Rule::names).map(|names| pieces::names(&names)),
            on: child(&also, Rule::date)
                .map(|date| pieces::date(&date))
                .transpose()?,
        });
    }
    Ok(Sentence::Entity {
        name: named(pair)?,
        unnamed: kinds.iter().any(|kind| has(kind, Rule::unnamed)),
        nouns,
        title: child(pair, Rule::titled).map(|titled| text_of(&titled)),
        aliases,
    })
}

fn has_line(pair: &Pair<'_>) -> Parsed<Sentence> {
    let mut items = Vec::new();
    for item in children(pair, Rule::item) {
        if let Some(id) = child(&item, Rule::outside_id) {
            let mut parts = id.into_inner().filter(|part| part.as_rule() != Rule::k_id);
            let mut next = || {
                parts
                    .next()
                    .map(|part| unquoted(part.as_str().trim()))
                    .unwrap_or_default()
            };
            items.push(Item::Id(next(), next()));
            continue;
        }
        let value = child(&item, Rule::value).ok_or_else(|| nothing(&item))?;
        let value = self::value(&value)?;
        items.push(match child(&item, Rule::key) {
            Some(key) => Item::Property(pieces::word(&key), value),
            None => Item::Quoted(key(&item), value),
        });
    }
    Ok(Sentence::Has {
        name: named(pair)?,
        items,
    })
}

fn value(pair: &Pair<'_>) -> Parsed<Value> {
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let text = inner.as_str().trim();
    Ok(match inner.as_rule() {
        Rule::number => match (text.parse::<i64>(), pieces::number(&inner)) {
            (Ok(number), _) => Value::Int(number),
            (Err(_), (number, true)) => Value::Float(number / 100.0),
            (Err(_), (number, false)) => Value::Float(number),
        },
        Rule::iso_date => Value::Date(pieces::iso_date(&inner)?),
        Rule::worded_date => Value::Date(pieces::worded_date(&inner)?),
        Rule::year => {
            let date = child(&inner, Rule::iso_date).ok_or_else(|| nothing(&inner))?;
            Value::Date(pieces::iso_date(&date)?)
        }
        Rule::boolean => Value::Bool(has(&inner, Rule::k_true)),
        Rule::list_value => {
            let values: Parsed<Vec<Value>> =
                children(&inner, Rule::value).iter().map(value).collect();
            Value::List(values?)
        }
        Rule::map_value => {
            let mut pairs = Vec::new();
            for entry in children(&inner, Rule::map_entry) {
                pairs.push((
                    key(&entry),
                    value(&child(&entry, Rule::value).ok_or_else(|| nothing(&entry))?)?,
                ));
            }
            Value::Map(pairs)
        }
        _ => Value::Text(unquoted(text)),
    })
}

fn key(pair: &Pair<'_>) -> String {
    let key = child(pair, Rule::quoted).or_else(|| child(pair, Rule::key));
    key.map(|key| unquoted(key.as_str().trim()))
        .unwrap_or_default()
}

fn any_claim(outer: &Pair<'_>) -> Parsed<Stated> {
    if let Some(denied) = child(outer, Rule::denied_claim) {
        return Ok(Stated {
            denied: true,
            ..any_claim(&denied)?
        });
    }
    let said = child(outer, Rule::said);
    let pair = said
        .clone()
        .or_else(|| child(outer, Rule::claim))
        .ok_or_else(|| nothing(outer))?;
    let mut clauses = Vec::new();
    let source =
        |names: &Pair<'_>| Spanned::new(Clause::Source(pieces::names(names)), tight(names));
    if let Some(attribution) = child(&pair, Rule::attribution) {
        clauses.extend(child(&attribution, Rule::names).as_ref().map(source));
        for part in attribution.clone().into_inner() {
            if matches!(part.as_rule(), Rule::jointly | Rule::passed_on) {
                clauses.push(clause(&part)?);
            }
        }
        if let Some(date) = child(&attribution, Rule::date) {
            clauses.push(Spanned::new(
                Clause::Reported(pieces::date(&date)?),
                tight(&date),
            ));
        }
    }
    if said.is_some() {
        clauses.extend(child(&pair, Rule::speakers).as_ref().map(source));
    }
    clauses.extend(self::clauses(&pair)?);
    let inner = child(&pair, Rule::fact).ok_or_else(|| nothing(&pair))?;
    let denied = has(&pair, Rule::denies) || has(&pair, Rule::denied_mark);
    Ok(Stated {
        denied,
        fact: question::parse::fact(&inner)?,
        clauses,
    })
}

/// What stands behind the commas of a claim.
fn clauses(pair: &Pair<'_>) -> Parsed<Vec<Spanned<Clause>>> {
    let mut clauses = Vec::new();
    for outer in children(pair, Rule::clause) {
        // `see "…" at "…"` says two things.
        if let Some(see) = child(&outer, Rule::see) {
            let texts = children(&see, Rule::quoted);
            let mut texts = texts.iter().map(|text| unquoted(text.as_str().trim()));
            let here = tight(&see);
            clauses.extend(
                texts
                    .next()
                    .map(|text| Spanned::new(Clause::Reference(text), here)),
            );
            clauses.extend(
                texts
                    .next()
                    .map(|text| Spanned::new(Clause::Locator(text), here)),
            );
            continue;
        }
        if let Some(code) = child(&outer, Rule::admiralty) {
            clauses.extend(admiralty(&code)?);
            continue;
        }
        let inner = outer
            .clone()
            .into_inner()
            .next()
            .ok_or_else(|| nothing(&outer))?;
        clauses.push(clause(&inner)?);
    }
    Ok(clauses)
}

fn clause(pair: &Pair<'_>) -> Parsed<Spanned<Clause>> {
    let here = tight(pair);
    let names = || {
        child(pair, Rule::names)
            .map(|names| pieces::names(&names))
            .ok_or_else(|| nothing(pair))
    };
    let node = match pair.as_rule() {
        Rule::reported => {
            let date = child(pair, Rule::date).ok_or_else(|| nothing(pair))?;
            Clause::Reported(pieces::date(&date)?)
        }
        Rule::locator => Clause::Locator(text_of(pair)),
        Rule::quote => Clause::Quote(text_of(pair)),
        Rule::passed_on => Clause::Via(names()?),
        Rule::jointly | Rule::according => Clause::Source(names()?),
        Rule::level => match question::qualifiers::level(pair)? {
            Qualifier::Confidence(level) => Clause::Confidence(level),
            other => Clause::Level(other),
        },
        Rule::reliability => Clause::Reliability(reliability(pair)?),
        Rule::credibility => Clause::Credibility(credibility(pair)?),
        Rule::marked => {
            let written = child(pair, Rule::marking).map(|marking| marking.as_str().to_owned());
            let marking = written.as_deref().and_then(Marking::named).ok_or_else(|| {
                Diagnostic::new(
                    format!("`{}` is no marking", written.unwrap_or_default()),
                    here,
                )
                .label("unknown marking")
                .help(format!(
                    "write {}",
                    quoted_list(&Marking::ALL.map(Marking::name))
                ))
            })?;
            Clause::Marking(marking)
        }
        Rule::valid => {
            let time = child(pair, Rule::time).ok_or_else(|| nothing(pair))?;
            Clause::Valid(pieces::time(&time)?.node)
        }
        Rule::property => {
            let value = child(pair, Rule::value).ok_or_else(|| nothing(pair))?;
            Clause::Property(key(pair), self::value(&value)?)
        }
        _ => return Err(nothing(pair)),
    };
    Ok(Spanned::new(node, here))
}

/// The Admiralty grade of a source.
fn reliability(pair: &Pair<'_>) -> Parsed<Reliability> {
    let written = child(pair, Rule::raw_word).map(|word| word.as_str().to_owned());
    letter(&written.unwrap_or_default(), pair)
}

fn letter(written: &str, pair: &Pair<'_>) -> Parsed<Reliability> {
    let mut letters = written.chars();
    let grade = letters.next().filter(|_| letters.next().is_none());
    grade.and_then(Reliability::from_letter).ok_or_else(|| {
        Diagnostic::new(format!("`{written}` is no grade of a source"), tight(pair))
            .label("unknown reliability")
            .help("write a letter from A (reliable) to E, or F where it cannot be judged")
    })
}

fn credibility(pair: &Pair<'_>) -> Parsed<Credibility> {
    let written = child(pair, Rule::int).map_or(Ok(0), |int| pieces::int(&int))?;
    figure(&written.to_string(), pair)
}

fn figure(written: &str, pair: &Pair<'_>) -> Parsed<Credibility> {
    written
        .parse()
        .ok()
        .and_then(Credibility::new)
        .ok_or_else(|| {
            Diagnostic::new(
                format!("`{written}` is no grade of an information"),
                tight(pair),
            )
            .label("unknown credibility")
            .help("write a number from 1 (confirmed) to 5, or 6 where it cannot be judged")
        })
}

/// Both grades in one code: `B2`.
fn admiralty(pair: &Pair<'_>) -> Parsed<[Spanned<Clause>; 2]> {
    let word = child(pair, Rule::raw_word).ok_or_else(|| nothing(pair))?;
    let written = word.as_str();
    let (source, information) = written.split_at(written.chars().next().map_or(0, char::len_utf8));
    let here = tight(pair);
    Ok([
        Spanned::new(Clause::Reliability(letter(source, pair)?), here),
        Spanned::new(Clause::Credibility(figure(information, pair)?), here),
    ])
}

//! Changes as sentences, in one canonical spelling: reading what is printed gives the same change.

use crate::language::rule;
use crate::language::spelling::{article, name, string};
use crate::language::statement::values::value;
use crate::model::{
    Change, Claim, Likelihood, PartialDate, Period, Polarity, Precision, RelationDeclaration,
    RetractTarget, Scale, TypeDeclaration, Vocabulary,
};

/// A change as a sentence with its dot. `words` must know the relation of a claim.
pub fn print(change: &Change, words: &Vocabulary) -> String {
    match change {
        Change::DeclareType(declaration) => type_declaration(declaration),
        Change::DeclareRelation(declaration) => relation_declaration(declaration),
        Change::Entity {
            name: handle,
            types,
            title,
            unnamed,
        } => {
            let untyped = ["entity".to_owned()];
            let types = if types.is_empty() {
                untyped.as_slice()
            } else {
                types.as_slice()
            };
            let nouns: Vec<String> = types
                .iter()
                .map(|noun| match unnamed {
                    true => format!("an unnamed {noun}"),
                    false => format!("{} {noun}", article(noun)),
                })
                .collect();
            let title = title
                .as_ref()
                .map_or(String::new(), |title| format!(", titled {}", string(title)));
            format!("{} is {}{title}.", name(handle), nouns.join(" and "))
        }
        Change::Property {
            entity,
            key,
            value: of,
        } => {
            let plain = word(key) == *key && name(key) == *key;
            let key = match plain && words.readings(key, None).is_empty() {
                true => key.clone(),
                false => string(key),
            };
            format!("{} has {key} {}.", name(entity), value(of))
        }
        Change::ExternalId { entity, scheme, id } => {
            format!("{} has id {} {}.", name(entity), word(scheme), string(id))
        }
        Change::Merge { entity, into } => format!("merge {} into {}.", name(entity), name(into)),
        Change::Part { entity, because } => {
            let because = because
                .as_ref()
                .map_or(String::new(), |why| format!(", because {}", string(why)));
            format!("unmerge {}{because}.", name(entity))
        }
        Change::Assert(claim) => format!("{}.", self::claim(claim, words)),
        Change::DeclareRule(declared) => rule::print(declared),
        Change::SwitchRule { name, on } => {
            let state = if *on { "on" } else { "off" };
            format!("rule {} {state}.", rule::print::word(name))
        }
        Change::DropRule { name } => format!("drop rule {}.", rule::print::word(name)),
        Change::Retract { target, because } => {
            let because = because
                .as_ref()
                .map_or(String::new(), |why| format!(", because {}", string(why)));
            match target {
                RetractTarget::Number(number) => format!("retract #{}{because}.", number.0),
                RetractTarget::Content(claim) => {
                    format!("retract {}{because}.", self::claim(claim, words))
                }
            }
        }
    }
}

/// A word that needs no quotes, or a string.
fn word(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_alphabetic())
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if plain && text.is_ascii() {
        text.to_owned()
    } else {
        string(text)
    }
}

fn optional(out: &mut String, key: &str, text: &Option<String>) {
    if let Some(text) = text {
        out.push_str(&format!(", {key} {}", word(text)));
    }
}

fn type_declaration(declaration: &TypeDeclaration) -> String {
    let mut out = format!("type {}", declaration.name);
    if !declaration.parents.is_empty() {
        let parents: Vec<String> = declaration
            .parents
            .iter()
            .map(|parent| format!("{} {parent}", article(parent)))
            .collect();
        out.push_str(&format!(" is {}", parents.join(" and ")));
    }
    optional(&mut out, "plural", &declaration.plural);
    for also in &declaration.also {
        out.push_str(&format!(", also {}", word(also)));
    }
    optional(&mut out, "stix", &declaration.stix);
    optional(&mut out, "ftm", &declaration.ftm);
    if let Some(doc) = &declaration.doc {
        out.push_str(&format!(", doc {}", string(doc)));
    }
    out + "."
}

fn relation_declaration(declaration: &RelationDeclaration) -> String {
    let mut out = format!("relation {}", declaration.name);
    if !declaration.from.is_empty() || !declaration.to.is_empty() {
        let ends = |nouns: &[String]| match nouns.is_empty() {
            true => "entity".to_owned(),
            false => nouns.join(" or "),
        };
        out.push_str(&format!(
            " ({} -> {})",
            ends(&declaration.from),
            ends(&declaration.to)
        ));
    }
    let forms = [
        ("base", &declaration.base),
        ("third", &declaration.third),
        ("past", &declaration.past),
        ("participle", &declaration.participle),
        ("gerund", &declaration.gerund),
        ("particle", &declaration.particle),
        ("noun", &declaration.noun),
        ("plural", &declaration.plural),
        ("passive", &declaration.passive),
        ("inverse", &declaration.inverse),
    ];
    for (key, form) in forms {
        optional(&mut out, key, form);
    }
    for also in &declaration.also {
        out.push_str(&format!(", also {}", word(also)));
    }
    if declaration.symmetric {
        out.push_str(", symmetric");
    }
    if declaration.transitive {
        out.push_str(", transitive");
    }
    optional(&mut out, "stix", &declaration.stix);
    optional(&mut out, "ftm", &declaration.ftm);
    if let Some(doc) = &declaration.doc {
        out.push_str(&format!(", doc {}", string(doc)));
    }
    out + "."
}

fn names(list: &[String]) -> String {
    list.iter()
        .map(|one| name(one))
        .collect::<Vec<_>>()
        .join(" and ")
}

/// A claim as a sentence without its dot.
pub fn claim(claim: &Claim<String>, words: &Vocabulary) -> String {
    let mut out = String::new();
    if claim.polarity == Polarity::Denied {
        out.push_str("denied: ");
    }
    if !claim.sources.is_empty() {
        out.push_str(&format!("according to {}", names(&claim.sources)));
        if let Some(date) = claim.reported {
            out.push_str(&format!(" on {date}"));
        }
        out.push_str(", ");
    }
    let adverb = claim
        .likelihood
        .as_ref()
        .filter(|likelihood| likelihood.scale == Scale::Words);
    let adverb = adverb.and_then(|likelihood| adverb_of(&likelihood.term));
    out.push_str(&name(&claim.subject));
    if let Some(adverb) = adverb {
        out.push_str(&format!(" {adverb}"));
    }
    // The canonical name of a relation reads as itself, whatever its forms are.
    out.push_str(&format!(
        " {} {}",
        words.relation(claim.relation).name,
        name(&claim.object)
    ));
    out.push_str(&period(claim.valid));
    if claim.sources.is_empty()
        && let Some(date) = claim.reported
    {
        out.push_str(&format!(", reported on {date}"));
    }
    if !claim.via.is_empty() {
        out.push_str(&format!(", via {}", names(&claim.via)));
    }
    if let Some(likelihood) = claim.likelihood.as_ref().filter(|_| adverb.is_none()) {
        out.push_str(&format!(", with likelihood {}", level(likelihood)));
    }
    if let Some(level) = claim.confidence {
        out.push_str(&format!(", with {} confidence", level.name()));
    }
    if let Some(grade) = claim.reliability {
        out.push_str(&format!(", reliability {grade:?}"));
    }
    if let Some(grade) = claim.credibility {
        out.push_str(&format!(", credibility {}", grade.grade()));
    }
    if let Some(marking) = claim.marking {
        out.push_str(&format!(", marked {}", marking.name()));
    }
    for (key, of) in &claim.properties {
        out.push_str(&format!(", with {} {}", string(key), value(of)));
    }
    if let Some(reference) = &claim.reference {
        out.push_str(&format!(", see {}", string(reference)));
    }
    if let Some(locator) = &claim.locator {
        out.push_str(&format!(", at {}", string(locator)));
    }
    if let Some(quote) = &claim.quote {
        out.push_str(&format!(", quote {}", string(quote)));
    }
    out
}

/// A likelihood as it is stated.
fn level(likelihood: &Likelihood) -> String {
    match likelihood.scale {
        Scale::Percent => likelihood.term.clone(),
        Scale::Words => string(&likelihood.term),
        Scale::Phia | Scale::Icd203 | Scale::Stix => {
            format!("{} {}", likelihood.scale.name(), string(&likelihood.term))
        }
    }
}

/// The adverb that reads as a term of plain words.
fn adverb_of(term: &str) -> Option<&'static str> {
    Some(match term {
        "highly unlikely" => "highly unlikely",
        "unlikely" => "unlikely",
        "realistic possibility" => "possibly",
        "likely" => "probably",
        "highly likely" => "highly likely",
        "almost certain" => "almost certainly",
        _ => return None,
    })
}

/// A period behind a verb, with a space before it.
pub fn period(period: Period) -> String {
    let on = |date: PartialDate| match date.precision() {
        Precision::Year | Precision::Month => format!(" in {date}"),
        Precision::Day | Precision::Second => format!(" on {date}"),
    };
    match (period.from, period.until) {
        (None, None) => String::new(),
        (Some(from), Some(until)) if from == until && !period.exclusive => on(from),
        (Some(from), Some(until)) => format!(" between {from} and {until}"),
        (Some(from), None) => format!(" since {from}"),
        (None, Some(until)) if period.exclusive => format!(" before {until}"),
        (None, Some(until)) => format!(" until {until}"),
    }
}

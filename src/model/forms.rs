//! English verb and noun forms, by rule where the vocabulary gives none. It covers the regular
//! forms only; a declaration gives the irregular ones.

use crate::model::declaration::{Form, RelationDeclaration};

/// The regular plural of a noun: `group` → `groups`, `country` → `countries`, `breach` → `breaches`.
pub fn plural(noun: &str) -> String {
    sibilant_s(noun)
}

/// Every verb phrase of a relation: text, form, and whether it runs from object to subject.
pub fn phrases(relation: &RelationDeclaration) -> Vec<(String, Form, bool)> {
    let mut found = vec![(relation.name.clone(), Form::Phrase, false)];
    for form in [
        Form::Base,
        Form::Third,
        Form::Past,
        Form::Participle,
        Form::Gerund,
    ] {
        found.push((phrase(relation, form), form, false));
    }
    let noun = relation.noun.clone();
    let nouns = relation
        .plural
        .clone()
        .or_else(|| noun.as_deref().map(plural));
    found.extend(
        noun.into_iter()
            .chain(nouns)
            .map(|noun| (noun, Form::Noun, false)),
    );
    found.extend(
        relation
            .also
            .iter()
            .map(|also| (also.clone(), Form::Phrase, false)),
    );
    for reversed in [&relation.passive, &relation.inverse] {
        found.extend(
            reversed
                .iter()
                .map(|phrase| (phrase.clone(), Form::Phrase, true)),
        );
    }
    found
}

/// The verb phrase of a relation in a form, with its particle: `attribute to`, `attributed to`.
pub fn phrase(relation: &RelationDeclaration, form: Form) -> String {
    let verb = match form {
        Form::Base => base(relation),
        Form::Third => relation
            .third
            .clone()
            .unwrap_or_else(|| sibilant_s(&base(relation))),
        Form::Past => relation.past.clone().unwrap_or_else(|| past(relation)),
        Form::Participle => relation
            .participle
            .clone()
            .or_else(|| relation.past.clone())
            .unwrap_or_else(|| past(relation)),
        Form::Gerund => relation
            .gerund
            .clone()
            .unwrap_or_else(|| gerund(&base(relation))),
        Form::Noun => {
            return relation
                .noun
                .clone()
                .unwrap_or_else(|| relation.name.clone());
        }
        Form::Phrase => return relation.name.replace(['-', '_'], " "),
    };
    match particle(relation) {
        Some(particle) => format!("{verb} {particle}"),
        None => verb,
    }
}

/// The particle as declared, or the rest of the canonical name: `to` of `attributed-to`.
fn particle(relation: &RelationDeclaration) -> Option<String> {
    let rest = || {
        relation
            .name
            .split_once(['-', '_'])
            .map(|(_, rest)| rest.replace(['-', '_'], " "))
    };
    relation.particle.clone().or_else(rest)
}

/// The base as declared, or the first word of the canonical name with its ending taken off.
fn base(relation: &RelationDeclaration) -> String {
    if let Some(base) = &relation.base {
        return base.clone();
    }
    let first = relation
        .name
        .split(['-', '_'])
        .next()
        .unwrap_or(&relation.name);
    if let Some(stem) = first.strip_suffix("ied") {
        return format!("{stem}y");
    }
    if let Some(stem) = first.strip_suffix("ed").filter(|stem| stem.len() > 2) {
        return match stem.ends_with(['c', 's', 'v', 'z', 'u']) {
            true => format!("{stem}e"),
            false => stem.to_owned(),
        };
    }
    first.to_owned()
}

fn past(relation: &RelationDeclaration) -> String {
    if relation.base.is_none() {
        return relation
            .name
            .split(['-', '_'])
            .next()
            .unwrap_or(&relation.name)
            .to_owned();
    }
    let base = base(relation);
    match base
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
    {
        Some(stem) => format!("{stem}ied"),
        None if base.ends_with('e') => format!("{base}d"),
        None => format!("{base}ed"),
    }
}

fn gerund(base: &str) -> String {
    match base
        .strip_suffix('e')
        .filter(|stem| !stem.ends_with(['e', 'o', 'y']))
    {
        Some(stem) => format!("{stem}ing"),
        None => format!("{base}ing"),
    }
}

fn sibilant_s(word: &str) -> String {
    match word
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
    {
        Some(stem) => format!("{stem}ies"),
        None if word.ends_with(['s', 'x', 'z']) || word.ends_with("ch") || word.ends_with("sh") => {
            format!("{word}es")
        }
        None => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{phrase, plural};
    use crate::model::declaration::{Form, RelationDeclaration};

    #[test]
    fn regular_forms_follow_the_rules() {
        let relation = |name: &str, base: Option<&str>| RelationDeclaration {
            name: name.into(),
            base: base.map(str::to_owned),
            ..RelationDeclaration::default()
        };
        let targeted = relation("targeted", None);
        assert_eq!(phrase(&targeted, Form::Base), "target");
        assert_eq!(phrase(&targeted, Form::Third), "targets");
        assert_eq!(phrase(&targeted, Form::Gerund), "targeting");
        let denied = relation("denied", None);
        assert_eq!(phrase(&denied, Form::Base), "deny");
        assert_eq!(phrase(&denied, Form::Third), "denies");
        let attributed = relation("attributed-to", Some("attribute"));
        assert_eq!(phrase(&attributed, Form::Past), "attributed to");
        assert_eq!(phrase(&attributed, Form::Gerund), "attributing to");
        let accused = relation("accused", None);
        assert_eq!(phrase(&accused, Form::Base), "accuse");
        assert_eq!(plural("country"), "countries");
        assert_eq!(plural("agency"), "agencies");
        assert_eq!(plural("breach"), "breaches");
    }
}

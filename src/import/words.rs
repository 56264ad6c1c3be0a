//! Words of what comes in, as words of the case: the type or the relation that a name means, or a new
//! one that our statements can say. It changes no case.

use crate::model::{RelationDeclaration, RelationId, TypeDeclaration, TypeId, Vocabulary};

/// Whether a word can be that of a type, and that of a relation: the languages keep some.
#[derive(Clone, Copy, Debug)]
pub struct Sayable {
    /// Of a type.
    pub noun: fn(&str) -> bool,
    /// Of a relation.
    pub verb: fn(&str) -> bool,
}

/// The type of a noun, and its declaration where it is new.
pub fn kind(
    words: &mut Vocabulary,
    name: &str,
    sayable: Sayable,
) -> (TypeId, Option<TypeDeclaration>) {
    let declaration = TypeDeclaration {
        name: name.to_owned(),
        ..TypeDeclaration::default()
    };
    declared_kind(words, declaration, sayable)
}

/// The type of the noun of a declaration, and the declaration where it is new.
pub fn declared_kind(
    words: &mut Vocabulary,
    mut declaration: TypeDeclaration,
    sayable: Sayable,
) -> (TypeId, Option<TypeDeclaration>) {
    if let Some(known) = words.type_named(&declaration.name) {
        return (known, None);
    }
    declaration.name = word(&declaration.name, sayable.noun);
    (words.declare_type(declaration.clone()), Some(declaration))
}

/// The relation of a name: by the name itself, by one of its verb forms, or a new one with its
/// declaration.
pub fn relation(
    words: &mut Vocabulary,
    name: &str,
    sayable: Sayable,
) -> (RelationId, Option<RelationDeclaration>) {
    let declaration = RelationDeclaration {
        name: name.to_owned(),
        ..RelationDeclaration::default()
    };
    declared_relation(words, declaration, sayable)
}

/// The relation of the name of a declaration, and the declaration where it is new.
pub fn declared_relation(
    words: &mut Vocabulary,
    mut declaration: RelationDeclaration,
    sayable: Sayable,
) -> (RelationId, Option<RelationDeclaration>) {
    if let Some(known) = words.relation_meant(&declaration.name) {
        return (known, None);
    }
    declaration.name = word(&declaration.name, sayable.verb);
    let derived = || base(&declaration.name).filter(|base| (sayable.verb)(base));
    declaration.base = declaration.base.clone().or_else(derived);
    let made = words.declare_relation(declaration.clone());
    (made, Some(declaration))
}

/// The base of a verb that a name has in the third person, as those of many formats do: `drop` of `drops`,
/// `connect` of `connects-to`.
fn base(name: &str) -> Option<String> {
    let third = name.split(['-', '_']).next()?;
    let hisses = |stem: &&str| {
        stem.ends_with(['x', 'z', 's']) || stem.ends_with("ch") || stem.ends_with("sh")
    };
    if let Some(stem) = third.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return Some(format!("{stem}y"));
    }
    if let Some(stem) = third.strip_suffix("es").filter(hisses) {
        // `uses` and `poses` keep their e, `passes` and `mixes` have none.
        let single = stem.ends_with(['s', 'z']) && !stem.ends_with("ss") && !stem.ends_with("zz");
        return Some(if single {
            format!("{stem}e")
        } else {
            stem.to_owned()
        });
    }
    let stem = third.strip_suffix('s')?;
    let verb = stem.len() > 2 && stem.is_ascii() && !stem.ends_with(['s', 'u', 'i', 'a']);
    verb.then(|| stem.to_owned())
}

/// A name as one word of the languages: small letters, digits, `_`, and `-` for all else between them;
/// behind an `x-` where that would begin otherwise, or is a word that the languages keep.
fn word(name: &str, sayable: fn(&str) -> bool) -> String {
    let sign = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    let signs: String = name.to_lowercase().chars().map(sign).collect();
    let parts = signs.split('-').filter(|part| !part.is_empty());
    let word = parts.collect::<Vec<_>>().join("-");
    match word.chars().next() {
        Some(first) if first.is_alphabetic() && sayable(&word) => word,
        Some(_) => format!("x-{word}"),
        None => "x".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sayable, base, relation};
    use crate::model::Vocabulary;

    #[test]
    fn verbs_in_the_third_person_have_their_base() {
        for (name, expected) in [
            ("drops", Some("drop")),
            ("connects-to", Some("connect")),
            ("carries", Some("carry")),
            ("uses", Some("use")),
            ("passes", Some("pass")),
            ("mixes", Some("mix")),
            ("has-part", None),
            ("mentioned", None),
            ("is-in", None),
            ("virus", None),
        ] {
            assert_eq!(base(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_new_relation_is_a_word_and_is_found_again_by_its_forms() {
        let sayable = Sayable {
            noun: |_| true,
            verb: |word| word != "where",
        };
        let mut words = Vocabulary::new();
        let (made, fresh) = relation(&mut words, "Connects To", sayable);
        assert_eq!(fresh.map(|of| of.name).as_deref(), Some("connects-to"));
        let (again, none) = relation(&mut words, "connect to", sayable);
        assert_eq!((made, none), (again, None));
        let (_, kept) = relation(&mut words, "where", sayable);
        assert_eq!(kept.map(|of| of.name).as_deref(), Some("x-where"));
    }
}

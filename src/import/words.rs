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
    if let Some(known) = words.type_named(name) {
        return (known, None);
    }
    let declaration = TypeDeclaration {
        name: word(name, sayable.noun),
        ..TypeDeclaration::default()
    };
    (words.declare_type(declaration.clone()), Some(declaration))
}

/// The relation of a name: by the name itself, by one of its verb forms, or a new one with its
/// declaration.
pub fn relation(
    words: &mut Vocabulary,
    name: &str,
    sayable: Sayable,
) -> (RelationId, Option<RelationDeclaration>) {
    if let Some(known) = words.relation_meant(name) {
        return (known, None);
    }
    let declaration = RelationDeclaration {
        name: word(name, sayable.verb),
        ..RelationDeclaration::default()
    };
    let made = words.declare_relation(declaration.clone());
    (made, Some(declaration))
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

//! Types and relations as they are declared, word for word. What a declaration leaves out is
//! derived by whoever reads it, not here.

/// A type as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeDeclaration {
    /// Canonical singular noun.
    pub name: String,
    /// Names of the types above it; empty for a root (it is below `entity` all the same).
    pub parents: Vec<String>,
    /// Plural noun; derived where not given.
    pub plural: Option<String>,
    /// Other nouns for it, singular or plural.
    pub also: Vec<String>,
    /// STIX object type.
    pub stix: Option<String>,
    /// FollowTheMoney schema.
    pub ftm: Option<String>,
    /// What it is, in one sentence.
    pub doc: Option<String>,
}

/// A relation as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelationDeclaration {
    /// Canonical name: `targeted`, `attributed-to`.
    pub name: String,
    /// Types that the subject may have; empty: any.
    pub from: Vec<String>,
    /// Types that the object may have; empty: any.
    pub to: Vec<String>,
    /// Base form of the verb, without particle: `target`, `attribute`.
    pub base: Option<String>,
    /// Third person: `targets`.
    pub third: Option<String>,
    /// Past tense: `targeted`.
    pub past: Option<String>,
    /// Participle: `targeted`.
    pub participle: Option<String>,
    /// `targeting`.
    pub gerund: Option<String>,
    /// The word behind the verb: `to` in `attributed to`.
    pub particle: Option<String>,
    /// Noun for one such fact: `attribution`.
    pub noun: Option<String>,
    /// Noun for several: `attributions`.
    pub plural: Option<String>,
    /// A phrase read from the object's side: `targeted by`.
    pub passive: Option<String>,
    /// A verb phrase read from the object's side: `contains` of `part-of`.
    pub inverse: Option<String>,
    /// Other verb phrases that mean this relation.
    pub also: Vec<String>,
    /// Whether the ends may change places.
    pub symmetric: bool,
    /// Whether it reaches over itself; rules make use of it.
    pub transitive: bool,
    /// STIX relationship type.
    pub stix: Option<String>,
    /// FollowTheMoney schema.
    pub ftm: Option<String>,
    /// What it means, in one sentence.
    pub doc: Option<String>,
}

/// The form of a verb phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// `target`
    Base,
    /// `targets`
    Third,
    /// `targeted`
    Past,
    /// `targeted` in `was targeted by`
    Participle,
    /// `targeting`
    Gerund,
    /// `attribution`, `attributions`
    Noun,
    /// `also` and `inverse` phrases, and the canonical name.
    Phrase,
}

//! Types and relations as they are declared, word for word. What a declaration leaves out is
//! derived by whoever reads it, not here.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A type as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cbor(map)]
pub struct TypeDeclaration {
    /// Canonical singular noun.
    #[n(0)]
    pub name: String,
    /// Names of the types above it; empty for a root (it is below `entity` all the same).
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub parents: Vec<String>,
    /// Plural noun; derived where not given.
    #[n(2)]
    pub plural: Option<String>,
    /// Other nouns for it, singular or plural.
    #[cbor(n(3), skip_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// STIX object type.
    #[n(4)]
    pub stix: Option<String>,
    /// FollowTheMoney schema.
    #[n(5)]
    pub ftm: Option<String>,
    /// What it is, in one sentence.
    #[n(6)]
    pub doc: Option<String>,
}

/// A relation as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cbor(map)]
pub struct RelationDeclaration {
    /// Canonical name: `targeted`, `attributed-to`.
    #[n(0)]
    pub name: String,
    /// Types that the subject may have; empty: any.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Types that the object may have; empty: any.
    #[cbor(n(2), skip_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Base form of the verb, without particle: `target`, `attribute`.
    #[n(3)]
    pub base: Option<String>,
    /// Third person: `targets`.
    #[n(4)]
    pub third: Option<String>,
    /// Past tense: `targeted`.
    #[n(5)]
    pub past: Option<String>,
    /// Participle: `targeted`.
    #[n(6)]
    pub participle: Option<String>,
    /// `targeting`.
    #[n(7)]
    pub gerund: Option<String>,
    /// The word behind the verb: `to` in `attributed to`.
    #[n(8)]
    pub particle: Option<String>,
    /// Noun for one such fact: `attribution`.
    #[n(9)]
    pub noun: Option<String>,
    /// Noun for several: `attributions`.
    #[n(10)]
    pub plural: Option<String>,
    /// A phrase read from the object's side: `targeted by`.
    #[n(11)]
    pub passive: Option<String>,
    /// A verb phrase read from the object's side: `contains` of `part-of`.
    #[n(12)]
    pub inverse: Option<String>,
    /// Other verb phrases that mean this relation.
    #[cbor(n(13), skip_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Whether the ends may change places.
    #[cbor(n(14), default)]
    pub symmetric: bool,
    /// Whether it reaches over itself; rules make use of it.
    #[cbor(n(15), default)]
    pub transitive: bool,
    /// STIX relationship type.
    #[n(16)]
    pub stix: Option<String>,
    /// FollowTheMoney schema.
    #[n(17)]
    pub ftm: Option<String>,
    /// What it means, in one sentence.
    #[n(18)]
    pub doc: Option<String>,
}

/// The form of a verb phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Form {
    /// `target`
    #[n(0)]
    Base,
    /// `targets`
    #[n(1)]
    Third,
    /// `targeted`
    #[n(2)]
    Past,
    /// `targeted` in `was targeted by`
    #[n(3)]
    Participle,
    /// `targeting`
    #[n(4)]
    Gerund,
    /// `attribution`, `attributions`
    #[n(5)]
    Noun,
    /// `also` and `inverse` phrases, and the canonical name.
    #[n(6)]
    Phrase,
}

//! The changes by which a case comes about, one variant a kind. A journal is a list of these; the
//! graph is what they add up to. Entities are named here, since a change may bring them in.

use crate::model::claim::Claim;
use crate::model::declaration::{RelationDeclaration, TypeDeclaration};
use crate::model::ids::ClaimId;
use crate::model::rule::Rule;
use crate::model::value::Value;

/// One change of a case. Masses of them are moved: what is large in one stands in a box.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A type is declared, or declared again with more forms.
    DeclareType(Box<TypeDeclaration>),
    /// A relation is declared, or declared again with more forms.
    DeclareRelation(Box<RelationDeclaration>),
    /// An entity is brought in, or more is said of it: nothing that is there is taken away.
    Entity {
        /// The handle.
        name: String,
        /// The names of its types, as declared.
        types: Vec<String>,
        /// A display title.
        title: Option<String>,
        /// An anonymous party, named for what the text says of it.
        unnamed: bool,
    },
    /// A property of an entity; replaces the value under that key.
    Property {
        /// The entity.
        entity: String,
        /// The key.
        key: String,
        /// The value.
        value: Value,
    },
    /// An id of the entity outside: STIX, MISP, Wikidata, the UK list …
    ExternalId {
        /// The entity.
        entity: String,
        /// `mitre`, `misp`, `wikidata` …
        scheme: String,
        /// The id, verbatim.
        id: String,
    },
    /// A claim is recorded. An alias is a claim with relation `also-known-as`. The same claim again
    /// changes nothing.
    Assert(Box<Claim<String>>),
    /// A claim is taken back; it stays known for the time before.
    Retract {
        /// Which.
        target: RetractTarget,
        /// Why, in the words of whoever did it.
        because: Option<String>,
    },
    /// An entity was found to be another: what is said of the first is said of the second.
    Merge {
        /// The one that goes.
        entity: String,
        /// The one that stays.
        into: String,
    },
    /// The two are two again; the judgement that came with the merge is taken back.
    Part {
        /// The one that went.
        entity: String,
        /// Why, in the words of whoever did it.
        because: Option<String>,
    },
    /// A rule is declared. One of the same content changes nothing but whether it is in force; one
    /// of the same name takes its place.
    DeclareRule(Box<Rule>),
    /// A rule is put in force or out of it.
    SwitchRule {
        /// Its name.
        name: String,
        /// In force.
        on: bool,
    },
    /// A rule is taken away.
    DropRule {
        /// Its name.
        name: String,
    },
}

/// Which claim is taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum RetractTarget {
    /// By number.
    Number(ClaimId),
    /// By content: every field the same.
    Content(Box<Claim<String>>),
}

/// Why a claim is taken back for another in its place, where nothing else is said.
pub const CORRECTED: &str = "corrected";

//! The entries of a journal: what was done to a case, with entities and claims by their numbers, so that
//! doing it again gives the same case whatever a later version makes of names. The numbers of variants
//! and fields are the format's: none is ever given another meaning.

use crate::model::claim::{Attribution, Claim, RowDetail};
use crate::model::entity::Entity;
use crate::model::ids::{ClaimId, EntityId, TypeId};
use crate::model::likelihood::Likelihood;
use crate::model::packed::Packed;
use crate::model::period::Period;
use crate::model::rule::Rules;
use crate::model::value::Value;
use crate::model::vocabulary::Vocabulary;
use minicbor::{Decode, Encode};

/// One thing that was done.
#[derive(Clone, Debug, Encode, Decode)]
pub enum Entry {
    /// What follows was recorded together.
    #[n(0)]
    Begin {
        /// When, in seconds since 1970-01-01T00:00:00Z.
        #[n(0)]
        recorded: i64,
        /// Who recorded it.
        #[n(1)]
        by: Option<String>,
        /// Why.
        #[n(2)]
        because: Option<String>,
    },
    /// These are the words from now on.
    #[n(1)]
    Words(#[n(0)] Box<Vocabulary>),
    /// An entity was made; it has the next number.
    #[n(2)]
    Entity(#[n(0)] Box<Entity>),
    /// The text of an alias was made; it has the next number of entities.
    #[n(3)]
    Text(#[n(0)] String),
    /// More was said of an entity.
    #[n(4)]
    Enrich {
        /// The entity.
        #[n(0)]
        entity: EntityId,
        /// Types that it has now as well.
        #[n(1)]
        types: Vec<TypeId>,
        /// Its title, if it has a new one.
        #[n(2)]
        title: Option<String>,
        /// Whether it is an anonymous party.
        #[n(3)]
        unnamed: bool,
    },
    /// A property was set, or taken away.
    #[n(5)]
    Property {
        /// The entity.
        #[n(0)]
        entity: EntityId,
        /// The key.
        #[n(1)]
        key: String,
        /// The value; none: taken away.
        #[n(2)]
        value: Option<Value>,
    },
    /// An id outside was added.
    #[n(6)]
    Identify {
        /// The entity.
        #[n(0)]
        entity: EntityId,
        /// Whose id it is.
        #[n(1)]
        scheme: String,
        /// The id.
        #[n(2)]
        id: String,
    },
    /// An entity has exactly these types.
    #[n(7)]
    Types {
        /// The entity.
        #[n(0)]
        entity: EntityId,
        /// The types.
        #[n(1)]
        types: Vec<TypeId>,
    },
    /// An entity was deleted.
    #[n(8)]
    Delete(#[n(0)] EntityId),
    /// A claim was recorded; it has the next number of claims.
    #[n(9)]
    Claim(#[n(0)] Box<Claim<EntityId>>),
    /// A claim was taken back.
    #[n(10)]
    Retract {
        /// Which.
        #[n(0)]
        claim: ClaimId,
        /// Why.
        #[n(1)]
        because: Option<String>,
    },
    /// A claim was given other fields; what it said before is kept under the next number, if it was
    /// recorded earlier.
    #[n(11)]
    Replace {
        /// Which.
        #[n(0)]
        claim: ClaimId,
        /// What it says now.
        #[n(1)]
        with: Box<Claim<EntityId>>,
    },
    /// Many claims were recorded; they have the next numbers in their order.
    #[n(12)]
    Claims(#[n(0)] Box<ClaimBlock>),
    /// An entity was found to be another: what is said of the first is said of the second.
    #[n(13)]
    Merge {
        /// The one that goes.
        #[n(0)]
        entity: EntityId,
        /// The one that stays.
        #[n(1)]
        into: EntityId,
    },
    /// The two are two again.
    #[n(14)]
    Part(#[n(0)] EntityId),
    /// These are the rules from now on.
    #[n(15)]
    Rules(#[n(0)] Box<Rules>),
}

impl Entry {
    /// How much it does: claims where it brings many, otherwise one.
    pub fn weight(&self) -> u64 {
        match self {
            Entry::Claims(block) => block.subject.packing.len,
            Entry::Begin { .. }
            | Entry::Words(_)
            | Entry::Entity(_)
            | Entry::Text(_)
            | Entry::Enrich { .. }
            | Entry::Property { .. }
            | Entry::Identify { .. }
            | Entry::Types { .. }
            | Entry::Delete(_)
            | Entry::Claim(_)
            | Entry::Retract { .. }
            | Entry::Replace { .. }
            | Entry::Merge { .. }
            | Entry::Rules(_)
            | Entry::Part(_) => 1,
        }
    }
}

/// Claims in packed columns with dictionaries of their own: codes are places in the lists.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct ClaimBlock {
    /// Who.
    #[n(0)]
    pub subject: Packed,
    /// Did what.
    #[n(1)]
    pub relation: Packed,
    /// To whom.
    #[n(2)]
    pub object: Packed,
    /// Polarity, confidence, grades and marking: bit 0 denied, bits 1–2 confidence, 3–5 reliability,
    /// 6–8 credibility, 9–11 marking; 0 in a field: not given.
    #[n(3)]
    pub flags: Packed,
    /// Who says so: places in `attributions`.
    #[n(4)]
    pub attribution: Packed,
    /// How likely: places in `likelihoods`.
    #[n(5)]
    pub likelihood: Packed,
    /// When it happened: places in `periods`.
    #[n(6)]
    pub valid: Packed,
    /// When it was said: places in `periods`.
    #[n(7)]
    pub reported: Packed,
    /// Sources and who passed on.
    #[n(8)]
    pub attributions: Vec<Attribution>,
    /// Likelihoods.
    #[n(9)]
    pub likelihoods: Vec<Option<Likelihood>>,
    /// Periods.
    #[n(10)]
    pub periods: Vec<Period>,
    /// What few claims have, by place.
    #[n(11)]
    pub details: Vec<(u32, RowDetail)>,
}

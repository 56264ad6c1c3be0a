//! A claim: one statement by one source (or by several jointly). What somebody said, with every
//! field as given. It is plain data: the graph stores the same fields as columns.

use crate::model::date::PartialDate;
use crate::model::ids::{EntityId, RelationId};
use crate::model::likelihood::{Confidence, Credibility, Likelihood, Reliability};
use crate::model::period::Period;
use crate::model::value::Value;
use minicbor::{Decode, Encode};
use serde::Serialize;

/// Whether the source says that it is so or that it is not so. Likelihood 0 is not a denial.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode,
)]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// It is so.
    #[default]
    #[n(0)]
    Asserted,
    /// It is not so.
    #[n(1)]
    Denied,
}

/// Traffic Light Protocol 2.0, least restrictive first (FIRST, August 2022).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(index_only)]
#[allow(missing_docs)]
pub enum Marking {
    #[n(0)]
    Clear,
    #[n(1)]
    Green,
    #[n(2)]
    Amber,
    #[n(3)]
    AmberStrict,
    #[n(4)]
    Red,
}

impl Marking {
    /// All markings, least restrictive first.
    pub const ALL: [Marking; 5] = [
        Marking::Clear,
        Marking::Green,
        Marking::Amber,
        Marking::AmberStrict,
        Marking::Red,
    ];

    /// As it is written: `TLP:AMBER+STRICT`.
    pub fn name(self) -> &'static str {
        match self {
            Marking::Clear => "TLP:CLEAR",
            Marking::Green => "TLP:GREEN",
            Marking::Amber => "TLP:AMBER",
            Marking::AmberStrict => "TLP:AMBER+STRICT",
            Marking::Red => "TLP:RED",
        }
    }

    /// The marking of that name, with or without `TLP:`, in any case; `WHITE` is TLP 1.0 for CLEAR.
    pub fn named(name: &str) -> Option<Marking> {
        let upper = name.trim().to_ascii_uppercase();
        let colour = upper.strip_prefix("TLP:").unwrap_or(&upper);
        if colour == "WHITE" {
            return Some(Marking::Clear);
        }
        Marking::ALL
            .into_iter()
            .find(|marking| marking.name()[4..] == *colour)
    }
}

/// One statement by one source.
///
/// `E` is how entities are named: a `String` (handle or other name) before a case has resolved it,
/// an [`EntityId`](crate::model::EntityId) inside a case.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Claim<E> {
    /// Who.
    #[n(0)]
    pub subject: E,
    /// Did what.
    #[n(1)]
    pub relation: RelationId,
    /// To whom. Of `also-known-as`: the name itself.
    #[n(2)]
    pub object: E,
    /// Is it so or not.
    #[n(3)]
    pub polarity: Polarity,
    /// Who says so; several: a joint statement, which counts once. Empty: nobody is named.
    #[cbor(n(4), skip_if = "Vec::is_empty")]
    pub sources: Vec<E>,
    /// Who passed it on, last link last; empty: first-hand.
    #[cbor(n(5), skip_if = "Vec::is_empty")]
    pub via: Vec<E>,
    /// How likely, as given.
    #[n(6)]
    pub likelihood: Option<Likelihood>,
    /// Analytic confidence.
    #[n(7)]
    pub confidence: Option<Confidence>,
    /// Admiralty code of the source.
    #[n(8)]
    pub reliability: Option<Reliability>,
    /// Admiralty code of the information.
    #[n(9)]
    pub credibility: Option<Credibility>,
    /// When it happened.
    #[n(10)]
    pub valid: Period,
    /// When the source said so.
    #[n(11)]
    pub reported: Option<PartialDate>,
    /// Address of the document.
    #[n(12)]
    pub reference: Option<String>,
    /// Page, paragraph.
    #[n(13)]
    pub locator: Option<String>,
    /// Short excerpt.
    #[n(14)]
    pub quote: Option<String>,
    /// Handling restriction.
    #[n(15)]
    pub marking: Option<Marking>,
    /// Anything else, sorted by key, each key once.
    #[cbor(n(16), skip_if = "Vec::is_empty")]
    pub properties: Vec<(String, Value)>,
}

impl<E> Claim<E> {
    /// A bare assertion without source or time.
    pub fn new(subject: E, relation: RelationId, object: E) -> Claim<E> {
        Claim {
            subject,
            relation,
            object,
            polarity: Polarity::Asserted,
            sources: Vec::new(),
            via: Vec::new(),
            likelihood: None,
            confidence: None,
            reliability: None,
            credibility: None,
            valid: Period::UNKNOWN,
            reported: None,
            reference: None,
            locator: None,
            quote: None,
            marking: None,
            properties: Vec::new(),
        }
    }

    /// The same claim with its entities named in another way; stops at the first that has none.
    /// The flag tells whether the entity is the object of the claim.
    pub fn try_map<F, Error>(
        self,
        mut name: impl FnMut(E, bool) -> Result<F, Error>,
    ) -> Result<Claim<F>, Error> {
        Ok(Claim {
            subject: name(self.subject, false)?,
            relation: self.relation,
            object: name(self.object, true)?,
            polarity: self.polarity,
            sources: self
                .sources
                .into_iter()
                .map(|e| name(e, false))
                .collect::<Result<_, _>>()?,
            via: self
                .via
                .into_iter()
                .map(|e| name(e, false))
                .collect::<Result<_, _>>()?,
            likelihood: self.likelihood,
            confidence: self.confidence,
            reliability: self.reliability,
            credibility: self.credibility,
            valid: self.valid,
            reported: self.reported,
            reference: self.reference,
            locator: self.locator,
            quote: self.quote,
            marking: self.marking,
            properties: self.properties,
        })
    }
}

/// Who says so, and who passed it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Attribution {
    /// The sources, sorted; several: a joint statement.
    #[n(0)]
    pub sources: Vec<EntityId>,
    /// Who passed it on, last link last.
    #[n(1)]
    pub via: Vec<EntityId>,
}

/// What few rows of a table have.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RowDetail {
    /// Address of the document.
    #[n(0)]
    pub reference: Option<String>,
    /// Page, paragraph.
    #[n(1)]
    pub locator: Option<String>,
    /// Short excerpt.
    #[n(2)]
    pub quote: Option<String>,
    /// Free properties, sorted by key.
    #[cbor(n(3), skip_if = "Vec::is_empty")]
    pub properties: Vec<(String, Value)>,
}

/// What all claims of one fact say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Only assertions.
    Affirmed,
    /// Both.
    Disputed,
    /// Only denials.
    Denied,
    /// No claim found, which is not "false".
    Unknown,
}

impl Status {
    /// The status of a fact with (or without) assertions and denials.
    pub fn of(asserted: bool, denied: bool) -> Status {
        match (asserted, denied) {
            (true, false) => Status::Affirmed,
            (true, true) => Status::Disputed,
            (false, true) => Status::Denied,
            (false, false) => Status::Unknown,
        }
    }

    /// As an answer shows it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Affirmed => "affirmed",
            Status::Disputed => "disputed",
            Status::Denied => "denied",
            Status::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Marking;

    #[test]
    fn a_marking_is_read_in_its_usual_spellings() {
        assert_eq!(
            Marking::named("tlp:amber+strict"),
            Some(Marking::AmberStrict)
        );
        assert_eq!(Marking::named("GREEN"), Some(Marking::Green));
        assert_eq!(Marking::named("TLP:WHITE"), Some(Marking::Clear));
        assert_eq!(Marking::named("TLP:PINK"), None);
    }
}

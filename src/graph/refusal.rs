//! Why a change is refused, in words. It refuses nothing itself.

use crate::model::ClaimId;

/// What is wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A name that several entities bear.
    Ambiguous {
        /// The name.
        name: String,
        /// The handles.
        candidates: Vec<String>,
    },
    /// There is no claim of this number.
    NoSuchClaim(ClaimId),
    /// No claim has exactly this content.
    NothingToRetract,
    /// There is no rule of this name.
    NoSuchRule {
        /// The name.
        name: String,
        /// The names of the rules that there are.
        known: Vec<String>,
    },
    /// There is no entity of this name.
    NoSuchEntity(String),
    /// The two names are of one entity already.
    AlreadyOne(String, String),
    /// The entity was not merged into another.
    NotMerged(String),
    /// More entities or claims than a case can number.
    Full,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Ambiguous { name, candidates } => {
                write!(f, "`{name}` is the name of {} entities", candidates.len())
            }
            Refusal::NoSuchClaim(id) => write!(f, "there is no claim #{}", id.0),
            Refusal::NothingToRetract => write!(f, "no claim says exactly this"),
            Refusal::NoSuchRule { name, .. } => write!(f, "no rule is called `{name}`"),
            Refusal::NoSuchEntity(name) => write!(f, "no entity is called `{name}`"),
            Refusal::AlreadyOne(one, other) => {
                write!(f, "`{one}` and `{other}` are one entity already")
            }
            Refusal::NotMerged(name) => write!(f, "`{name}` was not merged into another entity"),
            Refusal::Full => write!(f, "the case is full"),
        }
    }
}

//! Which claims are seen: the parts of a view, as plain data. It tests nothing itself; `seen.rs`
//! compiles it against the dictionaries of a graph.

pub use crate::model::Compare;
use crate::model::{Confidence, EntityId, Marking};
use std::sync::Arc;

/// Which polarity is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Polarities {
    /// Assertions only.
    #[default]
    Asserted,
    /// Denials only.
    Denied,
    /// Both.
    Both,
}

/// A test of the valid time of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValidTest {
    /// Meets the window `[start, end)` of seconds since 1970, certainly or possibly.
    Meets(i64, i64),
    /// No date at all.
    Unknown,
}

/// A test of who says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SourceTest {
    /// One of these is among the sources, or passes the claim on.
    AccordingTo(Vec<EntityId>),
    /// None of these is among the sources.
    NotAccordingTo(Vec<EntityId>),
    /// The claim stands without these: another source remains, and none of these passes it on.
    Without(Vec<EntityId>),
}

/// A field of claims that is held as a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coded {
    /// How likely.
    Likelihood,
    /// When it happened.
    Valid,
}

/// A condition on a coded field, decided for each code of a dictionary as it was when it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeTest {
    /// Of which field.
    pub of: Coded,
    /// Whether a code passes.
    pub passes: Arc<[bool]>,
    /// The condition as it was written.
    pub text: String,
}

/// Which claims are seen. The default: known now, every source, asserted, not retracted.
///
/// All parts must hold. Of a claim without a likelihood every likelihood test fails, of one without
/// a marking every limit holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClaimFilter {
    /// Assertions, denials or both.
    pub polarities: Polarities,
    /// Recorded at or before this second and not yet retracted then; `None`: now.
    pub known_at: Option<i64>,
    /// Retracted claims are seen as well.
    pub retracted: bool,
    /// Tests of the valid time.
    pub valid: Vec<ValidTest>,
    /// Tests of the sources.
    pub sources: Vec<SourceTest>,
    /// Tests of the likelihood's number, in percent.
    pub likelihood: Vec<(Compare, f32)>,
    /// Least analytic confidence.
    pub confidence: Option<Confidence>,
    /// Most restrictive marking that is seen.
    pub max_marking: Option<Marking>,
    /// Tests of coded fields.
    pub codes: Vec<CodeTest>,
    /// Only what somebody states is seen, nothing that rules derive.
    pub stated: bool,
}

impl ClaimFilter {
    /// What both filters see; a part that both set in a way that cannot be joined (`known_at`,
    /// `polarities`) is taken from `other` where `other` sets it.
    pub fn and(&self, other: &ClaimFilter) -> ClaimFilter {
        ClaimFilter {
            polarities: match other.polarities {
                Polarities::Asserted => self.polarities,
                Polarities::Denied | Polarities::Both => other.polarities,
            },
            known_at: other.known_at.or(self.known_at),
            retracted: self.retracted || other.retracted,
            valid: self.valid.iter().chain(&other.valid).copied().collect(),
            sources: self.sources.iter().chain(&other.sources).cloned().collect(),
            likelihood: self
                .likelihood
                .iter()
                .chain(&other.likelihood)
                .copied()
                .collect(),
            confidence: self.confidence.max(other.confidence),
            codes: self.codes.iter().chain(&other.codes).cloned().collect(),
            stated: self.stated || other.stated,
            max_marking: match (self.max_marking, other.max_marking) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// What rules see of it: who says so, what was known, how it is marked. When it happened and how
    /// likely it is are asked of what they derive.
    pub fn base(&self) -> ClaimFilter {
        ClaimFilter {
            known_at: self.known_at,
            sources: self.sources.clone(),
            confidence: self.confidence,
            max_marking: self.max_marking,
            ..ClaimFilter::default()
        }
    }

    /// The filter under which denials are looked for: who says, and what was known, but not when it
    /// happened or how likely it is, since a denial says neither.
    pub fn denials(&self) -> ClaimFilter {
        ClaimFilter {
            polarities: Polarities::Denied,
            valid: Vec::new(),
            likelihood: Vec::new(),
            confidence: None,
            codes: Vec::new(),
            ..self.clone()
        }
    }
}

//! Where a claim stands in the columns, and how neighbours are handed out.

/// A claim's place in the columns: dense, from 0. It holds as long as the graph is not changed;
/// what lasts is the claim's number ([`crate::model::ClaimId`]).
pub type Row = u32;

/// Which way claims are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From subject to object.
    Out,
    /// From object to subject.
    In,
}

impl Direction {
    /// The other way.
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Out => Direction::In,
            Direction::In => Direction::Out,
        }
    }
}

/// Some of the facts of one entity, one relation and one direction.
///
/// Both slices have the same length; `ends` is sorted and holds each entity once. A fact is known
/// by the row of its first claim, whether or not that claim itself is visible.
///
/// `claims` is there where all claims of the facts stand side by side and all of them are visible.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The entities at the other end, as [`EntityId`] numbers.
    pub ends: &'a [u32],
    /// The fact with each of them.
    pub facts: &'a [Row],
    /// The claims of the facts.
    pub claims: Option<Beside<'a>>,
}

impl Run<'_> {
    /// Of each fact its claims, where they stand side by side.
    pub fn counts(&self) -> Option<impl Iterator<Item = u32> + '_> {
        let starts = self.claims?.starts;
        Some(starts.windows(2).map(|pair| pair[1] - pair[0]))
    }
}

/// The claims of a run's facts in the order of the facts, by place: coded fields that filters read.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The place of the first claim of each fact; one entry more than facts.
    pub starts: &'a [u32],
    /// Codes of likelihoods by place.
    pub likelihood: &'a [u16],
    /// Codes of valid periods by place.
    pub valid: &'a [u32],
}

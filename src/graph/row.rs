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
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The entities at the other end, as [`EntityId`] numbers.
    pub ends: &'a [u32],
    /// The fact with each of them.
    pub facts: &'a [Row],
}

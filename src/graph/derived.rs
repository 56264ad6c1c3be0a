//! What rules derive, beside what is stated: claims of nobody, each with the rule that gives it. They
//! stand in rows of their own behind [`DERIVED`], so that what is stated is never touched; they are
//! worked out elsewhere, installed as a whole, and forgotten when the case changes.

use crate::graph::filter::ClaimFilter;
use crate::graph::row::{Row, Run};
use crate::model::{EntityId, Marking, Period, RelationId};
use rayon::slice::ParallelSliceMut;
use std::ops::Range;

/// The first row of what is derived. Row numbers, and numbers of claims, below it are stated.
pub const DERIVED: Row = 1 << 31;

/// A claim that a rule gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DerivedClaim {
    /// Who.
    pub subject: u32,
    /// Did what.
    pub relation: u16,
    /// To whom.
    pub object: u32,
    /// The code of the likelihood, plus one; 0: none.
    pub likelihood: u16,
    /// When all that it rests on holds.
    pub valid: Period,
    /// The most restrictive marking of what it rests on.
    pub marking: Option<Marking>,
    /// The transaction that recorded the last of what it rests on.
    pub transaction: u32,
    /// The rule, by its place in the list of names.
    pub rule: u16,
}

/// What rules give under one view.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// The view: what the rules could see.
    pub base: ClaimFilter,
    /// What they give.
    pub claims: Vec<DerivedClaim>,
}

/// All that is derived, of all views that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    pub(in crate::graph) subject: Vec<u32>,
    pub(in crate::graph) relation: Vec<u16>,
    pub(in crate::graph) object: Vec<u32>,
    pub(in crate::graph) likelihood: Vec<u16>,
    pub(in crate::graph) valid: Vec<u32>,
    pub(in crate::graph) marking: Vec<Option<Marking>>,
    pub(in crate::graph) transaction: Vec<u32>,
    pub(in crate::graph) rule: Vec<u16>,
    pub(in crate::graph) view: Vec<u8>,
    pub(in crate::graph) bases: Vec<ClaimFilter>,
    pub(in crate::graph) rules: Vec<String>,
    pub(in crate::graph) out: Side,
    pub(in crate::graph) into: Side,
    /// For each relation its first row; one entry more.
    pub(in crate::graph) bounds: Vec<u32>,
}

/// Facts that nobody states, in one direction, sorted by relation, near end and far end.
#[derive(Clone, Debug, Default)]
pub(in crate::graph) struct Side {
    bounds: Vec<u32>,
    near: Vec<u32>,
    far: Vec<u32>,
    fact: Vec<Row>,
}

impl Side {
    pub(in crate::graph) fn new(mut links: Vec<(u16, u32, u32, Row)>) -> Side {
        links.par_sort_unstable();
        Side {
            bounds: bounds(links.iter().map(|link| link.0)),
            near: links.iter().map(|link| link.1).collect(),
            far: links.iter().map(|link| link.2).collect(),
            fact: links.iter().map(|link| link.3).collect(),
        }
    }

    fn of(&self, relation: RelationId) -> Range<usize> {
        of_bounds(&self.bounds, relation)
    }

    fn slice(&self, own: Range<usize>) -> Run<'_> {
        Run {
            ends: &self.far[own.clone()],
            facts: &self.fact[own],
            claims: None,
        }
    }

    pub(in crate::graph) fn run(&self, near: EntityId, relation: RelationId) -> Option<Run<'_>> {
        let own = self.of(relation);
        let ends = &self.near[own.clone()];
        let from = own.start + ends.partition_point(|end| *end < near.0);
        let to = own.start + ends.partition_point(|end| *end <= near.0);
        (from < to).then(|| self.slice(from..to))
    }

    pub(in crate::graph) fn scan(
        &self,
        relation: RelationId,
        sink: &mut dyn FnMut(EntityId, Run<'_>),
    ) {
        let own = self.of(relation);
        let mut at = own.start;
        while at < own.end {
            let near = self.near[at];
            let more = self.near[at..own.end].iter().position(|end| *end != near);
            let end = more.map_or(own.end, |more| at + more);
            sink(EntityId(near), self.slice(at..end));
            at = end;
        }
    }
}

/// Where each relation begins among sorted ones; one entry more.
pub(in crate::graph) fn bounds(sorted: impl Iterator<Item = u16>) -> Vec<u32> {
    let mut bounds = vec![0u32];
    let mut count = 0;
    for relation in sorted {
        while bounds.len() <= usize::from(relation) {
            bounds.push(count);
        }
        count += 1;
    }
    bounds.push(count);
    bounds
}

fn of_bounds(bounds: &[u32], relation: RelationId) -> Range<usize> {
    match bounds.get(relation.index()..relation.index() + 2) {
        Some([from, to]) => *from as usize..*to as usize,
        _ => 0..0,
    }
}

impl Derived {
    /// How many claims, of all views.
    pub fn len(&self) -> usize {
        self.subject.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty()
    }

    /// Whether anything of a relation is derived.
    pub fn has(&self, relation: RelationId) -> bool {
        !of_bounds(&self.bounds, relation).is_empty()
    }

    /// Who did what to whom.
    pub fn ends(&self, at: usize) -> (u32, u16, u32) {
        (self.subject[at], self.relation[at], self.object[at])
    }

    /// Code of the likelihood, plus one.
    pub fn likelihood(&self, at: usize) -> u16 {
        self.likelihood[at]
    }

    /// Code of the period.
    pub fn valid(&self, at: usize) -> u32 {
        self.valid[at]
    }

    /// The marking.
    pub fn marking(&self, at: usize) -> Option<Marking> {
        self.marking[at]
    }

    /// The transaction that recorded the last of what it rests on.
    pub fn transaction(&self, at: usize) -> u32 {
        self.transaction[at]
    }

    /// The name of the rule.
    pub fn rule(&self, at: usize) -> &str {
        self.rules
            .get(usize::from(self.rule[at]))
            .map_or("", String::as_str)
    }

    /// Whether a claim was derived under this view.
    pub fn under(&self, at: usize, base: &ClaimFilter) -> bool {
        self.bases.get(usize::from(self.view[at])) == Some(base)
    }

    /// The codes of likelihoods and periods of claims that stand together.
    pub fn codes(&self, rows: Range<usize>) -> (&[u16], &[u32]) {
        (&self.likelihood[rows.clone()], &self.valid[rows])
    }

    pub(in crate::graph) fn rows(&self, relation: RelationId) -> Range<Row> {
        let own = of_bounds(&self.bounds, relation);
        DERIVED + own.start as Row..DERIVED + own.end as Row
    }

    pub(in crate::graph) fn of_fact(&self, ends: (u32, u16, u32)) -> Range<Row> {
        let own = of_bounds(&self.bounds, RelationId(ends.1));
        let (mut low, mut high) = (own.start, own.end);
        while low < high {
            let middle = low + (high - low) / 2;
            match (self.subject[middle], self.object[middle]) < (ends.0, ends.2) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let mut last = low;
        while last < own.end && (self.subject[last], self.object[last]) == (ends.0, ends.2) {
            last += 1;
        }
        DERIVED + low as Row..DERIVED + last as Row
    }
}

//! What rules derive, beside what is stated: claims of nobody, each with the rule that gives it. They
//! stand in rows of their own behind [`DERIVED`], so that what is stated is never touched; they are
//! worked out elsewhere, installed as a whole, and forgotten when the case changes.

use crate::graph::columns::Columns;
use crate::graph::filter::ClaimFilter;
use crate::graph::row::{Direction, Row, Run};
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{EntityId, Marking, Period, RelationId};
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
    subject: Vec<u32>,
    relation: Vec<u16>,
    object: Vec<u32>,
    likelihood: Vec<u16>,
    valid: Vec<u32>,
    marking: Vec<Option<Marking>>,
    transaction: Vec<u32>,
    rule: Vec<u16>,
    view: Vec<u8>,
    bases: Vec<ClaimFilter>,
    rules: Vec<String>,
    out: Side,
    into: Side,
    /// For each relation its first row; one entry more.
    bounds: Vec<u32>,
}

/// Facts that nobody states, in one direction, sorted by relation, near end and far end.
#[derive(Clone, Debug, Default)]
struct Side {
    bounds: Vec<u32>,
    near: Vec<u32>,
    far: Vec<u32>,
    fact: Vec<Row>,
}

impl Side {
    fn new(mut links: Vec<(u16, u32, u32, Row)>) -> Side {
        links.sort_unstable();
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

    fn run(&self, near: EntityId, relation: RelationId) -> Option<Run<'_>> {
        let own = self.of(relation);
        let ends = &self.near[own.clone()];
        let from = own.start + ends.partition_point(|end| *end < near.0);
        let to = own.start + ends.partition_point(|end| *end <= near.0);
        (from < to).then(|| self.slice(from..to))
    }

    fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Run<'_>)) {
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
fn bounds(sorted: impl Iterator<Item = u16>) -> Vec<u32> {
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

    fn rows(&self, relation: RelationId) -> Range<Row> {
        let own = of_bounds(&self.bounds, relation);
        DERIVED + own.start as Row..DERIVED + own.end as Row
    }

    fn of_fact(&self, ends: (u32, u16, u32)) -> Range<Row> {
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

impl Columns {
    /// What is derived, where anything is.
    pub fn derived(&self) -> Option<&Derived> {
        self.derived.as_deref()
    }

    /// Forgets what was derived: the case changes.
    pub(in crate::graph) fn forget_derived(&mut self) {
        if self.derived.take().is_some() {
            self.unusual.remove_range(DERIVED..);
        }
    }

    /// The derived claim of a row.
    pub(in crate::graph) fn derived_at(&self, row: Row) -> Option<(&Derived, usize)> {
        match row < DERIVED {
            true => None,
            false => Some((self.derived.as_deref()?, (row - DERIVED) as usize)),
        }
    }

    /// The rule that gives a claim; nothing of a stated one.
    pub fn rule(&self, row: Row) -> Option<&str> {
        self.derived_at(row).map(|(derived, at)| derived.rule(at))
    }

    /// Whether a rule gives a claim.
    pub fn is_derived(&self, row: Row) -> bool {
        row >= DERIVED
    }
}

impl Graph {
    /// Puts what rules give beside what is stated, in the place of what was there. The first layer is
    /// that of the default view. A rule is named by its place in `rules`.
    pub fn install(&mut self, layers: Vec<Layer>, rules: Vec<String>) {
        self.columns.forget_derived();
        let mut claims: Vec<(u8, DerivedClaim)> = Vec::new();
        let mut bases = Vec::new();
        for (view, layer) in layers.into_iter().enumerate().take(usize::from(u8::MAX)) {
            claims.extend(layer.claims.into_iter().map(|claim| (view as u8, claim)));
            bases.push(layer.base);
        }
        claims.sort_by_key(|(view, claim)| (claim.relation, claim.subject, claim.object, *view));
        let mut derived = Derived {
            bounds: bounds(claims.iter().map(|(_, claim)| claim.relation)),
            bases,
            rules,
            ..Derived::default()
        };
        let plain = ClaimFilter::default();
        let mut out: Vec<(u16, u32, u32, Row)> = Vec::new();
        let mut last = None;
        for (at, (view, claim)) in claims.iter().enumerate() {
            let row = DERIVED + at as Row;
            let ends = (claim.subject, claim.relation, claim.object);
            if derived.bases[usize::from(*view)] != plain {
                self.columns.unusual.insert(row);
            }
            let (subject, relation) = (EntityId(claim.subject), RelationId(claim.relation));
            let stated = || {
                self.statistics.relation(relation).claims > 0
                    && self.fact(subject, relation, EntityId(claim.object)).is_some()
            };
            if last != Some(ends) && !stated() {
                out.push((claim.relation, claim.subject, claim.object, row));
            }
            last = Some(ends);
            derived.subject.push(claim.subject);
            derived.relation.push(claim.relation);
            derived.object.push(claim.object);
            derived.likelihood.push(claim.likelihood);
            derived.valid.push(self.columns.periods.code(claim.valid));
            derived.marking.push(claim.marking);
            derived.transaction.push(claim.transaction);
            derived.rule.push(claim.rule);
            derived.view.push(*view);
        }
        let turned = |link: &(u16, u32, u32, Row)| (link.0, link.2, link.1, link.3);
        derived.into = Side::new(out.iter().map(turned).collect());
        derived.out = Side::new(out);
        self.columns.derived = Some(Box::new(derived));
    }

    /// Forgets what was derived.
    pub fn forget_derived(&mut self) {
        self.columns.forget_derived();
    }

    pub(in crate::graph) fn derives(&self, relation: RelationId) -> bool {
        self.columns
            .derived()
            .is_some_and(|derived| derived.has(relation))
    }

    pub(in crate::graph) fn derived_run(
        &self,
        of: EntityId,
        relation: RelationId,
        direction: Direction,
    ) -> Option<Run<'_>> {
        let derived = self.columns.derived()?;
        match direction {
            Direction::Out => derived.out.run(of, relation),
            Direction::In => derived.into.run(of, relation),
        }
    }

    /// Appends the relations of derived facts at an entity.
    pub(in crate::graph) fn derived_relations(
        &self,
        of: EntityId,
        direction: Direction,
        out: &mut Vec<RelationId>,
    ) {
        let Some(derived) = self.columns.derived() else {
            return;
        };
        let before = out.len();
        for relation in 0..derived.bounds.len().saturating_sub(1) {
            let relation = RelationId(relation as u16);
            if self.derived_run(of, relation, direction).is_some() {
                out.push(relation);
            }
        }
        if out.len() > before {
            out.sort_unstable();
            out.dedup();
        }
    }

    pub(in crate::graph) fn derived_scan(
        &self,
        relation: RelationId,
        sink: &mut dyn FnMut(EntityId, Run<'_>),
    ) {
        if let Some(derived) = self.columns.derived() {
            derived.out.scan(relation, sink);
        }
    }

    pub(in crate::graph) fn derived_rows(&self, relation: RelationId) -> Range<Row> {
        let derived = self.columns.derived();
        derived.map_or(0..0, |derived| derived.rows(relation))
    }

    pub(in crate::graph) fn derived_claims(&self, ends: (u32, u16, u32)) -> Range<Row> {
        let derived = self.columns.derived();
        derived.map_or(0..0, |derived| derived.of_fact(ends))
    }

    pub(in crate::graph) fn derived_fact(&self, ends: (u32, u16, u32)) -> Option<Row> {
        let run = self.derived_run(EntityId(ends.0), RelationId(ends.1), Direction::Out)?;
        let at = run.ends.binary_search(&ends.2).ok()?;
        Some(run.facts[at])
    }
}

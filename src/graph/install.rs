//! Puts what rules derive beside what is stated, and reads it from there. It is installed as a whole
//! and forgotten when the case changes; it derives nothing.

use crate::graph::columns::Columns;
use crate::graph::derived::{DERIVED, Derived, DerivedClaim, Layer, Side, bounds};
use crate::graph::filter::ClaimFilter;
use crate::graph::row::{Direction, Row, Run};
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{EntityId, RelationId};
use rayon::slice::ParallelSliceMut;
use std::ops::Range;

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
        claims
            .par_sort_by_key(|(view, claim)| (claim.relation, claim.subject, claim.object, *view));
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
                    && self
                        .fact(subject, relation, EntityId(claim.object))
                        .is_some()
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

//! The view: a graph seen through a filter of claims, with the same interface as the graph itself.
//! Views nest. It hides claims and the facts that none is left of, never entities.

use crate::graph::columns::Columns;
use crate::graph::entities::Entities;
use crate::graph::filter::{ClaimFilter, Polarities, SourceTest, ValidTest};
use crate::graph::row::{Direction, Row, Run};
use crate::graph::statistics::Statistics;
use crate::graph::view::GraphView;
use crate::model::{EntityId, Overlap, Period, Polarity, RelationId, Vocabulary};
use std::cell::RefCell;

/// A graph through a filter.
pub struct Seen<'g, G: GraphView + ?Sized> {
    graph: &'g G,
    filter: ClaimFilter,
    /// The filter is the default one: only denials and retracted claims are hidden.
    plain: bool,
    /// The verdict on each distinct period, by code: 0 not judged yet, 1 seen, 2 hidden. Dates are
    /// compared once for each period, not once for each claim.
    periods: RefCell<Vec<u8>>,
    /// Rows of the fact that is being judged.
    scratch: RefCell<Vec<Row>>,
}

impl<'g, G: GraphView + ?Sized> Seen<'g, G> {
    /// What `filter` lets through of a graph.
    pub fn new(graph: &'g G, filter: ClaimFilter) -> Seen<'g, G> {
        let plain = filter == ClaimFilter::default();
        Seen {
            graph,
            filter,
            plain,
            periods: RefCell::new(Vec::new()),
            scratch: RefCell::new(Vec::new()),
        }
    }

    /// The filter.
    pub fn filter(&self) -> &ClaimFilter {
        &self.filter
    }

    fn passes(&self, row: Row) -> bool {
        let columns = self.graph.columns();
        if self.plain {
            return !columns.unusual().contains(row);
        }
        let filter = &self.filter;
        let polarity = match filter.polarities {
            Polarities::Both => true,
            Polarities::Asserted => columns.polarity(row) == Polarity::Asserted,
            Polarities::Denied => columns.polarity(row) == Polarity::Denied,
        };
        polarity
            && self.known(row)
            && (filter.valid.is_empty() || self.valid(columns.valid_code(row)))
            && filter
                .sources
                .iter()
                .all(|test| source(test, columns.sources(row), columns.via(row)))
            && (filter.likelihood.is_empty() || self.likely(columns.number(row)))
            && filter
                .confidence
                .is_none_or(|least| columns.confidence(row) >= Some(least))
            && filter
                .max_marking
                .is_none_or(|most| columns.marking(row).is_none_or(|own| own <= most))
    }

    fn known(&self, row: Row) -> bool {
        let columns = self.graph.columns();
        let retracted = || {
            columns
                .unusual()
                .contains(row)
                .then(|| columns.retracted(row))
                .flatten()
        };
        match self.filter.known_at {
            None => self.filter.retracted || retracted().is_none(),
            Some(at) => {
                columns.recorded(row) <= at
                    && (self.filter.retracted || retracted().is_none_or(|when| when > at))
            }
        }
    }

    fn valid(&self, code: u32) -> bool {
        let mut known = self.periods.borrow_mut();
        let at = code as usize;
        if known.len() <= at {
            known.resize(at + 1, 0);
        }
        if known[at] == 0 {
            let period = self.graph.columns().periods()[at];
            let holds = self.filter.valid.iter().all(|test| meets(period, *test));
            known[at] = if holds { 1 } else { 2 };
        }
        known[at] == 1
    }

    fn likely(&self, number: Option<f32>) -> bool {
        let tests = &self.filter.likelihood;
        number.is_some_and(|number| {
            tests
                .iter()
                .all(|(compare, least)| compare.holds(number, *least))
        })
    }

    /// Whether a claim of the fact is visible.
    fn has(&self, fact: Row) -> bool {
        if self.passes(fact) && self.graph.shows(fact) {
            return true;
        }
        let mut rows = self.scratch.take();
        rows.clear();
        self.graph.claims(fact, &mut rows);
        let has = rows.iter().any(|row| self.passes(*row));
        self.scratch.replace(rows);
        has
    }

    /// Passes on what is visible of a run: the slices as they are where nothing is hidden.
    fn sift(&self, run: Run<'_>, sink: &mut dyn FnMut(Run<'_>)) {
        if self.plain && self.graph.columns().unusual().is_empty() {
            return sink(run);
        }
        let hidden = run.facts.iter().position(|fact| !self.has(*fact));
        let Some(first) = hidden else {
            return sink(run);
        };
        let mut ends = run.ends[..first].to_vec();
        let mut facts = run.facts[..first].to_vec();
        for (end, fact) in run.ends.iter().zip(run.facts).skip(first + 1) {
            if self.has(*fact) {
                ends.push(*end);
                facts.push(*fact);
            }
        }
        if !ends.is_empty() {
            sink(Run {
                ends: &ends,
                facts: &facts,
            });
        }
    }
}

/// Whether a period passes a test of valid time.
fn meets(period: Period, test: ValidTest) -> bool {
    match test {
        ValidTest::Unknown => period.is_unknown(),
        ValidTest::Meets(start, end) => match period.overlap(start, end) {
            Overlap::Certain | Overlap::Possible => true,
            Overlap::None | Overlap::Unknown => false,
        },
    }
}

/// Whether sources pass a test.
fn source(test: &SourceTest, sources: &[EntityId], via: &[EntityId]) -> bool {
    match test {
        SourceTest::AccordingTo(wanted) => sources
            .iter()
            .chain(via)
            .any(|source| wanted.contains(source)),
        SourceTest::NotAccordingTo(unwanted) => {
            !sources.iter().any(|source| unwanted.contains(source))
        }
        // A claim that names no source stands by itself.
        SourceTest::Without(dropped) => {
            (sources.is_empty() || sources.iter().any(|source| !dropped.contains(source)))
                && !via.iter().any(|link| dropped.contains(link))
        }
    }
}

impl<G: GraphView + ?Sized> GraphView for Seen<'_, G> {
    fn vocabulary(&self) -> &Vocabulary {
        self.graph.vocabulary()
    }

    fn entities(&self) -> &Entities {
        self.graph.entities()
    }

    fn columns(&self) -> &Columns {
        self.graph.columns()
    }

    fn statistics(&self) -> &Statistics {
        self.graph.statistics()
    }

    fn neighbours(
        &self,
        of: EntityId,
        relation: RelationId,
        direction: Direction,
        sink: &mut dyn FnMut(Run<'_>),
    ) {
        self.graph
            .neighbours(of, relation, direction, &mut |run| self.sift(run, sink));
    }

    fn relations_at(&self, of: EntityId, direction: Direction, out: &mut Vec<RelationId>) {
        self.graph.relations_at(of, direction, out);
    }

    fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Run<'_>)) {
        self.graph.scan(relation, &mut |subject, run| {
            self.sift(run, &mut |run| sink(subject, run));
        });
    }

    fn fact(&self, subject: EntityId, relation: RelationId, object: EntityId) -> Option<Row> {
        self.graph
            .fact(subject, relation, object)
            .filter(|fact| self.has(*fact))
    }

    fn claims(&self, fact: Row, out: &mut Vec<Row>) {
        let before = out.len();
        self.graph.claims(fact, out);
        let mut kept = before;
        for at in before..out.len() {
            if self.passes(out[at]) {
                out[kept] = out[at];
                kept += 1;
            }
        }
        out.truncate(kept);
    }

    fn shows(&self, row: Row) -> bool {
        self.passes(row) && self.graph.shows(row)
    }
}

//! The view: a graph seen through a filter of claims, with the same interface as the graph itself.
//! Views nest. It hides claims and the facts that none is left of, never entities.

use crate::graph::columns::Columns;
use crate::graph::entities::Entities;
use crate::graph::filter::{ClaimFilter, CodeTest, Coded, Polarities, SourceTest, ValidTest};
use crate::graph::row::{Beside, Direction, Row, Run};
use crate::graph::statistics::Statistics;
use crate::graph::view::GraphView;
use crate::model::{EntityId, Overlap, Period, Polarity, RelationId, Vocabulary};
use std::cell::{OnceCell, RefCell};
use std::ops::Range;

/// A graph through a filter.
pub struct Seen<'g, G: GraphView + ?Sized> {
    graph: &'g G,
    filter: ClaimFilter,
    /// What rules see under it.
    base: ClaimFilter,
    /// The filter is the default one: only denials and retracted claims are hidden.
    plain: bool,
    /// Only codes of likelihoods and periods decide, and denials and retractions.
    coded_only: bool,
    /// The verdict on each distinct period, by code: 0 not judged yet, 1 seen, 2 hidden. Dates are
    /// compared once for each period, not once for each claim.
    periods: RefCell<Vec<u8>>,
    /// The verdict on every likelihood and every period, by code, once much is judged.
    tables: OnceCell<(Vec<bool>, Vec<bool>)>,
    /// Rows of the fact that is being judged.
    scratch: RefCell<Vec<Row>>,
}

impl<'g, G: GraphView + ?Sized> Seen<'g, G> {
    /// What `filter` lets through of a graph.
    pub fn new(graph: &'g G, filter: ClaimFilter) -> Seen<'g, G> {
        let plain = filter == ClaimFilter::default();
        let bare = ClaimFilter {
            likelihood: Vec::new(),
            valid: Vec::new(),
            codes: Vec::new(),
            ..filter.clone()
        };
        let coded_only = !plain && bare == ClaimFilter::default();
        Seen {
            graph,
            base: filter.base(),
            filter,
            plain,
            coded_only,
            periods: RefCell::new(Vec::new()),
            tables: OnceCell::new(),
            scratch: RefCell::new(Vec::new()),
        }
    }

    /// The filter.
    pub fn filter(&self) -> &ClaimFilter {
        &self.filter
    }

    /// Whether claims that share likelihood and period are all visible or all hidden.
    pub fn by_codes(&self) -> bool {
        (self.plain || self.coded_only) && self.graph.columns().unusual().is_empty()
    }

    /// Whether a claim passes the filter.
    pub fn passes(&self, row: Row) -> bool {
        let columns = self.graph.columns();
        if self.plain {
            return !columns.unusual().contains(row);
        }
        if columns.is_derived(row) {
            return self.derived(row);
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
            && filter.codes.iter().all(|test| coded(test, columns, row))
            && filter
                .confidence
                .is_none_or(|least| columns.confidence(row) >= Some(least))
            && filter
                .max_marking
                .is_none_or(|most| columns.marking(row).is_none_or(|own| own <= most))
    }

    /// Whether a derived claim passes: rules saw what this filter sees, and time and likelihood of
    /// what they gave will do.
    fn derived(&self, row: Row) -> bool {
        let (columns, filter) = (self.graph.columns(), &self.filter);
        let Some((derived, at)) = columns.derived_at(row) else {
            return false;
        };
        !filter.stated
            && filter.polarities != Polarities::Denied
            && derived.under(at, &self.base)
            && (filter.valid.is_empty() || self.valid(columns.valid_code(row)))
            && (filter.likelihood.is_empty() || self.likely(columns.number(row)))
            && filter.codes.iter().all(|test| coded(test, columns, row))
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
        let unusual = self.graph.columns().unusual();
        if self.plain && unusual.is_empty() {
            return sink(run);
        }
        if let Some(beside) = run.claims.filter(|_| self.coded_only) {
            return self.sift_coded(run, beside, sink);
        }
        // Of what is plain only few claims are hidden; of other runs it is not known.
        let claims = run.claims.filter(|beside| {
            let count = |pair: &[u32]| pair[1] - pair[0];
            self.plain
                && run
                    .facts
                    .iter()
                    .zip(beside.starts.windows(2).map(count))
                    .all(|(row, count)| (*row..row + count).all(|row| !unusual.contains(row)))
        });
        let run = Run { claims, ..run };
        if claims.is_some() {
            return sink(run);
        }
        let hidden = run.facts.iter().position(|fact| !self.has(*fact));
        let Some(first) = hidden else {
            return sink(run);
        };
        let run = Run {
            claims: None,
            ..run
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
                claims: None,
            });
        }
    }

    /// The verdicts on all likelihoods (by code, 0: none given) and all periods.
    fn tables(&self) -> &(Vec<bool>, Vec<bool>) {
        self.tables.get_or_init(|| {
            let (columns, filter) = (self.graph.columns(), &self.filter);
            let of = |wanted: Coded, code: usize| {
                let mut tests = filter.codes.iter().filter(|test| test.of == wanted);
                tests.all(|test| test.passes.get(code) == Some(&true))
            };
            let likelihoods = columns.likelihoods();
            let likely = (0..=likelihoods.len()).map(|code| {
                let number = code.checked_sub(1).map(|at| likelihoods[at].number);
                of(Coded::Likelihood, code) && (filter.likelihood.is_empty() || self.likely(number))
            });
            let valid = columns.periods().iter().enumerate().map(|(code, period)| {
                let mut tests = filter.valid.iter();
                of(Coded::Valid, code) && tests.all(|test| meets(*period, *test))
            });
            (likely.collect(), valid.collect())
        })
    }

    /// Passes on the facts of which a claim passes, by its codes.
    fn sift_coded(&self, run: Run<'_>, beside: Beside<'_>, sink: &mut dyn FnMut(Run<'_>)) {
        let unusual = self.graph.columns().unusual();
        let (likely, valid) = self.tables();
        let (mut ends, mut facts) = (Vec::new(), Vec::new());
        for (at, pair) in beside.starts.windows(2).enumerate() {
            let passes = |place: &u32| {
                let at = *place as usize;
                likely[usize::from(beside.likelihood[at])] && valid[beside.valid[at] as usize]
            };
            let mut places = (pair[0]..pair[1]).filter(passes);
            let visible = match unusual.is_empty() {
                true => places.next().is_some(),
                false => places.any(|place| !unusual.contains(run.facts[at] + place - pair[0])),
            };
            if visible {
                ends.push(run.ends[at]);
                facts.push(run.facts[at]);
            }
        }
        if !ends.is_empty() {
            sink(Run {
                ends: &ends,
                facts: &facts,
                claims: None,
            });
        }
    }
}

/// Whether a claim passes a test of a coded field.
fn coded(test: &CodeTest, columns: &Columns, row: Row) -> bool {
    let code = match test.of {
        Coded::Likelihood => usize::from(columns.likelihood_code(row)),
        Coded::Valid => columns.valid_code(row) as usize,
    };
    test.passes.get(code) == Some(&true)
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

    fn scan_claims(&self, relation: RelationId, sink: &mut dyn FnMut(Range<Row>)) {
        let columns = self.graph.columns();
        let unusual = columns.unusual();
        if self.plain && unusual.is_empty() {
            return self.graph.scan_claims(relation, sink);
        }
        let tables = self.coded_only.then(|| self.tables());
        let passes = |row: &Row| match tables {
            Some((likely, valid)) => {
                likely[usize::from(columns.likelihood_code(*row))]
                    && valid[columns.valid_code(*row) as usize]
                    && !unusual.contains(*row)
            }
            None => self.passes(*row),
        };
        self.graph.scan_claims(relation, &mut |mut rows| {
            while let Some(first) = rows.find(passes) {
                let end = rows.find(|row| !passes(row)).unwrap_or(rows.end);
                sink(first..end);
            }
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

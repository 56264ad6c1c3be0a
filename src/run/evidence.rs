//! What the claims behind a fact, or behind all facts of a row, say together: status, likelihood,
//! sources and period. It picks and counts; it never blends likelihoods.

use crate::algebra::{Datum, Evidence};
use crate::graph::filter::{ClaimFilter, Polarities};
use crate::graph::{GraphView, Row, Seen};
use crate::model::{EntityId, Marking, PartialDate, Period, Status};
use crate::run::batch::{NONE, Tuples};
use rustc_hash::FxHashMap;

/// What the claims of one fact say together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Claims that say it is so, in the order of recording.
    pub asserted: Vec<Row>,
    /// Claims that say it is not so.
    pub denied: Vec<Row>,
    /// The best single likelihood in percent, and the claim that gives it.
    pub likelihood: Option<(f32, Row)>,
    /// The sources of the assertions (of the denials where there are only these), each once.
    pub sources: Vec<EntityId>,
    /// How many of them are independent: joint statements count once, and so do claims that share
    /// a source, whoever passed them on.
    pub independent: usize,
    /// Whether a claim among them names nobody; such claims count as one voice.
    pub unnamed: bool,
    /// From the first to the last known date; open where a claim leaves the end open.
    pub period: Period,
    /// The most restrictive marking of all these claims, for and against.
    pub marking: Option<Marking>,
}

impl Summary {
    /// Affirmed, disputed, denied or unknown.
    pub fn status(&self) -> Status {
        Status::of(!self.asserted.is_empty(), !self.denied.is_empty())
    }
}

/// The summary of a fact under a filter.
pub fn summary(graph: &dyn GraphView, fact: Row, filter: &ClaimFilter) -> Summary {
    let mut rows = Vec::new();
    let asked = ClaimFilter {
        polarities: Polarities::Asserted,
        ..filter.clone()
    };
    if filter.polarities != Polarities::Denied {
        Seen::new(graph, asked).claims(fact, &mut rows);
    }
    let asserted = std::mem::take(&mut rows);
    Seen::new(graph, filter.denials()).claims(fact, &mut rows);
    of_claims(graph, asserted, rows)
}

/// The summary of given claims for and against.
pub fn of_claims(graph: &dyn GraphView, asserted: Vec<Row>, denied: Vec<Row>) -> Summary {
    let columns = graph.columns();
    let speaking = if asserted.is_empty() {
        &denied
    } else {
        &asserted
    };
    let mut found = Summary::default();
    for row in speaking {
        let number = columns.number(*row);
        let best = found.likelihood.map_or(-1.0, |(best, _)| best);
        if let Some(number) = number.filter(|number| *number > best) {
            found.likelihood = Some((number, *row));
        }
        for source in columns.sources(*row) {
            if !found.sources.contains(source) {
                found.sources.push(*source);
            }
        }
    }
    found.independent = independent(graph, speaking);
    let unnamed = |row: &Row| columns.sources(*row).is_empty() && !columns.is_derived(*row);
    found.unnamed = speaking.iter().any(unnamed);
    found.period = hull(graph, speaking.iter().copied());
    let all = asserted.iter().chain(&denied);
    found.marking = all.filter_map(|row| columns.marking(*row)).max();
    found.asserted = asserted;
    found.denied = denied;
    found
}

/// How many groups of claims share no source with another group. Claims that name no source are
/// one group.
fn independent(graph: &dyn GraphView, rows: &[Row]) -> usize {
    let columns = graph.columns();
    let mut group: FxHashMap<u32, u32> = FxHashMap::default();
    fn root(group: &FxHashMap<u32, u32>, mut at: u32) -> u32 {
        while let Some(above) = group.get(&at).filter(|above| **above != at) {
            at = *above;
        }
        at
    }
    // What a rule gives is nobody's word.
    for row in rows.iter().filter(|row| !columns.is_derived(**row)) {
        let sources = columns.sources(*row);
        let first = sources.first().map_or(NONE, |source| source.0);
        group.entry(first).or_insert(first);
        for other in sources.iter().skip(1) {
            group.entry(other.0).or_insert(other.0);
            let (a, b) = (root(&group, first), root(&group, other.0));
            group.insert(b, a);
        }
    }
    group
        .iter()
        .filter(|(member, above)| member == above)
        .count()
}

/// From the first to the last known date of claims; open where a claim that began is open.
pub fn hull(graph: &dyn GraphView, rows: impl Iterator<Item = Row>) -> Period {
    let mut whole = Period::UNKNOWN;
    let mut open = false;
    for row in rows {
        let valid = graph.columns().valid(row);
        if valid.is_unknown() {
            continue;
        }
        let earlier =
            |date: &PartialDate| whole.from.is_none_or(|known| date.start() < known.start());
        whole.from = valid.from.filter(earlier).or(whole.from);
        open |= valid.until.is_none();
        if valid.until.is_some() && (whole.until.is_none() || valid.end() > whole.end()) {
            (whole.until, whole.exclusive) = (valid.until, valid.exclusive);
        }
    }
    if open {
        (whole.until, whole.exclusive) = (None, false);
    }
    whole
}

/// One field of a fact's summary.
pub fn of_fact(graph: &dyn GraphView, fact: Row, filter: &ClaimFilter, field: Evidence) -> Datum {
    // Whole layers are counted by this; a fact in a row of what is derived is one that nobody states.
    if matches!(field, Evidence::Stated | Evidence::FirstHand) && graph.columns().is_derived(fact) {
        return Datum::int(0);
    }
    field_of(graph, &summary(graph, fact, filter), field)
}

fn field_of(graph: &dyn GraphView, summary: &Summary, field: Evidence) -> Datum {
    let date = |date: Option<PartialDate>| date.map_or(Datum::Null, Datum::date);
    let speaking = if summary.asserted.is_empty() {
        &summary.denied
    } else {
        &summary.asserted
    };
    match field {
        Evidence::Likelihood => summary
            .likelihood
            .map_or(Datum::Null, |(number, _)| Datum::float(f64::from(number))),
        Evidence::Sources => Datum::int(summary.independent as i64),
        Evidence::SourceNames => {
            let name = |id: &EntityId| Datum::text(graph.entities().name(*id));
            Datum::List(summary.sources.iter().map(name).collect())
        }
        Evidence::From => date(summary.period.from),
        Evidence::Until => date(summary.period.until),
        Evidence::Status => Datum::text(summary.status().name()),
        Evidence::Years => {
            let mut years: Vec<i16> = Vec::new();
            for row in speaking {
                let valid = graph.columns().valid(*row);
                let (Some(first), last) = (valid.from.or(valid.until), valid.until.or(valid.from))
                else {
                    continue;
                };
                let last = last.unwrap_or(first).calendar_year();
                years.extend(first.calendar_year()..=last);
            }
            years.sort_unstable();
            years.dedup();
            let years = years.into_iter().map(|year| Datum::int(i64::from(year)));
            Datum::List(years.collect())
        }
        Evidence::Claims => Datum::int(speaking.len() as i64),
        Evidence::Stated | Evidence::FirstHand => {
            let columns = graph.columns();
            let stated = speaking.iter().filter(|row| !columns.is_derived(**row));
            let first = |row: &&Row| field == Evidence::Stated || columns.via(**row).is_empty();
            Datum::int(stated.filter(|row| first(row)).count() as i64)
        }
    }
}

/// What the tuples of facts behind a row say together.
#[derive(Clone, Debug, Default)]
pub struct RowSummary {
    /// The likelihood in percent with the claim that gives it: of a tuple its weakest fact, of the
    /// tuples the best.
    pub likelihood: Option<(f32, Row)>,
    /// All claims for and against, of all facts.
    pub whole: Summary,
    /// The distinct facts, in the order of first appearance.
    pub facts: Vec<Row>,
    /// Disputed when a fact is; denied when all are.
    pub status: Option<Status>,
}

/// What the tuples of facts behind a row say together. `filters` has a filter for each fact of a
/// tuple; dates are those of the first fact of each tuple, the one of the main verb.
pub fn of_row(graph: &dyn GraphView, tuples: &Tuples, filters: &[ClaimFilter]) -> RowSummary {
    let mut known: FxHashMap<Row, Summary> = FxHashMap::default();
    let default = ClaimFilter::default();
    let mut likelihood: Option<(f32, Row)> = None;
    let mut main: Vec<Row> = Vec::new();
    for tuple in tuples.iter() {
        let mut weakest: Option<(f32, Row)> = None;
        let mut first = true;
        for (at, fact) in tuple.iter().enumerate().filter(|(_, fact)| **fact != NONE) {
            let filter = filters.get(at).unwrap_or(&default);
            let summary = known
                .entry(*fact)
                .or_insert_with(|| summary(graph, *fact, filter));
            if let Some(found) = summary.likelihood
                && weakest.is_none_or(|(number, _)| found.0 < number)
            {
                weakest = Some(found);
            }
            if std::mem::take(&mut first) {
                main.extend(summary.asserted.iter().chain(&summary.denied));
            }
        }
        if let Some(found) = weakest
            && likelihood.is_none_or(|(number, _)| found.0 > number)
        {
            likelihood = Some(found);
        }
    }
    let facts = tuples.distinct();
    let mut asserted: Vec<Row> = Vec::new();
    let mut denied: Vec<Row> = Vec::new();
    for fact in &facts {
        if let Some(summary) = known.get(fact) {
            asserted.extend(&summary.asserted);
            denied.extend(&summary.denied);
        }
    }
    let statuses: Vec<Status> = known.values().map(Summary::status).collect();
    let status = match statuses.as_slice() {
        [] => None,
        all if all.contains(&Status::Disputed) => Some(Status::Disputed),
        all if all.iter().all(|status| *status == Status::Denied) => Some(Status::Denied),
        all if all.contains(&Status::Denied) => Some(Status::Disputed),
        _ => Some(Status::Affirmed),
    };
    let mut whole = of_claims(graph, asserted, denied);
    main.sort_unstable();
    main.dedup();
    let kept = |row: &Row| whole.asserted.is_empty() || !whole.denied.contains(row);
    let speaking: Vec<Row> = main.into_iter().filter(kept).collect();
    whole.period = hull(graph, speaking.into_iter());
    RowSummary {
        likelihood,
        whole,
        facts,
        status,
    }
}

/// One field of a row's evidence.
pub fn of_tuples(
    graph: &dyn GraphView,
    tuples: &Tuples,
    filters: &[ClaimFilter],
    field: Evidence,
) -> Datum {
    let row = of_row(graph, tuples, filters);
    match field {
        Evidence::Likelihood => row
            .likelihood
            .map_or(Datum::Null, |(number, _)| Datum::float(f64::from(number))),
        Evidence::Status => row
            .status
            .map_or(Datum::Null, |status| Datum::text(status.name())),
        Evidence::Sources
        | Evidence::SourceNames
        | Evidence::From
        | Evidence::Until
        | Evidence::Years
        | Evidence::Claims
        | Evidence::Stated
        | Evidence::FirstHand => field_of(graph, &row.whole, field),
    }
}

//! Claims in columns on their way into the graph, with dictionaries of their own. Plain data.

use crate::graph::dictionary::Dictionary;
use crate::model::{Attribution, Likelihood, Period, RowDetail};

/// Claims as columns with dictionaries of their own: all columns are as long as `subject`, and codes
/// index the lists beside them.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Who.
    pub subject: Vec<u32>,
    /// Did what.
    pub relation: Vec<u16>,
    /// To whom.
    pub object: Vec<u32>,
    /// Denied, confidence and so on, as [`crate::graph::columns::flags`] packs them.
    pub flags: Vec<u16>,
    /// Who says so.
    pub attribution: Vec<u32>,
    /// How likely.
    pub likelihood: Vec<u32>,
    /// When it happened.
    pub valid: Vec<u32>,
    /// When it was said.
    pub reported: Vec<u32>,
    /// What few rows have, by row, ascending.
    pub details: Vec<(u32, RowDetail)>,
    /// Attributions by code.
    pub attributions: Vec<Attribution>,
    /// Likelihoods by code.
    pub likelihoods: Vec<Option<Likelihood>>,
    /// Periods by code, for `valid` and `reported`.
    pub periods: Vec<Period>,
}

/// The dictionaries of rows that come from many places.
#[derive(Clone, Debug, Default)]
struct Codes {
    attributions: Dictionary<Attribution>,
    periods: Dictionary<Period>,
    likelihoods: Vec<Option<Likelihood>>,
}

/// Rows from many places as one, with one dictionary each.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    rows: Rows,
    codes: Codes,
}

impl Rows {
    /// The same without any row, its room kept.
    pub fn emptied(mut self) -> Rows {
        self.subject.clear();
        self.relation.clear();
        self.object.clear();
        self.flags.clear();
        self.attribution.clear();
        self.likelihood.clear();
        self.valid.clear();
        self.reported.clear();
        self.details.clear();
        self.attributions.clear();
        self.likelihoods.clear();
        self.periods.clear();
        self
    }
}

impl Gathered {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.subject.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds rows; gives back what held them, emptied.
    pub fn add(&mut self, mut more: Rows) -> Rows {
        let codes = &mut self.codes;
        let attributions = more.attributions.drain(..);
        let attributions: Vec<u32> = attributions.map(|of| codes.attributions.code(of)).collect();
        let periods = more.periods.drain(..);
        let periods: Vec<u32> = periods.map(|of| codes.periods.code(of)).collect();
        let likelihoods: Vec<u32> = more
            .likelihoods
            .drain(..)
            .map(|given| {
                let known = codes.likelihoods.iter().position(|known| *known == given);
                known.unwrap_or_else(|| {
                    codes.likelihoods.push(given);
                    codes.likelihoods.len() - 1
                }) as u32
            })
            .collect();
        let first = self.len() as u32;
        let rows = &mut self.rows;
        let details = more.details.drain(..);
        rows.details
            .extend(details.map(|(row, detail)| (first + row, detail)));
        rows.subject.extend_from_slice(&more.subject);
        rows.relation.extend_from_slice(&more.relation);
        rows.object.extend_from_slice(&more.object);
        rows.flags.extend_from_slice(&more.flags);
        let coded = |to: &mut Vec<u32>, from: &[u32], codes: &[u32]| {
            to.extend(from.iter().map(|code| codes[*code as usize]));
        };
        coded(&mut rows.attribution, &more.attribution, &attributions);
        coded(&mut rows.likelihood, &more.likelihood, &likelihoods);
        coded(&mut rows.valid, &more.valid, &periods);
        coded(&mut rows.reported, &more.reported, &periods);
        more.emptied()
    }

    /// All rows.
    pub fn done(self) -> Rows {
        Rows {
            attributions: self.codes.attributions.items().to_vec(),
            periods: self.codes.periods.items().to_vec(),
            likelihoods: self.codes.likelihoods,
            ..self.rows
        }
    }
}

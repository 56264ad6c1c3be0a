//! Claims in columns on their way into the graph, with dictionaries of their own. Plain data.

use crate::model::{EntityId, Likelihood, Period, Value};

/// Who says so, and who passed it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attribution {
    /// The sources, sorted; several: a joint statement.
    pub sources: Vec<EntityId>,
    /// Who passed it on, last link last.
    pub via: Vec<EntityId>,
}

/// What few rows of a table have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowDetail {
    /// Address of the document.
    pub reference: Option<String>,
    /// Page, paragraph.
    pub locator: Option<String>,
    /// Short excerpt.
    pub quote: Option<String>,
    /// Free properties, sorted by key.
    pub properties: Vec<(String, Value)>,
}

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

//! What an answer is: a reading, a table for people, a record a row for programs, and what each row
//! rests on. Plain data without a reference to the graph.

use crate::model::{ClaimId, EntityId, RelationId};
use serde_json::{Map, Value};

/// One row for programs: an object with keys in a fixed order.
pub type Record = Map<String, Value>;

/// A fact by its ends, which stays true when claims are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fact {
    /// Who.
    pub subject: EntityId,
    /// Did what.
    pub relation: RelationId,
    /// To whom.
    pub object: EntityId,
}

/// What a row rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basis {
    /// The entity that the row is about, if it is about one.
    pub entity: Option<EntityId>,
    /// The facts.
    pub facts: Vec<Fact>,
    /// Single claims, where the row is not about whole facts.
    pub claims: Vec<ClaimId>,
}

/// Columns and rows of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Headings.
    pub columns: Vec<String>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these headings.
    pub fn new(columns: &[&str]) -> Table {
        Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Takes away columns in which no row says anything; the first stays.
    pub fn without_empty(mut self) -> Table {
        let used: Vec<bool> = (0..self.columns.len())
            .map(|at| at == 0 || self.rows.iter().any(|row| !row[at].is_empty()))
            .collect();
        let keep = |cells: &mut Vec<String>| {
            let mut used = used.iter();
            cells.retain(|_| used.next().copied().unwrap_or(true));
        };
        keep(&mut self.columns);
        self.rows.iter_mut().for_each(keep);
        self
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What the question was taken to mean, as a question.
    pub reading: Option<String>,
    /// What is said before the table: `yes`, `3`, a title.
    pub headline: Option<String>,
    /// The rows for people.
    pub table: Table,
    /// The rows for programs.
    pub records: Vec<Record>,
    /// What each row of the table rests on.
    pub basis: Vec<Basis>,
    /// The entities that `_` stands for from now on.
    pub entities: Option<Vec<EntityId>>,
    /// What a reader must know beside the rows.
    pub notes: Vec<String>,
    /// Whether "no claim found" is to be said when there are no rows.
    pub asks: bool,
}

impl Answer {
    /// Keeps the first rows, where there is a record for each.
    pub fn keep(&mut self, rows: usize) {
        if self.records.len() == self.table.rows.len() {
            self.records.truncate(rows);
        }
        self.table.rows.truncate(rows);
        self.basis.truncate(rows);
    }
}

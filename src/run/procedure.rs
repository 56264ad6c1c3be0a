//! Procedures that a query may call: tables that somebody gave, and functions of the graph.

use crate::algebra::{Datum, Fault};
use crate::graph::GraphView;

/// A function of the graph and the arguments, which gives rows of outputs.
pub type Native = fn(&dyn GraphView, &[Datum]) -> Result<Vec<Vec<Datum>>, Fault>;

/// What a procedure's rows come from.
#[derive(Clone)]
pub enum Source {
    /// Rows of inputs, then outputs: those whose inputs are the arguments.
    Table(Vec<Vec<Datum>>),
    /// A function of the graph and the arguments.
    Native(Native),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Table(rows) => write!(f, "a table of {} rows", rows.len()),
            Source::Native(_) => write!(f, "native"),
        }
    }
}

/// A procedure.
#[derive(Clone, Debug)]
pub struct Procedure {
    /// How many arguments it takes.
    pub inputs: usize,
    /// What gives its rows.
    pub source: Source,
}

impl Procedure {
    /// The rows for some arguments.
    pub fn rows(
        &self,
        graph: &dyn GraphView,
        arguments: &[Datum],
    ) -> Result<Vec<Vec<Datum>>, Fault> {
        let same = |given: &Datum, known: &Datum| given.order(known).is_eq();
        match &self.source {
            Source::Native(run) => run(graph, arguments),
            Source::Table(rows) => Ok(rows
                .iter()
                .filter(|row| arguments.iter().zip(*row).all(|(a, b)| same(a, b)))
                .map(|row| row[self.inputs.min(row.len())..].to_vec())
                .collect()),
        }
    }
}

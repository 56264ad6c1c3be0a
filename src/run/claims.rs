//! Claims: every visible claim of some relations once, where nobody asks for the ends. Where only their
//! likelihood and period are read, one of those that share both stands for all, with their number.

use crate::algebra::Var;
use crate::graph::{ClaimFilter, Columns, GraphView, Row, Seen};
use crate::model::RelationId;
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Execution, Halt, Operator};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;

/// How many rows are passed on at once: enough that what is done for each batch does not count.
const ROWS: usize = 1 << 14;
/// How many pairs of a likelihood and a period may be told apart by place.
const PAIRS: usize = 1 << 16;
/// From how many claims on they are counted on all cores.
const MANY: u32 = 1 << 17;

/// The operator.
pub struct Claims<'p> {
    /// The variable that gets the claim.
    pub var: Var,
    /// Of which relations.
    pub relations: &'p [RelationId],
    /// Which claims count.
    pub filter: &'p ClaimFilter,
    /// One of those that are alike is enough.
    pub alike: bool,
    /// The claims, once they have been gathered.
    pub gathered: Option<Gathered>,
}

/// Claims that wait to be passed on.
pub struct Gathered {
    rows: Vec<Row>,
    /// How many each stands for.
    times: Option<Vec<u32>>,
    next: usize,
}

/// How many claims there are of each pair of a likelihood and a period, and one of them.
struct Pairs<'c> {
    columns: &'c Columns,
    likelihoods: usize,
    counts: Vec<(u32, Row)>,
}

impl<'c> Pairs<'c> {
    /// Nothing counted; `None` where there are too many pairs, or claims that may not be read.
    fn new(columns: &'c Columns) -> Option<Pairs<'c>> {
        let likelihoods = columns.likelihoods().len() + 1;
        let pairs = likelihoods * columns.periods().len();
        columns.codes(0..0)?;
        (pairs <= PAIRS).then(|| Pairs {
            columns,
            likelihoods,
            counts: vec![(0, 0); pairs],
        })
    }

    fn add(&mut self, rows: Range<Row>) {
        let count = |rows: Range<Row>, counts: &mut Vec<(u32, Row)>| {
            let first = rows.start;
            let Some((likelihood, valid)) = self.columns.codes(rows) else {
                return;
            };
            for (row, (likelihood, valid)) in likelihood.iter().zip(valid).enumerate() {
                let of = *valid as usize * self.likelihoods + usize::from(*likelihood);
                counts[of] = (counts[of].0 + 1, first + row as u32);
            }
        };
        if rows.len() < MANY as usize {
            return count(rows, &mut self.counts);
        }
        let parts = rayon::current_num_threads().max(1) as u32;
        let part = (rows.len() as u32).div_ceil(parts);
        let counted: Vec<Vec<(u32, Row)>> = (0..parts)
            .into_par_iter()
            .map(|at| {
                let start = (rows.start + at * part).min(rows.end);
                let mut counts = vec![(0, 0); self.counts.len()];
                count(start..(start + part).min(rows.end), &mut counts);
                counts
            })
            .collect();
        for counts in counted {
            for (all, (count, row)) in self.counts.iter_mut().zip(counts) {
                if count > 0 {
                    *all = (all.0 + count, row);
                }
            }
        }
    }
}

impl Claims<'_> {
    fn gather(&self, execution: &Execution<'_>) -> Result<Gathered, Halt> {
        let seen = Seen::new(execution.graph, self.filter.clone());
        let mut pairs = match self.alike {
            true => Pairs::new(execution.graph.columns()),
            false => None,
        };
        // What a filter says of one it says of all that are alike: they are counted first.
        let later = pairs.is_some() && seen.by_codes();
        let mut rows: Vec<Row> = Vec::new();
        let mut visited = 0;
        for relation in self.relations {
            execution.check()?;
            let mut sink = |some: Range<Row>| {
                visited += some.len();
                match &mut pairs {
                    Some(pairs) => pairs.add(some),
                    None => rows.extend(some),
                }
            };
            match later {
                true => execution.graph.scan_claims(*relation, &mut sink),
                false => seen.scan_claims(*relation, &mut sink),
            }
        }
        execution.visited(visited);
        let times = pairs.map(|pairs| {
            let mut some = pairs.counts;
            some.retain(|(count, row)| *count > 0 && (!later || seen.passes(*row)));
            rows.extend(some.iter().map(|(_, row)| *row));
            some.iter().map(|(count, _)| *count).collect()
        });
        execution.holds(rows.len() * 4)?;
        Ok(Gathered {
            rows,
            times,
            next: 0,
        })
    }
}

impl Operator for Claims<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        if self.gathered.is_none() {
            self.gathered = Some(self.gather(execution)?);
        }
        let Some(Gathered { rows, times, next }) = &mut self.gathered else {
            return Ok(None);
        };
        let some = *next..rows.len().min(*next + ROWS);
        *next = some.end;
        let mut out = Batch {
            rows: some.len(),
            times: times.as_ref().map(|times| times[some.clone()].to_vec()),
            ..Batch::default()
        };
        out.set(self.var, Column::Claims(rows[some].to_vec()));
        Ok((out.rows > 0).then_some(out))
    }
}

//! Claims: every visible claim of some relations once, where nobody asks for the ends. Claims of one
//! relation are found by their segments, so that none of another is looked at.

use crate::algebra::Var;
use crate::graph::{ClaimFilter, GraphView, Seen};
use crate::model::RelationId;
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Execution, Halt, Operator};

/// How many rows are passed on at once: enough that what is done for each batch does not count.
const ROWS: usize = 1 << 14;

/// The operator.
pub struct Claims<'p> {
    /// The variable that gets the claim.
    pub var: Var,
    /// Of which relations.
    pub relations: &'p [RelationId],
    /// Which claims count.
    pub filter: &'p ClaimFilter,
    /// The claims, once they have been gathered, and the next.
    pub rows: Option<(Vec<u32>, usize)>,
}

impl Operator for Claims<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        if self.rows.is_none() {
            let seen = Seen::new(execution.graph, self.filter.clone());
            let mut rows: Vec<u32> = Vec::new();
            for relation in self.relations {
                execution.check()?;
                seen.scan_claims(*relation, &mut rows);
            }
            execution.visited(rows.len());
            execution.holds(rows.len() * 4)?;
            self.rows = Some((rows, 0));
        }
        let Some((rows, at)) = &mut self.rows else {
            return Ok(None);
        };
        let some = &rows[*at..rows.len().min(*at + ROWS)];
        *at += some.len();
        let mut out = Batch {
            rows: some.len(),
            ..Batch::default()
        };
        out.set(self.var, Column::Claims(some.to_vec()));
        Ok((out.rows > 0).then_some(out))
    }
}

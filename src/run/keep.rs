//! Keep: the rows for which an inner plan finds something, or nothing. The inner plan runs over a
//! whole batch at once and tells by each row's origin which rows it found something for.

use crate::algebra::Plan;
use crate::run::batch::Batch;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Keep<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The inner plan.
    pub inner: &'p Plan,
    /// Keep the rows for which nothing is found.
    pub negated: bool,
}

impl Operator for Keep<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        while let Some(batch) = self.input.next(execution)? {
            execution.passed(&batch)?;
            let mut found = vec![false; batch.rows];
            let mut left = batch.rows;
            let outer = Batch {
                origin: Some((0..batch.rows as u32).collect()),
                ..batch.clone()
            };
            let mut inner = execution.operator(self.inner, Some(&outer))?;
            while left > 0 {
                let Some(rows) = inner.next(execution)? else {
                    break;
                };
                execution.passed(&rows)?;
                for origin in rows.origin.iter().flatten() {
                    let slot = &mut found[*origin as usize];
                    left -= usize::from(!*slot);
                    *slot = true;
                }
            }
            let kept: Vec<u32> = (0..batch.rows as u32)
                .filter(|row| found[*row as usize] != self.negated)
                .collect();
            if !kept.is_empty() {
                return Ok(Some(batch.gather(&kept)));
            }
        }
        Ok(None)
    }
}

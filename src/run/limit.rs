//! Limit: the first rows; it does not ask its input for more.

use crate::run::batch::Batch;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Limit<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// How many may still pass.
    pub left: u64,
}

impl Operator for Limit<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(batch) = self.input.next(execution)? else {
            return Ok(None);
        };
        execution.passed(&batch)?;
        let take = self.left.min(batch.rows as u64);
        self.left -= take;
        Ok(Some(if take < batch.rows as u64 {
            batch.head(take as usize)
        } else {
            batch
        }))
    }
}

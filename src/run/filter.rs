//! Filter: keeps the rows for which a condition is true.

use crate::algebra::Expression;
use crate::run::batch::Batch;
use crate::run::evaluate::kept;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Filter<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The condition.
    pub condition: &'p Expression,
}

impl Operator for Filter<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        while let Some(batch) = self.input.next(execution)? {
            execution.passed(&batch)?;
            let kept = kept(self.condition, &batch, execution)?;
            if kept.len() == batch.rows {
                return Ok(Some(batch));
            }
            if !kept.is_empty() {
                return Ok(Some(batch.gather(&kept)));
            }
        }
        Ok(None)
    }
}

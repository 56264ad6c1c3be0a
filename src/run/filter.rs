//! Filter: keeps the rows for which a condition is true.

use crate::algebra::{Datum, Expression};
use crate::model::Value;
use crate::run::batch::Batch;
use crate::run::evaluate::evaluate;
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
            let values = evaluate(self.condition, &batch, execution);
            let kept: Vec<u32> = values
                .iter()
                .enumerate()
                .filter(|(_, value)| **value == Datum::Value(Value::Bool(true)))
                .map(|(row, _)| row as u32)
                .collect();
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

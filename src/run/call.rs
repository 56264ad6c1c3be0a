//! Call: each row once for each row that a procedure gives for it.

use crate::algebra::{Datum, Expression, Var};
use crate::run::batch::{Batch, Column};
use crate::run::evaluate::evaluate;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Call<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The procedure's place.
    pub procedure: usize,
    /// Its arguments.
    pub arguments: &'p [Expression],
    /// What is taken of its columns; nothing: the rows stay as they are.
    pub columns: &'p [(Var, usize)],
}

impl Operator for Call<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(procedure) = execution.procedures.get(self.procedure) else {
            return Ok(None);
        };
        while let Some(batch) = self.input.next(execution)? {
            execution.passed(&batch)?;
            let arguments: Vec<Vec<Datum>> = self
                .arguments
                .iter()
                .map(|argument| evaluate(argument, &batch, execution))
                .collect::<Result<_, _>>()?;
            let mut origins: Vec<u32> = Vec::new();
            let mut columns: Vec<Vec<Datum>> = vec![Vec::new(); self.columns.len()];
            for row in 0..batch.rows {
                let given: Vec<Datum> = arguments.iter().map(|of| of[row].clone()).collect();
                for found in procedure.rows(execution.graph, &given)? {
                    origins.push(row as u32);
                    for ((_, at), column) in self.columns.iter().zip(&mut columns) {
                        column.push(found.get(*at).cloned().unwrap_or_default());
                    }
                }
            }
            if self.columns.is_empty() {
                return Ok(Some(batch));
            }
            if origins.is_empty() {
                continue;
            }
            let mut out = batch.gather(&origins);
            for ((var, _), column) in self.columns.iter().zip(columns) {
                out.set(*var, Column::of(column));
            }
            return Ok(Some(out));
        }
        Ok(None)
    }
}

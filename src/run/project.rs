//! Project: computed columns, beside those that are there or in their place.

#![allow(clippy::wildcard_enum_match_arm)] // An operator names the kinds of values that it takes.

use crate::algebra::{Expression, Var};
use crate::run::batch::{Batch, Column};
use crate::run::coded;
use crate::run::evaluate::evaluate;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Project<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// What is computed.
    pub columns: &'p [(Var, Expression)],
    /// What is there stays.
    pub keep: bool,
    /// Values of columns by code.
    pub tables: Vec<coded::Table>,
}

impl Operator for Project<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(batch) = self.input.next(execution)? else {
            return Ok(None);
        };
        execution.passed(&batch)?;
        let mut made = Vec::with_capacity(self.columns.len());
        self.tables
            .resize_with(self.columns.len(), coded::Table::default);
        for (at, (var, expression)) in self.columns.iter().enumerate() {
            made.push((
                *var,
                match expression {
                    Expression::Var(of) if batch.binds(*of) => batch.column(*of).clone(),
                    other => {
                        let table = &mut self.tables[at];
                        let column = coded::column(table, other, &batch, execution);
                        match column.or_else(|| coded::property(other, &batch, execution)) {
                            Some(column) => column,
                            None => Column::of(evaluate(other, &batch, execution)?),
                        }
                    }
                },
            ));
        }
        let mut out = match self.keep {
            true => batch,
            false => Batch {
                columns: Vec::new(),
                ..batch
            },
        };
        for (var, column) in made {
            out.set(var, column);
        }
        Ok(Some(out))
    }
}

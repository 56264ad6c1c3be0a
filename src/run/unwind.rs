//! Unwind: each row once for each item of a list; a single value is a list of one.

use crate::algebra::{Datum, Expression, Var};
use crate::run::batch::{Batch, Column};
use crate::run::evaluate::evaluate;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Unwind<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The list.
    pub list: &'p Expression,
    /// The variable that gets the item.
    pub var: Var,
    /// The variable that gets its place, and the number of the first.
    pub place: Option<(Var, i64)>,
}

impl Operator for Unwind<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        while let Some(batch) = self.input.next(execution)? {
            execution.passed(&batch)?;
            let (mut rows, mut items, mut places) = (Vec::new(), Vec::new(), Vec::new());
            for (row, value) in evaluate(self.list, &batch, execution)?
                .into_iter()
                .enumerate()
            {
                let list = match value {
                    Datum::Null => continue,
                    Datum::List(list) => list,
                    single @ (Datum::Value(_)
                    | Datum::Entity(_)
                    | Datum::Fact(_)
                    | Datum::Claim(_)
                    | Datum::Map(_)
                    | Datum::Path(_)) => vec![single],
                };
                execution.built(list.len() as u64)?;
                rows.resize(rows.len() + list.len(), row as u32);
                if let Some((_, first)) = self.place {
                    places.extend((first..).take(list.len()).map(Datum::int));
                }
                items.extend(list);
            }
            if !rows.is_empty() {
                let mut out = batch.gather(&rows);
                out.set(self.var, Column::of(items));
                if let Some((var, _)) = self.place {
                    out.set(var, Column::Values(places));
                }
                return Ok(Some(out));
            }
        }
        Ok(None)
    }
}

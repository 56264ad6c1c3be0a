//! Optional and Apply: each row with the rows of an inner plan that begins from it. Optional keeps a
//! row without any, and binds what the inner plan would have bound to no value.

use crate::algebra::{Datum, Plan, Var};
use crate::run::batch::{Batch, Column};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::sort::append;

/// The operator.
pub struct Optional<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The inner plan.
    pub inner: &'p Plan,
    /// What it binds.
    pub binds: Vec<Var>,
}

impl Operator for Optional<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(batch) = self.input.next(execution)? else {
            return Ok(None);
        };
        execution.passed(&batch)?;
        let found = whole(execution.lateral(self.inner, &batch)?);
        let origins = found.origin.clone().unwrap_or_default();
        let mut had = vec![false; batch.rows];
        origins.iter().for_each(|row| had[*row as usize] = true);
        let missing: Vec<u32> = (0..batch.rows as u32)
            .filter(|row| !had[*row as usize])
            .collect();
        let mut bare = batch.gather(&missing);
        for var in &self.binds {
            if !batch.binds(*var) {
                bare.set(*var, Column::Values(vec![Datum::Null; missing.len()]));
            }
        }
        bare.origin = Some(missing);
        let all = match found.rows {
            0 => bare,
            _ => append(found, bare),
        };
        Ok(Some(in_order(all, &batch)))
    }
}

/// The operator.
pub struct Apply<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The inner plan.
    pub inner: &'p Plan,
    /// What is taken of its rows.
    pub columns: &'p [Var],
}

impl Operator for Apply<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        while let Some(batch) = self.input.next(execution)? {
            execution.passed(&batch)?;
            let found = whole(execution.lateral(self.inner, &batch)?);
            if found.rows > 0 {
                return Ok(Some(joined(&batch, found, self.columns)));
            }
        }
        Ok(None)
    }
}

/// The outer rows beside columns of the inner ones.
pub fn joined(outer: &Batch, inner: Batch, columns: &[Var]) -> Batch {
    let origins = inner.origin.clone().unwrap_or_default();
    let mut out = outer.gather(&origins);
    for var in columns {
        out.set(*var, inner.column(*var).clone());
    }
    out
}

/// Several batches as one.
pub fn whole(batches: Vec<Batch>) -> Batch {
    let mut batches = batches.into_iter();
    let Some(first) = batches.next() else {
        return Batch {
            origin: Some(Vec::new()),
            ..Batch::default()
        };
    };
    batches.fold(first, append)
}

/// Rows in the order of the outer rows that they come from, with these rows' own origin.
pub fn in_order(rows: Batch, outer: &Batch) -> Batch {
    let origins = rows.origin.clone().unwrap_or_default();
    let mut order: Vec<u32> = (0..rows.rows as u32).collect();
    order.sort_by_key(|row| origins[*row as usize]);
    let mut sorted = rows.gather(&order);
    sorted.origin = match (&outer.origin, sorted.origin) {
        (Some(outer), Some(origin)) => {
            Some(origin.iter().map(|row| outer[*row as usize]).collect())
        }
        _ => None,
    };
    sorted
}

//! Sort: the rows in order; with a limit, the first only, and never more than twice as many are
//! kept.

use crate::algebra::{Datum, Expression, Key};
use crate::run::batch::{Batch, Column};
use crate::run::evaluate::evaluate;
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use std::cmp::Ordering;

/// The operator.
pub struct Sort<'p> {
    /// The rows; taken when they have been read.
    pub input: Option<Boxed<'p>>,
    /// By what.
    pub keys: &'p [Key],
    /// How many rows, at most.
    pub limit: Option<u64>,
}

impl Operator for Sort<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(mut input) = self.input.take() else {
            return Ok(None);
        };
        let mut kept: Option<(Batch, Vec<Vec<Datum>>)> = None;
        while let Some(batch) = input.next(execution)? {
            execution.passed(&batch)?;
            let batch = self.pruned(batch);
            if self.limit.is_none() {
                execution.holds(batch.rows * (batch.columns.len() + self.keys.len()) * 16)?;
            }
            let keys: Vec<Vec<Datum>> = self
                .keys
                .iter()
                .map(|key| evaluate(&key.by, &batch, execution))
                .collect::<Result<_, _>>()?;
            let (mut rows, mut columns) = match kept.take() {
                None => (batch, keys),
                Some((known, mut columns)) => {
                    for (column, more) in columns.iter_mut().zip(keys) {
                        column.extend(more);
                    }
                    (append(known, batch), columns)
                }
            };
            if let Some(limit) = self.limit
                && rows.rows as u64 > limit.saturating_mul(2).max(4096)
            {
                (rows, columns) = self.ordered(rows, columns);
            }
            kept = Some((rows, columns));
        }
        Ok(kept
            .map(|(rows, keys)| self.ordered(rows, keys).0)
            .filter(|rows| rows.rows > 0))
    }
}

impl Sort<'_> {
    /// Without the rows whose first key alone, where that is a whole number, keeps them from being
    /// among the first: what else they are sorted by need not be looked at.
    fn pruned(&self, batch: Batch) -> Batch {
        let plain = |key: &Key| {
            let Expression::Var(var) = key.by else {
                return None;
            };
            Some((var, key.descending))
        };
        let keys: Option<Vec<_>> = self.keys.iter().map(plain).collect();
        let first = keys.and_then(|keys| keys.first().copied());
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok());
        let (Some((var, descending)), Some(limit @ 1..)) = (first, limit) else {
            return batch;
        };
        let Column::Ints(numbers) = batch.column(var) else {
            return batch;
        };
        if batch.rows / 4 < limit {
            return batch;
        }
        // The complement turns the order round.
        let turned = |number: &i64| if descending { !*number } else { *number };
        let mut order: Vec<i64> = numbers.iter().map(turned).collect();
        let (_, last, _) = order.select_nth_unstable(limit - 1);
        let rows: Vec<u32> = (0..batch.rows as u32)
            .filter(|row| turned(&numbers[*row as usize]) <= *last)
            .collect();
        batch.gather(&rows)
    }

    /// The rows and their keys in order, cut to the limit.
    fn ordered(&self, rows: Batch, keys: Vec<Vec<Datum>>) -> (Batch, Vec<Vec<Datum>>) {
        let mut order: Vec<u32> = (0..rows.rows as u32).collect();
        let compare = |a: &u32, b: &u32| {
            let (a, b) = (*a as usize, *b as usize);
            let keyed = self.keys.iter().zip(&keys).map(|(key, values)| {
                match (values[a].is_null(), values[b].is_null()) {
                    (true, true) => Ordering::Equal,
                    (true, false) if key.missing_last => Ordering::Greater,
                    (false, true) if key.missing_last => Ordering::Less,
                    _ if key.descending => values[b].order(&values[a]),
                    _ => values[a].order(&values[b]),
                }
            });
            // The place breaks ties, so that an unstable selection still gives a stable order.
            keyed.fold(Ordering::Equal, Ordering::then).then(a.cmp(&b))
        };
        match self.limit.map(|limit| limit as usize) {
            Some(0) => order.clear(),
            Some(limit) if limit < order.len() => {
                order.select_nth_unstable_by(limit - 1, compare);
                order.truncate(limit);
                order.sort_by(compare);
            }
            Some(_) | None => order.sort_by(compare),
        }
        let keys = keys
            .iter()
            .map(|values| {
                order
                    .iter()
                    .map(|row| values[*row as usize].clone())
                    .collect()
            })
            .collect();
        (rows.gather(&order), keys)
    }
}

/// The rows of both batches.
pub fn append(mut first: Batch, second: Batch) -> Batch {
    let count = first.columns.len().max(second.columns.len());
    first.columns.resize(count, Column::Absent);
    let (rows, more) = (first.rows, second.rows);
    let mut others = second.columns;
    others.resize(count, Column::Absent);
    for (column, other) in first.columns.iter_mut().zip(others) {
        *column = joined(std::mem::take(column), other, rows, more);
    }
    first.rows += more;
    first.origin = match (first.origin, second.origin) {
        (Some(mut origin), Some(rest)) => {
            origin.extend(rest);
            Some(origin)
        }
        _ => None,
    };
    first
}

fn joined(column: Column, other: Column, rows: usize, more: usize) -> Column {
    use crate::run::batch::NONE;
    match (column, other) {
        (Column::Absent, Column::Absent) => Column::Absent,
        (Column::Entities(mut a), Column::Entities(b)) => {
            a.extend(b);
            Column::Entities(a)
        }
        (Column::Facts(mut a), Column::Facts(b)) => {
            a.extend(b);
            Column::Facts(a)
        }
        (Column::Claims(mut a), Column::Claims(b)) => {
            a.extend(b);
            Column::Claims(a)
        }
        (Column::Evidence(mut a), Column::Evidence(b)) => {
            a.extend(b);
            Column::Evidence(a)
        }
        (Column::Paths(mut a), Column::Paths(b)) => {
            a.extend(b);
            Column::Paths(a)
        }
        (Column::Ints(mut a), Column::Ints(b)) => {
            a.extend(b);
            Column::Ints(a)
        }
        (Column::Coded(mut a, values), Column::Coded(b, others)) if values.is(&others) => {
            a.extend(b);
            Column::Coded(a, values)
        }
        (Column::Entities(mut a), Column::Absent) => {
            a.resize(rows + more, NONE);
            Column::Entities(a)
        }
        (Column::Facts(mut a), Column::Absent) => {
            a.resize(rows + more, NONE);
            Column::Facts(a)
        }
        (Column::Absent, Column::Entities(b)) => {
            Column::Entities(std::iter::repeat_n(NONE, rows).chain(b).collect())
        }
        (Column::Absent, Column::Facts(b)) => {
            Column::Facts(std::iter::repeat_n(NONE, rows).chain(b).collect())
        }
        (a, b) => Column::Values(
            (0..rows)
                .map(|row| a.datum(row))
                .chain((0..more).map(|row| b.datum(row)))
                .collect(),
        ),
    }
}

//! Scan: each input row once for each entity of a set. Where the variable is bound already, it
//! keeps the rows whose entity is in the set.

#![allow(clippy::wildcard_enum_match_arm)] // Only entities are in sets.

use crate::algebra::{EntitySet, Var};
use crate::run::batch::{Batch, Column, NONE, ROWS};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::sets::Members;

/// The operator.
pub struct Scan<'p> {
    input: Boxed<'p>,
    var: Var,
    members: Members,
    /// The set laid out, once it is walked.
    ids: Option<Vec<u32>>,
    /// The input batch in hand, with its row and the place in the set.
    current: Option<(Batch, usize, usize)>,
}

impl<'p> Scan<'p> {
    /// A scan of `set` for each row of `input`.
    pub fn new(
        input: Boxed<'p>,
        var: Var,
        set: &EntitySet,
        execution: &Execution<'_>,
    ) -> Result<Scan<'p>, Halt> {
        let members = Members::new(set, execution)?;
        Ok(Scan {
            input,
            var,
            members,
            ids: None,
            current: None,
        })
    }
}

/// The entity in a row of a column; nothing where another kind of value stands there.
fn entity(column: &Column, row: usize) -> u32 {
    match column {
        Column::Entities(ids) => ids[row],
        other => match other.datum(row) {
            crate::algebra::Datum::Entity(id) => id.0,
            _ => NONE,
        },
    }
}

impl Operator for Scan<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        loop {
            if self.current.is_none() {
                let Some(batch) = self.input.next(execution)? else {
                    return Ok(None);
                };
                execution.passed(&batch)?;
                if batch.binds(self.var) {
                    let bound = batch.column(self.var);
                    let kept: Vec<u32> = (0..batch.rows as u32)
                        .filter(|row| {
                            let id = entity(bound, *row as usize);
                            id != NONE && self.members.has(id, execution.graph)
                        })
                        .collect();
                    if kept.is_empty() {
                        continue;
                    }
                    return Ok(Some(batch.gather(&kept)));
                }
                self.current = Some((batch, 0, 0));
            }
            let ids = self.ids.get_or_insert_with(|| {
                self.members.laid_out(execution.graph).into_iter().collect()
            });
            let Some((batch, row, at)) = &mut self.current else {
                continue;
            };
            let mut rows = Vec::new();
            let mut found = Vec::new();
            while *row < batch.rows && rows.len() < ROWS {
                let take = (ids.len() - *at).min(ROWS - rows.len());
                found.extend_from_slice(&ids[*at..*at + take]);
                rows.resize(rows.len() + take, *row as u32);
                *at += take;
                if *at == ids.len() {
                    (*row, *at) = (*row + 1, 0);
                }
            }
            let done = *row >= batch.rows;
            let mut out = batch.gather(&rows);
            out.set(self.var, Column::Entities(found));
            if done {
                self.current = None;
            }
            if out.rows > 0 {
                return Ok(Some(out));
            }
        }
    }
}

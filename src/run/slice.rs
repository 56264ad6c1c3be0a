//! Slice: the rows without the first, and no more than so many. It stops asking when it has enough.

#![allow(clippy::wildcard_enum_match_arm)] // An operator names the kinds of values that it takes.

use crate::algebra::{Datum, Expression, Fault};
use crate::model::Value;
use crate::run::batch::Batch;
use crate::run::evaluate::constant;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Slice<'p> {
    input: Boxed<'p>,
    skip: u64,
    left: u64,
}

impl<'p> Slice<'p> {
    /// A part of the rows of `input`.
    pub fn new(
        input: Boxed<'p>,
        skip: Option<&Expression>,
        limit: Option<&Expression>,
        execution: &Execution<'_>,
    ) -> Result<Slice<'p>, Halt> {
        let number = |word: &str, given: Option<&Expression>, default: u64| match given {
            None => Ok(default),
            Some(given) => count(word, &constant(given, execution)?).map_err(Halt::from),
        };
        Ok(Slice {
            input,
            skip: number("SKIP", skip, 0)?,
            left: number("LIMIT", limit, u64::MAX)?,
        })
    }
}

/// The number of rows that a value gives.
fn count(word: &str, given: &Datum) -> Result<u64, Fault> {
    match given {
        Datum::Value(Value::Int(number)) => u64::try_from(*number).map_err(|_| {
            Fault::new(
                "SyntaxError",
                "NegativeIntegerArgument",
                format!("{word} needs a number of rows, not {number}"),
            )
            .help("use 0 or more")
        }),
        other => Err(Fault::new(
            "SyntaxError",
            "InvalidArgumentType",
            format!("{word} needs an integer, not {}", other.kind()),
        )
        .help("convert it with toInteger()")),
    }
}

impl Operator for Slice<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        loop {
            if self.left == 0 {
                return Ok(None);
            }
            let Some(batch) = self.input.next(execution)? else {
                return Ok(None);
            };
            execution.passed(&batch)?;
            let rows = batch.rows as u64;
            let skipped = self.skip.min(rows);
            self.skip -= skipped;
            let taken = (rows - skipped).min(self.left);
            self.left -= taken;
            if taken == rows {
                return Ok(Some(batch));
            }
            if taken > 0 {
                let kept: Vec<u32> = (skipped as u32..(skipped + taken) as u32).collect();
                return Ok(Some(batch.gather(&kept)));
            }
        }
    }
}

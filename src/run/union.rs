//! Union: the rows of all inputs, one after the other.

use crate::run::batch::Batch;
use crate::run::execution::{Boxed, Execution, Halt, Operator};

/// The operator.
pub struct Union<'p> {
    /// The inputs.
    pub inputs: Vec<Boxed<'p>>,
    /// The one in hand.
    pub at: usize,
}

impl Operator for Union<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        while let Some(input) = self.inputs.get_mut(self.at) {
            if let Some(batch) = input.next(execution)? {
                return Ok(Some(batch));
            }
            self.at += 1;
        }
        Ok(None)
    }
}

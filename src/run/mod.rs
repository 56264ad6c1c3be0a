//! From algebra to rows: the executor. One operator a file, batches of columns between them. It
//! knows no language and shows nothing.

pub mod batch;
pub mod evaluate;
pub mod evidence;
pub mod execution;
pub mod expand;
pub mod filter;
pub mod frontier;
pub mod group;
pub mod keep;
pub mod limit;
pub mod operator;
pub mod paths;
pub mod scan;
pub mod sets;
pub mod sort;
pub mod union;
pub mod unwind;

pub use batch::{Batch, Column, NONE, PathRow, Tuples};
pub use evidence::{RowSummary, Summary};
pub use execution::{Execution, Halt, Limits, Work};
pub use operator::start;

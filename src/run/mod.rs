//! From algebra to rows: the executor. One operator a file, batches of columns between them. It
//! knows no language and shows nothing.

pub mod aggregate;
pub mod batch;
pub mod call;
pub mod carried;
pub mod claims;
pub mod coded;
pub mod evaluate;
pub mod evidence;
pub mod execution;
pub mod expand;
pub mod filter;
pub mod folds;
pub mod frontier;
pub mod group;
pub mod keep;
pub mod limit;
pub mod operator;
pub mod optional;
pub mod paths;
pub mod pick;
pub mod procedure;
pub mod project;
pub mod repeat;
pub mod scan;
pub mod sets;
pub mod slice;
pub mod sort;
pub mod statement;
pub mod tally;
pub mod union;
pub mod unwind;
pub mod write;

pub use batch::{Batch, Column, NONE, Tuples};
pub use evidence::{RowSummary, Summary};
pub use execution::{Execution, Halt, Limits, Work};
pub use operator::start;
pub use procedure::{Procedure, Source};
pub use statement::Statement;

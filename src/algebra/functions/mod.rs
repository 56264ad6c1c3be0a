//! The functions and operators of GQL: a table of names, and a file for each kind of them. None of
//! them knows a plan.

pub mod graph;
pub mod kinds;
pub mod list;
pub mod number;
pub mod operators;
pub mod table;
pub mod temporal;
pub mod text;

pub use kinds::{Context, Function, Given, Run};
pub use table::{FUNCTIONS, function};

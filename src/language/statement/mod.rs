//! Statements, the facts text: sentence → syntax tree with spans → changes, and changes back to
//! sentences.

pub mod ast;
pub mod lower;
pub mod mistakes;
pub mod parse;
pub mod print;
pub mod values;

pub use ast::Sentence;
pub use lower::Lowering;
pub use parse::parse;
pub use print::print;

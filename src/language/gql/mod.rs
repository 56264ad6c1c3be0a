//! GQL: openCypher 9 and the spellings of ISO GQL, text → syntax tree with spans.

pub mod ast;
pub mod check;
pub mod checker;
pub mod expressions;
pub mod grammar;
pub mod keywords;
pub mod kinds;
pub mod lower;
mod lower_expressions;
mod lower_links;
mod lower_patterns;
mod lower_writes;
pub mod lowering;
pub mod meaning;
pub mod mistakes;
mod pairs;
pub mod parse;
pub mod patterns;
mod projections;
pub mod scope;
pub mod shapes;
mod views;
pub mod witness;

pub use ast::Program;
pub use check::check;
pub use checker::Signature;
pub use keywords::is_keyword;
pub use lower::lower;
pub use lower_writes::{words, writes};
pub use lowering::{Ground, Lowered};
pub use parse::parse;

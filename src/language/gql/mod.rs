//! GQL: openCypher 9 and the spellings of ISO GQL, text → syntax tree with spans.

pub mod ast;
pub mod expressions;
pub mod grammar;
pub mod mistakes;
pub mod parse;
pub mod patterns;

pub use ast::Program;
pub use parse::parse;

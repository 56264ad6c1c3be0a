//! Questions, the front door: text → syntax tree with spans → algebra, and back to a paraphrase.

pub mod ast;
pub mod branch;
pub mod canonical;
pub mod clauses;
pub mod conditions;
pub mod context;
pub mod endings;
pub mod facts;
pub mod filters;
pub mod gql;
mod gql_patterns;
pub mod lower;
mod lowering;
pub mod mistakes;
pub mod parse;
pub mod print;
pub mod qualifiers;
pub mod shape;
pub mod view;

pub use ast::Question;
pub use context::Context;
pub use lower::lower;
pub use parse::parse;
pub use shape::{Lowered, Shape};

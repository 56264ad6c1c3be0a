//! Questions, the front door: text → syntax tree with spans → algebra, and back to a paraphrase.

pub mod ast;
pub mod canonical;
pub mod clauses;
pub mod conditions;
pub mod context;
pub mod filters;
pub mod gql;
pub mod lower;
pub mod mistakes;
pub mod parse;
pub mod print;

pub use ast::Question;
pub use context::Context;
pub use lower::{Lowered, Shape, lower};
pub use parse::parse;

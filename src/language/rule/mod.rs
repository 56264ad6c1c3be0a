//! Rules: text → `parse` → syntax tree → `lower` → plain data, and back by `print`. A rule says what
//! follows if some things are claimed; what it gives for a case is worked out elsewhere.

pub mod ast;
pub mod lower;
pub mod mistakes;
pub mod parse;
pub mod print;

pub use lower::lower;
pub use parse::{is_rule, parse};
pub use print::print;

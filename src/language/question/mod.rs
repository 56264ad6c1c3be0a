//! Questions, the front door: text → syntax tree with spans → algebra, and back to a paraphrase.

pub mod ast;

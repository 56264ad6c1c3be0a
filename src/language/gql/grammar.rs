//! The pest parser of `grammar/gql.pest`. It holds no tree.

#[allow(missing_docs)] // Rules are documented in the grammar, where they stand.
mod generated {
    /// The parser.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/gql.pest"]
    pub struct Grammar;
}

pub use generated::{Grammar, Rule};

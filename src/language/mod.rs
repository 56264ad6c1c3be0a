//! From text to algebra: one folder a language, and what they share.

pub mod gql;
pub mod grammar;
pub mod pieces;
pub mod question;
pub mod rule;
pub mod script;
pub mod spelling;
pub mod statement;
pub mod tokens;
pub mod words;

//! GQL: openCypher 9 and the spellings of ISO GQL, text → syntax tree with spans.

pub mod grammar;

//! whodunit: who did what to whom, when, says who, and how sure are they.

pub mod language;
pub mod model;
pub mod text;

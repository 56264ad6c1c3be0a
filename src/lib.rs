//! whodunit: who did what to whom, when, says who, and how sure are they.

pub mod algebra;
pub mod answer;
pub mod cli;
pub mod engine;
pub mod export;
pub mod front;
pub mod graph;
pub mod language;
pub mod model;
pub mod optimize;
pub mod repl;
pub mod run;
pub mod text;

//! The command line: reads arguments, files and the clock, calls the library, prints. No logic of
//! claims is here.

pub mod arguments;
pub mod care;
pub mod commands;
pub mod pipe;
pub mod said;

pub use commands::main;

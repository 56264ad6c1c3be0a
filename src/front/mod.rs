//! What both front doors share: files in, messages and answers out, scripts and commands. It
//! decides nothing about claims.

pub mod batch;
pub mod care;
pub mod case;
pub mod commands;
pub mod dumps;
pub mod export;
pub mod help;
pub mod imports;
pub mod output;
pub mod rules;
pub mod session;
pub mod source;
pub mod tables;
pub mod talk;

pub use batch::run_script;
pub use case::Case;
pub use commands::COMMANDS;
pub use output::{Delivery, Screen, deliver, message};
pub use session::{Session, summary};
pub use source::{Source, read};

//! The whole pipeline: text in, answers and changes out. It holds the case, the last answer and the
//! parameters; it prints nothing and reads no file.

pub mod cache;
pub mod case;
pub mod derivations;
pub mod disputes;
pub mod gql;
pub mod imports;
pub mod intake;
pub mod kept;
pub mod procedures;
pub mod questions;
pub mod restricted;
pub mod rules;
pub mod statements;
pub mod why;

pub use case::{Asked, Engine, FOUNDED, FOUNDING_CASE, Failure, Loaded, Timing, VOCABULARY};
pub use gql::{Changed, Queried};
pub use imports::{Given, NotImported};
pub use intake::{Content, File, Intake, Spoiled};

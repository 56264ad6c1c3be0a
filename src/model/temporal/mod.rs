//! Dates, times and durations as openCypher 9 has them: parsing, building from parts, truncation,
//! arithmetic, printing. Pure calendar arithmetic for the years ±999,999,999; only the offsets of named
//! zones come from the tz database. It reads no clock.

pub mod arithmetic;
pub mod between;
pub mod build;
pub mod civil;
pub mod parse;
pub mod parts;
pub mod print;
pub mod truncate;
pub mod values;
pub mod zone;

pub use build::{Kind, Part, build};
pub use parse::parse;
pub use values::{Duration, Temporal, TemporalError, Zone};

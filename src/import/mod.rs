//! Claims come in: tables of entities and claims, streamed and read on all cores. A table is mapped to
//! fields first, then read in blocks, then joined to what the case knows; nothing of the case changes
//! here.

pub mod blocks;
pub mod cells;
pub mod claims;
pub mod entities;
pub mod fields;
pub mod mapping;
pub mod staged;
pub mod table;
pub mod typed;

pub use blocks::{Blocks, Feed};
pub use cells::{guarded, listed, plain_cell};
pub use fields::{Field, guessed};
pub use mapping::Mapping;
pub use staged::{Imported, Sayable, Staged, Staging};
pub use table::{Kind, Reject, Table};

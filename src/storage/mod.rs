//! The bytes of a case on disk: a journal of records and the pages of a snapshot, in one file that
//! survives a crash at any point. It knows neither graph nor claims, and refuses to hand out a byte
//! whose checksum it did not verify.
//!
//! `docs/format.md` draws the file. [`CaseFile`] is the door; `whodunit check`, `repair` and
//! `backup` go through [`verify`], [`salvage`] and [`CaseFile::backup`].

pub mod case_file;
pub mod check;
pub mod error;
pub mod fresh;
pub mod head;
pub mod journal;
pub mod overlay;
pub mod quiet;
pub mod salvage;
pub mod seal;
pub mod snapshot;
pub mod store;

pub use case_file::{Access, CaseFile, Snapshot};
pub use check::{Engine, Problem, Report, verify};
pub use error::StorageError;
pub use journal::Records;
pub use salvage::{Salvage, salvage};
pub use seal::CHUNK;

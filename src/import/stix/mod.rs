//! STIX 2.0 and 2.1. Objects become entities; relationships, sightings, opinions and references between
//! objects become claims of whoever created them. An object is a document of its own that may come again in
//! a later version: what that no longer says is retracted, and so is what its author revoked.
//!
//! `bundle.rs` reads a bundle; `draft.rs` and `things.rs` read one object by itself; `object.rs` is its
//! fields; `words.rs` the words of the standard as words of a case; `markings.rs` who may read it; `versions.rs` what the case has of other versions;
//! `extension.rs` what our own export carries along. Nothing here writes STIX.

pub mod bundle;
pub mod draft;
pub mod extension;
pub mod markings;
pub mod object;
pub mod things;
pub mod versions;
pub mod words;

pub use bundle::READER;

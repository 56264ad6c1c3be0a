//! All that was ever recorded as plain text, an entry of the journal a line of JSON, and back again to the
//! same journal: [`Dumper`] writes lines, [`Loader`] reads them. It opens no file, and leaves nothing out:
//! what cannot be written exactly, or read exactly, is refused.

pub mod claims;
pub mod lines;
pub mod read;
pub mod rules;
pub mod spelled;
pub mod values;
pub mod words;
pub mod write;

pub use read::{Loaded, Loader};
pub use write::Dumper;

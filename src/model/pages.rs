//! Where the pages of a snapshot come from, told without a file: a part, a page of it, and why a
//! page cannot be read. It knows neither what a page says nor where it lies.

use std::fmt;

/// A part of a snapshot: one column or list. The numbers are the format's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part(pub u16);

/// Where the pages of a snapshot come from.
pub trait Pages: fmt::Debug + Send + Sync {
    /// The bytes of a page, checked; a page that is missing or damaged is a fault.
    fn page(&self, part: Part, index: u32) -> Result<Vec<u8>, PageFault>;
}

/// A page that cannot be read: which, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFault {
    /// The part that the page belongs to.
    pub part: Part,
    /// Its number within the part, from 0.
    pub index: u32,
    /// Why it cannot be read.
    pub reason: String,
}

impl fmt::Display for PageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PageFault {
            part,
            index,
            reason,
        } = self;
        write!(
            f,
            "page {index} of part {} cannot be read: {reason}",
            part.0
        )
    }
}

impl std::error::Error for PageFault {}

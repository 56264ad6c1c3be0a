//! Where the pages of a snapshot come from, as whoever reads them sees it. It reads nothing itself.

/// A part of a snapshot: one column or list. The numbers are the format's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part(pub u16);

/// Where the pages of a snapshot come from.
pub trait Pages: std::fmt::Debug + Send + Sync {
    /// The bytes of a page, checked; a page that is missing or damaged is a fault.
    fn page(&self, part: Part, index: u32) -> Result<Vec<u8>, PageFault>;
}

/// A page that cannot be read: which, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFault {
    /// The part.
    pub part: Part,
    /// The page of it, from 0.
    pub index: u32,
    /// Why.
    pub reason: String,
}

impl std::fmt::Display for PageFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (part, index) = (self.part.0, self.index);
        write!(
            f,
            "page {index} of part {part} of the snapshot cannot be read: {}",
            self.reason
        )
    }
}

impl std::error::Error for PageFault {}

impl PageFault {
    /// Ends the reading of whoever asked, up to the next [`PageFault::caught`]. Reading a graph has no
    /// errors of its own; a file that fails while it is read ends the question, not the program.
    pub fn throw(self) -> ! {
        std::panic::resume_unwind(Box::new(self))
    }

    /// Does something that reads pages; a page that could not be read is an error.
    pub fn caught<T>(reads: impl FnOnce() -> T) -> Result<T, PageFault> {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(reads));
        done.map_err(|thrown| match thrown.downcast::<PageFault>() {
            Ok(fault) => *fault,
            Err(other) => std::panic::resume_unwind(other),
        })
    }
}

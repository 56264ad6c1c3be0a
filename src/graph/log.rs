//! What was done to a graph, as entries in CBOR one after the other, until somebody takes it. It does
//! nothing itself.

use crate::model::Entry;

/// Who records, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub because: Option<String>,
}

/// What was done since somebody last took it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    bytes: Vec<u8>,
    entries: u64,
    /// The transaction under way, until something is done in it.
    begun: Option<(i64, Recorder)>,
}

/// A place in a log, to go back to.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    bytes: usize,
    entries: u64,
}

/// Entries that cannot be done again: the journal does not fit what came before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage(pub String);

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for Damage {}

impl Log {
    /// How many entries.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The entries, one after the other.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A transaction begins.
    pub fn begin(&mut self, recorded: i64, recorder: &Recorder) {
        self.begun = Some((recorded, recorder.clone()));
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: &Entry) {
        if let Some((recorded, Recorder { by, because })) = self.begun.take() {
            self.write(&Entry::Begin {
                recorded,
                by,
                because,
            });
        }
        self.write(entry);
    }

    fn write(&mut self, entry: &Entry) {
        // Writing into memory does not fail.
        let _ = minicbor::encode(entry, &mut self.bytes);
        self.entries += entry.weight();
    }

    /// Where it is now.
    pub fn mark(&self) -> Mark {
        Mark {
            bytes: self.bytes.len(),
            entries: self.entries,
        }
    }

    /// Forgets what came behind a mark.
    pub fn back(&mut self, mark: &Mark) {
        self.bytes.truncate(mark.bytes);
        self.entries = mark.entries;
        self.begun = None;
    }
}

//! States of documents that come again, in versions or not, and of collections of them. Plain data; what they
//! come to is settled by the harvest.

use rustc_hash::FxHashSet;

/// The state of a document that comes again.
#[derive(Clone, Debug)]
pub(in crate::import) struct State {
    pub key: String,
    /// Why what it no longer says is retracted.
    pub because: String,
    /// Its version, where documents have them, and a hash of its text, which tells states of one version
    /// apart.
    pub version: Option<(Version, u64)>,
    /// Whether a later version came in the same import, or a collection that has it no longer: then it
    /// counts for nothing.
    pub superseded: bool,
    /// The collection that its document belongs to.
    pub collection: Option<String>,
}

/// The time of a version: seconds since 1970, nanoseconds.
pub type Version = (i64, u32);

/// What a version of a document is among those of this import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The first of its document.
    First,
    /// Later than another one, whose claims are dropped.
    Later,
    /// The same once more.
    Same,
    /// Earlier than another one: it counts for nothing.
    Earlier,
}

/// Documents that belong together: claims of those that a later state leaves out are retracted.
#[derive(Clone, Debug)]
pub(in crate::import) struct Collection {
    pub key: String,
    pub because: String,
    pub version: Version,
    pub members: FxHashSet<String>,
}

//! Why a case file cannot be used, told so that its owner knows what to do. It names no path: who
//! asked knows it.

use std::fmt;
use std::io;

/// Why a case file could not be opened, read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// There is no file of that name.
    Missing,
    /// There is a file of that name already.
    Exists,
    /// The file is something else.
    NotACase,
    /// The making of the file was interrupted: nothing was ever stored in it.
    Unfinished,
    /// A newer version of whodunit wrote it: the version of its format, and the newest known here.
    Newer {
        /// The version that the file has.
        found: u16,
        /// The newest version that can be read.
        known: u16,
    },
    /// Another process writes to it.
    InUse,
    /// The file or its folder cannot be written to.
    ReadOnly,
    /// It was not closed and must be opened for writing once, which is not permitted here.
    Unclosed,
    /// The disk is full.
    Full,
    /// Its content is not what was written.
    Damaged {
        /// Where: a record, a page, the head.
        place: String,
        /// What is wrong there.
        cause: String,
    },
    /// An earlier write failed: the file must be opened again before the next one.
    Broken,
    /// What was asked for cannot be stored.
    Refused(String),
    /// The system refused: what was being done, and its words.
    System(String),
}

impl StorageError {
    /// Damage at a place.
    pub fn damaged(place: impl Into<String>, cause: impl Into<String>) -> StorageError {
        StorageError::Damaged {
            place: place.into(),
            cause: cause.into(),
        }
    }

    /// Where the damage is and what; of anything else, the file and all that is to be said.
    pub fn place_and_cause(&self) -> (String, String) {
        if let StorageError::Damaged { place, cause } = self {
            (place.clone(), cause.clone())
        } else {
            ("the file".to_owned(), self.to_string())
        }
    }

    /// Whether the content of the file is at fault, not the world around it.
    pub fn is_damage(&self) -> bool {
        matches!(self, StorageError::Damaged { .. })
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StorageError::Missing => f.write_str("there is no such file"),
            StorageError::Exists => f.write_str("there is a file of that name already"),
            StorageError::NotACase => f.write_str("this is not a case file"),
            StorageError::Unfinished => f.write_str(
                "the making of this case file was interrupted and nothing was stored in it; \
                 remove it and make it again",
            ),
            StorageError::Newer { found, known } => write!(
                f,
                "a newer version of whodunit wrote this file (format {found}; this version \
                 reads up to format {known})"
            ),
            StorageError::InUse => f.write_str(
                "another process is writing to this case; wait for it, or open the case for \
                 reading",
            ),
            StorageError::ReadOnly => f.write_str("the file or its folder cannot be written to"),
            StorageError::Unclosed => f.write_str(
                "whoever wrote to this case did not close it, and it cannot be written to here; \
                 open it once where it can be written to, or work on a copy",
            ),
            StorageError::Full => f.write_str("the disk is full"),
            StorageError::Damaged { place, cause } => {
                write!(f, "the case file is damaged at {place}: {cause}")
            }
            StorageError::Broken => {
                f.write_str("an earlier write to this case failed; close it and open it again")
            }
            StorageError::Refused(what) => f.write_str(what),
            StorageError::System(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for StorageError {}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> StorageError {
        use io::ErrorKind::{
            AlreadyExists, FileTooLarge, NotFound, PermissionDenied, QuotaExceeded,
            ReadOnlyFilesystem, StorageFull, UnexpectedEof,
        };
        let kind = error.kind();
        if kind == NotFound {
            StorageError::Missing
        } else if kind == AlreadyExists {
            StorageError::Exists
        } else if [StorageFull, QuotaExceeded, FileTooLarge].contains(&kind) {
            StorageError::Full
        } else if [PermissionDenied, ReadOnlyFilesystem].contains(&kind) {
            StorageError::ReadOnly
        } else if kind == UnexpectedEof {
            StorageError::damaged("its end", "the file ends too early")
        } else {
            StorageError::System(error.to_string())
        }
    }
}

/// An error of the store below as one of ours. Whoever opens tells what is not ours first.
impl From<redb::Error> for StorageError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum of the store below may grow"
    )]
    fn from(error: redb::Error) -> StorageError {
        let damaged = |cause: String| StorageError::damaged("the store", cause);
        match error {
            redb::Error::DatabaseAlreadyOpen => StorageError::InUse,
            redb::Error::RepairAborted => StorageError::Unclosed,
            redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                StorageError::NotACase
            }
            redb::Error::Io(error) => error.into(),
            redb::Error::UpgradeRequired(version) => damaged(format!(
                "it has version {version} of the store's own format"
            )),
            redb::Error::LockProtocolMismatch => StorageError::InUse,
            redb::Error::Corrupted(cause) => damaged(cause),
            redb::Error::TableDoesNotExist(name) => damaged(format!("table {name} is missing")),
            redb::Error::PreviousIo | redb::Error::DatabaseClosed => StorageError::Broken,
            error @ (redb::Error::TableTypeMismatch { .. }
            | redb::Error::TableIsMultimap(_)
            | redb::Error::TableIsNotMultimap(_)
            | redb::Error::TypeDefinitionChanged { .. }
            | redb::Error::LockPoisoned(_)) => damaged(error.to_string()),
            error => StorageError::System(error.to_string()),
        }
    }
}

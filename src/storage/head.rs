//! The two rows of `meta`: what the file is, and how far it goes. The head is written in the same
//! commit as the record or the snapshot that it tells of. It refuses rows that it cannot read whole.

use crate::storage::error::StorageError;
use crate::storage::seal::{Fields, Place, unseal};

/// The first bytes of the identity.
pub const MAGIC: [u8; 8] = *b"whodunit";

/// The version of the format that is written, and the newest that is read.
pub const FORMAT: u16 = 1;

/// The row that says what the file is.
pub const IDENTITY: Place = Place::Meta(0);
/// The row that says how far the file goes.
pub const HEAD: Place = Place::Meta(1);

/// What the file is. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The version of the format.
    pub format: u16,
    /// When it was made, in seconds since 1970.
    pub created: u64,
}

impl Identity {
    /// As bytes: magic, version, six of padding, time.
    pub fn encode(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.format.to_le_bytes());
        bytes.extend_from_slice(&[0; 6]);
        bytes.extend_from_slice(&self.created.to_le_bytes());
        bytes
    }

    /// From the row of `meta`. This row has the same form in every version.
    pub fn decode(row: &[u8]) -> Result<Identity, StorageError> {
        let (content, _) = unseal(IDENTITY, row)?;
        let mut fields = Fields(content);
        if fields.take() != Some(MAGIC) {
            return Err(StorageError::NotACase);
        }
        let short = || IDENTITY.damaged("it is too short");
        let format = fields.short().ok_or_else(short)?;
        if format > FORMAT {
            return Err(StorageError::Newer {
                found: format,
                known: FORMAT,
            });
        }
        let _padding: [u8; 6] = fields.take().ok_or_else(short)?;
        let created = fields.long().ok_or_else(short)?;
        Ok(Identity { format, created })
    }
}

/// How far the file goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the last transaction; 0: none.
    pub last: u64,
    /// The checksum chained over all records up to it.
    pub chain: u64,
    /// The snapshot, where there is one.
    pub snapshot: Option<SnapshotHead>,
}

/// What is known of the pages of a snapshot without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotHead {
    /// The last transaction that it covers.
    pub covers: u64,
    /// How long the caller's head is.
    pub length: u64,
    /// How many pages there are, the caller's head among them.
    pub pages: u64,
    /// The sum of their checksums, modulo 2^64.
    pub sum: u64,
}

impl Head {
    /// As bytes.
    pub fn encode(self) -> Vec<u8> {
        let snapshot = self.snapshot.unwrap_or(SnapshotHead {
            covers: 0,
            length: 0,
            pages: 0,
            sum: 0,
        });
        [
            self.last,
            self.chain,
            u64::from(self.snapshot.is_some()),
            snapshot.covers,
            snapshot.length,
            snapshot.pages,
            snapshot.sum,
        ]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
    }

    /// From the row of `meta`.
    pub fn decode(row: &[u8]) -> Result<Head, StorageError> {
        let (content, _) = unseal(HEAD, row)?;
        let mut fields = Fields(content);
        let mut next = || fields.long().ok_or_else(|| HEAD.damaged("it is too short"));
        let (last, chain, present) = (next()?, next()?, next()?);
        let snapshot = SnapshotHead {
            covers: next()?,
            length: next()?,
            pages: next()?,
            sum: next()?,
        };
        if snapshot.covers > last {
            return Err(HEAD.damaged("the snapshot goes beyond the journal"));
        }
        Ok(Head {
            last,
            chain,
            snapshot: (present == 1).then_some(snapshot),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::storage::error::StorageError;
    use crate::storage::head::{FORMAT, HEAD, Head, IDENTITY, Identity, SnapshotHead};
    use crate::storage::seal::seal;

    #[test]
    fn a_newer_format_is_told_and_what_is_short_is_damaged() {
        let identity = |format| Identity {
            format,
            created: 77,
        };
        let row = |format| seal(IDENTITY, &[&identity(format).encode()]).0;
        assert_eq!(Identity::decode(&row(FORMAT)), Ok(identity(FORMAT)));
        assert_eq!(
            Identity::decode(&row(FORMAT + 1)),
            Err(StorageError::Newer {
                found: FORMAT + 1,
                known: FORMAT,
            })
        );
        let (short, _) = seal(IDENTITY, &[b"whodunit"]);
        assert!(Identity::decode(&short).is_err_and(|error| error.is_damage()));
        let (other, _) = seal(IDENTITY, &[b"whodidit"]);
        assert_eq!(Identity::decode(&other), Err(StorageError::NotACase));
    }

    #[test]
    fn a_head_reads_as_it_was_written() {
        let snapshot = SnapshotHead {
            covers: 3,
            length: 4,
            pages: 5,
            sum: 6,
        };
        for snapshot in [None, Some(snapshot)] {
            let head = Head {
                last: 3,
                chain: 2,
                snapshot,
            };
            let (row, _) = seal(HEAD, &[&head.encode()]);
            assert_eq!(Head::decode(&row), Ok(head));
        }
        let beyond = Head {
            last: 2,
            chain: 2,
            snapshot: Some(snapshot),
        };
        let (row, _) = seal(HEAD, &[&beyond.encode()]);
        assert!(Head::decode(&row).is_err_and(|error| error.is_damage()));
    }
}

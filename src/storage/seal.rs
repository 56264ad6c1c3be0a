//! Values with their checksums. A value is sealed with the place that it stands at, so that one in
//! another's place is found as well as one that was changed. It refuses to open what does not fit.

use crate::storage::error::StorageError;
use redb::TableDefinition;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The most bytes that a value of the store holds: a leaf of 64 KiB with room for its header.
const VALUE: usize = 64 * 1024 - 256;

/// How long the checksum before a value is.
pub const SEAL: usize = 8;

/// The most bytes of a record that stand in one chunk, and of a page that fill one leaf. A page may
/// be larger, but what is slightly larger takes twice the room.
pub const CHUNK: usize = VALUE - SEAL - 24;

/// The identity and the head, by number.
pub const META: TableDefinition<'static, u8, &'static [u8]> = TableDefinition::new("meta");

/// The chunks of records, by transaction and chunk.
pub const JOURNAL: TableDefinition<'static, (u64, u32), &'static [u8]> =
    TableDefinition::new("journal");

/// The pages of the snapshot, by part and index.
pub const PAGES: TableDefinition<'static, (u16, u32), &'static [u8]> =
    TableDefinition::new("pages");

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row of `meta`.
    Meta(u8),
    /// A chunk of a transaction.
    Journal(u64, u32),
    /// A page of a part.
    Page(u16, u32),
}

impl Place {
    /// What the checksum starts from: the table and the key, as one number.
    fn seed(self) -> u64 {
        let (table, major, minor) = match self {
            Place::Meta(row) => (1u8, u64::from(row), 0),
            Place::Journal(transaction, chunk) => (2, transaction, chunk),
            Place::Page(part, index) => (3, u64::from(part), index),
        };
        let mut bytes = [table; 13];
        bytes[1..9].copy_from_slice(&major.to_le_bytes());
        bytes[9..].copy_from_slice(&minor.to_le_bytes());
        xxh3_64(&bytes)
    }

    /// Damage at this place.
    pub fn damaged(self, cause: impl Into<String>) -> StorageError {
        StorageError::damaged(self.to_string(), cause)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Meta(0) => f.write_str("the identity"),
            Place::Meta(_) => f.write_str("the head"),
            Place::Journal(transaction, chunk) => {
                write!(f, "transaction {transaction}, chunk {chunk}")
            }
            Place::Page(part, index) => write!(f, "page {index} of part {part}"),
        }
    }
}

/// The checksum of bytes at their place.
pub fn checksum(place: Place, content: &[u8]) -> u64 {
    xxh3_64_with_seed(content, place.seed())
}

/// A value with its checksum before it, and the checksum.
pub fn seal(place: Place, content: &[&[u8]]) -> (Vec<u8>, u64) {
    let length: usize = content.iter().map(|piece| piece.len()).sum();
    let mut value = Vec::with_capacity(SEAL + length);
    value.extend_from_slice(&[0; SEAL]);
    for piece in content {
        value.extend_from_slice(piece);
    }
    let sum = checksum(place, &value[SEAL..]);
    value[..SEAL].copy_from_slice(&sum.to_le_bytes());
    (value, sum)
}

/// The content of a value whose checksum fits its place, and the checksum.
pub fn unseal(place: Place, value: &[u8]) -> Result<(&[u8], u64), StorageError> {
    let Some((seal, content)) = value.split_first_chunk::<SEAL>() else {
        return Err(place.damaged("it is too short"));
    };
    let sum = u64::from_le_bytes(*seal);
    if checksum(place, content) != sum {
        return Err(place.damaged("its checksum does not fit"));
    }
    Ok((content, sum))
}

/// Reads numbers from the front of bytes; nothing where they end.
#[derive(Debug)]
pub struct Fields<'a>(pub &'a [u8]);

impl Fields<'_> {
    /// The next bytes.
    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*front)
    }

    /// The next eight bytes as a number.
    pub fn long(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// The next two bytes as a number.
    pub fn short(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use crate::storage::seal::{Place, seal, unseal};

    #[test]
    fn what_was_changed_or_moved_does_not_open() {
        let place = Place::Journal(3, 1);
        let (value, sum) = seal(place, &[b"who ", b"did what"]);
        assert_eq!(unseal(place, &value), Ok((&b"who did what"[..], sum)));
        for other in [
            Place::Journal(1, 3),
            Place::Journal(3, 2),
            Place::Page(3, 1),
            Place::Meta(3),
        ] {
            assert!(unseal(other, &value).is_err(), "{other}");
        }
        for bit in 0..value.len() * 8 {
            let mut changed = value.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal(place, &changed).is_err(), "bit {bit}");
        }
        for length in 0..value.len() {
            assert!(unseal(place, &value[..length]).is_err(), "{length} bytes");
        }
    }
}

//! The journal: records in chunks, numbered without gaps, each with a checksum chained over the one
//! before. It refuses to pass over what is missing and does not read what a record says.

use crate::storage::error::StorageError;
use crate::storage::head::{HEAD, Head};
use crate::storage::quiet::quietly;
use crate::storage::seal::{CHUNK, Fields, JOURNAL, Place, seal, unseal};
use crate::storage::store::View;
use redb::{Range, ReadOnlyTable, TableError, WriteTransaction};
use std::fmt;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// What stands before the first bytes of a record: its length and its chained checksum.
const FRONT: usize = 16;

/// The table as it is read.
pub type Journal = ReadOnlyTable<(u64, u32), &'static [u8]>;

/// The checksum of a record chained over that of its predecessor.
pub fn chained(before: u64, number: u64, record: &[u8]) -> u64 {
    let mut sum = Xxh3::with_seed(before);
    sum.update(&number.to_le_bytes());
    sum.update(&(record.len() as u64).to_le_bytes());
    sum.update(record);
    sum.digest()
}

/// Writes a record as the next one; the head that then holds.
pub fn write(
    transaction: &WriteTransaction,
    head: Head,
    record: &[u8],
) -> Result<Head, StorageError> {
    let number = head.last + 1;
    let chain = chained(head.chain, number, record);
    let mut front = [0; FRONT];
    front[..8].copy_from_slice(&(record.len() as u64).to_le_bytes());
    front[8..].copy_from_slice(&chain.to_le_bytes());
    let mut table = transaction.open_table(JOURNAL).map_err(redb::Error::from)?;
    let (first, rest) = record.split_at(record.len().min(CHUNK));
    let mut insert = |chunk: u32, pieces: &[&[u8]]| {
        let (value, _) = seal(Place::Journal(number, chunk), pieces);
        let before = table
            .insert((number, chunk), value.as_slice())
            .map_err(redb::Error::from)?;
        match before {
            None => Ok(()),
            Some(_) => Err(HEAD.damaged("the journal goes beyond it")),
        }
    };
    insert(0, &[&front, first])?;
    for (chunk, piece) in (1..).zip(rest.chunks(CHUNK)) {
        insert(chunk, &[piece])?;
    }
    Ok(Head {
        last: number,
        chain,
        ..head
    })
}

/// Opens the table; nothing where no record was ever written.
pub fn open(view: &View) -> Result<Option<Journal>, StorageError> {
    match view.transaction.open_table(JOURNAL) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(redb::Error::from(error).into()),
    }
}

/// The front of a record as its first chunk tells it: length, chained checksum, the bytes after it.
fn front(number: u64, value: &[u8]) -> Result<(u64, u64, &[u8]), StorageError> {
    let place = Place::Journal(number, 0);
    let (content, _) = unseal(place, value)?;
    let mut fields = Fields(content);
    match (fields.long(), fields.long()) {
        (Some(length), Some(chain)) => Ok((length, chain, fields.0)),
        _ => Err(place.damaged("it is too short")),
    }
}

/// The chained checksum that a transaction wrote down.
fn written_chain(table: &Journal, number: u64) -> Result<u64, StorageError> {
    let value = table.get((number, 0)).map_err(redb::Error::from)?;
    let value = value.ok_or_else(|| missing(number))?;
    front(number, value.value()).map(|(_, chain, _)| chain)
}

/// A transaction is not there.
pub fn missing(number: u64) -> StorageError {
    StorageError::damaged(format!("transaction {number}"), "it is missing")
}

/// Entries of the table in their order.
type Entries = Range<'static, (u64, u32), &'static [u8]>;

/// Reads the record that a range stands before: its number, its chained checksum as written, and
/// its bytes. Whether that checksum follows from the one before is for the caller to say.
pub fn read_one(entries: &mut Entries, number: u64) -> Result<(u64, Vec<u8>), StorageError> {
    let Some(entry) = entries.next() else {
        return Err(missing(number));
    };
    let (key, value) = entry.map_err(redb::Error::from)?;
    if key.value() != (number, 0) {
        return Err(missing(number));
    }
    let (length, chain, first) = front(number, value.value())?;
    let mut record = first.to_vec();
    let mut chunk = 0;
    while (record.len() as u64) < length {
        chunk += 1;
        let place = Place::Journal(number, chunk);
        let Some(entry) = entries.next() else {
            return Err(place.damaged("it is missing"));
        };
        let (key, value) = entry.map_err(redb::Error::from)?;
        if key.value() != (number, chunk) {
            return Err(place.damaged("it is missing"));
        }
        record.extend_from_slice(unseal(place, value.value())?.0);
    }
    if record.len() as u64 != length {
        let place = Place::Journal(number, chunk);
        return Err(place.damaged("it is longer than its record"));
    }
    Ok((chain, record))
}

/// Records in their order, each verified. It ends with the first fault.
pub struct Records {
    entries: Option<Entries>,
    next: u64,
    chain: u64,
    head: Head,
    fault: Option<StorageError>,
    _view: Option<Arc<View>>,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("next", &self.next).finish()
    }
}

impl Records {
    /// The records after a transaction, of a view.
    pub fn new(view: &Arc<View>, after: u64) -> Records {
        let head = view.head;
        let opened = quietly(|| {
            if after > head.last {
                return Err(StorageError::Refused(format!(
                    "there is no transaction {after}; the last one is {}",
                    head.last
                )));
            }
            let Some(table) = open(view)? else {
                return Ok((None, 0));
            };
            let chain = match after {
                0 => 0,
                number => written_chain(&table, number)?,
            };
            let entries = table
                .range::<(u64, u32)>((after + 1, 0)..)
                .map_err(redb::Error::from)?;
            Ok((Some(entries), chain))
        });
        match opened {
            Ok((entries, chain)) => Records {
                entries,
                next: after + 1,
                chain,
                head,
                fault: None,
                _view: Some(view.clone()),
            },
            Err(fault) => Records::failed(fault),
        }
    }

    /// No records, but why.
    pub fn failed(fault: StorageError) -> Records {
        Records {
            entries: None,
            next: 1,
            chain: 0,
            head: Head::default(),
            fault: Some(fault),
            _view: None,
        }
    }

    /// The next record, verified; nothing at the end.
    fn step(&mut self) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
        let number = self.next;
        if number > self.head.last {
            let more = self.entries.as_mut().and_then(Iterator::next);
            if more.is_some() {
                return Err(HEAD.damaged("the journal goes beyond it"));
            }
            if self.chain != self.head.chain {
                return Err(HEAD.damaged("it does not belong to this journal"));
            }
            return Ok(None);
        }
        let entries = self.entries.as_mut().ok_or_else(|| missing(number))?;
        let (chain, record) = read_one(entries, number)?;
        if chained(self.chain, number, &record) != chain {
            return Err(StorageError::damaged(
                format!("transaction {number}"),
                "it does not follow from the one before",
            ));
        }
        self.chain = chain;
        self.next += 1;
        Ok(Some((number, record)))
    }
}

impl Iterator for Records {
    type Item = Result<(u64, Vec<u8>), StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.fault.take() {
            return Some(Err(fault));
        }
        self._view.as_ref()?;
        let step = quietly(|| self.step());
        if !matches!(step, Ok(Some(_))) {
            self.entries = None;
            self._view = None;
        }
        step.transpose()
    }
}

//! What is sound of a file, into a new one; and a copy of one that is whole. It never changes the
//! file that it reads, and takes no record behind one that is lost.

use crate::storage::check::{Engine, open_unchanged};
use crate::storage::error::StorageError;
use crate::storage::fresh::make;
use crate::storage::head::{Head, Identity};
use crate::storage::journal::{self, Journal, chained, read_one};
use crate::storage::quiet::quietly;
use crate::storage::seal::{JOURNAL, PAGES, Place, unseal};
use crate::storage::snapshot;
use crate::storage::store::{Store, View, found, set_head};
use std::path::Path;

/// How many bytes of records are written with one commit.
const BATCH: usize = 16 << 20;

/// What was salvaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvage {
    /// The number of transactions in the new file: all from the first on that are sound.
    pub kept: u64,
    /// The last transaction that the file should have had.
    pub last: u64,
    /// Why it goes no further, where it does not.
    pub ends: Option<StorageError>,
    /// Transactions behind the first that is lost which are sound in themselves, in ranges. They
    /// are not in the new file: what they rest on is lost.
    pub unusable: Vec<(u64, u64)>,
    /// What the store below said of the old file.
    pub engine: Engine,
}

/// Salvages the journal of a file into a new one. The snapshot is left behind: it is made again.
pub fn salvage(path: &Path, into: &Path) -> Result<Salvage, StorageError> {
    let (view, engine) = open_unchanged(path)?;
    let mut salvage = Salvage {
        kept: 0,
        last: view.head.last,
        ends: None,
        unusable: Vec::new(),
        engine,
    };
    make(into, |store| {
        keep(&view, store, view.identity, &mut salvage)
    })?;
    Ok(salvage)
}

/// One record, if it is sound in itself: its chained checksum and its bytes.
fn read(table: &Journal, number: u64) -> Result<(u64, Vec<u8>), StorageError> {
    quietly(|| {
        let mut entries = table
            .range::<(u64, u32)>((number, 0)..=(number, u32::MAX))
            .map_err(redb::Error::from)?;
        read_one(&mut entries, number)
    })
}

/// Writes the longest sound beginning and notes what is behind it.
fn keep(
    view: &View,
    store: &Store,
    identity: Identity,
    salvage: &mut Salvage,
) -> Result<(), StorageError> {
    let mut head = Head::default();
    found(store, identity, head)?;
    let table = match quietly(|| journal::open(view)) {
        Ok(Some(table)) => table,
        Ok(None) => {
            salvage.ends = (salvage.last > 0).then(|| journal::missing(1));
            return Ok(());
        }
        Err(error) => {
            salvage.ends = Some(error);
            return Ok(());
        }
    };
    while head.last < salvage.last && salvage.ends.is_none() {
        let (mut batch, mut bytes, mut ahead) = (Vec::new(), 0, head);
        while ahead.last < salvage.last && bytes < BATCH {
            let number = ahead.last + 1;
            let record = read(&table, number).and_then(|(chain, record)| {
                if chained(ahead.chain, number, &record) == chain {
                    Ok((chain, record))
                } else {
                    let place = format!("transaction {number}");
                    let cause = "it does not follow from the one before";
                    Err(StorageError::damaged(place, cause))
                }
            });
            match record {
                Ok((chain, record)) => {
                    bytes += record.len();
                    batch.push(record);
                    ahead = Head {
                        last: number,
                        chain,
                        snapshot: None,
                    };
                }
                Err(error) => {
                    salvage.ends = Some(error);
                    break;
                }
            }
        }
        head = store.commit(|transaction| {
            let head = batch.iter().try_fold(head, |head, record| {
                journal::write(transaction, head, record)
            })?;
            set_head(transaction, head)?;
            Ok(head)
        })?;
    }
    salvage.kept = head.last;
    for number in head.last + 1..=salvage.last {
        if number > head.last + 1 && read(&table, number).is_ok() {
            match salvage.unusable.last_mut() {
                Some((_, end)) if *end + 1 == number => *end = number,
                Some(_) | None => salvage.unusable.push((number, number)),
            }
        }
    }
    Ok(())
}

/// Copies a view into a new store, value by value, each verified.
pub fn copy(view: &View, store: &Store) -> Result<(), StorageError> {
    found(store, view.identity, Head::default())?;
    store.commit(|transaction| {
        if let Some(from) = journal::open(view)? {
            let mut to = transaction.open_table(JOURNAL).map_err(redb::Error::from)?;
            for entry in from.range::<(u64, u32)>(..).map_err(redb::Error::from)? {
                let (key, value) = entry.map_err(redb::Error::from)?;
                let (number, chunk) = key.value();
                unseal(Place::Journal(number, chunk), value.value())?;
                to.insert((number, chunk), value.value())
                    .map_err(redb::Error::from)?;
            }
        }
        if let Some(from) = snapshot::open(view)? {
            let mut to = transaction.open_table(PAGES).map_err(redb::Error::from)?;
            for entry in from.range::<(u16, u32)>(..).map_err(redb::Error::from)? {
                let (key, value) = entry.map_err(redb::Error::from)?;
                let (part, index) = key.value();
                unseal(Place::Page(part, index), value.value())?;
                to.insert((part, index), value.value())
                    .map_err(redb::Error::from)?;
            }
        }
        set_head(transaction, view.head)
    })
}

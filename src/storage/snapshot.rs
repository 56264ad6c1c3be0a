//! The snapshot: pages of parts, replaced all at once, each read for itself. It does not know what
//! a page says, and refuses pages under the number that its own head stands at.

use crate::model::{PageFault, Pages, Part};
use crate::storage::error::StorageError;
use crate::storage::head::{HEAD, Head, SnapshotHead};
use crate::storage::quiet::{loudly, quietly};
use crate::storage::seal::{CHUNK, PAGES, Place, seal, unseal};
use crate::storage::store::View;
use redb::{ReadOnlyTable, TableError, WriteTransaction};
use std::fmt;
use std::sync::Arc;

/// The part at which the caller's head stands, in chunks. No page may have it.
pub const HEAD_PART: u16 = u16::MAX;

/// The largest page.
const LARGEST: usize = 1 << 30;

/// The table as it is read.
pub type PageTable = ReadOnlyTable<(u16, u32), &'static [u8]>;

/// Takes a page: its part, its number, its bytes.
pub type Sink<'s> = dyn FnMut(Part, u32, Vec<u8>) + 's;

/// Writes a snapshot in the place of the one before; the head that then holds. `fill` gives the pages
/// one after the other, and the caller's own head at its end.
pub fn write(
    transaction: &WriteTransaction,
    head: Head,
    covers: u64,
    fill: impl FnOnce(&mut Sink<'_>) -> Vec<u8>,
) -> Result<Head, StorageError> {
    if covers > head.last {
        return Err(StorageError::Refused(format!(
            "a snapshot cannot cover transaction {covers}: the last one is {}",
            head.last
        )));
    }
    transaction.delete_table(PAGES).map_err(redb::Error::from)?;
    let mut table = transaction.open_table(PAGES).map_err(redb::Error::from)?;
    let mut snapshot = SnapshotHead {
        covers,
        length: 0,
        pages: 0,
        sum: 0,
    };
    let mut insert = |part: u16, index: u32, page: &[u8]| {
        let place = Place::Page(part, index);
        let (value, sum) = seal(place, &[page]);
        let before = table
            .insert((part, index), value.as_slice())
            .map_err(redb::Error::from)?;
        if before.is_some() {
            return Err(StorageError::Refused(format!("{place} is given twice")));
        }
        snapshot.pages += 1;
        snapshot.sum = snapshot.sum.wrapping_add(sum);
        Ok(())
    };
    // Whoever fills knows no store: the first failure is kept, and what comes after is let fall.
    let mut outcome: Result<(), StorageError> = Ok(());
    let mut sink = |part: Part, index: u32, page: Vec<u8>| {
        if outcome.is_ok() {
            outcome = match part.0 == HEAD_PART || page.len() > LARGEST {
                true => {
                    let place = Place::Page(part.0, index);
                    Err(StorageError::Refused(format!("{place} cannot be stored")))
                }
                false => quietly(|| insert(part.0, index, &page)),
            };
        }
    };
    let own = loudly(|| fill(&mut sink));
    outcome?;
    for (index, piece) in (0..).zip(own.chunks(CHUNK)) {
        insert(HEAD_PART, index, piece)?;
    }
    snapshot.length = own.len() as u64;
    Ok(Head {
        snapshot: Some(snapshot),
        ..head
    })
}

/// Opens the table; nothing where no page was ever written.
pub fn open(view: &View) -> Result<Option<PageTable>, StorageError> {
    match view.transaction.open_table(PAGES) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(redb::Error::from(error).into()),
    }
}

/// One page, verified.
pub fn read_page(table: &PageTable, part: u16, index: u32) -> Result<Vec<u8>, StorageError> {
    let place = Place::Page(part, index);
    let value = table.get((part, index)).map_err(redb::Error::from)?;
    let value = value.ok_or_else(|| place.damaged("it is missing"))?;
    unseal(place, value.value()).map(|(content, _)| content.to_vec())
}

/// The caller's head, and the transaction that the snapshot covers.
pub fn read_head(view: &View) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
    let Some(snapshot) = view.head.snapshot else {
        return Ok(None);
    };
    quietly(|| {
        let mut own = Vec::new();
        if let Some(table) = open(view)? {
            let mut index = 0;
            while (own.len() as u64) < snapshot.length {
                own.extend_from_slice(&read_page(&table, HEAD_PART, index)?);
                index += 1;
            }
        }
        if own.len() as u64 != snapshot.length {
            return Err(HEAD.damaged("the head of the snapshot has another length"));
        }
        Ok(Some((snapshot.covers, own)))
    })
}

/// The pages of a view. They stand still while others write, and the file stays open with them.
pub struct SnapshotPages {
    table: Option<PageTable>,
    view: Arc<View>,
}

impl SnapshotPages {
    /// The pages of a view.
    pub fn new(view: &Arc<View>) -> Result<SnapshotPages, StorageError> {
        Ok(SnapshotPages {
            table: quietly(|| open(view))?,
            view: view.clone(),
        })
    }
}

impl fmt::Debug for SnapshotPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotPages")
            .field("view", &self.view)
            .finish()
    }
}

impl Pages for SnapshotPages {
    fn page(&self, part: Part, index: u32) -> Result<Vec<u8>, PageFault> {
        let read = quietly(|| match &self.table {
            Some(table) => read_page(table, part.0, index),
            None => Err(Place::Page(part.0, index).damaged("there is no snapshot")),
        });
        read.map_err(|error| PageFault {
            part,
            index,
            reason: error.place_and_cause().1,
        })
    }
}

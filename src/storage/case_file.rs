//! A case file, open: append a record, read records, replace the snapshot, read its pages. One
//! process writes, others read beside it and are never kept waiting. It refuses a second writer,
//! and to go on after a write has failed.

use crate::model::{Pages, Part};
use crate::storage::error::StorageError;
use crate::storage::fresh::make;
use crate::storage::head::{FORMAT, Head, Identity};
use crate::storage::journal::{self, Records};
use crate::storage::salvage::copy;
use crate::storage::snapshot::{self, SnapshotPages};
use crate::storage::store::{Store, View, found, head_now, set_head};
use redb::StorageBackend;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// How many bytes of records a new file gets with one commit.
const BATCH: usize = 16 << 20;

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading: any number of processes, beside one that writes.
    Read,
    /// Reading and writing: one process.
    Write,
}

/// A case file that is open. It stays open while its pages are in use.
#[derive(Debug)]
pub struct CaseFile {
    store: Arc<Store>,
    head: Head,
    /// What a reader sees until it looks again; a writer always sees the last state.
    view: Option<Arc<View>>,
    broken: bool,
}

impl CaseFile {
    /// Opens a file that is there.
    pub fn open(path: &Path, access: Access) -> Result<CaseFile, StorageError> {
        CaseFile::of(match access {
            Access::Read => Store::read(path)?,
            Access::Write => Store::write(path)?,
        })
    }

    /// Makes a file, where there is none or an empty one. It has its name only when it is whole.
    pub fn create(path: &Path) -> Result<CaseFile, StorageError> {
        make(path, |store| found(store, identity(), Head::default()))?;
        CaseFile::open(path, Access::Write)
    }

    /// Makes a file that holds records from the first on, and a snapshot that covers all of them where
    /// one is given. It has its name only when all of it is there.
    pub fn create_filled<'a>(
        path: &Path,
        records: impl Iterator<Item = &'a [u8]>,
        snapshot: Option<impl FnOnce(&mut snapshot::Sink<'_>) -> Vec<u8>>,
    ) -> Result<u64, StorageError> {
        let mut last = 0;
        make(path, |store| {
            found(store, identity(), Head::default())?;
            let mut records = records.peekable();
            let mut head = Head::default();
            while records.peek().is_some() {
                head = store.commit(|transaction| {
                    let (mut head, mut bytes) = (head, 0);
                    while bytes < BATCH
                        && let Some(record) = records.next()
                    {
                        bytes += record.len();
                        head = journal::write(transaction, head, record)?;
                    }
                    set_head(transaction, head)?;
                    Ok(head)
                })?;
            }
            last = head.last;
            let Some(fill) = snapshot else {
                return Ok(());
            };
            store.commit(|transaction| {
                let head = snapshot::write(transaction, head, last, fill)?;
                set_head(transaction, head)
            })
        })?;
        Ok(last)
    }

    /// Opens what is not a file of the system. An empty one is made into a case file if it may be
    /// written to.
    pub fn on(backend: impl StorageBackend, access: Access) -> Result<CaseFile, StorageError> {
        if access == Access::Write && backend.len()? == 0 {
            let store = Store::make(backend)?;
            found(&store, identity(), Head::default())?;
            return CaseFile::of(store);
        }
        CaseFile::of(Store::on(backend, access == Access::Write)?)
    }

    /// Over a store that is open.
    fn of(store: Store) -> Result<CaseFile, StorageError> {
        let store = Arc::new(store);
        let view = View::new(&store)?;
        Ok(CaseFile {
            head: view.head,
            view: (!store.writable()).then(|| Arc::new(view)),
            store,
            broken: false,
        })
    }

    /// The state that is read now.
    fn view(&self) -> Result<Arc<View>, StorageError> {
        match &self.view {
            Some(view) => Ok(view.clone()),
            None => View::new(&self.store).map(Arc::new),
        }
    }

    /// The number of the last transaction; 0: none.
    pub fn last(&self) -> u64 {
        self.head.last
    }

    /// Whether it was opened for writing.
    pub fn writable(&self) -> bool {
        self.store.writable()
    }

    /// Writes a record as one transaction and gives its number. It is on disk when this returns.
    pub fn append(&mut self, record: &[u8]) -> Result<u64, StorageError> {
        self.change(|transaction, head| journal::write(transaction, head, record))?;
        Ok(self.head.last)
    }

    /// Writes several records, a transaction each, in one commit: all or none. The number of the
    /// last one.
    pub fn append_all<'a>(
        &mut self,
        records: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<u64, StorageError> {
        self.change(|transaction, head| {
            records.into_iter().try_fold(head, |head, record| {
                journal::write(transaction, head, record)
            })
        })?;
        Ok(self.head.last)
    }

    /// Replaces the snapshot: the last transaction that it covers, its head, its pages. A crash
    /// leaves the old one.
    pub fn write_snapshot(
        &mut self,
        covers: u64,
        head: &[u8],
        pages: impl Iterator<Item = (Part, u32, Vec<u8>)>,
    ) -> Result<(), StorageError> {
        self.replace_snapshot(covers, |sink| {
            pages.for_each(|(part, index, page)| sink(part, index, page));
            head.to_vec()
        })
    }

    /// The same where the head is known only when all pages are written: `fill` gives these one after
    /// the other, and then the head.
    pub fn replace_snapshot(
        &mut self,
        covers: u64,
        fill: impl FnOnce(&mut snapshot::Sink<'_>) -> Vec<u8>,
    ) -> Result<(), StorageError> {
        self.change(|transaction, before| snapshot::write(transaction, before, covers, fill))
    }

    /// Runs one commit that moves the head.
    fn change(
        &mut self,
        work: impl FnOnce(&redb::WriteTransaction, Head) -> Result<Head, StorageError>,
    ) -> Result<(), StorageError> {
        if self.broken {
            return Err(StorageError::Broken);
        }
        let known = self.head;
        let written = self.store.commit(|transaction| {
            let head = head_now(transaction)?;
            if head != known {
                return Err(StorageError::damaged(
                    "the head",
                    "it is not what was written",
                ));
            }
            let head = work(transaction, head)?;
            set_head(transaction, head)?;
            Ok(head)
        });
        match written {
            Ok(head) => {
                self.head = head;
                Ok(())
            }
            // Nothing was done, and the store is as it was.
            Err(error @ (StorageError::Refused(_) | StorageError::ReadOnly)) => Err(error),
            Err(error) => {
                self.broken = true;
                Err(error)
            }
        }
    }

    /// The records after a transaction, in their order, each verified. It ends with a fault where
    /// one is damaged or missing.
    pub fn records(&self, after: u64) -> Records {
        match self.view() {
            Ok(view) => Records::new(&view, after),
            Err(fault) => Records::failed(fault),
        }
    }

    /// The last transaction that the snapshot covers, and its head, where there is one.
    pub fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
        snapshot::read_head(&*self.view()?)
    }

    /// The pages of the snapshot as they are now, whatever is written later.
    pub fn pages(&self) -> Result<Arc<dyn Pages>, StorageError> {
        Ok(Arc::new(SnapshotPages::new(&self.view()?)?))
    }

    /// The head and the pages of one and the same snapshot, where there is one.
    pub fn open_snapshot(&self) -> Result<Option<Snapshot>, StorageError> {
        let view = self.view()?;
        let Some((covers, head)) = snapshot::read_head(&view)? else {
            return Ok(None);
        };
        Ok(Some(Snapshot {
            covers,
            head,
            pages: Arc::new(SnapshotPages::new(&view)?),
        }))
    }

    /// Looks whether another process has written; whether it has. What was read keeps its state.
    pub fn refresh(&mut self) -> Result<bool, StorageError> {
        if self.store.writable() {
            return Ok(false);
        }
        let view = View::new(&self.store)?;
        let moved = view.head != self.head;
        self.head = view.head;
        self.view = Some(Arc::new(view));
        Ok(moved)
    }

    /// Gives room that is not used back to the system, such as that of an old snapshot. Not while
    /// anything of the file is in use: then nothing is done, and it is `false`.
    pub fn compact(&mut self) -> Result<bool, StorageError> {
        if self.broken {
            return Err(StorageError::Broken);
        }
        let Some(store) = Arc::get_mut(&mut self.store) else {
            return Ok(false);
        };
        let done = store.compact();
        self.broken = done.is_err() && self.store.writable();
        done
    }

    /// Writes a copy of what is read now into a new file, each value verified.
    pub fn backup(&self, to: &Path) -> Result<(), StorageError> {
        let view = self.view()?;
        make(to, |store| copy(&view, store))
    }
}

/// A snapshot that is open.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The last transaction that it covers.
    pub covers: u64,
    /// What its writer gave as its head.
    pub head: Vec<u8>,
    /// Its pages.
    pub pages: Arc<dyn Pages>,
}

/// A new file's identity.
fn identity() -> Identity {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Identity {
        format: FORMAT,
        created: since.map_or(0, |since| since.as_secs()),
    }
}

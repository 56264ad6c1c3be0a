//! A file that takes writes without being changed: they stay in memory. So the store below can be
//! made to check and mend everything while the file itself is left alone. Nothing is kept.

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is copied at a time.
const BLOCK: u64 = 4096;

/// What was written so far.
#[derive(Debug)]
struct Written {
    length: u64,
    /// Beyond this the file below is not asked: it was cut off there.
    below: u64,
    blocks: BTreeMap<u64, Vec<u8>>,
}

/// A file and what was written over it.
#[derive(Debug)]
pub struct Overlay<B> {
    file: Arc<B>,
    /// A file that cannot be written to cannot be locked against writers either.
    locks: bool,
    written: Mutex<Written>,
}

impl Overlay<FileBackend> {
    /// Over a file, which is locked as if it were written to, where that is permitted.
    pub fn new(path: &Path) -> io::Result<Overlay<FileBackend>> {
        let writable = OpenOptions::new().read(true).write(true).open(path);
        let locks = writable.is_ok();
        let file = match writable {
            Ok(file) => file,
            Err(_) => File::open(path)?,
        };
        let file = FileBackend::new(file).map_err(io::Error::other)?;
        let mut overlay = Overlay::over(Arc::new(file))?;
        overlay.locks = locks;
        Ok(overlay)
    }
}

impl<B: StorageBackend> Overlay<B> {
    /// Over what the store below could write to, which is locked as if it were.
    pub fn over(file: Arc<B>) -> io::Result<Overlay<B>> {
        let length = file.len()?;
        Ok(Overlay {
            file,
            locks: true,
            written: Mutex::new(Written {
                length,
                below: length,
                blocks: BTreeMap::new(),
            }),
        })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block as it is now.
    fn block(&self, written: &Written, number: u64) -> io::Result<Vec<u8>> {
        if let Some(block) = written.blocks.get(&number) {
            return Ok(block.clone());
        }
        let mut block = vec![0; BLOCK as usize];
        let start = number * BLOCK;
        let there = written.below.saturating_sub(start).min(BLOCK) as usize;
        if there > 0 {
            self.file.read(start, &mut block[..there])?;
        }
        Ok(block)
    }
}

impl<B: StorageBackend> StorageBackend for Overlay<B> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written();
        if offset + out.len() as u64 > written.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut done = 0;
        while done < out.len() {
            let at = offset + done as u64;
            let within = (at % BLOCK) as usize;
            let count = (BLOCK as usize - within).min(out.len() - done);
            let block = self.block(&written, at / BLOCK)?;
            out[done..done + count].copy_from_slice(&block[within..within + count]);
            done += count;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut written = self.written();
        if length < written.length {
            let number = length / BLOCK;
            let mut last = self.block(&written, number)?;
            last[(length % BLOCK) as usize..].fill(0);
            written.blocks.split_off(&number);
            written.blocks.insert(number, last);
            written.below = written.below.min(length);
        }
        written.length = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written();
        if offset + data.len() as u64 > written.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut done = 0;
        while done < data.len() {
            let at = offset + done as u64;
            let within = (at % BLOCK) as usize;
            let count = (BLOCK as usize - within).min(data.len() - done);
            let mut block = self.block(&written, at / BLOCK)?;
            block[within..within + count].copy_from_slice(&data[done..done + count]);
            written.blocks.insert(at / BLOCK, block);
            done += count;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        if self.locks {
            self.file.try_lock_range(start, end)
        } else {
            Ok(true)
        }
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        if self.locks {
            self.file.try_lock_shared_range(start, end)
        } else {
            Ok(true)
        }
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        if self.locks {
            self.file.lock_range(start, end)
        } else {
            Ok(())
        }
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        if self.locks {
            self.file.lock_shared_range(start, end)
        } else {
            Ok(())
        }
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        if self.locks {
            self.file.unlock_range(start, end)
        } else {
            Ok(())
        }
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        if self.locks {
            self.file.query_lock_range(start, end)
        } else {
            Ok(false)
        }
    }
}

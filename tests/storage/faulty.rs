//! A disk in memory that fails when it is told to, and forgets at random what was not flushed. It
//! stands in for the file of a case; it knows nothing of what is written to it.

use redb::{BackendError, StorageBackend};
use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard};

/// Numbers that look random and are the same each time.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}

/// What happens at the fatal operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process is killed: what it wrote is there, flushed or not.
    Kill,
    /// The power fails: what was not flushed is there in pieces of so many bytes, or not.
    Power(usize),
    /// The disk is full, for so many operations that would need room or a flush.
    Full(usize),
}

#[derive(Debug)]
enum Operation {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug)]
struct State {
    now: Vec<u8>,
    flushed: Vec<u8>,
    since: Vec<Operation>,
    fault: Option<(usize, Fault)>,
    operations: usize,
    dead: bool,
    dice: Dice,
}

/// The disk. Clones are the same disk.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Mutex<State>>);

impl Disk {
    /// A disk with this content that fails at the given operation.
    pub fn new(content: Vec<u8>, fault: Option<(usize, Fault)>, seed: u64) -> Disk {
        Disk(Arc::new(Mutex::new(State {
            now: content.clone(),
            flushed: content,
            since: Vec::new(),
            fault,
            operations: 0,
            dead: false,
            dice: Dice::new(seed),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic holds the disk")
    }

    /// How many operations there were.
    pub fn operations(&self) -> usize {
        self.state().operations
    }

    /// What is found on it by whoever comes next.
    pub fn after(&self) -> Vec<u8> {
        let mut state = self.state();
        match state.fault {
            Some((_, Fault::Power(piece))) if state.dead => {
                let mut image = state.flushed.clone();
                let since = std::mem::take(&mut state.since);
                // Sometimes nearly all is lost, sometimes nearly nothing.
                let odds = state.dice.below(9);
                for operation in since {
                    match operation {
                        Operation::Length(length) => {
                            if state.dice.below(8) >= odds {
                                image.resize(length, 0);
                            }
                        }
                        Operation::Write(offset, bytes) => {
                            let mut at = offset;
                            let end = offset + bytes.len();
                            while at < end {
                                let stop = ((at / piece + 1) * piece).min(end);
                                if state.dice.below(8) >= odds {
                                    if image.len() < stop {
                                        image.resize(stop, 0);
                                    }
                                    image[at..stop]
                                        .copy_from_slice(&bytes[at - offset..stop - offset]);
                                }
                                at = stop;
                            }
                        }
                    }
                }
                image
            }
            _ => state.now.clone(),
        }
    }
}

impl State {
    /// Counts an operation; whether it goes well, else how many bytes of it are done all the same.
    fn operation(&mut self) -> io::Result<()> {
        if self.dead {
            return Err(io::Error::other("the process is dead"));
        }
        self.operations += 1;
        let Some((at, fault)) = self.fault else {
            return Ok(());
        };
        if self.operations < at {
            return Ok(());
        }
        match fault {
            Fault::Kill | Fault::Power(_) => {
                self.dead = true;
                Err(io::Error::other("the process dies"))
            }
            Fault::Full(times) if self.operations < at + times => {
                Err(io::ErrorKind::StorageFull.into())
            }
            Fault::Full(_) => Ok(()),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.state();
        if state.dead {
            return Err(io::Error::other("the process is dead"));
        }
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let found = start
            .checked_add(out.len())
            .and_then(|end| state.now.get(start..end));
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = self.state();
        let length = usize::try_from(length).map_err(io::Error::other)?;
        if length > 1 << 30 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.operation()?;
        state.now.resize(length, 0);
        state.since.push(Operation::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.state();
        state.operation()?;
        state.flushed = state.now.clone();
        state.since.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let gone = state.operation();
        // A write that fails may have been done in part.
        let length = match gone {
            Ok(()) => data.len(),
            Err(_) if state.operations == state.fault.map_or(0, |(at, _)| at) => {
                state.dice.below(data.len() + 1) / 512 * 512
            }
            Err(_) => 0,
        };
        let end = start + length;
        if length > 0 {
            if state.now.len() < end {
                state.now.resize(end, 0);
            }
            state.now[start..end].copy_from_slice(&data[..length]);
            state
                .since
                .push(Operation::Write(start, data[..length].to_vec()));
        }
        gone
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn try_lock_shared_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn lock_shared_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }

    fn query_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(false)
    }
}

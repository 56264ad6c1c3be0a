//! Lists of records that differ in length: in memory, or read page by page from a snapshot when one of
//! a page is asked for. A page is records in CBOR, one after the other.

use crate::model::{PageFault, Pages, Part};
use minicbor::{Decode, Encode};
use std::sync::{Arc, OnceLock};

/// Bytes at which a page of records is full: to read one record is to decode its page.
const FULL: usize = 15_000;

/// Where a list lies in a snapshot: the number of the first record of each page, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Lay {
    /// How many records.
    #[n(0)]
    pub len: u64,
    /// The first record of each page.
    #[n(1)]
    pub firsts: Vec<u32>,
}

/// A list in a snapshot.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its pages.
    pub pages: Arc<dyn Pages>,
    /// Which part it is.
    pub part: Part,
    /// How it lies there.
    pub lay: Lay,
}

impl Stored {
    /// The records of a page, or the end of the reading.
    fn page<T: for<'b> Decode<'b, ()>>(&self, at: usize) -> Vec<T> {
        let first = self.lay.firsts[at] as usize;
        let next = self.lay.firsts.get(at + 1).map(|next| *next as usize);
        let count = next.unwrap_or(self.lay.len as usize).saturating_sub(first);
        let read = self.pages.page(self.part, at as u32).and_then(|bytes| {
            let mut decoder = minicbor::Decoder::new(&bytes);
            let records: Result<Vec<T>, _> = (0..count).map(|_| decoder.decode()).collect();
            records.map_err(|error| PageFault {
                part: self.part,
                index: at as u32,
                reason: error.to_string(),
            })
        });
        read.unwrap_or_else(|fault| fault.throw())
    }

    /// All records.
    pub fn all<T: for<'b> Decode<'b, ()>>(&self) -> Vec<T> {
        let pages = 0..self.lay.firsts.len();
        pages.flat_map(|at| self.page(at)).collect()
    }
}

/// Writes records as pages; `page` gets them in order.
pub fn write<'r, T: Encode<()> + 'r>(
    records: impl Iterator<Item = &'r T>,
    page: &mut dyn FnMut(u32, Vec<u8>),
) -> Lay {
    let mut lay = Lay::default();
    let mut bytes: Vec<u8> = Vec::new();
    for record in records {
        if bytes.is_empty() {
            lay.firsts.push(lay.len as u32);
        }
        // Writing into memory does not fail.
        let _ = minicbor::encode(record, &mut bytes);
        lay.len += 1;
        if bytes.len() >= FULL {
            page(lay.firsts.len() as u32 - 1, std::mem::take(&mut bytes));
        }
    }
    if !bytes.is_empty() {
        page(lay.firsts.len() as u32 - 1, bytes);
    }
    lay
}

/// A list of records.
#[derive(Clone, Debug)]
pub struct Records<T> {
    cold: Option<Box<Cold<T>>>,
    /// How many of the list lie in the snapshot.
    base: usize,
    own: Vec<T>,
}

/// The part of a list that lies in a snapshot.
#[derive(Clone, Debug)]
struct Cold<T> {
    stored: Stored,
    pages: Vec<OnceLock<Vec<T>>>,
}

impl<T> Default for Records<T> {
    fn default() -> Records<T> {
        Records {
            cold: None,
            base: 0,
            own: Vec::new(),
        }
    }
}

impl<T: for<'b> Decode<'b, ()>> Records<T> {
    /// A list that lies in a snapshot.
    pub fn cold(stored: Stored) -> Records<T> {
        let pages = std::iter::repeat_with(OnceLock::new);
        Records {
            base: stored.lay.len as usize,
            cold: Some(Box::new(Cold {
                pages: pages.take(stored.lay.firsts.len()).collect(),
                stored,
            })),
            own: Vec::new(),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.base + self.own.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A record, which must be there.
    #[inline]
    pub fn get(&self, at: usize) -> &T {
        match at.checked_sub(self.base) {
            Some(own) => &self.own[own],
            None => self.read(at),
        }
    }

    #[cold]
    fn read(&self, at: usize) -> &T {
        match &self.cold {
            Some(cold) => cold.get(at),
            None => &self.own[at],
        }
    }

    /// A record, to change it.
    pub fn get_mut(&mut self, at: usize) -> &mut T {
        match (at.checked_sub(self.base), &mut self.cold) {
            (Some(own), _) => &mut self.own[own],
            (None, Some(cold)) => cold.get_mut(at),
            (None, None) => &mut self.own[at],
        }
    }

    /// All records in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        let cold = self.cold.iter();
        let cold = cold.flat_map(|cold| (0..cold.pages.len()).flat_map(|at| cold.page(at)));
        cold.chain(&self.own)
    }

    /// Appends a record.
    pub fn push(&mut self, record: T) {
        self.own.push(record);
    }

    /// Appends many.
    pub fn extend(&mut self, records: Vec<T>) {
        match self.own.is_empty() {
            true => self.own = records,
            false => self.own.extend(records),
        }
    }

    /// Bytes of the list itself.
    pub fn memory(&self) -> usize {
        let cold = self.cold.as_ref().map_or(0, |cold| {
            let pages = cold.pages.iter().filter_map(OnceLock::get);
            pages.map(Vec::capacity).sum()
        });
        (cold + self.own.capacity()) * size_of::<T>()
    }
}

impl<T: for<'b> Decode<'b, ()>> Cold<T> {
    fn page(&self, at: usize) -> &[T] {
        self.pages[at].get_or_init(|| self.stored.page(at))
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let firsts = &self.stored.lay.firsts;
        let page = firsts.partition_point(|first| *first as usize <= at) - 1;
        (page, at - firsts[page] as usize)
    }

    fn get(&self, at: usize) -> &T {
        let (page, at) = self.place(at);
        &self.page(page)[at]
    }

    fn get_mut(&mut self, at: usize) -> &mut T {
        let (page, at) = self.place(at);
        self.page(page);
        match self.pages[page].get_mut() {
            Some(page) => &mut page[at],
            None => unreachable!("it was read just now"),
        }
    }
}

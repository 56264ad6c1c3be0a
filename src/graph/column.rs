//! A column of numbers, a value a row: in memory, or read page by page from a snapshot until so much
//! was read that the whole pays. It knows nothing of what the numbers mean.

use crate::model::{Cell, Packing, PageFault, Pages, Part};
use elsa::sync::FrozenVec;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes of a page at the most: with its header it fits the 64 kB pages of the store.
pub const PAGE: usize = 60_000;
/// When so many pages were read, as a part of all, the column is read whole.
const SHARE: usize = 8;
/// Up to this many pages a column is read whole at once.
const FEW: usize = 2;
/// How many slices over several pages are kept, before the column is read whole.
const SPANS: usize = 256;

/// A column.
#[derive(Debug)]
pub struct Column<T> {
    whole: OnceLock<Vec<T>>,
    cold: Option<Box<Cold<T>>>,
}

/// A column that lies in a snapshot.
#[derive(Debug)]
struct Cold<T> {
    pages: Arc<dyn Pages>,
    part: Part,
    packing: Packing,
    loaded: Vec<OnceLock<Box<[T]>>>,
    reads: AtomicUsize,
    spans: FrozenVec<Box<[T]>>,
    /// What was pushed since.
    tail: Vec<T>,
}

impl<T> Default for Column<T> {
    fn default() -> Column<T> {
        Column {
            whole: OnceLock::from(Vec::new()),
            cold: None,
        }
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Column<T> {
        Column {
            whole: OnceLock::from(values),
            cold: None,
        }
    }
}

impl<T: Cell> Clone for Column<T> {
    fn clone(&self) -> Column<T> {
        match (&self.cold, self.whole.get()) {
            (Some(cold), None) => {
                let mut fresh = Column::cold(cold.pages.clone(), cold.part, cold.packing);
                if let Some(own) = &mut fresh.cold {
                    own.tail.clone_from(&cold.tail);
                }
                fresh
            }
            (_, whole) => Column::from(whole.cloned().unwrap_or_default()),
        }
    }
}

/// How many values a page of a packing holds.
pub fn per_page(packing: Packing) -> usize {
    PAGE / usize::from(packing.width).max(1)
}

impl<T: Cell> Column<T> {
    /// A column that lies in a snapshot.
    pub fn cold(pages: Arc<dyn Pages>, part: Part, packing: Packing) -> Column<T> {
        let len = packing.len as usize;
        if packing.width == 0 {
            return Column::from(vec![T::narrow(packing.least); len]);
        }
        let count = len.div_ceil(per_page(packing));
        let cold = Cold {
            pages,
            part,
            packing,
            loaded: std::iter::repeat_with(OnceLock::new).take(count).collect(),
            reads: AtomicUsize::new(0),
            spans: FrozenVec::new(),
            tail: Vec::new(),
        };
        Column {
            whole: OnceLock::new(),
            cold: Some(Box::new(cold)),
        }
    }

    /// How many values.
    pub fn len(&self) -> usize {
        match (self.whole.get(), &self.cold) {
            (Some(whole), _) => whole.len(),
            (None, Some(cold)) => cold.packing.len as usize + cold.tail.len(),
            (None, None) => 0,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row, which must be there.
    #[inline]
    pub fn at(&self, row: usize) -> T {
        match self.whole.get() {
            Some(whole) => whole[row],
            None => self.read(row),
        }
    }

    #[cold]
    fn read(&self, row: usize) -> T {
        let Some(cold) = &self.cold else {
            return self.all()[row];
        };
        if let Some(at) = row.checked_sub(cold.packing.len as usize) {
            return cold.tail[at];
        }
        let size = per_page(cold.packing);
        match cold.page(row / size) {
            Some(page) => page[row % size],
            None => self.all()[row],
        }
    }

    /// The values of rows that stand together.
    #[inline]
    pub fn slice(&self, rows: Range<usize>) -> &[T] {
        match self.whole.get() {
            Some(whole) => &whole[rows],
            None => self.read_slice(rows),
        }
    }

    #[cold]
    fn read_slice(&self, rows: Range<usize>) -> &[T] {
        let Some(cold) = &self.cold else {
            return &self.all()[rows];
        };
        if rows.is_empty() {
            return &[];
        }
        let size = per_page(cold.packing);
        let (first, last) = (rows.start / size, (rows.end - 1) / size);
        if rows.end > cold.packing.len as usize || last - first > FEW || cold.spans.len() > SPANS {
            return &self.all()[rows];
        }
        if first == last {
            return match cold.page(first) {
                Some(page) => &page[rows.start - first * size..rows.end - first * size],
                None => &self.all()[rows],
            };
        }
        let mut span = Vec::with_capacity(rows.len());
        for at in first..=last {
            let Some(page) = cold.page(at) else {
                return &self.all()[rows];
            };
            let from = rows.start.saturating_sub(at * size);
            let until = (rows.end - at * size).min(page.len());
            span.extend_from_slice(&page[from..until]);
        }
        cold.spans.push_get(span.into_boxed_slice())
    }

    /// All values; reads what is not read yet.
    pub fn all(&self) -> &[T] {
        self.whole.get_or_init(|| {
            self.cold
                .as_ref()
                .map_or_else(Vec::new, |cold| cold.whole())
        })
    }

    /// All values where they are in memory.
    pub fn in_memory(&self) -> Option<&[T]> {
        self.whole.get().map(Vec::as_slice)
    }

    /// All values, to change them; they are in memory from now on.
    pub fn all_mut(&mut self) -> &mut Vec<T> {
        self.all();
        self.cold = None;
        match self.whole.get_mut() {
            Some(whole) => whole,
            None => unreachable!("it was read just now"),
        }
    }

    /// Appends a value.
    pub fn push(&mut self, value: T) {
        match (self.whole.get_mut(), &mut self.cold) {
            (Some(whole), _) => whole.push(value),
            (None, Some(cold)) => cold.tail.push(value),
            (None, None) => self.all_mut().push(value),
        }
    }

    /// Takes the last value away.
    pub fn pop(&mut self) -> Option<T> {
        if let (None, Some(cold)) = (self.whole.get(), &mut self.cold)
            && let Some(last) = cold.tail.pop()
        {
            return Some(last);
        }
        self.all_mut().pop()
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        let whole = self.whole.get().map_or(0, Vec::capacity);
        let cold = self.cold.as_ref().map_or(0, |cold| {
            let pages = cold.loaded.iter().filter_map(OnceLock::get);
            pages.map(|page| page.len()).sum::<usize>() + cold.tail.len()
        });
        (whole + cold) * size_of::<T>()
    }
}

impl<T: Cell> Cold<T> {
    /// A page; nothing once it pays to read the whole.
    fn page(&self, at: usize) -> Option<&[T]> {
        if self.loaded.len() <= FEW {
            return None;
        }
        if let Some(page) = self.loaded[at].get() {
            return Some(page);
        }
        if self.reads.fetch_add(1, Ordering::Relaxed) > self.loaded.len() / SHARE + FEW {
            return None;
        }
        Some(self.loaded[at].get_or_init(|| self.fetch(at).into_boxed_slice()))
    }

    /// Reads a page, or ends the reading.
    fn fetch(&self, at: usize) -> Vec<T> {
        let size = per_page(self.packing);
        let count = size.min(self.packing.len as usize - at * size);
        let read = self.pages.page(self.part, at as u32).and_then(|bytes| {
            self.packing.unpack(&bytes, count).ok_or_else(|| PageFault {
                part: self.part,
                index: at as u32,
                reason: format!("{} bytes do not hold {count} values", bytes.len()),
            })
        });
        read.unwrap_or_else(|fault| fault.throw())
    }

    fn whole(&self) -> Vec<T> {
        let mut whole = Vec::with_capacity(self.packing.len as usize + self.tail.len());
        let some = rayon::current_num_threads().max(1) * 4;
        let pages = self.loaded.len();
        for first in (0..pages).step_by(some) {
            let read: Vec<Vec<T>> = (first..pages.min(first + some))
                .into_par_iter()
                .map(|at| match self.loaded[at].get() {
                    Some(page) => page.to_vec(),
                    None => self.fetch(at),
                })
                .collect();
            read.into_iter().for_each(|page| whole.extend(page));
        }
        whole.extend_from_slice(&self.tail);
        whole
    }
}

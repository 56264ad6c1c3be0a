//! A dictionary: each distinct value once, under a code. Code 0 is always the default value.

use crate::graph::lazy::Lazy;
use crate::graph::records::Stored;
use minicbor::Decode;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Each distinct value once.
#[derive(Clone, Debug)]
pub struct Dictionary<T> {
    items: Lazy<Vec<T>>,
    /// Codes by value; of a dictionary that lies in a snapshot not before one is asked for.
    codes: FxHashMap<T, u32>,
    /// The value asked for last: bulk data repeats it often.
    last: u32,
}

impl<T: Clone + Default + Eq + Hash> Default for Dictionary<T> {
    fn default() -> Dictionary<T> {
        let mut codes = FxHashMap::default();
        codes.insert(T::default(), 0);
        Dictionary {
            items: Lazy::from(vec![T::default()]),
            codes,
            last: 0,
        }
    }
}

impl<T: for<'b> Decode<'b, ()>> Dictionary<T> {
    /// A dictionary that lies in a snapshot.
    pub fn cold(stored: Stored) -> Dictionary<T> {
        Dictionary {
            items: Lazy::cold(stored, Stored::all),
            codes: FxHashMap::default(),
            last: 0,
        }
    }
}

impl<T: Clone + Eq + Hash> Dictionary<T> {
    /// The code of a value, which is added where it is new.
    pub fn code(&mut self, value: T) -> u32 {
        let items = self.items.get_mut();
        if items[self.last as usize] == value {
            return self.last;
        }
        if self.codes.is_empty() {
            let known = items.iter().enumerate();
            self.codes
                .extend(known.map(|(code, item)| (item.clone(), code as u32)));
        }
        let next = items.len() as u32;
        self.last = *self.codes.entry(value).or_insert_with_key(|value| {
            items.push(value.clone());
            next
        });
        self.last
    }

    /// The value of a code that this dictionary gave.
    pub fn get(&self, code: u32) -> &T {
        &self.items.get()[code as usize]
    }

    /// All values, by code.
    pub fn items(&self) -> &[T] {
        self.items.get()
    }

    /// Bytes on the heap; `inner` tells what one value holds there.
    pub fn memory(&self, inner: impl Fn(&T) -> usize) -> usize {
        let items = self.items.get();
        let held: usize = items.iter().map(inner).sum();
        (items.capacity() + self.codes.capacity()) * size_of::<T>()
            + self.codes.capacity() * 8
            + held * 2
    }
}

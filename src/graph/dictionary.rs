//! A dictionary: each distinct value once, under a code. Code 0 is always the default value.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Each distinct value once.
#[derive(Clone, Debug)]
pub struct Dictionary<T> {
    items: Vec<T>,
    codes: FxHashMap<T, u32>,
    /// The value asked for last: bulk data repeats it often.
    last: u32,
}

impl<T: Clone + Default + Eq + Hash> Default for Dictionary<T> {
    fn default() -> Dictionary<T> {
        let mut codes = FxHashMap::default();
        codes.insert(T::default(), 0);
        Dictionary {
            items: vec![T::default()],
            codes,
            last: 0,
        }
    }
}

impl<T: Clone + Eq + Hash> Dictionary<T> {
    /// The code of a value, which is added where it is new.
    pub fn code(&mut self, value: T) -> u32 {
        if self.items[self.last as usize] == value {
            return self.last;
        }
        let next = self.items.len() as u32;
        self.last = *self.codes.entry(value).or_insert_with_key(|value| {
            self.items.push(value.clone());
            next
        });
        self.last
    }

    /// The value of a code that this dictionary gave.
    pub fn get(&self, code: u32) -> &T {
        &self.items[code as usize]
    }

    /// All values, by code.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Bytes on the heap; `inner` tells what one value holds there.
    pub fn memory(&self, inner: impl Fn(&T) -> usize) -> usize {
        let held: usize = self.items.iter().map(inner).sum();
        (self.items.capacity() + self.codes.capacity()) * size_of::<T>()
            + self.codes.capacity() * 8
            + held * 2
    }
}

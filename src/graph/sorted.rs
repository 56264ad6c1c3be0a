//! Pairs of small numbers in one sorted column, found by the first: what a snapshot holds where memory has
//! a hash table.

use crate::graph::column::Column;

/// A pair as one number.
pub fn entry(key: u32, value: u32) -> u64 {
    u64::from(key) << 32 | u64::from(value)
}

/// Pairs, sorted.
#[derive(Clone, Debug, Default)]
pub struct Sorted(Column<u64>);

impl From<Column<u64>> for Sorted {
    fn from(pairs: Column<u64>) -> Sorted {
        Sorted(pairs)
    }
}

impl Sorted {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All pairs.
    pub fn all(&self) -> &[u64] {
        self.0.all()
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.0.memory()
    }

    /// The values of a key that is spread evenly over all numbers, as a hash is.
    pub fn spread(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        let guess = (u64::from(key) * self.0.len() as u64) >> 32;
        self.run(self.first(entry(key, 0), guess as usize), key)
    }

    /// The values of a key.
    pub fn of(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        self.run(self.first(entry(key, 0), self.0.len() / 2), key)
    }

    fn run(&self, first: usize, key: u32) -> impl Iterator<Item = u32> + '_ {
        let pairs = (first..self.0.len()).map(|at| self.0.at(at));
        pairs
            .take_while(move |pair| (pair >> 32) as u32 == key)
            .map(|pair| pair as u32)
    }

    /// The place of the first pair that is not below `least`: steps that grow from where it may be,
    /// so that few pages are read, then halving.
    fn first(&self, least: u64, guess: usize) -> usize {
        let len = self.0.len();
        let below = |at: usize| self.0.at(at) < least;
        let (mut low, mut high) = (0, len);
        let mut step = 256;
        if guess < len && below(guess) {
            low = guess + 1;
            while low + step < len && below(low + step) {
                low += step + 1;
                step *= 2;
            }
            high = len.min(low + step);
        } else {
            high = high.min(guess);
            while high > step && !below(high - step) {
                high -= step;
                step *= 2;
            }
            low = low.max(high.saturating_sub(step));
        }
        while low < high {
            let middle = low + (high - low) / 2;
            match below(middle) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::{Sorted, entry};
    use crate::graph::column::Column;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pairs_are_found_wherever_they_may_be_looked_for(
            pairs in proptest::collection::btree_set((any::<u32>(), 0u32..4), 0..2000),
            key in any::<u32>(),
            narrow in any::<bool>(),
        ) {
            let key = if narrow { key % 64 } else { key };
            let fold = |of: u32| if narrow { of % 64 } else { of };
            let mut all: Vec<u64> = pairs.iter().map(|(of, value)| entry(fold(*of), *value)).collect();
            all.sort_unstable();
            all.dedup();
            let known = all.first().map_or(key, |pair| (pair >> 32) as u32);
            let sorted = Sorted::from(Column::from(all.clone()));
            for key in [key, known, 0, u32::MAX] {
                let wanted: Vec<u32> =
                    all.iter().filter(|pair| (**pair >> 32) as u32 == key).map(|pair| *pair as u32).collect();
                prop_assert_eq!(sorted.of(key).collect::<Vec<_>>(), wanted.clone());
                prop_assert_eq!(sorted.spread(key).collect::<Vec<_>>(), wanted);
            }
        }
    }
}

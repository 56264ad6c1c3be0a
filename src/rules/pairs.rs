//! The first tuple of each pair of ends, found by its subject. What one subject has stands together: a
//! short list while it is short, then a small open hash table of its own. Tuples of one subject come
//! close after each other in an evaluation, so that these lists stay in the processor's caches where
//! one hash table over all pairs misses at every look (measured by `benches/rules.rs`).

/// No tuple.
const NONE: u32 = u32::MAX;
/// Up to so many objects are a list, looked through from its start.
const LIST: u32 = 16;
/// How many objects the first list of a subject takes, as a power of two.
const SMALL: u8 = 2;
/// 2^64 divided by the golden ratio: Fibonacci hashing, after Knuth, TAOCP 3, 6.4.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where the objects of one subject are.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    start: u32,
    len: u32,
    /// Its room, as a power of two; 0: it has none.
    log: u8,
}

impl Bucket {
    fn is_list(self) -> bool {
        1u32 << self.log <= LIST
    }

    fn is_full(self) -> bool {
        match (self.log, self.is_list()) {
            (0, _) => true,
            (log, true) => self.len == 1 << log,
            // Half full, so that a look that finds nothing ends soon.
            (log, false) => self.len == 1 << (log - 1),
        }
    }
}

/// The place of the first tuple by subject and object.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    buckets: Vec<Bucket>,
    /// Objects, each with the place of its tuple.
    entries: Vec<(u32, u32)>,
    /// Rooms that were left for larger ones, by their power of two.
    left: Vec<Vec<u32>>,
}

fn slot(object: u32, log: u8) -> usize {
    (u64::from(object).wrapping_mul(GOLDEN) >> (64 - u32::from(log))) as usize
}

impl Pairs {
    /// The place of the first tuple of both ends.
    pub fn get(&self, subject: u32, object: u32) -> Option<u32> {
        let bucket = *self.buckets.get(subject as usize)?;
        self.find(bucket, object).ok()
    }

    /// The place that is known for both ends; the given one from now on where none was.
    pub fn known_or(&mut self, subject: u32, object: u32, at: u32) -> u32 {
        let own = subject as usize;
        if self.buckets.len() <= own {
            self.buckets.resize(own + 1, Bucket::default());
        }
        match self.find(self.buckets[own], object) {
            Ok(known) => return known,
            Err(empty) if !self.buckets[own].is_full() => self.entries[empty] = (object, at),
            Err(_) => {
                self.widen(own);
                if let Err(empty) = self.find(self.buckets[own], object) {
                    self.entries[empty] = (object, at);
                }
            }
        }
        self.buckets[own].len += 1;
        at
    }

    /// The place of the tuple, or where its entry would stand.
    fn find(&self, bucket: Bucket, object: u32) -> Result<u32, usize> {
        let start = bucket.start as usize;
        if bucket.is_list() {
            let end = start + bucket.len as usize;
            let own = &self.entries[start..end];
            let found = own.iter().find(|entry| entry.0 == object);
            return found.map(|entry| entry.1).ok_or(end);
        }
        let mask = (1usize << bucket.log) - 1;
        let mut at = slot(object, bucket.log);
        loop {
            let entry = self.entries[start + at];
            if entry.1 == NONE {
                return Err(start + at);
            }
            if entry.0 == object {
                return Ok(entry.1);
            }
            at = (at + 1) & mask;
        }
    }

    /// Moves the objects of a subject to a room twice as large; a list that is full becomes a hash
    /// table of four times its room, which is then a quarter full.
    fn widen(&mut self, own: usize) {
        let old = self.buckets[own];
        let log = match (old.log, old.is_list()) {
            (0, _) => SMALL,
            (log, true) if 1 << (log + 1) > LIST => log + 2,
            (log, _) => log + 1,
        };
        let kept = match old.log {
            0 => 0..0,
            log => old.start as usize..old.start as usize + (1 << log),
        };
        let start = self.room(log);
        let new = Bucket {
            start,
            len: old.len,
            log,
        };
        if new.is_list() {
            self.entries.copy_within(kept, start as usize);
        } else {
            for from in kept {
                let entry = self.entries[from];
                if entry.1 != NONE
                    && let Err(empty) = self.find(new, entry.0)
                {
                    self.entries[empty] = entry;
                }
            }
        }
        if old.log > 0 {
            let log = usize::from(old.log);
            if self.left.len() <= log {
                self.left.resize(log + 1, Vec::new());
            }
            self.left[log].push(old.start);
        }
        self.buckets[own] = new;
    }

    /// An empty room of that power of two: one that was left, or a new one at the end.
    fn room(&mut self, log: u8) -> u32 {
        let size = 1usize << log;
        if let Some(start) = self.left.get_mut(usize::from(log)).and_then(Vec::pop) {
            let own = start as usize..start as usize + size;
            self.entries[own].fill((NONE, NONE));
            return start;
        }
        let start = self.entries.len();
        // Room by four, as tables have it.
        if start + size > self.entries.capacity() {
            self.entries.reserve(3 * start + size);
        }
        self.entries.resize(start + size, (NONE, NONE));
        start as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn finds_what_a_map_finds() {
        let mut pairs = Pairs::default();
        let mut model: HashMap<(u32, u32), u32> = HashMap::new();
        // Few subjects with many objects and many with few, each pair met several times.
        for at in 0..60_000u32 {
            let mixed = (u64::from(at).wrapping_mul(GOLDEN) >> 20) as u32;
            let (subject, object) = match at % 3 {
                0 => (mixed % 3, mixed % 4_001),
                1 => (3 + mixed % 97, mixed % 31),
                _ => (100 + mixed % 2_000, u32::MAX - 1 - mixed % 5),
            };
            let known = *model.entry((subject, object)).or_insert(at);
            assert_eq!(pairs.known_or(subject, object, at), known);
        }
        for ((subject, object), place) in &model {
            assert_eq!(pairs.get(*subject, *object), Some(*place));
        }
        assert_eq!(pairs.get(1, 4_002), None);
        assert_eq!(pairs.get(u32::MAX, 0), None);
    }
}

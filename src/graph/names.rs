//! The index of names for prefixes and slips of the pen: a finite-state transducer of folded names
//! and of their words, and a short list of what came since it was built.

use fst::automaton::{Levenshtein, Str};
use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};

/// How many names may wait before the index is built anew, beside an eighth of what it holds.
const WAITING: usize = 4096;
/// How many keys of the index a search looks at.
const LOOKED_AT: usize = 4096;

/// Folded names, and where inside a name a word begins.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Keys are folded names and their tails from each word on; values index `postings`.
    index: Option<Map<Vec<u8>>>,
    /// For each key the ids, each shifted left by one; the low bit is set for a whole name.
    postings: Vec<Vec<u32>>,
    /// All names of the index, to build it anew.
    names: Vec<(Box<str>, u32)>,
    /// How many of `names` the index holds.
    held: usize,
}

impl Names {
    /// Adds a folded name.
    pub fn add(&mut self, folded: &str, id: u32) {
        if folded.is_empty() {
            return;
        }
        self.names.push((folded.into(), id));
        // Building is left to `settle` while much comes in at once.
        if self.names.len() - self.held > WAITING.max(self.held) {
            self.settle();
        }
    }

    /// Builds the index anew if anything waits.
    pub fn settle(&mut self) {
        if self.held == self.names.len() {
            return;
        }
        let mut keys: Vec<(&str, u32)> = Vec::with_capacity(self.names.len() * 2);
        for (name, id) in &self.names {
            keys.push((name, id << 1 | 1));
            for (at, _) in name.match_indices(' ') {
                let tail = &name[at + 1..];
                if tail.len() >= 3 && !tail.starts_with(|c: char| c.is_ascii_digit()) {
                    keys.push((tail, id << 1));
                }
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let mut builder = MapBuilder::memory();
        let mut postings: Vec<Vec<u32>> = Vec::new();
        let mut last: Option<&str> = None;
        for (key, posting) in keys {
            if last == Some(key) {
                if let Some(list) = postings.last_mut() {
                    list.push(posting);
                }
                continue;
            }
            // Keys come sorted and distinct, which is all that the builder asks for.
            if builder.insert(key, postings.len() as u64).is_ok() {
                postings.push(vec![posting]);
                last = Some(key);
            }
        }
        self.index = builder
            .into_inner()
            .ok()
            .and_then(|bytes| Map::new(bytes).ok());
        self.postings = postings;
        self.held = self.names.len();
    }

    fn waiting(&self) -> &[(Box<str>, u32)] {
        &self.names[self.held..]
    }

    /// The ids of names that begin with a folded text, sorted by name.
    pub fn prefix(&self, text: &str, most: usize) -> Vec<u32> {
        let mut found: Vec<(String, u32)> = Vec::new();
        if let Some(index) = &self.index {
            let mut stream = index.search(Str::new(text).starts_with()).into_stream();
            while let Some((key, at)) = stream.next() {
                if found.len() >= most {
                    break;
                }
                let whole = self.postings[at as usize]
                    .iter()
                    .filter(|posting| *posting & 1 == 1);
                let key = String::from_utf8_lossy(key).into_owned();
                found.extend(whole.map(|posting| (key.clone(), posting >> 1)));
            }
        }
        let waiting = self
            .waiting()
            .iter()
            .filter(|(name, _)| name.starts_with(text));
        found.extend(waiting.map(|(name, id)| (name.to_string(), *id)));
        found.sort();
        found.dedup();
        found.into_iter().map(|(_, id)| id).take(most).collect()
    }

    /// The ids of names of which a word, or the beginning, is similar to a folded text: within one
    /// edit for four letters and more, two for eight and more. The most similar first.
    pub fn similar(&self, text: &str, most: usize) -> Vec<u32> {
        let letters = text.chars().count();
        let edits = match letters {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        let mut found: Vec<(usize, bool, String, u32)> = Vec::new();
        if let Some(index) = &self.index {
            let mut keep = |key: &[u8], at: u64| {
                let key = String::from_utf8_lossy(key);
                if let Some(distance) = distance(text, &key, edits) {
                    for posting in &self.postings[at as usize] {
                        found.push((distance, posting & 1 == 0, key.to_string(), posting >> 1));
                    }
                }
            };
            // A very long text makes no automaton; it is similar to what it is a prefix of.
            match Levenshtein::new_with_limit(text, edits as u32, 50_000) {
                Ok(automaton) => {
                    let mut stream = index.search(automaton.starts_with()).into_stream();
                    let mut looked = 0;
                    while let Some((key, at)) = stream.next().filter(|_| looked < LOOKED_AT) {
                        looked += 1;
                        keep(key, at);
                    }
                }
                Err(_) => {
                    let mut stream = index.search(Str::new(text).starts_with()).into_stream();
                    let mut looked = 0;
                    while let Some((key, at)) = stream.next().filter(|_| looked < LOOKED_AT) {
                        looked += 1;
                        keep(key, at);
                    }
                }
            }
        }
        for (name, id) in self.waiting() {
            let tails = name.match_indices(' ').map(|(at, _)| &name[at + 1..]);
            for (word, tail) in std::iter::once(&**name).chain(tails).enumerate() {
                if let Some(distance) = distance(text, tail, edits) {
                    found.push((distance, word > 0, tail.to_owned(), *id));
                }
            }
        }
        found.sort();
        let mut ids: Vec<u32> = Vec::new();
        for (_, _, _, id) in found {
            if !ids.contains(&id) && ids.len() < most {
                ids.push(id);
            }
        }
        ids
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        let index = self.index.as_ref().map_or(0, |map| map.as_fst().size());
        let postings: usize = self
            .postings
            .iter()
            .map(|list| 24 + list.capacity() * 4)
            .sum();
        index
            + postings
            + self
                .names
                .iter()
                .map(|(name, _)| 24 + name.len())
                .sum::<usize>()
    }
}

/// How many edits lie between a text and the key, or as many words of the key as the text has;
/// `None` for more than `most`.
fn distance(text: &str, key: &str, most: usize) -> Option<usize> {
    let words = text.split(' ').count();
    let end = key
        .match_indices(' ')
        .nth(words - 1)
        .map_or(key.len(), |(at, _)| at);
    let whole = strsim::damerau_levenshtein(text, &key[..end]);
    let begun = match key.starts_with(text) {
        true => usize::from(key.len() > text.len()),
        false => usize::MAX,
    };
    Some(whole.min(begun)).filter(|distance| *distance <= most.max(1))
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn names(settled: bool) -> Names {
        let mut names = Names::default();
        for (id, name) in ["uk parliament", "uk", "electoral commission", "germany"]
            .iter()
            .enumerate()
        {
            names.add(name, id as u32);
        }
        if settled {
            names.settle();
        }
        names
    }

    #[test]
    fn prefixes_and_slips_find_the_same_before_and_after_settling() {
        for settled in [false, true] {
            let names = names(settled);
            assert_eq!(names.prefix("uk", 9), [1, 0], "{settled}");
            assert_eq!(names.prefix("uk p", 9), [0]);
            assert_eq!(names.similar("parlament", 9), [0]);
            assert_eq!(names.similar("electorl", 9), [2]);
            assert_eq!(names.similar("comission", 9), [2]);
            assert!(names.similar("mimikatz", 9).is_empty());
        }
    }
}

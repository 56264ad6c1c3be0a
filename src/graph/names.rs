//! The index of names for prefixes and slips of the pen: a finite-state transducer of folded names
//! and of their words, and a short list of what came since it was built.

use crate::graph::handles::part;
use crate::graph::lazy::Lazy;
use crate::graph::records::Stored;
use crate::graph::sorted::{Sorted, entry};
use crate::model::Packed;
use fst::automaton::{Levenshtein, Str};
use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};
use minicbor::{Decode, Encode};
use rayon::slice::ParallelSliceMut;
use std::collections::BTreeMap;
use std::ops::Bound::{Included, Unbounded};

/// How many names may wait before the index is built anew, beside an eighth of what it holds.
const WAITING: usize = 4096;
/// How many keys of the index a search looks at.
const LOOKED_AT: usize = 4096;

/// Folded names, and where inside a name a word begins.
#[derive(Clone, Debug, Default)]
pub struct Names {
    index: Lazy<Index>,
    /// How many keys the index has.
    keys: usize,
    /// The parts of hashes of whole names with their ids, while the index lies in a snapshot.
    exact: Option<Sorted>,
    /// Names that came since the index was built, with their ids.
    waiting: BTreeMap<Box<str>, Vec<u32>>,
    /// Masses of them, which nobody looks for before they are settled.
    many: Vec<(String, u32)>,
    /// Whether the index is not to be built anew for now, however many names wait.
    held: bool,
}

/// The index as it was built.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Keys are folded names and their tails from each word on; values are places in `starts`.
    map: Option<Map<Vec<u8>>>,
    /// Where the postings of each key begin; one entry more than keys.
    starts: Vec<u32>,
    /// For each key the ids, each shifted left by one; the low bit is set for a whole name.
    postings: Vec<u32>,
}

/// An index as a snapshot holds it: a part of a list, in its order.
#[derive(Debug, Encode, Decode)]
pub enum IndexPart {
    /// Bytes of the transducer.
    #[n(0)]
    Map(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Where postings begin.
    #[n(1)]
    Starts(#[n(0)] Packed),
    /// Postings.
    #[n(2)]
    Postings(#[n(0)] Packed),
}

impl Index {
    /// As parts of a list.
    pub fn parts(&self) -> Vec<IndexPart> {
        let bytes = self
            .map
            .as_ref()
            .map_or(&[][..], |map| map.as_fst().as_bytes());
        let size = 50_000;
        let map = bytes.chunks(size).map(|some| IndexPart::Map(some.to_vec()));
        let starts = self
            .starts
            .chunks(size / 4)
            .map(|some| IndexPart::Starts(Packed::of(some)));
        let postings = self.postings.chunks(size / 4);
        let postings = postings.map(|some| IndexPart::Postings(Packed::of(some)));
        map.chain(starts).chain(postings).collect()
    }

    /// From the parts of a list; what is damaged was found by its checksum before.
    pub fn of(stored: &Stored) -> Index {
        let mut index = Index::default();
        let mut bytes = Vec::new();
        for part in stored.all::<IndexPart>() {
            match part {
                IndexPart::Map(some) => bytes.extend(some),
                IndexPart::Starts(some) => index
                    .starts
                    .extend(some.values::<u32>().into_iter().flatten()),
                IndexPart::Postings(some) => {
                    index
                        .postings
                        .extend(some.values::<u32>().into_iter().flatten());
                }
            }
        }
        index.map = Map::new(bytes).ok().filter(|map| !map.is_empty());
        index
    }

    fn postings(&self, at: u64) -> &[u32] {
        let at = at as usize;
        &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The parts of hashes of whole names with their ids, sorted.
    pub fn whole_names(&self) -> Vec<u64> {
        let mut found = Vec::new();
        if let Some(map) = &self.map {
            let mut stream = map.stream();
            while let Some((key, at)) = stream.next() {
                let part = std::str::from_utf8(key).map_or(0, part);
                let whole = self.postings(at).iter().filter(|posting| *posting & 1 == 1);
                found.extend(whole.map(|posting| entry(part, posting >> 1)));
            }
        }
        found.sort_unstable();
        found
    }
}

/// The beginnings of the words of a name that a search may begin with, the first apart.
fn tails(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices(' ')
        .map(|(at, _)| &name[at + 1..])
        .filter(|tail| tail.len() >= 3 && !tail.starts_with(|c: char| c.is_ascii_digit()))
}

impl Names {
    /// Adds a folded name.
    pub fn add(&mut self, folded: String, id: u32) {
        if folded.is_empty() {
            return;
        }
        let ids = self.waiting.entry(folded.into_boxed_str()).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
        self.settle_if_grown();
    }

    fn settle_if_grown(&mut self) {
        if !self.held && self.waiting.len() > WAITING.max(self.keys / 8) {
            self.settle();
        }
    }

    /// Holds the index as it is while masses of names come, or lets it be built anew where it has grown.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
        self.settle_if_grown();
    }

    /// Adds many folded names with their ids, which are found once the index is built anew.
    pub fn add_many(&mut self, many: Vec<(String, u32)>) {
        self.many.extend(many);
    }

    /// An index that lies in a snapshot.
    pub fn cold(stored: Stored, exact: Sorted, keys: usize) -> Names {
        Names {
            index: Lazy::cold(stored, Index::of),
            keys,
            exact: Some(exact),
            ..Names::default()
        }
    }

    /// The index, and how many keys it has; [`Names::settle`] comes before.
    pub fn index(&self) -> (&Index, usize) {
        (self.index.get(), self.keys)
    }

    /// Builds the index anew if anything waits.
    pub fn settle(&mut self) {
        let mut many = std::mem::take(&mut self.many);
        for (name, ids) in std::mem::take(&mut self.waiting) {
            many.extend(ids.into_iter().map(|id| (String::from(name.clone()), id)));
        }
        let mut fresh: Vec<(&str, u32)> = Vec::with_capacity(many.len());
        for (name, id) in many.iter().filter(|(name, _)| !name.is_empty()) {
            fresh.push((name, id << 1 | 1));
            fresh.extend(tails(name).map(|tail| (tail, id << 1)));
        }
        if fresh.is_empty() {
            return;
        }
        fresh.par_sort_unstable();
        fresh.dedup();
        let Index {
            map,
            starts,
            postings,
        } = std::mem::take(self.index.get_mut());
        let old = (map, starts, postings);
        self.exact = None;
        let mut new = Index::default();
        let mut builder = MapBuilder::memory();
        // Keys come sorted and distinct, which is all that the builder asks for.
        let mut begin = |key: &[u8], starts: &mut Vec<u32>, postings: &[u32]| {
            let _ = builder.insert(key, starts.len() as u64);
            starts.push(postings.len() as u32);
        };
        let mut fresh = fresh.into_iter().peekable();
        let mut stream = old.0.as_ref().map(|index| index.stream());
        let mut known = stream.as_mut().and_then(Streamer::next);
        loop {
            let next = fresh.peek().map(|(key, _)| key.as_bytes());
            let key = match (known, next) {
                (None, None) => break,
                (Some((key, _)), None) => key,
                (None, Some(key)) => key,
                (Some((key, _)), Some(next)) => key.min(next),
            };
            begin(key, &mut new.starts, &new.postings);
            let held = known.filter(|(held, _)| *held == key);
            let mut from_old: &[u32] = &[];
            if let Some((_, at)) = held {
                from_old = &old.2[old.1[at as usize] as usize..old.1[at as usize + 1] as usize];
                new.postings.extend_from_slice(from_old);
            }
            while let Some((_, posting)) = fresh.next_if(|(own, _)| own.as_bytes() == key) {
                if !from_old.contains(&posting) {
                    new.postings.push(posting);
                }
            }
            if held.is_some() {
                known = stream.as_mut().and_then(Streamer::next);
            }
        }
        self.keys = new.starts.len();
        new.starts.push(new.postings.len() as u32);
        new.starts.shrink_to_fit();
        new.postings.shrink_to_fit();
        let bytes = builder.into_inner().ok();
        new.map = bytes.and_then(|bytes| Map::new(bytes).ok());
        self.index = Lazy::from(new);
    }

    /// The ids of exactly this folded name, sorted. `is_called` tells whether it is a name of an id now:
    /// with that the index of a snapshot need not be read for names that nobody ever had before.
    pub fn exact(&self, folded: &str, is_called: &dyn Fn(u32) -> bool) -> Vec<u32> {
        let mut ids: Vec<u32> = self.waiting.get(folded).cloned().unwrap_or_default();
        let few: Option<Vec<u32>> = self
            .exact
            .as_ref()
            .map(|exact| exact.spread(part(folded)).collect());
        match few.filter(|few| few.iter().all(|id| is_called(*id))) {
            Some(few) => ids.extend(few),
            None => {
                let index = self.index.get();
                if let Some(at) = index.map.as_ref().and_then(|map| map.get(folded)) {
                    let whole = index
                        .postings(at)
                        .iter()
                        .filter(|posting| *posting & 1 == 1);
                    ids.extend(whole.map(|posting| posting >> 1));
                }
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The ids of names that begin with a folded text, sorted by name.
    pub fn prefix(&self, text: &str, most: usize) -> Vec<u32> {
        let mut found: Vec<(String, u32)> = Vec::new();
        let index = self.index.get();
        if let Some(map) = &index.map {
            let mut stream = map.search(Str::new(text).starts_with()).into_stream();
            while let Some((key, at)) = stream.next() {
                if found.len() >= most {
                    break;
                }
                let whole = index
                    .postings(at)
                    .iter()
                    .filter(|posting| *posting & 1 == 1);
                let key = String::from_utf8_lossy(key).into_owned();
                found.extend(whole.map(|posting| (key.clone(), posting >> 1)));
            }
        }
        let waiting = self.waiting.range::<str, _>((Included(text), Unbounded));
        for (name, ids) in waiting.take_while(|(name, _)| name.starts_with(text)) {
            found.extend(ids.iter().map(|id| (name.to_string(), *id)));
        }
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
        let index = self.index.get();
        if let Some(map) = &index.map {
            let mut keep = |key: &[u8], at: u64| {
                let key = String::from_utf8_lossy(key);
                if let Some(distance) = distance(text, &key, edits) {
                    for posting in index.postings(at) {
                        found.push((distance, posting & 1 == 0, key.to_string(), posting >> 1));
                    }
                }
            };
            // A very long text makes no automaton; it is similar to what it is a prefix of.
            match Levenshtein::new_with_limit(text, edits as u32, 50_000) {
                Ok(automaton) => {
                    let mut stream = map.search(automaton.starts_with()).into_stream();
                    let mut looked = 0;
                    while let Some((key, at)) = stream.next().filter(|_| looked < LOOKED_AT) {
                        looked += 1;
                        keep(key, at);
                    }
                }
                Err(_) => {
                    let mut stream = map.search(Str::new(text).starts_with()).into_stream();
                    let mut looked = 0;
                    while let Some((key, at)) = stream.next().filter(|_| looked < LOOKED_AT) {
                        looked += 1;
                        keep(key, at);
                    }
                }
            }
        }
        for (name, ids) in &self.waiting {
            let tails = name.match_indices(' ').map(|(at, _)| &name[at + 1..]);
            for (word, tail) in std::iter::once(&**name).chain(tails).enumerate() {
                if let Some(distance) = distance(text, tail, edits) {
                    let own = ids
                        .iter()
                        .map(|id| (distance, word > 0, tail.to_owned(), *id));
                    found.extend(own);
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
        let index = self.index.get();
        let map = index.map.as_ref().map_or(0, |map| map.as_fst().size());
        let waiting = self.waiting.keys().map(|name| 64 + name.len());
        map + (index.postings.capacity() + index.starts.capacity()) * 4 + waiting.sum::<usize>()
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
            names.add((*name).to_owned(), id as u32);
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

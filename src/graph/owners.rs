//! Which entities bear which alias. The claims say it; here it is found without reading them.

use crate::graph::sorted::{Sorted, entry};
use rustc_hash::FxHashMap;

/// The entities that bear an alias, by the number of its text.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    /// As the snapshot has them.
    base: Sorted,
    /// Those of texts of which something changed since, in order of recording.
    changed: FxHashMap<u32, Vec<u32>>,
}

impl Owners {
    /// Those of a snapshot.
    pub fn cold(base: Sorted) -> Owners {
        Owners {
            base,
            changed: FxHashMap::default(),
        }
    }

    /// The entities that bear a text.
    pub fn of(&self, text: u32) -> Vec<u32> {
        match self.changed.get(&text) {
            Some(owners) => owners.clone(),
            None => self.base.of(text).collect(),
        }
    }

    /// An entity bears a text, or no longer does.
    pub fn set(&mut self, text: u32, owner: u32, does: bool) {
        let base = &self.base;
        let owners = self
            .changed
            .entry(text)
            .or_insert_with(|| base.of(text).collect());
        owners.retain(|known| *known != owner);
        if does {
            owners.push(owner);
        }
    }

    /// All of them as a snapshot holds them.
    pub fn sorted(&self) -> Vec<u64> {
        let base = self.base.all().iter().copied();
        let same = base.filter(|pair| !self.changed.contains_key(&((pair >> 32) as u32)));
        let changed = self.changed.iter();
        let changed =
            changed.flat_map(|(text, owners)| owners.iter().map(|owner| entry(*text, *owner)));
        let mut all: Vec<u64> = same.chain(changed).collect();
        all.sort_unstable();
        all
    }
}

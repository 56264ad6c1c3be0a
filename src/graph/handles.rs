//! Handles: from a name to the number of what bears it. The texts stand elsewhere; a part of the hash of
//! each is kept, so that the table grows, and one is poured into another, without looking at a name. What
//! a snapshot holds is a sorted column of these parts.

use crate::graph::sorted::{Sorted, entry};
use crate::model::{Entity, Vocabulary};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::slice::ParallelSliceMut;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Numbers by the names of what they count.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    /// Those that came since the case was opened.
    table: HashTable<(u32, u32)>,
    /// Those of the snapshot.
    base: Sorted,
    /// Those of the snapshot that were taken away.
    gone: RoaringBitmap,
}

/// The part of a name's hash that is kept: the upper half of XXH3-64 with seed 0. Snapshots hold it, so it
/// is the format's.
pub fn part(name: &str) -> u32 {
    (xxh3_64(name.as_bytes()) >> 32) as u32
}

/// The part of a hash that is kept, as a hash: it decides the place.
fn spread(part: u32) -> u64 {
    u64::from(part) << 32 | u64::from(part)
}

fn place((part, _): &(u32, u32)) -> u64 {
    spread(*part)
}

impl Handles {
    /// The number of a name; `name_of` tells the name of a number.
    pub fn find<'n>(&self, name: &str, name_of: impl Fn(u32) -> &'n str) -> Option<u32> {
        let part = part(name);
        let same = |(own, id): &(u32, u32)| *own == part && name_of(*id) == name;
        let fresh = self.table.find(spread(part), same).map(|(_, id)| *id);
        fresh.or_else(|| {
            let mut known = self.base.spread(part);
            known.find(|id| !self.gone.contains(*id) && name_of(*id) == name)
        })
    }

    /// Those of a snapshot.
    pub fn cold(base: Sorted) -> Handles {
        Handles {
            base,
            ..Handles::default()
        }
    }

    /// All of them as a snapshot holds them.
    pub fn sorted(&self) -> Vec<u64> {
        let base = self.base.all().iter();
        let base = base.filter(|entry| !self.gone.contains(**entry as u32));
        let fresh = self.table.iter().map(|(part, id)| entry(*part, *id));
        let mut all: Vec<u64> = base.copied().chain(fresh).collect();
        all.par_sort_unstable();
        all
    }

    /// Adds a name that is not there.
    pub fn insert(&mut self, name: &str, id: u32) {
        let part = part(name);
        self.table.insert_unique(spread(part), (part, id), place);
    }

    /// The number of a name; where it has none it gets this one.
    pub fn find_or_insert<'n>(
        &mut self,
        name: &str,
        id: u32,
        name_of: impl Fn(u32) -> &'n str,
    ) -> Option<u32> {
        let part = part(name);
        let same = |(own, id): &(u32, u32)| *own == part && name_of(*id) == name;
        // Only what is new is put in this way.
        match self.table.entry(spread(part), same, place) {
            Entry::Occupied(known) => Some(known.get().1),
            Entry::Vacant(free) => {
                free.insert((part, id));
                None
            }
        }
    }

    /// Takes a name away.
    pub fn remove(&mut self, name: &str, id: u32) {
        let own = |(_, known): &(u32, u32)| *known == id;
        match self.table.find_entry(spread(part(name)), own) {
            Ok(own) => {
                own.remove();
            }
            Err(_) => {
                self.gone.insert(id);
            }
        }
    }

    /// Takes in what others have, under numbers moved up by `first`; none of their names is there.
    pub fn absorb(&mut self, others: Handles, first: u32) {
        if self.table.is_empty() && first == 0 {
            *self = others;
            return;
        }
        self.table.reserve(others.table.len(), place);
        for (part, id) in others.table {
            self.table
                .insert_unique(spread(part), (part, first + id), place);
        }
    }

    /// A number here and one there whose names are the same, if there are such.
    pub fn shared<'n>(
        &self,
        name_of: impl Fn(u32) -> &'n str,
        others: &Handles,
        other_name: impl Fn(u32) -> &'n str,
    ) -> Option<(u32, u32)> {
        if self.table.is_empty() && self.base.is_empty() {
            return None;
        }
        others.table.iter().find_map(|(part, other)| {
            let same = |id: u32| name_of(id) == other_name(*other);
            let equal = |(own, id): &(u32, u32)| own == part && same(*id);
            let fresh = self.table.find(spread(*part), equal).map(|(_, id)| *id);
            let found = fresh.or_else(|| {
                let mut known = self.base.spread(*part);
                known.find(|id| !self.gone.contains(*id) && same(*id))
            });
            found.map(|id| (id, *other))
        })
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.table.capacity() * 9 + self.base.memory()
    }
}

/// New entities of which no two share a handle.
#[derive(Clone, Debug, Default)]
pub struct NewEntities {
    pub(in crate::graph) entities: Vec<Entity>,
    pub(in crate::graph) handles: Handles,
    /// The places of those that are texts of aliases; they have no handles.
    pub(in crate::graph) texts: FxHashMap<Box<str>, u32>,
}

impl NewEntities {
    /// These entities; `Err` with the place and the handle of the first whose handle one before it has.
    pub fn of(entities: Vec<Entity>) -> Result<NewEntities, (usize, String)> {
        let mut fresh = NewEntities::default();
        for (at, entity) in entities.into_iter().enumerate() {
            fresh
                .offer(entity)
                .map_err(|(entity, _)| (at, entity.name))?;
        }
        Ok(fresh)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// The handle at a place.
    pub fn name(&self, at: u32) -> &str {
        &self.entities[at as usize].name
    }

    /// The place of a handle.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.handles.find(name, |at| self.name(at))
    }

    /// Adds an entity unless its handle is there; gives it back with the place of the other then.
    pub fn offer(&mut self, entity: Entity) -> Result<u32, (Entity, u32)> {
        let NewEntities {
            entities, handles, ..
        } = self;
        let name_of = |at: u32| entities[at as usize].name.as_str();
        let next = entities.len() as u32;
        match handles.find_or_insert(&entity.name, next, name_of) {
            Some(at) => Err((entity, at)),
            None => {
                entities.push(entity);
                Ok(next)
            }
        }
    }

    /// Adds an entity with a handle that none has; gives its place.
    pub fn push(&mut self, entity: Entity) -> u32 {
        let at = self.entities.len() as u32;
        self.handles.insert(&entity.name, at);
        self.entities.push(entity);
        at
    }

    /// The place of the text of an alias, which is added where it is new.
    pub fn text(&mut self, text: &str) -> u32 {
        if let Some(at) = self.texts.get(text) {
            return *at;
        }
        let at = self.entities.len() as u32;
        self.texts.insert(text.into(), at);
        self.entities.push(Entity {
            name: text.to_owned(),
            types: vec![Vocabulary::NAME],
            ..Entity::default()
        });
        at
    }

    /// Whether what stands at a place is the text of an alias.
    pub fn is_text(&self, at: u32) -> bool {
        self.texts.get(self.name(at)) == Some(&at)
    }

    /// How many are texts of aliases.
    pub fn texts(&self) -> usize {
        self.texts.len()
    }

    /// The entity at a place, to say more of it; its handle stays.
    pub fn entity_mut(&mut self, at: u32) -> &mut Entity {
        &mut self.entities[at as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Handles;

    #[test]
    fn names_are_found_wherever_they_were_put_in() {
        let names: Vec<String> = (0..1000).map(|n| format!("N{n}")).collect();
        let name_of = |id: u32| names[id as usize].as_str();
        let (mut first, mut second) = (Handles::default(), Handles::default());
        (0..500).for_each(|id| first.insert(name_of(id), id));
        let behind = |id: u32| names[500 + id as usize].as_str();
        (0..500).for_each(|id| second.insert(behind(id), id));
        assert_eq!(first.shared(name_of, &second, behind), None);
        assert_eq!(
            first
                .shared(name_of, &first.clone(), name_of)
                .map(|(a, b)| a == b),
            Some(true)
        );
        first.absorb(second, 500);
        for id in 0..1000 {
            assert_eq!(first.find(name_of(id), name_of), Some(id));
        }
        first.remove("N7", 7);
        assert_eq!(first.find("N7", name_of), None);
        assert_eq!(first.find("M", name_of), None);
    }
}

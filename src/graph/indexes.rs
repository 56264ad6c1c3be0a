//! Entities by the value of a property: an index for each key that was asked for, built when it is
//! asked for first and kept up to date from then on.

use crate::graph::records::Records;
use crate::model::{Entity, Value};
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;
use std::sync::{Arc, RwLock};

/// How many entries may wait unsorted.
const WAITING: usize = 1024;

/// The entities that have a value of a key.
#[derive(Debug, Default)]
struct Index {
    /// Hashes of values with the entities that have or had them, sorted.
    sorted: Vec<(u64, u32)>,
    /// The same, not sorted yet.
    waiting: Vec<(u64, u32)>,
    /// The entities below this are in.
    held: usize,
}

impl Index {
    fn add(&mut self, id: u32, value: &Value) {
        if let Some(hash) = hash(value) {
            self.waiting.push((hash, id));
        }
    }

    fn settle(&mut self) {
        if self.waiting.len() > WAITING {
            self.sorted.append(&mut self.waiting);
            self.sorted.sort_unstable();
            self.sorted.dedup();
        }
    }

    fn find(&self, hash: u64) -> impl Iterator<Item = u32> {
        let first = self.sorted.partition_point(|entry| entry.0 < hash);
        let sorted = self.sorted[first..].iter();
        let sorted = sorted.take_while(move |entry| entry.0 == hash);
        let waiting = self.waiting.iter().filter(move |entry| entry.0 == hash);
        sorted.chain(waiting).map(|entry| entry.1)
    }
}

/// After how many reads, as a part of the entities, a property is laid out. To lay it out costs as much
/// as reads of a third of them; it is done sooner, since whoever read so many is likely to ask again.
const PART: usize = 16;

/// A property of all entities, side by side.
#[derive(Clone, Debug, Default)]
pub struct Property {
    /// For each entity the place of its value; 0 where it has none.
    pub codes: Vec<u32>,
    /// The values; the first is none.
    pub values: Vec<Option<Value>>,
    /// No two of the values are equal.
    pub distinct: bool,
}

impl Property {
    fn new(items: &Records<Entity>, key: &str) -> Property {
        // With room for all: to grow is to hash again what lies all over.
        let mut known: HashTable<u32> = HashTable::with_capacity(items.len());
        let mut values: Vec<Option<Value>> = vec![None];
        let mut code = |value: Value| {
            let next = values.len() as u32;
            // What may equal a value of another kind stays apart.
            let single = matches!(value, Value::Int(_) | Value::Text(_) | Value::Bool(_));
            let Some(own) = hash(&value).filter(|_| single) else {
                values.push(Some(value));
                return next;
            };
            let same = |code: &u32| values[*code as usize].as_ref() == Some(&value);
            if let Some(code) = known.find(own, same) {
                return *code;
            }
            let again = |code: &u32| values[*code as usize].as_ref().and_then(hash).unwrap_or(0);
            known.insert_unique(own, next, again);
            values.push(Some(value));
            next
        };
        let codes = items
            .iter()
            .map(|entity| property(entity, key).map_or(0, &mut code))
            .collect();
        let kind = |value: &Value| match value {
            Value::Bool(_) => Some(0),
            Value::Int(_) => Some(1),
            Value::Text(_) => Some(2),
            Value::Float(_)
            | Value::Date(_)
            | Value::Temporal(_)
            | Value::List(_)
            | Value::Map(_) => None,
        };
        let mut kinds = values.iter().flatten().map(kind);
        let first = kinds.next().unwrap_or(Some(0));
        Property {
            codes,
            distinct: first.is_some() && kinds.all(|kind| kind == first),
            values,
        }
    }
}

/// A property that was read of many entities.
#[derive(Debug, Default)]
struct Wanted {
    /// Of how many it was read since it last changed.
    reads: usize,
    column: Option<Arc<Property>>,
}

/// The indexes of a case. A copy of a case builds its own.
#[derive(Debug, Default)]
pub struct Indexes {
    by_key: RwLock<FxHashMap<Box<str>, Index>>,
    columns: RwLock<FxHashMap<Box<str>, Wanted>>,
    /// Entities by their ids outside, once one was asked for.
    outside: RwLock<Index>,
}

impl Clone for Indexes {
    fn clone(&self) -> Indexes {
        Indexes::default()
    }
}

/// What equal values share; nothing for those that are not looked up.
fn hash(value: &Value) -> Option<u64> {
    let hasher = FxBuildHasher;
    match value {
        Value::Bool(truth) => Some(hasher.hash_one(truth)),
        // A whole number and a number may be equal.
        Value::Int(number) => Some(hasher.hash_one((*number as f64).to_bits())),
        Value::Float(number) => Some(hasher.hash_one((number + 0.0).to_bits())),
        Value::Text(text) => Some(hasher.hash_one(text.as_str())),
        Value::Date(_) | Value::Temporal(_) | Value::List(_) | Value::Map(_) => None,
    }
}

/// What ids outside share that are the same.
fn outside_hash(scheme: &str, id: &str) -> u64 {
    FxBuildHasher.hash_one((scheme, id))
}

/// The value of a property as queries read it: what a query made has only what it was given.
fn property(entity: &Entity, key: &str) -> Option<Value> {
    let own = entity.properties.iter().find(|(known, _)| known == key);
    match own {
        Some((_, value)) => Some(value.clone()),
        None if entity.made => None,
        None => entity.property(key),
    }
}

impl Indexes {
    /// The entities of which a property equals a value, sorted; `None` where such values are not
    /// looked up.
    pub fn find(&self, items: &Records<Entity>, key: &str, value: &Value) -> Option<Vec<u32>> {
        let wanted = hash(value)?;
        let known = self.by_key.read().ok()?;
        let ready = known.get(key).filter(|index| index.held == items.len());
        let mut found: Vec<u32> = match ready {
            Some(index) => index.find(wanted).collect(),
            None => {
                drop(known);
                let mut known = self.by_key.write().ok()?;
                let index = known.entry(key.into()).or_default();
                for (id, entity) in items.iter().enumerate().skip(index.held) {
                    if let Some(value) = property(entity, key) {
                        index.add(id as u32, &value);
                    }
                }
                index.held = items.len();
                index.settle();
                index.find(wanted).collect()
            }
        };
        let equal = |id: &u32| {
            let own = property(items.get(*id as usize), key);
            own.is_some_and(|own| own.compare(value) == Some(std::cmp::Ordering::Equal))
        };
        found.retain(equal);
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// The entities that have an id outside, sorted.
    pub fn identified(&self, items: &Records<Entity>, scheme: &str, id: &str) -> Vec<u32> {
        let wanted = outside_hash(scheme, id);
        let own = |at: &u32| {
            let ids = items.get(*at as usize).ids.iter();
            ids.into_iter()
                .any(|(own, known)| own == scheme && known == id)
        };
        let sorted = |found: &Index| {
            let mut found: Vec<u32> = found.find(wanted).filter(own).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        if let Ok(known) = self.outside.read()
            && known.held == items.len()
        {
            return sorted(&known);
        }
        let Ok(mut known) = self.outside.write() else {
            return Vec::new();
        };
        for (at, entity) in items.iter().enumerate().skip(known.held) {
            for (scheme, id) in &entity.ids {
                known.waiting.push((outside_hash(scheme, id), at as u32));
            }
        }
        known.held = items.len();
        known.settle();
        sorted(&known)
    }

    /// An entity got an id outside.
    pub fn note_outside(&mut self, entity: u32, scheme: &str, id: &str) {
        if let Ok(known) = self.outside.get_mut()
            && (entity as usize) < known.held
        {
            known.waiting.push((outside_hash(scheme, id), entity));
            known.settle();
        }
    }

    /// A property of all entities, once so many reads of it were announced that it pays to lay it out.
    pub fn column(
        &self,
        items: &Records<Entity>,
        key: &str,
        reads: usize,
    ) -> Option<Arc<Property>> {
        let known = self.columns.read().ok()?;
        let ready = known.get(key).and_then(|wanted| wanted.column.clone());
        if let Some(column) = ready.filter(|column| column.codes.len() == items.len()) {
            return Some(column);
        }
        drop(known);
        let mut known = self.columns.write().ok()?;
        let wanted = known.entry(key.into()).or_default();
        wanted.reads += reads;
        if wanted.reads < items.len() / PART {
            return None;
        }
        *wanted = Wanted {
            reads: 0,
            column: Some(Arc::new(Property::new(items, key))),
        };
        wanted.column.clone()
    }

    /// The values of a property are about to change.
    pub fn changes(&mut self, key: &str) {
        if let Ok(known) = self.columns.get_mut() {
            known.remove(key);
        }
    }

    /// An entity got a value.
    pub fn note(&mut self, id: u32, key: &str, value: &Value) {
        self.changes(key);
        let Ok(known) = self.by_key.get_mut() else {
            return;
        };
        if let Some(index) = known
            .get_mut(key)
            .filter(|index| (id as usize) < index.held)
        {
            index.add(id, value);
            index.settle();
        }
    }
}

//! The entities of a case and what they are called. Aliases are claims; here stands only which
//! names they give to which entities, so that a word finds its entity at once.

use crate::graph::handles::{Handles, NewEntities};
use crate::graph::indexes::{Indexes, Property};
use crate::graph::merged::Merged;
use crate::graph::names::Names;
use crate::graph::owners::Owners;
use crate::graph::records::Records;
use crate::model::{Entity, EntityId, TypeId, Value, Vocabulary};
use crate::text::{fold, nearest};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use roaring::RoaringBitmap;
use std::sync::Arc;

/// Up to how many names did-you-mean compares one by one; above, the index gives candidates.
const COMPARE_ALL: usize = 20_000;

/// The entities of a case, by [`EntityId`].
#[derive(Clone, Debug, Default)]
pub struct Entities {
    pub(in crate::graph) items: Records<Entity>,
    pub(in crate::graph) handles: Handles,
    /// The texts that are aliases; a text may be the handle of another entity as well.
    pub(in crate::graph) texts: Handles,
    pub(in crate::graph) owners: Owners,
    pub(in crate::graph) by_type: Vec<RoaringBitmap>,
    pub(in crate::graph) texts_set: RoaringBitmap,
    pub(in crate::graph) names: Names,
    pub(in crate::graph) indexes: Indexes,
    /// Those that were deleted; their numbers are not given again.
    pub(in crate::graph) deleted: RoaringBitmap,
    /// Those for which another stands.
    pub(in crate::graph) merged: Merged,
}

impl Entities {
    /// How many, the texts of aliases included.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// An entity of this case.
    pub fn get(&self, id: EntityId) -> &Entity {
        self.items.get(id.index())
    }

    /// The handle, or the text of an alias.
    pub fn name(&self, id: EntityId) -> &str {
        &self.items.get(id.index()).name
    }

    /// Whether it is the text of an alias rather than a thing.
    pub fn is_name(&self, id: EntityId) -> bool {
        self.texts_set.contains(id.0)
    }

    /// The entity of exactly this handle.
    pub fn by_handle(&self, handle: &str) -> Option<EntityId> {
        let name_of = |id: u32| self.items.get(id as usize).name.as_str();
        self.handles.find(handle, name_of).map(EntityId)
    }

    /// The alias of exactly this text.
    pub fn name_entity(&self, text: &str) -> Option<EntityId> {
        let name_of = |id: u32| self.items.get(id as usize).name.as_str();
        self.texts.find(text, name_of).map(EntityId)
    }

    /// The entities that bear an alias.
    pub fn owners(&self, text: EntityId) -> Vec<EntityId> {
        self.owners.of(text.0).into_iter().map(EntityId).collect()
    }

    /// All entities that are things, in order.
    pub fn ids(&self) -> impl Iterator<Item = EntityId> + '_ {
        (0..self.items.len() as u32)
            .filter(|id| !self.texts_set.contains(*id) && !self.deleted.contains(*id))
            .map(EntityId)
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self, id: EntityId) -> bool {
        self.deleted.contains(id.0)
    }

    /// Whether an entity is of a type or one below it.
    pub fn has_type(&self, id: EntityId, kind: TypeId, words: &Vocabulary) -> bool {
        if kind == Vocabulary::ENTITY {
            return !self.is_name(id) && !self.is_deleted(id);
        }
        let own = &self.items.get(id.index()).types;
        own.iter().any(|own| *own == kind || words.is_a(*own, kind))
    }

    /// Keeps those of sorted entities that are of a type or one below it.
    pub fn keep_type(&self, ids: &mut Vec<u32>, kind: TypeId, words: &Vocabulary) {
        if kind == Vocabulary::ENTITY {
            for without in [&self.texts_set, &self.deleted] {
                if !without.is_empty() {
                    ids.retain(|id| !without.contains(*id));
                }
            }
            return;
        }
        ids.retain(|id| self.has_type(EntityId(*id), kind, words));
    }

    /// All entities of a type or one below it.
    pub fn members(&self, kind: TypeId, words: &Vocabulary) -> RoaringBitmap {
        if kind == Vocabulary::ENTITY {
            let mut all = RoaringBitmap::new();
            all.insert_range(0..self.items.len() as u32);
            return all - &self.texts_set - &self.deleted;
        }
        let below = words.below(kind).into_iter();
        below
            .filter_map(|kind| self.by_type.get(kind.index()))
            .fold(RoaringBitmap::new(), |all, of| all | of)
    }

    /// The entities that a name may mean: the one of exactly this handle; else all that bear it as
    /// an alias; else all whose handle, title or alias folds alike.
    pub fn resolve(&self, name: &str) -> Vec<EntityId> {
        if let Some(id) = self.by_handle(name) {
            return vec![id];
        }
        let owners = self
            .name_entity(name)
            .map(|text| self.owners(text))
            .unwrap_or_default();
        if !owners.is_empty() {
            return owners;
        }
        let mut found: Vec<EntityId> = Vec::new();
        for id in self.exactly(name) {
            match self.is_name(id) {
                true => found.extend(self.owners(id)),
                false if !self.is_deleted(id) => found.push(id),
                false => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The entities whose handle, title or `name` property folds like a text.
    pub fn called(&self, name: &str) -> Vec<EntityId> {
        let mut found = self.exactly(name);
        found.retain(|id| !self.is_name(*id) && !self.is_deleted(*id));
        found
    }

    /// All that is called by a name, texts of aliases and what is deleted included.
    fn exactly(&self, name: &str) -> Vec<EntityId> {
        let folded = fold(name);
        let is_called = |id: u32| {
            let entity = self.items.get(id as usize);
            let own = entity.properties.iter().find(|(key, _)| key == "name");
            let own = own.map(|(_, value)| value.text());
            let names = std::iter::once(&entity.name)
                .chain(&entity.title)
                .chain(&own);
            names.into_iter().any(|name| fold(name) == folded)
        };
        let found = self.names.exact(&folded, &is_called).into_iter();
        found.map(EntityId).collect()
    }

    /// The entities of which a property equals a value as queries read it, sorted; `None` where values
    /// of this kind are not looked up.
    pub fn having(&self, key: &str, value: &Value) -> Option<Vec<EntityId>> {
        let found = self.indexes.find(&self.items, key, value)?.into_iter();
        let found = found.map(EntityId);
        let here = found.filter(|id| !self.is_name(*id) && !self.is_deleted(*id));
        Some(here.collect())
    }

    /// The entity of an id outside, such as a STIX or MISP id; the first of several.
    pub fn identified(&self, scheme: &str, id: &str) -> Option<EntityId> {
        let found = self.indexes.identified(&self.items, scheme, id).into_iter();
        let mut here = found.filter(|id| !self.deleted.contains(*id));
        here.next().map(EntityId)
    }

    /// A property of all entities as queries read it, by id, once it is read of many; `reads` more of
    /// them are about to be read. Nothing while some entity is deleted: reading it may be a fault.
    pub fn property_column(&self, key: &str, reads: usize) -> Option<Arc<Property>> {
        match self.deleted.is_empty() {
            true => self.indexes.column(&self.items, key, reads),
            false => None,
        }
    }

    /// The names that begin with a text, folded, with their entities; sorted by name, each entity
    /// once, at most `most`.
    pub fn prefix(&self, text: &str, most: usize) -> Vec<(String, EntityId)> {
        let found = self.names.prefix(&fold(text), most);
        self.shown(found, most)
    }

    /// The names similar to a text, the most similar first, each entity once, at most `most`.
    pub fn fuzzy(&self, text: &str, most: usize) -> Vec<(String, EntityId)> {
        let found = self.names.similar(&fold(text), most * 4);
        self.shown(found, most)
    }

    fn shown(&self, ids: Vec<u32>, most: usize) -> Vec<(String, EntityId)> {
        let mut found: Vec<(String, EntityId)> = Vec::new();
        for id in ids {
            let owners = match self.texts_set.contains(id) {
                true => self.owners(EntityId(id)),
                false => vec![EntityId(id)],
            };
            for owner in owners {
                if found.len() < most
                    && !self.is_deleted(owner)
                    && !found
                        .iter()
                        .rev()
                        .take(64)
                        .any(|(_, known)| *known == owner)
                {
                    found.push((self.name(EntityId(id)).to_owned(), owner));
                }
            }
        }
        found
    }

    /// The names nearest to a word that finds nothing, for "did you mean".
    pub fn near(&self, name: &str, most: usize) -> Vec<String> {
        let long = name.len() > 200;
        let names: Vec<&str> = match self.items.len() <= COMPARE_ALL && !long {
            true => self
                .items
                .iter()
                .enumerate()
                .filter(|(id, entity)| {
                    let nameless = entity.made && entity.name.starts_with('_');
                    !nameless && !self.deleted.contains(*id as u32)
                })
                .map(|(_, entity)| entity.name.as_str())
                .collect(),
            false if long => Vec::new(),
            false => self
                .names
                .similar(&fold(name), 64)
                .into_iter()
                .filter(|id| !self.deleted.contains(*id))
                .map(|id| self.items.get(id as usize).name.as_str())
                .collect(),
        };
        nearest(name, names, most)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    /// Adds an entity with a handle that is not taken.
    pub(in crate::graph) fn add(&mut self, entity: Entity) -> EntityId {
        let id = self.items.len() as u32;
        self.index(id, &entity);
        self.items.push(entity);
        self.handle(id);
        EntityId(id)
    }

    /// The first of new entities whose handle is taken.
    pub(in crate::graph) fn taken(&self, fresh: &NewEntities) -> Option<u32> {
        let name_of = |id: u32| self.items.get(id as usize).name.as_str();
        let shared = self
            .handles
            .shared(name_of, &fresh.handles, |id| fresh.name(id));
        shared.map(|(_, at)| at)
    }

    /// Adds entities of which none is taken; [`Entities::settle`] must follow.
    pub(in crate::graph) fn add_many(&mut self, fresh: NewEntities) {
        let NewEntities { entities, handles } = fresh;
        let first = self.items.len() as u32;
        let folded = entities
            .par_iter()
            .enumerate()
            .flat_map_iter(|(at, entity)| {
                let id = first + at as u32;
                let names = std::iter::once(&entity.name).chain(&entity.title);
                names.map(move |name| (fold(name), id))
            });
        let folded: Vec<(String, u32)> = folded.collect();
        for (at, entity) in entities.iter().enumerate() {
            for kind in &entity.types {
                self.mark(first + at as u32, *kind);
            }
        }
        self.handles.absorb(handles, first);
        self.items.extend(entities);
        self.names.add_many(folded);
    }

    /// Puts the handle of an entity into the table.
    fn handle(&mut self, id: u32) {
        let Entities { handles, items, .. } = self;
        handles.insert(&items.get(id as usize).name, id);
    }

    /// Adds an entity that a query makes: under its name where that is free, otherwise under a
    /// number of its own, by which nobody looks for it.
    pub(in crate::graph) fn make(
        &mut self,
        name: Option<&str>,
        types: Vec<TypeId>,
        properties: Vec<(String, Value)>,
    ) -> EntityId {
        let free = name.filter(|name| !name.is_empty() && self.by_handle(name).is_none());
        let mut entity = Entity {
            types,
            properties,
            made: true,
            ..Entity::default()
        };
        if let Some(free) = free {
            entity.name = free.to_owned();
            return self.add(entity);
        }
        let id = self.items.len() as u32;
        entity.name = format!("_{id}");
        while self.by_handle(&entity.name).is_some() {
            entity.name.push('_');
        }
        for kind in &entity.types {
            self.mark(id, *kind);
        }
        if let Some(name) = name {
            self.call(id, name);
        }
        self.items.push(entity);
        self.handle(id);
        EntityId(id)
    }

    /// Adds an entity as it was made before, by a query or otherwise.
    pub(in crate::graph) fn restore(&mut self, entity: Entity) -> EntityId {
        let named = |(key, value): &(String, Value)| match (key.as_str(), value) {
            ("name", Value::Text(name)) => Some(name.clone()),
            _ => None,
        };
        let name = entity.properties.iter().find_map(named);
        match entity.made && name.as_ref() != Some(&entity.name) {
            true => self.make(name.as_deref(), entity.types, entity.properties),
            false => self.add(entity),
        }
    }

    /// Who is who.
    pub fn merged(&self) -> &Merged {
        &self.merged
    }

    /// From now on this is who is who.
    pub(in crate::graph) fn set_merged(&mut self, merged: Merged) {
        self.merged = merged;
    }

    /// Takes an entity out of every index, or puts it back.
    pub(in crate::graph) fn delete(&mut self, id: EntityId, deleted: bool) {
        let entity = self.items.get(id.index()).clone();
        match deleted {
            true => {
                self.deleted.insert(id.0);
                self.handles.remove(&entity.name, id.0);
                for kind in &entity.types {
                    self.by_type[kind.index()].remove(id.0);
                }
            }
            false => {
                self.deleted.remove(id.0);
                if self.by_handle(&entity.name).is_none() {
                    self.handle(id.0);
                }
                self.index(id.0, &entity);
            }
        }
    }

    /// Gives an entity exactly these types.
    pub(in crate::graph) fn retype(&mut self, id: EntityId, mut types: Vec<TypeId>) {
        types.sort_unstable();
        types.dedup();
        for kind in std::mem::take(&mut self.items.get_mut(id.index()).types) {
            self.by_type[kind.index()].remove(id.0);
        }
        for kind in &types {
            self.mark(id.0, *kind);
        }
        self.items.get_mut(id.index()).types = types;
    }

    /// Takes a property away; gives what it was.
    pub(in crate::graph) fn unset(&mut self, id: EntityId, key: &str) -> Option<Value> {
        self.indexes.changes(key);
        let properties = &mut self.items.get_mut(id.index()).properties;
        let at = properties.binary_search_by(|(known, _)| known.as_str().cmp(key));
        let old = at.ok().map(|at| properties.remove(at).1);
        // A field of this name that it hid is read again.
        if let Some(value) = self.items.get(id.index()).property(key) {
            self.indexes.note(id.0, key, &value);
        }
        old
    }

    /// The alias of this text, added where it is new.
    pub(in crate::graph) fn text(&mut self, text: &str) -> EntityId {
        if let Some(id) = self.name_entity(text) {
            return id;
        }
        let id = self.items.len() as u32;
        let types = vec![Vocabulary::NAME];
        let entity = Entity {
            name: text.to_owned(),
            types,
            ..Entity::default()
        };
        self.texts.insert(text, id);
        self.texts_set.insert(id);
        self.index(id, &entity);
        self.items.push(entity);
        EntityId(id)
    }

    fn index(&mut self, id: u32, entity: &Entity) {
        for kind in &entity.types {
            self.mark(id, *kind);
        }
        self.call(id, &entity.name);
        if let Some(title) = &entity.title {
            self.call(id, title);
        }
    }

    fn mark(&mut self, id: u32, kind: TypeId) {
        if self.by_type.len() <= kind.index() {
            self.by_type
                .resize_with(kind.index() + 1, RoaringBitmap::new);
        }
        self.by_type[kind.index()].insert(id);
    }

    fn call(&mut self, id: u32, name: &str) {
        self.names.add(fold(name), id);
    }

    /// An entity bears an alias, or no longer does.
    pub(in crate::graph) fn bears(&mut self, owner: EntityId, text: EntityId, does: bool) {
        self.owners.set(text.0, owner.0, does);
    }

    /// More is said of an entity: types and a title are added, nothing is taken away but an older
    /// title. Tells whether anything changed.
    pub(in crate::graph) fn enrich(
        &mut self,
        id: EntityId,
        types: &[TypeId],
        title: Option<String>,
        unnamed: bool,
    ) -> bool {
        let mut changed = false;
        for kind in types {
            if !self.items.get(id.index()).types.contains(kind) {
                let types = &mut self.items.get_mut(id.index()).types;
                types.push(*kind);
                types.sort_unstable();
                self.mark(id.0, *kind);
                changed = true;
            }
        }
        if let Some(title) =
            title.filter(|title| self.items.get(id.index()).title.as_ref() != Some(title))
        {
            self.call(id.0, &title);
            self.indexes
                .note(id.0, "title", &Value::Text(title.clone()));
            self.items.get_mut(id.index()).title = Some(title);
            changed = true;
        }
        let entity = self.items.get_mut(id.index());
        changed |= unnamed && !entity.unnamed;
        entity.unnamed |= unnamed;
        changed
    }

    /// Sets a property. Tells whether anything changed.
    pub(in crate::graph) fn set(&mut self, id: EntityId, key: String, value: Value) -> bool {
        if let ("name", Value::Text(name)) = (key.as_str(), &value) {
            let name = name.clone();
            self.call(id.0, &name);
        }
        self.indexes.note(id.0, &key, &value);
        let properties = &mut self.items.get_mut(id.index()).properties;
        match properties.binary_search_by(|(known, _)| known.as_str().cmp(&key)) {
            Ok(at) if properties[at].1 == value => false,
            Ok(at) => {
                properties[at].1 = value;
                true
            }
            Err(at) => {
                properties.insert(at, (key, value));
                true
            }
        }
    }

    /// Adds an id outside. Tells whether anything changed.
    pub(in crate::graph) fn identify(
        &mut self,
        id: EntityId,
        scheme: String,
        outside: String,
    ) -> bool {
        self.indexes
            .note(id.0, &scheme, &Value::Text(outside.clone()));
        self.indexes.note_outside(id.0, &scheme, &outside);
        let ids = &mut self.items.get_mut(id.index()).ids;
        let entry = (scheme, outside);
        match ids.binary_search(&entry) {
            Ok(_) => false,
            Err(at) => {
                ids.insert(at, entry);
                true
            }
        }
    }

    /// Brings the index of names up to date; otherwise it does so by itself when it has grown.
    pub(in crate::graph) fn settle(&mut self) {
        self.names.settle();
    }

    /// Bytes on the heap, roughly.
    pub fn memory(&self) -> usize {
        let texts: usize = self
            .items
            .iter()
            .map(|entity| entity.name.len() + entity.types.len() * 2 + entity.properties.len() * 64)
            .sum();
        self.items.memory()
            + self.handles.memory()
            + self.texts.memory()
            + self
                .by_type
                .iter()
                .map(RoaringBitmap::serialized_size)
                .sum::<usize>()
            + texts
            + self.names.memory()
    }
}

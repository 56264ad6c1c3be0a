//! The entities of a case and what they are called. Aliases are claims; here stands only which
//! names they give to which entities, so that a word finds its entity at once.

use crate::graph::handles::Handles;
use crate::graph::indexes::{Indexes, Property};
use crate::graph::merged::Merged;
use crate::graph::names::Names;
use crate::graph::owners::Owners;
use crate::graph::records::Records;
use crate::model::{Entity, EntityId, TypeId, Value, Vocabulary};
use crate::text::{fold, nearest};
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
            .map(EntityId)
            .filter(|id| !self.is_name(*id) && !self.is_hidden(*id))
    }

    /// Whether it is no thing of its own: deleted, or one for which another stands.
    pub fn is_hidden(&self, id: EntityId) -> bool {
        self.is_deleted(id) || self.merged.is_gone(id)
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self, id: EntityId) -> bool {
        self.deleted.contains(id.0)
    }

    /// Whether an entity is of a type or one below it.
    pub fn has_type(&self, id: EntityId, kind: TypeId, words: &Vocabulary) -> bool {
        if kind == Vocabulary::ENTITY {
            return !self.is_name(id) && !self.is_hidden(id);
        }
        let gone = self.merged.gone(id).iter();
        if gone
            .into_iter()
            .any(|gone| self.is_typed(EntityId(*gone), kind, words))
        {
            return true;
        }
        self.is_typed(id, kind, words)
    }

    fn is_typed(&self, id: EntityId, kind: TypeId, words: &Vocabulary) -> bool {
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
            if !self.merged.is_empty() {
                ids.retain(|id| !self.merged.is_gone(EntityId(*id)));
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
            all = all - &self.texts_set - &self.deleted;
            self.merged.pairs().for_each(|(gone, _)| {
                all.remove(gone.0);
            });
            return all;
        }
        let below = words.below(kind).into_iter();
        let mut all = below
            .filter_map(|kind| self.by_type.get(kind.index()))
            .fold(RoaringBitmap::new(), |all, of| all | of);
        for (gone, stays) in self.merged.pairs() {
            if all.remove(gone.0) {
                all.insert(stays.0);
            }
        }
        all
    }

    /// The entities that a name may mean: the one of exactly this handle; else all that bear it as
    /// an alias; else all whose handle, title or alias folds alike.
    pub fn resolve(&self, name: &str) -> Vec<EntityId> {
        let mut found = self.resolve_apart(name);
        if !self.merged.is_empty() {
            found.iter_mut().for_each(|id| *id = self.merged.stays(*id));
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// The same without regard to who is who.
    fn resolve_apart(&self, name: &str) -> Vec<EntityId> {
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
        found.retain(|id| !self.is_name(*id) && !self.is_hidden(*id));
        found
    }

    /// Who bears a name, however it is spelled: those of which it is the handle, the title or the `name`, and
    /// those of which it is an alias, with its text. Who is who is not regarded.
    pub fn bearers(&self, name: &str) -> Vec<(EntityId, Option<EntityId>)> {
        let mut found = Vec::new();
        for id in self.exactly(name) {
            match self.is_name(id) {
                true => {
                    let owners = self.owners(id).into_iter();
                    found.extend(owners.map(|owner| (owner, Some(id))));
                }
                false if !self.is_deleted(id) => found.push((id, None)),
                false => {}
            }
        }
        found
    }

    /// The aliases of a text: the one of exactly this, else all that are spelled alike.
    pub fn aliases(&self, text: &str) -> Vec<EntityId> {
        match self.name_entity(text) {
            Some(exactly) => vec![exactly],
            None => {
                let mut found = self.exactly(text);
                found.retain(|id| self.is_name(*id));
                found
            }
        }
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
        let here = found.filter(|id| !self.is_name(*id) && !self.is_hidden(*id));
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
            for owner in owners.into_iter().map(|owner| self.merged.stays(owner)) {
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

    /// Who is who.
    pub fn merged(&self) -> &Merged {
        &self.merged
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

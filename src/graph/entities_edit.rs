//! Changes of the entities: they are made, restored, deleted, called and described. It reads nothing for
//! anybody.

use crate::graph::entities::Entities;
use crate::graph::handles::NewEntities;
use crate::graph::merged::Merged;
use crate::graph::names::Names;
use crate::model::{Entity, EntityId, TypeId, Value, Vocabulary};
use crate::text::fold;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use roaring::RoaringBitmap;

impl Entities {
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
        let NewEntities {
            entities,
            handles,
            texts,
        } = fresh;
        let first = self.items.len() as u32;
        for (text, at) in texts {
            self.texts_set.insert(first + at);
            self.texts.insert(&text, first + at);
        }
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
                match self.texts_set.contains(id.0) {
                    true => self.texts.remove(&entity.name, id.0),
                    false => self.handles.remove(&entity.name, id.0),
                }
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

    /// Masses of entities come, or have come: the index of names is built anew once, behind them.
    pub(in crate::graph) fn hold_names(&mut self, held: bool) {
        self.names.hold(held);
    }

    /// Lends the index of names out, to be brought up to date beside other work that looks for no name.
    pub(in crate::graph) fn lend_names(&mut self) -> Names {
        std::mem::take(&mut self.names)
    }

    /// Takes the index of names back.
    pub(in crate::graph) fn take_names(&mut self, names: Names) {
        self.names = names;
    }

    /// Brings the index of names up to date; otherwise it does so by itself when it has grown.
    pub(in crate::graph) fn settle(&mut self) {
        self.names.settle();
    }
}

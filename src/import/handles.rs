//! Handles for the entities of an import: the one that the case has by an id, the one of the same name
//! where that may be met, or a new one that nobody bears. It guesses no likeness of names.

use crate::graph::{Graph, GraphView};
use crate::import::harvest::{Meeting, Node, Ref, Said, Thing};
use crate::model::{Change, EntityId, TypeId, Value, Vocabulary};
use crate::text::fold;
use rustc_hash::FxHashMap;

/// The longest text that is kept as a property: a statement of it must be read again.
const LONGEST: usize = 48 * 1024;

/// Entities that share a handle.
#[derive(Debug, Default)]
struct Group {
    handle: String,
    /// The one that the case has.
    entity: Option<EntityId>,
    types: Vec<TypeId>,
    title: Option<String>,
    unnamed: bool,
    properties: Vec<(String, Value)>,
    ids: Vec<(String, String)>,
    /// Something else of this import brings it.
    elsewhere: bool,
}

/// The handles of an import.
pub struct Handles<'a> {
    graph: &'a Graph,
    words: Vocabulary,
    groups: Vec<Group>,
    by_handle: FxHashMap<String, usize>,
    by_entity: FxHashMap<EntityId, usize>,
    /// Groups by their names, folded.
    by_name: FxHashMap<String, Vec<usize>>,
    of: Vec<Option<usize>>,
    /// Properties that were left out, each by its entity and its key.
    pub too_long: Vec<String>,
}

impl<'a> Handles<'a> {
    /// None so far.
    pub fn new(graph: &'a Graph, words: &Vocabulary) -> Handles<'a> {
        Handles {
            graph,
            words: words.clone(),
            groups: Vec::new(),
            by_handle: FxHashMap::default(),
            by_entity: FxHashMap::default(),
            by_name: FxHashMap::default(),
            of: Vec::new(),
            too_long: Vec::new(),
        }
    }

    /// A handle that something else brings.
    pub fn take(&mut self, handle: &str, types: Vec<TypeId>) {
        let entity = self.graph.entities().by_handle(handle);
        let at = self.open(handle.to_owned(), entity);
        let group = &mut self.groups[at];
        group.types.extend(types);
        group.elsewhere = true;
    }

    /// A source that nobody describes is kept under its id.
    pub(in crate::import) fn hold(&self, thing: &mut Thing) {
        if thing.known.is_none()
            && thing.said.is_none()
            && let Some((_, id)) = thing.ids.first()
        {
            thing.said = Some(Said {
                name: id.clone(),
                ..Said::default()
            });
        }
    }

    /// The handle of an entity.
    pub fn of(&self, at: Ref) -> Option<&str> {
        let group = self.of.get(at.0 as usize).copied().flatten()?;
        Some(self.groups[group].handle.as_str())
    }

    /// The entity of the case that it is.
    pub fn entity(&self, at: Ref) -> Option<EntityId> {
        let group = self.of.get(at.0 as usize).copied().flatten()?;
        self.groups[group].entity
    }

    fn open(&mut self, handle: String, entity: Option<EntityId>) -> usize {
        if let Some(known) = self.by_handle.get(&handle) {
            return *known;
        }
        let at = self.groups.len();
        let mut group = Group {
            entity,
            ..Group::default()
        };
        if let Some(entity) = entity {
            let known = self.graph.entities().get(entity);
            group.types = known.types.clone();
            group.ids = known.ids.clone();
            self.by_entity.insert(entity, at);
        }
        self.by_handle.insert(handle.clone(), at);
        self.call(&handle, at);
        group.handle = handle;
        self.groups.push(group);
        at
    }

    fn call(&mut self, name: &str, at: usize) {
        let known = self.by_name.entry(fold(name)).or_default();
        if !known.contains(&at) {
            known.push(at);
        }
    }

    fn known(&mut self, entity: EntityId) -> usize {
        match self.by_entity.get(&entity) {
            Some(known) => *known,
            None => self.open(self.graph.entities().name(entity).to_owned(), Some(entity)),
        }
    }

    /// Chooses a handle for each: first those that the case knows by an id, then those that have one,
    /// then those that have a name only.
    pub(in crate::import) fn choose(&mut self, nodes: &mut [Node]) {
        self.of = vec![None; nodes.len()];
        // Of several of one name those who act have the name alone, whatever the order of the files.
        let actor = self.words.type_named("actor");
        let acts = |said: &Said| {
            let mut kinds = said.types.iter();
            actor.is_some_and(|actor| kinds.any(|kind| self.words.is_a(*kind, actor)))
        };
        let (mut known, mut next) = (Vec::new(), Vec::new());
        for (at, node) in nodes.iter_mut().enumerate() {
            let Node::Thing(thing) = node else {
                continue;
            };
            let said = thing.said.take();
            let thing: &Thing = thing;
            match (thing.known, said) {
                (Some(entity), said) => known.push((at, entity, thing, said)),
                (None, Some(said)) => {
                    let turn = (
                        thing.ids.is_empty(),
                        said.yields,
                        !acts(&said),
                        thing.ids.first(),
                    );
                    next.push((turn, at, thing, said));
                }
                (None, None) => {}
            }
        }
        next.sort_by(|a, b| a.0.cmp(&b.0));
        for (at, entity, thing, said) in known {
            let group = self.known(entity);
            self.join(at, group, thing, said);
        }
        for (_, at, thing, said) in next {
            let group = self.place(thing, &said);
            self.join(at, group, thing, Some(said));
        }
    }

    /// The group that an entity belongs to, which is made where there is none.
    fn place(&mut self, thing: &Thing, said: &Said) -> usize {
        let name = match (said.name.trim(), thing.ids.first()) {
            ("", Some((_, id))) => id.as_str(),
            ("", None) => "unnamed",
            (name, _) => name,
        };
        if let Some(met) = self.met(name, thing, said) {
            return met;
        }
        if self.free(name) {
            return self.open(name.to_owned(), None);
        }
        // What tells it from the others of its name.
        let apart = match (&said.apart, thing.ids.first(), said.types.first()) {
            (Some(apart), _, _) => apart.clone(),
            (None, Some((_, id)), _) => id.clone(),
            (None, None, Some(kind)) => self.words.type_of(*kind).name.clone(),
            (None, None, None) => "another".to_owned(),
        };
        for number in 1.. {
            let handle = match number {
                1 => format!("{name} ({apart})"),
                number => format!("{name} ({apart} {number})"),
            };
            if let Some(met) = self.met(&handle, thing, said) {
                return met;
            }
            if self.free(&handle) {
                return self.open(handle, None);
            }
        }
        self.open(name.to_owned(), None)
    }

    /// The known entity that this one is by its name, as far as it may be met.
    fn met(&mut self, name: &str, thing: &Thing, said: &Said) -> Option<usize> {
        if said.meeting == Meeting::ById {
            return None;
        }
        let known = self.by_handle.get(name).copied();
        let known = known.or_else(|| {
            let entity = self.graph.entities().by_handle(name)?;
            Some(self.known(entity))
        });
        if let Some(known) = known {
            return self.agrees(known, thing, said).then_some(known);
        }
        if said.meeting == Meeting::ByHandle {
            return None;
        }
        let mut found = self.by_name.get(&fold(name)).cloned().unwrap_or_default();
        for entity in self.graph.entities().resolve(name) {
            found.push(self.known(entity));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|group| self.agrees(*group, thing, said));
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Whether nothing speaks against two being one: types that exclude each other, other ids of a scheme.
    fn agrees(&self, group: usize, thing: &Thing, said: &Said) -> bool {
        let group = &self.groups[group];
        let kin = |a: &TypeId, b: &TypeId| self.words.is_a(*a, *b) || self.words.is_a(*b, *a);
        let types = group.types.is_empty()
            || said.types.is_empty()
            || group
                .types
                .iter()
                .any(|a| said.types.iter().any(|b| kin(a, b)));
        let other = |(scheme, id): &(String, String)| {
            let own = group.ids.iter().filter(|(known, _)| known == scheme);
            let mut own = own.peekable();
            own.peek().is_some() && !own.any(|(_, known)| known == id)
        };
        types && !thing.ids.iter().any(other)
    }

    /// Whether nobody bears a name as handle, and no alias of the case would lead elsewhere.
    fn free(&self, name: &str) -> bool {
        let entities = self.graph.entities();
        let alias = entities.name_entity(name);
        !self.by_handle.contains_key(name)
            && entities.by_handle(name).is_none()
            && alias.is_none_or(|text| entities.owners(text).is_empty())
    }

    /// What is said of an entity is said of its group.
    fn join(&mut self, at: usize, group: usize, thing: &Thing, said: Option<Said>) {
        self.of[at] = Some(group);
        let own = &mut self.groups[group];
        for id in &thing.ids {
            if !own.ids.contains(id) {
                own.ids.push(id.clone());
            }
        }
        let Some(said) = said else {
            return;
        };
        for kind in said.types {
            if kind != Vocabulary::ENTITY && !own.types.contains(&kind) {
                own.types.push(kind);
            }
        }
        own.unnamed |= said.unnamed;
        for (key, value) in said.properties {
            if length(&value) > LONGEST {
                self.too_long.push(format!("{}: {key}", own.handle));
                continue;
            }
            match own.properties.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => own.properties.push((key, value)),
            }
        }
        let title = said.title.as_ref().unwrap_or(&said.name).trim();
        let entities = self.graph.entities();
        let had = own.entity.and_then(|id| entities.get(id).title.as_ref());
        // A name only does not change the title of what it was found to mean; whoever described the
        // entity by its id may.
        let may = had.is_none() && said.meeting != Meeting::ByName || thing.known.is_some();
        let fresh = own.entity.is_none() && !own.elsewhere;
        if (may || fresh) && !title.is_empty() && title != own.handle {
            own.title = Some(title.to_owned());
            self.call(title, group);
        }
    }

    /// How many changes of entities there are at the most.
    pub fn count(&self) -> usize {
        let said = |group: &Group| 1 + group.properties.len() + group.ids.len();
        self.groups.iter().map(said).sum()
    }

    /// The changes that bring the entities in, as far as they are new or more is said of them. Their
    /// properties go with them.
    pub fn changes(&mut self, changes: &mut Vec<Change>) {
        for group in &mut self.groups {
            let known = group.entity.map(|id| self.graph.entities().get(id));
            let kinds = group.types.iter();
            let fresh = kinds.filter(|kind| known.is_none_or(|known| !known.types.contains(kind)));
            let types: Vec<String> = fresh
                .map(|kind| self.words.type_of(*kind).name.clone())
                .collect();
            let title = group
                .title
                .take()
                .filter(|title| known.is_none_or(|known| known.title.as_ref() != Some(title)));
            let unnamed = group.unnamed && known.is_none_or(|known| !known.unnamed);
            if known.is_none() || !types.is_empty() || title.is_some() || unnamed {
                changes.push(Change::Entity {
                    name: group.handle.clone(),
                    types,
                    title,
                    unnamed,
                });
            }
            for (key, value) in std::mem::take(&mut group.properties) {
                let same = |(own, known): &(String, Value)| *own == key && *known == value;
                if !known.is_some_and(|known| known.properties.iter().any(same)) {
                    changes.push(Change::Property {
                        entity: group.handle.clone(),
                        key,
                        value,
                    });
                }
            }
            for (scheme, id) in &group.ids {
                let entry = (scheme.clone(), id.clone());
                if known.is_none_or(|known| !known.ids.contains(&entry)) {
                    changes.push(Change::ExternalId {
                        entity: group.handle.clone(),
                        scheme: entry.0,
                        id: entry.1,
                    });
                }
            }
        }
    }
}

/// The length of a value, roughly, as text.
fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items.iter().map(length).sum(),
        Value::Map(fields) => fields.iter().map(|(key, of)| key.len() + length(of)).sum(),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Date(_) | Value::Temporal(_) => {
            24
        }
    }
}

//! Handles for the entities of an import: groups of those that are one, what is said of them, and the changes
//! that bring them in. Which are one is found in `placing.rs`.

use crate::graph::{Graph, GraphView, Row};
use crate::import::harvest::{Meeting, Ref, Said, Thing};
use crate::model::{Change, EntityId, Polarity, TypeId, Value, Vocabulary};
use crate::text::fold;
use rustc_hash::{FxHashMap, FxHashSet};

/// The longest text that is kept as a property: a statement of it must be read again.
const LONGEST: usize = 48 * 1024;

/// Entities that share a handle.
#[derive(Debug, Default)]
pub(in crate::import) struct Group {
    pub(in crate::import) handle: String,
    /// The one that the case has.
    pub(in crate::import) entity: Option<EntityId>,
    /// The types and ids that it has without this import.
    base: (Vec<TypeId>, Vec<(String, String)>),
    pub(in crate::import) types: Vec<TypeId>,
    pub(in crate::import) ids: Vec<(String, String)>,
    /// Who gives it its title, of those that are it, and by what right.
    title: Option<(Right, usize)>,
    unnamed: bool,
    properties: Vec<(String, Value)>,
    /// Something else of this import brings it.
    elsewhere: bool,
    /// How many are it.
    members: usize,
}

impl Group {
    /// Whether there is such an entity: the case has it, or something of this import is it.
    pub(in crate::import) fn is_there(&self) -> bool {
        self.entity.is_some() || self.elsewhere || self.members > 0
    }
}

/// By what right a title is given; who has more right gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    /// An entity that is new is called what it was called.
    New,
    /// It has none, and is described without an id.
    Untitled,
    /// It is described by its id: whoever does so may change the title.
    ById,
}

/// What documents say of one entity.
#[derive(Debug)]
pub(in crate::import) struct Item {
    /// The number of its node.
    pub(in crate::import) at: usize,
    pub(in crate::import) ids: Vec<(String, String)>,
    /// The one that the case knows by an id.
    pub(in crate::import) known: Option<EntityId>,
    pub(in crate::import) said: Option<Said>,
    /// What claims call it, folded, as far as somebody looks for such a name.
    pub(in crate::import) called: Vec<String>,
}

impl Item {
    /// Its name, or what stands for it.
    pub(in crate::import) fn name(&self) -> &str {
        let name = self.said.as_ref().map_or("", |said| said.name.trim());
        match (name, self.ids.first()) {
            ("", Some((_, id))) => id,
            ("", None) => "unnamed",
            (name, _) => name,
        }
    }

    /// Which known entity it may be.
    pub(in crate::import) fn meeting(&self) -> Meeting {
        self.said
            .as_ref()
            .map_or(Meeting::ById, |said| said.meeting)
    }

    fn title(&self) -> &str {
        let Some(said) = &self.said else { return "" };
        said.title.as_ref().unwrap_or(&said.name).trim()
    }
}

/// The handles of an import.
pub struct Handles<'a> {
    pub(in crate::import) graph: &'a Graph,
    pub(in crate::import) words: Vocabulary,
    pub(in crate::import) groups: Vec<Group>,
    pub(in crate::import) by_handle: FxHashMap<String, usize>,
    by_entity: FxHashMap<EntityId, usize>,
    /// Groups by what this import calls them, folded: those names only that somebody looks for.
    pub(in crate::import) names: FxHashMap<String, Vec<usize>>,
    pub(in crate::import) wanted: FxHashSet<String>,
    pub(in crate::import) of: Vec<Option<usize>>,
    /// Claims of names that will stand no longer, unless this import makes them again.
    going: FxHashSet<Row>,
    /// Properties that were left out, each by its entity and its key.
    pub too_long: Vec<String>,
}

impl<'a> Handles<'a> {
    /// None so far. `going` are claims of the case that this import takes back or makes again.
    pub fn new(graph: &'a Graph, words: &Vocabulary, going: FxHashSet<Row>) -> Handles<'a> {
        Handles {
            graph,
            words: words.clone(),
            groups: Vec::new(),
            by_handle: FxHashMap::default(),
            by_entity: FxHashMap::default(),
            names: FxHashMap::default(),
            wanted: FxHashSet::default(),
            of: Vec::new(),
            going,
            too_long: Vec::new(),
        }
    }

    /// A handle that something else brings.
    pub fn take(&mut self, handle: &str, types: Vec<TypeId>) {
        let entity = self.graph.entities().by_handle(handle);
        let at = self.open(handle.to_owned(), entity);
        let group = &mut self.groups[at];
        group.base.0.extend(types.iter().copied());
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

    pub(in crate::import) fn open(&mut self, handle: String, entity: Option<EntityId>) -> usize {
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
            group.base = (known.types.clone(), known.ids.clone());
            (group.types, group.ids) = group.base.clone();
            self.by_entity.insert(entity, at);
        }
        self.by_handle.insert(handle.clone(), at);
        self.call(&handle, at);
        group.handle = handle;
        self.groups.push(group);
        at
    }

    /// The group of an entity of the case.
    pub(in crate::import) fn known(&mut self, entity: EntityId) -> usize {
        match self.by_entity.get(&entity) {
            Some(known) => *known,
            None => self.open(self.graph.entities().name(entity).to_owned(), Some(entity)),
        }
    }

    fn call(&mut self, name: &str, at: usize) {
        if !self.wanted.is_empty() && !name.is_empty() {
            self.call_folded(fold(name), at);
        }
    }

    fn call_folded(&mut self, folded: String, at: usize) {
        if self.wanted.contains(&folded) {
            let known = self.names.entry(folded).or_default();
            if !known.contains(&at) {
                known.push(at);
            }
        }
    }

    /// Something is of a group: its ids, types and names are those of the group as well.
    pub(in crate::import) fn join(&mut self, number: usize, item: &Item, at: usize) {
        self.of[item.at] = Some(at);
        let group = &mut self.groups[at];
        group.members += 1;
        for id in &item.ids {
            if !group.ids.contains(id) {
                group.ids.push(id.clone());
            }
        }
        for name in &item.called {
            self.call_folded(name.clone(), at);
        }
        let Some(said) = &item.said else {
            return;
        };
        let group = &mut self.groups[at];
        for kind in &said.types {
            if *kind != Vocabulary::ENTITY && !group.types.contains(kind) {
                group.types.push(*kind);
            }
        }
        if let Some((_, name)) = said.properties.iter().find(|(key, _)| key == "name") {
            self.call(&name.text(), at);
        }
        let group = &self.groups[at];
        let entities = self.graph.entities();
        let had = group.entity.and_then(|id| entities.get(id).title.as_ref());
        let right = match () {
            () if item.title().is_empty() => return,
            () if !item.ids.is_empty() => Right::ById,
            () if had.is_none() && item.meeting() != Meeting::ByName => Right::Untitled,
            () if group.entity.is_none() && !group.elsewhere => Right::New,
            () => return,
        };
        if group.title.is_none_or(|(known, _)| right >= known) {
            self.groups[at].title = Some((right, number));
        }
    }

    /// Everything that this import says of groups is said again, for those that now are of each; and the
    /// title that a group will have is one of its names.
    pub(in crate::import) fn join_again(&mut self, items: &[Item]) {
        self.names.clear();
        for group in &mut self.groups {
            (group.types, group.ids) = group.base.clone();
            (group.members, group.title) = (0, None);
        }
        for (number, item) in items.iter().enumerate() {
            if let Some(at) = self.of[item.at] {
                self.join(number, item, at);
            }
        }
        for at in 0..self.groups.len() {
            if !self.wanted.is_empty() && self.groups[at].is_there() {
                let handle = self.groups[at].handle.clone();
                self.call(&handle, at);
                if let Some((_, number)) = self.groups[at].title {
                    self.call(items[number].title(), at);
                }
            }
        }
    }

    /// Whether an entity of the case will still be called by a name when its group has its title.
    pub(in crate::import) fn keeps(&self, entity: EntityId, name: &str, items: &[Item]) -> bool {
        let Some(group) = self.by_entity.get(&entity).map(|at| &self.groups[*at]) else {
            return true;
        };
        let Some((_, number)) = group.title else {
            return true;
        };
        let known = self.graph.entities().get(entity);
        let title = Some(items[number].title()).filter(|title| *title != group.handle);
        let title = title.or(known.title.as_deref());
        let own = known.properties.iter().find(|(key, _)| key == "name");
        let own = own.map(|(_, value)| value.text());
        let names = std::iter::once(known.name.as_str()).chain(title);
        let folded = fold(name);
        let mut names = names.chain(own.as_deref());
        names.any(|name| fold(name) == folded)
    }

    /// Whether a claim will stand that gives an entity of the case an alias, whatever this import says.
    pub(in crate::import) fn bears(&self, entity: EntityId, text: EntityId) -> bool {
        if self.going.is_empty() {
            return true;
        }
        let mut rows = Vec::new();
        let stays = self.graph.entities().merged().stays(entity);
        if let Some(fact) = self.graph.fact(stays, Vocabulary::ALSO_KNOWN_AS, text) {
            self.graph.claims(fact, &mut rows);
        }
        let columns = self.graph.columns();
        rows.iter().any(|row| {
            !self.going.contains(row)
                && columns.retracted(*row).is_none()
                && columns.polarity(*row) == Polarity::Asserted
        })
    }

    /// What was said of entities is said of their groups: what was said last counts.
    pub(in crate::import) fn describe(&mut self, items: &mut [Item]) {
        for item in items {
            let (Some(at), Some(said)) = (self.of[item.at], &mut item.said) else {
                continue;
            };
            let own = &mut self.groups[at];
            own.unnamed |= said.unnamed;
            for (key, value) in std::mem::take(&mut said.properties) {
                if length(&value) > LONGEST {
                    self.too_long.push(format!("{}: {key}", own.handle));
                    continue;
                }
                match own.properties.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => *known = value,
                    None => own.properties.push((key, value)),
                }
            }
        }
    }

    /// How many changes of entities there are at the most.
    pub fn count(&self) -> usize {
        let said = |group: &Group| 1 + group.properties.len() + group.ids.len();
        self.groups.iter().map(said).sum()
    }

    /// The changes that bring the entities in, as far as they are new or more is said of them. Their
    /// properties go with them.
    pub(in crate::import) fn changes(&mut self, items: &[Item], changes: &mut Vec<Change>) {
        for group in self.groups.iter_mut().filter(|group| group.is_there()) {
            let known = group.entity.map(|id| self.graph.entities().get(id));
            let kinds = group.types.iter();
            let fresh = kinds.filter(|kind| known.is_none_or(|known| !known.types.contains(kind)));
            let types: Vec<String> = fresh
                .map(|kind| self.words.type_of(*kind).name.clone())
                .collect();
            let title = group.title.map(|(_, number)| items[number].title());
            let title = title
                .filter(|title| *title != group.handle)
                .filter(|title| known.is_none_or(|known| known.title.as_deref() != Some(*title)))
                .map(str::to_owned);
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

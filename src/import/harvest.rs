//! What readers gather from documents: entities under handles to come, claims between them, counts and
//! oddities. Names are chosen and ends are found when all documents were read (`gathered.rs`); the case
//! is changed by whoever asked for it.

use crate::graph::{Graph, GraphView, Row};
use crate::import::document::{Document, Place};
use crate::import::states::{Collection, State, Turn, Version};
use crate::import::tally::{Counts, Oddities};
use crate::import::words::{self, Sayable};
use crate::model::{
    Change, Claim, EntityId, RelationDeclaration, RelationId, TypeDeclaration, TypeId, Value,
    Vocabulary,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;

/// The property by which a claim tells the document that it is from, where such documents come again.
pub const DOCUMENT: &str = "document";
/// The property by which a claim tells the collection to which its document belongs.
pub const COLLECTION: &str = "collection";

/// An entity, or the text of an alias, as readers hold it until its handle is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(pub(in crate::import) u32);

/// Which entity of the case, or of another document, is the same when no id says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Meeting {
    /// None: two of one name are two, and told apart as `Name (ID)`. For persons.
    #[default]
    ById,
    /// The one of exactly this handle, of types that agree. For groups, malware, tools.
    ByHandle,
    /// That one, else the only one of types that agree which bears the name as handle, title or alias,
    /// however it is spelled. For countries, sectors, and whoever is a source.
    ByName,
}

/// What a document says of an entity.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Its name there.
    pub name: String,
    /// Its types.
    pub types: Vec<TypeId>,
    /// A display title, where it is not the name.
    pub title: Option<String>,
    /// Whether it is an anonymous party, named for what is said of it.
    pub unnamed: bool,
    /// Properties; the key `name` or `title` would hide its own.
    pub properties: Vec<(String, Value)>,
    /// Which known entity it may be.
    pub meeting: Meeting,
    /// What tells it from others of its name, in brackets behind it; its first id where that is none.
    pub apart: Option<String>,
    /// Whether others of its name have the name alone: it is out of use.
    pub yields: bool,
    /// Whether it is said for want of anything better: whatever else is said counts instead.
    pub weak: bool,
}

/// An entity on its way.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Thing {
    pub ids: Vec<(String, String)>,
    /// The one that the case knows by an id.
    pub known: Option<EntityId>,
    pub said: Option<Said>,
    /// What was remarked of it, with the first place.
    pub remarks: Vec<(String, Value)>,
    pub remarked: Option<Place>,
}

/// What a [`Ref`] stands for.
#[derive(Clone, Debug)]
pub(in crate::import) enum Node {
    Text(String),
    Thing(Box<Thing>),
    /// Another, found to be the same.
    Same(Ref),
}

/// A claim on its way.
#[derive(Clone, Debug)]
pub(in crate::import) struct Stated {
    pub claim: Claim<Ref>,
    pub place: Place,
    /// The state of a document that it belongs to.
    pub state: Option<u32>,
}

/// Somebody agrees or disagrees with what a document claims. The ends and the relation come from there.
#[derive(Clone, Debug)]
pub(in crate::import) struct Response {
    pub about: String,
    pub stated: Stated,
}

/// What was gathered from the documents of one import.
pub struct Harvest<'a> {
    pub(in crate::import) graph: &'a Graph,
    pub(in crate::import) words: Vocabulary,
    pub(in crate::import) sayable: Sayable,
    pub(in crate::import) declarations: Vec<Change>,
    pub(in crate::import) nodes: Vec<Node>,
    by_id: FxHashMap<String, FxHashMap<String, Ref>>,
    by_name: FxHashMap<(String, Option<TypeId>, Meeting), Ref>,
    texts: FxHashMap<String, Ref>,
    kinds: FxHashMap<String, TypeId>,
    relations: FxHashMap<String, RelationId>,
    pub(in crate::import) claims: Vec<Stated>,
    pub(in crate::import) states: Vec<State>,
    pub(in crate::import) responses: Vec<Response>,
    pub(in crate::import) collections: Vec<Collection>,
    state_of: FxHashMap<String, u32>,
    state: Option<u32>,
    /// The claims of the case that documents made, by the key of the document.
    standing: OnceCell<FxHashMap<&'a str, Vec<Row>>>,
    pub(in crate::import) documents: Vec<Document<'a>>,
    pub(in crate::import) counts: Vec<Counts>,
    pub(in crate::import) oddities: Oddities,
    /// Where those are described that have an id of a scheme.
    pub(in crate::import) described_in: Vec<(&'static str, &'static str)>,
}

impl<'a> Harvest<'a> {
    /// Nothing so far. `words` are those of the case, with what was declared on the way.
    pub fn new(graph: &'a Graph, words: Vocabulary, sayable: Sayable) -> Harvest<'a> {
        Harvest {
            graph,
            words,
            sayable,
            declarations: Vec::new(),
            nodes: Vec::new(),
            by_id: FxHashMap::default(),
            by_name: FxHashMap::default(),
            texts: FxHashMap::default(),
            kinds: FxHashMap::default(),
            relations: FxHashMap::default(),
            claims: Vec::new(),
            states: Vec::new(),
            responses: Vec::new(),
            collections: Vec::new(),
            state_of: FxHashMap::default(),
            state: None,
            standing: OnceCell::new(),
            documents: Vec::new(),
            counts: Vec::new(),
            oddities: Oddities::default(),
            described_in: Vec::new(),
        }
    }

    /// Those that have an id of a scheme are described in another document, which is named where a claim has
    /// such an end and nobody describes it: `EuRepoC's table of incidents`.
    pub fn described_in(&mut self, scheme: &'static str, document: &'static str) {
        if !self.described_in.contains(&(scheme, document)) {
            self.described_in.push((scheme, document));
        }
    }

    /// The next document begins; gives it as readers get it.
    pub fn open(&mut self, file: &'a str, text: &'a str) -> Document<'a> {
        let document = Document {
            file,
            text,
            number: self.documents.len() as u32,
        };
        self.documents.push(document);
        self.counts.push(Counts::default());
        self.state = None;
        document
    }

    /// So many documents come, each with a claim or an entity: room is made for them once.
    pub fn expect(&mut self, documents: usize) {
        self.claims.reserve(documents);
        self.states.reserve(documents);
        self.state_of.reserve(documents);
    }

    /// The case as it was before.
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// The words of the case and those that were declared here.
    pub fn words(&self) -> &Vocabulary {
        &self.words
    }

    /// The type of a noun, declared where it is new.
    pub fn kind(&mut self, noun: &str) -> TypeId {
        if let Some(known) = self.kinds.get(noun) {
            return *known;
        }
        let (kind, fresh) = words::kind(&mut self.words, noun, self.sayable);
        self.declarations
            .extend(fresh.map(Box::new).map(Change::DeclareType));
        self.kinds.insert(noun.to_owned(), kind);
        kind
    }

    /// The relation of a name or of one of its verb forms (`uses` is `used`), declared where it is new.
    pub fn relation(&mut self, name: &str) -> RelationId {
        if let Some(known) = self.relations.get(name) {
            return *known;
        }
        let (relation, fresh) = words::relation(&mut self.words, name, self.sayable);
        self.declarations
            .extend(fresh.map(Box::new).map(Change::DeclareRelation));
        self.relations.insert(name.to_owned(), relation);
        relation
    }

    /// The type that a word of another format means, declared as it is given where it is new.
    pub fn declared_kind(&mut self, declaration: TypeDeclaration) -> TypeId {
        let (kind, fresh) = words::declared_kind(&mut self.words, declaration, self.sayable);
        self.declarations
            .extend(fresh.map(Box::new).map(Change::DeclareType));
        kind
    }

    /// The relation that a word of another format means, declared as it is given where it is new.
    pub fn declared_relation(&mut self, declaration: RelationDeclaration) -> RelationId {
        let (relation, fresh) =
            words::declared_relation(&mut self.words, declaration, self.sayable);
        self.declarations
            .extend(fresh.map(Box::new).map(Change::DeclareRelation));
        relation
    }

    pub(in crate::import) fn node(&mut self, node: Node) -> Ref {
        self.nodes.push(node);
        Ref(self.nodes.len() as u32 - 1)
    }

    /// What a reference leads to.
    pub(in crate::import) fn led(&self, mut at: Ref) -> Ref {
        while let Node::Same(other) = &self.nodes[at.0 as usize] {
            at = *other;
        }
        at
    }

    fn thing(&mut self, at: Ref) -> Option<&mut Thing> {
        let at = self.led(at);
        match &mut self.nodes[at.0 as usize] {
            Node::Thing(thing) => Some(thing),
            Node::Text(_) | Node::Same(_) => None,
        }
    }

    /// The entity of an id outside. It may be known to the case, or be described by any document of this
    /// import, before or after; if nobody does, claims about it are left out as an oddity.
    pub fn identified(&mut self, scheme: &str, id: &str) -> Ref {
        if let Some(known) = self.by_id.get(scheme).and_then(|ids| ids.get(id)) {
            return self.led(*known);
        }
        let known = self.graph.entities().identified(scheme, id);
        let made = self.node(Node::Thing(Box::new(Thing {
            ids: vec![(scheme.to_owned(), id.to_owned())],
            known,
            ..Thing::default()
        })));
        let ids = self.by_id.entry(scheme.to_owned()).or_default();
        ids.insert(id.to_owned(), made);
        made
    }

    /// An entity has another id. Whatever was said of that id was said of this entity.
    pub fn also_identified(&mut self, entity: Ref, scheme: &str, id: &str) {
        let (entity, other) = (self.led(entity), self.identified(scheme, id));
        if entity == other {
            return;
        }
        let gone = std::mem::replace(&mut self.nodes[other.0 as usize], Node::Same(entity));
        if let (Node::Thing(gone), Some(thing)) = (gone, self.thing(entity)) {
            thing.ids.extend(gone.ids);
            thing.known = thing.known.or(gone.known);
            thing.said = thing.said.take().or(gone.said);
            thing.remarks.extend(gone.remarks);
            thing.remarked = thing.remarked.or(gone.remarked);
        }
    }

    /// An entity that is known by its name only. The same name of the same type is the same entity, as far as
    /// it may be the same of those that are known: a reader that looks further does so for itself.
    pub fn named(&mut self, name: &str, kind: Option<TypeId>, meeting: Meeting) -> Ref {
        let name = name.trim();
        let key = (name.to_owned(), kind, meeting);
        if let Some(known) = self.by_name.get(&key) {
            return *known;
        }
        let said = Said {
            name: name.to_owned(),
            types: kind.into_iter().collect(),
            meeting,
            ..Said::default()
        };
        let made = self.node(Node::Thing(Box::new(Thing {
            said: Some(said),
            ..Thing::default()
        })));
        self.by_name.insert(key, made);
        made
    }

    /// A document describes an entity. What was said last counts where it differs; types and properties
    /// add up.
    pub fn describe(&mut self, entity: Ref, said: Said) {
        let Some(thing) = self.thing(entity) else {
            return;
        };
        let before = match thing.said.take() {
            Some(before) if before.weak == said.weak => before,
            Some(before) if said.weak => {
                thing.said = Some(before);
                return;
            }
            Some(_) | None => {
                thing.said = Some(said);
                return;
            }
        };
        let mut more = said;
        if more.name.trim().is_empty() {
            (more.name, more.meeting) = (before.name, before.meeting);
        }
        more.unnamed |= before.unnamed;
        more.types.extend(before.types);
        more.title = more.title.or(before.title);
        for (key, value) in before.properties {
            if !more.properties.iter().any(|(known, _)| *known == key) {
                more.properties.push((key, value));
            }
        }
        thing.said = Some(more);
    }

    /// A document says something of an entity that another describes. If none does, the remark is left out
    /// as an oddity.
    pub fn remark(&mut self, entity: Ref, properties: Vec<(String, Value)>, place: Place) {
        if let Some(thing) = self.thing(entity) {
            thing.remarks.extend(properties);
            thing.remarked.get_or_insert(place);
        }
    }

    /// Remarks become a part of what was said of whoever is described or known.
    pub(in crate::import) fn settle_remarks(&mut self) {
        for node in &mut self.nodes {
            let Node::Thing(thing) = node else { continue };
            let Some(place) = thing.remarked.take() else {
                continue;
            };
            if thing.said.is_none() && thing.known.is_none() {
                self.oddities
                    .add("remark on somebody whom no file describes, left out", place);
                continue;
            }
            let said = thing.said.get_or_insert_with(Said::default);
            for (key, value) in thing.remarks.drain(..) {
                match said.properties.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => *known = value,
                    None => said.properties.push((key, value)),
                }
            }
        }
    }

    /// What was said of an entity in this import is no longer said.
    pub fn forget(&mut self, entity: Ref) {
        if let Some(thing) = self.thing(entity) {
            thing.said = None;
        }
    }

    /// Whether anything was said of an entity in this import.
    pub fn is_described(&self, entity: Ref) -> bool {
        match &self.nodes[self.led(entity).0 as usize] {
            Node::Thing(thing) => thing.said.is_some(),
            Node::Text(_) | Node::Same(_) => true,
        }
    }

    /// The text of an alias.
    pub fn text(&mut self, text: &str) -> Ref {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let made = self.node(Node::Text(text.to_owned()));
        self.texts.insert(text.to_owned(), made);
        made
    }

    /// Somebody makes a claim. One whose ends never come is left out as an oddity; a source that never
    /// comes is kept under its id.
    pub fn claim(&mut self, claim: Claim<Ref>, place: Place) {
        let state = self.state;
        self.claims.push(Stated {
            claim,
            place,
            state,
        });
    }

    /// An entity has another name, on the word of these sources.
    pub fn alias(&mut self, entity: Ref, name: &str, sources: &[Ref], place: Place) {
        let text = self.text(name.trim());
        let mut claim = Claim::new(entity, Vocabulary::ALSO_KNOWN_AS, text);
        claim.sources = sources.to_vec();
        self.claim(claim, place);
    }

    /// From here to the next call, or to the end of the document, claims are those of the document `key`,
    /// which may come again in a later state: what an earlier state of it claimed and this one does not
    /// is retracted as "no longer in `title`", what both claim stays as it was recorded. `false`: this
    /// import has a state of it already.
    #[must_use]
    pub fn replaces(&mut self, key: &str, title: &str) -> bool {
        if let Some(known) = self.state_of.get(key) {
            self.state = Some(*known);
            return false;
        }
        self.begin(State {
            key: key.to_owned(),
            because: format!("no longer in {title}"),
            version: None,
            superseded: false,
            collection: None,
        });
        true
    }

    fn begin(&mut self, state: State) {
        let at = self.states.len() as u32;
        self.state_of.insert(state.key.clone(), at);
        self.states.push(state);
        self.state = Some(at);
    }

    /// As [`Harvest::replaces`], for a document of which several versions may come in one import, in any
    /// order: the latest counts. Of two texts of one version one counts, by a `mark` of each, the same in
    /// any order. `because` tells why what the case has of an earlier version is retracted.
    pub fn replaces_version(
        &mut self,
        key: &str,
        because: String,
        version: Version,
        mark: u64,
    ) -> Turn {
        let state = State {
            key: key.to_owned(),
            because,
            version: Some((version, mark)),
            superseded: false,
            collection: None,
        };
        let Some(known) = self.state_of.get(key).copied() else {
            self.begin(state);
            return Turn::First;
        };
        let before = &mut self.states[known as usize];
        match state.version.cmp(&before.version) {
            Ordering::Greater => {
                before.superseded = true;
                self.begin(state);
                Turn::Later
            }
            Ordering::Equal => Turn::Same,
            Ordering::Less => Turn::Earlier,
        }
    }

    /// Somebody asserts or denies what the document `about` claims, in this import or in the case. The
    /// claim is given without ends: they and the relation are those of what the document claims.
    pub fn respond(&mut self, about: &str, claim: Claim<Ref>, place: Place) {
        let state = self.state;
        self.responses.push(Response {
            about: about.to_owned(),
            stated: Stated {
                claim,
                place,
                state,
            },
        });
    }

    /// The documents of a collection, of which claims have the key in their property `collection`. What the
    /// case and this import have of documents that are no longer among them is retracted as "no longer in
    /// `title`", or not claimed. Of several states in one import the latest counts.
    pub fn collects(
        &mut self,
        key: &str,
        title: &str,
        version: Version,
        members: FxHashSet<String>,
    ) {
        let new = Collection {
            key: key.to_owned(),
            because: format!("no longer in {title}"),
            version,
            members,
        };
        match self.collections.iter_mut().find(|of| of.key == key) {
            Some(known) if known.version < version => *known = new,
            Some(_) => {}
            None => self.collections.push(new),
        }
    }

    /// A document that came belongs to a collection; of several to that whose key comes first.
    pub fn belongs(&mut self, document: &str, collection: &str) {
        if let Some(state) = self.state_of.get(document) {
            let known = &mut self.states[*state as usize].collection;
            if known.as_deref().is_none_or(|known| collection < known) {
                *known = Some(collection.to_owned());
            }
        }
    }

    /// Documents that the latest state of their collection has no longer count for nothing.
    pub(in crate::import) fn settle_collections(&mut self) {
        for state in &mut self.states {
            let key = state.collection.as_ref();
            let of = key.and_then(|key| self.collections.iter().find(|of| of.key == *key));
            state.superseded |= of.is_some_and(|of| !of.members.contains(&state.key));
        }
    }

    /// From here on claims are those of no document.
    pub fn replaces_nothing(&mut self) {
        self.state = None;
    }

    /// The claims of the case that stand and that a document made.
    pub fn standing(&self, key: &str) -> &[Row] {
        let all = self.standing.get_or_init(|| standing(self.graph));
        all.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether this import has a state of a document that counts.
    pub(in crate::import) fn comes_again(&self, key: &str) -> bool {
        let state = self.state_of.get(key);
        state.is_some_and(|state| !self.states[*state as usize].superseded)
    }

    /// So many more of a kind came from this document; the kind is a plural: `actors`.
    pub fn count(&mut self, kind: impl Into<Cow<'static, str>>, more: usize) {
        if let Some(counts) = self.counts.last_mut() {
            counts.add(kind, more);
        }
    }

    /// Something is odd. The kind reads behind a count: `relationship without an end`.
    pub fn odd(&mut self, kind: impl Into<Cow<'static, str>>, place: Place) {
        self.oddities.add(kind, place);
    }
}

/// The claims that stand and were made by a document, by its key.
fn standing(graph: &Graph) -> FxHashMap<&str, Vec<Row>> {
    let mut found: FxHashMap<&str, Vec<Row>> = FxHashMap::default();
    let columns = graph.columns();
    if !columns.has_free(DOCUMENT) {
        return found;
    }
    for row in 0..columns.len() as Row {
        let of = columns.properties(row).iter();
        let key = of.into_iter().find(|(key, _)| key == DOCUMENT);
        if let Some((_, Value::Text(key))) = key
            && columns.retracted(row).is_none()
        {
            found.entry(key.as_str()).or_default().push(row);
        }
    }
    found
}

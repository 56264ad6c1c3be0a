//! A bundle of STIX 2.0 or 2.1: its objects are drafted side by side and then said one after the other, as
//! entities and claims. It reads single objects too, and lists of objects as servers send them.

use crate::graph::GraphView;
use crate::import::countries;
use crate::import::document::{Document, LONGEST, Place};
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::json;
use crate::import::pieces::Pieces;
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::states::Turn;
use crate::import::stix::draft::{self, Draft, Relationship, What};
use crate::import::stix::markings::Markings;
use crate::import::stix::object::{Fields, Object, Text, type_of};
use crate::import::stix::things::{Inner, Link, Thing};
use crate::import::stix::versions::{self, Later, SCHEME};
use crate::import::stix::words::{STATEMENTS, Way, Words, plural};
use crate::model::{Claim, RelationId, Value, Vocabulary};
use crate::text::Diagnostic;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde_json::value::RawValue;

/// The format.
pub const READER: Reader = Reader {
    name: "stix",
    endings: &["json", "stix"],
    doc: "a STIX 2.0 or 2.1 bundle, or a single object of one",
    detect,
    read,
};

/// The scheme of phases of kill chains.
const PHASES: &str = "kill-chain";

fn detect(sample: &Sample<'_>) -> u8 {
    let id = |path: &str| sample.value(path).is_some_and(|id| type_of(id).is_some());
    if sample.value("type") == Some("bundle") {
        return 100;
    }
    match (id("id"), id("objects[].id"), sample.has("type")) {
        (true, _, true) => 90,
        (_, true, _) => 80,
        (false, false, _) if sample.has("objects[].spec_version") => 70,
        (true | false, false, _) => 0,
    }
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    // What is wrong, if anything, is told by reading the document from its beginning.
    let drafts = match drafted(&document) {
        Some(drafts) => drafts,
        None => checked(&document)?,
    };
    let markings = Markings::of(&document, &drafts)?;
    draft::twice(&document, &drafts)?;
    let passed_over = Later::of(harvest.graph());
    let mut telling = Telling {
        document,
        harvest,
        words: Words::default(),
        markings,
        collection: None,
        members: FxHashSet::default(),
        passed: false,
        passed_over,
    };
    telling.harvest.expect(drafts.len());
    telling.collection(&drafts);
    telling.counts(&drafts);
    for draft in drafts {
        telling.tell(*draft)?;
    }
    telling.harvest.replaces_nothing();
    Ok(())
}

/// Objects as they were drafted, on several threads and in any order: they are large, and moved several
/// times until they stand in theirs.
#[allow(clippy::vec_box)]
type Drafts<'t> = Vec<Box<Draft<'t>>>;

/// The objects of a bundle that is as it should be, drafted while others are still being cut.
fn drafted<'t>(document: &Document<'t>) -> Option<Drafts<'t>> {
    if document.text.len() > LONGEST {
        return None;
    }
    let mut pieces = Pieces::of(document.text, "objects")?;
    let drafts: Vec<(usize, Option<Box<Draft<'t>>>)> = pieces
        .by_ref()
        .enumerate()
        .par_bridge()
        .map(|(at, piece)| {
            (
                at,
                draft::draft(document, piece, Some(at)).ok().map(Box::new),
            )
        })
        .collect();
    let frame = pieces.frame()?;
    let around = Document {
        text: &frame,
        ..*document
    };
    let top = Object {
        document: around,
        place: around.place(0),
        fields: json::whole(&around).ok()?,
    };
    let kind = top.text("type").ok()?;
    if kind.is_some_and(|kind| kind != "bundle") {
        return None;
    }
    known_bundle(&top).ok()?;
    // They come in any order.
    let mut placed: Vec<Option<Box<Draft<'t>>>> = Vec::new();
    placed.resize_with(drafts.len(), || None);
    for (at, draft) in drafts {
        placed[at] = draft;
    }
    placed.into_iter().collect()
}

/// Refuses a bundle of another version, and one with the id of something else.
fn known_bundle(top: &Object<'_>) -> Result<(), Diagnostic> {
    draft::known_version(top)?;
    match top.text("id")? {
        Some(id) if type_of(&id) != Some("bundle") => Err(top
            .wrong("id", "this is no id of a bundle")
            .help("it begins with `bundle--`")),
        Some(_) | None => Ok(()),
    }
}

/// The objects of whatever else may hold some: a single one, or a bundle with mistakes, which are told.
fn checked<'t>(document: &Document<'t>) -> Result<Drafts<'t>, Diagnostic> {
    let document = *document;
    let fields: Fields<'t> = json::whole(&document)?;
    let top = Object {
        document,
        place: document.place(document.offset_of(document.text.trim_start())),
        fields,
    };
    let kind = top.text("type")?;
    let single = kind.as_deref().is_some_and(|kind| kind != "bundle");
    let mut objects: Vec<(Option<usize>, &'t RawValue)> = Vec::new();
    let whole: &'t RawValue;
    match (single, kind) {
        (true, _) => {
            whole = json::whole(&document)?;
            objects.push((None, whole));
        }
        (false, None) if top.raw("objects").is_none() => {
            return Err(top
                .wrong("type", "this is no bundle and no object of STIX")
                .label("there is no `type`")
                .help("a bundle has `\"type\": \"bundle\"` and `objects`"));
        }
        (false, _) => {
            known_bundle(&top)?;
            let list = top.list("objects")?;
            objects.extend(
                list.into_iter()
                    .enumerate()
                    .map(|(at, raw)| (Some(at), raw)),
            );
        }
    }
    let drafts: Vec<Result<Box<Draft<'t>>, Diagnostic>> = objects
        .into_par_iter()
        .with_min_len(64)
        .map(|(at, raw)| draft::draft(&document, raw.get(), at).map(Box::new))
        .collect();
    drafts.into_iter().collect()
}

/// What objects say is told to a harvest.
struct Telling<'h, 'a, 't> {
    document: Document<'t>,
    harvest: &'h mut Harvest<'a>,
    words: Words,
    markings: Markings,
    /// The collection that the objects belong to, and its members.
    collection: Option<String>,
    members: FxHashSet<Text<'t>>,
    /// Whether the case has a later state of the collection.
    passed: bool,
    /// Versions that the case has, and those that took something back.
    passed_over: Later,
}

impl<'t> Telling<'_, '_, 't> {
    /// Finds the collection that tells what a bundle should have: ATT&CK has one a bundle.
    fn collection(&mut self, drafts: &[Box<Draft<'t>>]) {
        let mut collections = drafts.iter().filter_map(|draft| match &draft.what {
            What::Thing(thing) => Some((draft, thing, thing.members.as_ref()?)),
            What::Relationship(_)
            | What::Sighting { .. }
            | What::Opinion { .. }
            | What::Marking { .. }
            | What::Own(_) => None,
        });
        let (Some((draft, thing, members)), None) = (collections.next(), collections.next()) else {
            return;
        };
        self.passed = self.older(draft);
        let has = |key: &str| draft.properties.iter().find(|(known, _)| known == key);
        let version = has("x_mitre_version").map_or_else(String::new, |(_, of)| of.text());
        let title = format!("{} {version}", thing.name);
        let mut keys: FxHashSet<String> = members.iter().map(|id| id.to_string()).collect();
        keys.insert(draft.id.to_string());
        if !self.passed {
            let title = title.trim_end();
            self.harvest.collects(&draft.id, title, draft.version, keys);
        }
        self.collection = Some(draft.id.to_string());
        self.members = members.iter().cloned().collect();
    }

    fn counts(&mut self, drafts: &[Box<Draft<'t>>]) {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for draft in drafts {
            match kinds.iter_mut().find(|(kind, _)| *kind == draft.kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((&draft.kind, 1)),
            }
        }
        self.harvest.count("objects", drafts.len());
        for (kind, count) in kinds {
            self.harvest.count(plural(kind), count);
        }
    }

    /// Whether the case has a later version of an object.
    fn older(&self, draft: &Draft<'_>) -> bool {
        self.passed_over.has(self.harvest, &draft.id, draft.version)
    }

    fn tell(&mut self, mut draft: Draft<'t>) -> Result<(), Diagnostic> {
        for kind in std::mem::take(&mut draft.odd) {
            self.harvest.odd(kind, draft.place);
        }
        if let What::Own(own) = draft.what {
            return own.take(&self.document, draft.place, "extension", self.harvest);
        }
        if draft.version.0 != i64::MIN && self.older(&draft) {
            self.harvest.odd(
                "object of which the case has a later version, left out",
                draft.place,
            );
            return Ok(());
        }
        let member = self.collection.clone();
        let member = member.filter(|of| self.members.contains(&draft.id) || *of == *draft.id);
        if member.is_some() && self.passed && self.harvest.standing(&draft.id).is_empty() {
            // A thing that the case knows may be one of which nothing was ever claimed.
            let entities = self.harvest.graph().entities();
            if entities.identified(SCHEME, &draft.id).is_none() {
                let kind = "object that a later state of its collection has no longer, left out";
                self.harvest.odd(kind, draft.place);
            }
            return Ok(());
        }
        let because = versions::because(draft.modified.as_deref(), draft.revoked);
        let turn = self
            .harvest
            .replaces_version(&draft.id, because, draft.version, draft.mark);
        if let Some(collection) = member.filter(|_| turn != Turn::Earlier) {
            self.harvest.belongs(&draft.id, &collection);
        }
        match turn {
            Turn::First | Turn::Later => {}
            Turn::Same => {
                self.harvest.count("objects that stand twice", 1);
                return Ok(());
            }
            Turn::Earlier => {
                self.harvest.count("earlier versions", 1);
                return Ok(());
            }
        }
        let frame = self.frame(&mut draft);
        match draft.what {
            What::Own(_) => {}
            What::Relationship(said) => self.relationship(said, frame),
            What::Sighting {
                of,
                by,
                valid,
                quote,
                level,
            } => {
                let mut frame = frame;
                frame.claim.likelihood = level;
                frame.claim.valid = valid;
                frame.claim.quote = quote;
                self.sighting(&of, &by, frame);
            }
            What::Opinion {
                polarity,
                about,
                quote,
                mut thing,
            } => {
                let statement =
                    |id: &&Text<'_>| type_of(id).is_some_and(|kind| STATEMENTS.contains(&kind));
                if let Some(polarity) = polarity.filter(|_| !frame.revoked) {
                    for id in about.iter().filter(statement) {
                        let mut claim = frame.claim.clone();
                        claim.polarity = polarity;
                        claim.quote.clone_from(&quote);
                        self.harvest.respond(id, claim, frame.place);
                    }
                }
                if about.iter().any(|id| !statement(&id)) {
                    thing.members = None;
                    self.thing(thing, frame, draft.properties, turn);
                }
            }
            What::Marking { level: Some(_), .. } => {}
            What::Marking { level: None, thing } | What::Thing(thing) => {
                self.thing(thing, frame, draft.properties, turn);
            }
        }
        Ok(())
    }

    /// What all claims of an object have in common.
    fn frame(&mut self, draft: &mut Draft<'t>) -> Frame {
        let blank = self.harvest.text("");
        let mut claim = Claim::new(blank, Vocabulary::ALSO_KNOWN_AS, blank);
        if let Some(author) = &draft.author {
            claim.sources = vec![self.harvest.identified(SCHEME, author)];
        }
        claim.reported = draft.created;
        let mut others = Vec::new();
        for id in &draft.markings {
            match self.markings.level(id) {
                Some(level) => claim.marking = claim.marking.max(Some(level)),
                None => others.push(Value::Text(id.to_string())),
            }
        }
        let mut own = Vec::new();
        match draft.what {
            What::Relationship(_) | What::Sighting { .. } | What::Opinion { .. } => {
                let all = match draft.what {
                    What::Opinion { .. } => draft.properties.clone(),
                    What::Relationship(_)
                    | What::Sighting { .. }
                    | What::Thing(_)
                    | What::Marking { .. }
                    | What::Own(_) => std::mem::take(&mut draft.properties),
                };
                own.extend(all);
                if !others.is_empty() {
                    own.push(("object_marking_refs".to_owned(), Value::List(others)));
                }
            }
            What::Thing(_) | What::Marking { .. } | What::Own(_) => {
                if let Some(modified) = &draft.modified {
                    own.push(("modified".to_owned(), Value::Text(modified.to_string())));
                }
            }
        }
        claim.properties = own;
        Frame {
            claim,
            place: draft.place,
            id: draft.id.to_string(),
            kind: draft.kind.to_string(),
            revoked: draft.revoked,
        }
    }

    fn relationship(&mut self, said: Relationship<'t>, frame: Frame) {
        // What its author took back is not claimed; what the case has of it is retracted.
        if frame.revoked {
            return self.harvest.count("revoked relationships", 1);
        }
        let mut claim = frame.claim;
        claim.subject = self.harvest.identified(SCHEME, &said.from);
        claim.object = self.harvest.identified(SCHEME, &said.to);
        claim.relation = self.words.relation(&said.word, self.harvest);
        claim.valid = said.valid;
        claim.quote = said.quote;
        claim.reference = said.reference;
        claim.likelihood = said.level;
        self.harvest.claim(claim, frame.place);
    }

    /// Whoever saw it; where nobody is named, the author; a place is where it was.
    fn sighting(&mut self, of: &str, by: &[Text<'t>], frame: Frame) {
        if frame.revoked {
            return;
        }
        let seen = self.harvest.identified(SCHEME, of);
        let sighted = self.words.relation("sighted", self.harvest);
        let mut said: Vec<(Ref, RelationId, Ref)> = Vec::new();
        for id in by {
            let at = self.harvest.identified(SCHEME, id);
            if type_of(id) == Some("location") {
                let at_place = self.words.relation("sighted-in", self.harvest);
                said.push((seen, at_place, at));
            } else {
                said.push((at, sighted, seen));
            }
        }
        if by.is_empty() {
            match frame.claim.sources.first() {
                Some(author) => said.push((*author, sighted, seen)),
                None => self
                    .harvest
                    .odd("sighting by nobody, left out", frame.place),
            }
        }
        for (subject, relation, object) in said {
            let claim = Claim {
                subject,
                relation,
                object,
                ..frame.claim.clone()
            };
            self.harvest.claim(claim, frame.place);
        }
    }

    fn thing(
        &mut self,
        thing: Thing<'t>,
        frame: Frame,
        properties: Vec<(String, Value)>,
        turn: Turn,
    ) {
        let entity = self.harvest.identified(SCHEME, &frame.id);
        if turn == Turn::Later {
            self.harvest.forget(entity);
        }
        for inner in thing.inner.iter().rev() {
            self.inner(inner, &frame);
        }
        let of = (frame.id.as_str(), frame.kind.as_str());
        let entity = self.describe(of, &thing, frame.revoked, properties);
        if thing.name.is_empty() {
            self.harvest
                .odd("object without a name, known by its id", frame.place);
        }
        // What its author took back has no names and refers to nothing.
        if frame.revoked {
            return;
        }
        self.links(entity, &thing, &frame);
    }

    fn links(&mut self, entity: Ref, thing: &Thing<'t>, frame: &Frame) {
        for alias in &thing.aliases {
            let alias = alias.trim();
            if alias.is_empty() || alias == thing.name {
                continue;
            }
            let mut claim = frame.claim.clone();
            claim.subject = entity;
            claim.object = self.harvest.text(alias);
            claim.relation = Vocabulary::ALSO_KNOWN_AS;
            self.harvest.claim(claim, frame.place);
        }
        for phase in &thing.phases {
            let at = self.phase(phase);
            let mut claim = frame.claim.clone();
            claim.subject = entity;
            claim.object = at;
            claim.relation = self.words.relation("part-of", self.harvest);
            self.harvest.claim(claim, frame.place);
        }
        for link in &thing.links {
            self.link(entity, link, frame);
        }
    }

    fn link(&mut self, entity: Ref, link: &Link<'t>, frame: &Frame) {
        let relation = self.words.relation(&link.word, self.harvest);
        for id in &link.to {
            let other = self.harvest.identified(SCHEME, id);
            if other == entity {
                self.harvest
                    .odd("object that refers to itself, left out", frame.place);
                continue;
            }
            let mut claim = frame.claim.clone();
            (claim.subject, claim.object) = match link.way {
                Way::Out => (entity, other),
                Way::In => (other, entity),
            };
            claim.relation = relation;
            let field = Value::Text(link.field.clone());
            claim.properties.push(("field".to_owned(), field));
            self.harvest.claim(claim, frame.place);
        }
    }

    /// A phase of a kill chain, which a tactic of ATT&CK may describe better.
    fn phase(&mut self, phase: &str) -> Ref {
        let at = self.harvest.identified(PHASES, phase);
        let (chain, name) = phase.rsplit_once('/').unwrap_or(("", phase));
        if !self.harvest.is_described(at) {
            let said = Said {
                name: name.to_owned(),
                types: vec![self.words.kind("kill-chain-phase", self.harvest)],
                meeting: Meeting::ByHandle,
                apart: Some(chain.to_owned()),
                weak: true,
                ..Said::default()
            };
            self.harvest.describe(at, said);
        }
        at
    }

    fn describe(
        &mut self,
        (id, kind): (&str, &str),
        thing: &Thing<'t>,
        revoked: bool,
        properties: Vec<(String, Value)>,
    ) -> Ref {
        let entity = self.harvest.identified(SCHEME, id);
        let noun = match thing.noun {
            Some(noun) => self.harvest.kind(noun),
            None => self.words.kind(kind, self.harvest),
        };
        let mut name = thing.name.clone();
        if thing.noun == Some("country") {
            let code = properties.iter().find(|(key, _)| key == "country");
            let code = code.map_or_else(String::new, |(_, code)| code.text());
            if let Some(country) = self.harvest.country(&code) {
                self.harvest.also_identified(country, SCHEME, id);
            }
            if let Some(country) = countries::meant(&code) {
                name = country.name.to_owned();
            }
        }
        if let Some(phase) = &thing.phase {
            self.harvest.also_identified(entity, PHASES, phase);
        }
        for (scheme, id) in &thing.ids {
            self.harvest.also_identified(entity, scheme, id);
        }
        let meeting = match thing.noun {
            Some("person") => Meeting::ById,
            Some("country" | "organisation" | "actor" | "place" | "city") => Meeting::ByName,
            Some(_) | None => Meeting::ByHandle,
        };
        let said = Said {
            name,
            types: vec![noun],
            properties,
            meeting,
            apart: thing.ids.first().map(|(_, id)| id.clone()),
            yields: revoked || thing.deprecated,
            ..Said::default()
        };
        self.harvest.describe(entity, said);
        entity
    }

    /// An object of STIX 2.0 that has no id of its own.
    fn inner(&mut self, inner: &Inner<'t>, frame: &Frame) {
        let properties = inner.properties.clone();
        let of = (inner.id.as_str(), inner.kind.as_ref());
        let entity = self.describe(of, &inner.thing, frame.revoked, properties);
        if !frame.revoked {
            self.links(entity, &inner.thing, frame);
        }
    }
}

/// What the claims of an object have in common.
struct Frame {
    claim: Claim<Ref>,
    place: Place,
    id: String,
    kind: String,
    revoked: bool,
}

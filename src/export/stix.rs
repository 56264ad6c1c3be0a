//! STIX 2.1: an object an entity, a relationship a claim, an opinion a denial. What STIX has no field
//! for is in a declared extension (`docs/stix-extension.md`), so that a reader of it gets the same
//! claims. Relationships that only denials are about have no author and say that nobody stated them.

use crate::export::identifiers::{self, outside};
use crate::export::record;
use crate::export::selection::Selection;
use crate::export::stix_types::{self, Kind, OTHER};
use crate::export::writer::ExportError;
use crate::graph::{GraphView, Row};
use crate::model::{Claim, EntityId, Marking, PartialDate, Polarity, Value, Vocabulary};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// The extension that carries claims and entities.
pub const EXTENSION: &str = "extension-definition--b8785889-1604-43d1-96af-94da8b343ab2";
/// The extension that makes our own type of objects.
pub const OBJECTS: &str = "extension-definition--7d1356ee-a458-4422-bed5-0fa3828d4002";
/// Who defines these: this program.
pub const SELF: &str = "identity--5f8f3c0e-5c53-5c0a-8f6e-3b1d0c2a9e47";
/// When they were defined.
const DEFINED: &str = "2026-11-25T00:00:00.000Z";
/// Where they are described.
const SCHEMA: &str = "docs/stix-extension.md in the source of whodunit";

/// Writes the bundle.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let mut bundle = Bundle::of(selection);
    bundle.entities();
    bundle.claims();
    let objects = bundle.done();
    let ids: Vec<&str> = objects
        .iter()
        .filter_map(|object| object["id"].as_str())
        .collect();
    let id = identifiers::id("stix bundle", &ids.join("\n"));
    let bundle = json!({
        "type": "bundle",
        "id": format!("bundle--{id}"),
        "objects": objects,
    });
    let text = serde_json::to_string_pretty(&bundle).map_err(|error| ExportError {
        title: format!("this cannot be written as JSON: {error}"),
        help: "use another format".into(),
    })?;
    Ok(text + "\n")
}

/// A point in time as STIX has it.
fn instant(seconds: i64) -> String {
    let text = PartialDate::second(seconds).to_string();
    format!("{}.000Z", text.trim_end_matches('Z'))
}

/// A bundle in the making.
struct Bundle<'s> {
    selection: &'s Selection<'s>,
    objects: Vec<Map<String, Json>>,
    relationships: Vec<Map<String, Json>>,
    /// Type and id of the object of each entity.
    places: FxHashMap<EntityId, (&'static str, String)>,
    /// Identities that stand for sources which are none.
    companions: FxHashMap<EntityId, String>,
    /// When an entity was first heard of, and its marking where all that is said of it is marked.
    known: FxHashMap<EntityId, (i64, Option<Marking>)>,
    used: FxHashSet<String>,
    markings: BTreeSet<Marking>,
}

impl<'s> Bundle<'s> {
    fn of(selection: &'s Selection<'s>) -> Bundle<'s> {
        let columns = selection.graph.columns();
        let mut known: FxHashMap<EntityId, (i64, Option<Marking>)> = FxHashMap::default();
        for row in &selection.claims {
            let (recorded, marking) = (columns.recorded(*row), columns.marking(*row));
            let ends = [columns.subject(*row), columns.object(*row)];
            let others = columns.sources(*row).iter().chain(columns.via(*row));
            for id in ends.into_iter().chain(others.copied()) {
                let of = known.entry(id).or_insert((recorded, marking));
                of.0 = of.0.min(recorded);
                of.1 = of.1.min(marking);
            }
        }
        Bundle {
            selection,
            objects: Vec::new(),
            relationships: Vec::new(),
            places: FxHashMap::default(),
            companions: FxHashMap::default(),
            known,
            used: FxHashSet::default(),
            markings: BTreeSet::new(),
        }
    }

    /// An object with what all objects have.
    fn object(
        &mut self,
        kind: &str,
        id: &str,
        recorded: i64,
        marking: Option<Marking>,
    ) -> Map<String, Json> {
        let at = instant(recorded);
        let mut object = Map::new();
        object.insert("type".to_owned(), json!(kind));
        object.insert("spec_version".to_owned(), json!("2.1"));
        object.insert("id".to_owned(), json!(id));
        object.insert("created".to_owned(), json!(at));
        object.insert("modified".to_owned(), json!(at));
        if let Some(level) = marking {
            self.markings.insert(level);
            let refs = json!([stix_types::marking_id(level)]);
            object.insert("object_marking_refs".to_owned(), refs);
        }
        object
    }

    /// An id that nothing in the bundle has: the given one, if it is one of this type, or our own.
    fn id(&mut self, kind: &str, given: Option<&str>, text: &str) -> String {
        let good = |id: &&str| {
            let uuid = id.strip_prefix(kind).and_then(|id| id.strip_prefix("--"));
            uuid.is_some_and(|uuid| uuid.len() == 36 && uuid::Uuid::try_parse(uuid).is_ok())
        };
        let given = given.filter(good).map(str::to_owned);
        let own = |count: usize| {
            let text = match count {
                0 => text.to_owned(),
                count => format!("{text}\n{count}"),
            };
            format!("{kind}--{}", identifiers::id(kind, &text))
        };
        let mut id = given.unwrap_or_else(|| own(0));
        let mut count = 1;
        while !self.used.insert(id.clone()) {
            id = own(count);
            count += 1;
        }
        id
    }

    fn entities(&mut self) {
        let selection = self.selection;
        let (graph, columns) = (selection.graph, selection.graph.columns());
        let mut names: FxHashMap<EntityId, Vec<Row>> = FxHashMap::default();
        for row in &selection.claims {
            if columns.relation(*row) == Vocabulary::ALSO_KNOWN_AS {
                names.entry(columns.subject(*row)).or_default().push(*row);
            }
        }
        for id in &selection.entities {
            let Kind { name: kind, fields } = stix_types::kind(graph, *id);
            let entity = graph.entities().get(*id);
            let place = self.id(kind, outside(graph, *id, "stix"), &entity.name);
            let first = columns
                .len()
                .checked_sub(1)
                .map_or(0, |_| columns.recorded(0));
            let (recorded, marking) = self.known.get(id).copied().unwrap_or((first, None));
            let mut object = self.object(kind, &place, recorded, marking);
            object.insert("name".to_owned(), json!(entity.name.replace('_', " ")));
            if let Some(title) = entity.title.as_ref().filter(|title| !title.is_empty()) {
                object.insert("description".to_owned(), json!(title));
            }
            object.extend(fields);
            let aliases = names.get(id).map_or(&[][..], Vec::as_slice);
            if stix_types::has_aliases(kind) {
                let asserted = aliases.iter();
                let asserted = asserted.filter(|row| columns.polarity(**row) == Polarity::Asserted);
                let mut texts: Vec<&str> = asserted
                    .map(|row| graph.entities().name(columns.object(*row)))
                    .filter(|text| !text.is_empty())
                    .collect();
                texts.sort_unstable();
                texts.dedup();
                if !texts.is_empty() {
                    object.insert("aliases".to_owned(), json!(texts));
                }
            }
            let references: Vec<Json> = entity
                .ids
                .iter()
                .filter(|(scheme, id)| scheme != "stix" && !scheme.is_empty() && !id.is_empty())
                .map(|(scheme, id)| json!({"source_name": scheme, "external_id": id}))
                .collect();
            if !references.is_empty() {
                object.insert("external_references".to_owned(), json!(references));
            }
            let mut own = Map::new();
            own.insert(
                "entity".to_owned(),
                Json::Object(record::entity(graph, *id)),
            );
            if !aliases.is_empty() {
                let claims = aliases.iter().map(|row| self.said(*row));
                own.insert("aliases".to_owned(), claims.collect());
            }
            object.insert("extensions".to_owned(), extensions(kind, own));
            self.objects.push(object);
            self.places.insert(*id, (kind, place));
        }
    }

    fn said(&self, row: Row) -> Json {
        let graph = self.selection.graph;
        let relation = graph.columns().relation(row);
        let name = &graph.vocabulary().relation(relation).name;
        Json::Object(record::said(&graph.named_now(row), name))
    }

    /// The identity of a source: its own object, or one that stands for it.
    fn author(&mut self, id: EntityId) -> Option<String> {
        let (kind, place) = self.places.get(&id)?.clone();
        if kind == "identity" {
            return Some(place);
        }
        if let Some(known) = self.companions.get(&id) {
            return Some(known.clone());
        }
        let name = self.selection.graph.entities().name(id);
        let companion = self.id("identity", None, &format!("stands for\n{name}"));
        let (recorded, marking) = self.known.get(&id).copied().unwrap_or((0, None));
        let mut object = self.object("identity", &companion, recorded, marking);
        object.insert("name".to_owned(), json!(name.replace('_', " ")));
        let mut own = Map::new();
        own.insert("stands_for".to_owned(), json!(place));
        object.insert("extensions".to_owned(), extensions("identity", own));
        self.objects.push(object);
        self.companions.insert(id, companion.clone());
        Some(companion)
    }

    fn claims(&mut self) {
        let selection = self.selection;
        let columns = selection.graph.columns();
        let claims: Vec<(Row, Claim<String>)> = selection
            .named()
            .filter(|(_, claim)| claim.relation != Vocabulary::ALSO_KNOWN_AS)
            .collect();
        // The relationships of each fact, which denials are about.
        let mut facts: FxHashMap<(u32, u16, u32), Vec<String>> = FxHashMap::default();
        let (denied, asserted): (Vec<_>, Vec<_>) = claims
            .into_iter()
            .partition(|(_, claim)| claim.polarity == Polarity::Denied);
        for (row, claim) in asserted {
            let id = self.relationship(row, &claim);
            facts.entry(columns.ends(row)).or_default().push(id);
        }
        let mut unstated: FxHashMap<(u32, u16, u32), Vec<Row>> = FxHashMap::default();
        for (row, _) in &denied {
            if !facts.contains_key(&columns.ends(*row)) {
                unstated.entry(columns.ends(*row)).or_default().push(*row);
            }
        }
        for (row, claim) in denied {
            let ends = columns.ends(row);
            if let Some(rows) = unstated.remove(&ends) {
                let id = self.unstated(&rows);
                facts.insert(ends, vec![id]);
            }
            let about = facts.get(&ends).cloned().unwrap_or_default();
            self.opinion(row, &claim, &about);
        }
    }

    /// What a claim of STIX had there as its id.
    fn given(claim: &Claim<String>) -> Option<&str> {
        let mut own = claim.properties.iter().filter_map(|(key, value)| {
            let known = ["document", "stix"].contains(&key.as_str());
            match value {
                Value::Text(id) if known && id.contains("--") => Some(id.as_str()),
                Value::Text(_)
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Date(_)
                | Value::Temporal(_)
                | Value::List(_)
                | Value::Map(_) => None,
            }
        });
        own.next()
    }

    fn link(&self, object: &mut Map<String, Json>, row: Row) {
        let graph = self.selection.graph;
        let columns = graph.columns();
        let (Some(from), Some(to)) = (
            self.places.get(&columns.subject(row)),
            self.places.get(&columns.object(row)),
        ) else {
            return;
        };
        let declared = graph.vocabulary().relation(columns.relation(row));
        let stix = declared.stix.as_deref();
        let kind = stix_types::relationship(&declared.name, stix, from.0, to.0);
        object.insert("relationship_type".to_owned(), json!(kind));
        object.insert("source_ref".to_owned(), json!(from.1));
        object.insert("target_ref".to_owned(), json!(to.1));
    }

    fn relationship(&mut self, row: Row, claim: &Claim<String>) -> String {
        let columns = self.selection.graph.columns();
        let said = self.said(row);
        let id = self.id("relationship", Self::given(claim), &said.to_string());
        let mut object = self.object("relationship", &id, columns.recorded(row), claim.marking);
        self.sign(&mut object, row);
        self.link(&mut object, row);
        if let Some(quote) = claim.quote.as_ref().filter(|quote| !quote.is_empty()) {
            object.insert("description".to_owned(), json!(quote));
        }
        // The precision of dates is in the extension: here stand the first and the last second.
        let (from, until) = (claim.valid.start(), claim.valid.end());
        if claim.valid.from.is_some() {
            object.insert("start_time".to_owned(), json!(instant(from)));
        }
        if claim.valid.until.is_some() && (claim.valid.from.is_none() || until > from) {
            object.insert("stop_time".to_owned(), json!(instant(until)));
        }
        if let Some(number) = claim.likelihood.as_ref().map(|given| given.number) {
            object.insert("confidence".to_owned(), json!(number.round() as i64));
        }
        cite(&mut object, claim);
        let mut own = Map::new();
        own.insert("claim".to_owned(), said);
        object.insert("extensions".to_owned(), extensions("relationship", own));
        self.relationships.push(object);
        id
    }

    /// A relationship that nobody states: what denials are about.
    fn unstated(&mut self, denials: &[Row]) -> String {
        let graph = self.selection.graph;
        let columns = graph.columns();
        let row = denials[0];
        let name = |id| graph.entities().name(id);
        let text = format!(
            "unstated\n{}\n{}\n{}",
            name(columns.subject(row)),
            graph.vocabulary().relation(columns.relation(row)).name,
            name(columns.object(row))
        );
        let id = self.id("relationship", None, &text);
        let recorded = denials.iter().map(|row| columns.recorded(*row)).min();
        let marking = denials.iter().map(|row| columns.marking(*row)).min();
        let mut object = self.object(
            "relationship",
            &id,
            recorded.unwrap_or(0),
            marking.flatten(),
        );
        self.link(&mut object, row);
        let told = "Nobody states this here; the opinions about it deny it.";
        object.insert("description".to_owned(), json!(told));
        let mut own = Map::new();
        own.insert("stated".to_owned(), json!(false));
        object.insert("extensions".to_owned(), extensions("relationship", own));
        self.relationships.push(object);
        id
    }

    fn opinion(&mut self, row: Row, claim: &Claim<String>, about: &[String]) {
        let columns = self.selection.graph.columns();
        let said = self.said(row);
        let id = self.id("opinion", Self::given(claim), &said.to_string());
        let mut object = self.object("opinion", &id, columns.recorded(row), claim.marking);
        self.sign(&mut object, row);
        if let Some(quote) = claim.quote.as_ref().filter(|quote| !quote.is_empty()) {
            object.insert("explanation".to_owned(), json!(quote));
        }
        object.insert("opinion".to_owned(), json!("strongly-disagree"));
        object.insert("object_refs".to_owned(), json!(about));
        cite(&mut object, claim);
        let mut own = Map::new();
        own.insert("claim".to_owned(), said);
        object.insert("extensions".to_owned(), extensions("opinion", own));
        self.relationships.push(object);
    }

    /// Who says so: the first source; STIX has one author, the extension names all.
    fn sign(&mut self, object: &mut Map<String, Json>, row: Row) {
        let source = self.selection.graph.columns().sources(row).first().copied();
        if let Some(author) = source.and_then(|source| self.author(source)) {
            object.insert("created_by_ref".to_owned(), json!(author));
        }
    }

    /// All objects, what they refer to first.
    fn done(self) -> Vec<Json> {
        let mut objects = vec![itself(), definition(), object_definition()];
        objects.extend(self.markings.into_iter().map(stix_types::marking));
        let own = self.objects.into_iter().chain(self.relationships);
        objects.extend(own.map(Json::Object));
        objects
    }
}

/// Where it is written.
fn cite(object: &mut Map<String, Json>, claim: &Claim<String>) {
    let texts = [&claim.reference, &claim.locator];
    let mut texts = texts.into_iter().flatten();
    if texts.clone().all(|text| text.is_empty()) {
        return;
    }
    let name = claim.via.last().or(claim.sources.first());
    let name = name.map_or("source".to_owned(), |name| name.replace('_', " "));
    let mut reference = Map::new();
    reference.insert("source_name".to_owned(), json!(name));
    let is_address = |text: &&String| {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`[]".contains(c);
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
    };
    let address = claim.reference.as_ref().filter(is_address);
    let told: Vec<&str> = texts
        .by_ref()
        .filter(|text| !text.is_empty() && Some(*text) != address)
        .map(String::as_str)
        .collect();
    if !told.is_empty() {
        reference.insert("description".to_owned(), json!(told.join(", ")));
    }
    if let Some(address) = address {
        reference.insert("url".to_owned(), json!(address));
    }
    object.insert("external_references".to_owned(), json!([reference]));
}

/// The extensions of an object: ours, and for a type of our own that which makes it.
fn extensions(kind: &str, own: Map<String, Json>) -> Json {
    let mut content = Map::new();
    content.insert("extension_type".to_owned(), json!("property-extension"));
    content.extend(own);
    let mut extensions = Map::new();
    if kind == OTHER {
        let makes = json!({"extension_type": "new-sdo"});
        extensions.insert(OBJECTS.to_owned(), makes);
    }
    extensions.insert(EXTENSION.to_owned(), Json::Object(content));
    Json::Object(extensions)
}

fn itself() -> Json {
    json!({
        "type": "identity",
        "spec_version": "2.1",
        "id": SELF,
        "created": DEFINED,
        "modified": DEFINED,
        "name": "whodunit",
        "identity_class": "system",
    })
}

fn definition() -> Json {
    json!({
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": EXTENSION,
        "created_by_ref": SELF,
        "created": DEFINED,
        "modified": DEFINED,
        "name": "whodunit claims",
        "description": "Claims and entities with every field as they were given.",
        "schema": SCHEMA,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    })
}

fn object_definition() -> Json {
    json!({
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": OBJECTS,
        "created_by_ref": SELF,
        "created": DEFINED,
        "modified": DEFINED,
        "name": "whodunit entities",
        "description": "Entities that STIX has no type for: documents, matters, data, places.",
        "schema": SCHEMA,
        "version": "1.0.0",
        "extension_types": ["new-sdo"],
    })
}

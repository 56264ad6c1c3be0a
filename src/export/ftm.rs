//! FollowTheMoney: an entity a line; a claim is an entity of an edge schema (`Ownership`,
//! `UnknownLink` …) or a `Sanction`. A schema is used only where both ends are what it asks for. What
//! has no field there travels under the key `whodunit`: the record of `docs/exchange.md`. A denial is a
//! `Note` about both ends, since an edge would say the contrary.

use crate::export::identifiers;
use crate::export::record;
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::graph::{GraphView, Row};
use crate::model::{Claim, EntityId, Polarity, TypeId, Vocabulary};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json, json};

/// Schemata of things that we write, and the wider ones that they count as.
const THINGS: &[(&str, &[&str])] = &[
    ("Thing", &[]),
    ("LegalEntity", &[]),
    ("Person", &["LegalEntity"]),
    ("Organization", &["LegalEntity"]),
    ("Company", &["LegalEntity", "Organization", "Asset"]),
    ("PublicBody", &["LegalEntity", "Organization"]),
    ("Document", &[]),
    ("Asset", &[]),
    ("Event", &[]),
    ("Address", &[]),
    ("Vessel", &["Asset"]),
    ("Airplane", &["Asset"]),
    ("CryptoWallet", &["Asset"]),
];

/// A schema of edges: the properties for its ends with what they may be, and for the relation's name.
struct EdgeSchema {
    name: &'static str,
    from: (&'static str, &'static str),
    to: (&'static str, &'static str),
    /// Whether an end is the name of the other party rather than a reference to it.
    named: bool,
}

const EDGES: &[EdgeSchema] = &[
    edge("UnknownLink", ("subject", "Thing"), ("object", "Thing")),
    edge(
        "Membership",
        ("member", "LegalEntity"),
        ("organization", "Organization"),
    ),
    edge(
        "Employment",
        ("employee", "Person"),
        ("employer", "Organization"),
    ),
    edge("Ownership", ("owner", "LegalEntity"), ("asset", "Asset")),
    edge(
        "Representation",
        ("agent", "LegalEntity"),
        ("client", "LegalEntity"),
    ),
    EdgeSchema {
        name: "Sanction",
        from: ("authority", "Thing"),
        to: ("entity", "Thing"),
        named: true,
    },
];

const fn edge(
    name: &'static str,
    from: (&'static str, &'static str),
    to: (&'static str, &'static str),
) -> EdgeSchema {
    EdgeSchema {
        name,
        from,
        to,
        named: false,
    }
}

/// Whether a schema of things is another or counts as it.
fn is_a(narrow: &str, wide: &str) -> bool {
    let known = THINGS.iter().find(|(name, _)| *name == narrow);
    wide == "Thing" || narrow == wide || known.is_some_and(|(_, also)| also.contains(&wide))
}

/// A thing in the export: its id and schema.
struct Thing {
    id: String,
    schema: &'static str,
}

/// Writes a line for each entity, then one for each claim.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let columns = graph.columns();
    let mut things: FxHashMap<EntityId, Thing> = FxHashMap::default();
    for id in &selection.entities {
        let name = graph.entities().name(*id);
        let own = identifiers::outside(graph, *id, "ftm").map(str::to_owned);
        let thing = Thing {
            id: own.unwrap_or_else(|| identifiers::id("ftm", name)),
            schema: schema(selection, *id),
        };
        things.insert(*id, thing);
    }
    let mut names: FxHashMap<EntityId, Vec<Row>> = FxHashMap::default();
    for row in &selection.claims {
        if columns.relation(*row) == Vocabulary::ALSO_KNOWN_AS {
            let owner = columns.subject(*row);
            names.entry(owner).or_default().push(*row);
        }
    }
    let mut out = String::new();
    let mut line = |line: Json| -> Result<(), ExportError> {
        let text = serde_json::to_string(&line).map_err(|error| ExportError {
            title: format!("this cannot be written as JSON: {error}"),
            help: "use another format".into(),
        })?;
        out.push_str(&text);
        out.push('\n');
        Ok(())
    };
    for id in &selection.entities {
        let aliases = names.get(id).map_or(&[][..], Vec::as_slice);
        line(thing(selection, *id, &things[id], aliases))?;
    }
    for (row, claim) in selection.named() {
        if claim.relation != Vocabulary::ALSO_KNOWN_AS {
            let ends = (columns.subject(row), columns.object(row));
            line(link(selection, &claim, &things[&ends.0], &things[&ends.1]))?;
        }
    }
    Ok(out)
}

/// The narrowest schema of an entity that FollowTheMoney has: by the words of its types and those
/// above them.
fn schema(selection: &Selection<'_>, id: EntityId) -> &'static str {
    let words = selection.graph.vocabulary();
    let entity = selection.graph.entities().get(id);
    let known = |kind: TypeId| {
        let word = words.type_of(kind).ftm.as_deref()?;
        let known = THINGS.iter().find(|(name, _)| *name == word);
        known.map(|(name, _)| *name)
    };
    let mut level: Vec<TypeId> = entity.types.clone();
    let mut seen: Vec<TypeId> = Vec::new();
    while !level.is_empty() {
        if let Some(found) = level.iter().find_map(|kind| known(*kind)) {
            return found;
        }
        seen.extend(&level);
        let parents = level.iter().flat_map(|kind| &words.type_of(*kind).parents);
        let parents = parents.filter_map(|parent| words.type_named(parent));
        level = parents.filter(|kind| !seen.contains(kind)).collect();
    }
    let actor = words.type_named("actor");
    match actor.is_some_and(|actor| selection.graph.entities().has_type(id, actor, words)) {
        true => "LegalEntity",
        false => "Thing",
    }
}

fn thing(selection: &Selection<'_>, id: EntityId, thing: &Thing, names: &[Row]) -> Json {
    let graph = selection.graph;
    let entity = graph.entities().get(id);
    let mut properties: Map<String, Json> = Map::new();
    let plain = entity.name.replace('_', " ");
    properties.insert("name".to_owned(), json!([plain]));
    // The title of a body is its full name; of all else it tells about it.
    let is_name = is_a(thing.schema, "LegalEntity") && thing.schema != "Person" && !entity.unnamed;
    let title = entity.title.as_deref().filter(|title| !title.is_empty());
    let mut aliases: Vec<&str> = title.filter(|_| is_name).into_iter().collect();
    if let Some(title) = title.filter(|_| !is_name) {
        properties.insert("summary".to_owned(), json!([title]));
    }
    let asserted = names
        .iter()
        .filter(|row| graph.columns().polarity(**row) == Polarity::Asserted);
    aliases.extend(asserted.map(|row| graph.entities().name(graph.columns().object(*row))));
    aliases.sort_unstable();
    aliases.dedup();
    aliases.retain(|alias| *alias != plain);
    if !aliases.is_empty() {
        properties.insert("alias".to_owned(), json!(aliases));
    }
    let mut own = Map::new();
    own.insert("entity".to_owned(), Json::Object(record::entity(graph, id)));
    if !names.is_empty() {
        let claims = names.iter().map(|row| saying(selection, *row));
        own.insert("aliases".to_owned(), claims.collect());
    }
    json!({
        "id": thing.id,
        "schema": thing.schema,
        "properties": properties,
        "whodunit": own,
    })
}

/// What a claim says, as a record.
fn saying(selection: &Selection<'_>, row: Row) -> Json {
    let words = selection.graph.vocabulary();
    let relation = &words.relation(selection.graph.columns().relation(row)).name;
    Json::Object(record::said(&selection.graph.named_now(row), relation))
}

fn link(selection: &Selection<'_>, claim: &Claim<String>, from: &Thing, to: &Thing) -> Json {
    let words = selection.graph.vocabulary();
    let declared = words.relation(claim.relation);
    let said = Json::Object(record::said(claim, &declared.name));
    let id = identifiers::id("ftm claim", &said.to_string());
    let mut properties: Map<String, Json> = Map::new();
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            properties.insert(key.to_owned(), json!([value]));
        }
    };
    if claim.polarity == Polarity::Denied {
        let told = format!(
            "denied: {} {} {}",
            claim.subject, declared.name, claim.object
        );
        put("description", Some(told));
        let ends: Vec<&str> = match from.id == to.id {
            true => vec![&from.id],
            false => vec![&from.id, &to.id],
        };
        properties.insert("entity".to_owned(), json!(ends));
        return json!({
            "id": id,
            "schema": "Note",
            "properties": properties,
            "whodunit": {"claim": said},
        });
    }
    let wanted = declared.ftm.as_deref().unwrap_or("UnknownLink");
    let fits = |edge: &&EdgeSchema| {
        edge.name == wanted && is_a(from.schema, edge.from.1) && is_a(to.schema, edge.to.1)
    };
    let edge = EDGES.iter().find(fits).unwrap_or(&EDGES[0]);
    let end = match edge.named {
        true => claim.subject.replace('_', " "),
        false => from.id.clone(),
    };
    put(edge.from.0, Some(end));
    put(edge.to.0, Some(to.id.clone()));
    // Of a sanction the schema says what happened.
    put("role", (!edge.named).then(|| declared.name.clone()));
    let valid = claim.valid;
    match valid.from == valid.until && !valid.exclusive {
        true => put("date", valid.from.map(|date| date.to_string())),
        false => {
            put("startDate", valid.from.map(|date| date.to_string()));
            let until = valid.until.filter(|_| !valid.exclusive);
            put("endDate", until.map(|date| date.to_string()));
        }
    }
    let is_address = |text: &&String| text.starts_with("https://") || text.starts_with("http://");
    put(
        "sourceUrl",
        claim.reference.as_ref().filter(is_address).cloned(),
    );
    put("summary", claim.quote.clone());
    if !claim.sources.is_empty() {
        let publishers: Vec<String> = claim
            .sources
            .iter()
            .map(|source| source.replace('_', " "))
            .collect();
        properties.insert("publisher".to_owned(), json!(publishers));
    }
    json!({
        "id": id,
        "schema": edge.name,
        "properties": properties,
        "whodunit": {"claim": said},
    })
}

//! GraphML: a node an entity, an edge a claim, texts of aliases as nodes of the type `name`. The
//! fields of claims are data of edges under the names that queries know them by; what has no kind in
//! GraphML (dates in properties, lists, maps) stands in `properties`, as JSON.

use crate::export::csv_claims::likelihood;
use crate::export::record;
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::export::xml::Xml;
use crate::graph::GraphView;
use crate::import::listed;
use crate::model::{Claim, Entity, EntityId, Polarity, Value, Vocabulary};
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Data of a node or an edge: name, GraphML type, text.
type Datum = (String, &'static str, String);

/// Names of data that are fields and not properties.
pub const NODE_FIELDS: &[&str] = &["labels", "name", "title", "unnamed", "ids", "properties"];
/// The same of edges.
pub const EDGE_FIELDS: &[&str] = &[
    "label",
    "polarity",
    "likelihood",
    "percent",
    "confidence",
    "reliability",
    "credibility",
    "source",
    "via",
    "from",
    "until",
    "before",
    "reported",
    "reference",
    "locator",
    "quote",
    "marking",
    "properties",
];

/// Writes the graph.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let mut places: FxHashMap<EntityId, String> = FxHashMap::default();
    let mut nodes: Vec<(String, Vec<Datum>)> = Vec::new();
    for id in &selection.entities {
        let place = format!("n{}", nodes.len());
        let data = node(graph.entities().get(*id), graph.vocabulary());
        places.insert(*id, place.clone());
        nodes.push((place, data));
    }
    let mut edges: Vec<(String, String, Vec<Datum>)> = Vec::new();
    for (row, claim) in selection.named() {
        let (from, to) = (graph.columns().subject(row), graph.columns().object(row));
        // Names of aliases have no place yet.
        for end in [from, to] {
            places.entry(end).or_insert_with(|| {
                let place = format!("n{}", nodes.len());
                let data = node(graph.entities().get(end), graph.vocabulary());
                nodes.push((place.clone(), data));
                place
            });
        }
        let data = edge(&claim, graph.vocabulary());
        edges.push((places[&from].clone(), places[&to].clone(), data));
    }
    let keys = keys(
        nodes.iter().map(|(_, data)| data),
        edges.iter().map(|(_, _, data)| data),
    );
    let mut xml = Xml::new()?;
    xml.open(
        "graphml",
        &[("xmlns", "http://graphml.graphdrawing.org/xmlns")],
    )?;
    for ((of, name, kind), id) in &keys {
        let attributes = [
            ("id", id.as_str()),
            ("for", of),
            ("attr.name", name),
            ("attr.type", kind),
        ];
        xml.empty("key", &attributes)?;
    }
    xml.open("graph", &[("id", "case"), ("edgedefault", "directed")])?;
    let data = |xml: &mut Xml, of: &'static str, data: &[Datum]| -> Result<(), ExportError> {
        for (name, kind, text) in data {
            let key = (of, name.clone(), *kind);
            let id = keys.get(&key).map_or("", String::as_str);
            xml.text("data", &[("key", id)], text)?;
        }
        Ok(())
    };
    for (id, of) in &nodes {
        xml.open("node", &[("id", id)])?;
        data(&mut xml, "node", of)?;
        xml.close("node")?;
    }
    for (at, (from, to, of)) in edges.iter().enumerate() {
        let id = format!("e{at}");
        xml.open("edge", &[("id", &id), ("source", from), ("target", to)])?;
        data(&mut xml, "edge", of)?;
        xml.close("edge")?;
    }
    xml.close("graph")?;
    xml.close("graphml")?;
    xml.done()
}

type Keys = BTreeMap<(&'static str, String, &'static str), String>;

/// The keys that nodes and edges use, with their ids.
fn keys<'d>(
    nodes: impl Iterator<Item = &'d Vec<Datum>>,
    edges: impl Iterator<Item = &'d Vec<Datum>>,
) -> Keys {
    let of = |of: &'static str| {
        move |(name, kind, _): &Datum| ((of, name.clone(), *kind), String::new())
    };
    let mut keys: Keys = nodes.flatten().map(of("node")).collect();
    keys.extend(edges.flatten().map(of("edge")));
    for (at, id) in keys.values_mut().enumerate() {
        *id = format!("k{at}");
    }
    keys
}

fn node(entity: &Entity, words: &Vocabulary) -> Vec<Datum> {
    let types = entity.types.iter();
    let types: Vec<String> = types
        .map(|kind| words.type_of(*kind).name.clone())
        .collect();
    let mut data: Vec<Datum> = vec![("name".to_owned(), "string", entity.name.clone())];
    // Said even where there is none: other data may be called like types.
    data.push(("labels".to_owned(), "string", listed(&types)));
    let mut put = |key: &str, kind: &'static str, text: String| {
        if !text.is_empty() {
            data.push((key.to_owned(), kind, text));
        }
    };
    put("title", "string", entity.title.clone().unwrap_or_default());
    if entity.unnamed {
        put("unnamed", "boolean", "true".to_owned());
    }
    let ids = entity.ids.iter();
    let ids: Vec<String> = ids.map(|(scheme, id)| format!("{scheme}:{id}")).collect();
    put("ids", "string", listed(&ids));
    free(&mut data, &entity.properties, NODE_FIELDS);
    data
}

fn edge(claim: &Claim<String>, words: &Vocabulary) -> Vec<Datum> {
    let relation = words.relation(claim.relation).name.clone();
    let mut data: Vec<Datum> = vec![("label".to_owned(), "string", relation)];
    let mut put = |key: &str, kind: &'static str, text: Option<String>| {
        if let Some(text) = text {
            data.push((key.to_owned(), kind, text));
        }
    };
    let denied = claim.polarity == Polarity::Denied;
    put("polarity", "string", denied.then(|| "denied".to_owned()));
    let given = claim.likelihood.as_ref();
    put("likelihood", "string", given.map(likelihood));
    // Beside the term as given the number, which programs that draw can use.
    put(
        "percent",
        "double",
        given.map(|given| record::percent(given.number).to_string()),
    );
    let level = claim.confidence.map(|level| level.name().to_owned());
    put("confidence", "string", level);
    let grade = claim.reliability.map(|grade| grade.letter().to_string());
    put("reliability", "string", grade);
    let grade = claim.credibility.map(|grade| grade.grade().to_string());
    put("credibility", "int", grade);
    for (key, names) in [("source", &claim.sources), ("via", &claim.via)] {
        put(key, "string", (!names.is_empty()).then(|| listed(names)));
    }
    let valid = claim.valid;
    put("from", "string", valid.from.map(|date| date.to_string()));
    let until = if valid.exclusive { "before" } else { "until" };
    put(until, "string", valid.until.map(|date| date.to_string()));
    let reported = claim.reported.map(|date| date.to_string());
    put("reported", "string", reported);
    put("reference", "string", claim.reference.clone());
    put("locator", "string", claim.locator.clone());
    put("quote", "string", claim.quote.clone());
    let marking = claim.marking.map(|marking| marking.name().to_owned());
    put("marking", "string", marking);
    free(&mut data, &claim.properties, EDGE_FIELDS);
    data
}

/// Free properties: under their own names where GraphML has a kind for the value, else as JSON.
fn free(data: &mut Vec<Datum>, pairs: &[(String, Value)], fields: &[&str]) {
    let mut rest = serde_json::Map::new();
    for (key, of) in pairs {
        let kind = match of {
            Value::Bool(_) => Some("boolean"),
            Value::Int(_) => Some("long"),
            Value::Float(_) => Some("double"),
            Value::Text(text) => (!text.is_empty()).then_some("string"),
            Value::Date(_) | Value::Temporal(_) | Value::List(_) | Value::Map(_) => None,
        };
        let own = !key.is_empty() && !fields.contains(&key.as_str());
        match kind.filter(|_| own) {
            Some(kind) => {
                let text = match of {
                    // A whole number of this kind keeps its point.
                    Value::Float(number) => json!(number).to_string(),
                    Value::Bool(_)
                    | Value::Int(_)
                    | Value::Text(_)
                    | Value::Date(_)
                    | Value::Temporal(_)
                    | Value::List(_)
                    | Value::Map(_) => of.text(),
                };
                data.push((key.clone(), kind, text));
            }
            None => {
                rest.insert(key.clone(), record::value(of));
            }
        }
    }
    if !rest.is_empty() {
        let text = Json::Object(rest).to_string();
        data.push(("properties".to_owned(), "string", text));
    }
}

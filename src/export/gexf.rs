//! GEXF 1.3 for Gephi: a node an entity, an edge a claim whose weight is its likelihood. It is for
//! looking at: fields that a picture has no use for are left out, and it is not read back.

use crate::answer::{claims, wording};
use crate::export::record;
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::export::xml::Xml;
use crate::graph::{GraphView, Row};
use crate::model::{EntityId, Polarity, Vocabulary};
use rustc_hash::FxHashMap;

/// The attributes of nodes.
const NODE: &[&str] = &["types", "title"];
/// The attributes of edges.
const EDGE: &[&str] = &["polarity", "likelihood", "source", "when", "marking"];

/// Writes the graph. Texts of aliases are no nodes.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let (columns, words) = (graph.columns(), graph.vocabulary());
    let mut xml = Xml::new()?;
    xml.open(
        "gexf",
        &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")],
    )?;
    xml.open(
        "graph",
        &[("mode", "static"), ("defaultedgetype", "directed")],
    )?;
    for (class, names) in [("node", NODE), ("edge", EDGE)] {
        xml.open("attributes", &[("class", class)])?;
        for (at, title) in names.iter().enumerate() {
            let id = at.to_string();
            let attributes = [("id", id.as_str()), ("title", title), ("type", "string")];
            xml.empty("attribute", &attributes)?;
        }
        xml.close("attributes")?;
    }
    let ids: FxHashMap<EntityId, String> = selection
        .entities
        .iter()
        .enumerate()
        .map(|(at, id)| (*id, at.to_string()))
        .collect();
    xml.open("nodes", &[])?;
    for id in &selection.entities {
        let entity = graph.entities().get(*id);
        let types = entity.types.iter();
        let types: Vec<&str> = types
            .map(|kind| words.type_of(*kind).name.as_str())
            .collect();
        let values = [types.join(", "), entity.title.clone().unwrap_or_default()];
        let attributes = [("id", ids[id].as_str()), ("label", entity.name.as_str())];
        xml.open("node", &attributes)?;
        attvalues(&mut xml, &values)?;
        xml.close("node")?;
    }
    xml.close("nodes")?;
    xml.open("edges", &[])?;
    for row in &selection.claims {
        if columns.relation(*row) == Vocabulary::ALSO_KNOWN_AS {
            continue;
        }
        edge(&mut xml, selection, &ids, *row)?;
    }
    xml.close("edges")?;
    xml.close("graph")?;
    xml.close("gexf")?;
    xml.done()
}

fn edge(
    xml: &mut Xml,
    selection: &Selection<'_>,
    ids: &FxHashMap<EntityId, String>,
    row: Row,
) -> Result<(), ExportError> {
    let graph = selection.graph;
    let columns = graph.columns();
    let (Some(from), Some(to)) = (
        ids.get(&columns.subject(row)),
        ids.get(&columns.object(row)),
    ) else {
        return Ok(());
    };
    let relation = &graph.vocabulary().relation(columns.relation(row)).name;
    let (id, number) = (columns.id(row).0.to_string(), columns.number(row));
    // What nobody put a number on is drawn as plain as what is even.
    let weight = number.map_or("0.5".to_owned(), |percent| {
        // An edge of weight 0 is not drawn at all.
        record::percent((percent / 100.0).max(0.01)).to_string()
    });
    let attributes = [
        ("id", id.as_str()),
        ("source", from),
        ("target", to),
        ("label", relation),
        ("kind", relation),
        ("weight", weight.as_str()),
    ];
    let denied = columns.polarity(row) == Polarity::Denied;
    let marking = columns.marking(row);
    let values = [
        if denied { "denied" } else { "asserted" }.to_owned(),
        wording::likelihood(columns.likelihood(row)),
        claims::source(graph, row),
        wording::period(columns.valid(row)),
        marking.map_or(String::new(), |marking| marking.name().to_owned()),
    ];
    xml.open("edge", &attributes)?;
    attvalues(xml, &values)?;
    xml.close("edge")
}

fn attvalues(xml: &mut Xml, values: &[String]) -> Result<(), ExportError> {
    xml.open("attvalues", &[])?;
    for (at, value) in values.iter().enumerate() {
        if !value.is_empty() {
            let id = at.to_string();
            xml.empty("attvalue", &[("for", &id), ("value", value)])?;
        }
    }
    xml.close("attvalues")
}

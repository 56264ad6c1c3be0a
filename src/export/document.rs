//! Our own JSON: one document of entities and claims with every field, or a line for each, entities
//! first. `docs/exchange.md` has it field by field.

use crate::export::record;
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::graph::GraphView;
use crate::model::{RelationDeclaration, RelationId, TypeDeclaration, TypeId, Vocabulary};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value, json};

/// What the document says that it is.
pub const FORMAT: &str = "whodunit";
/// The version of the document.
pub const VERSION: u32 = 1;

fn failed(error: serde_json::Error) -> ExportError {
    ExportError {
        title: format!("this cannot be written as JSON: {error}"),
        help: "use another format".into(),
    }
}

/// One document.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let entities = selection.entities.iter();
    let claims = selection.claims.iter();
    let document = json!({
        "format": FORMAT,
        "version": VERSION,
        "types": types(selection),
        "relations": relations(selection),
        "entities": entities.map(|id| record::entity(graph, *id)).collect::<Vec<_>>(),
        "claims": claims.map(|row| record::claim(graph, *row)).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&document).map_err(failed)? + "\n")
}

/// A line for each entity, then one for each claim.
pub fn lines(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let entities = selection.entities.iter();
    let entities = entities.map(|id| record::entity(graph, *id));
    let claims = selection.claims.iter();
    let claims = claims.map(|row| record::claim(graph, *row));
    let mut out = String::new();
    for line in entities.chain(claims) {
        out.push_str(&serde_json::to_string(&line).map_err(failed)?);
        out.push('\n');
    }
    Ok(out)
}

/// The types that the entities have, and all above them.
fn types(selection: &Selection<'_>) -> Vec<Value> {
    let words = selection.graph.vocabulary();
    let entities = selection.entities.iter();
    let own: FxHashSet<TypeId> = entities
        .flat_map(|id| selection.graph.entities().get(*id).types.iter().copied())
        .collect();
    let used = words.types().filter(|(wide, _)| {
        *wide != Vocabulary::ENTITY && own.iter().any(|kind| words.is_a(*kind, *wide))
    });
    used.map(|(_, declared)| of_type(declared)).collect()
}

fn of_type(declared: &TypeDeclaration) -> Value {
    let mut record = Map::new();
    record.insert("name".to_owned(), json!(declared.name));
    list(&mut record, "parents", &declared.parents);
    text(&mut record, "plural", &declared.plural);
    list(&mut record, "also", &declared.also);
    text(&mut record, "stix", &declared.stix);
    text(&mut record, "ftm", &declared.ftm);
    text(&mut record, "doc", &declared.doc);
    Value::Object(record)
}

/// The relations that the claims use.
fn relations(selection: &Selection<'_>) -> Vec<Value> {
    let columns = selection.graph.columns();
    let claims = selection.claims.iter();
    let used: FxHashSet<RelationId> = claims.map(|row| columns.relation(*row)).collect();
    let words = selection.graph.vocabulary();
    let relations = words
        .relations()
        .filter(|(id, _)| used.contains(id) && *id != Vocabulary::ALSO_KNOWN_AS);
    relations
        .map(|(_, declared)| of_relation(declared))
        .collect()
}

fn of_relation(declared: &RelationDeclaration) -> Value {
    let mut record = Map::new();
    record.insert("name".to_owned(), json!(declared.name));
    list(&mut record, "from", &declared.from);
    list(&mut record, "to", &declared.to);
    text(&mut record, "base", &declared.base);
    text(&mut record, "third", &declared.third);
    text(&mut record, "past", &declared.past);
    text(&mut record, "participle", &declared.participle);
    text(&mut record, "gerund", &declared.gerund);
    text(&mut record, "particle", &declared.particle);
    text(&mut record, "noun", &declared.noun);
    text(&mut record, "plural", &declared.plural);
    text(&mut record, "passive", &declared.passive);
    text(&mut record, "inverse", &declared.inverse);
    list(&mut record, "also", &declared.also);
    for (key, is) in [
        ("symmetric", declared.symmetric),
        ("transitive", declared.transitive),
    ] {
        if is {
            record.insert(key.to_owned(), json!(true));
        }
    }
    text(&mut record, "stix", &declared.stix);
    text(&mut record, "ftm", &declared.ftm);
    text(&mut record, "doc", &declared.doc);
    Value::Object(record)
}

fn text(record: &mut Map<String, Value>, key: &str, text: &Option<String>) {
    if let Some(text) = text {
        record.insert(key.to_owned(), json!(text));
    }
}

fn list(record: &mut Map<String, Value>, key: &str, items: &[String]) {
    if !items.is_empty() {
        record.insert(key.to_owned(), json!(items));
    }
}

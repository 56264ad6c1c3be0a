//! Entities as a table that our own reader of tables takes back, beside the table of claims.

use crate::export::csv_claims::{properties, table};
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::graph::GraphView;
use crate::import::listed;
use crate::model::{Entity, Value};

/// Writes a row an entity.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let ids = selection.entities.iter();
    let entities: Vec<&Entity> = ids.map(|id| graph.entities().get(*id)).collect();
    let types = |entity: &Entity| {
        let types = entity.types.iter();
        let types: Vec<String> = types
            .map(|kind| graph.vocabulary().type_of(*kind).name.clone())
            .collect();
        listed(&types)
    };
    let outside = |entity: &Entity| {
        let ids = entity.ids.iter();
        let ids: Vec<String> = ids.map(|(scheme, id)| format!("{scheme}:{id}")).collect();
        listed(&ids)
    };
    let of = |cell: &dyn Fn(&Entity) -> String| -> Vec<String> {
        entities.iter().map(|entity| cell(entity)).collect()
    };
    let mut columns: Vec<(&str, Vec<String>)> = vec![
        ("name", of(&|entity| entity.name.clone())),
        ("type", of(&types)),
        (
            "title",
            of(&|entity| entity.title.clone().unwrap_or_default()),
        ),
        (
            "unnamed",
            of(&|entity| if entity.unnamed { "true" } else { "" }.to_owned()),
        ),
        ("ids", of(&outside)),
    ];
    let sets: Vec<&[(String, Value)]> = entities
        .iter()
        .map(|entity| entity.properties.as_slice())
        .collect();
    let free = properties(&sets);
    columns.extend(
        free.iter()
            .map(|(key, cells)| (key.as_str(), cells.clone())),
    );
    let kept = columns.into_iter().filter(|(header, cells)| {
        matches!(*header, "name" | "type") || cells.iter().any(|cell| !cell.is_empty())
    });
    table(kept.collect(), entities.len())
}

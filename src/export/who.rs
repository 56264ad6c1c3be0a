//! Our own text: statements that bring the claims about again, with what is said of their entities. Of
//! the whole case it is everything, the words and what was taken back included.

use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::graph::GraphView;
use crate::language::statement;
use crate::model::Change;
use rustc_hash::FxHashSet;

/// Writes statements, a line each.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let words = graph.vocabulary();
    let print = |change: Change| statement::print(&change, words) + "\n";
    if selection.whole {
        return Ok(graph.changes().into_iter().map(print).collect());
    }
    let names = selection.entities.iter();
    let names: FxHashSet<&str> = names.map(|id| graph.entities().name(*id)).collect();
    let entities = graph.changes().into_iter().filter(|change| match change {
        Change::Entity { name, .. } => names.contains(name.as_str()),
        Change::Property { entity, .. } | Change::ExternalId { entity, .. } => {
            names.contains(entity.as_str())
        }
        Change::DeclareType(_)
        | Change::DeclareRelation(_)
        | Change::Assert(_)
        | Change::Retract { .. }
        | Change::Merge { .. }
        | Change::Part { .. }
        | Change::DeclareRule(_)
        | Change::SwitchRule { .. }
        | Change::DropRule { .. } => false,
    });
    let claims = selection.named();
    let claims = claims.map(|(_, claim)| Change::Assert(Box::new(claim)));
    Ok(entities.chain(claims).map(print).collect())
}

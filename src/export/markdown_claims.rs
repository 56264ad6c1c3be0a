//! Claims as a Markdown report: the entities with their names, then the claims with who says so.

use crate::answer::{claims, wording};
use crate::export::markdown::{escaped, table};
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::graph::{GraphView, Row};
use crate::model::Vocabulary;

/// Writes two tables.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let graph = selection.graph;
    let columns = graph.columns();
    let mut out = String::new();
    let is_alias = |row: &&Row| columns.relation(**row) == Vocabulary::ALSO_KNOWN_AS;
    let rows: Vec<Vec<String>> = selection
        .entities
        .iter()
        .map(|id| {
            let entity = graph.entities().get(*id);
            let types = entity.types.iter();
            let types: Vec<&str> = types
                .map(|kind| graph.vocabulary().type_of(*kind).name.as_str())
                .collect();
            vec![
                entity.name.clone(),
                types.join(", "),
                entity.title.clone().unwrap_or_default(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let headings = ["name", "types", "title"].map(str::to_owned);
        out.push_str(&format!("## Entities\n\n{}", table(&headings, &rows)));
    }
    for (heading, aliases) in [("Claims", false), ("Names", true)] {
        let rows: Vec<Row> = selection
            .claims
            .iter()
            .filter(|row| is_alias(row) == aliases)
            .copied()
            .collect();
        if rows.is_empty() {
            continue;
        }
        let mut told = claims::table(graph, &rows);
        // A report that is passed on says how it may be passed on.
        if rows.iter().any(|row| columns.marking(*row).is_some()) {
            told.columns.push("marking".to_owned());
            for (cells, row) in told.rows.iter_mut().zip(&rows) {
                let marking = columns.marking(*row);
                cells.push(marking.map_or(String::new(), |of| of.name().to_owned()));
            }
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!(
            "## {heading}\n\n{}",
            table(&told.columns, &told.rows)
        ));
    }
    let counted = |count, noun| wording::counted(count, noun);
    out.push_str(&format!(
        "\n{}\n",
        escaped(&format!(
            "{}, {}",
            counted(selection.entities.len(), "entity"),
            counted(selection.claims.len(), "claim")
        ))
    ));
    Ok(out)
}

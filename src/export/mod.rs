//! How answers and cases look: one file a format, one row in [`WRITERS`]. Command line, help and
//! completion are derived from the rows.

pub mod csv_claims;
pub mod csv_entities;
pub mod cypher;
pub mod delimited;
pub mod document;
pub mod dot;
pub mod ftm;
pub mod gexf;
pub mod graphml;
pub mod identifiers;
pub mod json;
pub mod markdown;
pub mod markdown_claims;
pub mod mermaid;
pub mod picture;
pub mod record;
pub mod selection;
pub mod stix;
pub mod stix_types;
pub mod svg;
pub mod table;
pub mod who;
pub mod writer;
pub mod xml;

pub use picture::Picture;
pub use selection::Selection;
pub use writer::{ExportError, Input, Style, Writer};

macro_rules! writers {
    ($($name:literal $ending:literal $doc:literal $rows:expr, $claims:expr;)*) => {
        &[$(Writer {
            name: $name,
            ending: $ending,
            doc: $doc,
            rows: $rows,
            claims: $claims,
        }),*]
    };
}

/// All formats: how they write the rows of an answer, and how they write claims.
pub const WRITERS: &[Writer] = writers! {
    "table" "txt" "a table for people" Some(table::write), None;
    "json" "json" "rows as one JSON array; claims as one JSON document" Some(json::array), Some(document::write);
    "jsonl" "jsonl" "JSON Lines, an object a row or a claim" Some(json::lines), Some(document::lines);
    "csv" "csv" "comma-separated values; `import` reads claims back" Some(delimited::csv), Some(csv_claims::write);
    "csv-entities" "csv" "the entities as comma-separated values" None, Some(csv_entities::write);
    "tsv" "tsv" "tab-separated values" Some(delimited::tsv), None;
    "markdown" "md" "Markdown tables" Some(markdown::write), Some(markdown_claims::write);
    "who" "who" "facts as text, which this program reads" None, Some(who::write);
    "cypher" "cypher" "a Cypher script that makes the claims" None, Some(cypher::write);
    "stix" "json" "a STIX 2.1 bundle" None, Some(stix::write);
    "ftm" "ftm.json" "FollowTheMoney entities, one a line" None, Some(ftm::write);
    "graphml" "graphml" "a graph as GraphML" None, Some(graphml::write);
    "gexf" "gexf" "a graph for Gephi" None, Some(gexf::write);
    "dot" "dot" "a graph for Graphviz" None, Some(dot::write);
    "svg" "svg" "a picture, drawn without Graphviz" None, Some(svg::write);
    "mermaid" "mmd" "a graph for Mermaid" None, Some(mermaid::write);
};

/// The format of a name, in any case.
pub fn writer(name: &str) -> Option<&'static Writer> {
    WRITERS
        .iter()
        .find(|writer| writer.name.eq_ignore_ascii_case(name))
}

/// The names of all formats.
pub fn names() -> Vec<&'static str> {
    WRITERS.iter().map(|writer| writer.name).collect()
}

//! How answers look: one file a format, one row in [`WRITERS`]. Command line, help and completion
//! are derived from the rows.

pub mod delimited;
pub mod dot;
pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod picture;
pub mod svg;
pub mod table;
pub mod writer;

pub use picture::Picture;
pub use writer::{ExportError, Input, Style, Writer};

/// All formats.
pub const WRITERS: &[Writer] = &[
    Writer {
        name: "table",
        ending: "txt",
        doc: "a table for people",
        picture: false,
        write: table::write,
    },
    Writer {
        name: "json",
        ending: "json",
        doc: "one JSON array of objects",
        picture: false,
        write: json::array,
    },
    Writer {
        name: "jsonl",
        ending: "jsonl",
        doc: "JSON Lines, an object a row",
        picture: false,
        write: json::lines,
    },
    Writer {
        name: "csv",
        ending: "csv",
        doc: "comma-separated values",
        picture: false,
        write: delimited::csv,
    },
    Writer {
        name: "tsv",
        ending: "tsv",
        doc: "tab-separated values",
        picture: false,
        write: delimited::tsv,
    },
    Writer {
        name: "markdown",
        ending: "md",
        doc: "a Markdown table",
        picture: false,
        write: markdown::write,
    },
    Writer {
        name: "dot",
        ending: "dot",
        doc: "a graph for Graphviz",
        picture: true,
        write: dot::write,
    },
    Writer {
        name: "svg",
        ending: "svg",
        doc: "a picture, drawn without Graphviz",
        picture: true,
        write: svg::write,
    },
    Writer {
        name: "mermaid",
        ending: "mmd",
        doc: "a graph for Mermaid",
        picture: true,
        write: mermaid::write,
    },
];

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

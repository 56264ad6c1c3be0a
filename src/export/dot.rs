//! DOT for Graphviz: shapes and colours by type, lines by likelihood, denials and disputes in
//! colour, sources and period as tooltips. Any name is escaped.

use crate::export::picture::{Line, Picture, line};
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::model::Status;

/// The facts of a selection.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    Ok(dot(&Picture::of(selection)))
}

/// A picture as DOT.
pub fn dot(picture: &Picture) -> String {
    let mut out = String::from(
        "digraph whodunit {\n  graph [rankdir=LR, fontname=\"Helvetica\", overlap=false];\n  \
         node [fontname=\"Helvetica\", style=filled];\n  edge [fontname=\"Helvetica\", fontsize=10];\n",
    );
    for (at, node) in picture.nodes.iter().enumerate() {
        let style = if node.unnamed {
            "filled,dashed"
        } else {
            "filled"
        };
        out.push_str(&format!(
            "  n{at} [label={}, shape={}, style={}, fillcolor={}, tooltip={}];\n",
            quoted(&node.label),
            node.look.shape,
            quoted(style),
            quoted(node.look.colour),
            quoted(&node.tooltip),
        ));
    }
    for edge in &picture.edges {
        let (colour, label) = match edge.status {
            Status::Affirmed | Status::Unknown => ("#333333", edge.label.clone()),
            Status::Disputed => ("#e69138", format!("{} (disputed)", edge.label)),
            Status::Denied => ("#cc0000", format!("{} (denied)", edge.label)),
        };
        let (style, width) = match line(edge.likelihood) {
            Line::Firm => ("solid", "2.5"),
            Line::Plain => ("solid", "1.5"),
            Line::Dashed => ("dashed", "1.0"),
            Line::Thin => ("solid", "0.8"),
        };
        let style = if edge.status == Status::Denied {
            "dotted"
        } else {
            style
        };
        out.push_str(&format!(
            "  n{} -> n{} [label={}, style={style}, penwidth={width}, color={}, fontcolor={}, tooltip={}];\n",
            edge.from,
            edge.to,
            quoted(&label),
            quoted(colour),
            quoted(colour),
            quoted(&edge.tooltip),
        ));
    }
    out.push_str("}\n");
    out
}

/// A text as a DOT string: quotes and backslashes escaped, no control characters.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Graphviz reads entities such as `&amp;` inside labels.
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

//! A flowchart for Mermaid, for wikis and Markdown files.

use crate::export::picture::{Line, Picture, line};
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::model::Status;

/// The facts of a selection.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    Ok(mermaid(&Picture::of(selection)))
}

/// A picture as Mermaid text.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, node) in picture.nodes.iter().enumerate() {
        let label = escaped(&node.label);
        let (open, close) = match node.look.shape {
            "ellipse" => ("([", "])"),
            "octagon" | "hexagon" | "doubleoctagon" => ("{{", "}}"),
            "diamond" => ("{", "}"),
            "cylinder" => ("[(", ")]"),
            _ => ("[", "]"),
        };
        out.push_str(&format!("  n{at}{open}\"{label}\"{close}\n"));
        out.push_str(&format!(
            "  style n{at} fill:{},stroke:#333,color:#000\n",
            node.look.colour
        ));
    }
    for (at, edge) in picture.edges.iter().enumerate() {
        let label = match edge.status {
            Status::Affirmed | Status::Unknown => escaped(&edge.label),
            Status::Disputed => format!("{} (disputed)", escaped(&edge.label)),
            Status::Denied => format!("{} (denied)", escaped(&edge.label)),
        };
        let arrow = match (edge.status, line(edge.likelihood)) {
            (Status::Denied, _) | (_, Line::Dashed) => "-.->",
            (_, Line::Firm) => "==>",
            (_, Line::Plain | Line::Thin) => "-->",
        };
        out.push_str(&format!(
            "  n{} {arrow}|\"{label}\"| n{}\n",
            edge.from, edge.to
        ));
        match edge.status {
            Status::Disputed => out.push_str(&format!("  linkStyle {at} stroke:#e69138\n")),
            Status::Denied => out.push_str(&format!("  linkStyle {at} stroke:#cc0000\n")),
            Status::Affirmed | Status::Unknown => {}
        }
    }
    out
}

/// A text inside quotes: Mermaid takes entities by number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || "_-.,;:/() ’“”".contains(c) => out.push(c),
            c if c.is_control() => out.push(' '),
            c => out.push_str(&format!("#{};", c as u32)),
        }
    }
    out
}

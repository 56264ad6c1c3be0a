//! A picture as SVG without Graphviz, laid out by the crate `layout-rs`. It draws what a reader can
//! take in; for large pictures it refers to Graphviz.

use crate::export::picture::{Line, Picture, line};
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::model::Status;
use layout::backends::svg::SVGWriter;
use layout::core::base::Orientation;
use layout::core::color::Color;
use layout::core::geometry::Point;
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;

/// The largest picture that is laid out: its time grows steeply, 500 nodes run for minutes.
const NODES: usize = 120;
/// The most edges of a picture.
const EDGES: usize = 240;

/// The facts of a selection.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    svg(&Picture::of(selection))
}

/// A picture as SVG.
pub fn svg(picture: &Picture) -> Result<String, ExportError> {
    if picture.nodes.len() > NODES || picture.edges.len() > EDGES {
        return Err(ExportError {
            title: format!(
                "{} entities and {} facts are too many for one picture",
                picture.nodes.len(),
                picture.edges.len()
            ),
            help: "narrow the question, or write `dot` and draw it with Graphviz: `sfdp -Tsvg`"
                .into(),
        });
    }
    if picture.nodes.is_empty() {
        return Ok(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"></svg>\n"
                .to_owned(),
        );
    }
    let mut graph = VisualGraph::new(Orientation::LeftToRight);
    let handles: Vec<_> = picture
        .nodes
        .iter()
        .map(|node| {
            let look = StyleAttr::new(
                colour(if node.unnamed { "#999999" } else { "#333333" }),
                if node.unnamed { 1 } else { 2 },
                Some(colour(node.look.colour)),
                if node.look.shape == "ellipse" { 12 } else { 0 },
                14,
            );
            let label = clean(&node.label);
            let size = Point::new(label.chars().count() as f64 * 9.0 + 24.0, 38.0);
            graph.add_node(Element::create(
                ShapeKind::new_box(&label),
                look,
                Orientation::LeftToRight,
                size,
            ))
        })
        .collect();
    for edge in &picture.edges {
        // The layout has no room for an edge from a node to itself.
        if edge.from == edge.to {
            continue;
        }
        let (stroke, label) = match edge.status {
            Status::Affirmed | Status::Unknown => ("#333333", edge.label.clone()),
            Status::Disputed => ("#e69138", format!("{} (disputed)", edge.label)),
            Status::Denied => ("#cc0000", format!("{} (denied)", edge.label)),
        };
        let (kind, width) = match line(edge.likelihood) {
            Line::Firm => (LineStyleKind::Normal, 3),
            Line::Plain => (LineStyleKind::Normal, 2),
            Line::Dashed => (LineStyleKind::Dashed, 1),
            Line::Thin => (LineStyleKind::Normal, 1),
        };
        let kind = if edge.status == Status::Denied {
            LineStyleKind::Dashed
        } else {
            kind
        };
        let look = StyleAttr::new(colour(stroke), width, None, 0, 11);
        let arrow = Arrow::new(
            LineEndKind::None,
            LineEndKind::Arrow,
            kind,
            &clean(&label),
            &look,
            &None,
            &None,
        );
        graph.add_edge(arrow, handles[edge.from], handles[edge.to]);
    }
    let mut writer = SVGWriter::new();
    graph.do_it(false, false, false, &mut writer);
    Ok(settled(&writer.finalize()) + "\n")
}

/// The layout crate knows one font only, and lists its styles in the order of a hash table.
fn settled(svg: &str) -> String {
    let svg = svg.replace("Times, serif", "Helvetica, Arial, sans-serif");
    let (Some(start), Some(end)) = (svg.find("<style>"), svg.find("</style>")) else {
        return svg;
    };
    let mut styles: Vec<&str> = svg[start + "<style>".len()..end].lines().collect();
    styles.sort_unstable();
    format!(
        "{}{}\n{}",
        &svg[..start + "<style>".len()],
        styles.join("\n"),
        &svg[end..]
    )
}

/// `#rrggbb` as the layout crate takes it: with an alpha channel behind.
fn colour(hex: &str) -> Color {
    let number = u32::from_str_radix(hex.trim_start_matches('#'), 16).unwrap_or(0);
    Color::new(number << 8 | 0xff)
}

/// Characters that XML 1.0 does not allow become spaces.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

//! What is drawn: the entities and facts behind an answer, or the whole case, with the looks that
//! all pictures share. It draws nothing itself.

use crate::answer::{Fact, facts, wording};
use crate::export::selection::Selection;
use crate::graph::{ClaimFilter, GraphView, Polarities, Seen};
use crate::model::{EntityId, Status};
use crate::run::Summary;
use crate::run::evidence::summary;
use rustc_hash::FxHashMap;

/// The entities and facts to draw.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Each once, in the order of first appearance.
    pub nodes: Vec<Node>,
    /// Each once.
    pub edges: Vec<Edge>,
    /// The places of nodes.
    places: FxHashMap<EntityId, usize>,
}

/// An entity to draw.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which.
    pub id: EntityId,
    /// What stands in it.
    pub label: String,
    /// Shape and colour.
    pub look: Look,
    /// An anonymous party.
    pub unnamed: bool,
    /// What is shown on hovering.
    pub tooltip: String,
}

/// A fact to draw.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Place of the subject among the nodes.
    pub from: usize,
    /// Place of the object among the nodes.
    pub to: usize,
    /// The relation.
    pub label: String,
    /// Affirmed, disputed or denied.
    pub status: Status,
    /// How sure, in percent.
    pub likelihood: Option<f32>,
    /// What is shown on hovering: sources, period, likelihood.
    pub tooltip: String,
}

/// How a type looks: the nearest of these above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The name of the type.
    pub kind: &'static str,
    /// Shape in the words of Graphviz.
    pub shape: &'static str,
    /// Fill colour.
    pub colour: &'static str,
}

/// Looks by type, the narrower first. Colours are light, so that black letters stay readable.
pub const LOOKS: &[Look] = &[
    Look {
        kind: "country",
        shape: "doubleoctagon",
        colour: "#cfe2f3",
    },
    Look {
        kind: "group",
        shape: "octagon",
        colour: "#f4cccc",
    },
    Look {
        kind: "person",
        shape: "ellipse",
        colour: "#fff2cc",
    },
    Look {
        kind: "population",
        shape: "ellipse",
        colour: "#fff2cc",
    },
    Look {
        kind: "institution",
        shape: "house",
        colour: "#d9ead3",
    },
    Look {
        kind: "organisation",
        shape: "box",
        colour: "#d9ead3",
    },
    Look {
        kind: "actor",
        shape: "octagon",
        colour: "#f4cccc",
    },
    Look {
        kind: "campaign",
        shape: "hexagon",
        colour: "#ead1dc",
    },
    Look {
        kind: "incident",
        shape: "diamond",
        colour: "#ead1dc",
    },
    Look {
        kind: "malware",
        shape: "component",
        colour: "#ea9999",
    },
    Look {
        kind: "tool",
        shape: "component",
        colour: "#e6e6e6",
    },
    Look {
        kind: "document",
        shape: "note",
        colour: "#eeeeee",
    },
    Look {
        kind: "asset",
        shape: "cylinder",
        colour: "#d0e0e3",
    },
    Look {
        kind: "place",
        shape: "tab",
        colour: "#d9d2e9",
    },
];
/// How everything else looks.
pub const PLAIN: Look = Look {
    kind: "entity",
    shape: "box",
    colour: "#ffffff",
};

impl Picture {
    /// What a selection draws: its facts, then entities that stand alone.
    pub fn of(selection: &Selection<'_>) -> Picture {
        let view: &dyn GraphView = selection.graph;
        let mut picture = Picture::of_facts(view, &selection.facts);
        for entity in &selection.about {
            picture.node(view, *entity);
        }
        picture
    }

    fn of_facts(view: &dyn GraphView, facts: &[Fact]) -> Picture {
        let mut picture = Picture::default();
        let both = ClaimFilter {
            polarities: Polarities::Both,
            ..ClaimFilter::default()
        };
        let seen = Seen::new(view, both);
        for fact in facts {
            let Some(row) = seen.fact(fact.subject, fact.relation, fact.object) else {
                continue;
            };
            let found = summary(view, row, &ClaimFilter::default());
            let (from, to) = (
                picture.node(view, fact.subject),
                picture.node(view, fact.object),
            );
            picture.edges.push(Edge {
                from,
                to,
                label: view.vocabulary().relation(fact.relation).name.clone(),
                status: found.status(),
                likelihood: found.likelihood.map(|(number, _)| number),
                tooltip: tooltip(view, *fact, &found),
            });
        }
        picture
    }

    /// The place of an entity, which is added where it is new.
    fn node(&mut self, view: &dyn GraphView, id: EntityId) -> usize {
        if let Some(at) = self.places.get(&id) {
            return *at;
        }
        let entity = view.entities().get(id);
        let words = view.vocabulary();
        let types: Vec<&str> = entity
            .types
            .iter()
            .map(|kind| words.type_of(*kind).name.as_str())
            .collect();
        let above = |look: &&Look| {
            let kind = words.type_named(look.kind);
            kind.is_some_and(|kind| view.entities().has_type(id, kind, words))
        };
        let title = entity
            .title
            .as_ref()
            .map_or(String::new(), |title| format!("{title} "));
        self.nodes.push(Node {
            id,
            label: entity.name.clone(),
            look: LOOKS.iter().find(above).copied().unwrap_or(PLAIN),
            unnamed: entity.unnamed,
            tooltip: format!(
                "{title}({})",
                if types.is_empty() {
                    "entity".to_owned()
                } else {
                    types.join(", ")
                }
            ),
        });
        self.places.insert(id, self.nodes.len() - 1);
        self.nodes.len() - 1
    }
}

fn tooltip(view: &dyn GraphView, fact: Fact, found: &Summary) -> String {
    let likelihood = found
        .likelihood
        .and_then(|(_, row)| view.columns().likelihood(row));
    let parts = [
        wording::fact(view, fact),
        wording::period(found.period),
        wording::likelihood(likelihood),
        match found.asserted.is_empty() {
            true => String::new(),
            false => format!("according to {}", facts::sources(view, found)),
        },
        facts::dispute(view, found),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// Whether a likelihood is drawn as a firm line, a dashed one or, unknown, a thin one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// At least 80 %.
    Firm,
    /// At least 55 %.
    Plain,
    /// Below.
    Dashed,
    /// Not known.
    Thin,
}

/// The line of a likelihood.
pub fn line(likelihood: Option<f32>) -> Line {
    match likelihood {
        None => Line::Thin,
        Some(number) if number >= 80.0 => Line::Firm,
        Some(number) if number >= 55.0 => Line::Plain,
        Some(_) => Line::Dashed,
    }
}

//! A filter of claims as GQL writes it: a view before MATCH, and conditions for what a view leaves to
//! the fields of claims.

use crate::graph::{ClaimFilter, GraphView, Polarities, SourceTest, ValidTest};
use crate::model::{Confidence, EntityId, Marking, PartialDate};

/// A text in single quotes.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A relation, a type or a key: in backticks where it is no plain word.
pub fn label(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphabetic());
    match plain {
        true => name.to_owned(),
        false => format!("`{name}`"),
    }
}

/// The name of an entity as a text.
pub fn name(graph: &dyn GraphView, id: EntityId) -> String {
    text(graph.entities().name(id))
}

/// The view that stands before MATCH; nothing for the default one.
pub fn view(filter: &ClaimFilter, graph: &dyn GraphView) -> String {
    let mut parts: Vec<String> = Vec::new();
    match filter.polarities {
        Polarities::Asserted => {}
        Polarities::Denied => parts.push("ONLY DENIED".to_owned()),
        Polarities::Both => parts.push("INCLUDING DENIED".to_owned()),
    }
    if filter.retracted {
        parts.push("INCLUDING RETRACTED".to_owned());
    }
    if filter.stated {
        parts.push("EXCLUDING DERIVED".to_owned());
    }
    if let Some(at) = filter.known_at {
        parts.push(format!("AS KNOWN ON '{}'", PartialDate::second(at)));
    }
    let day = |at: i64| PartialDate::second(at).shifted_days(0);
    for test in &filter.valid {
        parts.push(match test {
            ValidTest::Unknown => "AS TRUE AT UNKNOWN TIME".to_owned(),
            ValidTest::Meets(i64::MIN, end) => format!("AS TRUE BEFORE '{}'", day(*end)),
            ValidTest::Meets(start, i64::MAX) => format!("AS TRUE SINCE '{}'", day(*start)),
            ValidTest::Meets(start, end) => {
                format!("AS TRUE BETWEEN '{}' AND '{}'", day(*start), day(*end - 1))
            }
        });
    }
    for test in &filter.sources {
        let (words, ids) = match test {
            SourceTest::AccordingTo(ids) => ("ACCORDING TO", ids),
            SourceTest::NotAccordingTo(ids) => ("NOT ACCORDING TO", ids),
            SourceTest::Without(ids) => ("WITHOUT", ids),
        };
        let names: Vec<String> = ids.iter().map(|id| name(graph, *id)).collect();
        parts.push(format!("{words} {}", names.join(" OR ")));
    }
    match parts.is_empty() {
        true => String::new(),
        false => parts.join(" ") + " ",
    }
}

/// What a filter asks of the fields of a claim.
pub fn marked(claim: &str, filter: &ClaimFilter, places: &mut Vec<String>) {
    for (compare, number) in &filter.likelihood {
        places.push(format!("{claim}.likelihood {} {number}", compare.symbol()));
    }
    if let Some(level) = filter.confidence {
        let levels = match level {
            Confidence::Low => "['low', 'moderate', 'high']",
            Confidence::Moderate => "['moderate', 'high']",
            Confidence::High => "['high']",
        };
        places.push(format!("{claim}.confidence IN {levels}"));
    }
    if let Some(most) = filter.max_marking {
        let names: Vec<String> = Marking::ALL
            .into_iter()
            .filter(|marking| *marking <= most)
            .map(|marking| text(marking.name()))
            .collect();
        places.push(format!(
            "({claim}.marking IS NULL OR {claim}.marking IN [{}])",
            names.join(", ")
        ));
    }
}

//! What a filter of claims lets through, in words.

use crate::graph::filter::{ClaimFilter, Polarities, SourceTest, ValidTest};
use crate::model::{EntityId, PartialDate};

/// A filter in words, each part behind a comma; `name` gives names of entities.
pub fn told(filter: &ClaimFilter, name: &dyn Fn(EntityId) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    match filter.polarities {
        Polarities::Asserted => {}
        Polarities::Denied => parts.push("denied".to_owned()),
        Polarities::Both => parts.push("asserted or denied".to_owned()),
    }
    for test in &filter.valid {
        parts.push(match test {
            ValidTest::Unknown => "time unknown".to_owned(),
            ValidTest::Meets(start, end) => format!("valid {}", window(*start, *end)),
        });
    }
    if let Some(at) = filter.known_at {
        parts.push(format!("known at {}", PartialDate::second(at)));
    }
    for test in &filter.sources {
        let (words, ids) = match test {
            SourceTest::AccordingTo(ids) => ("according to", ids),
            SourceTest::NotAccordingTo(ids) => ("not according to", ids),
            SourceTest::Without(ids) => ("without", ids),
        };
        let names: Vec<String> = ids.iter().map(|id| name(*id)).collect();
        parts.push(format!("{words} {}", names.join(" or ")));
    }
    for (compare, number) in &filter.likelihood {
        parts.push(format!("likelihood {} {number}%", compare.symbol()));
    }
    for test in &filter.codes {
        parts.push(test.text.clone());
    }
    if let Some(level) = filter.confidence {
        parts.push(format!("{} confidence", level.name()));
    }
    if let Some(marking) = filter.max_marking {
        parts.push(format!("at most {}", marking.name()));
    }
    if filter.retracted {
        parts.push("retracted too".to_owned());
    }
    parts.iter().map(|part| format!(", {part}")).collect()
}
/// A window of seconds as days.
fn window(start: i64, end: i64) -> String {
    let day = |at: i64| PartialDate::second(at).shifted_days(0);
    match (start, end) {
        (i64::MIN, end) => format!("before {}", day(end)),
        (start, i64::MAX) => format!("since {}", day(start)),
        (start, end) => format!("from {} to {}", day(start), day(end - 1)),
    }
}

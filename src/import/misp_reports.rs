//! Reports of a MISP event: what analysts wrote about it, a document each. The parts of the event that a text
//! refers to are mentioned by it.

use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::misp_claims::{Frame, claim, seconds};
use crate::import::misp_galaxy::SCHEME;
use crate::import::misp_shapes::{EventReport, flag};
use crate::import::misp_tags::Graded;
use crate::model::Value;

/// A report as a document that is a part of the event's report.
pub(in crate::import) fn report(of: &EventReport, frame: &Frame, harvest: &mut Harvest<'_>) {
    if flag(&of.deleted) {
        return harvest.odd("deleted event report, left out", frame.place);
    }
    let content = of.content.as_deref().map(str::trim).unwrap_or_default();
    let name = of.name.as_deref().map(str::trim).unwrap_or_default();
    let uuid = of.uuid.as_deref().filter(|uuid| !uuid.is_empty());
    let kind = harvest.kind("document");
    let document = match (uuid, name) {
        (Some(uuid), _) => harvest.identified(SCHEME, uuid),
        (None, "") => return harvest.odd("event report without a name, left out", frame.place),
        (None, name) => harvest.named(name, Some(kind), Meeting::ByHandle),
    };
    let tags = Graded::by(&of.tag, &frame.tags);
    let text = Some(content).filter(|text| !text.is_empty());
    let text = text.map(|text| ("content".to_owned(), Value::Text(text.to_owned())));
    harvest.describe(
        document,
        Said {
            name: match name {
                "" => uuid.unwrap_or_default().to_owned(),
                name => name.to_owned(),
            },
            types: vec![kind],
            properties: text.into_iter().collect(),
            ..Said::default()
        },
    );
    let reported = seconds(of.timestamp.as_ref());
    let part = harvest.relation("part-of");
    let said = claim(frame, part, (document, frame.report), &tags, reported);
    harvest.claim(said, frame.place);
    harvest.count("event reports", 1);
    let mut mentioned: Vec<Ref> = Vec::new();
    for uuid in references(content) {
        let Some(part) = frame.known.get(uuid).copied() else {
            harvest.odd(
                "reference of an event report to what the event has not, left out",
                frame.place,
            );
            continue;
        };
        if !mentioned.contains(&part) {
            mentioned.push(part);
            let said = claim(frame, frame.mentions, (document, part), &tags, reported);
            harvest.claim(said, frame.place);
        }
    }
}

/// The uuids of the attributes and objects that a text refers to, as `@[attribute](UUID)`; a picture has `@!`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split('@').skip(1);
    parts.filter_map(|part| {
        let part = part.strip_prefix('!').unwrap_or(part);
        let part = part
            .strip_prefix("[attribute](")
            .or_else(|| part.strip_prefix("[object]("))?;
        let (uuid, _) = part.split_once(')')?;
        Some(uuid.trim()).filter(|uuid| !uuid.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn references_are_found_in_a_text() {
        let text = "See @[attribute](a-1), @![object]( b-2 ) and @[tag](tlp:red), me@example.org, @[object](";
        assert_eq!(references(text).collect::<Vec<_>>(), ["a-1", "b-2"]);
    }
}

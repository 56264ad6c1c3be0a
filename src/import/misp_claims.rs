//! The claims of a MISP event, whatever part of it makes them: who says so, how it is graded, what it is
//! tagged with, who saw it. It knows the shapes of parts, not their order.

use crate::import::document::Place;
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::json;
use crate::import::misp_galaxy::{SCHEME, kind_of};
use crate::import::misp_shapes::{Attribute, Galaxy, Org, Tag, number};
use crate::import::misp_tags::Graded;
use crate::model::{Claim, PartialDate, Period, Polarity, RelationId, Value};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

/// What is the same for all claims of an event.
pub(in crate::import) struct Frame {
    pub report: Ref,
    /// The organisation that made the event.
    pub source: Option<Ref>,
    pub mentions: RelationId,
    /// What the tags of the event say of all its claims.
    pub tags: Graded,
    pub place: Place,
    /// What the uuids of attributes and objects stand for.
    pub known: FxHashMap<String, Ref>,
}

/// A claim of the event.
pub(in crate::import) fn claim(
    frame: &Frame,
    relation: RelationId,
    (subject, object): (Ref, Ref),
    tags: &Graded,
    reported: Option<PartialDate>,
) -> Claim<Ref> {
    let mut claim = Claim::new(subject, relation, object);
    claim.sources = frame.source.into_iter().collect();
    claim.reported = reported;
    tags.grade(&mut claim);
    claim
}

/// An organisation by its uuid, or by its name.
pub(in crate::import) fn organisation(org: &Org, harvest: &mut Harvest<'_>) -> Option<Ref> {
    let name = org.name.as_deref().filter(|name| !name.trim().is_empty());
    let kind = harvest.kind("organisation");
    let Some(uuid) = org.uuid.as_deref().filter(|uuid| !uuid.is_empty()) else {
        return Some(harvest.named(name?, Some(kind), Meeting::ByName));
    };
    let entity = harvest.identified(SCHEME, uuid);
    if let Some(name) = name {
        let said = Said {
            name: name.to_owned(),
            types: vec![kind],
            meeting: Meeting::ByName,
            ..Said::default()
        };
        harvest.describe(entity, said);
    }
    Some(entity)
}

/// The clusters that something is tagged with.
pub(in crate::import) fn galaxies(
    (galaxies, tags): (&[Galaxy], &[Tag]),
    reported: Option<PartialDate>,
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) {
    let tags = Graded::by(tags, &frame.tags);
    for galaxy in galaxies {
        let (noun, _) = kind_of(galaxy.kind.as_deref().unwrap_or("entity"));
        let kind = harvest.kind(noun);
        for cluster in &galaxy.cluster {
            let value = cluster.value.trim();
            let country = match noun {
                "country" => harvest.country(value),
                _ => None,
            };
            let uuid = cluster.uuid.as_deref().filter(|uuid| !uuid.is_empty());
            let entity = match (country, uuid) {
                (Some(country), _) => country,
                (None, Some(uuid)) => harvest.identified(SCHEME, uuid),
                (None, None) => harvest.named(value, Some(kind), Meeting::ByHandle),
            };
            if !harvest.is_described(entity) {
                let text = cluster.description.clone().map(Value::Text);
                let text = text.map(|text| ("description".to_owned(), text));
                let said = Said {
                    name: value.to_owned(),
                    types: vec![kind],
                    properties: text.into_iter().collect(),
                    meeting: Meeting::ByHandle,
                    ..Said::default()
                };
                harvest.describe(entity, said);
            }
            let ends = (frame.report, entity);
            let claim = claim(frame, frame.mentions, ends, &tags, reported);
            harvest.claim(claim, frame.place);
            harvest.count("galaxy clusters", 1);
        }
    }
}

/// Who saw it, and who says that it is none.
///
/// `of` tells of which attribute, where the thing that was seen has several.
pub(in crate::import) fn sightings(
    attribute: &Attribute,
    (entity, of): (Ref, &[(String, Value)]),
    tags: &Graded,
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) {
    for sighting in &attribute.sighting {
        let by = sighting.organisation.as_ref();
        let by = by.and_then(|org| organisation(org, harvest));
        let Some(by) = by.or(frame.source) else {
            harvest.odd("sighting by nobody, left out", frame.place);
            continue;
        };
        let sighted = harvest.relation("sighted");
        let mut claim = Claim::new(by, sighted, entity);
        claim.sources = vec![by];
        claim.valid = seconds(sighting.date_sighting.as_ref()).map_or(Period::UNKNOWN, Period::on);
        // 0 seen, 1 a false positive, 2 the day on which it ends to count.
        match sighting.kind.as_ref().and_then(number) {
            Some(1) => claim.polarity = Polarity::Denied,
            Some(2) => {
                harvest.odd("sighting that is an expiry, left out", frame.place);
                continue;
            }
            Some(_) | None => {}
        }
        claim.properties.extend_from_slice(of);
        // It tells what it is of.
        claim.marking = tags.marking();
        harvest.claim(claim, frame.place);
        harvest.count("sightings", 1);
    }
}

/// Seconds since 1970, as a number or a text; 0 is none.
pub(in crate::import) fn seconds(json: Option<&Json>) -> Option<PartialDate> {
    let at = json.and_then(number).filter(|at| *at > 0)?;
    Some(PartialDate::second(at))
}

/// When something was seen.
pub(in crate::import) fn period(first: Option<&str>, last: Option<&str>) -> Period {
    let date = |text: Option<&str>| text.and_then(PartialDate::parse);
    match (date(first), date(last)) {
        (Some(first), Some(last)) if first.start() <= last.start() => Period::between(first, last),
        (Some(first), _) => Period::since(first),
        (None, Some(last)) => Period::until(last),
        (None, None) => Period::UNKNOWN,
    }
}

/// A text that says something.
pub(in crate::import) fn said(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    Some(text.to_owned())
}

/// A value as text.
pub(in crate::import) fn text(json: &Json) -> Option<String> {
    match json.as_str() {
        Some(text) => Some(text.trim().to_owned()),
        None => json::value(json).map(|value| value.text()),
    }
}

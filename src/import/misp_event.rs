//! MISP events: what an organisation reports, with attributes, objects, galaxies, sightings and what
//! analysts think of it. It reads exports of one event or of many; an event that comes again replaces what it
//! said before. The bytes of attachments stay outside.

use crate::import::document::{Document, Place};
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::json;
use crate::import::misp_claims::{
    Frame, claim, galaxies, organisation, period, said, seconds, sightings, text,
};
use crate::import::misp_galaxy::SCHEME;
use crate::import::misp_reports;
use crate::import::misp_shapes::{Attribute, Event, Object, Opinion, Relationship, flag, number};
use crate::import::misp_tags::Graded;
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::model::{Claim, PartialDate, Polarity, Value};
use crate::text::Diagnostic;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// The format.
pub const READER: Reader = Reader {
    name: "misp-event",
    endings: &["json"],
    doc: "a MISP event or a list of events, as exported in JSON",
    detect,
    read,
};

fn detect(sample: &Sample<'_>) -> u8 {
    let one = sample.has("Event.info") || sample.has("Event.uuid") || sample.has("Event.Attribute");
    let many = sample.has("response[].Event") || sample.has("[].Event");
    match (one || many, sample.has("Event")) {
        (true, _) => 95,
        (false, true) => 60,
        (false, false) => 0,
    }
}

#[derive(Deserialize)]
struct Wrapped<'t> {
    #[serde(borrow, rename = "Event")]
    event: &'t RawValue,
}

#[derive(Deserialize)]
struct Response<'t> {
    #[serde(borrow)]
    response: Vec<Wrapped<'t>>,
}

/// What others say of a part of an event, once all parts are known.
struct Aside<'e> {
    mention: Claim<Ref>,
    opinions: &'e [Opinion],
    relationships: &'e [Relationship],
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let text = json::without_nul(document.text);
    let document = Document {
        text: &text,
        ..document
    };
    let start = document.text.trim_start();
    let wrapped = match start.strip_prefix('{').map(str::trim_start) {
        None => json::whole::<Vec<Wrapped<'_>>>(&document)?,
        Some(inside) if inside.starts_with("\"response\"") => {
            json::whole::<Response<'_>>(&document)?.response
        }
        Some(_) => vec![json::whole::<Wrapped<'_>>(&document)?],
    };
    for (at, wrapped) in wrapped.iter().enumerate() {
        let raw = wrapped.event.get();
        let place = document.at(raw).in_item("events", at);
        let event: Event =
            json::piece(&document, raw).map_err(|wrong| wrong.note(format!("in events[{at}]")))?;
        let Some(uuid) = event.uuid.as_deref().filter(|uuid| !uuid.is_empty()) else {
            return Err(document
                .wrong(place.offset, "this event has no `uuid`")
                .label(format!("events[{at}]"))
                .help("an event is known by its uuid; export it anew"));
        };
        let title = format!("MISP event `{}`", event.info.trim());
        if !harvest.replaces(&format!("misp-event:{uuid}"), &title) {
            return Err(document
                .wrong(place.offset, format!("two states of the {title} at once"))
                .label(format!("the uuid {uuid} came before"))
                .help("import them one after the other, the older first"));
        }
        self::event(&event, uuid, place, harvest);
    }
    Ok(())
}

fn event(event: &Event, uuid: &str, place: Place, harvest: &mut Harvest<'_>) {
    let date = event.date.as_deref().and_then(PartialDate::parse);
    let report = harvest.identified(SCHEME, uuid);
    let tags = Graded::by(&event.tag, &Graded::default());
    describe(event, (report, uuid), &tags, harvest);
    harvest.count("events", 1);
    let source = event.orgc.as_ref().or(event.org.as_ref());
    let mut frame = Frame {
        report,
        source: source.and_then(|org| organisation(org, harvest)),
        mentions: harvest.relation("mentioned"),
        tags,
        place,
        known: FxHashMap::default(),
    };
    let reported = seconds(event.timestamp.as_ref()).or(date);
    galaxies((&event.galaxy, &event.tag), reported, &frame, harvest);
    // Everything that bears a uuid first: references go either way.
    let mut asides = Vec::new();
    for attribute in &event.attribute {
        asides.extend(self::attribute(attribute, &mut frame, harvest));
    }
    for object in &event.object {
        asides.extend(self::object(object, &mut frame, harvest));
    }
    let there = event.object.iter().filter(|object| !flag(&object.deleted));
    there.for_each(|object| references(object, &frame, harvest));
    for aside in &asides {
        for opinion in aside.opinions {
            self::opinion(opinion, &aside.mention, &frame, harvest);
        }
        relate(aside.mention.object, aside.relationships, &frame, harvest);
    }
    relate(report, &event.relationship, &frame, harvest);
    for report in &event.event_report {
        misp_reports::report(report, &frame, harvest);
    }
    for _ in &event.opinion {
        harvest.odd("opinion about a whole event, left out", place);
    }
    let related = harvest.relation("associated-with");
    let others = event
        .related_event
        .iter()
        .filter_map(|of| of.event.uuid.as_deref());
    for other in others {
        let other = harvest.identified(SCHEME, other);
        let claim = claim(&frame, related, (report, other), &frame.tags, reported);
        harvest.claim(claim, place);
        harvest.count("related events", 1);
    }
}

/// The event as a report, with what it says of itself.
fn describe(event: &Event, (report, uuid): (Ref, &str), tags: &Graded, harvest: &mut Harvest<'_>) {
    let level = |json: &Option<Json>, names: &[&str]| {
        let at = json.as_ref().and_then(number)?;
        let name = names.get(usize::try_from(at).ok()?)?;
        Some(Value::Text((*name).to_owned()))
    };
    let threat = ["", "high", "medium", "low", "undefined"];
    let date = event.date.as_deref().and_then(PartialDate::parse);
    let notes = event.note.iter().filter_map(|note| note.note.clone());
    let notes: Vec<Value> = notes.map(Value::Text).collect();
    let fields = [
        ("threat-level", level(&event.threat_level, &threat)),
        (
            "analysis",
            level(&event.analysis, &["initial", "ongoing", "complete"]),
        ),
        (
            "published",
            event.published.as_ref().map(|set| Value::Bool(flag(set))),
        ),
        ("date", date.map(Value::Date)),
        ("tags", tags.others()),
        ("notes", (!notes.is_empty()).then_some(Value::List(notes))),
    ];
    let some = fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    let kind = harvest.kind("report");
    harvest.describe(
        report,
        Said {
            name: match event.info.trim() {
                "" => uuid.to_owned(),
                info => info.to_owned(),
            },
            types: vec![kind],
            properties: some.collect(),
            ..Said::default()
        },
    );
}

/// The type of what an attribute names.
fn observable(kind: &str) -> &str {
    match kind {
        "threat-actor" => "group",
        "campaign-name" => "campaign",
        "malware-type" => "malware",
        "vulnerability" => "vulnerability",
        "target-org" | "whois-registrant-org" => "organisation",
        "target-user" | "full-name" | "whois-registrant-name" => "person",
        "target-location" => "place",
        "link" => "document",
        _ => "observable",
    }
}

/// What an attribute says: the event mentions it.
fn attribute<'e>(
    attribute: &'e Attribute,
    frame: &mut Frame,
    harvest: &mut Harvest<'_>,
) -> Option<Aside<'e>> {
    if flag(&attribute.deleted) {
        harvest.odd("deleted attribute, left out", frame.place);
        return None;
    }
    let value = text(&attribute.value).filter(|value| !value.is_empty());
    let Some(value) = value else {
        harvest.odd("attribute without a value, left out", frame.place);
        return None;
    };
    let kind = harvest.kind(observable(&attribute.kind));
    let entity = harvest.named(&value, Some(kind), Meeting::ByHandle);
    if let Some(uuid) = &attribute.uuid {
        frame.known.insert(uuid.clone(), entity);
    }
    let tags = Graded::by(&attribute.tag, &frame.tags);
    let reported = seconds(attribute.timestamp.as_ref());
    let ends = (frame.report, entity);
    let mut claim = claim(frame, frame.mentions, ends, &tags, reported);
    let seen = (
        attribute.first_seen.as_deref(),
        attribute.last_seen.as_deref(),
    );
    claim.valid = period(seen.0, seen.1);
    claim.quote = said(attribute.comment.as_deref());
    claim.properties.extend(fields(attribute));
    harvest.claim(claim.clone(), frame.place);
    harvest.count("attributes", 1);
    galaxies(
        (&attribute.galaxy, &attribute.tag),
        reported,
        frame,
        harvest,
    );
    sightings(attribute, (entity, &[]), &tags, frame, harvest);
    attached(attribute, frame, harvest);
    Some(Aside {
        mention: claim,
        opinions: &attribute.opinion,
        relationships: &attribute.relationship,
    })
}

/// What an attribute says of itself.
fn fields(attribute: &Attribute) -> impl Iterator<Item = (String, Value)> + use<> {
    let fields = [
        ("type", Some(Value::Text(attribute.kind.clone()))),
        ("category", attribute.category.clone().map(Value::Text)),
        (
            "to-ids",
            attribute.to_ids.as_ref().map(|set| Value::Bool(flag(set))),
        ),
        ("misp", attribute.uuid.clone().map(Value::Text)),
    ];
    let some = fields.into_iter();
    some.filter_map(|(key, value)| Some((key.to_owned(), value?)))
}

/// The bytes of an attachment stay outside.
fn attached(attribute: &Attribute, frame: &Frame, harvest: &mut Harvest<'_>) {
    if attribute.data.is_some() {
        let kind = "attachment whose bytes were left out, its name kept";
        harvest.odd(kind, frame.place);
    }
}

/// What is said of one attribute of an object: tags, clusters, sightings, opinions. The event mentions the
/// object once more for it, with the attribute and its value.
fn inside<'e>(
    attribute: &'e Attribute,
    entity: Ref,
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) -> Option<Aside<'e>> {
    attached(attribute, frame, harvest);
    let silent = attribute.tag.is_empty()
        && attribute.galaxy.is_empty()
        && attribute.sighting.is_empty()
        && attribute.opinion.is_empty()
        && attribute.relationship.is_empty();
    let value = text(&attribute.value).filter(|value| !value.is_empty());
    let value = value.filter(|_| !silent)?;
    let name = attribute
        .object_relation
        .as_ref()
        .unwrap_or(&attribute.kind);
    let of = [
        ("attribute".to_owned(), Value::Text(name.clone())),
        ("value".to_owned(), Value::Text(value)),
    ];
    let tags = Graded::by(&attribute.tag, &frame.tags);
    let reported = seconds(attribute.timestamp.as_ref());
    let ends = (frame.report, entity);
    let mut claim = claim(frame, frame.mentions, ends, &tags, reported);
    let seen = (&attribute.first_seen, &attribute.last_seen);
    claim.valid = period(seen.0.as_deref(), seen.1.as_deref());
    claim.quote = said(attribute.comment.as_deref());
    claim.properties.extend(fields(attribute));
    claim.properties.extend_from_slice(&of);
    harvest.claim(claim.clone(), frame.place);
    harvest.count("attributes of objects", 1);
    let clusters = (attribute.galaxy.as_slice(), attribute.tag.as_slice());
    galaxies(clusters, reported, frame, harvest);
    sightings(attribute, (entity, &of), &tags, frame, harvest);
    Some(Aside {
        mention: claim,
        opinions: &attribute.opinion,
        relationships: &attribute.relationship,
    })
}

/// The attributes by which an object is called, the best first.
const CALLED: &[&str] = &[
    "name",
    "full-name",
    "filename",
    "value",
    "url",
    "domain",
    "ip",
    "hostname",
    "id",
    "title",
    "subject",
    "sha256",
    "sha1",
    "md5",
];

/// What an object says: the event mentions a thing with these properties.
fn object<'e>(object: &'e Object, frame: &mut Frame, harvest: &mut Harvest<'_>) -> Vec<Aside<'e>> {
    if flag(&object.deleted) {
        harvest.odd("deleted object, left out", frame.place);
        return Vec::new();
    }
    let there = object
        .attribute
        .iter()
        .filter(|attribute| !flag(&attribute.deleted));
    let own: Vec<(&str, String)> = there
        .clone()
        .filter_map(|attribute| {
            let relation = attribute.object_relation.as_deref();
            Some((relation.unwrap_or(&attribute.kind), text(&attribute.value)?))
        })
        .collect();
    let called = CALLED
        .iter()
        .find_map(|key| own.iter().find(|(own, _)| own == key));
    let kind = harvest.kind(&object.name);
    let name = called
        .or(own.first())
        .map_or(&object.name, |(_, value)| value);
    let entity = match object.uuid.as_deref() {
        Some(uuid) => harvest.identified(SCHEME, uuid),
        None => harvest.named(name, Some(kind), Meeting::ByHandle),
    };
    let uuids = object
        .attribute
        .iter()
        .filter_map(|attribute| attribute.uuid.as_ref());
    for uuid in uuids.chain(&object.uuid) {
        frame.known.insert(uuid.clone(), entity);
    }
    let said_of = Said {
        name: name.clone(),
        types: vec![kind],
        properties: properties(&own),
        ..Said::default()
    };
    harvest.describe(entity, said_of);
    let reported = seconds(object.timestamp.as_ref());
    let ends = (frame.report, entity);
    let mut claim = claim(frame, frame.mentions, ends, &frame.tags, reported);
    claim.valid = period(object.first_seen.as_deref(), object.last_seen.as_deref());
    claim.quote = said(object.comment.as_deref());
    // The object tells what its attributes are: it may be passed on as far as all of them.
    let markings = there
        .clone()
        .map(|of| Graded::by(&of.tag, &frame.tags).marking());
    claim.marking = claim.marking.max(markings.max().flatten());
    harvest.claim(claim.clone(), frame.place);
    harvest.count("objects", 1);
    let mut asides = vec![Aside {
        mention: claim,
        opinions: &object.opinion,
        relationships: &object.relationship,
    }];
    asides.extend(there.filter_map(|attribute| inside(attribute, entity, frame, harvest)));
    asides
}

/// The attributes of an object as properties; one that comes several times is a list.
fn properties(own: &[(&str, String)]) -> Vec<(String, Value)> {
    let mut properties: Vec<(String, Value)> = Vec::new();
    for (key, value) in own {
        let key = match *key {
            "name" | "title" => format!("misp-{key}"),
            key => key.to_owned(),
        };
        let value = Value::Text(value.clone());
        match properties.iter_mut().find(|(known, _)| *known == key) {
            None => properties.push((key, value)),
            Some((_, Value::List(values))) => values.push(value),
            Some((_, known)) => *known = Value::List(vec![known.clone(), value]),
        }
    }
    properties
}

/// How an object is related to others.
fn references(object: &Object, frame: &Frame, harvest: &mut Harvest<'_>) {
    let subject = object.uuid.as_ref().and_then(|uuid| frame.known.get(uuid));
    let Some(subject) = subject.copied() else {
        return;
    };
    for reference in &object.reference {
        let to = reference.referenced_uuid.as_deref();
        let kind = reference.relationship_type.as_deref();
        if let Some(mut claim) = related(subject, (kind, to), frame, harvest) {
            claim.quote = said(reference.comment.as_deref());
            harvest.claim(claim, frame.place);
        }
    }
}

/// Relationships that analysts gave to a part.
fn relate(subject: Ref, relationships: &[Relationship], frame: &Frame, harvest: &mut Harvest<'_>) {
    for relationship in relationships {
        let to = relationship.related_object_uuid.as_deref();
        let kind = relationship.relationship_type.as_deref();
        if let Some(mut claim) = related(subject, (kind, to), frame, harvest) {
            if let Some(author) = said(relationship.authors.as_deref()) {
                claim
                    .properties
                    .push(("author".to_owned(), Value::Text(author)));
            }
            harvest.claim(claim, frame.place);
        }
    }
}

/// A relationship of one part with another, on the word of the event.
fn related(
    subject: Ref,
    (kind, to): (Option<&str>, Option<&str>),
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) -> Option<Claim<Ref>> {
    let Some(to) = to.filter(|to| !to.is_empty()) else {
        harvest.odd("relationship to nothing, left out", frame.place);
        return None;
    };
    let relation = harvest.relation(match kind.unwrap_or_default().trim() {
        "" | "related-to" => "associated-with",
        name => name,
    });
    let object = match frame.known.get(to) {
        Some(known) => *known,
        None => harvest.identified(SCHEME, to),
    };
    harvest.count("relationships", 1);
    Some(claim(frame, relation, (subject, object), &frame.tags, None))
}

/// What an analyst thinks of a mention, from 0, strongly disagree, to 100, strongly agree: up to 40 it is a
/// denial, from 61 on one more who says so.
fn opinion(opinion: &Opinion, mention: &Claim<Ref>, frame: &Frame, harvest: &mut Harvest<'_>) {
    let level = number(&opinion.opinion).filter(|level| (0..=100).contains(level));
    let Some(level) = level else {
        harvest.odd(
            "opinion that is no number from 0 to 100, left out",
            frame.place,
        );
        return;
    };
    if (41..=60).contains(&level) {
        harvest.odd("opinion neither for nor against, left out", frame.place);
        return;
    }
    let org = opinion.orgc.as_ref();
    let org = org.and_then(|org| organisation(org, harvest));
    let author = said(opinion.authors.as_deref());
    let Some(by) = org.or_else(|| Some(harvest.named(&author?, None, Meeting::ByName))) else {
        harvest.odd("opinion of nobody, left out", frame.place);
        return;
    };
    let mut claim = Claim::new(mention.subject, mention.relation, mention.object);
    claim.sources = vec![by];
    claim.marking = mention.marking;
    claim.valid = mention.valid;
    claim.quote = said(opinion.comment.as_deref());
    claim.reported = opinion.created.as_deref().and_then(PartialDate::parse);
    claim
        .properties
        .push(("opinion".to_owned(), Value::Int(level)));
    // Of an object with several attributes it is about one.
    let of = mention.properties.iter();
    let of = of.filter(|(key, _)| key == "attribute" || key == "value");
    claim.properties.extend(of.cloned());
    if level <= 40 {
        claim.polarity = Polarity::Denied;
    }
    harvest.claim(claim, frame.place);
    harvest.count("opinions", 1);
}

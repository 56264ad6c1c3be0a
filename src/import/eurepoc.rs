//! EuRepoC, the European Repository of Cyber Incidents, as its tables of incidents, attributions and
//! receivers. Each attribution row is a claim of whoever made it; the repository passed it on.
//!
//! - **Dates.** The tables write a year alone as the first of January: 1,069 of the 1,715 dated attributions
//!   of version 1.1 fall on that day, where a calendar would have some five. So the first of January is read
//!   as the year. The few that did happen on that day lose their month, which is less than the others would
//!   gain without ground. An incident that ends before it begins keeps its beginning only.
//! - **Attributions.** A row accuses an initiator, the country of one, or both: each is a claim `attributed-to`.
//!   The rows of one attribution are every pair of its parties and accused; `attribution` is its number, so
//!   that joint ones (one number names several) and rivals (each names another) are told apart. The source is the actor, else the
//!   company, else the country that attributes, else the repository; `basis` says what it rests on.
//! - **Receivers** are targeted: the country, and the receiver where one is named.

use crate::import::dates;
use crate::import::document::{Document, Place};
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::sheet::{self, Row, Sheet, says};
use crate::model::{Claim, PartialDate, Period, RelationId, Value};
use crate::text::Diagnostic;
use rustc_hash::FxHashSet;
use std::cell::RefCell;

/// The format.
pub const READER: Reader = Reader {
    name: "eurepoc",
    endings: &["csv"],
    doc: "EuRepoC tables: incidents, attributions, receivers",
    detect,
    read,
};

/// The scheme of the numbers of incidents.
pub const SCHEME: &str = "eurepoc";

const INCIDENTS: &[&str] = &[
    "ID",
    "name",
    "start_date",
    "end_date",
    "receiver_country",
    "initiator_country",
];
const ATTRIBUTIONS: &[&str] = &[
    "incident_ID",
    "attribution_ID",
    "attribution_date",
    "attribution_basis",
    "attributing_actor",
    "attributed_initiator",
    "attributed_initiator_country",
];
const RECEIVERS: &[&str] = &[
    "ID",
    "receiver_country",
    "receiver_name",
    "receiver_category",
];

fn detect(sample: &Sample<'_>) -> u8 {
    let few = |columns: &[&str]| sample.has_columns(columns);
    let incidents = few(&["ID", "start_date", "inclusion_criteria"]);
    let attributions = few(&["incident_ID", "attribution_basis"]);
    let receivers =
        few(&["ID", "receiver_category"]) || few(&["receiver_country", "receiver_category"]);
    match incidents || attributions || receivers {
        true => 90,
        false => 0,
    }
}

/// What all rows of a table need.
struct Frame {
    source: Ref,
    attributed: RelationId,
    targeted: RelationId,
    /// Initiators whose other names were told.
    told: RefCell<FxHashSet<Ref>>,
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let head = document.text.lines().next().unwrap_or_default();
    let (table, columns) = match head {
        head if head.contains("incident_ID") || head.contains("attribution_basis,attributing") => {
            match head.contains("start_date") {
                true => ("incidents", INCIDENTS),
                false => ("attributions", ATTRIBUTIONS),
            }
        }
        head if head.contains("start_date") || head.contains("inclusion_criteria") => {
            ("incidents", INCIDENTS)
        }
        _ => ("receivers", RECEIVERS),
    };
    let sheet = Sheet::read(&document, columns)?;
    if !harvest.replaces(&format!("eurepoc:{table}"), &format!("EuRepoC's {table}")) {
        return Err(twice(&document, &format!("EuRepoC's {table}")));
    }
    harvest.described_in(SCHEME, "EuRepoC's table of incidents");
    let organisation = harvest.kind("organisation");
    let frame = Frame {
        source: harvest.named("EuRepoC", Some(organisation), Meeting::ByName),
        attributed: harvest.relation("attributed-to"),
        targeted: harvest.relation("targeted"),
        told: RefCell::default(),
    };
    let mut known: FxHashSet<&str> = FxHashSet::default();
    for row in sheet.rows() {
        let id = match table {
            "attributions" => row.get("incident_ID"),
            _ => row.get("ID"),
        };
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(document
                .wrong(row.place.offset, "this row has no number of an incident")
                .label(format!("`{id}` is not a number"))
                .help("incidents are numbered, and the other tables name the number"));
        }
        match table {
            "incidents" => {
                if !known.insert(id) {
                    return Err(document
                        .wrong(
                            row.place.offset,
                            format!("two incidents have the number {id}"),
                        )
                        .label("the second of them")
                        .help("an incident is one row of the table of incidents"));
                }
                incident(&document, id, row, &frame, harvest)?;
            }
            "attributions" => attribution(&document, id, row, &frame, harvest)?,
            _ => receiver(id, row, &frame, harvest),
        }
    }
    Ok(())
}

/// Two states of a table cannot come together.
pub(in crate::import) fn twice(document: &Document<'_>, title: &str) -> Diagnostic {
    document
        .wrong(0, format!("two states of {title} at once"))
        .label("another file of this import is that table too")
        .help("import them one after the other, the older first")
}

/// A date of the tables; the first of January is the year.
fn date(
    document: &Document<'_>,
    row: Row<'_>,
    column: &str,
) -> Result<Option<PartialDate>, Diagnostic> {
    let text = row.get(column);
    if !says(text) {
        return Ok(None);
    }
    match dates::year_or_day(text) {
        Some(date) => Ok(Some(date)),
        None => Err(document
            .wrong(
                row.place.offset,
                format!("`{text}` in the column `{column}` is no date"),
            )
            .label("in this row")
            .help("dates are written 2021-03-25")),
    }
}

fn named(text: &str) -> Option<&str> {
    let text = text.trim();
    (says(text) && !text.eq_ignore_ascii_case("unknown")).then_some(text)
}

/// Regions that the tables do not mark as such.
const REGIONS: &[&str] = &[
    "Caucasus",
    "Eastern Europe",
    "North America",
    "Northern Europe",
    "South America",
    "Western Europe",
];

/// A country, a region, or whatever else stands in a column of countries.
fn country(text: &str, harvest: &mut Harvest<'_>) -> Ref {
    if let Some(country) = harvest.country(text) {
        return country;
    }
    let (name, region) = match text.strip_suffix(" (region)") {
        Some(name) => (name, true),
        None => (text, false),
    };
    let kind = match name {
        "EU" | "NATO" => Some(harvest.kind("alliance")),
        _ if region || REGIONS.contains(&name) => Some(harvest.kind("place")),
        _ => None,
    };
    harvest.named(name, kind, Meeting::ByName)
}

/// Whoever did it: the first of the names that stand with `/` between them; the others are aliases.
fn initiator(
    text: &str,
    category: &str,
    place: Place,
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) -> Ref {
    let text = text.replace('\u{a0}', " ");
    let kind = match category {
        "Non-state-group" | "Non-state actor, state-affiliation suggested" => "group",
        _ => "actor",
    };
    let kind = harvest.kind(kind);
    // What stands in brackets is about the group and no name of it.
    let names = text.split(" (").next().unwrap_or(&text);
    let mut names = names
        .split('/')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let first = names.next().unwrap_or(text.trim());
    let entity = harvest.named(first, Some(kind), Meeting::ByHandle);
    if !frame.told.borrow_mut().insert(entity) {
        return entity;
    }
    for other in names.filter(|name| !name.contains('<')) {
        harvest.alias(entity, other, &[frame.source], place);
    }
    entity
}

fn property(key: &str, text: &str) -> Option<(String, Value)> {
    named(text).map(|text| (key.to_owned(), Value::Text(text.to_owned())))
}

fn incident(
    document: &Document<'_>,
    id: &str,
    row: Row<'_>,
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    let name = row.get("name");
    if name.is_empty() {
        return Err(document
            .wrong(row.place.offset, "this incident has no name")
            .label("the column `name` is empty")
            .help("give it a name"));
    }
    let (from, mut until) = (
        date(document, row, "start_date")?,
        date(document, row, "end_date")?,
    );
    if let (Some(begun), Some(over)) = (from, until)
        && over.end() <= begun.start()
    {
        harvest.odd(
            "incident that ends before it begins, end left out",
            row.place,
        );
        until = None;
    }
    let entity = harvest.identified(SCHEME, id);
    let kind = harvest.kind("incident");
    let mut properties = row.rest(&["ID", "name", "start_date", "end_date"]);
    let began = from.map(|date| ("start_date".to_owned(), Value::Date(date)));
    let over = until.map(|date| ("end_date".to_owned(), Value::Date(date)));
    properties.extend(began.into_iter().chain(over));
    harvest.describe(
        entity,
        Said {
            name: name.to_owned(),
            types: vec![kind],
            properties,
            ..Said::default()
        },
    );
    harvest.count("incidents", 1);
    let valid = Period {
        from,
        until,
        exclusive: false,
    };
    let valid = if from.is_none() {
        Period::UNKNOWN
    } else {
        valid
    };
    let reference = sheet::list(row.get("sources_url")).and_then(|all| all.into_iter().next());
    for (column, relation) in [
        ("receiver_country", frame.targeted),
        ("initiator_country", frame.attributed),
    ] {
        let cell = row.get(column);
        let listed = match (cell, sheet::list(cell)) {
            ("", _) => Vec::new(),
            (_, Some(listed)) => listed,
            (cell, None) if !cell.contains('[') => vec![cell.to_owned()],
            (cell, None) => {
                harvest.odd(
                    format!("`{column}` that is no list, taken as text"),
                    row.place,
                );
                vec![cell.to_owned()]
            }
        };
        let mut seen: Vec<Ref> = Vec::new();
        for text in listed.iter().filter_map(|text| named(text)) {
            let object = country(text, harvest);
            if seen.contains(&object) {
                continue;
            }
            seen.push(object);
            let mut claim = Claim::new(entity, relation, object);
            claim.sources = vec![frame.source];
            claim.valid = valid;
            claim.reference.clone_from(&reference);
            harvest.claim(claim, row.place);
        }
    }
    Ok(())
}

fn attribution(
    document: &Document<'_>,
    id: &str,
    row: Row<'_>,
    frame: &Frame,
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    harvest.count("attributions", 1);
    let reported = date(document, row, "attribution_date")?;
    if let Some(date) = reported {
        harvest.count("dated attributions", 1);
        if date.precision() == crate::model::Precision::Year {
            harvest.count("attributions dated by year", 1);
        }
    }
    let incident = harvest.identified(SCHEME, id);
    let by_country = named(row.get("attributing_country"));
    let party = named(row.get("attributing_actor")).or(named(row.get("attribution_it_company")));
    let source = match (party, by_country) {
        (Some(party), _) => {
            let kind = harvest.kind("actor");
            Some(harvest.named(party, Some(kind), Meeting::ByName))
        }
        (None, Some(state)) => Some(country(state, harvest)),
        (None, None) => None,
    };
    let category = row.get("attributed_initiator_category");
    let accused = named(row.get("attributed_initiator"));
    let state = named(row.get("attributed_initiator_country"));
    let number = row.get("attribution_ID");
    let number = number.strip_suffix(".0").unwrap_or(number);
    let pairs = [
        ("attribution", number),
        ("basis", row.get("attribution_basis")),
        ("attribution_type", row.get("attribution_type")),
        ("category", category),
        ("initiator", accused.unwrap_or_default()),
        ("initiator_country", state.unwrap_or_default()),
        ("attributing_country", by_country.unwrap_or_default()),
    ];
    let properties: Vec<(String, Value)> = pairs
        .iter()
        .filter_map(|(key, text)| property(key, text))
        .collect();
    let mut objects: Vec<Ref> = Vec::new();
    objects.extend(state.map(|state| country(state, harvest)));
    objects.extend(accused.map(|name| initiator(name, category, row.place, frame, harvest)));
    if objects.is_empty() {
        harvest.count("attributions that name nobody", 1);
    }
    for object in objects {
        let mut claim = Claim::new(incident, frame.attributed, object);
        claim.sources = vec![source.unwrap_or(frame.source)];
        if source.is_some() {
            claim.via = vec![frame.source];
        }
        claim.reported = reported;
        claim.properties.clone_from(&properties);
        harvest.claim(claim, row.place);
    }
    Ok(())
}

fn receiver(id: &str, row: Row<'_>, frame: &Frame, harvest: &mut Harvest<'_>) {
    harvest.count("receivers", 1);
    let incident = harvest.identified(SCHEME, id);
    let state = named(row.get("receiver_country"));
    let name = named(row.get("receiver_name"));
    let category = named(row.get("receiver_category"));
    let mut objects: Vec<Ref> = Vec::new();
    let place = state.map(|state| country(state, harvest));
    objects.extend(place);
    if let Some(name) = name {
        let object = harvest.named(name, None, Meeting::ByHandle);
        objects.push(object);
        if let Some(place) = place {
            let located = harvest.relation("located-in");
            let mut claim = Claim::new(object, located, place);
            claim.sources = vec![frame.source];
            harvest.claim(claim, row.place);
        }
    }
    if let (true, Some(category)) = (objects.is_empty(), category) {
        // Nobody is named: what is known is of what kind the receiver was.
        let sector = harvest.kind("sector");
        objects.push(harvest.named(category, Some(sector), Meeting::ByName));
    }
    let properties = row.rest(&["ID", "receiver_country"]);
    for object in objects {
        let mut claim = Claim::new(incident, frame.targeted, object);
        claim.sources = vec![frame.source];
        claim.properties.clone_from(&properties);
        harvest.claim(claim, row.place);
    }
}

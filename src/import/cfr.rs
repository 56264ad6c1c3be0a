//! The Cyber Operations Tracker of the Council on Foreign Relations as a table: operations, their
//! sponsors, groups and victims, and how they were answered. The table is not clean: cells that stand a
//! column too early are moved back, and what cannot be read is told and kept as text.
//!
//! - **Date** is the day on which the operation came to be known, not when it happened: it is the day of
//!   the report (`reported`).
//! - **Sponsors** are attributions of the council, several of one operation a claim each.
//! - **Victims** are countries where the cell lists countries only, else one unnamed party that bears the
//!   text: victims that are described are not guessed apart.
//! - **Denial** as a response: the table does not say who denies, so an unnamed party denies that the
//!   operation is the sponsor's, passed on by the council.

use crate::import::countries;
use crate::import::dates;
use crate::import::document::Document;
use crate::import::eurepoc::twice;
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::sheet::{Row, Sheet, says};
use crate::model::{Claim, PartialDate, Polarity, Value};
use crate::text::Diagnostic;

/// The format.
pub const READER: Reader = Reader {
    name: "cfr",
    endings: &["csv"],
    doc: "the table of the CFR Cyber Operations Tracker",
    detect,
    read,
};

const COLUMNS: &[&str] = &[
    "Title",
    "Date",
    "Affiliations",
    "Description",
    "Response",
    "Victims",
    "Sponsor",
    "Type",
    "Category",
];

/// The columns that may stand too early, in their order.
const MOVED: &[&str] = &[
    "Response",
    "Victims",
    "Sponsor",
    "Type",
    "Category",
    "Sources_1",
    "Sources_2",
    "Sources_3",
];

/// The kinds of operations, by which a row that is out of place is known.
const KINDS: &[&str] = &[
    "Espionage",
    "Sabotage",
    "Denial of service",
    "Data destruction",
    "Financial Theft",
    "Defacement",
    "Doxing",
];

fn detect(sample: &Sample<'_>) -> u8 {
    match sample.has_columns(&["Title", "Affiliations", "Sponsor"])
        || sample.has_columns(&["Affiliations", "Victims", "Response"])
    {
        true => 90,
        false => 0,
    }
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let sheet = Sheet::read(&document, COLUMNS)?;
    if !harvest.replaces("cfr:operations", "the CFR table of operations") {
        return Err(twice(&document, "the CFR table of operations"));
    }
    let organisation = harvest.kind("organisation");
    let name = "Council on Foreign Relations";
    let source = harvest.named(name, Some(organisation), Meeting::ByName);
    for row in sheet.rows() {
        if row.get("Title").is_empty() {
            return Err(document
                .wrong(row.place.offset, "this operation has no title")
                .label("the column `Title` is empty")
                .help("give it a title, or take the row out"));
        }
        operation(row, source, harvest);
    }
    Ok(())
}

/// The cells from the response on, moved back to their columns.
fn cells<'s>(row: Row<'s>, harvest: &mut Harvest<'_>) -> Vec<&'s str> {
    let cells: Vec<&str> = MOVED.iter().map(|column| row.get(column)).collect();
    let of_kind = |cell: &str| KINDS.contains(&clean(cell).as_str());
    let right = 3;
    match cells.iter().position(|cell| of_kind(cell)) {
        Some(at) if at < right => {
            harvest.odd("row whose cells stand too early, moved back", row.place);
            let gap = right - at;
            let moved = std::iter::repeat_n("", gap).chain(cells);
            moved.take(MOVED.len()).collect()
        }
        Some(_) | None => cells,
    }
}

/// A text without the signs that a broken encoding left at its ends.
fn clean(text: &str) -> String {
    let text = text.replace(['\u{feff}', '\n', '\r'], " ");
    let text = text.trim_matches(|sign: char| sign.is_whitespace() || sign == '?');
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn operation(row: Row<'_>, source: Ref, harvest: &mut Harvest<'_>) {
    harvest.count("operations", 1);
    let place = row.place;
    let title = clean(row.get("Title"));
    let cells = cells(row, harvest);
    let (response, victims, sponsor) = (cells[0], cells[1], cells[2]);
    let reported = date(row, harvest);
    let reference = cells[5..].iter().find(|cell| cell.starts_with("http"));
    let reference = reference.map(|cell| (*cell).to_owned());
    let kind = harvest.kind("campaign");
    let entity = known_as(&title, row, harvest);
    let mut properties = row.rest(&["Title", "Date"]);
    properties.retain(|(key, _)| !MOVED.contains(&key.as_str()));
    let moved = MOVED.iter().zip(&cells).filter(|(_, cell)| says(cell));
    properties
        .extend(moved.map(|(key, cell)| ((*key).to_owned(), Value::Text((*cell).to_owned()))));
    if let Some(date) = reported {
        properties.push(("Date".to_owned(), Value::Date(date)));
    }
    harvest.describe(
        entity,
        Said {
            name: title.clone(),
            types: vec![kind],
            properties,
            ..Said::default()
        },
    );
    let claim = |relation, object| {
        let mut claim = Claim::new(entity, relation, object);
        claim.sources = vec![source];
        claim.reported = reported;
        claim.reference.clone_from(&reference);
        claim
    };
    let attributed = harvest.relation("attributed-to");
    let sponsors = sponsors(&clean(sponsor), harvest);
    for object in &sponsors {
        harvest.claim(claim(attributed, *object), place);
        harvest.count("sponsors", 1);
    }
    for name in groups(row.get("Affiliations")) {
        let kind = harvest.kind("actor");
        let group = harvest.named(&name, Some(kind), Meeting::ByName);
        let mut claim = claim(attributed, group);
        let text = Value::Text(row.get("Affiliations").to_owned());
        claim.properties.push(("affiliation".to_owned(), text));
        harvest.claim(claim, place);
        harvest.count("affiliations", 1);
    }
    let targeted = harvest.relation("targeted");
    for object in hit(&clean(victims), harvest) {
        let mut claim = claim(targeted, object);
        if says(cells[4]) {
            let text = Value::Text(cells[4].to_owned());
            claim.properties.push(("category".to_owned(), text));
        }
        harvest.claim(claim, place);
        harvest.count("victims", 1);
    }
    if let Some(rest) = response.strip_prefix("Denial") {
        denial(
            &title,
            rest,
            &sponsors,
            (entity, source, reported),
            row,
            harvest,
        );
    }
}

/// The entity of an operation: its title is all that tells it, its day and sponsor where there are more.
fn known_as(title: &str, row: Row<'_>, harvest: &mut Harvest<'_>) -> Ref {
    let first = harvest.identified("cfr", title);
    if !harvest.is_described(first) {
        return first;
    }
    harvest.odd("second operation of the same title, told apart", row.place);
    let parts = [
        title,
        row.get("Date"),
        row.get("Sponsor"),
        row.get("Affiliations"),
    ];
    let long = harvest.identified("cfr", &parts.join(" | "));
    match harvest.is_described(long) {
        false => long,
        true => {
            let at = row.place.item.map_or(0, |(_, at)| at);
            harvest.identified("cfr", &format!("{title} | row {at}"))
        }
    }
}

fn date(row: Row<'_>, harvest: &mut Harvest<'_>) -> Option<PartialDate> {
    let text = clean(row.get("Date"));
    if text.is_empty() {
        harvest.odd("operation without a date", row.place);
        return None;
    }
    let date = dates::month_first(&text);
    if date.is_none() {
        harvest.odd("`Date` that is no date, left out", row.place);
    }
    date
}

/// The parts of a list in a sentence.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ")
        .flat_map(|part| part.split(" and "))
        .map(|part| part.trim().trim_start_matches("and "))
        .map(|part| part.trim_start_matches("the ").trim_end_matches('.'))
        .filter(|part| !part.is_empty())
}

/// The countries of a text that is one, or a list of them.
fn listed(text: &str) -> Option<Vec<&str>> {
    if countries::meant(text).is_some() {
        return Some(vec![text]);
    }
    let found: Vec<&str> = parts(text).collect();
    let all = found.iter().all(|part| countries::meant(part).is_some());
    (all && !found.is_empty()).then_some(found)
}

fn sponsors(text: &str, harvest: &mut Harvest<'_>) -> Vec<Ref> {
    if text.is_empty() || text.eq_ignore_ascii_case("unknown") {
        return Vec::new();
    }
    match listed(text) {
        Some(listed) => listed
            .iter()
            .filter_map(|name| harvest.country(name))
            .collect(),
        None => {
            let kind = harvest.kind("actor");
            vec![harvest.named(text, Some(kind), Meeting::ByName)]
        }
    }
}

/// The groups of a cell of affiliations. Governments and countries stand in the column of sponsors.
fn groups(text: &str) -> Vec<String> {
    let text = clean(text);
    let believed = [
        "Believed to be the work of ",
        "Also known as?",
        "Also known as ",
    ];
    let rest = believed.iter().find_map(|start| text.strip_prefix(start));
    let text = rest.unwrap_or(&text).trim_end_matches('.');
    let government = |part: &str| {
        let lower = part.to_lowercase();
        lower.contains("government") || countries::meant(part).is_some()
    };
    // A sentence is kept as the property that it is.
    if government(text) || text.contains(". ") || text.split_whitespace().count() > 12 {
        return Vec::new();
    }
    text.split(", ")
        .map(|part| clean(part.trim_start_matches("and ").trim_end_matches('.')))
        .filter(|part| !part.is_empty() && !government(part))
        .filter(|part| part.split_whitespace().count() <= 6)
        .collect()
}

fn hit(text: &str, harvest: &mut Harvest<'_>) -> Vec<Ref> {
    if text.is_empty() || text.eq_ignore_ascii_case("unknown") {
        return Vec::new();
    }
    if let Some(listed) = listed(text) {
        return listed
            .iter()
            .filter_map(|name| harvest.country(name))
            .collect();
    }
    let object = harvest.named(text, None, Meeting::ByHandle);
    // A name stands alone; what is described is a party without a name.
    if text.contains(' ') && (text.contains(',') || text.split_whitespace().count() > 4) {
        harvest.describe(
            object,
            Said {
                name: text.to_owned(),
                unnamed: true,
                meeting: Meeting::ByHandle,
                ..Said::default()
            },
        );
    }
    vec![object]
}

fn denial(
    title: &str,
    rest: &str,
    sponsors: &[Ref],
    (entity, source, reported): (Ref, Ref, Option<PartialDate>),
    row: Row<'_>,
    harvest: &mut Harvest<'_>,
) {
    let kind = harvest.kind("actor");
    let name = format!("Whoever denied: {title}");
    let denier = harvest.named(&name, Some(kind), Meeting::ByHandle);
    harvest.describe(
        denier,
        Said {
            name,
            types: vec![kind],
            unnamed: true,
            meeting: Meeting::ByHandle,
            ..Said::default()
        },
    );
    let attributed = harvest.relation("attributed-to");
    if sponsors.is_empty() {
        harvest.odd(
            "denial without a sponsor, kept as a property only",
            row.place,
        );
    }
    for sponsor in sponsors {
        let mut claim = Claim::new(entity, attributed, *sponsor);
        claim.polarity = Polarity::Denied;
        claim.sources = vec![denier];
        claim.via = vec![source];
        claim.reported = reported;
        let address = rest.trim();
        claim.reference = address.starts_with("http").then(|| address.to_owned());
        harvest.claim(claim, row.place);
        harvest.count("denials", 1);
    }
}

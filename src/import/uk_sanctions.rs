//! The UK Sanctions List as tables: subjects, their names, their dates of birth. A designation is the claim
//! of the list that the United Kingdom sanctioned the subject, since the day of designation and under the
//! regime that its number begins with. How good an alias is stays with the alias (`quality`), and a date of
//! birth is as precise as the list has it.

use crate::import::dates;
use crate::import::document::Document;
use crate::import::eurepoc::twice;
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::sheet::{Row, Sheet, says};
use crate::model::{Claim, PartialDate, Period, Value, Vocabulary};
use crate::text::Diagnostic;
use rustc_hash::FxHashSet;

/// The format.
pub const READER: Reader = Reader {
    name: "uk-sanctions",
    endings: &["csv"],
    doc: "tables of the UK Sanctions List: subjects, names, dates of birth",
    detect,
    read,
};

/// The scheme of the numbers of the list.
pub const SCHEME: &str = "uk-sanctions";

/// Regimes by the letters that the numbers of their subjects begin with.
const REGIMES: &[(&str, &str)] = &[
    ("AFG", "Afghanistan"),
    ("AQD", "ISIL (Da'esh) and Al-Qaida"),
    ("BEL", "Belarus"),
    ("BIH", "Bosnia and Herzegovina"),
    ("CAF", "Central African Republic"),
    ("CHW", "Chemical Weapons"),
    ("CTD", "Counter-Terrorism (Domestic)"),
    ("CTI", "Counter-Terrorism (International)"),
    ("CYB", "Cyber"),
    ("DPR", "Democratic People's Republic of Korea"),
    ("DRC", "Democratic Republic of the Congo"),
    ("GAC", "Global Anti-Corruption"),
    ("GHR", "Global Human Rights"),
    ("GIM", "Global Irregular Migration"),
    ("GUB", "Guinea-Bissau"),
    ("GUC", "Guinea"),
    ("HAI", "Haiti"),
    ("INU", "Iran (Nuclear)"),
    ("IRN", "Iran"),
    ("IRQ", "Iraq"),
    ("LIB", "Libya"),
    ("MAL", "Mali"),
    ("MYA", "Myanmar"),
    ("NIC", "Nicaragua"),
    ("RUS", "Russia"),
    ("SOM", "Somalia"),
    ("SSU", "South Sudan"),
    ("SUD", "Sudan"),
    ("SYR", "Syria"),
    ("VEN", "Venezuela"),
    ("YEM", "Yemen"),
];

const SUBJECTS: &[&str] = &["unique_id", "subject_type", "date_designated"];
const NAMES: &[&str] = &["unique_id", "name_type", "alias_strength", "full_name"];
const BIRTHS: &[&str] = &["unique_id", "year", "month", "day"];

fn detect(sample: &Sample<'_>) -> u8 {
    let subjects = sample.has_columns(&["unique_id", "subject_type"])
        || sample.has_columns(&["unique_id", "date_designated"]);
    let names = sample.has_columns(&["unique_id", "name_type"])
        || sample.has_columns(&["unique_id", "alias_strength"]);
    let births = sample.has_columns(&["dob_id", "year"]);
    match subjects || names || births {
        true => 90,
        false => 0,
    }
}

/// The regime of a number of the list; where it is none that is known, the letters themselves.
pub(in crate::import) fn regime(id: &str) -> &str {
    let end = id
        .find(|sign: char| sign.is_ascii_digit())
        .unwrap_or(id.len());
    let letters = &id[..end];
    let known = REGIMES.iter().find(|(known, _)| *known == letters);
    known.map_or(letters, |(_, name)| name)
}

/// The list as a source, and the state whose list it is.
pub(in crate::import) fn authority(harvest: &mut Harvest<'_>) -> (Ref, Option<Ref>) {
    let kind = harvest.kind("list");
    let list = harvest.named("UK Sanctions List", Some(kind), Meeting::ByName);
    (list, harvest.country("GB"))
}

/// A number of the list: letters, then digits.
pub(in crate::import) fn is_number(id: &str) -> bool {
    let digits = id.trim_start_matches(|sign: char| sign.is_ascii_uppercase());
    digits.len() < id.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let head = document.text.lines().next().unwrap_or_default();
    let (table, columns) = if head.contains("subject_type") || head.contains("date_designated") {
        ("subjects", SUBJECTS)
    } else if head.contains("dob_id") {
        ("dates of birth", BIRTHS)
    } else {
        ("names", NAMES)
    };
    let sheet = Sheet::read(&document, columns)?;
    let title = format!("the UK list's {table}");
    if !harvest.replaces(&format!("{SCHEME}:{table}"), &title) {
        return Err(twice(&document, &title));
    }
    let (list, state) = authority(harvest);
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut unnamed: Vec<(&str, &str)> = Vec::new();
    let mut born: Vec<(&str, Row<'_>, Vec<PartialDate>)> = Vec::new();
    for row in sheet.rows() {
        let id = row.get("unique_id");
        if !is_number(id) {
            return Err(document
                .wrong(row.place.offset, "this row has no number of the list")
                .label(format!("`{id}` in the column `unique_id`"))
                .help("numbers of the UK list are written CYB0044"));
        }
        match table {
            "subjects" => {
                if !seen.insert(id) {
                    return Err(document
                        .wrong(
                            row.place.offset,
                            format!("two subjects have the number {id}"),
                        )
                        .label("the second of them")
                        .help("a subject is one row of the table of subjects"));
                }
                subject(&document, id, row, (list, state), harvest)?;
            }
            "names" => {
                let first = row.get("name_type") == "primary" && seen.insert(id);
                if !first && !seen.contains(id) {
                    unnamed.push((id, row.get("full_name")));
                }
                name(&document, id, row, (list, first), harvest)?;
            }
            _ => {
                let date = dates::civil(row.get("year"), part(row, "month"), part(row, "day"));
                let Some(date) = date else {
                    let cells = [row.get("day"), row.get("month"), row.get("year")].join("/");
                    return Err(document
                        .wrong(row.place.offset, format!("`{cells}` is no date of birth"))
                        .label("in this row")
                        .help(
                            "a year has four digits; a month or a day that is not known is empty",
                        ));
                };
                harvest.count("dates of birth", 1);
                match born.last_mut().filter(|(known, ..)| *known == id) {
                    Some((_, _, dates)) => dates.push(date),
                    None => born.push((id, row, vec![date])),
                }
            }
        }
    }
    // For want of a primary name the first of the others is the handle.
    for (id, full) in unnamed {
        if seen.insert(id) {
            let entity = harvest.identified(SCHEME, id);
            let name = full.to_owned();
            harvest.describe(
                entity,
                Said {
                    name,
                    ..Said::default()
                },
            );
        }
    }
    for (id, row, dates) in born {
        let entity = harvest.identified(SCHEME, id);
        let mut dates: Vec<Value> = dates.into_iter().map(Value::Date).collect();
        dates.dedup();
        let value = match dates.len() {
            1 => dates.remove(0),
            _ => Value::List(dates),
        };
        harvest.remark(entity, vec![("born".to_owned(), value)], row.place);
    }
    Ok(())
}

/// A part of a date; what is empty is not known.
fn part<'s>(row: Row<'s>, column: &str) -> &'s str {
    match row.get(column) {
        "" => "mm",
        text => text,
    }
}

fn subject(
    document: &Document<'_>,
    id: &str,
    row: Row<'_>,
    (list, state): (Ref, Option<Ref>),
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    let noun = match row.get("subject_type").to_ascii_lowercase().as_str() {
        "individual" => "person",
        "entity" => "organisation",
        "ship" => "vessel",
        _ => {
            return Err(document
                .wrong(row.place.offset, "this subject is of no known kind")
                .label(format!(
                    "`{}` in the column `subject_type`",
                    row.get("subject_type")
                ))
                .help("subjects are an individual, an entity or a ship"));
        }
    };
    let text = row.get("date_designated");
    let Some(date) = dates::day_first(text) else {
        return Err(document
            .wrong(
                row.place.offset,
                format!("`{text}` in the column `date_designated` is no date"),
            )
            .label("in this row")
            .help("the UK list writes dates as 25/03/2024"));
    };
    let entity = harvest.identified(SCHEME, id);
    let kind = harvest.kind(noun);
    harvest.describe(
        entity,
        Said {
            types: vec![kind],
            properties: row.rest(&[
                "unique_id",
                "subject_type",
                "date_designated",
                "last_updated",
            ]),
            ..Said::default()
        },
    );
    harvest.count("subjects", 1);
    if let Some(state) = state {
        let sanctioned = harvest.relation("sanctioned");
        let mut claim = Claim::new(state, sanctioned, entity);
        claim.sources = vec![list];
        claim.valid = Period {
            from: Some(date),
            until: None,
            exclusive: false,
        };
        claim.reported = Some(date);
        claim.locator = Some(id.to_owned());
        let properties = &mut claim.properties;
        properties.push(("regime".to_owned(), Value::Text(regime(id).to_owned())));
        if let Some(updated) = dates::day_first(row.get("last_updated")) {
            properties.push(("last_updated".to_owned(), Value::Date(updated)));
        } else if says(row.get("last_updated")) {
            harvest.odd("`last_updated` that is no date, left out", row.place);
        }
        harvest.claim(claim, row.place);
        harvest.count("designations", 1);
    }
    Ok(())
}

fn name(
    document: &Document<'_>,
    id: &str,
    row: Row<'_>,
    (list, first): (Ref, bool),
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    let full = row.get("full_name");
    if full.is_empty() {
        return Err(document
            .wrong(row.place.offset, "this name is empty")
            .label("in the column `full_name`")
            .help("take the row out"));
    }
    let entity = harvest.identified(SCHEME, id);
    let kind = row.get("name_type");
    let quality = match row.get("alias_strength") {
        "good_quality_aka" => Some("good"),
        "low_quality_aka" => Some("low"),
        "" => None,
        other => Some(other),
    };
    harvest.count("names", 1);
    // The first primary name of a subject is its handle.
    if first {
        harvest.describe(
            entity,
            Said {
                name: full.to_owned(),
                ..Said::default()
            },
        );
        return Ok(());
    }
    let text = harvest.text(full);
    let mut claim = Claim::new(entity, Vocabulary::ALSO_KNOWN_AS, text);
    claim.sources = vec![list];
    let kind = (!kind.is_empty()).then(|| ("name_type".to_owned(), Value::Text(kind.to_owned())));
    let quality = quality.map(|of| ("quality".to_owned(), Value::Text(of.to_owned())));
    claim.properties.extend(kind.into_iter().chain(quality));
    harvest.claim(claim, row.place);
    Ok(())
}

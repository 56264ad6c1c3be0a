//! The list of Specially Designated Nationals of the US Office of Foreign Assets Control, as its file
//! `sdn.csv`: twelve columns, with or without a header, `-0-` where there is nothing. A designation is a
//! claim of OFAC that the United States sanctioned the entry, under its programs; the file has no dates.
//! Of the remarks other names and dates of birth are read where they are plain; all are kept as they are.

use crate::import::dates;
use crate::import::document::Document;
use crate::import::eurepoc::twice;
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::sheet::{Row, Sheet, says};
use crate::model::{Claim, Value, Vocabulary};
use crate::text::Diagnostic;
use rustc_hash::FxHashSet;

/// The format.
pub const READER: Reader = Reader {
    name: "ofac-sdn",
    endings: &["csv"],
    doc: "the OFAC list of Specially Designated Nationals, with or without a header",
    detect,
    read,
};

/// The scheme of the numbers of entries.
pub const SCHEME: &str = "ofac";

/// What OFAC calls the columns.
const COLUMNS: &[&str] = &[
    "number",
    "name",
    "kind",
    "program",
    "position",
    "call_sign",
    "vessel_type",
    "tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
];

fn detect(sample: &Sample<'_>) -> u8 {
    let header = sample.header();
    let second = sample.head.lines().nth(1).unwrap_or_default();
    let numbered = header.first().is_some_and(|cell| is_number(cell));
    let nothing = header.iter().filter(|cell| *cell == "-0-").count();
    let later = second.matches("-0-").count();
    match (numbered, header.len()) {
        (true, 12) if nothing > 0 || later > 2 => 85,
        (true, 8..=16) if nothing > 2 => 70,
        (false, 8..=16) if later > 3 => 70,
        (false, _) if sample.has_columns(&["ent_num", "SDN_Name"]) => 90,
        _ => 0,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let sheet = Sheet::under(&document, COLUMNS)?;
    if !harvest.replaces("ofac:sdn", "the OFAC list") {
        return Err(twice(&document, "the OFAC list"));
    }
    let agency = harvest.kind("agency");
    let source = harvest.named("OFAC", Some(agency), Meeting::ByName);
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut entries = 0;
    for (at, row) in sheet.rows().enumerate() {
        let number = row.get("number");
        if !is_number(number) {
            // The header, where there is one.
            if at == 0 {
                continue;
            }
            return Err(document
                .wrong(row.place.offset, "this entry has no number")
                .label(format!("`{number}` in the first column"))
                .help("the first column of the list is the number of the entry"));
        }
        if !seen.insert(number) {
            return Err(document
                .wrong(
                    row.place.offset,
                    format!("two entries have the number {number}"),
                )
                .label("the second of them")
                .help("an entry is one row of the list"));
        }
        if !says(row.get("name")) {
            return Err(document
                .wrong(row.place.offset, format!("the entry {number} has no name"))
                .label("the second column is empty")
                .help("compare the entry with the published list"));
        }
        entry(number, row, source, harvest);
        entries += 1;
    }
    if entries == 0 {
        return Err(document
            .wrong(0, "this list has no entries")
            .label("there is a header only")
            .help("was it written to its end?"));
    }
    Ok(())
}

/// `LAST, First` in the order of speech; what stands behind a second comma, such as `Jr.`, stays at the end.
fn spoken(name: &str) -> String {
    let parts: Vec<&str> = name.split(", ").collect();
    let suffix = |part: &str| {
        matches!(
            part.to_uppercase().as_str(),
            "JR." | "SR." | "JR" | "SR" | "III"
        )
    };
    match parts.as_slice() {
        [last, first] => format!("{first} {last}"),
        [last, first, end] if suffix(end) => format!("{first} {last}, {end}"),
        [last, end, first] if suffix(end) => format!("{first} {last}, {end}"),
        _ => name.to_owned(),
    }
}

fn entry(number: &str, row: Row<'_>, source: Ref, harvest: &mut Harvest<'_>) {
    let (name, place) = (row.get("name"), row.place);
    let (noun, counted) = match row.get("kind") {
        "individual" => ("person", "individuals"),
        "vessel" => ("vessel", "vessels"),
        "aircraft" => ("aircraft", "aircraft"),
        kind => {
            if says(kind) {
                harvest.odd(
                    "entry of a kind that is not known, read as an entity",
                    place,
                );
            }
            ("organisation", "entities")
        }
    };
    let entity = harvest.identified(SCHEME, number);
    let kind = harvest.kind(noun);
    let person = noun == "person";
    let mut properties = row.rest(&["number", "name", "kind", "program"]);
    if person && name.contains(", ") {
        properties.push(("listed_name".to_owned(), Value::Text(name.to_owned())));
    }
    let remarks = row.get("remarks").trim_end_matches('.');
    let mut born: Vec<Value> = Vec::new();
    let mut also: Vec<&str> = Vec::new();
    let mut nations: Vec<Value> = Vec::new();
    for remark in remarks.split("; ").map(str::trim) {
        let birth = remark
            .strip_prefix("DOB ")
            .or_else(|| remark.strip_prefix("alt. DOB "));
        if let Some(text) = birth {
            match dates::english(text) {
                Some((date, false)) => born.push(Value::Date(date)),
                Some((date, true)) => {
                    born.push(Value::Date(date));
                    properties.push(("born_circa".to_owned(), Value::Bool(true)));
                }
                // A span of years is kept as it is written, in the remarks.
                None => harvest.odd(
                    "date of birth that is not plain, left in the remarks",
                    place,
                ),
            }
        } else if let Some(text) = remark.strip_prefix("a.k.a. ") {
            also.push(text.trim_matches(['\'', '"', '.']));
        } else if let Some(text) = remark.strip_prefix("nationality ") {
            nations.push(Value::Text(text.trim_end_matches('.').to_owned()));
        }
    }
    for (key, mut values) in [("born", born), ("nationality", nations)] {
        let value = match values.len() {
            0 => continue,
            1 => values.remove(0),
            _ => Value::List(values),
        };
        properties.push((key.to_owned(), value));
    }
    properties.dedup_by(|a, b| a.0 == b.0);
    harvest.describe(
        entity,
        Said {
            name: if person {
                spoken(name)
            } else {
                name.to_owned()
            },
            types: vec![kind],
            properties,
            ..Said::default()
        },
    );
    harvest.count(counted, 1);
    for name in also.into_iter().filter(|name| says(name)) {
        let name = if person {
            spoken(name)
        } else {
            name.to_owned()
        };
        let text = harvest.text(&name);
        let mut claim = Claim::new(entity, Vocabulary::ALSO_KNOWN_AS, text);
        claim.sources = vec![source];
        // In this file other names that stand among the remarks are the weak ones.
        claim
            .properties
            .push(("quality".to_owned(), Value::Text("low".to_owned())));
        harvest.claim(claim, place);
        harvest.count("aliases", 1);
    }
    let Some(state) = harvest.country("US") else {
        return;
    };
    let sanctioned = harvest.relation("sanctioned");
    let mut claim = Claim::new(state, sanctioned, entity);
    claim.sources = vec![source];
    claim.locator = Some(number.to_owned());
    let programs = row.get("program").split("] [");
    let programs = programs.map(|program| program.trim_matches(['[', ']', ' ']).to_owned());
    let mut programs: Vec<Value> = programs
        .filter(|text| says(text))
        .map(Value::Text)
        .collect();
    match programs.len() {
        0 => harvest.odd("entry without a program", place),
        1 => claim
            .properties
            .push(("program".to_owned(), programs.remove(0))),
        _ => claim
            .properties
            .push(("program".to_owned(), Value::List(programs))),
    }
    harvest.claim(claim, place);
    harvest.count("designations", 1);
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn names_are_told_in_the_order_of_speech() {
        assert_eq!(spoken("NI, Gaobin"), "Gaobin NI");
        assert_eq!(spoken("LAVILLA, Ruben, Jr."), "Ruben LAVILLA, Jr.");
        assert_eq!(
            spoken("MNANGAGWA, JR., Emmerson"),
            "Emmerson MNANGAGWA, JR."
        );
        assert_eq!(spoken("AL-QAIDA"), "AL-QAIDA");
    }
}

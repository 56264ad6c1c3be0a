//! The consolidated list of UK sanctions targets as text, as it comes out of its PDF: numbered entries of
//! individuals and entities under a regime, fields behind labels, lines broken anywhere, pages marked.
//! Reasons are kept as they are written; nothing is read out of them.

use crate::import::dates;
use crate::import::document::{Document, Place};
use crate::import::eurepoc::twice;
use crate::import::harvest::{Harvest, Ref, Said};
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::sheet::says;
use crate::import::uk_sanctions::{self, SCHEME};
use crate::model::{Claim, PartialDate, Period, Value};
use crate::text::Diagnostic;
use rustc_hash::FxHashSet;

/// The format.
pub const READER: Reader = Reader {
    name: "uk-sanctions-text",
    endings: &["txt"],
    doc: "the UK consolidated list of financial sanctions targets as text",
    detect,
    read,
};

/// Labels of fields in the order in which entries have them; those in brackets stand among the others.
const LABELS: &[&str] = &[
    "Name 6:",
    "Organisation Name:",
    "Name (non-Latin script):",
    "Title:",
    "DOB:",
    "POB:",
    "a.k.a:",
    "Nationality:",
    "Passport Number:",
    "National Identification Number:",
    "Address:",
    "Position:",
    "Other Information:",
    "(UK Sanctions List Ref):",
    "(UK Statement of Reasons):",
    "(Gender):",
    "(Phone number):",
    "(Website):",
    "(Email address):",
    "(Type of entity):",
    "(Subsidiaries):",
    "(Parent company):",
    "Listed on:",
    "UK Sanctions List Date Designated:",
    "Last Updated:",
    "Group ID:",
];

/// Labels that end the statement of reasons; others may stand in its text.
const BEHIND_REASONS: &[&str] = &["(", "Listed on:"];

fn detect(sample: &Sample<'_>) -> u8 {
    let begins = sample.head.trim_start();
    match begins.starts_with("CONSOLIDATED LIST OF FINANCIAL SANCTIONS") {
        true => 95,
        false if begins.contains("Name 6:") && begins.contains("UK Sanctions List") => 70,
        false => 0,
    }
}

/// An entry, its lines joined.
struct Listed {
    place: Place,
    text: String,
    person: bool,
    regime: Option<String>,
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let entries = entries(&document)?;
    if entries.is_empty() {
        return Err(document
            .wrong(0, "this list has no entries")
            .label("no line begins like `1. Name 6: …` or `1. Organisation Name: …`")
            .help("take the text of the whole list"));
    }
    let regimes: FxHashSet<&str> = entries
        .iter()
        .filter_map(|of| of.regime.as_deref())
        .collect();
    let mut regimes: Vec<&str> = regimes.into_iter().collect();
    regimes.sort_unstable();
    let key = format!("{SCHEME}:list:{}", regimes.join("+").to_lowercase());
    if !harvest.replaces(&key, "the UK list") {
        return Err(twice(&document, "the UK list"));
    }
    let authority = uk_sanctions::authority(harvest);
    let mut seen: FxHashSet<String> = FxHashSet::default();
    for entry in &entries {
        let id = listed(&document, entry, authority, harvest)?;
        if !seen.insert(id.clone()) {
            return Err(document
                .wrong(
                    entry.place.offset,
                    format!("two entries have the number {id}"),
                )
                .label("the second of them")
                .help("is the text of two lists in one file?"));
        }
    }
    Ok(())
}

/// Cuts the text into entries.
fn entries(document: &Document<'_>) -> Result<Vec<Listed>, Diagnostic> {
    let mut found: Vec<Listed> = Vec::new();
    let (mut person, mut regime) = (true, None);
    let mut open = false;
    for line in document.lines() {
        let (_, raw) = line?;
        let line = raw.trim();
        if line.starts_with("--- Page") || line.is_empty() {
            continue;
        }
        match line {
            "INDIVIDUALS" | "ENTITIES" | "SHIPS" => {
                person = line == "INDIVIDUALS";
                open = false;
                continue;
            }
            _ => {}
        }
        if let Some(name) = line.strip_prefix("REGIME:") {
            regime = Some(name.trim().to_owned());
            open = false;
            continue;
        }
        if let Some(text) = numbered(line) {
            let at = found.len();
            found.push(Listed {
                place: document.at(raw).in_item("entries", at),
                text: text.to_owned(),
                person: text.starts_with("Name 6:") && person,
                regime: regime.clone(),
            });
            open = true;
        } else if let Some(last) = found.last_mut().filter(|_| open) {
            // A word that is cut at its hyphen keeps it.
            if !last.text.ends_with('-') {
                last.text.push(' ');
            }
            last.text.push_str(line);
        }
    }
    Ok(found)
}

/// What stands behind the number that begins an entry.
fn numbered(line: &str) -> Option<&str> {
    let (number, text) = line.split_once(". ")?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let named = text.starts_with("Name 6:") || text.starts_with("Organisation Name:");
    (digits && named).then_some(text)
}

/// The fields of an entry, in their order.
fn fields(text: &str) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let in_reasons = found
            .last()
            .is_some_and(|(name, ..)| name.contains("Reasons"));
        let begins = at == 0 || text[..at].ends_with([' ', '.', ')']);
        let label = LABELS
            .iter()
            .filter(|label| begins && rest.starts_with(**label))
            .find(|label| {
                !in_reasons || BEHIND_REASONS.iter().any(|start| label.starts_with(start))
            });
        match label {
            Some(label) => {
                found.push((label.trim_end_matches(':'), at, at + label.len()));
                at += label.len();
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    let ends = found
        .iter()
        .skip(1)
        .map(|(_, begin, _)| *begin)
        .chain([text.len()]);
    let ends: Vec<usize> = ends.collect();
    let cut = found.iter().zip(ends);
    cut.map(|((label, _, from), end)| (*label, text[*from..end].trim()))
        .collect()
}

/// `ANANEV 1: VLADIMIR 2: VLADIMIROVICH 3: n/a …` in the order of speech, the last name in capitals.
fn person_name(parts: &str) -> String {
    let parts = parts.trim_end_matches('.');
    let cuts = ["1:", "2:", "3:", "4:", "5:"];
    let mut given: Vec<&str> = Vec::new();
    let mut rest = parts;
    let mut surname = None;
    for cut in cuts {
        let Some((part, behind)) = rest.split_once(cut) else {
            break;
        };
        match surname {
            None => surname = Some(part.trim()),
            Some(_) => given.push(part.trim()),
        }
        rest = behind;
    }
    match surname {
        None => return rest.trim().to_owned(),
        Some(_) => given.push(rest.trim()),
    }
    let all = given.into_iter().chain(surname);
    let told: Vec<&str> = all.filter(|part| says(part)).collect();
    told.join(" ")
}

/// `(1) DARKON (2) ERMAKOV, Aleksandr, Gennadyevich (non-Latin script: …)`: names, each in the order of
/// speech.
fn aliases(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut parts: Vec<&str> = vec![text];
    for number in 1..100 {
        let mark = format!("({number}) ");
        let Some(last) = parts.pop() else { break };
        match last.split_once(&mark) {
            Some((before, behind)) => parts.extend([before, behind]),
            None => {
                parts.push(last);
                break;
            }
        }
    }
    for part in parts {
        let (name, script) = match part.split_once("(non-Latin script:") {
            Some((name, script)) => (name, Some(script.trim().trim_end_matches([')', '.']))),
            None => (part, None),
        };
        let name = name.trim().trim_end_matches('.');
        let mut spoken: Vec<&str> = name.split(", ").collect();
        let all_short = spoken.len() > 1 && spoken.iter().all(|part| !part.contains("Ltd"));
        if all_short {
            spoken.rotate_left(1);
        }
        let name = match all_short {
            true => spoken.join(" "),
            false => name.to_owned(),
        };
        let script = script.map(|text| text.trim().to_owned());
        found.extend(
            [Some(name), script]
                .into_iter()
                .flatten()
                .filter(|name| says(name)),
        );
    }
    found
}

fn listed(
    document: &Document<'_>,
    entry: &Listed,
    (list, state): (Ref, Option<Ref>),
    harvest: &mut Harvest<'_>,
) -> Result<String, Diagnostic> {
    let fields = fields(&entry.text);
    let field = |label: &str| {
        let found = fields.iter().find(|(known, _)| *known == label);
        found.map(|(_, text)| *text).filter(|text| says(text))
    };
    let wrong = |title: String, label: &str| {
        document
            .wrong(entry.place.offset, title)
            .label(label.to_owned())
            .help("compare the entry with the published list")
    };
    let id = field("(UK Sanctions List Ref)").unwrap_or_default();
    let id = id.split(' ').next().unwrap_or_default();
    let id = id.trim_end_matches('.').to_owned();
    if !uk_sanctions::is_number(&id) {
        let label = "it reads `(UK Sanctions List Ref):CYB0044.`";
        return Err(wrong(
            "this entry has no number of the list".to_owned(),
            label,
        ));
    }
    let date = |label: &str| -> Result<Option<PartialDate>, Diagnostic> {
        let Some(text) = field(label) else {
            return Ok(None);
        };
        let text = text.trim_end_matches('.');
        let no_date = || {
            wrong(
                format!("`{text}` behind `{label}:` is no date"),
                "in this entry",
            )
        };
        dates::day_first(text).map(Some).ok_or_else(no_date)
    };
    let (name, noun) = match (field("Name 6"), field("Organisation Name")) {
        (Some(parts), _) if entry.person => (person_name(parts), "person"),
        (Some(parts), _) => (person_name(parts), "organisation"),
        (None, Some(name)) => (name.trim_end_matches('.').to_owned(), "organisation"),
        (None, None) => (String::new(), "organisation"),
    };
    if name.is_empty() {
        return Err(wrong(
            "this entry has no name".to_owned(),
            "behind the number",
        ));
    }
    let entity = harvest.identified(SCHEME, &id);
    let kind = harvest.kind(noun);
    let mut properties: Vec<(String, Value)> = Vec::new();
    for (label, key) in [
        ("POB", "birth_place"),
        ("Nationality", "nationality"),
        ("Passport Number", "passport"),
        ("National Identification Number", "national_id"),
        ("Address", "address"),
        ("Position", "position"),
        ("(Gender)", "gender"),
        ("(Phone number)", "phone"),
        ("(Website)", "website"),
        ("(Email address)", "email"),
        ("(Type of entity)", "entity_type"),
        ("(Subsidiaries)", "subsidiaries"),
        ("(Parent company)", "parent_company"),
        ("Group ID", "ofsi_group_id"),
    ] {
        if let Some(text) = field(label) {
            let text = text.trim_end_matches('.').trim();
            properties.push((key.to_owned(), Value::Text(text.to_owned())));
        }
    }
    if let Some(text) = field("DOB") {
        let born = births(text);
        match born.is_empty() {
            true => harvest.odd("date of birth that is none, left out", entry.place),
            false if born.len() == 1 => properties.extend(
                born.into_iter()
                    .map(|date| ("born".to_owned(), Value::Date(date))),
            ),
            false => {
                let dates = born.into_iter().map(Value::Date).collect();
                properties.push(("born".to_owned(), Value::List(dates)));
            }
        }
    }
    harvest.describe(
        entity,
        Said {
            name,
            types: vec![kind],
            properties,
            ..Said::default()
        },
    );
    harvest.count(
        if entry.person {
            "individuals"
        } else {
            "entities"
        },
        1,
    );
    let script = field("Name (non-Latin script)").map(|text| vec![text.to_owned()]);
    let known = field("a.k.a").map(aliases);
    for alias in script.into_iter().chain(known).flatten() {
        harvest.alias(entity, &alias, &[list], entry.place);
        harvest.count("aliases", 1);
    }
    let designated = date("UK Sanctions List Date Designated")?;
    let (listed_on, updated) = (date("Listed on")?, date("Last Updated")?);
    if designated.is_none() && listed_on.is_none() {
        return Err(wrong(
            format!("the entry {id} has no date of designation"),
            "the text of the entry ends before it",
        ));
    }
    if let Some(state) = state {
        let sanctioned = harvest.relation("sanctioned");
        let mut claim = Claim::new(state, sanctioned, entity);
        let since = designated.or(listed_on);
        claim.sources = vec![list];
        claim.valid = Period {
            from: since,
            until: None,
            exclusive: false,
        };
        claim.reported = since;
        claim.locator = Some(id.clone());
        let regime = entry
            .regime
            .as_deref()
            .unwrap_or_else(|| uk_sanctions::regime(&id));
        let texts = [
            ("regime", Some(regime)),
            ("reasons", field("(UK Statement of Reasons)")),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key, text?)));
        let texts = texts.map(|(key, text)| (key.to_owned(), Value::Text(text.to_owned())));
        let dates = [("listed_on", listed_on), ("last_updated", updated)];
        let dates = dates
            .into_iter()
            .filter_map(|(key, date)| Some((key, date?)));
        let dates = dates.map(|(key, date)| (key.to_owned(), Value::Date(date)));
        claim.properties = texts.chain(dates).collect();
        harvest.claim(claim, entry.place);
        harvest.count("designations", 1);
    }
    Ok(id)
}

/// `03/07/1987.`, `(1) 01/02/1970. (2) dd/mm/1971.`
fn births(text: &str) -> Vec<PartialDate> {
    let words = text.split(|sign: char| sign.is_whitespace() || sign == ',');
    let words = words.map(|word| word.trim_end_matches('.'));
    words
        .filter(|word| word.contains('/'))
        .filter_map(dates::day_first)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{aliases, fields, person_name};

    #[test]
    fn an_entry_is_taken_apart_by_its_labels() {
        let text = "Name 6: POT 1: TEA 2: n/a. DOB: dd/mm/1967. a.k.a: (1) KETTLE (2) POT, Tee \
            (non-Latin script: Т) Other Information: (UK Sanctions List Ref):CYB0001. (UK Statement of \
            Reasons):He had an Address: none. (Gender):Male Listed on: 01/02/2020 Group ID: 7.";
        let found = fields(text);
        let names: Vec<&str> = found.iter().map(|(label, _)| *label).collect();
        assert_eq!(
            names,
            [
                "Name 6",
                "DOB",
                "a.k.a",
                "Other Information",
                "(UK Sanctions List Ref)",
                "(UK Statement of Reasons)",
                "(Gender)",
                "Listed on",
                "Group ID"
            ]
        );
        assert_eq!(person_name(found[0].1), "TEA POT");
        assert_eq!(aliases(found[2].1), ["KETTLE", "Tee POT", "Т"]);
        assert_eq!(found[5].1, "He had an Address: none.");
    }
}

//! The records of claims and entities that our own exports write (`docs/exchange.md`): as they are, or
//! carried along by other formats. It says what is wrong with a record and takes no half of one.

use crate::import::document::Place;
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::typed;
use crate::model::{
    Claim, Confidence, Credibility, Likelihood, Marking, PartialDate, Period, Polarity,
    Reliability, Scale, Value, Vocabulary,
};
use serde_json::{Map, Value as Json};

/// A record.
pub type Record = Map<String, Json>;

/// An entity by its handle.
pub fn named(harvest: &mut Harvest<'_>, handle: &str) -> Ref {
    harvest.named(handle, None, Meeting::ByHandle)
}

/// Describes the entity of a record.
pub fn entity(harvest: &mut Harvest<'_>, record: &Record, place: Place) -> Result<Ref, String> {
    let handle = text(record, "name")?.ok_or("an entity needs a `name`")?;
    let types = texts(record, "types")?;
    let properties = properties(record)?;
    let said = Said {
        name: handle.to_owned(),
        types: types.into_iter().map(|noun| harvest.kind(noun)).collect(),
        title: text(record, "title")?.map(str::to_owned),
        unnamed: record.get("unnamed") == Some(&Json::Bool(true)),
        properties,
        meeting: Meeting::ByHandle,
        ..Said::default()
    };
    let ids = match record.get("ids") {
        None | Some(Json::Null) => &[][..],
        Some(Json::Array(ids)) => ids,
        Some(_) => return Err("`ids` is a list of objects with `scheme` and `id`".to_owned()),
    };
    let mut outside: Vec<(&str, &str)> = Vec::with_capacity(ids.len());
    for id in ids {
        let part = |key: &str| id.get(key).and_then(Json::as_str);
        match (part("scheme"), part("id")) {
            (Some(scheme), Some(id)) => outside.push((scheme, id)),
            _ => return Err("an outside id has a `scheme` and an `id`, both texts".to_owned()),
        }
    }
    let at = named(harvest, handle);
    harvest.describe(at, said);
    for (scheme, id) in outside {
        harvest.also_identified(at, scheme, id);
    }
    strange(harvest, record, ENTITY, place);
    Ok(at)
}

/// The keys of an entity.
const ENTITY: &[&str] = &["name", "types", "title", "unnamed", "properties", "ids"];
/// The keys of a claim.
const CLAIM: &[&str] = &[
    "number",
    "subject",
    "relation",
    "object",
    "polarity",
    "sources",
    "via",
    "likelihood",
    "confidence",
    "reliability",
    "credibility",
    "valid",
    "reported",
    "reference",
    "locator",
    "quote",
    "marking",
    "properties",
    "recorded",
];

/// What a record has that nobody knows is told.
fn strange(harvest: &mut Harvest<'_>, record: &Record, known: &[&str], place: Place) {
    for key in record.keys().filter(|key| !known.contains(&key.as_str())) {
        let short: String = key.chars().take(60).collect();
        harvest.odd(
            format!("field `{short}` that is not known, left out"),
            place,
        );
    }
}

/// Makes the claim of a record.
pub fn claim(harvest: &mut Harvest<'_>, record: &Record, place: Place) -> Result<(), String> {
    let needs = |key: &str| -> Result<&str, String> {
        let found = text(record, key)?.filter(|text| !text.is_empty());
        found.ok_or_else(|| format!("a claim needs `{key}`"))
    };
    let (subject, object) = (needs("subject")?, needs("object")?);
    let relation = harvest.relation(needs("relation")?);
    let said = fields(record)?;
    let (sources, via) = (texts(record, "sources")?, texts(record, "via")?);
    let object = match relation {
        Vocabulary::ALSO_KNOWN_AS => harvest.text(object),
        _ => named(harvest, object),
    };
    let subject = named(harvest, subject);
    let mut all =
        |names: Vec<&str>| -> Vec<Ref> { names.iter().map(|name| named(harvest, name)).collect() };
    let (sources, via) = (all(sources), all(via));
    let claim = Claim {
        polarity: said.polarity,
        sources,
        via,
        likelihood: said.likelihood,
        confidence: said.confidence,
        reliability: said.reliability,
        credibility: said.credibility,
        valid: said.valid,
        reported: said.reported,
        reference: said.reference,
        locator: said.locator,
        quote: said.quote,
        marking: said.marking,
        properties: said.properties,
        ..Claim::new(subject, relation, object)
    };
    harvest.claim(claim, place);
    strange(harvest, record, CLAIM, place);
    Ok(())
}

/// The fields of a record that name nobody.
fn fields(record: &Record) -> Result<Claim<()>, String> {
    let mut said = Claim::new((), Vocabulary::ALSO_KNOWN_AS, ());
    said.polarity = match text(record, "polarity")? {
        None | Some("asserted") => Polarity::Asserted,
        Some("denied") => Polarity::Denied,
        Some(other) => return Err(format!("`{other}` is neither asserted nor denied")),
    };
    said.likelihood = likelihood(record)?;
    said.confidence = word(
        record,
        "confidence",
        "low, moderate or high",
        Confidence::named,
    )?;
    said.reliability = word(record, "reliability", "a grade from A to F", |text| {
        let mut letters = text.chars();
        let first = letters.next().and_then(Reliability::from_letter);
        first.filter(|_| letters.next().is_none())
    })?;
    said.credibility = match record.get("credibility") {
        None | Some(Json::Null) => None,
        Some(given) => {
            let grade = given.as_u64().and_then(|grade| u8::try_from(grade).ok());
            let grade = grade.and_then(Credibility::new);
            Some(grade.ok_or("`credibility` is a grade from 1 to 6")?)
        }
    };
    said.valid = valid(record)?;
    said.reported = date(record, "reported")?;
    said.reference = text(record, "reference")?.map(str::to_owned);
    said.locator = text(record, "locator")?.map(str::to_owned);
    said.quote = text(record, "quote")?.map(str::to_owned);
    said.marking = word(
        record,
        "marking",
        "a marking such as TLP:AMBER",
        Marking::named,
    )?;
    said.properties = properties(record)?;
    Ok(said)
}

fn likelihood(record: &Record) -> Result<Option<Likelihood>, String> {
    let given = match record.get("likelihood") {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Object(given)) => given,
        // A bare number is percent.
        Some(Json::Number(number)) => {
            let percent = number.as_f64().map(|number| number as f32);
            let percent = percent.and_then(Likelihood::percent);
            return percent
                .map(Some)
                .ok_or_else(|| "percent lie between 0 and 100".to_owned());
        }
        Some(_) => return Err("`likelihood` is an object with `scale` and `term`".to_owned()),
    };
    let scale = text(given, "scale")?.unwrap_or("words");
    let scale = Scale::named(scale).ok_or_else(|| format!("no scale is called `{scale}`"))?;
    let term = text(given, "term")?.ok_or("a likelihood needs a `term`")?;
    let found = match scale {
        Scale::Percent => {
            let bare = term.strip_suffix('%').unwrap_or(term).trim();
            bare.parse().ok().and_then(Likelihood::percent)
        }
        Scale::Words | Scale::Phia | Scale::Icd203 | Scale::Stix => Likelihood::term(scale, term),
    };
    let found =
        found.ok_or_else(|| format!("`{term}` is no term of the scale {}", scale.name()))?;
    Ok(Some(found))
}

fn valid(record: &Record) -> Result<Period, String> {
    let given = match record.get("valid") {
        None | Some(Json::Null) => return Ok(Period::UNKNOWN),
        Some(Json::Object(given)) => given,
        Some(_) => return Err("`valid` is an object with `from`, `until`, `before`".to_owned()),
    };
    let (from, until) = (date(given, "from")?, date(given, "until")?);
    let before = date(given, "before")?;
    if until.is_some() && before.is_some() {
        return Err("give `until` or `before`, not both".to_owned());
    }
    let period = Period {
        from,
        until: until.or(before),
        exclusive: before.is_some(),
    };
    match from.is_some() && period.until.is_some() && period.end() <= period.start() {
        true => Err("the period ends before it begins".to_owned()),
        false => Ok(period),
    }
}

fn properties(record: &Record) -> Result<Vec<(String, Value)>, String> {
    match record.get("properties") {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::Object(entries)) => typed::properties(entries),
        Some(_) => Err("`properties` is an object".to_owned()),
    }
}

/// A text under a key, if there is one.
pub fn text<'r>(record: &'r Record, key: &str) -> Result<Option<&'r str>, String> {
    match record.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{key}` is a text")),
    }
}

/// Texts under a key.
pub fn texts<'r>(record: &'r Record, key: &str) -> Result<Vec<&'r str>, String> {
    let wrong = || format!("`{key}` is a list of texts");
    match record.get(key) {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::Array(items)) => items
            .iter()
            .map(|item| item.as_str().ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}

fn date(record: &Record, key: &str) -> Result<Option<PartialDate>, String> {
    word(
        record,
        key,
        "a date: 2021, 2021-03 or 2021-03-25",
        PartialDate::parse,
    )
}

/// A text that one of a kind is read from.
fn word<T>(
    record: &Record,
    key: &str,
    kind: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, String> {
    let given = text(record, key)?;
    given
        .map(|given| read(given).ok_or_else(|| format!("`{given}` is not {kind}")))
        .transpose()
}

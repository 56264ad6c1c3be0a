//! The extension in which our own export carries what STIX has no field for: whole entities and claims, by
//! their handles. What stands there is taken, and not what the standard fields say of the same. It writes
//! nothing.

use crate::import::document::Place;
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::stix::object::{Object, shown};
use crate::model::temporal::build::Kind;
use crate::model::temporal::parse;
use crate::model::{
    Claim, Confidence, Credibility, Likelihood, Marking, PartialDate, Period, Polarity,
    Reliability, Scale, Value,
};
use crate::text::Diagnostic;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// The extension that carries claims and entities.
pub const EXTENSION: &str = "extension-definition--b8785889-1604-43d1-96af-94da8b343ab2";
/// What an export has for itself: who defines the extensions, and their definitions.
const OWN: [&str; 3] = [
    EXTENSION,
    "extension-definition--7d1356ee-a458-4422-bed5-0fa3828d4002",
    "identity--5f8f3c0e-5c53-5c0a-8f6e-3b1d0c2a9e47",
];

/// What the extension of an object says.
#[derive(Debug, Default)]
pub struct Own {
    entity: Option<Entity>,
    claims: Vec<Stated>,
}

/// An entity as it was exported.
#[derive(Debug, Default, Deserialize)]
struct Entity {
    name: String,
    #[serde(default)]
    types: Vec<String>,
    title: Option<String>,
    #[serde(default)]
    unnamed: bool,
    #[serde(default)]
    properties: Map<String, Json>,
    #[serde(default)]
    ids: Vec<Id>,
}

#[derive(Debug, Deserialize)]
struct Id {
    scheme: String,
    id: String,
}

/// A claim as it was exported.
#[derive(Debug, Deserialize)]
struct Record {
    subject: String,
    relation: String,
    object: String,
    polarity: Option<String>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    via: Vec<String>,
    likelihood: Option<Level>,
    confidence: Option<String>,
    reliability: Option<String>,
    credibility: Option<u8>,
    valid: Option<Valid>,
    reported: Option<String>,
    reference: Option<String>,
    locator: Option<String>,
    quote: Option<String>,
    marking: Option<String>,
    #[serde(default)]
    properties: Map<String, Json>,
}

#[derive(Debug, Deserialize)]
struct Level {
    scale: String,
    term: String,
    percent: f32,
}

#[derive(Debug, Deserialize)]
struct Valid {
    from: Option<String>,
    until: Option<String>,
    before: Option<String>,
}

/// A claim whose entities are handles.
#[derive(Debug)]
struct Stated {
    relation: String,
    claim: Claim<String>,
}

/// What our extension says of an object; nothing where there is none.
pub fn read(object: &Object<'_>, kind: &str) -> Result<Option<Own>, Diagnostic> {
    let id = object.text("id")?.unwrap_or_default();
    if OWN.contains(&id.as_ref()) {
        return Ok(Some(Own::default()));
    }
    let Some(extensions) = object.object("extensions")? else {
        return Ok(None);
    };
    let Some(extension) = extensions.object(EXTENSION)? else {
        return Ok(None);
    };
    let mut own = Own::default();
    let raw = |key: &str| extension.raw(key);
    if let Some(raw) = raw("entity") {
        own.entity = Some(extension.piece(raw, "entity", "an entity of whodunit")?);
    }
    let mut records: Vec<Record> = Vec::new();
    if let Some(raw) = raw("aliases") {
        records = extension.piece(raw, "aliases", "a list of claims of whodunit")?;
    }
    if let Some(raw) = raw("claim") {
        records.push(extension.piece(raw, "claim", "a claim of whodunit")?);
    }
    for record in records {
        let said = said(record).map_err(|(what, text)| {
            object
                .wrong("extensions", format!("{what} of this claim cannot be read"))
                .label(format!("`{}`", shown(&text)))
                .help("the extension of whodunit was edited; export it anew")
        })?;
        own.claims.push(said);
    }
    // A relationship that only denials are about, and whoever stands for a source: others say it all.
    let nothing = raw("stated").is_some() || raw("stands_for").is_some();
    let some = own.entity.is_some() || !own.claims.is_empty() || nothing;
    // Somebody else's object that was given the extension of ours for another purpose.
    Ok((some || kind == "extension-definition").then_some(own))
}

type Unread = (&'static str, String);

fn said(record: Record) -> Result<Stated, Unread> {
    fn read<T, R>(
        what: &'static str,
        given: Option<T>,
        read: impl Fn(&T) -> Option<R>,
        text: impl Fn(&T) -> String,
    ) -> Result<Option<R>, Unread> {
        match given {
            None => Ok(None),
            Some(given) => match read(&given) {
                Some(value) => Ok(Some(value)),
                None => Err((what, text(&given))),
            },
        }
    }
    let date = |what, given: Option<String>| {
        read(what, given, |text| PartialDate::parse(text), Clone::clone)
    };
    let mut claim = Claim::new(
        record.subject,
        crate::model::Vocabulary::ALSO_KNOWN_AS,
        record.object,
    );
    claim.polarity = match record.polarity.as_deref() {
        None | Some("asserted") => Polarity::Asserted,
        Some("denied") => Polarity::Denied,
        Some(other) => return Err(("the polarity", other.to_owned())),
    };
    claim.sources = record.sources;
    claim.via = record.via;
    let level = |level: &Level| {
        let scale = Scale::named(&level.scale)?;
        (0.0..=100.0).contains(&level.percent).then(|| Likelihood {
            scale,
            term: level.term.clone(),
            number: level.percent,
        })
    };
    claim.likelihood = read("the likelihood", record.likelihood, level, |of| of.term.clone())?;
    claim.confidence = read(
        "the confidence",
        record.confidence,
        |text| Confidence::named(text),
        Clone::clone,
    )?;
    let letter = |text: &String| {
        let mut letters = text.chars();
        let first = Reliability::from_letter(letters.next()?)?;
        letters.next().is_none().then_some(first)
    };
    claim.reliability = read("the reliability", record.reliability, letter, Clone::clone)?;
    claim.credibility = read(
        "the credibility",
        record.credibility,
        |grade| Credibility::new(*grade),
        u8::to_string,
    )?;
    if let Some(valid) = record.valid {
        let exclusive = valid.before.is_some();
        claim.valid = Period {
            from: date("the period", valid.from)?,
            until: date("the period", valid.before.or(valid.until))?,
            exclusive,
        };
    }
    claim.reported = date("the date of the report", record.reported)?;
    claim.reference = record.reference;
    claim.locator = record.locator;
    claim.quote = record.quote;
    claim.marking = read(
        "the marking",
        record.marking,
        |text| Marking::named(text),
        Clone::clone,
    )?;
    claim.properties = properties(&record.properties);
    Ok(Stated {
        relation: record.relation,
        claim,
    })
}

fn properties(fields: &Map<String, Json>) -> Vec<(String, Value)> {
    let fields = fields.iter();
    fields
        .filter_map(|(key, json)| Some((key.clone(), value(json)?)))
        .collect()
}

/// A value. What JSON has no kind for is an object with one key that begins with `$`.
fn value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().filter_map(value).collect()),
        Json::Object(fields) => match fields.iter().next() {
            Some((key, of)) if fields.len() == 1 && key.starts_with('$') => special(key, of)?,
            Some(_) | None => Value::Map(properties(fields)),
        },
    })
}

fn special(key: &str, json: &Json) -> Option<Value> {
    if let ("$map", Json::Object(fields)) = (key, json) {
        return Some(Value::Map(properties(fields)));
    }
    let text = json.as_str()?;
    let kind = match key {
        "$date" => return PartialDate::parse(text).map(Value::Date),
        "$day" => Kind::Date,
        "$local-time" => Kind::LocalTime,
        "$time" => Kind::Time,
        "$local-date-time" => Kind::LocalDateTime,
        "$date-time" => Kind::DateTime,
        "$duration" => Kind::Duration,
        _ => return Some(Value::Map(vec![(key.to_owned(), value(json)?)])),
    };
    parse::parse(kind, text).ok().map(Value::Temporal)
}

/// The entity of a handle.
fn handle(name: &str, harvest: &mut Harvest<'_>) -> Ref {
    harvest.named(name, None, Meeting::ByHandle)
}

impl Own {
    /// Takes over what was exported.
    pub fn take(self, place: Place, harvest: &mut Harvest<'_>) {
        harvest.replaces_nothing();
        if let Some(entity) = self.entity {
            let at = handle(&entity.name, harvest);
            let types = entity.types.iter().map(|noun| harvest.kind(noun)).collect();
            for id in &entity.ids {
                harvest.also_identified(at, &id.scheme, &id.id);
            }
            let said = Said {
                name: entity.name,
                types,
                title: entity.title,
                unnamed: entity.unnamed,
                properties: properties(&entity.properties),
                meeting: Meeting::ByHandle,
                ..Said::default()
            };
            harvest.describe(at, said);
            harvest.count("entities of whodunit", 1);
        }
        for Stated { relation, claim } in self.claims {
            let relation = harvest.relation(&relation);
            let alias = relation == crate::model::Vocabulary::ALSO_KNOWN_AS;
            let found = claim.try_map(|name, object| -> Result<Ref, ()> {
                Ok(match alias && object {
                    true => harvest.text(&name),
                    false => handle(&name, harvest),
                })
            });
            if let Ok(mut claim) = found {
                claim.relation = relation;
                harvest.claim(claim, place);
                harvest.count("claims of whodunit", 1);
            }
        }
    }
}

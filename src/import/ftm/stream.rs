//! Streams of entities, one JSON object a line, and deltas, whose lines say what is to be done with an
//! entity (`ADD`, `MOD`, `DEL`). The last line about an entity counts in a delta; in a stream an entity may
//! come in several pieces.

use crate::import::carried::{self, Carried};
use crate::import::document::{Document, Place};
use crate::import::ftm::claims;
use crate::import::ftm::item::{Item, Said, clean};
use crate::import::harvest::Harvest;
use crate::import::json;
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::text::{Diagnostic, nearest};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

/// The format.
pub const READER: Reader = Reader {
    name: "ftm",
    endings: &["jsonl", "json", "ijson"],
    doc: "FollowTheMoney entities or deltas, one JSON object a line",
    detect,
    read,
};

/// The key under which our own export carries what FollowTheMoney has no field for.
const OWN: &str = "whodunit";

/// What a delta may do.
const OPERATIONS: &[&str] = &["ADD", "MOD", "DEL"];

fn detect(sample: &Sample<'_>) -> u8 {
    let one = sample.has("schema") && (sample.has("properties") || sample.has("id"));
    let delta = sample.has("op") && sample.has("entity");
    match (delta || one && sample.has("properties"), one) {
        (true, _) if !sample.has("objects") => 90,
        (false, true) if !sample.has("objects") && !sample.has("$schema") => 60,
        _ => 0,
    }
}

#[derive(Deserialize)]
struct Line {
    id: Option<String>,
    schema: Option<String>,
    caption: Option<String>,
    properties: Option<Map<String, Json>>,
    #[serde(default)]
    datasets: Vec<String>,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

#[derive(Deserialize)]
struct Delta<'t> {
    op: String,
    #[serde(borrow)]
    entity: &'t RawValue,
}

/// Whether a line is one of a delta.
#[derive(Deserialize)]
struct Kind {
    op: Option<serde::de::IgnoredAny>,
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let mut items: Vec<Option<Item>> = Vec::new();
    let mut gone: Vec<bool> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for (at, line) in document.lines().enumerate() {
        let (_, line) = line?;
        let kind: Kind = json::piece(&document, line)?;
        let (operation, raw) = match kind.op {
            None => (None, line),
            Some(_) => {
                let delta: Delta<'_> = json::piece(&document, line)?;
                let known = OPERATIONS.iter().find(|known| **known == delta.op);
                let Some(known) = known else {
                    return Err(operation(&document, line, &delta.op));
                };
                (Some(*known), delta.entity.get())
            }
        };
        let parsed: Line = json::piece(&document, raw)?;
        let place = document.at(raw).in_item("lines", at);
        let delete = operation == Some("DEL");
        if !delete && let Some(own) = own(&document, place, &parsed.rest)? {
            harvest.count("entities", 1);
            own.take(&document, place, &format!("key `{OWN}`"), harvest)?;
            continue;
        }
        let item = item(&document, parsed, place, delete, harvest)?;
        match places.get(&item.id) {
            None => {
                places.insert(item.id.clone(), items.len());
                gone.push(delete);
                items.push(Some(item));
            }
            Some(known) if operation.is_some() => {
                gone[*known] = delete;
                items[*known] = Some(item);
            }
            Some(known) => {
                harvest.odd("entity in several pieces, joined", place);
                if let Some(first) = &mut items[*known] {
                    if first.schema != item.schema {
                        let (one, other) = (&first.schema, &item.schema);
                        let title = format!("`{}` is of two schemata", item.id);
                        return Err(document
                            .wrong(place.offset, title)
                            .label(format!("{one} before, {other} here"))
                            .help("an id is that of one entity"));
                    }
                    first.join(item);
                }
            }
        }
    }
    for (item, gone) in items.into_iter().zip(gone) {
        let Some(item) = item else { continue };
        match gone {
            true => claims::gone(&document, &item, harvest)?,
            false => claims::claims(&document, item, harvest)?,
        }
    }
    Ok(())
}

/// What our own export carries along in an entity; none where the key is not there.
fn own(
    document: &Document<'_>,
    place: Place,
    rest: &Map<String, Json>,
) -> Result<Option<Carried>, Diagnostic> {
    let wrong = |cause: &str| carried::changed(document, place, cause, &format!("key `{OWN}`"));
    let record = |given: &Json| match given {
        Json::Object(record) => Ok(record.clone()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            Err(wrong("a record is an object"))
        }
    };
    let fields = match rest.get(OWN) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Object(fields)) => fields,
        Some(_) => return Err(wrong("`whodunit` is an object")),
    };
    let given = |key: &str| fields.get(key).filter(|given| !given.is_null());
    let entity = given("entity").map(record).transpose()?;
    let mut claims: Vec<Map<String, Json>> = Vec::new();
    match given("aliases") {
        None => (),
        Some(Json::Array(aliases)) => {
            for alias in aliases {
                claims.push(record(alias)?);
            }
        }
        Some(_) => return Err(wrong("`aliases` is a list of claims")),
    }
    if let Some(claim) = given("claim") {
        claims.push(record(claim)?);
    }
    match entity.is_none() && claims.is_empty() {
        true => Err(wrong("there is neither an `entity` nor a `claim`")),
        false => Ok(Some(Carried { entity, claims })),
    }
}

fn operation(document: &Document<'_>, line: &str, said: &str) -> Diagnostic {
    let wrong = document
        .wrong(
            document.offset_of(line),
            format!("`{said}` is no operation of a delta"),
        )
        .label("in this line");
    match nearest(said, OPERATIONS.iter().copied(), 1).first() {
        Some(near) => wrong.help(format!("did you mean `{near}`?")),
        None => wrong.help("operations are ADD, MOD and DEL"),
    }
}

fn item(
    document: &Document<'_>,
    line: Line,
    place: Place,
    delete: bool,
    harvest: &mut Harvest<'_>,
) -> Result<Item, Diagnostic> {
    let missing = |what: &str| {
        document
            .wrong(place.offset, format!("this entity has no `{what}`"))
            .label("it begins here")
            .help("an entity of FollowTheMoney has `id`, `schema` and `properties`")
    };
    let text = |text: Option<String>| text.filter(|text| !text.trim().is_empty()).map(clean);
    let id = text(line.id).ok_or_else(|| missing("id"))?;
    let schema = match (text(line.schema), delete) {
        (Some(schema), _) => schema,
        (None, true) => String::new(),
        (None, false) => return Err(missing("schema")),
    };
    let properties = match (line.properties, delete) {
        (Some(properties), _) => properties,
        (None, true) => Map::new(),
        (None, false) => return Err(missing("properties")),
    };
    let mut item = Item {
        id,
        schema,
        caption: text(line.caption),
        properties: Vec::new(),
        datasets: line.datasets.into_iter().map(clean).collect(),
        rest: line.rest,
        place,
    };
    for (key, values) in properties {
        let all = match values {
            Json::Array(all) => all,
            Json::Null => continue,
            one @ (Json::String(_) | Json::Number(_) | Json::Bool(_)) => {
                harvest.odd(
                    format!("`{key}` that is no list, taken as one value"),
                    place,
                );
                vec![one]
            }
            Json::Object(_) => {
                return Err(document
                    .wrong(place.offset, format!("`{key}` is no list of texts"))
                    .label("in this entity")
                    .help("every property of FollowTheMoney is a list of texts"));
            }
        };
        for value in all {
            let text = match value {
                Json::String(text) => text,
                Json::Number(number) => number.to_string(),
                Json::Bool(truth) => truth.to_string(),
                // Nested entities stand where their ids would.
                Json::Object(fields) => match fields.get("id") {
                    Some(Json::String(id)) => id.clone(),
                    Some(_) | None => {
                        harvest.odd(format!("`{key}` that holds an object, left out"), place);
                        continue;
                    }
                },
                Json::Null | Json::Array(_) => {
                    harvest.odd(format!("`{key}` that holds no text, left out"), place);
                    continue;
                }
            };
            item.say(
                &key,
                Said {
                    text,
                    dataset: None,
                },
            );
        }
    }
    Ok(item)
}

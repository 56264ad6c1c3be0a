//! Claims and entities as JSON objects with every field, as given: the records of our JSON and JSON
//! Lines, and what other formats carry along for what they have no field for. `docs/exchange.md` has
//! them field by field. What has no value is left out. It writes no file.

use crate::graph::{Graph, GraphView, Row};
use crate::model::{Claim, EntityId, PartialDate, Period, Polarity, Temporal, Value};
use serde_json::{Map, Value as Json, json};

/// A claim by the names of its entities, without number and time of recording: what it says.
pub fn said(claim: &Claim<String>, relation: &str) -> Map<String, Json> {
    let mut record = Map::new();
    let mut put = |key: &str, value: Json| {
        record.insert(key.to_owned(), value);
    };
    put("subject", json!(claim.subject));
    put("relation", json!(relation));
    put("object", json!(claim.object));
    if claim.polarity == Polarity::Denied {
        put("polarity", json!("denied"));
    }
    if !claim.sources.is_empty() {
        put("sources", json!(claim.sources));
    }
    if !claim.via.is_empty() {
        put("via", json!(claim.via));
    }
    if let Some(likelihood) = &claim.likelihood {
        let mut given = Map::new();
        given.insert("scale".to_owned(), json!(likelihood.scale.name()));
        given.insert("term".to_owned(), json!(likelihood.term));
        given.insert("percent".to_owned(), percent(likelihood.number));
        put("likelihood", Json::Object(given));
    }
    if let Some(level) = claim.confidence {
        put("confidence", json!(level.name()));
    }
    if let Some(grade) = claim.reliability {
        put("reliability", json!(grade.letter().to_string()));
    }
    if let Some(grade) = claim.credibility {
        put("credibility", json!(grade.grade()));
    }
    if !claim.valid.is_unknown() {
        put("valid", Json::Object(period(claim.valid)));
    }
    if let Some(date) = claim.reported {
        put("reported", json!(date.to_string()));
    }
    let texts = [
        ("reference", &claim.reference),
        ("locator", &claim.locator),
        ("quote", &claim.quote),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            put(key, json!(text));
        }
    }
    if let Some(marking) = claim.marking {
        put("marking", json!(marking.name()));
    }
    if !claim.properties.is_empty() {
        put("properties", properties(&claim.properties));
    }
    record
}

/// A claim of a case, with its number and when it was recorded.
pub fn claim(graph: &Graph, row: Row) -> Map<String, Json> {
    let columns = graph.columns();
    let words = graph.vocabulary();
    let mut record = Map::new();
    record.insert("number".to_owned(), json!(columns.id(row).0));
    let relation = &words.relation(columns.relation(row)).name;
    record.extend(said(&graph.named_now(row), relation));
    let recorded = PartialDate::second(columns.recorded(row));
    record.insert("recorded".to_owned(), json!(recorded.to_string()));
    record
}

/// An entity.
pub fn entity(graph: &Graph, id: EntityId) -> Map<String, Json> {
    let entity = graph.entities().get(id);
    let mut record = Map::new();
    let mut put = |key: &str, value: Json| {
        record.insert(key.to_owned(), value);
    };
    put("name", json!(entity.name));
    let types = entity.types.iter();
    let types: Vec<&str> = types
        .map(|kind| graph.vocabulary().type_of(*kind).name.as_str())
        .collect();
    put("types", json!(types));
    if let Some(title) = &entity.title {
        put("title", json!(title));
    }
    if entity.unnamed {
        put("unnamed", json!(true));
    }
    if !entity.properties.is_empty() {
        put("properties", properties(&entity.properties));
    }
    if !entity.ids.is_empty() {
        let ids = entity.ids.iter();
        let ids: Vec<Json> = ids
            .map(|(scheme, id)| json!({"scheme": scheme, "id": id}))
            .collect();
        put("ids", Json::Array(ids));
    }
    record
}

/// A number of percent as short as single precision allows: 97.5 and not 97.5000001.
pub fn percent(number: f32) -> Json {
    let shortest: f64 = number.to_string().parse().unwrap_or(f64::from(number));
    match shortest.fract() == 0.0 {
        true => json!(shortest as i64),
        false => json!(shortest),
    }
}

fn period(valid: Period) -> Map<String, Json> {
    let mut record = Map::new();
    let mut put = |key: &str, date: Option<PartialDate>| {
        if let Some(date) = date {
            record.insert(key.to_owned(), json!(date.to_string()));
        }
    };
    put("from", valid.from);
    put(
        if valid.exclusive { "before" } else { "until" },
        valid.until,
    );
    record
}

/// Properties as an object.
pub fn properties(pairs: &[(String, Value)]) -> Json {
    let pairs = pairs.iter();
    Json::Object(pairs.map(|(key, of)| (key.clone(), value(of))).collect())
}

/// A value. What JSON has no kind for is an object with one key that begins with `$`: `{"$date":
/// "2021-03"}`, `{"$duration": "P1D"}`; a map with such keys is `{"$map": {…}}`.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Date(value) => json!({"$date": value.to_string()}),
        Value::Temporal(value) => json!({kind(value): value.to_string()}),
        Value::List(values) => Json::Array(values.iter().map(self::value).collect()),
        Value::Map(pairs) => {
            let plain = properties(pairs);
            match pairs.iter().any(|(key, _)| key.starts_with('$')) {
                true => json!({"$map": plain}),
                false => plain,
            }
        }
    }
}

/// The key of a temporal value.
fn kind(value: &Temporal) -> &'static str {
    match value {
        Temporal::Date(_) => "$day",
        Temporal::LocalTime(_) => "$local-time",
        Temporal::Time(..) => "$time",
        Temporal::LocalDateTime(..) => "$local-date-time",
        Temporal::DateTime(..) => "$date-time",
        Temporal::Duration(_) => "$duration",
    }
}

/// Properties apart: those that a field of a table or a graph holds so that it is read back the same
/// (`plain` tells), as text; and the rest.
pub fn apart<'p>(
    pairs: &'p [(String, Value)],
    plain: &dyn Fn(&str, &Value) -> Option<String>,
) -> (Vec<(&'p str, String)>, Map<String, Json>) {
    let (mut cells, mut rest) = (Vec::new(), Map::new());
    for (key, of) in pairs {
        match plain(key, of) {
            Some(cell) => cells.push((key.as_str(), cell)),
            None => {
                rest.insert(key.clone(), value(of));
            }
        }
    }
    (cells, rest)
}

//! Tables of statements: a row is one value of one property of an entity, on the word of one dataset. So a
//! name has its own source, where a stream knows only those of the entity.

use crate::import::document::Document;
use crate::import::ftm::claims;
use crate::import::ftm::item::{Item, Said};
use crate::import::ftm::schemata;
use crate::import::harvest::Harvest;
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::sheet::Sheet;
use crate::text::Diagnostic;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

/// The format.
pub const READER: Reader = Reader {
    name: "ftm-statements",
    endings: &["csv"],
    doc: "FollowTheMoney statements as a table: canonical_id, prop, schema, value, dataset",
    detect,
    read,
};

const COLUMNS: &[&str] = &["entity_id", "prop", "schema", "value", "dataset"];

fn detect(sample: &Sample<'_>) -> u8 {
    let whole = sample.has_columns(COLUMNS);
    let most =
        sample.has_columns(&["canonical_id", "prop"]) || sample.has_columns(&["entity_id", "prop"]);
    match (whole, most) {
        (true, _) => 95,
        (false, true) => 80,
        (false, false) => 0,
    }
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let sheet = Sheet::read(&document, COLUMNS)?;
    let mut items: Vec<Item> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let mut rows = 0;
    for row in sheet.rows() {
        rows += 1;
        let canonical = row.get("canonical_id");
        let id = if canonical.is_empty() {
            row.get("entity_id")
        } else {
            canonical
        };
        let (prop, schema) = (row.get("prop"), row.get("schema"));
        for (what, text) in [("entity_id", id), ("prop", prop), ("schema", schema)] {
            if text.is_empty() {
                return Err(document
                    .wrong(row.place.offset, format!("this statement has no `{what}`"))
                    .label("in this row")
                    .help("a statement says of which entity, which property and what value"));
            }
        }
        let at = *places.entry(id).or_insert_with(|| {
            items.push(Item {
                id: id.to_owned(),
                schema: schema.to_owned(),
                caption: None,
                properties: Vec::new(),
                datasets: Vec::new(),
                rest: Map::new(),
                place: row.place,
            });
            items.len() - 1
        });
        let item = &mut items[at];
        if item.schema != schema && schemata::is_wider(&item.schema, schema) {
            schema.clone_into(&mut item.schema);
        }
        let name = row.get("dataset");
        let dataset = match item.datasets.iter().position(|known| known == name) {
            _ if name.is_empty() => None,
            Some(at) => Some(at),
            None => {
                item.datasets.push(name.to_owned());
                Some(item.datasets.len() - 1)
            }
        };
        for key in ["first_seen", "last_seen"] {
            let text = row.get(key);
            if !text.is_empty() && !item.rest.contains_key(key) {
                item.rest
                    .insert(key.to_owned(), Json::String(text.to_owned()));
            }
        }
        // A statement of the property `id` is the sum of the others.
        if prop != "id" {
            let text = row.get("value").to_owned();
            item.say(prop, Said { text, dataset });
        }
    }
    if rows == 0 {
        return Err(document
            .wrong(0, "this table has no statements")
            .label("there is a header only")
            .help("was it written to its end?"));
    }
    harvest.count("statements", rows);
    for item in items {
        claims::claims(&document, item, harvest)?;
    }
    Ok(())
}

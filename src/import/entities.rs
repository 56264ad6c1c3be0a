//! A block of a table of entities becomes entities, with types by name.

use crate::import::blocks::Block;
use crate::import::cells::{Codes, bare, several, text, value};
use crate::import::fields::Field;
use crate::import::table::{Kind, Reject, Table, Wrong};
use crate::import::typed::object;
use crate::model::Value;
use csv::ByteRecord;

/// An entity as a row gives it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The line of its record.
    pub line: u64,
    /// What claims call it.
    pub id: Option<String>,
    /// Its handle.
    pub name: String,
    /// Types, as a code of the block.
    pub types: u32,
    /// A display title.
    pub title: Option<String>,
    /// An anonymous party.
    pub unnamed: bool,
    /// Ids outside as (scheme, id), sorted.
    pub ids: Vec<(String, String)>,
    /// Properties, sorted by key.
    pub properties: Vec<(String, Value)>,
}

/// What a block gives.
#[derive(Debug)]
pub struct Part {
    /// The entities.
    pub entities: Vec<Given>,
    /// Names of types by code.
    pub types: Vec<Vec<String>>,
    /// Records that will not do.
    pub rejects: Vec<Reject>,
}

/// Reads a block.
pub fn read(table: &Table, block: &Block) -> Part {
    debug_assert_eq!(table.kind, Kind::Entities, "a table of entities");
    let mut types: Codes<Vec<String>> = Codes::new(Vec::new());
    let mut entities = Vec::with_capacity(block.bytes.len() / 32);
    let constant = |field| table.constant(field).map(str::to_owned);
    let given = Given {
        name: constant(Field::Name).unwrap_or_default(),
        title: constant(Field::Title),
        ..Given::default()
    };
    let kinds = |cell: &str| {
        Ok(several(cell)
            .map(|item| item.text.into_owned())
            .collect::<Vec<_>>())
    };
    let default = table
        .constant(Field::Type)
        .and_then(|cell| types.code(cell.as_bytes(), kinds).ok());
    let mut each = |record: &ByteRecord| -> Result<(), Wrong> {
        let mut entity = Given {
            types: default.unwrap_or(0),
            line: block.line + record.position().map_or(1, csv::Position::line) - 1,
            ..given.clone()
        };
        for (at, (cell, field)) in record.iter().zip(&table.fields).enumerate() {
            let cell = bare(cell);
            if cell.is_empty() {
                continue;
            }
            let wrong = |reason: String| (Some(at), reason);
            if *field == Field::Type {
                entity.types = types.code(cell, kinds).map_err(wrong)?;
            } else if *field != Field::Ignore {
                let cell = text(cell).map_err(wrong)?.trim();
                if !cell.is_empty() {
                    keep(&mut entity, *field, &table.headers[at], cell).map_err(wrong)?;
                }
            }
        }
        if entity.name.is_empty() {
            // What has no name is called by its id.
            entity.name = entity
                .id
                .clone()
                .ok_or_else(|| (table.column(Field::Name), "there is no name".to_owned()))?;
        }
        entity.properties.sort_by(|a, b| a.0.cmp(&b.0));
        entity.properties.dedup_by(|a, b| a.0 == b.0);
        entities.push(entity);
        Ok(())
    };
    let rejects = table.records(block, &mut each);
    Part {
        entities,
        types: types.items,
        rejects,
    }
}

/// Keeps what a cell says.
fn keep(entity: &mut Given, field: Field, header: &str, cell: &str) -> Result<(), String> {
    if field == Field::Name {
        entity.name = cell.to_owned();
    } else if field == Field::Title {
        entity.title = Some(cell.to_owned());
    } else if field == Field::Id {
        entity.id = Some(cell.to_owned());
        entity.properties.push(("id".to_owned(), value(cell)));
    } else if field == Field::Unnamed {
        entity.unnamed = matches!(value(cell), Value::Bool(true));
    } else if field == Field::Ids {
        for item in several(cell) {
            let (scheme, id) = item
                .text
                .split_once(':')
                .ok_or_else(|| format!("`{}` is no id outside: write scheme:id", item.text))?;
            entity
                .ids
                .push((scheme.trim().to_owned(), id.trim().to_owned()));
        }
        entity.ids.sort_unstable();
    } else if field == Field::Properties {
        entity.properties.extend(object(cell)?);
    } else {
        entity.properties.push((header.to_owned(), value(cell)));
    }
    Ok(())
}

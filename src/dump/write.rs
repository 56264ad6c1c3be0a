//! Writes a dump: the lines of one record after the other. It does again what it writes, to know what the
//! numbers stand for; what it could not write exactly is damage.

use crate::dump::claims::{line, name};
use crate::dump::lines::{
    Begin, DUMP, End, EntityEdit, EntityLine, Head, IdentifyLine, MergeLine, PropertyLine,
    ReplaceLine, RetractLine, TextLine, Transaction, VERSION,
};
use crate::dump::values::{Properties, Told};
use crate::dump::{rules, words};
use crate::graph::{Damage, Graph, GraphView, entries};
use crate::model::{Claim, ClaimId, EntityId, Entry, PartialDate, TypeId};
use serde::Serialize;

/// Writes the records of a journal as text, in their order.
#[derive(Debug, Default)]
pub struct Dumper {
    graph: Graph,
    last: u64,
}

/// A moment for people.
fn at(recorded: i64) -> Option<String> {
    Some(PartialDate::second(recorded).to_string())
}

/// Appends a line.
fn put(out: &mut String, line: &impl Serialize) -> Result<(), Damage> {
    let text = serde_json::to_string(line).map_err(|error| Damage(error.to_string()))?;
    out.push_str(&text);
    out.push('\n');
    Ok(())
}

impl Dumper {
    /// The first line.
    pub fn head(&self) -> Result<String, Damage> {
        let mut out = String::new();
        let head = Head {
            whodunit: DUMP.to_owned(),
            version: VERSION,
        };
        put(&mut out, &head)?;
        Ok(out)
    }

    /// The last line, which tells that nothing is cut off.
    pub fn end(&self) -> Result<String, Damage> {
        let mut out = String::new();
        put(&mut out, &End { end: self.last })?;
        Ok(out)
    }

    /// A record; `write` gets its lines, some at a time.
    pub fn record<E: From<Damage>>(
        &mut self,
        record: &[u8],
        mut write: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        self.last += 1;
        let mut transaction = Some(Transaction {
            transaction: self.last,
            ..Transaction::default()
        });
        for (_, entry) in entries(record) {
            let mut out = String::new();
            let entry = entry?;
            match (transaction.take(), entry) {
                (
                    Some(line),
                    Entry::Begin {
                        recorded,
                        by,
                        because,
                    },
                ) => {
                    let line = Transaction {
                        recorded: Some(recorded),
                        at: at(recorded),
                        by: by.clone(),
                        because: because.clone(),
                        ..line
                    };
                    put(&mut out, &line)?;
                    self.graph.replay_entry(Entry::Begin {
                        recorded,
                        by,
                        because,
                    })?;
                }
                (line, entry) => {
                    if let Some(line) = line {
                        put(&mut out, &line)?;
                    }
                    self.entry(entry, &mut out, &mut write)?;
                }
            }
            write(&out)?;
        }
        self.graph.replayed();
        if let Some(line) = transaction {
            let mut out = String::new();
            put(&mut out, &line)?;
            write(&out)?;
        }
        Ok(())
    }

    /// Does an entry again and writes it.
    fn entry<E: From<Damage>>(
        &mut self,
        entry: Entry,
        out: &mut String,
        write: &mut impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let before = (self.graph.entities().len(), self.graph.columns().len());
        self.graph.replay_entry(entry.clone())?;
        let fresh = self.graph.entities().len() > before.0;
        let number = Some(before.0 as u32);
        let fits = match &entry {
            Entry::Entity(_) | Entry::Text(_) => fresh,
            Entry::Begin { .. }
            | Entry::Words(_)
            | Entry::Enrich { .. }
            | Entry::Property { .. }
            | Entry::Identify { .. }
            | Entry::Types { .. }
            | Entry::Delete(_)
            | Entry::Claim(_)
            | Entry::Retract { .. }
            | Entry::Replace { .. }
            | Entry::Claims(_)
            | Entry::Merge { .. }
            | Entry::Rules(_)
            | Entry::Part(_) => true,
        };
        if !fits {
            return Err(Damage("an entity was made twice".to_owned()).into());
        }
        match entry {
            Entry::Begin {
                recorded,
                by,
                because,
            } => put(
                out,
                &Begin {
                    entry: "begin".to_owned(),
                    recorded,
                    at: at(recorded),
                    by,
                    because,
                },
            )?,
            Entry::Words(words) => {
                let text = words::text(&words).map_err(|error| Damage(error.to_string()))?;
                out.push_str(&text);
                out.push('\n');
            }
            Entry::Rules(rules) => put(out, &rules::line(&rules))?,
            Entry::Entity(entity) => put(
                out,
                &EntityLine {
                    entry: "entity".to_owned(),
                    number,
                    type_names: self.types(&entity.types),
                    types: entity.types.iter().map(|id| id.0).collect(),
                    name: entity.name,
                    title: entity.title,
                    unnamed: entity.unnamed,
                    made: entity.made,
                    properties: Properties(entity.properties),
                    ids: entity.ids,
                },
            )?,
            Entry::Text(text) => put(
                out,
                &TextLine {
                    entry: "text".to_owned(),
                    number,
                    text,
                },
            )?,
            Entry::Enrich {
                entity,
                types,
                title,
                unnamed,
            } => put(
                out,
                &EntityEdit {
                    title,
                    unnamed,
                    ..self.edit("enrich", entity, &types)
                },
            )?,
            Entry::Property { entity, key, value } => put(
                out,
                &PropertyLine {
                    entry: "property".to_owned(),
                    entity: entity.0,
                    entity_name: name(&self.graph, entity),
                    key,
                    value: value.map(Told),
                },
            )?,
            Entry::Identify { entity, scheme, id } => put(
                out,
                &IdentifyLine {
                    entry: "identify".to_owned(),
                    entity: entity.0,
                    entity_name: name(&self.graph, entity),
                    scheme,
                    id,
                },
            )?,
            Entry::Types { entity, types } => put(out, &self.edit("types", entity, &types))?,
            Entry::Delete(entity) => put(out, &self.edit("delete", entity, &[]))?,
            Entry::Part(entity) => put(out, &self.edit("part", entity, &[]))?,
            Entry::Merge { entity, into } => put(
                out,
                &MergeLine {
                    entry: "merge".to_owned(),
                    entity: entity.0,
                    entity_name: name(&self.graph, entity),
                    into: into.0,
                    into_name: name(&self.graph, into),
                },
            )?,
            Entry::Claim(claim) => self.claim(before.1 as u32 + 1, &claim, out)?,
            Entry::Retract { claim, because } => put(
                out,
                &RetractLine {
                    entry: "retract".to_owned(),
                    claim: claim.0,
                    because,
                },
            )?,
            Entry::Replace { claim, with } => put(
                out,
                &ReplaceLine {
                    entry: "replace".to_owned(),
                    claim: claim.0,
                    with: line(&self.graph, &with),
                },
            )?,
            Entry::Claims(_) => {
                for number in before.1 as u32 + 1..=self.graph.columns().len() as u32 {
                    let row = self.graph.columns().row_of(ClaimId(number));
                    let row = row.ok_or_else(|| Damage(format!("claim #{number} is missing")))?;
                    let claim = self.graph.columns().stated(row);
                    self.claim(number, &claim, out)?;
                    write(out)?;
                    out.clear();
                }
            }
        }
        Ok(())
    }

    fn claim(&self, number: u32, claim: &Claim<EntityId>, out: &mut String) -> Result<(), Damage> {
        let mut line = line(&self.graph, claim);
        line.entry = Some("claim".to_owned());
        line.number = Some(number);
        put(out, &line)
    }

    fn types(&self, ids: &[TypeId]) -> Vec<String> {
        let words = self.graph.vocabulary();
        let ids = ids.iter();
        ids.map(|id| words.type_of(*id).name.clone()).collect()
    }

    fn edit(&self, entry: &str, entity: EntityId, types: &[TypeId]) -> EntityEdit {
        EntityEdit {
            entry: entry.to_owned(),
            entity: entity.0,
            entity_name: name(&self.graph, entity),
            types: types.iter().map(|id| id.0).collect(),
            type_names: self.types(types),
            ..EntityEdit::default()
        }
    }
}

//! Reads a dump: a line at a time, each done again before the next, so that what does not fit is refused
//! at its line. It gives records for a new journal, and the case that they add up to.

use crate::dump::claims::claim;
use crate::dump::lines::{
    Begin, ClaimLine, DUMP, End, EntityEdit, EntityLine, Head, IdentifyLine, Kind, MergeLine,
    PropertyLine, ReplaceLine, RetractLine, TextLine, Transaction, VERSION, WordsLine,
};
use crate::dump::{rules, words};
use crate::graph::{Damage, Graph, GraphView};
use crate::model::{ClaimId, Entity, EntityId, Entry, TypeId};
use crate::rules::flaw;
use crate::text::{Diagnostic, Span, nearest};
use serde::Deserialize;

/// The entries, as their lines call them.
const ENTRIES: &[&str] = &[
    "begin", "words", "entity", "text", "enrich", "property", "identify", "types", "delete",
    "claim", "retract", "replace", "merge", "part", "rules",
];

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// A record a transaction, from the first.
    pub records: Vec<Vec<u8>>,
    /// What they add up to.
    pub graph: Graph,
    /// How many entries there are.
    pub entries: u64,
}

/// Reads the lines of a dump in their order.
#[derive(Debug, Default)]
pub struct Loader {
    graph: Graph,
    records: Vec<Vec<u8>>,
    entries: u64,
    begun: bool,
    ended: bool,
}

/// A line of some form.
fn read<'l, T: Deserialize<'l>>(line: &'l str) -> Result<T, Diagnostic> {
    serde_json::from_str(line).map_err(|error| {
        let told = error.to_string();
        let said = told.split(" at line ").next().unwrap_or(&told).to_owned();
        let at = error.column().saturating_sub(1).min(line.len());
        let told = match error.is_data() {
            true => Diagnostic::new(
                "this line of the dump does not say what it should",
                Span::new(at, at + 1),
            ),
            false => Diagnostic::new("this line of the dump is not JSON", Span::new(at, at + 1)),
        };
        told.label(said)
            .help("`whodunit dump` writes a line for each entry; see `docs/format.md`")
    })
}

/// A mistake at a field of a line.
fn at(line: &str, field: &str, title: impl Into<String>) -> Diagnostic {
    let key = format!("\"{field}\"");
    let span = match line.find(&key) {
        Some(at) => Span::new(at, at + key.len()),
        None => Span::new(0, line.len()),
    };
    Diagnostic::new(title, span)
        .help("a line was changed; `whodunit dump` writes it as it should be")
}

impl Loader {
    /// A line; the places of a mistake are in it.
    pub fn line(&mut self, line: &str) -> Result<(), Diagnostic> {
        if line.trim().is_empty() {
            return Ok(());
        }
        if self.ended {
            return Err(at(line, "", "this stands behind the end of the dump")
                .help("a dump ends with its line `end`; two dumps do not make one case"));
        }
        let kind: Kind = read(line)?;
        if !self.begun {
            return self.head(line, &kind);
        }
        match (&kind.entry, &kind.transaction, &kind.end) {
            (Some(_), None, None) if self.records.is_empty() => {
                Err(at(line, "entry", "this belongs to no transaction")
                    .help("a line such as {\"transaction\":1} stands before it"))
            }
            (Some(entry), None, None) => {
                let made = self.entry(entry, line)?;
                self.redo(line, made)
            }
            (None, Some(_), None) => self.transaction(line),
            (None, None, Some(_)) => {
                let End { end } = read(line)?;
                let last = self.records.len() as u64;
                if end != last {
                    return Err(at(
                        line,
                        "end",
                        format!("the dump should end with transaction {end}"),
                    )
                    .label(format!("{last} came before"))
                    .help("lines are missing; dump the case again"));
                }
                self.graph.replayed();
                self.ended = true;
                Ok(())
            }
            _ => Err(at(line, "", "this is no line of a dump")
                .label("it is one of `entry`, `transaction` and `end`")
                .help("`whodunit dump` writes a line for each entry; see `docs/format.md`")),
        }
    }

    /// All lines were read.
    pub fn finish(self) -> Result<Loaded, Diagnostic> {
        if !self.begun {
            return Err(Diagnostic::without_span("there is no dump in it")
                .help("`whodunit dump FILE -o TEXT` writes one"));
        }
        if !self.ended {
            return Err(Diagnostic::without_span("the dump is cut off")
                .label(format!(
                    "it has no line `end` behind transaction {}",
                    self.records.len()
                ))
                .help("get the whole of it, or dump the case again"));
        }
        Ok(Loaded {
            records: self.records,
            graph: self.graph,
            entries: self.entries,
        })
    }

    fn head(&mut self, line: &str, kind: &Kind) -> Result<(), Diagnostic> {
        let other = || {
            at(line, "", "this is no dump of a case")
                .label("its first line is {\"whodunit\":\"dump\",\"version\":1}")
                .help("`whodunit --case NEW import FILE` takes texts, tables and documents in")
        };
        if kind.whodunit.is_none() {
            return Err(other());
        }
        let head: Head = read(line)?;
        if head.whodunit != DUMP {
            return Err(other());
        }
        if head.version != VERSION {
            return Err(at(line, "version", "this dump has another version")
                .label(format!("it is {}, known here is {VERSION}", head.version))
                .help("use the version of whodunit that wrote it, or a later one"));
        }
        self.begun = true;
        Ok(())
    }

    fn transaction(&mut self, line: &str) -> Result<(), Diagnostic> {
        let begun: Transaction = read(line)?;
        let next = self.records.len() as u64 + 1;
        if begun.transaction != next {
            return Err(at(
                line,
                "transaction",
                "transactions are numbered without gaps",
            )
            .label(format!("the next one is {next}"))
            .help("a transaction is missing, or stands twice; dump the case again"));
        }
        self.graph.replayed();
        self.records.push(Vec::new());
        let Some(recorded) = begun.recorded else {
            return match (begun.by, begun.because) {
                (None, None) => Ok(()),
                (_, _) => Err(at(line, "transaction", "nobody records at no time")
                    .label("`recorded` is missing: seconds since 1970")),
            };
        };
        self.redo(
            line,
            Entry::Begin {
                recorded,
                by: begun.by,
                because: begun.because,
            },
        )
    }

    /// Does what an entry says and writes it down.
    fn redo(&mut self, line: &str, entry: Entry) -> Result<(), Diagnostic> {
        if let Some(record) = self.records.last_mut() {
            // Writing into memory does not fail.
            let _ = minicbor::encode(&entry, record);
        }
        self.entries += 1;
        self.graph.replay_entry(entry).map_err(|Damage(why)| {
            Diagnostic::new(
                "this does not fit what came before",
                Span::new(0, line.trim_end().len()),
            )
            .label(why)
            .help("a line was changed, or one before it is missing; dump the case again")
        })
    }

    /// The entry that a line says.
    fn entry(&self, entry: &str, line: &str) -> Result<Entry, Diagnostic> {
        Ok(match entry {
            "begin" => {
                let begun: Begin = read(line)?;
                Entry::Begin {
                    recorded: begun.recorded,
                    by: begun.by,
                    because: begun.because,
                }
            }
            "words" => {
                let words = words::vocabulary(read::<WordsLine>(line)?);
                let words = words.map_err(|why| at(line, "entry", why));
                Entry::Words(Box::new(words?))
            }
            "rules" => {
                let rules = rules::rules(read(line)?);
                let twice = || at(line, "rules", "two rules have one name");
                let rules = rules.ok_or_else(twice)?;
                if let Some((title, label)) = flaw(&rules, self.graph.vocabulary()) {
                    return Err(at(line, "rules", title).label(label));
                }
                Entry::Rules(Box::new(rules))
            }
            "entity" => {
                let of: EntityLine = read(line)?;
                self.next(line, "entity", of.number, self.graph.entities().len())?;
                let sorted = of.types.is_sorted_by(|a, b| a < b);
                if !sorted || !of.ids.is_sorted_by(|a, b| a < b) {
                    let field = if sorted { "ids" } else { "types" };
                    return Err(at(line, field, "these are sorted, each stands once"));
                }
                Entry::Entity(Box::new(Entity {
                    name: of.name,
                    types: types(of.types),
                    title: of.title,
                    unnamed: of.unnamed,
                    properties: of.properties.0,
                    made: of.made,
                    ids: of.ids,
                }))
            }
            "text" => {
                let of: TextLine = read(line)?;
                self.next(line, "text", of.number, self.graph.entities().len())?;
                if self.graph.entities().name_entity(&of.text).is_some() {
                    return Err(at(line, "text", "this text has a number already"));
                }
                Entry::Text(of.text)
            }
            "enrich" | "types" | "delete" | "part" => {
                let of: EntityEdit = read(line)?;
                let id = EntityId(of.entity);
                let only = |field: &str, said: bool| match said {
                    true => Err(at(line, field, format!("`{entry}` has no such field"))),
                    false => Ok(()),
                };
                if entry != "enrich" {
                    only("title", of.title.is_some())?;
                    only("unnamed", of.unnamed)?;
                    only("types", entry != "types" && !of.types.is_empty())?;
                }
                match entry {
                    "enrich" => Entry::Enrich {
                        entity: id,
                        types: types(of.types),
                        title: of.title,
                        unnamed: of.unnamed,
                    },
                    "types" => Entry::Types {
                        entity: id,
                        types: types(of.types),
                    },
                    "delete" => Entry::Delete(id),
                    _ => Entry::Part(id),
                }
            }
            "property" => {
                let of: PropertyLine = read(line)?;
                Entry::Property {
                    entity: EntityId(of.entity),
                    key: of.key,
                    value: of.value.map(|told| told.0),
                }
            }
            "identify" => {
                let of: IdentifyLine = read(line)?;
                Entry::Identify {
                    entity: EntityId(of.entity),
                    scheme: of.scheme,
                    id: of.id,
                }
            }
            "claim" => {
                let of: ClaimLine = read(line)?;
                self.next(line, "claim", of.number, self.graph.columns().len() + 1)?;
                let said = claim(of).map_err(|(field, why)| at(line, field, why));
                Entry::Claim(Box::new(said?))
            }
            "retract" => {
                let of: RetractLine = read(line)?;
                Entry::Retract {
                    claim: ClaimId(of.claim),
                    because: of.because,
                }
            }
            "replace" => {
                let of: ReplaceLine = read(line)?;
                let with = claim(of.with).map_err(|(field, why)| at(line, field, why));
                Entry::Replace {
                    claim: ClaimId(of.claim),
                    with: Box::new(with?),
                }
            }
            "merge" => {
                let of: MergeLine = read(line)?;
                Entry::Merge {
                    entity: EntityId(of.entity),
                    into: EntityId(of.into),
                }
            }
            other => {
                let told = at(line, "entry", format!("`{other}` is no entry of a journal"));
                let near = nearest(other, ENTRIES.iter().copied(), 1);
                return Err(match near.first() {
                    Some(near) => told.help(format!("did you mean `{near}`?")),
                    None => told.help(format!("known are: {}", ENTRIES.join(", "))),
                });
            }
        })
    }

    /// Whether a number is the next one, where it is told.
    fn next(
        &self,
        line: &str,
        what: &str,
        told: Option<u32>,
        next: usize,
    ) -> Result<(), Diagnostic> {
        match told {
            Some(number) if number as usize != next => {
                Err(
                    at(line, "number", format!("this {what} has another number"))
                        .label(format!("the next one is {next}"))
                        .help("a line before it is missing, or stands twice; dump the case again"),
                )
            }
            _ => Ok(()),
        }
    }
}

fn types(numbers: Vec<u16>) -> Vec<TypeId> {
    numbers.into_iter().map(TypeId).collect()
}

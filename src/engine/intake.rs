//! Files in, whatever they are: our own text, documents of known formats, tables; all of them or none. It
//! reads no file: bytes and texts are given.

use crate::engine::case::{Engine, Failure};
use crate::engine::imports::{Given, NotImported, SAYABLE};
use crate::engine::rules::Book;
use crate::engine::statements::{lowered, refused};
use crate::graph::{Applied, GraphView};
use crate::import::{Counts, Gathered, Harvest, Imported, Mapping, Reader};
use crate::language::script;
use crate::language::statement::Lowering;
use crate::model::{Change, RelationId};
use crate::text::{Diagnostic, Span};
use std::sync::atomic::Ordering;

/// Claims of one relation whose odd ends are told one by one; more are told in one line.
const ONE_BY_ONE: usize = 3;

/// What is in a file that was read whole.
#[derive(Clone, Debug)]
pub enum Content {
    /// Our own text.
    Text(String),
    /// A script of queries that write.
    Script(String),
    /// A document of a format.
    Document(&'static Reader, String),
}

/// A file that was read whole.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub content: Content,
}

impl File {
    /// Its text.
    pub fn text(&self) -> &str {
        match &self.content {
            Content::Text(text) | Content::Script(text) | Content::Document(_, text) => text,
        }
    }
}

/// What an import did.
#[derive(Debug, Default)]
pub struct Intake {
    /// What texts and documents changed.
    pub applied: Applied,
    /// Claims that an earlier state of their document made, and that stay as they were recorded.
    pub unchanged: usize,
    /// What tables brought.
    pub tables: Option<Imported>,
    /// What scripts made: entities and claims.
    pub written: (usize, usize),
    /// The documents by the number of their files, with the names of their formats and what was in them.
    pub documents: Vec<(usize, &'static str, Counts)>,
    /// What was odd: how often, what, and the first places.
    pub oddities: Vec<(String, usize, Vec<String>)>,
    /// What deserves a look in the texts, by the number of the file.
    pub warnings: Vec<(usize, Span, String)>,
}

/// Why an import came to nothing. The case is as it was.
#[derive(Clone, Debug)]
pub enum Spoiled {
    /// Mistakes in texts and documents, by the number of the file.
    Mistakes(Vec<(usize, Diagnostic)>),
    /// What is wrong with tables.
    Tables(NotImported),
    /// It was stopped from outside.
    Cancelled,
}

/// Changes with the places in texts that they are from.
#[derive(Default)]
struct Placed {
    changes: Vec<Change>,
    places: Vec<Option<(usize, Span)>>,
}

impl Engine {
    /// Takes files in, all or none, whatever their order: what one says of an entity the others know.
    /// Tables come behind documents, since their claims name what the others describe, and scripts last. `told` hears of bytes that were
    /// read. `recorded` is in seconds since 1970.
    pub fn import(
        &mut self,
        files: &[File],
        tables: Vec<Given<'_>>,
        (mapping, keep_rejects): (&Mapping, bool),
        recorded: i64,
        told: &mut dyn FnMut(usize),
    ) -> Result<Intake, Spoiled> {
        self.cancel.store(false, Ordering::Relaxed);
        let mut intake = Intake::default();
        let placed = self.changes_of(files, &mut intake, told)?;
        // Tables are put in behind the rest; if they will not do, the rest has to go again.
        let scripts = files
            .iter()
            .any(|file| matches!(file.content, Content::Script(_)));
        let Placed { changes, places } = placed;
        let mixed = !tables.is_empty() && !changes.is_empty();
        let before = (mixed || scripts).then(|| self.graph.clone());
        intake.applied = self.graph.apply_owned(changes, recorded).map_err(|error| {
            let place = places.get(error.change).copied().flatten();
            let (file, span) = place.unwrap_or_default();
            Spoiled::Mistakes(vec![(file, refused(error.refusal, span))])
        })?;
        for (at, warning) in &intake.applied.warnings {
            if let Some((file, span)) = places.get(*at).copied().flatten() {
                intake.warnings.push((file, span, warning.clone()));
            }
        }
        self.odd(&mut intake);
        if !tables.is_empty() {
            match self.import_tables(tables, mapping, keep_rejects, recorded, told) {
                Ok(imported) => intake.tables = Some(imported),
                Err(error) => {
                    if let Some(before) = before {
                        self.graph = before;
                    }
                    return Err(match error {
                        NotImported::Cancelled => Spoiled::Cancelled,
                        NotImported::Rejected(_) => Spoiled::Tables(error),
                    });
                }
            }
        }
        for (at, file) in files.iter().enumerate() {
            let Content::Script(text) = &file.content else {
                continue;
            };
            if let Err(failure) = self.write_all(text, recorded, &mut intake) {
                if let Some(before) = before {
                    self.graph = before;
                }
                return Err(match failure {
                    Failure::Mistake(mistake) => Spoiled::Mistakes(vec![(at, *mistake)]),
                    Failure::Halted(_) => Spoiled::Cancelled,
                });
            }
            told(text.len());
        }
        Ok(intake)
    }

    /// Runs the queries of a script one after the other, up to the first that fails.
    fn write_all(&mut self, text: &str, recorded: i64, intake: &mut Intake) -> Result<(), Failure> {
        let now = std::mem::replace(&mut self.context.now, recorded);
        let mut at = 0;
        let mut done = Ok(());
        while let Some(item) = script::next_gql(text, at) {
            at = script::behind(text, &item).max(item.span.start + 1);
            match self.gql(item.span.of(text), &[]) {
                Ok(queried) => {
                    intake.written.0 += queried.changed.entities;
                    intake.written.1 += queried.changed.claims;
                    self.conclude();
                }
                Err(Failure::Mistake(mistake)) => {
                    let mistake = mistake.shifted(item.span.start);
                    done = Err(Failure::Mistake(Box::new(mistake)));
                    break;
                }
                Err(halted @ Failure::Halted(_)) => {
                    done = Err(halted);
                    break;
                }
            }
        }
        self.context.now = now;
        done
    }

    /// What texts and documents ask for: new words, then what documents say, then what texts say.
    fn changes_of(
        &self,
        files: &[File],
        intake: &mut Intake,
        told: &mut dyn FnMut(usize),
    ) -> Result<Placed, Spoiled> {
        let mut mistakes: Vec<(usize, Diagnostic)> = Vec::new();
        let mut lowering = Lowering::new(self.graph.vocabulary().clone(), &self.context);
        let mut rules = Book::new(self.graph.rules());
        let (mut words, mut said) = (Placed::default(), Placed::default());
        for (at, file) in files.iter().enumerate() {
            let Content::Text(text) = &file.content else {
                continue;
            };
            match lowered(text, &mut lowering, &mut rules) {
                Ok((changes, places)) => {
                    for (change, place) in changes.into_iter().zip(places) {
                        let declares =
                            matches!(change, Change::DeclareType(_) | Change::DeclareRelation(_));
                        let to = if declares { &mut words } else { &mut said };
                        to.changes.push(change);
                        to.places.push(Some((at, place)));
                    }
                }
                Err(wrong) => mistakes.extend(wrong.into_iter().map(|wrong| (at, wrong))),
            }
            told(text.len());
        }
        let mut harvest = Harvest::new(&self.graph, lowering.words, SAYABLE);
        for (at, file) in files.iter().enumerate() {
            let Content::Document(reader, text) = &file.content else {
                continue;
            };
            let document = harvest.open(&file.name, text);
            match (reader.read)(document, &mut harvest) {
                Ok(()) => intake.documents.push((at, reader.name, Counts::default())),
                Err(wrong) => mistakes.push((at, wrong)),
            }
            told(text.len());
            if self.cancel.load(Ordering::Relaxed) {
                return Err(Spoiled::Cancelled);
            }
        }
        if !mistakes.is_empty() {
            mistakes.sort_by_key(|(at, _)| *at);
            return Err(Spoiled::Mistakes(mistakes));
        }
        let taken: Vec<(String, Vec<String>)> = said
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Entity { name, types, .. } => Some((name.clone(), types.clone())),
                Change::DeclareType(_)
                | Change::DeclareRelation(_)
                | Change::Property { .. }
                | Change::ExternalId { .. }
                | Change::Assert(_)
                | Change::Retract { .. }
                | Change::Merge { .. }
                | Change::Part { .. }
                | Change::DeclareRule(_)
                | Change::SwitchRule { .. }
                | Change::DropRule { .. } => None,
            })
            .collect();
        let Gathered {
            changes,
            known,
            counts,
            oddities,
        } = harvest.finish(&taken, words.changes);
        for (document, counts) in intake.documents.iter_mut().zip(counts) {
            document.2 = counts;
        }
        intake.oddities = oddities;
        intake.unchanged = known;
        words.changes = changes;
        words.places.resize(words.changes.len(), None);
        words.changes.append(&mut said.changes);
        words.places.append(&mut said.places);
        Ok(words)
    }

    /// Tells of new claims whose ends are not of the types that the vocabulary gives.
    fn odd(&self, intake: &mut Intake) {
        let mut odd: Vec<(RelationId, String)> = self.odd_ends(&intake.applied);
        odd.sort_by_key(|(relation, _)| *relation);
        for of in odd.chunk_by(|a, b| a.0 == b.0) {
            if of.len() <= ONE_BY_ONE || intake.documents.is_empty() {
                let each = of
                    .iter()
                    .map(|(_, said)| (0, Span::default(), said.clone()));
                intake.warnings.extend(each);
            } else if let Some((relation, first)) = of.first() {
                let name = &self.graph.vocabulary().relation(*relation).name;
                let kind = format!("end that `{name}` does not expect");
                intake.oddities.push((kind, of.len(), vec![first.clone()]));
            }
        }
    }
}

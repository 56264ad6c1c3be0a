//! A block of a table of claims becomes columns. Ends are looked up where they are known; names that
//! are new, relations and sources get codes of the block.

use crate::graph::Rows;
use crate::graph::columns::flags;
use crate::import::blocks::Block;
use crate::import::cells::{Codes, bare, date, likelihood, number, several, text, value};
use crate::import::fields::Field;
use crate::import::table::{Reject, Table, Wrong};
use crate::import::typed::object;
use crate::model::{
    Attribution, Claim, Confidence, Credibility, EntityId, Likelihood, Marking, PartialDate,
    Period, Polarity, RelationId, Reliability, RowDetail,
};

/// Marks an end that is new: the rest of the number is a code of the block.
pub const NEW: u32 = 1 << 31;
/// Marks an object that is the text of an alias.
pub const ALIAS: u32 = NEW | 1 << 30;
/// Marks a date before which something was.
const BEFORE: u32 = 1 << 31;

/// What an end of a claim is.
pub enum End {
    /// An entity.
    Known(u32),
    /// A name that nothing has yet.
    New,
    /// Nothing; why.
    Refused(String),
}

/// What a block gives.
#[derive(Debug, Default)]
pub struct Part {
    /// The claims; relations, new ends and attributions are codes of the block.
    pub rows: Rows,
    /// Names that are new.
    pub fresh: Vec<String>,
    /// Texts of aliases.
    pub texts: Vec<String>,
    /// Names of relations.
    pub relations: Vec<String>,
    /// Names of sources and of those who pass on.
    pub sources: Vec<String>,
    /// Records that will not do.
    pub rejects: Vec<Reject>,
}

/// The codes of one block.
struct Reader<'t> {
    table: &'t Table,
    rows: Rows,
    fresh: Codes<String>,
    relations: Codes<String>,
    /// Whether a relation is that of aliases, by code.
    naming: Vec<bool>,
    texts: Codes<String>,
    likelihoods: Codes<Option<Likelihood>>,
    confidences: Codes<Option<Confidence>>,
    sources: Codes<Vec<u32>>,
    via: Codes<Vec<u32>>,
    names: Codes<String>,
    dates: Codes<Option<PartialDate>>,
    /// Codes of attributions by the codes of sources and links.
    attributions: rustc_hash::FxHashMap<(u32, u32), u32>,
    /// Codes of periods by the codes of their dates: on, from, until.
    periods: rustc_hash::FxHashMap<(u32, u32, u32), u32>,
    /// The period asked for last.
    last_period: ((u32, u32, u32), u32),
}

/// The value of a field that is a word of a list.
fn word<T>(cell: &str, read: Option<T>, known: &str) -> Result<T, String> {
    read.ok_or_else(|| format!("`{cell}` is not {known}"))
}

/// Whether a relation is that of an entity to its other names.
fn is_naming(relation: &str) -> bool {
    let name = relation.trim().replace([' ', '_'], "-");
    name.eq_ignore_ascii_case("also-known-as")
}

fn polarity(cell: &str, denied: bool) -> Result<Polarity, String> {
    match cell.to_ascii_lowercase().as_str() {
        "asserted" | "affirmed" | "yes" if !denied => Ok(Polarity::Asserted),
        "denied" | "no" if !denied => Ok(Polarity::Denied),
        "true" | "1" | "yes" if denied => Ok(Polarity::Denied),
        "false" | "0" | "no" if denied => Ok(Polarity::Asserted),
        _ => Err(format!("`{cell}` is neither asserted nor denied")),
    }
}

/// Reads a block into rows that are empty; `end` finds an entity by what a cell calls it.
pub fn read(table: &Table, block: &Block, room: Rows, end: &(dyn Fn(&[u8]) -> End + Sync)) -> Part {
    let mut rows = room;
    rows.attributions.push(Attribution::default());
    rows.periods.push(Period::UNKNOWN);
    let mut reader = Reader {
        table,
        rows,
        fresh: Codes::new(String::new()),
        naming: vec![is_naming(table.stem())],
        relations: Codes::new(table.stem().to_owned()),
        texts: Codes::new(String::new()),
        likelihoods: Codes::new(None),
        confidences: Codes::new(None),
        sources: Codes::new(Vec::new()),
        via: Codes::new(Vec::new()),
        names: Codes::new(String::new()),
        dates: Codes::new(None),
        attributions: [((0, 0), 0)].into_iter().collect(),
        periods: [((0, 0, 0), 0)].into_iter().collect(),
        last_period: ((0, 0, 0), 0),
    };
    let constants: Vec<(usize, Field, &[u8])> = table
        .constants
        .iter()
        .map(|(field, text)| (usize::MAX, *field, text.as_bytes()))
        .collect();
    let rejects = table.records(block, &mut |record| {
        let cells = record.iter().zip(&table.fields).enumerate();
        let cells = cells.map(|(at, (cell, field))| (at, *field, cell));
        reader.row(constants.iter().copied().chain(cells), end)
    });
    reader.rows.likelihoods = reader.likelihoods.items;
    Part {
        rows: reader.rows,
        fresh: reader.fresh.items,
        texts: reader.texts.items,
        relations: reader.relations.items,
        sources: reader.names.items,
        rejects,
    }
}

impl Reader<'_> {
    fn row<'c>(
        &mut self,
        cells: impl Iterator<Item = (usize, Field, &'c [u8])>,
        end: &(dyn Fn(&[u8]) -> End + Sync),
    ) -> Result<(), Wrong> {
        let table = self.table;
        let (mut subject, mut object) = (None, None);
        let (mut relation, mut likely, mut sources, mut via) = (0, 0, 0, 0);
        let (mut on, mut from, mut until, mut reported) = (0, 0, 0, 0);
        // Few tables have such fields.
        let mut rare: Option<Box<(Claim<()>, RowDetail)>> = None;
        for (at, field, cell) in cells {
            let cell = bare(cell);
            if cell.is_empty() {
                continue;
            }
            let column = (at != usize::MAX).then_some(at);
            let wrong = |reason: String| (column, reason);
            let code = match field {
                Field::Subject => {
                    subject = Some(self.end(cell, end).map_err(wrong)?);
                    continue;
                }
                // What it is, the relation says.
                Field::Object => {
                    object = Some((column, cell));
                    continue;
                }
                Field::Relation => {
                    let name = |cell: &str| Ok(cell.to_owned());
                    let code = self.relations.code(cell, name);
                    let known = self.naming.len();
                    let fresh = self.relations.items[known..].iter();
                    self.naming.extend(fresh.map(|name| is_naming(name)));
                    code.map(|code| relation = code)
                }
                Field::Likelihood => {
                    let code = self.likelihoods.code(cell, likelihood);
                    code.map(|code| likely = code)
                }
                Field::Confidence if cell[0].is_ascii_digit() => {
                    let code = self.likelihoods.code(cell, likelihood);
                    code.map(|code| likely = code)
                }
                Field::Confidence => {
                    let level = |cell: &str| {
                        word(cell, Confidence::named(cell), "low, moderate or high").map(Some)
                    };
                    let code = self.confidences.code(cell, level).map_err(wrong)?;
                    of_rare(&mut rare).0.confidence = self.confidences.items[code as usize];
                    continue;
                }
                Field::Source => {
                    let header = column.map_or("source", |at| table.headers[at].as_str());
                    let names = &mut self.names;
                    let read = |cell: &str| named(names, cell, header);
                    self.sources.code(cell, read).map(|code| sources = code)
                }
                Field::Via => {
                    let header = column.map_or("via", |at| table.headers[at].as_str());
                    let names = &mut self.names;
                    let read = |cell: &str| named(names, cell, header);
                    self.via.code(cell, read).map(|code| via = code)
                }
                Field::On => self.date(cell).map(|code| on = code),
                Field::From => self.date(cell).map(|code| from = code),
                Field::Until => self.date(cell).map(|code| until = code),
                Field::Before => self.date(cell).map(|code| until = code | BEFORE),
                Field::Reported => self.date(cell).map(|code| reported = code),
                Field::Ignore => continue,
                Field::Id
                | Field::Name
                | Field::Type
                | Field::Title
                | Field::Polarity
                | Field::Reliability
                | Field::Credibility
                | Field::Marking
                | Field::Reference
                | Field::Locator
                | Field::Quote
                | Field::Unnamed
                | Field::Ids
                | Field::Properties
                | Field::Property => {
                    let cell = text(cell).map_err(wrong)?.trim();
                    if !cell.is_empty() {
                        let header = column.map_or("", |at| table.headers[at].as_str());
                        let (marks, detail) = of_rare(&mut rare);
                        seldom(marks, detail, field, header, cell).map_err(wrong)?;
                    }
                    continue;
                }
            };
            code.map_err(wrong)?;
        }
        let missing =
            |field: Field, what: &str| (table.column(field), format!("there is no {what}"));
        let subject = subject.ok_or_else(|| missing(Field::Subject, "subject"))?;
        let (column, cell) = object.ok_or_else(|| missing(Field::Object, "object"))?;
        let object = match self.naming[relation as usize] {
            true => {
                let code = self.texts.code(cell, |name| Ok(name.to_owned()));
                code.map(|code| ALIAS | code)
            }
            false => self.end(cell, end),
        };
        let object = object.map_err(|reason| (column, reason))?;
        if on != 0 && (from != 0 || until != 0) {
            let why = "give one date on which it was, or the dates from and until which it held";
            return Err((table.column(Field::On), why.to_owned()));
        }
        let valid = self.period(on, from, until);
        let Some(valid) = valid else {
            let why = "this is before the date from which it holds";
            return Err((table.column(Field::Until), why.to_owned()));
        };
        let reported = self.period(reported, 0, 0).unwrap_or(0);
        let attribution = self.attribution(sources, via);
        let rows = &mut self.rows;
        let mut marked = 0;
        if let Some(rare) = rare {
            let (marks, mut detail) = *rare;
            marked = flags(&marks);
            if detail != RowDetail::default() {
                detail.properties.sort_by(|a, b| a.0.cmp(&b.0));
                rows.details.push((rows.subject.len() as u32, detail));
            }
        }
        rows.subject.push(subject);
        rows.relation.push(relation as u16);
        rows.object.push(object);
        rows.flags.push(marked);
        rows.attribution.push(attribution);
        rows.likelihood.push(likely);
        rows.valid.push(valid);
        rows.reported.push(reported);
        Ok(())
    }

    fn end(&mut self, cell: &[u8], end: &(dyn Fn(&[u8]) -> End + Sync)) -> Result<u32, String> {
        match end(cell) {
            End::Known(id) => Ok(id),
            End::Refused(why) => Err(why),
            End::New => {
                let code = self.fresh.code(cell, |name| Ok(name.to_owned()))?;
                Ok(NEW | code)
            }
        }
    }

    fn date(&mut self, cell: &[u8]) -> Result<u32, String> {
        self.dates.code(cell, |cell| date(cell).map(Some))
    }

    /// The code of a period; nothing where it would end before it begins.
    fn period(&mut self, on: u32, from: u32, until: u32) -> Option<u32> {
        let key = (on, from, until);
        if key == self.last_period.0 {
            return Some(self.last_period.1);
        }
        if let Some(code) = self.periods.get(&key) {
            self.last_period = (key, *code);
            return Some(*code);
        }
        let exclusive = until & BEFORE != 0;
        let of = |code: u32| self.dates.items[(code & !BEFORE) as usize];
        let period = match (of(on), of(from), of(until)) {
            (Some(on), _, _) => Period::on(on),
            (None, Some(from), Some(until)) if until.end() <= from.start() => return None,
            (None, Some(from), Some(until)) => Period {
                exclusive,
                ..Period::between(from, until)
            },
            (None, Some(from), None) => Period::since(from),
            (None, None, Some(until)) if exclusive => Period::before(until),
            (None, None, Some(until)) => Period::until(until),
            (None, None, None) => Period::UNKNOWN,
        };
        self.rows.periods.push(period);
        let code = self.rows.periods.len() as u32 - 1;
        self.periods.insert(key, code);
        Some(code)
    }

    fn attribution(&mut self, sources: u32, via: u32) -> u32 {
        let rows = &mut self.rows;
        *self.attributions.entry((sources, via)).or_insert_with(|| {
            let ids = |codes: &[u32]| codes.iter().map(|code| EntityId(*code)).collect();
            rows.attributions.push(Attribution {
                sources: ids(&self.sources.items[sources as usize]),
                via: ids(&self.via.items[via as usize]),
            });
            rows.attributions.len() as u32 - 1
        })
    }
}

/// The codes of the names in a cell. A bare number is no name: the header says what it counts.
fn named(names: &mut Codes<String>, cell: &str, header: &str) -> Result<Vec<u32>, String> {
    let mut codes = Vec::new();
    for name in several(cell) {
        let count = number(name.text.as_bytes()).filter(|_| !name.verbatim);
        let name = match count {
            Some(number) => format!("{header} {number}"),
            None => name.text.into_owned(),
        };
        codes.push(names.code(name.as_bytes(), |name| Ok(name.to_owned()))?);
    }
    Ok(codes)
}

fn of_rare(rare: &mut Option<Box<(Claim<()>, RowDetail)>>) -> &mut (Claim<()>, RowDetail) {
    rare.get_or_insert_with(|| {
        let marks = Claim::new((), RelationId(0), ());
        Box::new((marks, RowDetail::default()))
    })
}

/// What few tables have.
fn seldom(
    marks: &mut Claim<()>,
    detail: &mut RowDetail,
    field: Field,
    header: &str,
    cell: &str,
) -> Result<(), String> {
    match field {
        Field::Polarity => {
            let denied = crate::import::fields::plain(header) == "denied";
            marks.polarity = polarity(cell, denied)?;
        }
        Field::Reliability => {
            let letter = cell.chars().next().filter(|_| cell.chars().count() == 1);
            let grade = letter.and_then(Reliability::from_letter);
            marks.reliability = Some(word(cell, grade, "a grade from A to F")?);
        }
        Field::Credibility => {
            let grade = cell.parse().ok().and_then(Credibility::new);
            marks.credibility = Some(word(cell, grade, "a grade from 1 to 6")?);
        }
        Field::Marking => {
            let marking = Marking::named(cell);
            marks.marking = Some(word(cell, marking, "a marking such as TLP:AMBER")?);
        }
        Field::Reference => detail.reference = Some(cell.to_owned()),
        Field::Locator => detail.locator = Some(cell.to_owned()),
        Field::Quote => detail.quote = Some(cell.to_owned()),
        Field::Properties => detail.properties.extend(object(cell)?),
        // These were read before, or mean nothing of a claim.
        Field::Id
        | Field::Name
        | Field::Type
        | Field::Title
        | Field::Subject
        | Field::Relation
        | Field::Object
        | Field::Likelihood
        | Field::Confidence
        | Field::Source
        | Field::Via
        | Field::On
        | Field::From
        | Field::Until
        | Field::Before
        | Field::Reported
        | Field::Unnamed
        | Field::Ids
        | Field::Property
        | Field::Ignore => detail.properties.push((header.to_owned(), value(cell))),
    }
    Ok(())
}

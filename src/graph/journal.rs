//! The journal of a graph: what was done to it, as entries in CBOR one after the other, and doing it
//! again. Each way of changing a graph notes what it did here. It keeps nothing on disk.

use crate::graph::columns::Columns;
use crate::graph::log::{Damage, Log, Mark, Recorder};
use crate::graph::row::Row;
use crate::graph::rows::Rows;
use crate::graph::store::Graph;
use crate::model::{
    Claim, ClaimBlock, ClaimId, EntityId, Entry, Packed, Period, TypeId, Vocabulary,
};
use rustc_hash::FxHashMap;

/// How many claims a block of many holds at the most.
const BLOCK: usize = 1 << 16;

impl Graph {
    /// From now on what is done is kept, for [`Graph::take_log`].
    pub fn keep_log(&mut self) {
        self.log = Some(Log::default());
    }

    /// Who records from now on, and why.
    pub fn set_recorder(&mut self, recorder: Recorder) {
        self.recorder = recorder;
    }

    /// How many entries wait to be taken.
    pub fn logged(&self) -> u64 {
        self.log.as_ref().map_or(0, Log::entries)
    }

    /// What was done since it was last taken, as entries one after the other.
    pub fn take_log(&mut self) -> Vec<u8> {
        let log = self.log.as_mut().map(std::mem::take);
        log.map_or_else(Vec::new, Log::into_bytes)
    }

    /// Opens a transaction.
    pub(in crate::graph) fn open_transaction(&mut self, recorded: i64) {
        self.columns.begin(recorded, &self.recorder);
        if let Some(log) = &mut self.log {
            log.begin(recorded, &self.recorder);
        }
    }

    /// Notes what was done, where that is kept.
    pub(in crate::graph) fn note(&mut self, entry: impl FnOnce() -> Entry) {
        if let Some(log) = &mut self.log {
            log.add(&entry());
        }
    }

    /// Where the log is now.
    pub(in crate::graph) fn log_mark(&self) -> Mark {
        self.log.as_ref().map(Log::mark).unwrap_or_default()
    }

    /// Forgets what was noted behind a mark.
    pub(in crate::graph) fn log_back(&mut self, mark: &Mark) {
        if let Some(log) = &mut self.log {
            log.back(mark);
        }
    }

    /// Notes the words, where they are not what they were.
    pub(in crate::graph) fn note_words(&mut self, changed: bool) {
        if changed && self.log.is_some() {
            let words = Box::new(self.vocabulary.clone());
            self.note(|| Entry::Words(words));
        }
    }

    /// Notes the claims from a row on, which were appended in masses.
    pub(in crate::graph) fn note_rows(&mut self, first: Row) {
        if self.log.is_none() {
            return;
        }
        let mut from = first as usize;
        while from < self.columns.len() {
            let until = self.columns.len().min(from + BLOCK);
            let block = block(&self.columns, from as Row..until as Row);
            self.note(|| Entry::Claims(Box::new(block)));
            from = until;
        }
    }

    /// Does again what a record of the journal says; gives how much that was, in entries and claims.
    pub fn replay(&mut self, record: &[u8]) -> Result<u64, Damage> {
        let mut done = 0;
        for (at, entry) in entries(record) {
            let entry = entry?;
            done += entry.weight();
            self.redo(entry)
                .map_err(|Damage(why)| Damage(format!("the entry at byte {at}: {why}")))?;
        }
        self.follow();
        self.settle_if_grown();
        Ok(done)
    }

    /// Does again what one entry says; behind the last one of a record [`Graph::replayed`] is due.
    pub fn replay_entry(&mut self, entry: Entry) -> Result<(), Damage> {
        self.redo(entry)?;
        self.settle_if_grown();
        Ok(())
    }

    /// All entries of a record were done again.
    pub fn replayed(&mut self) {
        self.follow();
        self.settle_if_grown();
    }

    /// What was done so far, without what was taken, as one record: that by which a new case file begins.
    pub fn founding_record(&mut self) -> Vec<u8> {
        let mut log = Log::default();
        log.begin(0, &Recorder::default());
        log.add(&Entry::Words(Box::new(self.vocabulary.clone())));
        log.add(&Entry::Rules(Box::new(self.rules.clone())));
        log.into_bytes()
    }

    fn redo(&mut self, entry: Entry) -> Result<(), Damage> {
        match entry {
            Entry::Begin {
                recorded,
                by,
                because,
            } => {
                self.columns.begin(recorded, &Recorder { by, because });
            }
            Entry::Words(words) => {
                let known = (
                    self.vocabulary.types().count(),
                    self.vocabulary.relations().count(),
                );
                if words.types().count() < known.0 || words.relations().count() < known.1 {
                    return Err(Damage(
                        "words are missing that were there before".to_owned(),
                    ));
                }
                self.vocabulary = *words;
            }
            Entry::Entity(entity) => {
                self.known_types(&entity.types)?;
                if self.entities.by_handle(&entity.name).is_some() {
                    return Err(Damage(format!("the name `{}` is taken", entity.name)));
                }
                for kind in &entity.types {
                    self.statistics.count_type(*kind);
                }
                let name = entity.name.clone();
                let id = self.entities.restore(*entity);
                if self.entities.name(id) != name {
                    return Err(Damage(format!("`{name}` is no name that a query gives")));
                }
            }
            Entry::Text(text) => {
                self.entities.text(&text);
            }
            Entry::Enrich {
                entity,
                types,
                title,
                unnamed,
            } => {
                self.there(&[entity])?;
                self.known_types(&types)?;
                self.enrich(entity, &types, title, unnamed);
            }
            Entry::Property { entity, key, value } => {
                self.there(&[entity])?;
                match value {
                    Some(value) => {
                        self.entities.set(entity, key, value);
                    }
                    None => {
                        self.entities.unset(entity, &key);
                    }
                }
            }
            Entry::Identify { entity, scheme, id } => {
                self.there(&[entity])?;
                self.entities.identify(entity, scheme, id);
            }
            Entry::Types { entity, types } => {
                self.there(&[entity])?;
                self.known_types(&types)?;
                self.retype(entity, types);
            }
            Entry::Delete(entity) => {
                self.there(&[entity])?;
                if self.entities.is_deleted(entity) {
                    return Err(Damage(format!("the entity {} is gone already", entity.0)));
                }
                self.remove_entity(entity);
            }
            Entry::Claim(claim) => {
                self.known_claim(&claim)?;
                self.push(*claim);
            }
            Entry::Retract { claim, because } => {
                let row = self.known_number(claim)?;
                self.take_back(row, because);
            }
            Entry::Replace { claim, with } => {
                let row = self.known_number(claim)?;
                self.known_claim(&with)?;
                self.replace_claim(row, *with);
            }
            Entry::Claims(block) => self.append(rows(*block)?)?,
            Entry::Merge { entity, into } => {
                self.there(&[entity, into])?;
                self.join_entities(entity, into);
            }
            Entry::Rules(rules) => self.rules = *rules,
            Entry::Part(entity) => {
                self.there(&[entity])?;
                self.part_entities(entity);
            }
        }
        Ok(())
    }

    /// Appends claims in columns whose codes are checked already; `Err` where they name what is not
    /// there.
    fn append(&mut self, rows: Rows) -> Result<(), Damage> {
        let (entities, relations) = (
            self.entities.len() as u32,
            self.vocabulary.relations().count(),
        );
        let ends = rows.subject.iter().chain(&rows.object);
        let named = rows.attributions.iter();
        let named = named.flat_map(|of| of.sources.iter().chain(&of.via));
        let known = ends.chain(named.map(|id| &id.0)).all(|id| *id < entities)
            && rows.relation.iter().all(|id| usize::from(*id) < relations);
        if !known {
            return Err(Damage("claims name what is not there".to_owned()));
        }
        self.bear(&rows);
        let many = rows.subject.len() > self.columns.len() / 8;
        let first = self.columns.len() as Row;
        self.columns.append(rows);
        match many || !self.merged().is_empty() {
            true => self.settle_pointed(first),
            false => (first..self.columns.len() as Row).for_each(|row| self.join_recent(row)),
        }
        Ok(())
    }

    fn there(&self, entities: &[EntityId]) -> Result<(), Damage> {
        let missing = entities.iter().find(|id| id.index() >= self.entities.len());
        match missing {
            Some(id) => Err(Damage(format!("there is no entity {}", id.0))),
            None => Ok(()),
        }
    }

    fn known_types(&self, types: &[TypeId]) -> Result<(), Damage> {
        let count = self.vocabulary.types().count();
        match types.iter().find(|id| id.index() >= count) {
            Some(id) => Err(Damage(format!("there is no type {}", id.0))),
            None => Ok(()),
        }
    }

    fn known_number(&self, claim: ClaimId) -> Result<Row, Damage> {
        let row = self.columns.row_of(claim);
        row.ok_or_else(|| Damage(format!("there is no claim #{}", claim.0)))
    }

    fn known_claim(&self, claim: &Claim<EntityId>) -> Result<(), Damage> {
        self.there(&[claim.subject, claim.object])?;
        self.there(&claim.sources)?;
        self.there(&claim.via)?;
        match claim.relation.index() < self.vocabulary.relations().count() {
            true => Ok(()),
            false => Err(Damage(format!("there is no relation {}", claim.relation.0))),
        }
    }
}

/// The entries of a record, each with the byte at which it begins; it ends with the first that cannot
/// be read.
pub fn entries(record: &[u8]) -> impl Iterator<Item = (usize, Result<Entry, Damage>)> + '_ {
    let mut decoder = minicbor::Decoder::new(record);
    let mut failed = false;
    std::iter::from_fn(move || {
        let at = decoder.position();
        (at < record.len() && !failed).then(|| {
            let entry = decoder
                .decode()
                .map_err(|error| Damage(format!("the entry at byte {at} cannot be read: {error}")));
            failed = entry.is_err();
            (at, entry)
        })
    })
}

/// Some claims as a block.
fn block(columns: &Columns, rows: std::ops::Range<Row>) -> ClaimBlock {
    /// The values of a column, with what they mean in the order of first use.
    fn coded<T>(
        codes: impl Iterator<Item = u32>,
        known: &mut FxHashMap<u32, u32>,
        list: &mut Vec<T>,
        meaning: impl Fn(u32) -> T,
    ) -> Packed {
        let own = codes.map(|code| {
            *known.entry(code).or_insert_with(|| {
                list.push(meaning(code));
                list.len() as u32 - 1
            })
        });
        Packed::of(&own.collect::<Vec<u32>>())
    }
    let all = rows.start as usize..rows.end as usize;
    let each = || all.clone();
    let mut block = ClaimBlock {
        subject: Packed::of(columns.subject.slice(each())),
        relation: Packed::of(columns.relation.slice(each())),
        object: Packed::of(columns.object.slice(each())),
        flags: Packed::of(columns.flags.slice(each())),
        ..ClaimBlock::default()
    };
    let mut known = FxHashMap::default();
    let codes = each().map(|row| columns.attribution.at(row));
    block.attribution = coded(codes, &mut known, &mut block.attributions, |code| {
        columns.attributions.get(code).clone()
    });
    known.clear();
    let codes = each().map(|row| u32::from(columns.likelihood.at(row)));
    block.likelihood = coded(codes, &mut known, &mut block.likelihoods, |code| {
        (code as usize)
            .checked_sub(1)
            .map(|at| columns.likelihoods()[at].clone())
    });
    known.clear();
    let period = |code: u32| -> Period { *columns.periods.get(code) };
    let codes = each().map(|row| columns.valid.at(row));
    block.valid = coded(codes, &mut known, &mut block.periods, period);
    let codes = each().map(|row| columns.reported.at(row));
    block.reported = coded(codes, &mut known, &mut block.periods, period);
    let details = rows
        .clone()
        .filter(|row| columns.detail.at(*row as usize) > 0);
    block.details = details
        .map(|row| (row - rows.start, columns.row_detail(row)))
        .collect();
    block
}

/// A block as rows; `Err` where it is not what it should be.
fn rows(block: ClaimBlock) -> Result<Rows, Damage> {
    fn some<T>(values: Option<T>) -> Result<T, Damage> {
        values.ok_or_else(|| Damage("a block of claims is damaged".to_owned()))
    }
    let rows = Rows {
        subject: some(block.subject.values())?,
        relation: some(block.relation.values())?,
        object: some(block.object.values())?,
        flags: some(block.flags.values())?,
        attribution: some(block.attribution.values())?,
        likelihood: some(block.likelihood.values())?,
        valid: some(block.valid.values())?,
        reported: some(block.reported.values())?,
        details: block.details,
        attributions: block.attributions,
        likelihoods: block.likelihoods,
        periods: block.periods,
    };
    let count = rows.subject.len();
    let lengths = [
        rows.relation.len(),
        rows.object.len(),
        rows.flags.len(),
        rows.attribution.len(),
        rows.likelihood.len(),
        rows.valid.len(),
        rows.reported.len(),
    ];
    let codes = |codes: &[u32], of: usize| codes.iter().all(|code| (*code as usize) < of);
    let good = lengths.iter().all(|length| *length == count)
        && codes(&rows.attribution, rows.attributions.len())
        && codes(&rows.likelihood, rows.likelihoods.len())
        && codes(&rows.valid, rows.periods.len())
        && codes(&rows.reported, rows.periods.len())
        && rows.details.iter().all(|(row, _)| (*row as usize) < count);
    some(good.then_some(rows))
}

impl Graph {
    /// The aliases that rows bring. One that is denied is borne still if others say so.
    pub(in crate::graph) fn bear(&mut self, rows: &Rows) {
        let aliases = rows.relation.iter().enumerate();
        let aliases = aliases.filter(|(_, of)| **of == Vocabulary::ALSO_KNOWN_AS.0);
        for (at, _) in aliases.filter(|(at, _)| rows.flags[*at] & 1 == 0) {
            let ends = (EntityId(rows.subject[at]), EntityId(rows.object[at]));
            self.entities.bears(ends.0, ends.1, true);
        }
    }
}

//! Everything about a file that can be checked without knowing what it says. It changes nothing: the
//! store below mends what it must in memory.

use crate::storage::error::StorageError;
use crate::storage::head::HEAD;
use crate::storage::journal::{self, chained, missing, read_one};
use crate::storage::overlay::Overlay;
use crate::storage::quiet::quietly;
use crate::storage::seal::{Place, unseal};
use crate::storage::snapshot::{self, HEAD_PART};
use crate::storage::store::{Store, View};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// How many problems are told; beyond that they are counted.
const TOLD: usize = 100;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: a record, a page, the head.
    pub place: String,
    /// What is wrong there.
    pub cause: String,
}

/// What the store below says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Nobody asked it.
    #[default]
    Unasked,
    /// Everything fits.
    Sound,
    /// The file was not closed; everything of its last commit fits.
    Unclosed,
    /// It was not asked: another process writes.
    InUse,
    /// What it says is wrong.
    Damaged(String),
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How long the file is.
    pub length: u64,
    /// The version of its format; 0: unknown.
    pub format: u16,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// The number of the last transaction, as the head says.
    pub last: u64,
    /// How many transactions are sound.
    pub sound: u64,
    /// How many bytes they hold.
    pub bytes: u64,
    /// The last transaction that the snapshot covers, where there is one.
    pub snapshot: Option<u64>,
    /// How many pages each part has.
    pub parts: BTreeMap<u16, u32>,
    /// What the store below says of itself.
    pub engine: Engine,
    /// What is wrong, the first hundred.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && !matches!(self.engine, Engine::Damaged(_))
    }

    /// Notes what is wrong.
    fn note(&mut self, error: &StorageError) {
        if self.problems.len() == TOLD {
            self.more += 1;
            return;
        }
        let (place, cause) = error.place_and_cause();
        self.problems.push(Problem { place, cause });
    }
}

/// Opens a file so that nothing is changed: beside a writer as its reader, else over the file with
/// all that the store below checks. What that said comes along.
pub fn open_unchanged(path: &Path) -> Result<(Arc<View>, Engine), StorageError> {
    let over = |checked: bool| {
        let mut store = Store::on(Overlay::new(path)?, true)?;
        let sound = !checked || store.integrity()?;
        Ok((Arc::new(View::new(&Arc::new(store))?), sound))
    };
    let closed = match Store::read_closed(path) {
        Ok(store) => Some(store),
        Err(StorageError::Unclosed) => None,
        Err(error) if error.is_damage() => None,
        Err(error) => return Err(error),
    };
    let plain = closed.map(|store| View::new(&Arc::new(store)).map(Arc::new));
    // What a reader is shown is checked, where it can open the file. It does not hinder the check
    // of the store below, which locks the file against writers only.
    match (over(true), plain) {
        (Ok((_, true)), Some(Ok(view))) => Ok((view, Engine::Sound)),
        (Ok((view, true)), None) => Ok((view, Engine::Unclosed)),
        (Ok((view, _)), plain) => {
            let cause = "what it keeps of free space does not fit".to_owned();
            Ok((plain.unwrap_or(Ok(view))?, Engine::Damaged(cause)))
        }
        (Err(StorageError::InUse), plain) => {
            Ok((plain.unwrap_or(Err(StorageError::InUse))?, Engine::InUse))
        }
        // As far as it goes: what is asked for is checked by our own sums.
        (Err(error), Some(Ok(view))) => Ok((view, Engine::Damaged(error.to_string()))),
        (Err(error), Some(Err(_)) | None) => match over(false) {
            Ok((view, _)) => Ok((view, Engine::Damaged(error.to_string()))),
            Err(_) => Err(error),
        },
    }
}

/// Checks a file: the store below, every checksum, the chain, the numbers, the pages. A file that
/// cannot be opened at all is the error.
pub fn verify(path: &Path) -> Result<Report, StorageError> {
    let length = std::fs::metadata(path)?.len();
    let (view, engine) = open_unchanged(path)?;
    let mut report = Report {
        length,
        format: view.identity.format,
        created: view.identity.created,
        last: view.head.last,
        snapshot: view.head.snapshot.map(|snapshot| snapshot.covers),
        engine,
        ..Report::default()
    };
    if let Err(error) = quietly(|| check_journal(&view, &mut report)) {
        report.note(&error);
    }
    if let Err(error) = quietly(|| check_pages(&view, &mut report)) {
        report.note(&error);
    }
    Ok(report)
}

/// Reads every record, and goes on behind what is damaged.
fn check_journal(view: &View, report: &mut Report) -> Result<(), StorageError> {
    let Some(table) = journal::open(view)? else {
        if view.head.last > 0 {
            report.note(&missing(1));
        }
        return Ok(());
    };
    // The chain before, while it is known.
    let mut before = Some(0);
    for number in 1..=view.head.last {
        let read = quietly(|| {
            let mut entries = table
                .range::<(u64, u32)>((number, 0)..=(number, u32::MAX))
                .map_err(redb::Error::from)?;
            let (chain, record) = read_one(&mut entries, number)?;
            match entries.next() {
                None => Ok((chain, record)),
                Some(_) => Err(Place::Journal(number, 0).damaged("there are chunks behind it")),
            }
        });
        match read {
            Ok((chain, record)) => {
                if before.is_some_and(|before| chained(before, number, &record) != chain) {
                    let place = format!("transaction {number}");
                    let cause = "it does not follow from the one before";
                    report.note(&StorageError::damaged(place, cause));
                } else {
                    report.sound += 1;
                    report.bytes += record.len() as u64;
                }
                before = Some(chain);
            }
            Err(error) => {
                report.note(&error);
                before = None;
            }
        }
    }
    if before.is_some_and(|chain| chain != view.head.chain) {
        report.note(&HEAD.damaged("it does not belong to this journal"));
    }
    let mut behind = table
        .range::<(u64, u32)>((view.head.last + 1, 0)..)
        .map_err(redb::Error::from)?;
    if behind.next().is_some() {
        report.note(&HEAD.damaged("the journal goes beyond it"));
    }
    Ok(())
}

/// Reads every page.
fn check_pages(view: &View, report: &mut Report) -> Result<(), StorageError> {
    let Some(told) = view.head.snapshot else {
        return Ok(());
    };
    let (mut pages, mut sum) = (0u64, 0u64);
    if let Some(table) = snapshot::open(view)? {
        let entries = table
            .range::<(u16, u32)>((0, 0)..)
            .map_err(redb::Error::from)?;
        for entry in entries {
            let (key, value) = entry.map_err(redb::Error::from)?;
            let (part, index) = key.value();
            match unseal(Place::Page(part, index), value.value()) {
                Ok((_, own)) => {
                    pages += 1;
                    sum = sum.wrapping_add(own);
                    if part != HEAD_PART {
                        *report.parts.entry(part).or_default() += 1;
                    }
                }
                Err(error) => report.note(&error),
            }
        }
    }
    if (pages, sum) != (told.pages, told.sum) {
        let cause = format!("{pages} of {} pages are sound", told.pages);
        report.note(&StorageError::damaged("the snapshot", cause));
    }
    if let Err(error) = snapshot::read_head(view) {
        report.note(&error);
    }
    Ok(())
}

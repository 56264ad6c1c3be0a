//! The bytes on disk under faults: a disk that fails, forgets and tears at any operation, files that
//! were cut or changed. `WHODUNIT_CRASHES=10000 cargo test --test storage` runs the long campaign.

#[path = "storage/faulty.rs"]
mod faulty;

use faulty::{Dice, Disk, Fault};
use whodunit::model::Part;
use whodunit::storage::{Access, CHUNK, CaseFile, StorageError};

/// A snapshot as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shot {
    covers: u64,
    head: Vec<u8>,
    pages: Vec<(Part, u32, Vec<u8>)>,
}

/// What a file should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Model {
    records: Vec<Vec<u8>>,
    shot: Option<Shot>,
}

/// A record: most are small, some take several chunks.
fn record(dice: &mut Dice) -> Vec<u8> {
    let length = match dice.below(20) {
        0 => dice.below(4 * CHUNK),
        1 => CHUNK - 1 + dice.below(3),
        2 => 0,
        _ => dice.below(400),
    };
    dice.bytes(length)
}

fn shot(dice: &mut Dice, covers: u64) -> Shot {
    let mut pages = Vec::new();
    for part in 0..dice.below(4) as u16 {
        for index in 0..dice.below(5) as u32 {
            let length = if dice.below(4) == 0 {
                CHUNK
            } else {
                dice.below(3000)
            };
            pages.push((Part(part), index, dice.bytes(length)));
        }
    }
    // No two heads are the same.
    let length = 8 + dice.below(3) * dice.below(CHUNK);
    Shot {
        covers,
        head: dice.bytes(length),
        pages,
    }
}

/// What a file holds, or the first fault; the records before it are given.
fn content(file: &CaseFile) -> (Model, Option<StorageError>) {
    let mut model = Model::default();
    for record in file.records(0) {
        match record {
            Ok((number, record)) => {
                model.records.push(record);
                assert_eq!(number, model.records.len() as u64);
            }
            Err(error) => return (model, Some(error)),
        }
    }
    assert_eq!(file.last(), model.records.len() as u64);
    match file.snapshot() {
        Ok(None) => {}
        Ok(Some((covers, head))) => {
            model.shot = Some(Shot {
                covers,
                head,
                pages: Vec::new(),
            });
        }
        Err(error) => return (model, Some(error)),
    }
    (model, None)
}

/// Whether the pages of a file are these; the first fault.
fn same_pages(file: &CaseFile, shot: &Shot) -> Result<bool, String> {
    let pages = file.pages().map_err(|error| error.to_string())?;
    for (part, index, bytes) in &shot.pages {
        let page = pages.page(*part, *index);
        if page.map_err(|fault| fault.to_string())? != *bytes {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a sound file holds this.
fn holds(file: &CaseFile, model: &Model, told: &str) -> bool {
    let (found, fault) = content(file);
    assert_eq!(fault, None, "{told}");
    let heads = |model: &Model| {
        let shot = model.shot.as_ref();
        shot.map(|shot| (shot.covers, shot.head.clone()))
    };
    found.records == model.records
        && heads(&found) == heads(model)
        && model
            .shot
            .as_ref()
            .is_none_or(|shot| same_pages(file, shot).expect(told))
}

/// Writes at random until the disk fails or enough was done. What was acknowledged, and what would
/// hold if what was in flight is there; nothing if the file could not be opened.
fn work(disk: &Disk, dice: &mut Dice, model: &Model, steps: usize) -> Option<[Model; 2]> {
    let mut known = model.clone();
    let mut file = match CaseFile::on(disk.clone(), Access::Write) {
        Ok(file) => file,
        Err(error) => {
            assert!(!error.is_damage(), "{error}");
            return None;
        }
    };
    for _ in 0..steps {
        let mut next = known.clone();
        let done = match dice.below(8) {
            0 => {
                let covers = next.records.len() - dice.below(next.records.len() + 1);
                let shot = shot(dice, covers as u64);
                next.shot = Some(shot.clone());
                file.write_snapshot(shot.covers, &shot.head, shot.pages.into_iter())
            }
            1 => {
                let batch: Vec<Vec<u8>> = (0..dice.below(30)).map(|_| record(dice)).collect();
                next.records.extend_from_slice(&batch);
                file.append_all(batch.iter().map(Vec::as_slice)).map(|_| ())
            }
            2 if dice.below(3) == 0 => file.compact().map(|done| assert!(done)),
            _ => {
                let record = record(dice);
                next.records.push(record.clone());
                file.append(&record).map(|number| {
                    assert_eq!(number, next.records.len() as u64);
                })
            }
        };
        match done {
            Ok(()) => known = next,
            Err(error) => {
                assert!(!error.is_damage(), "{error}");
                let again = file.append(b"after a failure");
                assert_eq!(again, Err(StorageError::Broken));
                return Some([known, next]);
            }
        }
    }
    Some([known.clone(), known])
}

/// How many crashes are tried.
fn crashes() -> u64 {
    std::env::var("WHODUNIT_CRASHES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(300)
}

/// One run: three lives of a file, each ended by a fault.
fn crash(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut model = Model::default();
    // Until somebody opens the file again, what was in flight may be there or not.
    let mut may = [Model::default(), Model::default()];
    let mut image = Vec::new();
    let mut made = false;
    for life in 0..3 {
        let steps = 1 + dice.below(12);
        // How many operations a life has is found out by living it without a fault.
        let dry = Disk::new(image.clone(), None, seed);
        work(&dry, &mut dice.clone(), &model, steps);
        let fault = match dice.clone().below(6) {
            0 => Fault::Kill,
            1 => Fault::Full(1 + seed as usize % 3),
            2 => Fault::Full(usize::MAX >> 1),
            3 => Fault::Power(4096),
            _ => Fault::Power(512),
        };
        let at = 1 + Dice::new(seed ^ (life + 1) << 32).below(dry.operations());
        let disk = Disk::new(image.clone(), Some((at, fault)), seed ^ life);
        if let Some(states) = work(&disk, &mut dice, &model, steps) {
            may = states;
            made = true;
        }
        image = disk.after();
        let told = format!("seed {seed}, life {life}, {fault:?} at {at}");
        let found = |file: &CaseFile| may.iter().find(|model| holds(file, model, &told));
        // A reader sees the same, or that a writer must come first.
        if let Ok(file) = CaseFile::on(Disk::new(image.clone(), None, 0), Access::Read) {
            assert!(found(&file).is_some(), "{told}");
        }
        let disk = Disk::new(image.clone(), None, 0);
        let file = match CaseFile::on(disk.clone(), Access::Write) {
            Ok(file) => file,
            // Nobody was told that there is a file.
            Err(_) if !made => {
                image = Vec::new();
                continue;
            }
            Err(error) => panic!("{told}: {error}"),
        };
        model = found(&file).expect(&told).clone();
        // What was seen once stays so, however the next life begins.
        if dice.below(2) == 0 {
            drop(file);
            image = disk.after();
            may = [model.clone(), model.clone()];
        }
    }
}

#[test]
fn what_was_acknowledged_survives_every_crash() {
    let first = std::env::var("WHODUNIT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(1);
    let count = crashes();
    let (one, two) = std::thread::scope(|scope| {
        let half = |odd| {
            move || {
                (first..first + count)
                    .filter(|s| s % 2 == odd)
                    .for_each(crash)
            }
        };
        let one = scope.spawn(half(0));
        let two = scope.spawn(half(1));
        (one.join(), two.join())
    });
    one.and(two).expect("no run failed");
}

/// A file that was closed, with what it holds.
fn closed(seed: u64, steps: usize) -> (Vec<u8>, Model) {
    let disk = Disk::new(Vec::new(), None, seed);
    let mut dice = Dice::new(seed);
    let [mut model, _] = work(&disk, &mut dice, &Model::default(), steps).expect("a file");
    let mut file = CaseFile::on(disk.clone(), Access::Write).expect("a file");
    let shot = shot(&mut Dice::new(3), 2);
    file.write_snapshot(2, &shot.head, shot.pages.clone().into_iter())
        .expect("a snapshot");
    model.shot = Some(shot);
    for _ in 0..3 {
        let record = dice.bytes(50);
        file.append(&record).expect("a record");
        model.records.push(record);
    }
    drop(file);
    (disk.after(), model)
}

/// Reads a damaged file: it holds what it held, or says what is wrong.
fn damaged(image: Vec<u8>, model: &Model, told: &str) -> bool {
    let mut refused = false;
    for access in [Access::Read, Access::Write] {
        let disk = Disk::new(image.clone(), None, 0);
        let mut file = match CaseFile::on(disk.clone(), access) {
            Ok(file) => file,
            // A reader asks for a moment as a writer.
            Err(StorageError::Unclosed) if access == Access::Read => continue,
            Err(error) => {
                assert!(!matches!(error, StorageError::System(_)), "{told}: {error}");
                refused = true;
                continue;
            }
        };
        let (found, fault) = content(&file);
        match &fault {
            Some(_) => {
                refused = true;
                let before = &model.records[..found.records.len().min(model.records.len())];
                assert_eq!(found.records, before, "{told}");
            }
            None => {
                assert!(found.records == model.records, "{told}: other records");
                let shot = model.shot.as_ref().expect("a snapshot");
                let own = found.shot.as_ref().map(|shot| (shot.covers, &shot.head));
                assert!(own == Some((shot.covers, &shot.head)), "{told}: {access:?}");
                match same_pages(&file, shot) {
                    Ok(same) => assert!(same, "{told}: other pages"),
                    Err(_) => refused = true,
                }
            }
        }
        if access == Access::Write && fault.is_none() {
            // What is written on top of hidden damage is there later, or it is told.
            if file.append(b"more").is_ok() {
                drop(file);
                if let Ok(file) = CaseFile::on(Disk::new(disk.after(), None, 0), Access::Write) {
                    let (found, fault) = content(&file);
                    let mut records = model.records.clone();
                    records.push(b"more".to_vec());
                    assert!(fault.is_some() || found.records == records, "{told}: lost");
                }
            }
        }
    }
    refused
}

#[test]
fn a_changed_bit_changes_nothing_or_is_told() {
    let (image, model) = closed(5, 12);
    let count = 10 * crashes() as usize;
    let mut dice = Dice::new(11);
    let header = 0..320 * 8;
    let rest = (0..count).map(|_| dice.below(image.len() * 8));
    let mut refused = 0;
    for bit in header.chain(rest) {
        let mut image = image.clone();
        image[bit / 8] ^= 1 << (bit % 8);
        refused += usize::from(damaged(image, &model, &format!("bit {bit}")));
    }
    assert!(refused > 1000, "only {refused} were told");
}

#[test]
fn a_cut_or_overwritten_file_is_told() {
    let (image, model) = closed(5, 12);
    let mut dice = Dice::new(13);
    let mut refused = 0;
    for step in 0..crashes() as usize {
        let mut cut = image.clone();
        let told = match step % 4 {
            // An empty file is a new one.
            0 => {
                cut.truncate(1 + dice.below(image.len()));
                format!("cut to {}", cut.len())
            }
            1 => {
                cut.truncate((1 + dice.below(image.len() / 4096)) * 4096);
                format!("cut to {} pages", cut.len() / 4096)
            }
            2 => {
                let page = dice.below(image.len() / 4096);
                cut[page * 4096..][..4096].fill(0);
                format!("page {page} zeroed")
            }
            _ => {
                let from = dice.below(image.len() / 4096) * 4096;
                let to = dice.below(image.len() / 4096) * 4096;
                cut.copy_within(from..from + 4096, to);
                format!("page {} over page {}", from / 4096, to / 4096)
            }
        };
        refused += usize::from(damaged(cut, &model, &told));
    }
    assert!(refused > crashes() as usize / 3, "only {refused} were told");
}

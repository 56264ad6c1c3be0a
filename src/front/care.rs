//! The care of case files: what is wrong with one, what of it can be saved, a copy while it is in use, its
//! journal as plain text and back. It never changes the file that it reads.

use crate::answer::wording::counted;
use crate::front::case::failed;
use crate::graph::{Graph, GraphView};
use crate::model::{PageFault, PartialDate};
use crate::storage::{Access, CaseFile, Engine, StorageError, salvage, verify};
use crate::text::Diagnostic;
use std::path::Path;

/// What a command about a file found or did.
#[derive(Debug, Default)]
pub struct Told {
    /// For standard output.
    pub text: String,
    /// For standard error.
    pub aside: Vec<String>,
    /// Whether the file is sound.
    pub sound: bool,
}

/// Verifies all of a case file: every checksum, the chain of transactions, every reference, and that the
/// snapshot is what the journal says.
pub fn check(file: &str) -> Result<Told, Diagnostic> {
    let path = Path::new(file);
    let report = verify(path).map_err(|error| failed(path, &error))?;
    let mut text = format!(
        "format {}, made {}\n{} in {} bytes, {} sound\n",
        report.format,
        PartialDate::second(report.created as i64),
        counted(report.last as usize, "transaction"),
        report.length,
        report.sound
    );
    let mut wrong: Vec<String> = report
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.cause))
        .collect();
    if report.more > 0 {
        wrong.push(format!("and {} more", report.more));
    }
    text.push_str(match &report.engine {
        Engine::Sound => "the store is sound\n",
        Engine::Unclosed => "the store was not closed; its last commit is whole\n",
        Engine::InUse => "another process writes to it: what it does not say itself was checked\n",
        Engine::Unasked => "",
        Engine::Damaged(why) => {
            wrong.push(format!("the store: {why}"));
            ""
        }
    });
    if wrong.is_empty() {
        let meaning = PageFault::caught(|| meaning(path));
        match meaning {
            Ok(Ok((said, more))) => {
                text.push_str(&said);
                wrong.extend(more);
            }
            Ok(Err(error)) => {
                let (place, cause) = error.place_and_cause();
                wrong.push(format!("{place}: {cause}"));
            }
            Err(fault) => wrong.push(fault.to_string()),
        }
    }
    let sound = wrong.is_empty() && report.is_sound();
    for line in wrong {
        text.push_str(&format!("wrong: {line}\n"));
    }
    text.push_str(if sound { "sound\n" } else { "damaged\n" });
    Ok(Told {
        text,
        aside: Vec::new(),
        sound,
    })
}

/// Does the journal again from its beginning and compares the snapshot with what comes of it.
fn meaning(path: &Path) -> Result<(String, Vec<String>), StorageError> {
    let file = CaseFile::open(path, Access::Read)?;
    let damaged =
        |number: u64, why: String| StorageError::damaged(format!("transaction {number}"), why);
    let snapshot = file.open_snapshot()?;
    let covered = snapshot.as_ref().map_or(0, |snapshot| snapshot.covers);
    let mut graph = Graph::new();
    let mut wrong = Vec::new();
    let mut compared = false;
    let mut compare = |graph: &mut Graph| -> Result<(), StorageError> {
        let Some(snapshot) = &snapshot else {
            return Ok(());
        };
        compared = true;
        let seen = Graph::open(&snapshot.head, snapshot.pages.clone());
        let seen = seen.map_err(|why| StorageError::damaged("the snapshot", why.to_string()))?;
        wrong.extend(seen.differences(graph).into_iter().chain(seen.unfound()));
        Ok(())
    };
    for record in file.records(0) {
        let (number, record) = record?;
        graph
            .replay(&record)
            .map_err(|why| damaged(number, why.0))?;
        if number == covered {
            compare(&mut graph)?;
        }
    }
    if covered > 0 && !compared {
        wrong.push(format!(
            "the snapshot covers transaction {covered}, which is not there"
        ));
    }
    wrong.extend(graph.unfound());
    let wrong = wrong
        .into_iter()
        .map(|what| format!("the snapshot: {what}"));
    let said = format!(
        "{} of {} entities; the snapshot covers transaction {covered}\n",
        counted(graph.columns().len(), "claim"),
        graph.entities().ids().count(),
    );
    Ok((said, wrong.collect()))
}

/// Saves what is sound of a file into a new one.
pub fn repair(file: &str, into: &str) -> Result<Told, Diagnostic> {
    let (from, to) = (Path::new(file), Path::new(into));
    let saved = salvage(from, to).map_err(|error| {
        let at = if error == StorageError::Exists {
            to
        } else {
            from
        };
        failed(at, &error)
    })?;
    let mut aside = vec![format!(
        "{into}: {} of {}",
        saved.kept,
        counted(saved.last as usize, "transaction")
    )];
    if let Some(why) = &saved.ends {
        aside.push(format!("it goes no further: {why}"));
    }
    for (from, until) in &saved.unusable {
        let which = match from == until {
            true => format!("transaction {from} is sound, but rests"),
            false => format!("transactions {from} to {until} are sound, but rest"),
        };
        aside.push(format!("{which} on what is lost"));
    }
    Ok(Told {
        text: String::new(),
        aside,
        sound: saved.ends.is_none() && saved.kept == saved.last,
    })
}

/// Copies a file as it is now.
pub fn backup(file: &str, to: &str) -> Result<Told, Diagnostic> {
    let path = Path::new(file);
    let open = CaseFile::open(path, Access::Read).map_err(|error| failed(path, &error))?;
    let copy = Path::new(to);
    open.backup(copy).map_err(|error| {
        let at = if error.is_damage() { path } else { copy };
        failed(at, &error)
    })?;
    Ok(Told {
        text: String::new(),
        aside: vec![format!(
            "{to}: {}",
            counted(open.last() as usize, "transaction")
        )],
        sound: true,
    })
}

//! The program killed at any moment while it writes: what was acknowledged is there, what was in flight
//! is there wholly or not at all, and the file is sound. `WHODUNIT_KILLS=1500 cargo test --test crash`
//! runs the long campaign; the seed is `WHODUNIT_SEED`.
#![cfg(unix)]

mod common;
#[allow(dead_code)] // The disk that fails is another test's.
#[path = "storage/faulty.rs"]
mod faulty;

use common::{program, scratch};
use faulty::Dice;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use whodunit::front::care::check;
use whodunit::front::case::graph_of;
use whodunit::graph::GraphView;
use whodunit::model::{ClaimId, Value as Held};
use whodunit::storage::{Access, CaseFile};

/// Rows of a table after which the case is photographed.
const MANY: usize = 8300;

fn number(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// A claim as a naive list holds it: who did what to whom, says who, with which note, taken back or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    ends: (String, String, String),
    source: String,
    note: Option<String>,
    retracted: bool,
}

/// What a case should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Model {
    facts: Vec<Fact>,
    marks: BTreeMap<String, String>,
    merged: BTreeMap<String, String>,
}

impl Model {
    fn add(&mut self, subject: &str, relation: &str, object: &str, source: &str) {
        self.facts.push(Fact {
            ends: (subject.to_owned(), relation.to_owned(), object.to_owned()),
            source: source.to_owned(),
            note: None,
            retracted: false,
        });
    }

    fn sorted(mut self) -> Model {
        self.facts.sort();
        self
    }
}

/// What a file holds, read by the engine itself; an empty model where there is no file.
fn found(path: &Path) -> Model {
    let mut model = Model::default();
    if !path.exists() {
        return model;
    }
    let file = CaseFile::open(path, Access::Read).expect("the file opens");
    let (graph, _, _) = graph_of(path, &file).expect("a graph");
    let (entities, columns) = (graph.entities(), graph.columns());
    for number in 1..=columns.len() as u32 {
        let row = columns.row_of(ClaimId(number)).expect("a row");
        let claim = columns.stated(row);
        let name = |id| entities.name(id).to_owned();
        let sources: Vec<String> = claim.sources.iter().map(|id| name(*id)).collect();
        let note = claim.properties.iter().find(|(key, _)| key == "note");
        model.facts.push(Fact {
            ends: (
                name(claim.subject),
                graph.vocabulary().relation(claim.relation).name.clone(),
                name(claim.object),
            ),
            source: sources.join("+"),
            note: note.map(|(_, value)| value.text()),
            retracted: columns.retracted(row).is_some(),
        });
    }
    for at in 0..entities.len() as u32 {
        let id = whodunit::model::EntityId(at);
        let stays = graph.merged().stays(id);
        if stays != id {
            let pair = (
                entities.name(id).to_owned(),
                entities.name(stays).to_owned(),
            );
            model.merged.insert(pair.0, pair.1);
        }
        let mark = entities
            .get(id)
            .properties
            .iter()
            .find(|(key, _)| key == "mark");
        if let Some((_, Held::Text(mark))) = mark {
            model
                .marks
                .insert(entities.name(id).to_owned(), mark.clone());
        }
    }
    model.sorted()
}

/// The program that serves a case.
struct Pipe {
    child: Child,
    input: Option<ChildStdin>,
    replies: Receiver<String>,
}

impl Pipe {
    fn new(path: &Path) -> Pipe {
        let mut command = program(&["-c", &path.to_string_lossy(), "pipe"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, replies) = channel();
        std::thread::spawn(move || {
            // A line without its end was not said.
            for line in output.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                if !line.ends_with('}') || sender.send(line).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Pipe {
            child,
            input,
            replies,
        }
    }

    fn send(&mut self, request: &Value) {
        let input = self.input.as_mut().expect("its input");
        input
            .write_all(format!("{request}\n").as_bytes())
            .expect("somebody reads");
    }

    fn reply(&self) -> Option<Value> {
        let line = self.replies.recv_timeout(Duration::from_secs(120)).ok()?;
        serde_json::from_str(&line).ok()
    }

    fn kill(mut self) -> Option<Value> {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        self.reply()
    }

    fn close(mut self) {
        drop(self.input.take());
        let status = self.child.wait().expect("an end");
        assert!(status.success(), "{status}");
    }
}

/// One thing to do: its requests, and what it makes of a case. It counts when the last one is answered.
struct Step {
    kind: usize,
    requests: Vec<Value>,
    after: Model,
}

/// Chooses what to do next; `fresh` numbers are used once.
fn step(dice: &mut Dice, model: &Model, folder: &Path, fresh: &mut usize) -> Step {
    let mut after = model.clone();
    *fresh += 1;
    let n = *fresh;
    let load = |text: String| json!({"op": "load", "text": text});
    let run = |query: String| json!({"op": "run", "query": query});
    let statement = |after: &mut Model, dice: &mut Dice, tag: &str| {
        let (who, source) = (format!("A{}", dice.below(6)), format!("S{}", dice.below(4)));
        after.add(&who, "targeted", &format!("B{tag}"), &source);
        format!("according to {source} on 2024-03-25, {who} targeted B{tag} in 2021. ")
    };
    let standing: Vec<usize> = (0..after.facts.len())
        .filter(|at| !after.facts[*at].retracted && after.facts[*at].ends.1 == "targeted")
        .collect();
    let kind = dice.below(12);
    let photographed = model.facts.len() >= MANY;
    let requests = match kind {
        0 | 1 if !standing.is_empty() => {
            // Taken back by a query, which finds it by what it says; every object is named once.
            let fact = &mut after.facts[standing[dice.below(standing.len())]];
            fact.retracted = true;
            let whom = &fact.ends.2;
            vec![run(format!(
                "MATCH ()-[c:targeted]->({{name: '{whom}'}}) DELETE c"
            ))]
        }
        2 | 3 if !standing.is_empty() => {
            let at = standing[dice.below(standing.len())];
            let mut before = after.facts[at].clone();
            before.retracted = true;
            after.facts.push(before);
            let fact = &mut after.facts[at];
            fact.note = Some(format!("note {n}"));
            vec![run(format!(
                "MATCH ()-[c:targeted]->({{name: '{}'}}) SET c.note = 'note {n}'",
                fact.ends.2
            ))]
        }
        4 => {
            after.marks.insert(format!("P{n}"), format!("mark {n}"));
            vec![run(format!(
                "CREATE (:Person {{name: 'P{n}', mark: 'mark {n}'}})"
            ))]
        }
        5 => {
            let rows = match dice.below(6) {
                0 if !photographed => MANY,
                _ => 1 + dice.below(8),
            };
            let mut table = "from,to,source\n".to_owned();
            for row in 0..rows {
                table.push_str(&format!("A{},B{n}-{row},S1\n", row % 5));
                after.add(
                    &format!("A{}", row % 5),
                    "targeted",
                    &format!("B{n}-{row}"),
                    "S1",
                );
            }
            let file = folder.join("targeted.csv");
            std::fs::write(&file, table).expect("a table");
            vec![json!({"op": "import", "files": [file.to_string_lossy()]})]
        }
        6 => {
            after.add(&format!("M{n}"), "targeted", &format!("B{n}"), "S2");
            after.add(&format!("M{n}"), "same-as", &format!("N{n}"), "S3");
            after.merged.insert(format!("M{n}"), format!("N{n}"));
            vec![load(format!(
                "M{n} is a group. N{n} is a group. according to S2, M{n} targeted B{n}. \
                 merge M{n} into N{n}, according to S3."
            ))]
        }
        7 if !after.merged.is_empty() => {
            let names: Vec<String> = after.merged.keys().cloned().collect();
            let name = names[dice.below(names.len())].clone();
            after.merged.remove(&name);
            for fact in &mut after.facts {
                fact.retracted |= fact.ends.0 == name && fact.ends.1 == "same-as";
            }
            vec![load(format!("unmerge {name}, because \"two\"."))]
        }
        8 => {
            // A transaction: nothing of it counts before its end.
            let mut requests = vec![json!({"op": "begin"})];
            for part in 0..1 + dice.below(3) {
                requests.push(load(statement(&mut after, dice, &format!("{n}-{part}"))));
            }
            match dice.below(4) {
                0 => {
                    after = model.clone();
                    requests.push(json!({"op": "rollback"}));
                }
                _ => requests.push(json!({"op": "commit"})),
            }
            requests
        }
        _ => {
            let mut text = String::new();
            for part in 0..1 + dice.below(3) {
                text.push_str(&statement(&mut after, dice, &format!("{n}-{part}")));
            }
            vec![load(text)]
        }
    };
    Step {
        kind,
        requests,
        after,
    }
}

/// What a campaign saw.
#[derive(Debug, Default)]
struct Seen {
    kills: u64,
    acknowledged: u64,
    in_flight: u64,
    kept: u64,
    snapshots: u64,
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let kills = number("WHODUNIT_KILLS", 40);
    let seed = number("WHODUNIT_SEED", 5);
    let folder = scratch("crash");
    let mut seen = Seen::default();
    let mut round = 0;
    while seen.kills < kills {
        round += 1;
        let path = folder.join(format!("{round}.case"));
        campaign(seed + round, &folder, &path, &mut seen);
        let _ = std::fs::remove_file(&path);
    }
    // A kill while a file is made leaves a file beside it, and nothing under its name.
    let _ = std::fs::remove_dir_all(&folder);
    println!("seed {seed}: {seen:?}");
    assert!(
        seen.acknowledged > kills && seen.in_flight > kills / 10,
        "{seen:?}"
    );
}

/// Some lives of one file.
fn campaign(seed: u64, folder: &Path, path: &PathBuf, seen: &mut Seen) {
    let mut dice = Dice::new(seed);
    let mut model = Model::default();
    let mut fresh = 0;
    let mut usual: BTreeMap<usize, Duration> = BTreeMap::new();
    for life in 0..8 {
        let mut alive = Some(Pipe::new(path));
        let fatal = dice.below(10);
        let mut either = None;
        for at in 0.. {
            let step = step(&mut dice, &model, folder, &mut fresh);
            // The last request matters most; the others have their turn.
            let last = step.requests.len() - 1;
            let dies = match (at == fatal, dice.below(4)) {
                (false, _) => None,
                (true, 0) => Some(dice.below(last + 1)),
                (true, _) => Some(last),
            };
            let begun = Instant::now();
            let mut answered = None;
            for (number, request) in step.requests.iter().enumerate() {
                let pipe = alive.as_mut().expect("a process");
                pipe.send(request);
                if dies == Some(number) {
                    let most = usual
                        .get(&step.kind)
                        .copied()
                        .unwrap_or(Duration::from_millis(8));
                    let wait = most.as_micros() as usize * 5 / 4;
                    std::thread::sleep(Duration::from_micros(dice.below(wait.max(1)) as u64));
                    let told = alive.take().is_some_and(|pipe| pipe.kill().is_some());
                    either = Some((number == last, step.after.clone(), told));
                    break;
                }
                answered = pipe.reply();
                let answer = answered.as_ref().expect("a reply");
                assert!(
                    answer.get("error").is_none(),
                    "seed {seed}: {request}: {answer}"
                );
            }
            if dies.is_some() {
                break;
            }
            usual.insert(step.kind, begun.elapsed());
            seen.acknowledged += u64::from(answered.is_some());
            model = step.after;
        }
        seen.kills += 1;
        let place = format!("seed {seed}, life {life}");
        model = judged(path, model, either, &place, seen);
        // Now and then it ends in peace, and is photographed if much was done.
        if dice.below(6) == 0 {
            let mut pipe = Pipe::new(path);
            let step = step(&mut dice, &model, folder, &mut fresh);
            for request in &step.requests {
                pipe.send(request);
                let answer = pipe.reply().expect("a reply");
                assert!(
                    answer.get("error").is_none(),
                    "{place}: {request}: {answer}"
                );
            }
            pipe.close();
            model = judged(path, step.after, None, &place, seen);
        }
    }
}

/// What one holds and another does not.
fn others(model: &Model, than: &Model) -> Model {
    let facts = model.facts.iter().filter(|fact| !than.facts.contains(fact));
    let marks = model.marks.iter();
    let merged = model.merged.iter();
    let pair = |(key, value): (&String, &String)| (key.clone(), value.clone());
    Model {
        facts: facts.cloned().collect(),
        marks: marks
            .filter(|(key, of)| than.marks.get(*key) != Some(of))
            .map(pair)
            .collect(),
        merged: merged
            .filter(|(key, of)| than.merged.get(*key) != Some(of))
            .map(pair)
            .collect(),
    }
}

/// Compares a file with what it should hold; gives what it holds.
fn judged(
    path: &Path,
    model: Model,
    either: Option<(bool, Model, bool)>,
    place: &str,
    seen: &mut Seen,
) -> Model {
    let model = model.sorted();
    if path.exists() {
        let told = check(&path.to_string_lossy()).unwrap_or_else(|why| panic!("{place}: {why:?}"));
        assert!(told.sound, "{place}: {}", told.text);
        seen.snapshots += u64::from(!told.text.contains("covers transaction 0"));
    }
    let held = found(path);
    match either {
        None => assert_eq!(held, model, "{place}"),
        Some((whole, after, told)) => {
            let after = after.sorted();
            seen.in_flight += u64::from(!told);
            seen.acknowledged += u64::from(told && whole);
            let kept = whole && held == after;
            seen.kept += u64::from(kept && !told && after != model);
            // Told: it must be there. Otherwise both will do.
            let good = kept || (held == model && !(told && whole));
            assert!(
                good,
                "{place}: told {told}, the last request {whole}\nmore than before: {:?}\nless: {:?}",
                others(&held, &model),
                others(&model, &held)
            );
        }
    }
    held
}

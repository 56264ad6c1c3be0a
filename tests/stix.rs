//! STIX comes in: counts and answers as an independent reading of the raw JSON has them. What needs the
//! shared data is skipped where `WHODUNIT_SHARED` does not name it.

mod common;

use common::{NOW, below, scratch};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use whodunit::engine::Engine;
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;

fn fresh() -> Engine {
    Engine::with_vocabulary(NOW)
}

fn take(engine: &mut Engine, files: &[PathBuf], recorded: i64) -> Result<Done, String> {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    import(engine, &paths, &Options::default(), recorded).map_err(|refused| refused.text)
}

/// The shared data, where its place is known.
fn shared(path: &str) -> Option<PathBuf> {
    match std::env::var_os("WHODUNIT_SHARED") {
        Some(place) => Some(Path::new(&place).join("data").join(path)),
        None => {
            eprintln!("skipped: WHODUNIT_SHARED does not say where the shared data is");
            None
        }
    }
}

/// The objects of a file as they stand there.
fn raw(file: &Path) -> Vec<Json> {
    let text = fs::read_to_string(file).expect("a file");
    let json: Json = serde_json::from_str(&text).expect("JSON");
    match json["objects"].as_array() {
        Some(objects) => objects.clone(),
        None => vec![json],
    }
}

fn text<'j>(object: &'j Json, key: &str) -> &'j str {
    object[key].as_str().unwrap_or_default()
}

#[test]
fn every_shared_file_has_the_counts_of_its_raw_text() {
    for folder in ["attack", "stix"] {
        let Some(folder) = shared(folder) else { return };
        for entry in fs::read_dir(folder).expect("a folder") {
            let file = entry.expect("a file").path();
            let begun = std::time::Instant::now();
            let mut engine = fresh();
            let done = take(&mut engine, std::slice::from_ref(&file), NOW).expect("an import");
            eprintln!("{} {:?}\n{}", file.display(), begun.elapsed(), done.said);
        }
    }
}

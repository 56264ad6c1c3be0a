//! What tests of documents have in common: importing, asking, and reading the raw JSON beside it.

#![allow(dead_code)] // Each test uses some of it.

use crate::common::{NOW, below};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use whodunit::engine::Engine;
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::{GraphView, Row};
use whodunit::model::Claim;

pub const DAY: i64 = 86_400;

pub fn fresh() -> Engine {
    Engine::with_vocabulary(NOW)
}

pub fn take(engine: &mut Engine, files: &[PathBuf], recorded: i64) -> Result<Done, String> {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    import(engine, &paths, &Options::default(), recorded).map_err(|refused| refused.text)
}

pub fn sample(name: &str) -> PathBuf {
    below("import/stix").join(name)
}

/// The objects of a file as they stand there.
pub fn raw(file: &Path) -> Vec<Json> {
    let text = fs::read_to_string(file).expect("a file");
    let json: Json = serde_json::from_str(&text).expect("JSON");
    match json["objects"].as_array() {
        Some(objects) => objects.clone(),
        None => vec![json],
    }
}

pub fn text<'j>(object: &'j Json, key: &str) -> &'j str {
    object[key].as_str().unwrap_or_default()
}

/// A column of an answer.
pub fn column(engine: &mut Engine, question: &str, at: usize) -> Vec<String> {
    let asked = engine.ask(question).expect("an answer");
    let rows = asked.answer.table.rows.iter();
    rows.filter_map(|row| row.get(at).cloned()).collect()
}

pub fn names(engine: &mut Engine, question: &str) -> Vec<String> {
    let mut names = column(engine, question, 0);
    names.sort();
    names
}

/// What a claim has under a key.
pub fn property<E>(claim: &Claim<E>, key: &str) -> Option<String> {
    let mut own = claim.properties.iter().filter(|(known, _)| known == key);
    own.next().map(|(_, value)| value.text())
}

/// The claims of the case, with their entities by name, and whether they were retracted.
pub fn claims(engine: &Engine) -> Vec<(Claim<String>, bool)> {
    let graph = engine.graph();
    let columns = graph.columns();
    let all = 0..columns.len() as Row;
    all.map(|row| {
        let named = columns
            .claim(row)
            .try_map(|id, _| -> Result<String, ()> { Ok(graph.entities().name(id).to_owned()) });
        (named.expect("names"), columns.retracted(row).is_some())
    })
    .collect()
}

/// The claims that stand and are of one object.
pub fn of(engine: &Engine, id: &str) -> Vec<Claim<String>> {
    let all = claims(engine).into_iter();
    let all =
        all.filter(|(claim, gone)| !gone && property(claim, "document").as_deref() == Some(id));
    all.map(|(claim, _)| claim).collect()
}

/// What the case says, in no order.
pub fn lines(engine: &Engine) -> BTreeSet<String> {
    engine.statements().lines().map(str::to_owned).collect()
}

pub fn relation(engine: &Engine, claim: &Claim<String>) -> String {
    engine
        .graph()
        .vocabulary()
        .relation(claim.relation)
        .name
        .clone()
}

//! Our own JSON: the document and the lines that exports write (`docs/exchange.md`). It refuses versions
//! that come after it.

use crate::import::document::{Document, Place};
use crate::import::harvest::Harvest;
use crate::import::json;
use crate::import::reader::Reader;
use crate::import::record::{self, Record, text, texts};
use crate::import::sample::Sample;
use crate::model::{Change, RelationDeclaration, TypeDeclaration};
use crate::text::Diagnostic;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// The reader of documents.
pub const DOCUMENT: Reader = Reader {
    name: "json",
    endings: &["json"],
    doc: "our own JSON document of entities and claims",
    detect: |sample: &Sample<'_>| match sample.value("format") {
        Some("whodunit") => 100,
        Some(_) | None => 0,
    },
    read: document,
};

/// The reader of lines.
pub const LINES: Reader = Reader {
    name: "jsonl",
    endings: &["jsonl"],
    doc: "our own JSON Lines: entities and claims, one a line",
    detect: |sample: &Sample<'_>| {
        let has = |keys: &[&str]| keys.iter().all(|key| sample.has(key));
        let line = sample.head.trim_start().starts_with('{');
        match line && (has(&["subject", "relation", "object"]) || has(&["name", "types"])) {
            true => 60,
            false => 0,
        }
    },
    read: lines,
};

/// The document, its records still to be read.
#[derive(Deserialize)]
struct Whole<'t> {
    format: String,
    version: u64,
    #[serde(borrow, default)]
    types: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    relations: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    entities: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    claims: Vec<&'t RawValue>,
}

/// What is done with a record.
type Take = fn(&mut Harvest<'_>, &Record, Place) -> Result<(), String>;

fn document(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let whole: Whole<'_> = json::whole(&document)?;
    if whole.format != "whodunit" || whole.version != 1 {
        let told = format!("this is version {} of `{}`", whole.version, whole.format);
        return Err(document
            .wrong(0, told)
            .label("version 1 of `whodunit` is known")
            .help("a newer program reads it, or writes it as `who`"));
    }
    let lists: [(&'static str, Vec<&RawValue>, Take); 4] = [
        ("types", whole.types, kind),
        ("relations", whole.relations, relation),
        ("entities", whole.entities, entity),
        ("claims", whole.claims, record::claim),
    ];
    for (list, records, take) in lists {
        harvest.count(list, records.len());
        for (at, raw) in records.into_iter().enumerate() {
            let place = document.at(raw.get()).in_item(list, at);
            one(&document, harvest, raw.get(), place, take)?;
        }
    }
    Ok(())
}

fn lines(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    for line in document.lines() {
        let (_, line) = line?;
        let line = line.trim_start();
        let place = document.at(line);
        one(
            &document,
            harvest,
            line,
            place,
            |harvest, record, place| match record.contains_key("relation") {
                true => {
                    harvest.count("claims", 1);
                    record::claim(harvest, record, place)
                }
                false => {
                    harvest.count("entities", 1);
                    entity(harvest, record, place)
                }
            },
        )?;
    }
    Ok(())
}

/// Reads one record.
fn one<'t>(
    document: &Document<'t>,
    harvest: &mut Harvest<'_>,
    piece: &'t str,
    place: Place,
    take: Take,
) -> Result<(), Diagnostic> {
    let record: Record = json::piece(document, piece)?;
    take(harvest, &record, place).map_err(|why| {
        document
            .wrong(place.offset, why)
            .label("in this record")
            .help("`docs/exchange.md` has the fields of records")
    })
}

fn entity(harvest: &mut Harvest<'_>, record: &Record, place: Place) -> Result<(), String> {
    record::entity(harvest, record, place).map(|_| ())
}

fn some(record: &Record, key: &str) -> Result<Option<String>, String> {
    Ok(text(record, key)?.map(str::to_owned))
}

fn list(record: &Record, key: &str) -> Result<Vec<String>, String> {
    Ok(texts(record, key)?.into_iter().map(str::to_owned).collect())
}

/// Declares a type that the case does not know.
fn kind(harvest: &mut Harvest<'_>, record: &Record, _place: Place) -> Result<(), String> {
    let name = some(record, "name")?.ok_or("a type needs a `name`")?;
    let declaration = TypeDeclaration {
        parents: list(record, "parents")?,
        plural: some(record, "plural")?,
        also: list(record, "also")?,
        stix: some(record, "stix")?,
        ftm: some(record, "ftm")?,
        doc: some(record, "doc")?,
        name,
    };
    let sayable = harvest.sayable.noun;
    let good = sayable(&declaration.name) && declaration.parents.iter().all(|one| sayable(one));
    if harvest.words.type_named(&declaration.name).is_none() && good {
        harvest.words.declare_type(declaration.clone());
        harvest
            .declarations
            .push(Change::DeclareType(Box::new(declaration)));
    }
    Ok(())
}

/// Declares a relation that the case does not know.
fn relation(harvest: &mut Harvest<'_>, record: &Record, _place: Place) -> Result<(), String> {
    let is = |key: &str| record.get(key) == Some(&Json::Bool(true));
    let declaration = RelationDeclaration {
        name: some(record, "name")?.ok_or("a relation needs a `name`")?,
        from: list(record, "from")?,
        to: list(record, "to")?,
        base: some(record, "base")?,
        third: some(record, "third")?,
        past: some(record, "past")?,
        participle: some(record, "participle")?,
        gerund: some(record, "gerund")?,
        particle: some(record, "particle")?,
        noun: some(record, "noun")?,
        plural: some(record, "plural")?,
        passive: some(record, "passive")?,
        inverse: some(record, "inverse")?,
        also: list(record, "also")?,
        symmetric: is("symmetric"),
        transitive: is("transitive"),
        stix: some(record, "stix")?,
        ftm: some(record, "ftm")?,
        doc: some(record, "doc")?,
    };
    let known = harvest.words.relation_named(&declaration.name).is_some();
    if !known && (harvest.sayable.verb)(&declaration.name) {
        harvest.words.declare_relation(declaration.clone());
        let declared = Change::DeclareRelation(Box::new(declaration));
        harvest.declarations.push(declared);
    }
    Ok(())
}

//! The formats of documents: one row each in [`READERS`], from which detection, `--from` and help are
//! derived. It reads nothing itself.

use crate::import::exchange;
use crate::import::ftm::{statements, stream};
use crate::import::graphml;
use crate::import::misp_event;
use crate::import::misp_galaxy;
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::stix;
use crate::import::{cfr, eurepoc, ofac_sdn, uk_sanctions, uk_sanctions_text};
use crate::text::{Diagnostic, nearest};

/// All formats of documents.
pub const READERS: &[Reader] = &[
    exchange::DOCUMENT,
    exchange::LINES,
    graphml::READER,
    misp_galaxy::READER,
    misp_event::READER,
    stix::READER,
    stream::READER,
    statements::READER,
    eurepoc::READER,
    cfr::READER,
    uk_sanctions::READER,
    uk_sanctions_text::READER,
    ofac_sdn::READER,
];

/// What a file is.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A document of a format.
    Document(&'static Reader),
    /// A table whose columns are understood or mapped.
    Table,
    /// A script of queries that write.
    Script,
    /// Our own text.
    Text,
}

/// The names that `--from` takes besides those of the readers.
const TABLE: &str = "table";
const SCRIPT: &str = "cypher";
const TEXT: &str = "who";

/// The form of a name, as after `--from`.
pub fn named(name: &str) -> Result<Form, Diagnostic> {
    let reader = READERS
        .iter()
        .find(|reader| reader.name.eq_ignore_ascii_case(name));
    match (name, reader) {
        (_, Some(reader)) => Ok(Form::Document(reader)),
        (TABLE | "csv" | "tsv", None) => Ok(Form::Table),
        (SCRIPT | "gql", None) => Ok(Form::Script),
        (TEXT, None) => Ok(Form::Text),
        (_, None) => {
            let names: Vec<&str> = names().collect();
            let unknown = Diagnostic::without_span(format!("no format is called `{name}`"))
                .note(format!("formats are {}", names.join(", ")));
            Err(match nearest(name, names, 1).first() {
                Some(near) => unknown.help(format!("did you mean `{near}`?")),
                None => unknown.help("without `--from` a file is known by what is in it"),
            })
        }
    }
}

/// The names of all forms.
pub fn names() -> impl Iterator<Item = &'static str> {
    let readers = READERS.iter().map(|reader| reader.name);
    readers.chain([TABLE, SCRIPT, TEXT])
}

/// The form of a file by what is in it, and by its ending where that says nothing. What is no text of ours
/// and nothing known is a mistake.
pub fn detected(sample: &Sample<'_>) -> Result<Form, Diagnostic> {
    let sure = |reader: &&Reader| (reader.detect)(sample);
    let best = READERS.iter().filter(|reader| sure(reader) > 0);
    // The first of the best.
    if let Some(reader) = best.rev().max_by_key(sure) {
        return Ok(Form::Document(reader));
    }
    let ending = sample.file.rsplit('.').next().unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "tab" => Ok(Form::Table),
        "jsonl" | "ndjson" if sample.head.trim_start().starts_with('{') => Ok(Form::Table),
        "cypher" | "cyp" | "gql" => Ok(Form::Script),
        "who" => Ok(Form::Text),
        _ if sample.is_json() || sample.head.trim_start().starts_with('<') => {
            Err(unknown(sample.file, &sample.looks()))
        }
        _ => Ok(Form::Text),
    }
}

/// A file that is none of what is known.
fn unknown(file: &str, looks: &str) -> Diagnostic {
    let known = READERS
        .iter()
        .map(|reader| format!("{}: {}", reader.name, reader.doc));
    let mut told = Diagnostic::without_span(format!("`{file}` is of no format that is known"))
        .label(looks.to_owned());
    told.notes.extend(known);
    told.note("table: a table with a delimiter or JSON Lines, its columns understood or mapped by `--map`")
        .note("cypher: a script of queries that write")
        .note("who: our own text")
        .help("`--from NAME` says what it is")
}

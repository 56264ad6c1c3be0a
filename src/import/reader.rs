//! The interface of a document reader: what it is called, how it is known, what it does. A reader turns
//! one document into what a [`Harvest`] gathers; it touches no file, no case and no other document.
//!
//! To add a format: one file here with a `pub const READER: Reader`, one row in `readers.rs`.
//!
//! ```text
//! detect(&Sample) -> u8      0: not mine … 100: surely. The best wins; `--from NAME` overrides.
//!     sample.has("values[].uuid"), sample.value("type"), sample.has_columns(&["ID", "Name"]), sample.head
//! read(Document, &mut Harvest) -> Result<(), Diagnostic>
//!     An error ends the whole import; what is merely odd is `harvest.odd(kind, place)`.
//! ```
//!
//! **The document** is all text, checked to be UTF-8 without a mark, not empty, of at most 512 MB.
//! `json::whole(&document)` and `json::piece(&document, slice)` read it into types that borrow from it
//! and tell mistakes by line and column; a field of type `&'t serde_json::value::RawValue` is a piece whose
//! place `document.at(raw.get())` is known, so that objects are read one by one (and side by side with
//! rayon). `document.lines()` gives the lines of JSON Lines. `document.place(byte).in_item("objects", 311)`
//! is a place; `document.wrong(byte, title)` a mistake. `json::value` keeps unknown JSON as a property.
//!
//! **Entities** are held as [`Ref`](crate::import::Ref)s until all documents were read, so ends may come
//! later or from another file:
//!
//! - `harvest.identified(scheme, id)`: the entity of an id outside, in the case or in this import;
//!   `also_identified` gives it a second id; `harvest.describe(at, Said { name, types, … })` says what it is.
//!   Schemes so far: `misp` (uuids of clusters, events, objects, organisations), `mitre` (`G0128`, `T1059`),
//!   `iso3166` (two letters); for others take the plain name of the list: `stix`, `wikidata`, `ftm`, `uk`, `ofac`.
//! - `harvest.named(name, kind, meeting)`: one that is known by its name only (a source, a country).
//! - [`Meeting`](crate::import::Meeting) says which known entity may be met by name: `ById` none (persons),
//!   `ByHandle` the one of exactly that handle (groups, malware), `ByName` the only one that bears the name
//!   (countries, sources). Types must agree, and ids of one scheme. Two of one name become `Name (ID)`.
//! - `countries::meant(text)` reads ISO codes and names of countries; `harvest.country(text)` gives the entity.
//!
//! **Words**: `harvest.kind("group")`, `harvest.relation("uses")` find or declare; what is new becomes a word
//! that statements can say.
//!
//! **Claims**: `Claim::new(subject, relation, object)` of `Ref`s with its fields (`sources`, `likelihood`,
//! `valid`, `reported`, `reference`, `marking`, `properties` …), then `harvest.claim(claim, place)`. An alias is
//! `harvest.alias(entity, text, &sources, place)`. A claim whose ends nobody describes is left out and told
//! as an oddity; a source that nobody describes is kept under its id.
//!
//! **Documents that come again**: after `harvest.replaces(key, title)` claims are those of the document
//! `key` (the property `document` of the claim). When a later state comes, what the case has of that key
//! and the new state does not claim is retracted, what both claim stays as it was recorded. The key is that
//! of the whole document where documents are whole (a MISP galaxy by its uuid, a table by its name), and
//! that of a single object where objects have versions of their own (`relationship--…` of STIX: compare
//! `harvest.standing(key)` to see whether what stands is newer, and then don't claim). `false` means that this
//! import has a state of that key already: two states of a document at once are a mistake.
//!
//! **Counts**: `harvest.count("actors", 1)`, for the summary and for tests against independent counts.

use crate::import::document::Document;
use crate::import::harvest::Harvest;
use crate::import::sample::Sample;
use crate::text::Diagnostic;

/// A format of documents.
#[derive(Clone, Copy)]
pub struct Reader {
    /// What `--from` calls it: `misp-galaxy`.
    pub name: &'static str,
    /// Endings that such files have as a rule, without the dot.
    pub endings: &'static [&'static str],
    /// What it reads, in one line.
    pub doc: &'static str,
    /// How surely a file is of this format, 0 to 100, by its beginning.
    pub detect: fn(&Sample<'_>) -> u8,
    /// Reads a document.
    pub read: fn(Document<'_>, &mut Harvest<'_>) -> Result<(), Diagnostic>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

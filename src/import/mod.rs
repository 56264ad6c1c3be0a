//! Claims come in: tables of entities and claims, streamed and read on all cores, and documents of the
//! formats in `READERS`. A table is mapped to fields first, then read in blocks, then joined to what the
//! case knows; a document is gathered by its reader, and handles are chosen when all were read. Nothing
//! of the case changes here.

pub mod blocks;
pub mod carried;
pub mod cells;
pub mod cfr;
pub mod claims;
pub mod countries;
pub mod dates;
pub mod document;
pub mod entities;
pub mod eurepoc;
pub mod exchange;
pub mod fields;
pub mod ftm;
pub mod gathered;
pub mod graphml;
pub mod graphml_xml;
pub mod handles;
pub mod harvest;
pub mod json;
pub mod json_lines;
pub mod mapping;
pub mod misp_claims;
pub mod misp_event;
pub mod misp_galaxy;
pub mod misp_reports;
pub mod misp_shapes;
pub mod misp_tags;
pub mod ofac_sdn;
pub mod pieces;
pub mod placing;
pub mod reader;
pub mod readers;
pub mod record;
pub mod sample;
pub mod sheet;
pub mod staged;
pub mod states;
pub mod stix;
pub mod table;
pub mod tally;
pub mod typed;
pub mod uk_sanctions;
pub mod uk_sanctions_text;
pub mod words;

pub use blocks::{Blocks, Feed};
pub use cells::{guarded, listed, plain_cell};
pub use document::{Document, LARGEST, Place, text_of, too_large};
pub use fields::{Field, guessed};
pub use gathered::Gathered;
pub use harvest::{DOCUMENT, Harvest, Meeting, Ref, Said};
pub use json_lines::Lined;
pub use mapping::Mapping;
pub use reader::Reader;
pub use readers::{Form, READERS, detected, named, names};
pub use sample::Sample;
pub use staged::{Imported, Staged, Staging};
pub use table::{Kind, Reject, Table};
pub use tally::Counts;
pub use words::Sayable;

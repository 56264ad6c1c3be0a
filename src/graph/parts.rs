//! The numbers of the parts of a snapshot. They are the format's: none is ever given another meaning.

#![allow(missing_docs)] // `docs/format.md` says what each holds.

// Columns of claims, a value a row.
pub const SUBJECT: u16 = 1;
pub const RELATION: u16 = 2;
pub const OBJECT: u16 = 3;
pub const ATTRIBUTION: u16 = 4;
pub const LIKELIHOOD: u16 = 5;
pub const FLAGS: u16 = 6;
pub const VALID: u16 = 7;
pub const REPORTED: u16 = 8;
pub const RECORDED: u16 = 9;
pub const NUMBER: u16 = 10;
pub const DETAIL: u16 = 11;
pub const ROW_BY_NUMBER: u16 = 12;
pub const INCOMING_LIKELIHOOD: u16 = 13;
pub const INCOMING_VALID: u16 = 14;
// Lists of what codes mean, and of what few claims have.
pub const ATTRIBUTIONS: u16 = 20;
pub const LIKELIHOODS: u16 = 21;
pub const PERIODS: u16 = 22;
pub const REFERENCES: u16 = 23;
pub const DETAILS: u16 = 24;
pub const TRANSACTIONS: u16 = 25;
pub const RETRACTIONS: u16 = 26;
pub const SAID: u16 = 27;
// Sets of rows.
pub const UNUSUAL: u16 = 30;
// The two directions; their columns are counted from these.
pub const OUT: u16 = 40;
pub const INTO: u16 = 50;
pub const FIRST: u16 = 0;
pub const RELATIONS: u16 = 1;
pub const SEGMENTS: u16 = 2;
pub const NEAR: u16 = 3;
pub const OFFSETS: u16 = 4;
pub const ENDS: u16 = 5;
pub const ROWS: u16 = 6;
pub const STARTS: u16 = 7;
// Entities and their names.
pub const ENTITIES: u16 = 60;
pub const HANDLES: u16 = 61;
pub const TEXTS: u16 = 62;
pub const OWNERS: u16 = 63;
pub const NAMES: u16 = 64;
pub const INDEX: u16 = 65;
pub const ALIASES: u16 = 66;
pub const DELETED: u16 = 67;

//! From rows to what a person reads: claims grouped into facts, facts into rows with likelihood,
//! sources, period and status. It decides what is said; how it looks is the work of `export`.

pub mod about;
pub mod build;
pub mod changes;
pub mod claims;
pub mod entities;
pub mod facts;
pub mod gql;
pub mod paths;
pub mod table;
pub mod values;
pub mod verdict;
pub mod wording;

pub use build::{Ground, build};
pub use table::{Answer, Basis, Fact, Record, Table};

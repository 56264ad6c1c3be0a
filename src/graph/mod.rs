//! The claims in memory: topology in petgraph, columns beside it, names, statistics, and
//! [`GraphView`], the one way up. It knows no language, no file and no clock.

pub mod adapter;
pub mod apply;
pub mod bulk;
pub mod changes;
pub mod columns;
pub mod columns_edit;
pub mod derived;
pub mod dictionary;
pub mod edit;
pub mod entities;
pub mod filter;
pub mod handles;
pub mod indexes;
pub mod install;
pub mod names;
pub mod recent;
pub mod row;
pub mod rows;
pub mod seen;
pub mod settle;
pub mod statistics;
pub mod store;
pub mod topology;
pub mod undo;
pub mod view;

pub use adapter::Petgraph;
pub use apply::{Applied, ApplyError, Refusal};
pub use bulk::BulkError;
pub use columns::Columns;
pub use derived::{DERIVED, Derived, DerivedClaim, Layer};
pub use entities::Entities;
pub use filter::{ClaimFilter, CodeTest, Coded, Compare, Polarities, SourceTest, ValidTest};
pub use handles::NewEntities;
pub use indexes::Property;
pub use row::{Beside, Direction, Row, Run};
pub use rows::{Attribution, Gathered, RowDetail, Rows};
pub use seen::Seen;
pub use statistics::Statistics;
pub use store::Graph;
pub use undo::Undo;
pub use view::GraphView;

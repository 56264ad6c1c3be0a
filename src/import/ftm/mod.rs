//! FollowTheMoney: entities as streams of JSON Lines, as deltas, as tables of statements. What the three
//! forms say is gathered as items; `claims.rs` makes entities and claims of items, `schemata.rs` is the
//! table of what schemata mean.

pub mod claims;
pub mod item;
pub mod schemata;
pub mod statements;
pub mod stream;

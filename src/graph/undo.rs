//! What undoes the changes of a statement, one by one. It does nothing itself.

use crate::graph::row::Row;
use crate::model::{Claim, EntityId, TxId, TypeId, Value, Vocabulary};

/// What undoes one change.
#[derive(Clone, Debug)]
pub enum Undo {
    /// The words as they were.
    Words(Box<Vocabulary>),
    /// An entity was made.
    Made(EntityId),
    /// An entity was deleted.
    Deleted(EntityId),
    /// A property was this.
    Property(EntityId, String, Option<Value>),
    /// The types were these.
    Types(EntityId, Vec<TypeId>),
    /// A claim was made.
    Claimed,
    /// A claim was this, and was recorded then.
    Claim(Row, Box<Claim<EntityId>>, TxId),
    /// What a claim said was kept as another one.
    Kept,
    /// A claim was taken back.
    Dropped(Row),
}

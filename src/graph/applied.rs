//! What a list of changes did, or why it was refused. Plain data.

use crate::graph::refusal::Refusal;
use crate::model::{ClaimId, EntityId};

/// What a list of changes did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Claims that are new.
    pub claims: Vec<ClaimId>,
    /// Claims that were there already, every field the same.
    pub known: usize,
    /// Entities that are new.
    pub entities: Vec<EntityId>,
    /// Claims that were taken back.
    pub retracted: usize,
    /// Entities that were found to be others, or were parted from them.
    pub merged: usize,
    /// Declarations, types, titles, properties and ids that brought something new.
    pub enriched: usize,
    /// What deserves a look, with the place of the change in the list.
    pub warnings: Vec<(usize, String)>,
}

impl Applied {
    /// Whether nothing at all was changed.
    pub fn is_nothing(&self) -> bool {
        self.claims.is_empty()
            && self.entities.is_empty()
            && self.retracted == 0
            && self.merged == 0
            && self.enriched == 0
    }
}

/// Why a list of changes was refused; nothing of it went in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyError {
    /// The place of the change in the list.
    pub change: usize,
    /// What is wrong with it.
    pub refusal: Refusal,
}

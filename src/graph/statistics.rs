//! Counts for planning. They are exact for the settled part of the graph and add up roughly for
//! what came since; a plan may be slower for it, never wrong.

use crate::model::{RelationId, TypeId, Vocabulary};
use minicbor::{Decode, Encode};

/// Counts of one relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct RelationCounts {
    /// Claims.
    #[n(0)]
    pub claims: u64,
    /// Facts.
    #[n(1)]
    pub facts: u64,
    /// Distinct subjects.
    #[n(2)]
    pub subjects: u64,
    /// Distinct objects.
    #[n(3)]
    pub objects: u64,
}

/// Counts of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub(in crate::graph) relations: Vec<RelationCounts>,
    pub(in crate::graph) types: Vec<u64>,
}

impl Statistics {
    /// The counts of a relation.
    pub fn relation(&self, id: RelationId) -> RelationCounts {
        self.relations.get(id.index()).copied().unwrap_or_default()
    }

    /// How many entities there are of a type or one below it; one of several types counts for each.
    pub fn of_type(&self, kind: TypeId, words: &Vocabulary) -> u64 {
        let below = words.below(kind);
        below
            .iter()
            .filter_map(|kind| self.types.get(kind.index()))
            .sum()
    }

    /// The counts of a relation, to change them.
    pub(in crate::graph) fn relation_mut(&mut self, id: RelationId) -> &mut RelationCounts {
        if self.relations.len() <= id.index() {
            self.relations
                .resize(id.index() + 1, RelationCounts::default());
        }
        &mut self.relations[id.index()]
    }

    /// Counts an entity of a type.
    pub(in crate::graph) fn count_type(&mut self, kind: TypeId) {
        if self.types.len() <= kind.index() {
            self.types.resize(kind.index() + 1, 0);
        }
        self.types[kind.index()] += 1;
    }

    /// Counts an entity of a type no longer.
    pub(in crate::graph) fn uncount_type(&mut self, kind: TypeId) {
        if let Some(count) = self.types.get_mut(kind.index()) {
            *count = count.saturating_sub(1);
        }
    }
}

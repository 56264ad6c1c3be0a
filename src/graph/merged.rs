//! Who is who: which entities were found to be one. Plain data; `merge.rs` makes the graph follow it.

use crate::model::{Attribution, EntityId, TxId};
use minicbor::{Decode, Encode};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// That two entities were found to be one, and for how long that was held.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Merge {
    /// The one that went.
    #[n(0)]
    pub entity: EntityId,
    /// The one that stayed.
    #[n(1)]
    pub into: EntityId,
    /// Since which transaction.
    #[n(2)]
    pub by: TxId,
    /// Until which; none: it is held still.
    #[n(3)]
    pub parted: Option<TxId>,
}

/// Who is who now.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// For each entity that went the one that stays.
    stays: BTreeMap<u32, u32>,
    /// For each one that stays those that went.
    gone: BTreeMap<u32, Vec<u32>>,
}

impl Merged {
    /// From pairs of one that goes and one that stays; chains are followed to their end.
    pub fn of(pairs: impl Iterator<Item = (u32, u32)>) -> Merged {
        let direct: BTreeMap<u32, u32> = pairs.collect();
        let mut merged = Merged::default();
        for id in direct.keys() {
            let mut end = *id;
            // As many steps as there are pairs: a circle cannot be made, and would end here.
            for _ in 0..direct.len() {
                match direct.get(&end) {
                    Some(next) => end = *next,
                    None => break,
                }
            }
            if end != *id {
                merged.stays.insert(*id, end);
                merged.gone.entry(end).or_default().push(*id);
            }
        }
        merged
    }

    /// Whether no two are one.
    pub fn is_empty(&self) -> bool {
        self.stays.is_empty()
    }

    /// The entity that stands for another.
    pub fn stays(&self, id: EntityId) -> EntityId {
        match self.stays.is_empty() {
            true => id,
            false => EntityId(self.stays.get(&id.0).copied().unwrap_or(id.0)),
        }
    }

    /// Whether another stands for it.
    pub fn is_gone(&self, id: EntityId) -> bool {
        !self.stays.is_empty() && self.stays.contains_key(&id.0)
    }

    /// Those for which an entity stands, itself apart.
    pub fn gone(&self, id: EntityId) -> &[u32] {
        match self.gone.is_empty() {
            true => &[],
            false => self.gone.get(&id.0).map_or(&[], Vec::as_slice),
        }
    }

    /// All that went, with those that stay.
    pub fn pairs(&self) -> impl Iterator<Item = (EntityId, EntityId)> + '_ {
        let pairs = self.stays.iter();
        pairs.map(|(gone, stays)| (EntityId(*gone), EntityId(*stays)))
    }
}

/// Whom a claim names, as it was stated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Said {
    /// Who.
    #[n(0)]
    pub subject: EntityId,
    /// To whom.
    #[n(1)]
    pub object: EntityId,
    /// Who says so.
    #[n(2)]
    pub attribution: Attribution,
}

/// Whom claims name as they were stated, by number; only of those for which another stands now.
pub type SaidBy = FxHashMap<u32, Said>;

/// The relation of a judgement that two entities are one. Its claims are judgements like others: where
/// two are one by a merge, they stand between the entity and itself, and say whom they were stated of.
pub const SAME_AS: &str = "same-as";

/// Those who stand for whom a claim names.
pub fn point(said: &Said, merged: &Merged) -> Said {
    let stays = |id: &EntityId| merged.stays(*id);
    let mut sources: Vec<EntityId> = said.attribution.sources.iter().map(stays).collect();
    sources.sort_unstable();
    sources.dedup();
    Said {
        subject: stays(&said.subject),
        object: stays(&said.object),
        attribution: Attribution {
            sources,
            via: said.attribution.via.iter().map(stays).collect(),
        },
    }
}

//! Entities that were found to be one: what is said of the first is said of the second, until they are
//! two again. Claims are kept as they were stated; the ends that neighbours are found by are those of
//! the entity that stays. It judges nothing: who says that two are one is a claim like others.

use crate::graph::columns::Columns;
use crate::graph::merged::{Merge, Merged, Said, point};
use crate::graph::store::Graph;
use crate::model::{Attribution, Claim, EntityId, TxId};
use rustc_hash::FxHashMap;

impl Graph {
    /// Who is who now.
    pub fn merged(&self) -> &Merged {
        self.entities.merged()
    }

    /// All merges that were ever made, in their order.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// From now on the second stands for the first as well.
    pub(in crate::graph) fn join_entities(&mut self, entity: EntityId, into: EntityId) {
        let by = self.columns.last_transaction();
        self.merges.push(Merge {
            entity,
            into,
            by,
            parted: None,
        });
        self.astray = true;
    }

    /// They are two again.
    pub(in crate::graph) fn part_entities(&mut self, entity: EntityId) {
        let now = self.columns.last_transaction();
        let held = self.merges.iter_mut().rev();
        let mut held = held.filter(|merge| merge.entity == entity && merge.parted.is_none());
        if let Some(merge) = held.next() {
            merge.parted = Some(now);
            self.astray = true;
        }
    }

    /// Makes the graph follow merges that were made or undone since it last did.
    pub(in crate::graph) fn follow(&mut self) {
        if self.astray {
            self.repoint(None);
        }
    }

    /// Whether who is who was another matter at some time before now.
    pub fn merged_otherwise(&self, known_at: i64) -> bool {
        let held = |merge: &&Merge| self.held(merge, Some(known_at));
        let then = self.merges.iter().filter(held);
        let now = self.merges.iter().filter(|merge| merge.parted.is_none());
        !then.eq(now)
    }

    /// The graph with those merged that were held to be one at a time.
    pub fn merged_at(&self, known_at: i64) -> Graph {
        let mut then = self.clone();
        then.log = None;
        then.repoint(Some(known_at));
        // Whoever asks as of that day again asks this one.
        then.merges.clear();
        then
    }

    fn held(&self, merge: &Merge, known_at: Option<i64>) -> bool {
        let Some(at) = known_at else {
            return merge.parted.is_none();
        };
        let time = |by: TxId| self.columns.transaction_time(by);
        time(merge.by) <= at && merge.parted.is_none_or(|by| time(by) > at)
    }

    /// Who is who by the merges that are held now.
    pub(in crate::graph) fn follow_merges(&mut self) {
        let held = self.merges.iter().filter(|merge| merge.parted.is_none());
        let merged = Merged::of(held.map(|merge| (merge.entity.0, merge.into.0)));
        self.entities.set_merged(merged);
    }

    /// Gives every claim the ends by which it is found, by who is who now or was at a time, and sorts
    /// all of them anew.
    pub(in crate::graph) fn repoint(&mut self, known_at: Option<i64>) {
        let held = self
            .merges
            .iter()
            .filter(|merge| self.held(merge, known_at));
        let merged = Merged::of(held.map(|merge| (merge.entity.0, merge.into.0)));
        self.columns.repoint(&merged);
        self.entities.set_merged(merged);
        self.astray = false;
        self.settle_anew();
    }

    /// A claim with those who stand for whom it names, and whom it names where these are others.
    pub(in crate::graph) fn pointed(
        &self,
        claim: Claim<EntityId>,
    ) -> (Claim<EntityId>, Option<Said>) {
        let merged = self.entities.merged();
        if merged.is_empty() {
            return (claim, None);
        }
        let said = Said {
            subject: claim.subject,
            object: claim.object,
            attribution: Attribution {
                sources: claim.sources.clone(),
                via: claim.via.clone(),
            },
        };
        let pointed = point(&said, merged);
        let others = (pointed != said).then_some(said);
        let claim = Claim {
            subject: pointed.subject,
            object: pointed.object,
            sources: pointed.attribution.sources,
            via: pointed.attribution.via,
            ..claim
        };
        (claim, others)
    }
}

impl Columns {
    /// Whom the claim of a row names, as it was stated.
    fn said_of(&self, row: u32) -> Said {
        let number = self.id(row).0;
        self.said
            .get()
            .get(&number)
            .cloned()
            .unwrap_or_else(|| Said {
                subject: self.subject(row),
                object: self.object(row),
                attribution: self
                    .attributions
                    .get(self.attribution.at(row as usize))
                    .clone(),
            })
    }

    /// The whole claim, as it was stated.
    pub fn stated(&self, row: u32) -> Claim<EntityId> {
        let claim = self.claim(row);
        match self.said.get().get(&self.id(row).0) {
            None => claim,
            Some(said) => Claim {
                subject: said.subject,
                object: said.object,
                sources: said.attribution.sources.clone(),
                via: said.attribution.via.clone(),
                ..claim
            },
        }
    }

    /// The ends of a claim, as they were stated.
    pub fn stated_ends(&self, row: u32) -> (EntityId, EntityId) {
        match self.said.get().get(&self.id(row).0) {
            Some(said) => (said.subject, said.object),
            None => (self.subject(row), self.object(row)),
        }
    }

    /// Whom a claim names as it is stated, where others stand for some of them.
    pub(in crate::graph) fn say(&mut self, row: u32, said: Option<Said>) {
        let number = self.id(row).0;
        match said {
            Some(said) => self.said.get_mut().insert(number, said),
            None if self.said.get().is_empty() => None,
            None => self.said.get_mut().remove(&number),
        };
    }

    fn repoint(&mut self, merged: &Merged) {
        // Attributions are few and shared: each is judged once.
        let mut others: FxHashMap<u32, bool> = FxHashMap::default();
        let changes = |of: &Attribution| {
            of.sources
                .iter()
                .chain(&of.via)
                .any(|id| merged.is_gone(*id))
        };
        for row in 0..self.len() as u32 {
            let known = self.said.get().contains_key(&self.id(row).0);
            let code = self.attribution.at(row as usize);
            let attributed = *others
                .entry(code)
                .or_insert_with(|| changes(self.attributions.get(code)));
            let ends = merged.is_gone(self.subject(row)) || merged.is_gone(self.object(row));
            if !(known || attributed || ends) {
                continue;
            }
            let said = self.said_of(row);
            let pointed = point(&said, merged);
            let at = row as usize;
            self.subject.all_mut()[at] = pointed.subject.0;
            self.object.all_mut()[at] = pointed.object.0;
            let number = self.id(row).0;
            match pointed == said {
                true => self.said.get_mut().remove(&number),
                false => self.said.get_mut().insert(number, said),
            };
            let code = self.attributions.code(pointed.attribution);
            self.attribution.all_mut()[at] = code;
        }
    }
}

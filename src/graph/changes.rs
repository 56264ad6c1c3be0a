//! A case as the list of changes that would bring it about: what exports print and what a new case
//! could be built from. It gives what stands now; only the journal knows how it came about.

use crate::graph::row::Row;
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{Change, Claim, EntityId, RetractTarget, Vocabulary};

impl Graph {
    /// The changes that bring about a case with the same words, entities and claims: declarations,
    /// entities with what they have, then claims by number. A claim that was taken back comes with
    /// its retraction, unless an equal one stands.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = self.declarations();
        let gone = self.entities.merged().pairs().map(|(gone, _)| gone);
        for id in self.entities.ids().chain(gone) {
            changes.extend(self.entity_changes(id));
        }
        let mut rows: Vec<Row> = (0..self.columns.len() as u32).collect();
        rows.sort_unstable_by_key(|row| self.columns.id(*row));
        for row in rows {
            let claim = self.named(row);
            match self.columns.retracted(row) {
                None => changes.push(Change::Assert(Box::new(claim))),
                // What a query deleted does not come back with what was said of it.
                Some(_) if self.ends_deleted(row) => {}
                Some(_) if self.stands_elsewhere(row) => {}
                Some(_) => {
                    changes.push(Change::Assert(Box::new(claim.clone())));
                    changes.push(Change::Retract {
                        target: RetractTarget::Content(Box::new(claim)),
                        because: self.columns.retraction_reason(row).map(str::to_owned),
                    });
                }
            }
        }
        let held = self.merges.iter().filter(|merge| merge.parted.is_none());
        let name = |id: EntityId| self.entities.name(id).to_owned();
        changes.extend(held.map(|merge| Change::Merge {
            entity: name(merge.entity),
            into: name(merge.into),
        }));
        let rules = self.rules.all().iter().cloned();
        changes.extend(rules.map(Box::new).map(Change::DeclareRule));
        changes
    }

    /// The words that are not built in.
    fn declarations(&self) -> Vec<Change> {
        let built_in = Vocabulary::new();
        let known = |name: &str| built_in.type_named(name).map(|id| built_in.type_of(id));
        let types = self
            .vocabulary
            .types()
            .filter(|(_, declared)| known(&declared.name) != Some(*declared));
        let mut changes: Vec<Change> = types
            .map(|(_, declared)| Change::DeclareType(Box::new(declared.clone())))
            .collect();
        let known = |name: &str| {
            built_in
                .relation_named(name)
                .map(|id| built_in.relation(id))
        };
        let relations = self
            .vocabulary
            .relations()
            .filter(|(_, declared)| known(&declared.name) != Some(*declared));
        changes.extend(
            relations.map(|(_, declared)| Change::DeclareRelation(Box::new(declared.clone()))),
        );
        changes
    }

    fn entity_changes(&self, id: EntityId) -> Vec<Change> {
        let entity = self.entities.get(id);
        let types = entity
            .types
            .iter()
            .map(|kind| self.vocabulary.type_of(*kind).name.clone())
            .collect();
        let mut changes = vec![Change::Entity {
            name: entity.name.clone(),
            types,
            title: entity.title.clone(),
            unnamed: entity.unnamed,
        }];
        changes.extend(
            entity
                .properties
                .iter()
                .map(|(key, value)| Change::Property {
                    entity: entity.name.clone(),
                    key: key.clone(),
                    value: value.clone(),
                }),
        );
        changes.extend(
            entity
                .ids
                .iter()
                .map(|(scheme, outside)| Change::ExternalId {
                    entity: entity.name.clone(),
                    scheme: scheme.clone(),
                    id: outside.clone(),
                }),
        );
        changes
    }

    /// The claim of a row as it was stated, with its entities by name.
    pub fn named(&self, row: Row) -> Claim<String> {
        self.with_names(self.columns.stated(row))
    }

    /// The same with those who stand now for whom it names.
    pub fn named_now(&self, row: Row) -> Claim<String> {
        self.with_names(self.columns.claim(row))
    }

    fn with_names(&self, claim: Claim<EntityId>) -> Claim<String> {
        let name = |id: EntityId, _| {
            Ok::<String, std::convert::Infallible>(self.entities.name(id).to_owned())
        };
        match claim.try_map(name) {
            Ok(claim) => claim,
            Err(never) => match never {},
        }
    }

    fn ends_deleted(&self, row: Row) -> bool {
        let ends = [self.columns.subject(row), self.columns.object(row)];
        ends.into_iter().any(|id| self.entities.is_deleted(id))
    }

    fn stands_elsewhere(&self, row: Row) -> bool {
        let claim = self.columns.claim(row);
        let mut rows = Vec::new();
        if let Some(fact) = self.fact(claim.subject, claim.relation, claim.object) {
            self.claims(fact, &mut rows);
        }
        rows.into_iter().any(|other| {
            !self.columns.is_derived(other)
                && self.columns.retracted(other).is_none()
                && self.columns.claim(other) == claim
        })
    }
}

//! Changes one by one, as a writing query makes them while it runs: each is seen at once, and all
//! are undone when the statement fails. Nothing is moved while a statement is under way, so that rows
//! hold.

use crate::graph::row::{Direction, Row, Run};
use crate::graph::store::Graph;
use crate::graph::undo::Undo;
use crate::graph::view::GraphView;
use crate::model::{Claim, EntityId, Entry, RelationId, TypeId, Value, Vocabulary};

impl Graph {
    /// A statement begins. `recorded` is now, in seconds since 1970.
    pub fn begin(&mut self, recorded: i64) {
        self.columns.forget_dropped();
        self.mark = self.log_mark();
        self.open_transaction(recorded);
        self.undo = Some(Vec::new());
    }

    /// The statement is done, and stays.
    pub fn commit(&mut self) {
        if self.undo.take().is_some() {
            self.columns.forget_derived();
        }
        self.columns.forget_dropped();
        self.settle_if_grown();
    }

    /// The statement failed: everything is as it was before it.
    pub fn roll_back(&mut self) {
        for step in self.undo.take().unwrap_or_default().into_iter().rev() {
            match step {
                Undo::Words(words) => self.vocabulary = *words,
                Undo::Made(id) => self.remove_entity(id),
                Undo::Deleted(id) => {
                    self.entities.delete(id, false);
                    for kind in &self.entities.get(id).types {
                        self.statistics.count_type(*kind);
                    }
                }
                Undo::Property(id, key, Some(value)) => {
                    self.entities.set(id, key, value);
                }
                Undo::Property(id, key, None) => {
                    self.entities.unset(id, &key);
                }
                Undo::Types(id, types) => self.retype(id, types),
                Undo::Claimed | Undo::Kept => {
                    let last = self.columns.len().saturating_sub(1) as Row;
                    let relation = self.columns.relation(last);
                    let (subject, object) = self.columns.stated_ends(last);
                    self.pop();
                    if relation == Vocabulary::ALSO_KNOWN_AS {
                        self.bears_still(subject, object);
                    }
                }
                Undo::Claim(row, claim, recorded) => {
                    self.restate(row, *claim);
                    self.columns.recorded_by(row, recorded);
                }
                Undo::Dropped(row) => {
                    self.columns.reinstate(row);
                    if self.columns.relation(row) == Vocabulary::ALSO_KNOWN_AS {
                        let (owner, name) = self.columns.stated_ends(row);
                        self.entities.bears(owner, name, true);
                    }
                }
            }
        }
        self.columns.forget_dropped();
        self.columns.forget_derived();
        let mark = std::mem::take(&mut self.mark);
        self.log_back(&mark);
    }

    /// How many claims the statement under way keeps beside what it made: what others said before it
    /// changed them.
    pub fn kept(&self) -> usize {
        let steps = self.undo.iter().flatten();
        steps.filter(|step| matches!(step, Undo::Kept)).count()
    }

    fn log(&mut self, step: Undo) {
        if let Some(undo) = &mut self.undo {
            undo.push(step);
        }
    }

    pub(in crate::graph) fn remove_entity(&mut self, id: EntityId) {
        if self.entities.is_name(id) {
            return self.entities.delete(id, true);
        }
        for kind in &self.entities.get(id).types {
            self.statistics.uncount_type(*kind);
        }
        self.entities.delete(id, true);
    }

    pub(in crate::graph) fn retype(&mut self, id: EntityId, types: Vec<TypeId>) {
        for kind in &self.entities.get(id).types {
            self.statistics.uncount_type(*kind);
        }
        for kind in &types {
            self.statistics.count_type(*kind);
        }
        self.entities.retype(id, types);
    }

    /// Declares labels and relationship types that are new, by exactly these names.
    pub fn declare(&mut self, labels: &[String], relations: &[String]) {
        let fresh = labels
            .iter()
            .any(|name| self.vocabulary.label(name).is_none())
            || relations
                .iter()
                .any(|name| self.vocabulary.relationship_type(name).is_none());
        if fresh {
            self.log(Undo::Words(Box::new(self.vocabulary.clone())));
            labels.iter().for_each(|name| {
                self.vocabulary.declare_label(name);
            });
            relations.iter().for_each(|name| {
                self.vocabulary.declare_relationship_type(name);
            });
        }
        self.note_words(fresh);
    }

    /// Makes an entity with properties sorted by key; its name is its handle where that is free.
    pub fn make_entity(
        &mut self,
        mut types: Vec<TypeId>,
        properties: Vec<(String, Value)>,
    ) -> EntityId {
        types.sort_unstable();
        types.dedup();
        for kind in &types {
            self.statistics.count_type(*kind);
        }
        let name = properties
            .iter()
            .find_map(|(key, value)| match (key.as_str(), value) {
                ("name", Value::Text(name)) => Some(name.clone()),
                _ => None,
            });
        let id = self.entities.make(name.as_deref(), types, properties);
        self.log(Undo::Made(id));
        let made = self.log.is_some().then(|| self.entities.get(id).clone());
        if let Some(made) = made {
            self.note(|| Entry::Entity(Box::new(made)));
        }
        id
    }

    /// The text of an alias, which is made where there is none yet.
    pub fn make_alias(&mut self, text: &str) -> EntityId {
        let known = self.entities.name_entity(text);
        known.unwrap_or_else(|| {
            let id = self.entities.text(text);
            self.note(|| Entry::Text(text.to_owned()));
            self.log(Undo::Made(id));
            id
        })
    }

    /// Makes a claim beside equal ones.
    pub fn make_claim(&mut self, claim: Claim<EntityId>) -> Row {
        if self.log.is_some() {
            let claim = Box::new(claim.clone());
            self.note(|| Entry::Claim(claim));
        }
        let row = self.push(claim);
        self.log(Undo::Claimed);
        row
    }

    /// Sets a property, or takes it away.
    pub fn set_property(&mut self, id: EntityId, key: &str, value: Option<Value>) {
        let properties = &self.entities.get(id).properties;
        let before = properties.iter().find(|(known, _)| known == key);
        let before = before.map(|(_, value)| value.clone());
        self.log(Undo::Property(id, key.to_owned(), before));
        self.note(|| Entry::Property {
            entity: id,
            key: key.to_owned(),
            value: value.clone(),
        });
        match value {
            Some(value) => {
                self.entities.set(id, key.to_owned(), value);
            }
            None => {
                self.entities.unset(id, key);
            }
        }
    }

    /// Gives an entity exactly these types.
    pub fn set_types(&mut self, id: EntityId, types: Vec<TypeId>) {
        self.log(Undo::Types(id, self.entities.get(id).types.clone()));
        self.note(|| Entry::Types {
            entity: id,
            types: types.clone(),
        });
        self.retype(id, types);
    }

    /// Puts other fields in the place of a claim's, as they are stated; its ends stay.
    pub fn set_claim(&mut self, row: Row, claim: Claim<EntityId>) {
        self.note_replaced(row, &claim);
        self.replace_claim(row, claim);
    }

    fn note_replaced(&mut self, row: Row, claim: &Claim<EntityId>) {
        if self.log.is_some() {
            let number = self.columns.id(row);
            let with = Box::new(claim.clone());
            self.note(|| Entry::Replace {
                claim: number,
                with,
            });
        }
    }

    /// Replaces what a claim says. What was recorded earlier is kept, taken back, under a number of its
    /// own: nothing that was known is lost.
    pub(in crate::graph) fn replace_claim(&mut self, row: Row, claim: Claim<EntityId>) {
        let before = self.columns.stated(row);
        let recorded = self.columns.transaction(row);
        self.log(Undo::Claim(row, Box::new(before.clone()), recorded));
        self.restate(row, claim);
        if recorded != self.columns.last_transaction() {
            let (before, said) = self.pointed(before);
            let kept = self.columns.keep_before(row, before);
            self.columns.say(kept, said);
            self.join_recent(kept);
            self.log(Undo::Kept);
        }
    }

    /// Gives a claim the fields of another; its ends stay as they were stated.
    fn restate(&mut self, row: Row, claim: Claim<EntityId>) {
        let (subject, object) = self.columns.stated_ends(row);
        let (claim, said) = self.pointed(Claim {
            subject,
            object,
            ..claim
        });
        self.columns.replace(row, claim);
        self.columns.say(row, said);
    }

    /// Deletes a claim: from now on it is one that was taken back.
    pub fn delete_claim(&mut self, row: Row) {
        if self.columns.retracted(row).is_some() {
            return;
        }
        let claim = self.columns.id(row);
        self.note(|| Entry::Retract {
            claim,
            because: None,
        });
        self.take_back(row, None);
        self.columns.drop_row(row);
        self.log(Undo::Dropped(row));
    }

    /// Deletes an entity; its claims must be gone.
    pub fn delete_entity(&mut self, id: EntityId) {
        if !self.entities.is_deleted(id) {
            self.remove_entity(id);
            self.log(Undo::Deleted(id));
            self.note(|| Entry::Delete(id));
        }
    }

    /// The claims at an entity that stand.
    pub fn claims_at(&self, id: EntityId) -> Vec<Row> {
        let mut found = Vec::new();
        for direction in [Direction::Out, Direction::In] {
            let mut relations: Vec<RelationId> = Vec::new();
            self.relations_at(id, direction, &mut relations);
            for relation in relations {
                let mut facts: Vec<Row> = Vec::new();
                self.neighbours(id, relation, direction, &mut |run: Run<'_>| {
                    facts.extend_from_slice(run.facts);
                });
                facts
                    .into_iter()
                    .for_each(|fact| self.claims(fact, &mut found));
            }
        }
        let stated = |row: &Row| !self.columns.is_derived(*row);
        found.retain(|row| stated(row) && self.columns.retracted(*row).is_none());
        found.sort_unstable();
        found.dedup();
        found
    }
}

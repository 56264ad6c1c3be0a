//! Whether two graphs say the same, and whether the indexes of one find what its columns hold. For those
//! who check a case file: the snapshot against the journal. It changes nothing.

use crate::graph::row::{Direction, Row};
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{ClaimId, EntityId};

/// How many differences are told.
const TOLD: usize = 20;

impl Graph {
    /// What another graph says otherwise, the first of it: nothing where both are one case.
    pub fn differences(&self, other: &Graph) -> Vec<String> {
        let mut found = Vec::new();
        if self.vocabulary != other.vocabulary {
            found.push("the words are others".to_owned());
        }
        if self.rules != other.rules {
            found.push("the rules are others".to_owned());
        }
        let counts = (self.entities.len(), other.entities.len());
        if counts.0 != counts.1 {
            found.push(format!("{} entities, and {}", counts.0, counts.1));
        }
        for id in (0..counts.0.min(counts.1) as u32).map(EntityId) {
            let (own, others) = (self.entities.get(id), other.entities.get(id));
            let states = (self.entities.is_deleted(id), self.entities.is_name(id));
            if own != others
                || states != (other.entities.is_deleted(id), other.entities.is_name(id))
            {
                found.push(format!("entity {}, `{}`, is another", id.0, own.name));
            }
            if found.len() >= TOLD {
                return found;
            }
        }
        let counts = (self.columns.len(), other.columns.len());
        if counts.0 != counts.1 {
            found.push(format!("{} claims, and {}", counts.0, counts.1));
        }
        for number in 1..=counts.0.min(counts.1) as u32 {
            let number = ClaimId(number);
            let rows = (self.columns.row_of(number), other.columns.row_of(number));
            let same = match rows {
                (Some(own), Some(others)) => {
                    self.columns.stated(own) == other.columns.stated(others)
                        && self.columns.claim(own) == other.columns.claim(others)
                        && self.columns.recorded(own) == other.columns.recorded(others)
                        && self.columns.retracted(own) == other.columns.retracted(others)
                        && self.columns.retraction_reason(own)
                            == other.columns.retraction_reason(others)
                }
                _ => false,
            };
            if !same {
                found.push(format!("claim #{} is another", number.0));
            }
            if found.len() >= TOLD {
                return found;
            }
        }
        let held = |graph: &Graph| {
            let held = graph.merges.iter().filter(|merge| merge.parted.is_none());
            held.map(|merge| (merge.entity, merge.into))
                .collect::<Vec<_>>()
        };
        if held(self) != held(other) {
            found.push("other entities are one".to_owned());
        }
        found
    }

    /// What the indexes of this graph do not find though it is there, the first of it.
    pub fn unfound(&self) -> Vec<String> {
        let mut found = Vec::new();
        for id in self.entities.ids() {
            let name = self.entities.name(id);
            if self.entities.by_handle(name) != Some(id) {
                found.push(format!("the handle `{name}` is not found"));
            }
            if found.len() >= TOLD {
                return found;
            }
        }
        for row in 0..self.columns.len() as Row {
            let (subject, relation, object) = (
                self.columns.subject(row),
                self.columns.relation(row),
                self.columns.object(row),
            );
            let number = self.columns.id(row);
            let mut rows = Vec::new();
            if let Some(fact) = self.fact(subject, relation, object) {
                self.claims(fact, &mut rows);
            }
            let mut turned = false;
            self.neighbours(object, relation, Direction::In, &mut |run| {
                turned |= run.ends.contains(&subject.0);
            });
            let numbered = self.columns.row_of(number) == Some(row);
            if !rows.contains(&row) || !turned || !numbered {
                found.push(format!("claim #{} is not found by its ends", number.0));
            }
            if found.len() >= TOLD {
                return found;
            }
        }
        found
    }
}

//! The words of a case laid open, in an order that does not change: for those who write them as text and
//! read them again. What does not hold together is refused; nothing is derived anew, since what was
//! declared first decides how later words are read.

use crate::model::declaration::{RelationDeclaration, TypeDeclaration};
use crate::model::ids::{RelationId, TypeId};
use crate::model::vocabulary::{Reading, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// The words of a case, all that a [`Vocabulary`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Types in the order of declaration.
    pub types: Vec<TypeDeclaration>,
    /// For each type all types above it, itself included, sorted.
    pub above: Vec<Vec<TypeId>>,
    /// Nouns, folded.
    pub nouns: BTreeMap<String, TypeId>,
    /// Relations in the order of declaration.
    pub relations: Vec<RelationDeclaration>,
    /// Verb phrases, folded.
    pub phrases: BTreeMap<String, Vec<Reading>>,
    /// Types that came as labels of a query.
    pub labels: BTreeSet<TypeId>,
}

impl Words {
    /// What a vocabulary holds.
    pub fn of(vocabulary: &Vocabulary) -> Words {
        let phrases = vocabulary.phrases.iter();
        Words {
            types: vocabulary.types.clone(),
            above: vocabulary.above.clone(),
            nouns: vocabulary
                .nouns
                .iter()
                .map(|(noun, id)| (noun.clone(), *id))
                .collect(),
            relations: vocabulary.relations.clone(),
            phrases: phrases
                .map(|(phrase, of)| (phrase.clone(), of.clone()))
                .collect(),
            labels: vocabulary.labels.iter().copied().collect(),
        }
    }

    /// The vocabulary again, or why it would be none.
    pub fn vocabulary(self) -> Result<Vocabulary, String> {
        let builtin = Vocabulary::new();
        if self.types.len() < builtin.types.len() || self.relations.len() < builtin.relations.len()
        {
            return Err("the words that every case has are missing".to_owned());
        }
        if self.types.len().max(self.relations.len()) > usize::from(u16::MAX) {
            return Err("these are more words than a case can hold".to_owned());
        }
        let names = self.types.iter().map(|of| &of.name);
        let mut names = names.chain(self.relations.iter().map(|of| &of.name));
        if names.any(String::is_empty) {
            return Err("a type or relation has no name".to_owned());
        }
        let no_type = |id: &TypeId| id.index() >= self.types.len();
        let no_relation = |id: RelationId| id.index() >= self.relations.len();
        let above = self.above.iter().flatten();
        let named = above.chain(self.nouns.values()).chain(&self.labels);
        if let Some(id) = named.copied().find(no_type) {
            return Err(format!("there is no type {}", id.0));
        }
        let read = self.phrases.values().flatten();
        if let Some(of) = read.copied().find(|of| no_relation(of.relation)) {
            return Err(format!("there is no relation {}", of.relation.0));
        }
        let sorted = |above: &Vec<TypeId>| above.windows(2).all(|pair| pair[0] < pair[1]);
        if self.above.len() != self.types.len() || !self.above.iter().all(sorted) {
            return Err("`above` has a sorted list for each type".to_owned());
        }
        Ok(Vocabulary {
            types: self.types,
            above: self.above,
            nouns: self.nouns.into_iter().collect(),
            relations: self.relations,
            phrases: self.phrases.into_iter().collect(),
            labels: self.labels.into_iter().collect(),
        })
    }
}

//! Changes become graph, all or none: `survey.rs` finds everything that could be refused before the first
//! column is touched; then nothing can fail. It parses nothing and takes the time from its caller.

use crate::graph::applied::{Applied, ApplyError};
use crate::graph::row::Row;
use crate::graph::store::Graph;
use crate::graph::survey::{Found, Fresh, Step, Word, survey};
use crate::graph::view::GraphView;
use crate::model::{
    Change, Entity, EntityId, Entry, Polarity, TypeDeclaration, TypeId, Vocabulary,
};

impl Graph {
    /// Applies changes in their order, all or none. `recorded` is now, in seconds since 1970.
    ///
    /// A name is the entity of that handle, else the one that alone bears it as an alias, else a
    /// new entity. The same claim again changes nothing.
    pub fn apply(&mut self, changes: &[Change], recorded: i64) -> Result<Applied, ApplyError> {
        self.apply_owned(changes.to_vec(), recorded)
    }

    /// As [`Graph::apply`], of changes that nobody else needs.
    pub fn apply_owned(
        &mut self,
        changes: Vec<Change>,
        recorded: i64,
    ) -> Result<Applied, ApplyError> {
        let Found {
            words,
            fresh,
            steps,
            rules,
            applied,
        } = survey(self, changes)?;
        let changed = self.rules != rules;
        self.rules = rules;
        let applied = self.carry_out(words, fresh, steps, applied, recorded);
        if changed {
            let rules = Box::new(self.rules.clone());
            self.note(|| Entry::Rules(rules));
        }
        Ok(applied)
    }

    fn carry_out(
        &mut self,
        declared: Vec<Word>,
        fresh: Vec<Fresh>,
        mut steps: Vec<Step>,
        mut applied: Applied,
        recorded: i64,
    ) -> Applied {
        self.open_transaction(recorded);
        let mut words = 0;
        for word in declared {
            match word {
                Word::Type(declaration) => {
                    let known = self.vocabulary.type_named(&declaration.name);
                    let known = known.map(|id| self.vocabulary.type_of(id).clone());
                    let id = self.vocabulary.declare_type(declaration);
                    words += usize::from(known.as_ref() != Some(self.vocabulary.type_of(id)));
                }
                Word::Relation(declaration) => {
                    let known = self.vocabulary.relation_named(&declaration.name);
                    let known = known.map(|id| self.vocabulary.relation(id).clone());
                    let id = self.vocabulary.declare_relation(declaration);
                    words += usize::from(known.as_ref() != Some(self.vocabulary.relation(id)));
                }
            }
        }
        applied.enriched += words;
        let kinds = steps.iter().flat_map(|step| match step {
            Step::Types { types, .. } => types.as_slice(),
            Step::Property(..)
            | Step::ExternalId(..)
            | Step::Claim(_)
            | Step::Retract(..)
            | Step::TakeBack(..)
            | Step::Merge(..)
            | Step::Part(..)
            | Step::Nothing => &[],
        });
        for name in kinds {
            if self.vocabulary.type_named(name).is_none() {
                self.vocabulary.declare_type(TypeDeclaration {
                    name: name.clone(),
                    ..Default::default()
                });
                words += 1;
            }
        }
        self.note_words(words > 0);
        self.entities.hold_names(true);
        for fresh in fresh {
            match fresh {
                Fresh::Entity(name) => {
                    let entity = Entity {
                        name,
                        ..Entity::default()
                    };
                    self.note(|| Entry::Entity(Box::new(entity.clone())));
                    let id = self.add_entity(entity);
                    applied.entities.push(id);
                }
                Fresh::Text(text) => {
                    self.entities.text(&text);
                    self.note(|| Entry::Text(text));
                }
            }
        }
        let mass = match self.mass(&steps) {
            Some(first) => steps.split_off(first),
            None => Vec::new(),
        };
        let mut rows: Vec<Row> = Vec::with_capacity(steps.len());
        for step in steps {
            let mut row = Row::MAX;
            match step {
                Step::Nothing => {}
                Step::Types {
                    entity,
                    types,
                    title,
                    unnamed,
                } => {
                    let named = types.iter();
                    let kinds = named.filter_map(|name| self.vocabulary.type_named(name));
                    let kinds: Vec<TypeId> = kinds.collect();
                    if self.enrich(entity, &kinds, title.clone(), unnamed) {
                        applied.enriched += 1;
                        self.note(|| Entry::Enrich {
                            entity,
                            types: kinds,
                            title,
                            unnamed,
                        });
                    }
                }
                Step::Property(entity, key, value) => {
                    let noted = self.log.is_some().then(|| Entry::Property {
                        entity,
                        key: key.clone(),
                        value: Some(value.clone()),
                    });
                    if self.entities.set(entity, key, value) {
                        applied.enriched += 1;
                        noted.into_iter().for_each(|entry| self.note(|| entry));
                    }
                }
                Step::ExternalId(entity, scheme, id) => {
                    let noted = self.log.is_some().then(|| Entry::Identify {
                        entity,
                        scheme: scheme.clone(),
                        id: id.clone(),
                    });
                    if self.entities.identify(entity, scheme, id) {
                        applied.enriched += 1;
                        noted.into_iter().for_each(|entry| self.note(|| entry));
                    }
                }
                Step::Claim(claim) => {
                    if self.log.is_some() {
                        let claim = claim.clone();
                        self.note(|| Entry::Claim(claim));
                    }
                    row = self.push(*claim);
                    applied.claims.push(self.columns.id(row));
                }
                Step::Retract(row, because) => self.retract(row, because),
                Step::TakeBack(step, because) => self.retract(rows[step], because),
                Step::Merge(entity, into) => {
                    self.note(|| Entry::Merge { entity, into });
                    self.join_entities(entity, into);
                }
                Step::Part(entity, judgements, because) => {
                    for row in judgements {
                        self.retract(row, because.clone());
                    }
                    self.note(|| Entry::Part(entity));
                    self.part_entities(entity);
                }
            }
            rows.push(row);
        }
        if !mass.is_empty() {
            self.push_mass(mass, &mut applied);
        }
        self.follow();
        self.settle_if_grown();
        self.entities.hold_names(false);
        applied
    }

    /// From which step on there are claims only, and so many that all are settled behind them.
    fn mass(&self, steps: &[Step]) -> Option<usize> {
        let is_claim = |step: &Step| matches!(step, Step::Claim(_));
        let first = steps.iter().position(is_claim)?;
        let mass = &steps[first..];
        let other = |step: &Step| !matches!(step, Step::Claim(_) | Step::Nothing);
        let claims = mass.iter().filter(|step| is_claim(step)).count();
        (self.is_grown_by(claims) && !mass.iter().any(other)).then_some(first)
    }

    /// Takes in claims that are settled behind them: none has to be found before, and the index of names is
    /// built beside.
    fn push_mass(&mut self, mass: Vec<Step>, applied: &mut Applied) {
        let mut names = self.entities.lend_names();
        rayon::join(
            || names.settle(),
            || {
                for step in mass {
                    let Step::Claim(claim) = step else { continue };
                    if self.log.is_some() {
                        let claim = claim.clone();
                        self.note(|| Entry::Claim(claim));
                    }
                    let row = self.push_unsettled(*claim);
                    applied.claims.push(self.columns.id(row));
                }
            },
        );
        self.entities.take_names(names);
        self.settle();
    }

    /// More is said of an entity. Tells whether anything changed.
    pub(in crate::graph) fn enrich(
        &mut self,
        entity: EntityId,
        kinds: &[TypeId],
        title: Option<String>,
        unnamed: bool,
    ) -> bool {
        let before = self.entities.get(entity).types.clone();
        let changed = self.entities.enrich(entity, kinds, title, unnamed);
        for kind in kinds.iter().filter(|kind| !before.contains(kind)) {
            self.statistics.count_type(*kind);
        }
        changed
    }

    /// Takes a claim back and notes it.
    fn retract(&mut self, row: Row, because: Option<String>) {
        let claim = self.columns.id(row);
        self.note(|| Entry::Retract {
            claim,
            because: because.clone(),
        });
        self.take_back(row, because);
    }

    pub(in crate::graph) fn take_back(&mut self, row: Row, because: Option<String>) {
        self.columns.retract(row, because);
        if self.columns.relation(row) == Vocabulary::ALSO_KNOWN_AS {
            let (subject, object) = self.columns.stated_ends(row);
            self.bears_still(subject, object);
        }
    }

    /// An entity bears an alias no longer, unless a claim that it does stands.
    pub(in crate::graph) fn bears_still(&mut self, subject: EntityId, object: EntityId) {
        let mut rows = Vec::new();
        let stays = self.entities.merged().stays(subject);
        if let Some(fact) = self.fact(stays, Vocabulary::ALSO_KNOWN_AS, object) {
            self.claims(fact, &mut rows);
        }
        let stands = |row: &Row| {
            self.columns.retracted(*row).is_none()
                && self.columns.polarity(*row) == Polarity::Asserted
                && self.columns.stated_ends(*row).0 == subject
        };
        if !rows.iter().any(stands) {
            self.entities.bears(subject, object, false);
        }
    }
}

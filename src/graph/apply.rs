//! Changes become graph, all or none: everything that can be refused is found before the first
//! column is touched. It parses nothing and takes the time from its caller.

use crate::graph::merged::SAME_AS;
use crate::graph::refusal::Refusal;
use crate::graph::row::Row;
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{
    Change, Claim, ClaimId, Entity, EntityId, Entry, Polarity, RetractTarget, Rules,
    TypeDeclaration, TypeId, Value, Vocabulary,
};
use rustc_hash::FxHashMap;

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

/// What is done once everything has been found good.
enum Step {
    Types {
        entity: EntityId,
        types: Vec<String>,
        title: Option<String>,
        unnamed: bool,
    },
    Property(EntityId, String, Value),
    ExternalId(EntityId, String, String),
    Claim(Claim<EntityId>),
    Retract(Row, Option<String>),
    TakeBack(usize, Option<String>),
    Nothing,
}

/// An entity or the text of an alias that is yet to be made.
enum Fresh {
    Entity(String),
    Text(String),
}

/// The first pass: names become numbers, and what comes new gets the number that it will have.
struct Survey<'g> {
    graph: &'g Graph,
    fresh: Vec<Fresh>,
    handles: FxHashMap<String, EntityId>,
    texts: FxHashMap<String, EntityId>,
    /// Owners of aliases that these changes bring.
    owners: FxHashMap<EntityId, Vec<EntityId>>,
    steps: Vec<Step>,
    /// The rules as they will be.
    rules: Rules,
    /// Places of the claims among the steps, by their ends.
    claims: FxHashMap<(u32, u16, u32), Vec<usize>>,
    retracted: Vec<Row>,
    applied: Applied,
    at: usize,
}

impl Graph {
    /// Applies changes in their order, all or none. `recorded` is now, in seconds since 1970.
    ///
    /// A name is the entity of that handle, else the one that alone bears it as an alias, else a
    /// new entity. The same claim again changes nothing.
    pub fn apply(&mut self, changes: &[Change], recorded: i64) -> Result<Applied, ApplyError> {
        let mut survey = Survey {
            graph: self,
            fresh: Vec::new(),
            handles: FxHashMap::default(),
            texts: FxHashMap::default(),
            owners: FxHashMap::default(),
            steps: Vec::with_capacity(changes.len()),
            rules: self.rules.clone(),
            claims: FxHashMap::default(),
            retracted: Vec::new(),
            applied: Applied::default(),
            at: 0,
        };
        for (at, change) in changes.iter().enumerate() {
            survey.at = at;
            let step = survey.change(change).map_err(|refusal| ApplyError {
                change: at,
                refusal,
            })?;
            survey.steps.push(step);
        }
        let Survey {
            fresh,
            steps,
            rules,
            applied,
            ..
        } = survey;
        let changed = self.rules != rules;
        self.rules = rules;
        let applied = self.carry_out(changes, fresh, steps, applied, recorded);
        if changed {
            let rules = Box::new(self.rules.clone());
            self.note(|| Entry::Rules(rules));
        }
        Ok(applied)
    }

    fn carry_out(
        &mut self,
        changes: &[Change],
        fresh: Vec<Fresh>,
        steps: Vec<Step>,
        mut applied: Applied,
        recorded: i64,
    ) -> Applied {
        self.open_transaction(recorded);
        let mut words = 0;
        for change in changes {
            match change {
                Change::DeclareType(declaration) => {
                    let known = self.vocabulary.type_named(&declaration.name);
                    let known = known.map(|id| self.vocabulary.type_of(id).clone());
                    let id = self.vocabulary.declare_type(declaration.clone());
                    words += usize::from(known.as_ref() != Some(self.vocabulary.type_of(id)));
                }
                Change::DeclareRelation(declaration) => {
                    let known = self.vocabulary.relation_named(&declaration.name);
                    let known = known.map(|id| self.vocabulary.relation(id).clone());
                    let id = self.vocabulary.declare_relation(declaration.clone());
                    words += usize::from(known.as_ref() != Some(self.vocabulary.relation(id)));
                }
                Change::Entity { .. }
                | Change::Property { .. }
                | Change::ExternalId { .. }
                | Change::Assert(_)
                | Change::Retract { .. }
                | Change::DeclareRule(_)
                | Change::SwitchRule { .. }
                | Change::DropRule { .. } => {}
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
                    if self.entities.set(entity, key.clone(), value.clone()) {
                        applied.enriched += 1;
                        self.note(|| Entry::Property {
                            entity,
                            key,
                            value: Some(value),
                        });
                    }
                }
                Step::ExternalId(entity, scheme, id) => {
                    if self.entities.identify(entity, scheme.clone(), id.clone()) {
                        applied.enriched += 1;
                        self.note(|| Entry::Identify { entity, scheme, id });
                    }
                }
                Step::Claim(claim) => {
                    if self.log.is_some() {
                        let claim = Box::new(claim.clone());
                        self.note(|| Entry::Claim(claim));
                    }
                    row = self.push(claim);
                    applied.claims.push(self.columns.id(row));
                }
                Step::Retract(row, because) => self.retract(row, because),
                Step::TakeBack(step, because) => self.retract(rows[step], because),
            }
            rows.push(row);
        }
        self.settle_if_grown();
        applied
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
            let (subject, object) = (self.columns.subject(row), self.columns.object(row));
            let mut rows = Vec::new();
            if let Some(fact) = self.fact(subject, Vocabulary::ALSO_KNOWN_AS, object) {
                self.claims(fact, &mut rows);
            }
            let stands = |row: &Row| {
                self.columns.retracted(*row).is_none()
                    && self.columns.polarity(*row) == Polarity::Asserted
            };
            if !rows.iter().any(stands) {
                self.entities.bears(subject, object, false);
            }
        }
    }
}

impl Survey<'_> {
    fn change(&mut self, change: &Change) -> Result<Step, Refusal> {
        Ok(match change {
            Change::DeclareType(_) | Change::DeclareRelation(_) => Step::Nothing,
            Change::Entity {
                name,
                types,
                title,
                unnamed,
            } => {
                let entity = self.entity(name, false)?;
                Step::Types {
                    entity,
                    types: types.clone(),
                    title: title.clone(),
                    unnamed: *unnamed,
                }
            }
            Change::Property { entity, key, value } => {
                Step::Property(self.entity(entity, false)?, key.clone(), value.clone())
            }
            Change::ExternalId { entity, scheme, id } => {
                Step::ExternalId(self.entity(entity, false)?, scheme.clone(), id.clone())
            }
            Change::Assert(claim) => {
                let claim = self.claim(claim)?;
                if self.find(&claim).is_some() {
                    self.applied.known += 1;
                    return Ok(Step::Nothing);
                }
                if claim.relation == Vocabulary::ALSO_KNOWN_AS {
                    self.owners
                        .entry(claim.object)
                        .or_default()
                        .push(claim.subject);
                }
                let ends = (claim.subject.0, claim.relation.0, claim.object.0);
                self.claims.entry(ends).or_default().push(self.steps.len());
                Step::Claim(claim)
            }
            Change::Retract { target, because } => self.retract(target, because)?,
            Change::DeclareRule(rule) => {
                self.applied.enriched += usize::from(self.rules.declare(rule.clone()));
                Step::Nothing
            }
            Change::SwitchRule { name, on } => {
                let changed = self
                    .rules
                    .switch(name, *on)
                    .ok_or_else(|| self.no_rule(name))?;
                self.applied.enriched += usize::from(changed);
                Step::Nothing
            }
            Change::DropRule { name } => {
                if !self.rules.drop(name) {
                    return Err(self.no_rule(name));
                }
                self.applied.enriched += 1;
                Step::Nothing
            }
        })
    }

    fn retract(
        &mut self,
        target: &RetractTarget,
        because: &Option<String>,
    ) -> Result<Step, Refusal> {
        let found = match target {
            RetractTarget::Number(number) => {
                // What a rule gives has no number that a user could mean.
                let row = self.graph.columns.row_of(*number);
                let row = row.filter(|row| !self.graph.columns.is_derived(*row));
                Found::Row(row.ok_or(Refusal::NoSuchClaim(*number))?)
            }
            RetractTarget::Content(claim) => {
                let claim = self.claim(claim)?;
                let before = self.retracted_before(&claim);
                match self.find(&claim) {
                    // The claim came with these changes, and an equal one was taken back before:
                    // the same text is loaded again, and nothing changes.
                    Some(Found::Step(step)) if before => {
                        self.steps[step] = Step::Nothing;
                        self.applied.known += 1;
                        return Ok(Step::Nothing);
                    }
                    Some(found) => found,
                    None if before => return Ok(Step::Nothing),
                    None => return Err(Refusal::NothingToRetract),
                }
            }
        };
        match found {
            Found::Row(row) => {
                if self.graph.columns.retracted(row).is_some() || self.retracted.contains(&row) {
                    return Ok(Step::Nothing);
                }
                self.retracted.push(row);
                self.applied.retracted += 1;
                Ok(Step::Retract(row, because.clone()))
            }
            Found::Step(step) => {
                self.applied.retracted += 1;
                for places in self.claims.values_mut() {
                    places.retain(|place| *place != step);
                }
                Ok(Step::TakeBack(step, because.clone()))
            }
        }
    }

    fn claim(&mut self, claim: &Claim<String>) -> Result<Claim<EntityId>, Refusal> {
        let aliases = claim.relation == Vocabulary::ALSO_KNOWN_AS;
        let mut resolved = claim
            .clone()
            .try_map(|name, object| match object && aliases {
                true => self.text(&name),
                false => self.entity(&name, true),
            })?;
        resolved.sources.sort_unstable();
        resolved.sources.dedup();
        Ok(resolved)
    }

    /// A claim with exactly this content that stands.
    fn find(&self, claim: &Claim<EntityId>) -> Option<Found> {
        let ends = (claim.subject.0, claim.relation.0, claim.object.0);
        let fresh = self
            .claims
            .get(&ends)
            .into_iter()
            .flatten()
            .find(|step| matches!(&self.steps[**step], Step::Claim(known) if known == claim));
        if let Some(step) = fresh {
            return Some(Found::Step(*step));
        }
        let columns = &self.graph.columns;
        let stands = |row: &Row| columns.retracted(*row).is_none() && !self.retracted.contains(row);
        self.equal(claim).into_iter().find(stands).map(Found::Row)
    }

    /// Whether a claim of exactly this content was taken back.
    fn retracted_before(&self, claim: &Claim<EntityId>) -> bool {
        self.equal(claim)
            .iter()
            .any(|row| self.graph.columns.retracted(*row).is_some())
    }

    /// The rows of exactly this content, whether they stand or not.
    fn equal(&self, claim: &Claim<EntityId>) -> Vec<Row> {
        let mut rows = Vec::new();
        let merged = self.graph.merged();
        let ends = match Some(claim.relation) == self.graph.vocabulary.relation_named(SAME_AS) {
            true => (claim.subject, claim.object),
            false => (merged.stays(claim.subject), merged.stays(claim.object)),
        };
        if let Some(fact) = self.graph.fact(ends.0, claim.relation, ends.1) {
            self.graph.claims(fact, &mut rows);
            rows.retain(|row| !self.graph.columns.is_derived(*row));
            rows.retain(|row| self.graph.columns.stated(*row) == *claim);
        }
        rows
    }

    fn no_rule(&self, name: &str) -> Refusal {
        Refusal::NoSuchRule {
            name: name.to_owned(),
            known: self
                .rules
                .all()
                .iter()
                .map(|rule| rule.name.clone())
                .collect(),
        }
    }

    fn next_id(&self) -> Result<EntityId, Refusal> {
        let next = self.graph.entities.len() + self.fresh.len();
        // One number is kept back: the executor uses it for "no entity".
        u32::try_from(next)
            .ok()
            .filter(|id| *id < u32::MAX)
            .map(EntityId)
            .ok_or(Refusal::Full)
    }

    fn text(&mut self, text: &str) -> Result<EntityId, Refusal> {
        let known = self
            .graph
            .entities
            .name_entity(text)
            .or_else(|| self.texts.get(text).copied());
        if let Some(id) = known {
            return Ok(id);
        }
        let id = self.next_id()?;
        self.fresh.push(Fresh::Text(text.to_owned()));
        self.texts.insert(text.to_owned(), id);
        Ok(id)
    }

    fn entity(&mut self, name: &str, warn: bool) -> Result<EntityId, Refusal> {
        let entities = &self.graph.entities;
        let known = entities
            .by_handle(name)
            .or_else(|| self.handles.get(name).copied());
        if let Some(id) = known {
            return Ok(id);
        }
        let old = entities.name_entity(name);
        let mut owners: Vec<EntityId> = old.map(|text| entities.owners(text)).unwrap_or_default();
        let text = old.or_else(|| self.texts.get(name).copied());
        owners.extend(
            text.and_then(|text| self.owners.get(&text))
                .into_iter()
                .flatten(),
        );
        owners.sort_unstable();
        owners.dedup();
        match owners.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            several => {
                let candidates = several.iter().map(|id| self.handle(*id)).collect();
                return Err(Refusal::Ambiguous {
                    name: name.to_owned(),
                    candidates,
                });
            }
        }
        let id = self.next_id()?;
        // A name that is almost a known one is more often a slip than a newcomer; one look is cheap
        // for text typed by hand and skipped for masses.
        let letters = |name: &str| {
            name.chars()
                .filter(|c| !c.is_ascii_digit())
                .collect::<String>()
        };
        if warn
            && name.chars().count() >= 5
            && self.fresh.len() < 64
            && let Some(near) = entities.near(name, 1).first()
            && letters(near) != letters(name)
        {
            let warning = format!("`{name}` is a new entity; did you mean `{near}`?");
            self.applied.warnings.push((self.at, warning));
        }
        self.fresh.push(Fresh::Entity(name.to_owned()));
        self.handles.insert(name.to_owned(), id);
        Ok(id)
    }

    fn handle(&self, id: EntityId) -> String {
        let known = self.graph.entities.len();
        match id
            .index()
            .checked_sub(known)
            .and_then(|at| self.fresh.get(at))
        {
            Some(Fresh::Entity(name) | Fresh::Text(name)) => name.clone(),
            None => self.graph.entities.name(id).to_owned(),
        }
    }
}

/// Where an equal claim stands.
enum Found {
    Row(Row),
    Step(usize),
}

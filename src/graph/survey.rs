//! The first pass over a list of changes: names become numbers, what comes new gets the number that it will
//! have, and everything that must be refused is found. It changes nothing.

use crate::graph::applied::{Applied, ApplyError};
use crate::graph::merged::{Merge, SAME_AS};
use crate::graph::refusal::Refusal;
use crate::graph::row::Row;
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{
    Change, Claim, EntityId, Polarity, RelationDeclaration, RetractTarget, Rules, TypeDeclaration,
    Value, Vocabulary,
};
use rustc_hash::FxHashMap;

/// What was found of a list of changes that will do.
pub struct Found {
    /// Words that are declared, in their order.
    pub words: Vec<Word>,
    /// Entities and texts to be made, in the order of their numbers.
    pub fresh: Vec<Fresh>,
    /// What to do for each change.
    pub steps: Vec<Step>,
    /// The rules from then on.
    pub rules: Rules,
    /// What will have been done, as far as it is known.
    pub applied: Applied,
}

/// Looks all changes through; the first that must be refused ends it. They are given away, so that masses
/// are not copied.
pub fn survey(graph: &Graph, changes: Vec<Change>) -> Result<Found, ApplyError> {
    let mut survey = Survey {
        graph,
        words: Vec::new(),
        fresh: Vec::new(),
        handles: FxHashMap::default(),
        texts: FxHashMap::default(),
        owners: FxHashMap::default(),
        steps: Vec::with_capacity(changes.len()),
        rules: graph.rules.clone(),
        claims: FxHashMap::default(),
        retracted: Vec::new(),
        joined: FxHashMap::default(),
        last: None,
        applied: Applied::default(),
        at: 0,
        changes: changes.len(),
    };
    for (at, change) in changes.into_iter().enumerate() {
        survey.at = at;
        let step = survey.change(change).map_err(|refusal| ApplyError {
            change: at,
            refusal,
        })?;
        survey.steps.push(step);
    }
    let Survey {
        words,
        fresh,
        steps,
        rules,
        applied,
        ..
    } = survey;
    Ok(Found {
        words,
        fresh,
        steps,
        rules,
        applied,
    })
}

/// What is done once everything has been found good: the changes themselves, their names resolved.
#[allow(missing_docs)] // As in `Change`.
pub enum Step {
    Types {
        entity: EntityId,
        types: Vec<String>,
        title: Option<String>,
        unnamed: bool,
    },
    Property(EntityId, String, Value),
    ExternalId(EntityId, String, String),
    /// Masses of steps are moved: one that is large would make all of them large.
    Claim(Box<Claim<EntityId>>),
    Retract(Row, Option<String>),
    TakeBack(usize, Option<String>),
    Merge(EntityId, EntityId),
    Part(EntityId, Vec<Row>, Option<String>),
    Nothing,
}

/// A word that is declared, or declared again.
#[allow(missing_docs)]
pub enum Word {
    Type(TypeDeclaration),
    Relation(RelationDeclaration),
}

/// An entity or the text of an alias that is yet to be made.
#[allow(missing_docs)]
pub enum Fresh {
    Entity(String),
    Text(String),
}

/// The first pass: names become numbers, and what comes new gets the number that it will have.
struct Survey<'g> {
    graph: &'g Graph,
    words: Vec<Word>,
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
    /// Entities that these changes merge into others.
    joined: FxHashMap<EntityId, EntityId>,
    /// The handle that was last asked for: changes of one entity come one behind the other.
    last: Option<(String, EntityId)>,
    applied: Applied,
    at: usize,
    /// How many changes there are.
    changes: usize,
}

/// Of so many changes at the most new names are compared with those that are known: more are no text that
/// somebody typed.
const FEW: usize = 512;

impl Survey<'_> {
    fn change(&mut self, change: Change) -> Result<Step, Refusal> {
        Ok(match change {
            Change::DeclareType(declaration) => {
                self.words.push(Word::Type(*declaration));
                Step::Nothing
            }
            Change::DeclareRelation(declaration) => {
                self.words.push(Word::Relation(*declaration));
                Step::Nothing
            }
            Change::Entity {
                name,
                types,
                title,
                unnamed,
            } => {
                let entity = self.entity(&name, false)?;
                Step::Types {
                    entity,
                    types,
                    title,
                    unnamed,
                }
            }
            Change::Property { entity, key, value } => {
                Step::Property(self.entity(&entity, false)?, key, value)
            }
            Change::ExternalId { entity, scheme, id } => {
                Step::ExternalId(self.entity(&entity, false)?, scheme, id)
            }
            Change::Assert(claim) => {
                let claim = self.claim(*claim)?;
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
                Step::Claim(Box::new(claim))
            }
            Change::Retract { target, because } => self.retract(target, because)?,
            Change::Merge { entity, into } => self.merge(&entity, &into)?,
            Change::Part { entity, because } => self.part(&entity, because)?,
            Change::DeclareRule(rule) => {
                self.applied.enriched += usize::from(self.rules.declare(*rule));
                Step::Nothing
            }
            Change::SwitchRule { name, on } => {
                let changed = self
                    .rules
                    .switch(&name, on)
                    .ok_or_else(|| self.no_rule(&name))?;
                self.applied.enriched += usize::from(changed);
                Step::Nothing
            }
            Change::DropRule { name } => {
                if !self.rules.drop(&name) {
                    return Err(self.no_rule(&name));
                }
                self.applied.enriched += 1;
                Step::Nothing
            }
        })
    }

    /// An entity that is there, or comes with these changes, as it is called: not the one that stands
    /// for it.
    fn called(&self, name: &str) -> Result<EntityId, Refusal> {
        let entities = &self.graph.entities;
        let known = entities.by_handle(name);
        if let Some(id) = known.or_else(|| self.handles.get(name).copied()) {
            return Ok(id);
        }
        let owners = entities.name_entity(name).map(|text| entities.owners(text));
        match owners.unwrap_or_default().as_slice() {
            [] => Err(Refusal::NoSuchEntity(name.to_owned())),
            [one] => Ok(*one),
            several => Err(Refusal::Ambiguous {
                name: name.to_owned(),
                candidates: several.iter().map(|id| self.handle(*id)).collect(),
            }),
        }
    }

    /// The entity that stands for another by the case and the merges among these changes.
    fn stays(&self, id: EntityId) -> EntityId {
        let mut end = self.graph.merged().stays(id);
        // Each merge is followed once: a circle is refused before it is made.
        for _ in 0..=self.joined.len() {
            match self.joined.get(&end) {
                Some(next) => end = self.graph.merged().stays(*next),
                None => break,
            }
        }
        end
    }

    fn merge(&mut self, name: &str, other: &str) -> Result<Step, Refusal> {
        let (entity, into) = (self.called(name)?, self.called(other)?);
        let already = Refusal::AlreadyOne(name.to_owned(), other.to_owned());
        let held = |merge: &&Merge| merge.entity == entity && merge.into == into;
        let mut merges = self.graph.merges().iter();
        if merges.any(|merge| held(&merge) && merge.parted.is_none()) {
            // The same text is loaded again.
            return Ok(Step::Nothing);
        }
        let (stays, end) = (self.stays(entity), self.stays(into));
        if stays == end || stays != entity {
            return Err(already);
        }
        self.joined.insert(entity, end);
        self.applied.merged += 1;
        Ok(Step::Merge(entity, end))
    }

    fn part(&mut self, name: &str, because: Option<String>) -> Result<Step, Refusal> {
        let entity = self.called(name)?;
        let mut merges = self.graph.merges().iter().rev();
        let held = merges.find(|merge| merge.entity == entity && merge.parted.is_none());
        let Some(held) = held else {
            // The same text is loaded again, or the merge came with these changes.
            let before = self.graph.merges().iter();
            let known = before.into_iter().any(|merge| merge.entity == entity);
            return match known || self.joined.remove(&entity).is_some() {
                true if !known => {
                    self.applied.merged += 1;
                    Ok(Step::Part(entity, Vec::new(), because))
                }
                true => Ok(Step::Nothing),
                false => Err(Refusal::NotMerged(name.to_owned())),
            };
        };
        // The judgement that came with the merge goes with it.
        let columns = &self.graph.columns;
        let mut rows = Vec::new();
        let stays = self.graph.merged().stays(held.into);
        if let Some(same) = self.graph.vocabulary.relation_named(SAME_AS)
            && let Some(fact) = self.graph.fact(stays, same, stays)
        {
            self.graph.claims(fact, &mut rows);
            rows.retain(|row| !self.graph.columns.is_derived(*row));
        }
        rows.retain(|row| {
            columns.transaction(*row) == held.by
                && columns.retracted(*row).is_none()
                && columns.stated(*row).subject == entity
                && columns.polarity(*row) == Polarity::Asserted
        });
        self.retracted.extend(&rows);
        self.applied.merged += 1;
        self.applied.retracted += rows.len();
        Ok(Step::Part(entity, rows, because))
    }

    fn retract(&mut self, target: RetractTarget, because: Option<String>) -> Result<Step, Refusal> {
        let found = match target {
            RetractTarget::Number(number) => {
                // What a rule gives has no number that a user could mean.
                let row = self.graph.columns.row_of(number);
                let row = row.filter(|row| !self.graph.columns.is_derived(*row));
                Equal::Row(row.ok_or(Refusal::NoSuchClaim(number))?)
            }
            RetractTarget::Content(claim) => {
                let claim = self.claim(*claim)?;
                let before = self.retracted_before(&claim);
                match self.find(&claim) {
                    // The claim came with these changes, and an equal one was taken back before:
                    // the same text is loaded again, and nothing changes.
                    Some(Equal::Step(step)) if before => {
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
            Equal::Row(row) => {
                if self.graph.columns.retracted(row).is_some() || self.retracted.contains(&row) {
                    return Ok(Step::Nothing);
                }
                self.retracted.push(row);
                self.applied.retracted += 1;
                Ok(Step::Retract(row, because))
            }
            Equal::Step(step) => {
                self.applied.retracted += 1;
                for places in self.claims.values_mut() {
                    places.retain(|place| *place != step);
                }
                Ok(Step::TakeBack(step, because))
            }
        }
    }

    fn claim(&mut self, claim: Claim<String>) -> Result<Claim<EntityId>, Refusal> {
        let aliases = claim.relation == Vocabulary::ALSO_KNOWN_AS;
        let mut resolved = claim.try_map(|name, object| match object && aliases {
            true => self.text(&name),
            false => self.entity(&name, true),
        })?;
        resolved.sources.sort_unstable();
        resolved.sources.dedup();
        Ok(resolved)
    }

    /// A claim with exactly this content that stands.
    fn find(&self, claim: &Claim<EntityId>) -> Option<Equal> {
        let ends = (claim.subject.0, claim.relation.0, claim.object.0);
        let fresh =
            self.claims.get(&ends).into_iter().flatten().find(
                |step| matches!(&self.steps[**step], Step::Claim(known) if **known == *claim),
            );
        if let Some(step) = fresh {
            return Some(Equal::Step(*step));
        }
        let columns = &self.graph.columns;
        let stands = |row: &Row| columns.retracted(*row).is_none() && !self.retracted.contains(row);
        self.equal(claim).into_iter().find(stands).map(Equal::Row)
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
        let ends = (merged.stays(claim.subject), merged.stays(claim.object));
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
        if let Some((last, id)) = &self.last
            && last == name
        {
            return Ok(*id);
        }
        let known = entities
            .by_handle(name)
            .or_else(|| self.handles.get(name).copied());
        if let Some(id) = known {
            self.remember(name, id);
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
            && self.changes <= FEW
            && self.fresh.len() < 64
            && let Some(near) = entities.near(name, 1).first()
            && letters(near) != letters(name)
        {
            let warning = format!("`{name}` is a new entity; did you mean `{near}`?");
            self.applied.warnings.push((self.at, warning));
        }
        self.fresh.push(Fresh::Entity(name.to_owned()));
        self.handles.insert(name.to_owned(), id);
        self.remember(name, id);
        Ok(id)
    }

    fn remember(&mut self, name: &str, id: EntityId) {
        let (last, of) = self.last.get_or_insert_with(|| (String::new(), id));
        last.clear();
        last.push_str(name);
        *of = id;
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
enum Equal {
    Row(Row),
    Step(usize),
}

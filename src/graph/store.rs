//! The graph itself: a settled part in compressed sparse rows, what came since in a small mutable
//! graph, and the columns and names that both share. It hides nothing; views do.

use crate::graph::columns::Columns;
use crate::graph::entities::Entities;
use crate::graph::recent::Recent;
use crate::graph::row::{Direction, Row, Run};
use crate::graph::statistics::{RelationCounts, Statistics};
use crate::graph::topology::{Link, Topology};
use crate::graph::view::GraphView;
use crate::model::{Claim, Entity, EntityId, RelationId, Vocabulary};

/// How many recent claims are merged into the settled part at the least; more when it is large.
const MERGE: usize = 4096;

/// A case in memory.
///
/// Invariant: rows below `settled` are sorted by subject, relation, object and number, so that the
/// claims of one settled fact stand next to each other; rows above are in the order of recording.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(in crate::graph) vocabulary: Vocabulary,
    pub(in crate::graph) entities: Entities,
    pub(in crate::graph) columns: Columns,
    pub(in crate::graph) statistics: Statistics,
    out: Topology,
    into: Topology,
    settled: u32,
    recent: Recent,
    /// What undoes the statement under way, last step last.
    pub(in crate::graph) undo: Option<Vec<crate::graph::undo::Undo>>,
}

/// Why bulk data was refused. Nothing of it went in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkError {
    /// A handle that is taken, with its place among the entities given.
    Taken(usize, String),
    /// A claim that names an entity or relation which is not there, with its place.
    Missing(usize),
}

impl std::fmt::Display for BulkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BulkError::Taken(at, name) => write!(f, "entity {at}: the name `{name}` is taken"),
            BulkError::Missing(at) => write!(
                f,
                "claim {at} names an entity or a relation that is not there"
            ),
        }
    }
}

impl std::error::Error for BulkError {}

impl Graph {
    /// An empty case that knows the built-in words only.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// The words of the case, to declare more before bulk data comes.
    pub fn vocabulary_mut(&mut self) -> &mut Vocabulary {
        &mut self.vocabulary
    }

    /// Puts many claims in at once, past the parser and the search for equal claims: what is given
    /// twice is recorded twice. All or nothing. `recorded` is in seconds since 1970.
    ///
    /// Claims name entities by [`EntityId`]: those that are there already, then the given ones in
    /// their order.
    pub fn bulk(
        &mut self,
        entities: Vec<Entity>,
        claims: Vec<Claim<EntityId>>,
        recorded: i64,
    ) -> Result<(), BulkError> {
        let mut fresh = rustc_hash::FxHashSet::default();
        for (at, entity) in entities.iter().enumerate() {
            if self.entities.by_handle(&entity.name).is_some()
                || !fresh.insert(entity.name.as_str())
            {
                return Err(BulkError::Taken(at, entity.name.clone()));
            }
        }
        let count = self.entities.len() + entities.len();
        let relations = self.vocabulary.relations().count();
        let missing = claims.iter().position(|claim| {
            let ends = [claim.subject, claim.object];
            let all = ends.iter().chain(&claim.sources).chain(&claim.via);
            all.into_iter().any(|id| id.index() >= count) || claim.relation.index() >= relations
        });
        if let Some(at) = missing {
            return Err(BulkError::Missing(at));
        }
        for entity in entities {
            self.add_entity(entity);
        }
        self.columns.begin(recorded);
        self.columns.reserve(claims.len());
        for claim in claims {
            if claim.relation == Vocabulary::ALSO_KNOWN_AS {
                self.entities.bears(claim.subject, claim.object, true);
            }
            self.columns.push(claim);
        }
        self.settle();
        Ok(())
    }

    /// Adds an entity with a handle that is not taken.
    pub(in crate::graph) fn add_entity(&mut self, entity: Entity) -> EntityId {
        for kind in &entity.types {
            self.statistics.count_type(*kind);
        }
        self.entities.add(entity)
    }

    /// Adds a claim to the recent part.
    pub(in crate::graph) fn push(&mut self, claim: Claim<EntityId>) -> Row {
        if claim.relation == Vocabulary::ALSO_KNOWN_AS {
            let asserted = claim.polarity == crate::model::Polarity::Asserted;
            if asserted {
                self.entities.bears(claim.subject, claim.object, true);
            }
        }
        let row = self.columns.push(claim);
        let ends = self.columns.ends(row);
        let settled = self.settled_fact(ends).is_some();
        let fresh = !settled && self.recent.claims(ends).is_empty();
        self.recent.add(ends, row, settled);
        let counts = self.statistics.relation_mut(RelationId(ends.1));
        counts.claims += 1;
        if fresh {
            counts.facts += 1;
            counts.subjects += 1;
            counts.objects += 1;
        }
        row
    }

    /// Takes the last claim away, as if it had never been recorded.
    pub(in crate::graph) fn pop(&mut self) {
        let Some(row) = (self.columns.len() as u32).checked_sub(1) else {
            return;
        };
        let ends = self.columns.ends(row);
        self.recent.remove_last(ends);
        self.columns.pop();
        let gone = self.settled_fact(ends).is_none() && self.recent.claims(ends).is_empty();
        let counts = self.statistics.relation_mut(RelationId(ends.1));
        counts.claims = counts.claims.saturating_sub(1);
        if gone {
            counts.facts = counts.facts.saturating_sub(1);
            counts.subjects = counts.subjects.saturating_sub(1);
            counts.objects = counts.objects.saturating_sub(1);
        }
    }

    /// Merges the recent part when it has grown.
    pub(in crate::graph) fn settle_if_grown(&mut self) {
        let recent = self.columns.len() - self.settled as usize;
        if recent > MERGE.max(self.settled as usize / 8) {
            self.settle();
        }
    }

    /// Merges the recent part into the settled one and brings all indexes up to date.
    pub fn settle(&mut self) {
        self.entities.settle();
        if self.settled as usize == self.columns.len() {
            return;
        }
        let rows = self.columns.len();
        let entities = self.entities.len();
        let relations = self.vocabulary.relations().count();
        // Stable counting sorts, least significant key first. Equal facts stay in the order of
        // their rows, which is the order of their numbers.
        let mut order: Vec<Row> = (0..rows as u32).collect();
        order = counted(order, entities, |row| self.columns.object(row).index());
        order = counted(order, relations, |row| self.columns.relation(row).index());
        order = counted(order, entities, |row| self.columns.subject(row).index());
        self.columns.reorder(&order);
        drop(order);
        let mut links: Vec<Link> = Vec::with_capacity(rows);
        for row in 0..rows as u32 {
            let (subject, relation, object) = self.columns.ends(row);
            let same = links
                .last()
                .is_some_and(|last| (last.0, last.1, last.2) == (subject, relation, object));
            if !same {
                links.push((subject, relation, object, row));
            }
        }
        let mut counts = vec![RelationCounts::default(); relations];
        for row in 0..rows as u32 {
            counts[self.columns.relation(row).index()].claims += 1;
        }
        ends(
            &links,
            |of, fact| {
                of.facts += u64::from(fact);
                of.subjects += 1 - u64::from(fact);
            },
            &mut counts,
        );
        self.out = Topology::new(entities, &links);
        let turned: Vec<Link> = links
            .into_iter()
            .map(|(subject, relation, object, row)| (object, relation, subject, row))
            .collect();
        let turned = counted(turned, relations, |link| link.1 as usize);
        let turned = counted(turned, entities, |link| link.0 as usize);
        ends(
            &turned,
            |of, fact| of.objects += 1 - u64::from(fact),
            &mut counts,
        );
        self.into = Topology::new(entities, &turned);
        self.statistics.relations = counts;
        self.settled = rows as u32;
        self.recent = Recent::default();
    }

    fn settled_fact(&self, (subject, relation, object): (u32, u16, u32)) -> Option<Row> {
        self.out
            .fact(EntityId(subject), RelationId(relation), EntityId(object))
    }

    /// Bytes of claims on the heap: columns, both directions, what is recent; without entities.
    pub fn claim_memory(&self) -> usize {
        self.columns.memory() + self.out.memory() + self.into.memory() + self.recent.memory()
    }

    /// Bytes on the heap, roughly.
    pub fn memory(&self) -> usize {
        self.claim_memory() + self.entities.memory()
    }

    /// How many facts there are, visible or not.
    pub fn fact_count(&self) -> usize {
        self.out.len() + self.recent.len()
    }
}

/// Calls `count` for every link (flag set) and for every first link of a near end (flag not set).
fn ends(
    links: &[Link],
    mut count: impl FnMut(&mut RelationCounts, bool),
    counts: &mut [RelationCounts],
) {
    let mut last: Option<(u32, u16)> = None;
    for link in links {
        let of = &mut counts[link.1 as usize];
        count(of, true);
        if last != Some((link.0, link.1)) {
            count(of, false);
            last = Some((link.0, link.1));
        }
    }
}

/// The items sorted by a key below `keys`, stably, by counting.
fn counted<T: Copy + Default>(items: Vec<T>, keys: usize, key: impl Fn(T) -> usize) -> Vec<T> {
    let mut places = vec![0u32; keys + 1];
    for item in &items {
        places[key(*item) + 1] += 1;
    }
    for at in 1..places.len() {
        places[at] += places[at - 1];
    }
    let mut sorted = vec![T::default(); items.len()];
    for item in items {
        let place = &mut places[key(item)];
        sorted[*place as usize] = item;
        *place += 1;
    }
    sorted
}

impl GraphView for Graph {
    fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn entities(&self) -> &Entities {
        &self.entities
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    fn neighbours(
        &self,
        of: EntityId,
        relation: RelationId,
        direction: Direction,
        sink: &mut dyn FnMut(Run<'_>),
    ) {
        let settled = match direction {
            Direction::Out => &self.out,
            Direction::In => &self.into,
        };
        if let Some(run) = settled.run(of, relation) {
            sink(run);
        }
        if self.recent.is_empty() {
            return;
        }
        let recent = self
            .recent
            .facts(of, direction)
            .filter(|(kind, _, _)| *kind == relation);
        let mut recent: Vec<(u32, Row)> = recent.map(|(_, end, fact)| (end, fact)).collect();
        if !recent.is_empty() {
            recent.sort_unstable();
            let (ends, facts): (Vec<u32>, Vec<Row>) = recent.into_iter().unzip();
            sink(Run {
                ends: &ends,
                facts: &facts,
            });
        }
    }

    fn relations_at(&self, of: EntityId, direction: Direction, out: &mut Vec<RelationId>) {
        let settled = match direction {
            Direction::Out => &self.out,
            Direction::In => &self.into,
        };
        let before = out.len();
        out.extend(
            settled
                .relations(of)
                .iter()
                .map(|relation| RelationId(*relation)),
        );
        if !self.recent.is_empty() {
            for (relation, _, _) in self.recent.facts(of, direction) {
                if !out[before..].contains(&relation) {
                    out.push(relation);
                }
            }
            out[before..].sort_unstable();
        }
    }

    fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Run<'_>)) {
        self.out.scan(relation, sink);
        for subject in self.recent.subjects() {
            let facts = self
                .recent
                .facts(subject, Direction::Out)
                .filter(|(kind, _, _)| *kind == relation);
            let mut facts: Vec<(u32, Row)> = facts.map(|(_, end, fact)| (end, fact)).collect();
            if !facts.is_empty() {
                facts.sort_unstable();
                let (ends, facts): (Vec<u32>, Vec<Row>) = facts.into_iter().unzip();
                sink(
                    subject,
                    Run {
                        ends: &ends,
                        facts: &facts,
                    },
                );
            }
        }
    }

    fn fact(&self, subject: EntityId, relation: RelationId, object: EntityId) -> Option<Row> {
        let ends = (subject.0, relation.0, object.0);
        self.settled_fact(ends)
            .or_else(|| self.recent.claims(ends).first().copied())
    }

    fn claims(&self, fact: Row, out: &mut Vec<Row>) {
        let ends = self.columns.ends(fact);
        let settled = (fact..self.settled).take_while(|row| self.columns.ends(*row) == ends);
        out.extend(settled);
        if !self.recent.is_empty() {
            out.extend_from_slice(self.recent.claims(ends));
        }
    }

    fn shows(&self, _row: Row) -> bool {
        true
    }
}

//! The graph itself: a settled part in compressed sparse rows, what came since in a small mutable
//! graph, and the columns and names that both share. It hides nothing; views do.

use crate::graph::columns::Columns;
use crate::graph::entities::Entities;
use crate::graph::log::{Log, Mark, Recorder};
use crate::graph::merged::Merge;
use crate::graph::recent::Recent;
use crate::graph::row::{Beside, Direction, Row, Run};
use crate::graph::statistics::Statistics;
use crate::graph::topology::{Placed, Topology};
use crate::graph::undo::Undo;
use crate::graph::view::GraphView;
use crate::model::{Claim, Entity, EntityId, RelationId, Rules, Vocabulary};
use std::ops::Range;

/// A case in memory.
///
/// Invariant: rows below `settled` are sorted by relation, subject, object and number, so that the
/// claims of one settled fact stand next to each other; rows above are in the order of recording.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(in crate::graph) vocabulary: Vocabulary,
    pub(in crate::graph) entities: Entities,
    pub(in crate::graph) columns: Columns,
    pub(in crate::graph) statistics: Statistics,
    pub(in crate::graph) out: Topology,
    pub(in crate::graph) into: Topology,
    pub(in crate::graph) settled: u32,
    pub(in crate::graph) recent: Recent,
    pub(in crate::graph) rules: Rules,
    /// What undoes the statement under way, last step last.
    pub(in crate::graph) undo: Option<Vec<Undo>>,
    /// What was done, where that is kept.
    pub(in crate::graph) log: Option<Log>,
    /// Where the log was when the statement under way began.
    pub(in crate::graph) mark: Mark,
    /// Who records, and why.
    pub(in crate::graph) recorder: Recorder,
    /// Which entities were found to be one, and when.
    pub(in crate::graph) merges: Vec<Merge>,
    /// Whether claims are to be found by other ends than they are.
    pub(in crate::graph) astray: bool,
}

impl Graph {
    /// An empty case that knows the built-in words only.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// The words of the case, to declare more before bulk data comes.
    pub fn vocabulary_mut(&mut self) -> &mut Vocabulary {
        &mut self.vocabulary
    }

    /// The rules of the case.
    pub fn rules(&self) -> &Rules {
        &self.rules
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
        let row = self.push_unsettled(claim);
        self.join_recent(row);
        row
    }

    /// Appends a claim to the columns: it is found once all are settled.
    pub(in crate::graph) fn push_unsettled(&mut self, claim: Claim<EntityId>) -> Row {
        if claim.relation == Vocabulary::ALSO_KNOWN_AS {
            // Whoever stands for the bearer now may not do so later.
            let asserted = claim.polarity == crate::model::Polarity::Asserted;
            if asserted {
                self.entities.bears(claim.subject, claim.object, true);
            }
        }
        let (claim, said) = self.pointed(claim);
        let row = self.columns.push(claim);
        self.columns.say(row, said);
        row
    }

    /// Takes a claim that was appended to the columns into the recent part.
    pub(in crate::graph) fn join_recent(&mut self, row: Row) {
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

    /// A settled run with its claims, where these are in memory and none belongs to it that is recent or
    /// derived.
    fn with_claims<'a>(&'a self, placed: Placed<'a>, direction: Direction) -> Run<'a> {
        let first = placed.run.facts.first();
        let relation = first.map(|fact| self.columns.relation(*fact));
        if !self.recent.is_empty() || relation.is_some_and(|relation| self.derives(relation)) {
            return placed.run;
        }
        let claims = placed.starts.and_then(|starts| {
            let (likelihood, valid) = match direction {
                Direction::Out => self.columns.outgoing(),
                Direction::In => self.columns.incoming()?,
            };
            Some(Beside {
                starts,
                likelihood,
                valid,
            })
        });
        Run {
            claims,
            ..placed.run
        }
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
            sink(self.with_claims(run, direction));
        }
        if let Some(run) = self.derived_run(of, relation, direction) {
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
                claims: None,
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
        self.derived_relations(of, direction, out);
    }

    fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Run<'_>)) {
        self.out.scan(relation, &mut |subject, run| {
            sink(subject, self.with_claims(run, Direction::Out));
        });
        self.derived_scan(relation, sink);
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
                        claims: None,
                    },
                );
            }
        }
    }

    fn scan_claims(&self, relation: RelationId, sink: &mut dyn FnMut(Range<Row>)) {
        let settled = self.out.scan_rows(relation, self.settled);
        if !settled.is_empty() {
            sink(settled);
        }
        if !self.recent.is_empty() {
            let recent = self.settled..self.columns.len() as u32;
            let own = recent.filter(|row| self.columns.relation(*row) == relation);
            own.for_each(|row| sink(row..row + 1));
        }
        let derived = self.derived_rows(relation);
        if !derived.is_empty() {
            sink(derived);
        }
    }

    fn fact(&self, subject: EntityId, relation: RelationId, object: EntityId) -> Option<Row> {
        let ends = (subject.0, relation.0, object.0);
        self.settled_fact(ends)
            .or_else(|| self.recent.claims(ends).first().copied())
            .or_else(|| self.derived_fact(ends))
    }

    fn claims(&self, fact: Row, out: &mut Vec<Row>) {
        let ends = self.columns.ends(fact);
        let settled = (fact..self.settled).take_while(|row| self.columns.ends(*row) == ends);
        out.extend(settled);
        if !self.recent.is_empty() {
            out.extend_from_slice(self.recent.claims(ends));
        }
        out.extend(self.derived_claims(ends));
    }

    fn shows(&self, _row: Row) -> bool {
        true
    }
}

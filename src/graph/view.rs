//! The narrow reading interface of the graph: everything above sees claims through [`GraphView`]
//! only. It hands out slices of neighbours, never one item at a time, and it changes nothing.

use crate::graph::columns::Columns;
use crate::graph::entities::Entities;
use crate::graph::row::{Direction, Row, Run};
use crate::graph::statistics::Statistics;
use crate::model::{EntityId, RelationId, Vocabulary};
use std::ops::Range;

/// What can be read of a graph, as it is or through a filter.
///
/// Invariant: a fact that is handed out has at least one visible claim, and no fact is handed out
/// twice for one entity, relation and direction, whatever the number of runs.
pub trait GraphView {
    /// The words of the case.
    fn vocabulary(&self) -> &Vocabulary;

    /// The entities and their names. A filter of claims hides no entity.
    fn entities(&self) -> &Entities;

    /// The fields of all claims, visible or not.
    fn columns(&self) -> &Columns;

    /// Counts for planning, of the whole graph.
    fn statistics(&self) -> &Statistics;

    /// The facts of an entity under one relation, in runs.
    fn neighbours(
        &self,
        of: EntityId,
        relation: RelationId,
        direction: Direction,
        sink: &mut dyn FnMut(Run<'_>),
    );

    /// The relations under which an entity has claims in that direction, each once, in order. May
    /// name one of which no claim is visible.
    fn relations_at(&self, of: EntityId, direction: Direction, out: &mut Vec<RelationId>);

    /// All facts of a relation, grouped by subject: the sink gets a subject and some of its facts.
    fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Run<'_>));

    /// All visible claims of a relation: the sink gets rows that stand together.
    fn scan_claims(&self, relation: RelationId, sink: &mut dyn FnMut(Range<Row>));

    /// The fact of two entities under a relation, if a claim of it is visible.
    fn fact(&self, subject: EntityId, relation: RelationId, object: EntityId) -> Option<Row>;

    /// Appends the visible claims of a fact, in the order of recording.
    fn claims(&self, fact: Row, out: &mut Vec<Row>);

    /// Whether a claim is visible.
    fn shows(&self, row: Row) -> bool;
}

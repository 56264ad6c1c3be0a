//! What came since the graph was settled: a small mutable petgraph graph of facts that the settled
//! part does not have, and the rows of all recent claims by fact.

use crate::graph::row::{Direction, Row};
use crate::model::{EntityId, RelationId};
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

/// The recent part of a graph.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// Entities, joined by facts that are not settled: relation and row of the first claim.
    facts: DiGraph<EntityId, (RelationId, Row)>,
    nodes: FxHashMap<u32, NodeIndex>,
    /// The rows of recent claims of each fact, settled or not.
    claims: FxHashMap<(u32, u16, u32), Vec<Row>>,
}

impl Recent {
    /// Adds a claim's row; `settled` tells that the settled part has the fact already.
    pub fn add(&mut self, ends: (u32, u16, u32), row: Row, settled: bool) {
        let rows = self.claims.entry(ends).or_default();
        rows.push(row);
        if rows.len() == 1 && !settled {
            let subject = self.node(ends.0);
            let object = self.node(ends.2);
            self.facts
                .add_edge(subject, object, (RelationId(ends.1), row));
        }
    }

    /// Takes the last claim of a fact away.
    pub fn remove_last(&mut self, ends: (u32, u16, u32)) {
        let Some(rows) = self.claims.get_mut(&ends) else {
            return;
        };
        rows.pop();
        if !rows.is_empty() {
            return;
        }
        self.claims.remove(&ends);
        let nodes = (self.nodes.get(&ends.0), self.nodes.get(&ends.2));
        if let (Some(subject), Some(object)) = nodes {
            let mut between = self.facts.edges_connecting(*subject, *object);
            let edge = between.find(|edge| edge.weight().0 == RelationId(ends.1));
            if let Some(edge) = edge.map(|edge| petgraph::visit::EdgeRef::id(&edge)) {
                self.facts.remove_edge(edge);
            }
        }
    }

    fn node(&mut self, entity: u32) -> NodeIndex {
        *self
            .nodes
            .entry(entity)
            .or_insert_with(|| self.facts.add_node(EntityId(entity)))
    }

    /// The rows of recent claims of a fact, in the order of recording.
    pub fn claims(&self, ends: (u32, u16, u32)) -> &[Row] {
        self.claims.get(&ends).map_or(&[], Vec::as_slice)
    }

    /// The facts at an entity that are not settled: relation, other end, row of the first claim.
    pub fn facts(
        &self,
        entity: EntityId,
        direction: Direction,
    ) -> impl Iterator<Item = (RelationId, u32, Row)> + '_ {
        use petgraph::visit::EdgeRef;
        let way = match direction {
            Direction::Out => petgraph::Direction::Outgoing,
            Direction::In => petgraph::Direction::Incoming,
        };
        let node = self.nodes.get(&entity.0).copied();
        node.into_iter()
            .flat_map(move |node| self.facts.edges_directed(node, way))
            .map(move |edge| {
                let far = match direction {
                    Direction::Out => edge.target(),
                    Direction::In => edge.source(),
                };
                let (relation, row) = *edge.weight();
                (relation, self.facts[far].0, row)
            })
    }

    /// The entities that are subjects of recent facts, sorted.
    pub fn subjects(&self) -> Vec<EntityId> {
        let mut subjects: Vec<EntityId> = self
            .claims
            .keys()
            .map(|(subject, _, _)| EntityId(*subject))
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    }

    /// How many facts there are that are not settled.
    pub fn len(&self) -> usize {
        self.facts.edge_count()
    }

    /// Whether nothing came since the graph was settled.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
    }

    /// Bytes on the heap, roughly.
    pub fn memory(&self) -> usize {
        self.facts.edge_count() * 24 + self.facts.node_count() * 16 + self.claims.capacity() * 48
    }
}

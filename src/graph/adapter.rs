//! petgraph's visit traits over any view of the graph, so that petgraph's algorithms (components,
//! shortest paths, page rank …) run on a case as an analyst sees it. It stores nothing.

use crate::graph::row::{Direction, Row};
use crate::graph::view::GraphView;
use crate::model::EntityId;
use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
    IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCompactIndexable, NodeCount,
    NodeIndexable, Visitable,
};
use roaring::RoaringBitmap;

/// A view as a petgraph graph: nodes are entities by number, edges are facts from subject to
/// object. The texts of aliases are nodes too.
#[derive(Clone, Copy)]
pub struct Petgraph<'g> {
    view: &'g dyn GraphView,
}

impl<'g> Petgraph<'g> {
    /// A view as a petgraph graph.
    pub fn new(view: &'g dyn GraphView) -> Petgraph<'g> {
        Petgraph { view }
    }

    fn facts(self, of: u32, direction: Direction) -> Vec<Fact> {
        let mut relations = Vec::new();
        self.view
            .relations_at(EntityId(of), direction, &mut relations);
        let mut found = Vec::new();
        for relation in relations {
            self.view
                .neighbours(EntityId(of), relation, direction, &mut |run| {
                    found.extend(run.ends.iter().zip(run.facts).map(
                        |(end, fact)| match direction {
                            Direction::Out => Fact {
                                source: of,
                                target: *end,
                                fact: *fact,
                            },
                            Direction::In => Fact {
                                source: *end,
                                target: of,
                                fact: *fact,
                            },
                        },
                    ));
                });
        }
        found
    }
}

/// An edge: a fact with its ends. Its weight is the row of its first claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    source: u32,
    target: u32,
    fact: Row,
}

impl EdgeRef for Fact {
    type NodeId = u32;
    type EdgeId = Row;
    type Weight = ();

    fn source(&self) -> u32 {
        self.source
    }

    fn target(&self) -> u32 {
        self.target
    }

    fn weight(&self) -> &() {
        &()
    }

    fn id(&self) -> Row {
        self.fact
    }
}

fn way(direction: petgraph::Direction) -> Direction {
    match direction {
        petgraph::Direction::Outgoing => Direction::Out,
        petgraph::Direction::Incoming => Direction::In,
    }
}

impl GraphBase for Petgraph<'_> {
    type NodeId = u32;
    type EdgeId = Row;
}

impl petgraph::visit::GraphRef for Petgraph<'_> {}

impl Data for Petgraph<'_> {
    type NodeWeight = ();
    type EdgeWeight = ();
}

impl GraphProp for Petgraph<'_> {
    type EdgeType = petgraph::Directed;
}

impl NodeCount for Petgraph<'_> {
    fn node_count(&self) -> usize {
        self.view.entities().len()
    }
}

impl NodeIndexable for Petgraph<'_> {
    fn node_bound(&self) -> usize {
        self.node_count()
    }

    fn to_index(&self, node: u32) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl NodeCompactIndexable for Petgraph<'_> {}

impl IntoNodeIdentifiers for Petgraph<'_> {
    type NodeIdentifiers = std::ops::Range<u32>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.node_count() as u32
    }
}

impl IntoNeighbors for Petgraph<'_> {
    type Neighbors = std::vec::IntoIter<u32>;

    fn neighbors(self, node: u32) -> Self::Neighbors {
        self.neighbors_directed(node, petgraph::Direction::Outgoing)
    }
}

impl IntoNeighborsDirected for Petgraph<'_> {
    type NeighborsDirected = std::vec::IntoIter<u32>;

    fn neighbors_directed(
        self,
        node: u32,
        direction: petgraph::Direction,
    ) -> Self::NeighborsDirected {
        let facts = self.facts(node, way(direction));
        let far = |fact: &Fact| match direction {
            petgraph::Direction::Outgoing => fact.target,
            petgraph::Direction::Incoming => fact.source,
        };
        facts.iter().map(far).collect::<Vec<u32>>().into_iter()
    }
}

impl IntoEdgeReferences for Petgraph<'_> {
    type EdgeRef = Fact;
    type EdgeReferences = std::vec::IntoIter<Fact>;

    fn edge_references(self) -> Self::EdgeReferences {
        let all = self
            .node_identifiers()
            .flat_map(|node| self.facts(node, Direction::Out));
        all.collect::<Vec<Fact>>().into_iter()
    }
}

impl IntoEdges for Petgraph<'_> {
    type Edges = std::vec::IntoIter<Fact>;

    fn edges(self, node: u32) -> Self::Edges {
        self.facts(node, Direction::Out).into_iter()
    }
}

impl IntoEdgesDirected for Petgraph<'_> {
    type EdgesDirected = std::vec::IntoIter<Fact>;

    fn edges_directed(self, node: u32, direction: petgraph::Direction) -> Self::EdgesDirected {
        self.facts(node, way(direction)).into_iter()
    }
}

/// Which entities were visited.
#[derive(Clone, Debug, Default)]
pub struct Visited(RoaringBitmap);

impl petgraph::visit::VisitMap<u32> for Visited {
    fn visit(&mut self, node: u32) -> bool {
        self.0.insert(node)
    }

    fn is_visited(&self, node: &u32) -> bool {
        self.0.contains(*node)
    }

    fn unvisit(&mut self, node: u32) -> bool {
        self.0.remove(node)
    }
}

impl Visitable for Petgraph<'_> {
    type Map = Visited;

    fn visit_map(&self) -> Visited {
        Visited::default()
    }

    fn reset_map(&self, map: &mut Visited) {
        map.0.clear();
    }
}

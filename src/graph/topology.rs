//! The settled part of the graph: who is joined to whom, in petgraph's compressed sparse rows, in
//! one direction. A row of the matrix is one (entity, relation) pair that has facts, so that a
//! neighbour slice is sorted and holds one relation only, and `Csr`'s rule of one edge between two
//! nodes is the rule that a fact is one. It does not know the claims behind a fact.

use crate::graph::row::{Row, Run};
use crate::model::{EntityId, RelationId};
use petgraph::Directed;
use petgraph::csr::Csr;

/// The facts of a graph in one direction, settled.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// For each entity its first segment; one entry more than entities.
    first: Vec<u32>,
    /// For each segment its relation.
    relation: Vec<u16>,
    /// Rows are segments, columns entities, weights the rows of the facts' first claims.
    facts: Csr<(), Row, Directed, u32>,
    /// The place of the first claim of each fact among the claims in this order; one entry more.
    starts: Vec<u32>,
    /// The segments of each relation, sorted.
    of_relation: Vec<Vec<u32>>,
}

/// One fact as it is put into a topology: near end, relation, far end, row of its first claim.
pub type Link = (u32, u16, u32, Row);

impl Topology {
    /// The topology of facts that come sorted by near end, relation and far end, each once and with
    /// the number of its claims.
    pub fn new(entities: usize, links: impl ExactSizeIterator<Item = (Link, u32)>) -> Topology {
        let mut first = Vec::with_capacity(entities + 1);
        let mut relation = Vec::new();
        let mut edges: Vec<(u32, u32, Row)> = Vec::with_capacity(links.len());
        let mut starts = Vec::with_capacity(links.len() + 1);
        let mut place = 0;
        let mut last: Option<(u32, u16)> = None;
        for ((near, kind, far, row), claims) in links {
            if last != Some((near, kind)) {
                while first.len() <= near as usize {
                    first.push(relation.len() as u32);
                }
                relation.push(kind);
                last = Some((near, kind));
            }
            edges.push((relation.len() as u32 - 1, far, row));
            starts.push(place);
            place += claims;
        }
        starts.push(place);
        first.resize(entities + 1, relation.len() as u32);
        let mut of_relation: Vec<Vec<u32>> = Vec::new();
        for (segment, kind) in relation.iter().enumerate() {
            let at = usize::from(*kind);
            if of_relation.len() <= at {
                of_relation.resize_with(at + 1, Vec::new);
            }
            of_relation[at].push(segment as u32);
        }
        // The links are sorted and distinct, which is all that can go wrong here.
        let facts = Csr::from_sorted_edges(&edges).unwrap_or_default();
        Topology {
            first,
            relation,
            facts,
            starts,
            of_relation,
        }
    }

    /// How many facts.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn segments(&self, entity: EntityId) -> std::ops::Range<usize> {
        let at = entity.index();
        match self.first.get(at..at + 2) {
            Some([from, to]) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    /// The relations that an entity has facts of.
    pub fn relations(&self, entity: EntityId) -> &[u16] {
        &self.relation[self.segments(entity)]
    }

    fn segment(&self, entity: EntityId, relation: RelationId) -> Option<u32> {
        let segments = self.segments(entity);
        let at = self.relation[segments.clone()]
            .binary_search(&relation.0)
            .ok()?;
        Some((segments.start + at) as u32)
    }

    /// The facts of an entity under a relation.
    pub fn run(&self, entity: EntityId, relation: RelationId) -> Option<Run<'_>> {
        let segment = self.segment(entity, relation)?;
        Some(self.slices(segment))
    }

    fn slices(&self, segment: u32) -> Run<'_> {
        Run {
            ends: self.facts.neighbors_slice(segment),
            facts: self.facts.edges_slice(segment),
            claims: None,
        }
    }

    /// The places of the claims of a run of this topology's facts, one more than facts.
    pub fn starts(&self, run: Run<'_>) -> &[u32] {
        // All slices are parts of one: how far they lie apart in memory is how far in the list.
        let place = |slice: &[u32]| slice.as_ptr() as usize / size_of::<u32>();
        let first = place(run.ends) - place(self.facts.neighbors_slice(0));
        &self.starts[first..first + run.ends.len() + 1]
    }

    /// The row of the first claim of each fact, in this order.
    pub fn rows(&self) -> impl Iterator<Item = (Row, u32)> + '_ {
        let facts = (0..self.relation.len() as u32).flat_map(|at| self.facts.edges_slice(at));
        let counts = self.starts.windows(2).map(|pair| pair[1] - pair[0]);
        facts.copied().zip(counts)
    }

    /// The fact of an entity with another under a relation.
    pub fn fact(&self, near: EntityId, relation: RelationId, far: EntityId) -> Option<Row> {
        let run = self.run(near, relation)?;
        let at = run.ends.binary_search(&far.0).ok()?;
        Some(run.facts[at])
    }

    /// All facts of a relation, by near end.
    pub fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Run<'_>)) {
        let mut entity = 0;
        for segment in self.of_relation.get(relation.index()).into_iter().flatten() {
            while self.first[entity + 1] <= *segment {
                entity += 1;
            }
            sink(EntityId(entity as u32), self.slices(*segment));
        }
    }

    /// The rows of the claims of a relation, of `all` claims that stand in this order.
    pub fn scan_rows(
        &self,
        relation: RelationId,
        all: Row,
    ) -> impl Iterator<Item = std::ops::Range<Row>> + '_ {
        let segments = self.of_relation.get(relation.index()).into_iter().flatten();
        let last = self.relation.len() as u32 - u32::from(!self.relation.is_empty());
        let first = |segment: u32| self.facts.edges_slice(segment).first().copied();
        segments.map(move |segment| {
            let behind = if *segment < last {
                first(segment + 1)
            } else {
                None
            };
            first(*segment).unwrap_or(all)..behind.unwrap_or(all)
        })
    }

    /// Bytes on the heap. Of `Csr`: a row offset (`usize`) a node, a column and a weight an edge.
    pub fn memory(&self) -> usize {
        self.first.capacity() * 4
            + self.relation.capacity() * 2
            + (self.starts.capacity() + self.relation.len()) * 4
            + (self.facts.node_count() + 1) * size_of::<usize>()
            + self.facts.edge_count() * 8
    }
}

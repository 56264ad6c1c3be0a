//! The settled part of the graph: who is joined to whom, in petgraph's compressed sparse rows, in
//! one direction. A row of the matrix is one (relation, entity) pair that has facts, so that a
//! neighbour slice is sorted and holds one relation only, and `Csr`'s rule of one edge between two
//! nodes is the rule that a fact is one. The facts of a relation stand together: what asks for one
//! relation reads nothing of the others. It does not know the claims behind a fact.

use crate::graph::row::{Row, Run};
use crate::model::{EntityId, RelationId};
use petgraph::Directed;
use petgraph::csr::Csr;

/// The facts of a graph in one direction, settled.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// For each entity its first place in the two lists below; one entry more than entities.
    first: Vec<u32>,
    /// By entity, the relations that it has facts of, sorted.
    relation: Vec<u16>,
    /// The segment of each of those.
    segment: Vec<u32>,
    /// For each relation its first segment; one entry more.
    bounds: Vec<u32>,
    /// The entity of each segment.
    near: Vec<u32>,
    /// Rows are segments, columns entities, weights the rows of the facts' first claims.
    facts: Csr<(), Row, Directed, u32>,
    /// The place of the first claim of each fact among the claims in this order; one entry more.
    starts: Vec<u32>,
}

/// One fact of a relation as it is put into a topology: near end, far end, row of its first claim, how
/// many claims it has.
pub type Link = (u32, u32, Row, u32);

impl Topology {
    /// The topology of the facts of each relation; they come sorted by near end and far end, each once.
    pub fn new<L: Iterator<Item = Link>>(
        entities: usize,
        relations: impl Iterator<Item = L>,
        facts: usize,
    ) -> Topology {
        let mut bounds = vec![0];
        let mut near: Vec<u32> = Vec::new();
        let mut edges: Vec<(u32, u32, Row)> = Vec::with_capacity(facts);
        let mut starts = Vec::with_capacity(facts + 1);
        let mut place = 0;
        for links in relations {
            let mut last = None;
            for (from, far, row, claims) in links {
                if last != Some(from) {
                    near.push(from);
                    last = Some(from);
                }
                edges.push((near.len() as u32 - 1, far, row));
                starts.push(place);
                place += claims;
            }
            bounds.push(near.len() as u32);
        }
        starts.push(place);
        near.shrink_to_fit();
        // The links are sorted and distinct, which is all that can go wrong here.
        let facts = Csr::from_sorted_edges(&edges).unwrap_or_default();
        drop(edges);
        let (first, relation, segment) = by_entity(entities, &near, &bounds);
        Topology {
            first,
            relation,
            segment,
            bounds,
            near,
            facts,
            starts,
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

    fn of_entity(&self, entity: EntityId) -> std::ops::Range<usize> {
        let at = entity.index();
        match self.first.get(at..at + 2) {
            Some([from, to]) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    fn of_relation(&self, relation: RelationId) -> std::ops::Range<u32> {
        let at = relation.index();
        match self.bounds.get(at..at + 2) {
            Some([from, to]) => *from..*to,
            _ => 0..0,
        }
    }

    /// How many entities have facts of a relation.
    pub fn width(&self, relation: RelationId) -> usize {
        self.of_relation(relation).len()
    }

    /// How many facts a relation has.
    pub fn facts_of(&self, relation: RelationId) -> usize {
        let of = |segment| self.facts.neighbors_slice(segment).len();
        self.of_relation(relation).map(of).sum()
    }

    /// The relations that an entity has facts of.
    pub fn relations(&self, entity: EntityId) -> &[u16] {
        &self.relation[self.of_entity(entity)]
    }

    /// The facts of an entity under a relation.
    pub fn run(&self, entity: EntityId, relation: RelationId) -> Option<Run<'_>> {
        let own = self.of_entity(entity);
        let at = self.relation[own.clone()].binary_search(&relation.0).ok()?;
        Some(self.slices(self.segment[own.start + at]))
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
        let facts = (0..self.near.len() as u32).flat_map(|at| self.facts.edges_slice(at));
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
        for segment in self.of_relation(relation) {
            sink(EntityId(self.near[segment as usize]), self.slices(segment));
        }
    }

    /// The rows of the claims of a relation, of `all` claims that stand in this order.
    pub fn scan_rows(&self, relation: RelationId, all: Row) -> std::ops::Range<Row> {
        let segments = self.of_relation(relation);
        let first = |segment: u32| match (segment as usize) < self.near.len() {
            true => self.facts.edges_slice(segment).first().copied(),
            false => None,
        };
        first(segments.start).unwrap_or(all)..first(segments.end).unwrap_or(all)
    }

    /// Bytes on the heap. Of `Csr`: a row offset (`usize`) a node, a column and a weight an edge.
    pub fn memory(&self) -> usize {
        self.first.capacity() * 4
            + self.relation.capacity() * 2
            + (self.segment.capacity() + self.near.capacity() + self.starts.capacity()) * 4
            + (self.facts.node_count() + 1) * size_of::<usize>()
            + self.facts.edge_count() * 8
    }
}

/// The segments by entity: for each its first place, and at each place a relation and the segment.
fn by_entity(entities: usize, near: &[u32], bounds: &[u32]) -> (Vec<u32>, Vec<u16>, Vec<u32>) {
    let mut first = vec![0u32; entities + 2];
    for entity in near {
        first[*entity as usize + 2] += 1;
    }
    for at in 2..first.len() {
        first[at] += first[at - 1];
    }
    let mut relation = vec![0u16; near.len()];
    let mut segment = vec![0u32; near.len()];
    for (kind, bounds) in bounds.windows(2).enumerate() {
        for at in bounds[0]..bounds[1] {
            // The place after the last one given becomes the first of the next entity.
            let place = &mut first[near[at as usize] as usize + 1];
            relation[*place as usize] = kind as u16;
            segment[*place as usize] = at;
            *place += 1;
        }
    }
    first.pop();
    (first, relation, segment)
}

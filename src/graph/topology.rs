//! The settled part of the graph: who is joined to whom, in petgraph's compressed sparse rows, in
//! one direction. A row of the matrix is one (relation, entity) pair that has facts, so that a
//! neighbour slice is sorted and holds one relation only, and `Csr`'s rule of one edge between two
//! nodes is the rule that a fact is one. The facts of a relation stand together: what asks for one
//! relation reads nothing of the others. It does not know the claims behind a fact.

use crate::graph::column::Column;
use crate::graph::row::{Row, Run};
use crate::model::{EntityId, RelationId};
use petgraph::Directed;
use petgraph::csr::Csr;

/// The facts of a graph in one direction, settled.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// For each entity its first place in the two lists below; one entry more than entities.
    pub(in crate::graph) first: Column<u32>,
    /// By entity, the relations that it has facts of, sorted.
    pub(in crate::graph) relation: Column<u16>,
    /// The segment of each of those.
    pub(in crate::graph) segment: Column<u32>,
    /// For each relation its first segment; one entry more.
    pub(in crate::graph) bounds: Vec<u32>,
    /// The entity of each segment.
    pub(in crate::graph) near: Column<u32>,
    pub(in crate::graph) facts: Facts,
    /// The place of the first claim of each fact among the claims in this order; one entry more.
    pub(in crate::graph) starts: Column<u32>,
}

/// The facts of all segments: rows are segments, columns entities, weights the rows of the facts' first
/// claims.
#[derive(Clone, Debug)]
pub enum Facts {
    /// As they were sorted by this process.
    Sorted(Csr<(), Row, Directed, u32>),
    /// The same sparse rows in a snapshot: where each segment begins, far ends, rows.
    Stored {
        /// The place of the first fact of each segment; one entry more.
        offsets: Column<u32>,
        /// The entities at the far end.
        ends: Column<u32>,
        /// The row of the first claim of each fact.
        rows: Column<Row>,
    },
}

impl Default for Facts {
    fn default() -> Facts {
        Facts::Sorted(Csr::default())
    }
}

impl Facts {
    /// The far ends and the rows of a segment, and the place of the first of them.
    fn segment(&self, at: u32) -> (&[u32], &[Row], usize) {
        match self {
            Facts::Sorted(facts) => {
                // All slices are parts of one: how far they lie apart in memory is how far in the list.
                let place = |slice: &[u32]| slice.as_ptr() as usize / size_of::<u32>();
                let ends = facts.neighbors_slice(at);
                let first = place(ends) - place(facts.neighbors_slice(0));
                (ends, facts.edges_slice(at), first)
            }
            Facts::Stored {
                offsets,
                ends,
                rows,
            } => {
                let at = at as usize;
                let facts = offsets.at(at) as usize..offsets.at(at + 1) as usize;
                let first = facts.start;
                (ends.slice(facts.clone()), rows.slice(facts), first)
            }
        }
    }

    /// Whether so much was read of the facts that all of them are in memory.
    fn in_memory(&self) -> bool {
        match self {
            Facts::Sorted(_) => true,
            Facts::Stored { ends, .. } => ends.in_memory().is_some(),
        }
    }

    fn memory(&self) -> usize {
        match self {
            // A row offset (`usize`) a node, a column and a weight an edge.
            Facts::Sorted(facts) => {
                (facts.node_count() + 1) * size_of::<usize>() + facts.edge_count() * 8
            }
            Facts::Stored {
                offsets,
                ends,
                rows,
            } => offsets.memory() + ends.memory() + rows.memory(),
        }
    }
}

/// A run of facts, and the place of the first claim of each of them, one more than facts, where these
/// are in memory.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// The facts.
    pub run: Run<'a>,
    /// The places.
    pub starts: Option<&'a [u32]>,
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
        let facts = Facts::Sorted(Csr::from_sorted_edges(&edges).unwrap_or_default());
        drop(edges);
        let (first, relation, segment) = by_entity(entities, &near, &bounds);
        Topology {
            first: first.into(),
            relation: relation.into(),
            segment: segment.into(),
            bounds,
            near: near.into(),
            facts,
            starts: starts.into(),
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
        match at + 1 < self.first.len() {
            true => self.first.at(at) as usize..self.first.at(at + 1) as usize,
            false => 0..0,
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
        let segments = self.of_relation(relation);
        match segments
            .end
            .checked_sub(1)
            .filter(|last| *last >= segments.start)
        {
            None => 0,
            Some(last) => {
                let (ends, _, first) = self.facts.segment(last);
                first + ends.len() - self.facts.segment(segments.start).2
            }
        }
    }

    /// The relations that an entity has facts of.
    pub fn relations(&self, entity: EntityId) -> &[u16] {
        self.relation.slice(self.of_entity(entity))
    }

    /// The facts of an entity under a relation.
    pub fn run(&self, entity: EntityId, relation: RelationId) -> Option<Placed<'_>> {
        let own = self.of_entity(entity);
        let relations = self.relation.slice(own.clone());
        let at = relations.binary_search(&relation.0).ok()?;
        Some(self.slices(self.segment.at(own.start + at)))
    }

    /// A segment, with the places of its claims once the facts are in memory.
    fn slices(&self, segment: u32) -> Placed<'_> {
        let (ends, facts, first) = self.facts.segment(segment);
        let starts = self.facts.in_memory().then(|| self.starts.all());
        Placed {
            run: Run {
                ends,
                facts,
                claims: None,
            },
            starts: starts.map(|starts| &starts[first..first + ends.len() + 1]),
        }
    }

    /// The row of the first claim of each fact, in this order.
    pub fn rows(&self) -> impl Iterator<Item = (Row, u32)> + '_ {
        let facts = (0..self.near.len() as u32).flat_map(|at| self.facts.segment(at).1);
        let counts = self.starts.all().windows(2).map(|pair| pair[1] - pair[0]);
        facts.copied().zip(counts)
    }

    /// The facts of all segments: where each begins, one more, far ends, and rows of first claims.
    pub fn rows_of_segments(&self) -> (Vec<u32>, Vec<u32>, Vec<Row>) {
        let (mut ends, mut rows) = (
            Vec::with_capacity(self.len()),
            Vec::with_capacity(self.len()),
        );
        let mut offsets = Vec::with_capacity(self.near.len() + 1);
        for at in 0..self.near.len() as u32 {
            let (some_ends, some_rows, _) = self.facts.segment(at);
            offsets.push(ends.len() as u32);
            ends.extend_from_slice(some_ends);
            rows.extend_from_slice(some_rows);
        }
        offsets.push(ends.len() as u32);
        (offsets, ends, rows)
    }

    /// The fact of an entity with another under a relation.
    pub fn fact(&self, near: EntityId, relation: RelationId, far: EntityId) -> Option<Row> {
        let run = self.run(near, relation)?.run;
        let at = run.ends.binary_search(&far.0).ok()?;
        Some(run.facts[at])
    }

    /// All facts of a relation, by near end.
    pub fn scan(&self, relation: RelationId, sink: &mut dyn FnMut(EntityId, Placed<'_>)) {
        for segment in self.of_relation(relation) {
            let near = EntityId(self.near.at(segment as usize));
            sink(near, self.slices(segment));
        }
    }

    /// The rows of the claims of a relation, of `all` claims that stand in this order.
    pub fn scan_rows(&self, relation: RelationId, all: Row) -> std::ops::Range<Row> {
        let segments = self.of_relation(relation);
        let first = |segment: u32| match (segment as usize) < self.near.len() {
            true => self.facts.segment(segment).1.first().copied(),
            false => None,
        };
        first(segments.start).unwrap_or(all)..first(segments.end).unwrap_or(all)
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.first.memory()
            + self.relation.memory()
            + self.segment.memory()
            + self.near.memory()
            + self.starts.memory()
            + self.facts.memory()
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

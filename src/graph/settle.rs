//! Settling: what came since is merged into the sorted part, and all indexes are built anew. Sorting
//! runs on all cores; the order that comes out does not depend on how many there are.

use crate::graph::columns::Columns;
use crate::graph::recent::Recent;
use crate::graph::row::Row;
use crate::graph::statistics::RelationCounts;
use crate::graph::store::Graph;
use crate::graph::topology::{Link, Topology};
use crate::model::RelationId;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// How many recent claims are merged into the settled part at the least; more when it is large.
const MERGE: usize = 4096;

impl Graph {
    /// Merges the recent part when it has grown.
    pub(in crate::graph) fn settle_if_grown(&mut self) {
        if self.is_grown_by(0) {
            self.settle();
        }
    }

    /// Whether the recent part is merged once so many claims more have come.
    pub(in crate::graph) fn is_grown_by(&self, claims: usize) -> bool {
        let recent = self.columns.len() - self.settled as usize;
        recent + claims > MERGE.max(self.settled as usize / 8)
    }

    /// Merges the recent part into the settled one and brings all indexes up to date.
    pub fn settle(&mut self) {
        if self.settled as usize == self.columns.len() {
            self.entities.settle();
            return;
        }
        let count = self.entities.len();
        let (entities, columns) = (&mut self.entities, &mut self.columns);
        let relations = self.vocabulary.relations().count();
        let ((), (out, into)) = rayon::join(
            || entities.settle(),
            || {
                let mut parts: Vec<Part> = by_relation(columns, relations)
                    .into_par_iter()
                    .map(|rows| Part::new(rows, columns, count))
                    .collect();
                let mut order: Vec<Row> = Vec::with_capacity(columns.len());
                for part in &mut parts {
                    part.first = order.len() as Row;
                    order.append(&mut part.order);
                }
                let turned: Vec<Vec<Key>> = parts
                    .iter_mut()
                    .map(|part| std::mem::take(&mut part.turned))
                    .collect();
                rayon::join(
                    || {
                        columns.reorder(&order, ends(&parts, order.len()));
                        drop(order);
                        outgoing(&parts, count)
                    },
                    || incoming(&parts, turned, count),
                )
            },
        );
        (self.out, self.into) = (out, into);
        self.columns.lay_out(self.into.rows());
        self.statistics.relations = (0..relations as u16)
            .map(|relation| self.counts(RelationId(relation)))
            .collect();
        self.settled = self.columns.len() as u32;
        self.recent = Recent::default();
    }

    /// Sorts all claims anew: the ends of some are others now.
    pub(in crate::graph) fn settle_anew(&mut self) {
        self.settled = 0;
        self.settle();
    }

    /// Settles claims that were appended from a row on, as they are found by who is who now.
    pub(in crate::graph) fn settle_pointed(&mut self, first: Row) {
        match self.entities.merged().is_empty() || first as usize == self.columns.len() {
            true => self.settle(),
            false => self.repoint(None),
        }
    }

    /// What there is of a relation, once all is settled.
    fn counts(&self, relation: RelationId) -> RelationCounts {
        let claims = self.out.scan_rows(relation, self.columns.len() as Row);
        RelationCounts {
            facts: self.out.facts_of(relation) as u64,
            claims: claims.len() as u64,
            subjects: self.out.width(relation) as u64,
            objects: self.into.width(relation) as u64,
        }
    }
}

/// From how many claims on a fact's number of them is looked up.
const MANY: u32 = 0xffff;

/// Up to how many entities for each row rows are grouped by counting: beyond, most places stay empty.
const SPARSE: usize = 16;

/// A near end; the far end, and below it what is wanted with it; a row.
type Key = (u32, u64, Row);

/// The claims of one relation.
struct Part {
    /// Its rows in their new order, until all relations are put together.
    order: Vec<Row>,
    /// The first row of this relation in the new order.
    first: Row,
    /// Its facts by subject and object, rows counted from the first of this relation.
    links: Vec<Link>,
    /// The same turned: by object and subject; the number of claims at most [`MANY`].
    turned: Vec<Key>,
}

impl Part {
    fn new(rows: Vec<Row>, columns: &Columns, entities: usize) -> Part {
        let mut keys = grouped(rows.len(), entities, |at| {
            let row = rows[at as usize];
            let (subject, _, object) = columns.ends(row);
            (subject, u64::from(object), row)
        });
        drop(rows);
        sort_groups(&mut keys);
        let order = keys.iter().map(|(_, _, row)| *row).collect();
        let mut links: Vec<Link> = Vec::with_capacity(keys.len());
        for (row, (subject, object, _)) in keys.iter().enumerate() {
            match links.last_mut() {
                Some(last) if (last.0, u64::from(last.1)) == (*subject, *object) => last.3 += 1,
                _ => links.push((*subject, *object as u32, row as u32, 1)),
            }
        }
        drop(keys);
        // The number of claims comes along, since to look it up again would be a jump through memory.
        let mut turned = grouped(links.len(), entities, |at| {
            let (subject, object, row, claims) = links[at as usize];
            let claims = u64::from(claims.min(MANY));
            (object, u64::from(subject) << 16 | claims, row)
        });
        sort_groups(&mut turned);
        Part {
            order,
            first: 0,
            links,
            turned,
        }
    }
}

/// The rows of each relation.
fn by_relation(columns: &Columns, relations: usize) -> Vec<Vec<Row>> {
    let mut rows: Vec<Vec<Row>> = Vec::new();
    rows.resize_with(relations, Vec::new);
    for row in 0..columns.len() as Row {
        rows[columns.relation(row).index()].push(row);
    }
    rows
}

/// The keys of all rows grouped by near end, by counting; inside a group in any order.
fn grouped(rows: usize, entities: usize, key: impl Fn(Row) -> Key) -> Vec<Key> {
    if entities / SPARSE > rows {
        let mut keys: Vec<Key> = (0..rows as u32).map(key).collect();
        keys.par_sort_unstable_by_key(|key| key.0);
        return keys;
    }
    let mut places = vec![0u32; entities + 1];
    for row in 0..rows as u32 {
        places[key(row).0 as usize + 1] += 1;
    }
    for at in 1..places.len() {
        places[at] += places[at - 1];
    }
    let mut sorted = vec![(0, 0, 0); rows];
    for row in 0..rows as u32 {
        let key = key(row);
        let place = &mut places[key.0 as usize];
        sorted[*place as usize] = key;
        *place += 1;
    }
    sorted
}

/// Sorts keys that are grouped by near end. Equal facts stay in the order of their rows, which is the
/// order of their numbers, since the row is a part of the key.
fn sort_groups(keys: &mut [Key]) {
    // Whole groups to each core: between two groups nothing is out of order.
    fn halves(keys: &mut [Key]) {
        if keys.len() < 1 << 14 {
            return keys
                .chunk_by_mut(|a, b| a.0 == b.0)
                .for_each(|group| group.sort_unstable_by_key(|key| (key.1, key.2)));
        }
        let middle = keys.len() / 2;
        let near = keys[middle].0;
        let cut = keys.partition_point(|key| key.0 < near);
        let behind = keys.partition_point(|key| key.0 <= near);
        let (before, rest) = keys.split_at_mut(cut);
        let (group, after) = rest.split_at_mut(behind - cut);
        rayon::join(
            || rayon::join(|| halves(before), || halves(after)),
            || group.par_sort_unstable_by_key(|key| (key.1, key.2)),
        );
    }
    halves(keys);
}

/// The ends of all claims in their new order.
fn ends(parts: &[Part], claims: usize) -> (Vec<u32>, Vec<u16>, Vec<u32>) {
    let (mut subjects, mut objects) = (Vec::with_capacity(claims), Vec::with_capacity(claims));
    let mut relations = Vec::with_capacity(claims);
    for (relation, part) in parts.iter().enumerate() {
        for (subject, object, _, claims) in &part.links {
            subjects.extend(std::iter::repeat_n(*subject, *claims as usize));
            objects.extend(std::iter::repeat_n(*object, *claims as usize));
        }
        relations.resize(subjects.len(), relation as u16);
    }
    (subjects, relations, objects)
}

/// The facts from their subjects.
fn outgoing(parts: &[Part], entities: usize) -> Topology {
    let relations = parts.iter().map(|part| {
        let placed = |(near, far, row, claims): &Link| (*near, *far, part.first + row, *claims);
        part.links.iter().map(placed)
    });
    Topology::new(entities, relations, total(parts))
}

/// The facts from their objects.
fn incoming(parts: &[Part], turned: Vec<Vec<Key>>, entities: usize) -> Topology {
    let relations = parts.iter().zip(turned).map(|(part, turned)| {
        turned.into_iter().map(|(near, key, row)| {
            let claims = match key as u32 & MANY {
                MANY => {
                    let at = part.links.partition_point(|link| link.2 < row);
                    part.links.get(at).map_or(MANY, |link| link.3)
                }
                claims => claims,
            };
            (near, (key >> 16) as u32, part.first + row, claims)
        })
    });
    Topology::new(entities, relations, total(parts))
}

fn total(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.links.len()).sum()
}

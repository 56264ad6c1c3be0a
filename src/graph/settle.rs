//! Settling: what came since is merged into the sorted part, and all indexes are built anew. Sorting
//! runs on all cores; the order that comes out does not depend on how many there are.

use crate::graph::recent::Recent;
use crate::graph::row::Row;
use crate::graph::statistics::RelationCounts;
use crate::graph::store::Graph;
use crate::graph::topology::{Link, Topology};
use rayon::slice::ParallelSliceMut;

/// How many recent claims are merged into the settled part at the least; more when it is large.
const MERGE: usize = 4096;

impl Graph {
    /// Merges the recent part when it has grown.
    pub(in crate::graph) fn settle_if_grown(&mut self) {
        let recent = self.columns.len() - self.settled as usize;
        if recent > MERGE.max(self.settled as usize / 8) {
            self.settle();
        }
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
        let ((), (out, into, counts)) = rayon::join(
            || entities.settle(),
            || {
                let rows = columns.len();
                let mut keys = grouped(rows, count, |row| {
                    let (subject, relation, object) = columns.ends(row);
                    (subject, u64::from(relation) << 32 | u64::from(object), row)
                });
                sort_groups(&mut keys);
                let order: Vec<Row> = keys.iter().map(|(_, _, row)| *row).collect();
                let (links, claims) = facts(keys);
                let ((), (out, into, mut counts, objects)) = rayon::join(
                    || columns.reorder(&order),
                    || {
                        // One after the other: both at once would take half as much memory again.
                        let (into, objects) = incoming(count, relations, &links, &claims);
                        let (out, counts) = outgoing(count, relations, &links, &claims);
                        (out, into, counts, objects)
                    },
                );
                for (of, objects) in counts.iter_mut().zip(objects) {
                    of.objects = objects.objects;
                }
                (out, into, counts)
            },
        );
        (self.out, self.into) = (out, into);
        self.columns.lay_out(self.into.rows());
        self.statistics.relations = counts;
        self.settled = self.columns.len() as u32;
        self.recent = Recent::default();
    }
}

/// From how many claims on a fact's number of them is looked up.
const MANY: u32 = 0xffff;

/// A near end, relation and far end as one number, and a row.
type Key = (u32, u64, Row);

/// The keys of all rows grouped by near end, by counting; inside a group in the order of rows.
fn grouped(rows: usize, entities: usize, key: impl Fn(Row) -> Key) -> Vec<Key> {
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

/// The facts of sorted claims, each with its first row in the new order, and how many claims it has.
fn facts(keys: Vec<Key>) -> (Vec<Link>, Vec<u32>) {
    let mut links: Vec<Link> = Vec::with_capacity(keys.len());
    let mut claims: Vec<u32> = Vec::with_capacity(keys.len());
    for (row, (subject, key, _)) in keys.iter().enumerate() {
        let (relation, object) = ((key >> 32) as u16, *key as u32);
        match links.last() {
            Some(last) if (last.0, last.1, last.2) == (*subject, relation, object) => {
                if let Some(last) = claims.last_mut() {
                    *last += 1;
                }
            }
            _ => {
                links.push((*subject, relation, object, row as u32));
                claims.push(1);
            }
        }
    }
    (links, claims)
}

/// The facts from their subjects, and what there is of each relation.
fn outgoing(
    entities: usize,
    relations: usize,
    links: &[Link],
    claims: &[u32],
) -> (Topology, Vec<RelationCounts>) {
    let mut counts = vec![RelationCounts::default(); relations];
    let mut last: Option<(u32, u16)> = None;
    for (link, claims) in links.iter().zip(claims) {
        let of = &mut counts[link.1 as usize];
        of.facts += 1;
        of.claims += u64::from(*claims);
        of.subjects += u64::from(last != Some((link.0, link.1)));
        last = Some((link.0, link.1));
    }
    let links = links.iter().copied().zip(claims.iter().copied());
    (Topology::new(entities, links), counts)
}

/// The facts from their objects, and of how many each relation is.
fn incoming(
    entities: usize,
    relations: usize,
    links: &[Link],
    claims: &[u32],
) -> (Topology, Vec<RelationCounts>) {
    // Relation, subject and the number of claims in one: what is sorted brings all that is needed, since
    // to look it up again would be a jump through memory for each fact.
    let mut turned = grouped(links.len(), entities, |at| {
        let ((subject, relation, object, row), claims) = (links[at as usize], claims[at as usize]);
        let claims = u64::from(claims.min(MANY));
        let key = u64::from(relation) << 48 | u64::from(subject) << 16 | claims;
        (object, key, row)
    });
    sort_groups(&mut turned);
    let mut counts = vec![RelationCounts::default(); relations];
    let mut last: Option<(u32, u16)> = None;
    for (object, key, _) in &turned {
        let relation = (key >> 48) as u16;
        counts[usize::from(relation)].objects += u64::from(last != Some((*object, relation)));
        last = Some((*object, relation));
    }
    let turned = turned.into_iter().map(|(object, key, row)| {
        let link = (object, (key >> 48) as u16, (key >> 16) as u32, row);
        let count = match key as u32 & MANY {
            MANY => {
                let at = links.partition_point(|known| known.3 < row);
                claims.get(at).copied().unwrap_or(MANY)
            }
            count => count,
        };
        (link, count)
    });
    (Topology::new(entities, turned), counts)
}

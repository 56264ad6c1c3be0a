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
                let links = facts(&keys);
                let mut counts = vec![RelationCounts::default(); relations];
                for row in 0..rows as u32 {
                    counts[columns.relation(row).index()].claims += 1;
                }
                let order: Vec<Row> = keys.into_iter().map(|(_, _, row)| row).collect();
                let ((), (out, into)) = rayon::join(
                    || columns.reorder(&order),
                    || {
                        ends(
                            &links,
                            |of, fact| {
                                of.facts += u64::from(fact);
                                of.subjects += 1 - u64::from(fact);
                            },
                            &mut counts,
                        );
                        let behind =
                            |at: usize| links.get(at + 1).map_or(rows as u32, |next| next.3);
                        let mut claims = vec![0u32; rows];
                        for (at, link) in links.iter().enumerate() {
                            claims[link.3 as usize] = behind(at) - link.3;
                        }
                        let claims = |link: &Link| claims[link.3 as usize];
                        let out = Topology::new(count, &links, claims);
                        let mut turned = grouped(links.len(), count, |at| {
                            let (subject, relation, object, row) = links[at as usize];
                            (object, u64::from(relation) << 32 | u64::from(subject), row)
                        });
                        drop(links);
                        sort_groups(&mut turned);
                        let turned: Vec<Link> = turned
                            .into_iter()
                            .map(|(near, key, row)| (near, (key >> 32) as u16, key as u32, row))
                            .collect();
                        ends(
                            &turned,
                            |of, fact| of.objects += 1 - u64::from(fact),
                            &mut counts,
                        );
                        (out, Topology::new(count, &turned, claims))
                    },
                );
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

/// The facts of sorted claims, each with its first row in the new order.
fn facts(keys: &[Key]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::with_capacity(keys.len());
    for (row, (subject, key, _)) in keys.iter().enumerate() {
        let (relation, object) = ((key >> 32) as u16, *key as u32);
        let same = links
            .last()
            .is_some_and(|last| (last.0, last.1, last.2) == (*subject, relation, object));
        if !same {
            links.push((*subject, relation, object, row as u32));
        }
    }
    links
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

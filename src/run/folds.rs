//! What aggregates hold of all groups: each takes a batch at once with the group of each row.

#![allow(clippy::wildcard_enum_match_arm)] // Of all kinds of values few are ids.

use crate::algebra::{Aggregate, Datum};
use crate::model::EntityId;
use crate::run::aggregate::Folded;
use crate::run::batch::{Batch, Codebook, Column, NONE, Tuples};
use crate::run::execution::Halt;
use rustc_hash::FxHashSet;

/// How many places a histogram of codes may have.
const PLACES: usize = 1 << 22;

/// One aggregate of all groups.
pub enum Fold {
    /// Distinct tuples of facts.
    Tuples(Vec<(Tuples, FxHashSet<Vec<u32>>)>),
    /// Distinct values that are ids, and what one of them is as a value.
    Ids(Pairs, fn(u32) -> Datum),
    /// Distinct values by their keys.
    Values(Vec<FxHashSet<Vec<u8>>>),
    /// Rows.
    Count(Vec<i64>),
    /// Values put through a function.
    Of(Vec<Folded>, Option<Histogram>),
}

/// Distinct ids of each group. While those of a group come in order, the last tells whether one is new;
/// else all pairs of a group and an id are kept, and thinned out before the list grows.
#[derive(Default)]
pub struct Pairs {
    pairs: Vec<u64>,
    last: Vec<u32>,
    disordered: bool,
}

impl Pairs {
    fn push(&mut self, group: u32, id: u32) {
        if !self.disordered {
            let last = &mut self.last[group as usize];
            if *last == id {
                return;
            }
            self.disordered = *last != NONE && *last > id;
            *last = id;
        }
        let pair = u64::from(group) << 32 | u64::from(id);
        if self.disordered && self.pairs.last() == Some(&pair) {
            return;
        }
        let full = self.pairs.len() == self.pairs.capacity() && self.pairs.len() >= 1024;
        if self.disordered && full {
            let before = self.pairs.len();
            self.thin();
            if self.pairs.len() > before / 2 {
                self.pairs.reserve(before);
            }
        }
        self.pairs.push(pair);
    }

    fn thin(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
    }

    fn counts(mut self, groups: usize) -> Vec<i64> {
        if self.disordered {
            self.thin();
        }
        let mut counts = vec![0; groups];
        for pair in self.pairs {
            counts[(pair >> 32) as usize] += 1;
        }
        counts
    }
}

/// How often each code came in each group.
pub struct Histogram {
    values: Codebook,
    counts: Vec<u64>,
}

impl Fold {
    /// Nothing so far.
    pub fn new(aggregate: &Aggregate) -> Fold {
        match aggregate {
            Aggregate::Collect(_) => Fold::Tuples(Vec::new()),
            Aggregate::CountDistinct(_) => {
                Fold::Ids(Pairs::default(), |id| Datum::Entity(EntityId(id)))
            }
            Aggregate::Count => Fold::Count(Vec::new()),
            Aggregate::Of { .. } => Fold::Of(Vec::new(), None),
        }
    }

    /// Whether it keeps what it is given.
    pub fn keeps(&self) -> bool {
        match self {
            Fold::Tuples(_) | Fold::Ids(..) | Fold::Values(_) => true,
            Fold::Count(_) => false,
            Fold::Of(folded, _) => folded.first().is_some_and(Folded::keeps),
        }
    }

    /// Takes the rows of a batch, of which `of` tells the group.
    pub fn add(
        &mut self,
        aggregate: &Aggregate,
        batch: &Batch,
        of: &[u32],
        groups: usize,
    ) -> Result<(), Halt> {
        match (aggregate, &mut *self) {
            (Aggregate::Collect(facts), Fold::Tuples(all)) => {
                all.resize_with(groups, || {
                    let tuples = Tuples {
                        width: facts.len(),
                        facts: Vec::new(),
                    };
                    (tuples, FxHashSet::default())
                });
                for (row, group) in of.iter().enumerate() {
                    let tuple = facts.iter().map(|fact| batch.column(*fact).id(row));
                    let tuple: Vec<u32> = tuple.collect();
                    let (tuples, seen) = &mut all[*group as usize];
                    let bare = tuple.iter().all(|fact| *fact == NONE);
                    if !bare && !seen.contains(&tuple) {
                        tuples.facts.extend_from_slice(&tuple);
                        seen.insert(tuple);
                    }
                }
            }
            (Aggregate::CountDistinct(var), _) => self.distinct(batch.column(*var), of, groups),
            (Aggregate::Count, Fold::Count(counts)) => {
                counts.resize(groups, 0);
                match (counts.as_mut_slice(), &batch.times) {
                    ([one], None) => *one += of.len() as i64,
                    (counts, None) => of.iter().for_each(|group| counts[*group as usize] += 1),
                    (counts, Some(times)) => {
                        for (group, times) in of.iter().zip(times) {
                            counts[*group as usize] += i64::from(*times);
                        }
                    }
                }
            }
            (
                Aggregate::Of {
                    function,
                    var,
                    distinct,
                    parameter,
                    span,
                },
                Fold::Of(all, histogram),
            ) => {
                all.resize_with(groups, || Folded::new(*function, *distinct));
                let column = batch.column(*var);
                if let (Column::Coded(codes, values), false, None) = (column, distinct, parameter)
                    && function.summed()
                    && counted(histogram, codes, values, of, &batch.times, groups)
                {
                    return Ok(());
                }
                if let (Some(times), false) = (&batch.times, distinct) {
                    for (row, (group, times)) in of.iter().zip(times).enumerate() {
                        all[*group as usize]
                            .add_many(&column.datum(row), u64::from(*times))
                            .map_err(|fault| fault.at(*span))?;
                    }
                    return Ok(());
                }
                for (row, group) in of.iter().enumerate() {
                    let parameter = parameter.map(|var| batch.column(var).datum(row));
                    all[*group as usize]
                        .add(column.datum(row), parameter)
                        .map_err(|fault| fault.at(*span))?;
                }
            }
            (Aggregate::Collect(_) | Aggregate::Count | Aggregate::Of { .. }, _) => {}
        }
        Ok(())
    }

    fn distinct(&mut self, column: &Column, of: &[u32], groups: usize) {
        let as_value: fn(u32) -> Datum = match column {
            Column::Absent | Column::Evidence(_) => return,
            Column::Facts(_) => Datum::Fact,
            Column::Claims(_) => Datum::Claim,
            _ => |id| Datum::Entity(EntityId(id)),
        };
        if let Fold::Ids(pairs, known) = self {
            if let Column::Entities(ids) | Column::Facts(ids) | Column::Claims(ids) = column {
                *known = as_value;
                pairs.last.resize(groups, NONE);
                for (id, group) in ids.iter().zip(of).filter(|(id, _)| **id != NONE) {
                    pairs.push(*group, *id);
                }
                return;
            }
            // Other values than ids: from now on all are told apart by their keys.
            let mut sets: Vec<FxHashSet<Vec<u8>>> = vec![FxHashSet::default(); groups];
            for pair in std::mem::take(&mut pairs.pairs) {
                sets[(pair >> 32) as usize].insert(key_of(&known(pair as u32)));
            }
            *self = Fold::Values(sets);
        }
        if let Fold::Values(sets) = self {
            sets.resize_with(groups, FxHashSet::default);
            for (row, group) in of.iter().enumerate() {
                let value = column.datum(row);
                if !value.is_null() {
                    sets[*group as usize].insert(key_of(&value));
                }
            }
        }
    }

    /// A column of what it comes to, a row a group.
    pub fn done(self, aggregate: &Aggregate, groups: usize) -> Result<Column, Halt> {
        let numbers = |mut counts: Vec<i64>| {
            counts.resize(groups, 0);
            Column::Ints(counts)
        };
        Ok(match (self, aggregate) {
            (Fold::Tuples(all), _) => {
                let mut tuples: Vec<Tuples> = all.into_iter().map(|(tuples, _)| tuples).collect();
                tuples.resize(groups, Tuples::default());
                Column::Evidence(tuples)
            }
            (Fold::Ids(pairs, _), _) => numbers(pairs.counts(groups)),
            (Fold::Values(sets), _) => numbers(sets.iter().map(|set| set.len() as i64).collect()),
            (Fold::Count(counts), _) => numbers(counts),
            (
                Fold::Of(mut all, histogram),
                Aggregate::Of {
                    function,
                    distinct,
                    span,
                    ..
                },
            ) => {
                all.resize_with(groups, || Folded::new(*function, *distinct));
                if let Some(histogram) = histogram {
                    let width = histogram.values.places();
                    for (place, count) in histogram.counts.iter().enumerate() {
                        if *count > 0 {
                            all[place / width]
                                .add_many(&histogram.values.value((place % width) as u32), *count)
                                .map_err(|fault| fault.at(*span))?;
                        }
                    }
                }
                let values = all
                    .into_iter()
                    .map(|folded| folded.done().map_err(|fault| fault.at(*span)));
                Column::of(values.collect::<Result<_, _>>()?)
            }
            (Fold::Of(..), _) => Column::Absent,
        })
    }
}

/// Counts codes by group; tells whether it could.
fn counted(
    histogram: &mut Option<Histogram>,
    codes: &[u32],
    values: &Codebook,
    of: &[u32],
    times: &Option<Vec<u32>>,
    groups: usize,
) -> bool {
    let width = values.places();
    if width * groups > PLACES {
        return false;
    }
    let known = histogram.get_or_insert_with(|| Histogram {
        values: values.clone(),
        counts: Vec::new(),
    });
    if !known.values.is(values) {
        return false;
    }
    known.counts.resize(width * groups, 0);
    let places = codes.iter().zip(of);
    let places = places.map(|(code, group)| *group as usize * width + *code as usize);
    match times {
        None => places.for_each(|place| known.counts[place] += 1),
        Some(times) => {
            for (place, times) in places.zip(times) {
                known.counts[place] += u64::from(*times);
            }
        }
    }
    true
}

/// A value as a key that equivalent values share.
fn key_of(value: &Datum) -> Vec<u8> {
    let mut key = Vec::new();
    value.key(&mut key);
    key
}

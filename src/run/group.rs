//! Group: one row for each distinct combination of keys, in the order of first appearance. The group of
//! each row of a batch is found first, then each aggregate takes the whole batch; keys that are ids or
//! codes find their group by place.

#![allow(clippy::wildcard_enum_match_arm)] // Of all kinds of values few are ids.

use crate::algebra::{Aggregate, Datum, Var};
use crate::run::batch::{Batch, Codebook, Column, NONE};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::folds::Fold;
use rustc_hash::FxHashMap;

/// From how many groups on those of entities are found by place.
const MANY: usize = 256;

/// The operator.
pub struct Group<'p> {
    /// The rows; taken when they have been read.
    pub input: Option<Boxed<'p>>,
    /// What makes a group.
    pub keys: &'p [Var],
    /// What is computed of a group.
    pub aggregates: &'p [(Var, Aggregate)],
    /// Keys have been ids in every batch so far: only then are they hashed as numbers.
    pub ids: bool,
}

/// The key of a group.
#[derive(PartialEq, Eq, Hash)]
enum GroupKey {
    Id(u32),
    Ids(Vec<u32>),
    /// A whole number alone; a number that equals one is one.
    Int(i64),
    Bytes(Vec<u8>),
}

/// The groups so far.
struct Groups {
    by_key: FxHashMap<GroupKey, u32>,
    /// The groups of entities by their number, once there are many.
    by_entity: Vec<u32>,
    /// The groups of codes, and of which values.
    by_code: Option<(Codebook, Vec<u32>)>,
    /// While all groups are those of distinct codes: the code of each. Their keys are not made yet.
    coded: Vec<u32>,
    /// The keys of each group, a column for each.
    keys: Vec<Vec<Datum>>,
    /// Whether a key was an entity, or nothing, in all batches.
    entities: Vec<bool>,
    count: usize,
}

impl Group<'_> {
    fn key(&self, batch: &Batch, row: usize) -> GroupKey {
        let ids = |var: &Var| {
            matches!(
                batch.column(*var),
                Column::Entities(_) | Column::Facts(_) | Column::Claims(_) | Column::Absent
            ) && self.ids
        };
        match self.keys {
            [one] if ids(one) => GroupKey::Id(batch.column(*one).id(row)),
            keys if keys.iter().all(ids) => {
                GroupKey::Ids(keys.iter().map(|var| batch.column(*var).id(row)).collect())
            }
            [one] => match batch.column(*one) {
                Column::Values(values) => value_key(&values[row]),
                column => value_key(&column.datum(row)),
            },
            keys => {
                let mut bytes = Vec::new();
                for var in keys {
                    match batch.column(*var) {
                        Column::Values(values) => values[row].key(&mut bytes),
                        column => column.datum(row).key(&mut bytes),
                    }
                }
                GroupKey::Bytes(bytes)
            }
        }
    }

    /// The group of each row of a batch; new ones are begun.
    fn groups_of(&self, batch: &Batch, groups: &mut Groups, execution: &Execution<'_>) -> Vec<u32> {
        match self.keys {
            [] => vec![0; batch.rows],
            [one] => match batch.column(*one) {
                Column::Coded(codes, values) => groups.of_codes(codes, values),
                Column::Entities(ids) if self.ids && groups.count > MANY => {
                    groups.make_keys();
                    groups.of_entities(ids, execution.graph.entities().len())
                }
                _ => self.hashed(batch, groups),
            },
            _ => self.hashed(batch, groups),
        }
    }

    fn hashed(&self, batch: &Batch, groups: &mut Groups) -> Vec<u32> {
        groups.make_keys();
        let mut found = Vec::with_capacity(batch.rows);
        for row in 0..batch.rows {
            let key = self.key(batch, row);
            let next = groups.count as u32;
            let group = *groups.by_key.entry(key).or_insert(next);
            if group == next {
                groups.count += 1;
                for (column, var) in groups.keys.iter_mut().zip(self.keys) {
                    column.push(batch.column(*var).datum(row));
                }
            }
            found.push(group);
        }
        found
    }
}

/// The key of one value.
fn value_key(value: &Datum) -> GroupKey {
    match value.whole() {
        Some(number) => GroupKey::Int(number),
        None => {
            let mut bytes = Vec::new();
            value.key(&mut bytes);
            GroupKey::Bytes(bytes)
        }
    }
}

impl Groups {
    fn of_codes(&mut self, codes: &[u32], book: &Codebook) -> Vec<u32> {
        let same = |known: &(Codebook, Vec<u32>)| known.0.is(book);
        let alone = book.distinct()
            && self.count == self.coded.len()
            && self.by_code.as_ref().is_none_or(same);
        if !alone {
            self.make_keys();
        }
        let mut by_code = match self.by_code.take().filter(same) {
            Some((_, by_code)) => by_code,
            None => vec![NONE; book.places()],
        };
        let mut found = Vec::with_capacity(codes.len());
        for code in codes {
            let mut group = by_code[*code as usize];
            if group == NONE {
                let next = self.count as u32;
                if alone {
                    group = next;
                    self.coded.push(*code);
                } else {
                    // Several codes may have one value.
                    let key = book.value(*code);
                    group = *self.by_key.entry(value_key(&key)).or_insert(next);
                    if group == next {
                        self.keys[0].push(key);
                    }
                }
                self.count += usize::from(group == next);
                by_code[*code as usize] = group;
            }
            found.push(group);
        }
        self.by_code = Some((book.clone(), by_code));
        found
    }

    /// Makes the keys of groups that stood for themselves by their codes.
    fn make_keys(&mut self) {
        if let Some((book, _)) = &self.by_code {
            for (group, code) in self.coded.drain(..).enumerate() {
                let key = book.value(code);
                self.by_key.insert(value_key(&key), group as u32);
                self.keys[0].push(key);
            }
        }
    }

    fn of_entities(&mut self, ids: &[u32], entities: usize) -> Vec<u32> {
        if self.by_entity.is_empty() {
            self.by_entity = vec![NONE; entities];
            for (key, group) in &self.by_key {
                if let GroupKey::Id(id) = key
                    && *id != NONE
                {
                    self.by_entity[*id as usize] = *group;
                }
            }
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let next = self.count as u32;
            let group = match self.by_entity.get_mut(*id as usize) {
                Some(group) => {
                    if *group == NONE {
                        *group = next;
                    }
                    *group
                }
                None => *self.by_key.entry(GroupKey::Id(*id)).or_insert(next),
            };
            if group == next {
                self.count += 1;
                self.keys[0].push(match *id {
                    NONE => Datum::Null,
                    id => Datum::Entity(crate::model::EntityId(id)),
                });
            }
            found.push(group);
        }
        found
    }
}

impl Operator for Group<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(mut input) = self.input.take() else {
            return Ok(None);
        };
        let mut groups = Groups {
            by_key: FxHashMap::default(),
            by_entity: Vec::new(),
            by_code: None,
            coded: Vec::new(),
            keys: vec![Vec::new(); self.keys.len()],
            entities: vec![true; self.keys.len()],
            // Without keys there is one group, even of nothing.
            count: usize::from(self.keys.is_empty()),
        };
        let mut folds: Vec<Fold> = self
            .aggregates
            .iter()
            .map(|(_, aggregate)| Fold::new(aggregate))
            .collect();
        while let Some(batch) = input.next(execution)? {
            execution.passed(&batch)?;
            let before = groups.count;
            for (known, var) in groups.entities.iter_mut().zip(self.keys) {
                *known &= matches!(batch.column(*var), Column::Entities(_) | Column::Absent);
            }
            let of = self.groups_of(&batch, &mut groups, execution);
            for ((_, aggregate), fold) in self.aggregates.iter().zip(&mut folds) {
                fold.add(aggregate, &batch, &of, groups.count)?;
            }
            let kept = folds.iter().filter(|fold| fold.keeps()).count();
            execution.holds(
                (groups.count - before) * 128 * (1 + self.keys.len()) + batch.rows * 32 * kept,
            )?;
        }
        let mut out = Batch {
            rows: groups.count,
            ..Batch::default()
        };
        if let Some((book, _)) = groups.by_code.filter(|_| !groups.coded.is_empty()) {
            out.set(self.keys[0], Column::Coded(groups.coded, book));
            groups.keys.clear();
        }
        let keys = groups.keys.into_iter().zip(groups.entities);
        for (var, (column, ids)) in self.keys.iter().zip(keys) {
            out.set(*var, key_column(column, ids));
        }
        for ((var, aggregate), fold) in self.aggregates.iter().zip(folds) {
            out.set(*var, fold.done(aggregate, groups.count)?);
        }
        Ok((out.rows > 0).then_some(out))
    }
}

fn key_column(values: Vec<Datum>, ids: bool) -> Column {
    let id = |value: &Datum| match value {
        Datum::Entity(id) => id.0,
        Datum::Fact(row) | Datum::Claim(row) => *row,
        _ => NONE,
    };
    match ids {
        true => Column::Entities(values.iter().map(id).collect()),
        false if values.iter().all(|value| matches!(value, Datum::Fact(_))) => {
            Column::Facts(values.iter().map(id).collect())
        }
        false => Column::of(values),
    }
}

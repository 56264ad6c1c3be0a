//! Group: one row for each distinct combination of keys, in the order of first appearance. Keys
//! that are ids are hashed as numbers; evidence is collected as distinct tuples of facts.

#![allow(clippy::wildcard_enum_match_arm)] // Of all kinds of values few are ids.

use crate::algebra::{Aggregate, Datum, Var};
use crate::model::EntityId;
use crate::run::aggregate::Folded;
use crate::run::batch::{Batch, Column, NONE, Tuples};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use rustc_hash::{FxHashMap, FxHashSet};

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

/// What one aggregate holds of one group.
enum State {
    Tuples(Tuples, FxHashSet<Vec<u32>>),
    /// Ids, and what one of them is as a value.
    Ids(FxHashSet<u32>, fn(u32) -> Datum),
    Values(FxHashSet<Vec<u8>>),
    Count(u64),
    Folded(Box<Folded>),
}

impl State {
    fn new(aggregate: &Aggregate) -> State {
        match aggregate {
            Aggregate::Collect(facts) => State::Tuples(
                Tuples {
                    width: facts.len(),
                    facts: Vec::new(),
                },
                FxHashSet::default(),
            ),
            Aggregate::CountDistinct(_) => {
                State::Ids(FxHashSet::default(), |id| Datum::Entity(EntityId(id)))
            }
            Aggregate::Count => State::Count(0),
            Aggregate::Of {
                function, distinct, ..
            } => State::Folded(Box::new(Folded::new(*function, *distinct))),
        }
    }

    fn add(&mut self, aggregate: &Aggregate, batch: &Batch, row: usize) -> Result<(), Halt> {
        match (aggregate, self) {
            (Aggregate::Collect(facts), State::Tuples(tuples, seen)) => {
                let tuple: Vec<u32> = facts
                    .iter()
                    .map(|fact| batch.column(*fact).id(row))
                    .collect();
                let bare = tuple.iter().all(|fact| *fact == NONE);
                if !bare && !seen.contains(&tuple) {
                    tuples.facts.extend_from_slice(&tuple);
                    seen.insert(tuple);
                }
            }
            (Aggregate::CountDistinct(var), state) => {
                let column = batch.column(*var);
                match (column, &mut *state) {
                    (Column::Absent | Column::Evidence(_), _) => {}
                    (
                        Column::Entities(ids) | Column::Facts(ids) | Column::Claims(ids),
                        State::Ids(seen, as_value),
                    ) => {
                        *as_value = match column {
                            Column::Facts(_) => Datum::Fact,
                            Column::Claims(_) => Datum::Claim,
                            _ => |id| Datum::Entity(EntityId(id)),
                        };
                        if ids[row] != NONE {
                            seen.insert(ids[row]);
                        }
                    }
                    _ => {
                        // Other values than ids: from now on all are told apart by their keys.
                        if let State::Ids(seen, as_value) = &mut *state {
                            let known = std::mem::take(seen).into_iter();
                            let known = known.map(|id| key_of(&as_value(id)));
                            *state = State::Values(known.collect());
                        }
                        let value = crate::run::batch::batch_datum(column, row);
                        if let (State::Values(seen), false) = (&mut *state, value.is_null()) {
                            seen.insert(key_of(&value));
                        }
                    }
                }
            }
            (Aggregate::Count, State::Count(count)) => *count += 1,
            (
                Aggregate::Of {
                    var,
                    parameter,
                    span,
                    ..
                },
                State::Folded(folded),
            ) => {
                let value = match batch.column(*var) {
                    Column::Paths(paths) => Datum::Path(Box::new(paths[row].clone())),
                    column => column.datum(row),
                };
                let parameter = parameter.map(|var| batch.column(var).datum(row));
                folded
                    .add(value, parameter)
                    .map_err(|fault| fault.at(*span))?;
            }
            (Aggregate::Collect(_) | Aggregate::Count | Aggregate::Of { .. }, _) => {}
        }
        Ok(())
    }
}

/// A value as a key that equivalent values share.
fn key_of(value: &Datum) -> Vec<u8> {
    let mut key = Vec::new();
    value.key(&mut key);
    key
}

/// The key of a group.
#[derive(PartialEq, Eq, Hash)]
enum GroupKey {
    Id(u32),
    Ids(Vec<u32>),
    Bytes(Vec<u8>),
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
            keys => {
                let mut bytes = Vec::new();
                for var in keys {
                    match batch.column(*var) {
                        Column::Values(values) => values[row].key(&mut bytes),
                        Column::Paths(paths) => {
                            Datum::Path(Box::new(paths[row].clone())).key(&mut bytes);
                        }
                        column => column.datum(row).key(&mut bytes),
                    }
                }
                GroupKey::Bytes(bytes)
            }
        }
    }
}

impl Operator for Group<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let Some(mut input) = self.input.take() else {
            return Ok(None);
        };
        let mut groups: FxHashMap<GroupKey, usize> = FxHashMap::default();
        let mut states: Vec<Vec<State>> = Vec::new();
        let mut keys: Vec<Vec<Datum>> = vec![Vec::new(); self.keys.len()];
        let mut ids: Vec<bool> = vec![true; self.keys.len()];
        let fresh = |aggregates: &[(Var, Aggregate)]| {
            aggregates
                .iter()
                .map(|(_, aggregate)| State::new(aggregate))
                .collect::<Vec<_>>()
        };
        if self.keys.is_empty() {
            groups.insert(GroupKey::Ids(Vec::new()), 0);
            states.push(fresh(self.aggregates));
        }
        while let Some(batch) = input.next(execution)? {
            execution.passed(&batch)?;
            let before = states.len();
            for (at, var) in self.keys.iter().enumerate() {
                ids[at] &= matches!(batch.column(*var), Column::Entities(_) | Column::Absent);
            }
            if self.keys.is_empty() {
                // One group: nothing is looked up.
                for ((_, aggregate), state) in self.aggregates.iter().zip(&mut states[0]) {
                    match state {
                        State::Count(count) => *count += batch.rows as u64,
                        state => {
                            for row in 0..batch.rows {
                                state.add(aggregate, &batch, row)?;
                            }
                        }
                    }
                }
            }
            let looked_up = if self.keys.is_empty() { 0 } else { batch.rows };
            for row in 0..looked_up {
                let key = self.key(&batch, row);
                let group = *groups.entry(key).or_insert_with(|| {
                    states.push(fresh(self.aggregates));
                    for (column, var) in keys.iter_mut().zip(self.keys) {
                        column.push(match batch.column(*var) {
                            Column::Paths(paths) => Datum::Path(Box::new(paths[row].clone())),
                            column => column.datum(row),
                        });
                    }
                    states.len() - 1
                });
                for ((_, aggregate), state) in self.aggregates.iter().zip(&mut states[group]) {
                    state.add(aggregate, &batch, row)?;
                }
            }
            let kept = self
                .aggregates
                .iter()
                .filter(|(_, aggregate)| collects(aggregate));
            execution.holds(
                (states.len() - before) * 128 * (1 + self.keys.len())
                    + batch.rows * 32 * kept.count(),
            )?;
        }
        let mut out = Batch {
            rows: states.len(),
            ..Batch::default()
        };
        for ((var, column), ids) in self.keys.iter().zip(keys).zip(ids) {
            out.set(*var, key_column(column, ids));
        }
        let mut columns: Vec<Vec<State>> = self.aggregates.iter().map(|_| Vec::new()).collect();
        for group in states {
            for (column, state) in columns.iter_mut().zip(group) {
                column.push(state);
            }
        }
        for ((var, aggregate), column) in self.aggregates.iter().zip(columns) {
            out.set(*var, state_column(aggregate, column)?);
        }
        Ok((out.rows > 0).then_some(out))
    }
}

/// Whether an aggregate keeps what it is given.
fn collects(aggregate: &Aggregate) -> bool {
    use crate::algebra::AggregateFunction;
    match aggregate {
        Aggregate::Collect(_) | Aggregate::CountDistinct(_) => true,
        Aggregate::Count => false,
        Aggregate::Of {
            function, distinct, ..
        } => {
            *distinct
                || !matches!(
                    function,
                    AggregateFunction::Count
                        | AggregateFunction::Sum
                        | AggregateFunction::Average
                        | AggregateFunction::Min
                        | AggregateFunction::Max
                )
        }
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

fn state_column(aggregate: &Aggregate, states: Vec<State>) -> Result<Column, Halt> {
    Ok(match aggregate {
        Aggregate::Collect(_) => Column::Evidence(
            states
                .into_iter()
                .map(|state| match state {
                    State::Tuples(tuples, _) => tuples,
                    State::Ids(..) | State::Values(_) | State::Count(_) | State::Folded(_) => {
                        Tuples::default()
                    }
                })
                .collect(),
        ),
        Aggregate::CountDistinct(_) | Aggregate::Count => Column::Values(
            states
                .into_iter()
                .map(|state| {
                    Datum::int(match state {
                        State::Tuples(tuples, _) => tuples.iter().count() as i64,
                        State::Ids(seen, _) => seen.len() as i64,
                        State::Values(seen) => seen.len() as i64,
                        State::Count(count) => count as i64,
                        State::Folded(_) => 0,
                    })
                })
                .collect(),
        ),
        Aggregate::Of { span, .. } => {
            let mut values = Vec::with_capacity(states.len());
            for state in states {
                values.push(match state {
                    State::Folded(folded) => folded.done().map_err(|fault| fault.at(*span))?,
                    State::Tuples(..) | State::Ids(..) | State::Values(_) | State::Count(_) => {
                        Datum::Null
                    }
                });
            }
            Column::of(values)
        }
    })
}

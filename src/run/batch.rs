//! Rows as they travel: a batch of columns, one for each variable. Entities and facts are plain
//! numbers; values are made only where an expression asks for them.

#![allow(clippy::wildcard_enum_match_arm)] // Of all kinds of values few are ids.

use crate::algebra::{Datum, PathRow, Var};
use crate::graph::Property;
use crate::model::EntityId;
use std::sync::Arc;

/// No entity or fact in an id column.
pub const NONE: u32 = u32::MAX;

/// How many rows an operator gathers before it passes them on.
pub const ROWS: usize = 1024;

/// The distinct tuples of facts that made a row true, `width` facts each; [`NONE`] where a tuple
/// lacks one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tuples {
    /// Facts a tuple.
    pub width: usize,
    /// All tuples, one after the other.
    pub facts: Vec<u32>,
}

impl Tuples {
    /// The tuples.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.facts.chunks(self.width.max(1))
    }

    /// The distinct facts, in the order of first appearance.
    pub fn distinct(&self) -> Vec<u32> {
        let mut seen = rustc_hash::FxHashSet::default();
        self.facts
            .iter()
            .copied()
            .filter(|fact| *fact != NONE && seen.insert(*fact))
            .collect()
    }
}

/// Values of which each stands once, for columns of their places.
#[derive(Clone, Debug)]
pub enum Codebook {
    /// Computed ones.
    Computed(Arc<Vec<Datum>>),
    /// Those of a property.
    Property(Arc<Property>),
}

impl Codebook {
    /// The value at a place.
    pub fn value(&self, code: u32) -> Datum {
        match self {
            Codebook::Computed(values) => values[code as usize].clone(),
            Codebook::Property(property) => match &property.values[code as usize] {
                Some(value) => Datum::from(value.clone()),
                None => Datum::Null,
            },
        }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        match self {
            Codebook::Computed(values) => values.len(),
            Codebook::Property(property) => property.values.len(),
        }
    }

    /// Whether both are one.
    pub fn is(&self, other: &Codebook) -> bool {
        match (self, other) {
            (Codebook::Computed(a), Codebook::Computed(b)) => Arc::ptr_eq(a, b),
            (Codebook::Property(a), Codebook::Property(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether no two of its values are equal.
    pub fn distinct(&self) -> bool {
        match self {
            Codebook::Computed(_) => false,
            Codebook::Property(property) => property.distinct,
        }
    }
}

/// The values of one variable.
#[derive(Clone, Debug, Default)]
pub enum Column {
    /// The variable is not bound here.
    #[default]
    Absent,
    /// Entities.
    Entities(Vec<u32>),
    /// Facts.
    Facts(Vec<u32>),
    /// Claims.
    Claims(Vec<u32>),
    /// Values.
    Values(Vec<Datum>),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Places of values in a list.
    Coded(Vec<u32>, Codebook),
    /// Collected evidence.
    Evidence(Vec<Tuples>),
    /// Paths.
    Paths(Vec<PathRow>),
}

impl Column {
    /// The value of a row; evidence is no value.
    pub fn datum(&self, row: usize) -> Datum {
        match self {
            Column::Absent | Column::Evidence(_) => Datum::Null,
            Column::Paths(paths) => Datum::Path(Box::new(paths[row].clone())),
            Column::Ints(numbers) => Datum::int(numbers[row]),
            Column::Coded(codes, values) => values.value(codes[row]),
            Column::Entities(ids) => match ids[row] {
                NONE => Datum::Null,
                id => Datum::Entity(EntityId(id)),
            },
            Column::Facts(facts) => match facts[row] {
                NONE => Datum::Null,
                fact => Datum::Fact(fact),
            },
            Column::Claims(rows) => match rows[row] {
                NONE => Datum::Null,
                row => Datum::Claim(row),
            },
            Column::Values(values) => values[row].clone(),
        }
    }

    /// The number of an entity, a fact or a claim, [`NONE`] where there is none.
    pub fn id(&self, row: usize) -> u32 {
        match self {
            Column::Entities(ids) | Column::Facts(ids) | Column::Claims(ids) => ids[row],
            Column::Values(values) => match &values[row] {
                Datum::Entity(id) => id.0,
                Datum::Fact(row) | Datum::Claim(row) => *row,
                Datum::Null | Datum::Value(_) | Datum::List(_) | Datum::Map(_) | Datum::Path(_) => {
                    NONE
                }
            },
            Column::Absent
            | Column::Evidence(_)
            | Column::Paths(_)
            | Column::Ints(_)
            | Column::Coded(..) => NONE,
        }
    }

    /// Values as the narrowest column that holds them.
    pub fn of(values: Vec<Datum>) -> Column {
        let entity = |value: &Datum| match value {
            Datum::Entity(id) => Some(id.0),
            _ => None,
        };
        let claim = |value: &Datum| match value {
            Datum::Claim(row) => Some(*row),
            _ => None,
        };
        match values.first() {
            Some(Datum::Entity(_)) => values
                .iter()
                .map(entity)
                .collect::<Option<Vec<u32>>>()
                .map_or(Column::Values(values), Column::Entities),
            Some(Datum::Claim(_)) => values
                .iter()
                .map(claim)
                .collect::<Option<Vec<u32>>>()
                .map_or(Column::Values(values), Column::Claims),
            _ => Column::Values(values),
        }
    }

    /// The rows at these places, in this order.
    pub fn gather(&self, rows: &[u32]) -> Column {
        let ids = |ids: &Vec<u32>| rows.iter().map(|row| ids[*row as usize]).collect();
        match self {
            Column::Absent => Column::Absent,
            Column::Entities(values) => Column::Entities(ids(values)),
            Column::Facts(values) => Column::Facts(ids(values)),
            Column::Claims(values) => Column::Claims(ids(values)),
            Column::Coded(codes, values) => Column::Coded(ids(codes), values.clone()),
            Column::Ints(numbers) => {
                Column::Ints(rows.iter().map(|row| numbers[*row as usize]).collect())
            }
            Column::Values(values) => Column::Values(
                rows.iter()
                    .map(|row| values[*row as usize].clone())
                    .collect(),
            ),
            Column::Evidence(values) => Column::Evidence(
                rows.iter()
                    .map(|row| values[*row as usize].clone())
                    .collect(),
            ),
            Column::Paths(values) => Column::Paths(
                rows.iter()
                    .map(|row| values[*row as usize].clone())
                    .collect(),
            ),
        }
    }
}

/// Some rows.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// A column for each variable, by its number; variables behind the last are not bound.
    pub columns: Vec<Column>,
    /// How many rows.
    pub rows: usize,
    /// Of rows inside an inner plan: the row of the outer batch that each comes from.
    pub origin: Option<Vec<u32>>,
    /// How many rows each stands for, where it is not one; only on the way to a group.
    pub times: Option<Vec<u32>>,
}

impl Batch {
    /// One row without columns.
    pub fn unit() -> Batch {
        Batch {
            columns: Vec::new(),
            rows: 1,
            ..Batch::default()
        }
    }

    /// The column of a variable.
    pub fn column(&self, var: Var) -> &Column {
        self.columns.get(var.0 as usize).unwrap_or(&Column::Absent)
    }

    /// Whether a variable is bound.
    pub fn binds(&self, var: Var) -> bool {
        !matches!(self.column(var), Column::Absent)
    }

    /// Sets the column of a variable; it must have as many rows as the batch.
    pub fn set(&mut self, var: Var, column: Column) {
        let at = var.0 as usize;
        if self.columns.len() <= at {
            self.columns.resize(at + 1, Column::Absent);
        }
        self.columns[at] = column;
    }

    /// The rows at these places, in this order.
    pub fn gather(&self, rows: &[u32]) -> Batch {
        Batch {
            columns: self
                .columns
                .iter()
                .map(|column| column.gather(rows))
                .collect(),
            rows: rows.len(),
            origin: self
                .origin
                .as_ref()
                .map(|origin| rows.iter().map(|row| origin[*row as usize]).collect()),
            times: self
                .times
                .as_ref()
                .map(|times| rows.iter().map(|row| times[*row as usize]).collect()),
        }
    }

    /// The first rows.
    pub fn head(&self, rows: usize) -> Batch {
        let rows: Vec<u32> = (0..rows.min(self.rows) as u32).collect();
        self.gather(&rows)
    }
}

//! Plan nodes, each documented by what happens to its rows. A surface builds the logical nodes
//! (`Match`), the optimiser replaces them by the ones that say how (`Scan`, `Expand`
//! …), and the executor runs either.

use crate::algebra::expression::Expression;
use crate::algebra::pattern::{EntitySet, Pattern, Route};
use crate::graph::ClaimFilter;
use crate::model::EntityId;

/// A column of rows, by number; its name stands in [`Variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub u16);

/// The names of the variables of one plan, for explanations and answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables {
    names: Vec<String>,
}

impl Variables {
    /// A new variable. Names need not be unique: explanations add a number where they are not.
    pub fn fresh(&mut self, name: &str) -> Var {
        let taken = self
            .names
            .iter()
            .filter(|known| known.trim_end_matches(|c: char| c.is_ascii_digit()) == name)
            .count();
        let name = if taken == 0 {
            name.to_owned()
        } else {
            format!("{name}{}", taken + 1)
        };
        self.names.push(name);
        Var((self.names.len() - 1) as u16)
    }

    /// The name of a variable.
    pub fn name(&self, var: Var) -> &str {
        self.names.get(var.0 as usize).map_or("?", String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// What is done to rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// One row without columns.
    Unit,
    /// The rows of the plan around this one: where an inner plan of [`Plan::Keep`] begins.
    Row,
    /// Logical. Each input row once for each way to match the pattern; binds what is not bound.
    Match {
        /// Rows that may bind some variables of the pattern.
        input: Box<Plan>,
        /// What to match.
        pattern: Pattern,
    },
    /// Keeps the rows for which an inner plan, begun from the row, gives a row; or with `negated`
    /// gives none. Binds nothing.
    Keep {
        /// The rows.
        input: Box<Plan>,
        /// What to look for; begins with [`Plan::Row`].
        inner: Box<Plan>,
        /// Keep those without a match: no claim says so.
        negated: bool,
    },
    /// Each input row once for each entity of the set.
    Scan {
        /// The rows.
        input: Box<Plan>,
        /// The variable that gets the entity.
        var: Var,
        /// Which entities.
        set: EntitySet,
    },
    /// Each input row once for each fact from the bound end, with its other end in the set. Where
    /// the other end is bound already, only the facts between the two.
    Expand {
        /// The rows.
        input: Box<Plan>,
        /// The bound end.
        from: Var,
        /// The other end.
        to: Var,
        /// The variable that gets the fact.
        fact: Var,
        /// By which relations, and which way round as seen from `from`.
        routes: Vec<Route>,
        /// Which claims count.
        filter: ClaimFilter,
        /// What the other end may be.
        set: EntitySet,
    },
    /// The distinct entities that are reached from a set over steps, as one column; no fact is
    /// kept and no row is built on the way.
    Frontier {
        /// Where it starts.
        start: EntitySet,
        /// The steps, each by its routes, its claims and the entities it may reach.
        steps: Vec<(Vec<Route>, ClaimFilter, EntitySet)>,
        /// The variable that gets the last entities.
        var: Var,
    },
    /// Keeps the rows for which the condition is true.
    Filter {
        /// The rows.
        input: Box<Plan>,
        /// The condition.
        condition: Expression,
    },
    /// Each row once for each item of a list; a row whose list is empty or no value is dropped.
    Unwind {
        /// The rows.
        input: Box<Plan>,
        /// The list.
        list: Expression,
        /// The variable that gets the item.
        var: Var,
    },
    /// The rows of all inputs, one after the other. Variables that an input lacks have no value.
    Union(Vec<Plan>),
    /// One row for each distinct combination of the keys, in the order of first appearance; without
    /// keys one row, even of no input.
    Group {
        /// The rows.
        input: Box<Plan>,
        /// What makes a group.
        keys: Vec<Var>,
        /// What is computed of a group.
        aggregates: Vec<(Var, Aggregate)>,
    },
    /// The rows in order; with a limit only the first, and no more than these are kept.
    Sort {
        /// The rows.
        input: Box<Plan>,
        /// By what; ties keep their order.
        keys: Vec<Key>,
        /// How many rows, at most.
        limit: Option<u64>,
    },
    /// The first rows; stops the input early.
    Limit {
        /// The rows.
        input: Box<Plan>,
        /// How many rows, at most.
        count: u64,
    },
    /// A row for each path between two sets of entities, shortest first.
    Paths(PathSearch),
}

/// What is computed of a group of rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// The distinct tuples of these facts: the evidence of the row.
    Collect(Vec<Var>),
    /// How many distinct values a variable has; no value does not count.
    CountDistinct(Var),
    /// How many rows.
    Count,
}

/// One key of an order; no value stands last.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// By what.
    pub by: Expression,
    /// Largest first.
    pub descending: bool,
}

/// What paths are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PathSearch {
    /// The variable that gets the path.
    pub var: Var,
    /// From one of these …
    pub from: EntitySet,
    /// … to one of these.
    pub to: EntitySet,
    /// By which relations; empty: by any. A step may run either way when `undirected`.
    pub routes: Vec<Route>,
    /// Steps run from subject to object or back.
    pub undirected: bool,
    /// Which claims count.
    pub filter: ClaimFilter,
    /// Entities that no path may touch.
    pub avoiding: Vec<EntityId>,
    /// Longest path, in hops.
    pub within: u32,
    /// Only paths of the shortest length there is.
    pub shortest: bool,
    /// How many paths, at most.
    pub limit: u64,
}

//! Plan nodes, each documented by what happens to its rows. A surface builds the logical nodes
//! (`Match`), the optimiser replaces them by the ones that say how (`Scan`, `Expand`
//! …), and the executor runs either. A pattern says what to match and nothing of the order; it
//! stands here because sets of entities may be plans themselves.

use crate::algebra::expression::Expression;
use crate::algebra::var::Var;
use crate::graph::{ClaimFilter, Direction};
use crate::model::{EntityId, RelationId, TypeId};

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

/// Entities joined by facts, all of which must hold at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pattern {
    /// The entities; a variable of an outer plan may appear here too and is then bound already.
    pub nodes: Vec<Node>,
    /// The facts between them.
    pub links: Vec<Link>,
    /// Conditions over the variables of the pattern.
    pub conditions: Vec<Expression>,
    /// Patterns that must not match, from the variables of this one.
    pub absent: Vec<Pattern>,
}

/// An entity of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its variable.
    pub var: Var,
    /// The entities that it may be.
    pub set: EntitySet,
}

/// Which entities.
#[derive(Clone, Debug, PartialEq)]
pub enum EntitySet {
    /// Any entity that is not a mere name.
    Any,
    /// Of this type or one below it.
    Type(TypeId),
    /// These, sorted, each once.
    Ids(Vec<EntityId>),
    /// Those that a plan of its own gives under a variable: `(top 3 …)`.
    Plan(Box<Plan>, Var),
    /// In all of these sets.
    All(Vec<EntitySet>),
}

impl EntitySet {
    /// Both at once, in the simplest form.
    pub fn and(self, other: EntitySet) -> EntitySet {
        match (self, other) {
            (EntitySet::Any, set) | (set, EntitySet::Any) => set,
            (EntitySet::All(mut sets), EntitySet::All(more)) => {
                sets.extend(more);
                EntitySet::All(sets)
            }
            (EntitySet::All(mut sets), set) | (set, EntitySet::All(mut sets)) => {
                sets.push(set);
                EntitySet::All(sets)
            }
            (a, b) if a == b => a,
            (a, b) => EntitySet::All(vec![a, b]),
        }
    }
}

/// A fact of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The variable that gets the fact.
    pub fact: Var,
    /// One end.
    pub from: Var,
    /// The other end.
    pub to: Var,
    /// By which relations, and which way round.
    pub routes: Vec<Route>,
    /// Which claims count.
    pub filter: ClaimFilter,
}

/// A relation and the way in which it is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    /// The relation.
    pub relation: RelationId,
    /// `Out`: `from` is the subject.
    pub direction: Direction,
}

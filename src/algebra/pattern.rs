//! What is to be matched: entities joined by facts. A pattern says nothing of the order in which
//! it is matched; the optimiser chooses that.

use crate::algebra::expression::Expression;
use crate::algebra::plan::{Plan, Var};
use crate::graph::{ClaimFilter, Direction};
use crate::model::{EntityId, RelationId, TypeId};

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

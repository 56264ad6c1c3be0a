//! What a question comes to: a plan, and what its rows mean.

use crate::algebra::{Plan, Var, Variables};
use crate::graph::filter::ClaimFilter;
use crate::language::question::ast::Stance;
use crate::model::{EntityId, RelationId};

/// A question as algebra.
#[derive(Clone, Debug, PartialEq)]
pub struct Lowered {
    /// What to find.
    pub plan: Plan,
    /// The names of its variables.
    pub variables: Variables,
    /// What the rows mean.
    pub shape: Shape,
    /// Which claims the whole question rests on.
    pub base: ClaimFilter,
    /// Whether a time test stands somewhere, so that claims without a date were left out.
    pub dated: bool,
}

/// What the rows of a plan mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An entity a row, with the facts that made it an answer.
    Entities {
        /// The entity.
        entity: Var,
        /// The facts.
        evidence: Var,
        /// Other keys of the group: `per country`.
        keys: Vec<(String, Var)>,
    },
    /// One number.
    Count(Var),
    /// A number a group.
    Groups {
        /// The keys.
        keys: Vec<(String, Var)>,
        /// The number.
        count: Var,
    },
    /// A fact a row.
    Facts(Var),
    /// Yes, denied, disputed or no claim found: one part for each fact that was named.
    Verdict {
        /// The parts: a row of which is a fact that speaks for or against.
        parts: Vec<Part>,
        /// All parts must hold, or any.
        all: bool,
        /// Only denials were asked for: `does anyone deny that …`.
        denials: bool,
    },
    /// Yes or no by type alone.
    IsA {
        /// The entity.
        entity: EntityId,
        /// Whether it is of the type.
        holds: bool,
        /// The noun as written.
        noun: String,
    },
    /// The claims of the facts in the rows, by time.
    When(Var),
    /// The claims of the facts in the rows, by source.
    Says(Var, Stance),
    /// The claims behind facts, for and against, with quotes.
    Why {
        /// The fact, if it has one.
        fact: Var,
        /// `why not`
        negated: bool,
        /// `why all`
        all: bool,
        /// The named ends and the relation, to look for what comes near.
        near: Option<(EntityId, RelationId, EntityId)>,
    },
    /// The sources on whose word a fact hangs.
    Matter(Var, (EntityId, RelationId, EntityId)),
    /// What is attributed to several jointly, or in conflict.
    Accused(bool),
    /// One claim by its number.
    Claim(u32),
    /// What a row of the last answer rests on.
    Row(u32),
    /// Paths.
    Paths(Var),
    /// Everything on one entity.
    About(EntityId, Var),
    /// The claims of one entity by time.
    Timeline(EntityId, Var),
    /// What was recorded or retracted after the first and up to the second of these, in seconds.
    Changed(i64, i64),
}

/// One fact of a yes-or-no question.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The fact in words.
    pub label: String,
    /// Finds the facts.
    pub plan: Plan,
    /// The variable that holds them.
    pub fact: Var,
}

//! Algebra to algebra: a table of passes, each of which gives a plan with the same rows. It runs
//! nothing.

pub mod apart;
pub mod branches;
pub mod claims;
pub mod frontiers;
pub mod limits;
pub mod lookups;
pub mod patterns;
pub mod tallies;
pub mod unread;

use crate::algebra::Plan;
use crate::graph::GraphView;

/// A rewriting of plans.
pub struct Pass {
    /// The name that `explain` shows.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// The rewriting.
    pub run: fn(Plan, &dyn GraphView) -> Plan,
}

/// The passes in the order in which they run.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "look up values",
        doc: "find entities by the value of a property where a pattern asks for one",
        run: lookups::lookups,
    },
    Pass {
        name: "order patterns",
        doc: "start from the smallest set and follow the cheapest fact next, by statistics",
        run: patterns::ordered,
    },
    Pass {
        name: "filter claims",
        doc: "test the likelihood of claims where they are read",
        run: claims::likelihoods,
    },
    Pass {
        name: "decide codes",
        doc: "decide conditions on one field of claims once for each value of the field",
        run: claims::codes,
    },
    Pass {
        name: "tell claims apart",
        doc: "do not compare claims that differ whatever the row",
        run: apart::apart,
    },
    Pass {
        name: "walk frontiers",
        doc: "where only distinct ends are wanted, walk sets and build no rows",
        run: frontiers::frontiers,
    },
    Pass {
        name: "add up",
        doc: "where all rows of a chain or a circle are only counted, add numbers up and build none",
        run: tallies::tallies,
    },
    Pass {
        name: "leave out what nobody reads",
        doc: "give facts where no claim is read, and claims alone where no end is",
        run: unread::unread,
    },
    Pass {
        name: "push limits",
        doc: "keep no more rows than are asked for",
        run: limits::limits,
    },
];

/// The plan after all passes.
pub fn optimize(plan: Plan, view: &dyn GraphView) -> Plan {
    PASSES
        .iter()
        .fold(plan, |plan, pass| (pass.run)(plan, view))
}

/// The plan as it was written, made runnable and nothing more: what the optimised plan must agree
/// with.
pub fn plain(plan: Plan, view: &dyn GraphView) -> Plan {
    patterns::written(plan, view)
}

//! The one logical language between the surfaces and the executor: expressions, plan nodes, one
//! walker, one explainer. It resolves no name and runs nothing.

pub mod datum;
pub mod explain;
pub mod expression;
pub mod pattern;
pub mod plan;
pub mod walk;

pub use datum::Datum;
pub use expression::{Evidence, Expression, Test};
pub use pattern::{EntitySet, Link, Node, Pattern, Route};
pub use plan::{Aggregate, Key, PathSearch, Plan, Var, Variables};

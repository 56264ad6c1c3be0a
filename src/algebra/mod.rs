//! The one logical language between the surfaces and the executor: expressions, plan nodes, one
//! walker, one explainer. It resolves no name and runs nothing.

pub mod datum;
pub mod explain;
pub mod expression;
pub mod plan;
pub mod var;
pub mod walk;

pub use datum::Datum;
pub use expression::{Evidence, Expression, Test};
pub use plan::{Aggregate, EntitySet, Key, Link, Node, PathSearch, Pattern, Plan, Route};
pub use var::{Var, Variables};

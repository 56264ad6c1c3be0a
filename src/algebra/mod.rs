//! The one logical language between the surfaces and the executor: expressions, plan nodes,
//! functions, one walker, one explainer. It resolves no name and runs no plan.

pub mod datum;
pub mod explain;
pub mod explain_filter;
pub mod expressions;
pub mod fault;
pub mod functions;
pub mod plan;
pub mod reads;
pub mod single;
pub mod terms;
pub mod var;
pub mod walk;

pub use datum::{Datum, PathRow};
pub use fault::Fault;
pub use functions::{Context, Function, function};
pub use plan::{
    Ask, Each, EntitySet, Expression, Key, Link, Make, Node, PathSearch, Pattern, Plan, Repeat,
    Step, Tally, TallyStep, Update, Wanted, Write,
};
pub use terms::{
    Aggregate, AggregateFunction, Evidence, Labels, Mode, Operator, Quantifier, Repetition, Route,
    Test,
};
pub use var::{Var, Variables};

//! What a function is, and what it may look at.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::terms::AggregateFunction;
use crate::graph::GraphView;
use std::cell::Cell;

/// What functions may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The graph.
    pub graph: &'a dyn GraphView,
    /// When the statement began, in nanoseconds since 1970.
    pub clock: i128,
    /// The state of the random numbers.
    pub random: &'a Cell<u64>,
}

/// What a function gives.
pub type Given = Result<Datum, Fault>;

/// What a function does.
#[derive(Clone, Copy)]
pub enum Run {
    /// It gives no value where an argument has none.
    Strict(fn(&Context<'_>, &[Datum]) -> Given),
    /// It looks at arguments without a value itself.
    Loose(fn(&Context<'_>, &[Datum]) -> Given),
    /// The same, told by which of its names it was called.
    Named(fn(&Context<'_>, &str, &[Datum]) -> Given),
    /// It is written as an expression of its own.
    Expression,
    /// It makes one value of many rows.
    Aggregate(AggregateFunction),
}

/// A function.
pub struct Function {
    /// Its name in lower case.
    pub name: &'static str,
    /// How many arguments, at least.
    pub least: usize,
    /// How many arguments, at most.
    pub most: usize,
    /// What it does.
    pub run: Run,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

impl Function {
    /// The function that it is over many rows, if it is one of these.
    pub fn aggregate(&self) -> Option<AggregateFunction> {
        match self.run {
            Run::Aggregate(function) => Some(function),
            Run::Strict(_) | Run::Loose(_) | Run::Named(_) | Run::Expression => None,
        }
    }

    /// Its value for arguments, as many as it takes.
    pub fn call(&self, context: &Context<'_>, arguments: &[Datum]) -> Given {
        match self.run {
            Run::Strict(_) if arguments.iter().any(Datum::is_null) => Ok(Datum::Null),
            Run::Strict(run) | Run::Loose(run) => run(context, arguments),
            Run::Named(run) => run(context, self.name, arguments),
            Run::Expression | Run::Aggregate(_) => Ok(Datum::Null),
        }
    }
}

/// A message that a function got the wrong kind of argument.
pub fn wrong(name: &str, wanted: &str, given: &Datum) -> Fault {
    Fault::new(
        "TypeError",
        "InvalidArgumentValue",
        format!("{name} needs {wanted}, not {}", given.kind()),
    )
    .help("convert it, or keep such values out with WHERE")
}

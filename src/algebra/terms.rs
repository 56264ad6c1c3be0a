//! The words of expressions that hold no expression themselves: tests, operators, fields of evidence.

use crate::algebra::var::Var;
use crate::graph::Direction;
use crate::graph::filter::Compare;
use crate::model::{RelationId, TypeId};
use crate::text::Span;

/// A test of one value by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// A comparison of values of one kind; others give no value, but `=` is false and `<>` true.
    Compare(Compare),
    /// Text contains text, in any case.
    Contains,
    /// Text starts with text, in any case.
    StartsWith,
    /// Text ends with text, in any case.
    EndsWith,
}

/// What the claims behind a fact, or behind all facts of a row, say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The best single likelihood in percent; over several facts of one match the weakest of
    /// these, over several matches the best.
    Likelihood,
    /// The number of independent sources.
    Sources,
    /// The names of the sources, as a list.
    SourceNames,
    /// The first date.
    From,
    /// The last date.
    Until,
    /// `affirmed`, `disputed`, `denied`.
    Status,
    /// The calendar years that the known dates lie in, as a list.
    Years,
    /// The number of claims.
    Claims,
    /// The number of claims that somebody states.
    Stated,
    /// The number of claims that nobody passed on.
    FirstHand,
}

impl Evidence {
    /// The field of a name that people use for it.
    pub fn named(name: &str) -> Option<Evidence> {
        match name.to_lowercase().as_str() {
            "likelihood" | "confidence" | "probability" => Some(Evidence::Likelihood),
            "sources" | "source" => Some(Evidence::Sources),
            "from" | "when" | "time" | "date" | "first_seen" | "start" => Some(Evidence::From),
            "until" | "last_seen" | "end" => Some(Evidence::Until),
            "status" => Some(Evidence::Status),
            "year" | "years" => Some(Evidence::Years),
            "claims" => Some(Evidence::Claims),
            _ => None,
        }
    }

    /// The field's name.
    pub fn name(self) -> &'static str {
        match self {
            Evidence::Likelihood => "likelihood",
            Evidence::Sources => "sources",
            Evidence::SourceNames => "source",
            Evidence::From => "from",
            Evidence::Until => "until",
            Evidence::Status => "status",
            Evidence::Years => "year",
            Evidence::Claims => "claims",
            Evidence::Stated => "stated",
            Evidence::FirstHand => "first_hand",
        }
    }
}

/// An operator between two values, as GQL has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Compare(Compare),
    Xor,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

impl Operator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Compare(compare) => compare.symbol(),
            Operator::Xor => "xor",
            Operator::StartsWith => "starts with",
            Operator::EndsWith => "ends with",
            Operator::Contains => "contains",
            Operator::Matches => "=~",
            Operator::In => "in",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::Power => "^",
        }
    }
}

/// How many items of a list must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Quantifier {
    All,
    Any,
    None,
    Single,
}

impl Quantifier {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Quantifier::All => "all",
            Quantifier::Any => "any",
            Quantifier::None => "none",
            Quantifier::Single => "single",
        }
    }
}

/// A test of the labels of a node or of the type of a relationship.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// Of this type or one below it; of one of these relations. Words that the case does not know
    /// name neither.
    Is(Option<TypeId>, Vec<RelationId>),
    /// Any at all.
    Some,
    /// Not so.
    Not(Box<Labels>),
    /// All.
    And(Vec<Labels>),
    /// Any of these.
    Or(Vec<Labels>),
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
    /// What a function of GQL makes of the values of a variable.
    Of {
        /// The function.
        function: AggregateFunction,
        /// Of what.
        var: Var,
        /// Equal values count once.
        distinct: bool,
        /// The second argument.
        parameter: Option<Var>,
        /// Where in the query it stands.
        span: Span,
    },
}

/// A function that makes one value of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum AggregateFunction {
    Count,
    Sum,
    Average,
    Min,
    Max,
    Collect,
    Deviation,
    PopulationDeviation,
    PercentileContinuous,
    PercentileDiscrete,
}

impl AggregateFunction {
    /// Whether it needs of each value only how often it comes.
    pub fn summed(self) -> bool {
        matches!(
            self,
            AggregateFunction::Count
                | AggregateFunction::Sum
                | AggregateFunction::Average
                | AggregateFunction::Min
                | AggregateFunction::Max
        )
    }

    /// The function of a name in lower case.
    pub fn named(name: &str) -> Option<AggregateFunction> {
        Some(match name {
            "count" => AggregateFunction::Count,
            "sum" => AggregateFunction::Sum,
            "avg" => AggregateFunction::Average,
            "min" => AggregateFunction::Min,
            "max" => AggregateFunction::Max,
            "collect" => AggregateFunction::Collect,
            "stdev" => AggregateFunction::Deviation,
            "stdevp" => AggregateFunction::PopulationDeviation,
            "percentilecont" => AggregateFunction::PercentileContinuous,
            "percentiledisc" => AggregateFunction::PercentileDiscrete,
            _ => return None,
        })
    }

    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            AggregateFunction::Count => "count",
            AggregateFunction::Sum => "sum",
            AggregateFunction::Average => "avg",
            AggregateFunction::Min => "min",
            AggregateFunction::Max => "max",
            AggregateFunction::Collect => "collect",
            AggregateFunction::Deviation => "stdev",
            AggregateFunction::PopulationDeviation => "stdevp",
            AggregateFunction::PercentileContinuous => "percentilecont",
            AggregateFunction::PercentileDiscrete => "percentiledisc",
        }
    }
}

/// How a pattern is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetition {
    /// How often, at least.
    pub least: u64,
    /// How often, at most; `None`: without end.
    pub most: Option<u64>,
    /// What may come twice.
    pub mode: Mode,
    /// All walks; or of those between two ends so many shortest, `true`: of so many lengths.
    pub shortest: Option<(u64, bool)>,
}

/// What a walk may meet twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Anything.
    Walk,
    /// No claim.
    Trail,
    /// No entity.
    Acyclic,
    /// No entity, but the last may be the first.
    Simple,
}

/// A relation and the way in which it is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    /// The relation.
    pub relation: RelationId,
    /// `Out`: `from` is the subject.
    pub direction: Direction,
}

impl Route {
    /// The same relation followed the other way.
    pub fn reversed(self) -> Route {
        Route {
            direction: self.direction.reversed(),
            ..self
        }
    }
}

//! Expressions over the variables of a plan. Comparisons with no value give no value, and a filter
//! keeps a row only where its condition is true.

use crate::algebra::datum::Datum;
use crate::algebra::var::Var;
use crate::graph::filter::Compare;
use crate::model::TypeId;

/// What is computed of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// The value of a variable.
    Var(Var),
    /// A constant.
    Constant(Datum),
    /// A property of an entity: `name`, `title`, or a key; no value where there is none.
    Property(Var, String),
    /// Something that the claims behind a row say together.
    Evidence(Var, Evidence),
    /// A number of percent of a fact's best likelihood and so on, before facts are collected.
    OfFact(Var, Evidence),
    /// A test of a value by another.
    Test(Test, Box<Expression>, Box<Expression>),
    /// No value.
    IsNull(Box<Expression>),
    /// The entity is of this type or one below it.
    HasType(Var, TypeId),
    /// Not so; no value stays no value.
    Not(Box<Expression>),
    /// All, by three-valued logic.
    And(Vec<Expression>),
    /// Any, by three-valued logic.
    Or(Vec<Expression>),
}

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
        }
    }
}

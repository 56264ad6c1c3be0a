//! What checking a query needs wherever one stands: the procedures, what a place allows, and looks
//! at expressions that ask for no scope. Expressions hold queries and queries hold expressions: their
//! checks are methods of one type, so that no file needs another.

#![allow(clippy::wildcard_enum_match_arm)] // A step names the forms that it treats; the rest is one case.

use crate::algebra::function;
use crate::language::gql::ast::{Expr, Expression, Projected};
use crate::text::{Diagnostic, Span};

pub(in crate::language::gql) type Checked<T> = Result<T, Diagnostic>;

/// A procedure as it may be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Its name with its dots.
    pub name: String,
    /// Names of its arguments with the words of their types.
    pub inputs: Vec<(String, String)>,
    /// Names of its columns.
    pub outputs: Vec<String>,
}

/// Checks one query.
pub(in crate::language::gql) struct Checker<'a> {
    /// Those that may be called.
    pub procedures: &'a [Signature],
}

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Aggregates.
    pub aggregates: bool,
    /// Patterns as conditions.
    pub patterns: bool,
}

/// What a pattern is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is looked for.
    Match,
    /// It is made.
    Create,
    /// It is looked for, and made where it is not there.
    Merge,
    /// It is asked for in an expression and binds nothing.
    Ask,
}

/// The expressions directly inside another, those with variables of their own left out.
pub fn parts(expression: &Expr) -> Vec<&Expr> {
    match &expression.node {
        Expression::Null
        | Expression::Bool(_)
        | Expression::Int(_)
        | Expression::Float(_)
        | Expression::Text(_)
        | Expression::Parameter(_)
        | Expression::Variable(_)
        | Expression::CountRows
        | Expression::Exists(_)
        | Expression::Path(_)
        | Expression::PatternComprehension(..)
        | Expression::Subquery(..) => Vec::new(),
        Expression::List(items) => items.iter().collect(),
        Expression::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        Expression::Property(of, _)
        | Expression::HasLabels(of, _)
        | Expression::IsNull(of)
        | Expression::Unary(_, of)
        | Expression::Cast(of, _) => vec![of],
        Expression::Index(a, b) | Expression::Binary(_, a, b) => vec![a, b],
        Expression::Slice(of, from, to) => std::iter::once(of).chain(from).chain(to).collect(),
        Expression::Compare(first, rest) => std::iter::once(first)
            .chain(rest.iter().map(|(_, value)| value))
            .collect(),
        Expression::Case {
            subject,
            alternatives,
            otherwise,
        } => {
            let both = alternatives.iter().flat_map(|(when, then)| [when, then]);
            subject.iter().chain(both).chain(otherwise).collect()
        }
        Expression::Call { arguments, .. } => arguments.iter().collect(),
        Expression::ListComprehension { list, .. } | Expression::Quantifier { list, .. } => {
            vec![list]
        }
        Expression::Reduce { start, list, .. } => vec![start, list],
        Expression::MapProjection(_, parts) => parts
            .iter()
            .filter_map(|part| match part {
                Projected::Entry(_, value) => Some(value),
                Projected::Key(_) | Projected::All | Projected::Variable(_) => None,
            })
            .collect(),
    }
}

/// Whether an expression puts rows together.
pub fn aggregates(expression: &Expr) -> bool {
    is_aggregate(expression) || parts(expression).into_iter().any(aggregates)
}

/// Whether an expression is itself an aggregate.
pub fn is_aggregate(expression: &Expr) -> bool {
    match &expression.node {
        Expression::CountRows => true,
        Expression::Call { name, .. } => {
            function(&name.node).is_some_and(|function| function.aggregate().is_some())
        }
        _ => false,
    }
}

/// The variables that an expression uses.
pub fn variables(expression: &Expr) -> Vec<String> {
    match &expression.node {
        Expression::Variable(name) => vec![name.clone()],
        _ => parts(expression).into_iter().flat_map(variables).collect(),
    }
}

/// A part of an expression that uses variables, stands in no aggregate and is not `known`.
pub fn outside_aggregates(expression: &Expr, known: &dyn Fn(&Expr) -> bool) -> Option<Span> {
    if is_aggregate(expression) || known(expression) {
        return None;
    }
    if let Expression::Variable(_) = expression.node {
        return Some(expression.span);
    }
    parts(expression)
        .into_iter()
        .find_map(|part| outside_aggregates(part, known))
}

/// Whether a value is made by chance.
pub fn random(expression: &Expr) -> bool {
    matches!(&expression.node, Expression::Call { name, .. } if name.node.eq_ignore_ascii_case("rand"))
        || parts(expression).into_iter().any(random)
}

//! The one walker over expressions: what stands inside them, what they read, how they are rewritten.

#![allow(clippy::wildcard_enum_match_arm)] // Most expressions do nothing special to a question asked of all.

use crate::algebra::plan::{Each, Expression};
use crate::algebra::var::Var;

/// The expressions directly inside another.
pub fn parts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Var(_)
        | Expression::Property(..)
        | Expression::Evidence(..)
        | Expression::OfFact(..)
        | Expression::HasType(..)
        | Expression::Constant(_)
        | Expression::Distinct(_)
        | Expression::Ask(_) => Vec::new(),
        Expression::Test(_, left, right)
        | Expression::Binary(_, left, right)
        | Expression::Index(left, right) => vec![left, right],
        Expression::IsNull(inner)
        | Expression::Not(inner)
        | Expression::At(_, inner)
        | Expression::Get(inner, _)
        | Expression::HasLabels(inner, _)
        | Expression::Negative(inner) => vec![inner],
        Expression::And(parts)
        | Expression::Or(parts)
        | Expression::List(parts)
        | Expression::Coalesce(parts)
        | Expression::Call(_, parts) => parts.iter().collect(),
        Expression::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        Expression::MapOf(of, entries) => {
            let values = entries.iter().flatten().map(|(_, value)| value);
            std::iter::once(&**of).chain(values).collect()
        }
        Expression::Slice(of, from, to) => std::iter::once(of)
            .chain(from)
            .chain(to)
            .map(|part| &**part)
            .collect(),
        Expression::Case(alternatives, otherwise) => {
            let both = alternatives.iter().flat_map(|(when, then)| [when, then]);
            both.chain(std::iter::once(&**otherwise)).collect()
        }
        Expression::Each(each) | Expression::Quantified(_, each) => items(each),
        Expression::Reduce(_, start, each) => {
            std::iter::once(&**start).chain(items(each)).collect()
        }
        Expression::Path(start, parts) => std::iter::once(&**start).chain(parts).collect(),
    }
}

fn items(each: &Each) -> Vec<&Expression> {
    let parts = std::iter::once(&each.list).chain(&each.condition);
    parts.chain(&each.value).collect()
}

/// The variables of the row that an expression reads, in the order of their appearance; those that
/// it brings itself are left out.
pub fn expression_vars(expression: &Expression) -> Vec<Var> {
    let mut vars = Vec::new();
    read(expression, &mut Vec::new(), &mut vars);
    vars
}

fn read(expression: &Expression, own: &mut Vec<Var>, vars: &mut Vec<Var>) {
    let before = own.len();
    match expression {
        Expression::Var(var)
        | Expression::Property(var, _)
        | Expression::Evidence(var, _)
        | Expression::OfFact(var, _)
        | Expression::HasType(var, _) => vars.extend((!own.contains(var)).then_some(*var)),
        Expression::Distinct(of) => vars.extend(of),
        Expression::Ask(ask) => vars.extend(ask.reads.iter().filter(|var| !own.contains(var))),
        Expression::Each(each) | Expression::Quantified(_, each) => own.push(each.var),
        Expression::Reduce(sum, _, each) => own.extend([*sum, each.var]),
        _ => {}
    }
    for part in parts(expression) {
        read(part, own, vars);
    }
    own.truncate(before);
}

/// The expressions directly inside another, to change them.
pub fn parts_mut(expression: &mut Expression) -> Vec<&mut Expression> {
    match expression {
        Expression::Var(_)
        | Expression::Property(..)
        | Expression::Evidence(..)
        | Expression::OfFact(..)
        | Expression::HasType(..)
        | Expression::Constant(_)
        | Expression::Distinct(_)
        | Expression::Ask(_) => Vec::new(),
        Expression::Test(_, left, right)
        | Expression::Binary(_, left, right)
        | Expression::Index(left, right) => vec![left, right],
        Expression::IsNull(inner)
        | Expression::Not(inner)
        | Expression::At(_, inner)
        | Expression::Get(inner, _)
        | Expression::HasLabels(inner, _)
        | Expression::Negative(inner) => vec![inner],
        Expression::And(parts)
        | Expression::Or(parts)
        | Expression::List(parts)
        | Expression::Coalesce(parts)
        | Expression::Call(_, parts) => parts.iter_mut().collect(),
        Expression::Map(entries) => entries.iter_mut().map(|(_, value)| value).collect(),
        Expression::MapOf(of, entries) => {
            let values = entries.iter_mut().flatten().map(|(_, value)| value);
            std::iter::once(&mut **of).chain(values).collect()
        }
        Expression::Slice(of, from, to) => std::iter::once(of)
            .chain(from)
            .chain(to)
            .map(|part| &mut **part)
            .collect(),
        Expression::Case(alternatives, otherwise) => {
            let both = alternatives
                .iter_mut()
                .flat_map(|(when, then)| [when, then]);
            both.chain(std::iter::once(&mut **otherwise)).collect()
        }
        Expression::Each(each) | Expression::Quantified(_, each) => items_mut(each),
        Expression::Reduce(_, start, each) => std::iter::once(&mut **start)
            .chain(items_mut(each))
            .collect(),
        Expression::Path(start, parts) => std::iter::once(&mut **start).chain(parts).collect(),
    }
}

fn items_mut(each: &mut Each) -> Vec<&mut Expression> {
    let parts = std::iter::once(&mut each.list).chain(&mut each.condition);
    parts.chain(&mut each.value).collect()
}

/// An expression with each part directly inside it replaced by what `change` makes of it.
pub fn map_parts(
    mut expression: Expression,
    change: &mut dyn FnMut(Expression) -> Expression,
) -> Expression {
    for part in parts_mut(&mut expression) {
        let taken = std::mem::replace(part, Expression::And(Vec::new()));
        *part = change(taken);
    }
    expression
}

/// An expression with every part replaced by what `change` makes of it, innermost first.
pub fn rewrite_expression(
    expression: Expression,
    change: &mut dyn FnMut(Expression) -> Expression,
) -> Expression {
    let expression = map_parts(expression, &mut |part| rewrite_expression(part, change));
    change(expression)
}

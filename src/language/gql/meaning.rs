//! Expressions are checked: variables are there, kinds fit, aggregates stand where rows are put
//! together.

use crate::language::gql::ast::{Binary, Expr, Expression, Projected, Unary};
use crate::language::gql::functions::function;
use crate::language::gql::kinds::{Kind, kind};
use crate::language::gql::mistakes::mistake;
use crate::language::gql::scope::Scope;
use crate::language::gql::shapes::{Inner, Use, pattern};
use crate::text::{Diagnostic, Span, nearest};

type Checked<T> = Result<T, Diagnostic>;

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Aggregates.
    pub aggregates: bool,
    /// Patterns as conditions.
    pub patterns: bool,
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
        Expression::Slice(of, from, to) => {
            std::iter::once(of).chain(from).chain(to).collect()
        }
        Expression::Compare(first, rest) => {
            std::iter::once(first).chain(rest.iter().map(|(_, value)| value)).collect()
        }
        Expression::Case { subject, alternatives, otherwise } => {
            let both = alternatives.iter().flat_map(|(when, then)| [when, then]);
            subject.iter().chain(both).chain(otherwise).collect()
        }
        Expression::Call { arguments, .. } => arguments.iter().collect(),
        Expression::ListComprehension { list, .. } | Expression::Quantifier { list, .. } => vec![list],
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

fn is_aggregate(expression: &Expr) -> bool {
    match &expression.node {
        Expression::CountRows => true,
        Expression::Call { name, .. } => function(&name.node).is_some_and(|function| function.aggregates),
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
    parts(expression).into_iter().find_map(|part| outside_aggregates(part, known))
}

/// Checks an expression; gives its kind.
pub fn expression(expr: &Expr, scope: &Scope, place: Place, inner: &Inner<'_>) -> Checked<Kind> {
    let each = |part: &Expr| expression(part, scope, Place { patterns: false, ..place }, inner);
    let logical = |part: &Expr| expression(part, scope, place, inner);
    match &expr.node {
        Expression::Variable(name) => return scope.wanted(name, expr.span),
        Expression::CountRows if !place.aggregates => return Err(misplaced(expr.span)),
        Expression::Call { name, arguments, .. } => call(name, arguments, expr.span, scope, place, inner)?,
        Expression::Binary(operator @ (Binary::And | Binary::Or | Binary::Xor), left, right) => {
            for part in [left, right] {
                let found = logical(part)?;
                wanted(found.may_be_bool(), &found, "true or false", part.span)?;
            }
            let _ = operator;
        }
        Expression::Unary(Unary::Not, part) => {
            let found = logical(part)?;
            wanted(found.may_be_bool(), &found, "true or false", part.span)?;
        }
        Expression::Unary(Unary::Minus | Unary::Plus, part) => {
            crate::language::gql::expressions::check_digits(&part.node, part.span)?;
            let found = each(part)?;
            let fits = found.may_be_number() || found == Kind::Temporal;
            wanted(fits, &found, "a number", part.span)?;
        }
        Expression::Binary(Binary::In, item, list) => {
            each(item)?;
            let found = each(list)?;
            wanted(found.may_be_list(), &found, "a list", list.span)?;
        }
        Expression::Binary(
            operator @ (Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Modulo | Binary::Power),
            left,
            right,
        ) => {
            for part in [left, right] {
                let found = each(part)?;
                let temporal = found == Kind::Temporal && !matches!(operator, Binary::Modulo | Binary::Power);
                wanted(found.may_be_number() || temporal, &found, "a number", part.span)?;
            }
        }
        Expression::Property(of, _) => {
            let found = each(of)?;
            if !found.may_have_properties() {
                return Err(mistake("InvalidArgumentType", format!("{} has no properties", found.word()), of.span)
                    .label("not a node, a relationship or a map")
                    .help("only these have properties"));
            }
        }
        Expression::HasLabels(of, _) => {
            let found = each(of)?;
            let fits = matches!(found, Kind::Any | Kind::Null | Kind::Node | Kind::Relationship);
            wanted(fits, &found, "a node", of.span)?;
        }
        Expression::ListComprehension { variable, list, condition, value } => {
            let found = each(list)?;
            let own = scope.with(variable, found.item());
            let below = Place { aggregates: false, patterns: true };
            for part in condition.iter().chain(value) {
                expression(part, &own, below, inner)?;
            }
        }
        Expression::Quantifier { variable, list, condition, .. } => {
            let found = each(list)?;
            let own = scope.with(variable, found.item());
            if let Some(part) = condition {
                expression(part, &own, Place { aggregates: false, patterns: true }, inner)?;
            }
        }
        Expression::Reduce { sum, start, variable, list, step } => {
            each(start)?;
            let found = each(list)?;
            let own = scope.with(sum, Kind::Any).with(variable, found.item());
            expression(step, &own, Place { aggregates: false, patterns: false }, inner)?;
        }
        Expression::PatternComprehension(one, condition, value) => {
            let mut own = scope.clone();
            pattern(one, &mut own, Use::Match, inner)?;
            for part in condition.iter().chain(std::iter::once(value)) {
                expression(part, &own, Place { aggregates: false, patterns: true }, inner)?;
            }
        }
        Expression::Exists(one) => {
            if !place.patterns {
                return Err(mistake("UnexpectedSyntax", "a pattern is no value", expr.span)
                    .label("a pattern stands only as a condition")
                    .help("use `EXISTS { … }`, `COUNT { … }` or a pattern comprehension"));
            }
            let mut own = scope.clone();
            pattern(one, &mut own, Use::Ask, inner)?;
        }
        Expression::Path(one) => {
            let mut own = scope.clone();
            pattern(one, &mut own, Use::Match, inner)?;
        }
        Expression::Subquery(_, query) => {
            inner(query, scope)?;
        }
        Expression::MapProjection(name, parts) => {
            scope.wanted(&name.node, name.span)?;
            for part in parts {
                match part {
                    Projected::Entry(_, value) => {
                        each(value)?;
                    }
                    Projected::Variable(name) => {
                        scope.wanted(&name.node, name.span)?;
                    }
                    Projected::Key(_) | Projected::All => {}
                }
            }
        }
        other => {
            crate::language::gql::expressions::check_digits(other, expr.span)?;
            for part in parts(expr) {
                each(part)?;
            }
        }
    }
    Ok(kind(expr, scope))
}

fn misplaced(span: Span) -> Diagnostic {
    mistake("InvalidAggregation", "rows are not put together here", span)
        .label("an aggregate")
        .help("aggregate in WITH or RETURN")
}

fn wanted(fits: bool, found: &Kind, what: &str, span: Span) -> Checked<()> {
    match fits {
        true => Ok(()),
        false => Err(mistake("InvalidArgumentType", format!("{} cannot stand here", found.word()), span)
            .label(format!("{what} is needed"))
            .help("convert it, or compare it with something")),
    }
}

fn call(
    name: &crate::language::gql::ast::Name,
    arguments: &[Expr],
    span: Span,
    scope: &Scope,
    place: Place,
    inner: &Inner<'_>,
) -> Checked<()> {
    let Some(known) = function(&name.node) else {
        let names = crate::language::gql::functions::FUNCTIONS.iter().map(|function| function.name);
        let near = nearest(&name.node.to_lowercase(), names, 1);
        let unknown = mistake("UnknownFunction", format!("there is no function `{}`", name.node), name.span)
            .label("unknown function");
        return Err(match near.first() {
            Some(near) => unknown.help(format!("did you mean `{near}`?")).suggest(*near),
            None => unknown.help("check its name"),
        });
    };
    if arguments.len() < known.least || arguments.len() > known.most {
        let count = match known.least == known.most {
            true => known.least.to_string(),
            false => format!("{} to {}", known.least, known.most),
        };
        return Err(mistake("InvalidNumberOfArguments", format!("`{}` takes {count} arguments", name.node), span)
            .label(format!("{} given", arguments.len()))
            .help("give as many as it takes"));
    }
    if known.aggregates && !place.aggregates {
        return Err(misplaced(span));
    }
    let below = match known.aggregates {
        true => Place { aggregates: false, patterns: false },
        false => Place { patterns: known.name == "exists", ..place },
    };
    for argument in arguments {
        if known.aggregates && aggregates(argument) {
            return Err(mistake("NestedAggregation", "an aggregate cannot stand inside another", argument.span)
                .label("counted twice")
                .help("put WITH between them"));
        }
        if known.aggregates && random(argument) {
            return Err(mistake("NonConstantExpression", "what is counted must not change by itself", argument.span)
                .label("`rand()`")
                .help("compute it before with WITH"));
        }
        expression(argument, scope, below, inner)?;
    }
    let Some(first) = arguments.first() else { return Ok(()) };
    let found = kind(first, scope);
    let (fits, what) = match known.name {
        "type" => (matches!(found, Kind::Any | Kind::Null | Kind::Relationship), "a relationship"),
        "labels" => (matches!(found, Kind::Any | Kind::Null | Kind::Node), "a node"),
        "length" | "nodes" | "relationships" => (matches!(found, Kind::Any | Kind::Null | Kind::Path), "a path"),
        "size" => (
            matches!(found, Kind::Any | Kind::Null | Kind::List(_) | Kind::Text),
            "a list or a string",
        ),
        "properties" => (
            matches!(found, Kind::Any | Kind::Null | Kind::Node | Kind::Relationship | Kind::Map),
            "a node, a relationship or a map",
        ),
        "tointeger" | "tofloat" => (
            !matches!(found, Kind::List(_) | Kind::Map | Kind::Node | Kind::Relationship | Kind::Path),
            "a number or a string",
        ),
        "exists" => (
            matches!(first.node, Expression::Property(..) | Expression::Exists(_) | Expression::Index(..)),
            "a property or a pattern",
        ),
        _ => (true, ""),
    };
    wanted(fits, &found, what, first.span)
}

/// Whether a value is made by chance.
fn random(expression: &Expr) -> bool {
    matches!(&expression.node, Expression::Call { name, .. } if name.node.eq_ignore_ascii_case("rand"))
        || parts(expression).into_iter().any(random)
}

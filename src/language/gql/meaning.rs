//! Expressions are checked: variables are there, kinds fit, aggregates stand where rows are put
//! together.

#![allow(clippy::wildcard_enum_match_arm)] // A step names the forms that it treats; the rest is one case.

use crate::algebra::function;
use crate::language::gql::ast::{Binary, Expr, Expression, Projected, Unary};
use crate::language::gql::checker::{Checked, Checker, Place, Use, aggregates, parts, random};
use crate::language::gql::kinds::{Kind, kind};
use crate::language::gql::mistakes::mistake;
use crate::language::gql::scope::Scope;
use crate::text::{Diagnostic, Span, nearest};

impl Checker<'_> {
    /// Checks an expression; gives its kind.
    pub(in crate::language::gql) fn expression(
        &self,
        expr: &Expr,
        scope: &Scope,
        place: Place,
    ) -> Checked<Kind> {
        let each = |part: &Expr| {
            self.expression(
                part,
                scope,
                Place {
                    patterns: false,
                    ..place
                },
            )
        };
        let logical = |part: &Expr| self.expression(part, scope, place);
        match &expr.node {
            Expression::Variable(name) => return scope.wanted(name, expr.span),
            Expression::CountRows if !place.aggregates => return Err(misplaced(expr.span)),
            Expression::Call {
                name, arguments, ..
            } => self.call(name, arguments, expr.span, scope, place)?,
            Expression::Binary(
                operator @ (Binary::And | Binary::Or | Binary::Xor),
                left,
                right,
            ) => {
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
                crate::language::gql::pairs::check_digits(&part.node, part.span)?;
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
                operator @ (Binary::Subtract
                | Binary::Multiply
                | Binary::Divide
                | Binary::Modulo
                | Binary::Power),
                left,
                right,
            ) => {
                for part in [left, right] {
                    let found = each(part)?;
                    let temporal = found == Kind::Temporal
                        && !matches!(operator, Binary::Modulo | Binary::Power);
                    wanted(
                        found.may_be_number() || temporal,
                        &found,
                        "a number",
                        part.span,
                    )?;
                }
            }
            Expression::Property(of, _) => {
                let found = each(of)?;
                if !found.may_have_properties() {
                    // To the suite a path is a mistake of syntax, a number one of types.
                    let status = if found == Kind::Path {
                        "42001"
                    } else {
                        "22G03"
                    };
                    return Err(mistake(
                        "InvalidArgumentType",
                        format!("{} has no properties", found.word()),
                        of.span,
                    )
                    .label("not a node, a relationship or a map")
                    .code(format!("{status} InvalidArgumentType"))
                    .help("only these have properties"));
                }
            }
            Expression::HasLabels(of, _) => {
                let found = each(of)?;
                let fits = matches!(
                    found,
                    Kind::Any | Kind::Null | Kind::Node | Kind::Relationship
                );
                wanted(fits, &found, "a node", of.span)?;
            }
            Expression::ListComprehension {
                variable,
                list,
                condition,
                value,
            } => {
                let found = each(list)?;
                let own = scope.with(variable, found.item());
                let below = Place {
                    aggregates: false,
                    patterns: true,
                };
                for part in condition.iter().chain(value) {
                    self.expression(part, &own, below)?;
                }
            }
            Expression::Quantifier {
                variable,
                list,
                condition,
                ..
            } => {
                let found = each(list)?;
                let own = scope.with(variable, found.item());
                if let Some(part) = condition {
                    self.expression(
                        part,
                        &own,
                        Place {
                            aggregates: false,
                            patterns: true,
                        },
                    )?;
                }
            }
            Expression::Reduce {
                sum,
                start,
                variable,
                list,
                step,
            } => {
                each(start)?;
                let found = each(list)?;
                let own = scope.with(sum, Kind::Any).with(variable, found.item());
                self.expression(
                    step,
                    &own,
                    Place {
                        aggregates: false,
                        patterns: false,
                    },
                )?;
            }
            Expression::PatternComprehension(one, condition, value) => {
                let mut own = scope.clone();
                self.pattern(one, &mut own, Use::Match)?;
                for part in condition.iter().chain(std::iter::once(value)) {
                    self.expression(
                        part,
                        &own,
                        Place {
                            aggregates: false,
                            patterns: true,
                        },
                    )?;
                }
            }
            Expression::Exists(one) => {
                if !place.patterns {
                    return Err(
                        mistake("UnexpectedSyntax", "a pattern is no value", expr.span)
                            .label("a pattern stands only as a condition")
                            .help("use `EXISTS { … }`, `COUNT { … }` or a pattern comprehension"),
                    );
                }
                let mut own = scope.clone();
                self.pattern(one, &mut own, Use::Ask)?;
            }
            Expression::Path(one) => {
                let mut own = scope.clone();
                self.pattern(one, &mut own, Use::Match)?;
            }
            Expression::Subquery(_, query) => {
                self.query(query, scope, true)?;
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
                crate::language::gql::pairs::check_digits(other, expr.span)?;
                for part in parts(expr) {
                    each(part)?;
                }
            }
        }
        Ok(kind(expr, scope))
    }

    fn call(
        &self,
        name: &crate::language::gql::ast::Name,
        arguments: &[Expr],
        span: Span,
        scope: &Scope,
        place: Place,
    ) -> Checked<()> {
        let Some(known) = function(&name.node) else {
            let names = crate::algebra::functions::FUNCTIONS
                .iter()
                .map(|function| function.name);
            let near = nearest(&name.node.to_lowercase(), names, 1);
            let unknown = mistake(
                "UnknownFunction",
                format!("there is no function `{}`", name.node),
                name.span,
            )
            .label("unknown function");
            return Err(match near.first() {
                Some(near) => unknown
                    .help(format!("did you mean `{near}`?"))
                    .suggest(*near),
                None => unknown.help("check its name"),
            });
        };
        if arguments.len() < known.least || arguments.len() > known.most {
            let count = match known.least == known.most {
                true => known.least.to_string(),
                false => format!("{} to {}", known.least, known.most),
            };
            return Err(mistake(
                "InvalidNumberOfArguments",
                format!(
                    "`{}` takes {count} argument{}",
                    name.node,
                    if count == "1" { "" } else { "s" }
                ),
                span,
            )
            .label(format!("{} given", arguments.len()))
            .help("give as many as it takes"));
        }
        if known.aggregate().is_some() && !place.aggregates {
            return Err(misplaced(span));
        }
        let below = match known.aggregate().is_some() {
            true => Place {
                aggregates: false,
                patterns: false,
            },
            false => Place {
                patterns: known.name == "exists",
                ..place
            },
        };
        for argument in arguments {
            if known.aggregate().is_some() && aggregates(argument) {
                return Err(mistake(
                    "NestedAggregation",
                    "an aggregate cannot stand inside another",
                    argument.span,
                )
                .label("counted twice")
                .help("put WITH between them"));
            }
            if known.aggregate().is_some() && random(argument) {
                return Err(mistake(
                    "NonConstantExpression",
                    "what is counted must not change by itself",
                    argument.span,
                )
                .label("`rand()`")
                .help("compute it before with WITH"));
            }
            self.expression(argument, scope, below)?;
        }
        let Some(first) = arguments.first() else {
            return Ok(());
        };
        let found = kind(first, scope);
        let (fits, what) = match known.name {
            "type" => (
                matches!(found, Kind::Any | Kind::Null | Kind::Relationship),
                "a relationship",
            ),
            "labels" => (
                matches!(found, Kind::Any | Kind::Null | Kind::Node),
                "a node",
            ),
            "length" | "nodes" | "relationships" => (
                matches!(found, Kind::Any | Kind::Null | Kind::Path),
                "a path",
            ),
            "size" => (
                matches!(found, Kind::Any | Kind::Null | Kind::List(_) | Kind::Text),
                "a list or a string",
            ),
            "properties" => (
                matches!(
                    found,
                    Kind::Any | Kind::Null | Kind::Node | Kind::Relationship | Kind::Map
                ),
                "a node, a relationship or a map",
            ),
            "tointeger" | "tofloat" => (
                !matches!(
                    found,
                    Kind::List(_) | Kind::Map | Kind::Node | Kind::Relationship | Kind::Path
                ),
                "a number or a string",
            ),
            "exists" => (
                matches!(
                    first.node,
                    Expression::Property(..) | Expression::Exists(_) | Expression::Index(..)
                ),
                "a property or a pattern",
            ),
            _ => (true, ""),
        };
        wanted(fits, &found, what, first.span)
    }
}

fn misplaced(span: Span) -> Diagnostic {
    mistake("InvalidAggregation", "rows are not put together here", span)
        .label("an aggregate")
        .help("aggregate in WITH or RETURN")
}

fn wanted(fits: bool, found: &Kind, what: &str, span: Span) -> Checked<()> {
    match fits {
        true => Ok(()),
        false => Err(mistake(
            "InvalidArgumentType",
            format!("{} cannot stand here", found.word()),
            span,
        )
        .label(format!("{what} is needed"))
        .help("convert it, or compare it with something")),
    }
}

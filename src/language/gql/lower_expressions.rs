//! Expressions of the syntax tree become expressions of the algebra.

#![allow(clippy::wildcard_enum_match_arm)] // A step names the forms that it treats; the rest is one case.

use crate::algebra::functions::Run;
use crate::algebra::{
    Aggregate, AggregateFunction, Ask, Datum, Each, Expression, Function, Operator, Plan,
    Quantifier, Var, Wanted, function,
};
use crate::graph::Compare;
use crate::language::gql::ast::{self, Binary, Comparison, Expr, Projected, Unary};
use crate::language::gql::lowering::{Lowering, Names, add, bound};
use crate::language::gql::mistakes::mistake;
use crate::text::{Diagnostic, Span};

type Lowers<T> = Result<T, Diagnostic>;

fn boxed(expression: Expression) -> Box<Expression> {
    Box::new(expression)
}

fn at(span: Span, expression: Expression) -> Expression {
    Expression::At(span, boxed(expression))
}

impl Lowering<'_> {
    /// An expression whose names stand for these variables.
    pub(in crate::language::gql) fn expression(
        &mut self,
        expr: &Expr,
        names: &Names,
    ) -> Lowers<Expression> {
        let span = expr.span;
        Ok(match &expr.node {
            ast::Expression::Null => Expression::Constant(Datum::Null),
            ast::Expression::Bool(truth) => Expression::Constant(Datum::bool(*truth)),
            ast::Expression::Int(number) => Expression::Constant(Datum::int(*number)),
            ast::Expression::Float(number) => Expression::Constant(Datum::float(*number)),
            ast::Expression::Text(text) => Expression::Constant(Datum::text(text.clone())),
            ast::Expression::Parameter(name) => Expression::Constant(self.parameter(name, span)?),
            ast::Expression::Variable(name) => Expression::Var(self.named(names, name, span)?),
            ast::Expression::List(items) => Expression::List(self.all(items, names)?),
            ast::Expression::Map(entries) => {
                let mut map = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    map.push((key.node.clone(), self.expression(value, names)?));
                }
                Expression::Map(map)
            }
            ast::Expression::Property(of, key) => {
                let of = self.expression(of, names)?;
                at(span, Expression::Get(boxed(of), key.node.clone()))
            }
            ast::Expression::Index(of, place) => {
                let (of, place) = (self.expression(of, names)?, self.expression(place, names)?);
                at(span, Expression::Index(boxed(of), boxed(place)))
            }
            ast::Expression::Slice(of, from, to) => {
                let of = self.expression(of, names)?;
                let from = self.perhaps(from.as_ref(), names)?;
                let to = self.perhaps(to.as_ref(), names)?;
                at(
                    span,
                    Expression::Slice(boxed(of), from.map(boxed), to.map(boxed)),
                )
            }
            ast::Expression::HasLabels(of, labels) => {
                let labels = self.labels(labels);
                let of = self.expression(of, names)?;
                at(span, Expression::HasLabels(boxed(of), labels))
            }
            ast::Expression::IsNull(of) => Expression::IsNull(boxed(self.expression(of, names)?)),
            ast::Expression::Unary(Unary::Not, of) => {
                Expression::Not(boxed(self.expression(of, names)?))
            }
            ast::Expression::Unary(Unary::Plus, of) => self.expression(of, names)?,
            ast::Expression::Unary(Unary::Minus, of) => match self.expression(of, names)? {
                Expression::Constant(value) => Expression::Constant(
                    crate::algebra::functions::operators::negative(&value).unwrap_or(Datum::Null),
                ),
                other => at(span, Expression::Negative(boxed(other))),
            },
            ast::Expression::Binary(operator, left, right) => {
                let (left, right) = (
                    self.expression(left, names)?,
                    self.expression(right, names)?,
                );
                binary(*operator, left, right, span)
            }
            ast::Expression::Compare(first, rest) => self.compared(first, rest, names)?,
            ast::Expression::Case {
                subject,
                alternatives,
                otherwise,
            } => {
                let subject = self.perhaps(subject.as_ref(), names)?;
                let mut cases = Vec::with_capacity(alternatives.len());
                for (when, then) in alternatives {
                    let when = self.expression(when, names)?;
                    let when = match &subject {
                        Some(subject) => Expression::Binary(
                            Operator::Compare(Compare::Equal),
                            boxed(subject.clone()),
                            boxed(when),
                        ),
                        None => when,
                    };
                    cases.push((when, self.expression(then, names)?));
                }
                let otherwise = self.perhaps(otherwise.as_ref(), names)?;
                let otherwise = otherwise.unwrap_or(Expression::Constant(Datum::Null));
                at(span, Expression::Case(cases, boxed(otherwise)))
            }
            ast::Expression::Call {
                name,
                distinct,
                arguments,
            } => self.call(name, *distinct, arguments, names, span)?,
            ast::Expression::CountRows => self.aggregate(Aggregate::Count, "count"),
            ast::Expression::Cast(of, kind) => {
                let of = self.expression(of, names)?;
                at(span, Expression::Call(cast(kind, span)?, vec![of]))
            }
            ast::Expression::ListComprehension {
                variable,
                list,
                condition,
                value,
            } => {
                let each = self.each(
                    &variable.node,
                    list,
                    condition.as_ref(),
                    value.as_ref(),
                    names,
                )?;
                at(span, Expression::Each(Box::new(each)))
            }
            ast::Expression::Quantifier {
                quantifier,
                variable,
                list,
                condition,
            } => {
                let each = self.each(&variable.node, list, condition.as_ref(), None, names)?;
                let quantifier = match quantifier {
                    ast::Quantifier::All => Quantifier::All,
                    ast::Quantifier::Any => Quantifier::Any,
                    ast::Quantifier::None => Quantifier::None,
                    ast::Quantifier::Single => Quantifier::Single,
                };
                at(span, Expression::Quantified(quantifier, Box::new(each)))
            }
            ast::Expression::Reduce {
                sum,
                start,
                variable,
                list,
                step,
            } => {
                let start = self.expression(start, names)?;
                let total = self.variables.fresh(&sum.node);
                let list = self.expression(list, names)?;
                let var = self.variables.fresh(&variable.node);
                let mut own = names.clone();
                add(&mut own, &sum.node, total);
                add(&mut own, &variable.node, var);
                let each = Each {
                    var,
                    list,
                    condition: None,
                    value: Some(self.expression(step, &own)?),
                };
                at(
                    span,
                    Expression::Reduce(total, boxed(start), Box::new(each)),
                )
            }
            ast::Expression::Exists(pattern) => {
                let (plan, _, reads) = self.asked(pattern, &None, names)?;
                ask(plan, Wanted::Exists, reads)
            }
            ast::Expression::Path(pattern) => {
                let (plan, own, reads) = self.asked(pattern, &None, names)?;
                let path = own.last().map_or(Var(0), |(_, var)| *var);
                ask(plan, Wanted::First(path), reads)
            }
            ast::Expression::PatternComprehension(pattern, condition, value) => {
                let (plan, own, mut reads) = self.asked(pattern, condition, names)?;
                let before = self.used.len();
                let value = self.expression(value, &own)?;
                reads.extend(self.reads_since(before, names));
                let var = self.variables.fresh("item");
                let plan = Plan::Project {
                    input: Box::new(plan),
                    columns: vec![(var, value)],
                    keep: false,
                };
                ask(plan, Wanted::Collect(var), reads)
            }
            ast::Expression::Subquery(kind, query) => {
                let before = self.used.len();
                let aggregates = self.aggregates.take();
                let lowered = self.query(query, names, Plan::Row(bound(names)));
                self.aggregates = aggregates;
                let (plan, columns) = lowered?;
                let reads = self.reads_since(before, names);
                let wanted = match kind {
                    ast::Subquery::Exists => Wanted::Exists,
                    ast::Subquery::Count => Wanted::Count,
                    ast::Subquery::Collect => match columns.as_slice() {
                        [(_, var)] => Wanted::Collect(*var),
                        _ => {
                            return Err(mistake(
                                "InvalidClauseComposition",
                                "COLLECT needs a query of one column",
                                span,
                            )
                            .label(format!("{} columns", columns.len()))
                            .help("return exactly one value"));
                        }
                    },
                };
                ask(plan, wanted, reads)
            }
            ast::Expression::MapProjection(name, parts) => {
                let of = Expression::Var(self.named(names, &name.node, name.span)?);
                let mut entries = Vec::with_capacity(parts.len());
                for part in parts {
                    entries.push(match part {
                        Projected::All => None,
                        Projected::Key(key) => Some((
                            key.node.clone(),
                            Expression::Get(boxed(of.clone()), key.node.clone()),
                        )),
                        Projected::Entry(key, value) => {
                            Some((key.node.clone(), self.expression(value, names)?))
                        }
                        Projected::Variable(name) => Some((
                            name.node.clone(),
                            Expression::Var(self.named(names, &name.node, name.span)?),
                        )),
                    });
                }
                at(span, Expression::MapOf(boxed(of), entries))
            }
        })
    }

    fn all(&mut self, parts: &[Expr], names: &Names) -> Lowers<Vec<Expression>> {
        parts
            .iter()
            .map(|part| self.expression(part, names))
            .collect()
    }

    /// An expression that may not be there.
    pub(in crate::language::gql) fn perhaps(
        &mut self,
        expr: Option<&Expr>,
        names: &Names,
    ) -> Lowers<Option<Expression>> {
        expr.map(|expr| self.expression(expr, names)).transpose()
    }

    /// The variables of a place that were read since.
    pub(in crate::language::gql) fn reads_since(&self, before: usize, names: &Names) -> Vec<Var> {
        let here = bound(names);
        let mut reads: Vec<Var> = self.used[before..].to_vec();
        reads.retain(|var| here.contains(var));
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    fn each(
        &mut self,
        name: &str,
        list: &Expr,
        condition: Option<&Expr>,
        value: Option<&Expr>,
        names: &Names,
    ) -> Lowers<Each> {
        let list = self.expression(list, names)?;
        let var = self.variables.fresh(name);
        let mut own = names.clone();
        add(&mut own, name, var);
        Ok(Each {
            var,
            list,
            condition: self.perhaps(condition, &own)?,
            value: self.perhaps(value, &own)?,
        })
    }

    fn compared(
        &mut self,
        first: &Expr,
        rest: &[(Comparison, Expr)],
        names: &Names,
    ) -> Lowers<Expression> {
        let mut left = self.expression(first, names)?;
        let mut parts = Vec::with_capacity(rest.len());
        for (comparison, right) in rest {
            let right = self.expression(right, names)?;
            let compare = match comparison {
                Comparison::Equal => Compare::Equal,
                Comparison::NotEqual => Compare::NotEqual,
                Comparison::Less => Compare::Less,
                Comparison::LessOrEqual => Compare::LessOrEqual,
                Comparison::Greater => Compare::Greater,
                Comparison::GreaterOrEqual => Compare::GreaterOrEqual,
            };
            let operator = Operator::Compare(compare);
            parts.push(Expression::Binary(
                operator,
                boxed(left),
                boxed(right.clone()),
            ));
            left = right;
        }
        match parts.len() {
            1 => Ok(parts.remove(0)),
            _ => Ok(Expression::And(parts)),
        }
    }

    fn aggregate(&mut self, aggregate: Aggregate, name: &str) -> Expression {
        let var = self.variables.fresh(name);
        if let Some(aggregates) = &mut self.aggregates {
            aggregates.push((var, aggregate));
        }
        Expression::Var(var)
    }

    fn call(
        &mut self,
        name: &ast::Name,
        distinct: bool,
        arguments: &[Expr],
        names: &Names,
        span: Span,
    ) -> Lowers<Expression> {
        let Some(known) = function(&name.node) else {
            return Err(mistake(
                "UnknownFunction",
                format!("there is no function `{}`", name.node),
                name.span,
            ));
        };
        match (known.run, known.name) {
            (Run::Aggregate(function), _) => {
                return self.aggregated(function, distinct, arguments, names, span);
            }
            (Run::Expression, "coalesce") => {
                return Ok(Expression::Coalesce(self.all(arguments, names)?));
            }
            (Run::Expression, _) => {
                let [argument] = arguments else {
                    return Ok(Expression::Constant(Datum::Null));
                };
                let lowered = self.expression(argument, names)?;
                return Ok(match argument.node {
                    ast::Expression::Exists(_) => lowered,
                    _ => Expression::Not(boxed(Expression::IsNull(boxed(lowered)))),
                });
            }
            _ => {}
        }
        let arguments = self.all(arguments, names)?;
        Ok(at(span, Expression::Call(known, arguments)))
    }

    fn aggregated(
        &mut self,
        function: AggregateFunction,
        distinct: bool,
        arguments: &[Expr],
        names: &Names,
        span: Span,
    ) -> Lowers<Expression> {
        // What is put together is computed for every row before, with no aggregate around it.
        let outer = self.aggregates.take();
        let mut vars = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let lowered = self.expression(argument, names)?;
            vars.push(match lowered {
                Expression::Var(var) => var,
                other => {
                    let var = self.variables.fresh(function.name());
                    self.arguments.push((var, other));
                    var
                }
            });
        }
        self.aggregates = outer;
        let Some(var) = vars.first().copied() else {
            return Ok(Expression::Constant(Datum::Null));
        };
        if function == AggregateFunction::Count && distinct {
            return Ok(self.aggregate(Aggregate::CountDistinct(var), function.name()));
        }
        let aggregate = Aggregate::Of {
            function,
            var,
            distinct,
            parameter: vars.get(1).copied(),
            span,
        };
        Ok(self.aggregate(aggregate, function.name()))
    }

    /// The plan of a pattern that is asked for in an expression, with the names inside it and what
    /// it reads of its row. A path variable comes last.
    fn asked(
        &mut self,
        pattern: &ast::Pattern,
        condition: &Option<Expr>,
        names: &Names,
    ) -> Lowers<(Plan, Names, Vec<Var>)> {
        let before = self.used.len();
        let aggregates = self.aggregates.take();
        let mut own = names.clone();
        let start = Plan::Row(bound(names));
        let wanted = matches!(pattern.search, ast::Search::All);
        let mut named = pattern.clone();
        if named.variable.is_none() && !wanted {
            // The path itself is wanted, under a name that no text can have.
            let name = crate::text::Spanned::new(" path".to_owned(), pattern.span);
            named.variable = Some(name);
        }
        let plan = self.matched(
            std::slice::from_ref(&named),
            condition.as_ref(),
            &mut own,
            start,
        );
        self.aggregates = aggregates;
        let reads = self.reads_since(before, names);
        Ok((plan?, own, reads))
    }
}

fn ask(plan: Plan, wanted: Wanted, mut reads: Vec<Var>) -> Expression {
    reads.sort_unstable();
    reads.dedup();
    Expression::Ask(Box::new(Ask {
        plan,
        wanted,
        reads,
    }))
}

fn binary(operator: Binary, left: Expression, right: Expression, span: Span) -> Expression {
    let operator = match operator {
        Binary::And => {
            let mut parts = conjuncts(left);
            parts.extend(conjuncts(right));
            return Expression::And(parts);
        }
        Binary::Or => return Expression::Or(vec![left, right]),
        Binary::Xor => Operator::Xor,
        Binary::StartsWith => Operator::StartsWith,
        Binary::EndsWith => Operator::EndsWith,
        Binary::Contains => Operator::Contains,
        Binary::Matches => Operator::Matches,
        Binary::In => Operator::In,
        Binary::Add | Binary::Concatenate => Operator::Add,
        Binary::Subtract => Operator::Subtract,
        Binary::Multiply => Operator::Multiply,
        Binary::Divide => Operator::Divide,
        Binary::Modulo => Operator::Modulo,
        Binary::Power => Operator::Power,
    };
    at(
        span,
        Expression::Binary(operator, boxed(left), boxed(right)),
    )
}

/// The parts that must all hold.
pub(in crate::language::gql) fn conjuncts(expression: Expression) -> Vec<Expression> {
    if let Expression::And(parts) = expression {
        parts.into_iter().flat_map(conjuncts).collect()
    } else {
        vec![expression]
    }
}

fn cast(kind: &str, span: Span) -> Lowers<&'static Function> {
    let lower = kind.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let name = match words.as_slice() {
        [
            "integer" | "int" | "int64" | "bigint" | "integer64" | "signed",
            ..,
        ] => "tointeger",
        ["float" | "float64" | "double" | "real", ..] => "tofloat",
        ["string" | "varchar" | "char", ..] => "tostring",
        ["boolean" | "bool", ..] => "toboolean",
        ["date"] => "date",
        ["local", "time"] | ["localtime"] => "localtime",
        ["zoned", "time"] | ["time"] => "time",
        ["local", "datetime" | "timestamp"] | ["localdatetime"] => "localdatetime",
        ["zoned", "datetime" | "timestamp"] | ["datetime" | "timestamp"] => "datetime",
        ["duration"] => "duration",
        _ => "",
    };
    function(name).ok_or_else(|| {
        mistake(
            "InvalidArgumentType",
            format!("nothing can be cast to `{kind}`"),
            span,
        )
        .label("unknown type")
        .help("BOOLEAN, INTEGER, FLOAT, STRING, DATE, ZONED DATETIME, DURATION and so on")
    })
}

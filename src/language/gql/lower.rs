//! Queries, clause by clause, become plans. What the check has found right is taken as right.

#![allow(clippy::wildcard_enum_match_arm)] // A step names the forms that it treats; the rest is one case.

use crate::algebra::expressions::rewrite_expression;
use crate::algebra::{Aggregate, Datum, Expression, Key, Plan, Var, Variables};
use crate::language::gql::ast::{
    Clause, Expr, Ordering, Program, Projection, Query, Single, Yield,
};
use crate::language::gql::lower_expressions::conjuncts;
use crate::language::gql::lowering::{Ground, Lowered, Lowering, Names, add, bound, find};
use crate::language::gql::mistakes::mistake;
use crate::model::Value;
use crate::text::Diagnostic;

type Lowers<T> = Result<T, Diagnostic>;

/// Lowers a query that the check has found right.
pub fn lower(program: &Program, ground: Ground<'_>) -> Lowers<Lowered> {
    let mut lowering = Lowering {
        ground,
        filter: ground.filter.clone(),
        variables: Variables::default(),
        used: Vec::new(),
        aggregates: None,
        arguments: Vec::new(),
    };
    let (plan, columns) = lowering.query(&program.query, &Names::new(), Plan::Unit)?;
    Ok(Lowered {
        plan,
        columns,
        variables: lowering.variables,
    })
}

/// A column of a projection under way.
struct Column {
    name: String,
    var: Var,
    value: Expression,
    aggregates: bool,
}

fn boxed(plan: Plan) -> Box<Plan> {
    Box::new(plan)
}

fn filtered(plan: Plan, condition: Expression) -> Plan {
    Plan::Filter {
        input: boxed(plan),
        condition,
    }
}

/// An expression without the places that its parts stand at: two that are the same are equal.
fn bare(expression: Expression) -> Expression {
    rewrite_expression(expression, &mut |part| match part {
        Expression::At(_, inner) => *inner,
        other => other,
    })
}

/// An expression in which what has been computed already is a variable.
fn known(expression: Expression, computed: &[(Expression, Var)]) -> Expression {
    match computed.iter().find(|(value, _)| *value == expression) {
        Some((_, var)) => Expression::Var(*var),
        None => {
            crate::algebra::expressions::map_parts(expression, &mut |part| known(part, computed))
        }
    }
}

impl Lowering<'_> {
    /// A query on the rows of `start`, in which these names stand for variables.
    pub(in crate::language::gql) fn query(
        &mut self,
        query: &Query,
        names: &Names,
        start: Plan,
    ) -> Lowers<(Plan, Names)> {
        let (first, columns) = self.single(&query.first, names, start.clone())?;
        if query.unions.is_empty() {
            return Ok((first, columns));
        }
        let joint: Names = columns
            .iter()
            .map(|(name, _)| (name.clone(), self.variables.fresh(name)))
            .collect();
        let project = |plan: Plan, own: &Names| Plan::Project {
            input: boxed(plan),
            columns: joint
                .iter()
                .map(|(name, var)| {
                    let of =
                        find(own, name).map_or(Expression::Constant(Datum::Null), Expression::Var);
                    (*var, of)
                })
                .collect(),
            keep: false,
        };
        let mut parts = vec![project(first, &columns)];
        let mut all = true;
        for (keeps, single) in &query.unions {
            all &= keeps;
            let (plan, own) = self.single(single, names, start.clone())?;
            parts.push(project(plan, &own));
        }
        let mut plan = Plan::Union(parts);
        if !all {
            plan = Plan::Group {
                input: boxed(plan),
                keys: joint.iter().map(|(_, var)| *var).collect(),
                aggregates: Vec::new(),
            };
        }
        Ok((plan, joint))
    }

    fn single(&mut self, single: &Single, outer: &Names, start: Plan) -> Lowers<(Plan, Names)> {
        let mut names = outer.clone();
        let mut plan = start;
        let mut columns = Names::new();
        let alone = single.clauses.len() == 1;
        for clause in &single.clauses {
            let (next, found) = self.clause(&clause.node, plan, &mut names, alone)?;
            plan = next;
            if let Some(found) = found {
                columns = found;
            }
        }
        Ok((plan, columns))
    }

    fn clause(
        &mut self,
        clause: &Clause,
        plan: Plan,
        names: &mut Names,
        alone: bool,
    ) -> Lowers<(Plan, Option<Names>)> {
        let plan = match clause {
            Clause::Match {
                view,
                optional,
                patterns,
                condition,
            } => {
                let own = self.view(view)?;
                let outer = std::mem::replace(&mut self.filter, own);
                let (plan, row) = match optional {
                    true => (Some(plan), Plan::Row(bound(names))),
                    false => (None, plan),
                };
                let inner = self.matched(patterns, condition.as_ref(), names, row);
                self.filter = outer;
                let inner = inner?;
                match plan {
                    Some(plan) => Plan::Optional {
                        input: boxed(plan),
                        inner: boxed(inner),
                    },
                    None => inner,
                }
            }
            Clause::Unwind {
                list,
                variable,
                place,
            } => {
                let list = self.expression(list, names)?;
                let var = self.variables.fresh(&variable.node);
                add(names, &variable.node, var);
                let place = place.as_ref().map(|(name, counted)| {
                    let var = self.variables.fresh(&name.node);
                    add(names, &name.node, var);
                    (var, i64::from(*counted))
                });
                Plan::Unwind {
                    input: boxed(plan),
                    list,
                    var,
                    place,
                }
            }
            Clause::With(projection, condition) => {
                let (plan, own) =
                    self.projection(projection, condition.as_ref(), names, plan, true)?;
                *names = own;
                plan
            }
            Clause::Return(projection) => {
                let (plan, own) = self.projection(projection, None, names, plan, false)?;
                *names = own.clone();
                return Ok((plan, Some(own)));
            }
            Clause::Finish => plan,
            Clause::Order(ordering) => self.ordered(ordering, plan, names, &[])?,
            Clause::Create(patterns) => self.created(patterns, names, plan)?,
            Clause::Merge {
                pattern,
                on_match,
                on_create,
            } => self.merged(pattern, on_match, on_create, names, plan)?,
            Clause::Set(items) => self.set(items, names, plan)?,
            Clause::Remove(items) => self.removed(items, names, plan)?,
            Clause::Delete { detach, targets } => self.deleted(*detach, targets, names, plan)?,
            Clause::Call {
                procedure,
                arguments,
                yielded,
                condition,
            } => {
                let (mut plan, columns) =
                    self.called(procedure, arguments.as_deref(), yielded, names, plan, alone)?;
                if let Some(condition) = condition {
                    plan = filtered(plan, self.expression(condition, names)?);
                }
                return Ok((plan, alone.then_some(columns)));
            }
            Clause::Subquery(query) => {
                let (inner, columns) = self.query(query, names, Plan::Row(bound(names)))?;
                let returns = !columns.is_empty();
                let inner = match returns {
                    true => inner,
                    // What returns nothing leaves the rows as they are.
                    false => Plan::Group {
                        input: boxed(inner),
                        keys: Vec::new(),
                        aggregates: Vec::new(),
                    },
                };
                let vars = columns.iter().map(|(_, var)| *var).collect();
                for (name, var) in columns {
                    add(names, &name, var);
                }
                Plan::Apply {
                    input: boxed(plan),
                    inner: boxed(inner),
                    columns: vars,
                }
            }
            Clause::Filter(condition) => filtered(plan, self.expression(condition, names)?),
            Clause::Let(items) => {
                let mut plan = plan;
                for (name, value) in items {
                    let value = self.expression(value, names)?;
                    let var = self.variables.fresh(&name.node);
                    add(names, &name.node, var);
                    plan = Plan::Project {
                        input: boxed(plan),
                        columns: vec![(var, value)],
                        keep: true,
                    };
                }
                plan
            }
        };
        Ok((plan, None))
    }

    /// `WITH` and `RETURN`: gives the plan and the names behind it, of `RETURN` in their order.
    fn projection(
        &mut self,
        projection: &Projection,
        condition: Option<&Expr>,
        names: &Names,
        plan: Plan,
        with: bool,
    ) -> Lowers<(Plan, Names)> {
        let mut columns: Vec<Column> = Vec::new();
        if projection.star {
            let mut all: Names = names.clone();
            all.sort();
            columns.extend(all.into_iter().map(|(name, var)| Column {
                name,
                var,
                value: Expression::Var(var),
                aggregates: false,
            }));
        }
        let outer = (
            self.aggregates.replace(Vec::new()),
            std::mem::take(&mut self.arguments),
        );
        for item in &projection.items {
            let before = self.aggregates.as_ref().map_or(0, Vec::len);
            let value = self.expression(&item.value, names)?;
            let aggregates = self.aggregates.as_ref().map_or(0, Vec::len) > before;
            let name = item
                .alias
                .as_ref()
                .map_or(&item.text, |alias| &alias.node)
                .clone();
            let name = match (&item.alias, &item.value.node) {
                // A variable in backticks is named without them.
                (None, crate::language::gql::ast::Expression::Variable(own)) if with => own.clone(),
                _ => name,
            };
            let var = match (&value, aggregates) {
                (Expression::Var(var), false) => *var,
                _ => self.variables.fresh(&name),
            };
            columns.push(Column {
                name,
                var,
                value,
                aggregates,
            });
        }
        let mut own: Names = Names::new();
        for column in &columns {
            if with {
                add(&mut own, &column.name, column.var);
            } else {
                own.push((column.name.clone(), column.var));
            }
        }
        // What stands behind sees the old names and, before them, the new ones.
        let mut both = names.clone();
        for (name, var) in &own {
            add(&mut both, name, *var);
        }
        let aggregating = columns.iter().any(|column| column.aggregates);
        let mut keys: Vec<(Expression, bool)> = Vec::new();
        for (key, descending) in &projection.ordering.keys {
            let by = match self.projected(key, names, &columns) {
                Some(var) => Expression::Var(var),
                None => self.expression(key, &both)?,
            };
            keys.push((by, *descending));
        }
        let aggregates = self.aggregates.take().unwrap_or_default();
        let arguments = std::mem::replace(&mut self.arguments, outer.1);
        self.aggregates = outer.0;
        let grouped = aggregating || !aggregates.is_empty();
        let mut plan = plan;
        let mut computed: Vec<(Expression, Var)> = Vec::new();
        if grouped {
            (plan, computed) = group(plan, &columns, aggregates, arguments);
        } else {
            plan = extended(
                plan,
                columns
                    .iter()
                    .map(|column| (column.var, column.value.clone())),
            );
        }
        if grouped || projection.distinct {
            for column in columns.iter().filter(|column| !column.aggregates) {
                computed.push((bare(column.value.clone()), column.var));
            }
        }
        if projection.distinct {
            plan = Plan::Group {
                input: boxed(plan),
                keys: own.iter().map(|(_, var)| *var).collect(),
                aggregates: Vec::new(),
            };
        }
        let keys = keys
            .into_iter()
            .map(|(by, descending)| Key {
                by: match computed.is_empty() {
                    true => by,
                    false => known(bare(by), &computed),
                },
                descending,
                missing_last: false,
            })
            .collect();
        plan = self.sorted(plan, keys, &projection.ordering)?;
        if let Some(condition) = condition {
            let condition = self.expression(condition, &both)?;
            let condition = match computed.is_empty() {
                true => condition,
                false => known(bare(condition), &computed),
            };
            for part in conjuncts(condition) {
                plan = filtered(plan, part);
            }
        }
        if with {
            let vars = bound(&own);
            plan = Plan::Project {
                input: boxed(plan),
                columns: vars
                    .into_iter()
                    .map(|var| (var, Expression::Var(var)))
                    .collect(),
                keep: false,
            };
        }
        Ok((plan, own))
    }

    /// The column that computes what a key of an order asks for, by the names before the projection:
    /// `RETURN n.x AS n ORDER BY n.x` means the column, though `n` is another by then.
    fn projected(&mut self, key: &Expr, names: &Names, columns: &[Column]) -> Option<Var> {
        let before = (
            self.aggregates.as_ref().map_or(0, Vec::len),
            self.arguments.len(),
        );
        let lowered = self.expression(key, names).ok().map(bare);
        let fresh = self.aggregates.as_ref().map_or(0, Vec::len) > before.0;
        if let Some(aggregates) = &mut self.aggregates {
            aggregates.truncate(before.0);
        }
        self.arguments.truncate(before.1);
        let lowered = lowered.filter(|lowered| !fresh && !matches!(lowered, Expression::Var(_)))?;
        let same = |column: &&Column| !column.aggregates && bare(column.value.clone()) == lowered;
        columns.iter().find(same).map(|column| column.var)
    }

    /// `ORDER BY`, `SKIP` and `LIMIT` on their own.
    fn ordered(
        &mut self,
        ordering: &Ordering,
        plan: Plan,
        names: &Names,
        computed: &[(Expression, Var)],
    ) -> Lowers<Plan> {
        let mut keys = Vec::with_capacity(ordering.keys.len());
        for (key, descending) in &ordering.keys {
            let by = self.expression(key, names)?;
            keys.push(Key {
                by: known(by, computed),
                descending: *descending,
                missing_last: false,
            });
        }
        self.sorted(plan, keys, ordering)
    }

    fn sorted(&mut self, plan: Plan, keys: Vec<Key>, ordering: &Ordering) -> Lowers<Plan> {
        let skip = self.perhaps(ordering.skip.as_ref(), &Names::new())?;
        let limit = self.perhaps(ordering.limit.as_ref(), &Names::new())?;
        let number = |given: &Option<Expression>| {
            if let Some(Expression::Constant(Datum::Value(Value::Int(number)))) = given {
                u64::try_from(*number).ok()
            } else {
                None
            }
        };
        let mut plan = plan;
        if !keys.is_empty() {
            // No more rows are kept than can be seen.
            let most = match (number(&skip), number(&limit)) {
                (Some(skip), Some(limit)) => Some(skip.saturating_add(limit)),
                (None, limit) if skip.is_none() => limit,
                _ => None,
            };
            plan = Plan::Sort {
                input: boxed(plan),
                keys,
                limit: most,
            };
        }
        Ok(match (&skip, number(&limit)) {
            (None, _) if limit.is_none() => plan,
            (None, Some(count)) => Plan::Limit {
                input: boxed(plan),
                count,
            },
            _ => Plan::Slice {
                input: boxed(plan),
                skip,
                limit,
            },
        })
    }

    fn called(
        &mut self,
        procedure: &crate::language::gql::ast::Name,
        arguments: Option<&[Expr]>,
        yielded: &Yield,
        names: &mut Names,
        plan: Plan,
        alone: bool,
    ) -> Lowers<(Plan, Names)> {
        let known = self.ground.procedures;
        let place = known.iter().position(|known| known.name == procedure.node);
        let Some((place, signature)) = place.map(|place| (place, &known[place])) else {
            return Err(mistake(
                "ProcedureNotFound",
                format!("there is no procedure `{}`", procedure.node),
                procedure.span,
            ));
        };
        let arguments = match arguments {
            Some(arguments) => arguments
                .iter()
                .map(|argument| self.expression(argument, names))
                .collect::<Lowers<Vec<_>>>()?,
            None => {
                let mut values = Vec::with_capacity(signature.inputs.len());
                for (name, _) in &signature.inputs {
                    let value = self.parameter(name, procedure.span)?;
                    values.push(Expression::Constant(value));
                }
                values
            }
        };
        let wanted: Vec<(String, String)> = match yielded {
            Yield::Columns(columns) => columns
                .iter()
                .map(|(name, alias)| (name.node.clone(), alias.node.clone()))
                .collect(),
            Yield::All => signature
                .outputs
                .iter()
                .map(|name| (name.clone(), name.clone()))
                .collect(),
            Yield::Unsaid if alone => signature
                .outputs
                .iter()
                .map(|name| (name.clone(), name.clone()))
                .collect(),
            Yield::Unsaid | Yield::Nothing => Vec::new(),
        };
        let mut columns = Names::new();
        let mut taken = Vec::with_capacity(wanted.len());
        for (name, alias) in wanted {
            let var = self.variables.fresh(&alias);
            let at = signature.outputs.iter().position(|known| *known == name);
            taken.push((var, at.unwrap_or(usize::MAX)));
            add(names, &alias, var);
            columns.push((alias, var));
        }
        let plan = Plan::Call {
            input: boxed(plan),
            procedure: place,
            arguments,
            columns: taken,
        };
        Ok((plan, columns))
    }
}

/// The plan with more columns; those that are there already are left out.
fn extended(plan: Plan, columns: impl Iterator<Item = (Var, Expression)>) -> Plan {
    let columns: Vec<(Var, Expression)> = columns
        .filter(|(var, value)| *value != Expression::Var(*var))
        .collect();
    match columns.is_empty() {
        true => plan,
        false => Plan::Project {
            input: boxed(plan),
            columns,
            keep: true,
        },
    }
}

/// Rows put together: keys and arguments are computed, rows are grouped, then what is made of the
/// groups. Gives also what the keys have computed.
fn group(
    plan: Plan,
    columns: &[Column],
    aggregates: Vec<(Var, Aggregate)>,
    arguments: Vec<(Var, Expression)>,
) -> (Plan, Vec<(Expression, Var)>) {
    let keys = columns.iter().filter(|column| !column.aggregates);
    let before = keys
        .clone()
        .map(|column| (column.var, column.value.clone()));
    let plan = extended(plan, before.chain(arguments));
    let computed: Vec<(Expression, Var)> = keys
        .clone()
        .map(|column| (bare(column.value.clone()), column.var))
        .collect();
    let plan = Plan::Group {
        input: boxed(plan),
        keys: keys.map(|column| column.var).collect(),
        aggregates,
    };
    let made = columns.iter().filter(|column| column.aggregates);
    let made = made.map(|column| (column.var, known(bare(column.value.clone()), &computed)));
    (extended(plan, made), computed)
}

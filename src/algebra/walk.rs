//! The one walker over plans: every pass and every explanation goes through here, so that a new
//! node has one place to be added.

#![allow(clippy::wildcard_enum_match_arm)] // Most nodes do nothing special to a question asked of all.

use crate::algebra::plan::{Each, Expression, Make, Pattern, Plan, Write};
use crate::algebra::var::Var;
use crate::graph::ClaimFilter;

/// Whether any claim filter of the plan passes the test.
pub fn any_filter(plan: &Plan, test: &mut dyn FnMut(&ClaimFilter) -> bool) -> bool {
    let mut found = false;
    let mut changed = plan.clone();
    each_filter(&mut changed, &mut |filter| found |= test(filter));
    found
}

/// Visits every claim filter of the plan, to read or to change it.
pub fn each_filter(plan: &mut Plan, visit: &mut dyn FnMut(&mut ClaimFilter)) {
    match plan {
        Plan::Match { pattern, .. } => pattern_filters(pattern, visit),
        Plan::Keep { inner, .. }
        | Plan::Optional { inner, .. }
        | Plan::Apply { inner, .. }
        | Plan::Pick { inner, .. } => each_filter(inner, visit),
        Plan::Repeat { repeat, .. } => each_filter(&mut repeat.inner, visit),
        Plan::Expand { filter, .. } => visit(filter),
        Plan::Frontier { steps, .. } => steps.iter_mut().for_each(|(_, filter, _)| visit(filter)),
        Plan::Paths(search) => visit(&mut search.filter),
        Plan::Unit
        | Plan::Row(_)
        | Plan::Scan { .. }
        | Plan::Filter { .. }
        | Plan::Unwind { .. }
        | Plan::Union(_)
        | Plan::Group { .. }
        | Plan::Sort { .. }
        | Plan::Limit { .. }
        | Plan::Project { .. }
        | Plan::Slice { .. }
        | Plan::Call { .. }
        | Plan::Write { .. } => {}
    }
    for input in plan.inputs_mut() {
        each_filter(input, visit);
    }
}

fn pattern_filters(pattern: &mut Pattern, visit: &mut dyn FnMut(&mut ClaimFilter)) {
    for link in &mut pattern.links {
        match &mut link.repeat {
            Some(repeat) => each_filter(&mut repeat.inner, visit),
            None => visit(&mut link.filter),
        }
    }
    pattern
        .absent
        .iter_mut()
        .for_each(|absent| pattern_filters(absent, visit));
}

impl Plan {
    /// The plans that this one reads rows from, in order.
    pub fn inputs(&self) -> Vec<&Plan> {
        match self {
            Plan::Unit | Plan::Row(_) | Plan::Frontier { .. } | Plan::Paths(_) => Vec::new(),
            Plan::Match { input, .. }
            | Plan::Keep { input, .. }
            | Plan::Scan { input, .. }
            | Plan::Expand { input, .. }
            | Plan::Repeat { input, .. }
            | Plan::Optional { input, .. }
            | Plan::Apply { input, .. }
            | Plan::Pick { input, .. }
            | Plan::Project { input, .. }
            | Plan::Slice { input, .. }
            | Plan::Call { input, .. }
            | Plan::Write { input, .. }
            | Plan::Filter { input, .. }
            | Plan::Unwind { input, .. }
            | Plan::Group { input, .. }
            | Plan::Sort { input, .. }
            | Plan::Limit { input, .. } => vec![input],
            Plan::Union(inputs) => inputs.iter().collect(),
        }
    }

    /// The same, to change them.
    pub fn inputs_mut(&mut self) -> Vec<&mut Plan> {
        match self {
            Plan::Unit | Plan::Row(_) | Plan::Frontier { .. } | Plan::Paths(_) => Vec::new(),
            Plan::Match { input, .. }
            | Plan::Keep { input, .. }
            | Plan::Scan { input, .. }
            | Plan::Expand { input, .. }
            | Plan::Repeat { input, .. }
            | Plan::Optional { input, .. }
            | Plan::Apply { input, .. }
            | Plan::Pick { input, .. }
            | Plan::Project { input, .. }
            | Plan::Slice { input, .. }
            | Plan::Call { input, .. }
            | Plan::Write { input, .. }
            | Plan::Filter { input, .. }
            | Plan::Unwind { input, .. }
            | Plan::Group { input, .. }
            | Plan::Sort { input, .. }
            | Plan::Limit { input, .. } => vec![input],
            Plan::Union(inputs) => inputs.iter_mut().collect(),
        }
    }

    /// The same plan with each input replaced by what `change` makes of it.
    pub fn map_inputs(self, change: &mut dyn FnMut(Plan) -> Plan) -> Plan {
        let mut on = |input: Box<Plan>| Box::new(change(*input));
        match self {
            Plan::Unit | Plan::Row(_) | Plan::Frontier { .. } | Plan::Paths(_) => self,
            Plan::Match { input, pattern } => Plan::Match {
                input: on(input),
                pattern,
            },
            Plan::Keep {
                input,
                inner,
                negated,
            } => Plan::Keep {
                input: on(input),
                inner,
                negated,
            },
            Plan::Scan { input, var, set } => Plan::Scan {
                input: on(input),
                var,
                set,
            },
            Plan::Expand {
                input,
                from,
                to,
                fact,
                routes,
                filter,
                set,
                claims,
            } => Plan::Expand {
                input: on(input),
                from,
                to,
                fact,
                routes,
                filter,
                set,
                claims,
            },
            Plan::Repeat {
                input,
                from,
                to,
                repeat,
                set,
                backwards,
            } => Plan::Repeat {
                input: on(input),
                from,
                to,
                repeat,
                set,
                backwards,
            },
            Plan::Optional { input, inner } => Plan::Optional {
                input: on(input),
                inner,
            },
            Plan::Apply {
                input,
                inner,
                columns,
            } => Plan::Apply {
                input: on(input),
                inner,
                columns,
            },
            Plan::Pick {
                input,
                inner,
                ends,
                path,
                wanted,
            } => Plan::Pick {
                input: on(input),
                inner,
                ends,
                path,
                wanted,
            },
            Plan::Project {
                input,
                columns,
                keep,
            } => Plan::Project {
                input: on(input),
                columns,
                keep,
            },
            Plan::Slice { input, skip, limit } => Plan::Slice {
                input: on(input),
                skip,
                limit,
            },
            Plan::Call {
                input,
                procedure,
                arguments,
                columns,
            } => Plan::Call {
                input: on(input),
                procedure,
                arguments,
                columns,
            },
            Plan::Write { input, write } => Plan::Write {
                input: on(input),
                write,
            },
            Plan::Filter { input, condition } => Plan::Filter {
                input: on(input),
                condition,
            },
            Plan::Unwind {
                input,
                list,
                var,
                place,
            } => Plan::Unwind {
                input: on(input),
                list,
                var,
                place,
            },
            Plan::Group {
                input,
                keys,
                aggregates,
            } => Plan::Group {
                input: on(input),
                keys,
                aggregates,
            },
            Plan::Sort { input, keys, limit } => Plan::Sort {
                input: on(input),
                keys,
                limit,
            },
            Plan::Limit { input, count } => Plan::Limit {
                input: on(input),
                count,
            },
            Plan::Union(inputs) => Plan::Union(inputs.into_iter().map(change).collect()),
        }
    }

    /// The same plan with every node replaced by what `change` makes of it, inputs first.
    pub fn rewrite(self, change: &mut dyn FnMut(Plan) -> Plan) -> Plan {
        let plan = self.map_inputs(&mut |input| input.rewrite(change));
        change(plan)
    }

    /// The variables that a row of this plan binds, sorted, each once.
    pub fn binds(&self) -> Vec<Var> {
        let mut bound: Vec<Var> = match self {
            Plan::Group {
                keys, aggregates, ..
            } => keys
                .iter()
                .copied()
                .chain(aggregates.iter().map(|(var, _)| *var))
                .collect(),
            Plan::Project {
                columns,
                keep: false,
                ..
            } => columns.iter().map(|(var, _)| *var).collect(),
            Plan::Row(bound) => bound.clone(),
            _ => self.inputs().into_iter().flat_map(Plan::binds).collect(),
        };
        match self {
            Plan::Match { pattern, .. } => {
                bound.extend(pattern.nodes.iter().map(|node| node.var));
                for link in &pattern.links {
                    bound.push(link.fact);
                    if let Some(repeat) = &link.repeat {
                        bound.push(repeat.trail);
                        bound.extend(repeat.groups.iter().map(|(_, list)| *list));
                    }
                }
            }
            Plan::Scan { var, .. } | Plan::Frontier { var, .. } => bound.push(*var),
            Plan::Unwind { var, place, .. } => {
                bound.push(*var);
                bound.extend(place.map(|(var, _)| var));
            }
            Plan::Expand { to, fact, .. } => bound.extend([*to, *fact]),
            Plan::Repeat { to, repeat, .. } => {
                bound.extend([*to, repeat.trail]);
                bound.extend(repeat.groups.iter().map(|(_, list)| *list));
            }
            Plan::Paths(search) => bound.push(search.var),
            Plan::Optional { inner, .. } | Plan::Pick { inner, .. } => bound.extend(inner.binds()),
            Plan::Apply { columns, .. } => bound.extend(columns),
            Plan::Project {
                columns,
                keep: true,
                ..
            } => bound.extend(columns.iter().map(|(var, _)| *var)),
            Plan::Call { columns, .. } => bound.extend(columns.iter().map(|(var, _)| *var)),
            Plan::Write { write, .. } => match &**write {
                Write::Create(make) => bound.extend(make.iter().map(made)),
                Write::Merge { inner, make, .. } => {
                    bound.extend(inner.binds());
                    bound.extend(make.iter().map(made));
                }
                Write::Update(_) | Write::Delete { .. } => {}
            },
            _ => {}
        }
        bound.sort();
        bound.dedup();
        bound
    }

    /// Whether anything in it writes.
    pub fn writes(&self) -> bool {
        let inside = match self {
            Plan::Write { .. } => true,
            Plan::Apply { inner, .. } => inner.writes(),
            _ => false,
        };
        inside || self.inputs().into_iter().any(Plan::writes)
    }

    /// Whether an inner plan may run over many outer rows at once: nothing in it looks at more than
    /// one row.
    pub fn row_by_row(&self) -> bool {
        let alone = matches!(
            self,
            Plan::Unit
                | Plan::Group { .. }
                | Plan::Sort { .. }
                | Plan::Limit { .. }
                | Plan::Slice { .. }
                | Plan::Union(_)
                | Plan::Frontier { .. }
                | Plan::Paths(_)
                | Plan::Write { .. }
        );
        !alone && self.inputs().into_iter().all(Plan::row_by_row)
    }
}

/// The variable of something that is made.
pub fn made(make: &Make) -> Var {
    match make {
        Make::Node { var, .. } | Make::Relationship { var, .. } => *var,
    }
}

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

/// An expression with each part directly inside it replaced by what `change` makes of it.
pub fn map_parts(
    expression: Expression,
    change: &mut dyn FnMut(Expression) -> Expression,
) -> Expression {
    let mut on = |part: Box<Expression>| Box::new(change(*part));
    match expression {
        Expression::Test(test, a, b) => Expression::Test(test, on(a), on(b)),
        Expression::Binary(operator, a, b) => Expression::Binary(operator, on(a), on(b)),
        Expression::Index(a, b) => Expression::Index(on(a), on(b)),
        Expression::IsNull(of) => Expression::IsNull(on(of)),
        Expression::Not(of) => Expression::Not(on(of)),
        Expression::At(span, of) => Expression::At(span, on(of)),
        Expression::Get(of, key) => Expression::Get(on(of), key),
        Expression::HasLabels(of, labels) => Expression::HasLabels(on(of), labels),
        Expression::Negative(of) => Expression::Negative(on(of)),
        Expression::Slice(of, from, to) => {
            let of = on(of);
            let from = from.map(&mut on);
            Expression::Slice(of, from, to.map(on))
        }
        Expression::And(parts) => Expression::And(parts.into_iter().map(change).collect()),
        Expression::Or(parts) => Expression::Or(parts.into_iter().map(change).collect()),
        Expression::List(parts) => Expression::List(parts.into_iter().map(change).collect()),
        Expression::Coalesce(parts) => {
            Expression::Coalesce(parts.into_iter().map(change).collect())
        }
        Expression::Call(function, parts) => {
            Expression::Call(function, parts.into_iter().map(change).collect())
        }
        Expression::Map(entries) => Expression::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, change(value)))
                .collect(),
        ),
        Expression::MapOf(of, entries) => {
            let of = on(of);
            let entries = entries
                .into_iter()
                .map(|entry| entry.map(|(key, value)| (key, change(value))));
            Expression::MapOf(of, entries.collect())
        }
        Expression::Case(alternatives, otherwise) => {
            let otherwise = on(otherwise);
            let alternatives = alternatives
                .into_iter()
                .map(|(when, then)| (change(when), change(then)));
            Expression::Case(alternatives.collect(), otherwise)
        }
        Expression::Each(each) => Expression::Each(Box::new(map_each(*each, change))),
        Expression::Quantified(quantifier, each) => {
            Expression::Quantified(quantifier, Box::new(map_each(*each, change)))
        }
        Expression::Reduce(sum, start, each) => {
            let start = on(start);
            Expression::Reduce(sum, start, Box::new(map_each(*each, change)))
        }
        Expression::Path(start, parts) => {
            let start = on(start);
            Expression::Path(start, parts.into_iter().map(change).collect())
        }
        alone => alone,
    }
}

fn map_each(each: Each, change: &mut dyn FnMut(Expression) -> Expression) -> Each {
    Each {
        var: each.var,
        list: change(each.list),
        condition: each.condition.map(&mut *change),
        value: each.value.map(change),
    }
}

/// An expression with every part replaced by what `change` makes of it, innermost first.
pub fn rewrite_expression(
    expression: Expression,
    change: &mut dyn FnMut(Expression) -> Expression,
) -> Expression {
    let expression = map_parts(expression, &mut |part| rewrite_expression(part, change));
    change(expression)
}

impl Plan {
    /// The same plan with every plan that it asks inside a node (not where its rows come from)
    /// replaced by what `change` makes of it: inner plans and those in expressions, at any depth of
    /// its inputs.
    pub fn map_inner(self, change: &mut dyn FnMut(Plan) -> Plan) -> Plan {
        let plan = self.map_inputs(&mut |input| input.map_inner(change));
        let mut on = |inner: Box<Plan>| Box::new(change(*inner));
        let plan = match plan {
            Plan::Optional { input, inner } => Plan::Optional {
                input,
                inner: on(inner),
            },
            Plan::Apply {
                input,
                inner,
                columns,
            } => Plan::Apply {
                input,
                inner: on(inner),
                columns,
            },
            Plan::Pick {
                input,
                inner,
                ends,
                path,
                wanted,
            } => Plan::Pick {
                input,
                inner: on(inner),
                ends,
                path,
                wanted,
            },
            other => other,
        };
        plan.map_expressions(&mut |expression| {
            rewrite_expression(expression, &mut |part| match part {
                Expression::Ask(ask) => Expression::Ask(Box::new(crate::algebra::plan::Ask {
                    plan: change(ask.plan),
                    ..*ask
                })),
                other => other,
            })
        })
    }

    /// The same plan with the expressions of this one node replaced by what `change` makes of them.
    pub fn map_expressions(self, change: &mut dyn FnMut(Expression) -> Expression) -> Plan {
        match self {
            Plan::Match { input, mut pattern } => {
                pattern.conditions = pattern.conditions.into_iter().map(change).collect();
                Plan::Match { input, pattern }
            }
            Plan::Filter { input, condition } => Plan::Filter {
                input,
                condition: change(condition),
            },
            Plan::Unwind {
                input,
                list,
                var,
                place,
            } => Plan::Unwind {
                input,
                list: change(list),
                var,
                place,
            },
            Plan::Project {
                input,
                columns,
                keep,
            } => Plan::Project {
                input,
                columns: columns
                    .into_iter()
                    .map(|(var, value)| (var, change(value)))
                    .collect(),
                keep,
            },
            Plan::Sort { input, keys, limit } => Plan::Sort {
                input,
                keys: keys
                    .into_iter()
                    .map(|key| crate::algebra::plan::Key {
                        by: change(key.by),
                        ..key
                    })
                    .collect(),
                limit,
            },
            Plan::Call {
                input,
                procedure,
                arguments,
                columns,
            } => Plan::Call {
                input,
                procedure,
                arguments: arguments.into_iter().map(change).collect(),
                columns,
            },
            other => other,
        }
    }
}

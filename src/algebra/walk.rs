//! The one walker over plans: every pass and every explanation goes through here, so that a new
//! node has one place to be added.

#![allow(clippy::wildcard_enum_match_arm)] // Most nodes do nothing special to a question asked of all.

use crate::algebra::expressions::rewrite_expression;
use crate::algebra::plan::{Ask, Expression, Key, Make, Pattern, Plan, Write};
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
        Plan::Frontier { steps, .. } => steps.iter_mut().for_each(|step| visit(&mut step.filter)),
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
                Expression::Ask(ask) => Expression::Ask(Box::new(Ask {
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
                    .map(|key| Key {
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

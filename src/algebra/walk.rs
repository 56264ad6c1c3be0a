//! The one walker over plans: every pass and every explanation goes through here, so that a new
//! node has one place to be added.

use crate::algebra::expression::Expression;
use crate::algebra::plan::{Pattern, Plan};
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
        Plan::Keep { inner, .. } => each_filter(inner, visit),
        Plan::Expand { filter, .. } => visit(filter),
        Plan::Frontier { steps, .. } => steps.iter_mut().for_each(|(_, filter, _)| visit(filter)),
        Plan::Paths(search) => visit(&mut search.filter),
        Plan::Unit
        | Plan::Row
        | Plan::Scan { .. }
        | Plan::Filter { .. }
        | Plan::Unwind { .. }
        | Plan::Union(_)
        | Plan::Group { .. }
        | Plan::Sort { .. }
        | Plan::Limit { .. } => {}
    }
    for input in plan.inputs_mut() {
        each_filter(input, visit);
    }
}

fn pattern_filters(pattern: &mut Pattern, visit: &mut dyn FnMut(&mut ClaimFilter)) {
    pattern
        .links
        .iter_mut()
        .for_each(|link| visit(&mut link.filter));
    pattern
        .absent
        .iter_mut()
        .for_each(|absent| pattern_filters(absent, visit));
}

impl Plan {
    /// The plans that this one reads rows from, in order.
    pub fn inputs(&self) -> Vec<&Plan> {
        match self {
            Plan::Unit | Plan::Row | Plan::Frontier { .. } | Plan::Paths(_) => Vec::new(),
            Plan::Match { input, .. }
            | Plan::Keep { input, .. }
            | Plan::Scan { input, .. }
            | Plan::Expand { input, .. }
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
            Plan::Unit | Plan::Row | Plan::Frontier { .. } | Plan::Paths(_) => Vec::new(),
            Plan::Match { input, .. }
            | Plan::Keep { input, .. }
            | Plan::Scan { input, .. }
            | Plan::Expand { input, .. }
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
            Plan::Unit | Plan::Row | Plan::Frontier { .. } | Plan::Paths(_) => self,
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
            } => Plan::Expand {
                input: on(input),
                from,
                to,
                fact,
                routes,
                filter,
                set,
            },
            Plan::Filter { input, condition } => Plan::Filter {
                input: on(input),
                condition,
            },
            Plan::Unwind { input, list, var } => Plan::Unwind {
                input: on(input),
                list,
                var,
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
            Plan::Unit
            | Plan::Row
            | Plan::Match { .. }
            | Plan::Keep { .. }
            | Plan::Scan { .. }
            | Plan::Expand { .. }
            | Plan::Frontier { .. }
            | Plan::Filter { .. }
            | Plan::Unwind { .. }
            | Plan::Union(_)
            | Plan::Sort { .. }
            | Plan::Limit { .. }
            | Plan::Paths(_) => self.inputs().into_iter().flat_map(Plan::binds).collect(),
        };
        match self {
            Plan::Match { pattern, .. } => {
                bound.extend(pattern.nodes.iter().map(|node| node.var));
                bound.extend(pattern.links.iter().map(|link| link.fact));
            }
            Plan::Scan { var, .. } | Plan::Unwind { var, .. } | Plan::Frontier { var, .. } => {
                bound.push(*var);
            }
            Plan::Expand { to, fact, .. } => bound.extend([*to, *fact]),
            Plan::Paths(search) => bound.push(search.var),
            Plan::Unit
            | Plan::Row
            | Plan::Keep { .. }
            | Plan::Filter { .. }
            | Plan::Union(_)
            | Plan::Group { .. }
            | Plan::Sort { .. }
            | Plan::Limit { .. } => {}
        }
        bound.sort();
        bound.dedup();
        bound
    }
}

/// The variables that an expression reads, in the order of their appearance.
pub fn expression_vars(expression: &Expression) -> Vec<Var> {
    match expression {
        Expression::Var(var)
        | Expression::Property(var, _)
        | Expression::Evidence(var, _)
        | Expression::OfFact(var, _)
        | Expression::HasType(var, _) => vec![*var],
        Expression::Constant(_) => Vec::new(),
        Expression::Test(_, left, right) => {
            [expression_vars(left), expression_vars(right)].concat()
        }
        Expression::IsNull(inner) | Expression::Not(inner) => expression_vars(inner),
        Expression::And(parts) | Expression::Or(parts) => {
            parts.iter().flat_map(expression_vars).collect()
        }
    }
}

//! The one walker over plans: every pass and every explanation goes through here, so that a new
//! node has one place to be added.

#![allow(clippy::wildcard_enum_match_arm)] // Most nodes do nothing special to a question asked of all.

use crate::algebra::expressions::parts_mut;
use crate::algebra::plan::{Expression, Make, Pattern, Plan, Update, Write};
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
        Plan::Expand { filter, .. } | Plan::Claims { filter, .. } => visit(filter),
        Plan::Frontier { steps, .. } => steps.iter_mut().for_each(|step| visit(&mut step.filter)),
        Plan::Tally(tally) => tally
            .steps
            .iter_mut()
            .for_each(|step| visit(&mut step.filter)),
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
            Plan::Unit
            | Plan::Row(_)
            | Plan::Frontier { .. }
            | Plan::Tally(_)
            | Plan::Claims { .. }
            | Plan::Paths(_) => Vec::new(),
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
            Plan::Unit
            | Plan::Row(_)
            | Plan::Frontier { .. }
            | Plan::Tally(_)
            | Plan::Claims { .. }
            | Plan::Paths(_) => Vec::new(),
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

    /// The plans that this one asks in passing, not for its rows: each begins with [`Plan::Row`].
    /// Those of a pattern are left to the pass that orders it.
    fn inner_mut(&mut self) -> Vec<&mut Plan> {
        match self {
            Plan::Keep { inner, .. }
            | Plan::Optional { inner, .. }
            | Plan::Apply { inner, .. }
            | Plan::Pick { inner, .. } => vec![inner],
            Plan::Repeat { repeat, .. } => vec![&mut repeat.inner],
            Plan::Write { write, .. } => match &mut **write {
                Write::Merge { inner, .. } => vec![inner],
                Write::Create(_) | Write::Update(_) | Write::Delete { .. } => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The expressions of this one node.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Plan::Match { pattern, .. } => pattern.conditions.iter_mut().collect(),
            Plan::Filter { condition, .. } => vec![condition],
            Plan::Unwind { list, .. } => vec![list],
            Plan::Project { columns, .. } => columns.iter_mut().map(|(_, value)| value).collect(),
            Plan::Sort { keys, .. } => keys.iter_mut().map(|key| &mut key.by).collect(),
            Plan::Call { arguments, .. } => arguments.iter_mut().collect(),
            Plan::Slice { skip, limit, .. } => skip.iter_mut().chain(limit).collect(),
            Plan::Write { write, .. } => match &mut **write {
                Write::Create(make) => make.iter_mut().map(properties_mut).collect(),
                Write::Update(updates) => updates.iter_mut().flat_map(written_mut).collect(),
                Write::Delete { targets, .. } => targets.iter_mut().collect(),
                Write::Merge {
                    make,
                    on_create,
                    on_match,
                    ..
                } => {
                    let set = on_create.iter_mut().chain(on_match).flat_map(written_mut);
                    make.iter_mut().map(properties_mut).chain(set).collect()
                }
            },
            _ => Vec::new(),
        }
    }

    /// The same plan with every node replaced by what `change` makes of it: what it is built on
    /// first, which is its inputs, its inner plans, and the plans that its expressions ask.
    pub fn rewrite(mut self, change: &mut dyn FnMut(Plan) -> Plan) -> Plan {
        for below in self.inputs_mut() {
            replace(below, change);
        }
        for inner in self.inner_mut() {
            replace(inner, change);
        }
        for expression in self.expressions_mut() {
            asked(expression, change);
        }
        change(self)
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
            Plan::Tally(tally) => bound.push(tally.var),
            Plan::Claims { var, .. } => bound.push(*var),
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
                | Plan::Tally(_)
                | Plan::Claims { .. }
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

/// The properties of something that is made.
fn properties_mut(make: &mut Make) -> &mut Expression {
    match make {
        Make::Node { properties, .. } | Make::Relationship { properties, .. } => properties,
    }
}

/// What an update reads.
fn written_mut(update: &mut Update) -> Vec<&mut Expression> {
    match update {
        Update::Property(of, _, to) | Update::Replace(of, to) | Update::Add(of, to) => vec![of, to],
        Update::Label(of, _) | Update::Unlabel(of, _) => vec![of],
    }
}

fn replace(plan: &mut Plan, change: &mut dyn FnMut(Plan) -> Plan) {
    let taken = std::mem::replace(plan, Plan::Unit);
    *plan = taken.rewrite(change);
}

/// Rewrites the plans that an expression asks.
pub(in crate::algebra) fn asked(expression: &mut Expression, change: &mut dyn FnMut(Plan) -> Plan) {
    if let Expression::Ask(ask) = expression {
        replace(&mut ask.plan, change);
    }
    for part in parts_mut(expression) {
        asked(part, change);
    }
}

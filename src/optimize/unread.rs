//! What nobody reads is not made: claims of which only the fact matters, ends of claims that are only
//! counted.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::expressions::expression_vars;
use crate::algebra::{Aggregate, AggregateFunction, EntitySet, Expression, Plan, Var, single};
use crate::graph::GraphView;

/// Under a group, expansions give facts where no claim is read and rows that come twice change nothing;
/// an expansion from anywhere to anywhere gives claims alone.
pub fn unread(plan: Plan, view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |mut plan| {
        if let Plan::Group {
            input,
            keys,
            aggregates,
        } = &mut plan
        {
            let mut read: Vec<Var> = keys.clone();
            for (_, aggregate) in aggregates.iter() {
                read.extend(reads(aggregate));
            }
            let twice = aggregates.iter().all(|(_, aggregate)| once(aggregate));
            lower(input, &mut read.clone(), twice);
            if aggregates.iter().all(|(_, aggregate)| numbered(aggregate)) {
                alike(input, read, view);
            }
        }
        plan
    })
}

/// What an aggregate reads.
fn reads(aggregate: &Aggregate) -> Vec<Var> {
    match aggregate {
        Aggregate::CountDistinct(var) => vec![*var],
        Aggregate::Count => Vec::new(),
        Aggregate::Collect(facts) => facts.clone(),
        Aggregate::Of { var, parameter, .. } => std::iter::once(*var).chain(*parameter).collect(),
    }
}

/// Whether rows that come twice change nothing.
fn once(aggregate: &Aggregate) -> bool {
    match aggregate {
        Aggregate::CountDistinct(_) => true,
        Aggregate::Of {
            function, distinct, ..
        } => *distinct || matches!(function, AggregateFunction::Min | AggregateFunction::Max),
        Aggregate::Count | Aggregate::Collect(_) => false,
    }
}

/// Whether a row and how many times it comes are all that is needed.
fn numbered(aggregate: &Aggregate) -> bool {
    match aggregate {
        Aggregate::Count | Aggregate::CountDistinct(_) => true,
        Aggregate::Of {
            function,
            distinct,
            parameter: None,
            ..
        } => *distinct || function.summed(),
        Aggregate::Of { .. } | Aggregate::Collect(_) => false,
    }
}

/// Claims of which only likelihood and period are read, one field an expression, while others are
/// handed on as they are.
fn alike(plan: &mut Plan, read: Vec<Var>, view: &dyn GraphView) {
    match plan {
        Plan::Project {
            input,
            columns,
            keep,
        } => {
            let mut below = read;
            below.retain(|var| *keep && columns.iter().all(|(made, _)| made != var));
            for (_, value) in columns {
                let coded = |field| single::by_code(value, field, view.columns()).is_some();
                if let Expression::Var(var) = single::bare(value) {
                    below.push(*var);
                } else if !single::field(value, view.columns()).is_some_and(coded) {
                    return;
                }
            }
            alike(input, below, view);
        }
        Plan::Claims { var, alike, .. } => *alike = !read.contains(var),
        _ => {}
    }
}

fn lower(plan: &mut Plan, read: &mut Vec<Var>, twice: bool) {
    match plan {
        Plan::Project { input, columns, .. } => {
            read.extend(columns.iter().flat_map(|(_, value)| expression_vars(value)));
            lower(input, read, twice);
        }
        Plan::Filter { input, condition } => {
            read.extend(expression_vars(condition));
            lower(input, read, twice);
        }
        Plan::Scan { input, .. } => lower(input, read, twice),
        Plan::Expand {
            input,
            from,
            to,
            fact,
            routes,
            filter,
            set,
            claims,
        } => {
            let unread = |var: &Var| !read.contains(var);
            if twice && unread(fact) {
                *claims = false;
            }
            let all = matches!(&**input, Plan::Scan { input, var, set: EntitySet::Any }
                if **input == Plan::Unit && var == from);
            let one_way = routes
                .iter()
                .all(|route| Some(route.direction) == routes.first().map(|first| first.direction));
            if all
                && *claims
                && *set == EntitySet::Any
                && from != to
                && one_way
                && unread(from)
                && unread(to)
            {
                let mut relations: Vec<_> = routes.iter().map(|route| route.relation).collect();
                relations.sort_unstable();
                relations.dedup();
                *plan = Plan::Claims {
                    var: *fact,
                    relations,
                    filter: filter.clone(),
                    alike: false,
                };
                return;
            }
            read.extend([*from, *to]);
            lower(input, read, twice);
        }
        _ => {}
    }
}

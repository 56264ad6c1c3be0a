//! Where only the distinct values of one variable of a pattern are wanted, it walks sets of entities
//! instead of building the rows and throwing them away. What hangs on the way is asked for, not
//! followed.

#![allow(clippy::wildcard_enum_match_arm)] // A pass names the nodes that it rewrites; the rest stays.

use crate::algebra::expressions::{expression_vars, parts};
use crate::algebra::{
    Aggregate, AggregateFunction, EntitySet, Expression, Mode, Plan, Repeat, Route, Step, Var,
};
use crate::graph::{Direction, GraphView};
use crate::model::EntityId;
use crate::optimize::apart::few;
use crate::optimize::branches::{Branches, Op};

/// Replaces patterns under `Group` of which one variable is read.
pub fn frontiers(plan: Plan, view: &dyn GraphView) -> Plan {
    plan.rewrite(&mut |plan| match plan {
        Plan::Group {
            input,
            keys,
            aggregates,
        } => match walked(&input, &keys, &aggregates, view) {
            Some(plan) => plan,
            None => Plan::Group {
                input,
                keys,
                aggregates,
            },
        },
        plan => plan,
    })
}

fn walked(
    input: &Plan,
    keys: &[Var],
    aggregates: &[(Var, Aggregate)],
    view: &dyn GraphView,
) -> Option<Plan> {
    let mut wanted = keys.to_vec();
    for (_, aggregate) in aggregates {
        wanted.extend(read_as_set(aggregate)?);
    }
    // Columns that are computed of the one variable are computed of its distinct values.
    let mut above: Vec<Vec<(Var, Expression)>> = Vec::new();
    let mut at = input;
    while let Plan::Project {
        input,
        columns,
        keep,
    } = at
    {
        let needed: Vec<(Var, Expression)> = columns
            .iter()
            .filter(|(var, _)| wanted.contains(var))
            .filter(|(var, value)| *value != Expression::Var(*var))
            .cloned()
            .collect();
        if needed.iter().any(|(_, value)| !steady(value)) {
            return None;
        }
        if *keep {
            wanted.retain(|var| !needed.iter().any(|(own, _)| own == var));
        } else {
            let stays = |var: &Var| columns.contains(&(*var, Expression::Var(*var)));
            wanted.retain(stays);
        }
        wanted.extend(needed.iter().flat_map(|(_, value)| expression_vars(value)));
        above.push(needed);
        at = input;
    }
    wanted.sort_unstable();
    wanted.dedup();
    let [var] = wanted.as_slice() else {
        return None;
    };
    let mut plan = frontier(at, *var, view)?;
    let bare = above.iter().all(Vec::is_empty);
    // The rows are distinct already.
    if bare && keys == [*var] && aggregates.is_empty() {
        return Some(plan);
    }
    for columns in above.into_iter().rev().filter(|above| !above.is_empty()) {
        plan = Plan::Project {
            input: Box::new(plan),
            columns,
            keep: true,
        };
    }
    let aggregates = aggregates.iter().map(|(own, aggregate)| {
        let aggregate = match aggregate {
            Aggregate::CountDistinct(of) if of == var && bare && keys.is_empty() => {
                Aggregate::Count
            }
            other => other.clone(),
        };
        (*own, aggregate)
    });
    Some(Plan::Group {
        aggregates: aggregates.collect(),
        input: Box::new(plan),
        keys: keys.to_vec(),
    })
}

/// What an aggregate reads, where rows that come twice change nothing.
fn read_as_set(aggregate: &Aggregate) -> Option<Vec<Var>> {
    match aggregate {
        Aggregate::CountDistinct(var) => Some(vec![*var]),
        Aggregate::Of {
            function,
            var,
            distinct,
            parameter: None,
            ..
        } => {
            let once =
                *distinct || matches!(function, AggregateFunction::Min | AggregateFunction::Max);
            once.then(|| vec![*var])
        }
        Aggregate::Of { .. } | Aggregate::Collect(_) | Aggregate::Count => None,
    }
}

/// Whether an expression gives the same for the same row, and looks no further than the row.
fn steady(expression: &Expression) -> bool {
    !matches!(
        expression,
        Expression::Call(..)
            | Expression::Ask(_)
            | Expression::Evidence(..)
            | Expression::OfFact(..)
    ) && parts(expression).into_iter().all(steady)
}

/// The distinct values of a variable of a pattern that begins with one scan.
fn frontier(plan: &Plan, var: Var, view: &dyn GraphView) -> Option<Plan> {
    let branches = Branches::new(plan, var)?;
    let mut walk = Walk {
        start: branches.start.clone(),
        steps: Vec::new(),
        var: branches.way.first().copied()?,
    };
    for (place, node) in branches.way.iter().enumerate() {
        if place > 0 {
            let step = step(branches.reaches.get(place - 1)?)?;
            walk.steps.push(step);
            walk.var = *node;
        }
        walk = hung(walk, &branches, *node, view);
    }
    // A mere scan is no frontier.
    let alone = branches.way.len() == 1 && branches.ops.is_empty();
    (!alone).then(|| walk.done())
}

/// A frontier under way.
struct Walk {
    start: EntitySet,
    steps: Vec<Step>,
    var: Var,
}

impl Walk {
    fn done(self) -> Plan {
        match (self.steps.is_empty(), self.start) {
            (true, EntitySet::Plan(plan, var)) if var == self.var => *plan,
            (true, set) => Plan::Scan {
                input: Box::new(Plan::Unit),
                var: self.var,
                set,
            },
            (false, start) => Plan::Frontier {
                start,
                steps: self.steps,
                var: self.var,
            },
        }
    }

    /// How many entities it reaches, roughly; of a walk from few entities better than that.
    fn size(&self, view: &dyn GraphView) -> usize {
        match (few(&self.start, view), self.steps.first()) {
            (Some(start), None) => start.len(),
            (Some(start), Some(step)) => {
                let first = neighbours(&start, &step.routes, view);
                self.steps[1..]
                    .iter()
                    .fold(first, |size, _| size.saturating_mul(10))
            }
            (None, _) => view.entities().len(),
        }
    }

    /// The walk with its last entities put through another plan.
    fn through(self, wrap: impl FnOnce(Box<Plan>) -> Plan) -> Walk {
        let var = self.var;
        Walk {
            start: EntitySet::Plan(Box::new(wrap(Box::new(self.done()))), var),
            steps: Vec::new(),
            var,
        }
    }

    /// The walk with its last entities in one more set.
    fn within(mut self, set: EntitySet) -> Walk {
        match self.steps.last_mut() {
            Some(step) => step.set = std::mem::replace(&mut step.set, EntitySet::Any).and(set),
            None => self.start = self.start.and(set),
        }
        self
    }
}

/// The walk with what hangs on its last node: conditions are tested, branches are asked for; of a
/// branch that is cheap to walk from its end the set is taken.
fn hung(mut walk: Walk, branches: &Branches<'_>, node: Var, view: &dyn GraphView) -> Walk {
    for condition in branches.conditions(node) {
        walk = walk.through(|input| Plan::Filter {
            input,
            condition: condition.clone(),
        });
    }
    for branch in branches.at(node) {
        if let Some(set) = from_end(&branch, &walk, view) {
            walk = walk.within(set);
            continue;
        }
        let row = Plan::Row(vec![node]);
        let inner = branch.iter().fold(row, |input, op| op.on(input));
        walk = walk.through(|input| Plan::Keep {
            input,
            inner: Box::new(inner),
            negated: false,
        });
    }
    walk
}

/// How many neighbours of the end of a branch may be gathered for each entity that would be looked up
/// from the other side: the one is a step in a list, the other a search.
const CHEAP: usize = 16;

/// How many neighbours entities have by these routes.
fn neighbours(of: &[EntityId], routes: &[Route], view: &dyn GraphView) -> usize {
    let mut count = 0;
    for id in of {
        for route in routes {
            view.neighbours(*id, route.relation, route.direction, &mut |run| {
                count += run.ends.len();
            });
        }
    }
    count
}

/// The entities from which a branch reaches one of few entities in one step, walked backwards.
fn from_end(branch: &[Op<'_>], walk: &Walk, view: &dyn GraphView) -> Option<EntitySet> {
    let node = walk.var;
    let (first, rest) = branch.split_first()?;
    let Op::Reach(Plan::Expand {
        from,
        to,
        routes,
        filter,
        set,
        ..
    }) = first
    else {
        return None;
    };
    let ends = few(set, view)?;
    let turned: Vec<Route> = routes.iter().map(|route| route.reversed()).collect();
    if *from != node || neighbours(&ends, &turned, view) > walk.size(view).saturating_mul(CHEAP) {
        return None;
    }
    let mut start = Plan::Scan {
        input: Box::new(Plan::Unit),
        var: *to,
        set: set.clone(),
    };
    for op in rest {
        match op {
            Op::Condition(condition) if expression_vars(condition) == [*to] => {
                start = op.on(start);
            }
            _ => return None,
        }
    }
    let back = Plan::Frontier {
        start: match start {
            Plan::Scan { set, .. } => set,
            filtered => EntitySet::Plan(Box::new(filtered), *to),
        },
        steps: vec![Step {
            routes: turned,
            filter: filter.clone(),
            through: EntitySet::Any,
            set: EntitySet::Any,
            times: (1, Some(1)),
        }],
        var: node,
    };
    Some(EntitySet::Plan(Box::new(back), node))
}

/// An expansion, or a repeated one, as a step; `None` where the distinct ends need the walks.
fn step(reach: &Plan) -> Option<Step> {
    match reach {
        Plan::Expand {
            routes,
            filter,
            set,
            ..
        } => Some(Step {
            routes: routes.clone(),
            filter: filter.clone(),
            through: EntitySet::Any,
            set: set.clone(),
            times: (1, Some(1)),
        }),
        Plan::Repeat {
            repeat,
            set,
            backwards,
            ..
        } => repeated(repeat, set, *backwards),
        _ => None,
    }
}

fn repeated(repeat: &Repeat, end: &EntitySet, backwards: bool) -> Option<Step> {
    let how = repeat.repetition;
    let Plan::Expand {
        input,
        from,
        to,
        routes,
        filter,
        set,
        ..
    } = &repeat.inner
    else {
        return None;
    };
    let (first, last) = match backwards {
        true => (repeat.end, repeat.start),
        false => (repeat.start, repeat.end),
    };
    let one_way = [Direction::Out, Direction::In]
        .iter()
        .any(|way| routes.iter().all(|route| route.direction == *way));
    // Where facts run one way only, whoever is reached by a walk is reached by one that is no longer
    // and uses no claim twice: what lies between two visits of one entity is left out.
    let free = match how.mode {
        Mode::Walk => true,
        Mode::Trail => how.least <= 1 && one_way,
        Mode::Acyclic | Mode::Simple => false,
    };
    let plain = matches!(**input, Plan::Row(_))
        && (*from, *to) == (first, last)
        && how.shortest.is_none()
        && repeat.groups.is_empty();
    (free && plain).then(|| Step {
        routes: routes.clone(),
        filter: filter.clone(),
        through: set.clone(),
        set: end.clone(),
        times: (how.least, how.most),
    })
}

//! A pattern as a tree: the way from its scan to the one variable that is wanted, and what hangs on
//! each entity of that way. It changes nothing.

#![allow(clippy::wildcard_enum_match_arm)] // A tree is made of a few nodes; of others it is none.

use crate::algebra::expressions::expression_vars;
use crate::algebra::{EntitySet, Expression, Plan, Var};

/// What is done to the rows of a pattern after its scan, without the rows.
#[derive(Clone, Copy)]
pub enum Op<'a> {
    /// An expansion or a repeated one.
    Reach(&'a Plan),
    /// A condition.
    Condition(&'a Expression),
}

impl Op<'_> {
    /// The same, done to the rows of a plan.
    pub fn on(&self, rows: Plan) -> Plan {
        match self {
            Op::Reach(plan) => {
                let mut reach = (*plan).clone();
                if let Some(input) = reach.inputs_mut().pop() {
                    *input = rows;
                }
                reach
            }
            Op::Condition(condition) => Plan::Filter {
                input: Box::new(rows),
                condition: (*condition).clone(),
            },
        }
    }
}

/// A pattern as a tree.
pub struct Branches<'a> {
    /// The entities that the way begins with.
    pub start: EntitySet,
    /// The variables of the way.
    pub way: Vec<Var>,
    /// What leads from each of them to the next.
    pub reaches: Vec<&'a Plan>,
    /// What hangs on the way, in order: on which of its variables, and on which branch there; 0 is
    /// the variable itself.
    pub ops: Vec<(Var, usize, Op<'a>)>,
}

impl<'a> Branches<'a> {
    /// The tree of a pattern with the way to a variable; `None` where it is none, or where something
    /// joins two places of the way or reads the claims on it.
    pub fn new(plan: &'a Plan, wanted: Var) -> Option<Branches<'a>> {
        let (start, first, ops) = taken_apart(plan)?;
        let way = way(&ops, first, wanted)?;
        let mut branches = Branches {
            start,
            reaches: Vec::new(),
            ops: Vec::new(),
            way,
        };
        // Where each variable hangs: on which variable of the way, on which branch.
        let mut hangs: Vec<(Var, (Var, usize))> = vec![(first, (first, 0))];
        let mut count = 0;
        for op in ops {
            match op {
                Op::Reach(plan) => {
                    let (from, to, others) = reach(plan)?;
                    if branches.way.contains(&to) && found(&hangs, to).is_none() {
                        hangs.push((to, (to, 0)));
                        branches.reaches.push(plan);
                        continue;
                    }
                    let (node, branch) = found(&hangs, from)?;
                    let branch = match found(&hangs, to) {
                        // Between two entities of one branch, or back to where it hangs.
                        Some((other, end)) if other == node => match (branch, end) {
                            (0, end) => end,
                            (branch, 0) => branch,
                            (a, b) if a == b => a,
                            _ => return None,
                        },
                        Some(_) => return None,
                        None if branch == 0 => {
                            count += 1;
                            count
                        }
                        None => branch,
                    };
                    let branch = match branch {
                        // A fact of an entity with itself is a branch that goes nowhere.
                        0 => {
                            count += 1;
                            count
                        }
                        branch => branch,
                    };
                    if found(&hangs, to).is_none() {
                        hangs.push((to, (node, branch)));
                    }
                    hangs.extend(others.into_iter().map(|var| (var, (node, branch))));
                    branches.ops.push((node, branch, op));
                }
                Op::Condition(condition) => {
                    let reads = expression_vars(condition);
                    let places = reads
                        .iter()
                        .map(|var| found(&hangs, *var))
                        .collect::<Option<Vec<(Var, usize)>>>()?;
                    let (node, _) = *places.first()?;
                    let branch = places.iter().map(|place| place.1).max()?;
                    let one = places
                        .iter()
                        .all(|place| place.0 == node && (place.1 == 0 || place.1 == branch));
                    if !one {
                        return None;
                    }
                    branches.ops.push((node, branch, op));
                }
            }
        }
        Some(branches)
    }

    /// The conditions of a variable of the way alone.
    pub fn conditions(&self, node: Var) -> impl Iterator<Item = &'a Expression> {
        self.ops
            .iter()
            .filter_map(move |(own, branch, op)| match op {
                Op::Condition(condition) if *own == node && *branch == 0 => Some(*condition),
                _ => None,
            })
    }

    /// The branches that hang on a variable of the way.
    pub fn at(&self, node: Var) -> Vec<Vec<Op<'a>>> {
        let mut found: Vec<(usize, Vec<Op<'a>>)> = Vec::new();
        for (own, branch, op) in &self.ops {
            if *own != node || *branch == 0 {
                continue;
            }
            match found.iter_mut().find(|(known, _)| known == branch) {
                Some((_, ops)) => ops.push(*op),
                None => found.push((*branch, vec![*op])),
            }
        }
        found.into_iter().map(|(_, ops)| ops).collect()
    }
}

fn found(hangs: &[(Var, (Var, usize))], var: Var) -> Option<(Var, usize)> {
    let own = hangs.iter().find(|(known, _)| *known == var);
    own.map(|(_, place)| *place)
}

/// From where, to where, and what else it binds.
fn reach(plan: &Plan) -> Option<(Var, Var, Vec<Var>)> {
    match plan {
        Plan::Expand { from, to, fact, .. } => Some((*from, *to, vec![*fact])),
        Plan::Repeat {
            from, to, repeat, ..
        } => {
            let mut others = vec![repeat.trail];
            others.extend(repeat.groups.iter().map(|(_, list)| *list));
            // Outer rows may be read inside: they are not there any more.
            let reads = matches!(&repeat.inner, Plan::Expand { input, .. }
                if matches!(**input, Plan::Row(_)));
            reads.then_some((*from, *to, others))
        }
        _ => None,
    }
}

/// The scan that a pattern begins with, and what is done to its rows.
fn taken_apart(plan: &Plan) -> Option<(EntitySet, Var, Vec<Op<'_>>)> {
    let mut ops = Vec::new();
    let mut at = plan;
    loop {
        match at {
            Plan::Filter { input, condition } => {
                ops.push(Op::Condition(condition));
                at = input;
            }
            Plan::Expand { input, .. } | Plan::Repeat { input, .. } => {
                ops.push(Op::Reach(at));
                at = input;
            }
            Plan::Scan { input, var, set } if **input == Plan::Unit => {
                ops.reverse();
                return Some((set.clone(), *var, ops));
            }
            _ => return None,
        }
    }
}

/// The variables from the scan's to the wanted one.
fn way(ops: &[Op<'_>], first: Var, wanted: Var) -> Option<Vec<Var>> {
    let mut way = vec![wanted];
    let mut at = wanted;
    while at != first {
        let mut froms = ops.iter().filter_map(|op| match op {
            Op::Reach(plan) => reach(plan).filter(|(_, to, _)| *to == at),
            Op::Condition(_) => None,
        });
        // The first that comes to an entity binds it; a later one would join.
        let (from, _, _) = froms.next()?;
        if froms.next().is_some() || way.contains(&from) {
            return None;
        }
        at = from;
        way.push(at);
    }
    way.reverse();
    Some(way)
}

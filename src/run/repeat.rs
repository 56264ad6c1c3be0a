//! Repeat: walks that repeat an inner pattern, level by level for all rows at once. A step knows the
//! one before it, so that walks share what they have in common.

use crate::algebra::{Datum, EntitySet, Mode, Repeat as Pattern, Var};
use crate::graph::Row;
use crate::run::batch::{Batch, Column, NONE};
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::sets::Members;
use rustc_hash::{FxHashMap, FxHashSet};

/// The operator.
pub struct Repeat<'p> {
    input: Boxed<'p>,
    from: Var,
    to: Var,
    pattern: &'p Pattern,
    backwards: bool,
    members: Members,
    current: Option<Walks>,
}

/// One repetition.
struct Step {
    /// The step before; [`NONE`] at the start of a walk.
    before: u32,
    /// The input row.
    row: u32,
    /// Where it ends.
    node: u32,
    claims: Vec<Row>,
    groups: Vec<Datum>,
}

/// The walks from one batch of rows.
struct Walks {
    batch: Batch,
    steps: Vec<Step>,
    /// The steps of the last level.
    level: Vec<u32>,
    depth: u64,
    /// The shortest walks so far, by row and end: how many, of how many lengths, the last length.
    reached: FxHashMap<(u32, u32), (u64, u64, u64)>,
    /// Rows whose shortest walks have been found.
    done: FxHashSet<u32>,
}

impl<'p> Repeat<'p> {
    /// Walks from the rows of `input`.
    pub fn new(
        input: Boxed<'p>,
        (from, to): (Var, Var),
        pattern: &'p Pattern,
        set: &EntitySet,
        backwards: bool,
        execution: &Execution<'_>,
    ) -> Result<Repeat<'p>, Halt> {
        Ok(Repeat {
            input,
            from,
            to,
            pattern,
            backwards,
            members: Members::new(set, execution)?,
            current: None,
        })
    }

    fn begin(&self, batch: Batch) -> Walks {
        let column = batch.column(self.from);
        let starts = (0..batch.rows as u32).map(|row| (row, column.id(row as usize)));
        let steps: Vec<Step> = starts
            .filter(|(_, node)| *node != NONE)
            .map(|(row, node)| Step {
                before: NONE,
                row,
                node,
                claims: Vec::new(),
                groups: Vec::new(),
            })
            .collect();
        Walks {
            level: (0..steps.len() as u32).collect(),
            batch,
            steps,
            depth: 0,
            reached: FxHashMap::default(),
            done: FxHashSet::default(),
        }
    }

    /// The walks of the last level that end where they may, as rows.
    fn found(&self, walks: &mut Walks, execution: &Execution<'_>) -> Batch {
        let how = self.pattern.repetition;
        let bound = walks.batch.binds(self.to);
        let mut ends: Vec<u32> = Vec::new();
        for at in &walks.level {
            let step = &walks.steps[*at as usize];
            let fits = match bound {
                true => walks.batch.column(self.to).id(step.row as usize) == step.node,
                false => true,
            };
            if !fits || !self.members.has(step.node, execution.graph) {
                continue;
            }
            if let Some((wanted, lengths)) = how.shortest {
                let reached = walks.reached.entry((step.row, step.node)).or_default();
                if reached.0 == 0 || reached.2 != walks.depth {
                    reached.1 += 1;
                    reached.2 = walks.depth;
                }
                reached.0 += 1;
                let count = if lengths { reached.1 } else { reached.0 };
                if bound && count >= wanted {
                    walks.done.insert(step.row);
                }
                if count > wanted {
                    continue;
                }
            }
            ends.push(*at);
        }
        let rows: Vec<u32> = ends
            .iter()
            .map(|at| walks.steps[*at as usize].row)
            .collect();
        let mut out = walks.batch.gather(&rows);
        let mut trails: Vec<Datum> = Vec::with_capacity(ends.len());
        let mut lists: Vec<Vec<Datum>> = vec![Vec::new(); self.pattern.groups.len()];
        for at in &ends {
            let mut walk: Vec<&Step> = Vec::new();
            let mut next = *at;
            while next != NONE {
                let step = &walks.steps[next as usize];
                next = step.before;
                // The first step of all stands for the start.
                if next != NONE {
                    walk.push(step);
                }
            }
            if !self.backwards {
                walk.reverse();
            }
            let claims = walk.iter().flat_map(|step| &step.claims);
            trails.push(Datum::List(claims.map(|row| Datum::Claim(*row)).collect()));
            for (at, list) in lists.iter_mut().enumerate() {
                list.push(Datum::List(
                    walk.iter().map(|step| step.groups[at].clone()).collect(),
                ));
            }
        }
        out.set(self.pattern.trail, Column::Values(trails));
        for ((_, var), list) in self.pattern.groups.iter().zip(lists) {
            out.set(*var, Column::Values(list));
        }
        if !bound {
            let nodes = ends.iter().map(|at| walks.steps[*at as usize].node);
            out.set(self.to, Column::Entities(nodes.collect()));
        }
        out
    }

    /// One more repetition of every walk that may go on.
    fn extend(&self, walks: &mut Walks, execution: &Execution<'_>) -> Result<(), Halt> {
        let level: Vec<u32> = std::mem::take(&mut walks.level)
            .into_iter()
            .filter(|at| !walks.done.contains(&walks.steps[*at as usize].row))
            .collect();
        if level.is_empty() {
            return Ok(());
        }
        let (start, end) = match self.backwards {
            true => (self.pattern.end, self.pattern.start),
            false => (self.pattern.start, self.pattern.end),
        };
        let step = |at: &u32| &walks.steps[*at as usize];
        let rows: Vec<u32> = level.iter().map(|at| step(at).row).collect();
        let mut outer = walks.batch.gather(&rows);
        let nodes = level.iter().map(|at| step(at).node).collect();
        outer.set(start, Column::Entities(nodes));
        let mut fresh: Vec<Step> = Vec::new();
        let mut arrived: FxHashSet<(u32, u32)> = FxHashSet::default();
        for found in execution.lateral(&self.pattern.inner, &outer)? {
            let origins = found.origin.clone().unwrap_or_default();
            for (at, origin) in origins.into_iter().enumerate() {
                let before = level[origin as usize];
                let node = found.column(end).id(at);
                let claims = self.pattern.steps.iter();
                let claims: Vec<Row> = claims.map(|var| found.column(*var).id(at)).collect();
                if node == NONE || !self.may(walks, before, &claims, node, execution) {
                    continue;
                }
                let row = walks.steps[before as usize].row;
                if !self.keeps(walks, (row, node), &mut arrived) {
                    continue;
                }
                let groups = self.pattern.groups.iter();
                fresh.push(Step {
                    before,
                    row,
                    node,
                    claims,
                    groups: groups
                        .map(|(var, _)| found.column(*var).datum(at))
                        .collect(),
                });
            }
        }
        execution.built(fresh.len() as u64)?;
        execution.holds(
            fresh.len() * (64 + self.pattern.steps.len() * 4 + self.pattern.groups.len() * 24),
        )?;
        walks.depth += 1;
        let first = walks.steps.len() as u32;
        walks.steps.extend(fresh);
        walks.level = (first..walks.steps.len() as u32).collect();
        Ok(())
    }

    /// Whether a walk may go on by these claims, given what may come twice.
    fn may(
        &self,
        walks: &Walks,
        before: u32,
        claims: &[Row],
        node: u32,
        execution: &Execution<'_>,
    ) -> bool {
        let mode = self.pattern.repetition.mode;
        if mode == Mode::Walk {
            return true;
        }
        let columns = execution.graph.columns();
        let fresh: FxHashSet<Row> = claims.iter().copied().collect();
        if fresh.len() < claims.len() {
            return false;
        }
        let mut nodes: Vec<u32> = vec![node];
        let mut at = node;
        let inside: Vec<Row> = match self.backwards {
            true => claims.to_vec(),
            false => claims.iter().rev().copied().collect(),
        };
        for claim in inside {
            let (subject, object) = (columns.subject(claim).0, columns.object(claim).0);
            at = if object == at { subject } else { object };
            nodes.push(at);
        }
        nodes.pop();
        let strict = mode != Mode::Trail;
        if strict && nodes.iter().collect::<FxHashSet<_>>().len() < nodes.len() {
            return false;
        }
        let mut next = before;
        while next != NONE {
            let step = &walks.steps[next as usize];
            if mode == Mode::Trail && step.claims.iter().any(|claim| fresh.contains(claim)) {
                return false;
            }
            // A simple walk that has come back to its start is at its end.
            let start = step.before == NONE;
            let last = walks.steps[before as usize].node == step.node;
            if strict && mode == Mode::Simple && start && last && before != next {
                return false;
            }
            if strict && nodes.contains(&step.node) {
                let closes = mode == Mode::Simple && start && step.node == node;
                if !closes || nodes[1..].contains(&step.node) {
                    return false;
                }
            }
            next = step.before;
        }
        true
    }

    /// Whether a walk to a node is worth going on, where only shortest ones are wanted: a walk that
    /// comes later than another to the same place is never part of the one shortest walk.
    fn keeps(
        &self,
        walks: &mut Walks,
        place: (u32, u32),
        arrived: &mut FxHashSet<(u32, u32)>,
    ) -> bool {
        let how = self.pattern.repetition;
        let Some((1, lengths)) = how.shortest else {
            return true;
        };
        if how.least > 1 || matches!(how.mode, Mode::Acyclic | Mode::Simple) {
            return true;
        }
        // `done` holds rows; places are marked in `reached` under a length of their own.
        let key = (place.0, place.1);
        match walks.reached.get(&key) {
            Some(_) if !arrived.contains(&key) => return false,
            _ => {}
        }
        let first = arrived.insert(key);
        first || lengths
    }
}

impl Operator for Repeat<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        let how = self.pattern.repetition;
        loop {
            let Some(mut walks) = self.current.take() else {
                let Some(batch) = self.input.next(execution)? else {
                    return Ok(None);
                };
                execution.passed(&batch)?;
                let mut walks = self.begin(batch);
                if how.least == 0 {
                    let out = self.found(&mut walks, execution);
                    self.current = Some(walks);
                    if out.rows > 0 {
                        return Ok(Some(out));
                    }
                } else {
                    self.current = Some(walks);
                }
                continue;
            };
            if walks.level.is_empty() || how.most.is_some_and(|most| walks.depth >= most) {
                continue;
            }
            self.extend(&mut walks, execution)?;
            let out = match walks.depth >= how.least && !walks.level.is_empty() {
                true => Some(self.found(&mut walks, execution)),
                false => None,
            };
            if how.shortest.is_some() {
                // What was reached once is not entered again.
                for at in &walks.level {
                    let step = &walks.steps[*at as usize];
                    walks
                        .reached
                        .entry((step.row, step.node))
                        .or_insert((0, 0, walks.depth));
                }
            }
            self.current = Some(walks);
            if let Some(out) = out.filter(|out| out.rows > 0) {
                return Ok(Some(out));
            }
        }
    }
}

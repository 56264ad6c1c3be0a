//! Runs a plan that writes, piece by piece: what lies below a writing node runs to its end, then it is
//! written, then what lies above runs on the rows. All of it stays, or nothing.

#![allow(clippy::wildcard_enum_match_arm)] // Only some nodes write.

use crate::algebra::walk::made;
use crate::algebra::{Datum, Expression, Fault, Make, Plan, Update, Write};
use crate::graph::{Graph, GraphView};
use crate::model::{Claim, EntityId};
use crate::run::batch::{Batch, Column, NONE};
use crate::run::evaluate::evaluate;
use crate::run::execution::{Execution, Halt, Limits, Work};
use crate::run::operator::operator;
use crate::run::optional::{joined, whole};
use crate::run::procedure::Procedure;
use crate::run::sort::append;
use crate::run::write;
use std::cell::Cell;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

/// What all pieces of a statement share.
pub struct Statement<'s> {
    /// Makes a plan ready to run, by the statistics of the moment.
    pub prepare: &'s dyn Fn(Plan, &Graph) -> Plan,
    /// Set from outside to stop it.
    pub cancel: Option<&'s AtomicBool>,
    /// How far it may go.
    pub limits: Limits,
    /// When it began, in nanoseconds since 1970.
    pub clock: i128,
    /// What random numbers begin with.
    pub seed: u64,
    /// What it may call.
    pub procedures: &'s [Procedure],
    /// When it began by the clock that its time limit is measured with.
    pub begun: Instant,
    /// What its pieces did so far.
    pub done: Cell<Work>,
}

impl Statement<'_> {
    /// Runs a plan that reads only; gives its rows and what was done.
    pub fn read(
        &self,
        plan: &Plan,
        graph: &(dyn GraphView + Sync),
    ) -> Result<(Vec<Batch>, Work), Halt> {
        let execution = self.execution(plan, graph);
        let rows = execution.run_to_end(plan)?;
        Ok((rows, execution.work()))
    }

    /// Runs a plan in a transaction that has begun; everything is undone where it fails.
    pub fn run(&self, plan: Plan, graph: &mut Graph) -> Result<(Batch, Work), Halt> {
        match self.piece(plan, Batch::unit(), graph) {
            Ok(rows) => Ok((rows, self.done.get())),
            Err(halt) => {
                graph.roll_back();
                Err(halt)
            }
        }
    }

    fn execution<'g>(&self, plan: &Plan, graph: &'g (dyn GraphView + Sync)) -> Execution<'g>
    where
        Self: 'g,
    {
        let execution = Execution::new(graph, plan, operator);
        let mut execution = execution.continued(self.begun, self.done.get());
        execution.cancel = self.cancel;
        execution.limits = self.limits;
        execution.clock = self.clock;
        execution.random.set(self.seed);
        execution.procedures = self.procedures;
        execution
    }

    /// The rows of a plan whose [`Plan::Row`] are those of a batch.
    fn piece(&self, plan: Plan, outer: Batch, graph: &mut Graph) -> Result<Batch, Halt> {
        if !plan.writes() {
            let plan = (self.prepare)(plan, graph);
            return self.rows(&plan, &outer, graph);
        }
        match plan {
            Plan::Write { input, write } => {
                let below = Plan::Row(input.binds());
                let rows = self.piece(*input, outer, graph)?;
                // What it writes may ask plans of its own: they are made ready as all others are.
                let write = Plan::Write {
                    input: Box::new(below),
                    write,
                };
                match (self.prepare)(write, graph) {
                    Plan::Write { write, .. } => self.write(*write, rows, graph),
                    _ => Ok(rows),
                }
            }
            Plan::Apply {
                input,
                inner,
                columns,
            } => {
                let rows = self.piece(*input, outer, graph)?;
                let mut found: Vec<Batch> = Vec::new();
                for row in 0..rows.rows as u32 {
                    let one = rows.gather(&[row]);
                    let mut inner = self.piece((*inner).clone(), one, graph)?;
                    inner.origin = Some(vec![row; inner.rows]);
                    found.push(inner);
                }
                Ok(joined(&rows, whole(found), &columns))
            }
            Plan::Union(inputs) => {
                let mut all: Option<Batch> = None;
                for input in inputs {
                    let rows = self.piece(input, outer.clone(), graph)?;
                    all = Some(match all {
                        None => rows,
                        Some(all) => append(all, rows),
                    });
                }
                Ok(all.unwrap_or_default())
            }
            mut above => {
                let mut rows = outer;
                if let Some(input) = above.inputs_mut().pop() {
                    let begin = Plan::Row(input.binds());
                    rows = self.piece(std::mem::replace(input, begin), rows, graph)?;
                }
                let above = (self.prepare)(above, graph);
                self.rows(&above, &rows, graph)
            }
        }
    }

    fn rows(&self, plan: &Plan, outer: &Batch, graph: &Graph) -> Result<Batch, Halt> {
        let execution = self.execution(plan, graph);
        let mut operator = execution.operator(plan, Some(outer))?;
        let mut batches = Vec::new();
        while let Some(batch) = operator.next(&execution)? {
            execution.passed(&batch)?;
            batches.push(batch);
        }
        self.done.set(execution.work());
        let mut all = whole(batches);
        all.origin = None;
        Ok(all)
    }

    fn evaluate(
        &self,
        expression: &Expression,
        rows: &Batch,
        graph: &Graph,
    ) -> Result<Vec<Datum>, Halt> {
        let execution = self.execution(&Plan::Unit, graph);
        let values = evaluate(expression, rows, &execution)?;
        self.done.set(execution.work());
        Ok(values)
    }

    /// Counts a row that is written; stops the statement where it must end.
    fn step(&self) -> Result<(), Halt> {
        let mut done = self.done.get();
        done.rows += 1;
        self.done.set(done);
        if done.rows > self.limits.rows {
            return Err(Halt::Rows(self.limits.rows));
        }
        if let Some(time) = self.limits.time
            && self.begun.elapsed() > time
        {
            return Err(Halt::Time(time.as_millis() as u64));
        }
        match self.cancel.is_some_and(|flag| flag.load(Relaxed)) {
            true => Err(Halt::Cancelled),
            false => Ok(()),
        }
    }

    fn write(&self, write: Write, mut rows: Batch, graph: &mut Graph) -> Result<Batch, Halt> {
        match write {
            Write::Create(make) => {
                for make in &make {
                    self.make(make, &mut rows, graph, false)?;
                }
            }
            Write::Update(updates) => self.updates(&updates, &rows, graph)?,
            Write::Delete { targets, detach } => {
                let (mut nodes, mut claims) = (Vec::new(), Vec::new());
                for target in &targets {
                    for value in self.evaluate(target, &rows, graph)? {
                        doomed(&value, &mut nodes, &mut claims).map_err(at(target))?;
                    }
                }
                nodes.sort_unstable();
                nodes.dedup();
                let place = targets
                    .first()
                    .unwrap_or(&Expression::And(Vec::new()))
                    .clone();
                write::delete(graph, &nodes, &claims, detach).map_err(at(&place))?;
            }
            Write::Merge {
                inner,
                make,
                on_create,
                on_match,
            } => {
                let mut all: Option<Batch> = None;
                for row in 0..rows.rows as u32 {
                    let mut one = rows.gather(&[row]);
                    let found = self.rows(&inner, &one, graph)?;
                    let merged = match found.rows {
                        0 => {
                            for make in &make {
                                self.make(make, &mut one, graph, true)?;
                            }
                            self.updates(&on_create, &one, graph)?;
                            one
                        }
                        _ => {
                            self.updates(&on_match, &found, graph)?;
                            found
                        }
                    };
                    all = Some(match all {
                        None => merged,
                        Some(all) => append(all, merged),
                    });
                }
                return Ok(all.unwrap_or_default());
            }
        }
        Ok(rows)
    }

    /// Makes a node or a relationship for each row. `merging`: a property without a value would never
    /// be found again, so it is refused.
    fn make(
        &self,
        make: &Make,
        rows: &mut Batch,
        graph: &mut Graph,
        merging: bool,
    ) -> Result<(), Halt> {
        let (Make::Node { properties, .. } | Make::Relationship { properties, .. }) = make;
        let maps = self.evaluate(properties, rows, graph)?;
        if merging {
            for map in &maps {
                if let Datum::Map(entries) = map
                    && let Some((key, _)) = entries.iter().find(|(_, value)| value.is_null())
                {
                    return Err(Fault::new(
                        "SemanticError",
                        "MergeReadOwnWrites",
                        format!("MERGE cannot use the property `{key}`, which is null"),
                    )
                    .help("leave it out, or use CREATE"))
                    .map_err(at(properties))
                    .map_err(Halt::from);
                }
            }
        }
        let column = match make {
            Make::Node { labels, .. } => {
                let mut ids = Vec::with_capacity(maps.len());
                for map in &maps {
                    self.step()?;
                    let properties = write::properties(map).map_err(at(properties))?;
                    ids.push(graph.make_entity(labels.clone(), properties).0);
                }
                Column::Entities(ids)
            }
            Make::Relationship {
                from, to, relation, ..
            } => {
                let mut made = Vec::with_capacity(maps.len());
                for (row, map) in maps.iter().enumerate() {
                    self.step()?;
                    let (from, to) = (rows.column(*from).id(row), rows.column(*to).id(row));
                    if from == NONE || to == NONE {
                        return Err(Fault::new(
                            "SemanticError",
                            "InvalidArgumentValue",
                            "a relationship needs a node at both ends, and one is null",
                        )
                        .help("keep such rows out with WHERE … IS NOT NULL")
                        .into());
                    }
                    let mut claim = Claim::new(EntityId(from), *relation, EntityId(to));
                    for (key, value) in write::properties(map).map_err(at(properties))? {
                        write::assign(graph, &mut claim, &key, Some(value));
                    }
                    write::alias(graph, &mut claim);
                    made.push(graph.make_claim(claim));
                }
                Column::Claims(made)
            }
        };
        rows.set(made(make), column);
        Ok(())
    }

    /// Sets what is to be set, row by row, so that each row sees what the one before did.
    fn updates(&self, updates: &[Update], rows: &Batch, graph: &mut Graph) -> Result<(), Halt> {
        for row in 0..rows.rows as u32 {
            self.step()?;
            let one = rows.gather(&[row]);
            for update in updates {
                self.update(update, &one, graph)?;
            }
        }
        Ok(())
    }

    fn update(&self, update: &Update, row: &Batch, graph: &mut Graph) -> Result<(), Halt> {
        let value = |of: &Expression, graph: &Graph| -> Result<Datum, Halt> {
            let values = self.evaluate(of, row, graph)?;
            Ok(values.into_iter().next().unwrap_or_default())
        };
        match update {
            Update::Property(of, key, to) => {
                let place = at(to);
                let (of, to) = (value(of, graph)?, value(to, graph)?);
                write::set(graph, &of, key, &to).map_err(place)?;
            }
            Update::Replace(of, to) | Update::Add(of, to) => {
                let place = at(to);
                let (of, to) = (value(of, graph)?, value(to, graph)?);
                if of.is_null() {
                    return Ok(());
                }
                let execution = self.execution(&Plan::Unit, graph);
                let entries = match &to {
                    Datum::Null => Vec::new(),
                    to => crate::algebra::functions::graph::entries(&execution.context(), to)?,
                };
                drop(execution);
                if matches!(update, Update::Replace(..)) {
                    write::clear(graph, &of)?;
                }
                for (key, value) in entries {
                    write::set(graph, &of, &key, &value).map_err(&place)?;
                }
            }
            Update::Label(of, labels) => {
                if let Datum::Entity(id) = value(of, graph)? {
                    let mut types = graph.entities().get(id).types.clone();
                    types.extend(labels);
                    graph.set_types(id, types);
                }
            }
            Update::Unlabel(of, labels) => {
                if let Datum::Entity(id) = value(of, graph)? {
                    let mut types = graph.entities().get(id).types.clone();
                    types.retain(|kind| !labels.contains(kind));
                    graph.set_types(id, types);
                }
            }
        }
        Ok(())
    }
}

/// A fault at the place of what was to be written, where that is known.
fn at(expression: &Expression) -> impl Fn(Fault) -> Fault {
    let span = match expression {
        Expression::At(span, _) => Some(*span),
        _ => None,
    };
    move |fault| match span {
        Some(span) => fault.at(span),
        None => fault,
    }
}

/// Nodes and relationships that a value names.
fn doomed(value: &Datum, nodes: &mut Vec<EntityId>, claims: &mut Vec<u32>) -> Result<(), Fault> {
    match value {
        Datum::Null => {}
        Datum::Entity(id) => nodes.push(*id),
        Datum::Claim(row) => claims.push(*row),
        Datum::Path(path) => {
            nodes.extend(&path.entities);
            claims.extend(&path.facts);
        }
        other => {
            return Err(Fault::kind(format!("{} cannot be deleted", other.kind()))
                .help("nodes, relationships and paths can"));
        }
    }
    Ok(())
}

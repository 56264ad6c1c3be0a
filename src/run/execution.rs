//! What an operator is, and what all operators of one run share: the graph, the filters of its facts, limits, the counters
//! that guard complexity, and the way to stop.

use crate::algebra::{Aggregate, Context, Fault, Plan, Var};
use crate::graph::GraphView;
use crate::graph::filter::ClaimFilter;
use crate::run::batch::Batch;
use crate::run::procedure::Procedure;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Why a run ended before its last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It was cancelled from outside.
    Cancelled,
    /// It built more rows than it may.
    Rows(u64),
    /// It took longer than it may, in milliseconds.
    Time(u64),
    /// It kept more bytes than it may.
    Memory(u64),
    /// A value would not do.
    Failed(Box<Fault>),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Halt {
        Halt::Failed(Box::new(fault))
    }
}

impl std::fmt::Display for Halt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Halt::Cancelled => write!(f, "cancelled"),
            Halt::Rows(limit) => write!(f, "this built more than {limit} rows"),
            Halt::Time(limit) => write!(f, "this took more than {limit} ms"),
            Halt::Memory(limit) => write!(f, "this kept more than {} MB", limit >> 20),
            Halt::Failed(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for Halt {}

/// How far a run may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows that all operators together may build.
    pub rows: u64,
    /// Bytes that operators may keep, roughly counted: sorted rows, groups, steps of walks, lists.
    pub bytes: u64,
    /// How long it may take.
    pub time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            rows: 200_000_000,
            bytes: 4 << 30,
            time: None,
        }
    }
}

/// What a run did, counted: the same for the same plan on the same case, whatever the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Neighbours that were looked at.
    pub neighbours: u64,
    /// Rows that operators passed on.
    pub rows: u64,
}

/// Gives batches of rows until there are no more. A batch is never empty.
pub trait Operator {
    /// The next rows.
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt>;
}

/// An operator on the heap.
pub type Boxed<'p> = Box<dyn Operator + 'p>;

/// Makes the operator of a plan; `outer` are the rows that an inner plan begins with.
pub type Make = for<'p> fn(&'p Plan, &Execution<'_>, Option<&Batch>) -> Result<Boxed<'p>, Halt>;

/// What the operators of one run share.
pub struct Execution<'g> {
    /// The graph with all its claims, denied and retracted ones included.
    pub graph: &'g (dyn GraphView + Sync),
    /// Set from outside to stop the run.
    pub cancel: Option<&'g AtomicBool>,
    /// How far it may go.
    pub limits: Limits,
    /// When the statement began, in nanoseconds since 1970.
    pub clock: i128,
    /// The state of the random numbers.
    pub random: Cell<u64>,
    /// The procedures that plans may call, by their place.
    pub procedures: &'g [Procedure],
    make: Make,
    filters: FxHashMap<Var, ClaimFilter>,
    collected: FxHashMap<Var, Vec<Var>>,
    neighbours: Cell<u64>,
    rows: Cell<u64>,
    bytes: Cell<u64>,
    /// When it began, and how often it was asked whether it may go on.
    begun: Instant,
    asked: Cell<u32>,
}

impl<'g> Execution<'g> {
    /// A run of `plan` over a graph with operators made by `make`.
    pub fn new(graph: &'g (dyn GraphView + Sync), plan: &Plan, make: Make) -> Execution<'g> {
        let mut filters = FxHashMap::default();
        let mut collected = FxHashMap::default();
        collect(plan, &mut filters, &mut collected);
        Execution {
            graph,
            cancel: None,
            limits: Limits::default(),
            clock: 0,
            random: Cell::new(0),
            procedures: &[],
            make,
            filters,
            collected,
            neighbours: Cell::new(0),
            rows: Cell::new(0),
            bytes: Cell::new(0),
            begun: Instant::now(),
            asked: Cell::new(0),
        }
    }

    /// The same run as one that began then and has done so much: a statement runs in pieces.
    pub fn continued(mut self, begun: Instant, done: Work) -> Execution<'g> {
        self.begun = begun;
        self.neighbours.set(done.neighbours);
        self.rows.set(done.rows);
        self
    }

    /// What a part of the run needs to go on beside it, on another core.
    pub fn share(&self) -> Share<'g> {
        Share {
            graph: self.graph,
            cancel: self.cancel,
            limits: self.limits,
            clock: self.clock,
            begun: self.begun,
            make: self.make,
        }
    }

    /// The operator of an inner plan.
    pub fn operator<'p>(&self, plan: &'p Plan, outer: Option<&Batch>) -> Result<Boxed<'p>, Halt> {
        (self.make)(plan, self, outer)
    }

    /// All rows of a plan.
    pub fn run_to_end(&self, plan: &Plan) -> Result<Vec<Batch>, Halt> {
        let mut operator = self.operator(plan, None)?;
        let mut batches = Vec::new();
        while let Some(batch) = operator.next(self)? {
            self.passed(&batch)?;
            batches.push(batch);
        }
        Ok(batches)
    }

    /// What functions may look at.
    pub fn context(&self) -> Context<'_> {
        Context {
            graph: self.graph,
            clock: self.clock,
            random: &self.random,
        }
    }

    /// The rows of an inner plan begun from each row of a batch; their origin tells from which.
    pub fn lateral(&self, plan: &Plan, outer: &Batch) -> Result<Vec<Batch>, Halt> {
        let mut batches = Vec::new();
        if plan.row_by_row() {
            let outer = Batch {
                origin: Some((0..outer.rows as u32).collect()),
                ..outer.clone()
            };
            let mut inner = self.operator(plan, Some(&outer))?;
            while let Some(batch) = inner.next(self)? {
                self.passed(&batch)?;
                batches.push(batch);
            }
            return Ok(batches);
        }
        for row in 0..outer.rows as u32 {
            let one = outer.gather(&[row]);
            let mut inner = self.operator(plan, Some(&one))?;
            while let Some(mut batch) = inner.next(self)? {
                self.passed(&batch)?;
                batch.origin = Some(vec![row; batch.rows]);
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    /// Which claims count for the facts of a variable.
    pub fn filter(&self, fact: Var) -> ClaimFilter {
        self.filters.get(&fact).cloned().unwrap_or_default()
    }

    /// The facts that an evidence variable collects, in the order of its tuples.
    pub fn collected(&self, evidence: Var) -> &[Var] {
        self.collected.get(&evidence).map_or(&[], Vec::as_slice)
    }

    /// Counts neighbours that were looked at.
    pub fn visited(&self, neighbours: usize) {
        self.neighbours
            .set(self.neighbours.get() + neighbours as u64);
    }

    /// Counts the rows of a batch that is passed on; stops the run where it must end.
    pub fn passed(&self, batch: &Batch) -> Result<(), Halt> {
        self.built(batch.rows as u64)
    }

    /// Counts rows that were built; stops the run where it must end.
    pub fn built(&self, rows: u64) -> Result<(), Halt> {
        self.rows.set(self.rows.get() + rows);
        if self.rows.get() > self.limits.rows {
            return Err(Halt::Rows(self.limits.rows));
        }
        self.check()
    }

    /// Counts bytes that are kept until the end of an operator; stops the run where it must end.
    pub fn holds(&self, bytes: usize) -> Result<(), Halt> {
        self.bytes.set(self.bytes.get() + bytes as u64);
        match self.bytes.get() > self.limits.bytes {
            true => Err(Halt::Memory(self.limits.bytes)),
            false => self.check(),
        }
    }

    /// Stops the run when it was cancelled, or its time is up.
    pub fn check(&self) -> Result<(), Halt> {
        let asked = self.asked.get().wrapping_add(1);
        self.asked.set(asked);
        // Looking at the clock costs more than most steps.
        if let Some(time) = self.limits.time
            && asked.is_multiple_of(64)
            && self.begun.elapsed() > time
        {
            return Err(Halt::Time(time.as_millis() as u64));
        }
        match self.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            true => Err(Halt::Cancelled),
            false => Ok(()),
        }
    }

    /// What was done so far.
    pub fn work(&self) -> Work {
        Work {
            neighbours: self.neighbours.get(),
            rows: self.rows.get(),
        }
    }
}

/// What the parts of a run on several cores have in common.
#[derive(Clone, Copy)]
pub struct Share<'g> {
    graph: &'g (dyn GraphView + Sync),
    cancel: Option<&'g AtomicBool>,
    limits: Limits,
    clock: i128,
    begun: Instant,
    make: Make,
}

impl<'g> Share<'g> {
    /// A part of the run, which counts for itself what it does.
    pub fn execution(self) -> Execution<'g> {
        Execution {
            cancel: self.cancel,
            limits: self.limits,
            clock: self.clock,
            ..Execution::new(self.graph, &Plan::Unit, self.make)
        }
        .continued(self.begun, Work::default())
    }
}

fn collect(
    plan: &Plan,
    filters: &mut FxHashMap<Var, ClaimFilter>,
    collected: &mut FxHashMap<Var, Vec<Var>>,
) {
    if let Plan::Expand { fact, filter, .. } = plan {
        filters.insert(*fact, filter.clone());
    }
    if let Plan::Group { aggregates, .. } = plan {
        for (var, aggregate) in aggregates {
            if let Aggregate::Collect(facts) = aggregate {
                collected.insert(*var, facts.clone());
            }
        }
    }
    plan.inputs()
        .into_iter()
        .for_each(|input| collect(input, filters, collected));
}

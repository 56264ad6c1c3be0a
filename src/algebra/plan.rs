//! Plan nodes and expressions, each node documented by what happens to its rows. A surface builds the logical nodes
//! (`Match`), the optimiser replaces them by the ones that say how (`Scan`, `Expand`
//! …), and the executor runs either. A pattern says what to match and nothing of the order; it
//! stands here because sets of entities may be plans themselves; expressions stand here because they
//! may ask a plan.

use crate::algebra::datum::Datum;
use crate::algebra::functions::kinds::Function;
use crate::algebra::terms::{
    Aggregate, Evidence, Labels, Operator, Quantifier, Repetition, Route, Test,
};
use crate::algebra::var::Var;
use crate::graph::ClaimFilter;
use crate::model::{EntityId, RelationId, TypeId, Value};
use crate::text::Span;

/// What is done to rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// One row without columns.
    Unit,
    /// The rows of the plan around this one, and what they bind: where an inner plan begins.
    Row(Vec<Var>),
    /// Logical. Each input row once for each way to match the pattern; binds what is not bound.
    Match {
        /// Rows that may bind some variables of the pattern.
        input: Box<Plan>,
        /// What to match.
        pattern: Pattern,
    },
    /// Keeps the rows for which an inner plan, begun from the row, gives a row; or with `negated`
    /// gives none. Binds nothing.
    Keep {
        /// The rows.
        input: Box<Plan>,
        /// What to look for; begins with [`Plan::Row`].
        inner: Box<Plan>,
        /// Keep those without a match: no claim says so.
        negated: bool,
    },
    /// Each input row once for each entity of the set.
    Scan {
        /// The rows.
        input: Box<Plan>,
        /// The variable that gets the entity.
        var: Var,
        /// Which entities.
        set: EntitySet,
    },
    /// Each input row once for each fact from the bound end, with its other end in the set. Where
    /// the other end is bound already, only the facts between the two.
    Expand {
        /// The rows.
        input: Box<Plan>,
        /// The bound end.
        from: Var,
        /// The other end.
        to: Var,
        /// The variable that gets the fact, or with `claims` the claim.
        fact: Var,
        /// By which relations, and which way round as seen from `from`.
        routes: Vec<Route>,
        /// Which claims count.
        filter: ClaimFilter,
        /// What the other end may be.
        set: EntitySet,
        /// A row for each claim, not for each fact.
        claims: bool,
    },
    /// Each visible claim of some relations, and nothing else.
    Claims {
        /// The variable that gets the claim.
        var: Var,
        /// Of which relations, sorted.
        relations: Vec<RelationId>,
        /// Which claims count.
        filter: ClaimFilter,
        /// Of claims that share likelihood and period one is enough, with their number.
        alike: bool,
    },
    /// Each input row once for each walk that repeats an inner pattern from the bound end.
    Repeat {
        /// The rows.
        input: Box<Plan>,
        /// The bound end.
        from: Var,
        /// The other end; where it is bound already, only the walks between the two.
        to: Var,
        /// What is repeated.
        repeat: Box<Repeat>,
        /// What the other end may be.
        set: EntitySet,
        /// The walk runs from the end of the pattern to its start.
        backwards: bool,
    },
    /// Each input row with what an inner plan, begun from it, finds; once without where it finds
    /// nothing.
    Optional {
        /// The rows.
        input: Box<Plan>,
        /// What to look for; begins with [`Plan::Row`].
        inner: Box<Plan>,
    },
    /// Each input row once for each row that an inner plan, begun from it, gives.
    Apply {
        /// The rows.
        input: Box<Plan>,
        /// The inner plan; begins with [`Plan::Row`].
        inner: Box<Plan>,
        /// What is taken of its rows.
        columns: Vec<Var>,
    },
    /// Of the rows that an inner plan gives for each input row, for each pair of ends those with the
    /// shortest paths.
    Pick {
        /// The rows.
        input: Box<Plan>,
        /// The inner plan; begins with [`Plan::Row`].
        inner: Box<Plan>,
        /// The ends.
        ends: Vec<Var>,
        /// The path.
        path: Var,
        /// How many, and whether these are paths or lengths of paths.
        wanted: (u64, bool),
    },
    /// Each input row with computed columns.
    Project {
        /// The rows.
        input: Box<Plan>,
        /// What is computed.
        columns: Vec<(Var, Expression)>,
        /// What is there already stays; otherwise only the computed columns do.
        keep: bool,
    },
    /// The rows without the first, and no more than so many.
    Slice {
        /// The rows.
        input: Box<Plan>,
        /// How many are left out.
        skip: Option<Expression>,
        /// How many are kept.
        limit: Option<Expression>,
    },
    /// Each input row once for each row that a procedure gives.
    Call {
        /// The rows.
        input: Box<Plan>,
        /// The procedure, by its place among those of the run.
        procedure: usize,
        /// Its arguments.
        arguments: Vec<Expression>,
        /// What is taken of its columns, by their place; nothing: the rows stay as they are.
        columns: Vec<(Var, usize)>,
    },
    /// Each input row after something has been written for it.
    Write {
        /// The rows.
        input: Box<Plan>,
        /// What is written.
        write: Box<Write>,
    },
    /// The distinct entities that are reached from a set over steps, as one column; no fact is
    /// kept and no row is built on the way.
    Frontier {
        /// Where it starts.
        start: EntitySet,
        /// The steps.
        steps: Vec<Step>,
        /// The variable that gets the last entities.
        var: Var,
    },
    /// Keeps the rows for which the condition is true.
    Filter {
        /// The rows.
        input: Box<Plan>,
        /// The condition.
        condition: Expression,
    },
    /// Each row once for each item of a list; a row whose list is empty or no value is dropped.
    Unwind {
        /// The rows.
        input: Box<Plan>,
        /// The list.
        list: Expression,
        /// The variable that gets the item.
        var: Var,
        /// The variable that gets the item's place, and the number of the first.
        place: Option<(Var, i64)>,
    },
    /// The rows of all inputs, one after the other. Variables that an input lacks have no value.
    Union(Vec<Plan>),
    /// One row for each distinct combination of the keys, in the order of first appearance; without
    /// keys one row, even of no input.
    Group {
        /// The rows.
        input: Box<Plan>,
        /// What makes a group.
        keys: Vec<Var>,
        /// What is computed of a group.
        aggregates: Vec<(Var, Aggregate)>,
    },
    /// The rows in order; with a limit only the first, and no more than these are kept.
    Sort {
        /// The rows.
        input: Box<Plan>,
        /// By what; ties keep their order.
        keys: Vec<Key>,
        /// How many rows, at most.
        limit: Option<u64>,
    },
    /// The first rows; stops the input early.
    Limit {
        /// The rows.
        input: Box<Plan>,
        /// How many rows, at most.
        count: u64,
    },
    /// One row: how many rows a chain of expansions would give.
    Tally(Tally),
    /// A row for each path between two sets of entities, shortest first.
    Paths(PathSearch),
}

/// What walks are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Where they start.
    pub start: EntitySet,
    /// Their steps.
    pub steps: Vec<TallyStep>,
    /// Only those count that end where they start.
    pub closed: bool,
    /// The variable that gets the number.
    pub var: Var,
}

/// A step of walks that are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct TallyStep {
    /// By which relations, and which way round.
    pub routes: Vec<Route>,
    /// Which claims count.
    pub filter: ClaimFilter,
    /// What it may reach.
    pub set: EntitySet,
    /// Each claim counts, not each fact.
    pub claims: bool,
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// By what.
    pub by: Expression,
    /// Largest first.
    pub descending: bool,
    /// No value stands last whichever way the key runs, as questions want it; otherwise it is the
    /// largest value there is.
    pub missing_last: bool,
}

/// What paths are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PathSearch {
    /// The variable that gets the path.
    pub var: Var,
    /// From one of these …
    pub from: EntitySet,
    /// … to one of these.
    pub to: EntitySet,
    /// By which relations; empty: by any. A step may run either way when `undirected`.
    pub routes: Vec<Route>,
    /// Steps run from subject to object or back.
    pub undirected: bool,
    /// Which claims count.
    pub filter: ClaimFilter,
    /// Entities that no path may touch.
    pub avoiding: Vec<EntityId>,
    /// Longest path, in hops.
    pub within: u32,
    /// Only paths of the shortest length there is.
    pub shortest: bool,
    /// How many paths, at most.
    pub limit: u64,
}

/// Entities joined by facts, all of which must hold at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pattern {
    /// The entities; a variable of an outer plan may appear here too and is then bound already.
    pub nodes: Vec<Node>,
    /// The facts between them.
    pub links: Vec<Link>,
    /// Conditions over the variables of the pattern.
    pub conditions: Vec<Expression>,
    /// Patterns that must not match, from the variables of this one.
    pub absent: Vec<Pattern>,
}

/// An entity of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its variable.
    pub var: Var,
    /// The entities that it may be.
    pub set: EntitySet,
}

/// Which entities.
#[derive(Clone, Debug, PartialEq)]
pub enum EntitySet {
    /// Any entity that is not a mere name.
    Any,
    /// Of this type or one below it.
    Type(TypeId),
    /// These, sorted, each once.
    Ids(Vec<EntityId>),
    /// All that may bear this name, whatever its case; looked up when the plan runs.
    Named(String),
    /// Those of which a property equals a value; looked up when the plan runs.
    Having(String, Value),
    /// Those that a plan of its own gives under a variable: `(top 3 …)`.
    Plan(Box<Plan>, Var),
    /// In all of these sets.
    All(Vec<EntitySet>),
}

impl EntitySet {
    /// Both at once, in the simplest form.
    pub fn and(self, other: EntitySet) -> EntitySet {
        match (self, other) {
            (EntitySet::Any, set) | (set, EntitySet::Any) => set,
            (EntitySet::All(mut sets), EntitySet::All(more)) => {
                sets.extend(more);
                EntitySet::All(sets)
            }
            (EntitySet::All(mut sets), set) | (set, EntitySet::All(mut sets)) => {
                sets.push(set);
                EntitySet::All(sets)
            }
            (a, b) if a == b => a,
            (a, b) => EntitySet::All(vec![a, b]),
        }
    }
}

/// A step from set to set.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// By which relations, and which way round.
    pub routes: Vec<Route>,
    /// Which claims count.
    pub filter: ClaimFilter,
    /// What it may pass, where it is made several times.
    pub through: EntitySet,
    /// What it may reach.
    pub set: EntitySet,
    /// How often it is made, at least (0 or 1) and at most; the ends of all numbers of times are
    /// reached.
    pub times: (u64, Option<u64>),
}

/// A fact of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The variable that gets the fact.
    pub fact: Var,
    /// One end.
    pub from: Var,
    /// The other end.
    pub to: Var,
    /// By which relations, and which way round.
    pub routes: Vec<Route>,
    /// Which claims count.
    pub filter: ClaimFilter,
    /// The variable gets each claim, not each fact.
    pub claims: bool,
    /// The fact is a walk that repeats a pattern; then routes and filter say nothing, and the
    /// variable gets its claims as a list.
    pub repeat: Option<Box<Repeat>>,
}

/// A pattern that is repeated: the claims of a walk, end to end.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// One step, begun with [`Plan::Row`] from `start`, or from `end` where the walk runs backwards.
    pub inner: Plan,
    /// Where a step begins.
    pub start: Var,
    /// Where it ends.
    pub end: Var,
    /// Its claims, from `start` to `end`.
    pub steps: Vec<Var>,
    /// Variables of a step, and those that get the list of their values.
    pub groups: Vec<(Var, Var)>,
    /// The variable that gets all claims of the walk.
    pub trail: Var,
    /// How often, what may come twice, which walks.
    pub repetition: Repetition,
}

/// What is written for a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Nodes and relationships are made, in this order.
    Create(Vec<Make>),
    /// What an inner plan finds, or else what is made.
    Merge {
        /// What to look for; begins with [`Plan::Row`].
        inner: Plan,
        /// What is made where nothing is found.
        make: Vec<Make>,
        /// What is set then.
        on_create: Vec<Update>,
        /// What is set where something is found.
        on_match: Vec<Update>,
    },
    /// Properties and labels are set or taken away.
    Update(Vec<Update>),
    /// Nodes, relationships and paths are deleted.
    Delete {
        /// What.
        targets: Vec<Expression>,
        /// The relationships of a node go with it.
        detach: bool,
    },
}

/// What is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Make {
    /// A node.
    Node {
        /// The variable that gets it.
        var: Var,
        /// Its labels.
        labels: Vec<TypeId>,
        /// Its properties, a map.
        properties: Expression,
    },
    /// A relationship.
    Relationship {
        /// The variable that gets it.
        var: Var,
        /// From where.
        from: Var,
        /// To where.
        to: Var,
        /// Of which type.
        relation: RelationId,
        /// Its properties, a map.
        properties: Expression,
    },
}

/// A change of one node or relationship.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// A property is set; no value takes it away.
    Property(Expression, String, Expression),
    /// All properties are replaced.
    Replace(Expression, Expression),
    /// Properties are added.
    Add(Expression, Expression),
    /// Labels are added.
    Label(Expression, Vec<TypeId>),
    /// Labels are taken away.
    Unlabel(Expression, Vec<TypeId>),
}

/// What is computed of a row. Comparisons with no value give no value, and a filter keeps a row
/// only where its condition is true.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// The value of a variable.
    Var(Var),
    /// A constant.
    Constant(Datum),
    /// A property of an entity as questions read it: `name`, `title`, `types`, or a key.
    Property(Var, String),
    /// Something that the claims behind a row say together.
    Evidence(Var, Evidence),
    /// A number of percent of a fact's best likelihood and so on, before facts are collected.
    OfFact(Var, Evidence),
    /// A test of a value by another as questions make it.
    Test(Test, Box<Expression>, Box<Expression>),
    /// No value.
    IsNull(Box<Expression>),
    /// The entity is of this type or one below it.
    HasType(Var, TypeId),
    /// Not so; no value stays no value.
    Not(Box<Expression>),
    /// All, by three-valued logic.
    And(Vec<Expression>),
    /// Any, by three-valued logic.
    Or(Vec<Expression>),
    /// What stands at a place of the query, which its faults name.
    At(Span, Box<Expression>),
    /// A property of a node, a relationship, a map or a temporal value, as GQL reads it.
    Get(Box<Expression>, String),
    /// A node has labels, a relationship has a type.
    HasLabels(Box<Expression>, Labels),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{a: 1}`
    Map(Vec<(String, Expression)>),
    /// A map of what a node, a relationship or a map has (`None`) and of more.
    MapOf(Box<Expression>, Vec<Option<(String, Expression)>>),
    /// `list[1]`, `map['key']`
    Index(Box<Expression>, Box<Expression>),
    /// `list[1..3]`
    Slice(
        Box<Expression>,
        Option<Box<Expression>>,
        Option<Box<Expression>>,
    ),
    /// `-x`
    Negative(Box<Expression>),
    /// `a + b`
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// The value of the first alternative that is true.
    Case(Vec<(Expression, Expression)>, Box<Expression>),
    /// The first that has a value.
    Coalesce(Vec<Expression>),
    /// `f(a, b)`
    Call(&'static Function, Vec<Expression>),
    /// `[x IN list WHERE … | …]`
    Each(Box<Each>),
    /// `all(x IN list WHERE …)`
    Quantified(Quantifier, Box<Each>),
    /// `reduce(sum = start, x IN list | step)`: sum, start, and the list with its step as value.
    Reduce(Var, Box<Expression>, Box<Each>),
    /// A path: its first node, and claims or lists of claims.
    Path(Box<Expression>, Vec<Expression>),
    /// All claims in these are different.
    Distinct(Vec<Var>),
    /// What a plan, begun from the row, gives.
    Ask(Box<Ask>),
}

/// Something for each item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// The variable that gets the item.
    pub var: Var,
    /// The list.
    pub list: Expression,
    /// Which items.
    pub condition: Option<Expression>,
    /// What becomes of each.
    pub value: Option<Expression>,
}

/// A plan that is asked for each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Begins with [`Plan::Row`].
    pub plan: Plan,
    /// What is wanted of it.
    pub wanted: Wanted,
    /// The variables of the row that it reads.
    pub reads: Vec<Var>,
}

/// What is wanted of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Whether there is a row.
    Exists,
    /// How many rows.
    Count,
    /// The values of a variable, as a list.
    Collect(Var),
    /// The value of a variable in the first row.
    First(Var),
}

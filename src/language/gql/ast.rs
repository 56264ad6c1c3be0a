//! The syntax tree of a GQL query: one tree for the spellings of openCypher and of ISO GQL, with the
//! place of each part. It resolves no variable.

use crate::text::{Span, Spanned};

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// `EXPLAIN`, `PROFILE`, `WHY` or none.
    pub mode: Mode,
    /// What to do.
    pub query: Query,
}

/// What to do with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Mode {
    Run,
    Explain,
    Profile,
    Why,
}

/// Single queries joined by `UNION`.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The first.
    pub first: Single,
    /// The others, each with whether equal rows stay (`UNION ALL`).
    pub unions: Vec<(bool, Single)>,
}

/// Clauses in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Single {
    /// The clauses.
    pub clauses: Vec<Spanned<Clause>>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `MATCH`, `OPTIONAL MATCH`
    Match {
        /// Which claims count, where it is said.
        view: Vec<View>,
        /// A row without a match is kept, with no values.
        optional: bool,
        /// What to match.
        patterns: Vec<Pattern>,
        /// `WHERE`
        condition: Option<Expr>,
    },
    /// `UNWIND list AS x`, `FOR x IN list WITH ORDINALITY n`
    Unwind {
        /// The list.
        list: Expr,
        /// The item.
        variable: Name,
        /// Its place: the variable, and whether it is counted from 1.
        place: Option<(Name, bool)>,
    },
    /// `WITH`
    With(Projection, Option<Expr>),
    /// `RETURN`
    Return(Projection),
    /// `FINISH`
    Finish,
    /// `ORDER BY …`, `OFFSET …`, `LIMIT …` on their own
    Order(Ordering),
    /// `CREATE`, `INSERT`
    Create(Vec<Pattern>),
    /// `MERGE`
    Merge {
        /// What is to be there.
        pattern: Pattern,
        /// When it was there.
        on_match: Vec<SetItem>,
        /// When it was made.
        on_create: Vec<SetItem>,
    },
    /// `SET`
    Set(Vec<SetItem>),
    /// `REMOVE`
    Remove(Vec<RemoveItem>),
    /// `DELETE`, `DETACH DELETE`
    Delete {
        /// The relationships of a node go with it.
        detach: bool,
        /// What is deleted.
        targets: Vec<Expr>,
    },
    /// `CALL procedure(…) YIELD …`
    Call {
        /// The procedure's name with its dots.
        procedure: Name,
        /// `None`: taken from the parameters.
        arguments: Option<Vec<Expr>>,
        /// What is taken of its columns: name and new name.
        yielded: Yield,
        /// `WHERE` behind `YIELD`
        condition: Option<Expr>,
    },
    /// `CALL { … }`
    Subquery(Box<Query>),
    /// `FILTER`
    Filter(Expr),
    /// `LET x = …`
    Let(Vec<(Name, Expr)>),
}

/// A part of a view: which claims count for a MATCH.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// `INCLUDING DENIED`
    IncludingDenied,
    /// `INCLUDING RETRACTED`
    IncludingRetracted,
    /// `EXCLUDING DERIVED`
    ExcludingDerived,
    /// `ONLY DENIED`
    OnlyDenied,
    /// `AS KNOWN ON date`
    KnownOn(Expr),
    /// `AS TRUE ON date`
    TrueOn(Expr),
    /// `AS TRUE BETWEEN date AND date`
    TrueBetween(Expr, Expr),
    /// `AS TRUE SINCE date`
    TrueSince(Expr),
    /// `AS TRUE BEFORE date`
    TrueBefore(Expr),
    /// `AS TRUE AT UNKNOWN TIME`
    TrueUnknown,
    /// `ACCORDING TO a OR b`
    According(Vec<Expr>),
    /// `NOT ACCORDING TO a OR b`
    NotAccording(Vec<Expr>),
    /// `WITHOUT a OR b`
    Without(Vec<Expr>),
}

/// What is taken of a procedure's columns.
#[derive(Clone, Debug, PartialEq)]
pub enum Yield {
    /// Nothing is said.
    Unsaid,
    /// `YIELD *`
    All,
    /// `YIELD -`
    Nothing,
    /// `YIELD a, b AS c`
    Columns(Vec<(Name, Name)>),
}

/// A name and where it stands.
pub type Name = Spanned<String>;

/// `DISTINCT *, a AS b ORDER BY c SKIP 1 LIMIT 2`
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Equal rows are one.
    pub distinct: bool,
    /// All variables so far.
    pub star: bool,
    /// The columns.
    pub items: Vec<Item>,
    /// Order and number of rows.
    pub ordering: Ordering,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its value.
    pub value: Expr,
    /// `AS x`
    pub alias: Option<Name>,
    /// As it was written, which is its name without an alias.
    pub text: String,
}

/// Order and number of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ordering {
    /// By what, and whether descending.
    pub keys: Vec<(Expr, bool)>,
    /// `SKIP`, `OFFSET`
    pub skip: Option<Expr>,
    /// `LIMIT`
    pub limit: Option<Expr>,
}

/// `n.x = 1`, `n = {}`, `n += {}`, `n:Label`
#[derive(Clone, Debug, PartialEq)]
pub enum SetItem {
    /// A property.
    Property(Expr, Name, Expr),
    /// All properties.
    Replace(Name, Expr),
    /// More properties.
    Add(Name, Expr),
    /// Labels.
    Labels(Name, Vec<Name>),
}

/// `n.x`, `n:Label`
#[derive(Clone, Debug, PartialEq)]
pub enum RemoveItem {
    /// A property.
    Property(Expr, Name),
    /// Labels.
    Labels(Name, Vec<Name>),
}

/// A path pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// `p = …`
    pub variable: Option<Name>,
    /// Which paths.
    pub search: Search,
    /// Which paths may repeat what.
    pub mode: PathMode,
    /// Nodes and what lies between them, alternating, a node first and last.
    pub elements: Vec<Element>,
    /// Where it stands.
    pub span: Span,
}

/// Which of the paths that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// All.
    All,
    /// Some, at most so many.
    Any(u64),
    /// `shortestPath(…)`, `ANY SHORTEST`
    AnyShortest,
    /// `allShortestPaths(…)`, `ALL SHORTEST`
    AllShortest,
    /// `SHORTEST k`
    Shortest(u64),
    /// `SHORTEST k GROUPS`
    ShortestGroups(u64),
}

/// What a path may repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathMode {
    /// openCypher: no relationship twice within one MATCH.
    Unsaid,
    /// Anything.
    Walk,
    /// No relationship twice.
    Trail,
    /// No node twice.
    Acyclic,
    /// No node twice, but the first may be the last.
    Simple,
}

/// A piece of a path pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// `(n:Label {key: 1} WHERE …)`
    Node(NodePattern),
    /// `-[r:TYPE*1..3]->`
    Relationship(RelationshipPattern),
    /// `((a)-[r]->(b) WHERE …){1,4}`
    Quantified {
        /// What is repeated.
        elements: Vec<Element>,
        /// What must hold each time.
        condition: Option<Expr>,
        /// How often.
        times: Times,
    },
}

/// From so often to so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// At least.
    pub least: u64,
    /// At most; `None`: without end.
    pub most: Option<u64>,
}

/// A node pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct NodePattern {
    /// Its variable.
    pub variable: Option<Name>,
    /// Its labels.
    pub labels: Option<Labels>,
    /// `{key: value}` or a parameter.
    pub properties: Option<Expr>,
    /// `WHERE` inside.
    pub condition: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A relationship pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationshipPattern {
    /// Its variable; of several hops a list.
    pub variable: Option<Name>,
    /// Its types.
    pub types: Option<Labels>,
    /// `<-`
    pub left: bool,
    /// `->`
    pub right: bool,
    /// `*1..3`: several hops; `None`: one.
    pub times: Option<Times>,
    /// `{key: value}` or a parameter.
    pub properties: Option<Expr>,
    /// `WHERE` inside.
    pub condition: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A label expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// One.
    Is(Name),
    /// `%`: any at all.
    Some,
    /// `!`
    Not(Box<Labels>),
    /// `&`, `:A:B`
    And(Vec<Labels>),
    /// `|`
    Or(Vec<Labels>),
}

/// An expression and where it stands.
pub type Expr = Box<Spanned<Expression>>;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `1`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `'text'`
    Text(String),
    /// `$x`
    Parameter(String),
    /// `x`
    Variable(String),
    /// `[1, 2]`
    List(Vec<Expr>),
    /// `{a: 1}`
    Map(Vec<(Name, Expr)>),
    /// `x.key`
    Property(Expr, Name),
    /// `x[1]`
    Index(Expr, Expr),
    /// `x[1..3]`
    Slice(Expr, Option<Expr>, Option<Expr>),
    /// `x:Label`, `x IS LABELED Label`
    HasLabels(Expr, Labels),
    /// `x IS NULL`
    IsNull(Expr),
    /// `NOT x`, `-x`, `+x`
    Unary(Unary, Expr),
    /// `a + b`
    Binary(Binary, Expr, Expr),
    /// `a < b <= c`: what is compared, and by what.
    Compare(Expr, Vec<(Comparison, Expr)>),
    /// `CASE`
    Case {
        /// What is compared with each `WHEN`.
        subject: Option<Expr>,
        /// `WHEN … THEN …`
        alternatives: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Expr>,
    },
    /// `f(DISTINCT a, b)`
    Call {
        /// The function's name with its dots.
        name: Name,
        /// `DISTINCT`
        distinct: bool,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `count(*)`
    CountRows,
    /// `CAST(x AS INTEGER)`
    Cast(Expr, String),
    /// `[x IN list WHERE … | …]`
    ListComprehension {
        /// The item.
        variable: Name,
        /// The list.
        list: Expr,
        /// Which items.
        condition: Option<Expr>,
        /// What becomes of each.
        value: Option<Expr>,
    },
    /// `[(a)-->(b) WHERE … | …]`
    PatternComprehension(Box<Pattern>, Option<Expr>, Expr),
    /// `all(x IN list WHERE …)`
    Quantifier {
        /// `all`, `any`, `none`, `single`
        quantifier: Quantifier,
        /// The item.
        variable: Name,
        /// The list.
        list: Expr,
        /// What is asked of it.
        condition: Option<Expr>,
    },
    /// `reduce(sum = 0, x IN list | sum + x)`
    Reduce {
        /// What is carried on.
        sum: Name,
        /// Where it begins.
        start: Expr,
        /// The item.
        variable: Name,
        /// The list.
        list: Expr,
        /// What becomes of it with each item.
        step: Expr,
    },
    /// A pattern as a condition, `EXISTS(…)`
    Exists(Box<Pattern>),
    /// `shortestPath(…)` as a value
    Path(Box<Pattern>),
    /// `EXISTS { … }`, `COUNT { … }`, `COLLECT { … }`
    Subquery(Subquery, Box<Query>),
    /// `n {.name, .*, x: 1, y}`
    MapProjection(Name, Vec<Projected>),
}

/// What a subquery is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Subquery {
    Exists,
    Count,
    Collect,
}

/// A part of a map projection.
#[derive(Clone, Debug, PartialEq)]
pub enum Projected {
    /// `.key`
    Key(Name),
    /// `.*`
    All,
    /// `key: value`
    Entry(Name, Expr),
    /// A variable under its own name.
    Variable(Name),
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unary {
    Not,
    Minus,
    Plus,
}

/// An operator between its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Binary {
    Or,
    Xor,
    And,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    In,
    Concatenate,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How many items must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Quantifier {
    All,
    Any,
    None,
    Single,
}

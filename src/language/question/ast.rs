//! The syntax tree of a question: what was written, with the place of each part. It resolves no
//! name and no verb; the same text has the same tree on every case.

use crate::model::{Confidence, PartialDate};
use crate::text::Spanned;

/// One question, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Answer it, or explain how it would be or was answered.
    pub mode: Mode,
    /// What is asked.
    pub body: Spanned<Body>,
    /// Qualifiers that hold for the whole question: before the first comma (`according to NCSC,
    /// who …`) or behind a later one (`who …, in 2014`).
    pub lifted: Vec<Spanned<Qualifier>>,
    /// Conditions on rows, order, limit and grouping.
    pub tail: Tail,
    /// `| csv`, `| dot "apt.dot"`: shape the output only.
    pub pipes: Vec<Spanned<Pipe>>,
}

/// What to do with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Answer it.
    Ask,
    /// Show its reading, its GQL and its plan.
    Explain,
    /// Explain it and run it, with rows and times.
    Profile,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The subject is asked: `who targeted X`, `which groups targeted X and …`, `list groups that
    /// …`, `how many groups targeted X`.
    Subject {
        /// `who`, `what`, or `which` with a noun.
        asked: Spanned<Asked>,
        /// `how many`: the answer is a number.
        count: bool,
        /// What the asked thing did or is; `None` in `list groups`.
        predicate: Option<Spanned<Predicate>>,
    },
    /// The object is asked: `what did APT31 target`, `who was X attributed to`, `which attributions
    /// did China deny`, `how many sectors did APT31 target`.
    Object {
        /// `what`, `who`, or `which` with a noun.
        asked: Spanned<Asked>,
        /// `how many`: the answer is a number.
        count: bool,
        /// Who did it.
        subject: Spanned<Operands>,
        /// What they did: `objects` is `None`; passive: `what was X targeted by`.
        clause: VerbClause,
    },
    /// `did APT31 target UK_Parliament`, `is APT31 a group`.
    YesNo(Fact),
    /// `when did APT31 target UK_Parliament`.
    When(Fact),
    /// `who says [that] APT31 targeted X`, `who denies that …`, `does anyone deny that …`.
    Says {
        /// Which claims are asked for.
        stance: Stance,
        /// `does anyone …`: yes or no, with the claims.
        anyone: bool,
        /// About which fact.
        fact: Fact,
    },
    /// `why …`, `why not …`.
    Why {
        /// `why not`.
        negated: bool,
        /// `why all`: every proof.
        all: bool,
        /// What is to be proved.
        target: WhyTarget,
    },
    /// `which sources matter for FACT`.
    Matter(Fact),
    /// `which attributions are joint`, with `false`: `are conflicting`.
    Accused(bool),
    /// `how is A connected to B`, `shortest path from A to B`, `all paths from A to B`.
    Paths(Paths),
    /// `about APT31`, `what is APT31`, `who is APT31`, `describe APT31`.
    About(Spanned<Operand>),
    /// `timeline of APT31 since 2019`.
    Timeline {
        /// Of what.
        of: Spanned<Operand>,
        /// Time, source and so on.
        qualifiers: Vec<Spanned<Qualifier>>,
    },
    /// `what changed since 2024-01-01`, `what changed between A and B`.
    Changed {
        /// From the state known on this date …
        since: Spanned<DateExpr>,
        /// … to the state known on this one; `None` is now.
        until: Option<Spanned<DateExpr>>,
    },
}

/// The asked thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// `who`
    Who,
    /// `what`
    What,
    /// `which groups`, `list groups`, `how many groups`: the noun as it was written.
    Noun(String),
}

/// Claims for or against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// `says`
    Asserts,
    /// `denies`
    Denies,
}

/// One fact as it is written in `did …`, `when …`, `who says …`, `why …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Who.
    pub subject: Spanned<Operands>,
    /// `not` before the verb: `was X not targeted by Y`.
    pub negated: bool,
    /// Did what.
    pub deed: Deed,
}

/// What a fact says of its subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// A verb with its objects.
    Verb(VerbClause),
    /// `a group`
    IsA(Spanned<String>),
}

/// What `why` is asked of.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyTarget {
    /// A fact, asserted or asked: `why APT31 targeted X`, `why did APT31 target X`.
    Fact(Fact),
    /// `why #1042`
    Claim(u32),
    /// `why 2`: a row of the last answer, from 1.
    Row(u32),
}

/// What is said of the asked thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// One verb with its objects.
    Verb(VerbClause),
    /// `is a wiper`
    IsA(Spanned<String>),
    /// `is undisputed`, `are disputed`
    Status(Status),
    /// `not`, `did not`, `never`, `is not`: no claim says so.
    Not(Box<Spanned<Predicate>>),
    /// All of these. Never nested in another `And` without parentheses in between being needless:
    /// `And` holds at least two parts, none of which is an `And`.
    And(Vec<Spanned<Predicate>>),
    /// Any of these, as `And`.
    Or(Vec<Spanned<Predicate>>),
}

/// The state of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Both asserted and denied.
    Disputed,
    /// Not both.
    Undisputed,
    /// Only denied.
    Denied,
    /// Only asserted.
    Affirmed,
    /// From one independent source only.
    SingleSourced,
    /// Nobody says so at first hand.
    SecondHand,
    /// From two independent sources at least.
    Corroborated,
    /// Given by a rule, and stated by nobody.
    Derived,
}

/// How the verb stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// `targeted X`, `did … target X`
    Active,
    /// `was targeted by X`
    Passive,
    /// be + participle without `by`: `are attributed to China`, `was summoned`, `is located in X`.
    /// With a particle it runs forward, without one it is a passive whose agent is open.
    Be,
}

/// A verb, what goes with it, and its objects.
#[derive(Clone, Debug, PartialEq)]
pub struct VerbClause {
    /// How the verb stands.
    pub voice: Voice,
    /// `almost certainly`, `probably` … as a threshold.
    pub adverb: Option<Spanned<String>>,
    /// The verb as it was written: `targeted`, `attributed`, `attributed-to`.
    pub verb: Spanned<String>,
    /// `to`, `in`, `with` … behind it.
    pub particle: Option<Spanned<String>>,
    /// The objects, or the agents of a passive.
    pub objects: Option<Spanned<Operands>>,
    /// Qualifiers that belong to this verb.
    pub qualifiers: Vec<Spanned<Qualifier>>,
}

/// One or more things joined by one kind of word.
#[derive(Clone, Debug, PartialEq)]
pub enum Operands {
    /// One.
    One(Spanned<Operand>),
    /// `Germany and France`
    All(Vec<Spanned<Operand>>),
    /// `Germany or France`
    Any(Vec<Spanned<Operand>>),
}

/// A thing or a set of things.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// `UK_Parliament`, `"Guccifer 2.0"`: quoted where it has to be.
    Name(String),
    /// `UK_*`: the part before the star.
    Prefix(String),
    /// `~parlament`
    Fuzzy(String),
    /// `$victim`
    Parameter(String),
    /// `#1042`
    Claim(u32),
    /// `_`, `it`, `them`: the last answer.
    Last,
    /// `anyone`, `anything`, `someone`, `something`: any entity.
    Anyone,
    /// `any government`, `a parliament that sanctioned China`, `malware that …`, `the group APT31`.
    Typed {
        /// The noun as it was written.
        noun: Spanned<String>,
        /// Which of them: exactly one clause unless in parentheses.
        that: Option<Box<Spanned<Predicate>>>,
        /// `the group APT31`
        name: Option<Spanned<String>>,
    },
    /// `(which countries sanctioned China)`
    Nested(Box<Question>),
}

/// A restriction on the claims that a verb, or the whole question, rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Qualifier {
    /// When it happened.
    Time(Time),
    /// `as known on D`, `as of D`
    KnownOn(Spanned<DateExpr>),
    /// `as true on D`
    TrueOn(Spanned<DateExpr>),
    /// `according to NCSC or Mandiant`, `not according to X`
    According {
        /// The sources.
        sources: Spanned<Operands>,
        /// `not according to`
        negated: bool,
    },
    /// `without The_Independent`
    Without(Spanned<Operands>),
    /// `without derived`: only what somebody states.
    Stated,
    /// `with likelihood >= 70%`: a comparison of the number; `with likelihood "highly likely"` is at
    /// least the lower bound of the term.
    Likelihood(Comparison, Level),
    /// `with high confidence`: analytic confidence, at least.
    Confidence(Confidence),
    /// `where country.population > 10000000 and …`
    Where(Condition),
}

/// A likelihood to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum Level {
    /// Percent.
    Percent(f32),
    /// A term, `almost certain`, with the scale if one was named.
    Term {
        /// `PHIA`, `ICD203`
        scale: Option<String>,
        /// The term.
        term: String,
    },
}

/// When it happened; every form is a window, by overlap.
#[derive(Clone, Debug, PartialEq)]
pub enum Time {
    /// `in 2021`, `during 2021-03`, `on 2024-03-25`
    In(Spanned<DateExpr>),
    /// `between A and B`, `from A to B`: both included.
    Between(Spanned<DateExpr>, Spanned<DateExpr>),
    /// `since D`: D included, up to now and later.
    Since(Spanned<DateExpr>),
    /// `after D`: D not included.
    After(Spanned<DateExpr>),
    /// `before D`: D not included.
    Before(Spanned<DateExpr>),
    /// `until D`: D included.
    Until(Spanned<DateExpr>),
    /// `in the last 90 days`
    Last(u32, Unit),
}

/// A date as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateExpr {
    /// `2021`, `2021-03`, `March 2021`, `2021-03-25`, `25 March 2021`
    Date(PartialDate),
    /// `today`, `now`
    Today,
    /// `yesterday`
    Yesterday,
    /// `3 days ago`
    Ago(u32, Unit),
    /// `$since`
    Parameter(String),
}

/// A unit of calendar time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// A condition on rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `country.population > 10000000`, `name contains "land"`, `country.name starts with "G"`
    Compare {
        /// `country.population`, `likelihood`: the parts between the dots.
        path: Spanned<Vec<String>>,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Spanned<Literal>,
    },
    /// `population is unknown`, `population is not unknown`
    Unknown {
        /// Of what.
        path: Spanned<Vec<String>>,
        /// `is not unknown`
        negated: bool,
    },
    /// `not (…)`
    Not(Box<Condition>),
    /// At least two parts, none of which is an `And`.
    And(Vec<Condition>),
    /// At least two parts, none of which is an `Or`.
    Or(Vec<Condition>),
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
    Contains,
    StartsWith,
    EndsWith,
}

/// A value that was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `"land"`, or a bare name
    Text(String),
    /// `10000000`, `0.7`
    Number(f64),
    /// `70%`
    Percent(f64),
    /// `2021-03`
    Date(PartialDate),
    /// `true`, `false`
    Bool(bool),
    /// `$x`
    Parameter(String),
}

/// What comes behind the clauses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tail {
    /// `per country`, `per year`, `per source`, `per type`
    pub per: Vec<Spanned<String>>,
    /// `sorted by likelihood descending`
    pub sorted: Vec<SortKey>,
    /// `top 5`, `limit 5`, `first 5`
    pub limit: Option<Spanned<u64>>,
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// `likelihood`, `country.population`
    pub path: Spanned<Vec<String>>,
    /// Largest first.
    pub descending: bool,
}

/// `| csv`, `| dot "apt.dot"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipe {
    /// The format or command.
    pub name: Spanned<String>,
    /// A file to write to.
    pub argument: Option<Spanned<String>>,
}

/// How paths are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// `how is A connected to B`: one shortest path in any direction.
    Connected,
    /// `shortest path from A to B`: one shortest.
    Shortest,
    /// `all shortest paths from A to B`
    AllShortest,
    /// `all paths from A to B within 3 hops`
    All,
}

/// `how is A connected to B within 3 hops via used, attributed-to avoiding Mimikatz`.
#[derive(Clone, Debug, PartialEq)]
pub struct Paths {
    /// Which paths.
    pub kind: PathKind,
    /// From here …
    pub from: Spanned<Operand>,
    /// … to there.
    pub to: Spanned<Operand>,
    /// `within 3 hops`
    pub within: Option<Spanned<u32>>,
    /// `via used, attributed-to`: relations as they were written, with particle if any.
    pub via: Vec<Spanned<String>>,
    /// `avoiding Mimikatz`
    pub avoiding: Option<Spanned<Operands>>,
    /// Time, source, likelihood of every step.
    pub qualifiers: Vec<Spanned<Qualifier>>,
}

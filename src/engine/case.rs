//! A case and the talk about it: what the engine holds, and why a question has no answer.

#![allow(clippy::wildcard_enum_match_arm)] // Most kinds are treated alike.

use crate::algebra::Plan;
use crate::answer::{Answer, Fact};
use crate::engine::cache::Cache;
use crate::engine::kept::Derivations;
use crate::graph::{Applied, Graph, GraphView, Polarities, Row, Seen};
use crate::language::gql::Signature;
use crate::language::question::Context;
use crate::language::question::ast::Pipe;
use crate::language::script::{self, Kind};
use crate::model::Value;
use crate::optimize;
use crate::run::{Halt, Limits, Procedure, Work};
use crate::text::{Diagnostic, Span, Spanned};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// When the founding case was recorded: the day after its article, 2024-03-26T00:00:00Z.
pub const FOUNDED: i64 = 1_711_411_200;

/// The words that every case begins with, as text.
pub const VOCABULARY: &str = include_str!("../../data/vocabulary.who");
/// The founding case as text.
pub const FOUNDING_CASE: &str = include_str!("../../data/uk-china-2024.who");

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The user's mistake.
    Mistake(Box<Diagnostic>),
    /// The run was stopped.
    Halted(Halt),
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Failure {
        Failure::Mistake(Box::new(diagnostic))
    }
}

impl From<Halt> for Failure {
    fn from(halt: Halt) -> Failure {
        match halt {
            Halt::Failed(fault) => {
                let span = fault.span.unwrap_or_default();
                let code = format!("{} {} {}", fault.status(), fault.class, fault.detail);
                let told = Diagnostic::new(fault.message, span).code(code);
                let told = match span.end {
                    0 => told,
                    _ => told.label("while this was computed"),
                };
                Failure::Mistake(Box::new(told.help(fault.help)))
            }
            halt => Failure::Halted(halt),
        }
    }
}

/// How long the parts of an answer took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Text to syntax tree.
    pub parse: Duration,
    /// Syntax tree to optimised algebra.
    pub plan: Duration,
    /// Algebra to rows to answer.
    pub run: Duration,
}

/// An answer with what its question asked of the output.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The answer.
    pub answer: Answer,
    /// `| csv`, `| dot "file.dot"`
    pub pipes: Vec<Spanned<Pipe>>,
    /// How long it took.
    pub timing: Timing,
    /// What it did.
    pub work: Work,
}

/// What a text of statements did.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// What was changed.
    pub applied: Applied,
    /// What deserves a look, with its place in the text.
    pub warnings: Vec<(Span, String)>,
}

/// A case and the talk about it.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    pub(in crate::engine) graph: Graph,
    /// Day, parameters and the last answer, for questions.
    pub context: Context,
    /// Set to stop what runs.
    pub cancel: Arc<AtomicBool>,
    pub(in crate::engine) last: Option<Answer>,
    /// How far a question or a query may go.
    pub limits: Limits,
    /// Plans run as they were written, so that tests can compare.
    pub(in crate::engine) as_written: bool,
    /// Procedures that were given from outside.
    pub(in crate::engine) procedures: Vec<(Signature, Procedure)>,
    /// What rules derive.
    pub(in crate::engine) derivations: Derivations,
    /// Queries that were asked before.
    pub(in crate::engine) cache: Cache,
    /// How many queries have run.
    pub(in crate::engine) statements: u64,
    /// Whether a query has written.
    pub(in crate::engine) wrote: bool,
}

impl Engine {
    /// An empty case. `now` is in seconds since 1970.
    pub fn new(now: i64) -> Engine {
        Engine {
            context: Context {
                now,
                ..Context::default()
            },
            ..Engine::default()
        }
    }

    /// A case that was there before.
    pub fn over(graph: Graph, now: i64) -> Engine {
        Engine {
            graph,
            ..Engine::new(now)
        }
    }

    /// From now on this is the case; what was said of the old one is forgotten.
    pub fn replace_graph(&mut self, graph: Graph) {
        self.graph = graph;
        self.cache.forget();
        self.last = None;
        self.context.last = None;
    }

    /// When the last change was recorded, in seconds since 1970.
    pub fn last_recorded(&self) -> i64 {
        let columns = self.graph.columns();
        columns.transaction_time(columns.last_transaction())
    }

    /// The case.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The case, to put masses of data in.
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// The last answer.
    pub fn last(&self) -> Option<&Answer> {
        self.last.as_ref()
    }

    /// A plan made ready to run.
    pub(in crate::engine) fn prepared(&self, plan: Plan) -> Plan {
        match self.as_written {
            true => optimize::plain(plan, &self.graph),
            false => optimize::optimize(plan, &self.graph),
        }
    }

    /// From now on plans run as they were written: slower, and with the same answers.
    pub fn run_as_written(&mut self) {
        self.cache.forget();
        self.as_written = true;
    }

    /// Whether a text reads as statements, a question or GQL.
    pub fn kind(text: &str) -> Kind {
        script::next(text, 0).map_or(Kind::Question, |item| item.kind)
    }

    /// The claims of a fact, for and against, as they are known now.
    pub(in crate::engine) fn claims_of(&self, fact: Fact, rows: &mut Vec<Row>) {
        let filter = crate::graph::ClaimFilter {
            polarities: Polarities::Both,
            ..Default::default()
        };
        let seen = Seen::new(&self.graph, filter);
        if let Some(fact) = seen.fact(fact.subject, fact.relation, fact.object) {
            seen.claims(fact, rows);
        }
    }

    /// Gives a parameter a value: a number, a date, `true`, or text.
    pub fn set_parameter(&mut self, name: &str, text: &str) {
        let value = match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) => Value::Int(number),
            (Err(_), Ok(number)) if number.is_finite() => Value::Float(number),
            _ => match (text, crate::model::PartialDate::parse(text)) {
                ("true", _) => Value::Bool(true),
                ("false", _) => Value::Bool(false),
                (_, Some(date)) => Value::Date(date),
                (text, None) => Value::Text(text.to_owned()),
            },
        };
        self.context.parameters.insert(name.to_owned(), value);
    }
}

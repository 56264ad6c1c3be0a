//! The whole pipeline on one screen: text in, answers and changes out. It holds the case, the last
//! answer and the parameters; it prints nothing and reads no file.

use crate::algebra::Plan;
use crate::algebra::explain::explain;
use crate::algebra::walk::each_filter;
use crate::answer::{self, Answer, Fact, Ground};
use crate::graph::{Applied, Graph, GraphView, Polarities, Refusal, Row, Seen};
use crate::language::question::ast::{Mode, Pipe, Question};
use crate::language::question::canonical::canonical;
use crate::language::question::{self, Context, Shape};
use crate::language::script::{self, Kind};
use crate::language::{spelling, statement};
use crate::model::{Change, EntityId, TypeId, Value, Vocabulary};
use crate::optimize;
use crate::run::{Halt, Work, start};
use crate::text::{Diagnostic, Span, Spanned, quoted_list};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub mod gql;
pub mod procedures;

/// When the founding case was recorded: the day after its article, 2024-03-26T00:00:00Z.
pub const FOUNDED: i64 = 1_711_411_200;

/// The words that every case begins with, as text.
pub const VOCABULARY: &str = include_str!("../data/vocabulary.who");
/// The founding case as text.
pub const FOUNDING_CASE: &str = include_str!("../data/uk-china-2024.who");

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
    graph: Graph,
    /// Day, parameters and the last answer, for questions.
    pub context: Context,
    /// Set to stop what runs.
    pub cancel: Arc<AtomicBool>,
    last: Option<Answer>,
    /// Plans run as they were written, so that tests can compare.
    as_written: bool,
    /// Procedures that were given from outside.
    procedures: Vec<(crate::language::gql::Signature, crate::run::Procedure)>,
    /// How many queries have run.
    statements: u64,
    /// Whether a query has written.
    wrote: bool,
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

    /// An empty case with the vocabulary that is a part of the program.
    pub fn with_vocabulary(now: i64) -> Engine {
        let mut engine = Engine::new(now);
        // A test loads this text and the founding case and shows what is wrong with them.
        let _ = engine.load(VOCABULARY, FOUNDED);
        engine
    }

    /// The founding case, which is a part of the program.
    pub fn founding(now: i64) -> Engine {
        let mut engine = Engine::with_vocabulary(now);
        let _ = engine.load(FOUNDING_CASE, FOUNDED);
        engine
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

    /// Answers a question: parse, lower, optimise, run.
    pub fn ask(&mut self, text: &str) -> Result<Asked, Failure> {
        self.cancel.store(false, Ordering::Relaxed);
        let begun = Instant::now();
        let question = question::parse(text).map_err(|mistake| self.known_name(mistake))?;
        let parsed = Instant::now();
        let lowered = question::lower(&question, &self.graph, &self.context)?;
        let plan = self.prepared(lowered.plan.clone());
        let planned = Instant::now();
        let timing = |run: Instant| Timing {
            parse: parsed - begun,
            plan: planned - parsed,
            run: run.elapsed(),
        };
        if question.mode == Mode::Explain {
            let answer = self.explained(&question, &lowered, &plan, None);
            return Ok(Asked {
                answer,
                pipes: question.pipes,
                timing: timing(planned),
                work: Work::default(),
            });
        }
        let mut execution = start(&self.graph, &plan);
        execution.cancel = Some(&self.cancel);
        let batches = execution.run_to_end(&plan)?;
        let prepare = |plan: Plan| self.prepared(plan);
        let ground = Ground {
            view: &self.graph,
            execution: &execution,
            prepare: &prepare,
        };
        let mut answer = if let Shape::Row(row) = lowered.shape {
            self.row(row, question.body.span)?
        } else {
            answer::build(&lowered, &batches, &ground)?
        };
        if let Some(limit) = &question.tail.limit {
            answer.keep(limit.node as usize);
        }
        answer.reading = Some(canonical(&question, &self.graph, &self.context).to_string());
        if lowered.dated {
            answer.notes.extend(self.undated(&lowered, &answer)?);
        }
        let (timing, work) = (timing(planned), execution.work());
        if question.mode == Mode::Profile {
            answer = self.explained(
                &question,
                &lowered,
                &plan,
                Some((timing, work, answer.records.len())),
            );
        } else {
            if let Some(entities) = &answer.entities {
                self.context.last = Some(entities.clone());
            }
            self.last = Some(answer.clone());
        }
        Ok(Asked {
            answer,
            pipes: question.pipes,
            timing,
            work,
        })
    }

    /// Two words side by side that are a name of the case are told to be that.
    fn known_name(&self, mistake: Diagnostic) -> Diagnostic {
        let suggested = mistake
            .suggestion
            .as_deref()
            .filter(|text| text.starts_with('"'));
        let name = suggested.map(spelling::unquoted).unwrap_or_default();
        match self.graph.entities().resolve(&name).as_slice() {
            [one] if !name.is_empty() => {
                let handle = spelling::name(self.graph.entities().name(*one));
                mistake
                    .note(format!("together they are a name of `{handle}`"))
                    .suggest(handle)
            }
            _ => mistake,
        }
    }

    fn prepared(&self, plan: Plan) -> Plan {
        match self.as_written {
            true => optimize::plain(plan, &self.graph),
            false => optimize::optimize(plan, &self.graph),
        }
    }

    /// From now on plans run as they were written: slower, and with the same answers.
    pub fn run_as_written(&mut self) {
        self.as_written = true;
    }

    /// Reading, GQL text and plan; what was done and how long it took, if it was run.
    fn explained(
        &self,
        question: &Question,
        lowered: &question::Lowered,
        plan: &Plan,
        ran: Option<(Timing, Work, usize)>,
    ) -> Answer {
        let reading = canonical(question, &self.graph, &self.context).to_string();
        let gql = question::gql::gql(lowered, &self.graph);
        let explain = |plan: &Plan| explain(plan, &lowered.variables, &self.graph);
        let plans: Vec<String> = if let Shape::Verdict { parts, .. } = &lowered.shape {
            parts
                .iter()
                .map(|part| explain(&self.prepared(part.plan.clone())))
                .collect()
        } else {
            vec![explain(plan)]
        };
        let plan = plans.concat();
        let mut text = format!(
            "reading\n  {reading}\ngql\n{}\nplan\n{}",
            indented(&gql),
            indented(&plan)
        );
        let mut record = vec![
            ("reading", json!(reading)),
            ("gql", json!(gql)),
            ("plan", json!(plan)),
        ];
        if let Some((timing, work, rows)) = ran {
            text.push_str(&format!(
                "\nwork\n  {rows} rows in the answer, {} rows built, {} neighbours looked at\ntime\n  \
                 parse {:?}, plan {:?}, run {:?}",
                work.rows, work.neighbours, timing.parse, timing.plan, timing.run
            ));
            record.push(("rows", json!(rows)));
            record.push(("rows_built", json!(work.rows)));
            record.push(("neighbours", json!(work.neighbours)));
            let micros = |duration: Duration| json!(duration.as_micros() as u64);
            record.push(("parse_us", micros(timing.parse)));
            record.push(("plan_us", micros(timing.plan)));
            record.push(("run_us", micros(timing.run)));
        }
        answer::build::text(None, text, record)
    }

    /// What was left out since no date is known: an answer to `in 2021` says so.
    fn undated(
        &self,
        lowered: &question::Lowered,
        answer: &Answer,
    ) -> Result<Vec<String>, Failure> {
        let asked = match lowered.shape {
            Shape::Entities { entity, .. } => entity,
            Shape::Facts(fact) => fact,
            Shape::Count(_)
            | Shape::Groups { .. }
            | Shape::Verdict { .. }
            | Shape::IsA { .. }
            | Shape::When(_)
            | Shape::Says(..)
            | Shape::Why { .. }
            | Shape::Claim(_)
            | Shape::Row(_)
            | Shape::Paths(_)
            | Shape::About(..)
            | Shape::Timeline(..)
            | Shape::Changed(..) => return Ok(Vec::new()),
        };
        let mut plan = lowered.plan.clone();
        each_filter(&mut plan, &mut |filter| {
            if !filter.valid.is_empty() {
                filter.valid = vec![crate::graph::ValidTest::Unknown];
            }
        });
        let plan = self.prepared(plan);
        let mut execution = start(&self.graph, &plan);
        execution.cancel = Some(&self.cancel);
        let batches = execution.run_to_end(&plan)?;
        let mut left: Vec<Row> = answer::build::ids(&batches, asked);
        if let Some(known) = &answer.entities {
            left.retain(|id| !known.contains(&EntityId(*id)));
        }
        let more = answer::wording::counted(left.len(), "more answer");
        Ok(match left.is_empty() {
            true => Vec::new(),
            false => vec![format!(
                "{more} if claims without a date are counted: time unknown"
            )],
        })
    }

    /// What a row of the last answer rests on.
    fn row(&self, row: u32, span: Span) -> Result<Answer, Diagnostic> {
        let Some(last) = &self.last else {
            return Err(Diagnostic::new("there is no last answer yet", span)
                .label("nothing to refer to")
                .help("ask a question first; `why 2` is about row 2 of its answer"));
        };
        let basis = (row as usize)
            .checked_sub(1)
            .and_then(|at| last.basis.get(at));
        let Some(basis) = basis else {
            let count = answer::wording::counted(last.basis.len(), "row");
            return Err(
                Diagnostic::new(format!("the last answer has no row {row}"), span)
                    .label(format!("it has {count}"))
                    .help("rows are counted from 1"),
            );
        };
        let mut rows: Vec<Row> = Vec::new();
        if basis.claims.is_empty() {
            for fact in &basis.facts {
                self.claims_of(*fact, &mut rows);
            }
        } else {
            rows.extend(
                basis
                    .claims
                    .iter()
                    .filter_map(|id| self.graph.columns().row_of(*id)),
            );
        }
        rows.sort_by_key(|row| self.graph.columns().id(*row));
        rows.dedup();
        Ok(answer::claims::answer(&self.graph, &rows))
    }

    /// The claims of a fact, for and against, as they are known now.
    fn claims_of(&self, fact: Fact, rows: &mut Vec<Row>) {
        let filter = crate::graph::ClaimFilter {
            polarities: Polarities::Both,
            ..Default::default()
        };
        let seen = Seen::new(&self.graph, filter);
        if let Some(fact) = seen.fact(fact.subject, fact.relation, fact.object) {
            seen.claims(fact, rows);
        }
    }

    /// Takes statements in, all or none. `recorded` is in seconds since 1970.
    pub fn load(&mut self, text: &str, recorded: i64) -> Result<Loaded, Vec<Diagnostic>> {
        let mut mistakes: Vec<Diagnostic> = Vec::new();
        let mut changes: Vec<Change> = Vec::new();
        let mut places: Vec<Span> = Vec::new();
        let mut lowering = statement::Lowering::new(self.graph.vocabulary().clone(), &self.context);
        let mut at = 0;
        while let Some(item) = script::next(text, at) {
            at = script::behind(text, &item).max(item.span.start + 1);
            let sentence = item.span.of(text);
            let lowered = match item.kind {
                Kind::Statement => {
                    statement::parse(sentence).and_then(|tree| lowering.sentence(&tree))
                }
                Kind::Question | Kind::Gql | Kind::Command => Err(Diagnostic::new(
                    "only statements can be loaded",
                    Span::new(0, sentence.len().min(60)),
                )
                .label("this asks")
                .help("`run` takes scripts of statements and questions")),
            };
            match lowered {
                Ok(more) => {
                    places.resize(places.len() + more.len(), item.span);
                    changes.extend(more);
                }
                Err(mistake) => mistakes.push(mistake.shifted(item.span.start)),
            }
            if mistakes.len() >= 20 {
                break;
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let applied = self.graph.apply(&changes, recorded).map_err(|error| {
            vec![refused(
                error.refusal,
                places.get(error.change).copied().unwrap_or_default(),
            )]
        })?;
        let place = |at: usize| places.get(at).copied().unwrap_or_default();
        let mut warnings: Vec<(Span, String)> = applied
            .warnings
            .iter()
            .map(|(at, warning)| (place(*at), warning.clone()))
            .collect();
        warnings.extend(
            self.odd_ends(&applied)
                .into_iter()
                .map(|warning| (Span::default(), warning)),
        );
        Ok(Loaded { applied, warnings })
    }

    /// New claims whose ends are not of the types that the vocabulary gives.
    fn odd_ends(&self, applied: &Applied) -> Vec<String> {
        let (words, columns) = (self.graph.vocabulary(), self.graph.columns());
        let fits = |id: EntityId, nouns: &[String]| {
            let own: &[TypeId] = &self.graph.entities().get(id).types;
            let kinds: Vec<TypeId> = nouns
                .iter()
                .filter_map(|noun| words.type_named(noun))
                .collect();
            own.is_empty()
                || kinds.is_empty()
                || own
                    .iter()
                    .any(|own| kinds.iter().any(|kind| words.is_a(*own, *kind)))
        };
        let mut found = Vec::new();
        for row in applied.claims.iter().filter_map(|id| columns.row_of(*id)) {
            let declared = words.relation(columns.relation(row));
            if columns.relation(row) == Vocabulary::ALSO_KNOWN_AS {
                continue;
            }
            for (id, nouns) in [
                (columns.subject(row), &declared.from),
                (columns.object(row), &declared.to),
            ] {
                if !fits(id, nouns) {
                    let name = self.graph.entities().name(id);
                    found.push(format!(
                        "#{}: `{}` expects {} here, and `{name}` is none",
                        columns.id(row).0,
                        declared.name,
                        quoted_list(nouns)
                    ));
                }
            }
        }
        found
    }

    /// Whether a text reads as statements, a question or GQL.
    pub fn kind(text: &str) -> Kind {
        script::next(text, 0).map_or(Kind::Question, |item| item.kind)
    }

    /// The whole case as statements.
    pub fn statements(&self) -> String {
        let words = self.graph.vocabulary();
        let print = |change: &Change| statement::print(change, words) + "\n";
        self.graph.changes().iter().map(print).collect()
    }

    /// The claims behind an answer as statements, with the entities that they name.
    pub fn statements_behind(&self, answer: &Answer) -> String {
        let words = self.graph.vocabulary();
        let mut rows: Vec<Row> = Vec::new();
        for basis in &answer.basis {
            rows.extend(
                basis
                    .claims
                    .iter()
                    .filter_map(|id| self.graph.columns().row_of(*id)),
            );
            if basis.claims.is_empty() {
                basis
                    .facts
                    .iter()
                    .for_each(|fact| self.claims_of(*fact, &mut rows));
            }
        }
        rows.sort_by_key(|row| self.graph.columns().id(*row));
        rows.dedup();
        let claims: Vec<_> = rows.iter().map(|row| self.graph.named(*row)).collect();
        let mut names: Vec<String> = Vec::new();
        for claim in &claims {
            let ends = [&claim.subject, &claim.object]
                .into_iter()
                .chain(&claim.sources)
                .chain(&claim.via);
            names.extend(ends.cloned());
        }
        names.sort_unstable();
        names.dedup();
        let entities = self
            .graph
            .changes()
            .into_iter()
            .filter(|change| match change {
                Change::Entity { name, .. } => names.contains(name),
                Change::Property { entity, .. } | Change::ExternalId { entity, .. } => {
                    names.contains(entity)
                }
                Change::DeclareType(_)
                | Change::DeclareRelation(_)
                | Change::Assert(_)
                | Change::Retract { .. } => false,
            });
        let claims = claims
            .into_iter()
            .map(|claim| Change::Assert(Box::new(claim)));
        entities
            .chain(claims)
            .map(|change| statement::print(&change, words) + "\n")
            .collect()
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

fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A refused change as a mistake in the text.
fn refused(refusal: Refusal, span: Span) -> Diagnostic {
    let said = Diagnostic::new(refusal.to_string(), span);
    match refusal {
        Refusal::Ambiguous { candidates, .. } => {
            let candidates: Vec<String> =
                candidates.iter().map(|name| spelling::name(name)).collect();
            said.label("ambiguous name")
                .note(format!("it may be {}", quoted_list(&candidates)))
                .help("write the one that is meant")
        }
        Refusal::NoSuchClaim(_) => said
            .label("unknown number")
            .help("`about NAME` and `why …` show the numbers of claims"),
        Refusal::NothingToRetract => said
            .label("nothing to take back")
            .help("every field must be the same; `retract #12` names a claim by its number"),
        Refusal::Full => said.label("no room left").help("split the case"),
    }
}

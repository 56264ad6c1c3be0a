//! The pipeline of questions on one screen: text in, answers out. It prints nothing and changes no
//! case.

use crate::algebra::Plan;
use crate::algebra::explain::explain;
use crate::algebra::walk::each_filter;
use crate::answer::{self, Answer, Fact, Ground};
use crate::engine::case::{Asked, Engine, Failure, Timing};
use crate::graph::{ClaimFilter, Graph, GraphView, Row};
use crate::language::question::ast::{Mode, Question};
use crate::language::question::canonical::canonical;
use crate::language::question::{self, Shape};
use crate::language::spelling;
use crate::model::EntityId;
use crate::run::{Work, start};
use crate::text::{Diagnostic, Span};
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

impl Engine {
    /// Answers a question: parse, lower, optimise, run.
    pub fn ask(&mut self, text: &str) -> Result<Asked, Failure> {
        self.cancel.store(false, Ordering::Relaxed);
        let begun = Instant::now();
        let question = question::parse(text).map_err(|mistake| self.known_name(mistake))?;
        let parsed = Instant::now();
        let lowered = question::lower(&question, &self.graph, &self.context)?;
        if let Some(at) = self.known_otherwise(&lowered.plan) {
            return self.as_merged_at(at, |engine| engine.ask(text)).0;
        }
        self.derive(&lowered.plan)?;
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
        let (mut answer, work, filter) = self.built(&lowered, &plan)?;
        if let Shape::Row(row) = lowered.shape {
            answer = self.row(row, question.body.span)?;
        }
        if let Some(told) = self.why(&lowered.shape, &filter)? {
            answer = told;
        }
        if let Shape::Matter(_, ends) = &lowered.shape {
            answer = self.matter(*ends, &filter)?;
        }
        if let Shape::Accused(joint) = &lowered.shape {
            answer = self.accused(*joint);
        }
        if let Some(limit) = &question.tail.limit {
            answer.keep(limit.node as usize);
        }
        answer.reading = Some(canonical(&question, &self.graph, &self.context).to_string());
        if lowered.dated {
            answer.notes.extend(self.undated(&lowered, &answer)?);
        }
        let timing = timing(planned);
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

    /// The day as of which a plan looks at the case, where other entities were one then than are now.
    pub(in crate::engine) fn known_otherwise(&self, plan: &Plan) -> Option<i64> {
        if self.graph.merges().is_empty() {
            return None;
        }
        let mut days: Vec<i64> = Vec::new();
        each_filter(&mut plan.clone(), &mut |filter| {
            days.extend(filter.known_at)
        });
        let day = days.first().copied()?;
        self.graph.merged_otherwise(day).then_some(day)
    }

    /// Does something with the case in which those entities are one that were held to be one then; gives
    /// that case as well.
    pub(in crate::engine) fn as_merged_at<T>(
        &mut self,
        known_at: i64,
        work: impl FnOnce(&mut Engine) -> T,
    ) -> (T, Graph) {
        let mut then = self.graph.merged_at(known_at);
        then.forget_derived();
        let now = std::mem::replace(&mut self.graph, then);
        // What follows from who was who then follows for that case only.
        let derivations = std::mem::take(&mut self.derivations);
        self.cache.forget();
        let done = work(self);
        self.derivations = derivations;
        let then = std::mem::replace(&mut self.graph, now);
        self.cache.forget();
        (done, then)
    }

    /// The answer of a plan that is ready, what was done, and the filter of the fact that `why` asks of.
    fn built(
        &self,
        lowered: &question::Lowered,
        plan: &Plan,
    ) -> Result<(Answer, Work, ClaimFilter), Failure> {
        let mut execution = start(&self.graph, plan);
        execution.cancel = Some(&self.cancel);
        execution.limits = self.limits;
        let batches = execution.run_to_end(plan)?;
        let prepare = |plan: Plan| self.prepared(plan);
        let ground = Ground {
            view: &self.graph,
            execution: &execution,
            prepare: &prepare,
        };
        let answer = answer::build(lowered, &batches, &ground)?;
        let filter = if let Shape::Why { fact, .. } | Shape::Matter(fact, _) = &lowered.shape {
            execution.filter(*fact)
        } else {
            lowered.base.clone()
        };
        Ok((answer, execution.work(), filter))
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
            | Shape::Matter(..)
            | Shape::Accused(_)
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
        execution.limits = self.limits;
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
    fn row(&mut self, row: u32, span: Span) -> Result<Answer, Failure> {
        let Some(last) = &self.last else {
            let none = Diagnostic::new("there is no last answer yet", span)
                .label("nothing to refer to")
                .help("ask a question first; `why 2` is about row 2 of its answer");
            return Err(none.into());
        };
        let basis = (row as usize)
            .checked_sub(1)
            .and_then(|at| last.basis.get(at));
        let Some(basis) = basis else {
            let count = answer::wording::counted(last.basis.len(), "row");
            let none = Diagnostic::new(format!("the last answer has no row {row}"), span)
                .label(format!("it has {count}"))
                .help("rows are counted from 1");
            return Err(none.into());
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
        let derived: Vec<Fact> = rows
            .iter()
            .filter(|row| self.graph.columns().is_derived(**row))
            .map(|row| answer::wording::fact_of(&self.graph, *row))
            .collect();
        rows.retain(|row| !self.graph.columns().is_derived(*row));
        let answer = answer::claims::answer(&self.graph, &rows);
        self.with_proofs(answer, derived)
    }
}

fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

//! The pipeline of GQL: text in, rows and changes out. A query that writes is one transaction.

use crate::algebra::explain::explain;
use crate::algebra::{Datum, Plan, Var};
use crate::answer::{self, Answer};
use crate::engine::cache::{Read, Ready, State};
use crate::engine::case::{Engine, Failure, Timing};
use crate::graph::{ClaimFilter, Graph, GraphView, Row};
use crate::language::gql::{self, Ground, Signature, ast};
use crate::optimize;
use crate::run::{Batch, Column, Procedure, Statement, Work};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// What a query gave.
#[derive(Clone, Debug, Default)]
pub struct Queried {
    /// The names of its columns; none where it returns nothing.
    pub columns: Vec<String>,
    /// A value for each column, a row at a time.
    pub rows: Vec<Vec<Datum>>,
    /// The plan, where only it was asked for, or with what was done.
    pub explained: Option<String>,
    /// What changed in the case.
    pub changed: Changed,
    /// How long it took.
    pub timing: Timing,
    /// What it did.
    pub work: Work,
}

/// How many entities and claims there are more, or fewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Whether the query writes at all.
    pub writes: bool,
    /// Entities made.
    pub entities: usize,
    /// Claims made.
    pub claims: usize,
}

impl Engine {
    /// Gives a procedure for queries to call; one of the same name is replaced.
    pub fn provide(&mut self, signature: Signature, procedure: Procedure) {
        let known = self
            .procedures
            .iter()
            .position(|(known, _)| known.name == signature.name);
        if let Some(at) = known {
            self.procedures.remove(at);
        }
        self.cache.forget();
        self.procedures.push((signature, procedure));
    }

    /// Runs a query: parse, check, lower, optimise, run. A query that fails changes nothing.
    pub fn gql(&mut self, text: &str, parameters: &[(String, Datum)]) -> Result<Queried, Failure> {
        self.cancel.store(false, Ordering::Relaxed);
        let begun = Instant::now();
        let mut known = self.procedures.clone();
        known.extend(crate::engine::procedures::built_in());
        let (signatures, procedures): (Vec<Signature>, Vec<Procedure>) = known.into_iter().unzip();
        let read = match self.cache.read(text) {
            Some(read) => read,
            None => {
                let program = gql::parse(text)?;
                gql::check(&program, &signatures)?;
                let words = gql::words(&program);
                let read = Arc::new(Read { program, words });
                self.cache.keep(text, &read);
                read
            }
        };
        let parsed = Instant::now();
        let (program, (labels, types)) = (&read.program, &read.words);
        let filter = ClaimFilter::default();
        self.statements += 1;
        let as_written = self.as_written;
        let prepare = move |plan: Plan, graph: &Graph| match as_written {
            true => optimize::plain(plan, graph),
            false => optimize::optimize(plan, graph),
        };
        let clock = i128::from(self.context.now) * 1_000_000_000;
        let cancel = self.cancel.clone();
        let statement = Statement {
            prepare: &prepare,
            cancel: Some(&cancel),
            limits: self.limits,
            clock,
            seed: self.context.now as u64 ^ (self.statements << 32),
            procedures: &procedures,
            begun,
            done: Cell::default(),
        };
        let mut given: Vec<(String, Datum)> = parameters.to_vec();
        for (name, value) in &self.context.parameters {
            if !given.iter().any(|(known, _)| known == name) {
                given.push((name.clone(), Datum::from(value.clone())));
            }
        }
        let writes = gql::writes(program);
        let before = (self.graph.entities().len(), self.graph.columns().len());
        if writes {
            self.graph.begin(self.context.now);
            self.graph.declare(labels, types);
        }
        let state = State::of(&self.graph);
        // What rules derive is there before a query that is known is run again.
        if !self.heads().is_empty() && !self.derived_for(state) {
            self.cache.forget_ready();
        }
        // What a plan is made of: a text without parameters, and the case as it is.
        let plain = !writes && given.is_empty() && program.mode == ast::Mode::Run;
        if plain && let Some(ready) = self.cache.ready(text, state) {
            let planned = Instant::now();
            let (batches, work) = statement.read(&ready.plan, &self.graph)?;
            let timing = Timing {
                parse: parsed - begun,
                plan: planned - parsed,
                run: planned.elapsed(),
            };
            return Ok(Queried {
                columns: ready.columns.iter().map(|(name, _)| name.clone()).collect(),
                rows: rows_of(&batches, &ready.columns),
                timing,
                work,
                ..Queried::default()
            });
        }
        let ground = Ground {
            view: &self.graph,
            parameters: &given,
            procedures: &signatures,
            filter: &filter,
        };
        let lowered = match gql::lower(program, ground) {
            Ok(lowered) => lowered,
            Err(mistake) => {
                if writes {
                    self.graph.roll_back();
                }
                return Err(mistake.into());
            }
        };
        if !writes && let Some(at) = self.known_otherwise(&lowered.plan) {
            let (queried, then) = self.as_merged_at(at, |engine| engine.gql(text, parameters));
            let mut queried = queried?;
            let claim = |row: Row| {
                let now = self.graph.columns().row_of(then.columns().id(row));
                now.unwrap_or(Row::MAX)
            };
            let values = queried.rows.iter_mut().flatten();
            values.for_each(|value| value.each_row(&mut |row| *row = claim(*row)));
            return Ok(queried);
        }
        let timing = |planned: Instant| Timing {
            parse: parsed - begun,
            plan: planned - parsed,
            run: planned.elapsed(),
        };
        if let Err(stopped) = self.derive(&lowered.plan) {
            if writes {
                self.graph.roll_back();
            }
            return Err(stopped);
        }
        let planned = Instant::now();
        let columns: Vec<String> = lowered
            .columns
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        if program.mode == ast::Mode::Explain {
            let plan = prepare(lowered.plan, &self.graph);
            let explained = explain(&plan, &lowered.variables, &self.graph);
            if writes {
                self.graph.roll_back();
            }
            return Ok(Queried {
                explained: Some(explained),
                timing: timing(planned),
                ..Queried::default()
            });
        }
        let ran: Result<(Vec<Batch>, Work), _> = if writes {
            let ran = statement.run(lowered.plan.clone(), &mut self.graph);
            ran.map(|(batch, work)| (vec![batch], work))
        } else {
            let plan = prepare(lowered.plan.clone(), &self.graph);
            let ready = Arc::new(Ready {
                plan,
                columns: lowered.columns.clone(),
            });
            if plain {
                self.cache.keep_ready(text, state, &ready);
            }
            statement.read(&ready.plan, &self.graph)
        };
        let (batches, work) = ran?;
        self.wrote |= writes;
        let (mut columns, mut rows) = (columns, rows_of(&batches, &lowered.columns));
        if program.mode == ast::Mode::Why {
            self.reasoned(&mut columns, &mut rows)?;
        }
        let changed = Changed {
            writes,
            entities: self.graph.entities().len() - before.0,
            claims: self.graph.columns().len() - before.1 - self.graph.kept(),
        };
        let explained = (program.mode == ast::Mode::Profile).then(|| {
            let plan = prepare(lowered.plan, &self.graph);
            let plan = explain(&plan, &lowered.variables, &self.graph);
            let timing = timing(planned);
            format!(
                "{plan}work\n  {} rows in the answer, {} rows built, {} neighbours looked at\ntime\n  \
                 parse {:?}, plan {:?}, run {:?}",
                rows.len(),
                work.rows,
                work.neighbours,
                timing.parse,
                timing.plan,
                timing.run
            )
        });
        Ok(Queried {
            columns,
            rows,
            explained,
            changed,
            timing: timing(planned),
            work,
        })
    }

    /// Whether a text is a query that writes; one that ran before is not read again for that.
    pub fn would_write(&self, text: &str) -> bool {
        match self.cache.read(text) {
            Some(read) => gql::writes(&read.program),
            None => Engine::writes(text),
        }
    }

    /// Whether a text is a query that writes.
    pub fn writes(text: &str) -> bool {
        gql::parse(text).is_ok_and(|program| gql::writes(&program))
    }

    /// Whether a query has changed the case.
    pub fn wrote(&self) -> bool {
        self.wrote
    }

    /// The statement that wrote is over: what it deleted is history. Rows of its answer hold until then.
    pub fn conclude(&mut self) {
        self.graph.commit();
    }

    /// Runs a query and tells it as an answer.
    pub fn gql_answer(&mut self, text: &str) -> Result<(Answer, Queried), Failure> {
        let queried = self.gql(text, &[])?;
        let mut answer = match &queried.explained {
            Some(plan) => {
                let record = vec![("plan", serde_json::json!(plan))];
                answer::build::text(None, plan.trim_end().to_owned(), record)
            }
            None => answer::gql::answer(&self.graph, &queried.columns, &queried.rows),
        };
        if queried.changed.writes {
            let made = [
                (queried.changed.entities, "entity made", "entities made"),
                (queried.changed.claims, "claim made", "claims made"),
            ];
            let told: Vec<String> = made
                .iter()
                .filter(|(count, ..)| *count > 0)
                .map(|(count, one, many)| {
                    format!("{count} {}", if *count == 1 { one } else { many })
                })
                .collect();
            if !told.is_empty() {
                answer.notes.push(told.join(", "));
            }
        }
        self.conclude();
        if let Some(entities) = &answer.entities {
            self.context.last = Some(entities.clone());
        }
        self.last = Some(answer.clone());
        Ok((answer, queried))
    }

    /// The value of a literal of the language, without the graph.
    pub fn literal(&mut self, text: &str) -> Result<Datum, Failure> {
        let queried = self.gql(&format!("RETURN {text} AS value"), &[])?;
        let value = queried.rows.into_iter().flatten().next();
        Ok(value.unwrap_or_default())
    }
}

/// The values of columns, a row at a time.
fn rows_of(batches: &[Batch], columns: &[(String, Var)]) -> Vec<Vec<Datum>> {
    let mut rows = Vec::new();
    if columns.is_empty() {
        return rows;
    }
    for batch in batches {
        let own: Vec<&Column> = columns.iter().map(|(_, var)| batch.column(*var)).collect();
        for row in 0..batch.rows {
            rows.push(own.iter().map(|column| column.datum(row)).collect());
        }
    }
    rows
}

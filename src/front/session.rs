//! A talk with a case: the engine, the chosen format, the clock of whoever opened it. The prompt,
//! the batch and the commands all go through here.

use crate::answer::wording::counted;
use crate::engine::{Engine, Failure, Timing};
use crate::front::output::{Delivery, Screen};
use crate::graph::Applied;
use crate::run::Work;
use crate::text::Diagnostic;

/// A talk with a case.
#[derive(Debug)]
pub struct Session {
    /// The case.
    pub engine: Engine,
    /// How answers are written.
    pub format: String,
    /// Whether times are told.
    pub timer: bool,
    /// Where answers go.
    pub screen: Screen,
    /// Gives now, in seconds since 1970.
    pub clock: fn() -> i64,
    /// Runs a script from a file, for the command that reads one.
    pub reader: Reader,
    /// Whether the talk is over.
    pub over: bool,
}

/// Runs a script from a file.
pub type Reader = fn(&mut Session, &str) -> Result<Delivery, Failure>;

impl Session {
    /// A talk with a case.
    pub fn new(
        engine: Engine,
        format: &str,
        screen: Screen,
        clock: fn() -> i64,
        reader: Reader,
    ) -> Session {
        Session {
            engine,
            format: format.to_owned(),
            timer: false,
            screen,
            clock,
            reader,
            over: false,
        }
    }
}

/// The first of several mistakes; how many more there are stands in a note.
pub fn first(mistakes: Vec<Diagnostic>) -> Failure {
    let more = mistakes.len().saturating_sub(1);
    match mistakes.into_iter().next() {
        None => Diagnostic::without_span("nothing was said").into(),
        Some(mistake) if more > 0 => mistake
            .note(format!("and {} more", counted(more, "mistake")))
            .into(),
        Some(mistake) => mistake.into(),
    }
}

/// What a text of statements did, in one line.
pub fn summary(applied: &Applied) -> String {
    if applied.is_nothing() {
        return match applied.known {
            0 => "nothing new".to_owned(),
            known => format!("nothing new: {} known already", counted(known, "claim")),
        };
    }
    let mut parts = Vec::new();
    let mut add = |count: usize, noun: &str, word: &str| {
        if count > 0 {
            parts.push(format!("{}{word}", counted(count, noun)));
        }
    };
    add(applied.claims.len(), "new claim", "");
    add(applied.entities.len(), "new entity", "");
    add(applied.retracted, "claim", " retracted");
    add(applied.known, "claim", " known already");
    if parts.is_empty() {
        parts.push(format!(
            "{} described further",
            counted(applied.enriched, "thing")
        ));
    }
    parts.join(", ")
}

/// The times of an answer in one line.
pub fn timing_line(timing: Timing, work: Work) -> String {
    format!(
        "parse {:?} · plan {:?} · run {:?} · {} neighbours, {} rows",
        timing.parse, timing.plan, timing.run, work.neighbours, work.rows
    )
}

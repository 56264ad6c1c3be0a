//! A talk with a case: the engine, the chosen format, the clock of whoever opened it. The prompt,
//! the batch and the commands all go through here.

use crate::answer::wording::counted;
use crate::engine::{Engine, Failure, Timing};
use crate::front::case::Case;
use crate::front::output::{Delivery, Screen};
use crate::graph::{Applied, Graph};
use crate::model::PageFault;
use crate::run::Work;
use crate::text::Diagnostic;

/// A talk with a case.
#[derive(Debug)]
pub struct Session {
    /// The case.
    pub engine: Engine,
    /// Where it is kept.
    pub case: Case,
    /// The transaction under way, if one was begun.
    transaction: Option<Transaction>,
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

/// A transaction under way.
#[derive(Debug)]
struct Transaction {
    /// The case before it, where no file has it.
    before: Option<Graph>,
    /// When it was begun: what is recorded in it is recorded then.
    begun: i64,
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
            case: Case::Memory,
            transaction: None,
            format: format.to_owned(),
            timer: false,
            screen,
            clock,
            reader,
            over: false,
        }
    }

    /// The same, kept in a case file or a text.
    pub fn keep_in(mut self, case: Case) -> Session {
        self.case = case;
        self
    }

    /// When what is done now is recorded, in seconds since 1970: never before what was recorded last,
    /// even if the clock was set back.
    pub fn now(&self) -> i64 {
        let clock = match &self.transaction {
            Some(transaction) => transaction.begun,
            None => (self.clock)(),
        };
        clock.max(self.engine.last_recorded())
    }

    /// Does something that may write, and writes down what it did, unless a transaction is under way.
    pub fn writing<T>(&mut self, write: impl FnOnce(&mut Engine, i64) -> T) -> Result<T, Failure> {
        self.recording(None, write)
    }

    /// The same, recorded at a time that may lie before now.
    pub fn recording<T>(
        &mut self,
        recorded: Option<i64>,
        write: impl FnOnce(&mut Engine, i64) -> T,
    ) -> Result<T, Failure> {
        self.case.claim(&mut self.engine)?;
        // What a file that fails left half done is given up for what is in the file.
        let done = PageFault::caught(|| {
            let now = recorded.unwrap_or_else(|| self.now());
            write(&mut self.engine, now)
        });
        let done = match done {
            Ok(done) => done,
            Err(fault) => {
                self.case.reload(&mut self.engine)?;
                return Err(unreadable(&fault));
            }
        };
        if self.transaction.is_none() {
            self.case.keep(&mut self.engine)?;
        }
        Ok(done)
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<(), Failure> {
        if self.transaction.is_some() {
            return Err(
                Diagnostic::without_span("a transaction is under way already")
                    .help("`.commit` keeps what was done in it, `.rollback` undoes it")
                    .into(),
            );
        }
        self.case.claim(&mut self.engine)?;
        let before = match &self.case {
            Case::File(_) => None,
            Case::Memory | Case::Text(_) => Some(self.engine.graph().clone()),
        };
        self.transaction = Some(Transaction {
            before,
            begun: (self.clock)(),
        });
        Ok(())
    }

    /// Whether a transaction is under way.
    pub fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Keeps what was done in the transaction; how many claims the case has more.
    pub fn commit(&mut self) -> Result<(), Failure> {
        self.end()?;
        self.case.keep(&mut self.engine)
    }

    /// Undoes what was done in the transaction.
    pub fn roll_back(&mut self) -> Result<(), Failure> {
        match self.end()?.before {
            Some(before) => {
                self.engine.replace_graph(before);
                Ok(())
            }
            None => self.case.reload(&mut self.engine),
        }
    }

    fn end(&mut self) -> Result<Transaction, Failure> {
        self.transaction.take().ok_or_else(|| {
            Diagnostic::without_span("no transaction is under way")
                .help("`.begin` begins one")
                .into()
        })
    }

    /// The work is over: what is under way is undone, what is kept in a text is written.
    pub fn finish(&mut self) -> Result<(), Failure> {
        if self.transaction.is_some() {
            self.roll_back()?;
        }
        self.case.finish(&mut self.engine).map_err(Failure::from)
    }

    /// Behind this the process ends: the memory of a case goes back to the system as it is, which is quicker
    /// than to take the graph apart. A case file is closed as ever, since others will open it.
    pub fn leave(self) {
        if !matches!(self.case, Case::File(_)) {
            std::mem::forget(self.engine);
        }
    }
}

/// Does something that reads the case; a file that fails while it is read is a mistake like others.
pub fn reading<T>(read: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    PageFault::caught(read).unwrap_or_else(|fault| Err(unreadable(&fault)))
}

/// A page that cannot be read, for the owner of the file.
pub fn unreadable(fault: &PageFault) -> Failure {
    Diagnostic::without_span("the case file cannot be read further")
        .label(fault.to_string())
        .help(
            "`whodunit check FILE` says all that is wrong; the journal may be sound: \
             `whodunit repair FILE NEW`",
        )
        .into()
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
    add(applied.merged, "merge", "");
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

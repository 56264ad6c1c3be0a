//! Scripts: statements, questions and commands from a text, one after the other. Statements that
//! follow each other go in together, all or none.

use crate::engine::Failure;
use crate::front::output::{Delivery, message, warning};
use crate::front::session::{Session, reading};
use crate::front::source::{Source, read};
use crate::front::talk;
use crate::language::script::{self, Item, Kind};
use crate::run::Halt;
use crate::text::{Diagnostic, Span};
use std::io::Write;

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of it went well.
    Good,
    /// Something was wrong.
    Wrong,
    /// It was interrupted.
    Interrupted,
}

/// Runs a script. With `keep_going` it goes on behind a mistake; an interruption always ends it.
pub fn run_script(
    session: &mut Session,
    source: &Source,
    keep_going: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<Ending> {
    let text = source.text.as_str();
    let mut ending = Ending::Good;
    let mut group: Vec<Item> = Vec::new();
    let mut at = 0;
    let mut printed = false;
    let endings = [".cypher", ".cyp", ".gql"];
    let next = match endings.iter().any(|ending| source.origin.ends_with(ending)) {
        true => script::next_gql,
        false => script::next,
    };
    loop {
        let item = next(text, at);
        if let Some(item) = item {
            at = script::behind(text, &item).max(item.span.start + 1);
            if item.kind == Kind::Statement {
                group.push(item);
                continue;
            }
        }
        if !load_group(session, source, &mut group, keep_going, err)? {
            ending = Ending::Wrong;
        }
        let stop = ending == Ending::Wrong && !keep_going;
        let Some(item) = item.filter(|_| !stop && !session.over) else {
            return Ok(ending);
        };
        match answer(session, source, item, &mut printed, out, err)? {
            Ending::Good => {}
            Ending::Interrupted => return Ok(Ending::Interrupted),
            Ending::Wrong if keep_going => ending = Ending::Wrong,
            Ending::Wrong => return Ok(Ending::Wrong),
        }
    }
}

/// Runs a script from a file and gathers what it says: the reader of a session.
pub fn read_file(session: &mut Session, file: &str) -> Result<Delivery, Failure> {
    let source = read(file)?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let ending = run_script(session, &source, false, &mut out, &mut err)
        .map_err(|error| Diagnostic::without_span(format!("`{file}` cannot be run: {error}")))?;
    let aside: Vec<String> = String::from_utf8_lossy(&err)
        .lines()
        .map(str::to_owned)
        .collect();
    let text = String::from_utf8_lossy(&out).into_owned();
    match ending {
        Ending::Good => Ok(Delivery { text, aside }),
        Ending::Interrupted => Err(Failure::Halted(crate::run::Halt::Cancelled)),
        Ending::Wrong => {
            let mut mistake = Diagnostic::without_span(format!("`{file}` was not read to its end"));
            mistake.notes = vec![aside.join("\n")];
            Err(mistake.into())
        }
    }
}

fn load_group(
    session: &mut Session,
    source: &Source,
    group: &mut Vec<Item>,
    keep_going: bool,
    err: &mut dyn Write,
) -> std::io::Result<bool> {
    let items = std::mem::take(group);
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Ok(true);
    };
    // One by one where the good ones are to go in beside the bad ones.
    let parts: Vec<Span> = match keep_going {
        true => items
            .iter()
            .map(|item| with_dot(item, &source.text))
            .collect(),
        false => vec![Span::new(
            first.span.start,
            with_dot(last, &source.text).end,
        )],
    };
    let mut good = true;
    for part in parts {
        let text = part.of(&source.text);
        let loaded = reading(|| session.writing(|engine, now| engine.load(text, now)));
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(failure) => {
                let told = message(&failure, &source.origin, &source.text, &session.screen);
                write!(err, "{told}")?;
                return Ok(false);
            }
        };
        match loaded {
            Ok(loaded) => {
                for (span, said) in loaded.warnings {
                    let span = if span.end == 0 {
                        span
                    } else {
                        span.shifted(part.start)
                    };
                    writeln!(
                        err,
                        "{}",
                        warning(&source.origin, &source.text, span, &said)
                    )?;
                }
            }
            Err(mistakes) => {
                good = false;
                for mistake in mistakes {
                    let failure = Failure::from(mistake.shifted(part.start));
                    write!(
                        err,
                        "{}",
                        message(&failure, &source.origin, &source.text, &session.screen)
                    )?;
                }
            }
        }
    }
    Ok(good)
}

fn with_dot(item: &Item, text: &str) -> Span {
    Span::new(item.span.start, script::behind(text, item))
}

fn answer(
    session: &mut Session,
    source: &Source,
    item: Item,
    printed: &mut bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<Ending> {
    match talk::item(session, item.span.of(&source.text), item.kind) {
        Ok(delivery) => {
            // A blank line between answers for people; programs read on without one.
            if *printed && session.format == "table" && !delivery.text.is_empty() {
                writeln!(out)?;
            }
            *printed |= !delivery.text.is_empty();
            write!(out, "{}", delivery.text)?;
            // Messages stand behind the answer that they belong to.
            out.flush()?;
            for line in delivery.aside {
                writeln!(err, "{line}")?;
            }
            Ok(Ending::Good)
        }
        Err(failure) => {
            out.flush()?;
            let (failure, ending) = match failure {
                Failure::Mistake(mistake) => (
                    Failure::from(mistake.shifted(item.span.start)),
                    Ending::Wrong,
                ),
                Failure::Halted(Halt::Cancelled) => (failure, Ending::Interrupted),
                Failure::Halted(
                    Halt::Rows(_) | Halt::Time(_) | Halt::Memory(_) | Halt::Failed(_),
                ) => (failure, Ending::Wrong),
            };
            write!(
                err,
                "{}",
                message(&failure, &source.origin, &source.text, &session.screen)
            )?;
            Ok(ending)
        }
    }
}

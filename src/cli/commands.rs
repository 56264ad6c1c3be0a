//! What each command does: open the case, do the work, print, give the exit code.

use crate::cli::arguments::{Arguments, Command, Common};
use crate::cli::said::{now, say, tell};
use crate::cli::{care, pipe};
use crate::engine::{Engine, Failure};
use crate::front::batch::{Ending, read_file};
use crate::front::export::exported;
use crate::front::output::{message, write_file};
use crate::front::session::{reading, unreadable};
use crate::front::{Case, Screen, Session, imports, read, run_script, tables, talk};
use crate::graph::Recorder;
use crate::language::script::Kind;
use crate::model::{Marking, PageFault, PartialDate};
use crate::repl;
use crate::run::Halt;
use crate::text::{Diagnostic, render};
use clap::Parser;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// Exit code of a query or data error.
const WRONG: u8 = 1;
/// Exit code of an interrupted run.
const INTERRUPTED: u8 = 130;

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let screen = Screen::new();
    // A page may be asked for where nobody expects it: what cannot be read ends the program, told.
    let done = PageFault::caught(|| run(arguments, &screen)).unwrap_or_else(|fault| {
        tell(&message(&unreadable(&fault), "the case", "", &screen));
        Ok(WRONG)
    });
    match done {
        Ok(code) => ExitCode::from(code),
        // Whoever reads our output may stop reading: `| head` is no error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(WRONG)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.into_iter()
        .any(|error| error.kind() == ErrorKind::BrokenPipe)
}

fn run(arguments: Arguments, screen: &Screen) -> anyhow::Result<u8> {
    let Arguments { common, command } = arguments;
    if let Some(code) = care::run(&command, screen)? {
        return Ok(code);
    }
    let Some((mut engine, mut case)) = open(&common, &command, screen)? else {
        return Ok(WRONG);
    };
    let most = most(&command);
    if let Some(most) = most {
        // What is seen in part is not written back.
        case = Case::Memory;
        engine = match reading(|| engine.up_to(most)) {
            Ok(part) => part,
            Err(failure) => return complain(&failure, "case", "", screen),
        };
    }
    engine.graph_mut().set_recorder(Recorder {
        by: common.by.clone(),
        because: common.because.clone(),
    });
    for (name, value) in &common.parameters {
        engine.set_parameter(name, value);
    }
    let limits = &mut engine.limits;
    limits.time = common
        .timeout
        .map(std::time::Duration::from_secs_f64)
        .or(limits.time);
    limits.rows = common.max_rows.unwrap_or(limits.rows);
    limits.bytes = common
        .max_memory
        .map_or(limits.bytes, |megabytes| megabytes.saturating_mul(1 << 20));
    let chosen = common
        .format
        .clone()
        .unwrap_or_else(|| screen.format().to_owned());
    let cancel = engine.cancel.clone();
    // A second interruption ends the program at once, whatever it is doing.
    ctrlc::set_handler(move || {
        if cancel.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    })?;
    let mut session = Session::new(engine, &chosen, *screen, now, read_file).keep_in(case);
    session.timer = common.timer;
    let code = match command {
        None if !std::io::stdin().is_terminal() => {
            run_files(&mut session, &["-".to_owned()], false)?
        }
        None => return repl::start(session),
        Some(Command::Ask { question, .. }) => ask(&mut session, &question.join(" "))?,
        Some(Command::Gql { query, .. }) => gql(&mut session, &query.join(" "))?,
        Some(Command::Run {
            files,
            keep_going,
            single_transaction,
            ..
        }) => match single_transaction {
            true => run_together(&mut session, &files, screen)?,
            false => run_files(&mut session, &files, keep_going)?,
        },
        Some(Command::Import {
            files,
            from,
            map,
            rejects,
            recorded,
        }) => {
            let colour = screen.colour_errors;
            let options = tables::mapping(&map, colour).map(|mapping| tables::Options {
                from,
                mapping,
                rejects,
                colour,
            });
            import(&mut session, &files, options, recorded, screen)?
        }
        Some(Command::Export {
            format,
            question,
            output,
            max_tlp,
        }) => export(
            &mut session.engine,
            (&format, max_tlp),
            &question.join(" "),
            output.as_deref(),
            screen,
        )?,
        Some(Command::Pipe) => pipe::serve(&mut session)?,
        // Those were carried out before a case was opened.
        Some(
            Command::Check { .. }
            | Command::Repair { .. }
            | Command::Backup { .. }
            | Command::Dump { .. }
            | Command::Load { .. },
        ) => 0,
    };
    if most.is_some() && session.engine.wrote() {
        tell("nothing was kept: the case was seen up to a marking only\n");
    }
    let code = finish(&mut session, code, screen)?;
    session.leave();
    Ok(code)
}

/// The most restrictive marking that a command may see, where it reads and answers.
fn most(command: &Option<Command>) -> Option<Marking> {
    match command {
        Some(
            Command::Ask { max_tlp, .. }
            | Command::Gql { max_tlp, .. }
            | Command::Run { max_tlp, .. },
        ) => *max_tlp,
        // An export cuts the case down itself.
        None
        | Some(
            Command::Export { .. }
            | Command::Import { .. }
            | Command::Pipe
            | Command::Check { .. }
            | Command::Repair { .. }
            | Command::Backup { .. }
            | Command::Dump { .. }
            | Command::Load { .. },
        ) => None,
    }
}

/// Runs scripts as one transaction.
fn run_together(session: &mut Session, files: &[String], screen: &Screen) -> anyhow::Result<u8> {
    if let Err(failure) = session.begin() {
        return complain(&failure, "the case", "", screen);
    }
    let code = run_files(session, files, false)?;
    // A script may have ended it itself.
    let ended = match (session.in_transaction(), code) {
        (false, _) => Ok(()),
        (true, 0) => session.commit(),
        (true, _) => {
            tell("nothing was kept\n");
            session.roll_back()
        }
    };
    match ended {
        Ok(()) => Ok(code),
        Err(failure) => complain(&failure, "the case", "", screen),
    }
}

/// The case: a case file, a text, or the founding case. `None` when it cannot be read; that was told.
fn open(
    common: &Common,
    command: &Option<Command>,
    screen: &Screen,
) -> anyhow::Result<Option<(Engine, Case)>> {
    let Some(path) = &common.case else {
        return Ok(Some((Engine::founding(now()), Case::Memory)));
    };
    // Whoever only asks has mistyped the name of a case that is not there.
    let make = match command {
        None | Some(Command::Run { .. } | Command::Import { .. } | Command::Pipe) => true,
        Some(Command::Gql { query, .. }) => Engine::writes(&query.join(" ")),
        Some(
            Command::Ask { .. }
            | Command::Export { .. }
            | Command::Check { .. }
            | Command::Repair { .. }
            | Command::Backup { .. }
            | Command::Dump { .. }
            | Command::Load { .. },
        ) => false,
    };
    match Case::open(path, make, now()) {
        Ok(opened) => Ok(Some(opened)),
        Err(mistakes) => {
            for (text, mistake) in mistakes {
                tell(&render(&mistake, path, &text, screen.colour_errors));
            }
            Ok(None)
        }
    }
}

fn complain(failure: &Failure, origin: &str, text: &str, screen: &Screen) -> anyhow::Result<u8> {
    tell(&message(failure, origin, text, screen));
    Ok(match failure {
        Failure::Halted(Halt::Cancelled) => INTERRUPTED,
        Failure::Halted(Halt::Rows(_) | Halt::Time(_) | Halt::Memory(_) | Halt::Failed(_))
        | Failure::Mistake(_) => WRONG,
    })
}

/// The work is over: what is kept in a text is written. The exit code, if nothing else was wrong.
fn finish(session: &mut Session, code: u8, screen: &Screen) -> anyhow::Result<u8> {
    match session.finish() {
        Ok(()) => Ok(code),
        Err(failure) => complain(&failure, "the case", "", screen),
    }
}

/// One question, or GQL where the text is that.
fn ask(session: &mut Session, text: &str) -> anyhow::Result<u8> {
    let kind = match Engine::kind(text) {
        Kind::Gql => Kind::Gql,
        Kind::Question | Kind::Statement | Kind::Command => Kind::Question,
    };
    one(session, text, kind, "question")
}

fn gql(session: &mut Session, text: &str) -> anyhow::Result<u8> {
    one(session, text, Kind::Gql, "query")
}

fn one(session: &mut Session, text: &str, kind: Kind, origin: &str) -> anyhow::Result<u8> {
    match talk::item(session, text, kind) {
        Ok(delivery) => {
            say(&delivery.text)?;
            for line in delivery.aside {
                tell(&format!("{line}\n"));
            }
            Ok(0)
        }
        Err(failure) => complain(&failure, origin, text, &session.screen),
    }
}

fn run_files(session: &mut Session, files: &[String], keep_going: bool) -> anyhow::Result<u8> {
    let mut code = 0;
    for file in files {
        let source = match read(file) {
            Ok(source) => source,
            Err(mistake) => {
                tell(&render(&mistake, file, "", session.screen.colour_errors));
                code = WRONG;
                if keep_going {
                    continue;
                }
                break;
            }
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let ending = run_script(
            session,
            &source,
            keep_going,
            &mut out,
            &mut std::io::stderr(),
        )?;
        out.flush()?;
        match ending {
            Ending::Good => {}
            Ending::Interrupted => return Ok(INTERRUPTED),
            Ending::Wrong => code = WRONG,
        }
        if session.over || (code != 0 && !keep_going) {
            break;
        }
    }
    Ok(code)
}

fn import(
    session: &mut Session,
    files: &[String],
    options: Result<tables::Options, tables::Refused>,
    recorded: Option<PartialDate>,
    screen: &Screen,
) -> anyhow::Result<u8> {
    let outcome = options.and_then(|options| {
        let told = |failure: Failure| tables::Refused {
            text: message(&failure, "the case", "", screen),
            interrupted: false,
        };
        let recorded = recorded.map(|date| replayed(&session.engine, date));
        let recorded = recorded
            .transpose()
            .map_err(|mistake| told(mistake.into()))?;
        let done = reading(|| {
            session.recording(recorded, |engine, now| {
                imports::import(engine, files, &options, now)
            })
        });
        done.map_err(told)?
    });
    match outcome {
        Ok(done) => tell(&done.said),
        Err(refused) => {
            tell(&refused.text);
            return Ok(if refused.interrupted {
                INTERRUPTED
            } else {
                WRONG
            });
        }
    }
    if !session.case.keeps() {
        tell("no case was given, so nothing is kept: use `--case FILE`\n");
    }
    Ok(0)
}

/// When a state of the past is recorded: not before what the case has, and not in the future.
fn replayed(engine: &Engine, date: PartialDate) -> Result<i64, Diagnostic> {
    let (at, last) = (date.start(), engine.last_recorded());
    let day = |at: i64| PartialDate::second(at).shifted_days(0);
    if at < last {
        return Err(
            Diagnostic::without_span(format!("nothing can be recorded as of {date}"))
                .label(format!("the case has what was recorded on {}", day(last)))
                .help("a history is replayed in its order, into a case of its own"),
        );
    }
    if at > now() {
        return Err(
            Diagnostic::without_span(format!("nothing can be recorded as of {date}"))
                .label("that day is yet to come"),
        );
    }
    Ok(at)
}

fn export(
    engine: &mut Engine,
    (name, most): (&str, Option<Marking>),
    question: &str,
    output: Option<&str>,
    screen: &Screen,
) -> anyhow::Result<u8> {
    let text = match reading(|| exported(engine, name, question, most)) {
        Ok(text) => text,
        Err(failure) => return complain(&failure, "question", question, screen),
    };
    match output {
        None => say(&text)?,
        Some(path) => {
            if let Err(mistake) = write_file(path, &text) {
                return complain(&mistake.into(), path, "", screen);
            }
            tell(&format!("wrote {path} ({} bytes)\n", text.len()));
        }
    }
    Ok(0)
}

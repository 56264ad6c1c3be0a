//! What each command does: open the case, do the work, print, give the exit code.

use crate::cli::arguments::{Arguments, Command, Common};
use crate::cli::pipe;
use crate::engine::{Engine, Failure};
use crate::front::batch::{Ending, read_file};
use crate::front::export::exported;
use crate::front::output::{message, write_file};
use crate::front::{Screen, Session, imports, read, run_script, tables, talk};
use crate::graph::GraphView;
use crate::language::script::Kind;
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
    match run(arguments, &screen) {
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

/// Now, in seconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn run(arguments: Arguments, screen: &Screen) -> anyhow::Result<u8> {
    let Arguments { common, command } = arguments;
    let Some(mut engine) = open(&common, &command, screen)? else {
        return Ok(WRONG);
    };
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
    let mut session = Session::new(engine, &chosen, *screen, now, read_file);
    session.timer = common.timer;
    match command {
        None if !std::io::stdin().is_terminal() => {
            run_files(&mut session, &["-".to_owned()], false)
        }
        None => repl::start(session),
        Some(Command::Ask { question }) => ask(&mut session, &question.join(" ")),
        Some(Command::Gql { query }) => {
            let code = gql(&mut session, &query.join(" "))?;
            keep(&session, &common, code, screen)
        }
        Some(Command::Run { files, keep_going }) => {
            let code = run_files(&mut session, &files, keep_going)?;
            keep(&session, &common, code, screen)
        }
        Some(Command::Import {
            files,
            from,
            map,
            rejects,
        }) => {
            let colour = screen.colour_errors;
            let options = tables::mapping(&map, colour).map(|mapping| tables::Options {
                from,
                mapping,
                rejects,
                colour,
            });
            import(&mut session.engine, &common, &files, options, screen)
        }
        Some(Command::Export {
            format,
            question,
            output,
        }) => export(
            &mut session.engine,
            &format,
            &question.join(" "),
            output.as_deref(),
            screen,
        ),
        Some(Command::Pipe) => pipe::serve(&mut session.engine, now()),
    }
}

/// The case: a facts file, or the founding case. `None` when it cannot be read; that was told.
fn open(
    common: &Common,
    command: &Option<Command>,
    screen: &Screen,
) -> anyhow::Result<Option<Engine>> {
    let Some(path) = &common.case else {
        return Ok(Some(Engine::founding(now())));
    };
    let mut engine = Engine::with_vocabulary(now());
    let fresh =
        matches!(command, Some(Command::Import { .. })) && !std::path::Path::new(path).exists();
    if fresh {
        return Ok(Some(engine));
    }
    let source = match read(path) {
        Ok(source) => source,
        Err(mistake) => {
            tell(&render(&mistake, path, "", screen.colour_errors));
            return Ok(None);
        }
    };
    match engine.load(&source.text, now()) {
        Ok(_) => Ok(Some(engine)),
        Err(mistakes) => {
            for mistake in mistakes {
                tell(&render(&mistake, path, &source.text, screen.colour_errors));
            }
            Ok(None)
        }
    }
}

/// Writes to standard error; if that is closed nobody wants to hear it.
fn tell(text: &str) {
    let _ = write!(std::io::stderr(), "{text}");
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

fn complain(failure: &Failure, origin: &str, text: &str, screen: &Screen) -> anyhow::Result<u8> {
    tell(&message(failure, origin, text, screen));
    Ok(match failure {
        Failure::Halted(Halt::Cancelled) => INTERRUPTED,
        Failure::Halted(Halt::Rows(_) | Halt::Time(_) | Halt::Memory(_) | Halt::Failed(_))
        | Failure::Mistake(_) => WRONG,
    })
}

/// Writes the case back where queries have changed it.
fn keep(session: &Session, common: &Common, code: u8, screen: &Screen) -> anyhow::Result<u8> {
    let Some(path) = common.case.as_ref().filter(|_| session.engine.wrote()) else {
        return Ok(code);
    };
    let text = session.engine.statements();
    // A query may bring in words that our text cannot say. A file that could not be read again would
    // be a case that is lost: then the old one stays.
    if let Some(mistake) = unsayable(&session.engine, &text) {
        return complain(&mistake.into(), path, &text, screen);
    }
    match write_file(path, &text) {
        Ok(()) => Ok(code),
        Err(mistake) => complain(&mistake.into(), path, "", screen),
    }
}

/// Why a case would not come back from its own text.
fn unsayable(engine: &Engine, text: &str) -> Option<Diagnostic> {
    let mut again = Engine::with_vocabulary(now());
    let size = |engine: &Engine| engine.graph().entities().ids().count();
    match again.load(text, now()) {
        Ok(_) if size(&again) == size(engine) => None,
        Ok(_) => Some(unkept(&[Diagnostic::without_span(
            "some entities would be lost",
        )])),
        Err(mistakes) => Some(unkept(&mistakes)),
    }
}

fn unkept(mistakes: &[Diagnostic]) -> Diagnostic {
    let cause = mistakes
        .first()
        .map_or_else(String::new, |mistake| mistake.title.clone());
    Diagnostic::without_span("this cannot be kept in a text file")
        .label(cause)
        .help(
            "the file is as it was; use plain names for types and relations: letters, digits, `_`",
        )
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
    engine: &mut Engine,
    common: &Common,
    files: &[String],
    options: Result<tables::Options, tables::Refused>,
    screen: &Screen,
) -> anyhow::Result<u8> {
    match options.and_then(|options| imports::import(engine, files, &options, now())) {
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
    match &common.case {
        None => tell("no case was given, so nothing is kept: use `--case FILE`\n"),
        Some(path) => {
            let text = engine.statements();
            // Of a large case only the words are tried: names and keys are quoted where need be.
            let declared: String = text
                .split_inclusive('\n')
                .take_while(|line| line.starts_with("type ") || line.starts_with("relation "))
                .collect();
            let mut again = Engine::with_vocabulary(now());
            if let Err(mistakes) = again.load(&declared, now()) {
                return complain(&unkept(&mistakes).into(), path, &text, screen);
            }
            if let Err(mistake) = write_file(path, &text) {
                return complain(&mistake.into(), path, "", screen);
            }
        }
    }
    Ok(0)
}

fn export(
    engine: &mut Engine,
    name: &str,
    question: &str,
    output: Option<&str>,
    screen: &Screen,
) -> anyhow::Result<u8> {
    let text = match exported(engine, name, question) {
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

//! The prompt: reads lines, hands them to the session, shows what comes back. Nothing can be done
//! here that a script cannot do.

pub mod complete;
pub mod helper;
pub mod highlight;
pub mod pager;
pub mod progress;

use crate::engine::{Engine, Failure};
use crate::front::output::message;
use crate::front::talk;
use crate::front::{Delivery, Session};
use crate::language::script::{self, Kind};
use crate::repl::helper::PromptHelper;
use crate::repl::progress::Progress;
use rustyline::config::{BellStyle, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, Editor};
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

/// How many lines the history keeps.
const HISTORY: usize = 10_000;

/// Talks until the user ends it; gives the exit code.
pub fn start(session: Session) -> anyhow::Result<u8> {
    let colour = session.screen.colour;
    let session = Rc::new(RefCell::new(session));
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_space(true)
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .bell_style(BellStyle::None)
        .color_mode(if colour {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .auto_add_history(true)
        .build();
    let mut editor: Editor<PromptHelper, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(PromptHelper::new(session.clone(), colour)));
    let history = history_file();
    if let Some(history) = &history {
        // The first time there is none.
        let _ = editor.load_history(history);
    }
    greet(&session.borrow().engine);
    loop {
        match editor.readline("whodunit> ") {
            Ok(line) => {
                for (delivery, text) in answer(&session, &line) {
                    show(&session.borrow(), delivery, &text);
                }
                if let Some(history) = &history {
                    // A history that cannot be written is no reason to stop.
                    let _ = editor.append_history(history);
                }
                if session.borrow().over {
                    return Ok(finish(&session));
                }
            }
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(finish(&session)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The talk is over; the exit code.
fn finish(session: &Rc<RefCell<Session>>) -> u8 {
    let finished = session.borrow_mut().finish();
    match finished {
        Ok(()) => 0,
        Err(failure) => {
            let told = message(&failure, "the case", "", &session.borrow().screen);
            let _ = write!(std::io::stderr(), "{told}");
            1
        }
    }
}

type Outcome = (Result<Delivery, Failure>, String);

/// What each item of a line comes to.
fn answer(session: &Rc<RefCell<Session>>, line: &str) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for item in script::items(line) {
        let mut session = session.borrow_mut();
        // A place in the message is one in the item; lines are short enough to show it alone.
        let text = match item.kind {
            Kind::Statement => line[item.span.start..script::behind(line, &item)].to_owned(),
            Kind::Question | Kind::Gql | Kind::Command => item.span.of(line).to_owned(),
        };
        let progress = Progress::start();
        let outcome = talk::item(&mut session, &text, item.kind);
        drop(progress);
        let wrong = outcome.is_err();
        outcomes.push((outcome, text));
        if wrong || session.over {
            break;
        }
    }
    outcomes
}

fn show(session: &Session, outcome: Result<Delivery, Failure>, text: &str) {
    match outcome {
        Ok(delivery) => {
            if !delivery.text.is_empty() {
                pager::show(&delivery.text);
            }
            for line in delivery.aside {
                let _ = writeln!(std::io::stderr(), "{line}");
            }
        }
        Err(failure) => {
            let shown = message(&failure, "input", text, &session.screen);
            let _ = write!(std::io::stderr(), "{shown}");
        }
    }
}

fn greet(engine: &Engine) {
    use crate::graph::GraphView;
    let graph = engine.graph();
    let text = format!(
        "whodunit {} · {} claims on {} entities · `.help` shows what can be asked\n",
        env!("CARGO_PKG_VERSION"),
        graph.columns().len(),
        graph.entities().ids().count(),
    );
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// `$WHODUNIT_HISTORY`, else a file in the user's state folder; `None` where there is no home.
fn history_file() -> Option<PathBuf> {
    if let Some(file) = std::env::var_os("WHODUNIT_HISTORY") {
        return (!file.is_empty()).then(|| PathBuf::from(file));
    }
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let folder =
        state.or_else(|| std::env::home_dir().map(|home| home.join(".local").join("state")))?;
    let folder = folder.join("whodunit");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

//! Sessions in a real pseudo-terminal: what a person at the prompt types and sees.

#![cfg(unix)]

mod common;

use common::scratch;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const UP: &str = "\u{1b}[A";
const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";
const CTRL_R: &str = "\u{12}";

fn prompt(folder: &Path) -> OsSession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whodunit"));
    command
        .env("WHODUNIT_HISTORY", folder.join("history"))
        .env("NO_COLOR", "1")
        .env("PAGER", "")
        .env("TERM", "xterm");
    let mut session = Session::spawn(command).expect("a terminal");
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    session
        .get_process_mut()
        .set_window_size(160, 50)
        .expect("a window");
    see(&mut session, "`.help` shows what can be asked");
    see(&mut session, "whodunit> ");
    session
}

/// Waits until a text is on the screen.
fn see(session: &mut OsSession, text: &str) {
    if let Err(error) = session.expect(text) {
        panic!("`{text}` was not seen: {error}");
    }
}

fn press(session: &mut OsSession, keys: &str) {
    session.send(keys).expect("keys");
}

fn leave(mut session: OsSession) {
    // What is typed before the prompt stands is thrown away by the terminal: then it is typed again.
    session.set_expect_timeout(Some(Duration::from_millis(500)));
    let over = (0..40).any(|_| {
        let _ = session.send(CTRL_D);
        session.expect(Eof).is_ok()
    });
    assert!(over, "the prompt does not end");
    let status = session.get_process().wait().expect("an exit");
    assert!(matches!(status, WaitStatus::Exited(_, 0)), "{status:?}");
}

#[test]
fn tab_completes_verbs_and_names_and_a_table_comes() {
    let mut session = prompt(&scratch("tab"));
    press(&mut session, "who targ\t");
    see(&mut session, "targeted");
    press(&mut session, " UK_P\t");
    see(&mut session, "UK_Parliament");
    press(&mut session, "\r");
    see(&mut session, "APT31");
    see(&mut session, "almost certain");
    see(&mut session, "└");
    see(&mut session, "who targeted UK_Parliament");
    see(&mut session, "whodunit> ");
    leave(session);
}

#[test]
fn history_is_recalled_in_this_session_and_in_the_next() {
    let folder = scratch("history");
    let mut session = prompt(&folder);
    press(&mut session, "who was summoned\r");
    see(&mut session, "Chinese_Ambassador_London");
    see(&mut session, "whodunit> ");
    press(&mut session, UP);
    see(&mut session, "who was summoned");
    press(&mut session, "\r");
    see(&mut session, "Chinese_Ambassador_London");
    see(&mut session, "whodunit> ");
    leave(session);
    let mut session = prompt(&folder);
    press(&mut session, CTRL_R);
    press(&mut session, "summ");
    see(&mut session, "who was summoned");
    press(&mut session, "\r");
    see(&mut session, "Chinese_Ambassador_London");
    see(&mut session, "whodunit> ");
    leave(session);
}

#[test]
fn ctrl_c_clears_the_line_and_the_talk_goes_on() {
    let mut session = prompt(&scratch("interrupt"));
    press(&mut session, "who targeted nonsense");
    see(&mut session, "nonsense");
    press(&mut session, CTRL_C);
    see(&mut session, "whodunit> ");
    press(&mut session, "how many groups targeted UK_Parliament\r");
    see(&mut session, "count");
    see(&mut session, "whodunit> ");
    leave(session);
}

#[test]
fn a_line_with_an_open_parenthesis_goes_on() {
    let mut session = prompt(&scratch("lines"));
    press(&mut session, "who compromised (which institutions\r");
    press(&mut session, "are located in UK)\r");
    see(&mut session, "Chinese_State_Affiliated_Entity");
    see(&mut session, "whodunit> ");
    leave(session);
}

#[test]
fn commands_modes_mistakes_and_the_last_answer() {
    let mut session = prompt(&scratch("commands"));
    press(&mut session, ".hlep\r");
    see(&mut session, "did you mean `.help`?");
    see(&mut session, "whodunit> ");
    press(&mut session, ".help paths\r");
    see(&mut session, "how is APT31 connected to");
    see(&mut session, "whodunit> ");
    press(&mut session, "what did UK sanction sorted by name\r");
    see(&mut session, "6 rows");
    see(&mut session, "whodunit> ");
    press(&mut session, "why 4\r");
    see(&mut session, "UK sanctioned Ni_Gaobin");
    see(&mut session, "whodunit> ");
    press(&mut session, ".mode jsonl\r");
    see(&mut session, "whodunit> ");
    press(&mut session, "who targeted UK_Parliament\r");
    see(&mut session, "\"name\":\"APT31\"");
    see(&mut session, "whodunit> ");
    press(&mut session, "who is associated with _\r");
    see(&mut session, "Wuhan_Xiaoruizhi");
    see(&mut session, "whodunit> ");
    press(&mut session, "Zaphod targeted APT31 in 2025.\r");
    see(&mut session, "1 new claim, 1 new entity");
    see(&mut session, "whodunit> ");
    press(&mut session, "who targetted APT31\r");
    see(&mut session, "did you mean `targeted`?");
    see(&mut session, "whodunit> ");
    press(&mut session, ".quit\r");
    session.expect(Eof).expect("the end");
}

#[test]
fn gql_is_asked_and_completed_at_the_same_prompt() {
    let mut session = prompt(&scratch("gql-prompt"));
    press(&mut session, "MATCH (g:gro\t");
    see(&mut session, "group");
    press(
        &mut session,
        ")-[:targeted]->(v) RETURN g.name AS attacker, v AS victim LIMIT 1;\r",
    );
    see(&mut session, "victim");
    see(&mut session, "APT31");
    see(&mut session, "whodunit> ");
    press(&mut session, "RETURN 1 / 0 AS x;\r");
    see(&mut session, "divided by zero");
    see(&mut session, "whodunit> ");
    press(&mut session, "CREATE (:person {name: 'New_One'});\r");
    see(&mut session, "1 entity made");
    see(&mut session, "whodunit> ");
    press(&mut session, "is New_One a person\r");
    see(&mut session, "yes");
    leave(session);
}

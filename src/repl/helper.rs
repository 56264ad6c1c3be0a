//! What the line editor asks while a line is typed: completions, hints, colours, whether the line
//! is whole. It only passes the questions on.

use crate::front::Session;
use crate::language::script;
use crate::repl::complete::offers;
use crate::repl::highlight::coloured;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// How many letters a word needs before it is completed in a hint.
const HINTED: usize = 3;

/// Passes the editor's questions on.
pub struct PromptHelper {
    session: Rc<RefCell<Session>>,
    colour: bool,
}

impl PromptHelper {
    /// A helper that looks at the case of a session.
    pub fn new(session: Rc<RefCell<Session>>, colour: bool) -> PromptHelper {
        PromptHelper { session, colour }
    }
}

impl Helper for PromptHelper {}

impl Completer for PromptHelper {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let session = self.session.borrow();
        let offers = offers(&session.engine, line.get(..at).unwrap_or(line));
        Ok((offers.start, offers.words))
    }
}

impl Hinter for PromptHelper {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        if at < line.len() {
            return None;
        }
        let session = self.session.borrow();
        let offers = offers(&session.engine, line);
        let word = &line[offers.start..];
        if word.chars().count() < HINTED {
            return None;
        }
        let rest = offers.words.first()?.strip_prefix(word)?;
        (!rest.is_empty()).then(|| rest.to_owned())
    }
}

impl Highlighter for PromptHelper {
    fn highlight<'l>(&self, line: &'l str, _at: usize) -> Cow<'l, str> {
        if self.colour {
            coloured(line)
        } else {
            Cow::Borrowed(line)
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match self.colour {
            true => Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m")),
            false => Cow::Borrowed(hint),
        }
    }

    fn highlight_char(&self, _line: &str, _at: usize, _kind: CmdKind) -> bool {
        self.colour
    }
}

impl Validator for PromptHelper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let command = text.trim_start().starts_with('.');
        Ok(match command || script::is_complete(text) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

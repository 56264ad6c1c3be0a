//! One item of a talk: a question, statements or a command, and what comes back.

use crate::engine::{Asked, Failure};
use crate::front::commands;
use crate::front::output::{Delivery, deliver};
use crate::front::session::{Session, first, reading, summary, timing_line};
use crate::language::script::Kind;

/// Answers one item: a question, statements, a command.
pub fn item(session: &mut Session, text: &str, kind: Kind) -> Result<Delivery, Failure> {
    session.engine.context.now = (session.clock)();
    reading(|| {
        if !session.in_transaction() {
            session.case.follow(&mut session.engine)?;
        }
        match kind {
            Kind::Question => ask(session, text),
            Kind::Statement => load(session, text),
            Kind::Command => commands::run(session, text),
            Kind::Gql => query(session, text),
        }
    })
}

fn ask(session: &mut Session, text: &str) -> Result<Delivery, Failure> {
    let asked: Asked = session.engine.ask(text)?;
    let mut delivery = deliver(&asked, &session.engine, &session.format, &session.screen)?;
    if session.timer {
        delivery.aside.push(timing_line(asked.timing, asked.work));
    }
    Ok(delivery)
}

fn query(session: &mut Session, text: &str) -> Result<Delivery, Failure> {
    let (answer, queried) = match session.engine.would_write(text) {
        true => session.writing(|engine, now| {
            engine.context.now = now;
            engine.gql_answer(text)
        })??,
        false => session.engine.gql_answer(text)?,
    };
    let asked = Asked {
        answer,
        pipes: Vec::new(),
        timing: queried.timing,
        work: queried.work,
    };
    let mut delivery = Delivery::default();
    // What returns nothing has no table, only notes of what it did.
    if queried.explained.is_some() || !queried.columns.is_empty() {
        delivery = deliver(&asked, &session.engine, &session.format, &session.screen)?;
    } else {
        delivery.aside.extend(asked.answer.notes);
    }
    if session.timer {
        delivery.aside.push(timing_line(asked.timing, asked.work));
    }
    Ok(delivery)
}

fn load(session: &mut Session, text: &str) -> Result<Delivery, Failure> {
    let loaded = session
        .writing(|engine, now| engine.load(text, now))?
        .map_err(first)?;
    let mut aside: Vec<String> = loaded
        .warnings
        .into_iter()
        .map(|(_, said)| format!("warning: {said}"))
        .collect();
    aside.push(summary(&loaded.applied));
    Ok(Delivery {
        text: String::new(),
        aside,
    })
}

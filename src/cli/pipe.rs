//! JSON Lines on standard input and output: one request and one reply a line, so that any language
//! can drive the engine. Every request gets a reply; none ends the conversation.

use crate::engine::{Engine, Failure};
use crate::text::line_and_column;
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};

/// The longest request in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Serves until the input ends.
pub fn serve(engine: &mut Engine, now: i64) -> anyhow::Result<u8> {
    let mut input = std::io::stdin().lock();
    let mut out = std::io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(0);
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let reply = match serde_json::from_slice::<Value>(&line) {
            Ok(request) => reply(engine, &request, now),
            Err(error) => failure("BadRequest", &error.to_string()),
        };
        writeln!(out, "{reply}")?;
        out.flush()?;
    }
}

fn failure(kind: &str, message: &str) -> Value {
    json!({ "error": { "kind": kind, "message": message } })
}

fn reply(engine: &mut Engine, request: &Value, now: i64) -> Value {
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("op") {
        "reset" => {
            *engine = Engine::with_vocabulary(now);
            json!({})
        }
        "ask" => {
            let question = text("question");
            match engine.ask(question) {
                Ok(asked) => json!({
                    "reading": asked.answer.reading,
                    "headline": asked.answer.headline,
                    "rows": asked.answer.records,
                    "notes": asked.answer.notes,
                }),
                Err(error) => told(&error, question),
            }
        }
        "load" => {
            let statements = text("text");
            match engine.load(statements, now) {
                Ok(loaded) => json!({
                    "claims": loaded.applied.claims.len(),
                    "entities": loaded.applied.entities.len(),
                    "known": loaded.applied.known,
                    "retracted": loaded.applied.retracted,
                    "warnings": loaded.warnings.iter().map(|(_, said)| said).collect::<Vec<_>>(),
                }),
                Err(mistakes) => {
                    let first = mistakes
                        .into_iter()
                        .next()
                        .map(|mistake| Failure::Mistake(Box::new(mistake)));
                    first.map_or(json!({}), |first| told(&first, statements))
                }
            }
        }
        _ => failure(
            "UnsupportedOp",
            "known operations are `ask`, `load` and `reset`",
        ),
    }
}

fn told(error: &Failure, text: &str) -> Value {
    match error {
        Failure::Halted(halt) => failure("Halted", &halt.to_string()),
        Failure::Mistake(mistake) => {
            let (line, column) = mistake
                .span
                .map_or((1, 1), |span| line_and_column(text, span.start));
            json!({ "error": {
                "kind": "Mistake",
                "message": mistake.title,
                "label": mistake.label,
                "help": mistake.help,
                "suggestion": mistake.suggestion,
                "line": line,
                "column": column,
            } })
        }
    }
}

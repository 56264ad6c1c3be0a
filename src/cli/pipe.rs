//! JSON Lines on standard input and output: one request and one reply a line, so that any language
//! can drive the engine. Every request gets a reply; none ends the conversation.

use crate::algebra::Datum;
use crate::answer::values::{claim_properties, literal};
use crate::engine::{Engine, FOUNDED, Failure, VOCABULARY};
use crate::front::session::reading;
use crate::front::{Session, imports, tables};
use crate::graph::GraphView;
use crate::language::gql::Signature;
use crate::run::{Procedure, Source};
use crate::text::line_and_column;
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};

/// The longest request in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Serves until the input ends.
pub fn serve(session: &mut Session) -> anyhow::Result<u8> {
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
            Ok(request) => {
                let answered = reading(|| Ok(reply(session, &request)));
                answered.unwrap_or_else(|error| told(&error, ""))
            }
            Err(error) => failure("BadRequest", &error.to_string()),
        };
        writeln!(out, "{reply}")?;
        out.flush()?;
    }
}

fn failure(kind: &str, message: &str) -> Value {
    json!({ "error": { "kind": kind, "message": message } })
}

fn reply(session: &mut Session, request: &Value) -> Value {
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    if !session.in_transaction()
        && let Err(error) = session.case.follow(&mut session.engine)
    {
        return told(&error, "");
    }
    let outcome = match text("op") {
        "reset" if session.case.keeps() => {
            return failure(
                "BadRequest",
                "a case that is kept is not emptied by `reset`",
            );
        }
        "run" if session.engine.would_write(text("query")) => {
            session.writing(|engine, _| answer(engine, request, 0))
        }
        "load" | "import" => session.writing(|engine, now| answer(engine, request, now)),
        "begin" => session.begin().map(|()| json!({})),
        "commit" => session.commit().map(|()| json!({})),
        "rollback" => session.roll_back().map(|()| json!({})),
        _ => {
            let now = session.now();
            Ok(answer(&mut session.engine, request, now))
        }
    };
    outcome.unwrap_or_else(|error| told(&error, ""))
}

/// Answers what asks or changes the case.
fn answer(engine: &mut Engine, request: &Value, now: i64) -> Value {
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("op") {
        "reset" => {
            // A plain property graph brings its own words.
            let cancel = engine.cancel.clone();
            *engine = Engine::new(now);
            engine.cancel = cancel;
            json!({})
        }
        "run" => run(engine, request, text("query")),
        "procedure" => {
            procedure(engine, request).unwrap_or_else(|error| failure("BadRequest", &error))
        }
        "state" => state(engine),
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
        "import" => import(engine, request, now),
        "load" => {
            let statements = text("text");
            // An empty graph has no words; the first statements bring them.
            if engine.graph().vocabulary().relations().count() == 1 {
                let _ = engine.load(VOCABULARY, FOUNDED);
            }
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
            "known operations are `run`, `ask`, `load`, `import`, `begin`, `commit`, `rollback`, `procedure`, \
             `state` and `reset`",
        ),
    }
}

/// Takes files in: `files`, `map` as after `--map`, `from` as after `--from`.
fn import(engine: &mut Engine, request: &Value, now: i64) -> Value {
    let texts = |key: &str| -> Vec<String> {
        match request.get(key) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => {
                let texts = many.iter().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    };
    // An empty graph has no words; the first claims bring them.
    if engine.graph().vocabulary().relations().count() == 1 {
        let _ = engine.load(VOCABULARY, FOUNDED);
    }
    let outcome = tables::mapping(&texts("map"), false).and_then(|mapping| {
        let options = tables::Options {
            from: texts("from").into_iter().next(),
            mapping,
            ..tables::Options::default()
        };
        imports::import(engine, &texts("files"), &options, now)
    });
    match outcome {
        Ok(done) => json!({
            "claims": done.claims(),
            "entities": done.entities(),
            "known": done.known(),
            "retracted": done.intake.applied.retracted,
            "said": done.said,
        }),
        Err(refused) => failure("ImportError", refused.text.trim_end()),
    }
}

/// Runs a GQL query; values are literals of the language, both ways.
fn run(engine: &mut Engine, request: &Value, query: &str) -> Value {
    let mut parameters: Vec<(String, Datum)> = Vec::new();
    for (name, literal) in request
        .get("params")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let text = literal.as_str().unwrap_or_default();
        match engine.literal(text) {
            Ok(value) => parameters.push((name.clone(), value)),
            Err(error) => return refused(&error, text),
        }
    }
    let queried = match engine.gql(query, &parameters) {
        Ok(queried) => queried,
        Err(error) => return refused(&error, query),
    };
    let graph = engine.graph();
    let rows: Vec<Vec<String>> = queried
        .rows
        .iter()
        .map(|row| row.iter().map(|value| literal(graph, value)).collect())
        .collect();
    let reply = json!({
        "columns": queried.columns,
        "rows": rows,
        "stats": { "entities": queried.changed.entities, "claims": queried.changed.claims },
    });
    engine.conclude();
    reply
}

/// `test.my.proc(name :: STRING?) :: (city :: STRING?)` with the rows of its table.
fn procedure(engine: &mut Engine, request: &Value) -> Result<Value, String> {
    let text = request
        .get("signature")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (name, rest) = text
        .split_once('(')
        .ok_or("a signature is `name(…) :: (…)`")?;
    let (inputs, outputs) = rest
        .split_once(')')
        .ok_or("a signature is `name(…) :: (…)`")?;
    let fields = |text: &str| -> Vec<(String, String)> {
        text.trim_matches(|c: char| c.is_whitespace() || "():".contains(c))
            .split(',')
            .filter_map(|field| field.split_once("::"))
            .map(|(name, kind)| (name.trim().to_owned(), kind.trim().to_owned()))
            .collect()
    };
    let signature = Signature {
        name: name.trim().to_owned(),
        inputs: fields(inputs),
        outputs: fields(outputs).into_iter().map(|(name, _)| name).collect(),
    };
    let mut rows = Vec::new();
    for row in request
        .get("rows")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let mut values = Vec::new();
        for literal in row
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            values.push(
                engine
                    .literal(literal)
                    .map_err(|_| format!("`{literal}` is no literal"))?,
            );
        }
        rows.push(values);
    }
    let inputs = signature.inputs.len();
    engine.provide(
        signature,
        Procedure {
            inputs,
            source: Source::Table(rows),
        },
    );
    Ok(json!({}))
}

/// Everything that there is, for tests of side effects.
fn state(engine: &Engine) -> Value {
    let graph = engine.graph();
    let (entities, columns) = (graph.entities(), graph.columns());
    let mut labels: Vec<&str> = Vec::new();
    let mut properties: Vec<Value> = Vec::new();
    let mut nodes: Vec<u32> = Vec::new();
    for id in entities.ids() {
        nodes.push(id.0);
        let entity = entities.get(id);
        for kind in &entity.types {
            labels.push(&graph.vocabulary().type_of(*kind).name);
        }
        for (key, value) in &entity.properties {
            let value = literal(graph, &Datum::from(value.clone()));
            properties.push(json!([format!("n{}", id.0), key, value]));
        }
    }
    let mut relationships: Vec<u32> = Vec::new();
    for row in (0..columns.len() as u32).filter(|row| columns.retracted(*row).is_none()) {
        let id = columns.id(row).0;
        relationships.push(id);
        for (key, value) in claim_properties(graph, row) {
            properties.push(json!([format!("r{id}"), key, literal(graph, &value)]));
        }
    }
    labels.sort_unstable();
    labels.dedup();
    json!({ "nodes": nodes, "rels": relationships, "labels": labels, "props": properties })
}

/// An error in the words of the openCypher suite.
fn refused(error: &Failure, text: &str) -> Value {
    let Failure::Mistake(mistake) = error else {
        return told(error, text);
    };
    let code = mistake.code.clone().unwrap_or_default();
    let words: Vec<&str> = code.split(' ').collect();
    let (kind, phase, detail) = match words.as_slice() {
        [_, class, detail] => (*class, "runtime", *detail),
        ["22G03", detail] => ("TypeError", "compile time", *detail),
        [_, "ProcedureNotFound"] => ("ProcedureError", "compile time", "ProcedureNotFound"),
        [_, "MissingParameter"] => ("ParameterMissing", "compile time", "MissingParameter"),
        [_, detail] => ("SyntaxError", "compile time", *detail),
        _ => ("SyntaxError", "compile time", "UnexpectedSyntax"),
    };
    let mut reply = told(error, text);
    if let Some(fields) = reply.get_mut("error").and_then(Value::as_object_mut) {
        fields.insert("kind".to_owned(), json!(kind));
        fields.insert("phase".to_owned(), json!(phase));
        fields.insert("detail".to_owned(), json!(detail));
    }
    reply
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

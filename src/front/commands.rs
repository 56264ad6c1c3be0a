//! The commands that begin with a dot: one row each in [`COMMANDS`], from which help, completion and
//! did-you-mean are derived. They run at the prompt and in scripts alike.

use crate::answer::{Answer, Table};
use crate::engine::{Asked, Failure, Timing};
use crate::export;
use crate::front::export::{exported, limit};
use crate::front::help::TOPICS;
use crate::front::imports;
use crate::front::output::{Delivery, deliver, format, write_file};
use crate::front::rules;
use crate::front::session::Session;
use crate::front::tables;
use crate::graph::{GraphView, Petgraph};
use crate::language::spelling::{name, unquoted};
use crate::language::tokens::tokens;
use crate::model::{Form, Vocabulary};
use crate::run::Work;
use crate::text::{Diagnostic, Span, nearest};

/// A command.
pub struct Command {
    /// Its name without the dot.
    pub name: &'static str,
    /// What stands behind it.
    pub arguments: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// Does it.
    pub run: fn(&mut Session, &[String]) -> Result<Delivery, Failure>,
}

/// All commands.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "help",
        arguments: "[WORD]",
        doc: "what can be asked, with examples",
        run: help,
    },
    Command {
        name: "mode",
        arguments: "[FORMAT]",
        doc: "how answers are written",
        run: mode,
    },
    Command {
        name: "timer",
        arguments: "[on|off]",
        doc: "tell how long answers take",
        run: timer,
    },
    Command {
        name: "types",
        arguments: "",
        doc: "the types and how many entities they have",
        run: types,
    },
    Command {
        name: "relations",
        arguments: "",
        doc: "the relations, their verbs and how many facts",
        run: relations,
    },
    Command {
        name: "sources",
        arguments: "",
        doc: "who says something, and how often",
        run: sources,
    },
    Command {
        name: "rules",
        arguments: "",
        doc: "the rules, what they say and whether they are in force",
        run: rules,
    },
    Command {
        name: "stats",
        arguments: "",
        doc: "the size of the case",
        run: stats,
    },
    Command {
        name: "param",
        arguments: "[NAME VALUE]",
        doc: "give `$NAME` a value, or list the values",
        run: param,
    },
    Command {
        name: "read",
        arguments: "FILE",
        doc: "run a script",
        run: read_file,
    },
    Command {
        name: "import",
        arguments: "[--from FORMAT] FILE… [MAPPING…]",
        doc: "take files in: facts, documents, tables; a mapping says what columns mean: kind=type,year=on",
        run: import,
    },
    Command {
        name: "begin",
        arguments: "",
        doc: "begin a transaction: what follows is kept together, or not at all",
        run: begin,
    },
    Command {
        name: "commit",
        arguments: "",
        doc: "keep what was done in the transaction",
        run: commit,
    },
    Command {
        name: "rollback",
        arguments: "",
        doc: "undo what was done in the transaction",
        run: roll_back,
    },
    Command {
        name: "save",
        arguments: "FILE",
        doc: "write the case as facts text",
        run: save,
    },
    Command {
        name: "export",
        arguments: "[--max-tlp LEVEL] FORMAT [FILE] [QUESTION]",
        doc: "write the claims of the case, or those behind a question",
        run: export_case,
    },
    Command {
        name: "quit",
        arguments: "",
        doc: "end",
        run: quit,
    },
    Command {
        name: "exit",
        arguments: "",
        doc: "end",
        run: quit,
    },
];

/// Runs the command of a line that begins with a dot.
pub fn run(session: &mut Session, line: &str) -> Result<Delivery, Failure> {
    // Of a word that is a command without a dot the sign at its end may stay.
    let line = match line.starts_with('.') {
        true => &line[1..],
        false => line.trim_end().trim_end_matches(['.', ';']),
    };
    let mut words = words(line.trim_start_matches('.'));
    let command = if words.is_empty() {
        String::new()
    } else {
        words.remove(0)
    };
    match COMMANDS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(&command))
    {
        Some(known) => (known.run)(session, &words),
        None => {
            let names: Vec<&str> = COMMANDS.iter().map(|known| known.name).collect();
            let unknown = Diagnostic::new(
                format!("no command is called `.{command}`"),
                Span::new(0, command.len() + 1),
            )
            .label("unknown command");
            // A beginning that only one command has is taken as a hint as well.
            let begun = names
                .iter()
                .copied()
                .find(|known| known.starts_with(&command) && !command.is_empty());
            let near = begun.or_else(|| nearest(&command, names, 1).first().copied());
            Err(match near {
                Some(near) => unknown
                    .help(format!("did you mean `.{near}`?"))
                    .suggest(format!(".{near}")),
                None => unknown.help("`.help` lists the commands"),
            }
            .into())
        }
    }
}

/// The words of a command; a word in quotes keeps its spaces.
fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let end = match rest.starts_with('"') {
            true => tokens(rest)
                .first()
                .map_or(rest.len(), |token| token.span.end),
            false => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        found.push(unquoted(&rest[..end]));
        rest = rest[end..].trim_start();
    }
    found
}

fn said(text: String) -> Result<Delivery, Failure> {
    Ok(Delivery {
        text,
        aside: Vec::new(),
    })
}

fn needs(what: &str, example: &str) -> Failure {
    Diagnostic::without_span(what.to_owned())
        .help(format!("write for example `{example}`"))
        .into()
}

/// A table as an answer, so that it comes in any format.
fn tabled(
    session: &Session,
    columns: &[&str],
    rows: Vec<Vec<String>>,
) -> Result<Delivery, Failure> {
    let records = rows
        .iter()
        .map(|row| {
            let cell = |cell: &String| match cell.parse::<i64>() {
                Ok(number) => serde_json::json!(number),
                Err(_) => serde_json::json!(cell),
            };
            columns
                .iter()
                .map(|column| (*column).to_owned())
                .zip(row.iter().map(cell))
                .collect()
        })
        .collect();
    let table = Table {
        rows,
        ..Table::new(columns)
    };
    let answer = Answer {
        table,
        records,
        ..Answer::default()
    };
    let asked = Asked {
        answer,
        pipes: Vec::new(),
        timing: Timing::default(),
        work: Work::default(),
    };
    let format = match format(&session.format) {
        Ok(writer) if writer.rows.is_none() => "table",
        Ok(writer) => writer.name,
        Err(_) => "table",
    };
    Ok(deliver(&asked, &session.engine, format, &session.screen)?)
}

fn help(_session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    let pattern = words.join(" ").to_lowercase();
    let matches = |text: &str| pattern.is_empty() || text.to_lowercase().contains(&pattern);
    let mut out = String::new();
    for topic in TOPICS {
        let examples: Vec<&&str> = topic
            .examples
            .iter()
            .filter(|example| matches(example))
            .collect();
        let whole = matches(topic.name) || matches(topic.doc);
        if !whole && examples.is_empty() {
            continue;
        }
        out.push_str(&format!("{}: {}\n", topic.name, topic.doc));
        let shown = if whole {
            topic.examples.iter().collect()
        } else {
            examples
        };
        shown
            .iter()
            .for_each(|example| out.push_str(&format!("    {example}\n")));
    }
    let commands: Vec<&Command> = COMMANDS
        .iter()
        .filter(|command| matches(command.name) || matches(command.doc))
        .collect();
    if !commands.is_empty() {
        out.push_str("commands\n");
        for command in commands {
            let usage = format!(".{} {}", command.name, command.arguments);
            out.push_str(&format!("    {usage:<34}{}\n", command.doc));
        }
    }
    match out.is_empty() {
        true => Err(
            Diagnostic::without_span(format!("nothing is said about `{pattern}`"))
                .help("`.help` alone shows everything")
                .into(),
        ),
        false => said(out),
    }
}

fn mode(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    let Some(wanted) = words.first() else {
        let list = export::WRITERS.iter().map(|writer| {
            let mark = if writer.name == session.format {
                "*"
            } else {
                " "
            };
            format!("{mark} {:<10}{}\n", writer.name, writer.doc)
        });
        return said(list.collect());
    };
    session.format = format(wanted)?.name.to_owned();
    Ok(Delivery::default())
}

fn timer(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    session.timer = match words.first().map(String::as_str) {
        None => !session.timer,
        Some("on") => true,
        Some("off") => false,
        Some(_) => return Err(needs("the timer is on or off", ".timer on")),
    };
    let state = if session.timer { "on" } else { "off" };
    Ok(Delivery {
        text: String::new(),
        aside: vec![format!("timer {state}")],
    })
}

fn types(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    let graph = session.engine.graph();
    let words = graph.vocabulary();
    let rows = words
        .types()
        .filter(|(id, _)| *id != Vocabulary::NAME)
        .map(|(id, declared)| {
            let count = graph.entities().members(id, words).len();
            let doc = declared.doc.clone().unwrap_or_default();
            vec![
                declared.name.clone(),
                declared.parents.join(", "),
                count.to_string(),
                doc,
            ]
        })
        .collect();
    tabled(session, &["type", "is a", "entities", "what it is"], rows)
}

fn rules(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    let rows = rules::listed(&session.engine);
    tabled(session, &["rule", "in force", "what it says"], rows)
}

fn relations(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    let graph = session.engine.graph();
    let words = graph.vocabulary();
    let rows = words
        .relations()
        .map(|(id, declared)| {
            let ends = |nouns: &[String]| {
                if nouns.is_empty() {
                    "entity".to_owned()
                } else {
                    nouns.join(" or ")
                }
            };
            vec![
                declared.name.clone(),
                format!("{} → {}", ends(&declared.from), ends(&declared.to)),
                words.phrase(id, Form::Past),
                graph.statistics().relation(id).facts.to_string(),
                declared.doc.clone().unwrap_or_default(),
            ]
        })
        .collect();
    tabled(
        session,
        &["relation", "ends", "said", "facts", "what it means"],
        rows,
    )
}

fn sources(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    let graph = session.engine.graph();
    let columns = graph.columns();
    let mut counts: std::collections::BTreeMap<u32, (u64, u64)> = std::collections::BTreeMap::new();
    for row in 0..columns.len() as u32 {
        for source in columns.sources(row) {
            counts.entry(source.0).or_default().0 += 1;
        }
        for link in columns.via(row) {
            counts.entry(link.0).or_default().1 += 1;
        }
    }
    let mut rows: Vec<(u64, Vec<String>)> = counts
        .into_iter()
        .map(|(id, (says, passes))| {
            let handle = graph.entities().name(crate::model::EntityId(id)).to_owned();
            (says, vec![handle, says.to_string(), passes.to_string()])
        })
        .collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    tabled(session, &["source", "claims", "passed on"], rows)
}

fn stats(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    let graph = session.engine.graph();
    let entities = graph.entities().ids().count();
    let names = graph.entities().len() - entities;
    let parts = petgraph::algo::connected_components(Petgraph::new(graph));
    let mut rows = vec![
        ("entities", entities),
        ("aliases", names),
        ("claims", graph.columns().len()),
        ("facts", graph.fact_count()),
        ("retracted claims", graph.columns().retracted_rows().count()),
        ("types", graph.vocabulary().types().count()),
        ("relations", graph.vocabulary().relations().count()),
        ("connected parts", parts),
        ("bytes in memory", graph.memory()),
    ];
    if !graph.columns().is_empty() {
        rows.push((
            "bytes a claim",
            graph.claim_memory() / graph.columns().len(),
        ));
    }
    let rows = rows
        .into_iter()
        .map(|(what, count)| vec![what.to_owned(), count.to_string()])
        .collect();
    tabled(session, &["what", "count"], rows)
}

fn param(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    match words {
        [] => {
            let values = session.engine.context.parameters.iter();
            let rows = values
                .map(|(key, value)| vec![format!("${key}"), value.text()])
                .collect();
            tabled(session, &["parameter", "value"], rows)
        }
        [_] => Err(needs(
            "a parameter needs a value",
            ".param victim UK_Parliament",
        )),
        [key, value @ ..] => {
            session
                .engine
                .set_parameter(key.trim_start_matches('$'), &value.join(" "));
            Ok(Delivery::default())
        }
    }
}

fn read_file(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    let [file] = words else {
        return Err(needs("a file is needed", ".read facts.who"));
    };
    (session.reader)(session, file)
}

fn import(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    let (from, words) = imports::from(words)?;
    let (map, files): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| word.contains('='));
    if files.is_empty() {
        return Err(needs("this needs files", ".import people.csv targeted.csv"));
    }
    let colour = session.screen.colour_errors;
    let failed = |refused: tables::Refused| -> Failure {
        let text = refused.text.trim_end().to_owned();
        Diagnostic::without_span(text.trim_start_matches("error: ").to_owned()).into()
    };
    let options = tables::Options {
        from,
        mapping: tables::mapping(&map, colour).map_err(failed)?,
        ..tables::Options::default()
    };
    let done = session
        .writing(|engine, now| imports::import(engine, &files, &options, now))?
        .map_err(failed)?;
    Ok(Delivery {
        text: String::new(),
        aside: done.said.lines().map(str::to_owned).collect(),
    })
}

fn begin(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    session.begin()?;
    aside("begun; `.commit` keeps what follows, `.rollback` undoes it")
}

fn commit(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    session.commit()?;
    aside(match session.case.keeps() {
        true => "kept",
        false => "kept in memory",
    })
}

fn roll_back(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    session.roll_back()?;
    aside("undone")
}

fn aside(text: &str) -> Result<Delivery, Failure> {
    Ok(Delivery {
        text: String::new(),
        aside: vec![text.to_owned()],
    })
}

fn save(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    let [file] = words else {
        return Err(needs("a file is needed", ".save case.who"));
    };
    let text = session.engine.statements();
    write_file(file, &text)?;
    Ok(Delivery {
        text: String::new(),
        aside: vec![format!("wrote {file} ({} bytes)", text.len())],
    })
}

fn export_case(session: &mut Session, words: &[String]) -> Result<Delivery, Failure> {
    let (most, words) = limit(words)?;
    let [wanted, rest @ ..] = words.as_slice() else {
        let names = export::names().join(", ");
        return Err(needs(
            &format!("a format is needed: {names}"),
            ".export dot case.dot",
        ));
    };
    // A word with a dot or a slash in it is a file; a question begins with a plain word.
    let is_file = |word: &&String| word.contains(['.', '/']) && !word.ends_with('?');
    let (file, question) = match rest.first().filter(is_file) {
        Some(file) => (Some(file), &rest[1..]),
        None => (None, rest),
    };
    let question: Vec<String> = question
        .iter()
        .map(|word| {
            if word.contains(' ') {
                name(word)
            } else {
                word.clone()
            }
        })
        .collect();
    let text = exported(&mut session.engine, wanted, &question.join(" "), most)?;
    match file {
        None => said(text),
        Some(file) => {
            write_file(file, &text)?;
            Ok(Delivery {
                text: String::new(),
                aside: vec![format!("wrote {file} ({} bytes)", text.len())],
            })
        }
    }
}

fn quit(session: &mut Session, _words: &[String]) -> Result<Delivery, Failure> {
    session.over = true;
    Ok(Delivery::default())
}

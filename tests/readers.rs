//! Eight processes read a case while one writes: nobody waits, nobody fails, and what was recorded
//! together is seen together. `WHODUNIT_SECONDS=60 cargo test --test readers` lasts a minute.

mod common;

use common::{complained, program, run, said, scratch};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many claims of either kind there are; and how many are two halves of one.
const PAIRS: &str =
    "MATCH ()-[c:targeted|used]->() RETURN type(c) AS kind, count(c) AS n ORDER BY kind";

/// A process that answers requests.
struct Pipe {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipe {
    fn new(case: &str) -> Pipe {
        let mut child = program(&["-c", case, "pipe"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        Pipe {
            input: child.stdin.take().expect("its input"),
            output: BufReader::new(child.stdout.take().expect("its output")),
            child,
        }
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.input, "{request}").expect("somebody reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a reply");
        let reply: Value = serde_json::from_str(&line).expect("JSON");
        assert!(reply.get("error").is_none(), "{request}: {reply}");
        reply
    }

    fn end(self) {
        let Pipe {
            mut child, input, ..
        } = self;
        drop(input);
        assert!(child.wait().expect("an end").success());
    }
}

/// The number of pairs that a reader sees; a half of one would be torn.
fn pairs(counts: &[(String, u64)]) -> u64 {
    match counts {
        [] => 0,
        [(a, first), (b, second)] => {
            assert_eq!((a.as_str(), b.as_str()), ("targeted", "used"));
            assert_eq!(first, second, "a transaction was seen in part");
            *first
        }
        other => panic!("a transaction was seen in part: {other:?}"),
    }
}

/// What an open process sees.
fn from_pipe(pipe: &mut Pipe) -> u64 {
    let reply = pipe.ask(&json!({"op": "run", "query": PAIRS}));
    let rows = reply["rows"].as_array().expect("rows");
    let text = |value: &Value| {
        value
            .as_str()
            .expect("a literal")
            .trim_matches('\'')
            .to_owned()
    };
    let counts: Vec<(String, u64)> = rows
        .iter()
        .map(|row| (text(&row[0]), text(&row[1]).parse().expect("a number")))
        .collect();
    pairs(&counts)
}

/// What a fresh process sees.
fn from_shell(case: &str) -> u64 {
    let output = run(&["-c", case, "gql", PAIRS, "-f", "jsonl"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let counts: Vec<(String, u64)> = said(&output)
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("JSON");
            let kind = row["kind"].as_str().expect("a kind").to_owned();
            (kind, row["n"].as_u64().expect("a number"))
        })
        .collect();
    pairs(&counts)
}

fn pair(n: u64) -> String {
    format!(
        "according to S, A{} targeted B{n}. according to S, A{} used C{n}.",
        n % 50,
        n % 50
    )
}

#[test]
fn eight_read_while_one_writes() {
    let seconds = std::env::var("WHODUNIT_SECONDS").ok();
    let seconds: u64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(3);
    let folder = scratch("readers");
    let path = folder.join("a.case");
    let case = path.to_string_lossy().into_owned();
    let mut writer = Pipe::new(&case);
    writer.ask(&json!({"op": "load", "text": pair(0)}));
    let (over, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let written = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..8)
            .map(|number| {
                let (over, reads, case) = (&over, &reads, case.as_str());
                scope.spawn(move || {
                    let mut pipe = (number < 6).then(|| Pipe::new(case));
                    let mut last = 0;
                    while !over.load(Ordering::Relaxed) {
                        let seen = match &mut pipe {
                            Some(pipe) => from_pipe(pipe),
                            None => from_shell(case),
                        };
                        assert!(
                            seen >= last.max(1),
                            "what was seen is gone: {seen} after {last}"
                        );
                        last = seen;
                        reads.fetch_add(1, Ordering::Relaxed);
                    }
                    if let Some(pipe) = pipe {
                        pipe.end();
                    }
                    last
                })
            })
            .collect();
        let begun = Instant::now();
        let mut written = 1;
        let mut refused = 0;
        while begun.elapsed() < Duration::from_secs(seconds)
            && !readers.iter().any(|r| r.is_finished())
        {
            writer.ask(&json!({"op": "load", "text": pair(written)}));
            written += 1;
            if written.is_multiple_of(200) || refused == 0 {
                refused += second_writer(&path);
            }
        }
        over.store(true, Ordering::Relaxed);
        for reader in readers {
            let last = reader.join().expect("a reader without fault");
            assert!(last > 0 && last <= written, "{last} of {written}");
        }
        written
    });
    assert_eq!(from_shell(&case), written);
    writer.end();
    let output = run(&["check", &case], b"");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    println!(
        "{written} transactions in {seconds} s, {} reads",
        reads.load(Ordering::Relaxed)
    );
    let _ = std::fs::remove_dir_all(&folder);
}

/// A second writer is told that there is one, and changes nothing.
fn second_writer(path: &Path) -> u64 {
    let case = path.to_string_lossy();
    let output = run(&["-c", &case, "gql", "CREATE ({name: 'Second'})"], b"");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let told = complained(&output);
    assert!(
        told.contains("another process is writing to this case"),
        "{told}"
    );
    1
}

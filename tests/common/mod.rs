//! What several tests share: an engine with a fixed day, and answers as short text.
#![allow(dead_code)] // Each test uses some of it.

pub mod notebook;
pub mod programs;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use whodunit::engine::{Asked, Engine, Failure};
use whodunit::text::render;

/// The day on which tests take place: 2026-11-23T12:00:00Z.
pub const NOW: i64 = 1_795_435_200;

/// The shared data, where its place is known.
pub fn shared(path: &str) -> Option<PathBuf> {
    match std::env::var_os("WHODUNIT_SHARED") {
        Some(place) => Some(Path::new(&place).join("data").join(path)),
        None => {
            eprintln!("skipped: WHODUNIT_SHARED does not say where the shared data is");
            None
        }
    }
}

/// A table as it is, by the names of its columns.
pub fn raw(file: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).expect("a table");
    let all = reader.deserialize::<BTreeMap<String, String>>();
    all.map(|row| row.expect("a row")).collect()
}

/// A file or folder below `tests/`.
pub fn below(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(path)
}

/// An answer as short text: headline, rows, notes, reading.
pub fn short(asked: &Asked) -> String {
    let answer = &asked.answer;
    let mut out = String::new();
    if let Some(headline) = &answer.headline {
        out.push_str(&format!("{headline}\n"));
    }
    if answer.table.rows.is_empty() {
        if answer.asks {
            out.push_str("no claim found\n");
        }
    } else {
        out.push_str(&format!("  {}\n", answer.table.columns.join(" | ")));
        for row in &answer.table.rows {
            out.push_str(&format!("    {}\n", row.join(" | ").trim_end()));
        }
    }
    for note in &answer.notes {
        out.push_str(&format!("note: {note}\n"));
    }
    if let Some(reading) = &answer.reading {
        out.push_str(&format!("= {reading}\n"));
    }
    out
}

/// A failure as it is shown.
pub fn failed(failure: &Failure, text: &str) -> String {
    match failure {
        Failure::Mistake(mistake) => render(mistake, "text", text, false),
        Failure::Halted(halt) => format!("halted: {halt}\n"),
    }
}

/// Loads a text of statements into an engine; shows what is wrong with it.
pub fn load(engine: &mut Engine, text: &str) -> String {
    match engine.load(text, NOW) {
        Ok(loaded) => {
            let warnings: String = loaded
                .warnings
                .iter()
                .map(|(_, said)| format!("warning: {said}\n"))
                .collect();
            warnings + &whodunit::front::summary(&loaded.applied) + "\n"
        }
        Err(mistakes) => mistakes
            .iter()
            .map(|mistake| render(mistake, "text", text, false))
            .collect(),
    }
}

/// Whether expected files are rewritten rather than compared.
pub fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// The first lines that differ.
pub fn difference(expected: &str, found: &str) -> String {
    let mut out = String::new();
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (left.next(), right.next()) {
            (None, None) => return out,
            (a, b) if a == b => {}
            (a, b) => {
                out.push_str(&format!(
                    "line {line}\n  expected: {}\n  found:    {}\n",
                    a.unwrap_or("(nothing)"),
                    b.unwrap_or("(nothing)")
                ));
                if out.lines().count() > 30 {
                    return out;
                }
            }
        }
    }
}

/// The program with an environment of its own: no colour, no history of the user.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whodunit"));
    command
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("WHODUNIT_HISTORY", "")
        .env_remove("RUST_BACKTRACE");
    command
}

/// What the program says to arguments and standard input.
pub fn run(arguments: &[&str], input: &[u8]) -> Output {
    run_command(program(arguments), input)
}

/// The same with at most `kilobytes` of memory, where the system can hold a program to that.
pub fn run_within(kilobytes: u64, arguments: &[&str], input: &[u8]) -> Output {
    if !cfg!(target_os = "linux") {
        return run(arguments, input);
    }
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\""))
        .arg(env!("CARGO_BIN_EXE_whodunit"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE");
    run_command(command, input)
}

pub fn run_command(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut stdin = child.stdin.take().expect("standard input");
    let input = input.to_vec();
    // Written beside the reading: either side may be full.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("a writer");
    output
}

/// Standard output as text.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder for one test, emptied before it.
pub fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("whodunit-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// How many cases a property is tried on: `PROPTEST_CASES`, or as many as usual.
pub fn cases(usual: u32) -> u32 {
    let given = std::env::var("PROPTEST_CASES").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

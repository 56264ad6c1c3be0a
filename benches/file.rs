//! The case file: durable writes beside a plain appended file, and questions from a cold process at three
//! sizes. Best of several runs, in one process; processes are started anew.
//!
//! `cargo bench --bench file`: 50,000 and 5,000,000 claims. `WHODUNIT_BENCH_CLAIMS=20000000` names others.

#![allow(clippy::print_stdout)] // A benchmark tells what it measured.

#[path = "common/random.rs"]
mod random;
#[path = "common/tables.rs"]
mod tables;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use tables::RELATIONS;
use whodunit::front::{Case, Screen, Session};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: i64 = 1_795_435_200;
/// How often a process is started; the best counts.
const RUNS: usize = 15;

/// A session over a new case file.
fn session(path: &Path) -> Session {
    let _ = fs::remove_file(path);
    let opened = Case::open(&path.to_string_lossy(), true, NOW);
    let (engine, case) = opened.unwrap_or_else(|_| panic!("a case"));
    let reader = |_: &mut Session, _: &str| unreachable!("no script is read");
    Session::new(engine, "tsv", Screen::default(), || NOW, reader).keep_in(case)
}

/// How many claims a second are kept, in transactions of so many; and how many flushed appends of the same
/// number of bytes a second a plain file takes.
fn durable(folder: &Path, transactions: usize, claims: usize) {
    let path = folder.join("writes.case");
    let mut session = session(&path);
    let texts: Vec<String> = (0..transactions)
        .map(|at| {
            let mut text = String::new();
            for claim in 0..claims {
                let number = at * claims + claim;
                let _ = writeln!(text, "{},{},{}", number % 9973, number % 7919, number % 101);
            }
            text
        })
        .collect();
    let begun = Instant::now();
    for text in &texts {
        let done = session.writing(|engine, now| tables::claims(engine, text, now));
        done.unwrap_or_else(|_| panic!("kept"));
    }
    let took = begun.elapsed().as_secs_f64();
    session.finish().unwrap_or_else(|_| panic!("finished"));
    let plain = folder.join("plain");
    let mut file = File::create(&plain).expect("a file");
    let flushed = Instant::now();
    for text in &texts {
        file.write_all(text.as_bytes()).expect("written");
        file.sync_data().expect("flushed");
    }
    let limit = flushed.elapsed().as_secs_f64();
    let total = (transactions * claims) as f64;
    println!(
        "{claims:>6} a transaction: {:>9.0} claims/s, {:>7.0} transactions/s; a plain file flushes {:>7.0}/s, {:.1} times",
        total / took,
        transactions as f64 / took,
        transactions as f64 / limit,
        took / limit
    );
}

/// Best wall time of a process in milliseconds, and its largest memory in MB.
fn process(arguments: &[&str]) -> (f64, String) {
    let (mut best, mut said) = (f64::MAX, String::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_whodunit"))
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .expect("a process");
        assert!(output.status.success(), "{arguments:?}");
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
        said = String::from_utf8_lossy(&output.stdout).into_owned();
    }
    (best, said)
}

fn cold(folder: &Path, claims: u64) {
    let tables = folder.join(claims.to_string());
    tables::write(&tables, claims / 10, claims);
    let path = tables.join("big.case");
    let case = path.to_string_lossy().into_owned();
    let mut import = vec!["-c".to_owned(), case.clone(), "import".to_owned()];
    let files = std::iter::once("entities").chain(RELATIONS);
    import.extend(files.map(|name| {
        tables
            .join(format!("{name}.csv"))
            .to_string_lossy()
            .into_owned()
    }));
    let begun = Instant::now();
    let imported = Command::new(env!("CARGO_BIN_EXE_whodunit"))
        .args(&import)
        .stderr(Stdio::null())
        .status();
    assert!(imported.expect("a process").success());
    let took = begun.elapsed().as_secs_f64() * 1e3;
    let size = fs::metadata(&path).expect("a file").len();
    let per_claim = size as f64 / claims as f64;
    println!(
        "{claims} claims: imported and on disk in {took:.0} ms, {} MB, {per_claim:.0} bytes a claim",
        size >> 20
    );
    let named = fs::read_to_string(tables.join("entities.csv")).expect("entities");
    let name = named
        .lines()
        .nth(8)
        .and_then(|line| line.split(',').nth(1))
        .expect("a name");
    let query =
        format!("MATCH (x)-[:targeted]->({{name: '{name}'}}) RETURN count(DISTINCT x) AS n");
    let question = format!("who targeted {name}");
    for asked in [
        vec!["-c", &case, "gql", &query],
        vec!["-c", &case, "ask", &question],
    ] {
        let (best, said) = process(&asked);
        println!(
            "  cold, {}: {best:.1} ms ({} lines)",
            asked[2],
            said.lines().count()
        );
    }
    let _ = fs::remove_dir_all(&tables);
}

fn main() {
    let folder = std::env::temp_dir().join(format!("whodunit-file-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (nothing, _) = process(&["--version"]);
    let (founding, _) = process(&["ask", "who targeted UK_Parliament"]);
    println!(
        "a process that does nothing: {nothing:.1} ms; the founding case, asked: {founding:.1} ms"
    );
    durable(&folder, 300, 1);
    durable(&folder, 300, 1000);
    let sizes =
        std::env::var("WHODUNIT_BENCH_CLAIMS").unwrap_or_else(|_| "50000,5000000".to_owned());
    for size in sizes.split(',').filter_map(|size| size.trim().parse().ok()) {
        cold(&folder, size);
    }
    let _ = fs::remove_dir_all(&folder);
}

//! How long documents take to come in, in this process: reading, drafting, joining, applying. Files are
//! given as arguments, or are those of the shared data under `WHODUNIT_SHARED`; without either it says so.

#![allow(clippy::print_stdout)] // A benchmark tells what it measured.

use std::path::PathBuf;
use std::time::{Duration, Instant};
use whodunit::engine::Engine;
use whodunit::front::imports::import;
use whodunit::front::tables::Options;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs of which the fastest is told.
const RUNS: usize = 7;

fn main() {
    let mut files: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if files.is_empty()
        && let Some(place) = std::env::var_os("WHODUNIT_SHARED")
    {
        let data = PathBuf::from(place).join("data");
        let names = [
            "attack/enterprise-v18.1.stix20.json",
            "attack/ics-v18.1.stix21.json",
            "stix/poisonivy.json",
            "misp/threat-actor.json",
        ];
        files = names
            .iter()
            .map(|name| data.join(name).display().to_string())
            .collect();
    }
    if files.is_empty() {
        println!("nothing to import: name files, or the shared data by WHODUNIT_SHARED");
    }
    for file in files {
        let mut times: Vec<Duration> = Vec::new();
        let mut claims = 0;
        for _ in 0..RUNS {
            let mut engine = Engine::with_vocabulary(0);
            let begun = Instant::now();
            let done = import(
                &mut engine,
                std::slice::from_ref(&file),
                &Options::default(),
                0,
            );
            times.push(begun.elapsed());
            match done {
                Ok(done) => claims = done.claims(),
                Err(refused) => {
                    println!("{}", refused.text);
                    break;
                }
            }
        }
        times.sort();
        let all: Vec<String> = times
            .iter()
            .map(|time| format!("{:.0}", time.as_secs_f64() * 1000.0))
            .collect();
        println!("{file}: {claims} claims, ms: {}", all.join(" "));
    }
}

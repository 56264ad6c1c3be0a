//! The case of `benches/README.md`: bulk load and queries in both languages beside hand-written loops
//! over plain sorted arrays, the limit of one core; best of several runs, in one process, with their
//! ratio. Each pair must agree on its answer.
//!
//! `cargo bench --bench case`: 50,000 and 5,000,000 claims. `WHODUNIT_BENCH_CLAIMS=20000000` names
//! other sizes, `WHODUNIT_BENCH_TABLES=FOLDER` tables that are there already.

#![allow(clippy::print_stdout)] // A benchmark tells what it measured.

#[path = "common/limits.rs"]
mod limits;
#[path = "common/random.rs"]
mod random;
#[path = "common/tables.rs"]
mod tables;

use limits::{Arrays, circles, distinct, marked, shared, step};
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tables::RELATIONS;
use whodunit::algebra::Datum;
use whodunit::engine::{Engine, Given};
use whodunit::graph::GraphView;
use whodunit::import::Mapping;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each is run; the best counts.
const RUNS: usize = 5;
const NOW: i64 = 1_795_435_200;

fn best<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = Duration::MAX;
    let mut last = None;
    for _ in 0..RUNS {
        let begun = Instant::now();
        let found = black_box(run());
        best = best.min(begun.elapsed());
        last = Some(found);
    }
    (best.as_secs_f64() * 1e3, last.expect("a run"))
}

fn loaded(folder: &Path) -> (Engine, f64) {
    let begun = Instant::now();
    let mut engine = Engine::with_vocabulary(NOW);
    let files = std::iter::once("entities").chain(RELATIONS);
    let given = files.map(|name| {
        let path = folder.join(format!("{name}.csv"));
        let mut file = File::open(&path).expect("a table");
        Given {
            file: path.display().to_string(),
            feed: Box::new(move |out, want| {
                let before = out.len();
                let read = file.by_ref().take(want as u64).read_to_end(out);
                read.map_err(|error| error.to_string())?;
                Ok(out.len() - before == want)
            }),
        }
    });
    engine
        .import_tables(
            given.collect(),
            &Mapping::default(),
            false,
            NOW,
            &mut |_| {},
        )
        .expect("good tables");
    (engine, begun.elapsed().as_secs_f64() * 1e3)
}

/// The last number of the first row.
fn number(engine: &mut Engine, query: &str) -> i64 {
    let queried = engine.gql(query, &[]).expect("an answer");
    match queried.rows.first().and_then(|row| row.last()) {
        Some(value) => Datum::as_int(value).unwrap_or(-1),
        None => 0,
    }
}

/// The count that a question gives.
fn count(engine: &mut Engine, question: &str) -> i64 {
    let asked = engine.ask(question).expect("an answer");
    let record = asked.answer.records.first();
    let count = record.and_then(|record| record.get("count"));
    count.and_then(|count| count.as_i64()).unwrap_or(-1)
}

/// One line of the table.
struct Line {
    name: &'static str,
    gql: String,
    question: Option<String>,
    limit: Box<dyn FnMut() -> i64>,
}

fn lines(arrays: &'static Arrays, engine: &Engine) -> Vec<Line> {
    let name = move |id: u32| {
        let found = engine
            .graph()
            .entities()
            .having("id", &whodunit::model::Value::Int(i64::from(id)));
        let id = found
            .and_then(|ids| ids.first().copied())
            .expect("an entity");
        engine.graph().entities().name(id).to_owned()
    };
    let of = |relation: &str| {
        let at = RELATIONS.iter().position(|known| *known == relation);
        &arrays.of[at.expect("a relation")]
    };
    let (targeted, attributed) = (of("targeted"), of("attributed_to"));
    let (uses, located) = (of("uses"), of("located_in"));
    let (sanctioned, condemned) = (of("sanctioned"), of("condemned"));
    let ids = || 0..arrays.entities as u32;
    let hub = ids()
        .max_by_key(|id| targeted.1.of(*id).len())
        .expect("a hub");
    let others = ids().filter(|id| *id != hub);
    let second = others
        .max_by_key(|id| targeted.1.of(*id).len())
        .expect("another");
    let small = ids()
        .find(|id| targeted.1.of(*id).len() == 3)
        .expect("a small one");
    let state = ids()
        .max_by_key(|id| attributed.1.of(*id).len())
        .expect("a state");
    let user = ids().max_by_key(|id| uses.0.of(*id).len()).expect("a user");
    println!(
        "the hub has {} incoming `targeted`, the second {}, the small one 3",
        targeted.1.of(hub).len(),
        targeted.1.of(second).len()
    );
    let (hub_name, second_name, small_name) = (name(hub), name(second), name(small));
    let (state_name, user_name) = (name(state), name(user));
    let alone = move |id: u32| {
        let mut marks = vec![false; arrays.entities];
        marks[id as usize] = true;
        marks
    };
    vec![
        Line {
            name: "Q1 entity by name",
            gql: format!("MATCH (n {{name: '{hub_name}'}}) RETURN count(n)"),
            question: None,
            limit: Box::new(|| 1),
        },
        Line {
            name: "Q2 who targeted the hub, distinct",
            gql: format!("MATCH (a)-[:targeted]->({{name: '{hub_name}'}}) RETURN count(DISTINCT a)"),
            question: Some(format!("how many entities targeted {hub_name}")),
            limit: Box::new(move || distinct(targeted.1.of(hub))),
        },
        Line {
            name: "Q2b who targeted a small one",
            gql: format!("MATCH (a)-[:targeted]->({{name: '{small_name}'}}) RETURN count(DISTINCT a)"),
            question: Some(format!("how many entities targeted {small_name}")),
            limit: Box::new(move || distinct(targeted.1.of(small))),
        },
        Line {
            name: "Q3 as Q2, likelihood >= 70 and in 2021",
            gql: format!(
                "MATCH (a)-[c:targeted]->({{name: '{hub_name}'}}) \
                 WHERE c.likelihood >= 70 AND c.from.year = 2021 RETURN count(DISTINCT a)"
            ),
            question: None,
            limit: Box::new(move || {
                let kept: Vec<u32> = targeted
                    .1
                    .range(hub)
                    .filter(|at| targeted.1.confidence[*at] >= 70 && targeted.1.year[*at] == 2021)
                    .map(|at| targeted.1.ends[at])
                    .collect();
                distinct(&kept)
            }),
        },
        Line {
            name: "Q4 attributed to S and targeted the hub",
            gql: format!(
                "MATCH (s {{name: '{state_name}'}})<-[:attributed_to]-(g)-[:targeted]->(v {{name: '{hub_name}'}}) \
                 RETURN count(DISTINCT g)"
            ),
            question: Some(format!(
                "how many entities were attributed to {state_name} and targeted {hub_name}"
            )),
            limit: Box::new(move || shared(attributed.1.of(state), targeted.1.of(hub))),
        },
        Line {
            name: "Q5 three hops, distinct ends",
            gql: format!(
                "MATCH (s {{name: '{second_name}'}})<-[:attributed_to]-(g)-[:uses]->(w)-[:located_in]->(x) \
                 RETURN count(DISTINCT x)"
            ),
            question: None,
            limit: Box::new(move || {
                let first = step(&attributed.1, &alone(second));
                marked(&step(&located.0, &step(&uses.0, &first)))
            }),
        },
        Line {
            name: "Q6 targeted both hubs",
            gql: format!(
                "MATCH (b {{name: '{hub_name}'}})<-[:targeted]-(a)-[:targeted]->(c {{name: '{second_name}'}}) \
                 RETURN count(DISTINCT a)"
            ),
            question: Some(format!("how many entities targeted {hub_name} and targeted {second_name}")),
            limit: Box::new(move || shared(targeted.1.of(second), targeted.1.of(hub))),
        },
        Line {
            name: "Q8 by victim, distinct groups, top 10",
            gql: "MATCH (a:Group)-[:targeted]->(b) RETURN b.id AS b, count(DISTINCT a) AS n \
                  ORDER BY n DESC, b LIMIT 10"
                .to_owned(),
            question: None,
            limit: Box::new(move || {
                let mut counts = vec![0u32; arrays.entities];
                for (id, _) in arrays.group.iter().enumerate().filter(|(_, group)| **group) {
                    let mut last = u32::MAX;
                    for end in targeted.0.of(id as u32) {
                        counts[*end as usize] += u32::from(*end != last);
                        last = *end;
                    }
                }
                let mut order: Vec<u32> = (0..counts.len() as u32).collect();
                let key = |id: &u32| (std::cmp::Reverse(counts[*id as usize]), *id);
                let top = order.len().min(10);
                order.select_nth_unstable_by_key(top - 1, key);
                order.truncate(top);
                order.sort_unstable_by_key(key);
                i64::from(counts[order[0] as usize])
            }),
        },
        Line {
            name: "Q9 circle of three, count",
            gql: "MATCH (a)-[:attributed_to]->(b)-[:sanctioned]->(c)-[:condemned]->(a) RETURN count(*)"
                .to_owned(),
            question: None,
            limit: Box::new(move || {
                // From b: what attributed leads back, over sanctioned and condemned.
                circles(&sanctioned.0, &condemned.0, &attributed.1, arrays.entities)
            }),
        },
        Line {
            name: "Q13 uses, 1 to 3 times, distinct ends",
            gql: format!("MATCH (a {{name: '{user_name}'}})-[:uses*1..3]->(b) RETURN count(DISTINCT b)"),
            question: None,
            limit: Box::new(move || {
                let first = step(&uses.0, &alone(user));
                let second = step(&uses.0, &first);
                let third = step(&uses.0, &second);
                let any = |at: usize| first[at] || second[at] || third[at];
                (0..arrays.entities).filter(|at| any(*at)).count() as i64
            }),
        },
        Line {
            name: "Q15 claims by year, count and mean",
            gql: "MATCH ()-[c:targeted]->() RETURN c.from.year AS y, avg(c.likelihood) AS m, count(*) AS n \
                  ORDER BY n DESC LIMIT 1"
                .to_owned(),
            question: None,
            limit: Box::new(move || {
                let mut years = vec![(0u64, 0u64); 3000];
                for (year, confidence) in targeted.0.year.iter().zip(&targeted.0.confidence) {
                    let of = &mut years[*year as usize];
                    *of = (of.0 + 1, of.1 + u64::from(*confidence));
                }
                black_box(&years);
                years.iter().map(|year| year.0).max().unwrap_or(0) as i64
            }),
        },
    ]
}

fn folder(claims: u64) -> PathBuf {
    if let Some(given) = std::env::var_os("WHODUNIT_BENCH_TABLES") {
        return given.into();
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("case-{claims}"));
    if !folder.join("uses.csv").exists() {
        tables::write(&folder, (claims / 10).max(1000), claims);
    }
    folder
}

fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn names(engine: &Engine) {
    let entities = engine.graph().entities();
    let prefix = best(|| entities.prefix("person_1", 20).len());
    let exact = best(|| entities.resolve("Person_1234567").len());
    for (what, text) in [
        ("one slip", "compny 77"),
        ("two slips", "institutoin 12345"),
    ] {
        let (took, found) = best(|| entities.fuzzy(text, 20).len());
        println!("names: {what} {took:.3} ms ({found} found)");
    }
    println!(
        "names: prefix {:.3} ms ({} found), exact {:.4} ms",
        prefix.0, prefix.1, exact.0
    );
}

fn run(claims: u64) {
    let folder = folder(claims);
    let begun = Instant::now();
    let arrays: &'static Arrays = Box::leak(Box::new(limits::load(&folder, &RELATIONS)));
    let limit = begun.elapsed().as_secs_f64() * 1e3;
    let before = resident();
    let (mut engine, load) = loaded(&folder);
    let (entities, all) = (
        engine.graph().entities().len(),
        engine.graph().columns().len(),
    );
    println!("\n{all} claims, {entities} entities");
    println!(
        "bytes a claim: {:.1}; bytes in all: {:.0} MB",
        engine.graph().claim_memory() as f64 / all as f64,
        engine.graph().memory() as f64 / 1e6
    );
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("resident: {} MB more than before", (after - before) / 1024);
    }
    names(&engine);
    let lines = lines(arrays, &engine);
    println!("| | whodunit ms | as a question ms | limit ms | ratio | of the question |");
    println!("|---|---:|---:|---:|---:|---:|");
    println!(
        "| bulk load | {load:.0} | | {limit:.0} | {:.1} | |",
        load / limit
    );
    for mut line in lines {
        let (gql, found) = best(|| number(&mut engine, &line.gql));
        let (least, expected) = best(&mut line.limit);
        assert_eq!(found, expected, "{}: {}", line.name, line.gql);
        let (asked, ratio) = match &line.question {
            None => (String::new(), String::new()),
            Some(question) => {
                let (took, found) = best(|| count(&mut engine, question));
                assert_eq!(found, expected, "{}: {question}", line.name);
                (
                    format!("{took:.3}"),
                    format!("{:.1}", took / least.max(1e-6)),
                )
            }
        };
        let ratio_gql = gql / least.max(1e-6);
        let name = line.name;
        println!("| {name} | {gql:.3} | {asked} | {least:.4} | {ratio_gql:.1} | {ratio} |");
    }
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let sizes =
        std::env::var("WHODUNIT_BENCH_CLAIMS").unwrap_or_else(|_| "50000,5000000".to_owned());
    for size in sizes.split(',') {
        run(size.trim().parse().expect("a number of claims"));
    }
}

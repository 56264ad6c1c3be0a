//! The compile-time half of the openCypher suite: every query that the suite refuses before it runs
//! is refused here with the same detail, and no other is. The suite lies outside the repository;
//! `WHODUNIT_SHARED` tells where.

use serde_json::Value;
use std::collections::BTreeMap;
use whodunit::language::gql::{Signature, check, parse};

/// `test.my.proc(name :: STRING?, id :: INTEGER?) :: (city :: STRING?)`
fn signature(text: &str) -> Signature {
    let (name, rest) = text.split_once('(').expect("a signature");
    let (inputs, outputs) = rest.split_once("::").map_or((rest, ""), |_| {
        let end = rest.find(')').expect("an end");
        (&rest[..end], &rest[end + 1..])
    });
    let fields = |text: &str| -> Vec<(String, String)> {
        text.trim_matches(|c: char| c.is_whitespace() || "():".contains(c))
            .split(',')
            .filter_map(|field| field.split_once("::"))
            .map(|(name, kind)| {
                (
                    name.trim().to_owned(),
                    kind.trim().trim_end_matches(')').to_owned(),
                )
            })
            .collect()
    };
    Signature {
        name: name.trim().to_owned(),
        inputs: fields(inputs),
        outputs: fields(outputs).into_iter().map(|(name, _)| name).collect(),
    }
}

#[test]
fn the_suite_agrees_on_what_is_refused_before_it_runs() {
    let Some(shared) = std::env::var_os("WHODUNIT_SHARED") else {
        eprintln!("WHODUNIT_SHARED is not set: the openCypher suite is skipped");
        return;
    };
    let path = std::path::Path::new(&shared).join("tck/open.jsonl");
    let text = std::fs::read_to_string(path).expect("the suite");
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut all, mut refused) = (0, 0);
    for line in text.lines() {
        let scenario: Value = serde_json::from_str(line).expect("a scenario");
        let query = scenario["query"].as_str().expect("a query");
        let procedures: Vec<Signature> = scenario["procedures"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|procedure| signature(procedure["signature"].as_str().expect("a signature")))
            .collect();
        let expect = &scenario["expect"];
        let compile = expect["kind"] == "error" && expect["phase"] == "compile time";
        let wanted = compile.then(|| expect["detail"].as_str().unwrap_or("*").to_owned());
        let found = parse(query)
            .and_then(|program| check(&program, &procedures))
            .err()
            .map(|mistake| {
                let code = mistake.code.unwrap_or_default();
                code.split(' ').nth(1).unwrap_or("?").to_owned()
            });
        all += 1;
        refused += usize::from(compile);
        if wanted != found {
            let key = format!("wanted {wanted:?}, found {found:?}");
            wrong.entry(key).or_default().push(format!(
                "{} {}",
                scenario["id"],
                query.replace('\n', " ")
            ));
        }
    }
    let count: usize = wrong.values().map(Vec::len).sum();
    let mut shown = String::new();
    for (key, queries) in &wrong {
        shown.push_str(&format!("{} × {key}\n", queries.len()));
        for query in queries.iter().take(6) {
            shown.push_str(&format!("    {query}\n"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{count} of {all} ({refused} to be refused) differ\n{shown}"
    );
}

//! The fuzz targets in small, on any toolchain: thousands of deterministic mutations of known lines
//! go through the parsers. Nothing panics; what parses prints to text that parses to the same tree.

mod common;
#[path = "common/features.rs"]
mod features;

use common::NOW;
use whodunit::engine::{Content, Engine, File};
use whodunit::graph::GraphView;
use whodunit::import::{Form, Mapping, named};
use whodunit::language::question;
use whodunit::language::rule;
use whodunit::language::script::{is_complete, items};
use whodunit::language::statement;
use whodunit::rules::flaw;

const LINES: &str = include_str!("questions/lines.txt");
const WORDS: &[&str] = &[
    "who",
    "what",
    "targeted",
    "UK_Parliament",
    "and",
    "or",
    "not",
    "(",
    ")",
    "\"",
    "in",
    "2021",
    "any",
    "group",
    "that",
    "is",
    "a",
    "by",
    "to",
    "?",
    ".",
    ",",
    "|",
    "csv",
    "#1",
    "~x",
    "UK_*",
    "$victim",
    "_",
    "with",
    "likelihood",
    ">=",
    "70%",
    "according",
    "per",
    "top",
    "5",
    "why",
    "how",
    "many",
    "\0",
    "é",
    "“",
    "never",
    "did",
    "was",
    "since",
    "where",
    "=",
    "has",
    "denies",
    "retract",
    "relation",
    "type",
    "[",
    "{",
];

/// splitmix64, as in the benchmark.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

fn mutated(line: &str, random: &mut Random) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    for _ in 0..=random.below(3) {
        let at = random.below(words.len());
        match random.below(5) {
            0 if words.len() > 1 => {
                words.remove(at);
            }
            1 => words.insert(at, WORDS[random.below(WORDS.len())]),
            2 => words[at] = WORDS[random.below(WORDS.len())],
            3 => words.insert(at, words[at]),
            _ => {
                let other = random.below(words.len());
                words.swap(at, other);
            }
        }
    }
    let mut text = words.join(" ");
    if random.below(4) == 0 {
        let cut = random.below(text.len() + 1);
        if text.is_char_boundary(cut) {
            text.truncate(cut);
        }
    }
    text
}

fn lines() -> Vec<String> {
    let facts = include_str!("../data/uk-china-2024.who");
    let sentences = items(facts)
        .into_iter()
        .map(|item| item.span.of(facts).to_owned());
    let questions = LINES
        .lines()
        .map(|line| line.trim_start_matches("! ").to_owned());
    questions
        .chain(sentences)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

#[test]
fn mutated_lines_never_panic_and_what_parses_prints_as_itself() {
    let lines = lines();
    let mut random = Random(42);
    let (mut questions, mut statements) = (0, 0);
    for _ in 0..6_000 {
        let text = mutated(&lines[random.below(lines.len())], &mut random);
        if let Ok(tree) = question::parse(&text) {
            questions += 1;
            let printed = tree.to_string();
            let again = question::parse(&printed)
                .unwrap_or_else(|mistake| panic!("{text}\nprinted: {printed}\n{mistake}"));
            assert_eq!(again, tree, "{text}\nprinted: {printed}");
        }
        statements += usize::from(statement::parse(&text).is_ok());
        let mut end = 0;
        for item in items(&text) {
            assert!(
                end <= item.span.start && item.span.start < item.span.end,
                "{text}"
            );
            end = item.span.end;
        }
        let _ = is_complete(&text);
    }
    assert!(
        questions > 200 && statements > 200,
        "{questions} questions, {statements} statements"
    );
}

#[test]
fn mutated_questions_and_statements_run_without_a_panic() {
    let lines = lines();
    let mut random = Random(7);
    let mut engine = Engine::founding(NOW);
    let mut written = Engine::founding(NOW);
    written.run_as_written();
    for _ in 0..1_500 {
        let text = mutated(&lines[random.below(lines.len())], &mut random);
        let rows = |engine: &mut Engine| match engine.ask(&text) {
            Ok(asked) => {
                let mut rows: Vec<String> = asked
                    .answer
                    .records
                    .iter()
                    .map(|row| format!("{row:?}"))
                    .collect();
                rows.sort();
                Some(rows)
            }
            Err(_) => None,
        };
        if !text.contains("explain") && !text.contains("profile") {
            assert_eq!(rows(&mut engine), rows(&mut written), "{text}");
        }
        let mut copy = engine.clone();
        if copy.load(&format!("{text}."), NOW).is_ok() {
            let printed = copy.statements();
            let mut again = Engine::new(NOW);
            assert!(again.load(&printed, NOW).is_ok(), "{text}");
            assert_eq!(again.statements(), printed, "{text}");
        }
    }
}

/// Rules of all kinds, one a line.
const RULES: &str = include_str!("../data/rules.who");
const MORE_RULES: &[&str] = &[
    "?a hides-from ?b if ?a targeted ?b and not ?b seeks ?a",
    "?b seeks ?a if ?a targeted ?b and not ?a hides-from ?b",
    "?a is-near ?b if ?a part-of ?b in 2021 with likelihood >= 70% marked at most TLP:GREEN",
    "rule mine: ?a blamed APT31 if ?a targeted UK according to NCSC and ?a.size > 2 and ?a is a group",
    "?a reaches ?c if ?a reaches ?b and ?b reaches ?c and ?a is not ?c",
    "?a reaches ?b if ?b targeted by ?a since 2019 and ?a is not a country",
    "rule mine off",
    "drop rule mine",
];

/// Words of rules.
const RULE_WORDS: &[&str] = &[
    "?a",
    "?b",
    "?c",
    "?victim",
    "?",
    "if",
    "and",
    "not",
    "is",
    "a",
    "group",
    "country",
    "rule",
    "mine:",
    "on",
    "off",
    "drop",
    "reaches",
    "targeted",
    "part-of",
    "also-known-as",
    "in 2021",
    "since 2019",
    "with likelihood >= 70%",
    "according to NCSC",
    "marked at most TLP:GREEN",
    "UK",
    "APT31",
    "?a.size",
    ">",
    "=",
    "2",
    "\"",
    ".",
    ":",
    "likely",
    "with high confidence",
    "$x",
    "é",
];

#[test]
fn mutated_rules_never_panic_print_as_themselves_and_have_no_flaw() {
    let known: Vec<String> = items(RULES)
        .into_iter()
        .map(|item| item.span.of(RULES).trim_end_matches('.').to_owned())
        .filter(|line| rule::is_rule(line))
        .chain(MORE_RULES.iter().map(|line| (*line).to_owned()))
        .collect();
    assert!(known.len() > 15, "the rules are missing");
    let mut founding = Engine::founding(NOW);
    founding.limits.time = Some(std::time::Duration::from_millis(500));
    let mut random = Random(17);
    let (mut engine, mut read, mut taken, mut refused) = (founding.clone(), 0, 0, 0);
    for round in 0..3_000 {
        let rule = &known[random.below(known.len())];
        let mut parts: Vec<&str> = rule.split(' ').collect();
        for _ in 0..random.below(4) {
            let at = random.below(parts.len());
            match random.below(4) {
                0 if parts.len() > 1 => {
                    parts.remove(at);
                }
                1 => parts.insert(at, RULE_WORDS[random.below(RULE_WORDS.len())]),
                2 => parts[at] = RULE_WORDS[random.below(RULE_WORDS.len())],
                _ => {
                    let other = random.below(parts.len());
                    parts.swap(at, other);
                }
            }
        }
        let text = parts.join(" ");
        let mut words = engine.graph().vocabulary().clone();
        let lowered = rule::parse(&text).and_then(|tree| rule::lower(&tree, &mut words));
        if let Ok(changes) = lowered
            && let Some(last) = changes.last()
        {
            read += 1;
            let printed = statement::print(last, &words);
            let again = rule::parse(&printed).and_then(|tree| rule::lower(&tree, &mut words));
            let again =
                again.unwrap_or_else(|mistake| panic!("{text}\nprinted: {printed}\n{mistake}"));
            assert_eq!(again.last(), Some(last), "{text}\nprinted: {printed}");
        }
        match engine.load(&format!("{text}."), NOW) {
            Ok(_) => {
                taken += 1;
                let graph = engine.graph();
                assert_eq!(flaw(graph.rules(), graph.vocabulary()), None, "{text}");
                if round % 10 == 0 {
                    // It may be stopped, and does not panic.
                    let _ = engine.ask("which facts are derived");
                }
            }
            Err(_) => refused += 1,
        }
        if engine.graph().rules().all().len() > 8 {
            engine = founding.clone();
        }
    }
    assert!(
        read > 500 && taken > 400 && refused > 400,
        "{read} read, {taken} taken, {refused} refused"
    );
}

/// Words of GQL, among them what its grammar does not know.
const GQL: &[&str] = &[
    "MATCH",
    "OPTIONAL",
    "RETURN",
    "WITH",
    "WHERE",
    "UNWIND",
    "AS",
    "(n)",
    "(a)-[r]->(b)",
    "-[*]->",
    "-[:R*0..2]-",
    "((x)-->(y)){1,2}",
    "ANY SHORTEST",
    "[1, 2]",
    "{a: 1}",
    "null",
    "count(*)",
    "collect(n)",
    "n.name",
    "n",
    "r",
    "=",
    "<",
    "+",
    "-",
    "*",
    "/",
    "^",
    "IN",
    "NOT",
    "AND",
    "OR",
    "IS NULL",
    "EXISTS {",
    "}",
    "(",
    ")",
    "[",
    "]",
    "|",
    ":A",
    "$x",
    "'text'",
    "1",
    "-1",
    "9223372036854775807",
    "0.0",
    "1e308",
    "CREATE",
    "MERGE",
    "SET",
    "DELETE",
    "DETACH",
    "REMOVE",
    "ORDER BY",
    "LIMIT",
    "SKIP",
    "UNION",
    "CALL",
    "YIELD",
    "DISTINCT",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "range(1, 3)",
    "date()",
    "duration('P1D')",
    "INCLUDING DENIED",
    "`",
    "'",
    ";",
    "é",
    "\u{0}",
    "reduce(",
    "all(",
    "..",
];

/// The queries of our scenarios.
fn queries() -> Vec<String> {
    let features = [
        include_str!("gql/paths.feature"),
        include_str!("gql/labels.feature"),
        include_str!("gql/spellings.feature"),
        include_str!("gql/claims.feature"),
    ];
    let scenarios = features.iter().flat_map(|text| features::scenarios(text));
    scenarios
        .flat_map(|scenario| scenario.steps)
        .filter(|(step, _)| step.contains("query:") || step.contains("executed:"))
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn no_text_makes_a_query_panic() {
    let mut random = Random(11);
    let queries = queries();
    assert!(queries.len() > 150, "the scenarios are missing");
    let mut founding = Engine::founding(NOW);
    founding.limits.rows = 20_000;
    founding.limits.bytes = 16 << 20;
    founding.limits.time = Some(std::time::Duration::from_millis(200));
    let (mut engine, mut ran) = (founding.clone(), 0);
    for round in 0..15_000 {
        let query = &queries[random.below(queries.len())];
        let mut words: Vec<&str> = query.split(' ').collect();
        for _ in 0..random.below(3) {
            let at = random.below(words.len());
            match random.below(4) {
                0 if words.len() > 1 => {
                    words.remove(at);
                }
                1 => words.insert(at, GQL[random.below(GQL.len())]),
                2 => words[at] = GQL[random.below(GQL.len())],
                _ => {
                    let other = random.below(words.len());
                    words.swap(at, other);
                }
            }
        }
        let text = words.join(" ");
        if let Ok((answer, _)) = engine.gql_answer(&text) {
            ran += 1;
            assert_eq!(
                answer.table.rows.len(),
                answer.records.len().max(answer.table.rows.len()),
                "{text}"
            );
        }
        if round % 50 == 0 {
            engine = founding.clone();
        }
    }
    assert!(ran > 1000, "only {ran} of the texts were queries");
}

/// Objects of the samples, each as text.
fn stix_objects() -> Vec<String> {
    let samples = [
        include_str!("import/stix/kettle.json"),
        include_str!("import/stix/old.json"),
        include_str!("import/stix/export.json"),
    ];
    let mut objects = Vec::new();
    for sample in samples {
        let bundle: serde_json::Value = serde_json::from_str(sample).expect("JSON");
        let list = bundle["objects"].as_array().expect("objects");
        objects.extend(list.iter().map(ToString::to_string));
    }
    objects
}

/// Words of JSON: texts in quotes, numbers, signs.
fn json_words(text: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            first if first.is_alphanumeric() => rest
                .find(|sign: char| !sign.is_alphanumeric())
                .unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        words.push(&rest[..length]);
        rest = &rest[length..];
    }
    words
}

#[test]
fn no_document_makes_the_stix_reader_panic() {
    let mut random = Random(17);
    let objects = stix_objects();
    assert!(objects.len() > 35, "the samples are missing");
    let odd = [
        "null",
        "true",
        "-1",
        "1e400",
        "\"\"",
        "\" \"",
        "[]",
        "{}",
        "\"x--\"",
        "\"9999-12-31T23:59:60Z\"",
        "\"\\ud83d\\ude00\"",
        "\"\\u0000\"",
        "\"relationship--00000000-0000-4000-8000-000000000031\"",
    ];
    let Ok(Form::Document(reader)) = named("stix") else {
        panic!("no reader of STIX")
    };
    let fresh = Engine::with_vocabulary(NOW);
    let (mut came, mut refused) = (0, 0);
    for _ in 0..600 {
        let some = 1 + random.below(6);
        let some: Vec<&str> = (0..some)
            .map(|_| objects[random.below(objects.len())].as_str())
            .collect();
        let text = format!("{{\"type\":\"bundle\",\"objects\":[{}]}}", some.join(","));
        let mut words = json_words(&text);
        for _ in 0..random.below(4) {
            let (at, other) = (random.below(words.len()), random.below(words.len()));
            match random.below(5) {
                0 => words[at] = odd[random.below(odd.len())],
                1 => words[at] = words[other],
                2 => words.swap(at, other),
                3 => {
                    words.remove(at);
                }
                _ => {
                    // A text for a text leaves the JSON whole.
                    let of: Vec<usize> = (0..words.len())
                        .filter(|at| words[*at].starts_with('"'))
                        .collect();
                    if !of.is_empty() {
                        words[of[random.below(of.len())]] = words[of[random.below(of.len())]];
                    }
                }
            }
        }
        let text = words.concat();
        let file = File {
            name: "fuzzed.json".to_owned(),
            content: Content::Document(reader, text.clone()),
        };
        let how = (&Mapping::default(), false);
        let mut engine = fresh.clone();
        match engine.import(
            std::slice::from_ref(&file),
            Vec::new(),
            how,
            NOW,
            &mut |_| {},
        ) {
            Ok(_) => {
                came += 1;
                let again = engine.import(&[file], Vec::new(), how, NOW + 1, &mut |_| {});
                assert!(again.is_ok_and(|of| of.applied.claims.is_empty()), "{text}");
                let printed = engine.statements();
                let mut read = fresh.clone();
                if let Err(wrong) = read.load(&printed, NOW) {
                    panic!("{text}\n{printed}\n{wrong:?}");
                }
            }
            Err(_) => refused += 1,
        }
    }
    assert!(
        came > 80 && refused > 80,
        "{came} came in, {refused} did not"
    );
}

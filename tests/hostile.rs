//! Input that means harm, or none at all: each ends with a message, in bounded time and memory,
//! never with a panic or an overflow of the stack.

mod common;

use common::{complained, run, run_within, said, scratch};
use std::fs;
use std::process::Output;
use std::time::{Duration, Instant};

/// Far above what the slowest of these takes in a debug build.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kilobytes of address space: the input of 100 MB four times, and room for the program.
const MEMORY: u64 = 700_000;

/// Runs the program and checks that it ended by itself.
fn survives(arguments: &[&str], input: &[u8], expected: i32) -> Output {
    let begun = Instant::now();
    let output = run_within(MEMORY, arguments, input);
    let told = complained(&output);
    assert!(
        begun.elapsed() < PATIENCE,
        "{arguments:?} took {:?}",
        begun.elapsed()
    );
    assert!(
        !told.contains("panicked") && !told.contains("overflowed"),
        "{told}"
    );
    assert_eq!(
        output.status.code(),
        Some(expected),
        "{arguments:?}: {}",
        cut(&told)
    );
    assert!(
        told.len() < 20_000,
        "the message itself is {} bytes long",
        told.len()
    );
    output
}

fn cut(text: &str) -> String {
    text.chars().take(500).collect()
}

#[test]
fn a_hundred_megabytes_of_one_line() {
    let line = vec![b'a'; 100 * 1024 * 1024];
    let output = survives(&["run", "-"], &line, 1);
    assert!(
        complained(&output).contains("too long"),
        "{}",
        cut(&complained(&output))
    );
    let folder = scratch("long");
    let file = folder.join("long.who");
    fs::write(&file, &line).expect("a file");
    let output = survives(&["run", &file.to_string_lossy()], b"", 1);
    assert!(complained(&output).contains("too long"));
    let output = survives(
        &["--case", &file.to_string_lossy(), "ask", "who targeted X"],
        b"",
        1,
    );
    assert!(complained(&output).contains("too long"));
    fs::remove_file(file).expect("it is there");
}

#[test]
fn a_hundred_megabytes_of_words_and_of_parentheses() {
    let words = b"who targeted ".repeat(8 * 1024 * 1024);
    survives(&["run", "-"], &words, 1);
    let open = vec![b'('; 100 * 1024 * 1024];
    survives(&["run", "-"], &open, 1);
}

#[test]
fn ten_thousand_parentheses() {
    let deep = format!(
        "who targeted {}X{}",
        "(who targeted ".repeat(10_000),
        ")".repeat(10_000)
    );
    let output = survives(&["run", "-"], deep.as_bytes(), 1);
    assert!(
        complained(&output).contains("error"),
        "{}",
        cut(&complained(&output))
    );
    let bare = format!("who targeted {}{}", "(".repeat(10_000), ")".repeat(10_000));
    let output = survives(&["ask", &bare], b"", 1);
    assert!(
        complained(&output).contains("nested too deeply"),
        "{}",
        cut(&complained(&output))
    );
    let conditions = format!(
        "who targeted X where {}a = 1{}",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    survives(&["ask", &conditions], b"", 1);
    let lists = format!("A has x {}1{}.", "[".repeat(10_000), "]".repeat(10_000));
    survives(&["run", "-"], lists.as_bytes(), 1);
}

#[test]
fn clauses_that_nest_without_parentheses() {
    let that = format!("who targeted {}X", "a group that used ".repeat(3_000));
    let output = survives(&["ask", &that], b"", 1);
    assert!(
        complained(&output).contains("nested too deeply"),
        "{}",
        cut(&complained(&output))
    );
    let nots = format!("who targeted X where {}a = 1", "not ".repeat(10_000));
    survives(&["ask", &nots], b"", 1);
    let ors = format!("who targeted {}X", "E or ".repeat(10_000));
    survives(&["ask", &ors], b"", 1);
    let ands = format!("who {}targeted X", "targeted X and ".repeat(4_000));
    survives(&["ask", &ands], b"", 1);
    let nested = "who targeted (what targeted (which groups targeted ".repeat(30);
    survives(&["ask", &nested], b"", 1);
}

#[test]
fn text_that_is_no_text() {
    let folder = scratch("binary");
    let file = folder.join("latin.who");
    fs::write(&file, b"A targeted B.\nK\xe4se targeted B.\n").expect("a file");
    for arguments in [
        vec!["run", file.to_str().expect("a path")],
        vec![
            "--case",
            file.to_str().expect("a path"),
            "ask",
            "who targeted B",
        ],
        vec!["import", file.to_str().expect("a path")],
    ] {
        let output = survives(&arguments, b"", 1);
        let told = complained(&output);
        assert!(
            told.contains("not UTF-8") && told.contains("line 2, column 2"),
            "{told}"
        );
    }
    let output = survives(&["run", "-"], b"A targeted\0 B.\n", 1);
    assert!(
        complained(&output).contains("NUL"),
        "{}",
        complained(&output)
    );
    let output = survives(&["run", "-"], b"who targeted \"\0\"\n", 1);
    assert!(
        complained(&output).contains("NUL"),
        "{}",
        complained(&output)
    );
    let output = survives(
        &["pipe"],
        b"{\"op\":\"ask\",\"question\":\"who targeted \\u0000\"}\n\xff\xfe\0\n",
        0,
    );
    assert_eq!(said(&output).lines().count(), 2);
}

#[test]
fn a_name_of_a_megabyte() {
    let name = "x".repeat(1024 * 1024);
    let statement = format!("\"{name}\" targeted B.\n");
    let output = survives(&["run", "-"], statement.as_bytes(), 1);
    assert!(complained(&output).contains("too long"));
    let question = format!("who targeted {name}\n");
    let output = survives(&["run", "-"], question.as_bytes(), 1);
    assert!(complained(&output).contains("too long"));
    let fuzzy = format!("who targeted ~{}\n", "x".repeat(60_000));
    survives(&["run", "-"], fuzzy.as_bytes(), 1);
    let near = format!("who targeted {}\n", "x".repeat(60_000));
    survives(&["run", "-"], near.as_bytes(), 1);
}

#[test]
fn what_is_never_closed() {
    let quote = format!("A targeted \"{}", "b. ".repeat(3 * 1024 * 1024));
    survives(&["run", "-"], quote.as_bytes(), 1);
    let comment = format!("A targeted B. /* {}", "b. ".repeat(3 * 1024 * 1024));
    survives(&["run", "-"], comment.as_bytes(), 0);
    survives(&["run", "-"], b"who targeted (", 1);
    survives(&["run", "-"], b"\"", 1);
    survives(&["run", "-"], b"\\", 1);
}

#[test]
fn many_short_statements_and_nothing_at_all() {
    let mut many = String::new();
    for n in 0..20_000 {
        many.push_str(&format!("E{} targeted E{}.\n", n % 977, n % 1013));
    }
    many.push_str("how many things targeted E7\n");
    let output = survives(&["run", "-"], many.as_bytes(), 0);
    assert!(said(&output).starts_with("count"), "{}", said(&output));
    survives(&["run", "-"], b"", 0);
    survives(&["run", "-"], b"// nothing\n\n", 0);
    survives(&["ask", ""], b"", 1);
}

#[test]
fn a_query_nested_or_chained_without_end_is_refused_not_died_of() {
    let many = 20_000;
    let chains = [
        format!("RETURN {} AS x", vec!["1"; many].join("+")),
        format!("RETURN {}true AS x", "NOT ".repeat(many)),
        format!("RETURN {}1 AS x", "- ".repeat(many)),
        format!("WITH [1] AS x RETURN x{} AS y", "[0]".repeat(many)),
        format!("RETURN {}1{} AS x", "(".repeat(many), ")".repeat(many)),
        format!("RETURN {}1{} AS x", "[".repeat(many), "]".repeat(many)),
        format!(
            "RETURN {}1{} AS x",
            "CASE WHEN true THEN ".repeat(many),
            " END".repeat(many)
        ),
        format!("MATCH {} RETURN 1 AS x", vec!["()"; many].join("-->")),
        format!("UNWIND [1] AS a {}RETURN a", "WITH a ".repeat(many)),
        format!("RETURN 1 {} AS x", "IS NULL ".repeat(many)),
    ];
    let folder = scratch("chains");
    let file = folder.join("chain.cypher");
    let path = file.to_str().expect("a path");
    for text in chains {
        fs::write(&file, &text).expect("a file");
        let output = run(&["run", path], b"");
        let beginning = &text[..40];
        assert_eq!(
            output.status.code(),
            Some(1),
            "{beginning}: {}",
            cut(&complained(&output))
        );
        assert!(complained(&output).contains("= help:"), "{beginning}");
    }
    // What binds loosest may join any number of parts.
    let wide = format!("RETURN {} AS x", vec!["false"; many].join(" OR "));
    fs::write(&file, &wide).expect("a file");
    let output = run(&["-f", "jsonl", "run", path], b"");
    assert_eq!(said(&output).trim(), "{\"x\":false}");
    let long: String = (0..3000)
        .map(|n| format!("CREATE (:N {{n: {n}}})\n"))
        .collect();
    fs::write(&file, &long).expect("a file");
    let output = run(&["run", path], b"");
    assert!(
        complained(&output).contains("3000 entities made"),
        "{}",
        complained(&output)
    );
}

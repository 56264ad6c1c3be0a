//! The contract of the command line, on the program itself: what is printed where, exit codes,
//! scripts, imports, exports.

mod common;

use common::{complained, program, run, said, scratch};
use serde_json::Value;
use std::fs;
use std::process::Stdio;

fn code(output: &std::process::Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect()
}

#[test]
fn an_answer_of_entities_has_its_fields() {
    let output = run(
        &["ask", "who targeted UK_Parliament", "--format", "jsonl"],
        b"",
    );
    assert_eq!(code(&output), 0, "{}", complained(&output));
    let rows = lines(&said(&output));
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["name"], "APT31");
    assert_eq!(row["types"], serde_json::json!(["group", "intrusion-set"]));
    assert_eq!(row["status"], "affirmed");
    assert!(row["likelihood"].as_f64().expect("a number") >= 95.0);
    assert_eq!(row["term"], "almost certain");
    assert_eq!(row["sources"], serde_json::json!(["NCSC"]));
    assert_eq!(
        (&row["from"], &row["until"]),
        (&"2021".into(), &"2021".into())
    );
    assert!(said(&output).contains("\"name\":\"APT31\""));
    let disputed = run(
        &["ask", "which groups are attributed to China", "-f", "jsonl"],
        b"",
    );
    let row = &lines(&said(&disputed))[0];
    assert_eq!(
        (&row["status"], &row["likelihood"]),
        (&"disputed".into(), &Value::Null)
    );
    assert_eq!(row["disputed_by"], serde_json::json!(["China"]));
}

#[test]
fn exit_codes_tell_what_happened() {
    for (arguments, expected, word) in [
        (vec!["ask", "who targeted UK_Parliament"], 0, ""),
        (
            vec!["ask", "who targeted UK_Parlament"],
            1,
            "did you mean `UK_Parliament`",
        ),
        (vec!["ask", "who targeted"], 1, "a name is missing here"),
        (vec!["ask"], 2, "required"),
        (vec!["frobnicate"], 2, "unrecognized"),
        (
            vec!["ask", "who targeted UK", "--format", "jsn"],
            2,
            "did you mean `json`",
        ),
        (
            vec!["ask", "who targeted UK", "--param", "novalue"],
            2,
            "NAME=VALUE",
        ),
        (vec!["run", "no/such/file.who"], 1, "cannot be read"),
        (
            vec!["--case", "no/such/case.who", "ask", "who targeted X"],
            1,
            "cannot be read",
        ),
        (
            vec!["gql", "MATCH (n) RETURN m"],
            1,
            "there is no variable `m`",
        ),
        (
            vec!["ask", "who targeted UK_Parliament | excel"],
            1,
            "no format is called `excel`",
        ),
        (vec!["export", "excel"], 1, "no format is called `excel`"),
    ] {
        let output = run(&arguments, b"");
        let told = complained(&output);
        assert_eq!(code(&output), expected, "{arguments:?}: {told}");
        assert!(told.contains(word), "{arguments:?}: {told}");
    }
}

#[test]
fn every_format_writes_what_it_promises() {
    let ask = |format: &str| {
        let output = run(&["ask", "what did UK sanction", "--format", format], b"");
        assert_eq!(code(&output), 0, "{format}: {}", complained(&output));
        said(&output)
    };
    for writer in whodunit::export::WRITERS {
        let text = ask(writer.name);
        assert!(
            text.contains("Ni_Gaobin") || text.contains("Ni_Gaobin".replace('_', "\\_").as_str()),
            "{}: {text}",
            writer.name
        );
    }
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&ask("json"))
            .expect("an array")
            .len(),
        6
    );
    assert_eq!(lines(&ask("jsonl")).len(), 6);
    assert!(ask("csv").starts_with("name,title,types,status,likelihood"));
    assert!(ask("tsv").starts_with("name\ttitle\ttypes\tstatus\tlikelihood"));
    assert!(ask("table").contains("┌") && ask("table").contains("6 rows · what did UK sanction"));
    assert!(ask("dot").starts_with("digraph") && ask("dot").contains("sanctioned"));
    assert!(ask("svg").contains("<svg") && ask("svg").trim_end().ends_with("</svg>"));
    assert!(ask("mermaid").starts_with("flowchart LR"));
    // Piped and without a format: tab-separated.
    let output = run(&["ask", "what did UK sanction"], b"");
    assert!(said(&output).starts_with("name\t"));
}

#[test]
fn a_script_runs_from_a_file_and_from_standard_input() {
    let folder = scratch("script");
    let file = folder.join("case.who");
    let script = "// Facts first.\r\nA is a group. A targeted B in 2021.\r\n\r\nwho targeted B?\r\n\
                  who targeted C\r\nwho targeted B | csv\r\n";
    fs::write(&file, script).expect("a file");
    let path = file.to_string_lossy().into_owned();
    let output = run(&["run", &path, "-f", "jsonl"], b"");
    assert_eq!(code(&output), 1);
    assert_eq!(
        lines(&said(&output)).len(),
        1,
        "it stops at the first error"
    );
    let told = complained(&output);
    assert!(
        told.contains("no entity is called `C`") && told.contains("case.who:5:14"),
        "{told}"
    );
    let output = run(
        &["run", "-", "-f", "jsonl", "--keep-going"],
        script.as_bytes(),
    );
    assert_eq!(code(&output), 1, "it tells of the error in the end");
    assert!(
        said(&output).contains("name,title"),
        "it goes on: {}",
        said(&output)
    );
    assert!(complained(&output).contains("standard input:5:14"));
    let good = run(&["run", "-"], b"A targeted B. who targeted B?\n.stats\n");
    assert_eq!(code(&good), 0, "{}", complained(&good));
    assert!(said(&good).contains("connected parts"));
    // Without a command and without a terminal it is a script as well.
    let piped = run(&[], b"who targeted UK_Parliament\n");
    assert!(code(&piped) == 0 && said(&piped).contains("APT31"));
}

#[test]
fn statements_go_in_all_or_none() {
    let script = b"A targeted B. A targetted C. who targeted B?\n";
    let output = run(&["run", "-"], script);
    assert_eq!(code(&output), 1);
    assert!(
        complained(&output).contains("standard input:1:17"),
        "{}",
        complained(&output)
    );
    let output = run(&["run", "-", "-k", "-f", "jsonl"], script);
    assert!(
        said(&output).contains("\"name\":\"A\""),
        "{}",
        complained(&output)
    );
}

#[test]
fn an_import_is_all_or_nothing_and_twice_is_once() {
    let folder = scratch("import");
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (case, good, bad) = (at("case.who"), at("good.who"), at("bad.who"));
    fs::write(
        &good,
        "A is a group. according to S on 2024, A targeted B in 2021, quote \"x. y\".\n",
    )
    .expect("a file");
    fs::write(&bad, "C targeted D. C targetted E.\n").expect("a file");
    let output = run(&["--case", &case, "import", &good], b"");
    assert_eq!(code(&output), 0, "{}", complained(&output));
    let first = fs::read_to_string(&case).expect("a case");
    assert!(first.contains("quote \"x. y\""), "{first}");
    let output = run(&["--case", &case, "import", &bad], b"");
    assert_eq!(code(&output), 1);
    assert!(
        complained(&output).contains("nothing was imported"),
        "{}",
        complained(&output)
    );
    assert_eq!(
        fs::read_to_string(&case).expect("a case"),
        first,
        "the case is as it was"
    );
    let output = run(&["--case", &case, "import", &good], b"");
    assert!(
        complained(&output).contains("nothing new"),
        "{}",
        complained(&output)
    );
    assert_eq!(fs::read_to_string(&case).expect("a case"), first);
    let output = run(
        &["--case", &case, "ask", "who targeted B", "-f", "jsonl"],
        b"",
    );
    assert_eq!(
        lines(&said(&output))[0]["sources"],
        serde_json::json!(["S"])
    );
}

#[test]
fn whatever_a_table_says_comes_back_from_the_case() {
    let folder = scratch("odd");
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let entities =
        "name,kind,weird key,used,with\n\"A \"\"x\"\"\",odd kind!,5,true,x\nOn,9 lives,6,no,\n";
    std::fs::write(at("people.csv"), entities).expect("a table");
    let claims = "from,to,my odd-key!\n\"A \"\"x\"\"\",C\\D,3\nOn,C\\D,4\n";
    std::fs::write(at("my table (2).csv"), claims).expect("a table");
    let case = at("odd.who");
    let imported = run(
        &[
            "-c",
            &case,
            "import",
            &at("people.csv"),
            &at("my table (2).csv"),
        ],
        b"",
    );
    assert!(imported.status.success(), "{}", complained(&imported));
    let query = "MATCH (a)-[r]->(b) RETURN a.name, labels(a), a.`weird key`, a.used, type(r), b.name ORDER BY a.name";
    let found = run(&["-c", &case, "gql", query, "--format", "csv"], b"");
    let told = String::from_utf8_lossy(&found.stdout).into_owned();
    let expected = "a.name,labels(a),a.`weird key`,a.used,type(r),b.name\n\
        \"A \"\"x\"\"\",odd-kind,5,true,my-table-2,C\\D\n\
        On,x-9-lives,6,no,my-table-2,C\\D\n";
    assert_eq!(told, expected, "{}", complained(&found));
    // A word that our language keeps for itself gets another beginning.
    std::fs::write(at("according.csv"), "from,to\nOn,C\\D\n").expect("a table");
    let imported = run(&["-c", &case, "import", &at("according.csv")], b"");
    assert!(imported.status.success(), "{}", complained(&imported));
    let query = "MATCH (a {name: 'On'})-[:`x-according`]->(b) RETURN b.name AS b";
    let found = run(&["-c", &case, "gql", query, "-f", "jsonl"], b"");
    assert_eq!(
        lines(&said(&found))[0]["b"],
        "C\\D",
        "{}",
        complained(&found)
    );
}

#[test]
fn the_case_exported_as_text_gives_the_same_answers() {
    let folder = scratch("export");
    let case = folder.join("copy.who").to_string_lossy().into_owned();
    let output = run(&["export", "who", "-o", &case], b"");
    assert_eq!(code(&output), 0, "{}", complained(&output));
    for question in [
        "who targeted UK_Parliament",
        "which facts are disputed",
        "about APT31",
        "what did UK sanction",
    ] {
        let founding = said(&run(&["ask", question, "-f", "jsonl"], b""));
        let copied = said(&run(
            &["--case", &case, "ask", question, "-f", "jsonl"],
            b"",
        ));
        assert_eq!(founding, copied, "{question}");
        assert!(!founding.is_empty());
    }
    let part = said(&run(&["export", "who", "who targeted UK_Parliament"], b""));
    assert!(
        part.contains("APT31 targeted UK_Parliament in 2021") && !part.contains("sanctioned"),
        "{part}"
    );
}

#[test]
fn pictures_take_any_name_and_show_disputes() {
    let case = b"\"a \\\"quoted\\\" \\\\ <b>&amp; name\" targeted \"line\\nbreak | ]\" in 2021.\n\
        according to S, \"a \\\"quoted\\\" \\\\ <b>&amp; name\" used \"line\\nbreak | ]\", with likelihood 30%.\n\
        T denies that \"a \\\"quoted\\\" \\\\ <b>&amp; name\" used \"line\\nbreak | ]\".\n\
        X denies that Y compromised Z.\nY targeted Y.\n";
    let folder = scratch("pictures");
    let file = folder.join("odd.who");
    fs::write(&file, case).expect("a file");
    let file = file.to_string_lossy().into_owned();
    let dot = said(&run(&["--case", &file, "export", "dot"], b""));
    assert!(
        dot.contains("(disputed)") && dot.contains("(denied)"),
        "{dot}"
    );
    let svg = said(&run(&["--case", &file, "export", "svg"], b""));
    assert!(svg.contains("<svg") && !svg.contains("<b>"), "{svg}");
    let mermaid = said(&run(&["--case", &file, "export", "mermaid"], b""));
    assert!(mermaid.contains("#34;quoted#34;"), "{mermaid}");
    for (name, text) in [
        ("odd", dot),
        ("founding", said(&run(&["export", "dot"], b""))),
    ] {
        let path = folder.join(format!("{name}.dot"));
        fs::write(&path, &text).expect("a file");
        match std::process::Command::new("dot")
            .arg("-Tsvg")
            .arg(&path)
            .stdout(Stdio::null())
            .status()
        {
            Ok(status) => assert!(status.success(), "Graphviz refuses {name}: {text}"),
            Err(_) => balanced(&text),
        }
    }
    let piped = folder.join("apt.dot").to_string_lossy().into_owned();
    let output = run(
        &[
            "ask",
            &format!("who targeted UK_Parliament | dot \"{piped}\""),
        ],
        b"",
    );
    assert_eq!(code(&output), 0, "{}", complained(&output));
    assert!(
        fs::read_to_string(piped)
            .expect("a picture")
            .contains("targeted")
    );
}

/// Without Graphviz: every line of DOT has its quotes closed and nothing outside them is odd.
fn balanced(dot: &str) {
    eprintln!("Graphviz is not installed: only the quotes of DOT are checked");
    for line in dot.lines() {
        let mut quoted = false;
        let mut escaped = false;
        for c in line.chars() {
            match (quoted, escaped, c) {
                (true, true, _) => escaped = false,
                (true, false, '\\') => escaped = true,
                (_, _, '"') => quoted = !quoted,
                (false, _, c) => assert!(c.is_ascii() && !c.is_control(), "{line}"),
                (true, false, _) => {}
            }
        }
        assert!(!quoted, "{line}");
    }
}

#[test]
fn parameters_and_several_words_reach_the_question() {
    let output = run(
        &[
            "-p",
            "victim=UK_Parliament",
            "ask",
            "who",
            "targeted",
            "$victim",
            "-f",
            "jsonl",
        ],
        b"",
    );
    assert!(said(&output).contains("APT31"), "{}", complained(&output));
}

#[test]
fn the_pipe_answers_every_line() {
    let requests = b"{\"op\":\"ask\",\"question\":\"who targeted UK_Parliament\"}\n\
        {\"op\":\"ask\",\"question\":\"who targetted UK_Parliament\"}\n\
        {\"op\":\"nonsense\"}\nnot json\n\n{\"op\":\"reset\"}\n\
        {\"op\":\"load\",\"text\":\"A targeted B.\"}\n{\"op\":\"ask\",\"question\":\"who targeted B\"}\n";
    let output = run(&["pipe"], requests);
    let replies = lines(&said(&output));
    assert_eq!(replies.len(), 7);
    assert_eq!(replies[0]["rows"][0]["name"], "APT31");
    assert_eq!(replies[1]["error"]["suggestion"], "targeted");
    assert_eq!(replies[1]["error"]["column"], 5);
    assert_eq!(replies[2]["error"]["kind"], "UnsupportedOp");
    assert_eq!(replies[3]["error"]["kind"], "BadRequest");
    assert_eq!(replies[4], serde_json::json!({}));
    assert_eq!(replies[5]["claims"], 1);
    assert_eq!(replies[6]["rows"][0]["name"], "A");
}

#[test]
fn whoever_stops_reading_is_no_error() {
    let mut child = program(&["export", "who"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(
        !complained(&output).contains("panicked"),
        "{}",
        complained(&output)
    );
    assert_eq!(code(&output), 0);
}

#[test]
fn help_lists_every_command() {
    let output = run(&["--help"], b"");
    for command in [
        "ask", "gql", "run", "import", "export", "pipe", "--case", "--format",
    ] {
        assert!(said(&output).contains(command), "{command}");
    }
}

#[test]
fn gql_runs_writes_and_keeps_what_it_wrote() {
    let folder = common::scratch("gql");
    let case = folder.join("g.case");
    std::fs::write(&case, "Ann is a person.\n").expect("a file");
    let case = case.to_str().expect("a path");
    let wrote = run(
        &[
            "-c",
            case,
            "gql",
            "MATCH (a {name: 'Ann'}) CREATE (a)-[:MET {likelihood: 70}]->(b:person {name: 'Bob'})",
        ],
        b"",
    );
    assert_eq!(code(&wrote), 0, "{}", complained(&wrote));
    assert!(said(&wrote).is_empty());
    assert!(complained(&wrote).contains("1 entity made, 1 claim made"));
    let asked = run(&["-c", case, "ask", "who met Bob", "-f", "jsonl"], b"");
    let rows = lines(&said(&asked));
    assert_eq!(rows[0]["name"], "Ann", "{}", complained(&asked));
    assert_eq!(rows[0]["likelihood"], 70);
    let failed = run(&["-c", case, "gql", "MATCH (a) SET a.x = 1 / 0"], b"");
    assert_eq!(code(&failed), 1);
    assert!(complained(&failed).contains("divided by zero"));
    // What our text cannot say is refused, and the file stays as it was.
    let kept = std::fs::read_to_string(case).expect("a case");
    let odd = run(
        &["-c", case, "gql", "CREATE (:`Odd Label` {name: 'X'})"],
        b"",
    );
    assert_eq!(code(&odd), 1);
    assert!(
        complained(&odd).contains("cannot be kept"),
        "{}",
        complained(&odd)
    );
    assert_eq!(std::fs::read_to_string(case).expect("a case"), kept);
    let script = folder.join("s.cypher");
    std::fs::write(
        &script,
        "// two queries\nMATCH (n:person) RETURN count(n) AS people;\nRETURN ';' AS sign",
    )
    .expect("a file");
    let output = run(
        &[
            "-c",
            case,
            "run",
            script.to_str().expect("a path"),
            "-f",
            "jsonl",
        ],
        b"",
    );
    let rows = lines(&said(&output));
    assert_eq!(rows[0]["people"], 2, "{}", complained(&output));
    assert_eq!(rows[1]["sign"], ";");
}

#[test]
fn a_query_that_goes_too_far_is_stopped_with_a_clear_word() {
    let endless = "MATCH (a), (b), (c), (d), (e) RETURN count(*)";
    // Each row of the subquery is a piece of its own; what all of them do together is limited.
    let writing = "UNWIND range(1, 10000) AS x CALL { WITH x CREATE (n:N {x: x}) \
                   WITH n UNWIND range(1, 900) AS y RETURN y } RETURN count(*)";
    let setting = "MATCH (a), (b), (c), (d) SET a.x = 1";
    for (option, value, query, word) in [
        (
            "--max-rows",
            "10000",
            endless,
            "this built more than 10000 rows",
        ),
        ("--timeout", "0.05", endless, "this took more than 50 ms"),
        (
            "--max-rows",
            "10000",
            writing,
            "this built more than 10000 rows",
        ),
        ("--timeout", "0.05", writing, "this took more than 50 ms"),
        ("--timeout", "0.05", setting, "this took more than 50 ms"),
    ] {
        let output = run(&[option, value, "gql", query], b"");
        assert_eq!(code(&output), 1, "{option} {query}");
        assert!(
            complained(&output).contains(word),
            "{}",
            complained(&output)
        );
    }
    let wide =
        "UNWIND range(1, 300000) AS x WITH collect(x) AS xs UNWIND xs AS y RETURN DISTINCT y";
    let output = run(&["--max-memory", "1", "gql", wide], b"");
    assert_eq!(code(&output), 1);
    assert!(
        complained(&output).contains("this kept more than 1 MB"),
        "{}",
        complained(&output)
    );
}

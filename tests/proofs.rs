//! Proofs as the program writes them: JSON, DOT and SVG of the founding case with a rule in force, and
//! `why not` with and without a source that does say it. How proofs are found is tested elsewhere.

mod common;

use common::{complained, run, said, scratch};
use serde_json::Value;
use std::fs;

const QUESTION: &str = "why China backed-attack-on UK_Parliament";
const NOT: &str = "why not APT31 compromised Electoral_Commission";

/// The founding case as a text of statements, with more behind it; its place.
fn founding_with(name: &str, more: &str) -> String {
    let text = said(&run(&["export", "who"], b""));
    assert!(text.contains("APT31"), "{text}");
    let file = scratch(&format!("proofs-{name}")).join("case.who");
    fs::write(&file, format!("{text}\n{more}\n")).expect("a file");
    file.display().to_string()
}

/// What the program prints, and what it says beside it.
fn told(arguments: &[&str]) -> (String, String) {
    let output = run(arguments, b"");
    let beside = complained(&output);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {beside}");
    (said(&output), beside)
}

#[test]
fn a_proof_as_json_is_nested_down_to_claims() {
    let case = founding_with("json", "rule sponsorship on.");
    let (text, beside) = told(&["-c", &case, "ask", QUESTION, "-f", "json"]);
    let proofs: Value = serde_json::from_str(&text).expect("JSON");
    let proof = &proofs[0];
    assert_eq!(proof["rule"], "sponsorship");
    assert_eq!(proof["relation"], "backed-attack-on");
    assert_eq!(proof["term"], "almost certain");
    let premises = proof["premises"].as_array().expect("premises");
    assert_eq!(premises.len(), 3);
    let of = |relation: &str| {
        let mut all = premises.iter();
        all.find(|premise| premise["relation"] == relation)
            .unwrap_or_else(|| panic!("{relation} is not in {text}"))
    };
    let targeted = &of("targeted")["stated"];
    assert_eq!(targeted["sources"], serde_json::json!(["NCSC"]));
    assert_eq!(targeted["quote"], "almost certain");
    assert_eq!(targeted["reported"], "2024-03-25");
    assert!(targeted["claim"].is_u64(), "{targeted}");
    // Who is against a link stands beside it.
    let attributed = of("attributed-to");
    assert_eq!(
        attributed["against"][0]["sources"],
        serde_json::json!(["China"])
    );
    assert_eq!(premises[2]["holds"], "China is a country");
    assert!(beside.contains("weakest link"), "{beside}");
    // Without the rule there is no such relation to ask of.
    let output = run(&["ask", QUESTION, "-f", "json"], b"");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_proof_as_dot_draws_every_link_and_its_rule() {
    let case = founding_with("dot", "rule sponsorship on.");
    let (dot, _) = told(&["-c", &case, "export", "dot", QUESTION]);
    assert!(dot.starts_with("digraph"), "{dot}");
    let node = |name: &str| {
        let label = format!("[label=\"{name}\"");
        let line = dot.lines().find(|line| line.contains(&label));
        let line = line.unwrap_or_else(|| panic!("{name} is not in {dot}"));
        line.split_whitespace().next().expect("its name").to_owned()
    };
    let (china, parliament, apt31) = (node("China"), node("UK_Parliament"), node("APT31"));
    let edge = |from: &str, to: &str| {
        let arrow = format!("{from} -> {to} [");
        let line = dot.lines().find(|line| line.contains(&arrow));
        line.unwrap_or_else(|| panic!("{arrow} is not in {dot}"))
    };
    let derived = edge(&china, &parliament);
    assert!(derived.contains("derived: sponsorship"), "{derived}");
    assert!(edge(&apt31, &parliament).contains("according to NCSC"));
    let disputed = edge(&apt31, &china);
    assert!(disputed.contains("disputed by China"), "{disputed}");
    assert_eq!(dot.matches(" -> ").count(), 3, "{dot}");
}

#[test]
fn a_proof_as_svg_names_every_end_and_link() {
    let case = founding_with("svg", "rule sponsorship on.");
    let (svg, _) = told(&["-c", &case, "export", "svg", QUESTION]);
    for part in [
        "<svg ",
        ">China<",
        ">UK_Parliament<",
        ">APT31<",
        ">backed-attack-on<",
        ">targeted<",
        ">attributed-to (disputed)<",
        "</svg>",
    ] {
        assert!(svg.contains(part), "{part} is not in {svg}");
    }
    assert!(!svg.contains("Electoral"), "{svg}");
}

#[test]
fn why_not_names_the_source_that_does_say_so() {
    // Nobody does.
    let (rows, beside) = told(&["ask", NOT, "-f", "json"]);
    let rows: Value = serde_json::from_str(&rows).expect("JSON");
    assert_eq!(rows, serde_json::json!([]));
    assert!(
        beside.contains("no source in the default view says so"),
        "{beside}"
    );
    assert!(!beside.contains("outside of this view"), "{beside}");
    // A secondary source does.
    let more = "according to NCSC via News_Report_2024, APT31 compromised Electoral_Commission.";
    let case = founding_with("second-hand", more);
    let (rows, beside) = told(&["-c", &case, "ask", NOT, "-f", "json"]);
    let rows: Value = serde_json::from_str(&rows).expect("JSON");
    assert_eq!(rows[0]["via"], serde_json::json!(["News_Report_2024"]));
    assert!(beside.contains("second-hand only"), "{beside}");
    assert!(!beside.contains("no source"), "{beside}");
    // It does, where the view does not look.
    let narrowed = format!("{NOT} without News_Report_2024");
    let (rows, beside) = told(&["-c", &case, "ask", &narrowed, "-f", "json"]);
    let rows: Value = serde_json::from_str(&rows).expect("JSON");
    assert_eq!(rows, serde_json::json!([]));
    assert!(
        beside.contains("no source in this view says so"),
        "{beside}"
    );
    assert!(
        beside.contains("outside of this view: NCSC, via News_Report_2024 says so"),
        "{beside}"
    );
    // It did, and took it back: the default view does not show it, and it is told.
    let stated = "according to News_Report_2024, APT31 compromised Electoral_Commission.\n";
    let case = founding_with("stated", stated);
    let (rows, beside) = told(&["-c", &case, "ask", NOT, "-f", "json"]);
    assert!(beside.contains("there are claims for it"), "{beside}");
    let rows: Value = serde_json::from_str(&rows).expect("JSON");
    assert_eq!(rows[0]["sources"], serde_json::json!(["News_Report_2024"]));
    let script = format!("{stated}{NOT}?\nretract #{}.\n{NOT}?\n", rows[0]["claim"]);
    let output = run(&["run", "-"], script.as_bytes());
    let beside = complained(&output);
    assert_eq!(output.status.code(), Some(0), "{beside}");
    let (before, after) = beside
        .split_once("no source in the default view says so")
        .unwrap_or_else(|| panic!("nothing was taken back: {beside}"));
    assert!(before.contains("there are claims for it"), "{beside}");
    assert!(
        after.contains("outside of this view: News_Report_2024 says so")
            && after.contains("retracted"),
        "{beside}"
    );
}

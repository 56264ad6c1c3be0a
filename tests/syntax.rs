//! Every line of `tests/questions/lines.txt` parses, or is refused, as it is marked; what parses
//! prints to text that parses to the same tree.

use whodunit::language::question::parse;

const LINES: &str = include_str!("questions/lines.txt");

fn lines() -> impl Iterator<Item = (bool, &'static str)> {
    let lines = LINES
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| match line.strip_prefix("! ") {
        Some(refused) => (false, refused),
        None => (true, line),
    })
}

#[test]
fn lines_are_read_or_refused_as_marked() {
    let mut wrong = Vec::new();
    for (good, line) in lines() {
        match (good, parse(line)) {
            (true, Err(diagnostic)) => {
                let shown = whodunit::text::render(&diagnostic, "question", line, false);
                wrong.push(format!("should be read: {line}\n{shown}"));
            }
            (false, Ok(question)) => {
                wrong.push(format!("should be refused: {line}\n  read as: {question}"))
            }
            (true, Ok(_)) | (false, Err(_)) => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} lines are wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_printed_reads_as_the_same_tree() {
    let mut wrong = Vec::new();
    for (_, line) in lines().filter(|(good, _)| *good) {
        let Ok(question) = parse(line) else { continue };
        let printed = question.to_string();
        match parse(&printed) {
            Ok(again) if again == question => assert_eq!(again.to_string(), printed),
            Ok(again) => wrong.push(format!("{line}\n  printed: {printed}\n  reads as: {again}")),
            Err(diagnostic) => wrong.push(format!("{line}\n  printed: {printed}\n  {diagnostic}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} lines are wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

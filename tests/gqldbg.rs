//! dbg
use pest::Parser;
use whodunit::language::gql::grammar::{Grammar, Rule};
#[test]
fn all() {
    let text = std::fs::read_to_string("/work/shared/tck/open.jsonl").unwrap();
    let (mut bad, mut n, mut badgood) = (0, 0, 0);
    let mut shown = 0;
    for line in text.lines() {
        let v: serde_json::Value = serde_json::from_str(line).unwrap();
        let expects = v["expect"]["kind"] == "error" && v["expect"]["type"] == "SyntaxError";
        let mut qs = vec![(v["query"].as_str().unwrap().to_owned(), expects)];
        for s in v["setup"].as_array().unwrap() { qs.push((s.as_str().unwrap_or("").to_owned(), false)); }
        for (q, e) in qs {
            n += 1;
            let r = Grammar::parse(Rule::program, &q);
            match (&r, e) {
                (Err(err), false) => { bad += 1; if shown < 25 { shown += 1; println!("{}\n{}\n{}", v["id"], q, err); } }
                (Ok(_), true) => badgood += 1,
                _ => {}
            }
        }
    }
    println!("{n} queries, {bad} refused that should parse, {badgood} parsed that are semantic errors");
}

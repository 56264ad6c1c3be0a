//! Any text as a question: no panic; what parses prints to text that parses to the same tree.
//! Run with `cargo +nightly fuzz run question`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whodunit::language::question::parse;

fuzz_target!(|text: &str| {
    if let Ok(question) = parse(text) {
        let printed = question.to_string();
        let again = parse(&printed).unwrap_or_else(|mistake| panic!("{printed}: {mistake}"));
        assert_eq!(again, question, "{printed}");
    }
});

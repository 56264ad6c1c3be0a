//! Any text as a script: its items lie in the text, in order, and none is empty. Run with
//! `cargo +nightly fuzz run script`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whodunit::language::script::{is_complete, items};

fuzz_target!(|text: &str| {
    let mut end = 0;
    for item in items(text) {
        assert!(end <= item.span.start && item.span.start < item.span.end && item.span.end <= text.len());
        assert!(!item.span.of(text).is_empty());
        end = item.span.end;
    }
    let _ = is_complete(text);
});

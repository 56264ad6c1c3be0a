//! Any text as our own JSON, as JSON Lines and as GraphML: no panic; what comes in comes in again without
//! a change, and goes out as JSON that brings the same. Run with `cargo +nightly fuzz run exchange`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whodunit::engine::{Content, Engine, File};
use whodunit::front::export::exported;
use whodunit::import::{Form, Mapping, named};

fn take(engine: &mut Engine, format: &str, text: &str) -> Option<usize> {
    let Ok(Form::Document(reader)) = named(format) else {
        return None;
    };
    let files = [File {
        name: format!("fuzzed.{format}"),
        content: Content::Document(reader, text.to_owned()),
    }];
    let how = (&Mapping::default(), false);
    let done = engine.import(&files, Vec::new(), how, 0, &mut |_| {}).ok()?;
    Some(done.applied.claims.len())
}

fuzz_target!(|text: &str| {
    for format in ["json", "jsonl", "graphml"] {
        let mut engine = Engine::with_vocabulary(0);
        if take(&mut engine, format, text).is_none() {
            continue;
        }
        assert_eq!(take(&mut engine, format, text), Some(0), "{format}");
        let written = exported(&mut engine, "json", "", None).expect("JSON");
        let mut again = Engine::with_vocabulary(0);
        assert!(take(&mut again, "json", &written).is_some(), "{written}");
        assert_eq!(exported(&mut again, "jsonl", "", None), exported(&mut engine, "jsonl", "", None));
    }
});

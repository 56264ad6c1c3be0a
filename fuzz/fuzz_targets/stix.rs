//! Any text as a STIX document: no panic; what comes in comes in again without a change, and the case
//! prints to text that loads to the same case. Run with `cargo +nightly fuzz run stix`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whodunit::engine::{Content, Engine, File};
use whodunit::import::{Form, Mapping, named};

fuzz_target!(|text: &str| {
    let Ok(Form::Document(reader)) = named("stix") else {
        return;
    };
    let files = [File {
        name: "fuzzed.json".to_owned(),
        content: Content::Document(reader, text.to_owned()),
    }];
    let mut engine = Engine::with_vocabulary(0);
    let how = (&Mapping::default(), false);
    if engine.import(&files, Vec::new(), how, 0, &mut |_| {}).is_err() {
        return;
    }
    let printed = engine.statements();
    let again = engine.import(&files, Vec::new(), how, 1, &mut |_| {});
    assert!(again.is_ok_and(|again| again.applied.claims.is_empty()), "{printed}");
    let mut read = Engine::new(0);
    assert!(read.load(&printed, 0).is_ok(), "{printed}");
    assert_eq!(read.statements(), printed);
});

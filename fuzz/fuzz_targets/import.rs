//! Any bytes as a document of any format: it comes in, or is refused with the case as it was. What came in
//! is printed to text that reads as the same case.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whodunit::engine::{Content, Engine, File};
use whodunit::graph::GraphView;
use whodunit::import::{Mapping, READERS, text_of};

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let reader = &READERS[usize::from(*first) % READERS.len()];
    let Ok(text) = text_of("fuzzed", rest.to_vec()) else {
        return;
    };
    let mut engine = Engine::with_vocabulary(0);
    let before = engine.graph().entities().len();
    let file = File {
        name: "fuzzed".to_owned(),
        content: Content::Document(reader, text),
    };
    let how = (&Mapping::default(), false);
    match engine.import(&[file], Vec::new(), how, 0, &mut |_| {}) {
        Err(_) => assert_eq!(engine.graph().entities().len(), before),
        Ok(_) => {
            let printed = engine.statements();
            let mut read = Engine::new(0);
            assert!(read.load(&printed, 0).is_ok());
            assert_eq!(read.statements(), printed);
        }
    }
});

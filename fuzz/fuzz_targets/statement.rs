//! Any text as statements: no panic; the case that comes of it prints to text that loads to the same
//! case. Run with `cargo +nightly fuzz run statement`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whodunit::engine::Engine;

fuzz_target!(|text: &str| {
    let mut engine = Engine::with_vocabulary(0);
    if engine.load(text, 0).is_ok() {
        let printed = engine.statements();
        let mut again = Engine::new(0);
        assert!(again.load(&printed, 0).is_ok(), "{printed}");
        assert_eq!(again.statements(), printed);
    }
});

//! Any question to the founding case: the plan as optimised and the plan as written give the same
//! rows. Run with `cargo +nightly fuzz run agree`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use whodunit::engine::Engine;

thread_local! {
    static ENGINES: RefCell<(Engine, Engine)> = RefCell::new({
        let mut written = Engine::founding(1_795_435_200);
        written.run_as_written();
        (Engine::founding(1_795_435_200), written)
    });
}

fn rows(engine: &mut Engine, text: &str) -> Result<Vec<String>, String> {
    match engine.ask(text) {
        Ok(asked) => {
            let mut rows: Vec<String> = asked.answer.records.iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            Ok(rows)
        }
        Err(failure) => Err(format!("{failure:?}")),
    }
}

fuzz_target!(|text: &str| {
    let explains = text.contains("explain") || text.contains("profile");
    if explains {
        return;
    }
    ENGINES.with_borrow_mut(|(optimised, written)| {
        assert_eq!(rows(optimised, text), rows(written, text), "{text}");
    });
});

//! Any text as a rule: no panic; what is read prints to text that reads as the same; what a case takes
//! has no flaw that a dump would be refused for, and can be asked.
//! Run with `cargo +nightly fuzz run rule`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::Duration;
use whodunit::engine::Engine;
use whodunit::graph::GraphView;
use whodunit::language::{rule, statement};
use whodunit::rules::flaw;

static FOUNDING: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::founding(0);
    engine.limits.time = Some(Duration::from_millis(500));
    engine
});

fuzz_target!(|text: &str| {
    let mut words = FOUNDING.graph().vocabulary().clone();
    if let Ok(tree) = rule::parse(text)
        && let Ok(changes) = rule::lower(&tree, &mut words)
        && let Some(last) = changes.last()
    {
        let printed = statement::print(last, &words);
        let again = rule::parse(&printed).and_then(|tree| rule::lower(&tree, &mut words));
        let again = again.unwrap_or_else(|mistake| panic!("{printed}: {mistake}"));
        assert_eq!(again.last(), Some(last), "{printed}");
    }
    if !rule::is_rule(text) {
        return;
    }
    let mut engine = FOUNDING.clone();
    if engine.load(text, 0).is_ok() {
        let graph = engine.graph();
        assert_eq!(flaw(graph.rules(), graph.vocabulary()), None, "{text}");
        // It may be stopped, and does not panic.
        let _ = engine.ask("which facts are derived");
    }
});

//! The rules of a case and those of the library as rows: name, whether in force, what it says. It
//! changes none.

use crate::engine::Engine;
use crate::language::rule;

/// A row a rule, those of the case first.
pub fn listed(engine: &Engine) -> Vec<Vec<String>> {
    let known = engine.graph().rules();
    let state = |on: bool| if on { "on" } else { "off" }.to_owned();
    let row = |rule: &crate::model::Rule| {
        let said = rule::print::content(rule);
        vec![rule.name.clone(), state(rule.on), said]
    };
    let mut rows: Vec<Vec<String>> = known.all().iter().map(row).collect();
    let library = engine.library().into_iter();
    let lent = library.filter(|(name, _)| known.named(name).is_none());
    rows.extend(lent.map(|(name, said)| vec![name, state(false), said]));
    rows
}

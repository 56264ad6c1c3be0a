//! Queries that were asked before: a text is read once, and planned once for each state of the case.

use crate::algebra::{Plan, Var};
use crate::graph::{Graph, GraphView};
use crate::language::gql::ast;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many texts are remembered; then it begins anew.
const MOST: usize = 256;
/// Texts longer than this are not.
const LONGEST: usize = 64 * 1024;

/// A text as it was read.
#[derive(Debug)]
pub struct Read {
    /// The program, checked.
    pub program: ast::Program,
    /// The labels and relationship types that it names.
    pub words: (Vec<String>, Vec<String>),
}

/// What a plan was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    transactions: usize,
    entities: usize,
    claims: usize,
    words: (usize, usize),
}

impl State {
    /// The state of a case. Every change of it is a transaction, or brings entities or words.
    pub fn of(graph: &Graph) -> State {
        let words = graph.vocabulary();
        State {
            transactions: graph.columns().transactions(),
            entities: graph.entities().len(),
            claims: graph.columns().len(),
            words: (words.types().count(), words.relations().count()),
        }
    }
}

/// A plan that is ready to run, and the columns of its answer.
#[derive(Debug)]
pub struct Ready {
    /// The plan.
    pub plan: Plan,
    /// Names and variables.
    pub columns: Vec<(String, Var)>,
}

/// What is remembered.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    read: FxHashMap<String, Arc<Read>>,
    ready: FxHashMap<String, (State, Arc<Ready>)>,
}

impl Cache {
    /// A text that was read before.
    pub fn read(&self, text: &str) -> Option<Arc<Read>> {
        self.read.get(text).cloned()
    }

    /// Remembers a text that was read.
    pub fn keep(&mut self, text: &str, read: &Arc<Read>) {
        if self.read.len() >= MOST {
            self.forget();
        }
        if text.len() <= LONGEST {
            self.read.insert(text.to_owned(), read.clone());
        }
    }

    /// The plan of a text for this state.
    pub fn ready(&self, text: &str, state: State) -> Option<Arc<Ready>> {
        let known = self.ready.get(text);
        let same = known.filter(|(of, _)| *of == state);
        same.map(|(_, ready)| ready.clone())
    }

    /// Remembers a plan.
    pub fn keep_ready(&mut self, text: &str, state: State, ready: &Arc<Ready>) {
        if self.read.contains_key(text) {
            self.ready.insert(text.to_owned(), (state, ready.clone()));
        }
    }

    /// Forgets plans, not what was read: the statistics that they were made by have changed.
    pub fn forget_ready(&mut self) {
        self.ready.clear();
    }

    /// Forgets everything: what a text means has changed.
    pub fn forget(&mut self) {
        self.read.clear();
        self.ready.clear();
    }
}

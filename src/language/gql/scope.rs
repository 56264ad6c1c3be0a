//! Which variables a place of a query may use, and what is known of them.

use crate::language::gql::ast::Name;
use crate::language::gql::kinds::{Kind, Known};
use crate::language::gql::mistakes::mistake;
use crate::text::{Diagnostic, Span, nearest, quoted_list};

/// The variables of a place, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    variables: Vec<(String, Kind)>,
}

impl Known for Scope {
    fn kind(&self, variable: &str) -> Option<Kind> {
        let found = self
            .variables
            .iter()
            .rev()
            .find(|(name, _)| name == variable);
        found.map(|(_, kind)| kind.clone())
    }
}

impl Scope {
    /// Adds a variable, or hides one of the same name.
    pub fn add(&mut self, name: &str, kind: Kind) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), kind));
    }

    /// Whether there is such a variable.
    pub fn has(&self, name: &str) -> bool {
        self.variables.iter().any(|(known, _)| known == name)
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| name.as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// The same with one more.
    pub fn with(&self, name: &Name, kind: Kind) -> Scope {
        let mut scope = self.clone();
        scope.add(&name.node, kind);
        scope
    }

    /// The kind of a variable that must be there.
    pub fn wanted(&self, name: &str, span: Span) -> Result<Kind, Diagnostic> {
        self.kind(name).ok_or_else(|| {
            let unknown = mistake(
                "UndefinedVariable",
                format!("there is no variable `{name}`"),
                span,
            )
            .label("not defined here");
            let near = nearest(name, self.names(), 2);
            match near.first() {
                Some(first) => unknown
                    .help(format!("did you mean {}?", quoted_list(&near)))
                    .suggest((*first).to_owned()),
                None => unknown.help("a variable comes from MATCH, UNWIND, WITH, LET or YIELD"),
            }
        })
    }
}

//! What lowering a query needs wherever it stands: the variables, the words of the case, what is
//! known of parameters and procedures. Expressions, patterns and clauses need each other; their
//! lowering is methods of one type, so that no file needs another.

use crate::algebra::{Aggregate, Datum, Expression, Labels, Plan, Var, Variables};
use crate::graph::{ClaimFilter, GraphView};
use crate::language::gql::ast;
use crate::language::gql::checker::Signature;
use crate::language::gql::mistakes::mistake;
use crate::model::{RelationId, Vocabulary};
use crate::text::{Diagnostic, Span};

/// What a query comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Lowered {
    /// What to do.
    pub plan: Plan,
    /// The columns of the answer, in their order; a query that returns nothing has none.
    pub columns: Vec<(String, Var)>,
    /// The names of the plan's variables.
    pub variables: Variables,
}

/// What a query is lowered against.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The case.
    pub view: &'a dyn GraphView,
    /// Values of `$parameters`.
    pub parameters: &'a [(String, Datum)],
    /// What may be called.
    pub procedures: &'a [Signature],
    /// Which claims count.
    pub filter: &'a ClaimFilter,
}

/// The variables of a place by name, the newest last.
pub(in crate::language::gql) type Names = Vec<(String, Var)>;

/// Lowers one query.
pub(in crate::language::gql) struct Lowering<'a> {
    pub ground: Ground<'a>,
    /// Which claims count for the MATCH under way.
    pub filter: ClaimFilter,
    pub variables: Variables,
    /// Variables that were read, to know what a subquery reads of its row.
    pub used: Vec<Var>,
    /// The aggregates of the projection under way with what they are computed of.
    pub aggregates: Option<Vec<(Var, Aggregate)>>,
    /// What must be computed before rows are put together.
    pub arguments: Vec<(Var, Expression)>,
}

/// The variable of a name.
pub(in crate::language::gql) fn find(names: &Names, name: &str) -> Option<Var> {
    names
        .iter()
        .rev()
        .find(|(known, _)| known == name)
        .map(|(_, var)| *var)
}

/// Adds a name, or hides one that is the same.
pub(in crate::language::gql) fn add(names: &mut Names, name: &str, var: Var) {
    names.retain(|(known, _)| known != name);
    names.push((name.to_owned(), var));
}

/// All variables of a place.
pub(in crate::language::gql) fn bound(names: &Names) -> Vec<Var> {
    let mut vars: Vec<Var> = names.iter().map(|(_, var)| *var).collect();
    vars.sort_unstable();
    vars.dedup();
    vars
}

impl Lowering<'_> {
    /// The variable of a name that the check has found.
    pub fn named(&mut self, names: &Names, name: &str, span: Span) -> Result<Var, Diagnostic> {
        let var = find(names, name).ok_or_else(|| {
            mistake(
                "UndefinedVariable",
                format!("there is no variable `{name}`"),
                span,
            )
        })?;
        self.used.push(var);
        Ok(var)
    }

    /// The value of a parameter.
    pub fn parameter(&self, name: &str, span: Span) -> Result<Datum, Diagnostic> {
        let found = self
            .ground
            .parameters
            .iter()
            .find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| {
            Diagnostic::new(format!("`${name}` has no value"), span)
                .code("42N51 MissingParameter")
                .label("unknown parameter")
                .help(format!("give it one, for example `set {name} = 5`"))
        })
    }

    /// The relations that a type in a pattern means: the one of exactly this name, else the one that
    /// reads the same.
    pub fn relations(&self, name: &str) -> Vec<RelationId> {
        let words = self.ground.view.vocabulary();
        let found = words
            .relationship_type(name)
            .or_else(|| words.relation_meant(name));
        found.into_iter().collect()
    }

    /// All relations but the one of names, which only those see who ask for it.
    pub fn all_relations(&self) -> Vec<RelationId> {
        let words = self.ground.view.vocabulary();
        let all = words.relations().map(|(id, _)| id);
        all.filter(|id| *id != Vocabulary::ALSO_KNOWN_AS).collect()
    }

    /// The relations that pass a label expression.
    pub fn relations_of(&self, labels: &ast::Labels) -> Vec<RelationId> {
        match labels {
            ast::Labels::Is(name) => self.relations(&name.node),
            ast::Labels::Some => self.all_relations(),
            ast::Labels::Not(inner) => {
                let without = self.relations_of(inner);
                let mut all = self.all_relations();
                all.retain(|id| !without.contains(id));
                all
            }
            ast::Labels::And(parts) => {
                let sets: Vec<Vec<RelationId>> =
                    parts.iter().map(|part| self.relations_of(part)).collect();
                let mut first = sets.first().cloned().unwrap_or_default();
                first.retain(|id| sets.iter().all(|set| set.contains(id)));
                first
            }
            ast::Labels::Or(parts) => {
                let mut all: Vec<RelationId> = parts
                    .iter()
                    .flat_map(|part| self.relations_of(part))
                    .collect();
                all.sort_unstable();
                all.dedup();
                all
            }
        }
    }

    /// A label expression with the words of the case in it.
    pub fn labels(&self, labels: &ast::Labels) -> Labels {
        let all = |parts: &[ast::Labels]| parts.iter().map(|part| self.labels(part)).collect();
        match labels {
            ast::Labels::Is(name) => {
                let kind = self.ground.view.vocabulary().label_meant(&name.node);
                Labels::Is(kind, self.relations(&name.node))
            }
            ast::Labels::Some => Labels::Some,
            ast::Labels::Not(inner) => Labels::Not(Box::new(self.labels(inner))),
            ast::Labels::And(parts) => Labels::And(all(parts)),
            ast::Labels::Or(parts) => Labels::Or(all(parts)),
        }
    }
}

/// The names in a label expression of something that is made.
pub(in crate::language::gql) fn label_names(labels: &ast::Labels) -> Vec<String> {
    match labels {
        ast::Labels::Is(name) => vec![name.node.clone()],
        ast::Labels::And(parts) | ast::Labels::Or(parts) => {
            parts.iter().flat_map(label_names).collect()
        }
        ast::Labels::Some | ast::Labels::Not(_) => Vec::new(),
    }
}

//! One way in which a question may hold, as a pattern, and how ways are put together. It resolves
//! no words.

use crate::algebra::{Datum, Evidence, Expression, Node, Pattern, Route, Test, Var};
use crate::graph::Direction;
use crate::graph::filter::{ClaimFilter, Compare, Polarities};
use crate::language::question::ast::Status;
use crate::model::Vocabulary;
use crate::text::{Diagnostic, Span};

/// One way in which a predicate may hold: everything in it holds at once.
#[derive(Clone, Debug, Default)]
pub struct Branch {
    /// What must be there.
    pub pattern: Pattern,
    /// Patterns that must not match.
    pub absent: Vec<Pattern>,
    /// What must hold of the facts of the pattern, or must not where the flag is set.
    pub status: Vec<(Status, bool)>,
}

impl Branch {
    /// Both at once.
    pub fn and(mut self, other: Branch) -> Branch {
        for node in other.pattern.nodes {
            self.node(node);
        }
        self.pattern.links.extend(other.pattern.links);
        self.pattern.conditions.extend(other.pattern.conditions);
        self.absent.extend(other.absent);
        self.status.extend(other.status);
        self
    }

    /// Adds a node, or narrows the node of that variable.
    pub fn node(&mut self, node: Node) {
        match self
            .pattern
            .nodes
            .iter_mut()
            .find(|known| known.var == node.var)
        {
            Some(known) => known.set = known.set.clone().and(node.set),
            None => self.pattern.nodes.push(node),
        }
    }

    /// Whether a state is asked for where there is no fact to be in it.
    pub fn status_without_fact(&self) -> bool {
        !self.status.is_empty() && self.pattern.links.is_empty()
    }

    /// Turns the wanted states of facts into conditions, once all links are there.
    pub fn settle_status(&mut self) {
        for (status, negated) in std::mem::take(&mut self.status) {
            let tests = self
                .pattern
                .links
                .iter()
                .map(|link| status_test(link.fact, status));
            let tests: Vec<Expression> = tests.collect();
            let asked = match status {
                Status::Disputed | Status::Denied => Expression::Or(tests),
                Status::Undisputed
                | Status::Affirmed
                | Status::SingleSourced
                | Status::Corroborated => Expression::And(tests),
                Status::SecondHand | Status::Derived => Expression::Or(tests),
            };
            self.pattern.conditions.push(match negated {
                true => Expression::Not(Box::new(asked)),
                false => asked,
            });
        }
    }
}

/// What a status asks of one fact.
pub fn status_test(fact: Var, status: Status) -> Expression {
    let test = |evidence, compare, value| {
        Expression::Test(
            Test::Compare(compare),
            Box::new(Expression::OfFact(fact, evidence)),
            Box::new(Expression::Constant(value)),
        )
    };
    let status_is = |compare, text: &str| test(Evidence::Status, compare, Datum::text(text));
    match status {
        Status::Disputed => status_is(Compare::Equal, "disputed"),
        Status::Undisputed => status_is(Compare::NotEqual, "disputed"),
        Status::Denied => status_is(Compare::Equal, "denied"),
        Status::Affirmed => status_is(Compare::Equal, "affirmed"),
        Status::SingleSourced => test(Evidence::Sources, Compare::Equal, Datum::int(1)),
        Status::Corroborated => test(Evidence::Sources, Compare::Greater, Datum::int(1)),
        Status::Derived => test(Evidence::Stated, Compare::Equal, Datum::int(0)),
        Status::SecondHand => Expression::And(vec![
            test(Evidence::Stated, Compare::Greater, Datum::int(0)),
            test(Evidence::FirstHand, Compare::Equal, Datum::int(0)),
        ]),
    }
}

/// Both sets of branches at once.
pub fn product(
    left: Vec<Branch>,
    right: Vec<Branch>,
    span: Span,
) -> Result<Vec<Branch>, Diagnostic> {
    if left.len() * right.len() > BRANCHES {
        return Err(
            Diagnostic::new("this question has too many alternatives", span)
                .label(format!("more than {BRANCHES} once every `or` is spelt out"))
                .help("ask it in parts"),
        );
    }
    Ok(left
        .iter()
        .flat_map(|branch| {
            right
                .iter()
                .map(move |other| branch.clone().and(other.clone()))
        })
        .collect())
}

/// A branch that holds when the other's pattern does not match. What the other asks to be absent
/// would be a double negation; the grammar's `that` clauses can bring one in, and it is kept as a
/// condition of the inner pattern by making it the pattern's own absence.
pub fn absent(branch: Branch) -> Branch {
    let mut pattern = branch.pattern;
    pattern.absent.extend(branch.absent);
    Branch {
        absent: vec![pattern],
        ..Branch::default()
    }
}

/// The filter with which both sides of a fact are seen.
pub fn both_sides(filter: &ClaimFilter) -> ClaimFilter {
    ClaimFilter {
        polarities: Polarities::Both,
        ..filter.clone()
    }
}

/// Routes for every relation of the case, from subject to object.
pub fn every_route(words: &Vocabulary) -> Vec<Route> {
    words
        .relations()
        .map(|(relation, _)| Route {
            relation,
            direction: Direction::Out,
        })
        .collect()
}

/// How many alternatives one question may have once `or` is spelt out.
const BRANCHES: usize = 256;

//! The small parts of lowered patterns: links, routes, how often something is repeated.

use crate::algebra::{Expression, Link, Mode, Operator, Repetition, Route, Var};
use crate::graph::{ClaimFilter, Compare, Direction};
use crate::language::gql::ast::{Element, PathMode, Search, Times};
use crate::language::gql::mistakes::mistake;
use crate::model::RelationId;
use crate::text::Diagnostic;

type Lowers<T> = Result<T, Diagnostic>;

pub(in crate::language::gql) fn element_span(element: &Element) -> crate::text::Span {
    match element {
        Element::Node(node) => node.span,
        Element::Relationship(found) => found.span,
        Element::Quantified { elements, .. } => elements
            .first()
            .map_or(crate::text::Span::new(0, 0), element_span),
    }
}

pub(in crate::language::gql) fn equal(var: Var, key: String, value: Expression) -> Expression {
    let property = Expression::Get(Box::new(Expression::Var(var)), key);
    Expression::Binary(
        Operator::Compare(Compare::Equal),
        Box::new(property),
        Box::new(value),
    )
}

pub(in crate::language::gql) fn link(
    fact: Var,
    from: Var,
    to: Var,
    routes: Vec<Route>,
    filter: ClaimFilter,
) -> Link {
    Link {
        fact,
        from,
        to,
        routes,
        filter,
        claims: true,
        repeat: None,
    }
}

/// The routes of relations in the way of the arrow; without one, both ways.
pub(in crate::language::gql) fn routes(
    relations: &[RelationId],
    left: bool,
    right: bool,
) -> Vec<Route> {
    let ways: &[Direction] = match (left, right) {
        (false, true) => &[Direction::Out],
        (true, false) => &[Direction::In],
        _ => &[Direction::Out, Direction::In],
    };
    let of = |relation: &RelationId| {
        let relation = *relation;
        ways.iter().map(move |direction| Route {
            relation,
            direction: *direction,
        })
    };
    relations.iter().flat_map(of).collect()
}

/// One thing repeated between two nodes: the search for the shortest is the walk's own.
pub(in crate::language::gql) fn is_simple(elements: &[Element]) -> bool {
    let repeated = |element: &Element| match element {
        Element::Quantified { .. } => true,
        Element::Relationship(found) => found.times.is_some(),
        Element::Node(_) => false,
    };
    let nodes = elements
        .iter()
        .filter(|element| matches!(element, Element::Node(_)));
    elements.len() - nodes.count() == 1 && elements.iter().any(repeated)
}

pub(in crate::language::gql) fn shortest(search: Search) -> Option<(u64, bool)> {
    match search {
        Search::All => None,
        Search::Any(count) | Search::Shortest(count) => Some((count, false)),
        Search::AnyShortest => Some((1, false)),
        Search::AllShortest => Some((1, true)),
        Search::ShortestGroups(count) => Some((count, true)),
    }
}

pub(in crate::language::gql) fn repetition(
    times: Times,
    mode: PathMode,
    shortest: Option<(u64, bool)>,
    span: crate::text::Span,
) -> Lowers<Repetition> {
    if mode == PathMode::Walk && times.most.is_none() && shortest.is_none() {
        return Err(mistake(
            "InvalidArgumentValue",
            "a WALK without an upper bound never ends",
            span,
        )
        .label("how often, at most?")
        .help("give a bound, `{1,5}`, or ask for SHORTEST or a TRAIL"));
    }
    Ok(Repetition {
        least: times.least,
        most: times.most,
        mode: match mode {
            PathMode::Unsaid | PathMode::Trail => Mode::Trail,
            PathMode::Walk => Mode::Walk,
            PathMode::Acyclic => Mode::Acyclic,
            PathMode::Simple => Mode::Simple,
        },
        shortest,
    })
}

/// No relationship matches twice: conditions for each pair that might be the same.
pub(in crate::language::gql) fn different(steps: &[(Var, Vec<RelationId>)]) -> Vec<Expression> {
    let mut found = Vec::new();
    for (at, (a, of_a)) in steps.iter().enumerate() {
        for (b, of_b) in &steps[at + 1..] {
            if of_a.iter().any(|relation| of_b.contains(relation)) {
                found.push(Expression::Distinct(vec![*a, *b]));
            }
        }
    }
    found
}

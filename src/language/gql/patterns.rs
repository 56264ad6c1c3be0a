//! Patterns, from parse tree to syntax tree.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::gql::ast::{
    Clause, Element, Expression, NodePattern, PathMode, Pattern, Query, RelationshipPattern,
    Search, Single, Subquery, Times,
};
use crate::language::gql::grammar::Rule;
use crate::language::gql::mistakes::mistake;
use crate::language::gql::pairs::{
    Pair, Parsed, Reader, child, children, has, label_or, labels, name, nothing, span,
};
use crate::text::Spanned;

/// How many nodes and relationships may be looked for at once.
const ELEMENTS: usize = 400;

impl Reader {
    /// All patterns of a clause.
    pub(in crate::language::gql) fn patterns(&self, pair: &Pair<'_>) -> Parsed<Vec<Pattern>> {
        let list = child(pair, Rule::patterns).ok_or_else(|| nothing(pair))?;
        let found = children(&list, Rule::pattern)
            .iter()
            .map(|pair| self.pattern(pair))
            .collect::<Parsed<Vec<Pattern>>>()?;
        let elements: usize = found.iter().map(|pattern| pattern.elements.len()).sum();
        if elements > ELEMENTS && pair.as_rule() != Rule::create {
            return Err(
                mistake("UnexpectedSyntax", "this pattern is too long", span(&list))
                    .label(format!(
                        "{elements} nodes and relationships, at most {ELEMENTS}"
                    ))
                    .help("match it in parts, or use a quantified path"),
            );
        }
        Ok(found)
    }

    /// One pattern.
    pub(in crate::language::gql) fn pattern(&self, pair: &Pair<'_>) -> Parsed<Pattern> {
        let variable = child(pair, Rule::variable).map(|variable| name(&variable));
        let here = span(pair);
        if let Some(call) = child(pair, Rule::shortest_call) {
            return Ok(Pattern {
                variable,
                span: here,
                ..self.shortest(&call)?
            });
        }
        let chain = child(pair, Rule::chain).ok_or_else(|| nothing(pair))?;
        Ok(Pattern {
            variable,
            search: child(pair, Rule::search).map_or(Ok(Search::All), |found| search(&found))?,
            mode: child(pair, Rule::mode).map_or(PathMode::Unsaid, |found| mode(&found)),
            elements: self.elements(&chain)?,
            span: here,
        })
    }

    /// `shortestPath((a)-[*]->(b))`
    pub(in crate::language::gql) fn shortest(&self, pair: &Pair<'_>) -> Parsed<Pattern> {
        let chain = child(pair, Rule::chain).ok_or_else(|| nothing(pair))?;
        Ok(Pattern {
            variable: None,
            search: match has(pair, Rule::k_allshortestpaths) {
                true => Search::AllShortest,
                false => Search::AnyShortest,
            },
            mode: PathMode::Unsaid,
            elements: self.elements(&chain)?,
            span: span(pair),
        })
    }

    /// A pattern inside an expression; its path variable stands beside it.
    pub(in crate::language::gql) fn of_chain(
        &self,
        pair: &Pair<'_>,
        rule: Rule,
    ) -> Parsed<Pattern> {
        let chain = child(pair, rule).ok_or_else(|| nothing(pair))?;
        Ok(Pattern {
            variable: child(pair, Rule::variable).map(|variable| name(&variable)),
            search: Search::All,
            mode: PathMode::Unsaid,
            elements: self.elements(&chain)?,
            span: span(&chain),
        })
    }

    pub(in crate::language::gql) fn elements(&self, pair: &Pair<'_>) -> Parsed<Vec<Element>> {
        let mut found = Vec::new();
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::part => {
                    let node = child(&inner, Rule::node).ok_or_else(|| nothing(&inner))?;
                    found.push(Element::Node(self.node(&node)?));
                }
                Rule::node => found.push(Element::Node(self.node(&inner)?)),
                Rule::relationship => found.push(Element::Relationship(self.relationship(&inner)?)),
                Rule::quantified => {
                    let chain = child(&inner, Rule::chain).ok_or_else(|| nothing(&inner))?;
                    let quantifier =
                        child(&inner, Rule::quantifier).ok_or_else(|| nothing(&inner))?;
                    found.push(Element::Quantified {
                        elements: self.elements(&chain)?,
                        condition: self.condition(&inner)?,
                        times: times(&quantifier)?,
                    });
                }
                _ => {}
            }
        }
        Ok(found)
    }

    pub(in crate::language::gql) fn properties(
        &self,
        pair: &Pair<'_>,
    ) -> Parsed<Option<crate::language::gql::ast::Expr>> {
        if let Some(parameter) = child(pair, Rule::parameter) {
            let text = parameter
                .as_str()
                .trim()
                .trim_start_matches('$')
                .trim_matches('`')
                .to_owned();
            let node = Expression::Parameter(text);
            return Ok(Some(Box::new(Spanned::new(node, span(&parameter)))));
        }
        let Some(properties) = child(pair, Rule::properties) else {
            return Ok(None);
        };
        child(&properties, Rule::map)
            .map(|found| self.map(&found))
            .transpose()
    }

    pub(in crate::language::gql) fn node(&self, pair: &Pair<'_>) -> Parsed<NodePattern> {
        let labels = match (child(pair, Rule::labels), child(pair, Rule::is_labels)) {
            (Some(found), _) | (None, Some(found)) => Some(labels(&found)?),
            (None, None) => None,
        };
        Ok(NodePattern {
            variable: child(pair, Rule::variable).map(|variable| name(&variable)),
            labels,
            properties: self.properties(pair)?,
            condition: self.condition(pair)?,
            span: span(pair),
        })
    }

    pub(in crate::language::gql) fn relationship(
        &self,
        pair: &Pair<'_>,
    ) -> Parsed<RelationshipPattern> {
        let mut found = RelationshipPattern {
            variable: None,
            types: None,
            left: has(pair, Rule::left),
            right: has(pair, Rule::right),
            times: child(pair, Rule::quantifier)
                .map(|found| times(&found))
                .transpose()?,
            properties: None,
            condition: None,
            span: span(pair),
        };
        let Some(detail) = child(pair, Rule::detail) else {
            return Ok(found);
        };
        found.variable = child(&detail, Rule::variable).map(|variable| name(&variable));
        found.properties = self.properties(&detail)?;
        found.condition = self.condition(&detail)?;
        if let Some(types) = child(&detail, Rule::types) {
            let list = child(&types, Rule::type_list).ok_or_else(|| nothing(&types))?;
            let parts: Parsed<Vec<_>> = children(&list, Rule::label_expression)
                .iter()
                .map(label_or)
                .collect();
            let mut parts = parts?;
            found.types = Some(match parts.len() {
                1 => parts.remove(0),
                _ => crate::language::gql::ast::Labels::Or(parts),
            });
        } else if let Some(types) = child(&detail, Rule::is_labels) {
            found.types = Some(labels(&types)?);
        }
        if let Some(range) = child(&detail, Rule::range) {
            found.times = Some(self::range(&range)?);
        }
        Ok(found)
    }

    /// `{ MATCH … RETURN … }` or `{ (a)-->(b) WHERE … }`
    pub(in crate::language::gql) fn subquery(
        &self,
        asked: Subquery,
        pair: &Pair<'_>,
    ) -> Parsed<Expression> {
        let query = match child(pair, Rule::query) {
            Some(query) => self.query(&query)?,
            None => {
                let clause = Clause::Match {
                    view: Vec::new(),
                    optional: false,
                    patterns: self.patterns(pair)?,
                    condition: self.condition(pair)?,
                };
                let clauses = vec![Spanned::new(clause, span(pair))];
                Query {
                    first: Single { clauses },
                    unions: Vec::new(),
                }
            }
        };
        Ok(Expression::Subquery(asked, Box::new(query)))
    }
}

fn search(pair: &Pair<'_>) -> Parsed<Search> {
    let count = child(pair, Rule::count)
        .map(|count| whole(&count))
        .transpose()?;
    let shortest = has(pair, Rule::k_shortest);
    let groups = has(pair, Rule::k_groups) || has(pair, Rule::k_group);
    Ok(match (shortest, count) {
        (true, Some(count)) if groups => Search::ShortestGroups(count),
        (true, Some(count)) => Search::Shortest(count),
        (true, None) if groups => Search::ShortestGroups(1),
        (true, None) if has(pair, Rule::k_all) => Search::AllShortest,
        (true, None) => Search::AnyShortest,
        (false, count) if has(pair, Rule::k_any) => Search::Any(count.unwrap_or(1)),
        (false, _) => Search::All,
    })
}

fn mode(pair: &Pair<'_>) -> PathMode {
    if has(pair, Rule::k_walk) {
        PathMode::Walk
    } else if has(pair, Rule::k_trail) {
        PathMode::Trail
    } else if has(pair, Rule::k_acyclic) {
        PathMode::Acyclic
    } else {
        PathMode::Simple
    }
}

fn whole(pair: &Pair<'_>) -> Parsed<u64> {
    pair.as_str().trim().replace('_', "").parse().map_err(|_| {
        mistake(
            "InvalidArgumentValue",
            "this number does not fit here",
            span(pair),
        )
        .label("a small whole number is needed")
        .help("write for example `3`")
    })
}

/// `*`, `*2`, `*1..`, `*..3`, `*1..3`
fn range(pair: &Pair<'_>) -> Parsed<Times> {
    let mut least = None;
    let mut most = None;
    let mut dots = false;
    for part in pair.clone().into_inner() {
        match part.as_rule() {
            Rule::dots => dots = true,
            Rule::integer if dots => most = Some(whole(&part)?),
            Rule::integer => least = Some(whole(&part)?),
            _ => {}
        }
    }
    Ok(match (least, dots) {
        (Some(count), false) => Times {
            least: count,
            most: Some(count),
        },
        (least, _) => Times {
            least: least.unwrap_or(1),
            most,
        },
    })
}

/// `{2}`, `{1,3}`, `{,3}`, `+`, `*`
fn times(pair: &Pair<'_>) -> Parsed<Times> {
    let text = pair.as_str().trim();
    match text {
        "+" => {
            return Ok(Times {
                least: 1,
                most: None,
            });
        }
        "*" => {
            return Ok(Times {
                least: 0,
                most: None,
            });
        }
        _ => {}
    }
    let counts: Parsed<Vec<u64>> = children(pair, Rule::integer).iter().map(whole).collect();
    let counts = counts?;
    let comma = text.find(',');
    let first = pair
        .clone()
        .into_inner()
        .find(|part| part.as_rule() == Rule::integer);
    let leads = first.is_some_and(|first| {
        comma.is_none_or(|comma| first.as_span().start() < pair.as_span().start() + comma)
    });
    Ok(match (comma.is_some(), counts.as_slice()) {
        (false, [count]) => Times {
            least: *count,
            most: Some(*count),
        },
        (true, [least, most]) => Times {
            least: *least,
            most: Some(*most),
        },
        (true, [least]) if leads => Times {
            least: *least,
            most: None,
        },
        (true, [most]) => Times {
            least: 0,
            most: Some(*most),
        },
        _ => Times {
            least: 0,
            most: None,
        },
    })
}

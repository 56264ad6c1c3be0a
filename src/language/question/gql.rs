//! The GQL text of a question: its patterns as MATCH, its filters as WHERE over the fields of
//! claims. It is shown by `explain`; running GQL is another language's work.

#![allow(clippy::wildcard_enum_match_arm)] // Questions use a part of the algebra.

use crate::algebra::{
    Aggregate, Datum, EntitySet, Expression, Link, Node, Pattern, Plan, Test, Var, Variables,
};
use crate::graph::{ClaimFilter, Direction, GraphView, Polarities, SourceTest, ValidTest};
use crate::language::question::shape::{Lowered, Shape};
use crate::model::{PartialDate, Value};

/// The question as GQL, one clause a line.
pub fn gql(lowered: &Lowered, view: &dyn GraphView) -> String {
    let writer = Writer {
        variables: &lowered.variables,
        view,
    };
    match &lowered.shape {
        Shape::Verdict { parts, .. } => {
            let parts: Vec<String> = parts.iter().map(|part| writer.query(&part.plan)).collect();
            parts.join("\n")
        }
        Shape::Claim(number) => {
            format!("MATCH (a)-[c]->(b)\nWHERE c.claim = {number}\nRETURN a, c, b")
        }
        Shape::Changed(from, until) => {
            let until = match until {
                &i64::MAX => String::new(),
                until => format!(
                    " AND c.recorded <= datetime('{}')",
                    PartialDate::second(*until)
                ),
            };
            let from = PartialDate::second(*from);
            format!(
                "MATCH (a)-[c]->(b)\nWHERE c.recorded > datetime('{from}'){until}\nRETURN a, c, b"
            )
        }
        Shape::IsA { entity, noun, .. } => {
            let name = view.entities().name(*entity);
            format!(
                "MATCH (x {{name: {}}})\nRETURN x IS LABELED {noun}",
                text(name)
            )
        }
        Shape::Row(_) => String::new(),
        Shape::Entities { .. }
        | Shape::Count(_)
        | Shape::Groups { .. }
        | Shape::Facts(_)
        | Shape::When(_)
        | Shape::Says(..)
        | Shape::Why { .. }
        | Shape::Paths(_)
        | Shape::About(..)
        | Shape::Timeline(..) => writer.query(&lowered.plan),
    }
}

struct Writer<'a> {
    variables: &'a Variables,
    view: &'a dyn GraphView,
}

/// A name or a text in single quotes.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A relation or a type as a label: in backticks where it is no plain word.
fn label(name: &str) -> String {
    match name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        true => name.to_owned(),
        false => format!("`{name}`"),
    }
}

impl Writer<'_> {
    fn var(&self, var: Var) -> &str {
        self.variables.name(var)
    }

    fn query(&self, plan: &Plan) -> String {
        match plan {
            Plan::Sort { input, keys, limit } => {
                let keys: Vec<String> = keys
                    .iter()
                    .map(|key| {
                        let way = if key.descending { " DESC" } else { "" };
                        format!("{}{way}", self.expression(&key.by))
                    })
                    .collect();
                let limit = limit.map_or(String::new(), |limit| format!("\nLIMIT {limit}"));
                format!("{}\nORDER BY {}{limit}", self.query(input), keys.join(", "))
            }
            Plan::Limit { input, count } => format!("{}\nLIMIT {count}", self.query(input)),
            Plan::Group {
                input,
                keys,
                aggregates,
            } => {
                let mut columns: Vec<String> =
                    keys.iter().map(|key| self.var(*key).to_owned()).collect();
                for (var, aggregate) in aggregates {
                    columns.push(match aggregate {
                        Aggregate::Collect(facts) => {
                            let facts: Vec<&str> =
                                facts.iter().map(|fact| self.var(*fact)).collect();
                            match facts.as_slice() {
                                [] => continue,
                                [one] => format!("collect(DISTINCT {one}) AS {}", self.var(*var)),
                                several => format!(
                                    "collect(DISTINCT [{}]) AS {}",
                                    several.join(", "),
                                    self.var(*var)
                                ),
                            }
                        }
                        Aggregate::CountDistinct(of) => {
                            format!("count(DISTINCT {}) AS {}", self.var(*of), self.var(*var))
                        }
                        Aggregate::Count => format!("count(*) AS {}", self.var(*var)),
                        Aggregate::Of { .. } => continue,
                    });
                }
                let distinct = if aggregates.is_empty() {
                    "DISTINCT "
                } else {
                    ""
                };
                let returned = format!("RETURN {distinct}{}", columns.join(", "));
                let parts = if let Plan::Union(inputs) = input.as_ref() {
                    inputs.as_slice()
                } else {
                    std::slice::from_ref(input.as_ref())
                };
                let part = |input: &Plan| format!("{}\n{returned}", self.query(input));
                parts.iter().map(part).collect::<Vec<_>>().join("\nUNION\n")
            }
            Plan::Filter { input, condition } => {
                format!(
                    "{}\nFILTER {}",
                    self.query(input),
                    self.expression(condition)
                )
            }
            Plan::Unwind {
                input, list, var, ..
            } => {
                format!(
                    "{}\nFOR {} IN {}",
                    self.query(input),
                    self.var(*var),
                    self.expression(list)
                )
            }
            Plan::Union(inputs) => inputs
                .iter()
                .map(|input| self.query(input))
                .collect::<Vec<_>>()
                .join("\nUNION\n"),
            Plan::Match { pattern, .. } => self.matched(pattern),
            Plan::Paths(search) => {
                let mut places = Vec::new();
                let from = self.end("a", &search.from, &mut places);
                let to = self.end("b", &search.to, &mut places);
                let mut kinds: Vec<String> = search
                    .routes
                    .iter()
                    .map(|route| label(&self.view.vocabulary().relation(route.relation).name))
                    .collect();
                kinds.dedup();
                let all = kinds.len() + 1 >= self.view.vocabulary().relations().count();
                let kinds = if all {
                    String::new()
                } else {
                    format!(":{}", kinds.join("|"))
                };
                let word = match (search.shortest, search.limit) {
                    (true, 1) => "ANY SHORTEST ",
                    (true, _) => "ALL SHORTEST ",
                    (false, _) => "ACYCLIC ",
                };
                for id in &search.avoiding {
                    let name = text(self.view.entities().name(*id));
                    places.push(format!("none(n IN nodes(p) WHERE n.name = {name})"));
                }
                self.claims("c", &search.filter, &mut places);
                let wanted = if places.is_empty() {
                    String::new()
                } else {
                    format!("\nWHERE {}", places.join(" AND "))
                };
                format!(
                    "{}MATCH p = {word}{from}-[c{kinds}]-{{1,{}}}{to}{wanted}\nRETURN p\nLIMIT {}",
                    known(&search.filter),
                    search.within,
                    search.limit
                )
            }
            // Questions are not lowered to the others.
            _ => String::new(),
        }
    }

    fn matched(&self, pattern: &Pattern) -> String {
        let mut places: Vec<String> = Vec::new();
        let mut written: Vec<Var> = Vec::new();
        let mut parts: Vec<String> = Vec::new();
        let mut view = String::new();
        for link in &pattern.links {
            let from = self.node(link.from, pattern, &mut written, &mut places);
            let to = self.node(link.to, pattern, &mut written, &mut places);
            parts.push(format!("{from}{}{to}", self.link(link)));
            self.claims(self.var(link.fact), &link.filter, &mut places);
            view = known(&link.filter);
        }
        for node in &pattern.nodes {
            if !written.contains(&node.var) {
                parts.push(self.node(node.var, pattern, &mut written, &mut places));
            }
        }
        places.extend(
            pattern
                .conditions
                .iter()
                .map(|condition| self.expression(condition)),
        );
        for absent in &pattern.absent {
            places.push(format!(
                "NOT EXISTS {{ {} }}",
                self.matched(absent).replace('\n', " ")
            ));
        }
        let wanted = match places.is_empty() {
            true => String::new(),
            false => format!("\nWHERE {}", places.join(" AND ")),
        };
        format!("{view}MATCH {}{wanted}", parts.join(", "))
    }

    fn link(&self, link: &Link) -> String {
        let mut kinds: Vec<String> = link
            .routes
            .iter()
            .map(|route| label(&self.view.vocabulary().relation(route.relation).name))
            .collect();
        kinds.dedup();
        let all = kinds.len() >= self.view.vocabulary().relations().count();
        let kinds = if all {
            String::new()
        } else {
            format!(":{}", kinds.join("|"))
        };
        let ways: Vec<Direction> = link.routes.iter().map(|route| route.direction).collect();
        let (open, close) = match ways.as_slice() {
            ways if ways.iter().all(|way| *way == Direction::Out) => ("-[", "]->"),
            ways if ways.iter().all(|way| *way == Direction::In) => ("<-[", "]-"),
            _ => ("-[", "]-"),
        };
        format!("{open}{}{kinds}{close}", self.var(link.fact))
    }

    fn node(
        &self,
        var: Var,
        pattern: &Pattern,
        written: &mut Vec<Var>,
        places: &mut Vec<String>,
    ) -> String {
        let name = self.var(var);
        if written.contains(&var) {
            return format!("({name})");
        }
        written.push(var);
        match pattern.nodes.iter().find(|node| node.var == var) {
            None => format!("({name})"),
            Some(Node { set, .. }) => self.end(name, set, places),
        }
    }

    fn end(&self, name: &str, set: &EntitySet, places: &mut Vec<String>) -> String {
        match set {
            EntitySet::Any | EntitySet::Named(_) => format!("({name})"),
            EntitySet::Type(kind) => format!(
                "({name}:{})",
                label(&self.view.vocabulary().type_of(*kind).name)
            ),
            EntitySet::Ids(ids) => match ids.as_slice() {
                [one] => format!(
                    "({name} {{name: {}}})",
                    text(self.view.entities().name(*one))
                ),
                several => {
                    let names: Vec<String> = several
                        .iter()
                        .take(20)
                        .map(|id| text(self.view.entities().name(*id)))
                        .collect();
                    places.push(format!("{name}.name IN [{}]", names.join(", ")));
                    format!("({name})")
                }
            },
            EntitySet::Plan(plan, var) => {
                let inner = self.query(plan).replace('\n', " ");
                places.push(format!(
                    "EXISTS {{ {inner} FILTER {} = {name} }}",
                    self.var(*var)
                ));
                format!("({name})")
            }
            EntitySet::All(sets) => {
                let mut shown = format!("({name})");
                for set in sets {
                    let one = self.end(name, set, places);
                    if one.len() > shown.len() {
                        shown = one;
                    }
                }
                shown
            }
        }
    }

    /// What a filter asks of a claim.
    fn claims(&self, claim: &str, filter: &ClaimFilter, places: &mut Vec<String>) {
        match filter.polarities {
            Polarities::Asserted | Polarities::Both => {}
            Polarities::Denied => places.push(format!("{claim}.polarity = 'denied'")),
        }
        let day = |at: i64| format!("date('{}')", PartialDate::second(at).shifted_days(0));
        for test in &filter.valid {
            places.push(match test {
                ValidTest::Unknown => format!("{claim}.from IS NULL AND {claim}.until IS NULL"),
                ValidTest::Meets(i64::MIN, end) => format!("{claim}.from < {}", day(*end)),
                ValidTest::Meets(start, i64::MAX) => format!("{claim}.until >= {}", day(*start)),
                ValidTest::Meets(start, end) => {
                    format!(
                        "{claim}.from < {} AND {claim}.until >= {}",
                        day(*end),
                        day(*start)
                    )
                }
            });
        }
        for test in &filter.sources {
            let (ids, not) = match test {
                SourceTest::AccordingTo(ids) => (ids, ""),
                SourceTest::NotAccordingTo(ids) | SourceTest::Without(ids) => (ids, "NOT "),
            };
            let names: Vec<String> = ids
                .iter()
                .map(|id| {
                    format!(
                        "{} IN {claim}.sources",
                        text(self.view.entities().name(*id))
                    )
                })
                .collect();
            places.push(match (not, names.as_slice()) {
                ("", [one]) => one.clone(),
                (not, names) => format!("{not}({})", names.join(" OR ")),
            });
        }
        for (compare, number) in &filter.likelihood {
            places.push(format!("{claim}.likelihood {} {number}", compare.symbol()));
        }
        if let Some(level) = filter.confidence {
            places.push(format!(
                "{claim}.confidence IN {}",
                match level {
                    crate::model::Confidence::Low => "['low', 'moderate', 'high']",
                    crate::model::Confidence::Moderate => "['moderate', 'high']",
                    crate::model::Confidence::High => "['high']",
                }
            ));
        }
    }

    fn expression(&self, expression: &Expression) -> String {
        let joined = |parts: &[Expression], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.expression(part)).collect();
            format!("({})", parts.join(word))
        };
        match expression {
            Expression::Var(var) => self.var(*var).to_owned(),
            Expression::Constant(Datum::Value(Value::Text(value))) => text(value),
            Expression::Constant(Datum::Value(Value::Date(date))) => format!("date('{date}')"),
            Expression::Constant(value) => value.shown(),
            Expression::Property(var, key) => format!("{}.{key}", self.var(*var)),
            Expression::Evidence(var, field) | Expression::OfFact(var, field) => {
                format!("{}.{}", self.var(*var), field.name())
            }
            Expression::IsNull(inner) => format!("{} IS NULL", self.expression(inner)),
            Expression::HasType(var, kind) => {
                format!(
                    "{} IS LABELED {}",
                    self.var(*var),
                    label(&self.view.vocabulary().type_of(*kind).name)
                )
            }
            Expression::Not(inner) => format!("NOT {}", self.expression(inner)),
            Expression::And(parts) => joined(parts, " AND "),
            Expression::Or(parts) => joined(parts, " OR "),
            Expression::Test(test, left, right) => {
                let sign = match test {
                    Test::Compare(compare) => compare.symbol(),
                    Test::Contains => "CONTAINS",
                    Test::StartsWith => "STARTS WITH",
                    Test::EndsWith => "ENDS WITH",
                };
                format!(
                    "{} {sign} {}",
                    self.expression(left),
                    self.expression(right)
                )
            }
            // Questions are not lowered to the others.
            _ => String::new(),
        }
    }
}

/// The view that stands before MATCH.
fn known(filter: &ClaimFilter) -> String {
    let mut view = String::new();
    if let Some(at) = filter.known_at {
        view.push_str(&format!("AS KNOWN ON '{}' ", PartialDate::second(at)));
    }
    if filter.polarities == Polarities::Both {
        view.push_str("INCLUDING DENIED ");
    }
    view
}

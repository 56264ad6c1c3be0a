//! Plans as text, a node a line, inputs below and to the right. It shows what a plan says and adds
//! nothing of its own.

use crate::algebra::datum::Datum;
use crate::algebra::expression::{Expression, Test};
use crate::algebra::plan::{Aggregate, EntitySet, Pattern, Plan, Route};
use crate::algebra::var::{Var, Variables};
use crate::graph::{ClaimFilter, Direction, GraphView, Polarities, SourceTest, ValidTest};
use crate::model::{EntityId, PartialDate};

/// A plan as lines of text, each ending with a line feed.
pub fn explain(plan: &Plan, variables: &Variables, view: &dyn GraphView) -> String {
    let mut out = String::new();
    Explainer { variables, view }.plan(plan, 0, &mut out);
    out
}

struct Explainer<'a> {
    variables: &'a Variables,
    view: &'a dyn GraphView,
}

impl Explainer<'_> {
    fn plan(&self, plan: &Plan, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        out.push_str(&format!("{indent}{}\n", self.line(plan)));
        match plan {
            Plan::Keep { inner, .. } => self.plan(inner, depth + 2, out),
            Plan::Scan { set, .. } | Plan::Expand { set, .. } => self.nested(set, depth + 2, out),
            Plan::Match { .. }
            | Plan::Unit
            | Plan::Row
            | Plan::Frontier { .. }
            | Plan::Filter { .. }
            | Plan::Unwind { .. }
            | Plan::Union(_)
            | Plan::Group { .. }
            | Plan::Sort { .. }
            | Plan::Limit { .. }
            | Plan::Paths(_) => {}
        }
        for input in plan.inputs() {
            // Where rows begin is no step of its own.
            if !matches!(input, Plan::Unit) {
                self.plan(input, depth + 1, out);
            }
        }
    }

    fn nested(&self, set: &EntitySet, depth: usize, out: &mut String) {
        match set {
            EntitySet::Plan(plan, _) => self.plan(plan, depth, out),
            EntitySet::All(sets) => sets.iter().for_each(|set| self.nested(set, depth, out)),
            EntitySet::Any | EntitySet::Type(_) | EntitySet::Ids(_) => {}
        }
    }

    fn line(&self, plan: &Plan) -> String {
        match plan {
            Plan::Unit => "one row".to_owned(),
            Plan::Row => "the row outside".to_owned(),
            Plan::Match { pattern, .. } => format!("match {}", self.pattern(pattern)),
            Plan::Keep { negated: false, .. } => "keep rows with a match of".to_owned(),
            Plan::Keep { negated: true, .. } => "keep rows without a match of".to_owned(),
            Plan::Scan { var, set, .. } => format!("scan {} in {}", self.var(*var), self.set(set)),
            Plan::Expand {
                from,
                to,
                fact,
                routes,
                filter,
                set,
                ..
            } => {
                let end = match *set == EntitySet::Any {
                    true => String::new(),
                    false => format!(" in {}", self.set(set)),
                };
                format!(
                    "expand {} {} {}{end} as {}{}",
                    self.var(*from),
                    self.routes(routes),
                    self.var(*to),
                    self.var(*fact),
                    self.filter(filter)
                )
            }
            Plan::Frontier { start, steps, var } => {
                let mut line = format!("frontier from {}", self.set(start));
                for (routes, filter, set) in steps {
                    line.push_str(&format!(
                        " {} {}{}",
                        self.routes(routes),
                        self.set(set),
                        self.filter(filter)
                    ));
                }
                format!("{line} as {}", self.var(*var))
            }
            Plan::Filter { condition, .. } => format!("filter {}", self.expression(condition)),
            Plan::Unwind { list, var, .. } => {
                format!("unwind {} as {}", self.expression(list), self.var(*var))
            }
            Plan::Union(_) => "union".to_owned(),
            Plan::Group {
                keys, aggregates, ..
            } => {
                let keys: Vec<&str> = keys.iter().map(|key| self.var(*key)).collect();
                let made: Vec<String> = aggregates
                    .iter()
                    .map(|(var, aggregate)| {
                        format!("{} = {}", self.var(*var), self.aggregate(aggregate))
                    })
                    .collect();
                match (keys.is_empty(), made.is_empty()) {
                    (true, _) => format!("aggregate {}", made.join(", ")),
                    (false, true) => format!("distinct {}", keys.join(", ")),
                    (false, false) => {
                        format!("group by {} with {}", keys.join(", "), made.join(", "))
                    }
                }
            }
            Plan::Sort { keys, limit, .. } => {
                let shown: Vec<String> = keys
                    .iter()
                    .map(|key| {
                        let way = if key.descending { " descending" } else { "" };
                        format!("{}{way}", self.expression(&key.by))
                    })
                    .collect();
                let top = limit.map_or(String::new(), |limit| format!(", first {limit}"));
                format!("sort by {}{top}", shown.join(", "))
            }
            Plan::Limit { count, .. } => format!("limit {count}"),
            Plan::Paths(search) => format!(
                "{} from {} to {} over {} within {} hops, at most {}{}",
                if search.shortest {
                    "shortest paths"
                } else {
                    "paths"
                },
                self.set(&search.from),
                self.set(&search.to),
                match search.routes.len() {
                    count if count > 6 => format!("{count} relations"),
                    _ => self.routes(&search.routes),
                },
                search.within,
                search.limit,
                self.filter(&search.filter)
            ),
        }
    }

    fn var(&self, var: Var) -> &str {
        self.variables.name(var)
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        match aggregate {
            Aggregate::Collect(facts) => {
                let facts: Vec<&str> = facts.iter().map(|fact| self.var(*fact)).collect();
                format!("evidence({})", facts.join(", "))
            }
            Aggregate::CountDistinct(var) => format!("count(distinct {})", self.var(*var)),
            Aggregate::Count => "count(*)".to_owned(),
        }
    }

    fn name(&self, id: EntityId) -> String {
        self.view.entities().name(id).to_owned()
    }

    fn set(&self, set: &EntitySet) -> String {
        match set {
            EntitySet::Any => "anything".to_owned(),
            EntitySet::Type(kind) => format!("any {}", self.view.vocabulary().type_of(*kind).name),
            EntitySet::Ids(ids) => {
                let shown: Vec<String> = ids.iter().take(5).map(|id| self.name(*id)).collect();
                let more = if ids.len() > 5 {
                    format!(", … {} in all", ids.len())
                } else {
                    String::new()
                };
                format!("{{{}{more}}}", shown.join(", "))
            }
            EntitySet::Plan(..) => "the rows of".to_owned(),
            EntitySet::All(sets) => sets
                .iter()
                .map(|set| self.set(set))
                .collect::<Vec<_>>()
                .join(" and "),
        }
    }

    fn routes(&self, routes: &[Route]) -> String {
        let words = self.view.vocabulary();
        let shown: Vec<&str> = routes
            .iter()
            .map(|route| words.relation(route.relation).name.as_str())
            .collect();
        let ways: Vec<Direction> = routes.iter().map(|route| route.direction).collect();
        let (open, close) = match ways.as_slice() {
            all if all.iter().all(|way| *way == Direction::Out) => ("-[", "]->"),
            all if all.iter().all(|way| *way == Direction::In) => ("<-[", "]-"),
            _ => ("-[", "]-"),
        };
        let mut names = shown;
        names.dedup();
        match names.len() {
            count if count > 6 => format!("{open}any of {count} relations{close}"),
            _ => format!("{open}{}{close}", names.join("|")),
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        let mut parts: Vec<String> = pattern
            .nodes
            .iter()
            .map(|node| format!("({} in {})", self.var(node.var), self.set(&node.set)))
            .collect();
        for link in &pattern.links {
            parts.push(format!(
                "({}){}({}){}",
                self.var(link.from),
                self.routes(&link.routes),
                self.var(link.to),
                self.filter(&link.filter)
            ));
        }
        parts.extend(
            pattern
                .conditions
                .iter()
                .map(|condition| self.expression(condition)),
        );
        parts.extend(
            pattern
                .absent
                .iter()
                .map(|absent| format!("not {{{}}}", self.pattern(absent))),
        );
        parts.join(", ")
    }

    fn expression(&self, expression: &Expression) -> String {
        let joined = |parts: &[Expression], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.expression(part)).collect();
            format!("({})", parts.join(word))
        };
        match expression {
            Expression::Var(var) => self.var(*var).to_owned(),
            Expression::Constant(Datum::Value(crate::model::Value::Text(text))) => {
                format!("{text:?}")
            }
            Expression::Constant(Datum::Entity(id)) => self.name(*id),
            Expression::Constant(value) => value.shown(),
            Expression::Property(var, key) => format!("{}.{key}", self.var(*var)),
            Expression::Evidence(var, field) | Expression::OfFact(var, field) => {
                format!("{}.{}", self.var(*var), field.name())
            }
            Expression::IsNull(inner) => format!("{} is unknown", self.expression(inner)),
            Expression::HasType(var, kind) => {
                format!(
                    "{} is a {}",
                    self.var(*var),
                    self.view.vocabulary().type_of(*kind).name
                )
            }
            Expression::Not(inner) => format!("not {}", self.expression(inner)),
            Expression::And(parts) => joined(parts, " and "),
            Expression::Or(parts) => joined(parts, " or "),
            Expression::Test(test, left, right) => {
                let sign = match test {
                    Test::Compare(compare) => compare.symbol(),
                    Test::Contains => "contains",
                    Test::StartsWith => "starts with",
                    Test::EndsWith => "ends with",
                };
                format!(
                    "{} {sign} {}",
                    self.expression(left),
                    self.expression(right)
                )
            }
        }
    }

    /// A filter in words, with a comma before it; nothing for the default.
    fn filter(&self, filter: &ClaimFilter) -> String {
        let mut parts: Vec<String> = Vec::new();
        match filter.polarities {
            Polarities::Asserted => {}
            Polarities::Denied => parts.push("denied".to_owned()),
            Polarities::Both => parts.push("asserted or denied".to_owned()),
        }
        for test in &filter.valid {
            parts.push(match test {
                ValidTest::Unknown => "time unknown".to_owned(),
                ValidTest::Meets(start, end) => format!("valid {}", window(*start, *end)),
            });
        }
        if let Some(at) = filter.known_at {
            parts.push(format!("known at {}", PartialDate::second(at)));
        }
        for test in &filter.sources {
            let (words, ids) = match test {
                SourceTest::AccordingTo(ids) => ("according to", ids),
                SourceTest::NotAccordingTo(ids) => ("not according to", ids),
                SourceTest::Without(ids) => ("without", ids),
            };
            let names: Vec<String> = ids.iter().map(|id| self.name(*id)).collect();
            parts.push(format!("{words} {}", names.join(" or ")));
        }
        for (compare, number) in &filter.likelihood {
            parts.push(format!("likelihood {} {number}%", compare.symbol()));
        }
        if let Some(level) = filter.confidence {
            parts.push(format!("{} confidence", level.name()));
        }
        if let Some(marking) = filter.max_marking {
            parts.push(format!("at most {}", marking.name()));
        }
        if filter.retracted {
            parts.push("retracted too".to_owned());
        }
        parts.iter().map(|part| format!(", {part}")).collect()
    }
}

/// A window of seconds as days.
fn window(start: i64, end: i64) -> String {
    let day = |at: i64| PartialDate::second(at).shifted_days(0);
    match (start, end) {
        (i64::MIN, end) => format!("before {}", day(end)),
        (start, i64::MAX) => format!("since {}", day(start)),
        (start, end) => format!("from {} to {}", day(start), day(end - 1)),
    }
}

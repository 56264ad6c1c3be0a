//! Plans as text, a node a line, inputs below and to the right. It shows what a plan says and adds
//! nothing of its own.

#![allow(clippy::wildcard_enum_match_arm)] // A value or a node is asked for a few of many kinds.

use crate::algebra::datum::Datum;
use crate::algebra::explain_filter::told;
use crate::algebra::plan::{
    Each, EntitySet, Expression, Link, Make, Pattern, Plan, Repeat, Update, Wanted, Write,
};
use crate::algebra::terms::{Aggregate, Labels, Mode, Route, Test};
use crate::algebra::var::{Var, Variables};
use crate::graph::{ClaimFilter, Direction, GraphView};
use crate::model::{EntityId, RelationId};

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
            Plan::Keep { inner, .. }
            | Plan::Optional { inner, .. }
            | Plan::Apply { inner, .. }
            | Plan::Pick { inner, .. } => self.plan(inner, depth + 2, out),
            Plan::Repeat { repeat, set, .. } => {
                self.plan(&repeat.inner, depth + 2, out);
                self.nested(set, depth + 2, out);
            }
            Plan::Write { write, .. } => {
                if let Write::Merge { inner, .. } = &**write {
                    self.plan(inner, depth + 2, out);
                }
            }
            Plan::Tally(tally) => {
                self.nested(&tally.start, depth + 1, out);
                let sets = tally.steps.iter().map(|step| &step.set);
                sets.for_each(|set| self.nested(set, depth + 1, out));
            }
            Plan::Frontier { start, steps, .. } => {
                self.nested(start, depth + 1, out);
                let sets = steps.iter().flat_map(|step| [&step.through, &step.set]);
                sets.for_each(|set| self.nested(set, depth + 1, out));
            }
            Plan::Scan { set, .. } | Plan::Expand { set, .. } => self.nested(set, depth + 2, out),
            Plan::Match { .. }
            | Plan::Unit
            | Plan::Row(_)
            | Plan::Claims { .. }
            | Plan::Filter { .. }
            | Plan::Unwind { .. }
            | Plan::Union(_)
            | Plan::Group { .. }
            | Plan::Sort { .. }
            | Plan::Limit { .. }
            | Plan::Project { .. }
            | Plan::Slice { .. }
            | Plan::Call { .. }
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
            EntitySet::Any
            | EntitySet::Type(_)
            | EntitySet::Ids(_)
            | EntitySet::Named(_)
            | EntitySet::Having(..) => {}
        }
    }

    fn line(&self, plan: &Plan) -> String {
        match plan {
            Plan::Unit => "one row".to_owned(),
            Plan::Row(_) => "the row outside".to_owned(),
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
                claims,
                ..
            } => {
                let each = if *claims { "claim" } else { "fact" };
                let end = match *set == EntitySet::Any {
                    true => String::new(),
                    false => format!(" in {}", self.set(set)),
                };
                format!(
                    "expand {} {} {}{end} as {each} {}{}",
                    self.var(*from),
                    self.routes(routes),
                    self.var(*to),
                    self.var(*fact),
                    self.filter(filter)
                )
            }
            Plan::Claims {
                var,
                relations,
                filter,
                alike,
            } => {
                let name = |id: &RelationId| self.view.vocabulary().relation(*id).name.as_str();
                let names: Vec<&str> = relations.iter().map(name).collect();
                let filter = self.filter(filter);
                let once = if *alike { ", alike ones once" } else { "" };
                format!(
                    "claims of {} as {}{filter}{once}",
                    names.join("|"),
                    self.var(*var)
                )
            }
            Plan::Tally(tally) => {
                let mut line = format!("add up walks from {}", self.set(&tally.start));
                for step in &tally.steps {
                    let (routes, set) = (self.routes(&step.routes), self.set(&step.set));
                    line.push_str(&format!(" {routes} {set}{}", self.filter(&step.filter)));
                }
                let back = if tally.closed { " and back" } else { "" };
                format!("{line}{back} as {}", self.var(tally.var))
            }
            Plan::Frontier { start, steps, var } => {
                let mut line = format!("frontier from {}", self.set(start));
                for step in steps {
                    let times = match step.times {
                        (1, Some(1)) => String::new(),
                        (least, most) => {
                            let most = most.map_or(String::new(), |most| most.to_string());
                            format!(" {least}..{most} times")
                        }
                    };
                    let through = match step.through {
                        EntitySet::Any => String::new(),
                        ref set => format!(" through {}", self.set(set)),
                    };
                    line.push_str(&format!(
                        " {}{times}{through} {}{}",
                        self.routes(&step.routes),
                        self.set(&step.set),
                        self.filter(&step.filter)
                    ));
                }
                format!("{line} as {}", self.var(*var))
            }
            Plan::Filter { condition, .. } => format!("filter {}", self.expression(condition)),
            Plan::Repeat {
                from,
                to,
                repeat,
                set,
                ..
            } => {
                let end = match *set == EntitySet::Any {
                    true => String::new(),
                    false => format!(" in {}", self.set(set)),
                };
                let (from, to) = (self.var(*from), self.var(*to));
                format!("repeat from {from} to {to}{end}, {}", self.repeat(repeat))
            }
            Plan::Optional { .. } => "with or without a match of".to_owned(),
            Plan::Apply { .. } => "for each row".to_owned(),
            Plan::Pick { ends, wanted, .. } => format!(
                "keep the {} shortest {}between {} of",
                wanted.0,
                if wanted.1 {
                    "lengths of paths "
                } else {
                    "paths "
                },
                self.vars(ends)
            ),
            Plan::Project { columns, keep, .. } => {
                let columns: Vec<String> = columns
                    .iter()
                    .map(|(var, value)| match value {
                        Expression::Var(of) if of == var => self.var(*var).to_owned(),
                        value => format!("{} = {}", self.var(*var), self.expression(value)),
                    })
                    .collect();
                let word = if *keep { "compute" } else { "project" };
                format!("{word} {}", columns.join(", "))
            }
            Plan::Slice { skip, limit, .. } => {
                let part = |word: &str, number: &Option<Expression>| {
                    let number = number.as_ref().map(|number| self.expression(number));
                    number.map(|number| format!("{word} {number}"))
                };
                let parts = [part("skip", skip), part("limit", limit)];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
            Plan::Call {
                arguments, columns, ..
            } => {
                let columns: Vec<Var> = columns.iter().map(|(var, _)| *var).collect();
                let arguments = self.list(arguments);
                format!(
                    "call a procedure with ({arguments}) for {}",
                    self.vars(&columns)
                )
            }
            Plan::Write { write, .. } => self.write(write),
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

    fn vars(&self, vars: &[Var]) -> String {
        let names: Vec<&str> = vars.iter().map(|var| self.var(*var)).collect();
        names.join(", ")
    }

    fn repeat(&self, repeat: &Repeat) -> String {
        let how = repeat.repetition;
        let most = how.most.map_or(String::new(), |most| most.to_string());
        let mode = match how.mode {
            Mode::Walk => "any walk",
            Mode::Trail => "no claim twice",
            Mode::Acyclic => "no entity twice",
            Mode::Simple => "no entity twice but the first",
        };
        let shortest = match how.shortest {
            None => String::new(),
            Some((count, true)) => format!(", {count} shortest lengths"),
            Some((count, false)) => format!(", {count} shortest"),
        };
        format!("{}..{most} times, {mode}{shortest}", how.least)
    }

    fn write(&self, write: &Write) -> String {
        let makes = |make: &[Make]| {
            let vars: Vec<Var> = make.iter().map(crate::algebra::walk::made).collect();
            self.vars(&vars)
        };
        match write {
            Write::Create(make) => format!("create {}", makes(make)),
            Write::Merge { make, .. } => {
                format!("merge {} unless there is a match of", makes(make))
            }
            Write::Update(updates) => {
                let shown: Vec<String> = updates.iter().map(|update| self.update(update)).collect();
                format!("set {}", shown.join(", "))
            }
            Write::Delete { targets, detach } => {
                let word = if *detach { "detach delete" } else { "delete" };
                format!("{word} {}", self.list(targets))
            }
        }
    }

    fn update(&self, update: &Update) -> String {
        match update {
            Update::Property(of, key, value) => {
                format!("{}.{key} = {}", self.expression(of), self.expression(value))
            }
            Update::Replace(of, value) => {
                format!("{} = {}", self.expression(of), self.expression(value))
            }
            Update::Add(of, value) => {
                format!("{} += {}", self.expression(of), self.expression(value))
            }
            Update::Label(of, _) => format!("labels of {}", self.expression(of)),
            Update::Unlabel(of, _) => format!("no labels of {}", self.expression(of)),
        }
    }

    fn list(&self, parts: &[Expression]) -> String {
        let shown: Vec<String> = parts.iter().map(|part| self.expression(part)).collect();
        shown.join(", ")
    }

    fn each(&self, each: &Each) -> String {
        let mut text = format!("{} in {}", self.var(each.var), self.expression(&each.list));
        if let Some(condition) = &each.condition {
            text.push_str(&format!(" where {}", self.expression(condition)));
        }
        if let Some(value) = &each.value {
            text.push_str(&format!(" | {}", self.expression(value)));
        }
        text
    }

    fn labels(&self, labels: &Labels) -> String {
        let joined = |parts: &[Labels], sign: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.labels(part)).collect();
            format!("({})", parts.join(sign))
        };
        let words = self.view.vocabulary();
        match labels {
            Labels::Is(Some(kind), _) => words.type_of(*kind).name.clone(),
            Labels::Is(None, relations) => {
                let names = relations.iter().map(|id| words.relation(*id).name.as_str());
                names.collect::<Vec<_>>().join("|")
            }
            Labels::Some => "%".to_owned(),
            Labels::Not(inner) => format!("!{}", self.labels(inner)),
            Labels::And(parts) => joined(parts, "&"),
            Labels::Or(parts) => joined(parts, "|"),
        }
    }

    fn link(&self, link: &Link) -> String {
        match &link.repeat {
            Some(repeat) => format!("-[{}]-", self.repeat(repeat)),
            None => self.routes(&link.routes),
        }
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        match aggregate {
            Aggregate::Collect(facts) => {
                let facts: Vec<&str> = facts.iter().map(|fact| self.var(*fact)).collect();
                format!("evidence({})", facts.join(", "))
            }
            Aggregate::CountDistinct(var) => format!("count(distinct {})", self.var(*var)),
            Aggregate::Count => "count(*)".to_owned(),
            Aggregate::Of {
                function,
                var,
                distinct,
                ..
            } => {
                let distinct = if *distinct { "distinct " } else { "" };
                format!("{}({distinct}{})", function.name(), self.var(*var))
            }
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
            EntitySet::Named(name) => format!("those named {name:?}"),
            EntitySet::Having(key, value) => format!("those of {key} {:?}", value.text()),
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
                self.link(link),
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
            Expression::At(_, inner) => self.expression(inner),
            Expression::Get(of, key) => format!("{}.{key}", self.expression(of)),
            Expression::HasLabels(of, labels) => {
                format!("{}:{}", self.expression(of), self.labels(labels))
            }
            Expression::List(items) => format!("[{}]", self.list(items)),
            Expression::Map(entries) => {
                let shown: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", self.expression(value)))
                    .collect();
                format!("{{{}}}", shown.join(", "))
            }
            Expression::MapOf(of, _) => format!("{} {{…}}", self.expression(of)),
            Expression::Index(of, at) => {
                format!("{}[{}]", self.expression(of), self.expression(at))
            }
            Expression::Slice(of, ..) => format!("{}[..]", self.expression(of)),
            Expression::Negative(of) => format!("-{}", self.expression(of)),
            Expression::Binary(operator, left, right) => format!(
                "{} {} {}",
                self.expression(left),
                operator.symbol(),
                self.expression(right)
            ),
            Expression::Case(alternatives, _) => format!("case of {}", alternatives.len()),
            Expression::Coalesce(parts) => format!("coalesce({})", self.list(parts)),
            Expression::Call(function, arguments) => {
                format!("{}({})", function.name, self.list(arguments))
            }
            Expression::Each(each) => format!("[{}]", self.each(each)),
            Expression::Quantified(quantifier, each) => {
                format!("{}({})", quantifier.name(), self.each(each))
            }
            Expression::Reduce(sum, start, each) => format!(
                "reduce({} = {}, {})",
                self.var(*sum),
                self.expression(start),
                self.each(each)
            ),
            Expression::Path(start, parts) => {
                format!("path({}, {})", self.expression(start), self.list(parts))
            }
            Expression::Distinct(vars) => format!("{} differ", self.vars(vars)),
            Expression::Ask(ask) => match ask.wanted {
                Wanted::Exists => "exists {…}".to_owned(),
                Wanted::Count => "count {…}".to_owned(),
                Wanted::Collect(_) => "collect {…}".to_owned(),
                Wanted::First(_) => "first {…}".to_owned(),
            },
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
        told(filter, &|id| self.name(id))
    }
}

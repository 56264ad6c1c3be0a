//! The GQL text of a question, which gives the same rows: a MATCH for each fact under the view that
//! its claims are seen in, then what is grouped, sorted and returned. `explain` shows it, and a test
//! runs it beside every question there is.

#![allow(clippy::wildcard_enum_match_arm)] // Questions use a part of the algebra.

use crate::algebra::walk::each_filter;
use crate::algebra::{
    Aggregate, Datum, Evidence, Expression, Key, Link, Plan, Test, Var, Variables,
};
use crate::graph::{ClaimFilter, GraphView, Polarities};
use crate::language::question::shape::{Lowered, Part, Shape};
use crate::language::question::view::{label, text, view};
use crate::model::{PartialDate, Value};

/// The question as GQL, one clause a line. A row of the last answer has no query.
pub fn gql(lowered: &Lowered, graph: &dyn GraphView) -> String {
    let writer = Writer {
        variables: &lowered.variables,
        graph,
        base: &lowered.base,
        nameless: matches!(lowered.shape, Shape::About(..) | Shape::Timeline(..)),
    };
    let facts = |plan: &Plan, fact: Var| {
        let fact = writer.var(fact);
        format!(
            "{}\nRETURN DISTINCT startNode({fact}) AS subject, type({fact}) AS relation, \
             endNode({fact}) AS object",
            writer.body(plan, &[])
        )
    };
    match &lowered.shape {
        Shape::Verdict { parts, denials, .. } => {
            let part = |part: &Part| {
                let mut plan = part.plan.clone();
                if *denials {
                    each_filter(&mut plan, &mut |filter| {
                        filter.polarities = Polarities::Denied
                    });
                }
                facts(&plan, part.fact)
            };
            let parts: Vec<String> = parts.iter().map(part).collect();
            parts.join("\nUNION\n")
        }
        Shape::Claim(number) => format!(
            "INCLUDING DENIED INCLUDING RETRACTED MATCH (a)-[c:%|`also-known-as`]->(b)\n\
             WHERE id(c) = {number}\nRETURN a, c, b"
        ),
        Shape::Changed(from, until) => {
            let moment = |at: i64| format!("datetime('{}')", PartialDate::second(at));
            // What came and went in between makes no difference.
            let (recorded, retracted) = match until {
                &i64::MAX => (String::new(), "c.retracted IS NULL".to_owned()),
                until => {
                    let until = moment(*until);
                    (
                        format!(" AND c.recorded <= {until}"),
                        format!("(c.retracted IS NULL OR c.retracted > {until})"),
                    )
                }
            };
            let from = moment(*from);
            format!(
                "INCLUDING DENIED INCLUDING RETRACTED MATCH (a)-[c:%|`also-known-as`]->(b)\n\
                 WHERE c.recorded > {from}{recorded} AND {retracted} \
                 OR c.recorded <= {from} AND c.retracted > {from} AND NOT {retracted}\n\
                 RETURN a, c, b"
            )
        }
        Shape::IsA { entity, noun, .. } => {
            let handle = graph.entities().name(*entity);
            let words = graph.vocabulary();
            let kind = words
                .type_named(noun)
                .map_or(noun.as_str(), |kind| &words.type_of(kind).name);
            format!(
                "MATCH (x {{name: {}}})\nRETURN x IS LABELED {} AS holds",
                text(handle),
                label(kind)
            )
        }
        Shape::Row(_) | Shape::Matter(..) => String::new(),
        Shape::Accused(joint) => {
            let kind = if *joint { "joint" } else { "conflicting" };
            format!(
                "CALL claims.attributions() YIELD deed, kind\nWITH deed, kind WHERE kind = '{kind}'\n\
                 RETURN deed AS name"
            )
        }
        Shape::Paths(_) => match &lowered.plan {
            Plan::Paths(search) => writer.paths(search),
            _ => String::new(),
        },
        Shape::Facts(fact)
        | Shape::When(fact)
        | Shape::Says(fact, _)
        | Shape::Why { fact, .. }
        | Shape::About(_, fact)
        | Shape::Timeline(_, fact) => facts(&lowered.plan, *fact),
        Shape::Entities { entity, keys, .. } => {
            let mut columns = vec![writer.var(*entity).to_owned()];
            columns.extend(keys.iter().map(|(name, key)| writer.named(*key, name)));
            format!(
                "{}\nRETURN {}",
                writer.body(&lowered.plan, &[]),
                columns.join(", ")
            )
        }
        Shape::Count(count) => {
            format!(
                "{}\nRETURN {}",
                writer.body(&lowered.plan, &[]),
                writer.var(*count)
            )
        }
        Shape::Groups { keys, count } => {
            let mut columns: Vec<String> = keys
                .iter()
                .map(|(name, key)| writer.named(*key, name))
                .collect();
            columns.push(writer.var(*count).to_owned());
            format!(
                "{}\nRETURN {}",
                writer.body(&lowered.plan, &[]),
                columns.join(", ")
            )
        }
    }
}

/// Writes the plan of a question as GQL.
pub(in crate::language::question) struct Writer<'a> {
    pub variables: &'a Variables,
    pub graph: &'a dyn GraphView,
    pub base: &'a ClaimFilter,
    /// The other names of an entity are no rows of the answer.
    pub nameless: bool,
}

impl Writer<'_> {
    pub(in crate::language::question) fn var(&self, var: Var) -> &str {
        self.variables.name(var)
    }

    /// A variable as a column of another name.
    fn named(&self, var: Var, name: &str) -> String {
        match self.var(var) {
            own if own == name => own.to_owned(),
            own => format!("{own} AS {}", label(name)),
        }
    }

    /// The clauses of a plan without its RETURN. `fields` are the fields of evidence that somebody
    /// above asks for.
    pub(in crate::language::question) fn body(&self, plan: &Plan, fields: &[Evidence]) -> String {
        match plan {
            Plan::Sort { input, keys, limit } => {
                let mut wanted = fields.to_vec();
                keys.iter()
                    .for_each(|key| evidence_fields(&key.by, &mut wanted));
                let limit = limit.map_or(String::new(), |limit| format!("\nLIMIT {limit}"));
                let keys: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
                format!(
                    "{}\nORDER BY {}{limit}",
                    self.body(input, &wanted),
                    keys.join(", ")
                )
            }
            Plan::Limit { input, count } => format!("{}\nLIMIT {count}", self.body(input, fields)),
            Plan::Filter { input, condition } => {
                let mut wanted = fields.to_vec();
                evidence_fields(condition, &mut wanted);
                format!(
                    "{}\nFILTER {}",
                    self.body(input, &wanted),
                    self.expression(condition)
                )
            }
            Plan::Unwind {
                input, list, var, ..
            } => format!(
                "{}\nFOR {} IN {}",
                self.body(input, fields),
                self.var(*var),
                self.condition(list, &links(input).into_iter().cloned().collect::<Vec<_>>())
            ),
            Plan::Group {
                input,
                keys,
                aggregates,
            } => self.grouped(input, keys, aggregates, fields),
            Plan::Union(_) => self.union(plan, &plan.binds(), &[]),
            Plan::Match { pattern, .. } => self.matched(pattern),
            _ => String::new(),
        }
    }

    fn key(&self, key: &Key) -> String {
        let by = self.expression(&key.by);
        match key.descending {
            // What has no value stands last here and would come first there.
            true => format!("{by} IS NULL, {by} DESC"),
            false => by,
        }
    }

    fn grouped(
        &self,
        input: &Plan,
        keys: &[Var],
        aggregates: &[(Var, Aggregate)],
        fields: &[Evidence],
    ) -> String {
        let mut columns: Vec<String> = keys.iter().map(|key| self.var(*key).to_owned()).collect();
        let mut wanted: Vec<Evidence> = Vec::new();
        let mut of: Vec<Var> = keys.to_vec();
        for (var, aggregate) in aggregates {
            match aggregate {
                Aggregate::Collect(_) => wanted.extend(fields),
                Aggregate::CountDistinct(counted) => {
                    of.push(*counted);
                    let name = self.var(*counted);
                    // A fact counts once, however many claims state it.
                    let is_fact = links(input).iter().any(|link| link.fact == *counted);
                    let counted = match is_fact {
                        true => format!("[startNode({name}), type({name}), endNode({name})]"),
                        false => name.to_owned(),
                    };
                    columns.push(format!("count(DISTINCT {counted}) AS {}", self.var(*var)));
                }
                Aggregate::Count => columns.push(format!("count(*) AS {}", self.var(*var))),
                Aggregate::Of { .. } => {}
            }
        }
        let evidence = aggregates
            .iter()
            .find_map(|(var, aggregate)| match aggregate {
                Aggregate::Collect(_) => Some(*var),
                _ => None,
            });
        let several = matches!(input, Plan::Union(_));
        let body = match several {
            true => self.union(input, &of, &wanted),
            false => self.body(input, &[]),
        };
        for field in &wanted {
            let value = match several {
                true => format!("of_{}", field.name()),
                false => self.of_part(input, *field),
            };
            let made = match field {
                Evidence::Likelihood | Evidence::Until => format!("max({value})"),
                Evidence::From => format!("min({value})"),
                Evidence::Sources | Evidence::Claims | Evidence::Stated | Evidence::FirstHand => {
                    format!("count(DISTINCT {value})")
                }
                Evidence::Status => format!(
                    "CASE WHEN 'disputed' IN collect({value}) OR size(collect(DISTINCT {value})) > 1 \
                     THEN 'disputed' ELSE head(collect({value})) END"
                ),
                Evidence::SourceNames | Evidence::Years => format!("collect({value})"),
            };
            if let Some(evidence) = evidence {
                columns.push(format!("{made} AS {}", self.field(evidence, *field)));
            }
        }
        match aggregates.is_empty() {
            true => format!("{body}\nWITH DISTINCT {}", columns.join(", ")),
            false if columns.len() == keys.len() => {
                format!("{body}\nWITH DISTINCT {}", columns.join(", "))
            }
            false => format!("{body}\nWITH {}", columns.join(", ")),
        }
    }

    fn field(&self, evidence: Var, field: Evidence) -> String {
        format!("{}_{}", self.var(evidence), field.name())
    }

    /// The rows of all parts, with some of their variables and what their facts say.
    fn union(&self, plan: &Plan, vars: &[Var], fields: &[Evidence]) -> String {
        let Plan::Union(parts) = plan else {
            return self.body(plan, fields);
        };
        let part = |part: &Plan| {
            let bound = part.binds();
            let mut columns: Vec<String> = vars
                .iter()
                .map(|var| match bound.contains(var) {
                    true => self.var(*var).to_owned(),
                    false => format!("null AS {}", self.var(*var)),
                })
                .collect();
            for field in fields {
                columns.push(format!(
                    "{} AS of_{}",
                    self.of_part(part, *field),
                    field.name()
                ));
            }
            format!("{}\nRETURN {}", self.body(part, &[]), columns.join(", "))
        };
        let parts: Vec<String> = parts.iter().map(part).collect();
        format!("CALL {{\n{}\n}}", parts.join("\nUNION ALL\n"))
    }

    /// What the claims of one row of a part say: of several facts the weakest likelihood, else what
    /// the first says.
    fn of_part(&self, part: &Plan, field: Evidence) -> String {
        let links = links(part);
        let claims: Vec<&str> = links.iter().map(|link| self.var(link.fact)).collect();
        let Some(first) = links.first() else {
            return "null".to_owned();
        };
        match (field, claims.as_slice()) {
            (Evidence::Likelihood, [_, _, ..]) => {
                let values: Vec<String> = claims
                    .iter()
                    .map(|claim| format!("{claim}.likelihood"))
                    .collect();
                format!(
                    "reduce(least = null, v IN [{}] | CASE WHEN v IS NULL THEN least \
                     WHEN least IS NULL OR v < least THEN v ELSE least END)",
                    values.join(", ")
                )
            }
            (Evidence::Sources, _) => format!("{}.source", claims[0]),
            (Evidence::Claims, _) => format!("id({})", claims[0]),
            (field, _) => self.of_fact(first.fact, &first.filter, field),
        }
    }

    /// What the claim of a row says.
    fn of_fact(&self, fact: Var, filter: &ClaimFilter, field: Evidence) -> String {
        let claim = self.var(fact);
        match field {
            Evidence::Likelihood => format!("{claim}.likelihood"),
            Evidence::SourceNames if filter.polarities == Polarities::Both => {
                // Those who deny speak for a fact only where nobody asserts it.
                let said = ClaimFilter {
                    polarities: Polarities::Asserted,
                    ..filter.clone()
                };
                let same = same(claim, &view(&said, self.graph));
                format!(
                    "CASE WHEN {claim}.polarity = 'denied' AND EXISTS {{ {same} }} THEN [] \
                     ELSE {claim}.source END"
                )
            }
            Evidence::SourceNames => format!("{claim}.source"),
            Evidence::Sources => {
                let count = |filter: &ClaimFilter| {
                    let same = same(claim, &view(filter, self.graph));
                    format!("COUNT {{ {same} AND d.rule IS NULL RETURN DISTINCT d.source }}")
                };
                // Those who deny speak for a fact only where nobody asserts it.
                let said = ClaimFilter {
                    polarities: Polarities::Asserted,
                    ..filter.clone()
                };
                match filter.polarities {
                    Polarities::Both => format!(
                        "CASE WHEN EXISTS {{ {} }} THEN {} ELSE {} END",
                        same(claim, &view(&said, self.graph)),
                        count(&said),
                        count(&filter.denials())
                    ),
                    Polarities::Asserted | Polarities::Denied => count(filter),
                }
            }
            Evidence::From => format!("{claim}.from"),
            Evidence::Until => format!("{claim}.until"),
            Evidence::Claims => format!("COUNT {{ {} }}", same(claim, &view(filter, self.graph))),
            Evidence::Stated | Evidence::FirstHand => {
                let same = same(claim, &view(filter, self.graph));
                let first = match field == Evidence::FirstHand {
                    true => " AND d.via IS NULL",
                    false => "",
                };
                format!("COUNT {{ {same} AND d.rule IS NULL{first} }}")
            }
            Evidence::Years => format!(
                "range(coalesce({claim}.from, {claim}.until).year, \
                 coalesce({claim}.until, {claim}.from).year)"
            ),
            Evidence::Status => {
                let again = |view: String| format!("EXISTS {{ {} }}", same(claim, &view));
                let said = ClaimFilter {
                    polarities: Default::default(),
                    ..filter.clone()
                };
                format!(
                    "CASE WHEN NOT {} THEN 'affirmed' WHEN {} THEN 'disputed' ELSE 'denied' END",
                    again(view(&filter.denials(), self.graph)),
                    again(view(&said, self.graph))
                )
            }
        }
    }

    pub(in crate::language::question) fn condition(
        &self,
        condition: &Expression,
        links: &[Link],
    ) -> String {
        match condition {
            Expression::Not(inner) => format!("NOT ({})", self.condition(inner, links)),
            Expression::And(parts) | Expression::Or(parts) => {
                let word = if matches!(condition, Expression::And(_)) {
                    " AND "
                } else {
                    " OR "
                };
                let parts: Vec<String> = parts
                    .iter()
                    .map(|part| self.condition(part, links))
                    .collect();
                format!("({})", parts.join(word))
            }
            Expression::Test(test, left, right) => tested(
                *test,
                self.condition(left, links),
                self.condition(right, links),
            ),
            Expression::IsNull(inner) => format!("{} IS NULL", self.condition(inner, links)),
            Expression::OfFact(fact, field) => {
                let link = links.iter().find(|link| link.fact == *fact);
                let filter = link.map_or(self.base, |link| &link.filter);
                self.of_fact(*fact, filter, *field)
            }
            other => self.expression(other),
        }
    }

    fn expression(&self, expression: &Expression) -> String {
        match expression {
            Expression::Var(var) => self.var(*var).to_owned(),
            Expression::Constant(Datum::Value(Value::Text(value))) => text(value),
            Expression::Constant(Datum::Value(Value::Date(date))) => text(&date.to_string()),
            Expression::Constant(value) => value.shown(),
            Expression::Property(var, key) if key == "types" => {
                format!("labels({})", self.var(*var))
            }
            Expression::Property(var, key) => format!("{}.{}", self.var(*var), label(key)),
            Expression::Evidence(var, field) => self.field(*var, *field),
            Expression::OfFact(var, field) => self.of_fact(*var, self.base, *field),
            Expression::HasType(var, kind) => {
                let kind = label(&self.graph.vocabulary().type_of(*kind).name);
                format!("{} IS LABELED {kind}", self.var(*var))
            }
            other => self.condition(other, &[]),
        }
    }
}

/// All claims of the fact that a claim states, as `d`.
fn same(claim: &str, view: &str) -> String {
    format!(
        "WITH startNode({claim}) AS s, endNode({claim}) AS o, type({claim}) AS t \
         {view}MATCH (s)-[d:%|`also-known-as`]->(o) WHERE type(d) = t"
    )
}

fn tested(test: Test, left: String, right: String) -> String {
    let texts = |word: &str| format!("toLower(toString({left})) {word} toLower(toString({right}))");
    match test {
        Test::Compare(compare) => format!("{left} {} {right}", compare.symbol()),
        Test::Contains => texts("CONTAINS"),
        Test::StartsWith => texts("STARTS WITH"),
        Test::EndsWith => texts("ENDS WITH"),
    }
}

/// The facts of a part, the main one first.
fn links(plan: &Plan) -> Vec<&Link> {
    match plan {
        Plan::Match { pattern, .. } => pattern.links.iter().collect(),
        other => other.inputs().into_iter().flat_map(links).collect(),
    }
}

/// The fields of evidence that an expression asks for.
fn evidence_fields(expression: &Expression, fields: &mut Vec<Evidence>) {
    if let Expression::Evidence(_, field) = expression
        && !fields.contains(field)
    {
        fields.push(*field);
    }
    for part in crate::algebra::expressions::parts(expression) {
        evidence_fields(part, fields);
    }
}

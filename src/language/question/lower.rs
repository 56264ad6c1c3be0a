//! From a question's syntax tree to algebra: what rows to find and what they mean. It runs nothing
//! and prints nothing.

use crate::algebra::{Aggregate, EntitySet, Node, PathSearch, Plan, Var, Variables};
use crate::graph::GraphView;
use crate::graph::filter::ClaimFilter;
use crate::language::question::ast::{Asked, Body, PathKind, Paths, Question, WhyTarget};
use crate::language::question::branch::{Branch, every_route, product};
use crate::language::question::clauses::Clauses;
use crate::language::question::conditions;
use crate::language::question::context::Context;
use crate::language::question::filters;
use crate::language::question::lowering::{Lowering, filtered, union};
use crate::language::question::shape::{Lowered, Shape};
use crate::language::words;
use crate::model::{RelationId, Vocabulary};
use crate::text::{Diagnostic, Spanned};

/// Longest path that is looked for where a question sets no bound.
const HOPS: u32 = 6;
/// How many paths a question gives where it sets no limit.
const PATHS: u64 = 100;

/// Lowers a question over a graph.
pub fn lower(
    question: &Question,
    view: &dyn GraphView,
    context: &Context,
) -> Result<Lowered, Diagnostic> {
    let mut base = ClaimFilter::default();
    filters::apply(&mut base, &question.lifted, view, context)?;
    let mut clauses = Clauses {
        view,
        context,
        variables: Variables::default(),
        base: base.clone(),
        named: Vec::new(),
        conditions: Vec::new(),
    };
    clauses.collect_conditions(&question.lifted);
    unordered(question)?;
    let mut lowering = Lowering { clauses, question };
    let (plan, shape) = lowering.body()?;
    let variables = lowering.clauses.variables;
    let dated = crate::algebra::walk::any_filter(&plan, &mut |filter| !filter.valid.is_empty());
    Ok(Lowered {
        plan,
        variables,
        shape,
        base,
        dated,
    })
}

/// Rows of entities and facts can be ordered and grouped, other answers have an order of their own.
fn unordered(question: &Question) -> Result<(), Diagnostic> {
    let rows = matches!(
        question.body.node,
        Body::Subject { .. } | Body::Object { .. }
    );
    let odd = question.tail.sorted.first().map(|key| key.path.span);
    let odd = odd.or(question.tail.per.first().map(|noun| noun.span));
    match odd.filter(|_| !rows) {
        None => Ok(()),
        Some(span) => Err(Diagnostic::new("this answer has an order of its own", span)
            .label("only rows of entities and facts are sorted or grouped")
            .help("ask with `who`, `what` or `which`, or leave this away")),
    }
}

impl Lowering<'_> {
    fn body(&mut self) -> Result<(Plan, Shape), Diagnostic> {
        let question = self.question;
        let turned = words::turned_question(self.clauses.view, &question.body.node);
        match turned.as_ref().unwrap_or(&question.body.node) {
            Body::Subject {
                asked,
                count,
                predicate,
            } => {
                if let Some(facts) = self.facts_noun(asked) {
                    return self.facts(facts, predicate.as_ref(), None, *count);
                }
                let entity = self.clauses.variables.fresh("x");
                let set = self.asked(asked, entity)?;
                let mut branch = Branch::default();
                branch.node(Node { var: entity, set });
                let branches = match predicate {
                    None => vec![branch],
                    Some(predicate) => {
                        let more = self.clauses.predicate(entity, predicate, false)?;
                        product(vec![branch], more, predicate.span)?
                    }
                };
                self.rows(entity, branches, *count)
            }
            Body::Object {
                asked,
                count,
                subject,
                clause,
            } => {
                if let Some(facts) = self.facts_noun(asked) {
                    return self.facts(facts, None, Some((subject, clause)), *count);
                }
                let entity = self.clauses.variables.fresh("x");
                let set = self.asked(asked, entity)?;
                let mut branch = Branch::default();
                branch.node(Node { var: entity, set });
                let more = self.clauses.object(entity, subject, clause)?;
                let branches = product(vec![branch], more, subject.span)?;
                self.rows(entity, branches, *count)
            }
            Body::YesNo(fact) => self.verdict(fact, false),
            Body::When(fact) => {
                let (plan, fact) = self.fact_rows(fact, false)?;
                Ok((plan, Shape::When(fact)))
            }
            Body::Says {
                stance,
                anyone,
                fact,
            } => self.says(*stance, *anyone, fact),
            Body::Why {
                negated,
                all,
                target,
            } => self.why(*negated, *all, target),
            Body::Matter(fact) => {
                let target = WhyTarget::Fact(fact.clone());
                match self.why(false, false, &target)? {
                    (
                        plan,
                        Shape::Why {
                            fact,
                            near: Some(ends),
                            ..
                        },
                    ) => Ok((plan, Shape::Matter(fact, ends))),
                    _ => Err(Diagnostic::new("name one fact here", question.body.span)
                        .label("not one subject and one object")
                        .help("write for example `which sources matter for APT31 targeted UK_Parliament`")),
                }
            }
            Body::Accused(joint) => Ok((Plan::Unit, Shape::Accused(*joint))),
            Body::Paths(paths) => self.paths(paths),
            Body::About(operand) => {
                let entity = self.one_entity(operand)?;
                let (plan, fact) = self.everything(entity)?;
                Ok((plan, Shape::About(entity, fact)))
            }
            Body::Timeline { of, qualifiers } => {
                let entity = self.one_entity(of)?;
                filters::apply(
                    &mut self.clauses.base,
                    qualifiers,
                    self.clauses.view,
                    self.clauses.context,
                )?;
                let (plan, fact) = self.everything(entity)?;
                Ok((plan, Shape::Timeline(entity, fact)))
            }
            Body::Changed { since, until } => {
                let from = filters::date(since, self.clauses.context)?;
                let until = until
                    .as_ref()
                    .map(|date| filters::date(date, self.clauses.context));
                let until = until.transpose()?.map_or(i64::MAX, |date| date.end() - 1);
                // `since D` begins with D itself: what was known at the end of the day before.
                Ok((Plan::Unit, Shape::Changed(from.start() - 1, until)))
            }
        }
    }

    fn asked(&mut self, asked: &Spanned<Asked>, var: Var) -> Result<EntitySet, Diagnostic> {
        let set = self.clauses.asked(asked)?;
        if let EntitySet::Type(kind) = set {
            self.clauses.named.push((kind, var));
        }
        Ok(set)
    }

    /// `facts`, `claims`, or the noun of a relation: the question is for facts, not entities.
    fn facts_noun(&self, asked: &Spanned<Asked>) -> Option<Option<RelationId>> {
        let Asked::Noun(noun) = &asked.node else {
            return None;
        };
        let words = self.clauses.view.vocabulary();
        if words.type_named(noun).is_some() {
            return None;
        }
        match noun.to_lowercase().as_str() {
            "fact" | "facts" | "claim" | "claims" => Some(None),
            noun => words::relation_of_noun(words, noun).map(Some),
        }
    }

    /// The plan for rows of entities, with evidence, order and limit.
    fn rows(
        &mut self,
        entity: Var,
        mut branches: Vec<Branch>,
        count: bool,
    ) -> Result<(Plan, Shape), Diagnostic> {
        let question = self.question;
        let wanted = std::mem::take(&mut self.clauses.conditions);
        let evidence = self.clauses.variables.fresh("evidence");
        let mut after = Vec::new();
        for condition in &wanted {
            let lowered = conditions::lower(condition, entity, evidence, &self.clauses)?;
            match lowered.after {
                true => after.push(lowered.expression),
                false => {
                    for branch in &mut branches {
                        branch.pattern.conditions.push(lowered.expression.clone());
                    }
                }
            }
        }
        if branches.iter().any(|branch| branch.status_without_fact()) {
            return Err(Diagnostic::new(
                "a thing is not disputed, what is said of it is",
                question.body.span,
            )
            .label("no verb")
            .help(
                "ask `which facts are disputed`, or add a verb: `who targeted X and is disputed`",
            ));
        }
        for branch in &mut branches {
            branch.settle_status();
        }
        let facts: Vec<Var> = branches
            .iter()
            .flat_map(|branch| branch.pattern.links.iter().map(|link| link.fact))
            .collect();
        let first: Vec<Var> = branches
            .iter()
            .filter_map(|branch| branch.pattern.links.first().map(|link| link.fact))
            .collect();
        let mut plan = union(branches);
        let mut keys = Vec::new();
        for per in &question.tail.per {
            let (key, grown) = conditions::per(per, plan, entity, &first, &mut self.clauses)?;
            plan = grown;
            keys.push((per.node.to_lowercase(), key));
        }
        let group: Vec<Var> = keys.iter().map(|(_, key)| *key).collect();
        if count {
            let number = self.clauses.variables.fresh("count");
            if !after.is_empty() {
                let inner = std::iter::once(entity)
                    .chain(group.iter().copied())
                    .collect();
                plan = Plan::Group {
                    input: Box::new(plan),
                    keys: inner,
                    aggregates: vec![(evidence, Aggregate::Collect(facts))],
                };
                plan = filtered(plan, after);
            }
            plan = Plan::Group {
                input: Box::new(plan),
                keys: group,
                aggregates: vec![(number, Aggregate::CountDistinct(entity))],
            };
            if keys.is_empty() {
                return Ok((plan, Shape::Count(number)));
            }
            let plan = self.sorted_groups(plan, &keys, number)?;
            return Ok((
                plan,
                Shape::Groups {
                    keys,
                    count: number,
                },
            ));
        }
        let mut all: Vec<Var> = vec![entity];
        all.extend(group);
        plan = Plan::Group {
            input: Box::new(plan),
            keys: all,
            aggregates: vec![(evidence, Aggregate::Collect(facts))],
        };
        plan = filtered(plan, after);
        let mut sort = conditions::sort(&question.tail.sorted, entity, evidence, &self.clauses)?;
        sort.extend(conditions::default_order(entity, evidence));
        let limit = question.tail.limit.as_ref().map(|limit| limit.node);
        plan = Plan::Sort {
            input: Box::new(plan),
            keys: sort,
            limit,
        };
        Ok((
            plan,
            Shape::Entities {
                entity,
                evidence,
                keys,
            },
        ))
    }

    fn paths(&mut self, paths: &Paths) -> Result<(Plan, Shape), Diagnostic> {
        let words = self.clauses.view.vocabulary();
        let mut filter = self.clauses.base.clone();
        filters::apply(
            &mut filter,
            &paths.qualifiers,
            self.clauses.view,
            self.clauses.context,
        )?;
        self.clauses.collect_conditions(&paths.qualifiers);
        let mut routes = Vec::new();
        for via in &paths.via {
            let relation = words::relation(words, &via.node, via.span)?;
            routes.extend(
                every_route(words)
                    .into_iter()
                    .filter(|route| route.relation == relation),
            );
        }
        if routes.is_empty() {
            routes = every_route(words);
            routes.retain(|route| route.relation != Vocabulary::ALSO_KNOWN_AS);
        }
        let avoiding = match &paths.avoiding {
            None => Vec::new(),
            Some(names) => filters::entities(names, self.clauses.view)?,
        };
        let from = self.set(&paths.from)?;
        let to = self.set(&paths.to)?;
        let within = match &paths.within {
            None => HOPS,
            Some(hops) if hops.node == 0 => {
                return Err(Diagnostic::new("a path has at least one hop", hops.span)
                    .label("no hop at all")
                    .help("write for example `within 3 hops`"));
            }
            Some(hops) => hops.node,
        };
        let var = self.clauses.variables.fresh("path");
        let limit = match (&self.question.tail.limit, paths.kind) {
            (Some(limit), _) => limit.node,
            (None, PathKind::Connected | PathKind::Shortest) => 1,
            (None, PathKind::AllShortest | PathKind::All) => PATHS,
        };
        let search = PathSearch {
            var,
            from,
            to,
            routes,
            undirected: true,
            filter,
            avoiding,
            within,
            shortest: paths.kind != PathKind::All,
            limit,
        };
        Ok((Plan::Paths(search), Shape::Paths(var)))
    }
}

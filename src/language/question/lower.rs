//! From a question's syntax tree to algebra: what rows to find and what they mean. It runs nothing
//! and prints nothing.

use crate::algebra::{
    Aggregate, EntitySet, Expression, Key, Link, Node, PathSearch, Pattern, Plan, Var, Variables,
};
use crate::graph::GraphView;
use crate::graph::filter::{ClaimFilter, Polarities};
use crate::language::question::ast::{
    Asked, Body, Deed, Fact, Operand, Operands, PathKind, Paths, Predicate, Question, Stance,
    VerbClause, WhyTarget,
};
use crate::language::question::clauses::{Branch, Clauses, Open, both_sides, every_route, product};
use crate::language::question::conditions;
use crate::language::question::context::Context;
use crate::language::question::filters;
use crate::language::words;
use crate::model::{EntityId, RelationId, Vocabulary};
use crate::text::{Diagnostic, Span, Spanned};

/// Longest path that is looked for where a question sets no bound.
const HOPS: u32 = 6;
/// How many paths a question gives where it sets no limit.
const PATHS: u64 = 100;

/// A question as algebra.
#[derive(Clone, Debug, PartialEq)]
pub struct Lowered {
    /// What to find.
    pub plan: Plan,
    /// The names of its variables.
    pub variables: Variables,
    /// What the rows mean.
    pub shape: Shape,
    /// Which claims the whole question rests on.
    pub base: ClaimFilter,
    /// Whether a time test stands somewhere, so that claims without a date were left out.
    pub dated: bool,
}

/// What the rows of a plan mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An entity a row, with the facts that made it an answer.
    Entities {
        /// The entity.
        entity: Var,
        /// The facts.
        evidence: Var,
        /// Other keys of the group: `per country`.
        keys: Vec<(String, Var)>,
    },
    /// One number.
    Count(Var),
    /// A number a group.
    Groups {
        /// The keys.
        keys: Vec<(String, Var)>,
        /// The number.
        count: Var,
    },
    /// A fact a row.
    Facts(Var),
    /// Yes, denied, disputed or no claim found: one part for each fact that was named.
    Verdict {
        /// The parts: a row of which is a fact that speaks for or against.
        parts: Vec<Part>,
        /// All parts must hold, or any.
        all: bool,
        /// Only denials were asked for: `does anyone deny that …`.
        denials: bool,
    },
    /// Yes or no by type alone.
    IsA {
        /// The entity.
        entity: EntityId,
        /// Whether it is of the type.
        holds: bool,
        /// The noun as written.
        noun: String,
    },
    /// The claims of the facts in the rows, by time.
    When(Var),
    /// The claims of the facts in the rows, by source.
    Says(Var, Stance),
    /// The claims behind facts, for and against, with quotes.
    Why {
        /// The fact, if it has one.
        fact: Var,
        /// `why not`
        negated: bool,
        /// The named ends and the relation, to look for what comes near.
        near: Option<(EntityId, RelationId, EntityId)>,
    },
    /// One claim by its number.
    Claim(u32),
    /// What a row of the last answer rests on.
    Row(u32),
    /// Paths.
    Paths(Var),
    /// Everything on one entity.
    About(EntityId, Var),
    /// The claims of one entity by time.
    Timeline(EntityId, Var),
    /// What was recorded or retracted after the first and up to the second of these, in seconds.
    Changed(i64, i64),
}

/// One fact of a yes-or-no question.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The fact in words.
    pub label: String,
    /// Finds the facts.
    pub plan: Plan,
    /// The variable that holds them.
    pub fact: Var,
}

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

struct Lowering<'a> {
    clauses: Clauses<'a>,
    question: &'a Question,
}

impl Lowering<'_> {
    fn body(&mut self) -> Result<(Plan, Shape), Diagnostic> {
        let question = self.question;
        match &question.body.node {
            Body::Subject {
                asked,
                count,
                predicate,
            } => {
                if let Some(facts) = self.facts_noun(asked) {
                    return self.facts(facts, predicate.as_ref(), None);
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
                    return self.facts(facts, None, Some((subject, clause)));
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
            Body::Why { negated, target } => self.why(*negated, target),
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
            let (key, grown) = conditions::per(per, plan, &first, &mut self.clauses)?;
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
            let default = vec![
                Key {
                    by: Expression::Var(number),
                    descending: true,
                },
                Key {
                    by: Expression::Var(keys[0].1),
                    descending: false,
                },
            ];
            let sort = conditions::sort_of_groups(&question.tail.sorted, &keys, number, default)?;
            let limit = question.tail.limit.as_ref().map(|limit| limit.node);
            let plan = Plan::Sort {
                input: Box::new(plan),
                keys: sort,
                limit,
            };
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

    /// `which facts are disputed`, `which attributions did China deny`.
    fn facts(
        &mut self,
        relation: Option<RelationId>,
        predicate: Option<&Spanned<Predicate>>,
        said: Option<(&Spanned<Operands>, &VerbClause)>,
    ) -> Result<(Plan, Shape), Diagnostic> {
        let words = self.clauses.view.vocabulary();
        let mut filter = both_sides(&self.clauses.base);
        let mut statuses = Vec::new();
        let refused = |span: Span| {
            Diagnostic::new("this cannot be asked of facts", span)
                .label("facts are affirmed, denied or disputed, said or denied by somebody")
                .help("write for example `which facts are disputed` or `which claims did NCSC report`")
        };
        match predicate.map(|predicate| (&predicate.node, predicate.span)) {
            None => {}
            Some((Predicate::Status(status), _)) => statuses.push(*status),
            Some((Predicate::Verb(clause), span)) => {
                let Some(objects) = &clause.objects else {
                    return Err(refused(span));
                };
                self.stance(&mut filter, objects, clause, span)?;
            }
            Some((_, span)) => return Err(refused(span)),
        }
        if let Some((subject, clause)) = said {
            self.stance(&mut filter, subject, clause, clause.verb.span)?;
        }
        let subject = self.clauses.variables.fresh("s");
        let object = self.clauses.variables.fresh("o");
        let fact = self.clauses.variables.fresh("c");
        let mut routes = every_route(words);
        match relation {
            Some(relation) => routes.retain(|route| route.relation == relation),
            None => routes.retain(|route| route.relation != Vocabulary::ALSO_KNOWN_AS),
        }
        let mut branch = Branch {
            status: statuses,
            ..Branch::default()
        };
        branch.node(Node {
            var: subject,
            set: EntitySet::Any,
        });
        branch.node(Node {
            var: object,
            set: EntitySet::Any,
        });
        branch.pattern.links.push(Link {
            fact,
            from: subject,
            to: object,
            routes,
            filter,
        });
        branch.settle_status();
        let wanted = std::mem::take(&mut self.clauses.conditions);
        for condition in &wanted {
            let lowered = conditions::lower_of_fact(condition, subject, fact, &self.clauses)?;
            branch.pattern.conditions.push(lowered);
        }
        let mut plan = union(vec![branch]);
        let sort =
            conditions::sort_of_facts(&self.question.tail.sorted, subject, fact, &self.clauses)?;
        let limit = self.question.tail.limit.as_ref().map(|limit| limit.node);
        if !sort.is_empty() {
            plan = Plan::Sort {
                input: Box::new(plan),
                keys: sort,
                limit,
            };
        } else if let Some(count) = limit {
            plan = Plan::Limit {
                input: Box::new(plan),
                count,
            };
        }
        Ok((plan, Shape::Facts(fact)))
    }

    /// `did China deny`, `were denied by China`, `did NCSC report`.
    fn stance(
        &mut self,
        filter: &mut ClaimFilter,
        names: &Spanned<Operands>,
        clause: &VerbClause,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let verb = clause.verb.node.to_lowercase();
        filter.polarities = match verb.as_str() {
            "deny" | "denies" | "denied" | "dispute" | "disputes" | "disputed" | "reject"
            | "rejected" => Polarities::Denied,
            "say" | "says" | "said" | "claim" | "claims" | "claimed" | "report" | "reports"
            | "reported" | "assert" | "asserts" | "asserted" | "make" | "made" | "state"
            | "stated" => Polarities::Asserted,
            _ => {
                return Err(
                    Diagnostic::new(format!("facts are not {verb} by anybody"), span)
                        .label("not a verb of saying")
                        .help("write `said`, `reported`, `claimed` or `denied`"),
                );
            }
        };
        let sources = filters::entities(names, self.clauses.view)?;
        filter
            .sources
            .push(crate::graph::filter::SourceTest::AccordingTo(sources));
        filters::apply(
            filter,
            &clause.qualifiers,
            self.clauses.view,
            self.clauses.context,
        )?;
        self.clauses.collect_conditions(&clause.qualifiers);
        Ok(())
    }

    /// Rows of facts, for and against, that a fact clause names.
    fn fact_rows(&mut self, fact: &Fact, both: bool) -> Result<(Plan, Var), Diagnostic> {
        let subject = self.clauses.variables.fresh("s");
        let clause = match &fact.deed {
            Deed::Verb(clause) => clause,
            Deed::IsA(noun) => {
                return Err(Diagnostic::new("a type is no claim", noun.span)
                    .label("types are declared, not claimed")
                    .help("`about NAME` shows the types"));
            }
        };
        let operands = match &fact.subject.node {
            Operands::One(operand) => std::slice::from_ref(operand),
            Operands::All(list) | Operands::Any(list) => list.as_slice(),
        };
        let mut branches = Vec::new();
        for operand in operands {
            let found = self.clauses.operand(subject, operand, false)?;
            let linked = self.clauses.clause(subject, clause, Open::Nothing, false)?;
            branches.extend(product(found, linked, fact.subject.span)?);
        }
        // The fact that is asked for is the one of the clause's own verb; each branch gives it the
        // same variable.
        let shared = self.clauses.variables.fresh("fact");
        for branch in &mut branches {
            if let Some(link) = branch
                .pattern
                .links
                .iter_mut()
                .find(|link| link.from == subject)
            {
                link.fact = shared;
                if both {
                    link.filter = both_sides(&link.filter);
                }
            }
            branch.settle_status();
        }
        Ok((distinct(union(branches), shared), shared))
    }

    fn verdict(&mut self, fact: &Fact, denials: bool) -> Result<(Plan, Shape), Diagnostic> {
        if let Deed::IsA(noun) = &fact.deed {
            let Operands::One(operand) = &fact.subject.node else {
                return Err(
                    Diagnostic::new("ask this of one entity at a time", fact.subject.span)
                        .label("several names")
                        .help(format!("`which {} …` asks for all", noun.node)),
                );
            };
            let entity = self.one_entity(operand)?;
            let words = self.clauses.view.vocabulary();
            let kind = words::noun(words, &noun.node, noun.span)?;
            let holds = self.clauses.view.entities().has_type(entity, kind, words);
            return Ok((
                Plan::Unit,
                Shape::IsA {
                    entity,
                    holds,
                    noun: noun.node.clone(),
                },
            ));
        }
        let mut parts = Vec::new();
        let mut all = true;
        for single in singles(fact, &mut all) {
            let label = single.to_string();
            let (plan, fact) = self.fact_rows(&single, true)?;
            parts.push(Part { label, plan, fact });
        }
        let plan = match parts.as_slice() {
            [only] => only.plan.clone(),
            parts => Plan::Union(parts.iter().map(|part| part.plan.clone()).collect()),
        };
        Ok((
            plan,
            Shape::Verdict {
                parts,
                all,
                denials,
            },
        ))
    }

    fn says(
        &mut self,
        stance: Stance,
        anyone: bool,
        fact: &Fact,
    ) -> Result<(Plan, Shape), Diagnostic> {
        self.clauses.base.polarities = match stance {
            Stance::Asserts => Polarities::Asserted,
            Stance::Denies => Polarities::Denied,
        };
        if anyone {
            return self.verdict(fact, stance == Stance::Denies);
        }
        let (plan, fact) = self.fact_rows(fact, false)?;
        Ok((plan, Shape::Says(fact, stance)))
    }

    fn why(&mut self, negated: bool, target: &WhyTarget) -> Result<(Plan, Shape), Diagnostic> {
        let fact = match target {
            WhyTarget::Claim(number) => return Ok((Plan::Unit, Shape::Claim(*number))),
            WhyTarget::Row(row) => return Ok((Plan::Unit, Shape::Row(*row))),
            WhyTarget::Fact(fact) => fact,
        };
        let (plan, var) = self.fact_rows(fact, true)?;
        let near = match (&fact.subject.node, &fact.deed) {
            (Operands::One(subject), Deed::Verb(clause)) => {
                match clause.objects.as_ref().map(|objects| &objects.node) {
                    Some(Operands::One(object)) => {
                        let route = self.clauses.routes(clause, Open::Nothing)?[0];
                        match (&subject.node, &object.node) {
                            (Operand::Name(_), Operand::Name(_))
                                if route.relation != Vocabulary::ALSO_KNOWN_AS =>
                            {
                                let ends = (self.one_entity(subject)?, self.one_entity(object)?);
                                Some(match route.direction {
                                    crate::graph::Direction::Out => {
                                        (ends.0, route.relation, ends.1)
                                    }
                                    crate::graph::Direction::In => (ends.1, route.relation, ends.0),
                                })
                            }
                            _ => None,
                        }
                    }
                    Some(Operands::All(_) | Operands::Any(_)) | None => None,
                }
            }
            _ => None,
        };
        Ok((
            plan,
            Shape::Why {
                fact: var,
                negated: negated || fact.negated,
                near,
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

    fn set(&mut self, operand: &Spanned<Operand>) -> Result<EntitySet, Diagnostic> {
        let var = self.clauses.variables.fresh("end");
        let mut branches = self.clauses.operand(var, operand, false)?;
        if let [
            Branch {
                pattern, absent, ..
            },
        ] = branches.as_mut_slice()
        {
            if pattern.links.is_empty() && absent.is_empty() {
                return Ok(pattern.nodes.pop().map_or(EntitySet::Any, |node| node.set));
            }
        }
        Ok(EntitySet::Plan(
            Box::new(distinct(union(branches), var)),
            var,
        ))
    }

    fn one_entity(&self, operand: &Spanned<Operand>) -> Result<EntityId, Diagnostic> {
        let several = |span: Span| {
            Diagnostic::new("one name is needed here", span)
                .label("not one name")
                .help("write the name of one entity")
        };
        match &operand.node {
            Operand::Name(name) => words::entity(self.clauses.view, name, operand.span),
            Operand::Typed {
                name: Some(name), ..
            } => words::entity(self.clauses.view, &name.node, name.span),
            Operand::Last | Operand::Fuzzy(_) | Operand::Parameter(_) | Operand::Prefix(_) => {
                let mut scratch = Clauses {
                    view: self.clauses.view,
                    context: self.clauses.context,
                    variables: Variables::default(),
                    base: ClaimFilter::default(),
                    named: Vec::new(),
                    conditions: Vec::new(),
                };
                let branches = scratch.operand(Var(0), operand, false)?;
                match branches
                    .first()
                    .and_then(|branch| branch.pattern.nodes.first())
                    .map(|node| &node.set)
                {
                    Some(EntitySet::Ids(ids)) if ids.len() == 1 => Ok(ids[0]),
                    Some(EntitySet::Ids(ids)) => {
                        let names: Vec<&str> = ids
                            .iter()
                            .take(5)
                            .map(|id| self.clauses.view.entities().name(*id))
                            .collect();
                        Err(several(operand.span)
                            .note(format!("it may be {}", crate::text::quoted_list(&names))))
                    }
                    _ => Err(several(operand.span)),
                }
            }
            Operand::Claim(_) | Operand::Anyone | Operand::Typed { .. } | Operand::Nested(_) => {
                Err(several(operand.span))
            }
        }
    }

    /// All facts of an entity, in both directions, for and against.
    fn everything(&mut self, entity: EntityId) -> Result<(Plan, Var), Diagnostic> {
        let words = self.clauses.view.vocabulary();
        let center = self.clauses.variables.fresh("x");
        let other = self.clauses.variables.fresh("other");
        let fact = self.clauses.variables.fresh("c");
        let mut routes = every_route(words);
        let back: Vec<_> = routes
            .iter()
            .map(|route| crate::algebra::Route {
                direction: route.direction.reversed(),
                ..*route
            })
            .collect();
        routes.extend(back);
        let mut branch = Branch::default();
        branch.node(Node {
            var: center,
            set: EntitySet::Ids(vec![entity]),
        });
        branch.node(Node {
            var: other,
            set: EntitySet::Any,
        });
        let filter = both_sides(&self.clauses.base);
        branch.pattern.links.push(Link {
            fact,
            from: center,
            to: other,
            routes,
            filter,
        });
        Ok((distinct(union(vec![branch]), fact), fact))
    }
}

fn filtered(plan: Plan, conditions: Vec<Expression>) -> Plan {
    conditions
        .into_iter()
        .fold(plan, |input, condition| Plan::Filter {
            input: Box::new(input),
            condition,
        })
}

/// The branches as one plan.
fn union(branches: Vec<Branch>) -> Plan {
    let mut plans: Vec<Plan> = branches
        .into_iter()
        .map(|branch| {
            let pattern = Pattern {
                absent: [branch.pattern.absent, branch.absent].concat(),
                ..branch.pattern
            };
            Plan::Match {
                input: Box::new(Plan::Unit),
                pattern,
            }
        })
        .collect();
    match plans.len() {
        1 => plans.remove(0),
        _ => Plan::Union(plans),
    }
}

fn distinct(plan: Plan, var: Var) -> Plan {
    Plan::Group {
        input: Box::new(plan),
        keys: vec![var],
        aggregates: Vec::new(),
    }
}

/// The single facts that a fact clause with lists names, and whether all must hold.
fn singles(fact: &Fact, all: &mut bool) -> Vec<Fact> {
    let mut each = |operands: &Spanned<Operands>| -> Vec<Spanned<Operands>> {
        match &operands.node {
            Operands::One(_) => vec![operands.clone()],
            Operands::All(list) | Operands::Any(list) => {
                *all &= matches!(operands.node, Operands::All(_));
                list.iter()
                    .map(|one| Spanned::new(Operands::One(one.clone()), one.span))
                    .collect()
            }
        }
    };
    let subjects = each(&fact.subject);
    let Deed::Verb(clause) = &fact.deed else {
        return vec![fact.clone()];
    };
    let objects: Vec<Option<Spanned<Operands>>> = match &clause.objects {
        None => vec![None],
        Some(objects) => each(objects).into_iter().map(Some).collect(),
    };
    subjects
        .iter()
        .flat_map(|subject| {
            objects.iter().map(move |objects| Fact {
                subject: subject.clone(),
                negated: fact.negated,
                deed: Deed::Verb(VerbClause {
                    objects: objects.clone(),
                    ..clause.clone()
                }),
            })
        })
        .collect()
}

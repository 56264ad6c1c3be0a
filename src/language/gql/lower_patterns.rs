//! Patterns become patterns of the algebra: nodes are sets of entities, relationships are claims,
//! what is repeated is a pattern of its own.

#![allow(clippy::wildcard_enum_match_arm)] // A step names the forms that it treats; the rest is one case.

use crate::algebra::functions::graph::{ACYCLIC, SIMPLE, TRAIL};
use crate::algebra::{
    Datum, EntitySet, Expression, Link, Node, Operator, Pattern, Plan, Repeat, Var,
};
use crate::graph::Compare;
use crate::language::gql::ast::{self, Element, Expr, PathMode, Search};
use crate::language::gql::lower_expressions::conjuncts;
use crate::language::gql::lower_links::{
    different, element_span, equal, is_simple, link, repetition, routes, shortest,
};
use crate::language::gql::lowering::{Lowering, Names, add, bound, find};
use crate::language::gql::mistakes::mistake;
use crate::model::{RelationId, Value};
use crate::text::Diagnostic;

type Lowers<T> = Result<T, Diagnostic>;

/// A path pattern under way.
#[derive(Default)]
struct Chain {
    nodes: Vec<Var>,
    /// The variables of its steps, and the relations that each may be.
    steps: Vec<(Var, Vec<RelationId>)>,
}

impl Lowering<'_> {
    /// The plan of `MATCH patterns WHERE condition` on the rows of another; adds what it binds.
    pub(in crate::language::gql) fn matched(
        &mut self,
        patterns: &[ast::Pattern],
        condition: Option<&Expr>,
        names: &mut Names,
        input: Plan,
    ) -> Lowers<Plan> {
        let mut joint = Pattern::default();
        let mut steps: Vec<(Var, Vec<RelationId>)> = Vec::new();
        let mut paths: Vec<(Var, Expression)> = Vec::new();
        let mut later: Vec<Expression> = Vec::new();
        let mut alone: Vec<Plan> = Vec::new();
        let before = bound(names);
        let outer = names.clone();
        // A variable may be used before the pattern that binds it comes.
        for one in patterns {
            self.announce(&one.elements, names);
        }
        for one in patterns {
            let selects = !matches!(one.search, Search::All);
            let mut own = Pattern::default();
            let target = if selects { &mut own } else { &mut joint };
            let shortest = shortest(one.search);
            let single = selects && is_simple(&one.elements);
            let chain = self.chain(
                one,
                names,
                &before,
                &outer,
                target,
                shortest.filter(|_| single),
            )?;
            let start = chain.nodes.first().map_or(Var(0), |var| *var);
            let parts = chain.steps.iter().map(|(var, _)| Expression::Var(*var));
            let path = Expression::Path(Box::new(Expression::Var(start)), parts.collect());
            let function = match one.mode {
                PathMode::Unsaid | PathMode::Walk => None,
                PathMode::Trail => Some(&TRAIL),
                PathMode::Acyclic => Some(&ACYCLIC),
                PathMode::Simple => Some(&SIMPLE),
            };
            let checks = function
                .filter(|_| {
                    chain.steps.len() > 1 || !chain.steps.is_empty() && one.elements.len() > 3
                })
                .map(|function| Expression::Call(function, vec![path.clone()]));
            let var = one.variable.as_ref().map(|name| {
                let var = self.variables.fresh(&name.node);
                add(names, &name.node, var);
                var
            });
            if selects && !single {
                // The shortest of all that there are, for each pair of ends.
                let path_var = var.unwrap_or_else(|| self.variables.fresh("path"));
                own.conditions.extend(checks);
                let inner = Plan::Project {
                    input: Box::new(Plan::Match {
                        input: Box::new(Plan::Row(before.clone())),
                        pattern: own,
                    }),
                    columns: vec![(path_var, path)],
                    keep: true,
                };
                let ends = [chain.nodes.first(), chain.nodes.last()];
                alone.push(Plan::Pick {
                    input: Box::new(Plan::Unit),
                    inner: Box::new(inner),
                    ends: ends.into_iter().flatten().copied().collect(),
                    path: path_var,
                    wanted: shortest.unwrap_or((u64::MAX, false)),
                });
                continue;
            }
            if selects {
                joint.nodes.extend(own.nodes);
                joint.links.extend(own.links);
                joint.conditions.extend(own.conditions);
            }
            joint.conditions.extend(checks);
            if let Some(var) = var {
                paths.push((var, path));
            }
            if one.mode == PathMode::Unsaid {
                steps.extend(chain.steps);
            }
        }
        joint.conditions.extend(different(&steps));
        let path_vars: Vec<Var> = paths.iter().map(|(var, _)| *var).collect();
        let picked = !alone.is_empty();
        if let Some(condition) = condition {
            for part in conjuncts(self.expression(condition, names)?) {
                let reads = crate::algebra::expressions::expression_vars(&part);
                match picked || reads.iter().any(|var| path_vars.contains(var)) {
                    true => later.push(part),
                    false => joint.conditions.push(part),
                }
            }
        }
        let mut plan = input;
        for mut pick in alone {
            for input in pick.inputs_mut() {
                *input = plan;
                plan = Plan::Unit;
            }
            plan = pick;
        }
        if !(joint.nodes.is_empty() && joint.links.is_empty() && joint.conditions.is_empty()) {
            plan = Plan::Match {
                input: Box::new(plan),
                pattern: joint,
            };
        }
        if !paths.is_empty() {
            plan = Plan::Project {
                input: Box::new(plan),
                columns: paths,
                keep: true,
            };
        }
        for condition in later {
            plan = Plan::Filter {
                input: Box::new(plan),
                condition,
            };
        }
        Ok(plan)
    }

    /// Gives every named element of a pattern its variable, unless it has one.
    fn announce(&mut self, elements: &[Element], names: &mut Names) {
        for element in elements {
            let name = match element {
                Element::Node(node) => node.variable.as_ref(),
                Element::Relationship(relationship) => relationship.variable.as_ref(),
                Element::Quantified { elements, .. } => {
                    self.announce(elements, names);
                    None
                }
            };
            if let Some(name) = name.filter(|name| find(names, &name.node).is_none()) {
                let var = self.variables.fresh(&name.node);
                add(names, &name.node, var);
            }
        }
    }

    /// One path pattern, put into a pattern of the algebra. `before` are the variables bound outside;
    /// `outer` their names.
    fn chain(
        &mut self,
        one: &ast::Pattern,
        names: &Names,
        before: &[Var],
        outer: &Names,
        pattern: &mut Pattern,
        shortest: Option<(u64, bool)>,
    ) -> Lowers<Chain> {
        let mut chain = Chain::default();
        let mut pending: Option<&Element> = None;
        let mut at: Option<Var> = None;
        for element in &one.elements {
            if let Element::Node(node) = element {
                let var = self.node(node, names, pattern)?;
                if let (Some(step), Some(from)) = (pending.take(), at) {
                    let ends = (from, var);
                    self.step(
                        step,
                        ends,
                        one.mode,
                        names,
                        (before, outer),
                        pattern,
                        shortest,
                        &mut chain,
                    )?;
                }
                chain.nodes.push(var);
                at = Some(var);
                continue;
            }
            // A repeated pattern may stand at an end or beside another: a node lies between.
            if pending.is_some() || at.is_none() {
                let var = self.anonymous(pattern);
                if let (Some(step), Some(from)) = (pending.take(), at) {
                    let ends = (from, var);
                    self.step(
                        step,
                        ends,
                        one.mode,
                        names,
                        (before, outer),
                        pattern,
                        shortest,
                        &mut chain,
                    )?;
                }
                chain.nodes.push(var);
                at = Some(var);
            }
            pending = Some(element);
        }
        if let (Some(step), Some(from)) = (pending, at) {
            let var = self.anonymous(pattern);
            self.step(
                step,
                (from, var),
                one.mode,
                names,
                (before, outer),
                pattern,
                shortest,
                &mut chain,
            )?;
            chain.nodes.push(var);
        }
        Ok(chain)
    }

    fn anonymous(&mut self, pattern: &mut Pattern) -> Var {
        let var = self.variables.fresh("node");
        pattern.nodes.push(Node {
            var,
            set: EntitySet::Any,
        });
        var
    }

    /// A node pattern; gives its variable.
    fn node(
        &mut self,
        node: &ast::NodePattern,
        names: &Names,
        pattern: &mut Pattern,
    ) -> Lowers<Var> {
        let var = match &node.variable {
            Some(name) => self.named(names, &name.node, name.span)?,
            None => self.variables.fresh("node"),
        };
        let mut set = EntitySet::Any;
        if let Some(labels) = &node.labels {
            set = self.set_of(labels);
            if !matches!(labels, ast::Labels::Is(_)) {
                let labels = self.labels(labels);
                let of = Box::new(Expression::Var(var));
                pattern.conditions.push(Expression::HasLabels(of, labels));
            }
        }
        for (key, value) in self.entries(&node.properties, names)? {
            if let ("name", Expression::Constant(Datum::Value(Value::Text(name)))) =
                (key.as_str(), &value)
            {
                set = set.and(EntitySet::Named(name.clone()));
            }
            pattern.conditions.push(equal(var, key, value));
        }
        if let Some(condition) = &node.condition {
            let condition = self.expression(condition, names)?;
            pattern.conditions.extend(conjuncts(condition));
        }
        match pattern.nodes.iter_mut().find(|known| known.var == var) {
            Some(known) => {
                let old = std::mem::replace(&mut known.set, EntitySet::Any);
                known.set = old.and(set);
            }
            None => pattern.nodes.push(Node { var, set }),
        }
        Ok(var)
    }

    /// A set that holds all entities that can pass a label expression.
    fn set_of(&self, labels: &ast::Labels) -> EntitySet {
        match labels {
            ast::Labels::Is(name) => match self.ground.view.vocabulary().label_meant(&name.node) {
                Some(kind) => EntitySet::Type(kind),
                None => EntitySet::Ids(Vec::new()),
            },
            ast::Labels::And(parts) => parts
                .iter()
                .map(|part| self.set_of(part))
                .fold(EntitySet::Any, EntitySet::and),
            ast::Labels::Some | ast::Labels::Not(_) | ast::Labels::Or(_) => EntitySet::Any,
        }
    }

    /// The properties that a pattern asks for.
    fn entries(
        &mut self,
        properties: &Option<Expr>,
        names: &Names,
    ) -> Lowers<Vec<(String, Expression)>> {
        let Some(properties) = properties else {
            return Ok(Vec::new());
        };
        match &properties.node {
            ast::Expression::Map(entries) => entries
                .iter()
                .map(|(key, value)| Ok((key.node.clone(), self.expression(value, names)?)))
                .collect(),
            _ => Ok(match self.expression(properties, names)? {
                Expression::Constant(Datum::Map(entries)) => entries
                    .into_iter()
                    .map(|(key, value)| (key, Expression::Constant(value)))
                    .collect(),
                _ => {
                    return Err(mistake(
                        "InvalidParameterUse",
                        "only a map stands for properties",
                        properties.span,
                    )
                    .label("no map")
                    .help("write them out: `{name: $name}`"));
                }
            }),
        }
    }

    /// What lies between two nodes.
    #[allow(clippy::too_many_arguments)] // It is one loop body, used in three places of the loop.
    fn step(
        &mut self,
        element: &Element,
        (from, to): (Var, Var),
        mode: PathMode,
        names: &Names,
        (before, outer): (&[Var], &Names),
        pattern: &mut Pattern,
        shortest: Option<(u64, bool)>,
        chain: &mut Chain,
    ) -> Lowers<()> {
        match element {
            Element::Node(_) => {}
            Element::Relationship(found) => {
                let relations = match &found.types {
                    Some(types) => self.relations_of(types),
                    None => self.all_relations(),
                };
                let routes = routes(&relations, found.left, found.right);
                let known = match &found.variable {
                    Some(name) => Some(self.named(names, &name.node, name.span)?),
                    None => None,
                };
                let taken = known.filter(|var| {
                    before.contains(var) || pattern.links.iter().any(|link| link.fact == *var)
                });
                let fact = match (known, taken) {
                    (Some(var), None) => var,
                    _ => self.variables.fresh("relationship"),
                };
                if let Some(taken) = taken {
                    pattern.conditions.push(Expression::Binary(
                        Operator::Compare(Compare::Equal),
                        Box::new(Expression::Var(fact)),
                        Box::new(Expression::Var(taken)),
                    ));
                }
                let filter = self.filter.clone();
                match found.times {
                    None => {
                        self.of_step(found, fact, names, pattern)?;
                        pattern.links.push(link(fact, from, to, routes, filter));
                    }
                    Some(times) => {
                        let one = self.variables.fresh("step");
                        let mut inner = Pattern::default();
                        let start = self.anonymous(&mut inner);
                        let end = self.anonymous(&mut inner);
                        inner
                            .links
                            .push(link(one, start, end, routes, filter.clone()));
                        // Inside, the variable is one relationship.
                        let mut own = outer.clone();
                        if let Some(name) = &found.variable {
                            add(&mut own, &name.node, one);
                        }
                        self.of_step(found, one, &own, &mut inner)?;
                        let repeat = Repeat {
                            inner: Plan::Match {
                                input: Box::new(Plan::Row(before.to_vec())),
                                pattern: inner,
                            },
                            start,
                            end,
                            steps: vec![one],
                            groups: Vec::new(),
                            trail: fact,
                            repetition: repetition(times, mode, shortest, element_span(element))?,
                        };
                        pattern.links.push(Link {
                            repeat: Some(Box::new(repeat)),
                            ..link(fact, from, to, Vec::new(), filter)
                        });
                    }
                }
                chain.steps.push((fact, relations));
            }
            Element::Quantified {
                elements,
                condition,
                times,
            } => {
                let mut own = outer.clone();
                self.announce(elements, &mut own);
                let mut inner = Pattern::default();
                let whole = ast::Pattern {
                    variable: None,
                    search: Search::All,
                    mode,
                    elements: elements.clone(),
                    span: element_span(element),
                };
                let steps = self.chain(&whole, &own, before, outer, &mut inner, None)?;
                if let Some(condition) = condition {
                    let condition = self.expression(condition, &own)?;
                    inner.conditions.extend(conjuncts(condition));
                }
                inner.conditions.extend(different(&steps.steps));
                let fresh = own.iter().filter(|(name, _)| find(outer, name).is_none());
                let groups = fresh
                    .filter_map(|(name, var)| find(names, name).map(|list| (*var, list)))
                    .collect();
                let trail = self.variables.fresh("trail");
                let (Some(start), Some(end)) = (steps.nodes.first(), steps.nodes.last()) else {
                    return Ok(());
                };
                let repeat = Repeat {
                    inner: Plan::Match {
                        input: Box::new(Plan::Row(before.to_vec())),
                        pattern: inner,
                    },
                    start: *start,
                    end: *end,
                    steps: steps.steps.iter().map(|(var, _)| *var).collect(),
                    groups,
                    trail,
                    repetition: repetition(*times, mode, shortest, element_span(element))?,
                };
                let filter = self.filter.clone();
                pattern.links.push(Link {
                    repeat: Some(Box::new(repeat)),
                    ..link(trail, from, to, Vec::new(), filter)
                });
                let relations = steps.steps.into_iter().flat_map(|(_, relations)| relations);
                chain.steps.push((trail, relations.collect()));
            }
        }
        Ok(())
    }

    /// What a relationship must have, as conditions.
    fn of_step(
        &mut self,
        found: &ast::RelationshipPattern,
        var: Var,
        names: &Names,
        pattern: &mut Pattern,
    ) -> Lowers<()> {
        for (key, value) in self.entries(&found.properties, names)? {
            pattern.conditions.push(equal(var, key, value));
        }
        if let Some(condition) = &found.condition {
            let condition = self.expression(condition, names)?;
            pattern.conditions.extend(conjuncts(condition));
        }
        Ok(())
    }
}

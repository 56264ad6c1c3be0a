//! What writes: CREATE, MERGE, SET, REMOVE and DELETE become writing nodes of the plan.

#![allow(clippy::wildcard_enum_match_arm)] // Of all nodes only what makes is joined.

use crate::algebra::{Expression, Make, Plan, Update, Var, Write};
use crate::language::gql::ast::{
    self, Clause, Element, Expr, Labels, Program, Query, RemoveItem, SetItem,
};
use crate::language::gql::lowering::{Lowering, Names, add, bound, find, label_names};
use crate::model::TypeId;
use crate::text::Diagnostic;

type Lowers<T> = Result<T, Diagnostic>;

fn written(plan: Plan, write: Write) -> Plan {
    let (plan, write) = match (plan, write) {
        // What is made one after the other is made at once: long scripts stay flat.
        (
            Plan::Write {
                input,
                write: before,
            },
            Write::Create(more),
        ) => match *before {
            Write::Create(mut made) => {
                made.extend(more);
                (*input, Write::Create(made))
            }
            other => {
                let plan = Plan::Write {
                    input,
                    write: Box::new(other),
                };
                (plan, Write::Create(more))
            }
        },
        others => others,
    };
    Plan::Write {
        input: Box::new(plan),
        write: Box::new(write),
    }
}

/// The labels and the relationship types that a query may bring into the case.
pub fn words(program: &Program) -> (Vec<String>, Vec<String>) {
    let (mut labels, mut types) = (Vec::new(), Vec::new());
    words_of(&program.query, &mut labels, &mut types);
    (labels, types)
}

/// Whether a query writes anything.
pub fn writes(program: &Program) -> bool {
    fn in_query(query: &Query) -> bool {
        let singles = std::iter::once(&query.first).chain(query.unions.iter().map(|(_, one)| one));
        singles
            .flat_map(|single| &single.clauses)
            .any(|clause| match &clause.node {
                Clause::Create(_)
                | Clause::Merge { .. }
                | Clause::Set(_)
                | Clause::Remove(_)
                | Clause::Delete { .. } => true,
                Clause::Subquery(query) => in_query(query),
                Clause::Match { .. }
                | Clause::Unwind { .. }
                | Clause::With(..)
                | Clause::Return(_)
                | Clause::Finish
                | Clause::Order(_)
                | Clause::Call { .. }
                | Clause::Filter(_)
                | Clause::Let(_) => false,
            })
    }
    in_query(&program.query)
}

fn words_of(query: &Query, labels: &mut Vec<String>, types: &mut Vec<String>) {
    let singles = std::iter::once(&query.first).chain(query.unions.iter().map(|(_, one)| one));
    for clause in singles.flat_map(|single| &single.clauses) {
        match &clause.node {
            Clause::Create(patterns) => {
                for pattern in patterns {
                    words_in(pattern, labels, types);
                }
            }
            Clause::Merge {
                pattern,
                on_match,
                on_create,
            } => {
                words_in(pattern, labels, types);
                words_set(on_match, labels);
                words_set(on_create, labels);
            }
            Clause::Set(items) => words_set(items, labels),
            Clause::Subquery(query) => words_of(query, labels, types),
            Clause::Match { .. }
            | Clause::Unwind { .. }
            | Clause::With(..)
            | Clause::Return(_)
            | Clause::Finish
            | Clause::Order(_)
            | Clause::Remove(_)
            | Clause::Delete { .. }
            | Clause::Call { .. }
            | Clause::Filter(_)
            | Clause::Let(_) => {}
        }
    }
}

fn words_in(pattern: &ast::Pattern, labels: &mut Vec<String>, types: &mut Vec<String>) {
    for element in &pattern.elements {
        match element {
            Element::Node(node) => labels.extend(node.labels.iter().flat_map(label_names)),
            Element::Relationship(found) => types.extend(found.types.iter().flat_map(label_names)),
            Element::Quantified { .. } => {}
        }
    }
}

fn words_set(items: &[SetItem], labels: &mut Vec<String>) {
    for item in items {
        if let SetItem::Labels(_, names) = item {
            labels.extend(names.iter().map(|name| name.node.clone()));
        }
    }
}

impl Lowering<'_> {
    fn types(&self, labels: &Option<Labels>) -> Vec<TypeId> {
        let names = labels.iter().flat_map(label_names);
        names
            .filter_map(|name| self.ground.view.vocabulary().label(&name))
            .collect()
    }

    /// What must be made for a pattern; adds its names.
    fn made(
        &mut self,
        pattern: &ast::Pattern,
        names: &mut Names,
    ) -> Lowers<(Vec<Make>, Expression)> {
        let mut make = Vec::new();
        let mut relationships = Vec::new();
        let mut start: Option<Var> = None;
        let mut last: Option<Var> = None;
        let mut parts = Vec::new();
        for element in &pattern.elements {
            match element {
                Element::Node(node) => {
                    let known = node.variable.as_ref();
                    let known = known.and_then(|name| find(names, &name.node));
                    let var = match known {
                        Some(var) => var,
                        None => {
                            let properties = self.map(&node.properties, names)?;
                            let var = self.fresh(node.variable.as_ref(), "node", names);
                            make.push(Make::Node {
                                var,
                                labels: self.types(&node.labels),
                                properties,
                            });
                            var
                        }
                    };
                    if let (Some((found, properties, left)), Some(from)) =
                        (relationships.pop(), last)
                    {
                        let found: &ast::RelationshipPattern = found;
                        let rel = self.fresh(found.variable.as_ref(), "relationship", names);
                        let name = found.types.iter().flat_map(label_names).next();
                        let words = self.ground.view.vocabulary();
                        let relation = name.and_then(|name| words.relationship_type(&name));
                        if let Some(relation) = relation {
                            let (from, to) = if left { (var, from) } else { (from, var) };
                            make.push(Make::Relationship {
                                var: rel,
                                from,
                                to,
                                relation,
                                properties,
                            });
                        }
                        parts.push(Expression::Var(rel));
                    }
                    start = start.or(Some(var));
                    last = Some(var);
                }
                Element::Relationship(found) => {
                    let properties = self.map(&found.properties, names)?;
                    relationships.push((found, properties, found.left && !found.right));
                }
                Element::Quantified { .. } => {}
            }
        }
        let start = Expression::Var(start.unwrap_or(Var(0)));
        Ok((make, Expression::Path(Box::new(start), parts)))
    }

    fn fresh(&mut self, name: Option<&ast::Name>, word: &str, names: &mut Names) -> Var {
        let var = self.variables.fresh(name.map_or(word, |name| &name.node));
        if let Some(name) = name {
            add(names, &name.node, var);
        }
        var
    }

    fn map(&mut self, properties: &Option<Expr>, names: &Names) -> Lowers<Expression> {
        let map = self.perhaps(properties.as_ref(), names)?;
        Ok(match (map, properties) {
            (Some(map), Some(properties)) => Expression::At(properties.span, Box::new(map)),
            _ => Expression::Map(Vec::new()),
        })
    }

    /// The path of a pattern under its name, if it has one.
    fn path(
        &mut self,
        pattern: &ast::Pattern,
        path: Expression,
        names: &mut Names,
        plan: Plan,
    ) -> Plan {
        let Some(name) = &pattern.variable else {
            return plan;
        };
        let var = self.variables.fresh(&name.node);
        add(names, &name.node, var);
        Plan::Project {
            input: Box::new(plan),
            columns: vec![(var, path)],
            keep: true,
        }
    }

    pub(in crate::language::gql) fn created(
        &mut self,
        patterns: &[ast::Pattern],
        names: &mut Names,
        plan: Plan,
    ) -> Lowers<Plan> {
        let mut plan = plan;
        for pattern in patterns {
            let (make, path) = self.made(pattern, names)?;
            plan = written(plan, Write::Create(make));
            plan = self.path(pattern, path, names, plan);
        }
        Ok(plan)
    }

    pub(in crate::language::gql) fn merged(
        &mut self,
        pattern: &ast::Pattern,
        on_match: &[SetItem],
        on_create: &[SetItem],
        names: &mut Names,
        plan: Plan,
    ) -> Lowers<Plan> {
        // Both ways bind the same variables: those that the pattern is looked for with.
        let mut unnamed = pattern.clone();
        unnamed.variable = None;
        for (at, element) in unnamed.elements.iter_mut().enumerate() {
            let (variable, span) = match element {
                Element::Node(node) => (&mut node.variable, node.span),
                Element::Relationship(found) => (&mut found.variable, found.span),
                Element::Quantified { .. } => continue,
            };
            if variable.is_none() {
                *variable = Some(crate::text::Spanned::new(format!(" {at}"), span));
            }
        }
        let before = names.clone();
        let row = Plan::Row(bound(names));
        let mut own = names.clone();
        let inner = self.matched(std::slice::from_ref(&unnamed), None, &mut own, row)?;
        let mut made_names = before.clone();
        let (mut make, mut path) = self.made(&unnamed, &mut made_names)?;
        let same: Vec<(Var, Var)> = made_names
            .iter()
            .filter(|(name, _)| find(&before, name).is_none())
            .filter_map(|(name, var)| find(&own, name).map(|found| (*var, found)))
            .collect();
        let swap = |var: &mut Var| {
            if let Some((_, found)) = same.iter().find(|(made, _)| made == var) {
                *var = *found;
            }
        };
        for one in &mut make {
            match one {
                Make::Node { var, .. } => swap(var),
                Make::Relationship { var, from, to, .. } => {
                    swap(var);
                    swap(from);
                    swap(to);
                }
            }
        }
        path = crate::algebra::expressions::rewrite_expression(path, &mut |mut part| {
            if let Expression::Var(var) = &mut part {
                swap(var);
            }
            part
        });
        *names = own;
        let write = Write::Merge {
            inner,
            make,
            on_create: self.updates(on_create, names)?,
            on_match: self.updates(on_match, names)?,
        };
        names.retain(|(name, _)| !name.starts_with(' '));
        let plan = written(plan, write);
        Ok(self.path(pattern, path, names, plan))
    }

    /// An expression that knows where it stands.
    fn placed(&mut self, expr: &Expr, names: &Names) -> Lowers<Expression> {
        let lowered = self.expression(expr, names)?;
        Ok(Expression::At(expr.span, Box::new(lowered)))
    }

    fn updates(&mut self, items: &[SetItem], names: &Names) -> Lowers<Vec<Update>> {
        let mut updates = Vec::with_capacity(items.len());
        for item in items {
            updates.push(match item {
                SetItem::Property(of, key, value) => Update::Property(
                    self.placed(of, names)?,
                    key.node.clone(),
                    self.placed(value, names)?,
                ),
                SetItem::Replace(of, value) => Update::Replace(
                    Expression::Var(self.named(names, &of.node, of.span)?),
                    self.placed(value, names)?,
                ),
                SetItem::Add(of, value) => Update::Add(
                    Expression::Var(self.named(names, &of.node, of.span)?),
                    self.placed(value, names)?,
                ),
                SetItem::Labels(of, labels) => {
                    let words = self.ground.view.vocabulary();
                    let types = labels.iter().filter_map(|name| words.label(&name.node));
                    let types = types.collect();
                    let of = self.named(names, &of.node, of.span)?;
                    Update::Label(Expression::Var(of), types)
                }
            });
        }
        Ok(updates)
    }

    pub(in crate::language::gql) fn set(
        &mut self,
        items: &[SetItem],
        names: &Names,
        plan: Plan,
    ) -> Lowers<Plan> {
        let updates = self.updates(items, names)?;
        Ok(written(plan, Write::Update(updates)))
    }

    pub(in crate::language::gql) fn removed(
        &mut self,
        items: &[RemoveItem],
        names: &Names,
        plan: Plan,
    ) -> Lowers<Plan> {
        let mut updates = Vec::with_capacity(items.len());
        for item in items {
            updates.push(match item {
                RemoveItem::Property(of, key) => Update::Property(
                    self.expression(of, names)?,
                    key.node.clone(),
                    Expression::Constant(crate::algebra::Datum::Null),
                ),
                RemoveItem::Labels(of, labels) => {
                    let words = self.ground.view.vocabulary();
                    let types = labels
                        .iter()
                        .filter_map(|name| words.label_meant(&name.node));
                    let types = types.collect();
                    let of = self.named(names, &of.node, of.span)?;
                    Update::Unlabel(Expression::Var(of), types)
                }
            });
        }
        Ok(written(plan, Write::Update(updates)))
    }

    pub(in crate::language::gql) fn deleted(
        &mut self,
        detach: bool,
        targets: &[Expr],
        names: &Names,
        plan: Plan,
    ) -> Lowers<Plan> {
        let targets = targets
            .iter()
            .map(|target| self.placed(target, names))
            .collect::<Lowers<Vec<_>>>()?;
        Ok(written(plan, Write::Delete { targets, detach }))
    }
}

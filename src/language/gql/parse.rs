//! From text to the syntax tree of a GQL query.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::gql::ast::{
    Clause, Item, Mode, Ordering, Program, Projection, Query, RemoveItem, SetItem, Single, Yield,
};
use crate::language::gql::grammar::{Grammar, Rule};
use crate::language::gql::mistakes;
use crate::language::gql::pairs::{
    Pair, Parsed, Reader, child, children, has, labels, name, named, nothing, span,
};
use crate::language::gql::witness::witnessed;
use crate::text::{Diagnostic, Spanned};
use pest::Parser;

/// How many clauses a query may have, those that only make things left out.
const CLAUSES: usize = 400;

/// How many rules one query may call; far above what any honest text needs.
const CALLS: usize = 50_000_000;

/// Parses a query.
pub fn parse(text: &str) -> Parsed<Program> {
    mistakes::check(text)?;
    pest::set_call_limit(std::num::NonZeroUsize::new(CALLS));
    let mut pairs =
        Grammar::parse(Rule::program, text).map_err(|error| mistakes::explain(text, error))?;
    let program = pairs
        .next()
        .ok_or_else(|| Diagnostic::without_span("there is no query"))?;
    let mode = match child(&program, Rule::prefix) {
        None => Mode::Run,
        Some(prefix) if has(&prefix, Rule::k_profile) => Mode::Profile,
        Some(prefix) if has(&prefix, Rule::k_why) => Mode::Why,
        Some(_) => Mode::Explain,
    };
    let found = child(&program, Rule::query).ok_or_else(|| nothing(&program))?;
    let program = Program {
        mode,
        query: Reader::default().query(&found)?,
    };
    match mode {
        Mode::Why => witnessed(program),
        Mode::Run | Mode::Explain | Mode::Profile => Ok(program),
    }
}

impl Reader {
    /// Single queries joined by `UNION`.
    pub(in crate::language::gql) fn query(&self, pair: &Pair<'_>) -> Parsed<Query> {
        let mut singles = Vec::new();
        let mut joints = Vec::new();
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::single_query => singles.push(self.single(&part)?),
                Rule::union => joints.push(has(&part, Rule::k_all)),
                _ => {}
            }
        }
        let mut singles = singles.into_iter();
        let first = singles.next().ok_or_else(|| nothing(pair))?;
        Ok(Query {
            first,
            unions: joints.into_iter().zip(singles).collect(),
        })
    }

    pub(in crate::language::gql) fn single(&self, pair: &Pair<'_>) -> Parsed<Single> {
        let mut clauses = Vec::new();
        for outer in children(pair, Rule::clause) {
            let inner = outer
                .clone()
                .into_inner()
                .next()
                .ok_or_else(|| nothing(&outer))?;
            clauses.push(Spanned::new(self.clause(&inner)?, span(&outer)));
        }
        let deep = |clause: &Spanned<Clause>| !matches!(clause.node, Clause::Create(_));
        if clauses.iter().filter(|clause| deep(clause)).count() > CLAUSES {
            return Err(mistakes::mistake(
                "UnexpectedSyntax",
                "this query has too many clauses",
                span(pair),
            )
            .label(format!("more than {CLAUSES}"))
            .help("make several queries of it, with `;` between them"));
        }
        Ok(Single { clauses })
    }

    pub(in crate::language::gql) fn clause(&self, pair: &Pair<'_>) -> Parsed<Clause> {
        Ok(match pair.as_rule() {
            Rule::r#match | Rule::optional_match => Clause::Match {
                view: children(pair, Rule::view)
                    .iter()
                    .map(|part| self.view(part))
                    .collect::<Parsed<_>>()?,
                optional: pair.as_rule() == Rule::optional_match,
                patterns: self.patterns(pair)?,
                condition: self.condition(pair)?,
            },
            Rule::unwind => Clause::Unwind {
                list: self.inner(pair)?,
                variable: named(pair, Rule::variable)?,
                place: None,
            },
            Rule::r#for => {
                let names = children(pair, Rule::variable);
                let variable = names.first().ok_or_else(|| nothing(pair))?;
                let from_one = has(pair, Rule::k_ordinality);
                Clause::Unwind {
                    list: self.inner(pair)?,
                    variable: name(variable),
                    place: names.get(1).map(|place| (name(place), from_one)),
                }
            }
            Rule::with => Clause::With(self.projection(pair)?, self.condition(pair)?),
            Rule::r#return => Clause::Return(self.projection(pair)?),
            Rule::finish => Clause::Finish,
            Rule::order_statement => Clause::Order(self.ordering(pair)?),
            Rule::create => Clause::Create(self.patterns(pair)?),
            Rule::merge => {
                let found = child(pair, Rule::pattern).ok_or_else(|| nothing(pair))?;
                Clause::Merge {
                    pattern: self.pattern(&found)?,
                    on_match: self.actions(pair, Rule::on_match)?,
                    on_create: self.actions(pair, Rule::on_create)?,
                }
            }
            Rule::set => Clause::Set(self.set_items(pair)?),
            Rule::remove => {
                let items = children(pair, Rule::remove_item);
                Clause::Remove(
                    items
                        .iter()
                        .map(|pair| self.remove_item(pair))
                        .collect::<Parsed<_>>()?,
                )
            }
            Rule::delete => Clause::Delete {
                detach: has(pair, Rule::detach),
                targets: children(pair, Rule::expression)
                    .iter()
                    .map(|pair| self.expression(pair))
                    .collect::<Parsed<_>>()?,
            },
            Rule::call => self.call(pair)?,
            Rule::filter => Clause::Filter(self.inner(pair)?),
            _ => {
                let items = children(pair, Rule::let_item);
                let item = |item: &Pair<'_>| Ok((named(item, Rule::variable)?, self.inner(item)?));
                Clause::Let(items.iter().map(item).collect::<Parsed<_>>()?)
            }
        })
    }

    pub(in crate::language::gql) fn projection(&self, outer: &Pair<'_>) -> Parsed<Projection> {
        let pair = child(outer, Rule::projection).ok_or_else(|| nothing(outer))?;
        let mut items = Vec::new();
        for item in children(&pair, Rule::item) {
            let value = child(&item, Rule::expression).ok_or_else(|| nothing(&item))?;
            items.push(Item {
                value: self.expression(&value)?,
                alias: child(&item, Rule::variable).map(|alias| name(&alias)),
                text: value.as_str().trim_end().to_owned(),
            });
        }
        Ok(Projection {
            distinct: has(&pair, Rule::k_distinct),
            star: has(&pair, Rule::star),
            items,
            ordering: self.ordering(&pair)?,
        })
    }

    pub(in crate::language::gql) fn ordering(&self, pair: &Pair<'_>) -> Parsed<Ordering> {
        let mut keys = Vec::new();
        if let Some(order) = child(pair, Rule::order) {
            for item in children(&order, Rule::sort_item) {
                keys.push((self.inner(&item)?, has(&item, Rule::descending)));
            }
        }
        Ok(Ordering {
            keys,
            skip: child(pair, Rule::skip)
                .map(|skip| self.inner(&skip))
                .transpose()?,
            limit: child(pair, Rule::limit)
                .map(|limit| self.inner(&limit))
                .transpose()?,
        })
    }

    pub(in crate::language::gql) fn actions(
        &self,
        pair: &Pair<'_>,
        rule: Rule,
    ) -> Parsed<Vec<SetItem>> {
        let mut found = Vec::new();
        for action in children(pair, rule) {
            let set = child(&action, Rule::set).ok_or_else(|| nothing(&action))?;
            found.extend(self.set_items(&set)?);
        }
        Ok(found)
    }

    pub(in crate::language::gql) fn set_items(&self, pair: &Pair<'_>) -> Parsed<Vec<SetItem>> {
        children(pair, Rule::set_item)
            .iter()
            .map(|pair| self.set_item(pair))
            .collect()
    }

    pub(in crate::language::gql) fn set_item(&self, pair: &Pair<'_>) -> Parsed<SetItem> {
        if let Some(target) = child(pair, Rule::property_target) {
            let (of, key) = self.property_target(&target)?;
            return Ok(SetItem::Property(of, key, self.inner(pair)?));
        }
        let variable = named(pair, Rule::variable)?;
        Ok(if let Some(found) = child(pair, Rule::labels) {
            SetItem::Labels(variable, plain_labels(&found)?)
        } else if has(pair, Rule::set_add) {
            SetItem::Add(variable, self.inner(pair)?)
        } else {
            SetItem::Replace(variable, self.inner(pair)?)
        })
    }

    pub(in crate::language::gql) fn remove_item(&self, pair: &Pair<'_>) -> Parsed<RemoveItem> {
        if let Some(target) = child(pair, Rule::property_target) {
            let (of, key) = self.property_target(&target)?;
            return Ok(RemoveItem::Property(of, key));
        }
        let found = child(pair, Rule::labels).ok_or_else(|| nothing(pair))?;
        Ok(RemoveItem::Labels(
            named(pair, Rule::variable)?,
            plain_labels(&found)?,
        ))
    }

    /// `a.b.c` as what has the property, and the property.
    pub(in crate::language::gql) fn property_target(
        &self,
        pair: &Pair<'_>,
    ) -> Parsed<(
        crate::language::gql::ast::Expr,
        crate::language::gql::ast::Name,
    )> {
        use crate::language::gql::ast::Expression;
        let atom = child(pair, Rule::atom).ok_or_else(|| nothing(pair))?;
        let mut of = self.atom(&atom)?;
        let mut keys: Vec<_> = children(pair, Rule::key).iter().map(name).collect();
        let last = keys.pop().ok_or_else(|| nothing(pair))?;
        for key in keys {
            let here = of.span.to(key.span);
            of = Box::new(Spanned::new(Expression::Property(of, key), here));
        }
        Ok((of, last))
    }

    pub(in crate::language::gql) fn call(&self, pair: &Pair<'_>) -> Parsed<Clause> {
        if let Some(subquery) = child(pair, Rule::subquery_call) {
            let found = child(&subquery, Rule::query).ok_or_else(|| nothing(&subquery))?;
            return Ok(Clause::Subquery(Box::new(self.query(&found)?)));
        }
        let procedure = child(pair, Rule::procedure).ok_or_else(|| nothing(pair))?;
        let parts: Vec<String> = children(&procedure, Rule::key)
            .iter()
            .map(|key| name(key).node)
            .collect();
        let arguments = child(&procedure, Rule::arguments)
            .map(|arguments| {
                children(&arguments, Rule::expression)
                    .iter()
                    .map(|pair| self.expression(pair))
                    .collect()
            })
            .transpose()?;
        let yielded = child(pair, Rule::yielded);
        let condition = yielded
            .as_ref()
            .map(|pair| self.condition(pair))
            .transpose()?
            .flatten();
        let yielded = match &yielded {
            None => Yield::Unsaid,
            Some(found) if has(found, Rule::star) => Yield::All,
            Some(found) => {
                let items = children(found, Rule::yield_item);
                let item = |item: &Pair<'_>| {
                    let column = named(item, Rule::key)?;
                    let alias = child(item, Rule::variable).map(|alias| name(&alias));
                    Ok((column.clone(), alias.unwrap_or(column)))
                };
                match items.is_empty() {
                    true => Yield::Nothing,
                    false => Yield::Columns(items.iter().map(item).collect::<Parsed<_>>()?),
                }
            }
        };
        Ok(Clause::Call {
            procedure: Spanned::new(parts.join("."), span(&procedure)),
            arguments,
            yielded,
            condition,
        })
    }
}

/// Labels that are set or removed: names only.
fn plain_labels(pair: &Pair<'_>) -> Parsed<Vec<crate::language::gql::ast::Name>> {
    use crate::language::gql::ast::Labels;
    fn gather(found: Labels, into: &mut Vec<crate::language::gql::ast::Name>) -> bool {
        match found {
            Labels::Is(name) => {
                into.push(name);
                true
            }
            Labels::And(parts) => parts.into_iter().all(|part| gather(part, into)),
            Labels::Some | Labels::Not(_) | Labels::Or(_) => false,
        }
    }
    let mut names = Vec::new();
    match gather(labels(pair)?, &mut names) {
        true => Ok(names),
        false => Err(mistakes::mistake(
            "UnexpectedSyntax",
            "labels are named here, not described",
            span(pair),
        )
        .label("a label expression")
        .help("write for example `n:Label1:Label2`")),
    }
}

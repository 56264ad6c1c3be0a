//! Projections are checked: names of columns, what is put together, what an order may speak of.

use crate::language::gql::ast::{Expr, Expression, Item, Ordering, Projection};
use crate::language::gql::checker::{
    Checked, Checker, Place, aggregates, is_aggregate, outside_aggregates, parts, variables,
};
use crate::language::gql::kinds::{Kind, Known};
use crate::language::gql::mistakes::mistake;
use crate::language::gql::scope::Scope;
use crate::text::{Diagnostic, Span};

const PLAIN: Place = Place {
    aggregates: false,
    patterns: false,
};

impl Checker<'_> {
    /// Checks a projection; gives the scope behind it.
    pub(in crate::language::gql) fn projection(
        &self,
        projection: &Projection,
        scope: &Scope,
        with: bool,
    ) -> Checked<Scope> {
        let mut next = if projection.star {
            scope.clone()
        } else {
            Scope::default()
        };
        // `*` stands for columns of its own.
        let mut names: Vec<String> = match projection.star {
            true => scope.names().map(str::to_owned).collect(),
            false => Vec::new(),
        };
        let place = Place {
            aggregates: true,
            patterns: false,
        };
        for item in &projection.items {
            let found = self.expression(&item.value, scope, place)?;
            if with && item.alias.is_none() && !matches!(item.value.node, Expression::Variable(_)) {
                return Err(mistake(
                    "NoExpressionAlias",
                    "WITH needs a name for this",
                    item.value.span,
                )
                .label("an expression without a name")
                .help(format!("write `{} AS name`", item.text)));
            }
            let name = column(item);
            if names.contains(&name) {
                return Err(mistake(
                    "ColumnNameConflict",
                    format!("two columns are called `{name}`"),
                    item.value.span,
                )
                .label("the second")
                .help("give one of them another name with AS"));
            }
            next.add(&name, found);
            names.push(name);
        }
        let keys: Vec<&Expr> = projection
            .items
            .iter()
            .map(|item| &item.value)
            .filter(|value| !aggregates(value))
            .collect();
        let grouped = projection.items.iter().any(|item| aggregates(&item.value));
        if grouped {
            let star: Vec<&str> = if projection.star {
                scope.names().collect()
            } else {
                Vec::new()
            };
            for item in projection
                .items
                .iter()
                .filter(|item| aggregates(&item.value))
            {
                unambiguous(&item.value, &keys, &star)?;
            }
        }
        self.order_of(projection, scope, &next, &keys, grouped)?;
        self.counts(&projection.ordering, scope)?;
        Ok(next)
    }

    /// ORDER BY sees what is projected, and what was there before unless rows were put together.
    pub(in crate::language::gql) fn order_of(
        &self,
        projection: &Projection,
        before: &Scope,
        after: &Scope,
        keys: &[&Expr],
        grouped: bool,
    ) -> Checked<()> {
        for (key, _) in &projection.ordering.keys {
            let same = |item: &Item| {
                same(&item.value, key) || item.alias.as_ref().is_some_and(|alias| {
                matches!(&key.node, Expression::Variable(name) if *name == alias.node)
            })
            };
            if projection.items.iter().any(same) {
                continue;
            }
            let counted = aggregates(key);
            if counted && !grouped {
                return Err(mistake(
                    "InvalidAggregation",
                    "rows are not put together here",
                    key.span,
                )
                .label("an aggregate in ORDER BY alone")
                .help("project it first and order by its name"));
            }
            let both = both(before, after);
            let place = Place {
                aggregates: grouped,
                patterns: false,
            };
            if grouped || projection.distinct {
                self.expression(key, &both, place)?;
                if counted {
                    projected_aggregates(key, projection)?;
                    let names: Vec<&str> = after.names().collect();
                    let grouped: Vec<String> = keys.iter().flat_map(|key| variables(key)).collect();
                    let strange = outside_aggregates(
                        key,
                        &|part| matches!(&part.node, Expression::Variable(name) if grouped.contains(name) || names.contains(&name.as_str())),
                    );
                    if let Some(part) = strange {
                        return Err(gone(part));
                    }
                    unambiguous(key, keys, &names)?;
                } else {
                    // Only what is projected is left once rows are put together.
                    let visible = projection
                        .items
                        .iter()
                        .map(|item| &item.value)
                        .collect::<Vec<_>>();
                    covered(key, &visible, after)?;
                }
            } else {
                self.expression(key, &both, place)?;
            }
        }
        Ok(())
    }

    pub(in crate::language::gql) fn ordering(
        &self,
        ordering: &Ordering,
        scope: &Scope,
    ) -> Checked<()> {
        for (key, _) in &ordering.keys {
            self.expression(key, scope, PLAIN)?;
        }
        self.counts(ordering, scope)
    }

    /// SKIP and LIMIT: constants, whole, not negative.
    pub(in crate::language::gql) fn counts(
        &self,
        ordering: &Ordering,
        scope: &Scope,
    ) -> Checked<()> {
        for count in [&ordering.skip, &ordering.limit].into_iter().flatten() {
            if variables(count).iter().any(|name| scope.has(name)) {
                return Err(mistake(
                    "NonConstantExpression",
                    "this must not depend on rows",
                    count.span,
                )
                .label("a variable")
                .help("use a number or a parameter"));
            }
            let none = Scope::default();
            let found = self.expression(count, &none, PLAIN)?;
            if let Expression::Unary(crate::language::gql::ast::Unary::Minus, number) = &count.node
                && matches!(number.node, Expression::Int(_))
            {
                return Err(mistake(
                    "NegativeIntegerArgument",
                    "this must not be negative",
                    count.span,
                )
                .label("a number of rows")
                .help("use 0 or more"));
            }
            if !matches!(found, Kind::Any | Kind::Null | Kind::Int) {
                return Err(mistake(
                    "InvalidArgumentType",
                    format!("{} is no number of rows", found.word()),
                    count.span,
                )
                .label("a whole number is needed")
                .help("write for example `10`"));
            }
        }
        Ok(())
    }
}

fn gone(span: Span) -> Diagnostic {
    mistake("UndefinedVariable", "this is not there any more", span)
        .label("rows were put together before")
        .help("project it, or order before")
}

/// Aggregates to order by must be projected ones.
fn projected_aggregates(key: &Expr, projection: &Projection) -> Checked<()> {
    fn gather<'e>(expression: &'e Expr, into: &mut Vec<&'e Expr>) {
        match is_aggregate(expression) {
            true => into.push(expression),
            false => parts(expression)
                .into_iter()
                .for_each(|part| gather(part, into)),
        }
    }
    let (mut wanted, mut there) = (Vec::new(), Vec::new());
    gather(key, &mut wanted);
    projection
        .items
        .iter()
        .for_each(|item| gather(&item.value, &mut there));
    match wanted
        .into_iter()
        .find(|wanted| !there.iter().any(|known| same(known, wanted)))
    {
        None => Ok(()),
        Some(strange) => Err(gone(strange.span)),
    }
}

/// Whether two expressions are the same, wherever they stand.
fn same(a: &Expr, b: &Expr) -> bool {
    a.node == b.node
}

/// Beside its aggregates an expression may use only what rows are grouped by.
fn unambiguous(value: &Expr, keys: &[&Expr], names: &[&str]) -> Checked<()> {
    let simple: Vec<&&Expr> = keys
        .iter()
        .filter(|key| matches!(key.node, Expression::Variable(_) | Expression::Property(..)))
        .collect();
    let grouped = |part: &Expr| {
        simple.iter().any(|key| same(key, part))
            || matches!(&part.node, Expression::Variable(name) if names.contains(&name.as_str()))
    };
    match outside_aggregates(value, &grouped) {
        None => Ok(()),
        Some(part) => Err(mistake(
            "AmbiguousAggregationExpression",
            "this is neither counted nor grouped by",
            part,
        )
        .label("which of its values?")
        .help("project it as a column of its own")),
    }
}

/// What is ordered by must be made of what is projected.
fn covered(key: &Expr, projected: &[&Expr], after: &Scope) -> Checked<()> {
    let known = |part: &Expr| {
        projected.iter().any(|value| same(value, part))
            || matches!(&part.node, Expression::Variable(name) if after.has(name))
    };
    match outside_aggregates(key, &known) {
        None => Ok(()),
        Some(part) => Err(gone(part)),
    }
}

/// The name of a column.
pub(in crate::language::gql) fn column(item: &Item) -> String {
    match (&item.alias, &item.value.node) {
        (Some(alias), _) => alias.node.clone(),
        (None, Expression::Variable(name)) => name.clone(),
        (None, _) => item.text.clone(),
    }
}

/// What was there before and what came.
pub(in crate::language::gql) fn both(before: &Scope, after: &Scope) -> Scope {
    let mut both = before.clone();
    for name in after.names() {
        both.add(name, Known::kind(after, name).unwrap_or(Kind::Any));
    }
    both
}

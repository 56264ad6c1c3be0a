//! Views before MATCH: which claims count. From parse tree to syntax tree, and from there to a filter
//! of claims.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::algebra::{self, Datum};
use crate::graph::{ClaimFilter, Polarities, SourceTest, ValidTest};
use crate::language::gql::ast::{Expr, Expression, View};
use crate::language::gql::grammar::Rule;
use crate::language::gql::lowering::{Lowering, Names};
use crate::language::gql::mistakes::mistake;
use crate::language::gql::pairs::{Pair, Parsed, Reader, children, has, nothing, span, unescaped};
use crate::model::{EntityId, PartialDate, Value};
use crate::text::{Diagnostic, Span, Spanned, nearest};

impl Reader {
    /// One part of a view.
    pub(in crate::language::gql) fn view(&self, pair: &Pair<'_>) -> Parsed<View> {
        let part = pair
            .clone()
            .into_inner()
            .next()
            .ok_or_else(|| nothing(pair))?;
        let values = |of: &Pair<'_>| -> Parsed<Vec<Expr>> {
            children(of, Rule::view_value)
                .iter()
                .map(|value| self.view_value(value))
                .collect()
        };
        let first = |of: &Pair<'_>| -> Parsed<Expr> {
            values(of)?.into_iter().next().ok_or_else(|| nothing(of))
        };
        Ok(match part.as_rule() {
            Rule::including if has(&part, Rule::k_denied) => View::IncludingDenied,
            Rule::including => View::IncludingRetracted,
            Rule::excluding => View::ExcludingDerived,
            Rule::only => View::OnlyDenied,
            Rule::known_on => View::KnownOn(first(&part)?),
            Rule::according => View::According(values(&part)?),
            Rule::not_according => View::NotAccording(values(&part)?),
            Rule::without_sources => View::Without(values(&part)?),
            _ => {
                let when = part
                    .clone()
                    .into_inner()
                    .find(|inner| !matches!(inner.as_rule(), Rule::k_as | Rule::k_true));
                let when = when.ok_or_else(|| nothing(&part))?;
                match when.as_rule() {
                    Rule::true_between => {
                        let mut both = values(&when)?.into_iter();
                        match (both.next(), both.next()) {
                            (Some(from), Some(to)) => View::TrueBetween(from, to),
                            _ => return Err(nothing(&when)),
                        }
                    }
                    Rule::true_since => View::TrueSince(first(&when)?),
                    Rule::true_before => View::TrueBefore(first(&when)?),
                    Rule::true_unknown => View::TrueUnknown,
                    _ => View::TrueOn(first(&part)?),
                }
            }
        })
    }
}

impl Reader {
    fn view_value(&self, pair: &Pair<'_>) -> Parsed<Expr> {
        let value = pair
            .clone()
            .into_inner()
            .next()
            .ok_or_else(|| nothing(pair))?;
        let node = match value.as_rule() {
            Rule::string => Expression::Text(unescaped(&value)?),
            _ => {
                let name = value
                    .as_str()
                    .trim()
                    .trim_start_matches('$')
                    .trim_matches('`');
                Expression::Parameter(name.to_owned())
            }
        };
        Ok(Box::new(Spanned::new(node, span(&value))))
    }
}

impl Lowering<'_> {
    /// The filter of a view, on top of what holds already.
    pub(in crate::language::gql) fn view(
        &mut self,
        parts: &[View],
    ) -> Result<ClaimFilter, Diagnostic> {
        let mut filter = self.ground.filter.clone();
        for part in parts {
            match part {
                View::IncludingDenied => filter.polarities = Polarities::Both,
                View::OnlyDenied => filter.polarities = Polarities::Denied,
                View::IncludingRetracted => filter.retracted = true,
                View::ExcludingDerived => filter.stated = true,
                View::KnownOn(at) => filter.known_at = Some(self.day(at)?.end() - 1),
                View::TrueOn(at) => {
                    let day = self.day(at)?;
                    filter.valid.push(ValidTest::Meets(day.start(), day.end()));
                }
                View::TrueBetween(from, to) => {
                    let (from, to) = (self.day(from)?, self.day(to)?);
                    filter.valid.push(ValidTest::Meets(from.start(), to.end()));
                }
                View::TrueSince(from) => {
                    let from = self.day(from)?.start();
                    filter.valid.push(ValidTest::Meets(from, i64::MAX));
                }
                View::TrueBefore(to) => {
                    let to = self.day(to)?.start();
                    filter.valid.push(ValidTest::Meets(i64::MIN, to));
                }
                View::TrueUnknown => filter.valid.push(ValidTest::Unknown),
                View::According(names) => {
                    let ids = self.sources(names)?;
                    filter.sources.push(SourceTest::AccordingTo(ids));
                }
                View::NotAccording(names) => {
                    let ids = self.sources(names)?;
                    filter.sources.push(SourceTest::NotAccordingTo(ids));
                }
                View::Without(names) => {
                    let ids = self.sources(names)?;
                    filter.sources.push(SourceTest::Without(ids));
                }
            }
        }
        Ok(filter)
    }

    fn given(&mut self, value: &Expr) -> Result<(Datum, Span), Diagnostic> {
        let given = self.expression(value, &Names::new())?;
        Ok(match given {
            algebra::Expression::Constant(given) => (given, value.span),
            _ => (Datum::Null, value.span),
        })
    }

    fn day(&mut self, value: &Expr) -> Result<PartialDate, Diagnostic> {
        let (given, span) = self.given(value)?;
        let date = match &given {
            Datum::Value(Value::Date(date)) => Some(*date),
            other => PartialDate::parse(&other.shown()),
        };
        date.ok_or_else(|| {
            mistake(
                "InvalidArgumentValue",
                format!("`{}` is no date", given.shown()),
                span,
            )
            .label("no date")
            .help("a date is written `'2021'`, `'2021-03'` or `'2021-03-25'`")
        })
    }

    fn sources(&mut self, values: &[Expr]) -> Result<Vec<EntityId>, Diagnostic> {
        let mut ids = Vec::new();
        for value in values {
            let (given, span) = self.given(value)?;
            let names = match given {
                Datum::List(items) => items.iter().map(Datum::shown).collect(),
                one => vec![one.shown()],
            };
            for name in names {
                let entities = self.ground.view.entities();
                let found = entities.resolve(&name);
                if found.is_empty() {
                    let near = entities.near(&name, 1);
                    let near = nearest(&name, near.iter().map(String::as_str), 1);
                    let unknown = mistake(
                        "InvalidArgumentValue",
                        format!("there is no source `{name}`"),
                        span,
                    )
                    .label("unknown name");
                    return Err(match near.first() {
                        Some(near) => unknown
                            .help(format!("did you mean `{near}`?"))
                            .suggest(format!("'{near}'")),
                        None => unknown.help("`which sources …` lists them"),
                    });
                }
                ids.extend(found);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

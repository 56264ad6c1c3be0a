//! From qualifiers to filters of claims: dates to windows, likelihood words to numbers, names to
//! sources.

use crate::graph::GraphView;
use crate::graph::filter::{ClaimFilter, Compare, SourceTest, ValidTest};
use crate::language::question::ast::{
    Comparison, DateExpr, Level, Operand, Operands, Qualifier, Time, Unit,
};
use crate::language::question::context::Context;
use crate::language::words;
use crate::model::{EntityId, Likelihood, PartialDate, Scale, Value};
use crate::text::{Diagnostic, Span, Spanned, quoted_list};

/// Adds what the qualifiers say to a filter. Conditions (`where`) are left to the caller.
pub fn apply(
    filter: &mut ClaimFilter,
    qualifiers: &[Spanned<Qualifier>],
    view: &dyn GraphView,
    context: &Context,
) -> Result<(), Diagnostic> {
    for qualifier in qualifiers {
        match &qualifier.node {
            Qualifier::Time(time) => {
                let (start, end) = window(time, qualifier.span, context)?;
                filter.valid.push(ValidTest::Meets(start, end));
            }
            Qualifier::TrueOn(date) => {
                let date = self::date(date, context)?;
                filter
                    .valid
                    .push(ValidTest::Meets(date.start(), date.end()));
            }
            // A day's end: what was recorded on that day was known on it.
            Qualifier::KnownOn(date) => {
                filter.known_at = Some(self::date(date, context)?.end() - 1);
            }
            Qualifier::According { sources, negated } => {
                let ids = entities(sources, view)?;
                filter.sources.push(match negated {
                    true => SourceTest::NotAccordingTo(ids),
                    false => SourceTest::AccordingTo(ids),
                });
            }
            Qualifier::Stated => filter.stated = true,
            Qualifier::Without(sources) => {
                filter
                    .sources
                    .push(SourceTest::Without(entities(sources, view)?));
            }
            Qualifier::Likelihood(comparison, level) => {
                let compare = compare(*comparison, qualifier.span)?;
                filter
                    .likelihood
                    .push((compare, number(level, compare, qualifier.span)?));
            }
            Qualifier::Confidence(level) => filter.confidence = filter.confidence.max(Some(*level)),
            Qualifier::Where(_) => {}
        }
    }
    Ok(())
}

/// The comparison of numbers that was written.
pub fn compare(comparison: Comparison, span: Span) -> Result<Compare, Diagnostic> {
    Ok(match comparison {
        Comparison::Equal => Compare::Equal,
        Comparison::NotEqual => Compare::NotEqual,
        Comparison::Less => Compare::Less,
        Comparison::LessOrEqual => Compare::LessOrEqual,
        Comparison::Greater => Compare::Greater,
        Comparison::GreaterOrEqual => Compare::GreaterOrEqual,
        Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith => {
            return Err(
                Diagnostic::new("a likelihood is compared as a number", span)
                    .label("not a comparison of numbers")
                    .help("write for example `with likelihood >= 70%`"),
            );
        }
    })
}

/// A likelihood as the number to compare with: of a term its lower bound, or the upper one where
/// less is asked for.
pub fn number(level: &Level, compare: Compare, span: Span) -> Result<f32, Diagnostic> {
    match level {
        Level::Percent(number) if (0.0..=100.0).contains(number) => Ok(*number),
        Level::Percent(number) => Err(Diagnostic::new(format!("{number}% is no likelihood"), span)
            .label("outside 0–100%")
            .help("a likelihood is a number from 0% to 100%")),
        Level::Term { scale, term } => {
            let scale = match scale {
                None => Scale::Phia,
                Some(name) => Scale::named(name).ok_or_else(|| {
                    Diagnostic::new(format!("no scale is called `{name}`"), span)
                        .label("unknown scale")
                        .help(format!(
                            "write {}",
                            quoted_list(&Scale::ALL.map(Scale::name))
                        ))
                })?,
            };
            let found = Likelihood::term(scale, term).ok_or_else(|| {
                let terms: Vec<&str> = scale.terms().iter().map(|term| term.name).collect();
                Diagnostic::new(format!("`{term}` is no term of {}", scale.name()), span)
                    .label("unknown likelihood")
                    .help(format!("write {}, or a percentage", quoted_list(&terms)))
            })?;
            let (low, high) = found.bounds();
            Ok(match compare {
                Compare::Less | Compare::LessOrEqual => high,
                Compare::Equal | Compare::NotEqual | Compare::Greater | Compare::GreaterOrEqual => {
                    low
                }
            })
        }
    }
}

/// The least number of percent that an adverb asks for: `probably` is at least PHIA's lower bound
/// of "likely", `unlikely` at least that of "unlikely".
pub fn adverb(adverb: &str, span: Span) -> Result<f32, Diagnostic> {
    let level = Level::Term {
        scale: None,
        term: adverb.to_owned(),
    };
    number(&level, Compare::GreaterOrEqual, span)
}

/// The window `[start, end)` of a time, in seconds since 1970.
fn window(time: &Time, span: Span, context: &Context) -> Result<(i64, i64), Diagnostic> {
    Ok(match time {
        Time::In(date) => {
            let date = self::date(date, context)?;
            (date.start(), date.end())
        }
        Time::Between(from, until) => {
            let (start, end) = (self::date(from, context)?, self::date(until, context)?);
            if end.end() <= start.start() {
                return Err(Diagnostic::new("this period ends before it begins", span)
                    .label(format!("{end} is before {start}"))
                    .help(format!("write `between {end} and {start}`")));
            }
            (start.start(), end.end())
        }
        Time::Since(date) => (self::date(date, context)?.start(), i64::MAX),
        Time::After(date) => (self::date(date, context)?.end(), i64::MAX),
        Time::Before(date) => (i64::MIN, self::date(date, context)?.start()),
        Time::Until(date) => (i64::MIN, self::date(date, context)?.end()),
        Time::Last(count, unit) => {
            let today = today(context);
            (back(today, *count, *unit).start(), today.end())
        }
    })
}

fn today(context: &Context) -> PartialDate {
    PartialDate::second(context.now).shifted_days(0)
}

fn back(from: PartialDate, count: u32, unit: Unit) -> PartialDate {
    let count = count.min(1_000_000);
    match unit {
        Unit::Day => from.shifted_days(-i64::from(count)),
        Unit::Week => from.shifted_days(-7 * i64::from(count)),
        Unit::Month => from.shifted_months(-(count as i32)),
        Unit::Year => from.shifted_months(-(count.min(20_000) as i32) * 12),
    }
}

/// A date as it was written, as a date.
pub fn date(written: &Spanned<DateExpr>, context: &Context) -> Result<PartialDate, Diagnostic> {
    match &written.node {
        DateExpr::Date(date) => Ok(*date),
        DateExpr::Today => Ok(today(context)),
        DateExpr::Yesterday => Ok(today(context).shifted_days(-1)),
        DateExpr::Ago(count, unit) => Ok(back(today(context), *count, *unit)),
        DateExpr::Parameter(name) => {
            let value = parameter(name, written.span, context)?;
            let date = match value {
                Value::Date(date) => Some(*date),
                Value::Text(text) => PartialDate::parse(text),
                Value::Int(year) => i16::try_from(*year).ok().and_then(PartialDate::year),
                Value::Bool(_)
                | Value::Float(_)
                | Value::Temporal(_)
                | Value::List(_)
                | Value::Map(_) => None,
            };
            date.ok_or_else(|| {
                Diagnostic::new(format!("`${name}` is no date"), written.span)
                    .label(format!("it is `{}`", value.text()))
                    .help("a date is written `2021`, `2021-03` or `2021-03-25`")
            })
        }
    }
}

/// The value of a parameter.
pub fn parameter<'a>(
    name: &str,
    span: Span,
    context: &'a Context,
) -> Result<&'a Value, Diagnostic> {
    context.parameters.get(name).ok_or_else(|| {
        let known: Vec<String> = context
            .parameters
            .keys()
            .map(|key| format!("${key}"))
            .collect();
        let missing = Diagnostic::new(format!("the parameter `${name}` has no value"), span)
            .label("no value");
        match known.is_empty() {
            true => missing.help(format!(
                "give it one: `--param {name}=VALUE`, or `.param {name} VALUE`"
            )),
            false => missing.help(format!("these have one: {}", quoted_list(&known))),
        }
    })
}

/// Names as entities; what is no name is refused.
pub fn entities(
    operands: &Spanned<Operands>,
    view: &dyn GraphView,
) -> Result<Vec<EntityId>, Diagnostic> {
    let list = match &operands.node {
        Operands::One(one) => std::slice::from_ref(one),
        Operands::All(list) | Operands::Any(list) => list.as_slice(),
    };
    let mut ids = Vec::with_capacity(list.len());
    for operand in list {
        match &operand.node {
            Operand::Name(name) => ids.push(words::entity(view, name, operand.span)?),
            Operand::Prefix(_)
            | Operand::Fuzzy(_)
            | Operand::Parameter(_)
            | Operand::Claim(_)
            | Operand::Last
            | Operand::Anyone
            | Operand::Typed { .. }
            | Operand::Nested(_) => {
                return Err(Diagnostic::new("a name is needed here", operand.span)
                    .label("not a name")
                    .help("write names, joined by `or`"));
            }
        }
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

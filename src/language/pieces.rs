//! The pieces that every language of ours shares, from parse tree to plain data: names, words,
//! dates, times, adverbs and numbers.

use crate::language::grammar::{Rule, child, children, has, tight};
use crate::language::question::ast::{DateExpr, Operand, Operands, Time, Unit};
use crate::language::spelling::unquoted;
use crate::model::PartialDate;
use crate::text::{Diagnostic, Span, Spanned};
use pest::iterators::Pair;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A `name`, `quoted` or bare one.
pub fn name(pair: &Pair<'_, Rule>) -> Spanned<String> {
    let span = tight(pair);
    Spanned::new(unquoted(pair.as_str().trim_end()), span)
}

/// `names`: `NCSC or Mandiant`.
pub fn names(pair: &Pair<'_, Rule>) -> Spanned<Operands> {
    let list = children(pair, Rule::name)
        .iter()
        .map(|pair| {
            let name = name(pair);
            Spanned::new(Operand::Name(name.node), name.span)
        })
        .collect();
    joined(list, has(pair, Rule::k_or), tight(pair))
}

/// One thing, all of them or any of them.
pub fn joined(mut list: Vec<Spanned<Operand>>, any: bool, span: Span) -> Spanned<Operands> {
    let node = match (list.len(), any) {
        (1, _) => Operands::One(list.remove(0)),
        (_, true) => Operands::Any(list),
        (_, false) => Operands::All(list),
    };
    Spanned::new(node, span)
}

/// A `word`.
pub fn word(pair: &Pair<'_, Rule>) -> Spanned<String> {
    Spanned::new(pair.as_str().trim().to_owned(), tight(pair))
}

/// An adverb with single spaces and in lower case: `almost certainly`.
pub fn adverb(pair: &Pair<'_, Rule>) -> Spanned<String> {
    let words: Vec<String> = pair
        .as_str()
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    Spanned::new(words.join(" "), tight(pair))
}

/// A whole number that fits.
pub fn int(pair: &Pair<'_, Rule>) -> Result<u32, Diagnostic> {
    pair.as_str()
        .trim()
        .trim_start_matches('#')
        .parse()
        .map_err(|_| {
            Diagnostic::new("this number is too large", tight(pair))
                .label("at most 4294967295")
                .help("write a smaller number")
        })
}

/// A date as it was written.
pub fn date(pair: &Pair<'_, Rule>) -> Result<Spanned<DateExpr>, Diagnostic> {
    let here = tight(pair);
    let mut node = DateExpr::Today;
    if let Some(iso) = child(pair, Rule::iso_date) {
        node = DateExpr::Date(iso_date(&iso)?);
    } else if let Some(worded) = child(pair, Rule::worded_date) {
        node = DateExpr::Date(worded_date(&worded)?);
    } else if has(pair, Rule::k_yesterday) {
        node = DateExpr::Yesterday;
    } else if let Some(parameter) = child(pair, Rule::parameter) {
        node = DateExpr::Parameter(parameter.as_str().trim_start_matches('$').to_owned());
    } else if let Some(ago) = child(pair, Rule::ago) {
        let count = child(&ago, Rule::int).map_or(Ok(1), |count| int(&count))?;
        let unit = child(&ago, Rule::unit).map_or(Unit::Day, |unit| self::unit(&unit));
        node = DateExpr::Ago(count, unit);
    }
    Ok(Spanned::new(node, here))
}

/// A date in figures.
pub fn iso_date(pair: &Pair<'_, Rule>) -> Result<PartialDate, Diagnostic> {
    PartialDate::parse(pair.as_str().trim()).ok_or_else(|| no_date(tight(pair)))
}

/// A date in words.
pub fn worded_date(pair: &Pair<'_, Rule>) -> Result<PartialDate, Diagnostic> {
    let wrong = || no_date(tight(pair));
    let month = child(pair, Rule::month_name).ok_or_else(wrong)?;
    let month = month.as_str().trim().to_lowercase();
    let month = MONTHS
        .iter()
        .position(|known| *known == month)
        .ok_or_else(wrong)? as i8
        + 1;
    let year = child(pair, Rule::iso_date).ok_or_else(wrong)?;
    let year: i16 = year.as_str().trim().parse().map_err(|_| wrong())?;
    let found = match child(pair, Rule::int) {
        None => PartialDate::month(year, month),
        Some(day) => PartialDate::day(
            year,
            month,
            day.as_str().trim().parse().map_err(|_| wrong())?,
        ),
    };
    found.ok_or_else(wrong)
}

fn no_date(span: Span) -> Diagnostic {
    Diagnostic::new("there is no such date", span)
        .label("not in the calendar")
        .help("a date is written `2021`, `2021-03` or `2021-03-25`")
}

fn unit(pair: &Pair<'_, Rule>) -> Unit {
    match pair.as_str().trim().to_lowercase().trim_end_matches('s') {
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => Unit::Day,
    }
}

/// When something happened.
pub fn time(pair: &Pair<'_, Rule>) -> Result<Spanned<Time>, Diagnostic> {
    let here = tight(pair);
    let Some(inner) = pair.clone().into_inner().next() else {
        return Err(no_date(here));
    };
    let mut dates = Vec::new();
    for written in children(&inner, Rule::date) {
        dates.push(date(&written)?);
    }
    let mut dates = dates.into_iter();
    let mut next = || dates.next().ok_or_else(|| no_date(here));
    let node = if inner.as_rule() == Rule::time_last {
        let count = child(&inner, Rule::int).map_or(Ok(1), |count| int(&count))?;
        let unit = child(&inner, Rule::unit).map_or(Unit::Day, |unit| self::unit(&unit));
        Time::Last(count, unit)
    } else if matches!(inner.as_rule(), Rule::time_between | Rule::time_from) {
        Time::Between(next()?, next()?)
    } else if inner.as_rule() == Rule::time_since {
        Time::Since(next()?)
    } else if inner.as_rule() == Rule::time_after {
        Time::After(next()?)
    } else if inner.as_rule() == Rule::time_before {
        Time::Before(next()?)
    } else if inner.as_rule() == Rule::time_until {
        Time::Until(next()?)
    } else {
        Time::In(next()?)
    };
    Ok(Spanned::new(node, here))
}

/// A number, and whether it was a percentage.
pub fn number(pair: &Pair<'_, Rule>) -> (f64, bool) {
    let text = pair.as_str().trim();
    let percent = text.ends_with('%');
    (text.trim_end_matches('%').parse().unwrap_or(0.0), percent)
}

/// A particle in lower case.
pub fn particle(pair: &Pair<'_, Rule>) -> Spanned<String> {
    Spanned::new(pair.as_str().trim().to_lowercase(), tight(pair))
}

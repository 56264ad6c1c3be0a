//! Functions of dates, times and durations, and the arithmetic of these.

#![allow(clippy::wildcard_enum_match_arm)] // A function names the kinds that it takes.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::functions::kinds::{Context, Given, wrong};
use crate::model::temporal::arithmetic::at_instant;
use crate::model::temporal::between::{Measure, between};
use crate::model::temporal::build::convert;
use crate::model::temporal::truncate::truncate;
use crate::model::temporal::{Kind, Part, TemporalError, Zone, build, parse, parts};
use crate::model::{PartialDate, Temporal, Value};

fn refused(error: TemporalError) -> Fault {
    Fault::new("ArgumentError", "InvalidArgumentValue", error.0)
        .help("temporal values are written as in ISO 8601, or from parts: `date({year: 2024})`")
}

fn kind(name: &str) -> Kind {
    match name.split('.').next().unwrap_or(name) {
        "date" => Kind::Date,
        "localtime" => Kind::LocalTime,
        "time" => Kind::Time,
        "localdatetime" => Kind::LocalDateTime,
        "datetime" => Kind::DateTime,
        _ => Kind::Duration,
    }
}

/// A date of a case as a temporal value; of a year or a month its first day.
fn of_date(date: PartialDate) -> Temporal {
    Temporal::Date(date.start().div_euclid(86_400))
}

fn temporal(datum: &Datum) -> Option<Temporal> {
    match datum {
        Datum::Value(Value::Temporal(value)) => Some(value.clone()),
        Datum::Value(Value::Date(date)) => Some(of_date(*date)),
        _ => None,
    }
}

/// The parts in a map; `None` where one has no value.
fn parts_of(name: &str, entries: &[(String, Datum)]) -> Result<Option<Vec<(String, Part)>>, Fault> {
    let mut parts = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let part = match value {
            Datum::Null => return Ok(None),
            Datum::Value(Value::Int(number)) => Part::Int(*number),
            Datum::Value(Value::Float(number)) => Part::Float(*number),
            Datum::Value(Value::Text(text)) => Part::Text(text.clone()),
            other => match temporal(other) {
                Some(value) => Part::Temporal(value),
                None => return Err(wrong(&format!("{name}()"), "a number or a text", other)),
            },
        };
        parts.push((key.clone(), part));
    }
    Ok(Some(parts))
}

/// The functions that make temporal values, by name.
pub fn call(context: &Context<'_>, name: &str, of: &[Datum]) -> Given {
    if of.iter().any(Datum::is_null) {
        return Ok(Datum::Null);
    }
    let whole = kind(name);
    let made = match (name.split_once('.').map(|(_, last)| last), of) {
        (Some("truncate"), _) => return truncated(context, name, of),
        (Some("between"), [from, to]) => return difference(name, from, to, Measure::All),
        (Some("inmonths"), [from, to]) => return difference(name, from, to, Measure::Months),
        (Some("indays"), [from, to]) => return difference(name, from, to, Measure::Days),
        (Some("inseconds"), [from, to]) => return difference(name, from, to, Measure::Seconds),
        (_, []) => now(context, whole),
        (Some(_), [zone, ..]) => now(context, whole).and_then(|at| match zone.as_text() {
            Some(text) => build(
                Kind::DateTime,
                &[
                    ("datetime".to_owned(), Part::Temporal(zoned(at))),
                    ("timezone".to_owned(), Part::Text(text.to_owned())),
                ],
            )
            .and_then(|at| convert(whole, &at)),
            None => Ok(at),
        }),
        (None, [Datum::Value(Value::Text(text)), ..]) => parse(whole, text),
        (None, [Datum::Map(entries), ..]) => match parts_of(name, entries)? {
            Some(parts) => build(whole, &parts),
            None => return Ok(Datum::Null),
        },
        (None, [other, ..]) => match temporal(other) {
            Some(value) => convert(whole, &value),
            None => return Err(wrong(&format!("{name}()"), "a text or a map", other)),
        },
    };
    made.map(Datum::temporal).map_err(refused)
}

fn zoned(at: Temporal) -> Temporal {
    match at {
        Temporal::LocalDateTime(days, nanos) => Temporal::DateTime(days, nanos, Zone::default()),
        other => other,
    }
}

fn now(context: &Context<'_>, kind: Kind) -> Result<Temporal, TemporalError> {
    let at = at_instant(context.clock, &Zone::default())?;
    convert(kind, &at)
}

fn truncated(context: &Context<'_>, name: &str, of: &[Datum]) -> Given {
    let shown = format!("{name}()");
    let unit = of[0]
        .as_text()
        .ok_or_else(|| wrong(&shown, "the name of a unit", &of[0]))?;
    let value = match of.get(1) {
        Some(given) => temporal(given).ok_or_else(|| wrong(&shown, "a temporal value", given))?,
        None => now(context, kind(name)).map_err(refused)?,
    };
    let parts = match of.get(2) {
        Some(Datum::Map(entries)) => match parts_of(name, entries)? {
            Some(parts) => parts,
            None => return Ok(Datum::Null),
        },
        Some(other) => return Err(wrong(&shown, "a map", other)),
        None => Vec::new(),
    };
    let made = truncate(kind(name), unit, &value, &parts);
    made.map(Datum::temporal).map_err(refused)
}

fn difference(name: &str, from: &Datum, to: &Datum, measure: Measure) -> Given {
    let of = |datum: &Datum| {
        temporal(datum).ok_or_else(|| wrong(&format!("{name}()"), "temporal values", datum))
    };
    let found = between(&of(from)?, &of(to)?, measure).map_err(refused)?;
    Ok(Datum::temporal(Temporal::Duration(found)))
}

/// `datetime.fromEpoch(seconds, nanoseconds)`, `datetime.fromEpochMillis(milliseconds)`
pub fn from_epoch(_: &Context<'_>, of: &[Datum]) -> Given {
    let whole = |at: usize| {
        of[at]
            .as_int()
            .map(i128::from)
            .ok_or_else(|| wrong("datetime.fromEpoch()", "integers", &of[at]))
    };
    let instant = match of.len() {
        1 => whole(0)? * 1_000_000,
        _ => whole(0)? * 1_000_000_000 + whole(1)?,
    };
    let at = at_instant(instant, &Zone::default()).map_err(refused)?;
    Ok(Datum::temporal(at))
}

/// `timestamp()`: milliseconds since 1970.
pub fn timestamp(context: &Context<'_>, _: &[Datum]) -> Given {
    Ok(Datum::int((context.clock / 1_000_000) as i64))
}

/// A named part of a temporal value: `d.year`.
pub fn part(value: &Value, name: &str) -> Datum {
    let part = match value {
        Value::Temporal(value) => parts::part(value, name),
        Value::Date(date) => parts::part(&of_date(*date), name),
        _ => None,
    };
    match part {
        Some(Part::Int(number)) => Datum::int(number),
        Some(Part::Float(number)) => Datum::float(number),
        Some(Part::Text(text)) => Datum::text(text),
        Some(Part::Temporal(value)) => Datum::temporal(value),
        None => Datum::Null,
    }
}

/// `a + b` and `a - b` (`sign` -1) where one of them is temporal; `None` where none is.
pub fn shifted(a: &Datum, b: &Datum, sign: i64) -> Option<Given> {
    use crate::model::temporal::arithmetic;
    let given =
        |made: Result<Temporal, TemporalError>| Some(made.map(Datum::temporal).map_err(refused));
    match (temporal(a), temporal(b)) {
        (Some(Temporal::Duration(a)), Some(Temporal::Duration(b))) => {
            given(arithmetic::sum(a, b, sign).map(Temporal::Duration))
        }
        (Some(at), Some(Temporal::Duration(by))) => given(arithmetic::shifted(&at, by, sign)),
        (Some(Temporal::Duration(by)), Some(at)) if sign > 0 => {
            given(arithmetic::shifted(&at, by, sign))
        }
        (Some(_), _) | (_, Some(_)) if !(a.as_text().is_some() || b.as_text().is_some()) => {
            Some(Err(Fault::kind(format!(
                "{} and {} cannot be added or subtracted",
                a.kind(),
                b.kind()
            ))
            .help("use a duration, or duration.between(a, b)")))
        }
        _ => None,
    }
}

/// `duration * number`, `duration / number`; `None` where it is none of these.
pub fn scaled(a: &Datum, b: &Datum, divides: bool) -> Option<Given> {
    use crate::model::temporal::arithmetic;
    let (duration, number) = match (temporal(a), temporal(b)) {
        (Some(Temporal::Duration(duration)), None) => (duration, b.as_float()?),
        (None, Some(Temporal::Duration(duration))) if !divides => (duration, a.as_float()?),
        _ => return None,
    };
    let by = if divides { 1.0 / number } else { number };
    let made = arithmetic::scaled(duration, by).map(Temporal::Duration);
    Some(made.map(Datum::temporal).map_err(refused))
}

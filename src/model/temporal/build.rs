//! Temporal values from named parts, `{year: 1984, week: 10, timezone: '+01:00'}`, and from other
//! temporal values.

use crate::model::temporal::arithmetic::{at_instant, cascade, in_zone};
use crate::model::temporal::civil;
use crate::model::temporal::values::{SECOND, Temporal, TemporalError, Zone};
use crate::model::temporal::zone;

/// A kind of temporal value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Date,
    LocalTime,
    Time,
    LocalDateTime,
    DateTime,
    Duration,
}

impl Kind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Date => "date",
            Kind::LocalTime => "local time",
            Kind::Time => "time",
            Kind::LocalDateTime => "local date and time",
            Kind::DateTime => "date and time",
            Kind::Duration => "duration",
        }
    }
}

/// The value of a named part.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Part {
    Int(i64),
    Float(f64),
    Text(String),
    Temporal(Temporal),
}

const DATE: &[&str] = &[
    "date",
    "year",
    "month",
    "day",
    "week",
    "dayOfWeek",
    "ordinalDay",
    "quarter",
    "dayOfQuarter",
];
const TIME: &[&str] = &[
    "time",
    "hour",
    "minute",
    "second",
    "millisecond",
    "microsecond",
    "nanosecond",
];
const ZONED: &[&str] = &["timezone", "epochSeconds", "epochMillis"];
const DURATION: &[&str] = &[
    "years",
    "quarters",
    "months",
    "weeks",
    "days",
    "hours",
    "minutes",
    "seconds",
    "milliseconds",
    "microseconds",
    "nanoseconds",
];

fn error<T>(text: impl Into<String>) -> Result<T, TemporalError> {
    Err(TemporalError(text.into()))
}

/// Named parts, looked up by name.
struct Parts<'a>(&'a [(String, Part)]);

impl Parts<'_> {
    fn get(&self, name: &str) -> Option<&Part> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, part)| part)
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    fn int(&self, name: &str) -> Result<Option<i64>, TemporalError> {
        match self.get(name) {
            None => Ok(None),
            Some(Part::Int(number)) => Ok(Some(*number)),
            Some(Part::Float(_) | Part::Text(_) | Part::Temporal(_)) => {
                error(format!("`{name}` is a whole number"))
            }
        }
    }

    fn temporal(&self, name: &str) -> Result<Option<&Temporal>, TemporalError> {
        match self.get(name) {
            None => Ok(None),
            Some(Part::Temporal(value)) => Ok(Some(value)),
            Some(Part::Int(_) | Part::Float(_) | Part::Text(_)) => {
                error(format!("`{name}` is a temporal value"))
            }
        }
    }

    fn zone(&self) -> Result<Option<&str>, TemporalError> {
        match self.get("timezone") {
            None => Ok(None),
            Some(Part::Text(text)) => Ok(Some(text)),
            Some(Part::Int(_) | Part::Float(_) | Part::Temporal(_)) => {
                error("`timezone` is a text such as '+01:00' or 'Europe/London'")
            }
        }
    }
}

/// A value of a kind from named parts.
pub fn build(kind: Kind, parts: &[(String, Part)]) -> Result<Temporal, TemporalError> {
    let known = |name: &str| match kind {
        Kind::Duration => DURATION.contains(&name),
        Kind::Date => DATE.contains(&name) || name == "datetime",
        Kind::LocalTime => TIME.contains(&name) || name == "datetime",
        Kind::Time => TIME.contains(&name) || ["timezone", "datetime"].contains(&name),
        Kind::LocalDateTime => DATE.contains(&name) || TIME.contains(&name) || name == "datetime",
        Kind::DateTime => {
            DATE.contains(&name)
                || TIME.contains(&name)
                || ZONED.contains(&name)
                || name == "datetime"
        }
    };
    if let Some((name, _)) = parts.iter().find(|(name, _)| !known(name)) {
        return error(format!("a {} has no part `{name}`", kind.name()));
    }
    let parts = Parts(parts);
    match kind {
        Kind::Date => Ok(Temporal::Date(date(&parts)?)),
        Kind::LocalTime => Ok(Temporal::LocalTime(time(&parts)?)),
        Kind::Time => {
            let nanos = time(&parts)?;
            let base = time_base(&parts)?.and_then(Temporal::zone);
            match (base, parts.zone()?) {
                (Some(own), Some(text)) => {
                    let at = Temporal::DateTime(0, nanos, own);
                    let moved = in_zone(&at, text)?;
                    let offset = moved.zone().map_or(0, |zone| zone.offset);
                    Ok(Temporal::Time(moved.nanos().unwrap_or(0), offset))
                }
                (Some(own), None) => Ok(Temporal::Time(nanos, own.offset)),
                (None, Some(text)) => Ok(Temporal::Time(nanos, zone::zone(text, 0, nanos)?.offset)),
                (None, None) => Ok(Temporal::Time(nanos, 0)),
            }
        }
        Kind::LocalDateTime => Ok(Temporal::LocalDateTime(date(&parts)?, time(&parts)?)),
        Kind::DateTime => zoned(&parts),
        Kind::Duration => duration(&parts),
    }
}

fn zoned(parts: &Parts<'_>) -> Result<Temporal, TemporalError> {
    let text = parts.zone()?;
    let seconds = parts.int("epochSeconds")?;
    let millis = parts.int("epochMillis")?;
    if let Some(start) = seconds
        .map(|seconds| i128::from(seconds) * i128::from(SECOND))
        .or(millis.map(|millis| i128::from(millis) * 1_000_000))
    {
        let nanos = i128::from(parts.int("nanosecond")?.unwrap_or(0));
        let at = at_instant(start + nanos, &Zone::default())?;
        return text.map_or(Ok(at.clone()), |text| in_zone(&at, text));
    }
    let (days, nanos) = (date(parts)?, time(parts)?);
    let base = time_base(parts)?.and_then(Temporal::zone);
    let there = |own: Zone| match &own.name {
        Some(name) => zone::named(name, days, nanos),
        None => Ok(own),
    };
    match (base, text) {
        (Some(own), Some(text)) => in_zone(&Temporal::DateTime(days, nanos, there(own)?), text),
        (Some(own), None) => Ok(Temporal::DateTime(days, nanos, there(own)?)),
        (None, Some(text)) => Ok(Temporal::DateTime(
            days,
            nanos,
            zone::zone(text, days, nanos)?,
        )),
        (None, None) => Ok(Temporal::DateTime(days, nanos, Zone::default())),
    }
}

fn date(parts: &Parts<'_>) -> Result<i64, TemporalError> {
    let base = match parts.temporal("date")? {
        Some(base) => Some(base),
        None => parts.temporal("datetime")?,
    };
    let base = match base {
        None => None,
        Some(base) => match base.days() {
            Some(days) => Some(days),
            None => return error("this temporal value has no date"),
        },
    };
    let year = parts.int("year")?;
    let (own_year, own_month, own_day) = base.map_or((0, 1, 1), civil::civil);
    if year.is_none() && base.is_none() {
        return error("a date needs its `year`");
    }
    let found = if parts.has(&["week", "dayOfWeek"]) {
        let (week_year, week) = base.map_or((0, 1), civil::week);
        let day = base.map_or(1, civil::weekday);
        civil::from_week(
            year.unwrap_or(week_year),
            parts.int("week")?.unwrap_or(week),
            parts.int("dayOfWeek")?.unwrap_or(day),
        )
    } else if let Some(day) = parts.int("ordinalDay")? {
        civil::from_ordinal(year.unwrap_or(own_year), day)
    } else if parts.has(&["quarter", "dayOfQuarter"]) {
        let quarter = (own_month - 1) / 3 + 1;
        let first = civil::days(own_year, quarter * 3 - 2, 1);
        let day = base.map_or(1, |days| days - first + 1);
        civil::from_quarter(
            year.unwrap_or(own_year),
            parts.int("quarter")?.unwrap_or(quarter),
            parts.int("dayOfQuarter")?.unwrap_or(day),
        )
    } else {
        let month = parts.int("month")?;
        if month.is_none() && base.is_none() && parts.get("day").is_some() {
            return error("a `day` needs its `month`");
        }
        civil::checked(
            year.unwrap_or(own_year),
            month.unwrap_or(own_month),
            parts.int("day")?.unwrap_or(own_day),
        )
    };
    found.ok_or_else(|| TemporalError("the calendar has no such day".to_owned()))
}

fn time_base<'a>(parts: &'a Parts<'_>) -> Result<Option<&'a Temporal>, TemporalError> {
    match parts.temporal("time")? {
        Some(base) => Ok(Some(base)),
        None => parts.temporal("datetime"),
    }
}

fn time(parts: &Parts<'_>) -> Result<i64, TemporalError> {
    let base = match time_base(parts)? {
        None => None,
        Some(base) => match (base.nanos(), base) {
            (Some(nanos), _) => Some(nanos),
            (None, Temporal::Date(_)) if parts.get("time").is_none() => Some(0),
            (None, _) => return error("this temporal value has no time"),
        },
    };
    let own = base.unwrap_or(0);
    let seconds = own / SECOND;
    let part = |name: &str, own: i64, most: i64| -> Result<i64, TemporalError> {
        let value = parts.int(name)?.unwrap_or(own);
        match (0..=most).contains(&value) {
            true => Ok(value),
            false => error(format!("`{name}` is from 0 to {most}")),
        }
    };
    if base.is_none() {
        for (finer, coarser) in [("minute", "hour"), ("second", "minute")] {
            if parts.get(finer).is_some() && parts.get(coarser).is_none() {
                return error(format!("a `{finer}` needs its `{coarser}`"));
            }
        }
    }
    let hour = part("hour", seconds / 3600, 23)?;
    let minute = part("minute", seconds / 60 % 60, 59)?;
    let second = part("second", seconds % 60, 59)?;
    let rest = own % SECOND;
    // A finer part says nothing of the coarser ones where these are known from elsewhere.
    let millis = parts.int("millisecond")?;
    let micros = parts.int("microsecond")?;
    let nanos = parts.int("nanosecond")?;
    let range = |value: Option<i64>, most: i64, name: &str| match value {
        Some(value) if !(0..=most).contains(&value) => {
            error(format!("`{name}` is from 0 to {most}"))
        }
        _ => Ok(()),
    };
    range(millis, 999, "millisecond")?;
    range(
        micros,
        if millis.is_some() { 999 } else { 999_999 },
        "microsecond",
    )?;
    let coarse = millis.is_some() || micros.is_some();
    range(nanos, if coarse { 999 } else { 999_999_999 }, "nanosecond")?;
    let keeps = |value: Option<i64>| value.is_none_or(|value| value < 1000);
    let millis_part = match millis {
        Some(millis) => millis,
        None if keeps(micros) && keeps(nanos) => rest / 1_000_000,
        None => 0,
    };
    let micros_part = match micros {
        Some(micros) => micros,
        None if keeps(nanos) => rest / 1000 % 1000,
        None => 0,
    };
    let nanos_part = nanos.unwrap_or(rest % 1000);
    let fraction = millis_part * 1_000_000 + micros_part * 1000 + nanos_part;
    Ok((hour * 3600 + minute * 60 + second) * SECOND + fraction)
}

fn duration(parts: &Parts<'_>) -> Result<Temporal, TemporalError> {
    let number = |name: &str| match parts.get(name) {
        None => Ok(0.0),
        Some(Part::Int(number)) => Ok(*number as f64),
        Some(Part::Float(number)) => Ok(*number),
        Some(Part::Text(_) | Part::Temporal(_)) => error(format!("`{name}` is a number")),
    };
    let months = number("years")? * 12.0 + number("quarters")? * 3.0 + number("months")?;
    let days = number("weeks")? * 7.0 + number("days")?;
    let seconds = number("hours")? * 3600.0 + number("minutes")? * 60.0 + number("seconds")?;
    let nanos =
        number("milliseconds")? * 1e6 + number("microseconds")? * 1e3 + number("nanoseconds")?;
    cascade(months, days, seconds, nanos)
        .map(Temporal::Duration)
        .ok_or_else(|| TemporalError("this is too long to be counted".to_owned()))
}

/// A value of a kind from another temporal value: what it lacks is midnight, or UTC.
pub fn convert(kind: Kind, from: &Temporal) -> Result<Temporal, TemporalError> {
    let none = || TemporalError(format!("this has not the parts of a {}", kind.name()));
    let (days, nanos) = (from.days(), from.nanos());
    Ok(match kind {
        Kind::Date => Temporal::Date(days.ok_or_else(none)?),
        Kind::LocalTime => Temporal::LocalTime(nanos.ok_or_else(none)?),
        Kind::Time => {
            let offset = from.zone().map_or(0, |zone| zone.offset);
            Temporal::Time(nanos.ok_or_else(none)?, offset)
        }
        Kind::LocalDateTime => Temporal::LocalDateTime(days.ok_or_else(none)?, nanos.unwrap_or(0)),
        Kind::DateTime => {
            let zone = from.zone().unwrap_or_default();
            Temporal::DateTime(days.ok_or_else(none)?, nanos.unwrap_or(0), zone)
        }
        Kind::Duration => match from {
            Temporal::Duration(_) => from.clone(),
            Temporal::Date(_)
            | Temporal::LocalTime(_)
            | Temporal::Time(..)
            | Temporal::LocalDateTime(..)
            | Temporal::DateTime(..) => return Err(none()),
        },
    })
}

//! The named parts of a temporal value: `d.year`, `d.weekDay`, `d.epochSeconds`.

use crate::model::temporal::build::Part;
use crate::model::temporal::civil;
use crate::model::temporal::print::offset;
use crate::model::temporal::values::{Duration, SECOND, Temporal};

/// A part of a value; `None` where it has no such part.
pub fn part(value: &Temporal, name: &str) -> Option<Part> {
    if let Temporal::Duration(duration) = value {
        return of_duration(duration, name).map(Part::Int);
    }
    if let Some(zone) = value.zone() {
        let text = offset(zone.offset);
        let minutes = i64::from(zone.offset / 60);
        match name {
            "timezone" => {
                let name = zone.name.as_deref().unwrap_or(&text);
                return Some(Part::Text(name.to_owned()));
            }
            "offset" => return Some(Part::Text(text)),
            "offsetMinutes" => return Some(Part::Int(minutes)),
            "offsetSeconds" => return Some(Part::Int(i64::from(zone.offset))),
            "epochSeconds" | "epochMillis" if value.days().is_some() => {
                let unit = if name == "epochSeconds" {
                    SECOND
                } else {
                    1_000_000
                };
                let whole = value.instant().div_euclid(i128::from(unit));
                return i64::try_from(whole).ok().map(Part::Int);
            }
            _ => {}
        }
    }
    let of_date = value.days().and_then(|days| of_date(days, name));
    of_date
        .or_else(|| value.nanos().and_then(|nanos| of_time(nanos, name)))
        .map(Part::Int)
}

fn of_date(days: i64, name: &str) -> Option<i64> {
    let (year, month, day) = civil::civil(days);
    let quarter = (month - 1) / 3 + 1;
    Some(match name {
        "year" => year,
        "quarter" => quarter,
        "month" => month,
        "week" => civil::week(days).1,
        "weekYear" => civil::week(days).0,
        "day" => day,
        "ordinalDay" => days - civil::days(year, 1, 1) + 1,
        "weekDay" | "dayOfWeek" => civil::weekday(days),
        "dayOfQuarter" => days - civil::days(year, quarter * 3 - 2, 1) + 1,
        _ => return None,
    })
}

fn of_time(nanos: i64, name: &str) -> Option<i64> {
    let seconds = nanos / SECOND;
    Some(match name {
        "hour" => seconds / 3600,
        "minute" => seconds / 60 % 60,
        "second" => seconds % 60,
        "millisecond" => nanos % SECOND / 1_000_000,
        "microsecond" => nanos % SECOND / 1000,
        "nanosecond" => nanos % SECOND,
        _ => return None,
    })
}

fn of_duration(duration: &Duration, name: &str) -> Option<i64> {
    let (months, days, seconds) = (duration.months, duration.days, duration.seconds);
    let nanos = duration.nanos;
    let below = |unit: i128| i64::try_from(duration.total_nanos().div_euclid(unit)).ok();
    Some(match name {
        "years" => months / 12,
        "quarters" => months / 3,
        "months" => months,
        "weeks" => days / 7,
        "days" => days,
        "hours" => seconds / 3600,
        "minutes" => seconds / 60,
        "seconds" => seconds,
        "milliseconds" => below(1_000_000)?,
        "microseconds" => below(1000)?,
        "nanoseconds" => below(1)?,
        "quartersOfYear" => months / 3 % 4,
        "monthsOfQuarter" => months % 3,
        "monthsOfYear" => months % 12,
        "daysOfWeek" => days % 7,
        "minutesOfHour" => seconds / 60 % 60,
        "secondsOfMinute" => seconds % 60,
        "millisecondsOfSecond" => nanos / 1_000_000,
        "microsecondsOfSecond" => nanos / 1000,
        "nanosecondsOfSecond" => nanos,
        _ => return None,
    })
}

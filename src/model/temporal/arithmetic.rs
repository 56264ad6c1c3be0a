//! Sums: points in time and durations, durations and durations, durations and numbers.

use crate::model::temporal::civil;
use crate::model::temporal::values::{DAY, Duration, SECOND, Temporal, TemporalError, Zone};
use crate::model::temporal::zone;

/// Seconds of the mean Gregorian month, 365.2425 days / 12.
const MONTH: f64 = 2_629_746.0;

fn too_far() -> TemporalError {
    TemporalError("this is too far away to be counted".to_owned())
}

/// A duration of parts that need not be whole: what is left of a month becomes days, what is left of a
/// day becomes seconds. `None` where it is too long to be counted.
pub fn cascade(months: f64, days: f64, seconds: f64, nanos: f64) -> Option<Duration> {
    let limit = 9.0e18;
    if ![months, days, seconds]
        .iter()
        .all(|part| part.abs() < limit)
    {
        return None;
    }
    let rest = months.fract() * MONTH;
    let (more_days, rest) = ((rest / 86_400.0).trunc(), rest % 86_400.0);
    let below = rest + days.fract() * 86_400.0;
    let whole = seconds.trunc() as i128 + below.trunc() as i128;
    let fraction = (seconds.fract() + below.fract()) * SECOND as f64 + nanos;
    // A thousandth of a nanosecond is the noise of floats, not a part of the value.
    let fraction = ((fraction * 1000.0).round() / 1000.0).trunc() as i128;
    Duration::of(
        months.trunc() as i64,
        (days.trunc() + more_days) as i64,
        whole * i128::from(SECOND) + fraction,
    )
}

/// The sum of two durations, or the difference with `sign` -1.
pub fn sum(a: Duration, b: Duration, sign: i64) -> Result<Duration, TemporalError> {
    let part = |a: i64, b: i64| b.checked_mul(sign).and_then(|b| a.checked_add(b));
    let months = part(a.months, b.months).ok_or_else(too_far)?;
    let days = part(a.days, b.days).ok_or_else(too_far)?;
    let nanos = a.total_nanos() + b.total_nanos() * i128::from(sign);
    Duration::of(months, days, nanos).ok_or_else(too_far)
}

/// A duration times a number.
pub fn scaled(a: Duration, by: f64) -> Result<Duration, TemporalError> {
    if by.fract() == 0.0 && by.abs() < 1e15 {
        let by = by as i64;
        let months = a.months.checked_mul(by).ok_or_else(too_far)?;
        let days = a.days.checked_mul(by).ok_or_else(too_far)?;
        return Duration::of(months, days, a.total_nanos() * i128::from(by)).ok_or_else(too_far);
    }
    let seconds = a.seconds as f64 * by;
    let nanos = a.nanos as f64 * by;
    cascade(a.months as f64 * by, a.days as f64 * by, seconds, nanos).ok_or_else(too_far)
}

/// A point in time some duration later, or earlier with `sign` -1.
pub fn shifted(at: &Temporal, by: Duration, sign: i64) -> Result<Temporal, TemporalError> {
    let by = sum(Duration::default(), by, sign)?;
    let moved = |days: i64, nanos: i64, extra: i128| -> Result<(i64, i64), TemporalError> {
        let date = civil::add_months(days, by.months).ok_or_else(too_far)?;
        let all = i128::from(nanos) + extra;
        let over = i64::try_from(all.div_euclid(i128::from(DAY))).map_err(|_| too_far())?;
        let days = date
            .checked_add(by.days)
            .and_then(|days| days.checked_add(over))
            .ok_or_else(too_far)?;
        let last = civil::days(civil::LAST_YEAR, 12, 31);
        let first = civil::days(-civil::LAST_YEAR, 1, 1);
        match (first..=last).contains(&days) {
            true => Ok((days, all.rem_euclid(i128::from(DAY)) as i64)),
            false => Err(too_far()),
        }
    };
    let clock =
        |nanos: i64| (i128::from(nanos) + by.total_nanos()).rem_euclid(i128::from(DAY)) as i64;
    Ok(match at {
        // Whole days of the part below days count for a date, rounded towards zero.
        Temporal::Date(days) => {
            let whole = by.total_nanos() / i128::from(DAY) * i128::from(DAY);
            Temporal::Date(moved(*days, 0, whole)?.0)
        }
        Temporal::LocalTime(nanos) => Temporal::LocalTime(clock(*nanos)),
        Temporal::Time(nanos, offset) => Temporal::Time(clock(*nanos), *offset),
        Temporal::LocalDateTime(days, nanos) => {
            let (days, nanos) = moved(*days, *nanos, by.total_nanos())?;
            Temporal::LocalDateTime(days, nanos)
        }
        Temporal::DateTime(days, nanos, own) => match &own.name {
            None => {
                let (days, nanos) = moved(*days, *nanos, by.total_nanos())?;
                Temporal::DateTime(days, nanos, own.clone())
            }
            // Months and days go by the calendar of the zone, the rest by the clock of physics.
            Some(name) => {
                let (days, nanos) = moved(*days, *nanos, 0)?;
                let local = zone::named(name, days, nanos)?;
                let at = Temporal::DateTime(days, nanos, local).instant() + by.total_nanos();
                at_instant(at, &zone::named_at(name, at)?)?
            }
        },
        Temporal::Duration(own) => Temporal::Duration(sum(*own, by, 1)?),
    })
}

/// The point in time of so many nanoseconds since 1970-01-01T00:00Z, in a zone.
pub fn at_instant(instant: i128, zone: &Zone) -> Result<Temporal, TemporalError> {
    let local = instant + i128::from(zone.offset) * i128::from(SECOND);
    let days = i64::try_from(local.div_euclid(i128::from(DAY))).map_err(|_| too_far())?;
    let nanos = local.rem_euclid(i128::from(DAY)) as i64;
    Ok(Temporal::DateTime(days, nanos, zone.clone()))
}

/// The same point in time as clocks of another zone show it.
pub fn in_zone(at: &Temporal, text: &str) -> Result<Temporal, TemporalError> {
    let instant = at.instant();
    let zone = match zone::offset(text) {
        Some(offset) => Zone { offset, name: None },
        None => zone::named_at(text, instant)?,
    };
    at_instant(instant, &zone)
}

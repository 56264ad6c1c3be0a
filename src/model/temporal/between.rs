//! The duration from one value to another. A value without a date takes that of the other, one without
//! a zone likewise.

use crate::model::temporal::arithmetic::at_instant;
use crate::model::temporal::civil;
use crate::model::temporal::values::{DAY, Duration, SECOND, Temporal, TemporalError, Zone};
use crate::model::temporal::zone;

/// In what a difference is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Measure {
    All,
    Months,
    Days,
    Seconds,
}

/// The duration from `a` to `b`.
pub fn between(a: &Temporal, b: &Temporal, measure: Measure) -> Result<Duration, TemporalError> {
    if matches!(a, Temporal::Duration(_)) || matches!(b, Temporal::Duration(_)) {
        return Err(TemporalError(
            "a duration lies between two points in time".to_owned(),
        ));
    }
    let dated = a.days().is_some() && b.days().is_some();
    let date = a.days().or(b.days()).unwrap_or(0);
    let zones = (a.zone(), b.zone());
    let common =
        |own: &Option<Zone>, other: &Option<Zone>, days: i64, nanos: i64| match (own, other) {
            (Some(own), _) => Ok(own.clone()),
            (None, Some(other)) => match &other.name {
                Some(name) => zone::named(name, days, nanos),
                None => Ok(other.clone()),
            },
            (None, None) => Ok(Zone::default()),
        };
    let point = |at: &Temporal, own: &Option<Zone>, other: &Option<Zone>| {
        let (days, nanos) = (at.days().unwrap_or(date), at.nanos().unwrap_or(0));
        common(own, other, days, nanos).map(|zone| Temporal::DateTime(days, nanos, zone))
    };
    let from = point(a, &zones.0, &zones.1)?;
    let to = point(b, &zones.1, &zones.0)?;
    let apart = to.instant() - from.instant();
    let long = || TemporalError("this is too far apart to be counted".to_owned());
    if measure == Measure::Seconds || !dated {
        return match measure {
            Measure::Seconds | Measure::All => Duration::of(0, 0, apart).ok_or_else(long),
            Measure::Months | Measure::Days => Ok(Duration::default()),
        };
    }
    // Calendars are compared in the zone of the first.
    let zone = from.zone().unwrap_or_default();
    let there = match &zone.name {
        Some(name) => at_instant(to.instant(), &zone::named_at(name, to.instant())?)?,
        None => at_instant(to.instant(), &zone)?,
    };
    let local = |at: &Temporal| (at.days().unwrap_or(0), at.nanos().unwrap_or(0));
    let ((from_days, from_nanos), (to_days, to_nanos)) = (local(&from), local(&there));
    let months = match measure {
        Measure::Days => 0,
        Measure::All | Measure::Months | Measure::Seconds => {
            whole_months((from_days, from_nanos), (to_days, to_nanos))
        }
    };
    if measure == Measure::Months {
        return Ok(Duration {
            months,
            ..Duration::default()
        });
    }
    let begun = civil::add_months(from_days, months).ok_or_else(long)?;
    let rest = i128::from(to_days - begun) * i128::from(DAY) + i128::from(to_nanos - from_nanos);
    let days = (rest / i128::from(DAY)) as i64;
    if measure == Measure::Days {
        return Ok(Duration {
            days,
            ..Duration::default()
        });
    }
    let reached = match &zone.name {
        Some(name) => {
            let local = zone::named(name, begun + days, from_nanos)?;
            Temporal::DateTime(begun + days, from_nanos, local).instant()
        }
        None => {
            let offset = i128::from(zone.offset) * i128::from(SECOND);
            i128::from(begun + days) * i128::from(DAY) + i128::from(from_nanos) - offset
        }
    };
    Duration::of(months, days, to.instant() - reached).ok_or_else(long)
}

/// Whole months from one local time to another, towards zero.
fn whole_months(from: (i64, i64), to: (i64, i64)) -> i64 {
    let (a, b) = (civil::civil(from.0), civil::civil(to.0));
    let months = (b.0 - a.0) * 12 + b.1 - a.1;
    let reached = |months: i64| civil::add_months(from.0, months).map(|days| (days, from.1));
    match (to >= from, reached(months)) {
        (true, Some(at)) if at > to => months - 1,
        (false, Some(at)) if at < to => months + 1,
        _ => months,
    }
}

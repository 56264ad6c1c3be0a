//! Offsets of zones: written as `+01:00`, or looked up by name in the tz database.

use crate::model::temporal::civil;
use crate::model::temporal::values::{DAY, SECOND, TemporalError, Zone};
use jiff::tz::TimeZone;

/// Years that the tz database is asked about; outside, the rule of the nearest one holds.
const YEARS: std::ops::RangeInclusive<i64> = -9998..=9998;

/// The zone of a text at a local time: `Z`, `+01:00`, `Europe/London`.
pub fn zone(text: &str, days: i64, nanos: i64) -> Result<Zone, TemporalError> {
    match offset(text) {
        Some(offset) => Ok(Zone { offset, name: None }),
        None => named(text, days, nanos),
    }
}

/// `Z`, `+01:00`, `+0100`, `+01`, `+01:00:30`; `None` for anything else.
pub fn offset(text: &str) -> Option<i32> {
    if text == "Z" || text == "z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || !matches!(digits.len(), 2 | 4 | 6) {
        return None;
    }
    let part = |at: usize| {
        digits
            .get(at..at + 2)
            .map_or(Some(0), |two| two.parse::<i32>().ok())
    };
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    let valid = hours <= 18 && minutes < 60 && seconds < 60;
    let total = hours * 3600 + minutes * 60 + seconds;
    (valid && total <= 18 * 3600).then_some(sign * total)
}

fn find(name: &str) -> Result<TimeZone, TemporalError> {
    TimeZone::get(name).map_err(|_| TemporalError(format!("there is no time zone `{name}`")))
}

/// The zone of a name at a local time; a time that the clocks skip is moved on.
pub fn named(name: &str, days: i64, nanos: i64) -> Result<Zone, TemporalError> {
    let found = find(name)?;
    let (year, month, day) = civil::civil(days);
    let asked = year.clamp(*YEARS.start(), *YEARS.end());
    let day = day.min(civil::month_length(asked, month));
    let of_day = nanos / SECOND;
    let time = jiff::civil::DateTime::new(
        asked as i16,
        month as i8,
        day as i8,
        (of_day / 3600) as i8,
        (of_day / 60 % 60) as i8,
        (of_day % 60) as i8,
        0,
    );
    let offset = time
        .ok()
        .and_then(|time| found.to_ambiguous_timestamp(time).compatible().ok())
        .map_or(0, |at| found.to_offset(at).seconds());
    Ok(Zone {
        offset,
        name: Some(name.into()),
    })
}

/// The zone of a name at a point in time, in nanoseconds since 1970-01-01T00:00Z.
pub fn named_at(name: &str, instant: i128) -> Result<Zone, TemporalError> {
    let found = find(name)?;
    let limit = i128::from(DAY) * 365 * 7_900;
    let seconds = instant.clamp(-limit, limit).div_euclid(i128::from(SECOND)) as i64;
    let at = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    Ok(Zone {
        offset: found.to_offset(at).seconds(),
        name: Some(name.into()),
    })
}

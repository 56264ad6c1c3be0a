//! Temporal values from ISO 8601 text, in all the forms that openCypher reads.

use crate::model::temporal::arithmetic::cascade;
use crate::model::temporal::build::Kind;
use crate::model::temporal::civil;
use crate::model::temporal::values::{Duration, SECOND, Temporal, TemporalError, Zone};
use crate::model::temporal::zone;

/// Reads a value of a kind.
pub fn parse(kind: Kind, text: &str) -> Result<Temporal, TemporalError> {
    let wrong = || TemporalError(format!("`{text}` is no {}", kind.name()));
    let text = text.trim();
    match kind {
        Kind::Date => date(text).map(Temporal::Date).ok_or_else(wrong),
        Kind::LocalTime => time(text).map(Temporal::LocalTime).ok_or_else(wrong),
        Kind::Time => {
            let (clock, shift) = split_offset(text);
            let nanos = time(clock).ok_or_else(wrong)?;
            let offset = match shift {
                Some(shift) => zone::offset(shift).ok_or_else(wrong)?,
                None => 0,
            };
            Ok(Temporal::Time(nanos, offset))
        }
        Kind::LocalDateTime => {
            let (days, nanos) = both(text).ok_or_else(wrong)?;
            Ok(Temporal::LocalDateTime(days, nanos))
        }
        Kind::DateTime => {
            let (text, name) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
                Some((text, name)) => (text, Some(name)),
                None => (text, None),
            };
            let (local, shift) = match text.split_once('T') {
                Some((date, clock)) => {
                    let (clock, shift) = split_offset(clock);
                    (&text[..date.len() + 1 + clock.len()], shift)
                }
                None => (text, None),
            };
            let (days, nanos) = both(local).ok_or_else(wrong)?;
            let found = match (shift, name) {
                (None, None) => Zone::default(),
                (Some(shift), name) => {
                    // The name must be one, even where the offset is given.
                    if let Some(name) = name {
                        zone::named(name, days, nanos)?;
                    }
                    Zone {
                        offset: zone::offset(shift).ok_or_else(wrong)?,
                        name: name.map(Into::into),
                    }
                }
                (None, Some(name)) => zone::zone(name, days, nanos)?,
            };
            Ok(Temporal::DateTime(days, nanos, found))
        }
        Kind::Duration => duration(text).map(Temporal::Duration).ok_or_else(wrong),
    }
}

fn both(text: &str) -> Option<(i64, i64)> {
    match text.split_once('T') {
        Some((day, clock)) => Some((date(day)?, time(clock)?)),
        None => Some((date(text)?, 0)),
    }
}

/// A time and the offset behind it.
fn split_offset(text: &str) -> (&str, Option<&str>) {
    match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Days since 1970-01-01 of `2015-07-21`, `20150721`, `2015-W30-2`, `2015-202`, `2015-07`, `2015` …
fn date(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => (1, text),
    };
    let signed = rest.len() != text.len();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // Without a sign a year has four digits; with one it reaches to the first dash.
    let width = if signed { digits } else { 4 };
    let year = sign * number(rest.get(..width)?)?;
    let rest = &rest[width..];
    if rest.is_empty() {
        return civil::checked(year, 1, 1);
    }
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if let Some(week) = rest.strip_prefix('W') {
        let day = week.get(2..)?;
        let day = day.strip_prefix('-').unwrap_or(day);
        let day = if day.is_empty() { 1 } else { number(day)? };
        return civil::from_week(year, number(week.get(..2)?)?, day);
    }
    match (rest.len(), rest.split_once('-')) {
        (2, None) => civil::checked(year, number(rest)?, 1),
        (3, None) => civil::from_ordinal(year, number(rest)?),
        (4, None) => civil::checked(year, number(&rest[..2])?, number(&rest[2..])?),
        (_, Some((month, day))) if month.len() <= 2 && day.len() <= 2 => {
            civil::checked(year, number(month)?, number(day)?)
        }
        _ => None,
    }
}

/// Nanoseconds of the day of `21:40:32.142`, `214032.142`, `21:40`, `2140`, `21`.
fn time(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<&str> = match clock.contains(':') {
        true => clock.split(':').collect(),
        false => (0..clock.len())
            .step_by(2)
            .map(|at| clock.get(at..at + 2))
            .collect::<Option<_>>()?,
    };
    let two = |part: &&str| if part.len() == 2 { number(part) } else { None };
    let parts: Vec<i64> = parts.iter().map(two).collect::<Option<_>>()?;
    let (hour, minute, second) = match parts.as_slice() {
        [hour] => (*hour, 0, 0),
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let nanos = match fraction {
        None => 0,
        Some(digits) if digits.len() <= 9 && parts.len() == 3 => number(&format!("{digits:0<9}"))?,
        Some(_) => return None,
    };
    let valid = hour < 24 && minute < 60 && second < 60;
    valid.then_some((hour * 3600 + minute * 60 + second) * SECOND + nanos)
}

/// `P5M1.5DT12H`, `P2012-02-02T14:37:21.545`, with a sign before the whole or before a part.
fn duration(text: &str) -> Option<Duration> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1.0, text),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.strip_prefix('P')?;
    let (day, clock) = match text.split_once('T') {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let dated = day.len() == 10 && day.as_bytes().get(4) == Some(&b'-');
    if dated && number(&day[..4]).is_some() {
        let part = |from: usize, to: usize| day.get(from..to).and_then(number);
        let months = part(0, 4)? * 12 + part(5, 7)?;
        let nanos = clock.map_or(Some(0), time)?;
        return Duration::of(months, part(8, 10)?, i128::from(nanos));
    }
    if clock.is_some_and(str::is_empty) || (day.is_empty() && clock.is_none()) {
        return None;
    }
    let (mut months, mut days, mut seconds, mut nanos) = (0.0, 0.0, 0.0, 0.0);
    for (value, digits, unit) in units(day)? {
        let value = sign * value;
        match unit {
            'Y' => months += value * 12.0,
            'M' => months += value,
            'W' => days += value * 7.0,
            'D' => days += value,
            _ => return None,
        }
        let _ = digits;
    }
    for (value, digits, unit) in units(clock.unwrap_or_default())? {
        let value = sign * value;
        match unit {
            'H' => seconds += value * 3600.0,
            'M' => seconds += value * 60.0,
            'S' => {
                // The digits behind the point are read as they stand: a float would round them.
                seconds += value.trunc();
                let fraction = format!("{:0<9}", digits.unwrap_or_default());
                let part = number(fraction.get(..9)?)? as f64;
                nanos += if value.is_sign_negative() {
                    -part
                } else {
                    part
                };
            }
            _ => return None,
        }
    }
    cascade(months, days, seconds, nanos)
}

/// `12Y5.5M` as numbers with the digits behind their points and their units.
fn units(text: &str) -> Option<Vec<(f64, Option<&str>, char)>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let figure = &rest[..end];
        let valid = figure
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.,".contains(&byte));
        let value: f64 = figure.replace(',', ".").parse().ok().filter(|_| valid)?;
        let digits = figure.split_once(['.', ',']).map(|(_, digits)| digits);
        found.push((value, digits, rest[end..].chars().next()?));
        rest = &rest[end + 1..];
    }
    Some(found)
}

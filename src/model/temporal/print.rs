//! Temporal values as ISO 8601 text, as openCypher prints them.

use crate::model::temporal::civil::civil;
use crate::model::temporal::values::{Duration, SECOND, Temporal};
use std::fmt::{Display, Formatter, Result};

fn date(f: &mut Formatter<'_>, days: i64) -> Result {
    let (year, month, day) = civil(days);
    match year {
        0..=9999 => write!(f, "{year:04}")?,
        10_000.. => write!(f, "+{year}")?,
        _ => write!(f, "-{:04}", -year)?,
    }
    write!(f, "-{month:02}-{day:02}")
}

fn time(f: &mut Formatter<'_>, nanos: i64) -> Result {
    let seconds = nanos / SECOND;
    write!(f, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
    let (seconds, rest) = (seconds % 60, nanos % SECOND);
    if seconds != 0 || rest != 0 {
        write!(f, ":{seconds:02}")?;
    }
    fraction(f, rest)
}

fn fraction(f: &mut Formatter<'_>, nanos: i64) -> Result {
    match nanos {
        0 => Ok(()),
        nanos => write!(f, ".{}", format!("{nanos:09}").trim_end_matches('0')),
    }
}

/// An offset as `Z`, `+01:00` or `+00:53:28`.
pub fn offset(seconds: i32) -> String {
    if seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.abs();
    let text = format!("{sign}{:02}:{:02}", all / 3600, all / 60 % 60);
    match all % 60 {
        0 => text,
        rest => format!("{text}:{rest:02}"),
    }
}

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "P")?;
        let parts = [
            (self.months / 12, 'Y'),
            (self.months % 12, 'M'),
            (self.days, 'D'),
        ];
        for (count, unit) in parts.into_iter().filter(|(count, _)| *count != 0) {
            write!(f, "{count}{unit}")?;
        }
        let nanos = self.total_nanos();
        let nothing = self.months == 0 && self.days == 0;
        if nanos == 0 {
            return if nothing { write!(f, "T0S") } else { Ok(()) };
        }
        write!(f, "T")?;
        let second = i128::from(SECOND);
        let (seconds, rest) = (nanos / second, nanos % second);
        for (count, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
            if count != 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        let seconds = seconds % 60;
        if seconds == 0 && rest == 0 {
            return Ok(());
        }
        let sign = if nanos < 0 { "-" } else { "" };
        write!(f, "{sign}{}", seconds.abs())?;
        fraction(f, rest.abs() as i64)?;
        write!(f, "S")
    }
}

impl Display for Temporal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Temporal::Date(days) => date(f, *days),
            Temporal::LocalTime(nanos) => time(f, *nanos),
            Temporal::Time(nanos, seconds) => {
                time(f, *nanos)?;
                write!(f, "{}", offset(*seconds))
            }
            Temporal::LocalDateTime(days, nanos) => {
                date(f, *days)?;
                write!(f, "T")?;
                time(f, *nanos)
            }
            Temporal::DateTime(days, nanos, zone) => {
                date(f, *days)?;
                write!(f, "T")?;
                time(f, *nanos)?;
                write!(f, "{}", offset(zone.offset))?;
                match &zone.name {
                    Some(name) => write!(f, "[{name}]"),
                    None => Ok(()),
                }
            }
            Temporal::Duration(duration) => write!(f, "{duration}"),
        }
    }
}

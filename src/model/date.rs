//! Dates as precise as they were given: a year stays a year. It reads and prints ISO 8601 dates
//! and never invents a month, a day or an hour.

use jiff::civil::{self, Date};
use minicbor::{Decode, Encode};
use serde::Serialize;

/// How precisely a date was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// `2021`
    #[n(0)]
    Year,
    /// `2021-03`
    #[n(1)]
    Month,
    /// `2021-03-25`
    #[n(2)]
    Day,
    /// `2021-03-25T14:30:00Z`
    #[n(3)]
    Second,
}

/// A point in time with the precision as given, in UTC.
///
/// Held as the first second it may mean (seconds since 1970-01-01T00:00:00Z) and the precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub struct PartialDate {
    #[n(0)]
    start: i64,
    #[n(1)]
    precision: Precision,
}

const DAY: i64 = 86_400;

fn seconds(date: Date) -> i64 {
    // Days since the epoch; jiff's range (years -9999 to 9999) cannot overflow an i64 of seconds.
    let days = date
        .since((jiff::Unit::Day, civil::date(1970, 1, 1)))
        .map(|span| i64::from(span.get_days()))
        .unwrap_or_default();
    days * DAY
}

fn civil_of(start: i64) -> Date {
    let days = start.div_euclid(DAY);
    civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().days(days.clamp(-4_000_000, 2_932_896)))
        .unwrap_or(Date::MIN)
}

impl PartialDate {
    /// The year `year`; `None` outside 0000–9998.
    pub fn year(year: i16) -> Option<PartialDate> {
        PartialDate::civil(year, 1, 1, Precision::Year)
    }

    /// A month; `None` where there is no such month.
    pub fn month(year: i16, month: i8) -> Option<PartialDate> {
        PartialDate::civil(year, month, 1, Precision::Month)
    }

    /// A day; `None` where the calendar has no such day.
    pub fn day(year: i16, month: i8, day: i8) -> Option<PartialDate> {
        PartialDate::civil(year, month, day, Precision::Day)
    }

    /// A second, counted from 1970-01-01T00:00:00Z; clamped to the years 0000–9998.
    pub fn second(at: i64) -> PartialDate {
        let low = seconds(civil::date(0, 1, 1));
        let high = seconds(civil::date(9999, 1, 1)) - 1;
        PartialDate {
            start: at.clamp(low, high),
            precision: Precision::Second,
        }
    }

    fn civil(year: i16, month: i8, day: i8, precision: Precision) -> Option<PartialDate> {
        // The year after must exist too, so that `end` needs no special case.
        if !(0..9999).contains(&year) {
            return None;
        }
        let date = Date::new(year, month, day).ok()?;
        Some(PartialDate {
            start: seconds(date),
            precision,
        })
    }

    /// Reads `2021`, `2021-03`, `2021-03-25`, `2021-03-25T14:30`, `…:00`, `…:00Z`, `…:00+08:00`.
    /// A time without an offset is UTC; fractions of a second are dropped.
    pub fn parse(text: &str) -> Option<PartialDate> {
        let (date, time) = match text.split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let digits = |part: &str, width: usize| {
            (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())
                .flatten()
        };
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4)?;
        let Some(month) = parts.next() else {
            return time.is_none().then(|| PartialDate::year(year)).flatten();
        };
        let month = digits(month, 2)? as i8;
        let Some(day) = parts.next() else {
            return time
                .is_none()
                .then(|| PartialDate::month(year, month))
                .flatten();
        };
        let day = digits(day, 2)? as i8;
        if parts.next().is_some() {
            return None;
        }
        let date = PartialDate::day(year, month, day)?;
        match time {
            None => Some(date),
            Some(time) => Some(PartialDate::second(date.start.checked_add(clock(time)?)?)),
        }
    }

    /// How precisely it was given.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The first second it may mean, since 1970-01-01T00:00:00Z.
    pub fn start(self) -> i64 {
        self.start
    }

    /// The first second behind all that it may mean: of `2021` the start of 2022.
    pub fn end(self) -> i64 {
        let date = civil_of(self.start);
        match self.precision {
            Precision::Second => self.start + 1,
            Precision::Day => self.start + DAY,
            Precision::Month => match date.month() {
                12 => seconds(civil::date(date.year() + 1, 1, 1)),
                month => seconds(civil::date(date.year(), month + 1, 1)),
            },
            Precision::Year => seconds(civil::date(date.year() + 1, 1, 1)),
        }
    }

    /// The calendar year it lies in.
    pub fn calendar_year(self) -> i16 {
        civil_of(self.start).year()
    }

    /// The day `days` before or after the day of this date, to the day.
    pub fn shifted_days(self, days: i64) -> PartialDate {
        let moved = PartialDate::second(self.start.saturating_add(days.saturating_mul(DAY)));
        PartialDate {
            start: moved.start.div_euclid(DAY) * DAY,
            precision: Precision::Day,
        }
    }

    /// The day `months` before or after, to the day; the last of a shorter month.
    pub fn shifted_months(self, months: i32) -> PartialDate {
        let date = civil_of(self.start)
            .checked_add(jiff::Span::new().months(months.clamp(-100_000, 100_000)))
            .ok()
            .and_then(|date| PartialDate::day(date.year(), date.month(), date.day()));
        date.unwrap_or(self)
    }
}

/// Seconds since midnight, less the offset: `14:30`, `14:30:05`, `14:30:05.25Z`, `14:30:05+08:00`.
fn clock(time: &str) -> Option<i64> {
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        None => (time, 0),
        Some(at) => {
            let (time, zone) = time.split_at(at);
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let zone = zone.trim_start_matches(['Z', 'z', '+', '-']);
            let offset = match zone.split_once(':') {
                None if zone.is_empty() => 0,
                None => i64::from(zone.parse::<u8>().ok().filter(|hours| *hours < 24)?) * 3600,
                Some((hours, minutes)) => {
                    i64::from(hours.parse::<u8>().ok().filter(|hours| *hours < 24)?) * 3600
                        + i64::from(minutes.parse::<u8>().ok().filter(|minutes| *minutes < 60)?)
                            * 60
                }
            };
            (time, sign * offset)
        }
    };
    let mut parts = time.split(':');
    let hours = parts
        .next()?
        .parse::<u8>()
        .ok()
        .filter(|hours| *hours < 24)?;
    let minutes = parts
        .next()?
        .parse::<u8>()
        .ok()
        .filter(|minutes| *minutes < 60)?;
    let seconds = match parts.next() {
        None => 0,
        Some(part) => {
            let whole = part.split_once('.').map_or(part, |(whole, _)| whole);
            whole.parse::<u8>().ok().filter(|seconds| *seconds <= 60)?
        }
    };
    if parts.next().is_some() {
        return None;
    }
    Some(i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds) - offset)
}

impl std::fmt::Display for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = civil_of(self.start);
        match self.precision {
            Precision::Year => write!(f, "{:04}", date.year()),
            Precision::Month => write!(f, "{:04}-{:02}", date.year(), date.month()),
            Precision::Day => {
                write!(
                    f,
                    "{:04}-{:02}-{:02}",
                    date.year(),
                    date.month(),
                    date.day()
                )
            }
            Precision::Second => {
                let clock = self.start.rem_euclid(DAY);
                write!(
                    f,
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                    date.year(),
                    date.month(),
                    date.day(),
                    clock / 3600,
                    clock / 60 % 60,
                    clock % 60
                )
            }
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{PartialDate, Precision};

    #[test]
    fn what_is_printed_is_what_was_given() {
        for text in [
            "2021",
            "2021-03",
            "2021-03-25",
            "2021-03-25T14:30:05Z",
            "0000",
            "9998-12-31",
        ] {
            assert_eq!(
                PartialDate::parse(text)
                    .map(|date| date.to_string())
                    .as_deref(),
                Some(text)
            );
        }
        let offset = PartialDate::parse("2021-03-25T00:30:00+08:00").map(|date| date.to_string());
        assert_eq!(offset.as_deref(), Some("2021-03-24T16:30:00Z"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "21",
            "2021-13",
            "2021-02-30",
            "2021-3-5",
            "2021-03-25T25:00",
            "20210325",
            "9999",
            "2021-",
            "２０２１",
        ] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_covers_all_that_it_may_mean() {
        let year = PartialDate::year(2020).expect("a year");
        assert_eq!(year.end() - year.start(), 366 * 86_400);
        assert_eq!(year.precision(), Precision::Year);
        let december = PartialDate::parse("2021-12").expect("a month");
        assert_eq!(
            december.end(),
            PartialDate::year(2022).expect("a year").start()
        );
    }
}

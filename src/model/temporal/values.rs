//! The temporal values themselves and how they compare.

use minicbor::{Decode, Encode};
use serde::{Serialize, Serializer};
use std::cmp::Ordering;
use std::sync::Arc;

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;
/// Nanoseconds of a day.
pub const DAY: i64 = 86_400 * SECOND;

/// What is wrong with a temporal value, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporalError(pub String);

impl std::fmt::Display for TemporalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for TemporalError {}

/// An offset from UTC, and the name of the zone that it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Zone {
    /// Seconds east of UTC.
    #[n(0)]
    pub offset: i32,
    /// `Europe/London`
    #[cbor(n(1), with = "zone_name", default)]
    pub name: Option<Arc<str>>,
}

/// A length of time. Months, days and seconds are kept apart, since none is a fixed number of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Duration {
    /// Months.
    #[n(0)]
    pub months: i64,
    /// Days.
    #[n(1)]
    pub days: i64,
    /// Seconds, rounded down.
    #[n(2)]
    pub seconds: i64,
    /// Nanoseconds above these, 0 to 999,999,999.
    #[n(3)]
    pub nanos: i64,
}

impl Duration {
    /// The part below days, in nanoseconds.
    pub fn total_nanos(&self) -> i128 {
        i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanos)
    }

    /// A duration of months, days and nanoseconds; `None` where it is too long to be counted.
    pub fn of(months: i64, days: i64, nanos: i128) -> Option<Duration> {
        let second = i128::from(SECOND);
        Some(Duration {
            months,
            days,
            seconds: i64::try_from(nanos.div_euclid(second)).ok()?,
            nanos: nanos.rem_euclid(second) as i64,
        })
    }

    /// Its length with months and days of average length, in nanoseconds: for sorting only.
    fn average(&self) -> i128 {
        // The mean Gregorian month has 2,629,746 seconds.
        let seconds = i128::from(self.months) * 2_629_746 + i128::from(self.days) * 86_400;
        seconds * i128::from(SECOND) + self.total_nanos()
    }
}

/// A date, a time, both, or a length of time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Temporal {
    /// Days since 1970-01-01.
    #[n(0)]
    Date(#[n(0)] i64),
    /// Nanoseconds of the day.
    #[n(1)]
    LocalTime(#[n(0)] i64),
    /// Nanoseconds of the day at an offset in seconds.
    #[n(2)]
    Time(#[n(0)] i64, #[n(1)] i32),
    /// Days since 1970-01-01 and nanoseconds of the day.
    #[n(3)]
    LocalDateTime(#[n(0)] i64, #[n(1)] i64),
    /// The same, as clocks of a zone show it.
    #[n(4)]
    DateTime(#[n(0)] i64, #[n(1)] i64, #[n(2)] Zone),
    /// A length of time.
    #[n(5)]
    Duration(#[n(0)] Duration),
}

impl Temporal {
    /// Days since 1970-01-01, where it has a date.
    pub fn days(&self) -> Option<i64> {
        match self {
            Temporal::Date(days)
            | Temporal::LocalDateTime(days, _)
            | Temporal::DateTime(days, ..) => Some(*days),
            Temporal::LocalTime(_) | Temporal::Time(..) | Temporal::Duration(_) => None,
        }
    }

    /// Nanoseconds of the day, where it has a time.
    pub fn nanos(&self) -> Option<i64> {
        match self {
            Temporal::LocalTime(nanos)
            | Temporal::Time(nanos, _)
            | Temporal::LocalDateTime(_, nanos)
            | Temporal::DateTime(_, nanos, _) => Some(*nanos),
            Temporal::Date(_) | Temporal::Duration(_) => None,
        }
    }

    /// The zone, where it has one.
    pub fn zone(&self) -> Option<Zone> {
        match self {
            Temporal::Time(_, offset) => Some(Zone {
                offset: *offset,
                name: None,
            }),
            Temporal::DateTime(_, _, zone) => Some(zone.clone()),
            Temporal::Date(_)
            | Temporal::LocalTime(_)
            | Temporal::LocalDateTime(..)
            | Temporal::Duration(_) => None,
        }
    }

    /// Nanoseconds since 1970-01-01T00:00Z of a point in time; a local one is taken for UTC.
    pub fn instant(&self) -> i128 {
        let days = i128::from(self.days().unwrap_or(0)) * i128::from(DAY);
        let offset = self.zone().map_or(0, |zone| i128::from(zone.offset));
        days + i128::from(self.nanos().unwrap_or(0)) - offset * i128::from(SECOND)
    }

    /// The order of two values of one kind; durations have none.
    pub fn compare(&self, other: &Temporal) -> Option<Ordering> {
        match (self, other) {
            (Temporal::Duration(a), Temporal::Duration(b)) => (a == b).then_some(Ordering::Equal),
            _ => (self.rank() == other.rank()).then(|| self.order(other)),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Temporal::DateTime(..) => 0,
            Temporal::LocalDateTime(..) => 1,
            Temporal::Date(_) => 2,
            Temporal::Time(..) => 3,
            Temporal::LocalTime(_) => 4,
            Temporal::Duration(_) => 5,
        }
    }

    /// A total order, for sorting: by kind, then by value.
    pub fn order(&self, other: &Temporal) -> Ordering {
        let kinds = self.rank().cmp(&other.rank());
        kinds.then_with(|| match (self, other) {
            (Temporal::Duration(a), Temporal::Duration(b)) => a.average().cmp(&b.average()),
            (Temporal::DateTime(_, _, a), Temporal::DateTime(_, _, b)) => {
                let points = self.instant().cmp(&other.instant());
                points
                    .then(a.offset.cmp(&b.offset))
                    .then_with(|| a.name.cmp(&b.name))
            }
            (Temporal::Time(_, a), Temporal::Time(_, b)) => {
                self.instant().cmp(&other.instant()).then(a.cmp(b))
            }
            _ => self.instant().cmp(&other.instant()),
        })
    }
}

impl Serialize for Temporal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The name of a zone in CBOR: text, or null.
mod zone_name {
    use minicbor::decode::{Decoder, Error};
    use minicbor::encode::{Encoder, Write};
    use std::sync::Arc;

    pub fn encode<C, W: Write>(
        name: &Option<Arc<str>>,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match name {
            Some(name) => e.str(name)?.ok(),
            None => e.null()?.ok(),
        }
    }

    pub fn decode<'b, C>(d: &mut Decoder<'b>, _: &mut C) -> Result<Option<Arc<str>>, Error> {
        let name: Option<&str> = d.decode()?;
        Ok(name.map(Arc::from))
    }
}

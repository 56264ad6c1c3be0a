//! When something happened: from and until, each as precise as it was given, or unknown. It never
//! turns "unknown" into a date.

use crate::model::date::PartialDate;
use minicbor::{Decode, Encode};
use serde::Serialize;

/// The valid time of a claim: `[from, until)` over what the two dates may mean.
///
/// `in 2021` is from 2021 until 2021, both to the year. `since 2019` has no until: still open.
/// `before 2022` has no from and an *exclusive* until. No date at all is [`Period::UNKNOWN`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode,
)]
pub struct Period {
    /// The first date, or unknown.
    #[n(0)]
    pub from: Option<PartialDate>,
    /// The last date, or open.
    #[n(1)]
    pub until: Option<PartialDate>,
    /// Whether `until` is outside the period (`before 2022`) rather than its last date.
    #[n(2)]
    pub exclusive: bool,
}

/// How a period lies to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Whatever the exact dates are, they meet.
    Certain,
    /// They meet for some of the dates that the precision allows: `2021` and `on 2021-06-01`.
    Possible,
    /// They cannot meet.
    None,
    /// The period is unknown.
    Unknown,
}

impl Period {
    /// No date at all.
    pub const UNKNOWN: Period = Period {
        from: None,
        until: None,
        exclusive: false,
    };

    /// On one date, to its precision.
    pub fn on(date: PartialDate) -> Period {
        Period {
            from: Some(date),
            until: Some(date),
            exclusive: false,
        }
    }

    /// From one date to another, both included.
    pub fn between(from: PartialDate, until: PartialDate) -> Period {
        Period {
            from: Some(from),
            until: Some(until),
            exclusive: false,
        }
    }

    /// From a date on, still open.
    pub fn since(from: PartialDate) -> Period {
        Period {
            from: Some(from),
            until: None,
            exclusive: false,
        }
    }

    /// At some unknown time before a date.
    pub fn before(until: PartialDate) -> Period {
        Period {
            from: None,
            until: Some(until),
            exclusive: true,
        }
    }

    /// At some unknown time up to and including a date.
    pub fn until(until: PartialDate) -> Period {
        Period {
            from: None,
            until: Some(until),
            exclusive: false,
        }
    }

    /// Whether nothing is known of the time.
    pub fn is_unknown(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// The first second it may cover; `i64::MIN` where unknown.
    pub fn start(self) -> i64 {
        self.from.map_or(i64::MIN, PartialDate::start)
    }

    /// The first second behind all that it may cover; `i64::MAX` where open.
    pub fn end(self) -> i64 {
        match (self.until, self.exclusive) {
            (None, _) => i64::MAX,
            (Some(date), true) => date.start(),
            (Some(date), false) => date.end(),
        }
    }

    /// How the period lies to the window `[start, end)` of seconds since 1970.
    ///
    /// A period on one date to the year means *at some time in that year*, so that it certainly
    /// meets a window only if the window covers the whole of what the date may mean, or covers
    /// what the period covers for sure.
    pub fn overlap(self, start: i64, end: i64) -> Overlap {
        if self.is_unknown() {
            return Overlap::Unknown;
        }
        if self.end() <= start || self.start() >= end {
            return Overlap::None;
        }
        if start <= self.start() && self.end() <= end {
            return Overlap::Certain;
        }
        // What the period covers for sure: from the end of the first date's precision to the start
        // of the last date's (an open period lasts for sure; one without a start does not).
        let Some(from) = self.from else {
            return Overlap::Possible;
        };
        let sure_from = from.end() - 1;
        let sure_until = match self.until {
            None => i64::MAX,
            Some(date) => date.start().max(from.start()) + 1,
        };
        match sure_from < sure_until && sure_from < end && sure_until > start {
            true => Overlap::Certain,
            false => Overlap::Possible,
        }
    }
}

impl std::fmt::Display for Period {
    /// The period as an answer shows it: `2021`, `2014–2022`, `since 2019`, `before 2022`,
    /// `time unknown`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.from, self.until, self.exclusive) {
            (None, None, _) => write!(f, "time unknown"),
            (Some(from), None, _) => write!(f, "since {from}"),
            (None, Some(until), true) => write!(f, "before {until}"),
            (None, Some(until), false) => write!(f, "until {until}"),
            (Some(from), Some(until), true) => write!(f, "{from} to before {until}"),
            (Some(from), Some(until), false) if from == until => write!(f, "{from}"),
            (Some(from), Some(until), false) => write!(f, "{from} to {until}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Overlap, Period};
    use crate::model::date::PartialDate;

    fn date(text: &str) -> PartialDate {
        PartialDate::parse(text).expect("a date")
    }

    fn overlap(period: Period, window: &str) -> Overlap {
        let window = date(window);
        period.overlap(window.start(), window.end())
    }

    #[test]
    fn precision_decides_how_sure_an_overlap_is() {
        let year = Period::on(date("2021"));
        assert_eq!(overlap(year, "2021"), Overlap::Certain);
        assert_eq!(overlap(year, "2021-06-01"), Overlap::Possible);
        assert_eq!(overlap(year, "2022"), Overlap::None);
        let long = Period::between(date("2014"), date("2022"));
        assert_eq!(overlap(long, "2018-05"), Overlap::Certain);
        assert_eq!(overlap(long, "2014-05"), Overlap::Possible);
        assert_eq!(
            overlap(Period::since(date("2019")), "2024-01-01"),
            Overlap::Certain
        );
        assert_eq!(overlap(Period::before(date("2022")), "2022"), Overlap::None);
        assert_eq!(
            overlap(Period::before(date("2022")), "2001"),
            Overlap::Possible
        );
        assert_eq!(overlap(Period::UNKNOWN, "2021"), Overlap::Unknown);
    }
}

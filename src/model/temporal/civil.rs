//! The proleptic Gregorian calendar as arithmetic: days since 1970-01-01 and what they are called.
//! It knows no time of day. (Algorithms: H. Hinnant, "chrono-compatible low-level date algorithms".)

/// The last year that can be written; the first is its negative.
pub const LAST_YEAR: i64 = 999_999_999;

/// Days since 1970-01-01 of a year, a month from 1 and a day from 1.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = (month + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of days since 1970-01-01.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Whether a year has 366 days.
pub fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of a valid date; `None` where the calendar has none.
pub fn checked(year: i64, month: i64, day: i64) -> Option<i64> {
    let valid = year.abs() <= LAST_YEAR
        && (1..=12).contains(&month)
        && day >= 1
        && day <= month_length(year, month);
    valid.then(|| days(year, month, day))
}

/// The day of the week, 1 for Monday.
pub fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The Monday of the first ISO week of a year: the week with January 4.
pub fn first_monday(year: i64) -> i64 {
    let fourth = days(year, 1, 4);
    fourth - (weekday(fourth) - 1)
}

/// The ISO week and the year it belongs to.
pub fn week(at: i64) -> (i64, i64) {
    let (year, _, _) = civil(at);
    let year = match at {
        at if at < first_monday(year) => year - 1,
        at if at >= first_monday(year + 1) => year + 1,
        _ => year,
    };
    (year, (at - first_monday(year)) / 7 + 1)
}

/// Days of a week date; `None` where the year has no such week.
pub fn from_week(year: i64, week: i64, day: i64) -> Option<i64> {
    let weeks = (first_monday(year + 1) - first_monday(year)) / 7;
    let valid = year.abs() <= LAST_YEAR && (1..=weeks).contains(&week) && (1..=7).contains(&day);
    valid.then(|| first_monday(year) + (week - 1) * 7 + day - 1)
}

/// Days of a day of a year, from 1; `None` where there is none.
pub fn from_ordinal(year: i64, day: i64) -> Option<i64> {
    let length = 365 + i64::from(leap(year));
    (year.abs() <= LAST_YEAR && (1..=length).contains(&day)).then(|| days(year, 1, 1) + day - 1)
}

/// Days of a day of a quarter, both from 1; `None` where there is none.
pub fn from_quarter(year: i64, quarter: i64, day: i64) -> Option<i64> {
    if year.abs() > LAST_YEAR || !(1..=4).contains(&quarter) {
        return None;
    }
    let first = days(year, quarter * 3 - 2, 1);
    let next = match quarter {
        4 => days(year + 1, 1, 1),
        _ => days(year, quarter * 3 + 1, 1),
    };
    (1..=next - first).contains(&day).then(|| first + day - 1)
}

/// The date some months later; a day that the month lacks becomes its last.
pub fn add_months(at: i64, months: i64) -> Option<i64> {
    let (year, month, day) = civil(at);
    let all = year
        .checked_mul(12)?
        .checked_add(month - 1)?
        .checked_add(months)?;
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    checked(year, month, day.min(month_length(year, month)))
}

//! Dates as lists and tables write them, each as precise as it was given. Which of two numbers is the
//! month is said by the format, never guessed.

use crate::model::PartialDate;

/// `31/12/2020`; `dd/mm/1967` and `00/00/1967` are a year, `dd/03/1967` is a month.
pub fn day_first(text: &str) -> Option<PartialDate> {
    let mut parts = text.trim().split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    match parts.next() {
        None => civil(year, month, day),
        Some(_) => None,
    }
}

/// `1/20/2022`.
pub fn month_first(text: &str) -> Option<PartialDate> {
    let mut parts = text.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    match parts.next() {
        None => civil(year, month, day),
        Some(_) => None,
    }
}

/// A year, a month and a day as far as they are numbers; what is not one is not known.
pub fn civil(year: &str, month: &str, day: &str) -> Option<PartialDate> {
    let (year, month, day) = (year.trim(), month.trim(), day.trim());
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = year.parse().ok()?;
    let part = |text: &str| -> Option<Option<i8>> {
        match text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            true => text
                .parse()
                .ok()
                .map(|number| (number > 0).then_some(number)),
            // Letters stand for what is not known: `dd`, `mm`.
            false => text
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic())
                .then_some(None),
        }
    };
    match (part(month)?, part(day)?) {
        (None, _) => PartialDate::year(year),
        (Some(month), None) => PartialDate::month(year, month),
        (Some(month), Some(day)) => PartialDate::day(year, month, day),
    }
}

/// `11 Sep 1966`, `Sep 1966`, `1966`; before it may stand `circa`, which is told by the second value.
pub fn english(text: &str) -> Option<(PartialDate, bool)> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let text = text.trim();
    let rest = text
        .strip_prefix("circa ")
        .or_else(|| text.strip_prefix("c. "));
    let (text, circa) = (rest.unwrap_or(text), rest.is_some());
    let words: Vec<&str> = text.split_whitespace().collect();
    let month = |word: &str| {
        let word = word.to_ascii_lowercase();
        let at = MONTHS.iter().position(|known| *known == word)?;
        Some(format!("{}", at + 1))
    };
    let date = match words.as_slice() {
        [year] => civil(year, "mm", "dd"),
        [name, year] => civil(year, &month(name)?, "dd"),
        [day, name, year] => civil(year, &month(name)?, day),
        _ => None,
    };
    date.map(|date| (date, circa))
}

/// `2013-01-01` where the first of January is how a year alone is written.
pub fn year_or_day(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    // A clock at midnight says nothing more.
    let text = text.strip_suffix(" 00:00:00").unwrap_or(text);
    let date = PartialDate::parse(text)?;
    match text.strip_suffix("-01-01") {
        Some(year) if year.len() == 4 => PartialDate::parse(year),
        Some(_) | None => Some(date),
    }
}

#[cfg(test)]
mod tests {
    use super::{day_first, english, month_first, year_or_day};
    use crate::model::PartialDate;

    #[test]
    fn dates_are_as_precise_as_they_were_given() {
        let told = |date: Option<PartialDate>| date.map(|date| date.to_string());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told(day_first("31/12/2020")), some("2020-12-31"));
        assert_eq!(told(day_first("dd/mm/1967")), some("1967"));
        assert_eq!(told(day_first("00/03/1967")), some("1967-03"));
        assert_eq!(told(day_first("31/02/2020")), None);
        assert_eq!(told(day_first("2020-12-31")), None);
        assert_eq!(told(month_first("1/20/2022")), some("2022-01-20"));
        assert_eq!(told(month_first("20/1/2022")), None);
        let told = |text: &str| english(text).map(|(date, circa)| (date.to_string(), circa));
        assert_eq!(told("11 Sep 1966"), Some(("1966-09-11".to_owned(), false)));
        assert_eq!(told("circa 1962"), Some(("1962".to_owned(), true)));
        assert_eq!(told("Sep 1966"), Some(("1966-09".to_owned(), false)));
        assert_eq!(told("1961 to 1963"), None);
        let told = |text: &str| year_or_day(text).map(|date| date.to_string());
        assert_eq!(told("2013-01-01"), some("2013"));
        assert_eq!(told("2013-01-02"), some("2013-01-02"));
        assert_eq!(told("2013-01-01 00:00:00"), some("2013"));
    }
}

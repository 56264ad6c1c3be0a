//! Rounding down to a unit: `date.truncate('week', …)`.

use crate::model::temporal::build::{Kind, Part, build};
use crate::model::temporal::civil;
use crate::model::temporal::values::{SECOND, Temporal, TemporalError};

/// The value rounded down to a unit, as a value of a kind, with some parts set anew.
pub fn truncate(
    kind: Kind,
    unit: &str,
    value: &Temporal,
    parts: &[(String, Part)],
) -> Result<Temporal, TemporalError> {
    let unit = unit.to_lowercase();
    let (year, month, _) = value.days().map_or((1970, 1, 1), civil::civil);
    let days = value.days();
    let date = |year: i64, month: i64| civil::checked(year, month, 1);
    let nanos = value.nanos().unwrap_or(0);
    let to = |size: i64| (days, nanos / size * size);
    let floor = |size: i64| year.div_euclid(size) * size;
    let (days, nanos) = match unit.as_str() {
        "millennium" => (date(floor(1000), 1), 0),
        "century" => (date(floor(100), 1), 0),
        "decade" => (date(floor(10), 1), 0),
        "year" => (date(year, 1), 0),
        "weekyear" => {
            let week_year = days.map_or(year, |days| civil::week(days).0);
            (Some(civil::first_monday(week_year)), 0)
        }
        "quarter" => (date(year, (month - 1) / 3 * 3 + 1), 0),
        "month" => (date(year, month), 0),
        "week" => (days.map(|days| days - (civil::weekday(days) - 1)), 0),
        "day" => (days, 0),
        "hour" => to(3600 * SECOND),
        "minute" => to(60 * SECOND),
        "second" => to(SECOND),
        "millisecond" => to(1_000_000),
        "microsecond" => to(1000),
        _ => return Err(TemporalError(format!("there is no unit `{unit}`"))),
    };
    let dated = value.days().is_some();
    let wrong = || {
        TemporalError(format!(
            "a value without what a {} needs cannot be truncated to `{unit}`",
            kind.name()
        ))
    };
    let needs_date = matches!(kind, Kind::Date | Kind::LocalDateTime | Kind::DateTime);
    let fine = ["hour", "minute", "second", "millisecond", "microsecond"].contains(&unit.as_str());
    if (needs_date && !dated)
        || (kind == Kind::Date && fine)
        || (!dated && !fine && unit != "day")
        || (fine && value.nanos().is_none())
    {
        return Err(wrong());
    }
    let days = days.unwrap_or(0);
    let rounded = match value.zone() {
        Some(zone) => Temporal::DateTime(days, nanos, zone),
        None => Temporal::LocalDateTime(days, nanos),
    };
    let mut all: Vec<(String, Part)> = vec![(
        if kind == Kind::Date {
            "date"
        } else {
            "datetime"
        }
        .to_owned(),
        Part::Temporal(rounded),
    )];
    // A zone given here is where the result lies, not one to convert to.
    if let Some((_, Part::Text(zone))) = parts.iter().find(|(name, _)| name == "timezone") {
        let local = Temporal::LocalDateTime(days, nanos);
        all = vec![
            ("datetime".to_owned(), Part::Temporal(local)),
            ("timezone".to_owned(), Part::Text(zone.clone())),
        ];
    }
    all.extend(parts.iter().filter(|(name, _)| name != "timezone").cloned());
    build(kind, &all)
}

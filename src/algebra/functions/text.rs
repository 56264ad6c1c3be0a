//! Functions of text, and from values to text.

#![allow(clippy::wildcard_enum_match_arm)] // A function names the kinds that it takes.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::functions::kinds::{Context, Given, wrong};
use crate::model::{Temporal, Value};

fn text<'a>(name: &str, datum: &'a Datum) -> Result<&'a str, Fault> {
    datum
        .as_text()
        .ok_or_else(|| wrong(name, "a string", datum))
}

/// A number of characters, which is not negative.
fn count(name: &str, datum: &Datum) -> Result<usize, Fault> {
    let number = datum
        .as_int()
        .ok_or_else(|| wrong(name, "an integer", datum))?;
    usize::try_from(number).map_err(|_| {
        Fault::new(
            "ArgumentError",
            "NumberOutOfRange",
            format!("{name} needs a number of characters, not {number}"),
        )
        .help("it begins at 0")
    })
}

/// `toUpper(text)`
pub fn upper(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::text(text("toUpper()", &of[0])?.to_uppercase()))
}

/// `toLower(text)`
pub fn lower(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::text(text("toLower()", &of[0])?.to_lowercase()))
}

/// `trim(text)`
pub fn trim(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::text(text("trim()", &of[0])?.trim()))
}

/// `ltrim(text)`
pub fn left_trim(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::text(text("ltrim()", &of[0])?.trim_start()))
}

/// `rtrim(text)`
pub fn right_trim(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::text(text("rtrim()", &of[0])?.trim_end()))
}

/// `left(text, count)`
pub fn left(_: &Context<'_>, of: &[Datum]) -> Given {
    let take = count("left()", &of[1])?;
    let kept: String = text("left()", &of[0])?.chars().take(take).collect();
    Ok(Datum::text(kept))
}

/// `right(text, count)`
pub fn right(_: &Context<'_>, of: &[Datum]) -> Given {
    let take = count("right()", &of[1])?;
    let whole = text("right()", &of[0])?;
    let skip = whole.chars().count().saturating_sub(take);
    Ok(Datum::text(whole.chars().skip(skip).collect::<String>()))
}

/// `substring(text, start, count)`, from 0.
pub fn substring(_: &Context<'_>, of: &[Datum]) -> Given {
    let start = count("substring()", &of[1])?;
    let take = match of.get(2) {
        Some(given) => count("substring()", given)?,
        None => usize::MAX,
    };
    let whole = text("substring()", &of[0])?;
    Ok(Datum::text(
        whole.chars().skip(start).take(take).collect::<String>(),
    ))
}

/// `replace(text, search, replacement)`
pub fn replace(_: &Context<'_>, of: &[Datum]) -> Given {
    let (search, new) = (text("replace()", &of[1])?, text("replace()", &of[2])?);
    Ok(Datum::text(text("replace()", &of[0])?.replace(search, new)))
}

/// `split(text, delimiter)`
pub fn split(_: &Context<'_>, of: &[Datum]) -> Given {
    let whole = text("split()", &of[0])?;
    let parts: Vec<Datum> = match text("split()", &of[1])? {
        "" => whole.chars().map(Datum::text).collect(),
        delimiter => whole.split(delimiter).map(Datum::text).collect(),
    };
    Ok(Datum::List(parts))
}

/// `toString(value)`
pub fn to_text(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(match &of[0] {
        Datum::Value(Value::Float(number)) => Datum::text(float(*number)),
        Datum::Value(
            value @ (Value::Bool(_)
            | Value::Int(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Temporal(_)),
        ) => Datum::text(value.text()),
        other => return Err(wrong("toString()", "a scalar value", other)),
    })
}

/// A number with a point, as openCypher writes it.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        let text = format!("{number:E}");
        return match text.split_once('E') {
            Some((digits, power)) if !digits.contains('.') => format!("{digits}.0E{power}"),
            _ => text,
        };
    }
    let text = number.to_string();
    if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    }
}

/// `toBoolean(value)`
pub fn to_boolean(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(match &of[0] {
        Datum::Value(Value::Bool(truth)) => Datum::bool(*truth),
        Datum::Value(Value::Text(text)) => match text.trim().to_lowercase().as_str() {
            "true" => Datum::bool(true),
            "false" => Datum::bool(false),
            _ => Datum::Null,
        },
        other => return Err(wrong("toBoolean()", "a string or a boolean", other)),
    })
}

/// `valueType(value)`: the name of its type in ISO GQL.
pub fn value_type(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::text(match &of[0] {
        Datum::Null => "NULL",
        Datum::Value(Value::Bool(_)) => "BOOLEAN NOT NULL",
        Datum::Value(Value::Int(_)) => "INTEGER NOT NULL",
        Datum::Value(Value::Float(_)) => "FLOAT NOT NULL",
        Datum::Value(Value::Text(_)) => "STRING NOT NULL",
        Datum::Value(Value::Date(_) | Value::Temporal(Temporal::Date(_))) => "DATE NOT NULL",
        Datum::Value(Value::Temporal(Temporal::LocalTime(_))) => "LOCAL TIME NOT NULL",
        Datum::Value(Value::Temporal(Temporal::Time(..))) => "ZONED TIME NOT NULL",
        Datum::Value(Value::Temporal(Temporal::LocalDateTime(..))) => "LOCAL DATETIME NOT NULL",
        Datum::Value(Value::Temporal(Temporal::DateTime(..))) => "ZONED DATETIME NOT NULL",
        Datum::Value(Value::Temporal(Temporal::Duration(_))) => "DURATION NOT NULL",
        Datum::Value(Value::List(_)) | Datum::List(_) => "LIST<ANY> NOT NULL",
        Datum::Value(Value::Map(_)) | Datum::Map(_) => "MAP NOT NULL",
        Datum::Entity(_) => "NODE NOT NULL",
        Datum::Fact(_) | Datum::Claim(_) => "RELATIONSHIP NOT NULL",
        Datum::Path(_) => "PATH NOT NULL",
    }))
}

/// Whether a text matches a regular expression as a whole.
pub fn matches(value: &Datum, pattern: &Datum) -> Given {
    let (Some(value), Some(pattern)) = (value.as_text(), pattern.as_text()) else {
        return Ok(Datum::Null);
    };
    match regex_lite::Regex::new(&format!("^(?:{pattern})$")) {
        Ok(regex) => Ok(Datum::bool(regex.is_match(value))),
        Err(error) => Err(Fault::value(format!(
            "`{pattern}` is no regular expression: {error}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::float;

    #[test]
    fn floats_read_as_floats() {
        for (number, text) in [
            (1.0, "1.0"),
            (-0.5, "-0.5"),
            (1e9, "1.0E9"),
            (1.25e-5, "1.25E-5"),
        ] {
            assert_eq!(float(number), text);
        }
    }
}

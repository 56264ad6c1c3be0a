//! Cells as values. What repeats in a column is read once.

use crate::model::{PartialDate, Value};
use rustc_hash::FxHashMap;

/// The distinct cells of a column, read once each, under codes from 0.
#[derive(Debug)]
pub struct Codes<T> {
    /// What was read, by code.
    pub items: Vec<T>,
    /// Codes of cells of up to seven bytes, by the bytes and their number.
    short: FxHashMap<u64, u32>,
    long: FxHashMap<Box<[u8]>, u32>,
}

impl<T> Codes<T> {
    /// Code 0 is for no value.
    pub fn new(nothing: T) -> Codes<T> {
        Codes {
            items: vec![nothing],
            short: FxHashMap::default(),
            long: FxHashMap::default(),
        }
    }

    /// The code of a cell, which `read` makes a value of where it is new.
    pub fn code(
        &mut self,
        cell: &[u8],
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<u32, String> {
        if cell.is_empty() {
            return Ok(0);
        }
        let short = short(cell);
        let known = match short {
            Some(key) => self.short.get(&key),
            None => self.long.get(cell),
        };
        if let Some(code) = known {
            return Ok(*code);
        }
        self.items.push(read(text(cell)?.trim())?);
        let code = self.items.len() as u32 - 1;
        match short {
            Some(key) => self.short.insert(key, code),
            None => self.long.insert(cell.into(), code),
        };
        Ok(code)
    }
}

fn short(cell: &[u8]) -> Option<u64> {
    (cell.len() < 8).then(|| {
        let mut bytes = [0; 8];
        bytes[..cell.len()].copy_from_slice(cell);
        bytes[7] = cell.len() as u8;
        u64::from_le_bytes(bytes)
    })
}

/// A cell as text.
pub fn text(cell: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(cell).map_err(|error| {
        let at = error.valid_up_to();
        format!(
            "byte {} of the cell, 0x{:02x}, is not UTF-8",
            at + 1,
            cell[at]
        )
    })
}

/// A cell as a whole number in its usual spelling: no sign, no zero before it.
pub fn number(cell: &[u8]) -> Option<u32> {
    let good = (1..=9).contains(&cell.len())
        && (cell[0] != b'0' || cell.len() == 1)
        && cell.iter().all(u8::is_ascii_digit);
    good.then(|| {
        cell.iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
    })
}

/// A cell as a value: a number, a full date, true or false, or text.
pub fn value(cell: &str) -> Value {
    let plain = |number: &i64| number.to_string() == cell;
    if let Some(number) = cell.parse::<i64>().ok().filter(plain) {
        return Value::Int(number);
    }
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | 'e' | 'E' | '+');
    if cell.contains('.')
        && cell.chars().all(digits)
        && let Some(number) = cell.parse::<f64>().ok().filter(|number| number.is_finite())
    {
        return Value::Float(number);
    }
    match cell {
        "true" | "TRUE" | "True" => Value::Bool(true),
        "false" | "FALSE" | "False" => Value::Bool(false),
        _ => match PartialDate::parse(cell).filter(|_| cell.len() >= 10) {
            Some(date) => Value::Date(date),
            None => Value::Text(cell.to_owned()),
        },
    }
}

/// The items of a cell that holds several.
pub fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// A date of a cell.
pub fn date(cell: &str) -> Result<PartialDate, String> {
    PartialDate::parse(cell)
        .ok_or_else(|| format!("`{cell}` is no date: write 2021, 2021-03 or 2021-03-25"))
}

#[cfg(test)]
mod tests {
    use super::{number, value};
    use crate::model::Value;

    #[test]
    fn cells_are_the_values_that_they_look_like() {
        assert_eq!(value("42"), Value::Int(42));
        assert_eq!(value("-7"), Value::Int(-7));
        assert_eq!(value("007"), Value::Text("007".into()));
        assert_eq!(value("1.5"), Value::Float(1.5));
        assert_eq!(value("1.2.3"), Value::Text("1.2.3".into()));
        assert!(matches!(value("2021-03-25"), Value::Date(_)));
        assert_eq!(value("true"), Value::Bool(true));
        assert_eq!(value("NaN"), Value::Text("NaN".into()));
    }

    #[test]
    fn only_plain_numbers_are_numbers() {
        assert_eq!(number(b"120"), Some(120));
        assert_eq!(number(b"0"), Some(0));
        for text in ["", "012", "+1", "1x", "1234567890"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }
}

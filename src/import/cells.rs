//! Cells as values, and values as cells that are read back the same. What repeats in a column is read
//! once.

use crate::model::{Likelihood, PartialDate, Scale, Value};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

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

/// The items of a cell that holds several, separated by `;`. In double quotes an item is a text as it
/// is, with `\"` and `\\` in it.
pub fn several(cell: &str) -> impl Iterator<Item = Item<'_>> {
    let mut rest = cell;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
            if rest.is_empty() {
                return None;
            }
            if let Some((text, behind)) = quoted(rest) {
                rest = behind;
                return Some(Item {
                    text: Cow::Owned(text),
                    verbatim: true,
                });
            }
            let (item, behind) = rest.split_once(';').unwrap_or((rest, ""));
            rest = behind;
            let item = item.trim();
            if !item.is_empty() {
                return Some(Item {
                    text: Cow::Borrowed(item),
                    verbatim: false,
                });
            }
        }
    })
}

/// One of several items of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'c> {
    /// The item, without quotes.
    pub text: Cow<'c, str>,
    /// Whether it stood in quotes: then a number in it is a name like others.
    pub verbatim: bool,
}

/// An item in quotes at the beginning of a text, and what stands behind it; nothing where the quotes
/// do not enclose the whole item.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut signs = text.strip_prefix('"')?.chars();
    loop {
        match signs.next()? {
            '\\' => out.push(signs.next()?),
            '"' => break,
            c => out.push(c),
        }
    }
    let behind = signs.as_str().trim_start();
    (behind.is_empty() || behind.starts_with(';')).then_some((out, behind))
}

/// Several items as a cell.
pub fn listed(items: &[String]) -> String {
    let item = |item: &String| {
        let plain = !item.is_empty()
            && item.trim() == item
            && !item.contains(';')
            && !item.starts_with('"')
            && number(item.as_bytes()).is_none();
        match plain {
            true => item.clone(),
            false => format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")),
        }
    };
    items.iter().map(item).collect::<Vec<_>>().join("; ")
}

/// A value as a cell that is read as the same value; nothing where no cell is.
pub fn plain_cell(given: &Value) -> Option<String> {
    let cell = match given {
        Value::Float(number) if number.fract() == 0.0 => format!("{number:.1}"),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Temporal(_)
        | Value::List(_)
        | Value::Map(_) => given.text(),
    };
    (!cell.is_empty() && cell.trim() == cell && value(&cell) == *given).then_some(cell)
}

/// Whether a spreadsheet would run a cell as a formula, but for the apostrophes before it.
fn is_formula(cell: &[u8]) -> bool {
    let bare = cell.iter().position(|byte| *byte != b'\'').unwrap_or(0);
    match cell.get(bare) {
        Some(b'=' | b'+' | b'@' | b'\t' | b'\r') => true,
        Some(b'-') => std::str::from_utf8(&cell[bare..])
            .map_or(true, |text| bare > 0 || text.parse::<f64>().is_err()),
        Some(_) | None => false,
    }
}

/// A cell with an apostrophe before what a spreadsheet would run as a formula. Numbers stay.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    match is_formula(cell.as_bytes()) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// A cell without the apostrophe that guards it.
pub fn bare(cell: &[u8]) -> &[u8] {
    match cell {
        [b'\'', guarded @ ..] if is_formula(cell) => guarded,
        cell => cell,
    }
}

fn percent(cell: &str) -> Option<Result<Likelihood, String>> {
    let bare = cell.strip_suffix('%').unwrap_or(cell).trim();
    let number: f32 = bare.parse().ok()?;
    let outside = || format!("`{cell}` is no likelihood: percent lie between 0 and 100");
    Some(Likelihood::percent(number).ok_or_else(outside))
}

/// A likelihood: percent, a term, or a scale with its term.
pub fn likelihood(cell: &str) -> Result<Option<Likelihood>, String> {
    if let Some(number) = percent(cell) {
        return number.map(Some);
    }
    let term = match cell.split_once(':') {
        Some((scale, term)) => {
            Scale::named(scale.trim()).and_then(|scale| Likelihood::term(scale, term))
        }
        None => {
            Likelihood::term(Scale::Words, cell).or_else(|| Likelihood::term(Scale::Phia, cell))
        }
    };
    term.map(Some).ok_or_else(|| {
        format!("`{cell}` is no likelihood: write percent, or a term such as `likely`")
    })
}

/// A date of a cell.
pub fn date(cell: &str) -> Result<PartialDate, String> {
    PartialDate::parse(cell)
        .ok_or_else(|| format!("`{cell}` is no date: write 2021, 2021-03 or 2021-03-25"))
}

#[cfg(test)]
mod tests {
    use super::{bare, guarded, listed, number, plain_cell, several, value};
    use crate::model::Value;

    #[test]
    fn several_items_are_read_as_they_were_listed() {
        for items in [
            &["A", "B c"][..],
            &["a; b", "42", "\"q\"", " blank ", "back\\", "x\\;"],
            &[],
        ] {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            let cell = listed(&items);
            let read: Vec<String> = several(&cell).map(|item| item.text.into_owned()).collect();
            assert_eq!(read, items, "{cell}");
        }
        let open: Vec<String> = several("\"a\" b; c")
            .map(|item| item.text.into_owned())
            .collect();
        assert_eq!(open, ["\"a\" b", "c"]);
    }

    #[test]
    fn a_guard_against_formulas_is_taken_off_again() {
        for cell in [
            "=1+1", "'=1", "''+", "-x", "-5", "'-5", "'", "it's", "@a", "plain",
        ] {
            let told = guarded(cell);
            assert_eq!(bare(told.as_bytes()), cell.as_bytes(), "{told}");
        }
        assert_eq!(guarded("=1"), "'=1");
        assert_eq!(guarded("-5"), "-5");
    }

    #[test]
    fn a_value_has_a_cell_only_where_that_is_read_as_it() {
        assert_eq!(plain_cell(&Value::Int(42)).as_deref(), Some("42"));
        assert_eq!(plain_cell(&Value::Float(2.0)).as_deref(), Some("2.0"));
        for odd in ["42", " a", "", "true"] {
            assert_eq!(plain_cell(&Value::Text(odd.into())), None, "{odd}");
        }
    }

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

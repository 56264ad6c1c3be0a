//! Functions of lists.

#![allow(clippy::wildcard_enum_match_arm)] // A function names the kinds that it takes.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::functions::kinds::{Context, Given, wrong};

/// The longest list that `range()` makes.
const LONGEST: i128 = 20_000_000;

fn items<'a>(name: &str, datum: &'a Datum) -> Result<&'a [Datum], Fault> {
    match datum {
        Datum::List(items) => Ok(items),
        other => Err(wrong(name, "a list", other)),
    }
}

/// `size(list)`, `size(text)`
pub fn size(_: &Context<'_>, of: &[Datum]) -> Given {
    match (&of[0], of[0].as_text()) {
        (_, Some(text)) => Ok(Datum::int(text.chars().count() as i64)),
        (Datum::List(items), _) => Ok(Datum::int(items.len() as i64)),
        (other, _) => Err(wrong("size()", "a list or a string", other)),
    }
}

/// `isEmpty(value)`
pub fn is_empty(_: &Context<'_>, of: &[Datum]) -> Given {
    match (&of[0], of[0].as_text()) {
        (_, Some(text)) => Ok(Datum::bool(text.is_empty())),
        (Datum::List(items), _) => Ok(Datum::bool(items.is_empty())),
        (Datum::Map(entries), _) => Ok(Datum::bool(entries.is_empty())),
        (other, _) => Err(wrong("isEmpty()", "a list, a map or a string", other)),
    }
}

/// `head(list)`
pub fn head(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(items("head()", &of[0])?
        .first()
        .cloned()
        .unwrap_or_default())
}

/// `last(list)`
pub fn last(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(items("last()", &of[0])?.last().cloned().unwrap_or_default())
}

/// `tail(list)`
pub fn tail(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(Datum::List(
        items("tail()", &of[0])?.iter().skip(1).cloned().collect(),
    ))
}

/// `reverse(list)`, `reverse(text)`
pub fn reverse(_: &Context<'_>, of: &[Datum]) -> Given {
    match of[0].as_text() {
        Some(text) => Ok(Datum::text(text.chars().rev().collect::<String>())),
        None => Ok(Datum::List(
            items("reverse()", &of[0])?.iter().rev().cloned().collect(),
        )),
    }
}

/// `nullIf(a, b)`: no value where both are equal.
pub fn null_if(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(match of[0].equals(&of[1]) {
        Some(true) => Datum::Null,
        _ => of[0].clone(),
    })
}

/// `range(from, to, step)`, both ends included.
pub fn range(_: &Context<'_>, of: &[Datum]) -> Given {
    let whole = |datum: &Datum| {
        datum.as_int().ok_or_else(|| {
            Fault::new(
                "ArgumentError",
                "InvalidArgumentType",
                format!("range() needs integers, not {}", datum.kind()),
            )
            .help("convert it with toInteger()")
        })
    };
    let (from, to) = (whole(&of[0])?, whole(&of[1])?);
    let step = of.get(2).map_or(Ok(1), whole)?;
    if step == 0 {
        return Err(Fault::new(
            "ArgumentError",
            "NumberOutOfRange",
            "range() needs a step other than 0",
        )
        .help("use 1 or -1"));
    }
    let count = (i128::from(to) - i128::from(from)) / i128::from(step) + 1;
    if (i128::from(to) - i128::from(from)) * i128::from(step) < 0 {
        return Ok(Datum::List(Vec::new()));
    }
    if count > LONGEST {
        return Err(Fault::new(
            "ArgumentError",
            "NumberOutOfRange",
            format!("a list of {count} numbers is too long"),
        )
        .help(format!("at most {LONGEST} are made")));
    }
    let numbers = (0..count).map(|at| i128::from(from) + at * i128::from(step));
    Ok(Datum::List(
        numbers.map(|number| Datum::int(number as i64)).collect(),
    ))
}

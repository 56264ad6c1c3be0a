//! Functions of numbers, and from values to numbers.

#![allow(clippy::wildcard_enum_match_arm)] // A function names the kinds that it takes.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::functions::kinds::{Context, Given, wrong};
use crate::model::Value;

/// The functions from floats to a float, by name.
pub fn call(_: &Context<'_>, name: &str, of: &[Datum]) -> Given {
    if of.iter().any(Datum::is_null) {
        return Ok(Datum::Null);
    }
    let at = |place: usize| {
        let datum = &of[place];
        datum
            .as_float()
            .ok_or_else(|| wrong(&format!("{name}()"), "a number", datum))
    };
    let number = match name {
        "e" => return Ok(Datum::float(std::f64::consts::E)),
        "pi" => return Ok(Datum::float(std::f64::consts::PI)),
        "atan2" => return Ok(Datum::float(at(0)?.atan2(at(1)?))),
        _ => at(0)?,
    };
    Ok(Datum::float(match name {
        "acos" => number.acos(),
        "asin" => number.asin(),
        "atan" => number.atan(),
        "ceil" => number.ceil(),
        "cos" => number.cos(),
        "cot" => 1.0 / number.tan(),
        "degrees" => number.to_degrees(),
        "exp" => number.exp(),
        "floor" => number.floor(),
        "haversin" => (number / 2.0).sin().powi(2),
        "log" => number.ln(),
        "log10" => number.log10(),
        "radians" => number.to_radians(),
        "sin" => number.sin(),
        "sqrt" => number.sqrt(),
        "tan" => number.tan(),
        other => return Err(Fault::kind(format!("there is no function `{other}`"))),
    }))
}

/// `abs(number)`
pub fn abs(_: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Value(Value::Int(number)) => number
            .checked_abs()
            .map(Datum::int)
            .ok_or_else(|| Fault::arithmetic("the number is too large")),
        Datum::Value(Value::Float(number)) => Ok(Datum::float(number.abs())),
        other => Err(wrong("abs()", "a number", other)),
    }
}

/// `sign(number)`
pub fn sign(_: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Value(Value::Int(number)) => Ok(Datum::int(number.signum())),
        Datum::Value(Value::Float(number)) if *number == 0.0 => Ok(Datum::int(0)),
        Datum::Value(Value::Float(number)) => Ok(Datum::int(number.signum() as i64)),
        other => Err(wrong("sign()", "a number", other)),
    }
}

/// `round(number, digits)`: halves go up.
pub fn round(_: &Context<'_>, of: &[Datum]) -> Given {
    let number = of[0]
        .as_float()
        .ok_or_else(|| wrong("round()", "a number", &of[0]))?;
    let digits = match of.get(1) {
        Some(digits) => digits
            .as_int()
            .ok_or_else(|| wrong("round()", "a number of digits", digits))?,
        None => 0,
    };
    let scale = 10_f64.powi(digits.clamp(-300, 300) as i32);
    Ok(Datum::float((number * scale + 0.5).floor() / scale))
}

/// `isNaN(number)`
pub fn is_nan(_: &Context<'_>, of: &[Datum]) -> Given {
    let number = of[0]
        .as_float()
        .ok_or_else(|| wrong("isNaN()", "a number", &of[0]))?;
    Ok(Datum::bool(number.is_nan()))
}

/// `rand()`: from 0 up to 1. SplitMix64 (Steele, Lea, Flood 2014), 53 bits.
pub fn random(context: &Context<'_>, _: &[Datum]) -> Given {
    let state = context.random.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
    context.random.set(state);
    let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    let bits = (mixed ^ mixed >> 31) >> 11;
    Ok(Datum::float(bits as f64 / (1_u64 << 53) as f64))
}

/// `toInteger(value)`
pub fn to_integer(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(match &of[0] {
        Datum::Value(Value::Int(number)) => Datum::int(*number),
        Datum::Value(Value::Float(number)) => whole(*number),
        Datum::Value(Value::Bool(truth)) => Datum::int(i64::from(*truth)),
        Datum::Value(Value::Text(text)) => {
            let text = text.trim();
            match text.parse::<i64>() {
                Ok(number) => Datum::int(number),
                Err(_) => text.parse::<f64>().map_or(Datum::Null, whole),
            }
        }
        other => return Err(wrong("toInteger()", "a number or a string", other)),
    })
}

fn whole(number: f64) -> Datum {
    match number.is_finite() && number.abs() < 9.3e18 {
        true => Datum::int(number.trunc() as i64),
        false => Datum::Null,
    }
}

/// `toFloat(value)`
pub fn to_float(_: &Context<'_>, of: &[Datum]) -> Given {
    Ok(match &of[0] {
        Datum::Value(Value::Int(number)) => Datum::float(*number as f64),
        Datum::Value(Value::Float(number)) => Datum::float(*number),
        Datum::Value(Value::Text(text)) => {
            let digits = text.contains(|c: char| c.is_ascii_digit());
            let number = text.trim().parse::<f64>().ok().filter(|_| digits);
            number.map_or(Datum::Null, Datum::float)
        }
        other => return Err(wrong("toFloat()", "a number or a string", other)),
    })
}

//! A value while a plan runs: property values, and what they are read from. It owns no column; a
//! batch holds entities and claims as plain numbers and makes a datum only where one is asked for.

#![allow(clippy::wildcard_enum_match_arm)] // A value or a node is asked for a few of many kinds.

use crate::model::{EntityId, PartialDate, Temporal, Value};
use std::cmp::Ordering;

/// A path: its entities, and the fact or claim between each and the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathRow {
    /// The entities, one more than the facts.
    pub entities: Vec<EntityId>,
    /// Facts where a question asks, claims where GQL does; whether each runs from left to right is
    /// read from its ends.
    pub facts: Vec<u32>,
}

/// A value in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Datum {
    /// No value.
    #[default]
    Null,
    /// A property's value or a literal; never a list or a map.
    Value(Value),
    /// An entity, GQL's node.
    Entity(EntityId),
    /// A fact, by the row of its first claim.
    Fact(u32),
    /// A claim by its row, GQL's relationship.
    Claim(u32),
    /// Several values.
    List(Vec<Datum>),
    /// Named values, each name once.
    Map(Vec<(String, Datum)>),
    /// A path.
    Path(Box<PathRow>),
}

impl From<Value> for Datum {
    fn from(value: Value) -> Datum {
        match value {
            Value::List(items) => Datum::List(items.into_iter().map(Datum::from).collect()),
            Value::Map(entries) => Datum::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, Datum::from(value)))
                    .collect(),
            ),
            scalar @ (Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Temporal(_)) => Datum::Value(scalar),
        }
    }
}

impl Datum {
    /// Does something with each row of a claim or a fact inside it.
    pub fn each_row(&mut self, work: &mut dyn FnMut(&mut u32)) {
        match self {
            Datum::Null | Datum::Value(_) | Datum::Entity(_) => {}
            Datum::Fact(row) | Datum::Claim(row) => work(row),
            Datum::List(items) => items.iter_mut().for_each(|item| item.each_row(work)),
            Datum::Map(entries) => entries
                .iter_mut()
                .for_each(|(_, value)| value.each_row(work)),
            Datum::Path(path) => path.facts.iter_mut().for_each(work),
        }
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Datum {
        Datum::Value(Value::Text(text.into()))
    }

    /// True or false.
    pub fn bool(truth: bool) -> Datum {
        Datum::Value(Value::Bool(truth))
    }

    /// A whole number.
    pub fn int(number: i64) -> Datum {
        Datum::Value(Value::Int(number))
    }

    /// A number.
    pub fn float(number: f64) -> Datum {
        Datum::Value(Value::Float(number))
    }

    /// A date.
    pub fn date(date: PartialDate) -> Datum {
        Datum::Value(Value::Date(date))
    }

    /// A temporal value.
    pub fn temporal(value: Temporal) -> Datum {
        Datum::Value(Value::Temporal(value))
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Datum::Null)
    }

    /// True or false, if it is that.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Datum::Value(Value::Bool(truth)) => Some(*truth),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Datum::Value(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// The whole number that it equals, if there is one.
    pub fn whole(&self) -> Option<i64> {
        match self {
            // Above 2^53 a number does not tell which whole number it is.
            Datum::Value(Value::Int(number)) => {
                Some(*number).filter(|number| number.unsigned_abs() < 1 << 53)
            }
            Datum::Value(Value::Float(number)) => {
                let whole = number.fract() == 0.0 && number.abs() < (1u64 << 53) as f64;
                whole.then_some(*number as i64)
            }
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Datum::Value(Value::Int(number)) => Some(*number as f64),
            Datum::Value(Value::Float(number)) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Datum::Value(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// As a property can be stored; `None` for nodes, paths, no value and what holds these, and for
    /// a map, which openCypher keeps out of properties.
    pub fn storable(&self) -> Option<Value> {
        match self {
            Datum::Value(value) => Some(value.clone()),
            Datum::List(items) => items
                .iter()
                .map(|item| match item {
                    Datum::List(_) => None,
                    item => item.storable(),
                })
                .collect::<Option<Vec<Value>>>()
                .map(Value::List),
            _ => None,
        }
    }

    /// Whether two values are equal, by three-valued logic: `None` where no value decides.
    pub fn equals(&self, other: &Datum) -> Option<bool> {
        match (self, other) {
            (Datum::Null, _) | (_, Datum::Null) => None,
            (Datum::List(a), Datum::List(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                all(a.iter().zip(b).map(|(a, b)| a.equals(b)))
            }
            (Datum::Map(a), Datum::Map(b)) => {
                let value = |key: &str| b.iter().find(|(known, _)| known == key);
                if a.len() != b.len() || a.iter().any(|(key, _)| value(key).is_none()) {
                    return Some(false);
                }
                all(a
                    .iter()
                    .filter_map(|(key, own)| value(key).map(|(_, other)| own.equals(other))))
            }
            (Datum::Value(a), Datum::Value(b)) => Some(same(a, b)),
            (a, b) => Some(a == b),
        }
    }

    /// The order of two values that can be compared; `None` for the rest, and for `NaN`.
    pub fn compare(&self, other: &Datum) -> Option<Ordering> {
        match (self, other) {
            (Datum::Value(Value::Int(a)), Datum::Value(Value::Float(b))) => mixed(*a, *b),
            (Datum::Value(Value::Float(a)), Datum::Value(Value::Int(b))) => {
                mixed(*b, *a).map(Ordering::reverse)
            }
            (Datum::Value(a), Datum::Value(b)) => a.compare(b),
            (Datum::Entity(a), Datum::Entity(b)) => Some(a.cmp(b)),
            (Datum::Fact(a), Datum::Fact(b)) | (Datum::Claim(a), Datum::Claim(b)) => Some(a.cmp(b)),
            (Datum::List(a), Datum::List(b)) => {
                for (a, b) in a.iter().zip(b) {
                    match a.compare(b)? {
                        Ordering::Equal => {}
                        order => return Some(order),
                    }
                }
                Some(a.len().cmp(&b.len()))
            }
            (Datum::Map(_), Datum::Map(_)) | (Datum::Path(_), Datum::Path(_)) => {
                (self == other).then_some(Ordering::Equal)
            }
            _ => None,
        }
    }

    /// The global order of openCypher 9 (CIP2016-06-14), for sorting: by kind, then by value, no
    /// value last.
    pub fn order(&self, other: &Datum) -> Ordering {
        self.rank()
            .cmp(&other.rank())
            .then_with(|| match (self, other) {
                (Datum::Value(Value::Float(a)), _) if a.is_nan() => match other.as_float() {
                    Some(b) if b.is_nan() => Ordering::Equal,
                    _ => Ordering::Greater,
                },
                (_, Datum::Value(Value::Float(b))) if b.is_nan() => Ordering::Less,
                (Datum::Value(Value::Temporal(a)), Datum::Value(Value::Temporal(b))) => a.order(b),
                (Datum::List(a), Datum::List(b)) => {
                    let items = a.iter().zip(b).map(|(a, b)| a.order(b));
                    items
                        .fold(Ordering::Equal, Ordering::then)
                        .then(a.len().cmp(&b.len()))
                }
                (Datum::Map(a), Datum::Map(b)) => {
                    let sorted = |entries: &[(String, Datum)]| {
                        let mut entries = entries.to_vec();
                        entries.sort_by(|a, b| a.0.cmp(&b.0));
                        entries
                    };
                    let (a, b) = (sorted(a), sorted(b));
                    let keys = a
                        .iter()
                        .map(|(key, _)| key)
                        .cmp(b.iter().map(|(key, _)| key));
                    let values = a.iter().zip(&b).map(|((_, a), (_, b))| a.order(b));
                    a.len()
                        .cmp(&b.len())
                        .then(keys)
                        .then(values.fold(Ordering::Equal, Ordering::then))
                }
                (Datum::Path(a), Datum::Path(b)) => {
                    (&a.entities, &a.facts).cmp(&(&b.entities, &b.facts))
                }
                _ => self.compare(other).unwrap_or(Ordering::Equal),
            })
    }

    fn rank(&self) -> u8 {
        match self {
            Datum::Map(_) => 0,
            Datum::Entity(_) => 1,
            Datum::Claim(_) | Datum::Fact(_) => 2,
            Datum::List(_) => 3,
            Datum::Path(_) => 4,
            Datum::Value(Value::Temporal(_)) => 5,
            Datum::Value(Value::Date(_)) => 6,
            Datum::Value(Value::Text(_)) => 7,
            Datum::Value(Value::Bool(_)) => 8,
            Datum::Value(Value::Int(_) | Value::Float(_)) => 9,
            Datum::Value(Value::List(_) | Value::Map(_)) => 10,
            Datum::Null => 11,
        }
    }

    /// Writes a key that two values share exactly if they are equivalent: 1 and 1.0 are, and so are
    /// `NaN` and `NaN`, no value and no value.
    pub fn key(&self, out: &mut Vec<u8>) {
        let number = |out: &mut Vec<u8>, tag: u8, number: u64| {
            out.push(tag);
            out.extend_from_slice(&number.to_le_bytes());
        };
        let text = |out: &mut Vec<u8>, tag: u8, text: &str| {
            number(out, tag, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        };
        match self {
            Datum::Null => out.push(0),
            Datum::Value(Value::Bool(truth)) => out.extend([1, u8::from(*truth)]),
            Datum::Value(Value::Int(int)) => number(out, 2, *int as u64),
            Datum::Value(Value::Float(float)) => match mixed(*float as i64, *float) {
                Some(Ordering::Equal) => number(out, 2, (*float as i64) as u64),
                _ if float.is_nan() => out.push(4),
                _ => number(out, 3, float.to_bits()),
            },
            Datum::Value(Value::Text(value)) => text(out, 5, value),
            Datum::Value(value @ (Value::Date(_) | Value::Temporal(_))) => {
                text(out, 6, &format!("{value:?}"));
            }
            Datum::Value(value @ (Value::List(_) | Value::Map(_))) => {
                Datum::from(value.clone()).key(out);
            }
            Datum::Entity(id) => number(out, 7, u64::from(id.0)),
            Datum::Fact(row) => number(out, 8, u64::from(*row)),
            Datum::Claim(row) => number(out, 9, u64::from(*row)),
            Datum::List(items) => {
                number(out, 10, items.len() as u64);
                items.iter().for_each(|item| item.key(out));
            }
            Datum::Map(entries) => {
                number(out, 11, entries.len() as u64);
                let mut entries: Vec<&(String, Datum)> = entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                for (key, value) in entries {
                    text(out, 5, key);
                    value.key(out);
                }
            }
            Datum::Path(path) => {
                number(out, 12, path.entities.len() as u64);
                for id in path
                    .entities
                    .iter()
                    .map(|id| id.0)
                    .chain(path.facts.iter().copied())
                {
                    out.extend_from_slice(&id.to_le_bytes());
                }
            }
        }
    }

    /// As it is shown; nothing for no value. Entities and claims have no text of their own.
    pub fn shown(&self) -> String {
        match self {
            Datum::Null => String::new(),
            Datum::Value(value) => value.text(),
            Datum::Entity(id) => format!("entity {}", id.0),
            Datum::Fact(row) => format!("fact {row}"),
            Datum::Claim(row) => format!("claim {row}"),
            Datum::List(items) => {
                let shown: Vec<String> = items.iter().map(Datum::shown).collect();
                shown.join(", ")
            }
            Datum::Map(entries) => {
                let shown: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", value.shown()))
                    .collect();
                format!("{{{}}}", shown.join(", "))
            }
            Datum::Path(path) => format!("a path of {} hops", path.facts.len()),
        }
    }

    /// The kind as a word in a message.
    pub fn kind(&self) -> &'static str {
        match self {
            Datum::Null => "null",
            Datum::Value(Value::Bool(_)) => "a boolean",
            Datum::Value(Value::Int(_)) => "an integer",
            Datum::Value(Value::Float(_)) => "a float",
            Datum::Value(Value::Text(_)) => "a string",
            Datum::Value(Value::Date(_)) => "a date",
            Datum::Value(Value::Temporal(_)) => "a temporal value",
            Datum::Value(Value::List(_)) | Datum::List(_) => "a list",
            Datum::Value(Value::Map(_)) | Datum::Map(_) => "a map",
            Datum::Entity(_) => "a node",
            Datum::Fact(_) | Datum::Claim(_) => "a relationship",
            Datum::Path(_) => "a path",
        }
    }
}

/// All, by three-valued logic.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = false,
        }
    }
    known.then_some(true)
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => {
            mixed(*a, *b) == Some(Ordering::Equal)
        }
        (Value::Temporal(Temporal::DateTime(..)), Value::Temporal(Temporal::DateTime(..))) => {
            a == b
        }
        (a, b) => a.compare(b) == Some(Ordering::Equal),
    }
}

/// The order of a whole number and a number, without the loss of making one out of the other.
fn mixed(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    // 2⁶³ is the first number above every whole one.
    if b >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if b < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(
        a.cmp(&(whole as i64))
            .then(0.0_f64.partial_cmp(&(b - whole))?),
    )
}

#[cfg(test)]
mod tests {
    use super::Datum;
    use std::cmp::Ordering;

    fn key(datum: &Datum) -> Vec<u8> {
        let mut out = Vec::new();
        datum.key(&mut out);
        out
    }

    #[test]
    fn equal_numbers_share_a_key_and_near_ones_do_not() {
        assert_eq!(key(&Datum::int(1)), key(&Datum::float(1.0)));
        assert_eq!(key(&Datum::float(0.0)), key(&Datum::float(-0.0)));
        assert_eq!(key(&Datum::float(f64::NAN)), key(&Datum::float(-f64::NAN)));
        assert_ne!(key(&Datum::int(1)), key(&Datum::text("1")));
        let (wide, near) = (
            Datum::int(9_007_199_254_740_993),
            Datum::float(9_007_199_254_740_992.0),
        );
        assert_ne!(key(&wide), key(&near));
        assert_eq!(wide.compare(&near), Some(Ordering::Greater));
    }

    #[test]
    fn no_value_inside_leaves_equality_open_unless_another_part_decides() {
        let list = |items: &[Datum]| Datum::List(items.to_vec());
        let (one, two) = (Datum::int(1), Datum::int(2));
        let open = list(&[one.clone(), Datum::Null]);
        assert_eq!(open.equals(&list(&[one.clone(), two.clone()])), None);
        assert_eq!(open.equals(&list(&[two, one])), Some(false));
        assert_eq!(open.order(&Datum::Null), Ordering::Less);
    }
}

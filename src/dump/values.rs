//! The values of properties in a dump. Truth, whole numbers, text and lists are what JSON has; all other
//! kinds are an object with one key that says which: `{"date": "2021-03"}`.

use crate::dump::spelled::Word;
use crate::model::temporal::civil::LAST_YEAR;
use crate::model::temporal::values::{DAY, SECOND};
use crate::model::temporal::{Duration, Zone};
use crate::model::{PartialDate, Temporal, Value};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

/// Lists and maps in each other that are written as JSON; what lies deeper is JSON in a text, since
/// readers of JSON go only so deep.
const DEEP: usize = 24;

/// A value of a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Told(pub Value);

/// Values by key, sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(pub Vec<(String, Value)>);

/// A value that is there already, and in how many others it lies.
struct Shown<'v>(&'v Value, usize);

/// An object of one key.
fn tagged<S: Serializer, T: Serialize + ?Sized>(
    to: S,
    key: &str,
    value: &T,
) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Shown(&self.0, 0).serialize(to)
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(truth) => to.serialize_bool(*truth),
            Value::Int(number) => to.serialize_i64(*number),
            Value::Text(text) => to.serialize_str(text),
            Value::Float(number) => tagged(to, "float", &Word(*number)),
            Value::Date(date) => tagged(to, "date", &Word(*date)),
            Value::Temporal(temporal) => tagged(to, "temporal", &time(temporal)),
            of @ (Value::List(_) | Value::Map(_)) if self.1 >= DEEP => {
                let text = serde_json::to_string(&Shown(of, 0));
                tagged(to, "inner", &text.map_err(S::Error::custom)?)
            }
            Value::List(items) => to.collect_seq(items.iter().map(|item| Shown(item, self.1 + 1))),
            Value::Map(pairs) => {
                let pairs = pairs.iter();
                let pairs = pairs.map(|(key, value)| (key, Shown(value, self.1 + 1)));
                tagged(to, "map", &pairs.collect::<Vec<_>>())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Told, D::Error> {
        from.deserialize_any(Reads).map(Told)
    }
}

struct Reads;

impl<'de> Visitor<'de> for Reads {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value: true, 5, \"text\", [ … ] or an object such as {\"date\": \"2021\"}")
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        let small = i64::try_from(number);
        small
            .map(Value::Int)
            .map_err(|_| E::custom(format!("{number} is more than a whole number can be")))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Err(E::custom(format!(
            "a number with a fraction is written {{\"float\": \"{number}\"}}"
        )))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Told(item)) = from.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let Some(key) = from.next_key::<String>()? else {
            return Err(A::Error::custom("an empty object is no value"));
        };
        let value = match key.as_str() {
            "float" => Value::Float(from.next_value::<Word<f64>>()?.0),
            "date" => Value::Date(from.next_value::<Word<PartialDate>>()?.0),
            "temporal" => {
                let time = from.next_value::<Time>()?.temporal();
                Value::Temporal(time.ok_or_else(|| A::Error::custom("there is no such time"))?)
            }
            "map" => {
                let pairs = from.next_value::<Vec<(String, Told)>>()?;
                Value::Map(pairs.into_iter().map(|(key, of)| (key, of.0)).collect())
            }
            "inner" => {
                let text = from.next_value::<String>()?;
                let inner = serde_json::from_str::<Told>(&text);
                inner.map_err(A::Error::custom)?.0
            }
            other => {
                return Err(A::Error::custom(format!(
                    "`{other}` is no kind of value; known are `float`, `date`, `temporal`, `map`, `inner`"
                )));
            }
        };
        match from.next_key::<String>()? {
            None => Ok(value),
            Some(more) => Err(A::Error::custom(format!(
                "`{more}` is too much: a value has one kind"
            ))),
        }
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, Shown(value, 0))))
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Properties, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Properties;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Properties, A::Error> {
                let mut pairs: Vec<(String, Value)> = Vec::new();
                while let Some((key, Told(value))) = from.next_entry::<String, Told>()? {
                    if pairs.last().is_some_and(|(before, _)| *before >= key) {
                        return Err(A::Error::custom(format!(
                            "`{key}` is out of order: keys are sorted, each stands once"
                        )));
                    }
                    pairs.push((key, value));
                }
                Ok(Properties(pairs))
            }
        }
        from.deserialize_map(Pairs)
    }
}

/// A temporal value: exact in numbers, with the text that people read beside them.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Time {
    Date {
        days: i64,
        reads: Option<String>,
    },
    LocalTime {
        nanos: i64,
        reads: Option<String>,
    },
    Time {
        nanos: i64,
        offset: i32,
        reads: Option<String>,
    },
    LocalDateTime {
        days: i64,
        nanos: i64,
        reads: Option<String>,
    },
    DateTime {
        days: i64,
        nanos: i64,
        offset: i32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        reads: Option<String>,
    },
    Duration {
        months: i64,
        days: i64,
        seconds: i64,
        nanos: i64,
        reads: Option<String>,
    },
}

fn time(temporal: &Temporal) -> Time {
    let reads = Some(temporal.to_string());
    match temporal {
        Temporal::Date(days) => Time::Date { days: *days, reads },
        Temporal::LocalTime(nanos) => Time::LocalTime {
            nanos: *nanos,
            reads,
        },
        Temporal::Time(nanos, offset) => Time::Time {
            nanos: *nanos,
            offset: *offset,
            reads,
        },
        Temporal::LocalDateTime(days, nanos) => Time::LocalDateTime {
            days: *days,
            nanos: *nanos,
            reads,
        },
        Temporal::DateTime(days, nanos, zone) => Time::DateTime {
            days: *days,
            nanos: *nanos,
            offset: zone.offset,
            zone: zone.name.as_deref().map(str::to_owned),
            reads,
        },
        Temporal::Duration(of) => Time::Duration {
            months: of.months,
            days: of.days,
            seconds: of.seconds,
            nanos: of.nanos,
            reads,
        },
    }
}

impl Time {
    /// The value again; nothing where no calendar and no clock has it.
    fn temporal(self) -> Option<Temporal> {
        let (days, nanos, offset) = match &self {
            Time::Date { days, .. } => (*days, 0, 0),
            Time::LocalTime { nanos, .. } => (0, *nanos, 0),
            Time::Time { nanos, offset, .. } => (0, *nanos, *offset),
            Time::LocalDateTime { days, nanos, .. } => (*days, *nanos, 0),
            Time::DateTime {
                days,
                nanos,
                offset,
                ..
            } => (*days, *nanos, *offset),
            Time::Duration { nanos, .. } => (0, *nanos, 0),
        };
        let last = LAST_YEAR * 366;
        let most = match &self {
            Time::Duration { .. } => SECOND,
            Time::Date { .. }
            | Time::LocalTime { .. }
            | Time::Time { .. }
            | Time::LocalDateTime { .. }
            | Time::DateTime { .. } => DAY,
        };
        let good = (-last..=last).contains(&days)
            && (0..most).contains(&nanos)
            && (-86_400..=86_400).contains(&offset);
        good.then(|| match self {
            Time::Date { days, .. } => Temporal::Date(days),
            Time::LocalTime { nanos, .. } => Temporal::LocalTime(nanos),
            Time::Time { nanos, offset, .. } => Temporal::Time(nanos, offset),
            Time::LocalDateTime { days, nanos, .. } => Temporal::LocalDateTime(days, nanos),
            Time::DateTime {
                days,
                nanos,
                offset,
                zone,
                ..
            } => {
                let name = zone.map(Into::into);
                Temporal::DateTime(days, nanos, Zone { offset, name })
            }
            Time::Duration {
                months,
                days,
                seconds,
                nanos,
                ..
            } => Temporal::Duration(Duration {
                months,
                days,
                seconds,
                nanos,
            }),
        })
    }
}

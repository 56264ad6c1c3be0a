//! Facts, periods and likelihoods in a few words. Small and shared by all kinds of answers.

use crate::answer::table::Fact;
use crate::graph::{GraphView, Row};
use crate::language::spelling;
use crate::model::{EntityId, Likelihood, PartialDate, Period, Vocabulary};
use serde_json::{Value, json};

/// `APT31 targeted UK_Parliament`
pub fn fact(view: &dyn GraphView, fact: Fact) -> String {
    let name = |id: EntityId| spelling::name(view.entities().name(id));
    let verb = verb(view.vocabulary(), fact);
    format!("{} {verb} {}", name(fact.subject), name(fact.object))
}

/// The verb of a fact as it is said: `targeted`, `attributed to`, `is part of`.
pub fn verb(words: &Vocabulary, fact: Fact) -> String {
    let declared = words.relation(fact.relation);
    let spoken = declared.name.replace('-', " ");
    // A phrase that is declared without a verb of its own is said with `is`, unless it has one already.
    let first = declared.name.split('-').next().unwrap_or_default();
    let verbal = first.ends_with("ed") || first.ends_with('s');
    match declared.name.contains('-') && declared.base.is_none() && !verbal {
        true => format!("is {spoken}"),
        false => spoken,
    }
}

/// The fact of a claim's row as it was stated: of whom it was said, if others stand for them now.
pub fn stated_of(view: &dyn GraphView, row: Row) -> Fact {
    let (subject, object) = view.columns().stated_ends(row);
    Fact {
        subject,
        relation: view.columns().relation(row),
        object,
    }
}

/// The fact of a claim's row.
pub fn fact_of(view: &dyn GraphView, row: Row) -> Fact {
    let (subject, relation, object) = view.columns().ends(row);
    Fact {
        subject: EntityId(subject),
        relation: crate::model::RelationId(relation),
        object: EntityId(object),
    }
}

/// A claim by its number, `#12`; what a rule gives has none.
pub fn number(view: &dyn GraphView, row: Row) -> String {
    match view.columns().is_derived(row) {
        true => "derived".to_owned(),
        false => format!("#{}", view.columns().id(row).0),
    }
}

/// `2021`, `2021 – 2022`, `since 2019`, `before 2022`, nothing where unknown.
pub fn period(period: Period) -> String {
    match (period.from, period.until) {
        (None, None) => String::new(),
        (Some(from), Some(until)) if from == until => from.to_string(),
        (Some(from), Some(until)) => format!("{from} – {until}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(until)) if period.exclusive => format!("before {until}"),
        (None, Some(until)) => format!("until {until}"),
    }
}

/// `almost certain (95–100%)`, `70%`, `unknown` is left empty.
pub fn likelihood(given: Option<&Likelihood>) -> String {
    given.map_or(String::new(), Likelihood::to_string)
}

/// A date for programs: as given, or null.
pub fn date(date: Option<PartialDate>) -> Value {
    date.map_or(Value::Null, |date| json!(date.to_string()))
}

/// Names for programs.
pub fn names(view: &dyn GraphView, ids: &[EntityId]) -> Value {
    Value::Array(
        ids.iter()
            .map(|id| json!(view.entities().name(*id)))
            .collect(),
    )
}

/// Names for people.
pub fn listed(view: &dyn GraphView, ids: &[EntityId]) -> String {
    ids.iter()
        .map(|id| view.entities().name(*id))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The types of an entity for programs.
pub fn types(view: &dyn GraphView, id: EntityId) -> Value {
    let words = view.vocabulary();
    let types = view.entities().get(id).types.iter();
    Value::Array(types.map(|kind| json!(words.type_of(*kind).name)).collect())
}

/// A number of percent for programs: rounded to a hundredth, since it is held in single precision.
pub fn percent(number: Option<f32>) -> Value {
    number.map_or(Value::Null, |number| {
        let rounded = (f64::from(number) * 100.0).round() / 100.0;
        match rounded.fract() == 0.0 {
            true => json!(rounded as i64),
            false => json!(rounded),
        }
    })
}

/// A property's value for programs: dates as text.
pub fn value(value: &crate::model::Value) -> Value {
    use crate::model::Value as Given;
    match value {
        Given::Bool(value) => json!(value),
        Given::Int(value) => json!(value),
        Given::Float(value) => json!(value),
        Given::Text(value) => json!(value),
        Given::Date(value) => json!(value.to_string()),
        Given::Temporal(value) => json!(value.to_string()),
        Given::List(values) => Value::Array(values.iter().map(self::value).collect()),
        Given::Map(pairs) => Value::Object(
            pairs
                .iter()
                .map(|(key, of)| (key.clone(), self::value(of)))
                .collect(),
        ),
    }
}

/// A marking for programs.
pub fn marking(marking: Option<crate::model::Marking>) -> Value {
    marking.map_or(Value::Null, |marking| json!(marking.name()))
}

/// A count with its noun: `1 claim`, `3 claims`.
pub fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {}", crate::model::forms::plural(noun)),
    }
}

/// A second as a point in time, to the second.
pub fn instant(seconds: i64) -> String {
    PartialDate::second(seconds).to_string()
}

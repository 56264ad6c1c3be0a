//! Claims made by chance, for property tests: every field, dates of every precision, names with signs
//! that formats have a use of their own for.
#![allow(dead_code)] // Each test uses some of it.

use proptest::prelude::*;
use whodunit::model::{
    Change, Claim, Confidence, Credibility, Likelihood, Marking, PartialDate, Period, Polarity,
    RelationDeclaration, RelationId, Reliability, Scale, Value,
};

/// How many relations the cases have beside the built-in one.
pub const RELATIONS: u16 = 3;

/// A handle: plain, of several words, a keyword, or with odd signs.
pub fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0u8..6).prop_map(|n| format!("E{n}")),
        1 => Just("Two Words".to_owned()),
        1 => Just("who".to_owned()),
        1 => Just("type".to_owned()),
        1 => Just("Retract".to_owned()),
        1 => Just("quote\"d \\ back".to_owned()),
        1 => Just("Käse.GmbH".to_owned()),
        1 => Just("semi;colon".to_owned()),
        1 => Just("=1+1".to_owned()),
        1 => Just("'tick`".to_owned()),
    ]
}

/// A date to a year, a month or a day.
pub fn date() -> impl Strategy<Value = PartialDate> {
    prop_oneof![
        (2018i16..2023).prop_map(|year| PartialDate::year(year).expect("a year")),
        (2018i16..2023, 1i8..=12)
            .prop_map(|(year, month)| PartialDate::month(year, month).expect("a month")),
        (2018i16..2023, 1i8..=12, 1i8..=28)
            .prop_map(|(year, month, day)| PartialDate::day(year, month, day).expect("a day")),
    ]
}

/// When it happened.
pub fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        3 => Just(Period::UNKNOWN),
        3 => date().prop_map(Period::on),
        1 => date().prop_map(Period::since),
        1 => date().prop_map(Period::before),
        1 => date().prop_map(Period::until),
        2 => (date(), date())
            .prop_map(|(a, b)| if a.start() <= b.start() { Period::between(a, b) } else { Period::between(b, a) })
            .prop_filter("a period that is written as one date reads as one", |period| {
                period.until.is_some_and(|until| until.end() > period.start())
            }),
    ]
}

/// How likely, on any scale, or not given.
pub fn likelihood() -> impl Strategy<Value = Option<Likelihood>> {
    prop_oneof![
        2 => Just(None),
        1 => (0u8..=100).prop_map(|n| Likelihood::percent(f32::from(n))),
        1 => Just(Likelihood::term(Scale::Phia, "highly likely")),
        1 => Just(Likelihood::term(Scale::Words, "likely")),
        1 => Just(Likelihood::term(Scale::Words, "remote chance")),
        1 => Just(Likelihood::term(Scale::Icd203, "likely")),
        1 => Just(Likelihood::term(Scale::Stix, "Med")),
        1 => Just(Likelihood::percent(33.3)),
    ]
}

prop_compose! {
    /// A claim with any field.
    pub fn claim()(
        subject in name().boxed(),
        relation in 1u16..=RELATIONS,
        object in name().boxed(),
        denied in prop::bool::weighted(0.2),
        sources in prop::collection::btree_set(name().boxed(), 0..3).boxed(),
        via in prop::collection::vec(name().boxed(), 0..2).boxed(),
        likelihood in likelihood().boxed(),
        confidence in prop_oneof![3 => Just(None), 1 => Just(Some(Confidence::High))],
        grades in (prop::option::weighted(0.2, 0usize..6), prop::option::weighted(0.2, 1u8..=6)),
        valid in period().boxed(),
        reported in prop::option::of(date().boxed()),
        quote in prop::option::weighted(0.2, "[a-z \"\\\\\n]{0,12}"),
        place in (prop::option::weighted(0.2, "https://[a-z]{1,5}\\.example/[a-z?&=]{0,5}"), prop::option::weighted(0.2, "[a-z \"';,|]{1,8}")),
        marking in prop_oneof![
            5 => Just(None),
            1 => (0usize..Marking::ALL.len()).prop_map(|at| Some(Marking::ALL[at])),
        ],
        count in prop::option::weighted(0.2, any::<i32>()),
    ) -> Claim<String> {
        let polarity = if denied { Polarity::Denied } else { Polarity::Asserted };
        let properties = count.map(|n| ("n".to_owned(), Value::Int(i64::from(n)))).into_iter().collect();
        Claim {
            polarity,
            sources: sources.into_iter().collect(),
            via,
            likelihood,
            confidence,
            reliability: grades.0.map(|at| Reliability::ALL[at]),
            credibility: grades.1.and_then(Credibility::new),
            valid,
            reported,
            reference: place.0,
            locator: place.1,
            quote,
            marking,
            properties,
            ..Claim::new(subject, RelationId(relation), object)
        }
    }
}

/// The relations, declared.
pub fn declarations() -> Vec<Change> {
    (1..=RELATIONS)
        .map(|n| {
            Change::DeclareRelation(Box::new(RelationDeclaration {
                name: format!("did{n}"),
                base: Some(format!("do{n}")),
                past: Some(format!("did{n}")),
                ..RelationDeclaration::default()
            }))
        })
        .collect()
}

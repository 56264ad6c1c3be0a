//! Plain things that are one word in a dump: dates, grades, numbers with a fraction. A word is read only
//! if it is how the thing is written.

use crate::model::compare::Compare;
use crate::model::{Confidence, Form, Marking, PartialDate, Polarity, Reliability, Scale};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// What is one word in a dump.
pub trait Spelled: Sized {
    /// What it is, for those who wrote something else.
    const KIND: &'static str;
    /// The word.
    fn spell(&self) -> String;
    /// What a word means.
    fn read(word: &str) -> Option<Self>;
}

/// A thing that is written as one word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word<T>(pub T);

impl<T: Spelled> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.spell())
    }
}

impl<'de, T: Spelled> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Word<T>, D::Error> {
        struct Reads<T>(std::marker::PhantomData<T>);
        impl<T: Spelled> Visitor<'_> for Reads<T> {
            type Value = Word<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} in quotes", T::KIND)
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Word<T>, E> {
                let read = T::read(word).map(Word);
                read.ok_or_else(|| E::custom(format!("`{word}` is not {}", T::KIND)))
            }
        }
        from.deserialize_str(Reads(std::marker::PhantomData))
    }
}

impl Spelled for PartialDate {
    const KIND: &'static str = "a date such as 2021, 2021-03 or 2021-03-25";

    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(word: &str) -> Option<PartialDate> {
        PartialDate::parse(word)
    }
}

impl Spelled for f64 {
    const KIND: &'static str = "a number";

    // The shortest digits from which the very same number is read.
    fn spell(&self) -> String {
        format!("{self:?}")
    }

    fn read(word: &str) -> Option<f64> {
        word.parse().ok()
    }
}

impl Spelled for f32 {
    const KIND: &'static str = "a number";

    fn spell(&self) -> String {
        format!("{self:?}")
    }

    fn read(word: &str) -> Option<f32> {
        word.parse().ok()
    }
}

impl Spelled for Compare {
    const KIND: &'static str = "a comparison: =, <>, <, <=, >, >=";

    fn spell(&self) -> String {
        self.symbol().to_owned()
    }

    fn read(word: &str) -> Option<Compare> {
        let all = [
            Compare::Equal,
            Compare::NotEqual,
            Compare::Less,
            Compare::LessOrEqual,
            Compare::Greater,
            Compare::GreaterOrEqual,
        ];
        all.into_iter().find(|of| of.symbol() == word)
    }
}

impl Spelled for Scale {
    const KIND: &'static str = "a scale: words, PHIA, ICD203, percent, STIX";

    fn spell(&self) -> String {
        self.name().to_owned()
    }

    fn read(word: &str) -> Option<Scale> {
        Scale::named(word)
    }
}

impl Spelled for Polarity {
    const KIND: &'static str = "a polarity: asserted, denied";

    fn spell(&self) -> String {
        match self {
            Polarity::Asserted => "asserted".to_owned(),
            Polarity::Denied => "denied".to_owned(),
        }
    }

    fn read(word: &str) -> Option<Polarity> {
        let all = [Polarity::Asserted, Polarity::Denied];
        all.into_iter().find(|of| of.spell() == word)
    }
}

impl Spelled for Confidence {
    const KIND: &'static str = "a confidence: low, moderate, high";

    fn spell(&self) -> String {
        self.name().to_owned()
    }

    fn read(word: &str) -> Option<Confidence> {
        Confidence::named(word)
    }
}

impl Spelled for Reliability {
    const KIND: &'static str = "a reliability from A to F";

    fn spell(&self) -> String {
        self.letter().to_string()
    }

    fn read(word: &str) -> Option<Reliability> {
        let mut letters = word.chars();
        let letter = letters.next()?;
        match letters.next() {
            None => Reliability::from_letter(letter),
            Some(_) => None,
        }
    }
}

impl Spelled for Marking {
    const KIND: &'static str = "a marking such as TLP:AMBER";

    fn spell(&self) -> String {
        self.name().to_owned()
    }

    fn read(word: &str) -> Option<Marking> {
        Marking::named(word)
    }
}

impl Spelled for Form {
    const KIND: &'static str = "a form: base, third, past, participle, gerund, noun, phrase";

    fn spell(&self) -> String {
        let word = match self {
            Form::Base => "base",
            Form::Third => "third",
            Form::Past => "past",
            Form::Participle => "participle",
            Form::Gerund => "gerund",
            Form::Noun => "noun",
            Form::Phrase => "phrase",
        };
        word.to_owned()
    }

    fn read(word: &str) -> Option<Form> {
        let all = [
            Form::Base,
            Form::Third,
            Form::Past,
            Form::Participle,
            Form::Gerund,
            Form::Noun,
            Form::Phrase,
        ];
        all.into_iter().find(|form| form.spell() == word)
    }
}

//! How sure a source is: the scale and the term as given, and the number derived from them. It
//! keeps likelihood, analytic confidence, reliability and credibility apart and blends none.
//!
//! Scales and their bounds, in percent:
//! - PHIA probability yardstick (UK Professional Head of Intelligence Assessment): remote chance
//!   0–5, highly unlikely 10–20, unlikely 25–35, realistic possibility 40–50, likely 55–75, highly
//!   likely 80–90, almost certain 95–100. The gaps are deliberate.
//! - ICD 203 (US Intelligence Community Directive 203): 1–5, 5–20, 20–45, 45–55, 55–80, 80–95,
//!   95–99.
//! - STIX 2.1, appendix A: None 0, Low 15, Med 50, High 85.

use minicbor::{Decode, Encode};
use serde::Serialize;

/// The yardstick on which a likelihood was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(index_only)]
pub enum Scale {
    /// A word without a named yardstick; read as PHIA reads it, and shown as the word it is.
    #[n(0)]
    Words,
    /// UK PHIA probability yardstick.
    #[n(1)]
    Phia,
    /// US ICD 203.
    #[n(2)]
    Icd203,
    /// A number of percent.
    #[n(3)]
    Percent,
    /// STIX 2.1 None / Low / Med / High.
    #[n(4)]
    Stix,
}

impl Scale {
    /// All scales, in the order of their documentation.
    pub const ALL: [Scale; 5] = [
        Scale::Words,
        Scale::Phia,
        Scale::Icd203,
        Scale::Percent,
        Scale::Stix,
    ];

    /// The name as it is written in a statement: `PHIA`.
    pub fn name(self) -> &'static str {
        match self {
            Scale::Words => "words",
            Scale::Phia => "PHIA",
            Scale::Icd203 => "ICD203",
            Scale::Percent => "percent",
            Scale::Stix => "STIX",
        }
    }

    /// The scale of that name, in any case: `phia`, `ICD203`, `ICD-203`.
    pub fn named(name: &str) -> Option<Scale> {
        let plain = name.replace(['-', ' ', '_'], "");
        Scale::ALL
            .into_iter()
            .find(|scale| scale.name().eq_ignore_ascii_case(&plain))
    }

    /// Its terms with their bounds in percent, least likely first.
    pub fn terms(self) -> &'static [Term] {
        match self {
            Scale::Words | Scale::Phia => PHIA,
            Scale::Icd203 => ICD203,
            Scale::Stix => STIX,
            Scale::Percent => &[],
        }
    }
}

/// A term of a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// The term as the scale prints it.
    pub name: &'static str,
    /// Other spellings: adverbs, synonyms that the scale's own document gives.
    pub also: &'static [&'static str],
    /// Lower bound in percent.
    pub low: f32,
    /// Upper bound in percent.
    pub high: f32,
}

const fn term(name: &'static str, also: &'static [&'static str], low: f32, high: f32) -> Term {
    Term {
        name,
        also,
        low,
        high,
    }
}

const PHIA: &[Term] = &[
    term("remote chance", &["remotely"], 0.0, 5.0),
    term("highly unlikely", &["very unlikely"], 10.0, 20.0),
    term("unlikely", &["improbably", "improbable"], 25.0, 35.0),
    term(
        "realistic possibility",
        &["possibly", "possible"],
        40.0,
        50.0,
    ),
    term("likely", &["probably", "probable"], 55.0, 75.0),
    term(
        "highly likely",
        &["very likely", "very probably", "highly probable"],
        80.0,
        90.0,
    ),
    term(
        "almost certain",
        &["almost certainly", "certainly", "certain", "nearly certain"],
        95.0,
        100.0,
    ),
];

const ICD203: &[Term] = &[
    term("almost no chance", &["remote"], 1.0, 5.0),
    term(
        "very unlikely",
        &["highly unlikely", "highly improbable"],
        5.0,
        20.0,
    ),
    term("unlikely", &["improbable", "improbably"], 20.0, 45.0),
    term("roughly even chance", &["roughly even odds"], 45.0, 55.0),
    term("likely", &["probable", "probably"], 55.0, 80.0),
    term(
        "very likely",
        &["highly likely", "highly probable"],
        80.0,
        95.0,
    ),
    term(
        "almost certain",
        &["almost certainly", "nearly certain"],
        95.0,
        99.0,
    ),
];

const STIX: &[Term] = &[
    term("None", &[], 0.0, 0.0),
    term("Low", &[], 15.0, 15.0),
    term("Med", &["Medium", "Moderate"], 50.0, 50.0),
    term("High", &[], 85.0, 85.0),
];

/// A likelihood as given.
#[derive(Clone, Debug, PartialEq, Serialize, Encode, Decode)]
pub struct Likelihood {
    /// The yardstick.
    #[n(0)]
    pub scale: Scale,
    /// The scale's own name of the term; the number as written for [`Scale::Percent`].
    #[n(1)]
    pub term: String,
    /// Percent, derived: the middle of the term's bounds, or the number as given.
    #[n(2)]
    pub number: f32,
}

impl Likelihood {
    /// The term `text` of a scale, by its name or another spelling, in any case.
    pub fn term(scale: Scale, text: &str) -> Option<Likelihood> {
        let text = text.trim().replace(['-', '_'], " ");
        let found = scale.terms().iter().find(|term| {
            term.name.eq_ignore_ascii_case(&text)
                || term
                    .also
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(&text))
        })?;
        let number = (found.low + found.high) / 2.0;
        Some(Likelihood {
            scale,
            term: found.name.to_owned(),
            number,
        })
    }

    /// A number of percent, `0 ..= 100`; `None` outside or not a number.
    pub fn percent(number: f32) -> Option<Likelihood> {
        (0.0..=100.0).contains(&number).then(|| Likelihood {
            scale: Scale::Percent,
            term: format!("{number}%"),
            number,
        })
    }

    /// The bounds in percent within which a source that used this term places the chance.
    pub fn bounds(&self) -> (f32, f32) {
        self.scale
            .terms()
            .iter()
            .find(|term| term.name == self.term)
            .map_or((self.number, self.number), |term| (term.low, term.high))
    }
}

impl std::fmt::Display for Likelihood {
    /// `PHIA: almost certain (95–100%)`, `likely (55–75%)`, `70%`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (low, high) = self.bounds();
        match self.scale {
            Scale::Percent => write!(f, "{}", self.term),
            Scale::Words => write!(f, "{} ({low}–{high}%)", self.term),
            Scale::Stix => write!(f, "STIX: {} ({low}%)", self.term),
            Scale::Phia | Scale::Icd203 => {
                write!(f, "{}: {} ({low}–{high}%)", self.scale.name(), self.term)
            }
        }
    }
}

/// Analytic confidence: how good the basis of an assessment is, not how likely the thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Low confidence.
    #[n(0)]
    Low,
    /// Moderate confidence.
    #[n(1)]
    Moderate,
    /// High confidence.
    #[n(2)]
    High,
}

impl Confidence {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Moderate => "moderate",
            Confidence::High => "high",
        }
    }

    /// The level of that name, in any case; `medium` is `moderate`.
    pub fn named(name: &str) -> Option<Confidence> {
        match name.to_ascii_lowercase().as_str() {
            "low" => Some(Confidence::Low),
            "moderate" | "medium" => Some(Confidence::Moderate),
            "high" => Some(Confidence::High),
            _ => None,
        }
    }
}

/// Admiralty code of a source, NATO AJP-2.1: A completely reliable … E unreliable, F cannot be
/// judged. F is unknown, not a middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(index_only)]
#[allow(missing_docs)]
pub enum Reliability {
    #[n(0)]
    A,
    #[n(1)]
    B,
    #[n(2)]
    C,
    #[n(3)]
    D,
    #[n(4)]
    E,
    #[n(5)]
    F,
}

impl Reliability {
    /// All grades, best first.
    pub const ALL: [Reliability; 6] = [
        Reliability::A,
        Reliability::B,
        Reliability::C,
        Reliability::D,
        Reliability::E,
        Reliability::F,
    ];

    /// The letter.
    pub fn letter(self) -> char {
        (b'A' + self as u8) as char
    }

    /// The grade of a letter, in any case.
    pub fn from_letter(letter: char) -> Option<Reliability> {
        Reliability::ALL
            .into_iter()
            .find(|grade| grade.letter() == letter.to_ascii_uppercase())
    }
}

/// Admiralty code of an information, NATO AJP-2.1: 1 confirmed … 5 improbable, 6 cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(transparent)]
pub struct Credibility(#[n(0)] u8);

impl Credibility {
    /// The grade 1 to 6.
    pub fn new(grade: u8) -> Option<Credibility> {
        (1..=6).contains(&grade).then_some(Credibility(grade))
    }

    /// 1 to 6.
    pub fn grade(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Likelihood, Scale};

    #[test]
    fn the_same_word_has_the_bounds_of_its_own_scale() {
        let phia = Likelihood::term(Scale::Phia, "probably").expect("a term");
        let icd = Likelihood::term(Scale::Icd203, "probable").expect("a term");
        assert_eq!(
            (phia.term.as_str(), phia.bounds()),
            ("likely", (55.0, 75.0))
        );
        assert_eq!((icd.term.as_str(), icd.bounds()), ("likely", (55.0, 80.0)));
        assert_eq!(phia.to_string(), "PHIA: likely (55–75%)");
    }

    #[test]
    fn a_number_outside_percent_is_refused() {
        assert!(Likelihood::percent(101.0).is_none());
        assert!(Likelihood::percent(f32::NAN).is_none());
        assert_eq!(
            Likelihood::percent(70.0).expect("percent").to_string(),
            "70%"
        );
    }
}

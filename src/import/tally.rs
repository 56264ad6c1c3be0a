//! What came in by kind, and what was odd: once a kind, with a count and the first places. It decides
//! nothing; readers say what is odd.

use crate::import::document::Place;
use std::borrow::Cow;

/// How many places of an oddity are kept.
const PLACES: usize = 3;

/// How many of each kind came from a document, in the order of first mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(Vec<(Cow<'static, str>, usize)>);

impl Counts {
    /// So many more of a kind, named by its plural: `actors`.
    pub fn add(&mut self, kind: impl Into<Cow<'static, str>>, more: usize) {
        let kind = kind.into();
        match self.0.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += more,
            None => self.0.push((kind, more)),
        }
    }

    /// How many of a kind.
    pub fn of(&self, kind: &str) -> usize {
        let known = self.0.iter().find(|(known, _)| known == kind);
        known.map_or(0, |(_, count)| *count)
    }

    /// Kinds and counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(kind, count)| (kind.as_ref(), *count))
    }
}

/// Something odd that did not keep the rest from coming in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// What it is, so that it reads behind a count: `relationship without an end`.
    pub kind: Cow<'static, str>,
    /// How often.
    pub count: usize,
    /// The first places.
    pub places: Vec<Place>,
}

/// Oddities by kind, in the order of first mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oddities(Vec<Oddity>);

impl Oddities {
    /// One more of a kind.
    pub fn add(&mut self, kind: impl Into<Cow<'static, str>>, place: Place) {
        let kind = kind.into();
        let at = match self.0.iter().position(|known| known.kind == kind) {
            Some(at) => at,
            None => {
                self.0.push(Oddity {
                    kind,
                    count: 0,
                    places: Vec::new(),
                });
                self.0.len() - 1
            }
        };
        let known = &mut self.0[at];
        known.count += 1;
        if known.places.len() < PLACES && !known.places.contains(&place) {
            known.places.push(place);
        }
    }

    /// All kinds.
    pub fn iter(&self) -> impl Iterator<Item = &Oddity> {
        self.0.iter()
    }
}

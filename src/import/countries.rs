//! Countries by their codes and names, so that `GB`, `GBR`, `Great Britain` and `United Kingdom` are one.
//! It knows spellings; it says nothing about what a country is.

use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::text::fold;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The scheme of ids under which countries have their codes of two letters.
pub const SCHEME: &str = "iso3166";

const TABLE: &str = include_str!("../../data/countries.txt");

/// A country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters of ISO 3166-1.
    pub code: &'static str,
    /// The name under which it is known here.
    pub name: &'static str,
}

static MEANT: LazyLock<FxHashMap<String, Country>> = LazyLock::new(|| {
    let mut meant = FxHashMap::default();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(3, ' ');
        let (Some(code), Some(three), Some(names)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let mut names = names.split("; ");
        let Some(name) = names.next() else {
            continue;
        };
        let country = Country { code, name };
        for word in [code, three, name].into_iter().chain(names) {
            meant.entry(fold(word)).or_insert(country);
        }
    }
    meant
});

/// The country that a code or a name means, in any case.
pub fn meant(text: &str) -> Option<Country> {
    MEANT.get(&fold(text)).copied()
}

impl Harvest<'_> {
    /// The entity of the country that a code or a name means: known by its code, and by name where the
    /// case has it without one.
    pub fn country(&mut self, text: &str) -> Option<Ref> {
        let country = meant(text)?;
        let entity = self.identified(SCHEME, country.code);
        if !self.is_described(entity) {
            let kind = self.kind("country");
            self.describe(
                entity,
                Said {
                    name: country.name.to_owned(),
                    types: vec![kind],
                    meeting: Meeting::ByName,
                    ..Said::default()
                },
            );
        }
        Some(entity)
    }
}

#[cfg(test)]
mod tests {
    use super::{TABLE, meant};

    #[test]
    fn codes_and_names_of_a_country_are_one() {
        for text in ["GB", "gbr", "UK", "United Kingdom", "great britain"] {
            assert_eq!(
                meant(text).map(|of| of.name),
                Some("United Kingdom"),
                "{text}"
            );
        }
        let name = |text| meant(text).map(|of| of.name);
        assert_eq!(
            name("Korea (Democratic People's Republic of)"),
            Some("North Korea")
        );
        assert_eq!(name("Iran (Islamic Republic of)"), Some("Iran"));
        assert_eq!(name("Middle East"), None);
    }

    #[test]
    fn every_line_of_the_table_reads_as_its_own_country() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        assert!(lines.clone().count() > 240, "the table is whole");
        for line in lines {
            let (code, rest) = line.split_at(2);
            let (three, names) = rest[1..].split_at(3);
            for word in [code, three].into_iter().chain(names.trim().split("; ")) {
                assert_eq!(meant(word).map(|of| of.code), Some(code), "{word}");
            }
        }
    }
}

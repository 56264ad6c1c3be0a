//! An item of FollowTheMoney as all its forms are read: a schema and properties, each value with the
//! dataset that says so where that is known. It makes no claims.

use crate::import::document::Place;
use crate::import::json;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// The scheme of the ids.
pub const SCHEME: &str = "ftm";

/// A value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The dataset that says so, by its place among those of the item.
    pub dataset: Option<usize>,
}

/// A text that a case can hold.
pub fn clean(text: String) -> String {
    json::sayable(Cow::Owned(text)).into_owned()
}

/// An entity of FollowTheMoney, which may be a node or an edge.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its schema.
    pub schema: String,
    /// How it is called for short.
    pub caption: Option<String>,
    /// Properties by name, in their order.
    pub properties: Vec<(String, Vec<Said>)>,
    /// The datasets that have it.
    pub datasets: Vec<String>,
    /// What else stands beside the properties.
    pub rest: Map<String, Json>,
    /// Where it begins.
    pub place: Place,
}

impl Item {
    /// The values of a property.
    pub fn texts<'i>(&'i self, key: &str) -> impl Iterator<Item = &'i str> {
        self.said(key).map(|said| said.text.as_str())
    }

    /// The values of a property with their datasets.
    pub fn said<'i>(&'i self, key: &str) -> impl Iterator<Item = &'i Said> {
        let found = self.properties.iter().find(|(known, _)| known == key);
        found.into_iter().flat_map(|(_, said)| said)
    }

    /// One more value of a property; the same again changes nothing.
    pub fn say(&mut self, key: &str, mut said: Said) {
        said.text = clean(said.text);
        let at = match self.properties.iter().position(|(known, _)| known == key) {
            Some(at) => at,
            None => {
                self.properties.push((key.to_owned(), Vec::new()));
                self.properties.len() - 1
            }
        };
        let known = &mut self.properties[at].1;
        if !said.text.trim().is_empty() && !known.contains(&said) {
            known.push(said);
        }
    }

    /// What another piece of the same entity says is added.
    pub fn join(&mut self, other: Item) {
        let place = |item: &mut Item, name: &str| {
            let known = item.datasets.iter().position(|known| known == name);
            known.unwrap_or_else(|| {
                item.datasets.push(name.to_owned());
                item.datasets.len() - 1
            })
        };
        let places: Vec<usize> = other
            .datasets
            .iter()
            .map(|name| place(self, name))
            .collect();
        for (key, all) in other.properties {
            for said in all {
                let dataset = said.dataset.and_then(|at| places.get(at).copied());
                self.say(
                    &key,
                    Said {
                        text: said.text,
                        dataset,
                    },
                );
            }
        }
        self.caption = self.caption.take().or(other.caption);
        for (key, json) in other.rest {
            self.rest.insert(key, json);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_no_text_can_hold_is_replaced() {
        assert_eq!(clean("a\0b".to_owned()), "a\u{fffd}b");
    }
}

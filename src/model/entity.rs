//! An entity: one thing in the world, under one unique handle.

use crate::model::ids::TypeId;
use crate::model::value::Value;
use minicbor::{Decode, Encode};

/// One thing in the world.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Entity {
    /// The handle, unique among entities (the names of `also-known-as` apart).
    #[n(0)]
    pub name: String,
    /// Its types as declared, without their parents, sorted.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub types: Vec<TypeId>,
    /// A display title.
    #[n(2)]
    pub title: Option<String>,
    /// Whether it is an anonymous party, named for what a text says of it.
    #[cbor(n(3), default)]
    pub unnamed: bool,
    /// Properties, sorted by key.
    #[cbor(n(4), skip_if = "Vec::is_empty")]
    pub properties: Vec<(String, Value)>,
    /// Whether it was made by a query that gave it no handle: then `name` is a property like others.
    #[cbor(n(5), default)]
    pub made: bool,
    /// Outside ids as (scheme, id), sorted.
    #[cbor(n(6), skip_if = "Vec::is_empty")]
    pub ids: Vec<(String, String)>,
}

impl Entity {
    /// The value under a key; `title` and `name` are read from their own fields.
    pub fn property(&self, key: &str) -> Option<Value> {
        match key {
            "name" => Some(Value::Text(self.name.clone())),
            "title" => self.title.clone().map(Value::Text),
            "unnamed" => self.unnamed.then_some(Value::Bool(true)),
            key => {
                let property = self.properties.iter().find(|(known, _)| known == key);
                property.map(|(_, value)| value.clone()).or_else(|| {
                    let id = self.ids.iter().find(|(scheme, _)| scheme == key);
                    id.map(|(_, id)| Value::Text(id.clone()))
                })
            }
        }
    }
}

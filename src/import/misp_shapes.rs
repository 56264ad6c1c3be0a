//! The shapes of MISP events in JSON, as far as they are read. Numbers come as numbers or as texts, which is
//! left to whoever reads them.

#![allow(missing_docs)] // The names are those of the format.

use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    #[serde(rename = "uuid")]
    pub uuid: Option<String>,
    #[serde(rename = "info")]
    pub info: String,
    #[serde(rename = "date")]
    pub date: Option<String>,
    #[serde(rename = "timestamp")]
    pub timestamp: Option<Json>,
    #[serde(rename = "threat_level_id")]
    pub threat_level: Option<Json>,
    #[serde(rename = "analysis")]
    pub analysis: Option<Json>,
    #[serde(rename = "published")]
    pub published: Option<Json>,
    pub org: Option<Org>,
    pub orgc: Option<Org>,
    #[serde(default)]
    pub attribute: Vec<Attribute>,
    #[serde(default)]
    pub object: Vec<Object>,
    #[serde(default)]
    pub tag: Vec<Tag>,
    #[serde(default)]
    pub galaxy: Vec<Galaxy>,
    #[serde(default)]
    pub related_event: Vec<RelatedEvent>,
    #[serde(default)]
    pub note: Vec<Note>,
    #[serde(default)]
    pub opinion: Vec<Opinion>,
    #[serde(default)]
    pub relationship: Vec<Relationship>,
    #[serde(default)]
    pub event_report: Vec<EventReport>,
}

#[derive(Debug, Deserialize)]
pub struct EventReport {
    pub uuid: Option<String>,
    pub name: Option<String>,
    pub content: Option<String>,
    pub timestamp: Option<Json>,
    #[serde(default)]
    pub deleted: Json,
    #[serde(default, rename = "Tag")]
    pub tag: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
pub struct Org {
    pub name: Option<String>,
    pub uuid: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Attribute {
    pub uuid: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Json,
    pub category: Option<String>,
    pub comment: Option<String>,
    pub to_ids: Option<Json>,
    pub timestamp: Option<Json>,
    pub first_seen: Option<String>,
    pub last_seen: Option<String>,
    pub object_relation: Option<String>,
    /// The bytes of an attachment, which are not read.
    pub data: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    pub deleted: Json,
    #[serde(default, rename = "Tag")]
    pub tag: Vec<Tag>,
    #[serde(default, rename = "Galaxy")]
    pub galaxy: Vec<Galaxy>,
    #[serde(default, rename = "Sighting")]
    pub sighting: Vec<Sighting>,
    #[serde(default, rename = "Opinion")]
    pub opinion: Vec<Opinion>,
    #[serde(default, rename = "Relationship")]
    pub relationship: Vec<Relationship>,
}

#[derive(Debug, Deserialize)]
pub struct Object {
    pub uuid: Option<String>,
    pub name: String,
    pub description: Option<String>,
    pub comment: Option<String>,
    pub timestamp: Option<Json>,
    pub first_seen: Option<String>,
    pub last_seen: Option<String>,
    #[serde(default)]
    pub deleted: Json,
    #[serde(default, rename = "Attribute")]
    pub attribute: Vec<Attribute>,
    #[serde(default, rename = "ObjectReference")]
    pub reference: Vec<ObjectReference>,
    #[serde(default, rename = "Opinion")]
    pub opinion: Vec<Opinion>,
    #[serde(default, rename = "Relationship")]
    pub relationship: Vec<Relationship>,
}

#[derive(Debug, Deserialize)]
pub struct ObjectReference {
    pub referenced_uuid: Option<String>,
    pub relationship_type: Option<String>,
    pub comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Tag {
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Galaxy {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    #[serde(default, rename = "GalaxyCluster")]
    pub cluster: Vec<Cluster>,
}

#[derive(Debug, Deserialize)]
pub struct Cluster {
    pub uuid: Option<String>,
    pub value: String,
    pub description: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Sighting {
    #[serde(rename = "type")]
    pub kind: Option<Json>,
    pub date_sighting: Option<Json>,
    #[serde(rename = "Organisation")]
    pub organisation: Option<Org>,
}

#[derive(Debug, Deserialize)]
pub struct RelatedEvent {
    #[serde(rename = "Event")]
    pub event: Related,
}

#[derive(Debug, Deserialize)]
pub struct Related {
    pub uuid: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Note {
    pub note: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Opinion {
    pub opinion: Json,
    pub comment: Option<String>,
    pub authors: Option<String>,
    pub created: Option<String>,
    #[serde(rename = "Orgc")]
    pub orgc: Option<Org>,
}

#[derive(Debug, Deserialize)]
pub struct Relationship {
    pub relationship_type: Option<String>,
    pub related_object_uuid: Option<String>,
    pub authors: Option<String>,
}

/// A number, or a text that is one.
pub fn number(json: &Json) -> Option<i64> {
    match json.as_str() {
        Some(text) => text.trim().parse().ok(),
        None => json.as_i64(),
    }
}

/// Whether a flag is set: `true`, `1` or `"1"`.
pub fn flag(json: &Json) -> bool {
    json.as_bool() == Some(true) || number(json) == Some(1)
}

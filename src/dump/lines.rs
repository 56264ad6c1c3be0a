//! The lines of a dump, a kind each: which fields it has and which of them may be left out. Fields that
//! end in `name` or `names`, `at` and `reads` are for people, and are not read again.

use crate::dump::spelled::Word;
use crate::dump::values::{Properties, Told};
use crate::model::{
    Confidence, Form, Marking, PartialDate, Polarity, RelationDeclaration, Reliability, Scale,
    TypeDeclaration,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the first line says that it is.
pub const DUMP: &str = "dump";
/// The version of the text.
pub const VERSION: u32 = 1;

/// Which line it is, whatever else it says.
#[derive(Debug, Deserialize)]
pub struct Kind {
    /// The first line.
    pub whodunit: Option<IgnoredAny>,
    /// A transaction begins.
    pub transaction: Option<IgnoredAny>,
    /// One thing that was done.
    pub entry: Option<String>,
    /// The last line.
    pub end: Option<IgnoredAny>,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`DUMP`].
    pub whodunit: String,
    /// [`VERSION`].
    pub version: u32,
}

/// A transaction: the lines up to the next are one record of the journal.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// Its number.
    pub transaction: u64,
    /// When it was recorded, in seconds since 1970; without it the record begins with another entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<i64>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// The last line: a text without it is cut off.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The number of the last transaction.
    pub end: u64,
}

/// What follows in the same transaction was recorded at another time, or by somebody else.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// `begin`
    pub entry: String,
    /// When, in seconds since 1970.
    pub recorded: i64,
    /// The same for people.
    pub at: Option<String>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// A reading of a verb phrase: relation, whether it runs from the object to the subject, form.
pub type Read = (u16, bool, Word<Form>);

/// All words of the case from now on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsLine {
    /// `words`
    pub entry: String,
    /// Types in the order of their numbers.
    pub types: Vec<TypeDeclaration>,
    /// For each type the numbers of those above it.
    pub above: Vec<Vec<u16>>,
    /// Numbers of types by noun.
    pub nouns: BTreeMap<String, u16>,
    /// Relations in the order of their numbers.
    pub relations: Vec<RelationDeclaration>,
    /// Readings by verb phrase.
    pub phrases: BTreeMap<String, Vec<Read>>,
    /// Types that came as labels of a query.
    pub labels: BTreeSet<u16>,
}

/// An entity was made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityLine {
    /// `entity`
    pub entry: String,
    /// Its number: the next one.
    pub number: Option<u32>,
    /// Its handle.
    pub name: String,
    /// Its types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<u16>,
    /// Their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub type_names: Vec<String>,
    /// A display title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// An anonymous party.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
    /// Made by a query that gave it no handle.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made: bool,
    /// Properties.
    #[serde(default, skip_serializing_if = "nothing")]
    pub properties: Properties,
    /// Ids outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<(String, String)>,
}

/// The text of an alias was made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextLine {
    /// `text`
    pub entry: String,
    /// Its number among entities: the next one.
    pub number: Option<u32>,
    /// The text.
    pub text: String,
}

/// An entity has more types, or exactly these; or it is gone, or is two again.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityEdit {
    /// `enrich`, `types`, `delete` or `part`
    pub entry: String,
    /// The entity.
    pub entity: u32,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_name: Option<String>,
    /// Types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<u16>,
    /// Their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub type_names: Vec<String>,
    /// Its new title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// An anonymous party.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
}

/// A property was set; without a value it was taken away.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyLine {
    /// `property`
    pub entry: String,
    /// The entity.
    pub entity: u32,
    /// Its name.
    pub entity_name: Option<String>,
    /// The key.
    pub key: String,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Told>,
}

/// An id outside was added.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifyLine {
    /// `identify`
    pub entry: String,
    /// The entity.
    pub entity: u32,
    /// Its name.
    pub entity_name: Option<String>,
    /// Whose id.
    pub scheme: String,
    /// The id.
    pub id: String,
}

/// An entity was found to be another.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeLine {
    /// `merge`
    pub entry: String,
    /// The one that goes.
    pub entity: u32,
    /// Its name.
    pub entity_name: Option<String>,
    /// The one that stays.
    pub into: u32,
    /// Its name.
    pub into_name: Option<String>,
}

/// A claim was taken back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetractLine {
    /// `retract`
    pub entry: String,
    /// Its number.
    pub claim: u32,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// A claim was given other fields.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceLine {
    /// `replace`
    pub entry: String,
    /// Its number.
    pub claim: u32,
    /// What it says now.
    pub with: ClaimLine,
}

/// A likelihood.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LikelihoodField {
    /// The scale.
    pub scale: Word<Scale>,
    /// The term.
    pub term: String,
    /// Percent.
    pub number: Word<f32>,
}

/// A period.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodField {
    /// The first date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Word<PartialDate>>,
    /// The last date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Word<PartialDate>>,
    /// Whether the last date is outside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
}

/// A claim.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    /// `claim`; left out in a `replace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Its number: the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Who.
    pub subject: u32,
    /// The name.
    pub subject_name: Option<String>,
    /// Did what.
    pub relation: u16,
    /// The name.
    pub relation_name: Option<String>,
    /// To whom.
    pub object: u32,
    /// The name.
    pub object_name: Option<String>,
    /// Asserted where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polarity: Option<Word<Polarity>>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<u32>,
    /// The names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_names: Vec<String>,
    /// Who passed it on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<u32>,
    /// The names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via_names: Vec<String>,
    /// How likely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<LikelihoodField>,
    /// Analytic confidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Word<Confidence>>,
    /// Admiralty code of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Word<Reliability>>,
    /// Admiralty code of the information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credibility: Option<u8>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<PeriodField>,
    /// When it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported: Option<Word<PartialDate>>,
    /// Address of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Page, paragraph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// Short excerpt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Handling restriction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<Word<Marking>>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "nothing")]
    pub properties: Properties,
}

fn nothing(properties: &Properties) -> bool {
    properties.0.is_empty()
}

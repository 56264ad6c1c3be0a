//! Objects drafted: everything of an object that can be read without knowing the others, so that objects
//! are drafted side by side. What is wrong is a mistake at its field, what is odd is told later.

use crate::import::carried::Carried;
use crate::import::document::{Document, Place};
use crate::import::states::Version;
use crate::import::stix::extension;
use crate::import::stix::object::{Object, Text, has_uuid, shown, type_of};
use crate::import::stix::things::{self, Thing};
use crate::import::stix::words::STATEMENTS;
use crate::model::{Likelihood, Marking, PartialDate, Period, Polarity, Value};
use crate::text::{Diagnostic, line_and_column};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// The longest text that is kept: a statement of it must be read again.
const LONGEST: usize = 48 * 1024;

/// An object as far as it can be read by itself.
#[derive(Debug)]
pub struct Draft<'t> {
    /// Where it is.
    pub place: Place,
    /// All of its text.
    pub text: &'t str,
    /// A mark of that text, for two of one version.
    pub mark: u64,
    /// Its type.
    pub kind: Text<'t>,
    /// Its id.
    pub id: Text<'t>,
    /// When it was first stated.
    pub created: Option<PartialDate>,
    /// Its version; objects without versions have the first there is.
    pub version: Version,
    /// Its version as it is written.
    pub modified: Option<Text<'t>>,
    /// Who made it.
    pub author: Option<Text<'t>>,
    /// Whether its author took it back.
    pub revoked: bool,
    /// The markings that it bears.
    pub markings: Vec<Text<'t>>,
    /// What it says.
    pub what: What<'t>,
    /// What else is in it.
    pub properties: Vec<(String, Value)>,
    /// What is odd about it.
    pub odd: Vec<Cow<'static, str>>,
}

/// What an object says.
#[derive(Debug)]
pub enum What<'t> {
    /// It describes an entity.
    Thing(Thing<'t>),
    /// Something has to do with something.
    Relationship(Relationship<'t>),
    /// Something was seen.
    Sighting {
        /// What.
        of: Text<'t>,
        /// By whom, or where.
        by: Vec<Text<'t>>,
        /// When.
        valid: Period,
        /// The text.
        quote: Option<String>,
        /// How sure.
        level: Option<Likelihood>,
    },
    /// Somebody agrees with others, or does not.
    Opinion {
        /// Whether it is so, as the author sees it; nothing where the author takes no side.
        polarity: Option<Polarity>,
        /// What it is about.
        about: Vec<Text<'t>>,
        /// The reason.
        quote: Option<String>,
        /// The opinion as an entity, where it is about entities.
        thing: Thing<'t>,
    },
    /// How what bears it may be passed on.
    Marking {
        /// The level of the Traffic Light Protocol that it is.
        level: Option<Marking>,
        /// It as an entity.
        thing: Thing<'t>,
    },
    /// What our own export says in its extension.
    Own(Carried),
}

/// A relationship.
#[derive(Debug)]
pub struct Relationship<'t> {
    /// Its type.
    pub word: Text<'t>,
    /// The subject.
    pub from: Text<'t>,
    /// The object.
    pub to: Text<'t>,
    /// When.
    pub valid: Period,
    /// The text.
    pub quote: Option<String>,
    /// Where it is written.
    pub reference: Option<String>,
    /// How sure.
    pub level: Option<Likelihood>,
}

/// What all objects have, and what is read of each.
const COMMON: &[&str] = &["type", "id", "spec_version", "revoked"];

/// The specifications that are read.
const VERSIONS: [&str; 2] = ["2.0", "2.1"];

/// Whether a text names a version that is read; the mistake where it does not.
pub fn known_version(object: &Object<'_>) -> Result<(), Diagnostic> {
    match object.text("spec_version")? {
        Some(version) if !VERSIONS.contains(&version.as_ref()) => Err(object
            .wrong("spec_version", "this version of STIX is not read")
            .label(format!("`{}`", shown(&version)))
            .help("2.0 and 2.1 are; the STIX elevator of OASIS brings 1.x to 2.x")),
        Some(_) | None => Ok(()),
    }
}

/// Drafts an object.
pub fn draft<'t>(
    document: &Document<'t>,
    piece: &'t str,
    at: Option<usize>,
) -> Result<Draft<'t>, Diagnostic> {
    let mut place = document.at(piece);
    if let Some(at) = at {
        place = place.in_item("objects", at);
    }
    let object = Object::read(document, piece, place)?;
    let mut odd: Vec<Cow<'static, str>> = Vec::new();
    let kind = object.needed("type", "object")?;
    let id = object.needed("id", "object")?;
    match type_of(&id) {
        Some(of) if of == kind => {}
        Some(of) => {
            let of = of.to_owned();
            return Err(object
                .wrong("id", "the id of this object is one of another type")
                .label(format!("`{}`, and the object is of `{kind}`", shown(&of)))
                .help("an id begins with the type of its object"));
        }
        None => {
            return Err(object
                .wrong("id", "this is no id of an object")
                .label(format!("`{}`", shown(&id)))
                .help("an id is the type and a UUID with `--` between them"));
        }
    }
    if !has_uuid(&id) {
        odd.push("id without a UUID".into());
    }
    known_version(&object)?;
    let created = object.version("created")?;
    let modified = object.version("modified")?;
    if let (Some(created), Some(modified)) = (created, modified)
        && modified < created
    {
        odd.push("object that was modified before it was created".into());
    }
    let statement = STATEMENTS.contains(&kind.as_ref());
    if modified.is_none() && (statement || created.is_some() && kind != "marking-definition") {
        odd.push("object without `modified`".into());
    }
    let revoked = object.flag("revoked")?;
    let markings = markings(&object)?;
    let author = object.id("created_by_ref")?;
    if let Some(author) = &author
        && type_of(author) != Some("identity")
    {
        odd.push("author that is no identity".into());
    }
    let level = level(&object, &mut odd)?;
    let cited = object.objects("external_references")?;
    let reference = address(&cited, &mut odd)?;
    let own = extension::read(&object)?;
    let mut read: Vec<&[&str]> = vec![COMMON];
    let what = match (own, kind.as_ref()) {
        (Some(own), _) => What::Own(own),
        (None, "relationship") => {
            read.push(RELATIONSHIP);
            What::Relationship(relationship(&object, level, reference, &mut odd)?)
        }
        (None, "sighting") => {
            read.push(SIGHTING);
            sighting(&object, level, &mut odd)?
        }
        (None, "opinion") => {
            read.push(&["opinion"]);
            opinion(&object, &kind, &cited)?
        }
        (None, "marking-definition") => What::Marking {
            level: tlp(&object)?,
            thing: things::read(&object, &kind, None, &cited)?,
        },
        (None, _) => What::Thing(things::read(&object, &kind, None, &cited)?),
    };
    let mut properties = match &what {
        What::Own(_) => Vec::new(),
        What::Thing(thing) | What::Opinion { thing, .. } | What::Marking { thing, .. } => {
            let taken: Vec<&str> = thing.read.iter().map(String::as_str).collect();
            read.push(things::READ);
            read.push(&taken);
            object.rest(&read)?
        }
        What::Relationship(_) | What::Sighting { .. } => object.rest(&read)?,
    };
    if let What::Thing(thing) | What::Opinion { thing, .. } = &what {
        properties.extend(thing.kept.iter().cloned());
    }
    if revoked {
        properties.push(("revoked".to_owned(), Value::Bool(true)));
    }
    let count = properties.len();
    properties.retain(|(_, value)| !too_long(value));
    if properties.len() < count {
        odd.push("property of more than 48 kB, left out".into());
    }
    Ok(Draft {
        place,
        text: piece,
        mark: xxh3_64(piece.as_bytes()),
        created: created.map(|(seconds, _)| PartialDate::second(seconds)),
        version: modified.unwrap_or((i64::MIN, 0)),
        modified: object.text("modified")?,
        author,
        revoked,
        markings,
        what,
        properties,
        odd,
        kind,
        id,
    })
}

/// Refuses two objects of one id and one version that say different things.
pub fn twice(document: &Document<'_>, drafts: &[Box<Draft<'_>>]) -> Result<(), Diagnostic> {
    let mut seen: FxHashMap<(&str, Version), &Draft<'_>> = FxHashMap::default();
    seen.reserve(drafts.len());
    for draft in drafts {
        if let Some(known) = seen.insert((&draft.id, draft.version), draft)
            && known.text != draft.text
        {
            let (line, _) = line_and_column(document.text, known.place.offset);
            let wrong = document
                .wrong(
                    draft.place.offset,
                    "two objects have one id and one version",
                )
                .label(format!("`{}` says something else in line {line}", draft.id))
                .help("a later version has a later `modified`; another object has another id");
            return Err(match draft.place.item {
                Some((list, at)) => wrong.note(format!("in {list}[{at}]")),
                None => wrong,
            });
        }
    }
    Ok(())
}

fn too_long(value: &Value) -> bool {
    fn length(value: &Value) -> usize {
        match value {
            Value::Text(text) => text.len(),
            Value::List(items) => items.iter().map(length).sum(),
            Value::Map(fields) => fields.iter().map(|(key, of)| key.len() + length(of)).sum(),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Date(_)
            | Value::Temporal(_) => 24,
        }
    }
    length(value) > LONGEST
}

/// The markings of an object; those of parts of it are checked and stay as they are.
fn markings<'t>(object: &Object<'t>) -> Result<Vec<Text<'t>>, Diagnostic> {
    let marking = |id: &str| type_of(id) == Some("marking-definition");
    let wrong = |key: &str, id: &str| {
        object
            .wrong(key, format!("`{key}` refers to what is no marking"))
            .label(format!("`{}`", shown(id)))
            .help("the id of a marking begins with `marking-definition--`")
    };
    let markings = object.ids("object_marking_refs")?;
    if let Some(other) = markings.iter().find(|id| !marking(id)) {
        return Err(wrong("object_marking_refs", other));
    }
    for part in object.objects("granular_markings")? {
        if part.texts("selectors")?.is_empty() {
            return Err(object
                .wrong("granular_markings", "a marking of parts selects none")
                .label("an item has no `selectors`")
                .help("`selectors` is a list of the fields that it marks"));
        }
        match part.id("marking_ref")? {
            Some(id) if !marking(&id) => return Err(wrong("granular_markings", &id)),
            None if part.raw("lang").is_none() => {
                return Err(object
                    .wrong(
                        "granular_markings",
                        "a marking of parts has no `marking_ref`",
                    )
                    .label("an item has neither `marking_ref` nor `lang`")
                    .help("give it the id of a marking"));
            }
            Some(_) | None => {}
        }
    }
    Ok(markings)
}

/// The confidence of an object in percent; absent is not 0.
fn level(
    object: &Object<'_>,
    odd: &mut Vec<Cow<'static, str>>,
) -> Result<Option<Likelihood>, Diagnostic> {
    let Some(number) = object.number("confidence")? else {
        return Ok(None);
    };
    let level = Likelihood::percent(number as f32);
    if level.is_none() {
        odd.push("`confidence` that is not between 0 and 100".into());
    }
    Ok(level)
}

/// A text that is kept beside a claim.
fn quote(object: &Object<'_>, key: &str) -> Result<Option<String>, Diagnostic> {
    let text = object.text(key)?;
    let text = text.map(|text| text.trim().to_owned());
    Ok(text.filter(|text| !text.is_empty()).map(|mut text| {
        if text.len() > LONGEST {
            let mut end = LONGEST;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        text
    }))
}

/// What is read of a relationship.
const RELATIONSHIP: &[&str] = &[
    "created",
    "created_by_ref",
    "object_marking_refs",
    "relationship_type",
    "source_ref",
    "target_ref",
    "start_time",
    "stop_time",
    "description",
    "confidence",
];

fn relationship<'t>(
    object: &Object<'t>,
    level: Option<Likelihood>,
    reference: Option<String>,
    odd: &mut Vec<Cow<'static, str>>,
) -> Result<Relationship<'t>, Diagnostic> {
    let word = object.needed("relationship_type", "relationship")?;
    Ok(Relationship {
        word,
        from: end(object, "source_ref", "relationship")?,
        to: end(object, "target_ref", "relationship")?,
        valid: period(object, ("start_time", "stop_time"), odd)?,
        quote: quote(object, "description")?,
        reference,
        level,
    })
}

/// An end of a relationship: any object that is none itself.
fn end<'t>(object: &Object<'t>, key: &str, what: &str) -> Result<Text<'t>, Diagnostic> {
    object.needed(key, what)?;
    let Some(id) = object.id(key)? else {
        return object.needed(key, what);
    };
    match type_of(&id) {
        Some(kind) if STATEMENTS.contains(&kind) => Err(object
            .wrong(key, format!("`{key}` refers to a {kind}"))
            .label(format!("`{}`", shown(&id)))
            .help("the ends of a relationship are things; what is said of one is an opinion or a note")),
        Some(_) | None => Ok(id),
    }
}

/// A period between two points in time; an end that is not after its beginning is left out.
fn period(
    object: &Object<'_>,
    (first, last): (&str, &str),
    odd: &mut Vec<Cow<'static, str>>,
) -> Result<Period, Diagnostic> {
    let (from, until) = (object.time(first)?, object.time(last)?);
    Ok(match (from, until) {
        (Some(from), Some(until)) => {
            let order = |time: (PartialDate, u32)| (time.0.start(), time.1);
            let (start, stop) = (order(from), order(until));
            // Something may be seen once; a relationship that stops when it starts is none.
            if stop < start || stop == start && last == "stop_time" {
                odd.push(format!("`{last}` that is not later than `{first}`, left out").into());
                Period::since(from.0)
            } else {
                Period::between(from.0, until.0)
            }
        }
        (Some(from), None) => Period::since(from.0),
        (None, Some(until)) => Period::until(until.0),
        (None, None) => Period::UNKNOWN,
    })
}

/// The first address among external references, which are checked.
fn address(
    cited: &[Object<'_>],
    odd: &mut Vec<Cow<'static, str>>,
) -> Result<Option<String>, Diagnostic> {
    let mut first = None;
    for reference in cited {
        if reference.text("source_name")?.is_none() {
            odd.push("external reference without `source_name`".into());
        }
        let url = reference.text("url")?.filter(|url| !url.is_empty());
        first = first.or(url.map(Cow::into_owned));
    }
    Ok(first)
}

/// What is read of a sighting.
const SIGHTING: &[&str] = &[
    "created",
    "created_by_ref",
    "object_marking_refs",
    "sighting_of_ref",
    "where_sighted_refs",
    "first_seen",
    "last_seen",
    "description",
    "confidence",
];

fn sighting<'t>(
    object: &Object<'t>,
    level: Option<Likelihood>,
    odd: &mut Vec<Cow<'static, str>>,
) -> Result<What<'t>, Diagnostic> {
    Ok(What::Sighting {
        of: end(object, "sighting_of_ref", "sighting")?,
        by: object.ids("where_sighted_refs")?,
        valid: period(object, ("first_seen", "last_seen"), odd)?,
        quote: quote(object, "description")?,
        level,
    })
}

fn opinion<'t>(
    object: &Object<'t>,
    kind: &str,
    cited: &[Object<'t>],
) -> Result<What<'t>, Diagnostic> {
    let word = object.needed("opinion", "opinion")?;
    let polarity = match word.as_ref() {
        "strongly-disagree" | "disagree" => Some(Polarity::Denied),
        "strongly-agree" | "agree" => Some(Polarity::Asserted),
        "neutral" => None,
        other => {
            return Err(object
                .wrong("opinion", "this is no opinion of the standard")
                .label(format!("`{}`", shown(other)))
                .help("it is strongly-disagree, disagree, neutral, agree or strongly-agree"));
        }
    };
    let about = object.ids("object_refs")?;
    if about.is_empty() {
        return Err(object
            .wrong("object_refs", "this opinion is about nothing")
            .label("`object_refs` names no object")
            .help("give it the ids of what it is about"));
    }
    Ok(What::Opinion {
        polarity,
        about,
        quote: quote(object, "explanation")?,
        thing: things::read(object, kind, None, cited)?,
    })
}

/// The level of the Traffic Light Protocol that a marking is, of version 1 or 2.
fn tlp(object: &Object<'_>) -> Result<Option<Marking>, Diagnostic> {
    let wrong = |colour: &str| {
        object
            .wrong(
                "definition",
                "this is no level of the Traffic Light Protocol",
            )
            .label(format!("`{}`", shown(colour)))
            .help("levels are clear or white, green, amber, amber+strict and red")
    };
    let named = |colour: Text<'_>| Marking::named(&colour).ok_or_else(|| wrong(&colour));
    if object.text("definition_type")?.as_deref() == Some("tlp") {
        return match object.object("definition")? {
            Some(definition) => named(definition.text("tlp")?.unwrap_or_default()).map(Some),
            None => Err(wrong("none")),
        };
    }
    let Some(extensions) = object.object("extensions")? else {
        return Ok(None);
    };
    for (key, _) in &extensions.fields.0 {
        let colour = match extensions.object(key)? {
            Some(extension) => extension.text("tlp_2_0")?,
            None => None,
        };
        if let Some(colour) = colour {
            return named(colour).map(Some);
        }
    }
    Ok(None)
}

//! Objects that describe things: the name, other names, phases, ids outside, and what they refer to. It
//! reads one object; who is meant by a reference is found later.

use crate::import::countries;
use crate::import::stix::object::{Object, Text, shown, type_of};
use crate::import::stix::words::{self, STATEMENTS, Way};
use crate::model::Value;
use crate::text::Diagnostic;
use serde_json::value::RawValue;

/// The longest name.
const LONGEST: usize = 160;

/// An object that describes a thing.
#[derive(Debug, Default)]
pub struct Thing<'t> {
    /// Its name; empty where nothing serves as one.
    pub name: String,
    /// The noun of its type where that is told by its fields rather than by the type of the object.
    pub noun: Option<&'static str>,
    /// Other names, with the field that has them.
    pub aliases: Vec<Text<'t>>,
    /// Phases of kill chains, as `chain/phase`.
    pub phases: Vec<String>,
    /// The phase of a kill chain that it describes itself.
    pub phase: Option<String>,
    /// Ids by which it is known elsewhere.
    pub ids: Vec<(&'static str, String)>,
    /// What it refers to.
    pub links: Vec<Link<'t>>,
    /// The objects of a collection.
    pub members: Option<Vec<Text<'t>>>,
    /// Objects inside of it, which have no ids of their own.
    pub inner: Vec<Inner<'t>>,
    /// Whether it is out of use.
    pub deprecated: bool,
    /// Fields that were read beside [`READ`].
    pub read: Vec<String>,
    /// What is left of fields that were read in part.
    pub kept: Vec<(String, Value)>,
}

/// What an object refers to by one of its fields.
#[derive(Debug)]
pub struct Link<'t> {
    /// The relation.
    pub word: String,
    /// Which is the subject.
    pub way: Way,
    /// The other ends.
    pub to: Vec<Text<'t>>,
    /// The field.
    pub field: String,
}

/// An object inside of another, as STIX 2.0 has those that were observed.
#[derive(Debug)]
pub struct Inner<'t> {
    /// Its id here: the id of what it is in, `#`, its key.
    pub id: String,
    /// Its type.
    pub kind: Text<'t>,
    /// What it says.
    pub thing: Thing<'t>,
    /// What else is in it.
    pub properties: Vec<(String, Value)>,
}

/// Fields that are read of every thing.
pub const READ: &[&str] = &[
    "name",
    "aliases",
    "x_mitre_aliases",
    "kill_chain_phases",
    "x_mitre_contents",
];

/// What serves as a name where there is no `name`.
const NAMES: &[&str] = &[
    "value",
    "path",
    "key",
    "subject",
    "display_name",
    "account_login",
    "user_id",
    "command_line",
    "abstract",
    "pattern",
    "product",
    "content",
    "explanation",
    "city",
    "administrative_area",
    "country",
    "region",
    "url",
    "serial_number",
];

/// Reads an object. `within` is the id of what it is in, where references are keys beside it; `cited`
/// are its external references.
pub fn read<'t>(
    object: &Object<'t>,
    kind: &str,
    within: Option<&str>,
    cited: &[Object<'t>],
) -> Result<Thing<'t>, Diagnostic> {
    let mut thing = Thing {
        name: name(object, kind)?,
        noun: noun(object, kind)?,
        deprecated: object.flag("x_mitre_deprecated")?,
        ..Thing::default()
    };
    for key in ["aliases", "x_mitre_aliases"] {
        thing.aliases.extend(object.texts(key)?);
    }
    for phase in object.objects("kill_chain_phases")? {
        let part = |key: &str| phase.needed(key, "phase");
        let (chain, name) = (part("kill_chain_name")?, part("phase_name")?);
        thing
            .phases
            .push(format!("{}/{}", chain.trim(), name.trim()));
    }
    if kind == "x-mitre-tactic"
        && let Some(name) = object.text("x_mitre_shortname")?
    {
        let domains = object.texts("x_mitre_domains")?;
        let chain = match domains.first().map(AsRef::as_ref) {
            Some("enterprise-attack") | None => "mitre-attack".to_owned(),
            Some(domain) => format!("mitre-{domain}"),
        };
        thing.phase = Some(format!("{chain}/{name}"));
    }
    for reference in cited {
        let source = reference.text("source_name")?.unwrap_or_default();
        if let Some(id) = reference.text("external_id")?
            && let Some((scheme, id)) = words::identifier(kind, &source, &id)
        {
            thing.ids.push((scheme, id.to_owned()));
        }
    }
    references(object, kind, within, &mut thing)?;
    parts(object, kind, &mut thing)?;
    if kind == "observed-data" && object.raw("objects").is_some() {
        inner(object, &mut thing)?;
    }
    Ok(thing)
}

/// The name of a thing: one line, not too long.
fn name(object: &Object<'_>, kind: &str) -> Result<String, Diagnostic> {
    let number = match kind {
        "autonomous-system" => object.number("number")?.map(|number| format!("AS{number}")),
        _ => None,
    };
    if let Some(number) = number {
        return Ok(number);
    }
    let mut found = object.text("name")?.filter(|name| !name.trim().is_empty());
    for key in NAMES {
        if found.is_some() {
            break;
        }
        // Fields of types that we do not know may be anything.
        let raw = object.raw(key).filter(|raw| raw.get().starts_with('"'));
        if let Some(raw) = raw {
            let text = object.string(raw, key)?;
            found = Some(text).filter(|text| !text.trim().is_empty());
        }
    }
    if found.is_none()
        && let Some(raw) = object.raw("hashes")
        && raw.get().starts_with('{')
    {
        let hashes = object.object("hashes")?;
        for (key, raw) in hashes.iter().flat_map(|of| &of.fields.0).take(1) {
            found = Some(object.string(raw, key)?);
        }
    }
    if found.is_none() && kind == "marking-definition" {
        let definition = object.object("definition")?;
        let statement = definition.map(|of| of.text("statement")).transpose()?;
        found = statement.flatten();
    }
    let words: Vec<&str> = match &found {
        Some(text) => text.split_whitespace().collect(),
        None => Vec::new(),
    };
    let mut name = words.join(" ");
    if let Some((end, _)) = name.char_indices().nth(LONGEST) {
        name.truncate(end);
        name.push_str(" …");
    }
    Ok(name)
}

/// The noun of a thing whose type says too little.
fn noun(object: &Object<'_>, kind: &str) -> Result<Option<&'static str>, Diagnostic> {
    Ok(match kind {
        "identity" => {
            let class = object.text("identity_class")?;
            Some(match class.as_deref() {
                Some("individual") => "person",
                Some("organization" | "organisation") => "organisation",
                Some("class") => "population",
                Some("system") => "system",
                Some(_) | None => "actor",
            })
        }
        "location" => {
            let city = object.text("city")?.is_some();
            let part = [
                "administrative_area",
                "street_address",
                "postal_code",
                "latitude",
            ]
            .iter()
            .any(|key| object.raw(key).is_some());
            let country = object.text("country")?;
            Some(match country {
                _ if city => "city",
                Some(code) if !part && countries::meant(&code).is_some() => "country",
                Some(_) | None => "place",
            })
        }
        _ => None,
    })
}

/// Whatever an object refers to.
fn references<'t>(
    object: &Object<'t>,
    kind: &str,
    within: Option<&str>,
    thing: &mut Thing<'t>,
) -> Result<(), Diagnostic> {
    for (key, raw) in &object.fields.0 {
        let raw: &'t RawValue = raw;
        if key == "objects" || !(key.ends_with("_ref") || key.ends_with("_refs")) {
            continue;
        }
        let Some((word, way, known)) = words::reference(kind, key) else {
            continue;
        };
        let list = key.ends_with("_refs");
        let texts = match (list, object.raw(key)) {
            (_, None) => continue,
            (true, Some(raw)) if raw.get().starts_with('[') || known => object.texts(key),
            (false, Some(raw)) if raw.get().starts_with('"') || known => {
                object.string(raw, key).map(|text| vec![text])
            }
            // A field that nobody knows and that holds something else.
            (true | false, Some(_)) => continue,
        };
        let texts = match texts {
            Ok(texts) => texts,
            Err(_) if !known => continue,
            Err(wrong) => return Err(wrong),
        };
        let mut to = Vec::with_capacity(texts.len());
        let mut left = Vec::new();
        for text in texts {
            if let Some(within) = within {
                to.push(Text::Owned(format!("{within}#{text}")));
                continue;
            }
            match type_of(&text) {
                Some(kind) if STATEMENTS.contains(&kind) => left.push(Value::Text(text.into())),
                Some(_) => to.push(text),
                None if text.is_empty() => {}
                None if known => {
                    return Err(object
                        .wrong_at(raw.get(), format!("`{key}` holds no id of an object"))
                        .label(format!("`{}` is none", shown(&text)))
                        .help("an id is a type and a UUID with `--` between them"));
                }
                None => left.push(Value::Text(text.into())),
            }
        }
        thing.read.push(key.clone().into_owned());
        if !left.is_empty() {
            thing
                .kept
                .push((key.clone().into_owned(), Value::List(left)));
        }
        thing.links.push(Link {
            word,
            way,
            to,
            field: key.clone().into_owned(),
        });
    }
    Ok(())
}

/// References inside of lists, as ATT&CK has them.
fn parts<'t>(object: &Object<'t>, kind: &str, thing: &mut Thing<'t>) -> Result<(), Diagnostic> {
    if kind == "x-mitre-collection" {
        let mut members = Vec::new();
        for part in object.objects("x_mitre_contents")? {
            members.extend(part.id("object_ref")?);
        }
        let things = members.iter();
        let things =
            things.filter(|id| type_of(id).is_some_and(|kind| !STATEMENTS.contains(&kind)));
        let to = things.cloned().collect();
        thing.links.push(link(kind, "x_mitre_contents", to));
        thing.members = Some(members);
    }
    if kind == "x-mitre-analytic" {
        let mut to = Vec::new();
        for part in object.objects("x_mitre_log_source_references")? {
            to.extend(part.id("x_mitre_data_component_ref")?);
        }
        to.sort_unstable();
        to.dedup();
        thing
            .links
            .push(link(kind, "x_mitre_data_component_ref", to));
    }
    Ok(())
}

fn link<'t>(kind: &str, field: &str, to: Vec<Text<'t>>) -> Link<'t> {
    let (word, way) = match words::reference(kind, field) {
        Some((word, way, _)) => (word, way),
        None => ("mentions".to_owned(), Way::Out),
    };
    Link {
        word,
        way,
        to,
        field: field.to_owned(),
    }
}

/// What was observed, as STIX 2.0 has it: objects under keys, which refer to each other by these.
fn inner<'t>(object: &Object<'t>, thing: &mut Thing<'t>) -> Result<(), Diagnostic> {
    let outer = object.needed("id", "object")?;
    let Some(inside) = object.object("objects")? else {
        return Ok(());
    };
    let mut to = Vec::new();
    for (key, _) in &inside.fields.0 {
        let Some(of) = inside.object(key)? else {
            continue;
        };
        let kind = of.needed("type", "observable")?;
        let cited = of.objects("external_references")?;
        let part = read(&of, &kind, Some(&outer), &cited)?;
        let taken: Vec<&str> = part.read.iter().map(String::as_str).collect();
        let mut properties = of.rest(&[&["type", "id", "spec_version"], READ, &taken])?;
        properties.extend(part.kept.iter().cloned());
        let id = format!("{outer}#{key}");
        to.push(Text::Owned(id.clone()));
        thing.inner.push(Inner {
            id,
            kind,
            thing: part,
            properties,
        });
    }
    thing.read.push("objects".to_owned());
    thing.links.push(link("observed-data", "objects", to));
    Ok(())
}

//! MISP galaxy clusters: actors with their names and who coined them, sponsors, victims, what they are
//! related to. It reads one galaxy a document; a galaxy that comes again replaces what it said before.

use crate::import::countries;
use crate::import::document::{Document, Place};
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::json;
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::model::{Claim, Likelihood, RelationId, Scale, TypeId, Value};
use crate::text::Diagnostic;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// The format.
pub const READER: Reader = Reader {
    name: "misp-galaxy",
    endings: &["json"],
    doc: "a MISP galaxy cluster file: threat actors, tools, countries, sectors …",
    detect,
    read,
};

/// The scheme of the ids of clusters.
pub const SCHEME: &str = "misp";

fn detect(sample: &Sample<'_>) -> u8 {
    let clusters = sample.has("values[].value") || sample.has("values[].uuid");
    match (clusters, sample.has("type"), sample.has("values")) {
        (true, _, _) => 90,
        (false, true, true) => 60,
        // The list may stand far behind a long description.
        (false, true, false) if sample.has("authors") && sample.has("uuid") => 50,
        (false, _, _) => 0,
    }
}

#[derive(Deserialize)]
struct Galaxy<'t> {
    #[serde(borrow)]
    name: Option<Cow<'t, str>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'t, str>>,
    #[serde(borrow)]
    uuid: Option<Cow<'t, str>>,
    #[serde(borrow)]
    source: Option<Cow<'t, str>>,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(borrow)]
    values: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Cluster<'t> {
    #[serde(borrow)]
    value: Cow<'t, str>,
    #[serde(borrow)]
    uuid: Option<Cow<'t, str>>,
    #[serde(borrow)]
    description: Option<Cow<'t, str>>,
    #[serde(default)]
    meta: Map<String, Json>,
    #[serde(default)]
    related: Vec<Related>,
    #[serde(default)]
    revoked: bool,
}

#[derive(Deserialize)]
struct Related {
    #[serde(rename = "dest-uuid")]
    to: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// The type of the clusters of a galaxy, and what they are counted as.
pub fn kind_of(galaxy: &str) -> (&str, &'static str) {
    match galaxy {
        "threat-actor"
        | "microsoft-activity-group"
        | "mitre-intrusion-set"
        | "360net-threat-actor" => ("group", "actors"),
        "tool" | "mitre-tool" | "mitre-enterprise-attack-tool" => ("tool", "tools"),
        "ransomware" => ("ransomware", "ransomware"),
        "malpedia" | "mitre-malware" | "rat" | "backdoor" | "banker" | "stealer" | "botnet"
        | "android" | "cryptominers" | "exploit-kit" => ("malware", "malware"),
        "country" | "target-information" => ("country", "countries"),
        "sector" => ("sector", "sectors"),
        "producer" => ("organisation", "producers"),
        "intelligence-agency" => ("agency", "agencies"),
        "surveillance-vendor" => ("company", "vendors"),
        "region" => ("place", "regions"),
        "mitre-attack-pattern" => ("technique", "techniques"),
        other => (other, "clusters"),
    }
}

/// What is read as claims or as a part of the entity; the rest of `meta` is kept as properties.
const READ: &[&str] = &[
    "synonyms",
    "name-attribution",
    "country",
    "attribution-confidence",
    "cfr-suspected-state-sponsor",
    "cfr-suspected-victims",
    "suspected-victims",
    "cfr-target-category",
    "targeted-sector",
];

/// What is the same for all clusters of a galaxy.
struct Frame {
    kind: TypeId,
    /// Whether the clusters are countries.
    countries: bool,
    /// Whether a `country` is where the thing is, rather than who is behind it.
    located: bool,
    counted: &'static str,
    source: Ref,
    also: RelationId,
    attributed: RelationId,
    targeted: RelationId,
    located_in: RelationId,
    sector: TypeId,
}

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let text = json::without_nul(document.text);
    let document = Document {
        text: &text,
        ..document
    };
    let galaxy: Galaxy<'_> = json::whole(&document)?;
    let Some(kind) = galaxy.kind.as_deref().filter(|kind| !kind.is_empty()) else {
        return Err(document
            .wrong(0, "this galaxy has no `type`")
            .help("a galaxy has `name`, `type`, `uuid` and `values`"));
    };
    let title = format!("{} galaxy", galaxy.name.as_deref().unwrap_or(kind));
    let key = format!("misp-galaxy:{}", galaxy.uuid.as_deref().unwrap_or(kind));
    if !harvest.replaces(&key, &title) {
        return Err(document
            .wrong(0, format!("two states of the {title} at once"))
            .label("another file of this import has the same uuid")
            .help("import them one after the other, the older first"));
    }
    let (noun, counted) = kind_of(kind);
    let noun = noun.to_owned();
    let located = ["organisation", "agency", "company"].contains(&noun.as_str());
    let frame = Frame {
        kind: harvest.kind(&noun),
        countries: noun == "country",
        located,
        counted,
        source: source(&galaxy, &title, harvest),
        also: crate::model::Vocabulary::ALSO_KNOWN_AS,
        attributed: harvest.relation("attributed-to"),
        targeted: harvest.relation("targeted"),
        located_in: harvest.relation("located-in"),
        sector: harvest.kind("sector"),
    };
    for (at, raw) in galaxy.values.iter().enumerate() {
        let place = document.at(raw.get()).in_item("values", at);
        let cluster: Cluster<'_> = json::piece(&document, raw.get())
            .map_err(|wrong| wrong.note(format!("in values[{at}]")))?;
        if cluster.value.trim().is_empty() {
            return Err(document
                .wrong(place.offset, "this cluster has no name")
                .label(format!("values[{at}] has an empty `value`"))
                .help("give it a `value`"));
        }
        self::cluster(cluster, &frame, place, harvest);
    }
    Ok(())
}

/// Whoever speaks in a galaxy when a claim has no source of its own.
fn source(galaxy: &Galaxy<'_>, title: &str, harvest: &mut Harvest<'_>) -> Ref {
    let good = |text: &&str| {
        let vague = ["", "various", "unknown"].contains(&text.to_lowercase().as_str());
        !vague && !text.contains("://")
    };
    let author = match galaxy.authors.as_slice() {
        [one] => Some(one.as_str()),
        _ => None,
    };
    match galaxy
        .source
        .as_deref()
        .filter(good)
        .or(author.filter(good))
    {
        Some(name) => {
            let kind = harvest.kind("organisation");
            harvest.named(name, Some(kind), Meeting::ByName)
        }
        None => {
            let kind = harvest.kind("document");
            harvest.named(&format!("MISP {title}"), Some(kind), Meeting::ByName)
        }
    }
}

fn cluster(cluster: Cluster<'_>, frame: &Frame, place: Place, harvest: &mut Harvest<'_>) {
    let meta = &cluster.meta;
    let entity = entity(&cluster, frame, place, harvest);
    harvest.count(frame.counted, 1);
    aliases(&cluster, entity, frame, place, harvest);
    let level = confidence(meta, place, harvest);
    let claim = |relation, object| {
        let mut claim = Claim::new(entity, relation, object);
        claim.sources = vec![frame.source];
        claim
    };
    for (key, relation) in [
        (
            "country",
            if frame.located {
                frame.located_in
            } else {
                frame.attributed
            },
        ),
        ("cfr-suspected-state-sponsor", frame.attributed),
    ] {
        for name in texts(meta, key) {
            if name.is_empty() || name.eq_ignore_ascii_case("unknown") {
                harvest.odd(format!("`{key}` that names none"), place);
                continue;
            }
            let object = match harvest.country(name) {
                Some(country) => country,
                None => harvest.named(name, None, Meeting::ByName),
            };
            let mut claim = claim(relation, object);
            if relation == frame.attributed {
                claim.likelihood = level.clone();
                harvest.count("attributions", 1);
            }
            claim.properties.push(field(key));
            harvest.claim(claim, place);
        }
    }
    for (key, counted) in [
        ("cfr-suspected-victims", "victims"),
        ("suspected-victims", "suspected victims"),
    ] {
        for name in texts(meta, key).filter(|name| !name.is_empty()) {
            let object = victim(name, harvest);
            let mut claim = claim(frame.targeted, object);
            claim.properties.push(field(key));
            harvest.claim(claim, place);
            harvest.count(counted, 1);
        }
    }
    for key in ["cfr-target-category", "targeted-sector"] {
        for name in texts(meta, key).filter(|name| !name.is_empty()) {
            let object = harvest.named(name, Some(frame.sector), Meeting::ByName);
            let mut claim = claim(frame.targeted, object);
            claim.properties.push(field(key));
            harvest.claim(claim, place);
            harvest.count("targeted sectors", 1);
        }
    }
    for related in &cluster.related {
        let Some(to) = related.to.as_deref().filter(|to| !to.is_empty()) else {
            harvest.odd("relation to nothing, left out", place);
            continue;
        };
        let name = related.kind.as_deref().unwrap_or("related-to");
        let relation = harvest.relation(match name {
            "similar" => "similar-to",
            "related-to" => "associated-with",
            name => name,
        });
        let object = harvest.identified(SCHEME, to);
        let mut claim = claim(relation, object);
        claim.likelihood = related.tags.iter().find_map(|tag| likelihood(tag));
        harvest.claim(claim, place);
        harvest.count("relations", 1);
    }
}

/// The field of the galaxy that a claim is from.
fn field(key: &str) -> (String, Value) {
    ("field".to_owned(), Value::Text(key.to_owned()))
}

fn entity(cluster: &Cluster<'_>, frame: &Frame, place: Place, harvest: &mut Harvest<'_>) -> Ref {
    let meta = &cluster.meta;
    let name = cluster.value.trim();
    let uuid = cluster.uuid.as_deref().filter(|uuid| !uuid.is_empty());
    let code = texts(meta, "ISO").chain(texts(meta, "iso-code")).next();
    let country = match frame.countries {
        true => code.or(Some(name)).and_then(|text| harvest.country(text)),
        false => None,
    };
    let entity = match (country, uuid) {
        (Some(country), Some(uuid)) => {
            harvest.also_identified(country, SCHEME, uuid);
            country
        }
        (Some(country), None) => country,
        (None, Some(uuid)) => harvest.identified(SCHEME, uuid),
        (None, None) => {
            harvest.odd("cluster without a uuid, known by its name", place);
            harvest.named(name, Some(frame.kind), Meeting::ByHandle)
        }
    };
    if let Some(id) = meta.get("external_id").and_then(Json::as_str) {
        harvest.also_identified(entity, "mitre", id);
    }
    let mut properties: Vec<(String, Value)> = Vec::new();
    if let Some(text) = cluster
        .description
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        properties.push(("description".to_owned(), Value::Text(text.to_owned())));
    }
    if cluster.revoked {
        properties.push(("revoked".to_owned(), Value::Bool(true)));
    }
    for (key, json) in meta.iter().filter(|(key, _)| !READ.contains(&key.as_str())) {
        if let Some(value) = json::value(json) {
            let key = match key.as_str() {
                "name" | "title" | "description" => format!("meta-{key}"),
                key => key.to_owned(),
            };
            properties.push((key, value));
        }
    }
    let meeting = match frame.countries || frame.located || frame.kind == frame.sector {
        true => Meeting::ByName,
        false => Meeting::ByHandle,
    };
    let name = match country {
        Some(_) => code.or(Some(name)).and_then(countries::meant),
        None => None,
    }
    .map_or(name, |country| country.name);
    harvest.describe(
        entity,
        Said {
            name: name.to_owned(),
            types: vec![frame.kind],
            properties,
            meeting,
            ..Said::default()
        },
    );
    entity
}

/// Names with those who coined them; names that nobody is named for are the galaxy's.
fn aliases(
    cluster: &Cluster<'_>,
    entity: Ref,
    frame: &Frame,
    place: Place,
    harvest: &mut Harvest<'_>,
) {
    let meta = &cluster.meta;
    let mut attributed: Vec<&str> = Vec::new();
    for text in texts(meta, "name-attribution") {
        // Names may hold colons, uuids do not.
        let Some((name, producer)) = text.rsplit_once(':') else {
            harvest.odd("name attribution without a producer, left out", place);
            continue;
        };
        let producer = harvest.identified(SCHEME, producer.trim());
        harvest.alias(entity, name, &[producer], place);
        harvest.count("name attributions", 1);
        attributed.push(name.trim());
    }
    for name in texts(meta, "synonyms") {
        if !attributed.contains(&name) {
            let text = harvest.text(name);
            let mut claim = Claim::new(entity, frame.also, text);
            claim.sources = vec![frame.source];
            harvest.claim(claim, place);
        }
        harvest.count("synonyms", 1);
    }
}

/// A country, or whatever else bears the name; codes of countries are not looked for here.
fn victim(name: &str, harvest: &mut Harvest<'_>) -> Ref {
    let code = name.len() <= 3 && !["US", "USA", "UK", "UAE"].contains(&name);
    let country = match code {
        true => None,
        false => harvest.country(name),
    };
    country.unwrap_or_else(|| harvest.named(name, None, Meeting::ByName))
}

/// How sure the attribution is, in percent; it stands as a text.
fn confidence(
    meta: &Map<String, Json>,
    place: Place,
    harvest: &mut Harvest<'_>,
) -> Option<Likelihood> {
    let given = meta.get("attribution-confidence")?;
    let text = given.as_str().map(|text| text.trim().trim_end_matches('%'));
    let number = match text {
        Some(text) => text.parse().ok(),
        None => given.as_f64().map(|number| number as f32),
    };
    let level = number.and_then(Likelihood::percent);
    if level.is_none() {
        harvest.odd("`attribution-confidence` that is no percentage", place);
    }
    level
}

/// `estimative-language:likelihood-probability="very-likely"`, whose terms are those of ICD 203.
pub fn likelihood(tag: &str) -> Option<Likelihood> {
    let term = tag.strip_prefix("estimative-language:likelihood-probability=")?;
    Likelihood::term(Scale::Icd203, term.trim_matches('"'))
}

/// The texts of a field that is a text or a list of them.
fn texts<'m>(meta: &'m Map<String, Json>, key: &str) -> impl Iterator<Item = &'m str> {
    let items: &[Json] = match meta.get(key) {
        Some(Json::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter().filter_map(Json::as_str).map(str::trim)
}

//! GraphML: what our export writes, and what other programs do: nodes are entities, edges are claims.
//! Data that is called like a field of a claim is that field where it reads as one, all else is kept as
//! properties. Graphs in nodes are read as part of the whole; hyperedges and ports are left out.

use crate::import::cells::{likelihood, several};
use crate::import::document::{Document, Place};
use crate::import::graphml_xml::{Edge, Node, Parsed, parsed};
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::reader::Reader;
use crate::import::sample::Sample;
use crate::import::typed;
use crate::model::{
    Claim, Confidence, Credibility, Likelihood, Marking, PartialDate, Polarity, Reliability,
    Vocabulary,
};
use crate::text::Diagnostic;
use rustc_hash::{FxHashMap, FxHashSet};

/// The reader.
pub const READER: Reader = Reader {
    name: "graphml",
    endings: &["graphml"],
    doc: "a GraphML file: nodes are entities, edges are claims",
    detect: |sample: &Sample<'_>| {
        let head = sample.head.trim_start();
        match head.starts_with('<') && head.contains("<graphml") {
            true => 100,
            false => 0,
        }
    },
    read,
};

/// What an edge means that does not say.
const UNSAID: &str = "associated-with";

fn read(document: Document<'_>, harvest: &mut Harvest<'_>) -> Result<(), Diagnostic> {
    let Parsed {
        nodes,
        edges,
        ports,
    } = parsed(&document)?;
    for offset in ports {
        let kind = "hyperedge or port, left out";
        harvest.odd(kind, document.place(offset));
    }
    // Names that several nodes have tell nothing apart.
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut shared: FxHashSet<&str> = FxHashSet::default();
    for node in nodes.iter().filter(|node| !is_alias(node)) {
        let name = node.name();
        if !seen.insert(name) {
            shared.insert(name);
        }
    }
    let mut ends: FxHashMap<&str, (Ref, &Node)> = FxHashMap::default();
    for (at, node) in nodes.iter().enumerate() {
        let place = document.place(node.offset).in_item("node", at);
        if ends.contains_key(node.id.as_str()) {
            harvest.odd("node whose id another node has, left out", place);
            continue;
        }
        let made = match is_alias(node) {
            true => harvest.text(node.name()),
            false => {
                harvest.count("nodes", 1);
                thing(harvest, node, shared.contains(node.name()), place)
            }
        };
        ends.insert(&node.id, (made, node));
    }
    harvest.count("edges", edges.len());
    for (at, edge) in edges.iter().enumerate() {
        let place = document.place(edge.offset).in_item("edge", at);
        let found = (
            ends.get(edge.source.as_str()),
            ends.get(edge.target.as_str()),
        );
        let (Some((from, of)), Some((to, named))) = found else {
            harvest.odd("edge with an end that is no node, left out", place);
            continue;
        };
        if is_alias(of) {
            harvest.odd("edge from the text of an alias, left out", place);
            continue;
        }
        let claim = claim(harvest, edge, *from, (*to, is_alias(named)), place);
        if let Some(claim) = claim {
            harvest.claim(claim, place);
        }
    }
    Ok(())
}

/// Whether a node is the text of an alias, as our own export has them.
fn is_alias(node: &Node) -> bool {
    node.kinds().eq(["name"])
}

/// Describes the entity of a node.
fn thing(harvest: &mut Harvest<'_>, node: &Node, shared: bool, place: Place) -> Ref {
    let own = node.name();
    let (handle, title) = match shared {
        true => (format!("{own} ({})", node.id), Some(own.to_owned())),
        false => (own.to_owned(), None),
    };
    let at = harvest.named(&handle, None, Meeting::ByHandle);
    let types = node.kinds().map(|kind| harvest.kind(kind)).collect();
    let mut said = Said {
        name: handle,
        types,
        title,
        meeting: Meeting::ByHandle,
        ..Said::default()
    };
    let mut ids: Vec<(String, String)> = Vec::new();
    for datum in &node.data {
        let text = datum.text.as_str();
        match datum.name.as_str() {
            "name" | "labels" => {}
            key if key == node.named_by() || node.typed_by() == Some(key) => {}
            "title" => said.title = Some(text.to_owned()),
            "unnamed" => said.unnamed = text == "true",
            "ids" => {
                for item in several(text) {
                    let pair = item.text.split_once(':');
                    ids.extend(pair.map(|(scheme, id)| (scheme.to_owned(), id.to_owned())));
                }
            }
            "properties" if typed::object(text).is_ok() => {
                said.properties
                    .extend(typed::object(text).unwrap_or_default());
            }
            _ => match datum.value() {
                Ok(value) => said.properties.push((datum.name.clone(), value)),
                Err(why) => harvest.odd(why, place),
            },
        }
    }
    harvest.describe(at, said);
    for (scheme, id) in ids {
        harvest.also_identified(at, &scheme, &id);
    }
    at
}

/// The claim of an edge.
fn claim(
    harvest: &mut Harvest<'_>,
    edge: &Edge,
    from: Ref,
    (to, alias): (Ref, bool),
    place: Place,
) -> Option<Claim<Ref>> {
    let relation = match (alias, edge.label()) {
        (true, _) => Vocabulary::ALSO_KNOWN_AS,
        (false, Some(label)) => harvest.relation(label),
        (false, None) => harvest.relation(UNSAID),
    };
    if relation == Vocabulary::ALSO_KNOWN_AS && !alias {
        harvest.odd("`also-known-as` to a node that is no name, left out", place);
        return None;
    }
    let mut claim = Claim::new(from, relation, to);
    for datum in &edge.data {
        if edge.labelled_by() == Some(datum.name.as_str()) {
            continue;
        }
        let text = datum.text.as_str();
        let mut all = |text: &str| -> Vec<Ref> {
            let names = several(text).map(|item| item.text.into_owned());
            let names: Vec<String> = names.collect();
            let named = |name: &String| harvest.named(name, None, Meeting::ByHandle);
            names.iter().map(named).collect()
        };
        match datum.name.as_str() {
            "source" => claim.sources = all(text),
            "via" => claim.via = all(text),
            "properties" if typed::object(text).is_ok() => {
                let more = typed::object(text).unwrap_or_default();
                claim.properties.extend(more);
            }
            // The number beside a term says nothing new.
            "percent" if edge.has("likelihood") => {}
            key if field(&mut claim, key, text) => {}
            _ => match datum.value() {
                Ok(value) => claim.properties.push((datum.name.clone(), value)),
                Err(why) => harvest.odd(why, place),
            },
        }
    }
    let valid = claim.valid;
    if valid.from.is_some() && valid.until.is_some() && valid.end() <= valid.start() {
        harvest.odd("edge that ends before it begins, its end left out", place);
        claim.valid.until = None;
        claim.valid.exclusive = false;
    }
    Some(claim)
}

/// Sets the field of a name where the text reads as one; tells whether it does.
fn field(claim: &mut Claim<Ref>, key: &str, text: &str) -> bool {
    fn put<T>(to: &mut Option<T>, value: Option<T>) -> bool {
        let reads = value.is_some();
        if reads {
            *to = value;
        }
        reads
    }
    match key {
        "polarity" => {
            claim.polarity = match text {
                "denied" => Polarity::Denied,
                "asserted" => Polarity::Asserted,
                _ => return false,
            };
            true
        }
        "likelihood" => put(&mut claim.likelihood, likelihood(text).ok().flatten()),
        "percent" => {
            let number = text.parse().ok().and_then(Likelihood::percent);
            put(&mut claim.likelihood, number)
        }
        "confidence" => put(&mut claim.confidence, Confidence::named(text)),
        "reliability" => {
            let letter = text.chars().next().filter(|_| text.chars().count() == 1);
            let grade = letter.and_then(Reliability::from_letter);
            put(&mut claim.reliability, grade)
        }
        "credibility" => {
            let grade = text.parse().ok().and_then(Credibility::new);
            put(&mut claim.credibility, grade)
        }
        "from" => put(&mut claim.valid.from, PartialDate::parse(text)),
        "until" => put(&mut claim.valid.until, PartialDate::parse(text)),
        "before" => {
            let reads = put(&mut claim.valid.until, PartialDate::parse(text));
            claim.valid.exclusive |= reads;
            reads
        }
        "reported" => put(&mut claim.reported, PartialDate::parse(text)),
        "reference" => put(&mut claim.reference, Some(text.to_owned())),
        "locator" => put(&mut claim.locator, Some(text.to_owned())),
        "quote" => put(&mut claim.quote, Some(text.to_owned())),
        "marking" => put(&mut claim.marking, Marking::named(text)),
        _ => false,
    }
}

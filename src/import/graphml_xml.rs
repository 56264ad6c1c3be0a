//! The XML of GraphML as plain data: nodes and edges with what their keys say, wherever they stand. It
//! knows nothing of claims, and resolves no references but those of characters.

use crate::import::document::Document;
use crate::model::Value;
use crate::text::Diagnostic;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;

/// How deep elements may stand in each other.
const DEPTH: usize = 256;

/// What a key says of its data.
#[derive(Clone, Debug, Default)]
struct Key {
    name: String,
    kind: String,
    default: Option<String>,
    of: String,
}

/// A piece of data.
#[derive(Clone, Debug)]
pub struct Datum {
    /// The name of its key.
    pub name: String,
    /// The kind of its key: `string`, `int` …
    pub kind: String,
    /// What stands there.
    pub text: String,
}

impl Datum {
    /// Its value; why there is none.
    pub fn value(&self) -> Result<Value, String> {
        value(&self.kind, &self.text)
            .ok_or_else(|| format!("`{}` that is no {}, left out", self.name, self.kind))
    }
}

/// A node.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Its id in the file.
    pub id: String,
    /// Where it begins.
    pub offset: usize,
    /// Labels in the attribute that some programs write.
    labels: String,
    /// What its data say.
    pub data: Vec<Datum>,
}

/// An edge.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    /// The id of the node that it comes from.
    pub source: String,
    /// The id of the node that it goes to.
    pub target: String,
    /// Where it begins.
    pub offset: usize,
    label: String,
    /// What its data say.
    pub data: Vec<Datum>,
}

/// What is in a file.
#[derive(Debug, Default)]
pub struct Parsed {
    /// In their order.
    pub nodes: Vec<Node>,
    /// In their order.
    pub edges: Vec<Edge>,
    /// Where hyperedges and ports begin.
    pub ports: Vec<usize>,
}

/// A value of a kind of GraphML.
fn value(kind: &str, text: &str) -> Option<Value> {
    match kind {
        "boolean" => text.trim().parse().ok().map(Value::Bool),
        "int" | "long" => text.trim().parse().ok().map(Value::Int),
        "float" | "double" => {
            let number: Option<f64> = text.trim().parse().ok();
            number.filter(|number| number.is_finite()).map(Value::Float)
        }
        _ => Some(Value::Text(text.to_owned())),
    }
}

/// The first of these names that data have, with a text.
fn first<'d>(data: &'d [Datum], names: &[&'static str]) -> Option<(&'static str, &'d str)> {
    names.iter().find_map(|name| {
        let found = data
            .iter()
            .find(|datum| datum.name.eq_ignore_ascii_case(name));
        let text = found.map(|datum| datum.text.trim());
        text.filter(|text| !text.is_empty())
            .map(|text| (*name, text))
    })
}

/// Data that name a node.
const NAMES: &[&str] = &["name", "label", "nodelabel", "title", "caption"];
/// Data that tell its types.
const KINDS: &[&str] = &["labels", "type", "types", "kind", "class"];
/// Data that tell the relation of an edge.
const LABELS: &[&str] = &["label", "relation", "edgelabel", "type", "predicate"];

impl Node {
    /// What it is called: by its data, else by its id.
    pub fn name(&self) -> &str {
        first(&self.data, NAMES).map_or(&self.id, |(_, name)| name)
    }

    /// The data that name it.
    pub fn named_by(&self) -> &str {
        first(&self.data, NAMES).map_or("", |(key, _)| key)
    }

    /// The data that tell its types.
    pub fn typed_by(&self) -> Option<&str> {
        match self.labels.is_empty() {
            true => self.kind_data().map(|datum| datum.name.as_str()),
            false => None,
        }
    }

    /// Where they stand; what our own export says counts even where it says that there is none.
    fn kind_data(&self) -> Option<&Datum> {
        let of = |name: &&str| self.data.iter().find(|datum| datum.name == **name);
        KINDS.iter().find_map(of)
    }

    /// Its types: `:Person:Actor`, or separated by `;`.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        let told = match self.labels.as_str() {
            "" => self.kind_data().map_or("", |datum| datum.text.as_str()),
            labels => labels,
        };
        let kinds = told.split([':', ';']).map(str::trim);
        kinds.filter(|kind| !kind.is_empty())
    }
}

impl Edge {
    /// What it says.
    pub fn label(&self) -> Option<&str> {
        match self.label.as_str() {
            "" => first(&self.data, LABELS).map(|(_, label)| label),
            label => Some(label),
        }
    }

    /// The data that say so.
    pub fn labelled_by(&self) -> Option<&str> {
        match self.label.is_empty() {
            true => first(&self.data, LABELS).map(|(key, _)| key),
            // Programs that write the attribute write it once more as data.
            false => Some("label"),
        }
    }

    /// Whether it has data of a name.
    pub fn has(&self, name: &str) -> bool {
        self.data.iter().any(|datum| datum.name == name)
    }
}

/// What is being read.
#[derive(Default)]
struct State {
    parsed: Parsed,
    keys: FxHashMap<String, Key>,
    /// The key that is being declared.
    declared: Option<String>,
    /// Nodes that are open, the innermost last: a node may hold a graph.
    nodes: Vec<Node>,
    edge: Option<Edge>,
    /// The key and the text of the data that is open, and whether elements stand in it.
    data: Option<(String, String, bool)>,
    /// The text of a label inside of data, as drawing programs have it, with the name of its element.
    label: Option<(String, String)>,
    /// Whether the text of `default` is being read.
    default: bool,
}

/// Reads a document.
pub fn parsed(document: &Document<'_>) -> Result<Parsed, Diagnostic> {
    let mut reader = Reader::from_str(document.text);
    let mut state = State::default();
    let mut depth: usize = 0;
    loop {
        let begun = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| {
            let at = reader.error_position() as usize;
            document
                .wrong(at, "this is not XML")
                .label(error.to_string())
                .help("the file is damaged, or was cut off")
        })?;
        let wrong = |why: String| {
            document
                .wrong(begun, why)
                .label("in this element")
                .help("the file is damaged, or was edited by hand")
        };
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(document
                        .wrong(begun, "the XML is nested too deeply")
                        .label(format!("more than {DEPTH} levels"))
                        .help("no graph goes so deep"));
                }
                state.open(&start, begun).map_err(wrong)?;
            }
            Event::Empty(start) => {
                state.open(&start, begun).map_err(wrong)?;
                state.close(&local(start.name().0));
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                state.close(&local(end.name().0));
            }
            Event::Text(text) => state.text(&text.xml10_content()),
            Event::CData(text) => state.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.to_string();
                let sign = match reference.resolve_char_ref() {
                    Ok(Some(sign)) => Some(sign.to_string()),
                    Ok(None) => quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned),
                    Err(_) => None,
                };
                let sign = sign.ok_or_else(|| wrong(format!("`&{name};` stands for nothing")))?;
                state.text(&sign);
            }
            Event::Eof if depth > 0 => {
                return Err(document
                    .wrong(document.text.len(), "the XML ends too early")
                    .help("the file is cut off; get the whole of it"));
            }
            Event::Eof => return Ok(state.parsed),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

/// The attributes of an element, by their names without prefixes.
fn attributes(start: &BytesStart<'_>) -> Result<FxHashMap<String, String>, String> {
    let mut found = FxHashMap::default();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        found.insert(local(attribute.key.0), value.into_owned());
    }
    Ok(found)
}

impl State {
    fn open(&mut self, start: &BytesStart<'_>, offset: usize) -> Result<(), String> {
        let name = local(start.name().0);
        if let Some((_, _, elements)) = &mut self.data {
            *elements = true;
            // Programs that draw put the label into elements of their own.
            if name.ends_with("Label") {
                self.label = Some((name.to_lowercase(), String::new()));
            }
            return Ok(());
        }
        let mut has = attributes(start)?;
        let mut take = |key: &str| has.remove(key).unwrap_or_default();
        let needs = |key: &str, value: String| match value.is_empty() {
            true => Err(format!("`{name}` needs the attribute `{key}`")),
            false => Ok(value),
        };
        match name.as_str() {
            "key" => {
                let id = needs("id", take("id"))?;
                let (own, kind) = (take("attr.name"), take("attr.type"));
                let key = Key {
                    name: if own.is_empty() { id.clone() } else { own },
                    kind,
                    default: None,
                    of: take("for"),
                };
                self.keys.insert(id.clone(), key);
                self.declared = Some(id);
            }
            "default" if self.declared.is_some() => self.default = true,
            "node" => self.nodes.push(Node {
                id: needs("id", take("id"))?,
                offset,
                labels: take("labels"),
                data: Vec::new(),
            }),
            "edge" => {
                self.edge = Some(Edge {
                    source: needs("source", take("source"))?,
                    target: needs("target", take("target"))?,
                    offset,
                    label: take("label"),
                    data: Vec::new(),
                });
            }
            "data" => self.data = Some((needs("key", take("key"))?, String::new(), false)),
            "hyperedge" | "port" => self.parsed.ports.push(offset),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some((_, label)) = &mut self.label {
            label.push_str(text);
        } else if let Some((_, data, _)) = &mut self.data {
            data.push_str(text);
        } else if self.default
            && let Some(key) = self.declared.as_ref().and_then(|id| self.keys.get_mut(id))
        {
            key.default.get_or_insert_default().push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((element, text)) = self.label.take() {
            match element == name.to_lowercase() {
                true => self.put(Datum {
                    name: element,
                    kind: "string".to_owned(),
                    text: text.trim().to_owned(),
                }),
                false => self.label = Some((element, text)),
            }
            return;
        }
        match name {
            "data" => {
                if let Some((id, text, elements)) = self.data.take() {
                    let key = self.keys.get(&id);
                    let (name, kind) = key.map_or((id.clone(), String::new()), |key| {
                        (key.name.clone(), key.kind.clone())
                    });
                    // What holds elements only says nothing as text.
                    if !(elements && text.trim().is_empty()) {
                        self.put(Datum { name, kind, text });
                    }
                }
            }
            "node" => {
                if let Some(mut node) = self.nodes.pop() {
                    self.defaults("node", &mut node.data);
                    self.parsed.nodes.push(node);
                }
            }
            "edge" => {
                if let Some(mut edge) = self.edge.take() {
                    self.defaults("edge", &mut edge.data);
                    self.parsed.edges.push(edge);
                }
            }
            "default" => self.default = false,
            "key" => self.declared = None,
            _ => {}
        }
    }

    /// Data belong to what is open.
    fn put(&mut self, datum: Datum) {
        match (&mut self.edge, self.nodes.last_mut()) {
            (Some(edge), _) => edge.data.push(datum),
            (None, Some(node)) => node.data.push(datum),
            // Data of the graph itself say nothing of an entity.
            (None, None) => {}
        }
    }

    /// What keys say of those that have no such data.
    fn defaults(&self, of: &str, data: &mut Vec<Datum>) {
        let mut more: Vec<Datum> = Vec::new();
        for key in self.keys.values() {
            let missing = data.iter().all(|datum| datum.name != key.name);
            if let Some(text) = key.default.as_ref().filter(|_| missing)
                && (key.of == of || key.of == "all" || key.of.is_empty())
            {
                more.push(Datum {
                    name: key.name.clone(),
                    kind: key.kind.clone(),
                    text: text.trim().to_owned(),
                });
            }
        }
        more.sort_by(|a, b| a.name.cmp(&b.name));
        data.extend(more);
    }
}

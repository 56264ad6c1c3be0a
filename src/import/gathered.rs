//! From what was gathered to changes of a case: handles are chosen, ends are found, and what a later
//! state of a document no longer says is retracted. It reads no document and changes no case.

use crate::graph::{Graph, GraphView, Row};
use crate::import::document::Document;
use crate::import::handles::Handles;
use crate::import::harvest::{COLLECTION, DOCUMENT, Harvest, Node, Ref, Stated, Thing};
use crate::import::placing::Spoken;
use crate::import::tally::{Counts, Oddities};
use crate::model::{Change, Claim, EntityId, RelationId, RetractTarget, Value, Vocabulary};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rustc_hash::FxHashMap;

/// What an import of documents comes to.
#[derive(Debug, Default)]
pub struct Gathered {
    /// New words, entities, retractions, claims.
    pub changes: Vec<Change>,
    /// Claims that an earlier state of their document made already.
    pub known: usize,
    /// What came from each document, in the order in which they were read.
    pub counts: Vec<Counts>,
    /// What was odd, as it is told: kind, count, the first places.
    pub oddities: Vec<(String, usize, Vec<String>)>,
}

/// What is left of a harvest when its entities have handles.
struct Sorting<'a> {
    graph: &'a Graph,
    words: Vocabulary,
    nodes: Vec<Node>,
    handles: Handles<'a>,
    oddities: Oddities,
    described_in: Vec<(&'static str, &'static str)>,
}

impl Harvest<'_> {
    /// Chooses handles, finds ends, and compares with what earlier states of the documents said. `taken`
    /// are handles that other parts of the same import bring, with their types by name.
    /// The changes come behind those of `before`, so that they are moved once.
    pub fn finish(mut self, taken: &[(String, Vec<String>)], before: Vec<Change>) -> Gathered {
        self.settle_collections();
        let standing: Vec<Vec<Row>> = self
            .states
            .iter()
            .map(|state| match state.superseded {
                true => Vec::new(),
                false => self.standing(&state.key).to_vec(),
            })
            .collect();
        self.settle_remarks();
        self.answer();
        let left = self.left();
        let mut claims = std::mem::take(&mut self.claims);
        let columns = self.graph.columns();
        let again = standing.iter().flatten().copied();
        let again = again.chain(left.iter().map(|(row, _)| *row));
        let going = again.filter(|row| columns.relation(*row) == Vocabulary::ALSO_KNOWN_AS);
        let mut handles = Handles::new(self.graph, &self.words, going.collect());
        for (name, types) in taken {
            let kinds = types.iter().filter_map(|noun| self.words.type_named(noun));
            handles.take(name, kinds.collect());
        }
        for source in claims.iter().flat_map(|stated| sources(&stated.claim)) {
            let source = self.led(*source);
            if let Node::Thing(thing) = &mut self.nodes[source.0 as usize] {
                handles.hold(thing);
            }
        }
        let mut nodes: Vec<Node> = self.nodes;
        let spoken = Spoken {
            claims: &claims,
            states: &self.states,
        };
        let items = handles.choose(&mut nodes, spoken);
        let mut gathered = Gathered {
            changes: before,
            counts: self.counts,
            ..Gathered::default()
        };
        gathered.changes.append(&mut self.declarations);
        gathered.changes.reserve(handles.count() + claims.len());
        handles.changes(&items, &mut gathered.changes);
        drop(items);
        let mut sorting = Sorting {
            graph: self.graph,
            words: self.words,
            nodes,
            handles,
            oddities: self.oddities,
            described_in: self.described_in,
        };
        let mut known: Vec<FxHashMap<(u32, u16, u32), Vec<Row>>> = standing
            .iter()
            .map(|rows| by_ends(self.graph, rows))
            .collect();
        claims.retain_mut(|stated| {
            if let Some(state) = stated.state {
                let state = &self.states[state as usize];
                if state.superseded {
                    return false;
                }
                let key = state.key.clone();
                let properties = &mut stated.claim.properties;
                properties.push((DOCUMENT.to_owned(), Value::Text(key)));
                if let Some(collection) = &state.collection {
                    let collection = Value::Text(collection.clone());
                    properties.push((COLLECTION.to_owned(), collection));
                }
            }
            stated.claim.properties.sort_by(|a, b| a.0.cmp(&b.0));
            stated.claim.properties.dedup_by(|a, b| a.0 == b.0);
            if !sorting.whole(stated) {
                return false;
            }
            let before = stated.state.map(|state| &mut known[state as usize]);
            if let Some(before) = before.filter(|before| !before.is_empty())
                && sorting.stands(&stated.claim, before)
            {
                gathered.known += 1;
                return false;
            }
            true
        });
        // What was found again is no longer among the known.
        let left = left.into_iter().map(|(row, because)| (vec![row], because));
        let of_states = known.into_iter().enumerate().map(|(at, rows)| {
            let mut gone: Vec<Row> = rows.into_values().flatten().collect();
            gone.sort_unstable();
            (gone, self.states[at].because.clone())
        });
        for (gone, because) in of_states.chain(left) {
            let retract = |row| Change::Retract {
                target: RetractTarget::Number(self.graph.columns().id(row)),
                because: Some(because.clone()),
            };
            gathered.changes.extend(gone.into_iter().map(retract));
        }
        // Every end has a name, since it was asked for.
        let asserted: Vec<Option<Change>> = claims
            .into_par_iter()
            .with_min_len(1024)
            .map(|stated| {
                sorting
                    .named(stated.claim)
                    .map(Box::new)
                    .map(Change::Assert)
            })
            .collect();
        gathered.changes.extend(asserted.into_iter().flatten());
        let told = |oddity: &crate::import::tally::Oddity| {
            let place = |place: &crate::import::document::Place| {
                let document: Option<&Document<'_>> = self.documents.get(place.document as usize);
                document.map_or_else(String::new, |document| document.told(*place))
            };
            let places = oddity.places.iter().map(place).collect();
            (oddity.kind.to_string(), oddity.count, places)
        };
        gathered.oddities = sorting.oddities.iter().map(told).collect();
        let long = &sorting.handles.too_long;
        if !long.is_empty() {
            let kind = "property longer than 48 kB, left out".to_owned();
            let first = long.iter().take(3).cloned().collect();
            gathered.oddities.push((kind, long.len(), first));
        }
        gathered
    }

    /// Gives those who agree or disagree with a document the ends of what it claims.
    fn answer(&mut self) {
        let responses = std::mem::take(&mut self.responses);
        if responses.is_empty() {
            return;
        }
        let mut stated: FxHashMap<&str, Vec<(Ref, RelationId, Ref)>> = FxHashMap::default();
        for claim in &self.claims {
            let state = claim.state.map(|state| &self.states[state as usize]);
            if let Some(state) = state.filter(|state| !state.superseded) {
                let claim = &claim.claim;
                let ends = (claim.subject, claim.relation, claim.object);
                stated.entry(&state.key).or_default().push(ends);
            }
        }
        let here: Vec<_> = responses
            .iter()
            .map(|of| stated.get(of.about.as_str()).cloned().unwrap_or_default())
            .collect();
        for (response, mut ends) in responses.into_iter().zip(here) {
            if ends.is_empty() && !self.comes_again(&response.about) {
                ends = self.ends_standing(&response.about);
            }
            let Stated {
                claim,
                place,
                state,
            } = response.stated;
            if ends.is_empty() {
                self.odd(
                    "opinion about a relationship that no file has, left out",
                    place,
                );
            }
            for (subject, relation, object) in ends {
                let claim = Claim {
                    subject,
                    relation,
                    object,
                    ..claim.clone()
                };
                self.claims.push(Stated {
                    claim,
                    place,
                    state,
                });
            }
        }
    }

    /// The ends of what a document claims in the case, each once.
    fn ends_standing(&mut self, key: &str) -> Vec<(Ref, RelationId, Ref)> {
        let rows = self.standing(key).to_vec();
        let columns = self.graph.columns();
        let mut ends: Vec<(u32, u16, u32)> = rows.iter().map(|row| columns.ends(*row)).collect();
        ends.sort_unstable();
        ends.dedup();
        let mut known = |id: u32| {
            let thing = Thing {
                known: Some(EntityId(id)),
                ..Thing::default()
            };
            self.node(Node::Thing(Box::new(thing)))
        };
        ends.into_iter()
            .filter(|(_, relation, _)| RelationId(*relation) != Vocabulary::ALSO_KNOWN_AS)
            .map(|(subject, relation, object)| {
                (known(subject), RelationId(relation), known(object))
            })
            .collect()
    }

    /// What the case has of documents that their collection has no longer, and why it goes.
    fn left(&self) -> Vec<(Row, String)> {
        let columns = self.graph.columns();
        if self.collections.is_empty() || !columns.has_free(COLLECTION) {
            return Vec::new();
        }
        let text = |row: Row, key: &str| {
            let of = columns.properties(row).iter();
            let mut of = of.filter(|(known, _)| known == key);
            match of.next() {
                Some((_, Value::Text(text))) => Some(text.as_str()),
                Some(_) | None => None,
            }
        };
        let mut found = Vec::new();
        for row in 0..columns.len() as Row {
            let Some(key) = text(row, COLLECTION) else {
                continue;
            };
            let of = self.collections.iter().find(|of| of.key == key);
            if let (Some(of), Some(document)) = (of, text(row, DOCUMENT))
                && !of.members.contains(document)
                && !self.comes_again(document)
                && columns.retracted(row).is_none()
            {
                found.push((row, of.because.clone()));
            }
        }
        found
    }
}

/// Whoever a claim is from.
fn sources(claim: &Claim<Ref>) -> impl Iterator<Item = &Ref> {
    claim.sources.iter().chain(&claim.via)
}

/// Claims by their ends.
fn by_ends(graph: &Graph, rows: &[Row]) -> FxHashMap<(u32, u16, u32), Vec<Row>> {
    let mut found: FxHashMap<(u32, u16, u32), Vec<Row>> = FxHashMap::default();
    for row in rows {
        found
            .entry(graph.columns().ends(*row))
            .or_default()
            .push(*row);
    }
    found
}

impl Sorting<'_> {
    fn led(&self, mut at: Ref) -> Ref {
        while let Node::Same(other) = &self.nodes[at.0 as usize] {
            at = *other;
        }
        at
    }

    /// The handle, or the text of an alias.
    fn name(&self, at: Ref) -> Option<&str> {
        let at = self.led(at);
        match &self.nodes[at.0 as usize] {
            Node::Text(text) => Some(text),
            Node::Thing(_) | Node::Same(_) => self.handles.of(at),
        }
    }

    /// The number of an entity or a text that the case has.
    fn number(&self, at: Ref) -> Option<EntityId> {
        let at = self.led(at);
        match &self.nodes[at.0 as usize] {
            Node::Text(text) => self.graph.entities().name_entity(text),
            Node::Thing(_) | Node::Same(_) => self.handles.entity(at),
        }
    }

    /// Whether both ends of a claim have come; says so where they have not.
    fn whole(&mut self, stated: &Stated) -> bool {
        let claim = &stated.claim;
        let alias = claim.relation == Vocabulary::ALSO_KNOWN_AS;
        let missing = [claim.subject, claim.object]
            .into_iter()
            .find(|end| self.name(*end).is_none_or(|name| name.trim().is_empty()));
        let kind = match missing {
            None => return true,
            Some(end) if alias && end == claim.object => "empty alias, left out".to_owned(),
            Some(end) => {
                let relation = &self.words.relation(claim.relation).name;
                let document = match &self.nodes[self.led(end).0 as usize] {
                    Node::Thing(thing) => self
                        .described_in
                        .iter()
                        .find(|(scheme, _)| thing.ids.iter().any(|(known, _)| known == scheme)),
                    Node::Text(_) | Node::Same(_) => None,
                };
                let help = document.map_or_else(String::new, |(_, document)| {
                    format!(": import {document} with it, or before and then this file again")
                });
                format!("`{relation}` with an end that no file describes, left out{help}")
            }
        };
        self.oddities.add(kind, stated.place);
        false
    }

    /// Whether the case has exactly this claim among those; it is taken out of them.
    fn stands(&self, claim: &Claim<Ref>, known: &mut FxHashMap<(u32, u16, u32), Vec<Row>>) -> bool {
        let numbered = claim.clone().try_map(|at, _| self.number(at).ok_or(()));
        let Ok(mut numbered) = numbered else {
            return false;
        };
        // What an entity is also called is a text, even where it is the name of another that was meant.
        if claim.relation == Vocabulary::ALSO_KNOWN_AS {
            let text = self.name(claim.object);
            match text.and_then(|text| self.graph.entities().name_entity(text)) {
                Some(text) => numbered.object = text,
                None => return false,
            }
        }
        numbered.sources.sort_unstable();
        numbered.sources.dedup();
        let ends = (numbered.subject.0, numbered.relation.0, numbered.object.0);
        let Some(rows) = known.get_mut(&ends) else {
            return false;
        };
        // The same object may come with a collection and without one: that says nothing else.
        let alone = |claim: &mut Claim<EntityId>| {
            claim.properties.retain(|(key, _)| key != COLLECTION);
        };
        alone(&mut numbered);
        let columns = self.graph.columns();
        let found = rows.iter().position(|row| {
            let mut known = columns.claim(*row);
            alone(&mut known);
            known == numbered
        });
        found.map(|at| rows.swap_remove(at)).is_some()
    }

    fn named(&self, claim: Claim<Ref>) -> Option<Claim<String>> {
        claim
            .try_map(|at, _| self.name(at).map(str::to_owned).ok_or(()))
            .ok()
    }
}

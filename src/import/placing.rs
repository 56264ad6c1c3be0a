//! Which entities of an import are one, with each other and with those of the case: by an id, by name where
//! that may be met. It guesses no likeness of names.
//!
//! A name means in the import that brings it what it means afterwards: to whom it belongs is judged by what
//! the case will be, not by what it was, so that the same import again finds the same. Therefore whoever has
//! an id is placed first, then each name on its own; then everything is looked at again with all the names,
//! types and titles that came of it, until nobody has to move.

use crate::graph::{GraphView, Row};
use crate::import::handles::{Handles, Item};
use crate::import::harvest::{DOCUMENT, Meeting, Node, Said, Stated};
use crate::import::states::State;
use crate::model::{Claim, EntityId, Polarity, Value, Vocabulary};
use crate::text::fold;
use rustc_hash::FxHashMap;

/// How often all is looked at again. Whoever moves goes as a rule to a handle of its own, and stays there.
const ROUNDS: usize = 16;

/// The claims of an import, which call entities by names and tell of whom an earlier state spoke.
#[derive(Clone, Copy)]
pub(in crate::import) struct Spoken<'c> {
    pub claims: &'c [Stated],
    pub states: &'c [State],
}

impl<'c> Spoken<'c> {
    /// The claims that count.
    fn claims(self) -> impl Iterator<Item = &'c Stated> {
        self.claims.iter().filter(move |stated| {
            let state = stated.state.map(|state| &self.states[state as usize]);
            state.is_none_or(|state| !state.superseded)
        })
    }
}

/// Whom something means.
enum Meant {
    Group(usize),
    /// Several bear its name, one of them maybe as its handle.
    Several(Vec<usize>, Option<usize>),
    Nobody,
}

impl Handles<'_> {
    /// Chooses a handle for each entity of an import; the items are what was said of them.
    pub(in crate::import) fn choose(
        &mut self,
        nodes: &mut [Node],
        spoken: Spoken<'_>,
    ) -> Vec<Item> {
        self.of = vec![None; nodes.len()];
        let mut items = self.items(nodes);
        let looked = items
            .iter()
            .filter(|item| item.meeting() == Meeting::ByName);
        self.wanted = looked.map(|item| fold(item.name())).collect();
        if !self.wanted.is_empty() {
            self.call_items(nodes, spoken, &mut items);
        }
        // Those that the case knows are there before anybody looks for a name.
        for (number, item) in items.iter().enumerate() {
            if let Some(entity) = item.known {
                let group = self.known(entity);
                self.join(number, item, group);
            }
        }
        let mut later = Vec::new();
        for (number, item) in items.iter().enumerate() {
            if item.known.is_some() {
                continue;
            }
            let group = match self.meant(item, None) {
                Meant::Group(group) => group,
                Meant::Several(..) if item.ids.is_empty() => {
                    later.push(number);
                    continue;
                }
                Meant::Several(_, Some(exactly)) => exactly,
                Meant::Several(_, None) | Meant::Nobody => self.own(item),
            };
            self.join(number, item, group);
        }
        let mut claims: Option<FxHashMap<usize, Vec<usize>>> = None;
        for number in later {
            let item = &items[number];
            let group = match self.meant(item, None) {
                Meant::Group(group) => group,
                Meant::Several(of, exactly) => {
                    let claims = claims.get_or_insert_with(|| by_end(nodes, spoken));
                    let before = self.before(item, of, nodes, spoken, claims);
                    before.or(exactly).unwrap_or_else(|| self.own(item))
                }
                Meant::Nobody => self.own(item),
            };
            self.join(number, item, group);
        }
        for _ in 0..ROUNDS {
            self.join_again(&items);
            let mut moved = Vec::new();
            for (number, item) in items.iter().enumerate() {
                // By an id everybody is found again.
                if item.known.is_some() || !item.ids.is_empty() {
                    continue;
                }
                let now = match self.meant(item, Some(&items)) {
                    Meant::Group(group) => Some(group),
                    Meant::Several(of, exactly) => {
                        let claims = claims.get_or_insert_with(|| by_end(nodes, spoken));
                        let before = self.before(item, of, nodes, spoken, claims);
                        before.or(exactly)
                    }
                    Meant::Nobody => None,
                };
                let now = now.or_else(|| self.apart(item));
                if now.is_none() || now != self.of[item.at] {
                    moved.push((number, now));
                }
            }
            if moved.is_empty() {
                break;
            }
            for (number, now) in moved {
                let item = &items[number];
                let group = now.unwrap_or_else(|| self.own(item));
                self.join(number, item, group);
            }
        }
        self.join_again(&items);
        self.describe(&mut items);
        items
    }

    /// What was said of each entity, in an order that depends neither on the order of the files nor on what
    /// the case knows: who has an id comes first; of several of one name those who act have it alone.
    fn items(&self, nodes: &mut [Node]) -> Vec<Item> {
        let mut items = Vec::new();
        for (at, node) in nodes.iter_mut().enumerate() {
            let Node::Thing(thing) = node else {
                continue;
            };
            if thing.known.is_none() && thing.said.is_none() {
                continue;
            }
            items.push(Item {
                at,
                ids: std::mem::take(&mut thing.ids),
                known: thing.known,
                said: thing.said.take(),
                called: Vec::new(),
            });
        }
        let actor = self.words.type_named("actor");
        let acts = |said: &Said| {
            let mut kinds = said.types.iter();
            actor.is_some_and(|actor| kinds.any(|kind| self.words.is_a(*kind, actor)))
        };
        let turn = |item: &Item| {
            let said = item.said.as_ref();
            (
                item.ids.is_empty(),
                said.is_some_and(|said| said.yields),
                !said.is_some_and(acts),
            )
        };
        let kinds = |item: &Item| -> Vec<&str> {
            let kinds = item.said.iter().flat_map(|said| &said.types);
            kinds
                .map(|kind| self.words.type_of(*kind).name.as_str())
                .collect()
        };
        items.sort_by(|a, b| {
            let first = turn(a)
                .cmp(&turn(b))
                .then(a.ids.first().cmp(&b.ids.first()));
            let then = || {
                a.name()
                    .cmp(b.name())
                    .then_with(|| kinds(a).cmp(&kinds(b)))
                    .then(a.meeting().cmp(&b.meeting()))
            };
            first.then_with(then)
        });
        items
    }

    /// Notes by which names claims call those of whom something is said, as far as anybody looks for them.
    fn call_items(&self, nodes: &[Node], spoken: Spoken<'_>, items: &mut [Item]) {
        let numbers = items.iter().enumerate();
        let numbers: FxHashMap<usize, usize> = numbers.map(|(at, item)| (item.at, at)).collect();
        for Stated { claim, .. } in spoken.claims() {
            if claim.relation != Vocabulary::ALSO_KNOWN_AS || claim.polarity != Polarity::Asserted {
                continue;
            }
            let Some(number) = numbers.get(&led(nodes, claim.subject.0)).copied() else {
                continue;
            };
            let object = led(nodes, claim.object.0);
            let text = match &nodes[object] {
                Node::Text(text) => text.as_str(),
                Node::Thing(_) | Node::Same(_) => {
                    numbers.get(&object).map_or("", |at| items[*at].name())
                }
            };
            let folded = fold(text);
            if self.wanted.contains(&folded) {
                items[number].called.push(folded);
            }
        }
    }

    /// Whom something means that the case does not know by an id. `all` are given when titles are settled.
    fn meant(&mut self, item: &Item, all: Option<&[Item]>) -> Meant {
        let name = item.name();
        let meeting = item.meeting();
        if meeting == Meeting::ById {
            return Meant::Nobody;
        }
        let exactly = self.borne(name);
        match exactly {
            Some(known) if !self.agrees(known, item) => return Meant::Nobody,
            Some(known) if meeting == Meeting::ByHandle || !item.ids.is_empty() => {
                return Meant::Group(known);
            }
            None if meeting == Meeting::ByHandle => return Meant::Nobody,
            Some(_) | None => {}
        }
        let mut found = self.names.get(&fold(name)).cloned().unwrap_or_default();
        for (entity, text) in self.graph.entities().bearers(name) {
            let bears = match text {
                Some(text) => self.bears(entity, text),
                None => all.is_none_or(|all| self.keeps(entity, name, all)),
            };
            if bears {
                let stays = self.graph.entities().merged().stays(entity);
                found.push(self.known(stays));
            }
        }
        found.extend(exactly);
        found.sort_unstable();
        found.dedup();
        found.retain(|group| self.agrees(*group, item));
        match found.as_slice() {
            [] => Meant::Nobody,
            [one] => Meant::Group(*one),
            _ => Meant::Several(found, exactly),
        }
    }

    /// The group that has a handle.
    fn borne(&mut self, handle: &str) -> Option<usize> {
        let known = self.by_handle.get(handle).copied();
        let known = known.filter(|group| self.groups[*group].is_there());
        known.or_else(|| {
            let entity = self.graph.entities().by_handle(handle)?;
            Some(self.known(entity))
        })
    }

    /// Handles for one that is told apart from others of its name.
    fn handles(&self, item: &Item) -> impl Iterator<Item = String> + use<> {
        let name = item.name().to_owned();
        let said = item.said.as_ref();
        let apart = said.and_then(|said| said.apart.clone());
        let kind = said.and_then(|said| said.types.first());
        let apart = match (apart, item.ids.first(), kind) {
            (Some(apart), _, _) => apart,
            (None, Some((_, id)), _) => id.clone(),
            (None, None, Some(kind)) => self.words.type_of(*kind).name.clone(),
            (None, None, None) => "another".to_owned(),
        };
        (1..).map(move |number: u32| match number {
            1 => format!("{name} ({apart})"),
            number => format!("{name} ({apart} {number})"),
        })
    }

    /// The one that was told apart from others of its name before.
    fn apart(&mut self, item: &Item) -> Option<usize> {
        if item.meeting() == Meeting::ById {
            return None;
        }
        for handle in self.handles(item) {
            let known = self.borne(&handle)?;
            if self.agrees(known, item) {
                return Some(known);
            }
        }
        None
    }

    /// A group for one that nobody else is.
    fn own(&mut self, item: &Item) -> usize {
        if let Some(known) = self.apart(item) {
            return known;
        }
        let name = item.name().to_owned();
        let mut handles = std::iter::once(name.clone()).chain(self.handles(item));
        let free = handles.find(|handle| self.free(handle));
        self.open(free.unwrap_or(name), None)
    }

    /// Whether nothing speaks against two being one: types that exclude each other, other ids of a scheme.
    fn agrees(&self, group: usize, item: &Item) -> bool {
        let group = &self.groups[group];
        let kin = |a, b| self.words.is_a(a, b) || self.words.is_a(b, a);
        let own = item.said.as_ref().map_or(&[][..], |said| &said.types);
        let mut types = group.types.iter();
        let types = group.types.is_empty()
            || own.is_empty()
            || types.any(|a| own.iter().any(|b| kin(*a, *b)));
        let other = |(scheme, id): &(String, String)| {
            let own = group.ids.iter().filter(|(known, _)| known == scheme);
            let mut own = own.peekable();
            own.peek().is_some() && !own.any(|(_, known)| known == id)
        };
        types && !item.ids.iter().any(other)
    }

    /// Whether nobody bears a name as handle, and no alias of the case would lead elsewhere.
    fn free(&self, name: &str) -> bool {
        let entities = self.graph.entities();
        let alias = entities.name_entity(name);
        let known = self.by_handle.get(name);
        known.is_none_or(|group| !self.groups[*group].is_there())
            && entities.by_handle(name).is_none()
            && alias.is_none_or(|text| entities.owners(text).is_empty())
    }

    /// Of several that bear a name, the one of whom the claims that use it are in the case already: their
    /// document meant that one when it came before, and others have got the name since.
    fn before(
        &self,
        item: &Item,
        several: Vec<usize>,
        nodes: &[Node],
        spoken: Spoken<'_>,
        claims: &FxHashMap<usize, Vec<usize>>,
    ) -> Option<usize> {
        let own = claims.get(&item.at).map_or(&[][..], Vec::as_slice);
        let mut best = None;
        for group in several {
            let Some(entity) = self.groups[group].entity else {
                continue;
            };
            let number = |end: u32| match led(nodes, end) {
                at if at == item.at => Some(entity),
                at => match &nodes[at] {
                    Node::Text(text) => self.graph.entities().name_entity(text),
                    Node::Thing(_) | Node::Same(_) => {
                        self.of[at].and_then(|group| self.groups[group].entity)
                    }
                },
            };
            // What is said of the same by another name tells less of this one.
            let otherwise = |stated: &Stated| {
                let claim = &stated.claim;
                let ends = [claim.subject, claim.object].map(|end| led(nodes, end.0));
                let Some(mine) = ends.iter().position(|end| *end == item.at) else {
                    return false;
                };
                let others = claims.get(&ends[1 - mine]).map_or(&[][..], Vec::as_slice);
                others.iter().any(|at| {
                    let other = &spoken.claims[*at];
                    let of = [other.claim.subject, other.claim.object];
                    let of = of.map(|end| led(nodes, end.0));
                    other.state == stated.state
                        && other.claim.relation == claim.relation
                        && of[1 - mine] == ends[1 - mine]
                        && of[mine] != item.at
                        && self.of[of[mine]] == Some(group)
                })
            };
            let own = own.iter().map(|at| &spoken.claims[*at]);
            let stands = |stated: &&Stated| self.stands(&number, stated, spoken.states);
            let standing: Vec<&Stated> = own.filter(stands).collect();
            let alone = standing.iter().filter(|stated| !otherwise(stated)).count();
            let count = (standing.len(), alone, std::cmp::Reverse(entity));
            if count.0 > 0 && best.is_none_or(|(known, _)| count > known) {
                best = Some((count, group));
            }
        }
        best.map(|(_, group)| group)
    }

    /// Whether the case has a claim with the ends and the sources of this one, of the same document.
    fn stands(
        &self,
        number: &dyn Fn(u32) -> Option<EntityId>,
        stated: &Stated,
        states: &[State],
    ) -> bool {
        let Claim {
            subject,
            relation,
            object,
            sources,
            ..
        } = &stated.claim;
        let (Some(subject), Some(object)) = (number(subject.0), number(object.0)) else {
            return false;
        };
        let Some(fact) = self.graph.fact(subject, *relation, object) else {
            return false;
        };
        let key = stated
            .state
            .map(|state| states[state as usize].key.as_str());
        let mut sources: Vec<Option<EntityId>> = sources.iter().map(|at| number(at.0)).collect();
        sources.sort_unstable();
        sources.dedup();
        let columns = self.graph.columns();
        let same = |row: &Row| {
            let claim = columns.claim(*row);
            let mut properties = claim.properties.iter();
            let document = properties.find(|(key, _)| key == DOCUMENT);
            let document = match document {
                Some((_, Value::Text(text))) => Some(text.as_str()),
                Some(_) | None => None,
            };
            let mut known: Vec<_> = claim.sources.iter().copied().map(Some).collect();
            known.sort_unstable();
            columns.retracted(*row).is_none() && document == key && known == sources
        };
        let mut rows = Vec::new();
        self.graph.claims(fact, &mut rows);
        rows.iter().any(same)
    }
}

/// The claims of each entity by their places: those of which it is an end or a source.
fn by_end(nodes: &[Node], spoken: Spoken<'_>) -> FxHashMap<usize, Vec<usize>> {
    let mut found: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (at, stated) in spoken.claims.iter().enumerate() {
        let state = stated.state.map(|state| &spoken.states[state as usize]);
        if state.is_some_and(|state| state.superseded) {
            continue;
        }
        let claim = &stated.claim;
        let ends = [claim.subject, claim.object].into_iter();
        for end in ends.chain(claim.sources.iter().copied()) {
            let own = found.entry(led(nodes, end.0)).or_default();
            if own.last() != Some(&at) {
                own.push(at);
            }
        }
    }
    found
}

/// The node to which another leads.
fn led(nodes: &[Node], mut at: u32) -> usize {
    while let Node::Same(other) = &nodes[at as usize] {
        at = other.0;
    }
    at as usize
}

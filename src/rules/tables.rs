//! Tuples of one relation as rules read and write them: two ends, an annotation, how high a proof is.
//! New ones come behind old ones, so that what came last is a range.

use crate::graph::SourceTest;
use crate::model::{Confidence, RelationId};
use crate::rules::annotations::{Annotations, Code};
use crate::rules::pairs::Pairs;
use rustc_hash::FxHashMap;

/// The rule of what is stated.
pub const STATED: u16 = u16::MAX;
/// No tuple.
const NONE: u32 = u32::MAX;
/// A tuple that another outdoes. It stays for the proofs that rest on it.
const OUTDONE: u32 = 1 << 31;

/// What a table holds: a relation, and where a condition says so only what some sources state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableKey {
    /// The relation.
    pub relation: RelationId,
    /// Who must say so; nothing is derived then.
    pub sources: Vec<SourceTest>,
    /// Least confidence of who says so; nothing is derived then.
    pub confidence: Option<Confidence>,
}

impl TableKey {
    /// Everything of a relation.
    pub fn all(relation: RelationId) -> TableKey {
        TableKey {
            relation,
            sources: Vec::new(),
            confidence: None,
        }
    }

    /// Whether what is derived belongs to it as well.
    pub fn takes_derived(&self) -> bool {
        self.sources.is_empty() && self.confidence.is_none()
    }
}

/// One tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuple {
    /// Who.
    pub subject: u32,
    /// To whom.
    pub object: u32,
    /// What it carries.
    pub annotation: Code,
    /// 0 of what is stated; else one more than the highest premise.
    pub height: u32,
    /// The rule that gave it first, or [`STATED`].
    pub rule: u16,
}

/// The places of tuples by one end: the last one first, each with the one before it.
#[derive(Clone, Debug, Default)]
struct Chain {
    last: Vec<u32>,
    before: Vec<u32>,
}

impl Chain {
    fn add(&mut self, end: u32, at: u32) {
        if self.last.len() <= end as usize {
            self.last.resize(end as usize + 1, NONE);
        }
        self.before.push(self.last[end as usize]);
        self.last[end as usize] = at;
    }

    #[inline]
    fn walk(&self, end: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.last.get(end as usize).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let found = at;
            if found == NONE {
                return None;
            }
            at = self.before[found as usize];
            Some(found)
        })
    }
}

/// The tuples of a relation.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// With [`OUTDONE`] in the height. One beside the other, as a join reads all of a tuple.
    tuples: Vec<Tuple>,
    /// The first tuple of each pair of ends, and the further ones.
    first: Option<Pairs>,
    further: FxHashMap<u32, Vec<u32>>,
    out: Option<Chain>,
    into: Option<Chain>,
}

impl Table {
    /// How many tuples, outdone ones included.
    pub fn len(&self) -> usize {
        self.tuples.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tuples.is_empty()
    }

    /// Lays the tuples out by pairs of ends, by subjects or by objects, where that is asked for.
    pub fn index(&mut self, pairs: bool, out: bool, into: bool) {
        if pairs && self.first.is_none() {
            let mut first = Pairs::default();
            for (at, tuple) in (0u32..).zip(&self.tuples) {
                let known = first.known_or(tuple.subject, tuple.object, at);
                if known != at {
                    self.further.entry(known).or_default().push(at);
                }
            }
            self.first = Some(first);
        }
        let chain = |end: fn(&Tuple) -> u32| {
            let mut chain = Chain::default();
            chain.before.reserve(self.tuples.len());
            for (at, tuple) in (0u32..).zip(&self.tuples) {
                chain.add(end(tuple), at);
            }
            chain
        };
        if out && self.out.is_none() {
            self.out = Some(chain(|tuple| tuple.subject));
        }
        if into && self.into.is_none() {
            self.into = Some(chain(|tuple| tuple.object));
        }
    }

    /// Takes all tuples out; the ways into it stay.
    pub fn clear(&mut self) {
        let ways = (
            self.first.is_some(),
            self.out.is_some(),
            self.into.is_some(),
        );
        *self = Table::default();
        self.index(ways.0, ways.1, ways.2);
    }

    /// The tuple at a place.
    #[inline]
    pub fn get(&self, at: u32) -> Tuple {
        let tuple = self.tuples[at as usize];
        Tuple {
            height: tuple.height & !OUTDONE,
            ..tuple
        }
    }

    /// Whether no other tuple of the same ends outdoes it.
    #[inline]
    pub fn stands(&self, at: u32) -> bool {
        self.tuples[at as usize].height & OUTDONE == 0
    }

    /// Adds a tuple unless one of the same ends is as good; tells whether it was added. What it
    /// outdoes stands no longer.
    #[inline]
    pub fn add(&mut self, tuple: Tuple, annotations: &mut Annotations) -> bool {
        let at = self.tuples.len() as u32;
        if let Some(first) = &mut self.first {
            let known = first.known_or(tuple.subject, tuple.object, at);
            if known != at {
                let further = self.further.get(&known).map_or(&[][..], Vec::as_slice);
                for other in std::iter::once(&known).chain(further) {
                    let own = self.tuples[*other as usize].annotation;
                    if annotations.outdoes(own, tuple.annotation) {
                        return false;
                    }
                }
                for other in std::iter::once(&known).chain(further) {
                    let own = &mut self.tuples[*other as usize];
                    if annotations.outdoes(tuple.annotation, own.annotation) {
                        own.height |= OUTDONE;
                    }
                }
                self.further.entry(known).or_default().push(at);
            }
        }
        if let Some(chain) = &mut self.out {
            chain.add(tuple.subject, at);
        }
        if let Some(chain) = &mut self.into {
            chain.add(tuple.object, at);
        }
        // Room by four: what masses of tuples are moved costs more than room that nothing touches.
        if at as usize == self.tuples.capacity() {
            self.tuples.reserve(3 * at as usize);
        }
        self.tuples.push(tuple);
        true
    }

    /// The places of tuples with both ends, in any order.
    pub fn between(&self, subject: u32, object: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.first.as_ref();
        let first = first.and_then(|first| first.get(subject, object));
        let further = first.and_then(|first| self.further.get(&first));
        first
            .into_iter()
            .chain(further.into_iter().flatten().copied())
    }

    /// The places of tuples of a subject, the last first.
    #[inline]
    pub fn from(&self, subject: u32) -> impl Iterator<Item = u32> + '_ {
        self.out.iter().flat_map(move |chain| chain.walk(subject))
    }

    /// The places of tuples of an object, the last first.
    #[inline]
    pub fn to(&self, object: u32) -> impl Iterator<Item = u32> + '_ {
        self.into.iter().flat_map(move |chain| chain.walk(object))
    }
}

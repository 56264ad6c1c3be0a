//! A graph as parts of pages, and a graph that reads its parts from pages when they are asked for. What a
//! snapshot holds is an index of the journal: whoever opens it goes on with what was recorded since.
//! `docs/format.md` draws it byte by byte. It knows no file.

use crate::graph::column::{Column, per_page};
use crate::graph::columns::{Columns, Transaction};
use crate::graph::dictionary::Dictionary;
use crate::graph::entities::Entities;
use crate::graph::handles::Handles;
use crate::graph::lazy::Lazy;
use crate::graph::log::Damage;
use crate::graph::merged::{Merge, Said};
use crate::graph::names::{IndexPart, Names};
use crate::graph::owners::Owners;
use crate::graph::parts;
use crate::graph::records::{self, Lay, Records, Stored};
use crate::graph::sorted::Sorted;
use crate::graph::statistics::{RelationCounts, Statistics};
use crate::graph::store::Graph;
use crate::graph::topology::{Facts, Topology};
use crate::model::{Cell, Packing, Pages, Part, Rules, Vocabulary};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of the parts that this program writes, and the latest that it reads.
pub const VERSION: u32 = 1;

/// What is read when a snapshot is opened: small, and enough to find the rest.
#[derive(Debug, Default, Encode, Decode)]
#[cbor(map)]
struct Head {
    #[n(0)]
    version: u32,
    #[n(1)]
    words: Vocabulary,
    /// How many claims, all of them sorted.
    #[n(2)]
    claims: u64,
    #[n(3)]
    relations: Vec<RelationCounts>,
    #[n(4)]
    types: Vec<u64>,
    /// How each column is packed.
    #[n(5)]
    columns: BTreeMap<u16, Packing>,
    /// How each list lies.
    #[n(6)]
    lists: BTreeMap<u16, Lay>,
    /// Sets of entities and rows, as Roaring bitmaps.
    #[n(7)]
    sets: BTreeMap<u16, ByteVec>,
    /// Of each type its entities.
    #[n(8)]
    members: Vec<ByteVec>,
    /// Keys of free properties of claims.
    #[n(9)]
    free: Vec<String>,
    /// For each relation its first segment, one more: outgoing, incoming.
    #[n(10)]
    bounds: [Vec<u32>; 2],
    /// How many keys the index of names has.
    #[n(11)]
    keys: u64,
    #[n(12)]
    merges: Vec<Merge>,
    #[n(13)]
    rules: Option<Rules>,
}

/// Where pages go.
pub type Sink<'s> = dyn FnMut(Part, u32, Vec<u8>) + 's;

/// A snapshot that is being written.
struct Writing<'s, 'p> {
    head: Head,
    sink: &'s mut Sink<'p>,
}

impl Writing<'_, '_> {
    fn column<T: Cell>(&mut self, part: u16, values: &[T]) {
        let packing = Packing::of(values);
        self.head.columns.insert(part, packing);
        if packing.width == 0 {
            return;
        }
        let pages: Vec<&[T]> = values.chunks(per_page(packing)).collect();
        let some = rayon::current_num_threads().max(1) * 4;
        for (first, some) in pages
            .chunks(some)
            .enumerate()
            .map(|(at, of)| (at * some, of))
        {
            let packed: Vec<Vec<u8>> = some
                .into_par_iter()
                .map(|page| packing.pack(page))
                .collect();
            for (at, page) in packed.into_iter().enumerate() {
                (self.sink)(Part(part), (first + at) as u32, page);
            }
        }
    }

    fn list<'r, T: Encode<()> + 'r>(&mut self, part: u16, records: impl Iterator<Item = &'r T>) {
        let sink = &mut *self.sink;
        let lay = records::write(records, &mut |at, page| sink(Part(part), at, page));
        self.head.lists.insert(part, lay);
    }

    fn set(&mut self, part: u16, set: &RoaringBitmap) {
        self.head.sets.insert(part, bitmap(set));
    }

    fn topology(&mut self, first: u16, of: &Topology) {
        self.column(first + parts::FIRST, of.first.all());
        self.column(first + parts::RELATIONS, of.relation.all());
        self.column(first + parts::SEGMENTS, of.segment.all());
        self.column(first + parts::NEAR, of.near.all());
        let (offsets, ends, rows) = of.rows_of_segments();
        self.column(first + parts::OFFSETS, &offsets);
        self.column(first + parts::ENDS, &ends);
        self.column(first + parts::ROWS, &rows);
        self.column(first + parts::STARTS, of.starts.all());
    }
}

fn bitmap(set: &RoaringBitmap) -> ByteVec {
    let mut bytes = Vec::with_capacity(set.serialized_size());
    // Writing into memory does not fail.
    let _ = set.serialize_into(&mut bytes);
    bytes.into()
}

impl Graph {
    /// Writes the graph as pages; gives the head, by which they are read.
    pub fn snapshot(&mut self, sink: &mut Sink<'_>) -> Vec<u8> {
        // What rules derive is worked out anew.
        self.columns.forget_derived();
        self.settle();
        if self.columns.incoming.0.is_empty() {
            self.columns.lay_out(self.into.rows());
        }
        let mut writing = Writing {
            head: Head {
                version: VERSION,
                words: self.vocabulary.clone(),
                claims: self.columns.len() as u64,
                relations: self.statistics.relations.clone(),
                types: self.statistics.types.clone(),
                bounds: [self.out.bounds.clone(), self.into.bounds.clone()],
                merges: self.merges.clone(),
                rules: Some(self.rules.clone()).filter(|rules| !rules.all().is_empty()),
                ..Head::default()
            },
            sink,
        };
        write_columns(&mut writing, &self.columns);
        writing.topology(parts::OUT, &self.out);
        writing.topology(parts::INTO, &self.into);
        write_entities(&mut writing, &self.entities);
        let mut head = Vec::new();
        // Writing into memory does not fail.
        let _ = minicbor::encode(&writing.head, &mut head);
        head
    }

    /// The graph of a snapshot. Nothing but the head is read before it is asked for.
    pub fn open(head: &[u8], pages: Arc<dyn Pages>) -> Result<Graph, Damage> {
        let head: Head = minicbor::decode(head)
            .map_err(|error| Damage(format!("the head of the snapshot cannot be read: {error}")))?;
        if head.version > VERSION {
            return Err(Damage(format!(
                "the snapshot has version {}, and this program reads up to {VERSION}",
                head.version
            )));
        }
        let opening = Opening { head, pages };
        let columns = opening.columns()?;
        let claims = opening.head.claims;
        if columns.len() as u64 != claims || u32::try_from(claims).is_err() {
            return Err(Damage(format!("{claims} claims are not in its columns")));
        }
        let (out, into) = (
            opening.topology(parts::OUT, 0)?,
            opening.topology(parts::INTO, 1)?,
        );
        let entities = opening.entities()?;
        let mut graph = Graph {
            out,
            into,
            settled: claims as u32,
            columns,
            entities,
            vocabulary: opening.head.words,
            statistics: Statistics {
                relations: opening.head.relations,
                types: opening.head.types,
            },
            merges: opening.head.merges,
            rules: opening.head.rules.unwrap_or_default(),
            ..Graph::default()
        };
        graph.follow_merges();
        Ok(graph)
    }
}

fn write_columns(writing: &mut Writing<'_, '_>, columns: &Columns) {
    writing.column(parts::SUBJECT, columns.subject.all());
    writing.column(parts::RELATION, columns.relation.all());
    writing.column(parts::OBJECT, columns.object.all());
    writing.column(parts::ATTRIBUTION, columns.attribution.all());
    writing.column(parts::LIKELIHOOD, columns.likelihood.all());
    writing.column(parts::FLAGS, columns.flags.all());
    writing.column(parts::VALID, columns.valid.all());
    writing.column(parts::REPORTED, columns.reported.all());
    writing.column(parts::RECORDED, columns.recorded.all());
    writing.column(parts::NUMBER, columns.number.all());
    writing.column(parts::DETAIL, columns.detail.all());
    writing.column(parts::ROW_BY_NUMBER, columns.row_by_number.all());
    writing.column(parts::INCOMING_LIKELIHOOD, columns.incoming.0.all());
    writing.column(parts::INCOMING_VALID, columns.incoming.1.all());
    writing.list(parts::ATTRIBUTIONS, columns.attributions.items().iter());
    writing.list(parts::LIKELIHOODS, columns.likelihoods().iter());
    writing.list(parts::PERIODS, columns.periods.items().iter());
    writing.list(parts::REFERENCES, columns.references.items().iter());
    writing.list(parts::DETAILS, columns.details.iter());
    writing.list(parts::TRANSACTIONS, columns.transactions.get().iter());
    let mut retractions: Vec<(u32, _)> = columns
        .retractions
        .get()
        .iter()
        .map(|(row, retraction)| (*row, retraction.clone()))
        .collect();
    retractions.sort_unstable_by_key(|(row, _)| *row);
    writing.list(parts::RETRACTIONS, retractions.iter());
    let mut said: Vec<(u32, Said)> = columns
        .said
        .get()
        .iter()
        .map(|(number, said)| (*number, said.clone()))
        .collect();
    said.sort_unstable_by_key(|(number, _)| *number);
    writing.list(parts::SAID, said.iter());
    writing.set(parts::UNUSUAL, &columns.unusual);
    let free = columns.free.iter().map(|key| String::from(&**key));
    writing.head.free = free.collect();
    writing.head.free.sort_unstable();
}

fn write_entities(writing: &mut Writing<'_, '_>, entities: &Entities) {
    writing.list(parts::ENTITIES, entities.items.iter());
    writing.column(parts::HANDLES, &entities.handles.sorted());
    writing.column(parts::TEXTS, &entities.texts.sorted());
    writing.column(parts::OWNERS, &entities.owners.sorted());
    let (index, keys) = entities.names.index();
    writing.head.keys = keys as u64;
    writing.column(parts::NAMES, &index.whole_names());
    let index: Vec<IndexPart> = index.parts();
    writing.list(parts::INDEX, index.iter());
    writing.set(parts::ALIASES, &entities.texts_set);
    writing.set(parts::DELETED, &entities.deleted);
    writing.head.members = entities.by_type.iter().map(bitmap).collect();
}

/// A snapshot that is being opened.
struct Opening {
    head: Head,
    pages: Arc<dyn Pages>,
}

impl Opening {
    fn column<T: Cell>(&self, part: u16) -> Result<Column<T>, Damage> {
        let packing = self.head.columns.get(&part).copied();
        let packing = packing.filter(|packing| packing.width <= 8 && packing.len < 1 << 40);
        match packing {
            Some(packing) => Ok(Column::cold(self.pages.clone(), Part(part), packing)),
            None => Err(Damage(format!("there is no part {part}"))),
        }
    }

    fn sorted(&self, part: u16) -> Result<Sorted, Damage> {
        self.column(part).map(Sorted::from)
    }

    fn list(&self, part: u16) -> Result<Stored, Damage> {
        let lay = self.head.lists.get(&part).cloned();
        let rising = |lay: &Lay| {
            let pairs = lay.firsts.windows(2).all(|pair| pair[0] < pair[1]);
            let ends = lay.firsts.first().is_none_or(|first| *first == 0)
                && lay
                    .firsts
                    .last()
                    .is_none_or(|last| u64::from(*last) < lay.len);
            pairs && ends && (lay.len == 0) == lay.firsts.is_empty()
        };
        match lay.filter(rising) {
            Some(lay) => Ok(Stored {
                pages: self.pages.clone(),
                part: Part(part),
                lay,
            }),
            None => Err(Damage(format!("there is no part {part}"))),
        }
    }

    fn set(&self, part: u16) -> Result<RoaringBitmap, Damage> {
        let bytes = self.head.sets.get(&part);
        let bytes = bytes.ok_or_else(|| Damage(format!("there is no part {part}")))?;
        read_bitmap(bytes)
    }

    fn columns(&self) -> Result<Columns, Damage> {
        let free = self.head.free.iter().map(|key| key.as_str().into());
        Ok(Columns {
            derived: None,
            subject: self.column(parts::SUBJECT)?,
            relation: self.column(parts::RELATION)?,
            object: self.column(parts::OBJECT)?,
            attribution: self.column(parts::ATTRIBUTION)?,
            likelihood: self.column(parts::LIKELIHOOD)?,
            flags: self.column(parts::FLAGS)?,
            valid: self.column(parts::VALID)?,
            reported: self.column(parts::REPORTED)?,
            recorded: self.column(parts::RECORDED)?,
            number: self.column(parts::NUMBER)?,
            detail: self.column(parts::DETAIL)?,
            row_by_number: self.column(parts::ROW_BY_NUMBER)?,
            attributions: Dictionary::cold(self.list(parts::ATTRIBUTIONS)?),
            likelihoods: Lazy::cold(self.list(parts::LIKELIHOODS)?, Stored::all),
            periods: Dictionary::cold(self.list(parts::PERIODS)?),
            references: Dictionary::cold(self.list(parts::REFERENCES)?),
            details: Records::cold(self.list(parts::DETAILS)?),
            transactions: Lazy::cold(self.list(parts::TRANSACTIONS)?, Stored::all::<Transaction>),
            retractions: Lazy::cold(self.list(parts::RETRACTIONS)?, |stored| {
                stored.all().into_iter().collect()
            }),
            said: Lazy::cold(self.list(parts::SAID)?, |stored| {
                stored.all().into_iter().collect()
            }),
            unusual: self.set(parts::UNUSUAL)?,
            dropped: RoaringBitmap::new(),
            incoming: (
                self.column(parts::INCOMING_LIKELIHOOD)?,
                self.column(parts::INCOMING_VALID)?,
            ),
            free: free.collect(),
        })
    }

    fn topology(&self, first: u16, way: usize) -> Result<Topology, Damage> {
        Ok(Topology {
            first: self.column(first + parts::FIRST)?,
            relation: self.column(first + parts::RELATIONS)?,
            segment: self.column(first + parts::SEGMENTS)?,
            bounds: self.head.bounds[way].clone(),
            near: self.column(first + parts::NEAR)?,
            facts: Facts::Stored {
                offsets: self.column(first + parts::OFFSETS)?,
                ends: self.column(first + parts::ENDS)?,
                rows: self.column(first + parts::ROWS)?,
            },
            starts: self.column(first + parts::STARTS)?,
        })
    }

    fn entities(&self) -> Result<Entities, Damage> {
        let members: Result<Vec<RoaringBitmap>, Damage> = self
            .head
            .members
            .iter()
            .map(|bytes| read_bitmap(bytes))
            .collect();
        let names = Names::cold(
            self.list(parts::INDEX)?,
            self.sorted(parts::NAMES)?,
            self.head.keys as usize,
        );
        Ok(Entities {
            items: Records::cold(self.list(parts::ENTITIES)?),
            handles: Handles::cold(self.sorted(parts::HANDLES)?),
            texts: Handles::cold(self.sorted(parts::TEXTS)?),
            owners: Owners::cold(self.sorted(parts::OWNERS)?),
            by_type: members?,
            texts_set: self.set(parts::ALIASES)?,
            names,
            deleted: self.set(parts::DELETED)?,
            ..Entities::default()
        })
    }
}

fn read_bitmap(bytes: &[u8]) -> Result<RoaringBitmap, Damage> {
    RoaringBitmap::deserialize_from(bytes)
        .map_err(|error| Damage(format!("a set of the snapshot cannot be read: {error}")))
}

//! Masses of claims at once, past the parser and the search for equal claims, as benchmarks and readers
//! of tables bring them. It checks that what is named is there; it interprets nothing.

use crate::graph::handles::NewEntities;
use crate::graph::row::Row;
use crate::graph::rows::Rows;
use crate::graph::store::Graph;
use crate::graph::view::GraphView;
use crate::model::{Claim, Entity, EntityId, Entry, RelationId, Vocabulary};
use roaring::RoaringBitmap;

/// Why bulk data was refused. Nothing of it went in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkError {
    /// A handle that is taken, with its place among the entities given.
    Taken(usize, String),
    /// A claim that names an entity or relation which is not there, with its place.
    Missing(usize),
}

impl std::fmt::Display for BulkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BulkError::Taken(at, name) => write!(f, "entity {at}: the name `{name}` is taken"),
            BulkError::Missing(at) => write!(
                f,
                "claim {at} names an entity or a relation that is not there"
            ),
        }
    }
}

impl std::error::Error for BulkError {}

impl Graph {
    /// Puts many claims in at once, past the parser and the search for equal claims: what is given
    /// twice is recorded twice. All or nothing. `recorded` is in seconds since 1970.
    ///
    /// Claims name entities by [`EntityId`]: those that are there already, then the given ones in
    /// their order.
    pub fn bulk(
        &mut self,
        entities: Vec<Entity>,
        claims: Vec<Claim<EntityId>>,
        recorded: i64,
    ) -> Result<(), BulkError> {
        let fresh = NewEntities::of(entities).map_err(|(at, name)| BulkError::Taken(at, name))?;
        self.free(&fresh)?;
        let count = self.entities.len() + fresh.len();
        let relations = self.vocabulary.relations().count();
        let missing = claims.iter().position(|claim| {
            let ends = [claim.subject, claim.object];
            let all = ends.iter().chain(&claim.sources).chain(&claim.via);
            all.into_iter().any(|id| id.index() >= count) || claim.relation.index() >= relations
        });
        if let Some(at) = missing {
            return Err(BulkError::Missing(at));
        }
        self.open_transaction(recorded);
        self.join(fresh);
        self.columns.reserve(claims.len());
        let first = self.columns.len() as Row;
        for claim in claims {
            if claim.relation == Vocabulary::ALSO_KNOWN_AS {
                self.entities.bears(claim.subject, claim.object, true);
            }
            self.columns.push(claim);
        }
        self.note_rows(first);
        self.settle_pointed(first);
        Ok(())
    }

    /// Refuses handles that are taken.
    fn free(&self, fresh: &NewEntities) -> Result<(), BulkError> {
        match self.entities.taken(fresh) {
            Some(at) => Err(BulkError::Taken(at as usize, fresh.name(at).to_owned())),
            None => Ok(()),
        }
    }

    fn join(&mut self, fresh: NewEntities) {
        if self.log.is_some() {
            for (at, entity) in fresh.entities.iter().enumerate() {
                self.note(|| match fresh.is_text(at as u32) {
                    true => Entry::Text(entity.name.clone()),
                    false => Entry::Entity(Box::new(entity.clone())),
                });
            }
        }
        let types = fresh.entities.iter().flat_map(|entity| &entity.types);
        for kind in types.filter(|kind| **kind != Vocabulary::NAME) {
            self.statistics.count_type(*kind);
        }
        self.entities.add_many(fresh);
    }

    /// The same for claims in columns; `declared` are the words of the case with those that they use. What
    /// a claim of the case says already is left out; gives how many these were.
    pub fn bulk_rows(
        &mut self,
        declared: Vocabulary,
        fresh: NewEntities,
        rows: Rows,
        recorded: i64,
    ) -> Result<usize, BulkError> {
        let count = (self.entities().len() + fresh.len()) as u32;
        let relations = declared.relations().count() as u16;
        self.free(&fresh)?;
        let ends = rows.subject.iter().zip(&rows.object);
        let good = |((subject, object), relation): ((&u32, &u32), &u16)| {
            *subject < count && *object < count && *relation < relations
        };
        if let Some(at) = ends.zip(&rows.relation).position(|row| !good(row)) {
            return Err(BulkError::Missing(at));
        }
        let named = rows.attributions.iter();
        let mut named = named.flat_map(|of| of.sources.iter().chain(&of.via));
        if named.any(|id| id.0 >= count) {
            return Err(BulkError::Missing(0));
        }
        self.open_transaction(recorded);
        self.note_words(declared != self.vocabulary);
        self.vocabulary = declared;
        self.join(fresh);
        self.bear(&rows);
        let first = self.columns.len() as Row;
        self.columns.append(rows);
        let known = self.known(first);
        self.columns.take_back(first, &known);
        self.note_rows(first);
        self.settle_pointed(first);
        Ok(known.len() as usize)
    }

    /// Those of the last rows, not settled yet, that say what a claim says which stands already.
    fn known(&self, first: Row) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        let mut rows = Vec::new();
        let behind = first..self.columns.len() as Row;
        for row in behind.filter(|_| first > 0) {
            let (subject, relation, object) = self.columns.ends(row);
            let ends = (EntityId(subject), RelationId(relation), EntityId(object));
            let Some(fact) = self.fact(ends.0, ends.1, ends.2) else {
                continue;
            };
            rows.clear();
            self.claims(fact, &mut rows);
            let stands = |known: &Row| self.columns.retracted(*known).is_none();
            if rows
                .iter()
                .any(|known| stands(known) && self.columns.equal(*known, row))
            {
                found.insert(row);
            }
        }
        found
    }
}

//! Tables joined to what a case knows: ids and names are found, new words are declared, and all of it
//! waits until every table was read. The case itself is changed by whoever asked for this.

use crate::graph::{Gathered, Graph, GraphView, NewEntities, Rows};
use crate::import::blocks::{Block, Blocks};
use crate::import::claims::{self, ALIAS, End, NEW};
use crate::import::entities::{self, Given};
use crate::import::table::{Kind, Reject, Table};
use crate::import::words::{self, Sayable};
use crate::model::{Attribution, Entity, EntityId, TypeId, Vocabulary};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rustc_hash::FxHashMap;

/// Ids that are numbers below this have a place of their own.
const DENSE: u32 = 1 << 24;
/// Rows that may be refused before reading stops, where one is enough to refuse all.
const ENOUGH: usize = 20;
/// How many rejects are kept where they are asked for.
const MOST: usize = 1_000_000;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Entities that are new.
    pub entities: usize,
    /// Claims that are new.
    pub claims: usize,
    /// Claims that the case has already, every field the same.
    pub known: usize,
    /// Records that were left out, in the order of the files.
    pub rejects: Vec<Reject>,
}

/// What tables call entities.
#[derive(Debug, Default)]
struct Ids {
    dense: Vec<u32>,
    others: FxHashMap<Box<[u8]>, u32>,
}

impl Ids {
    fn get(&self, id: &[u8]) -> Option<u32> {
        match crate::import::cells::number(id).filter(|number| *number < DENSE) {
            Some(number) => {
                let found = self.dense.get(number as usize).copied();
                found.filter(|entity| *entity != u32::MAX)
            }
            None => self.others.get(id).copied(),
        }
    }

    fn insert(&mut self, id: &[u8], entity: u32) {
        match crate::import::cells::number(id).filter(|number| *number < DENSE) {
            Some(number) => {
                let at = number as usize;
                if self.dense.len() <= at {
                    self.dense.resize(at + 1, u32::MAX);
                }
                self.dense[at] = entity;
            }
            None => {
                self.others.insert(id.into(), entity);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.dense.is_empty() && self.others.is_empty()
    }
}

/// Tables on their way into a case.
pub struct Staging<'g> {
    graph: &'g Graph,
    words: Vocabulary,
    first: u32,
    entities: NewEntities,
    ids: Ids,
    rows: Gathered,
    /// Room for the rows of blocks to come.
    spare: Vec<Rows>,
    rejects: Vec<Reject>,
    keep_rejects: bool,
    sayable: Sayable,
}

/// What goes into the case: words, entities, claims.
pub type Staged = (Vocabulary, NewEntities, Rows, Imported);

impl<'g> Staging<'g> {
    /// Nothing so far. With `keep_rejects` rows that will not do are left out; otherwise they end it.
    pub fn new(graph: &'g Graph, keep_rejects: bool, sayable: Sayable) -> Staging<'g> {
        let mut ids = Ids::default();
        for id in graph.entities().ids() {
            let properties = &graph.entities().get(id).properties;
            let own = properties.iter().find(|(key, _)| key == "id");
            if let Some((_, value)) = own {
                ids.insert(value.text().as_bytes(), id.0);
            }
        }
        Staging {
            graph,
            words: graph.vocabulary().clone(),
            first: graph.entities().len() as u32,
            entities: NewEntities::default(),
            ids,
            rows: Gathered::default(),
            spare: Vec::new(),
            rejects: Vec::new(),
            keep_rejects,
            sayable,
        }
    }

    /// Whether so many rows were refused that nothing will come of it.
    fn over(&self) -> bool {
        match self.keep_rejects {
            true => self.rejects.len() >= MOST,
            false => self.rejects.len() >= ENOUGH,
        }
    }

    /// Reads all of a table. `told` hears of bytes that were read, and stops it by `false`.
    pub fn read(
        &mut self,
        table: &Table,
        blocks: &mut Blocks<'_>,
        told: &mut dyn FnMut(usize) -> bool,
    ) -> bool {
        let side_by_side = rayon::current_num_threads().max(1) * 2;
        loop {
            let mut some: Vec<Block> = Vec::new();
            while some.len() < side_by_side {
                match blocks.take() {
                    Ok(Some(block)) => some.push(block),
                    Ok(None) => break,
                    Err((line, reason)) => {
                        self.rejects.push(Reject {
                            file: table.file.clone(),
                            line,
                            reason,
                            ..Reject::default()
                        });
                        return true;
                    }
                }
            }
            let bytes = some.iter().map(|block| block.bytes.len()).sum();
            if some.is_empty() || self.over() {
                return true;
            }
            match table.kind {
                Kind::Entities => {
                    let read = |block: Block| entities::read(table, &block);
                    let parts: Vec<_> = some.into_par_iter().map(read).collect();
                    parts
                        .into_iter()
                        .for_each(|part| self.take_entities(table, part));
                }
                Kind::Claims => {
                    let mut spare = std::mem::take(&mut self.spare);
                    spare.resize_with(some.len(), Rows::default);
                    let end = |cell: &[u8]| self.end(cell);
                    let read =
                        |(block, room): (Block, Rows)| claims::read(table, &block, room, &end);
                    let some: Vec<_> = some.into_iter().zip(spare).collect();
                    let parts: Vec<_> = some.into_par_iter().map(read).collect();
                    parts.into_iter().for_each(|part| self.take_claims(part));
                }
            }
            if !told(bytes) {
                return false;
            }
        }
    }

    fn stage(&mut self, entity: Entity) -> u32 {
        self.first + self.entities.push(entity)
    }

    /// The text of an alias.
    fn text(&mut self, text: &str) -> u32 {
        match self.graph.entities().name_entity(text) {
            Some(known) => known.0,
            None => self.first + self.entities.text(text),
        }
    }

    /// The entity of a name, which is made where there is none.
    fn named(&mut self, name: &str) -> u32 {
        let known = self.graph.entities().resolve(name);
        match (known.as_slice(), self.entities.find(name)) {
            ([one], _) => one.0,
            (_, Some(at)) => self.first + at,
            _ => self.stage(Entity {
                name: name.to_owned(),
                ..Entity::default()
            }),
        }
    }

    /// What a cell means as the end of a claim.
    fn end(&self, cell: &[u8]) -> End {
        if let Some(id) = self.ids.get(cell) {
            return End::Known(id);
        }
        let name = match crate::import::cells::text(cell) {
            Ok(name) => name.trim(),
            Err(why) => return End::Refused(why),
        };
        if let Some(at) = self.entities.find(name) {
            return End::Known(self.first + at);
        }
        match self.graph.entities().resolve(name).as_slice() {
            [one] => End::Known(one.0),
            [] if self.ids.is_empty() => End::New,
            [] => {
                let known = self.entities.len() + self.graph.entities().len();
                End::Refused(format!(
                    "none of the {known} entities has the id or the name `{name}`"
                ))
            }
            many => {
                let name_of = |id: &EntityId| self.graph.entities().name(*id).to_owned();
                let names: Vec<String> = many.iter().map(name_of).collect();
                End::Refused(format!("`{name}` may be {}", names.join(" or ")))
            }
        }
    }

    fn take_entities(&mut self, table: &Table, part: entities::Part) {
        let types: Vec<Vec<TypeId>> = part
            .types
            .iter()
            .map(|names| {
                let mut types: Vec<TypeId> = names
                    .iter()
                    .map(|name| words::kind(&mut self.words, name, self.sayable).0)
                    .collect();
                // Everything is an entity.
                types.retain(|kind| *kind != Vocabulary::ENTITY);
                types.sort_unstable();
                types.dedup();
                types
            })
            .collect();
        let mut refused = part.rejects;
        for given in part.entities {
            let types = &types[given.types as usize];
            if let Err((field, reason, given)) = self.entity(given, types) {
                refused.push(Reject {
                    file: table.file.clone(),
                    line: given.line,
                    column: table.column(field).map(|at| table.headers[at].clone()),
                    reason,
                    record: given
                        .id
                        .into_iter()
                        .chain([given.name])
                        .collect::<Vec<_>>()
                        .join(","),
                });
            }
        }
        refused.sort_by_key(|reject| reject.line);
        self.rejects.extend(refused);
    }

    fn entity(
        &mut self,
        given: Given,
        types: &[TypeId],
    ) -> Result<(), (crate::import::fields::Field, String, Given)> {
        use crate::import::fields::Field;
        let known = self.graph.entities().by_handle(&given.name);
        if let Some(id) = &given.id {
            match self.ids.get(id.as_bytes()) {
                // What the case has already is not made again.
                Some(held) if known == Some(EntityId(held)) => return Ok(()),
                Some(_) => {
                    let why = format!("the id `{id}` is taken");
                    return Err((Field::Id, why, given));
                }
                None => {}
            }
        }
        let entity = Entity {
            name: given.name,
            title: given.title,
            types: types.to_vec(),
            properties: given.properties,
            unnamed: given.unnamed,
            ids: given.ids,
            ..Entity::default()
        };
        let (mut entity, staged) = match known {
            Some(_) => (entity, None),
            None => match self.entities.offer(entity) {
                Ok(at) => {
                    self.calls(given.id.as_deref(), at);
                    return Ok(());
                }
                Err((entity, at)) => (entity, Some(at)),
            },
        };
        let Some(id) = given.id else {
            if let Some(at) = staged {
                more(self.entities.entity_mut(at), entity);
            }
            return Ok(());
        };
        // Two of one name are told apart by their ids.
        let name = format!("{} ({id})", entity.name);
        entity.title = entity.title.or(Some(entity.name));
        entity.name = name;
        let free = self.graph.entities().by_handle(&entity.name).is_none();
        let placed = match free {
            true => self.entities.offer(entity).map_err(|(entity, _)| entity),
            false => Err(entity),
        };
        match placed {
            Ok(at) => {
                self.calls(Some(&id), at);
                Ok(())
            }
            Err(entity) => {
                let why = format!("the name `{}` is taken", entity.name);
                let given = Given {
                    line: given.line,
                    id: Some(id),
                    name: entity.name,
                    ..Given::default()
                };
                Err((Field::Name, why, given))
            }
        }
    }

    /// Tables call the new entity at a place so.
    fn calls(&mut self, id: Option<&str>, at: u32) {
        if let Some(id) = id {
            self.ids.insert(id.as_bytes(), self.first + at);
        }
    }

    fn take_claims(&mut self, part: claims::Part) {
        let mut rows = part.rows;
        // The first name of each list is for no value; of relations it is the file's name, which counts
        // only where a row has no other.
        let mut used = vec![false; part.relations.len()];
        rows.relation
            .iter()
            .for_each(|code| used[*code as usize] = true);
        let relations: Vec<u16> = part
            .relations
            .iter()
            .zip(used)
            .map(|(name, used)| match used {
                true => words::relation(&mut self.words, name, self.sayable).0.0,
                false => 0,
            })
            .collect();
        for relation in &mut rows.relation {
            *relation = relations[*relation as usize];
        }
        let fresh: Vec<u32> = match part.fresh.len() {
            1 => Vec::new(),
            _ => part
                .fresh
                .iter()
                .map(|name| match name.as_str() {
                    "" => u32::MAX,
                    name => self.named(name),
                })
                .collect(),
        };
        if part.texts.len() > 1 {
            // The first is for no text.
            let texts = part.texts.iter().skip(1).map(|text| self.text(text));
            let texts: Vec<u32> = std::iter::once(u32::MAX).chain(texts).collect();
            for end in rows.object.iter_mut().filter(|end| **end & ALIAS == ALIAS) {
                *end = texts[(*end & !ALIAS) as usize];
            }
        }
        if !fresh.is_empty() {
            for end in rows.subject.iter_mut().chain(&mut rows.object) {
                if *end & NEW != 0 {
                    *end = fresh[(*end & !NEW) as usize];
                }
            }
        }
        let sources: Vec<EntityId> = part
            .sources
            .iter()
            .map(|name| match name.as_str() {
                "" => EntityId(0),
                name => EntityId(self.named(name)),
            })
            .collect();
        let known = |ids: &[EntityId]| ids.iter().map(|code| sources[code.index()]).collect();
        for attribution in &mut rows.attributions {
            let mut of: Vec<EntityId> = known(&attribution.sources);
            of.sort_unstable();
            of.dedup();
            *attribution = Attribution {
                sources: of,
                via: known(&attribution.via),
            };
        }
        self.rejects.extend(part.rejects);
        let emptied = self.rows.add(rows);
        self.spare.push(emptied);
    }

    /// What goes into the case; without leave to keep rejects, what was refused instead.
    pub fn finish(self) -> Result<Staged, Vec<Reject>> {
        if !self.rejects.is_empty() && !self.keep_rejects {
            return Err(self.rejects);
        }
        let imported = Imported {
            entities: self.entities.len() - self.entities.texts(),
            claims: self.rows.len(),
            known: 0,
            rejects: self.rejects,
        };
        drop(self.spare);
        Ok((self.words, self.entities, self.rows.done(), imported))
    }
}

/// More is said of a new entity.
fn more(entity: &mut Entity, said: Entity) {
    entity.types.extend(said.types);
    entity.types.sort_unstable();
    entity.types.dedup();
    entity.title = said.title.or(entity.title.take());
    entity.unnamed |= said.unnamed;
    entity.ids.extend(said.ids);
    entity.ids.sort_unstable();
    entity.ids.dedup();
    for (key, value) in said.properties {
        match entity
            .properties
            .binary_search_by(|(known, _)| known.cmp(&key))
        {
            Ok(at) => entity.properties[at].1 = value,
            Err(at) => entity.properties.insert(at, (key, value)),
        }
    }
}

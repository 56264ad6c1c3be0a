//! Sets of entities, ready to be tested and walked. A type is tested entity by entity; only what
//! must be walked is laid out.

use crate::algebra::EntitySet;
use crate::graph::GraphView;
use crate::model::{EntityId, TypeId};
use crate::run::batch::{Column, NONE};
use crate::run::execution::{Execution, Halt};
use roaring::RoaringBitmap;
use std::sync::OnceLock;

/// A set of entities.
#[derive(Clone, Debug)]
pub enum Members {
    /// Any entity.
    Any,
    /// Of a type or one below it.
    Type(TypeId),
    /// These, sorted and each once; as a bitmap as well when one is looked up.
    These(Vec<u32>, OnceLock<RoaringBitmap>),
    /// In all of these sets.
    All(Vec<Members>),
}

impl Members {
    /// Makes a set ready; runs the plan of a set that is given by one.
    pub fn new(set: &EntitySet, execution: &Execution<'_>) -> Result<Members, Halt> {
        Ok(match set {
            EntitySet::Any => Members::Any,
            EntitySet::Type(kind) => Members::Type(*kind),
            EntitySet::Ids(ids) => Members::these(ids.iter().map(|id| id.0).collect()),
            EntitySet::Named(name) => {
                let found = execution.graph.entities().called(name);
                Members::these(found.into_iter().map(|id| id.0).collect())
            }
            EntitySet::Having(key, value) => match execution.graph.entities().having(key, value) {
                Some(found) => Members::these(found.into_iter().map(|id| id.0).collect()),
                // What is not looked up, the condition tests.
                None => Members::Any,
            },
            EntitySet::All(sets) => Members::All(
                sets.iter()
                    .map(|set| Members::new(set, execution))
                    .collect::<Result<_, _>>()?,
            ),
            EntitySet::Plan(plan, var) => {
                let mut ids: Vec<u32> = Vec::new();
                for batch in execution.run_to_end(plan)? {
                    let column = batch.column(*var);
                    if let Column::Entities(found) = column {
                        match ids.is_empty() {
                            true => ids = found.clone(),
                            false => ids.extend_from_slice(found),
                        }
                    } else if matches!(column, Column::Values(_)) {
                        ids.extend((0..batch.rows).map(|row| column.id(row)));
                    }
                }
                Members::these(ids)
            }
        })
    }

    /// These, given in any order, some twice perhaps.
    fn these(mut ids: Vec<u32>) -> Members {
        if !ids.is_sorted() {
            ids.sort_unstable();
        }
        ids.dedup();
        ids.truncate(ids.partition_point(|id| *id != NONE));
        Members::These(ids, OnceLock::new())
    }

    /// Keeps those of sorted entities that are in the set.
    pub fn sift(&self, ids: &mut Vec<u32>, graph: &dyn GraphView) {
        match self {
            Members::Any => {}
            Members::These(set, _) if set.len() > ids.len() / 8 => merged(ids, set),
            // Of few entities each is looked up.
            Members::These(set, _) => {
                let found = set.iter().filter(|id| ids.binary_search(id).is_ok());
                *ids = found.copied().collect();
            }
            Members::Type(kind) => graph.entities().keep_type(ids, *kind, graph.vocabulary()),
            Members::All(sets) => sets.iter().for_each(|set| set.sift(ids, graph)),
        }
    }

    /// Whether an entity is in the set.
    pub fn has(&self, id: u32, graph: &dyn GraphView) -> bool {
        match self {
            Members::Any => true,
            Members::Type(kind) => {
                graph
                    .entities()
                    .has_type(EntityId(id), *kind, graph.vocabulary())
            }
            Members::These(ids, marks) => marks.get_or_init(|| bitmap(ids)).contains(id),
            Members::All(sets) => sets.iter().all(|set| set.has(id, graph)),
        }
    }

    /// The set laid out; of any: all entities that are not mere names.
    pub fn laid_out(&self, graph: &dyn GraphView) -> RoaringBitmap {
        match self {
            Members::Any => graph.entities().ids().map(|id| id.0).collect(),
            Members::Type(kind) => graph.entities().members(*kind, graph.vocabulary()),
            Members::These(ids, marks) => marks.get().cloned().unwrap_or_else(|| bitmap(ids)),
            Members::All(sets) => {
                // The smallest laid-out part is filtered by the others.
                let laid = |set: &&Members| matches!(set, Members::These(..));
                let first = sets.iter().find(laid).or(sets.first());
                let Some(first) = first else {
                    return RoaringBitmap::new();
                };
                let ids = first.laid_out(graph);
                ids.into_iter()
                    .filter(|id| sets.iter().all(|set| set.has(*id, graph)))
                    .collect()
            }
        }
    }
}

fn bitmap(sorted: &[u32]) -> RoaringBitmap {
    RoaringBitmap::from_sorted_iter(sorted.iter().copied()).unwrap_or_default()
}

/// Keeps of a sorted list what is in another.
fn merged(ids: &mut Vec<u32>, others: &[u32]) {
    let (mut at, mut kept) = (0, 0);
    for place in 0..ids.len() {
        let id = ids[place];
        while at < others.len() && others[at] < id {
            at += 1;
        }
        if at == others.len() {
            break;
        }
        ids[kept] = id;
        kept += usize::from(others[at] == id);
    }
    ids.truncate(kept);
}

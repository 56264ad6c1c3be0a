//! The procedures that every case has: what words there are, and algorithms of petgraph.

use crate::algebra::{Datum, Fault};
use crate::engine::disputes;
use crate::graph::{ClaimFilter, GraphView, Petgraph, Seen};
use crate::language::gql::Signature;
use crate::model::{EntityId, Vocabulary};
use crate::run::{Procedure, Source};
use crate::text::fold;
use petgraph::visit::NodeIndexable;
use std::collections::{BTreeMap, BTreeSet};

type Rows = Result<Vec<Vec<Datum>>, Fault>;

/// The built-in procedures.
pub fn built_in() -> Vec<(Signature, Procedure)> {
    let native = |name: &str,
                  inputs: &[(&str, &str)],
                  outputs: &[&str],
                  run: fn(&dyn GraphView, &[Datum]) -> Rows| {
        let text = |(name, kind): &(&str, &str)| ((*name).to_owned(), (*kind).to_owned());
        let signature = Signature {
            name: name.to_owned(),
            inputs: inputs.iter().map(text).collect(),
            outputs: outputs.iter().map(|name| (*name).to_owned()).collect(),
        };
        let procedure = Procedure {
            inputs: inputs.len(),
            source: Source::Native(run),
        };
        (signature, procedure)
    };
    vec![
        native("db.labels", &[], &["label"], labels),
        native(
            "db.relationshipTypes",
            &[],
            &["relationshipType"],
            relationship_types,
        ),
        native("db.propertyKeys", &[], &["propertyKey"], property_keys),
        native(
            "claims.disputes",
            &[],
            &[
                "subject",
                "relation",
                "object",
                "assertedBy",
                "deniedBy",
                "grounds",
            ],
            disputes::disputes,
        ),
        native(
            "claims.attributions",
            &[],
            &["deed", "accused", "kind", "sources"],
            disputes::attributions,
        ),
        native(
            "claims.singleSourced",
            &[],
            &["subject", "relation", "object", "sources"],
            disputes::single_sourced,
        ),
        native(
            "claims.secondHand",
            &[],
            &["subject", "relation", "object", "sources", "via"],
            disputes::second_hand,
        ),
        native(
            "claims.corroborated",
            &[],
            &["subject", "relation", "object", "independent", "sources"],
            disputes::corroborated,
        ),
        native(
            "claims.sourcesThatMatter",
            &[
                ("subject", "ANY?"),
                ("relation", "STRING?"),
                ("object", "ANY?"),
            ],
            &[
                "source",
                "status",
                "statusWithout",
                "likelihood",
                "likelihoodWithout",
            ],
            disputes::sources_that_matter,
        ),
        native("algo.pageRank", &[], &["node", "score"], page_rank),
        native("algo.components", &[], &["node", "component"], components),
        native(
            "algo.stronglyConnectedComponents",
            &[],
            &["node", "component"],
            strong_components,
        ),
        native(
            "names.shared",
            &[],
            &["name", "node", "other"],
            shared_names,
        ),
    ]
}

fn column(values: impl Iterator<Item = String>) -> Rows {
    let mut values: Vec<String> = values.collect();
    values.sort();
    values.dedup();
    Ok(values
        .into_iter()
        .map(|value| vec![Datum::text(value)])
        .collect())
}

/// The labels that nodes have.
fn labels(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let words = graph.vocabulary();
    let kinds = graph
        .entities()
        .ids()
        .flat_map(|id| graph.entities().get(id).types.clone());
    column(kinds.map(|kind| words.type_of(kind).name.clone()))
}

/// The types that relationships have.
fn relationship_types(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let words = graph.vocabulary();
    let used = words
        .relations()
        .filter(|(id, _)| graph.statistics().relation(*id).claims > 0);
    column(used.map(|(_, relation)| relation.name.clone()))
}

/// The keys of properties of nodes and relationships.
fn property_keys(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let entities = graph.entities();
    let nodes = entities.ids().flat_map(|id| {
        let keys = entities.get(id).properties.iter();
        keys.map(|(key, _)| key.clone()).collect::<Vec<_>>()
    });
    let columns = graph.columns();
    let claims = (0..columns.len() as u32).flat_map(|row| {
        let keys = columns.properties(row).iter();
        keys.map(|(key, _)| key.clone()).collect::<Vec<_>>()
    });
    column(nodes.chain(claims))
}

/// Pairs of nodes that share a name: a handle, a title or an alias, the same to the letter when folded
/// (marks, case, `_`, `-`, `.` and `'` apart; the order of words counts). Each pair comes both ways. That
/// two share a name does not say that they are one.
fn shared_names(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let entities = graph.entities();
    let mut called: BTreeMap<String, BTreeSet<EntityId>> = BTreeMap::new();
    let mut call = |name: &str, id: EntityId| {
        let folded = fold(name);
        if !folded.is_empty() {
            called.entry(folded).or_default().insert(id);
        }
    };
    for id in entities.ids() {
        if entities.is_name(id) || entities.is_deleted(id) {
            continue;
        }
        let entity = entities.get(id);
        if !entity.made {
            call(&entity.name, id);
        }
        if let Some(title) = &entity.title {
            call(title, id);
        }
    }
    let seen = Seen::new(graph, ClaimFilter::default());
    seen.scan(Vocabulary::ALSO_KNOWN_AS, &mut |subject, run| {
        for end in run.ends {
            call(entities.name(EntityId(*end)), subject);
        }
    });
    let mut rows = Vec::new();
    for (name, of) in called.iter().filter(|(_, of)| of.len() > 1) {
        for one in of {
            for other in of.iter().filter(|other| *other != one) {
                let name = Datum::text(name.clone());
                rows.push(vec![name, Datum::Entity(*one), Datum::Entity(*other)]);
            }
        }
    }
    Ok(rows)
}

fn told(graph: &dyn GraphView, values: impl Iterator<Item = (EntityId, Datum)>) -> Rows {
    let entities = graph.entities();
    Ok(values
        .filter(|(id, _)| !entities.is_name(*id) && !entities.is_deleted(*id))
        .map(|(id, value)| vec![Datum::Entity(id), value])
        .collect())
}

/// PageRank with damping 0.85 over 20 rounds (Page, Brin 1998).
fn page_rank(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let entities = graph.entities();
    let nodes: Vec<EntityId> = entities.ids().collect();
    let seen = Seen::new(graph, ClaimFilter::default());
    let mut out: Vec<Vec<u32>> = vec![Vec::new(); entities.len()];
    for (relation, _) in graph.vocabulary().relations() {
        if relation != Vocabulary::ALSO_KNOWN_AS {
            seen.scan(relation, &mut |subject, run| {
                out[subject.index()].extend_from_slice(run.ends);
            });
        }
    }
    let count = nodes.len().max(1) as f64;
    let mut rank = vec![1.0 / count; entities.len()];
    for _ in 0..20 {
        let mut next = vec![0.0; entities.len()];
        let mut lost = 0.0;
        for id in &nodes {
            let ends = &out[id.index()];
            match ends.len() {
                0 => lost += rank[id.index()],
                ways => {
                    let share = rank[id.index()] / ways as f64;
                    ends.iter().for_each(|end| next[*end as usize] += share);
                }
            }
        }
        for id in &nodes {
            let flows = next[id.index()] + lost / count;
            rank[id.index()] = 0.15 / count + 0.85 * flows;
        }
    }
    told(
        graph,
        nodes
            .into_iter()
            .map(|id| (id, Datum::float(rank[id.index()]))),
    )
}

/// The weakly connected components, each by the lowest number in it.
fn components(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let count = graph.entities().len();
    let mut sets = petgraph::unionfind::UnionFind::<usize>::new(count);
    let seen = Seen::new(graph, ClaimFilter::default());
    for (relation, _) in graph.vocabulary().relations() {
        if relation != Vocabulary::ALSO_KNOWN_AS {
            seen.scan(relation, &mut |subject, run| {
                for end in run.ends {
                    sets.union(subject.index(), *end as usize);
                }
            });
        }
    }
    let mut lowest = vec![usize::MAX; count];
    for id in 0..count {
        let root = sets.find(id);
        lowest[root] = lowest[root].min(id);
    }
    let of = |id: EntityId| Datum::int(lowest[sets.find(id.index())] as i64);
    told(graph, graph.entities().ids().map(|id| (id, of(id))))
}

/// The strongly connected components, by Kosaraju's algorithm, counted from 0.
fn strong_components(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let seen = Seen::new(graph, ClaimFilter::default());
    let view = Petgraph::new(&seen);
    let groups = petgraph::algo::kosaraju_scc(view);
    let mut found: Vec<(EntityId, i64)> = Vec::new();
    for (at, group) in groups.into_iter().enumerate() {
        let ids = group.into_iter().map(|node| view.to_index(node));
        found.extend(ids.map(|id| (EntityId(id as u32), at as i64)));
    }
    found.sort_unstable();
    told(
        graph,
        found.into_iter().map(|(id, at)| (id, Datum::int(at))),
    )
}

//! Functions of nodes, relationships and paths: entities and claims as a property graph has them.
//! The fields of a claim are properties of its relationship beside the free ones.

#![allow(clippy::wildcard_enum_match_arm)] // A function names the kinds that it takes.

use crate::algebra::datum::Datum;
use crate::algebra::fault::Fault;
use crate::algebra::functions::kinds::{Context, Function, Given, Run, wrong};
use crate::algebra::functions::temporal;
use crate::graph::{Coded, Columns, GraphView, Row};
use crate::model::likelihood::Scale;
use crate::model::{Entity, EntityId, Value};

/// The fields of a claim that stand among its properties, sorted.
pub const FIELDS: &[&str] = &[
    "before",
    "confidence",
    "credibility",
    "from",
    "likelihood",
    "locator",
    "marking",
    "quote",
    "reference",
    "reliability",
    "reported",
    "scale",
    "rule",
    "source",
    "term",
    "until",
    "via",
];

fn deleted(what: &str) -> Fault {
    Fault::new(
        "EntityNotFound",
        "DeletedEntityAccess",
        format!("this {what} was deleted by this query"),
    )
    .help("read what you need before DELETE")
}

fn node<'g>(context: &Context<'g>, id: EntityId) -> Result<&'g Entity, Fault> {
    match context.graph.entities().is_deleted(id) {
        true => Err(deleted("node")),
        false => Ok(context.graph.entities().get(id)),
    }
}

fn claim(context: &Context<'_>, row: Row) -> Result<Row, Fault> {
    match context.graph.columns().is_dropped(row) {
        true => Err(deleted("relationship")),
        false => Ok(row),
    }
}

/// A property of a node; of an entity that a case names also its name, its title, its ids outside.
fn of_node(entity: &Entity, key: &str) -> Datum {
    let own = entity
        .properties
        .binary_search_by(|(known, _)| known.as_str().cmp(key))
        .ok();
    match own {
        Some(at) => Datum::from(entity.properties[at].1.clone()),
        None if entity.made => Datum::Null,
        None => entity.property(key).map_or(Datum::Null, Datum::from),
    }
}

/// The names of several entities: one as text, more as a list.
fn names(graph: &dyn GraphView, ids: &[EntityId]) -> Datum {
    let name = |id: &EntityId| Datum::text(graph.entities().name(*id));
    match ids {
        [] => Datum::Null,
        [one] => name(one),
        several => Datum::List(several.iter().map(name).collect()),
    }
}

/// A property of a relationship: a free one, else the field of the claim.
pub fn of_claim(graph: &dyn GraphView, row: Row, key: &str) -> Datum {
    let columns = graph.columns();
    let free = columns
        .properties(row)
        .binary_search_by(|(known, _)| known.as_str().cmp(key));
    if let Ok(at) = free {
        return Datum::from(columns.properties(row)[at].1.clone());
    }
    let text = |text: Option<&str>| text.map_or(Datum::Null, Datum::text);
    match key {
        "source" => names(graph, columns.sources(row)),
        "via" => names(graph, columns.via(row)),
        "likelihood" | "scale" | "term" => {
            let code = usize::from(columns.likelihood_code(row));
            of_code(columns, Coded::Likelihood, code, key)
        }
        "before" | "from" | "until" => {
            let code = columns.valid_code(row) as usize;
            of_code(columns, Coded::Valid, code, key)
        }
        "confidence" => text(columns.confidence(row).map(|level| level.name())),
        "reliability" => columns
            .reliability(row)
            .map_or(Datum::Null, |grade| Datum::text(grade.letter().to_string())),
        "credibility" => columns
            .credibility(row)
            .map_or(Datum::Null, |grade| Datum::int(i64::from(grade.grade()))),
        "reported" => columns.reported(row).map_or(Datum::Null, Datum::date),
        "reference" => text(columns.reference(row)),
        "rule" => text(columns.rule(row)),
        "locator" => text(columns.locator(row)),
        "quote" => text(columns.quote(row)),
        "marking" => text(columns.marking(row).map(|marking| marking.name())),
        "recorded" => Datum::date(crate::model::PartialDate::second(columns.recorded(row))),
        "retracted" => columns.retracted(row).map_or(Datum::Null, |at| {
            Datum::date(crate::model::PartialDate::second(at))
        }),
        "polarity" => Datum::text(match columns.polarity(row) {
            crate::model::Polarity::Asserted => "asserted",
            crate::model::Polarity::Denied => "denied",
        }),
        _ => Datum::Null,
    }
}

/// A property that a coded field gives: of every claim with this code the same.
pub fn of_code(columns: &Columns, of: Coded, code: usize, key: &str) -> Datum {
    let likelihood = code
        .checked_sub(1)
        .and_then(|at| columns.likelihoods().get(at));
    let period = columns.periods().get(code);
    match (of, key) {
        (Coded::Likelihood, "likelihood") => {
            likelihood.map_or(Datum::Null, |given| percent(given.number))
        }
        (Coded::Likelihood, "term") => likelihood
            .filter(|given| given.scale != Scale::Percent)
            .map_or(Datum::Null, |given| Datum::text(given.term.as_str())),
        (Coded::Likelihood, "scale") => likelihood
            .filter(|given| given.scale != Scale::Percent)
            .map_or(Datum::Null, |given| Datum::text(given.scale.name())),
        (Coded::Valid, "before") => {
            let before = period.filter(|period| period.exclusive);
            let before = before.and_then(|period| period.until);
            before.map_or(Datum::Null, Datum::date)
        }
        (Coded::Valid, "from") => {
            let from = period.and_then(|period| period.from);
            from.map_or(Datum::Null, Datum::date)
        }
        (Coded::Valid, "until") => {
            let until = period.and_then(|period| period.until);
            until.map_or(Datum::Null, Datum::date)
        }
        _ => Datum::Null,
    }
}

/// Percent as they were written: whole where they are whole.
fn percent(number: f32) -> Datum {
    match number.fract() == 0.0 {
        true => Datum::int(number as i64),
        // The shortest text that reads as this number is what the user wrote.
        false => Datum::float(number.to_string().parse().unwrap_or(f64::from(number))),
    }
}

/// `x.key` of whatever `x` is.
pub fn get(context: &Context<'_>, of: &Datum, key: &str) -> Given {
    Ok(match of {
        Datum::Null => Datum::Null,
        Datum::Entity(id) => of_node(node(context, *id)?, key),
        Datum::Claim(row) => of_claim(context.graph, claim(context, *row)?, key),
        Datum::Map(entries) => {
            let found = entries.iter().find(|(known, _)| known == key);
            found.map_or(Datum::Null, |(_, value)| value.clone())
        }
        Datum::Value(value @ (Value::Temporal(_) | Value::Date(_))) => temporal::part(value, key),
        other => {
            return Err(Fault::kind(format!("{} has no properties", other.kind()))
                .help("nodes, relationships, maps and temporal values have"));
        }
    })
}

/// All properties of a node or a relationship, or a map as it is.
pub fn entries(context: &Context<'_>, of: &Datum) -> Result<Vec<(String, Datum)>, Fault> {
    Ok(match of {
        Datum::Entity(id) => {
            let entity = node(context, *id)?;
            let mut entries: Vec<(String, Datum)> = entity
                .properties
                .iter()
                .map(|(key, value)| (key.clone(), Datum::from(value.clone())))
                .collect();
            if !entity.made {
                let ids = entity.ids.iter().map(|(scheme, _)| scheme.as_str());
                let fields = ["name", "title", "unnamed"].into_iter().chain(ids);
                for key in fields {
                    let known = entries.iter().any(|(known, _)| known == key);
                    if let Some(value) = entity.property(key).filter(|_| !known) {
                        entries.push((key.to_owned(), Datum::from(value)));
                    }
                }
                entries.sort_by(|a, b| a.0.cmp(&b.0));
            }
            entries
        }
        Datum::Claim(row) => {
            let row = claim(context, *row)?;
            let free = context.graph.columns().properties(row).iter();
            let mut entries: Vec<(String, Datum)> = free
                .map(|(key, value)| (key.clone(), Datum::from(value.clone())))
                .collect();
            for field in FIELDS {
                let value = of_claim(context.graph, row, field);
                if !value.is_null() && !entries.iter().any(|(known, _)| known == field) {
                    entries.push(((*field).to_owned(), value));
                }
            }
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries
        }
        Datum::Map(entries) => entries.clone(),
        other => {
            return Err(wrong(
                "properties()",
                "a node, a relationship or a map",
                other,
            ));
        }
    })
}

/// `properties(x)`
pub fn properties(context: &Context<'_>, of: &[Datum]) -> Given {
    entries(context, &of[0]).map(Datum::Map)
}

/// `keys(x)`
pub fn keys(context: &Context<'_>, of: &[Datum]) -> Given {
    let entries = entries(context, &of[0])?;
    Ok(Datum::List(
        entries
            .into_iter()
            .map(|(key, _)| Datum::text(key))
            .collect(),
    ))
}

/// `labels(node)`: the types as given, without those above them.
pub fn labels(context: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Entity(id) => {
            let types = node(context, *id)?.types.iter();
            let name = |kind| context.graph.vocabulary().type_of(kind).name.clone();
            Ok(Datum::List(
                types.map(|kind| Datum::text(name(*kind))).collect(),
            ))
        }
        other => Err(wrong("labels()", "a node", other)),
    }
}

/// `type(relationship)`
pub fn kind(context: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Claim(row) => {
            let relation = context.graph.columns().relation(*row);
            Ok(Datum::text(
                context.graph.vocabulary().relation(relation).name.clone(),
            ))
        }
        other => Err(wrong("type()", "a relationship", other)),
    }
}

/// `id(x)`: of a relationship the number of its claim.
pub fn id(context: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Entity(id) => Ok(Datum::int(i64::from(id.0))),
        Datum::Claim(row) => Ok(Datum::int(i64::from(context.graph.columns().id(*row).0))),
        other => Err(wrong("id()", "a node or a relationship", other)),
    }
}

/// `elementId(x)`: the handle of a node, the number of a claim with `#`.
pub fn element_id(context: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Entity(id) => Ok(Datum::text(context.graph.entities().name(*id))),
        Datum::Claim(row) => Ok(Datum::text(format!(
            "#{}",
            context.graph.columns().id(*row).0
        ))),
        other => Err(wrong("elementId()", "a node or a relationship", other)),
    }
}

/// `startNode(relationship)`
pub fn start_node(context: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Claim(row) => Ok(Datum::Entity(context.graph.columns().subject(*row))),
        other => Err(wrong("startNode()", "a relationship", other)),
    }
}

/// `endNode(relationship)`
pub fn end_node(context: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Claim(row) => Ok(Datum::Entity(context.graph.columns().object(*row))),
        other => Err(wrong("endNode()", "a relationship", other)),
    }
}

/// `nodes(path)`
pub fn nodes(_: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Path(path) => Ok(Datum::List(
            path.entities.iter().map(|id| Datum::Entity(*id)).collect(),
        )),
        other => Err(wrong("nodes()", "a path", other)),
    }
}

/// `relationships(path)`
pub fn relationships(_: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Path(path) => Ok(Datum::List(
            path.facts.iter().map(|row| Datum::Claim(*row)).collect(),
        )),
        other => Err(wrong("relationships()", "a path", other)),
    }
}

/// `length(path)`
pub fn length(_: &Context<'_>, of: &[Datum]) -> Given {
    match &of[0] {
        Datum::Path(path) => Ok(Datum::int(path.facts.len() as i64)),
        other => Err(wrong("length()", "a path", other)),
    }
}

fn path_test(of: &[Datum], test: fn(&crate::algebra::datum::PathRow) -> bool) -> Given {
    Ok(match &of[0] {
        Datum::Path(path) => Datum::bool(test(path)),
        _ => Datum::Null,
    })
}

fn repeats<T: Ord + Copy>(items: &[T]) -> bool {
    let mut sorted = items.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

/// No relationship twice. What path modes ask of whole paths; texts cannot call these three.
pub static TRAIL: Function = Function {
    name: "trail",
    least: 1,
    most: 1,
    run: Run::Strict(|_, of| path_test(of, |path| !repeats(&path.facts))),
};

/// No node twice.
pub static ACYCLIC: Function = Function {
    name: "acyclic",
    least: 1,
    most: 1,
    run: Run::Strict(|_, of| path_test(of, |path| !repeats(&path.entities))),
};

/// No node twice, but the last may be the first.
pub static SIMPLE: Function = Function {
    name: "simple",
    least: 1,
    most: 1,
    run: Run::Strict(|_, of| {
        path_test(of, |path| {
            !repeats(&path.entities[..path.entities.len() - 1])
                && !path.entities[1..path.entities.len() - 1]
                    .contains(&path.entities[path.entities.len() - 1])
        })
    }),
};

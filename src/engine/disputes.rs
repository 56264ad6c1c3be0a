//! Where sources part: disputed facts and on what ground, several accused of one deed, facts that rest
//! on one source or on hearsay, and whose word a fact hangs on. It weighs nothing.

#![allow(clippy::wildcard_enum_match_arm)] // Of values only nodes are told apart.

use crate::algebra::{Datum, Fault};
use crate::answer::{Answer, Basis, Fact, Record, Table, claims, facts, wording};
use crate::engine::case::{Engine, Failure};
use crate::graph::{ClaimFilter, Columns, GraphView, Polarities, Row, Seen, SourceTest};
use crate::model::{EntityId, Precision, RelationId, Status, Value as Property, Vocabulary};
use crate::run::Summary;
use crate::run::evidence::summary;
use crate::why;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The property of claims that numbers the statement they were made in.
const ATTRIBUTION: &str = "attribution";

/// The rows of a procedure.
pub type Rows = Result<Vec<Vec<Datum>>, Fault>;

/// All facts that the default view shows, for and against, by relation and subject.
fn each_fact(graph: &dyn GraphView, visit: &mut dyn FnMut(Row, &Summary)) {
    let both = ClaimFilter {
        polarities: Polarities::Both,
        ..ClaimFilter::default()
    };
    let seen = Seen::new(graph, both);
    let mut facts: Vec<Row> = Vec::new();
    for (relation, _) in graph.vocabulary().relations() {
        if relation == Vocabulary::ALSO_KNOWN_AS {
            continue;
        }
        facts.clear();
        seen.scan(relation, &mut |_, run| facts.extend_from_slice(run.facts));
        for fact in &facts {
            visit(*fact, &summary(graph, *fact, &ClaimFilter::default()));
        }
    }
}

fn ends(graph: &dyn GraphView, fact: Row) -> Vec<Datum> {
    let columns = graph.columns();
    let relation = graph.vocabulary().relation(columns.relation(fact));
    vec![
        Datum::Entity(columns.subject(fact)),
        Datum::text(relation.name.as_str()),
        Datum::Entity(columns.object(fact)),
    ]
}

fn entities(ids: &[EntityId]) -> Datum {
    Datum::List(ids.iter().map(|id| Datum::Entity(*id)).collect())
}

/// What a denial rests on, in its own words.
fn grounds(graph: &dyn GraphView, denied: &[Row]) -> Vec<String> {
    let said = denied.iter().map(|row| claims::evidence(graph, *row));
    said.filter(|text| !text.is_empty()).collect()
}

/// `claims.disputes()`: what is both asserted and denied, by whom and on what ground.
pub fn disputes(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let mut rows = Vec::new();
    each_fact(graph, &mut |fact, summary| {
        if summary.status() == Status::Disputed {
            let mut row = ends(graph, fact);
            row.push(entities(&summary.sources));
            row.push(entities(&facts::deniers(graph, &summary.denied)));
            let grounds = grounds(graph, &summary.denied);
            row.push(Datum::List(grounds.into_iter().map(Datum::text).collect()));
            rows.push(row);
        }
    });
    Ok(rows)
}

/// `claims.singleSourced()`: what one independent source says and no other.
pub fn single_sourced(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let mut rows = Vec::new();
    each_fact(graph, &mut |fact, summary| {
        if !summary.asserted.is_empty() && summary.independent == 1 {
            let mut row = ends(graph, fact);
            row.push(entities(&summary.sources));
            rows.push(row);
        }
    });
    Ok(rows)
}

/// `claims.corroborated()`: what several independent sources say.
pub fn corroborated(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let mut rows = Vec::new();
    each_fact(graph, &mut |fact, summary| {
        if !summary.asserted.is_empty() && summary.independent > 1 {
            let mut row = ends(graph, fact);
            row.push(Datum::int(summary.independent as i64));
            row.push(entities(&summary.sources));
            rows.push(row);
        }
    });
    Ok(rows)
}

/// `claims.secondHand()`: what is said only by way of somebody else.
pub fn second_hand(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let columns = graph.columns();
    let mut rows = Vec::new();
    each_fact(graph, &mut |fact, summary| {
        let stated = summary
            .asserted
            .iter()
            .filter(|row| !columns.is_derived(**row));
        let stated: Vec<Row> = stated.copied().collect();
        if !stated.is_empty() && stated.iter().all(|row| !columns.via(*row).is_empty()) {
            let mut via: Vec<EntityId> = stated
                .iter()
                .flat_map(|row| columns.via(*row))
                .copied()
                .collect();
            via.sort_unstable();
            via.dedup();
            let mut row = ends(graph, fact);
            row.push(entities(&summary.sources));
            row.push(entities(&via));
            rows.push(row);
        }
    });
    Ok(rows)
}

/// Several states or regions, or where none is named several actors, that one thing is attributed to.
pub struct Accused {
    /// What was done.
    pub deed: EntityId,
    /// Who is held to have done it.
    pub actors: Vec<EntityId>,
    /// Whether one statement names them all; otherwise some name these and some those.
    pub joint: bool,
    /// The claims.
    pub claims: Vec<Row>,
}

/// What tells one statement from another of the same sources: when it was made, and the number that a
/// collection of attributions gave it.
type Statement<'g> = (
    &'g [EntityId],
    Option<(i64, Precision)>,
    Option<&'g Property>,
);

fn statement<'g>(columns: &'g Columns, row: Row) -> Statement<'g> {
    let mut all = columns.properties(row).iter();
    let number = all.find(|(key, _)| key == ATTRIBUTION);
    let date = columns.reported(row);
    (
        columns.sources(row),
        date.map(|date| (date.start(), date.precision())),
        number.map(|(_, value)| value),
    )
}

/// What is attributed to several. One source that names one today and another tomorrow contradicts itself.
pub fn accused(graph: &dyn GraphView) -> Vec<Accused> {
    let words = graph.vocabulary();
    let Some(relation) = words.relation_named("attributed-to") else {
        return Vec::new();
    };
    let filter = ClaimFilter {
        stated: true,
        ..ClaimFilter::default()
    };
    let seen = Seen::new(graph, filter);
    let columns = graph.columns();
    let states = ["country", "place"].map(|name| words.type_named(name));
    let mut by_deed: BTreeMap<EntityId, Vec<Row>> = BTreeMap::new();
    seen.scan_claims(relation, &mut |rows| {
        for row in rows {
            by_deed.entry(columns.subject(row)).or_default().push(row);
        }
    });
    let mut found = Vec::new();
    for (deed, mut rows) in by_deed {
        let is_state = |row: &Row| {
            let has = |kind| graph.entities().has_type(columns.object(*row), kind, words);
            states.into_iter().flatten().any(has)
        };
        // A group and the state behind it are no rivals.
        if rows.iter().any(is_state) {
            rows.retain(is_state);
        }
        let mut actors: Vec<EntityId> = rows.iter().map(|row| columns.object(*row)).collect();
        actors.sort_unstable();
        actors.dedup();
        if actors.len() < 2 {
            continue;
        }
        rows.sort_unstable_by_key(|row| columns.id(*row));
        let mut statements: Vec<(Statement<'_>, Vec<EntityId>)> = Vec::new();
        for row in &rows {
            let said = statement(columns, *row);
            let object = columns.object(*row);
            match statements.iter_mut().find(|(known, _)| *known == said) {
                Some((_, named)) if named.contains(&object) => {}
                Some((_, named)) => named.push(object),
                None => statements.push((said, vec![object])),
            }
        }
        let all = |(_, named): &(Statement<'_>, Vec<EntityId>)| named.len() == actors.len();
        let joint = statements.iter().any(all);
        found.push(Accused {
            deed,
            actors,
            joint,
            claims: rows,
        });
    }
    found
}

/// `claims.attributions()`: what is attributed to several, jointly or in conflict.
pub fn attributions(graph: &dyn GraphView, _: &[Datum]) -> Rows {
    let columns = graph.columns();
    let rows = accused(graph).into_iter().map(|of| {
        let mut sources: Vec<EntityId> = of
            .claims
            .iter()
            .flat_map(|row| columns.sources(*row))
            .copied()
            .collect();
        sources.sort_unstable();
        sources.dedup();
        vec![
            Datum::Entity(of.deed),
            entities(&of.actors),
            Datum::text(if of.joint { "joint" } else { "conflicting" }),
            entities(&sources),
        ]
    });
    Ok(rows.collect())
}

/// `claims.sourcesThatMatter(subject, relation, object)`: without whom the status or the likelihood of a
/// stated fact would be another. The ends are nodes or names.
pub fn sources_that_matter(graph: &dyn GraphView, given: &[Datum]) -> Rows {
    let end = |value: &Datum| match value {
        Datum::Entity(id) => vec![*id],
        other => graph.entities().resolve(&other.shown()),
    };
    let [subject, relation, object] = given else {
        return Ok(Vec::new());
    };
    let relation = graph.vocabulary().relation_meant(&relation.shown());
    let found = match (end(subject).as_slice(), relation, end(object).as_slice()) {
        ([subject], Some(relation), [object]) => graph.fact(*subject, relation, *object),
        _ => None,
    };
    let Some(fact) = found else {
        return Ok(Vec::new());
    };
    let stated = ClaimFilter {
        stated: true,
        ..ClaimFilter::default()
    };
    let with = summary(graph, fact, &stated);
    let columns = graph.columns();
    let mut sources: Vec<EntityId> = Vec::new();
    for row in with.asserted.iter().chain(&with.denied) {
        sources.extend(columns.sources(*row));
        sources.extend(columns.via(*row));
    }
    sources.sort_unstable();
    sources.dedup();
    let number = |summary: &Summary| {
        let best = summary.likelihood.map(|(number, _)| number);
        best.map_or(Datum::Null, |number| Datum::float(f64::from(number)))
    };
    let mut rows = Vec::new();
    for source in sources {
        let mut filter = stated.clone();
        filter.sources.push(SourceTest::Without(vec![source]));
        let without = summary(graph, fact, &filter);
        let (own, rest) = (number(&with), number(&without));
        if with.status() != without.status() || own != rest {
            rows.push(vec![
                Datum::Entity(source),
                Datum::text(with.status().name()),
                Datum::text(without.status().name()),
                own,
                rest,
            ]);
        }
    }
    Ok(rows)
}

/// What a fact is without a source.
#[derive(Clone, Debug, PartialEq)]
struct Standing {
    status: Status,
    likelihood: Option<f32>,
    proved: bool,
}

impl Engine {
    /// The answer to `which attributions are joint`, or `conflicting`.
    pub(in crate::engine) fn accused(&self, joint: bool) -> Answer {
        let graph = &self.graph;
        let columns = graph.columns();
        let mut answer = Answer {
            table: Table::new(&["name", "attributed to", "according to"]),
            asks: true,
            ..Answer::default()
        };
        let mut deeds = Vec::new();
        for of in accused(graph).into_iter().filter(|of| of.joint == joint) {
            let voices = of.claims.iter().map(|row| {
                let actor = graph.entities().name(columns.object(*row));
                format!("{actor}: {}", claims::source(graph, *row))
            });
            let voices: Vec<String> = voices.collect();
            answer.table.rows.push(vec![
                graph.entities().name(of.deed).to_owned(),
                wording::listed(graph, &of.actors),
                voices.join("; "),
            ]);
            let mut record = Record::new();
            record.insert("name".into(), json!(graph.entities().name(of.deed)));
            record.insert("attributed_to".into(), wording::names(graph, &of.actors));
            record.insert(
                "kind".into(),
                json!(if joint { "joint" } else { "conflicting" }),
            );
            let rows = of
                .claims
                .iter()
                .map(|row| Value::Object(claims::record(graph, *row)));
            record.insert("claims".into(), Value::Array(rows.collect()));
            answer.records.push(record);
            answer.basis.push(Basis {
                entity: Some(of.deed),
                facts: of
                    .claims
                    .iter()
                    .map(|row| wording::fact_of(graph, *row))
                    .collect(),
                claims: of.claims.iter().map(|row| columns.id(*row)).collect(),
            });
            deeds.push(of.deed);
        }
        answer.entities = Some(deeds);
        answer
    }

    /// The answer to `which sources matter for FACT`: those without whom its status or its likelihood
    /// would be another.
    pub(in crate::engine) fn matter(
        &mut self,
        ends: (EntityId, RelationId, EntityId),
        filter: &ClaimFilter,
    ) -> Result<Answer, Failure> {
        let (subject, relation, object) = ends;
        let fact = Fact {
            subject,
            relation,
            object,
        };
        let with = self.standing(fact, filter)?;
        let mut answer = Answer {
            headline: Some(format!(
                "{}: {}{}",
                wording::fact(&self.graph, fact),
                with.status.name(),
                with.likelihood
                    .map_or(String::new(), |number| format!(", {number}%"))
            )),
            table: Table::new(&["name", "status without it", "likelihood without it"]),
            asks: true,
            ..Answer::default()
        };
        let mut kept = Vec::new();
        let mut indifferent = 0;
        for source in self.behind(fact, filter)? {
            let mut without = filter.clone();
            without.sources.push(SourceTest::Without(vec![source]));
            let rest = self.standing(fact, &without)?;
            if rest == with {
                indifferent += 1;
                continue;
            }
            let name = self.graph.entities().name(source).to_owned();
            let likelihood = match (rest.likelihood, rest.status) {
                (Some(number), _) => format!("{number}%"),
                (None, Status::Unknown) => String::new(),
                (None, _) => "not given".to_owned(),
            };
            let mut record = Record::new();
            record.insert("name".into(), json!(name));
            record.insert("status".into(), json!(with.status));
            record.insert("status_without".into(), json!(rest.status));
            record.insert("likelihood".into(), wording::percent(with.likelihood));
            record.insert(
                "likelihood_without".into(),
                wording::percent(rest.likelihood),
            );
            answer.records.push(record);
            answer
                .table
                .rows
                .push(vec![name, rest.status.name().to_owned(), likelihood]);
            answer.basis.push(Basis {
                entity: Some(source),
                facts: vec![fact],
                claims: Vec::new(),
            });
            kept.push(source);
        }
        if indifferent > 0 {
            let others = wording::counted(indifferent, "source");
            answer
                .notes
                .push(format!("{others} beside these could be left out"));
        }
        answer.entities = Some(kept);
        answer.table = answer.table.without_empty();
        Ok(answer)
    }

    /// Whoever says a fact, denies it, passes it on, or says what a proof of it rests on.
    fn behind(&mut self, fact: Fact, filter: &ClaimFilter) -> Result<Vec<EntityId>, Failure> {
        let (proofs, _) = self.proofs(fact, &filter.base(), true)?;
        let mut rows: Vec<Row> = proofs.iter().flat_map(why::Proof::claims).collect();
        let both = ClaimFilter {
            polarities: Polarities::Both,
            ..filter.clone()
        };
        let seen = Seen::new(&self.graph, both);
        if let Some(fact) = seen.fact(fact.subject, fact.relation, fact.object) {
            seen.claims(fact, &mut rows);
        }
        let columns = self.graph.columns();
        let mut sources: Vec<EntityId> = Vec::new();
        for row in rows {
            sources.extend(columns.sources(row));
            sources.extend(columns.via(row));
        }
        sources.sort_unstable();
        sources.dedup();
        Ok(sources)
    }

    fn standing(&mut self, fact: Fact, filter: &ClaimFilter) -> Result<Standing, Failure> {
        let stated = ClaimFilter {
            stated: true,
            ..filter.clone()
        };
        let (proofs, _) = self.proofs(fact, &filter.base(), false)?;
        let row = self.graph.fact(fact.subject, fact.relation, fact.object);
        let said = row
            .map(|row| summary(&self.graph, row, &stated))
            .unwrap_or_default();
        let columns = self.graph.columns();
        let number = |proof: &why::Proof| {
            let at = usize::from(proof.annotation.likelihood).checked_sub(1)?;
            columns
                .likelihoods()
                .get(at)
                .map(|likelihood| likelihood.number)
        };
        let own = said.likelihood.map(|(number, _)| number);
        let best = proofs
            .iter()
            .filter_map(number)
            .chain(own)
            .max_by(f32::total_cmp);
        let asserted = !said.asserted.is_empty() || !proofs.is_empty();
        Ok(Standing {
            status: Status::of(asserted, !said.denied.is_empty()),
            likelihood: best,
            proved: !proofs.is_empty(),
        })
    }
}

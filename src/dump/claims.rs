//! Claims as lines of a dump, and back. Names stand beside numbers; only the numbers are read.

use crate::dump::lines::{ClaimLine, LikelihoodField, PeriodField};
use crate::dump::spelled::Word;
use crate::dump::values::Properties;
use crate::graph::{Graph, GraphView};
use crate::model::{Claim, Credibility, EntityId, Likelihood, Period, Polarity, RelationId};

/// The name of an entity.
pub fn name(graph: &Graph, id: EntityId) -> Option<String> {
    let there = id.index() < graph.entities().len();
    there.then(|| graph.entities().name(id).to_owned())
}

/// The name of a relation.
fn verb(graph: &Graph, id: RelationId) -> Option<String> {
    let words = graph.vocabulary();
    let there = id.index() < words.relations().count();
    there.then(|| words.relation(id).name.clone())
}

/// A claim as a line.
pub fn line(graph: &Graph, claim: &Claim<EntityId>) -> ClaimLine {
    let numbers = |ids: &[EntityId]| ids.iter().map(|id| id.0).collect();
    let names = |ids: &[EntityId]| ids.iter().filter_map(|id| name(graph, *id)).collect();
    ClaimLine {
        entry: None,
        number: None,
        subject: claim.subject.0,
        subject_name: name(graph, claim.subject),
        relation: claim.relation.0,
        relation_name: verb(graph, claim.relation),
        object: claim.object.0,
        object_name: name(graph, claim.object),
        polarity: match claim.polarity {
            Polarity::Asserted => None,
            Polarity::Denied => Some(Word(Polarity::Denied)),
        },
        sources: numbers(&claim.sources),
        source_names: names(&claim.sources),
        via: numbers(&claim.via),
        via_names: names(&claim.via),
        likelihood: claim.likelihood.as_ref().map(|given| LikelihoodField {
            scale: Word(given.scale),
            term: given.term.clone(),
            number: Word(given.number),
        }),
        confidence: claim.confidence.map(Word),
        reliability: claim.reliability.map(Word),
        credibility: claim.credibility.map(Credibility::grade),
        valid: (claim.valid != Period::UNKNOWN).then(|| PeriodField {
            from: claim.valid.from.map(Word),
            until: claim.valid.until.map(Word),
            exclusive: claim.valid.exclusive,
        }),
        reported: claim.reported.map(Word),
        reference: claim.reference.clone(),
        locator: claim.locator.clone(),
        quote: claim.quote.clone(),
        marking: claim.marking.map(Word),
        properties: Properties(claim.properties.clone()),
    }
}

/// The claim of a line, or the field that will not do and why.
pub fn claim(line: ClaimLine) -> Result<Claim<EntityId>, (&'static str, String)> {
    let entities = |ids: Vec<u32>| ids.into_iter().map(EntityId).collect();
    let likelihood = match line.likelihood {
        Some(given) if !(0.0..=100.0).contains(&given.number.0) => {
            let wrong = format!("{} is no number of percent", given.number.0);
            return Err(("likelihood", wrong));
        }
        given => given.map(|given| Likelihood {
            scale: given.scale.0,
            term: given.term,
            number: given.number.0,
        }),
    };
    let credibility = match line
        .credibility
        .map(|grade| (grade, Credibility::new(grade)))
    {
        Some((grade, None)) => {
            return Err(("credibility", format!("{grade} is no grade from 1 to 6")));
        }
        Some((_, good)) => good,
        None => None,
    };
    Ok(Claim {
        subject: EntityId(line.subject),
        relation: RelationId(line.relation),
        object: EntityId(line.object),
        polarity: line.polarity.map_or(Polarity::Asserted, |word| word.0),
        sources: entities(line.sources),
        via: entities(line.via),
        likelihood,
        confidence: line.confidence.map(|word| word.0),
        reliability: line.reliability.map(|word| word.0),
        credibility,
        valid: line.valid.map_or(Period::UNKNOWN, |of| Period {
            from: of.from.map(|word| word.0),
            until: of.until.map(|word| word.0),
            exclusive: of.exclusive,
        }),
        reported: line.reported.map(|word| word.0),
        reference: line.reference,
        locator: line.locator,
        quote: line.quote,
        marking: line.marking.map(|word| word.0),
        properties: line.properties.0,
    })
}

//! What goes out: claims, and the entities that they name, of a whole case or behind an answer. Every
//! format that writes claims or draws facts writes a selection; it formats nothing itself.
//!
//! Claims that were taken back and what rules derive do not go out, denials do. What must not be seen is not hidden here:
//! it is not in the case that is given (`engine/restricted.rs`).

use crate::answer::{Answer, Fact, wording};
use crate::graph::{ClaimFilter, Direction, Graph, GraphView, Polarities, Row, Seen};
use crate::model::{Claim, EntityId, RelationId, Vocabulary};

/// The part of a case that is written.
pub struct Selection<'a> {
    /// The case.
    pub graph: &'a Graph,
    /// Whether it is the whole case.
    pub whole: bool,
    /// The claims by number.
    pub claims: Vec<Row>,
    /// The entities by handle: what the claims name, and what is there without a claim. Texts of
    /// aliases are none.
    pub entities: Vec<EntityId>,
    /// The facts to draw, in order.
    pub facts: Vec<Fact>,
    /// The entities to draw even where no fact names them.
    pub about: Vec<EntityId>,
}

/// Denials as well, and nothing that was taken back.
fn standing() -> ClaimFilter {
    ClaimFilter {
        polarities: Polarities::Both,
        ..ClaimFilter::default()
    }
}

impl<'a> Selection<'a> {
    /// The whole case. The texts of aliases are not drawn.
    pub fn of_case(graph: &'a Graph) -> Selection<'a> {
        let seen = Seen::new(graph, standing());
        let rows = 0..graph.columns().len() as Row;
        let claims = rows.filter(|row| seen.passes(*row)).collect();
        let mut facts = Vec::new();
        let mut relations: Vec<RelationId> = Vec::new();
        let about: Vec<EntityId> = graph.entities().ids().collect();
        for id in &about {
            relations.clear();
            seen.relations_at(*id, Direction::Out, &mut relations);
            relations.retain(|relation| *relation != Vocabulary::ALSO_KNOWN_AS);
            for relation in &relations {
                seen.neighbours(*id, *relation, Direction::Out, &mut |run| {
                    facts.extend(run.facts.iter().map(|fact| wording::fact_of(graph, *fact)));
                });
            }
        }
        Selection {
            whole: true,
            ..Selection::of(graph, claims, facts, about)
        }
    }

    /// The claims behind an answer: those that it rests on; where it rests on facts, all of theirs, for
    /// and against.
    pub fn of_answer(graph: &'a Graph, answer: &Answer) -> Selection<'a> {
        let seen = Seen::new(graph, standing());
        let columns = graph.columns();
        let mut claims: Vec<Row> = Vec::new();
        let mut facts: Vec<Fact> = Vec::new();
        for basis in &answer.basis {
            facts.extend(&basis.facts);
            claims.extend(basis.claims.iter().filter_map(|id| columns.row_of(*id)));
            if basis.claims.is_empty() {
                for fact in &basis.facts {
                    if let Some(first) = seen.fact(fact.subject, fact.relation, fact.object) {
                        seen.claims(first, &mut claims);
                    }
                }
            }
        }
        let about = answer.basis.iter().filter_map(|basis| basis.entity);
        Selection::of(graph, claims, facts, about.collect())
    }

    fn of(
        graph: &'a Graph,
        mut claims: Vec<Row>,
        mut facts: Vec<Fact>,
        about: Vec<EntityId>,
    ) -> Selection<'a> {
        let (columns, known) = (graph.columns(), graph.entities());
        claims.sort_unstable_by_key(|row| columns.id(*row));
        claims.dedup();
        // What rules derive nobody has claimed.
        claims.retain(|row| !columns.is_derived(*row));
        facts.sort_unstable();
        facts.dedup();
        let mut entities = about.clone();
        for row in &claims {
            entities.extend([columns.subject(*row), columns.object(*row)]);
            entities.extend(columns.sources(*row));
            entities.extend(columns.via(*row));
        }
        entities.retain(|id| !known.is_name(*id));
        entities.sort_unstable_by(|a, b| known.name(*a).cmp(known.name(*b)));
        entities.dedup();
        Selection {
            graph,
            whole: false,
            claims,
            entities,
            facts,
            about,
        }
    }

    /// The claims with their entities by name, by number.
    pub fn named(&self) -> impl Iterator<Item = (Row, Claim<String>)> + '_ {
        self.claims
            .iter()
            .map(|row| (*row, self.graph.named_now(*row)))
    }
}

//! A case as those may see it who may see nothing above a marking. It is a case of its own, in which
//! the rest is not there: neither counts nor paths, names, sources or slips of the pen can tell of it.
//! What a free text says in passing it does not read.

use crate::engine::case::{Engine, Failure, VOCABULARY};
use crate::graph::{ClaimFilter, Graph, GraphView, Polarities, Row, Seen};
use crate::model::{Change, EntityId, Marking, RetractTarget, TypeId, Value, Vocabulary};
use crate::text::Diagnostic;
use rustc_hash::FxHashSet;
use std::sync::OnceLock;

/// Properties by which entities bear a marking.
const MARKS: [&str; 2] = ["marking", "tlp"];

impl Engine {
    /// The case up to a marking. Claims that are marked more restrictively are left out, with every
    /// entity that only they name and every word that only they use. An entity that bears such a
    /// marking itself (as a property) is left out with all claims that name it.
    pub fn up_to(&self, most: Marking) -> Result<Engine, Failure> {
        let mut engine = Engine::new(self.context.now);
        engine.context.parameters = self.context.parameters.clone();
        engine.cancel = self.cancel.clone();
        engine.limits = self.limits;
        let part = Part::of(&self.graph, most);
        let failed = |told: String| {
            Diagnostic::without_span("this case cannot be cut down to a marking")
                .label(told)
                .help("nothing was written")
        };
        for (recorded, changes) in part.history() {
            let applied = engine.graph.apply(&changes, recorded);
            applied.map_err(|error| failed(error.refusal.to_string()))?;
        }
        engine.graph.settle();
        Ok(engine)
    }
}

/// What stays of a case.
struct Part<'g> {
    graph: &'g Graph,
    /// The claims, those that were taken back included, by number.
    rows: Vec<Row>,
    entities: FxHashSet<EntityId>,
}

/// The marking that an entity bears.
fn marking(graph: &Graph, id: EntityId) -> Option<Marking> {
    let properties = &graph.entities().get(id).properties;
    let marks = properties
        .iter()
        .filter(|(key, _)| MARKS.iter().any(|mark| key.eq_ignore_ascii_case(mark)));
    let texts = marks.flat_map(|(_, value)| match value {
        Value::List(values) => values.iter().map(Value::text).collect(),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Temporal(_)
        | Value::Map(_) => vec![value.text()],
    });
    texts.filter_map(|text| Marking::named(&text)).max()
}

impl<'g> Part<'g> {
    fn of(graph: &'g Graph, most: Marking) -> Part<'g> {
        let columns = graph.columns();
        let all = ClaimFilter {
            polarities: Polarities::Both,
            retracted: true,
            max_marking: Some(most),
            ..ClaimFilter::default()
        };
        let seen = Seen::new(graph, all);
        let (mut rows, mut named) = (Vec::new(), vec![false; graph.entities().len()]);
        let mut entities: FxHashSet<EntityId> = FxHashSet::default();
        let restricted: FxHashSet<EntityId> = graph
            .entities()
            .ids()
            .filter(|id| marking(graph, *id).is_some_and(|own| own > most))
            .collect();
        for row in 0..columns.len() as Row {
            let ends = mentioned(graph, row);
            ends.iter().for_each(|id| named[id.index()] = true);
            let whole = !ends.iter().any(|id| graph.entities().is_deleted(*id));
            if whole && seen.passes(row) && !ends.iter().any(|id| restricted.contains(id)) {
                rows.push(row);
                entities.extend(ends);
            }
        }
        rows.sort_unstable_by_key(|row| columns.id(*row));
        let free = graph.entities().ids();
        entities.extend(free.filter(|id| !named[id.index()] && !restricted.contains(id)));
        entities.retain(|id| !graph.entities().is_name(*id));
        Part {
            graph,
            rows,
            entities,
        }
    }

    /// The changes by which it comes about, with the time at which each was recorded.
    fn history(&self) -> Vec<(i64, Vec<Change>)> {
        let columns = self.graph.columns();
        let mut steps: Vec<((i64, u8), Change)> = Vec::new();
        for row in &self.rows {
            let claim = self.graph.named_now(*row);
            let recorded = columns.recorded(*row);
            if let Some(at) = columns.retracted(*row) {
                let retract = Change::Retract {
                    target: RetractTarget::Content(Box::new(claim.clone())),
                    because: columns.retraction_reason(*row).map(str::to_owned),
                };
                // In one second: what was there is taken back, what comes comes, and may go at once.
                steps.push(((at, if recorded < at { 0 } else { 2 }), retract));
            }
            steps.push(((recorded, 1), Change::Assert(Box::new(claim))));
        }
        steps.sort_by_key(|(order, _)| *order);
        let first = steps.first().map_or(0, |((at, _), _)| *at);
        let mut history = vec![(first, self.base())];
        for ((at, _), change) in steps {
            match history.last_mut() {
                Some((last, changes)) if *last == at => changes.push(change),
                Some(_) | None => history.push((at, vec![change])),
            }
        }
        history
    }

    /// The words and the entities.
    fn base(&self) -> Vec<Change> {
        let names: FxHashSet<&str> = self
            .entities
            .iter()
            .map(|id| self.graph.entities().name(*id))
            .collect();
        let words = Words::of(self);
        let stays = |change: &Change| match change {
            Change::DeclareType(declared) => words.types.contains(&declared.name),
            Change::DeclareRelation(declared) => words.relations.contains(&declared.name),
            Change::Entity { name, .. } => names.contains(name.as_str()),
            Change::Property { entity, .. } | Change::ExternalId { entity, .. } => {
                names.contains(entity.as_str())
            }
            // Who is who is told as it is now: names that went are not.
            Change::Assert(_)
            | Change::Retract { .. }
            | Change::Merge { .. }
            | Change::Part { .. }
            | Change::DeclareRule(_)
            | Change::SwitchRule { .. }
            | Change::DropRule { .. } => false,
        };
        self.graph.changes().into_iter().filter(stays).collect()
    }
}

/// Everything that a claim names.
fn mentioned(graph: &Graph, row: Row) -> Vec<EntityId> {
    let columns = graph.columns();
    let ends = [columns.subject(row), columns.object(row)];
    let others = columns.sources(row).iter().chain(columns.via(row));
    ends.into_iter().chain(others.copied()).collect()
}

/// The words that stay: those of every case, those that what stays uses, and those that nothing uses.
struct Words {
    types: FxHashSet<String>,
    relations: FxHashSet<String>,
}

impl Words {
    fn of(part: &Part<'_>) -> Words {
        let (graph, columns) = (part.graph, part.graph.columns());
        let words = graph.vocabulary();
        let common = common();
        let mut used = vec![(false, false); words.relations().count()];
        for row in 0..columns.len() as Row {
            used[columns.relation(row).index()].0 = true;
        }
        for row in &part.rows {
            used[columns.relation(*row).index()].1 = true;
        }
        let relations = words.relations().filter(|(id, declared)| {
            let (ever, still) = used[id.index()];
            still || !ever || common.relation_named(&declared.name).is_some()
        });
        let mut borne = vec![(false, false); words.types().count()];
        for id in graph.entities().ids() {
            let stays = part.entities.contains(&id);
            for kind in &graph.entities().get(id).types {
                let above = words.types().filter(|(wide, _)| words.is_a(*kind, *wide));
                for (wide, _) in above {
                    borne[wide.index()].0 = true;
                    borne[wide.index()].1 |= stays;
                }
            }
        }
        let types = words.types().filter(|(id, declared)| {
            let (ever, still) = borne[id.index()];
            still || !ever || known(common, *id, &declared.name)
        });
        Words {
            types: types.map(|(_, declared)| declared.name.clone()).collect(),
            relations: relations
                .map(|(_, declared)| declared.name.clone())
                .collect(),
        }
    }
}

/// The words of every new case.
fn common() -> &'static Vocabulary {
    static WORDS: OnceLock<Vocabulary> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut engine = Engine::new(0);
        // A test loads this text and shows what is wrong with it.
        let _ = engine.load(VOCABULARY, 0);
        engine.graph.vocabulary().clone()
    })
}

fn known(common: &Vocabulary, id: TypeId, name: &str) -> bool {
    id == Vocabulary::ENTITY || id == Vocabulary::NAME || common.type_named(name).is_some()
}

#[cfg(test)]
mod tests {
    use crate::engine::Engine;
    use crate::graph::GraphView;
    use crate::model::Marking;

    const CASE: &str = "A is a group. B is a company, titled \"The B\". Hidden is a person. Alone is a person. \
        relation plotted-with (entity -> entity), base plot, particle with. \
        A targeted B, marked TLP:GREEN. according to Hidden, A targeted B, marked TLP:RED. \
        A plotted-with Hidden, marked TLP:AMBER. Marked is a person. Marked has marking \"TLP:RED\". \
        A targeted Marked. A also-known-as Secret, marked TLP:RED. A also-known-as Open.";

    fn case() -> Engine {
        let mut engine = Engine::with_vocabulary(0);
        assert!(engine.load(CASE, 7).is_ok());
        engine
    }

    #[test]
    fn what_is_above_the_marking_is_not_there() {
        let green = case().up_to(Marking::Green).expect("a case");
        let text = green.statements();
        for hidden in ["Hidden", "Marked", "Secret", "plotted", "RED"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        for there in ["The B", "Alone", "Open", "A targeted B, marked TLP:GREEN"] {
            assert!(text.contains(there), "{there}: {text}");
        }
        assert_eq!(green.graph().columns().len(), 2);
        assert_eq!(green.graph().columns().recorded(0), 7);
    }

    #[test]
    fn up_to_red_is_everything() {
        let whole = case();
        let red = whole.up_to(Marking::Red).expect("a case");
        assert_eq!(red.statements(), whole.statements());
    }
}

//! A case as those may see it who may see nothing above a marking. It is a case of its own, in which
//! the rest is not there: neither counts nor paths, names, sources or slips of the pen can tell of it.
//! What a free text says in passing it does not read.

use crate::engine::case::{Engine, Failure, VOCABULARY};
use crate::graph::{ClaimFilter, Graph, GraphView, Merge, Polarities, Row, SAME_AS, Seen};
use crate::language::statement;
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
            let applied = engine.graph.apply_owned(changes, recorded);
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
        let restricted: FxHashSet<EntityId> = all_entities(graph)
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
            let claim = self.graph.named(*row);
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
        if let Some((_, changes)) = history.last_mut() {
            changes.extend(self.merges());
        }
        history
    }

    /// Who was found to be whom, where both stay and the judgement may be seen: that two names are one
    /// is as secret as the claim which says so.
    fn merges(&self) -> Vec<Change> {
        let columns = self.graph.columns();
        let same = self.graph.vocabulary().relation_named(SAME_AS);
        let judges = |row: &Row, merge: &Merge| {
            let ends = columns.stated_ends(*row);
            Some(columns.relation(*row)) == same && ends == (merge.entity, merge.into)
        };
        let all = 0..columns.len() as Row;
        let judged: Vec<Row> = all
            .filter(|row| Some(columns.relation(*row)) == same)
            .collect();
        let held = self.graph.merges().iter().filter(|merge| {
            let by = |rows: &[Row]| rows.iter().any(|row| judges(row, merge));
            let both = [merge.entity, merge.into];
            merge.parted.is_none()
                && both.iter().all(|id| self.entities.contains(id))
                && (by(&self.rows) || !by(&judged))
        });
        let name = |id: EntityId| self.graph.entities().name(id).to_owned();
        held.map(|merge| Change::Merge {
            entity: name(merge.entity),
            into: name(merge.into),
        })
        .collect()
    }

    /// The words and the entities.
    fn base(&self) -> Vec<Change> {
        let names: FxHashSet<&str> = self
            .entities
            .iter()
            .map(|id| self.graph.entities().name(*id))
            .collect();
        let words = Words::of(self);
        let left_out = self.left_out(&words);
        let vocabulary = self.graph.vocabulary();
        let stays = |change: &Change| match change {
            Change::DeclareType(declared) => words.types.contains(&declared.name),
            Change::DeclareRelation(declared) => words.relations.contains(&declared.name),
            Change::Entity { name, .. } => names.contains(name.as_str()),
            Change::Property { entity, .. } | Change::ExternalId { entity, .. } => {
                names.contains(entity.as_str())
            }
            // A rule that says a word of what is left out goes with it.
            Change::DeclareRule(_) => {
                let text = statement::print(change, vocabulary);
                !left_out.iter().any(|word| text.contains(word))
            }
            Change::Assert(_)
            | Change::Retract { .. }
            | Change::Merge { .. }
            | Change::Part { .. }
            | Change::SwitchRule { .. }
            | Change::DropRule { .. } => false,
        };
        self.graph.changes().into_iter().filter(stays).collect()
    }

    /// The names and the words that do not stay.
    fn left_out(&self, words: &Words) -> Vec<&'g str> {
        let (entities, vocabulary) = (self.graph.entities(), self.graph.vocabulary());
        let names = all_entities(self.graph).filter(|id| !self.entities.contains(id));
        let types = vocabulary
            .types()
            .map(|(_, declared)| declared.name.as_str())
            .filter(|name| !words.types.contains(*name));
        let relations = vocabulary
            .relations()
            .map(|(_, declared)| declared.name.as_str())
            .filter(|name| !words.relations.contains(*name));
        let names = names.map(|id| entities.name(id));
        let all = names.chain(types).chain(relations);
        all.filter(|word| !word.is_empty()).collect()
    }
}

/// All entities, those that were found to be another included.
fn all_entities(graph: &Graph) -> impl Iterator<Item = EntityId> + '_ {
    let gone = graph.merged().pairs().map(|(gone, _)| gone);
    graph.entities().ids().chain(gone)
}

/// Everything that a claim names, as it was stated.
fn mentioned(graph: &Graph, row: Row) -> Vec<EntityId> {
    let claim = graph.columns().stated(row);
    let others = claim.sources.into_iter().chain(claim.via);
    [claim.subject, claim.object]
        .into_iter()
        .chain(others)
        .collect()
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
        for id in all_entities(graph) {
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
    fn rules_stay_unless_they_say_what_is_left_out() {
        let mut whole = case();
        let rules = "relation neared (entity -> entity), base near. \
            rule open: ?a neared ?b if ?a targeted ?b. \
            rule shut: ?a neared Hidden if ?a targeted ?b.";
        assert!(whole.load(rules, 8).is_ok());
        let mut green = whole.up_to(Marking::Green).expect("a case");
        let text = green.statements();
        assert!(
            text.contains("rule open") && !text.contains("rule shut"),
            "{text}"
        );
        let asked = green.ask("what did A near").expect("an answer");
        assert_eq!(asked.answer.records.len(), 1);
        // What a rule gives is drawn, and nobody is said to have claimed it.
        let part = crate::export::Selection::of_answer(green.graph(), &asked.answer);
        assert!(part.claims.is_empty() && part.facts.len() == 1);
    }

    #[test]
    fn that_two_are_one_is_as_secret_as_who_says_so() {
        let mut whole = case();
        let merge = "X is a group. X used B. Y is a group. Y accessed B. \
            merge X into A, according to Informer, marked TLP:RED. \
            merge Y into A, according to Someone, marked TLP:GREEN.";
        assert!(whole.load(merge, 8).is_ok());
        let mut green = whole.up_to(Marking::Green).expect("a case");
        let mut who = |question: &str| {
            let asked = green.ask(question).expect("an answer");
            let rows = asked.answer.table.rows.into_iter();
            rows.map(|row| row[0].clone()).collect::<Vec<_>>()
        };
        assert_eq!(who("who used B"), ["X"]);
        assert_eq!(who("who accessed B"), ["A"]);
        assert!(!green.statements().contains("Informer"));
        let mut red = whole.up_to(Marking::Red).expect("a case");
        assert_eq!(red.statements(), whole.statements());
        let asked = red.ask("who used B").expect("an answer");
        assert_eq!(asked.answer.table.rows[0][0], "A");
    }

    #[test]
    fn up_to_red_is_everything() {
        let whole = case();
        let red = whole.up_to(Marking::Red).expect("a case");
        assert_eq!(red.statements(), whole.statements());
    }
}

//! Rules made ready to run over one case: names become numbers, variables become slots. It derives
//! nothing.

use crate::graph::{Compare, GraphView, SourceTest};
use crate::model::{
    EntityId, Marking, RelationId, Rule, RuleCondition, RuleFact, RuleLimits, RuleTerm, Rules,
    TypeId, Value,
};
use crate::rules::annotations::Annotation;
use crate::rules::strata::strata;
use crate::rules::tables::TableKey;

/// No entity: what a name stands for that the case does not know.
pub const NOBODY: u32 = u32::MAX;

/// Rules made ready.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The rules.
    pub rules: Vec<Compiled>,
    /// The places of rules that are run together, in order.
    pub strata: Vec<Vec<usize>>,
    /// The tables that they read and write.
    pub keys: Vec<TableKey>,
    /// Of each table whether its relation runs both ways.
    pub symmetric: Vec<bool>,
    /// Of each table whether a rule writes it.
    pub derived: Vec<bool>,
}

/// A rule made ready.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Its place among the rules of the case.
    pub place: u16,
    /// The table that it writes, and the slots of the ends.
    pub head: (usize, usize, usize),
    /// Conditions on facts.
    pub atoms: Vec<Atom>,
    /// Other conditions.
    pub tests: Vec<Test>,
    /// The name of each slot's variable, or the entity that it always holds.
    pub slots: Vec<Slot>,
}

/// What a slot is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A variable.
    Variable(String),
    /// An entity, by its number; [`NOBODY`] where the case knows none of that name.
    Constant(u32),
}

/// A condition on a fact.
#[derive(Clone, Debug)]
pub struct Atom {
    /// Its place in the rule's body.
    pub condition: usize,
    /// The table.
    pub table: usize,
    /// The slot of the subject.
    pub subject: usize,
    /// The slot of the object.
    pub object: usize,
    /// Nobody may say so.
    pub negated: bool,
    /// What is asked of the annotation.
    pub limits: Limits,
}

/// What is asked of an annotation.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    times: Vec<(i64, i64)>,
    likelihood: Vec<(Compare, f32)>,
    marking: Option<Marking>,
}

impl Limits {
    /// Whether nothing is asked.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty() && self.likelihood.is_empty() && self.marking.is_none()
    }

    /// Whether an annotation will do; `number` is its likelihood in percent.
    pub fn pass(&self, annotation: Annotation, number: Option<f32>) -> bool {
        let valid = annotation.valid;
        let meets = |(start, end): &(i64, i64)| {
            !valid.is_unknown() && valid.start() < *end && valid.end() > *start
        };
        self.times.iter().all(meets)
            && self
                .likelihood
                .iter()
                .all(|(compare, than)| number.is_some_and(|number| compare.holds(number, *than)))
            && self
                .marking
                .is_none_or(|most| annotation.marking.is_none_or(|own| own <= most))
    }
}

/// Another condition.
#[derive(Clone, Debug)]
pub enum Test {
    /// Of a type, or with the flag not.
    IsA(usize, Option<TypeId>, bool),
    /// The same entity, or with the flag another.
    Same(usize, usize, bool),
    /// A property compares.
    Property(usize, String, Compare, Value),
}

impl Test {
    /// The slots that it looks at.
    pub fn slots(&self) -> [usize; 2] {
        match self {
            Test::IsA(slot, ..) | Test::Property(slot, ..) => [*slot, *slot],
            Test::Same(a, b, _) => [*a, *b],
        }
    }

    /// Whether it holds of what the slots hold.
    pub fn holds(&self, slots: &[u32], graph: &dyn GraphView) -> bool {
        match self {
            Test::IsA(slot, kind, negated) => {
                let entity = EntityId(slots[*slot]);
                let words = graph.vocabulary();
                let known = slots[*slot] != NOBODY;
                let of = |kind| known && graph.entities().has_type(entity, kind, words);
                kind.is_some_and(of) != *negated
            }
            Test::Same(a, b, negated) => (slots[*a] == slots[*b]) != *negated,
            Test::Property(slot, key, compare, value) => {
                if slots[*slot] == NOBODY {
                    return false;
                }
                let own = graph.entities().get(EntityId(slots[*slot])).property(key);
                let order = own.and_then(|own| own.compare(value));
                order.is_some_and(|order| compare.holds(order, std::cmp::Ordering::Equal))
            }
        }
    }
}

impl Program {
    /// The rules in force that bear on some relations, or all, over a case.
    pub fn new(rules: &Rules, wanted: Option<&[RelationId]>, graph: &dyn GraphView) -> Program {
        let words = graph.vocabulary();
        let names: Option<Vec<&str>> = wanted.map(|wanted| {
            let name = |id: &RelationId| words.relation(*id).name.as_str();
            wanted.iter().map(name).collect()
        });
        let mut program = Program::default();
        for group in strata(rules, names.as_deref()) {
            let mut own = Vec::new();
            for (place, rule) in group {
                if let Some(compiled) = program.compiled(place as u16, rule, graph) {
                    own.push(program.rules.len());
                    program.rules.push(compiled);
                }
            }
            program.strata.push(own);
        }
        for rule in &program.rules {
            program.derived[rule.head.0] = true;
        }
        program
    }

    /// Whether the names in the rules of both mean the same.
    pub fn same_names(&self, other: &Program) -> bool {
        let slots = |program: &Program| -> Vec<Vec<Slot>> {
            let rules = program.rules.iter();
            rules.map(|rule| rule.slots.clone()).collect()
        };
        slots(self) == slots(other)
    }

    /// The table of a relation with all that is said and derived.
    pub fn table(&self, relation: RelationId) -> Option<usize> {
        self.keys
            .iter()
            .position(|key| *key == TableKey::all(relation))
    }

    fn table_of(&mut self, key: TableKey, graph: &dyn GraphView) -> usize {
        if let Some(known) = self.keys.iter().position(|known| *known == key) {
            return known;
        }
        let declared = graph.vocabulary().relation(key.relation);
        self.symmetric.push(declared.symmetric);
        self.derived.push(false);
        self.keys.push(key);
        self.keys.len() - 1
    }

    /// A rule made ready; nothing where a relation is not known, which no case of rules lets happen.
    fn compiled(&mut self, place: u16, rule: &Rule, graph: &dyn GraphView) -> Option<Compiled> {
        let words = graph.vocabulary();
        let mut slots: Vec<Slot> = Vec::new();
        let head = words.relation_named(&rule.head.relation)?;
        let mut atoms = Vec::new();
        let mut tests = Vec::new();
        for (condition, said) in rule.body.iter().enumerate() {
            match said {
                RuleCondition::Fact {
                    fact,
                    negated,
                    limits,
                } => {
                    let key = key(fact, limits, graph)?;
                    atoms.push(Atom {
                        condition,
                        table: self.table_of(key, graph),
                        subject: slot(&mut slots, &fact.subject, graph),
                        object: object(&mut slots, fact, graph),
                        negated: *negated,
                        limits: Limits {
                            times: limits.times.iter().map(|time| time.window()).collect(),
                            likelihood: limits.likelihood.clone(),
                            marking: limits.marking,
                        },
                    });
                }
                RuleCondition::IsA {
                    term,
                    kind,
                    negated,
                } => {
                    let slot = slot(&mut slots, term, graph);
                    tests.push(Test::IsA(slot, words.type_named(kind), *negated));
                }
                RuleCondition::Same {
                    left,
                    right,
                    negated,
                } => {
                    let left = slot(&mut slots, left, graph);
                    tests.push(Test::Same(left, slot(&mut slots, right, graph), *negated));
                }
                RuleCondition::Property {
                    of,
                    key,
                    compare,
                    value,
                } => {
                    let slot = slot(&mut slots, &RuleTerm::Variable(of.clone()), graph);
                    tests.push(Test::Property(slot, key.clone(), *compare, value.clone()));
                }
            }
        }
        let table = self.table_of(TableKey::all(head), graph);
        let ends = (
            slot(&mut slots, &rule.head.subject, graph),
            slot(&mut slots, &rule.head.object, graph),
        );
        let known = |end: usize| slots[end] != Slot::Constant(NOBODY);
        (known(ends.0) && known(ends.1)).then_some(Compiled {
            place,
            head: (table, ends.0, ends.1),
            atoms,
            tests,
            slots,
        })
    }
}

fn key(fact: &RuleFact, limits: &RuleLimits, graph: &dyn GraphView) -> Option<TableKey> {
    let ids = |names: &[String]| {
        let mut ids: Vec<EntityId> = names
            .iter()
            .flat_map(|name| graph.entities().resolve(name))
            .collect();
        ids.sort_unstable();
        ids
    };
    let sources = limits.sources.iter().map(|(names, negated)| match negated {
        true => SourceTest::NotAccordingTo(ids(names)),
        false => SourceTest::AccordingTo(ids(names)),
    });
    Some(TableKey {
        relation: graph.vocabulary().relation_named(&fact.relation)?,
        sources: sources.collect(),
        confidence: limits.confidence,
    })
}

fn slot(slots: &mut Vec<Slot>, term: &RuleTerm, graph: &dyn GraphView) -> usize {
    let wanted = match term {
        RuleTerm::Variable(name) => Slot::Variable(name.clone()),
        RuleTerm::Name(name) => match graph.entities().resolve(name).as_slice() {
            [one] => Slot::Constant(one.0),
            _ => Slot::Constant(NOBODY),
        },
    };
    place(slots, wanted)
}

/// The slot of an object, which of a relation of names is a name.
fn object(slots: &mut Vec<Slot>, fact: &RuleFact, graph: &dyn GraphView) -> usize {
    let words = graph.vocabulary();
    let names =
        words.relation_named(&fact.relation) == Some(crate::model::Vocabulary::ALSO_KNOWN_AS);
    match &fact.object {
        RuleTerm::Name(name) if names => {
            let id = graph.entities().name_entity(name);
            place(slots, Slot::Constant(id.map_or(NOBODY, |id| id.0)))
        }
        RuleTerm::Name(_) | RuleTerm::Variable(_) => slot(slots, &fact.object, graph),
    }
}

fn place(slots: &mut Vec<Slot>, wanted: Slot) -> usize {
    match slots.iter().position(|known| *known == wanted) {
        Some(at) => at,
        None => {
            slots.push(wanted);
            slots.len() - 1
        }
    }
}

//! Random cases with rules, and what follows from them by the plainest of ways: every rule over
//! everything, again and again, until nothing is new.

use crate::common::NOW;
use std::collections::BTreeMap;
use whodunit::engine::Engine;
use whodunit::graph::{ClaimFilter, Graph, GraphView, Polarities, Seen};
use whodunit::model::{EntityId, Marking, Period, Rule, RuleCondition, RuleLimits, RuleTerm};
use whodunit::rules::intersection;

pub const WORDS: &str = "type thing. type special is a thing. relation linked. relation joined. \
                     relation paired, symmetric. relation leads, base lead. relation follows. relation near, symmetric.";
pub const STATED: [&str; 3] = ["linked", "joined", "paired"];
pub const DERIVED: [&str; 3] = ["leads", "follows", "near"];

/// Bytes as choices.
pub struct Choices<'b> {
    pub bytes: &'b [u8],
    pub at: usize,
}

impl Choices<'_> {
    pub fn below(&mut self, most: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(self.at as u8);
        self.at += 1;
        usize::from(byte) % most
    }

    pub fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

pub fn claim(choices: &mut Choices<'_>) -> String {
    let denied = if choices.below(8) == 0 {
        "denied: "
    } else {
        ""
    };
    let source = choices.of(&["according to S1, ", "according to S2 on 2020-01-05, ", ""]);
    let (a, verb, b) = (choices.below(5), choices.of(&STATED), choices.below(5));
    let valid = choices.of(&["", "", " in 2020", " since 2021", " between 2019 and 2021"]);
    let likely = choices.of(&["", ", with likelihood 80%", ", with likelihood 40%"]);
    let marked = choices.of(&["", "", ", marked TLP:AMBER"]);
    format!("{denied}{source}E{a} {verb} E{b}{valid}{likely}{marked}.\n")
}

pub fn rule_text(choices: &mut Choices<'_>) -> String {
    let terms = ["?x", "?y", "?z", "?w"];
    let head = choices.of(&DERIVED);
    let mut body = Vec::new();
    for _ in 0..1 + choices.below(3) {
        let relation = match choices.below(2) {
            0 => choices.of(&STATED),
            _ => choices.of(&DERIVED),
        };
        let limit = choices.of(&[
            "",
            "",
            "",
            " with likelihood >= 50%",
            " in 2020",
            " marked at most TLP:GREEN",
            " according to S1",
        ]);
        let not = if choices.below(6) == 0 { "not " } else { "" };
        let ends = (
            choices.of(&terms),
            choices.of(&["?x", "?y", "?z", "?w", "E0"]),
        );
        body.push(format!("{not}{} {relation} {}{limit}", ends.0, ends.1));
    }
    match choices.below(6) {
        0 => body.push("?x is not ?y".to_owned()),
        1 => body.push("?x is a special".to_owned()),
        2 => body.push("?y is not a special".to_owned()),
        3 => body.push("?x.size > 2".to_owned()),
        _ => {}
    }
    format!("?x {head} ?y if {}.", body.join(" and "))
}

/// A case with rules; those that are refused are left out.
pub fn case(bytes: &[u8]) -> Engine {
    let mut choices = Choices { bytes, at: 0 };
    let mut engine = Engine::new(NOW);
    engine.load(WORDS, NOW).expect("words");
    let kinds = (0..5).map(|at| match at % 2 {
        0 => format!("E{at} is a special. E{at} has size {at}.\n"),
        _ => format!("E{at} is a thing. E{at} has size {at}.\n"),
    });
    engine
        .load(&kinds.collect::<String>(), NOW)
        .expect("entities");
    for _ in 0..1 + choices.below(5) {
        let _ = engine.load(&rule_text(&mut choices), NOW);
    }
    for at in 0..4 + choices.below(14) {
        engine
            .load(&claim(&mut choices), NOW + at as i64)
            .expect("a claim");
    }
    engine
}

/// What a fact carries, without numbers of the engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carried {
    pub likelihood: Option<f32>,
    pub valid: Period,
    pub marking: Option<Marking>,
    pub recorded: (i64, u32),
}

impl Carried {
    pub fn with(self, other: Carried) -> Option<Carried> {
        Some(Carried {
            likelihood: match (self.likelihood, other.likelihood) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
            valid: intersection(self.valid, other.valid)?,
            marking: self.marking.max(other.marking),
            recorded: self.recorded.max(other.recorded),
        })
    }

    pub fn outdoes(self, other: Carried) -> bool {
        let likely = match (self.likelihood, other.likelihood) {
            (Some(a), Some(b)) => a >= b,
            (a, b) => a.is_none() && b.is_none(),
        };
        let wide = match (self.valid.is_unknown(), other.valid.is_unknown()) {
            (false, false) => {
                self.valid.start() <= other.valid.start() && self.valid.end() >= other.valid.end()
            }
            (a, b) => a && b,
        };
        likely && wide && self.marking <= other.marking && self.recorded <= other.recorded
    }

    /// What a rule can tell apart, so that two that are as good as each other are one.
    pub fn key(self) -> (Option<u32>, bool, i64, i64, Option<Marking>, (i64, u32)) {
        (
            self.likelihood.map(f32::to_bits),
            self.valid.is_unknown(),
            self.valid.start(),
            self.valid.end(),
            self.marking,
            self.recorded,
        )
    }
}

pub type Ends = (String, u32, u32);
pub type Facts = BTreeMap<Ends, Vec<(Carried, Option<bool>)>>;

/// Adds unless outdone; tells whether it was added.
pub fn add(facts: &mut Facts, ends: Ends, carried: Carried) -> bool {
    let known = facts.entry(ends).or_default();
    if known.iter().any(|(own, _)| own.outdoes(carried)) {
        return false;
    }
    known.retain(|(own, _)| !carried.outdoes(*own));
    known.push((carried, None));
    true
}

pub fn stated(graph: &Graph, base: &ClaimFilter, said_by: &[(Vec<String>, bool)]) -> Facts {
    let mut filter = ClaimFilter {
        polarities: Polarities::Asserted,
        stated: true,
        ..base.clone()
    };
    for (names, negated) in said_by {
        let ids = names
            .iter()
            .flat_map(|name| graph.entities().resolve(name))
            .collect();
        filter.sources.push(match negated {
            true => whodunit::graph::SourceTest::NotAccordingTo(ids),
            false => whodunit::graph::SourceTest::AccordingTo(ids),
        });
    }
    let seen = Seen::new(graph, filter);
    let columns = graph.columns();
    let mut facts = Facts::new();
    for row in 0..columns.len() as u32 {
        if !seen.passes(row) {
            continue;
        }
        let declared = graph.vocabulary().relation(columns.relation(row));
        let carried = Carried {
            likelihood: columns.number(row),
            valid: columns.valid(row),
            marking: columns.marking(row),
            recorded: (columns.recorded(row), columns.transaction(row).0),
        };
        let (s, _, o) = columns.ends(row);
        add(&mut facts, (declared.name.clone(), s, o), carried);
        if declared.symmetric {
            add(&mut facts, (declared.name.clone(), o, s), carried);
        }
    }
    facts
}

pub fn entity(graph: &Graph, term: &RuleTerm, bound: &BTreeMap<String, u32>) -> Option<u32> {
    match term {
        RuleTerm::Variable(name) => bound.get(name).copied(),
        RuleTerm::Name(name) => graph.entities().resolve(name).first().map(|id| id.0),
    }
}

/// All that follows, round by round over everything, until nothing is new.
pub fn naive(graph: &Graph, base: &ClaimFilter) -> Facts {
    let rules: Vec<&Rule> = graph.rules().in_force().collect();
    // What stands behind `not` comes a stratum earlier.
    let mut stratum: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..=rules.len() * 8 {
        for rule in &rules {
            for condition in &rule.body {
                if let RuleCondition::Fact { fact, negated, .. } = condition {
                    let below = stratum.get(fact.relation.as_str()).copied().unwrap_or(0);
                    let own = stratum.entry(rule.head.relation.as_str()).or_default();
                    *own = (*own).max(below + usize::from(*negated));
                }
            }
        }
    }
    let mut facts = stated(graph, base, &[]);
    let last = stratum.values().copied().max().unwrap_or(0);
    for level in 0..=last {
        let own: Vec<&&Rule> = rules
            .iter()
            .filter(|rule| stratum.get(rule.head.relation.as_str()) == Some(&level))
            .collect();
        loop {
            let mut grown = false;
            for rule in &own {
                for (ends, carried) in follow(graph, base, rule, &facts) {
                    grown |= add(&mut facts, ends.clone(), carried);
                    let words = graph.vocabulary();
                    let id = words.relation_named(&ends.0).expect("a relation");
                    if words.relation(id).symmetric {
                        grown |= add(&mut facts, (ends.0, ends.2, ends.1), carried);
                    }
                }
            }
            if !grown {
                break;
            }
        }
    }
    facts
}

pub fn follow(
    graph: &Graph,
    base: &ClaimFilter,
    rule: &Rule,
    facts: &Facts,
) -> Vec<(Ends, Carried)> {
    let within = |limits: &RuleLimits, carried: &Carried| {
        let valid = carried.valid;
        limits.likelihood.iter().all(|(compare, than)| {
            carried
                .likelihood
                .is_some_and(|number| compare.holds(number, *than))
        }) && limits.times.iter().all(|time| {
            let (start, end) = time.window();
            !valid.is_unknown() && valid.start() < end && valid.end() > start
        }) && limits
            .marking
            .is_none_or(|most| carried.marking.is_none_or(|own| own <= most))
    };
    let mut ways: Vec<(BTreeMap<String, u32>, Option<Carried>)> = vec![(BTreeMap::new(), None)];
    let facts_first = rule
        .body
        .iter()
        .filter(|condition| matches!(condition, RuleCondition::Fact { negated: false, .. }));
    let rest = rule
        .body
        .iter()
        .filter(|condition| !matches!(condition, RuleCondition::Fact { negated: false, .. }));
    for condition in facts_first.chain(rest) {
        let mut next = Vec::new();
        for (bound, carried) in &ways {
            match condition {
                RuleCondition::Fact {
                    fact,
                    negated,
                    limits,
                } => {
                    let sourced = stated(graph, base, &limits.sources);
                    let pool = if limits.sources.is_empty() {
                        facts
                    } else {
                        &sourced
                    };
                    let mut there = false;
                    for ((relation, s, o), own) in pool {
                        let fits = |term: &RuleTerm, end: u32| match term {
                            RuleTerm::Variable(name) => bound.get(name).is_none_or(|id| *id == end),
                            RuleTerm::Name(_) => entity(graph, term, bound) == Some(end),
                        };
                        let same = fact.subject != fact.object || s == o;
                        if *relation != fact.relation
                            || !fits(&fact.subject, *s)
                            || !fits(&fact.object, *o)
                            || !same
                        {
                            continue;
                        }
                        for (one, _) in own.iter().filter(|(one, _)| within(limits, one)) {
                            there = true;
                            if *negated {
                                continue;
                            }
                            let joined = match carried {
                                None => Some(*one),
                                Some(so_far) => so_far.with(*one),
                            };
                            if let Some(joined) = joined {
                                let mut bound = bound.clone();
                                for (term, end) in [(&fact.subject, s), (&fact.object, o)] {
                                    if let RuleTerm::Variable(name) = term {
                                        bound.insert(name.clone(), *end);
                                    }
                                }
                                next.push((bound, Some(joined)));
                            }
                        }
                    }
                    if *negated && !there {
                        next.push((bound.clone(), *carried));
                    }
                }
                RuleCondition::IsA {
                    term,
                    kind,
                    negated,
                } => {
                    let words = graph.vocabulary();
                    let kind = words.type_named(kind).expect("a type");
                    let id = EntityId(entity(graph, term, bound).expect("bound"));
                    if graph.entities().has_type(id, kind, words) != *negated {
                        next.push((bound.clone(), *carried));
                    }
                }
                RuleCondition::Same {
                    left,
                    right,
                    negated,
                } => {
                    let same = entity(graph, left, bound) == entity(graph, right, bound);
                    if same != *negated {
                        next.push((bound.clone(), *carried));
                    }
                }
                RuleCondition::Property {
                    of,
                    key,
                    compare,
                    value,
                } => {
                    let own = graph.entities().get(EntityId(bound[of])).property(key);
                    let order = own.and_then(|own| own.compare(value));
                    if order.is_some_and(|order| compare.holds(order, std::cmp::Ordering::Equal)) {
                        next.push((bound.clone(), *carried));
                    }
                }
            }
        }
        ways = next;
    }
    let head = |bound: &BTreeMap<String, u32>| {
        let subject = entity(graph, &rule.head.subject, bound).expect("safe");
        let object = entity(graph, &rule.head.object, bound).expect("safe");
        (rule.head.relation.clone(), subject, object)
    };
    ways.iter()
        .filter_map(|(bound, carried)| carried.map(|carried| (head(bound), carried)))
        .collect()
}

//! Verifies a proof before it is shown. It knows the proof, the stated claims and the rules as they
//! are written; it knows neither the tables nor the evaluation, and works everything out once more
//! in its own way. That no rule gives what a rule wants absent is beyond it: what it takes on trust
//! it lists.

use crate::answer::Fact;
use crate::graph::{ClaimFilter, DERIVED, GraphView, Polarities, Seen, SourceTest};
use crate::model::{
    EntityId, Marking, Polarity, RuleCondition, RuleFact, RuleLimits, RuleTerm, Rules, TxId,
    Vocabulary,
};
use crate::rules::{Annotation, intersection};
use crate::why::proof::{Premise, Proof, Reason};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What is wrong with a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// In words, for whoever mends the engine.
    pub what: String,
}

type Checked<T> = Result<T, Flaw>;

fn flaw<T>(what: impl Into<String>) -> Checked<T> {
    Err(Flaw { what: what.into() })
}

/// Checks a proof over the claims that `base` shows. Gives the facts that it took to be absent because
/// no rule gives them.
pub fn check(
    proof: &Proof,
    rules: &Rules,
    graph: &dyn GraphView,
    base: &ClaimFilter,
) -> Checked<Vec<Fact>> {
    let mut trusted = Vec::new();
    let checker = Checker { rules, graph, base };
    checker.proof(proof, &mut trusted)?;
    Ok(trusted)
}

struct Checker<'a> {
    rules: &'a Rules,
    graph: &'a dyn GraphView,
    base: &'a ClaimFilter,
}

impl Checker<'_> {
    fn view(&self) -> ClaimFilter {
        ClaimFilter {
            polarities: Polarities::Asserted,
            stated: true,
            ..self.base.clone()
        }
    }

    fn proof(&self, proof: &Proof, trusted: &mut Vec<Fact>) -> Checked<()> {
        match &proof.reason {
            Reason::Stated(row) => self.stated(proof, *row),
            Reason::Rule {
                rule,
                bound,
                premises,
            } => self.given(proof, *rule, bound, premises, trusted),
        }
    }

    fn stated(&self, proof: &Proof, row: u32) -> Checked<()> {
        let columns = self.graph.columns();
        if row >= DERIVED || row as usize >= columns.len() {
            return flaw("a leaf is no stated claim");
        }
        if !Seen::new(self.graph, self.view()).passes(row) {
            return flaw("a leaf is not seen");
        }
        let claim = columns.claim(row);
        let fact = Fact {
            subject: claim.subject,
            relation: claim.relation,
            object: claim.object,
        };
        if fact != proof.fact || claim.polarity != Polarity::Asserted {
            return flaw("a leaf says something else");
        }
        let own = Annotation {
            likelihood: columns.likelihood_code(row),
            valid: claim.valid,
            marking: claim.marking,
            transaction: columns.transaction(row).0,
        };
        match own == proof.annotation {
            true => Ok(()),
            false => flaw("a leaf carries something else"),
        }
    }

    fn given(
        &self,
        proof: &Proof,
        rule: usize,
        bound: &[(String, u32)],
        premises: &[Premise],
        trusted: &mut Vec<Fact>,
    ) -> Checked<()> {
        let Some(rule) = self.rules.all().get(rule).filter(|rule| rule.on) else {
            return flaw("there is no such rule in force");
        };
        let bound: BTreeMap<&str, u32> = bound.iter().map(|(name, id)| (&**name, *id)).collect();
        if !self.says(&rule.head, &bound, proof.fact) {
            return flaw("the rule's head is another fact");
        }
        if premises.len() != rule.body.len() {
            return flaw("the rule has other conditions");
        }
        let mut carried: Option<Annotation> = None;
        for (condition, premise) in rule.body.iter().zip(premises) {
            match (condition, premise) {
                (
                    RuleCondition::Fact {
                        fact,
                        negated: false,
                        limits,
                    },
                    Premise::Fact(below),
                ) => {
                    let turned = Fact {
                        subject: below.fact.object,
                        object: below.fact.subject,
                        ..below.fact
                    };
                    let words = self.graph.vocabulary();
                    let symmetric = words.relation(below.fact.relation).symmetric;
                    let fits = self.says(fact, &bound, below.fact)
                        || symmetric && self.says(fact, &bound, turned);
                    if !fits {
                        return flaw("a premise is another fact");
                    }
                    self.proof(below, trusted)?;
                    self.within(limits, below)?;
                    carried = match carried {
                        None => Some(below.annotation),
                        Some(so_far) => match self.together(so_far, below.annotation) {
                            Some(joined) => Some(joined),
                            None => return flaw("the premises never hold at one time"),
                        },
                    };
                }
                (
                    RuleCondition::Fact {
                        fact,
                        negated: true,
                        limits,
                    },
                    Premise::Absent(absent),
                ) => {
                    if !self.says(fact, &bound, *absent) {
                        return flaw("another fact is said to be absent");
                    }
                    self.absent(limits, *absent)?;
                    let head = self
                        .graph
                        .vocabulary()
                        .relation(absent.relation)
                        .name
                        .as_str();
                    if self.rules.in_force().any(|rule| rule.head.relation == head) {
                        trusted.push(*absent);
                    }
                }
                (other, Premise::Test) => self.test(other, &bound)?,
                _ => return flaw("a premise is of another kind than its condition"),
            }
        }
        match carried == Some(proof.annotation) {
            true => Ok(()),
            false => flaw("the rule carries something else"),
        }
    }

    /// The entity of a term.
    fn entity(&self, term: &RuleTerm, bound: &BTreeMap<&str, u32>) -> Option<EntityId> {
        match term {
            RuleTerm::Variable(name) => bound.get(name.as_str()).map(|id| EntityId(*id)),
            RuleTerm::Name(name) => match self.graph.entities().resolve(name).as_slice() {
                [one] => Some(*one),
                _ => None,
            },
        }
    }

    /// Whether a fact of a rule is this one.
    fn says(&self, said: &RuleFact, bound: &BTreeMap<&str, u32>, fact: Fact) -> bool {
        let words = self.graph.vocabulary();
        let named = words.relation_named(&said.relation) == Some(fact.relation);
        let subject = self.entity(&said.subject, bound) == Some(fact.subject);
        let object = match &said.object {
            RuleTerm::Name(name) if fact.relation == Vocabulary::ALSO_KNOWN_AS => {
                self.graph.entities().name_entity(name) == Some(fact.object)
            }
            RuleTerm::Name(_) | RuleTerm::Variable(_) => {
                self.entity(&said.object, bound) == Some(fact.object)
            }
        };
        named && subject && object
    }

    fn filter(&self, limits: &RuleLimits) -> ClaimFilter {
        let mut filter = self.view();
        for (names, negated) in &limits.sources {
            let names = names.iter();
            let mut ids: Vec<EntityId> = names
                .flat_map(|name| self.graph.entities().resolve(name))
                .collect();
            ids.sort_unstable();
            filter.sources.push(match negated {
                true => SourceTest::NotAccordingTo(ids),
                false => SourceTest::AccordingTo(ids),
            });
        }
        filter.confidence = filter.confidence.max(limits.confidence);
        filter
    }

    /// Whether what a premise carries is within the limits of its condition.
    fn within(&self, limits: &RuleLimits, below: &Proof) -> Checked<()> {
        let sourced = !limits.sources.is_empty() || limits.confidence.is_some();
        match below.reason {
            Reason::Stated(row) if sourced => {
                if !Seen::new(self.graph, self.filter(limits)).passes(row) {
                    return flaw("a premise is not said by whom the rule asks for");
                }
            }
            Reason::Rule { .. } if sourced => {
                return flaw("a premise that somebody must say is derived");
            }
            Reason::Stated(_) | Reason::Rule { .. } => {}
        }
        match self.limited(limits, below.annotation) {
            true => Ok(()),
            false => flaw("a premise is outside of the limits of its condition"),
        }
    }

    fn limited(&self, limits: &RuleLimits, annotation: Annotation) -> bool {
        let number = self.number(annotation.likelihood);
        let marked = |most: Marking| annotation.marking.is_none_or(|own| own <= most);
        let likely = limits
            .likelihood
            .iter()
            .all(|(compare, than)| number.is_some_and(|number| compare.holds(number, *than)));
        let meets = limits.times.iter().all(|time| {
            let (start, end) = time.window();
            let valid = annotation.valid;
            !valid.is_unknown() && valid.start() < end && start < valid.end()
        });
        likely && meets && limits.marking.is_none_or(marked)
    }

    /// Whether nobody states a fact within the limits.
    fn absent(&self, limits: &RuleLimits, fact: Fact) -> Checked<()> {
        let seen = Seen::new(self.graph, self.filter(limits));
        let symmetric = self.graph.vocabulary().relation(fact.relation).symmetric;
        let ends = [(fact.subject, fact.object), (fact.object, fact.subject)];
        for (subject, object) in ends.into_iter().take(1 + usize::from(symmetric)) {
            let mut rows = Vec::new();
            if let Some(fact) = seen.fact(subject, fact.relation, object) {
                seen.claims(fact, &mut rows);
            }
            let columns = self.graph.columns();
            let counts = rows.into_iter().any(|row| {
                let own = Annotation {
                    likelihood: columns.likelihood_code(row),
                    valid: columns.valid(row),
                    marking: columns.marking(row),
                    transaction: columns.transaction(row).0,
                };
                self.limited(limits, own)
            });
            if counts {
                return flaw("somebody says what the rule wants absent");
            }
        }
        Ok(())
    }

    fn test(&self, condition: &RuleCondition, bound: &BTreeMap<&str, u32>) -> Checked<()> {
        let holds = match condition {
            RuleCondition::Fact { .. } => false,
            RuleCondition::IsA {
                term,
                kind,
                negated,
            } => {
                let words = self.graph.vocabulary();
                let is = match (self.entity(term, bound), words.type_named(kind)) {
                    (Some(entity), Some(kind)) => {
                        self.graph.entities().has_type(entity, kind, words)
                    }
                    _ => false,
                };
                is != *negated
            }
            RuleCondition::Same {
                left,
                right,
                negated,
            } => (self.entity(left, bound) == self.entity(right, bound)) != *negated,
            RuleCondition::Property {
                of,
                key,
                compare,
                value,
            } => {
                let entity = bound.get(of.as_str()).map(|id| EntityId(*id));
                let own = entity.and_then(|id| self.graph.entities().get(id).property(key));
                let order = own.and_then(|own| own.compare(value));
                order.is_some_and(|order| compare.holds(order, Ordering::Equal))
            }
        };
        match holds {
            true => Ok(()),
            false => flaw("a condition does not hold"),
        }
    }

    fn number(&self, likelihood: u16) -> Option<f32> {
        let at = usize::from(likelihood).checked_sub(1)?;
        let known = self.graph.columns().likelihoods().get(at)?;
        Some(known.number)
    }

    /// What two premises carry together: the weakest link, the common period, the stricter marking, the
    /// later recording.
    fn together(&self, a: Annotation, b: Annotation) -> Option<Annotation> {
        let likelihood = match (self.number(a.likelihood), self.number(b.likelihood)) {
            (Some(one), Some(other)) if one == other => a.likelihood.min(b.likelihood),
            (Some(one), Some(other)) if one > other => b.likelihood,
            (Some(_), _) => a.likelihood,
            (None, _) => b.likelihood,
        };
        let since = |of: Annotation| {
            let recorded = self.graph.columns().transaction_time(TxId(of.transaction));
            (recorded, of.transaction)
        };
        Some(Annotation {
            likelihood,
            valid: intersection(a.valid, b.valid)?,
            marking: a.marking.max(b.marking),
            transaction: since(a).max(since(b)).1,
        })
    }
}

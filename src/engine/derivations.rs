//! What rules derive for the questions that are asked: worked out when a plan reads a relation that
//! rules give, kept as long as the case stays as it is, and brought to its state where it changed: what
//! does not rest on what changed stands.

use crate::algebra::Plan;
use crate::algebra::reads::each_read;
use crate::engine::cache::State;
use crate::engine::case::{Engine, Failure};
use crate::engine::kept::Derivations;
use crate::graph::{ClaimFilter, GraphView, Layer};
use crate::model::RelationId;
use crate::rules::{Evaluation, Guard, Stopped, evaluate};
use crate::run::Halt;
use std::sync::Arc;

/// How many views are kept beside the default one.
const VIEWS: usize = 15;

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Failure {
        Failure::Halted(match stopped {
            Stopped::Cancelled => Halt::Cancelled,
            Stopped::Tuples(most) => Halt::Rows(most),
            Stopped::Time(time) => Halt::Time(time.as_millis() as u64),
        })
    }
}

impl Engine {
    /// Has ready what rules derive of the relations that a plan reads, under the views by which it
    /// reads them.
    pub(in crate::engine) fn derive(&mut self, plan: &Plan) -> Result<(), Failure> {
        let heads = self.heads();
        if heads.is_empty() {
            self.forget_derivations();
            return Ok(());
        }
        let mut wanted: Vec<(ClaimFilter, Vec<RelationId>)> = Vec::new();
        each_read(plan, &mut |filter, relations| {
            let own = heads.iter().copied();
            let own = own.filter(|head| relations.is_empty() || relations.contains(head));
            let own: Vec<RelationId> = own.collect();
            if filter.stated || own.is_empty() {
                return;
            }
            let base = filter.base();
            match wanted.iter_mut().find(|(known, _)| *known == base) {
                Some((_, known)) => known.extend(own),
                None => wanted.push((base, own)),
            }
        });
        for (base, relations) in wanted {
            self.evaluated(&base, relations)?;
        }
        self.install();
        Ok(())
    }

    /// What rules give of some relations under a view, worked out where it is not known.
    pub(in crate::engine) fn evaluated(
        &mut self,
        base: &ClaimFilter,
        mut relations: Vec<RelationId>,
    ) -> Result<Arc<Evaluation>, Failure> {
        relations.sort_unstable();
        relations.dedup();
        let cancel = self.cancel.clone();
        let guard = Guard {
            cancel: Some(&cancel),
            tuples: self.limits.rows,
            time: self.limits.time,
        };
        self.refresh(guard)?;
        let known = &mut self.derivations.evaluations;
        let at = known.iter().position(|(_, known)| known.base == *base);
        if let Some(at) = at {
            let (covered, evaluation) = &known[at];
            if relations.iter().all(|relation| covered.contains(relation)) {
                return Ok(evaluation.clone());
            }
            relations.extend(covered);
            relations.sort_unstable();
            relations.dedup();
            known.remove(at);
        } else if known.len() > VIEWS {
            // The oldest view that is not the default one.
            let plain = ClaimFilter::default();
            let oldest = known.iter().position(|(_, known)| known.base != plain);
            known.remove(oldest.unwrap_or(0));
        }
        let rules = self.graph.rules();
        let evaluation = Arc::new(evaluate(rules, Some(&relations), &self.graph, base, guard)?);
        self.derivations
            .evaluations
            .push((relations, evaluation.clone()));
        self.derivations.installed = false;
        Ok(evaluation)
    }

    /// Whether what was derived is of this state, and in its place.
    pub(in crate::engine) fn derived_for(&self, state: State) -> bool {
        self.derivations.state == Some((state, self.graph.rules().version()))
            && self.graph.columns().derived().is_some()
    }

    /// Brings what was derived to the state of the case as far as that can be done, and forgets the rest.
    fn refresh(&mut self, guard: Guard<'_>) -> Result<(), Failure> {
        let state = self.state();
        if self.derivations.state == Some(state) {
            return Ok(());
        }
        let only_claims = self.derivations.grown == Some(state);
        let of_rules = self.derivations.state.map(|(_, rules)| rules);
        let old = std::mem::take(&mut self.derivations.evaluations);
        self.derivations.state = Some(state);
        self.derivations.grown = None;
        self.derivations.installed = false;
        let kept = old.into_iter().filter(|_| of_rules == Some(state.1));
        for (relations, mut evaluation) in kept {
            let own = Arc::make_mut(&mut evaluation);
            if own.grow(self.graph.rules(), &self.graph, guard, only_claims)? {
                self.derivations.evaluations.push((relations, evaluation));
            }
        }
        Ok(())
    }

    /// Claims came and nothing else changed since the case was in that state.
    pub(in crate::engine) fn grew(&mut self, before: (State, u64)) {
        let held = self.derivations.grown.or(self.derivations.state);
        if held == Some(before) {
            self.derivations.grown = Some(self.state());
        }
    }

    /// The state of the case and of its rules.
    pub(in crate::engine) fn state(&self) -> (State, u64) {
        (State::of(&self.graph), self.graph.rules().version())
    }

    /// The relations that rules in force give.
    pub(in crate::engine) fn heads(&self) -> Vec<RelationId> {
        let words = self.graph.vocabulary();
        let heads = self.graph.rules().in_force();
        let heads = heads.filter_map(|rule| words.relation_named(&rule.head.relation));
        let mut heads: Vec<RelationId> = heads.collect();
        heads.sort_unstable();
        heads.dedup();
        heads
    }

    fn install(&mut self) {
        let there = self.graph.columns().derived().is_some();
        if self.derivations.evaluations.is_empty() || self.derivations.installed && there {
            return;
        }
        let plain = ClaimFilter::default();
        let mut layers: Vec<Layer> = vec![Layer::default()];
        for (_, evaluation) in &self.derivations.evaluations {
            let claims = evaluation.claims();
            match evaluation.base == plain {
                true => layers[0].claims = claims,
                false => layers.push(Layer {
                    base: evaluation.base.clone(),
                    claims,
                }),
            }
        }
        let rules = self.graph.rules().all().iter();
        let rules = rules.map(|rule| rule.name.clone()).collect();
        self.graph.install(layers, rules);
        self.cache.forget_ready();
        self.derivations.installed = true;
    }

    fn forget_derivations(&mut self) {
        if self.derivations.state.is_some() {
            self.derivations = Derivations::default();
            self.graph.forget_derived();
            self.cache.forget_ready();
        }
    }
}

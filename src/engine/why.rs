//! `why` and `why not`: proofs of what rules give, found, checked and told; and what is missing.

#![allow(clippy::wildcard_enum_match_arm)] // Values of a query: only some kinds matter.

use crate::algebra::Datum;
use crate::answer::{Answer, Fact, claims, wording};
use crate::engine::case::{Engine, Failure};
use crate::graph::{ClaimFilter, GraphView, Polarities, Row, Seen};
use crate::language::gql::witness::WITNESS;
use crate::language::question::Shape;
use crate::model::{EntityId, RelationId};
use crate::rules::Evaluation;
use crate::why::{self, missing::Cause};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many proofs `why all` shows.
const PROOFS: usize = 20;

impl Engine {
    /// What rules give of a relation under a view, laid out for a search for proofs.
    pub(in crate::engine) fn provable(
        &mut self,
        base: &ClaimFilter,
        relation: RelationId,
    ) -> Result<Option<Arc<Evaluation>>, Failure> {
        if !self.heads().contains(&relation) {
            return Ok(None);
        }
        self.evaluated(base, vec![relation])?;
        let known = self.derivations.evaluations.iter_mut();
        let mut own = known.filter(|(_, evaluation)| evaluation.base == *base);
        Ok(own.next().map(|(_, evaluation)| {
            Arc::make_mut(evaluation).lay_out_all();
            evaluation.clone()
        }))
    }

    /// The checked proofs of a fact. A proof that does not pass is a fault of ours, and is left out
    /// with a word about it.
    pub(in crate::engine) fn proofs(
        &mut self,
        fact: Fact,
        base: &ClaimFilter,
        all: bool,
    ) -> Result<(Vec<why::Proof>, Vec<String>), Failure> {
        let Some(evaluation) = self.provable(base, fact.relation)? else {
            return Ok((Vec::new(), Vec::new()));
        };
        let found = match all {
            true => why::all_proofs(&self.graph, &evaluation, fact, PROOFS),
            false => why::shortest(&self.graph, &evaluation, fact),
        };
        let mut notes = Vec::new();
        if evaluation.height(fact.relation, fact.subject, fact.object) > why::HIGHEST {
            let most = why::HIGHEST;
            notes.push(format!("a proof of more than {most} steps is not shown"));
        }
        let mut good = Vec::new();
        for proof in found {
            match why::check(&proof, self.graph.rules(), &self.graph, base) {
                Ok(_) => good.push(proof),
                Err(flaw) => notes.push(format!("a proof did not pass the check: {}", flaw.what)),
            }
        }
        Ok((good, notes))
    }

    /// The answer of `why` where a rule has a say, and of `why not`; nothing where claims alone tell it.
    pub(in crate::engine) fn why(
        &mut self,
        shape: &Shape,
        filter: &ClaimFilter,
    ) -> Result<Option<Answer>, Failure> {
        let Shape::Why {
            negated,
            all,
            near: Some((subject, relation, object)),
            ..
        } = shape
        else {
            return Ok(None);
        };
        let fact = Fact {
            subject: *subject,
            relation: *relation,
            object: *object,
        };
        if *negated {
            return self.why_not(fact, filter).map(Some);
        }
        let base = filter.base();
        let (proofs, notes) = self.proofs(fact, &base, *all)?;
        let derived = |proof: &why::Proof| matches!(proof.reason, why::Reason::Rule { .. });
        if !proofs.iter().any(derived) && (!*all || proofs.is_empty()) {
            if notes.is_empty() {
                return Ok(None);
            }
            let mut rows = Vec::new();
            self.claims_of(fact, &mut rows);
            let mut answer = claims::answer(&self.graph, &rows);
            answer.notes.extend(notes);
            return Ok(Some(answer));
        }
        let shown = match *all {
            true => &proofs[..],
            false => &proofs[..proofs.len().min(1)],
        };
        let mut answer = why::answer(&self.graph, self.graph.rules(), shown, filter);
        answer.notes.extend(notes);
        if proofs.len() > shown.len() {
            let more = wording::counted(proofs.len() - shown.len(), "proof");
            answer.notes.push(format!(
                "{more} more, of another likelihood or time: `why all …`"
            ));
        }
        if *all {
            if let Some((number, groups)) = why::combined(&self.graph, &proofs) {
                let groups = wording::counted(groups, "independent proof");
                answer
                    .notes
                    .push(format!("combined by noisy-or over {groups}: {number:.1}%"));
            }
            if proofs.len() == PROOFS {
                answer
                    .notes
                    .push(format!("the first {PROOFS} proofs are shown"));
            }
        }
        Ok(Some(answer))
    }

    /// What claims say of a row, and the proof of each of its facts that a rule gives.
    pub(in crate::engine) fn with_proofs(
        &mut self,
        answer: Answer,
        mut derived: Vec<Fact>,
    ) -> Result<Answer, Failure> {
        derived.dedup();
        let filter = ClaimFilter::default();
        let mut proofs = Vec::new();
        let mut notes = Vec::new();
        for fact in derived {
            let (found, flaws) = self.proofs(fact, &filter, false)?;
            proofs.extend(found.into_iter().next());
            notes.extend(flaws);
        }
        if proofs.is_empty() {
            return Ok(answer);
        }
        let mut told = why::answer(&self.graph, self.graph.rules(), &proofs, &filter);
        told.notes.extend(notes);
        if !answer.records.is_empty() {
            let claims = wording::counted(answer.records.len(), "stated claim");
            told.notes.push(format!("{claims} beside it"));
        }
        Ok(told)
    }

    /// Why a fact is not said, and what is missing for a rule to give it.
    fn why_not(&mut self, fact: Fact, filter: &ClaimFilter) -> Result<Answer, Failure> {
        let asserted = ClaimFilter {
            polarities: Polarities::Asserted,
            ..filter.clone()
        };
        let both = ClaimFilter {
            polarities: Polarities::Both,
            ..filter.clone()
        };
        let base = filter.base();
        let evaluation = self.provable(&base, fact.relation)?;
        let of = |filter: ClaimFilter| {
            let seen = Seen::new(&self.graph, filter);
            let mut rows = Vec::new();
            if let Some(fact) = seen.fact(fact.subject, fact.relation, fact.object) {
                seen.claims(fact, &mut rows);
            }
            rows
        };
        let rows = of(both);
        let mut answer = claims::answer(&self.graph, &rows);
        let said = of(asserted);
        let view = if base == ClaimFilter::default() {
            "the default view"
        } else {
            "this view"
        };
        let columns = self.graph.columns();
        let second_hand = |row: &Row| !columns.via(*row).is_empty();
        match said.as_slice() {
            [] => answer.notes.push(format!("no source in {view} says so")),
            said if said.iter().all(second_hand) => {
                answer
                    .notes
                    .push("it is said, but second-hand only".to_owned());
            }
            _ => answer.notes.push("there are claims for it".to_owned()),
        }
        // Who says so where this view does not look.
        let anywhere = ClaimFilter {
            polarities: Polarities::Asserted,
            retracted: true,
            stated: true,
            ..ClaimFilter::default()
        };
        for row in of(anywhere).into_iter().filter(|row| !said.contains(row)) {
            let taken = match columns.retracted(row) {
                Some(at) => format!("; retracted {}", wording::instant(at)),
                None => String::new(),
            };
            answer.notes.push(format!(
                "outside of this view: {} says so ({}{taken})",
                claims::source(&self.graph, row),
                wording::number(&self.graph, row),
            ));
        }
        if let Some(evaluation) = evaluation.filter(|_| said.is_empty()) {
            for missing in why::missing(&self.graph, &evaluation, fact) {
                answer.notes.push(self.told(&missing));
            }
        }
        if said.is_empty() {
            let near = (fact.subject, fact.relation, fact.object);
            let near = crate::answer::build::nearby(&self.graph, filter, near);
            answer.notes.extend(near);
        }
        Ok(answer)
    }

    /// Puts one column of proofs in the place of the relationships that `WHY` asked for.
    pub(in crate::engine) fn reasoned(
        &mut self,
        columns: &mut Vec<String>,
        rows: &mut [Vec<Datum>],
    ) -> Result<(), Failure> {
        let hidden: Vec<bool> = columns
            .iter()
            .map(|name| name.starts_with(WITNESS))
            .collect();
        columns.retain(|name| !name.starts_with(WITNESS));
        columns.push("why".to_owned());
        let mut known: FxHashMap<Row, Datum> = FxHashMap::default();
        for row in rows {
            let mut claims: Vec<Row> = Vec::new();
            let mut kept = Vec::new();
            for (value, hidden) in std::mem::take(row).into_iter().zip(&hidden) {
                match hidden {
                    true => claims_in(&value, &mut claims),
                    false => kept.push(value),
                }
            }
            *row = kept;
            let mut reasons = Vec::new();
            for claim in claims {
                let reason = match known.get(&claim) {
                    Some(reason) => reason.clone(),
                    None => {
                        let reason = self.reason(claim)?;
                        known.insert(claim, reason.clone());
                        reason
                    }
                };
                reasons.push(reason);
            }
            row.push(Datum::List(reasons));
        }
        Ok(())
    }

    /// The proof of a claim as nested maps; of a stated one the claim.
    fn reason(&mut self, row: Row) -> Result<Datum, Failure> {
        let mut record = claims::record(&self.graph, row);
        if self.graph.columns().is_derived(row) {
            let fact = wording::fact_of(&self.graph, row);
            let annotation = self.graph.columns().likelihood_code(row);
            let (proofs, _) = self.proofs(fact, &ClaimFilter::default(), false)?;
            let same = |proof: &&why::Proof| proof.annotation.likelihood == annotation;
            let proof = proofs.iter().find(same).or(proofs.first());
            if let Some(proof) = proof {
                record = why::record(&self.graph, self.graph.rules(), proof);
            }
        }
        Ok(of_json(serde_json::Value::Object(record)))
    }

    fn told(&self, missing: &why::Missing) -> String {
        let Some(rule) = self.graph.rules().all().get(missing.rule) else {
            return String::new();
        };
        let condition = missing.condition.and_then(|at| rule.body.get(at));
        let Some(condition) = condition else {
            return match missing.cause {
                Cause::Other => format!("rule {} is about others", rule.name),
                Cause::Nothing | Cause::Limits | Cause::Times | Cause::There | Cause::Test => {
                    format!("rule {} gives it", rule.name)
                }
            };
        };
        let mut conditions: Vec<String> = Vec::new();
        for bound in &missing.bound {
            let bound = bound
                .iter()
                .map(|(name, id): &(String, EntityId)| (name.clone(), id.0));
            let bound: Vec<(String, u32)> = bound.collect();
            let told = why::tell::with_names(&self.graph, condition, &bound);
            if !conditions.contains(&told) {
                conditions.push(told);
            }
        }
        let condition = conditions.join(" · ");
        let cause = match missing.cause {
            Cause::Nothing => "nobody says",
            Cause::Limits => "not within its limits",
            Cause::Times => "never at the same time",
            Cause::There => "not met",
            Cause::Test | Cause::Other => "does not hold",
        };
        let ways = match missing.ways {
            ways if ways <= missing.bound.len() => String::new(),
            ways => format!(", and so on in {ways} ways"),
        };
        format!("rule {}: {cause}: {condition}{ways}", rule.name)
    }
}

/// The claims in a value: a relationship, a list of them, a path.
fn claims_in(value: &Datum, claims: &mut Vec<Row>) {
    match value {
        Datum::Claim(row) if !claims.contains(row) => claims.push(*row),
        Datum::List(items) => items.iter().for_each(|item| claims_in(item, claims)),
        _ => {}
    }
}

/// A record of an answer as a value of a query; what has no value is left out.
fn of_json(value: serde_json::Value) -> Datum {
    use serde_json::Value as Json;
    match value {
        Json::Null => Datum::Null,
        Json::Bool(value) => Datum::from(crate::model::Value::Bool(value)),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Datum::int(number),
            None => Datum::float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Datum::text(text),
        Json::Array(items) => Datum::List(items.into_iter().map(of_json).collect()),
        Json::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, of_json(value)));
            Datum::Map(fields.filter(|(_, value)| !empty(value)).collect())
        }
    }
}

fn empty(value: &Datum) -> bool {
    match value {
        Datum::Null => true,
        Datum::List(items) => items.is_empty(),
        Datum::Map(fields) => fields.is_empty(),
        _ => false,
    }
}

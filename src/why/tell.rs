//! Proofs as answers: a tree of facts for people, nested records for programs, and the facts for
//! pictures. It shows what it is given and searches nothing but counter-claims.

use crate::answer::{Answer, Basis, Fact, Record, Table, claims, wording};
use crate::graph::{ClaimFilter, GraphView, Row, Seen};
use crate::language::rule;
use crate::model::{EntityId, Likelihood, Marking, Rule, RuleCondition, RuleTerm, Rules, TxId};
use crate::rules::Annotation;
use crate::why::proof::{Premise, Proof, Reason};
use serde_json::{Value, json};

/// What proofs are told with.
struct Telling<'a> {
    view: &'a dyn GraphView,
    rules: &'a Rules,
    /// Under which denials are looked for.
    denials: ClaimFilter,
    answer: Answer,
}

/// An answer that shows proofs of one fact, each as a tree.
pub fn answer(view: &dyn GraphView, rules: &Rules, proofs: &[Proof], base: &ClaimFilter) -> Answer {
    let mut telling = Telling {
        view,
        rules,
        denials: base.denials(),
        answer: Answer {
            table: Table::new(&[
                "why",
                "source",
                "likelihood",
                "when",
                "reported",
                "evidence",
                "#",
            ]),
            asks: true,
            ..Answer::default()
        },
    };
    let Some(first) = proofs.first() else {
        return telling.answer;
    };
    telling.answer.headline = Some(telling.headline(first));
    for (at, proof) in proofs.iter().enumerate() {
        if proofs.len() > 1 {
            let title = format!("proof {} of {}", at + 1, proofs.len());
            let mut cells = vec![title];
            cells.resize(7, String::new());
            telling.answer.table.rows.push(cells);
            telling.answer.basis.push(Basis {
                facts: vec![proof.fact],
                ..Basis::default()
            });
        }
        telling.rows(proof, 0);
        let record = telling.record(proof);
        telling.answer.records.push(record);
    }
    let weakest = telling.weakest(first);
    telling.answer.notes.extend(weakest);
    if let Some(marking) = first.annotation.marking {
        let said = format!(
            "marked {}, as the strictest of what it rests on",
            marking.name()
        );
        telling.answer.notes.push(said);
    }
    telling.answer.table = telling.answer.table.without_empty();
    telling.answer
}

/// A proof for programs: nested, down to its claims.
pub fn record(view: &dyn GraphView, rules: &Rules, proof: &Proof) -> Record {
    let telling = Telling {
        view,
        rules,
        denials: ClaimFilter::default().denials(),
        answer: Answer::default(),
    };
    telling.record(proof)
}

impl Telling<'_> {
    fn likelihood(&self, annotation: Annotation) -> Option<&Likelihood> {
        let at = usize::from(annotation.likelihood).checked_sub(1)?;
        self.view.columns().likelihoods().get(at)
    }

    fn headline(&self, proof: &Proof) -> String {
        let mut parts = vec![wording::fact(self.view, proof.fact)];
        let likelihood = wording::likelihood(self.likelihood(proof.annotation));
        parts.extend(Some(likelihood).filter(|text| !text.is_empty()));
        parts.extend(Some(wording::period(proof.annotation.valid)).filter(|text| !text.is_empty()));
        if let Reason::Rule { rule, .. } = proof.reason {
            parts.push(format!("derived by rule {}", self.name(rule)));
            let at = self
                .view
                .columns()
                .transaction_time(TxId(proof.annotation.transaction));
            parts.push(format!("known since {}", wording::instant(at)));
        }
        parts.join("; ")
    }

    fn name(&self, rule: usize) -> String {
        let rule = self.rules.all().get(rule);
        rule.map_or(String::new(), |rule| rule.name.clone())
    }

    /// A row that says one thing and rests on no claim.
    fn bare(&mut self, depth: usize, said: String) {
        let mut cells: [String; 7] = Default::default();
        cells[0] = said;
        self.push(depth, cells, Basis::default());
    }

    fn push(&mut self, depth: usize, cells: [String; 7], basis: Basis) {
        let mut cells = cells.to_vec();
        if depth > 0 {
            // A table takes white space in front away.
            cells[0] = format!("└{} {}", "─".repeat(depth - 1), cells[0]);
        }
        self.answer.table.rows.push(cells);
        self.answer.basis.push(basis);
    }

    fn rows(&mut self, proof: &Proof, depth: usize) {
        match &proof.reason {
            Reason::Stated(row) => {
                self.claim(*row, depth, false);
                for denial in self.against(proof.fact) {
                    self.claim(denial, depth + 1, true);
                }
            }
            Reason::Rule {
                rule,
                bound,
                premises,
            } => {
                let cells = [
                    wording::fact(self.view, proof.fact),
                    format!("rule {}", self.name(*rule)),
                    wording::likelihood(self.likelihood(proof.annotation)),
                    wording::period(proof.annotation.valid),
                    String::new(),
                    String::new(),
                    "derived".to_owned(),
                ];
                let basis = Basis {
                    facts: vec![proof.fact],
                    ..Basis::default()
                };
                self.push(depth, cells, basis);
                for denial in self.against(proof.fact) {
                    self.claim(denial, depth + 1, true);
                }
                let body = self
                    .rules
                    .all()
                    .get(*rule)
                    .map_or(&[][..], |rule| &rule.body);
                for (condition, premise) in body.iter().zip(premises) {
                    match premise {
                        Premise::Fact(below) => self.rows(below, depth + 1),
                        Premise::Absent(fact) => {
                            let said = format!("nobody says: {}", wording::fact(self.view, *fact));
                            self.bare(depth + 1, said);
                        }
                        Premise::Test => {
                            let said = with_names(self.view, condition, bound);
                            self.bare(depth + 1, said);
                        }
                    }
                }
            }
        }
    }

    fn claim(&mut self, row: Row, depth: usize, against: bool) {
        let columns = self.view.columns();
        let said = claims::said(self.view, row);
        let reported = columns.reported(row);
        let cells = [
            if against {
                format!("against it: {said}")
            } else {
                said
            },
            claims::source(self.view, row),
            wording::likelihood(columns.likelihood(row)),
            wording::period(columns.valid(row)),
            reported.map_or(String::new(), |date| date.to_string()),
            claims::evidence(self.view, row),
            wording::number(self.view, row),
        ];
        let basis = Basis {
            entity: None,
            facts: vec![wording::fact_of(self.view, row)],
            claims: vec![columns.id(row)],
        };
        self.push(depth, cells, basis);
    }

    /// Who says that a fact is not so.
    fn against(&self, fact: Fact) -> Vec<Row> {
        let seen = Seen::new(self.view, self.denials.clone());
        let mut rows = Vec::new();
        if let Some(fact) = seen.fact(fact.subject, fact.relation, fact.object) {
            seen.claims(fact, &mut rows);
        }
        rows
    }

    fn record(&self, proof: &Proof) -> Record {
        let mut record = Record::new();
        let name = |id: EntityId| json!(self.view.entities().name(id));
        let words = self.view.vocabulary();
        let likelihood = self.likelihood(proof.annotation);
        record.insert("subject".into(), name(proof.fact.subject));
        record.insert(
            "relation".into(),
            json!(words.relation(proof.fact.relation).name),
        );
        record.insert("object".into(), name(proof.fact.object));
        let number = likelihood.map(|likelihood| likelihood.number);
        record.insert("likelihood".into(), wording::percent(number));
        let term = likelihood.map_or(Value::Null, |likelihood| json!(likelihood.term));
        record.insert("term".into(), term);
        record.insert("from".into(), wording::date(proof.annotation.valid.from));
        record.insert("until".into(), wording::date(proof.annotation.valid.until));
        record.insert(
            "marking".into(),
            proof
                .annotation
                .marking
                .map_or(Value::Null, |marking: Marking| json!(marking.name())),
        );
        let recorded = self
            .view
            .columns()
            .transaction_time(TxId(proof.annotation.transaction));
        record.insert("known_since".into(), json!(wording::instant(recorded)));
        let against = self.against(proof.fact).into_iter();
        let against = against.map(|row| Value::Object(claims::record(self.view, row)));
        match &proof.reason {
            Reason::Stated(row) => {
                record.insert(
                    "stated".into(),
                    Value::Object(claims::record(self.view, *row)),
                );
            }
            Reason::Rule {
                rule,
                bound,
                premises,
            } => {
                record.insert("rule".into(), json!(self.name(*rule)));
                let body = self
                    .rules
                    .all()
                    .get(*rule)
                    .map_or(&[][..], |rule| &rule.body);
                let premises =
                    body.iter()
                        .zip(premises)
                        .map(|(condition, premise)| match premise {
                            Premise::Fact(below) => Value::Object(self.record(below)),
                            Premise::Absent(fact) => {
                                json!({ "absent": wording::fact(self.view, *fact) })
                            }
                            Premise::Test => {
                                json!({ "holds": with_names(self.view, condition, bound) })
                            }
                        });
                record.insert("premises".into(), Value::Array(premises.collect()));
            }
        }
        record.insert("against".into(), Value::Array(against.collect()));
        record
    }

    /// The weakest link of a proof that has more than one, in words.
    fn weakest(&self, proof: &Proof) -> Option<String> {
        let leaves = proof.claims();
        if leaves.len() < 2 {
            return None;
        }
        let columns = self.view.columns();
        let number = |row: &Row| columns.number(*row);
        let known = leaves.iter().filter(|row| number(row).is_some());
        let weakest = known.min_by(|a, b| {
            number(a)
                .unwrap_or(0.0)
                .total_cmp(&number(b).unwrap_or(0.0))
        });
        let silent = leaves.iter().filter(|row| number(row).is_none()).count();
        let rest = match silent {
            0 => String::new(),
            some => format!("; {} without a likelihood", wording::counted(some, "link")),
        };
        let disputed = leaves
            .iter()
            .find(|row| !self.against(wording::fact_of(self.view, **row)).is_empty());
        let said = match weakest {
            Some(row) => format!(
                "weakest link: {}, {}{rest}",
                claims::said(self.view, *row),
                wording::likelihood(columns.likelihood(*row)),
            ),
            None => "no link has a likelihood".to_owned(),
        };
        Some(match disputed {
            Some(row) => format!("{said}; disputed: {}", claims::said(self.view, *row)),
            None => said,
        })
    }
}

/// A condition with the names of what its variables stand for.
pub fn with_names(
    view: &dyn GraphView,
    condition: &RuleCondition,
    bound: &[(String, u32)],
) -> String {
    let named = |term: &RuleTerm| match term {
        RuleTerm::Variable(name) => {
            let known = bound.iter().find(|(known, _)| known == name);
            known.map_or_else(
                || term.clone(),
                |(_, id)| RuleTerm::Name(view.entities().name(EntityId(*id)).to_owned()),
            )
        }
        RuleTerm::Name(_) => term.clone(),
    };
    let mut filled = condition.clone();
    match &mut filled {
        RuleCondition::Fact { fact, .. } => {
            fact.subject = named(&fact.subject);
            fact.object = named(&fact.object);
        }
        RuleCondition::IsA { term, .. } => *term = named(term),
        RuleCondition::Same { left, right, .. } => {
            *left = named(left);
            *right = named(right);
        }
        RuleCondition::Property {
            of,
            key,
            compare,
            value,
        } => {
            let name = rule::print::term(&named(&RuleTerm::Variable(of.clone())));
            let value = crate::language::statement::values::value(value);
            return format!("{name} has {key} {} {value}", compare.symbol());
        }
    }
    rule::print::condition(&filled)
}

/// The rule of a place, in words.
pub fn said(rules: &Rules, place: usize) -> String {
    rules.all().get(place).map_or(String::new(), |rule: &Rule| {
        format!("rule {}: {}", rule.name, rule::print::content(rule))
    })
}

/// The likelihood of a fact over independent proofs, by noisy-or: what is left of the doubt when each
/// of them may be wrong by itself. Proofs that share a claim or a source are one, and count with the
/// likelier. In percent, with the number of independent proofs; nothing where none has a likelihood.
pub fn combined(view: &dyn GraphView, proofs: &[Proof]) -> Option<(f32, usize)> {
    let columns = view.columns();
    let number = |proof: &Proof| {
        let at = usize::from(proof.annotation.likelihood).checked_sub(1)?;
        columns
            .likelihoods()
            .get(at)
            .map(|likelihood| likelihood.number)
    };
    // What a proof rests on: the sources of its claims, or the claim itself where nobody is named.
    let grounds = |proof: &Proof| -> Vec<(bool, u32)> {
        let mut grounds = Vec::new();
        for row in proof.claims() {
            match columns.sources(row) {
                [] => grounds.push((true, row)),
                sources => grounds.extend(sources.iter().map(|source| (false, source.0))),
            }
        }
        grounds
    };
    let mut groups: Vec<(Vec<(bool, u32)>, f32)> = Vec::new();
    for proof in proofs {
        let Some(number) = number(proof) else {
            continue;
        };
        let mut own = (grounds(proof), number);
        let mut apart = Vec::new();
        for group in groups {
            match group.0.iter().any(|ground| own.0.contains(ground)) {
                true => {
                    own.0.extend(group.0);
                    own.1 = own.1.max(group.1);
                }
                false => apart.push(group),
            }
        }
        apart.push(own);
        groups = apart;
    }
    let doubt: f32 = groups
        .iter()
        .map(|(_, number)| 1.0 - number / 100.0)
        .product();
    (!groups.is_empty()).then_some(((1.0 - doubt) * 100.0, groups.len()))
}

//! Questions about facts rather than entities: which facts, yes or no, who says so, why.

use crate::algebra::{Aggregate, EntitySet, Link, Node, Plan, Var};
use crate::graph::filter::{ClaimFilter, Polarities};
use crate::language::question::ast::{
    Deed, Fact, Operand, Operands, Predicate, Stance, VerbClause, WhyTarget,
};
use crate::language::question::branch::{Branch, both_sides, every_route, product};
use crate::language::question::clauses::Open;
use crate::language::question::conditions;
use crate::language::question::filters;
use crate::language::question::lowering::{Lowering, distinct, union};
use crate::language::question::shape::{Part, Shape};
use crate::language::words;
use crate::model::{RelationId, Vocabulary};
use crate::text::{Diagnostic, Span, Spanned};

impl Lowering<'_> {
    /// `which facts are disputed`, `which attributions did China deny`.
    pub(in crate::language::question) fn facts(
        &mut self,
        relation: Option<RelationId>,
        predicate: Option<&Spanned<Predicate>>,
        said: Option<(&Spanned<Operands>, &VerbClause)>,
        count: bool,
    ) -> Result<(Plan, Shape), Diagnostic> {
        let words = self.clauses.view.vocabulary();
        let mut filter = both_sides(&self.clauses.base);
        let mut statuses = Vec::new();
        let refused = |span: Span| {
            Diagnostic::new("this cannot be asked of facts", span)
                .label("facts are affirmed, denied or disputed, said or denied by somebody")
                .help("write for example `which facts are disputed` or `which claims did NCSC report`")
        };
        match predicate.map(|predicate| (&predicate.node, predicate.span)) {
            None => {}
            Some((Predicate::Status(status), _)) => statuses.push((*status, false)),
            Some((Predicate::Not(inner), span)) => {
                let Predicate::Status(status) = inner.node else {
                    return Err(refused(span));
                };
                statuses.push((status, true));
            }
            Some((Predicate::Verb(clause), span)) => {
                let Some(objects) = &clause.objects else {
                    return Err(refused(span));
                };
                self.stance(&mut filter, objects, clause, span)?;
            }
            Some((_, span)) => return Err(refused(span)),
        }
        if let Some((subject, clause)) = said {
            self.stance(&mut filter, subject, clause, clause.verb.span)?;
        }
        let subject = self.clauses.variables.fresh("s");
        let object = self.clauses.variables.fresh("o");
        let fact = self.clauses.variables.fresh("c");
        let mut routes = every_route(words);
        match relation {
            Some(relation) => routes.retain(|route| route.relation == relation),
            None => routes.retain(|route| route.relation != Vocabulary::ALSO_KNOWN_AS),
        }
        let mut branch = Branch {
            status: statuses,
            ..Branch::default()
        };
        branch.node(Node {
            var: subject,
            set: EntitySet::Any,
        });
        branch.node(Node {
            var: object,
            set: EntitySet::Any,
        });
        branch.pattern.links.push(Link {
            fact,
            from: subject,
            to: object,
            routes,
            filter,
            claims: false,
            repeat: None,
        });
        branch.settle_status();
        let wanted = std::mem::take(&mut self.clauses.conditions);
        for condition in &wanted {
            let lowered = conditions::lower_of_fact(condition, subject, fact, &self.clauses)?;
            branch.pattern.conditions.push(lowered);
        }
        let mut plan = union(vec![branch]);
        if count {
            return self.count_of_facts(plan, subject, fact);
        }
        if let Some(per) = self.question.tail.per.first() {
            return Err(
                Diagnostic::new("facts are grouped when they are counted", per.span)
                    .label("`per` counts")
                    .help("write for example `how many facts are disputed per source`"),
            );
        }
        let sort =
            conditions::sort_of_facts(&self.question.tail.sorted, subject, fact, &self.clauses)?;
        let limit = self.question.tail.limit.as_ref().map(|limit| limit.node);
        if !sort.is_empty() {
            plan = Plan::Sort {
                input: Box::new(plan),
                keys: sort,
                limit,
            };
        } else if let Some(count) = limit {
            plan = Plan::Limit {
                input: Box::new(plan),
                count,
            };
        }
        Ok((plan, Shape::Facts(fact)))
    }

    /// `how many facts are disputed`, `how many claims did NCSC report per year`.
    fn count_of_facts(
        &mut self,
        mut plan: Plan,
        subject: Var,
        fact: Var,
    ) -> Result<(Plan, Shape), Diagnostic> {
        let mut keys = Vec::new();
        for per in &self.question.tail.per {
            let (key, grown) = conditions::per(per, plan, subject, &[fact], &mut self.clauses)?;
            plan = grown;
            keys.push((per.node.to_lowercase(), key));
        }
        let number = self.clauses.variables.fresh("count");
        let plan = Plan::Group {
            input: Box::new(plan),
            keys: keys.iter().map(|(_, key)| *key).collect(),
            aggregates: vec![(number, Aggregate::CountDistinct(fact))],
        };
        if keys.is_empty() {
            return Ok((plan, Shape::Count(number)));
        }
        Ok((
            self.sorted_groups(plan, &keys, number)?,
            Shape::Groups {
                keys,
                count: number,
            },
        ))
    }

    /// `did China deny`, `were denied by China`, `did NCSC report`.
    pub(in crate::language::question) fn stance(
        &mut self,
        filter: &mut ClaimFilter,
        names: &Spanned<Operands>,
        clause: &VerbClause,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let verb = clause.verb.node.to_lowercase();
        filter.polarities = match verb.as_str() {
            "deny" | "denies" | "denied" | "dispute" | "disputes" | "disputed" | "reject"
            | "rejected" => Polarities::Denied,
            "say" | "says" | "said" | "claim" | "claims" | "claimed" | "report" | "reports"
            | "reported" | "assert" | "asserts" | "asserted" | "make" | "made" | "state"
            | "stated" => Polarities::Asserted,
            _ => {
                return Err(
                    Diagnostic::new(format!("facts are not {verb} by anybody"), span)
                        .label("not a verb of saying")
                        .help("write `said`, `reported`, `claimed` or `denied`"),
                );
            }
        };
        let sources = filters::entities(names, self.clauses.view)?;
        filter
            .sources
            .push(crate::graph::filter::SourceTest::AccordingTo(sources));
        filters::apply(
            filter,
            &clause.qualifiers,
            self.clauses.view,
            self.clauses.context,
        )?;
        self.clauses.collect_conditions(&clause.qualifiers);
        Ok(())
    }

    /// Rows of facts, for and against, that a fact clause names.
    pub(in crate::language::question) fn fact_rows(
        &mut self,
        fact: &Fact,
        both: bool,
    ) -> Result<(Plan, Var), Diagnostic> {
        let subject = self.clauses.variables.fresh("s");
        let clause = match &fact.deed {
            Deed::Verb(clause) => clause,
            Deed::IsA(noun) => {
                return Err(Diagnostic::new("a type is no claim", noun.span)
                    .label("types are declared, not claimed")
                    .help("`about NAME` shows the types"));
            }
        };
        let operands = match &fact.subject.node {
            Operands::One(operand) => std::slice::from_ref(operand),
            Operands::All(list) | Operands::Any(list) => list.as_slice(),
        };
        let mut branches = Vec::new();
        for operand in operands {
            let found = self.clauses.operand(subject, operand, false)?;
            let linked = self.clauses.clause(subject, clause, Open::Nothing, false)?;
            branches.extend(product(found, linked, fact.subject.span)?);
        }
        // The fact that is asked for is the one of the clause's own verb; each branch gives it the
        // same variable.
        let shared = self.clauses.variables.fresh("fact");
        for branch in &mut branches {
            if let Some(link) = branch
                .pattern
                .links
                .iter_mut()
                .find(|link| link.from == subject)
            {
                link.fact = shared;
                if both {
                    link.filter = both_sides(&link.filter);
                }
            }
            branch.settle_status();
        }
        Ok((distinct(union(branches), shared), shared))
    }

    pub(in crate::language::question) fn verdict(
        &mut self,
        fact: &Fact,
        denials: bool,
    ) -> Result<(Plan, Shape), Diagnostic> {
        if let Deed::IsA(noun) = &fact.deed {
            let Operands::One(operand) = &fact.subject.node else {
                return Err(
                    Diagnostic::new("ask this of one entity at a time", fact.subject.span)
                        .label("several names")
                        .help(format!("`which {} …` asks for all", noun.node)),
                );
            };
            let entity = self.one_entity(operand)?;
            let words = self.clauses.view.vocabulary();
            let kind = words::noun(words, &noun.node, noun.span)?;
            let holds = self.clauses.view.entities().has_type(entity, kind, words);
            return Ok((
                Plan::Unit,
                Shape::IsA {
                    entity,
                    holds,
                    noun: noun.node.clone(),
                },
            ));
        }
        let mut parts = Vec::new();
        let mut all = true;
        for single in singles(fact, &mut all) {
            let label = single.to_string();
            let (plan, fact) = self.fact_rows(&single, true)?;
            parts.push(Part { label, plan, fact });
        }
        let plan = match parts.as_slice() {
            [only] => only.plan.clone(),
            parts => Plan::Union(parts.iter().map(|part| part.plan.clone()).collect()),
        };
        Ok((
            plan,
            Shape::Verdict {
                parts,
                all,
                denials,
            },
        ))
    }

    pub(in crate::language::question) fn says(
        &mut self,
        stance: Stance,
        anyone: bool,
        fact: &Fact,
    ) -> Result<(Plan, Shape), Diagnostic> {
        self.clauses.base.polarities = match stance {
            Stance::Asserts => Polarities::Asserted,
            Stance::Denies => Polarities::Denied,
        };
        if anyone {
            return self.verdict(fact, stance == Stance::Denies);
        }
        let (plan, fact) = self.fact_rows(fact, false)?;
        Ok((plan, Shape::Says(fact, stance)))
    }

    pub(in crate::language::question) fn why(
        &mut self,
        negated: bool,
        all: bool,
        target: &WhyTarget,
    ) -> Result<(Plan, Shape), Diagnostic> {
        let fact = match target {
            WhyTarget::Claim(number) => return Ok((Plan::Unit, Shape::Claim(*number))),
            WhyTarget::Row(row) => return Ok((Plan::Unit, Shape::Row(*row))),
            WhyTarget::Fact(fact) => fact,
        };
        let (plan, var) = self.fact_rows(fact, true)?;
        let near = match (&fact.subject.node, &fact.deed) {
            (Operands::One(subject), Deed::Verb(clause)) => {
                match clause.objects.as_ref().map(|objects| &objects.node) {
                    Some(Operands::One(object)) => {
                        let route = self.clauses.routes(clause, Open::Nothing)?[0];
                        match (&subject.node, &object.node) {
                            (Operand::Name(_), Operand::Name(_))
                                if route.relation != Vocabulary::ALSO_KNOWN_AS =>
                            {
                                let ends = (self.one_entity(subject)?, self.one_entity(object)?);
                                Some(match route.direction {
                                    crate::graph::Direction::Out => {
                                        (ends.0, route.relation, ends.1)
                                    }
                                    crate::graph::Direction::In => (ends.1, route.relation, ends.0),
                                })
                            }
                            _ => None,
                        }
                    }
                    Some(Operands::All(_) | Operands::Any(_)) | None => None,
                }
            }
            _ => None,
        };
        Ok((
            plan,
            Shape::Why {
                fact: var,
                negated: negated || fact.negated,
                all,
                near,
            },
        ))
    }
}

/// The single facts that a fact clause with lists names, and whether all must hold.
fn singles(fact: &Fact, all: &mut bool) -> Vec<Fact> {
    let mut each = |operands: &Spanned<Operands>| -> Vec<Spanned<Operands>> {
        match &operands.node {
            Operands::One(_) => vec![operands.clone()],
            Operands::All(list) | Operands::Any(list) => {
                *all &= matches!(operands.node, Operands::All(_));
                list.iter()
                    .map(|one| Spanned::new(Operands::One(one.clone()), one.span))
                    .collect()
            }
        }
    };
    let subjects = each(&fact.subject);
    let Deed::Verb(clause) = &fact.deed else {
        return vec![fact.clone()];
    };
    let objects: Vec<Option<Spanned<Operands>>> = match &clause.objects {
        None => vec![None],
        Some(objects) => each(objects).into_iter().map(Some).collect(),
    };
    subjects
        .iter()
        .flat_map(|subject| {
            objects.iter().map(move |objects| Fact {
                subject: subject.clone(),
                negated: fact.negated,
                deed: Deed::Verb(VerbClause {
                    objects: objects.clone(),
                    ..clause.clone()
                }),
            })
        })
        .collect()
}

//! The reading of a question: the same question with every word resolved, so that an answer can
//! say what it took the question to mean. Asked again, the reading reads as itself.

use crate::graph::GraphView;
use crate::language::question::ast::{
    Asked, Body, Comparison, DateExpr, Deed, Fact, Level, Mode, Operand, Operands, Paths,
    Predicate, Qualifier, Question, Time, VerbClause, Voice, WhyTarget,
};
use crate::language::question::context::Context;
use crate::language::question::filters;
use crate::language::words;
use crate::model::{EntityId, Form, Vocabulary};
use crate::text::Spanned;

/// How many names a set is spelt out as.
const SPELT_OUT: usize = 6;

/// The question with names as handles, verbs and nouns in their declared spelling, adverbs as
/// numbers and relative dates as dates. What cannot be resolved stays as it was written.
pub fn canonical(question: &Question, view: &dyn GraphView, context: &Context) -> Question {
    let reader = Reader { view, context };
    Question {
        mode: Mode::Ask,
        pipes: Vec::new(),
        ..reader.question(question)
    }
}

struct Reader<'a> {
    view: &'a dyn GraphView,
    context: &'a Context,
}

/// In which form a verb stands.
#[derive(Clone, Copy)]
enum Stands {
    /// `targeted X`
    Said,
    /// `did APT31 target X`
    Asked,
}

impl Reader<'_> {
    fn words(&self) -> &Vocabulary {
        self.view.vocabulary()
    }

    fn question(&self, question: &Question) -> Question {
        let turned = words::turned_question(self.view, &question.body.node);
        let body = match turned.as_ref().unwrap_or(&question.body.node) {
            Body::Subject {
                asked,
                count,
                predicate,
            } => Body::Subject {
                asked: self.asked(asked),
                count: *count,
                predicate: predicate
                    .as_ref()
                    .map(|predicate| self.predicate(predicate)),
            },
            Body::Object {
                asked,
                count,
                subject,
                clause,
            } => Body::Object {
                asked: self.asked(asked),
                count: *count,
                subject: self.operands(subject, false),
                clause: self.clause(clause, Stands::Asked),
            },
            Body::YesNo(fact) => Body::YesNo(self.fact(fact, Stands::Asked)),
            Body::When(fact) => Body::When(self.fact(fact, Stands::Asked)),
            Body::Says {
                stance,
                anyone,
                fact,
            } => Body::Says {
                stance: *stance,
                anyone: *anyone,
                fact: self.fact(fact, Stands::Said),
            },
            Body::Why {
                negated,
                all,
                target,
            } => Body::Why {
                negated: *negated,
                all: *all,
                target: match target {
                    WhyTarget::Fact(fact) => WhyTarget::Fact(self.fact(fact, Stands::Said)),
                    WhyTarget::Claim(number) => WhyTarget::Claim(*number),
                    WhyTarget::Row(row) => WhyTarget::Row(*row),
                },
            },
            Body::Matter(fact) => Body::Matter(self.fact(fact, Stands::Said)),
            Body::Accused(joint) => Body::Accused(*joint),
            Body::Paths(paths) => Body::Paths(self.paths(paths)),
            Body::About(operand) => Body::About(self.operand(operand)),
            Body::Timeline { of, qualifiers } => Body::Timeline {
                of: self.operand(of),
                qualifiers: self.qualifiers(qualifiers),
            },
            Body::Changed { since, until } => Body::Changed {
                since: self.date(since),
                until: until.as_ref().map(|until| self.date(until)),
            },
        };
        Question {
            mode: question.mode,
            body: Spanned::new(body, question.body.span),
            lifted: self.qualifiers(&question.lifted),
            tail: question.tail.clone(),
            pipes: question.pipes.clone(),
        }
    }

    fn asked(&self, asked: &Spanned<Asked>) -> Spanned<Asked> {
        let node = match &asked.node {
            Asked::Noun(noun) => match self.words().type_named(noun) {
                Some(kind) => Asked::Noun(self.words().plural(kind)),
                None => Asked::Noun(noun.to_lowercase()),
            },
            other @ (Asked::Who | Asked::What) => other.clone(),
        };
        Spanned::new(node, asked.span)
    }

    fn noun(&self, noun: &Spanned<String>) -> Spanned<String> {
        let kind = self.words().type_named(&noun.node);
        let known = kind.map(|kind| self.words().type_of(kind).name.clone());
        Spanned::new(known.unwrap_or_else(|| noun.node.clone()), noun.span)
    }

    fn fact(&self, fact: &Fact, stands: Stands) -> Fact {
        Fact {
            subject: self.operands(&fact.subject, false),
            negated: fact.negated,
            deed: match &fact.deed {
                Deed::Verb(clause) => Deed::Verb(self.clause(clause, stands)),
                Deed::IsA(noun) => Deed::IsA(self.noun(noun)),
            },
        }
    }

    fn predicate(&self, predicate: &Spanned<Predicate>) -> Spanned<Predicate> {
        let all =
            |parts: &[Spanned<Predicate>]| parts.iter().map(|part| self.predicate(part)).collect();
        let node = match &predicate.node {
            Predicate::Verb(clause) => Predicate::Verb(self.clause(clause, Stands::Said)),
            Predicate::IsA(noun) => Predicate::IsA(self.noun(noun)),
            Predicate::Status(status) => Predicate::Status(*status),
            Predicate::Not(inner) => Predicate::Not(Box::new(self.predicate(inner))),
            Predicate::And(parts) => Predicate::And(all(parts)),
            Predicate::Or(parts) => Predicate::Or(all(parts)),
        };
        Spanned::new(node, predicate.span)
    }

    fn clause(&self, clause: &VerbClause, stands: Stands) -> VerbClause {
        let turned = words::turned(self.view, clause);
        let clause = turned.as_ref().unwrap_or(clause);
        let particle = clause
            .particle
            .as_ref()
            .map(|particle| particle.node.as_str());
        let readings = self.words().readings(&clause.verb.node, particle);
        let reading = readings
            .iter()
            .find(|reading| !matches!(reading.form, Form::Noun | Form::Gerund));
        let mut verb = clause.verb.clone();
        let mut behind = clause.particle.clone();
        let aliases = reading.is_some_and(|reading| reading.relation == Vocabulary::ALSO_KNOWN_AS);
        if let Some(reading) = reading.filter(|reading| !reading.reversed) {
            let form = match (clause.voice, stands, reading.form) {
                (_, _, Form::Phrase) => None,
                (Voice::Active, Stands::Asked, _) => Some(Form::Base),
                (Voice::Active, Stands::Said, _) => Some(Form::Past),
                (Voice::Passive | Voice::Be, _, _) => Some(Form::Participle),
            };
            let name = &self.words().relation(reading.relation).name;
            let phrase = form.map_or(name.clone(), |form| {
                self.words().phrase(reading.relation, form)
            });
            let mut parts = phrase.split(' ');
            let (first, second, rest) = (parts.next(), parts.next(), parts.next());
            match (first, second, rest) {
                (Some(first), second, None) => {
                    verb.node = first.to_owned();
                    behind = second.map(|word| Spanned::new(word.to_owned(), clause.verb.span));
                }
                _ => {
                    verb.node = name.clone();
                    behind = None;
                }
            }
        }
        let mut qualifiers = self.qualifiers(&clause.qualifiers);
        if let Some(adverb) = &clause.adverb
            && let Ok(least) = filters::adverb(&adverb.node, adverb.span)
        {
            let level = Qualifier::Likelihood(Comparison::GreaterOrEqual, Level::Percent(least));
            qualifiers.insert(0, Spanned::new(level, adverb.span));
        }
        VerbClause {
            voice: clause.voice,
            adverb: None,
            verb,
            particle: behind,
            objects: clause
                .objects
                .as_ref()
                .map(|objects| self.operands(objects, aliases)),
            qualifiers,
        }
    }

    fn operands(&self, operands: &Spanned<Operands>, aliases: bool) -> Spanned<Operands> {
        if aliases {
            return operands.clone();
        }
        let list = |list: &[Spanned<Operand>]| list.iter().map(|one| self.operand(one)).collect();
        let node = match &operands.node {
            Operands::One(one) => match self.spelt_out(&one.node) {
                Some(ids) => {
                    let name = |id: &EntityId| {
                        let name = self.view.entities().name(*id).to_owned();
                        Spanned::new(Operand::Name(name), one.span)
                    };
                    let mut names: Vec<Spanned<Operand>> = ids.iter().map(name).collect();
                    if names.len() == 1 {
                        Operands::One(names.remove(0))
                    } else {
                        Operands::Any(names)
                    }
                }
                None => Operands::One(self.operand(one)),
            },
            Operands::All(all) => Operands::All(list(all)),
            Operands::Any(any) => Operands::Any(list(any)),
        };
        Spanned::new(node, operands.span)
    }

    /// The entities of a set that is better read as names.
    fn spelt_out(&self, operand: &Operand) -> Option<Vec<EntityId>> {
        let entities = self.view.entities();
        let mut ids: Vec<EntityId> = match operand {
            Operand::Fuzzy(text) => entities
                .fuzzy(text, 16)
                .into_iter()
                .map(|(_, id)| id)
                .collect(),
            Operand::Prefix(prefix) => entities
                .prefix(prefix, SPELT_OUT + 1)
                .into_iter()
                .map(|(_, id)| id)
                .collect(),
            Operand::Last => self.context.last.clone()?,
            Operand::Parameter(name) => {
                let crate::model::Value::Text(text) = self.context.parameters.get(name)? else {
                    return None;
                };
                entities.resolve(text)
            }
            Operand::Name(_)
            | Operand::Claim(_)
            | Operand::Anyone
            | Operand::Typed { .. }
            | Operand::Nested(_) => return None,
        };
        ids.sort_unstable();
        ids.dedup();
        (1..=SPELT_OUT).contains(&ids.len()).then_some(ids)
    }

    fn operand(&self, operand: &Spanned<Operand>) -> Spanned<Operand> {
        let node = match &operand.node {
            Operand::Name(name) => Operand::Name(self.handle(name)),
            Operand::Typed { noun, that, name } => Operand::Typed {
                noun: self.noun(noun),
                that: that.as_ref().map(|that| Box::new(self.predicate(that))),
                name: name
                    .as_ref()
                    .map(|name| Spanned::new(self.handle(&name.node), name.span)),
            },
            Operand::Nested(question) => Operand::Nested(Box::new(self.question(question))),
            other @ (Operand::Prefix(_)
            | Operand::Fuzzy(_)
            | Operand::Parameter(_)
            | Operand::Claim(_)
            | Operand::Last
            | Operand::Anyone) => match self.spelt_out(other).as_deref() {
                Some([one]) => Operand::Name(self.view.entities().name(*one).to_owned()),
                Some(_) | None => other.clone(),
            },
        };
        Spanned::new(node, operand.span)
    }

    fn handle(&self, name: &str) -> String {
        match words::entity(self.view, name, crate::text::Span::default()) {
            Ok(id) => self.view.entities().name(id).to_owned(),
            Err(_) => name.to_owned(),
        }
    }

    fn qualifiers(&self, qualifiers: &[Spanned<Qualifier>]) -> Vec<Spanned<Qualifier>> {
        qualifiers
            .iter()
            .map(|qualifier| Spanned::new(self.qualifier(&qualifier.node), qualifier.span))
            .collect()
    }

    fn qualifier(&self, qualifier: &Qualifier) -> Qualifier {
        match qualifier {
            Qualifier::Time(time) => Qualifier::Time(self.time(time)),
            Qualifier::KnownOn(date) => Qualifier::KnownOn(self.date(date)),
            Qualifier::TrueOn(date) => Qualifier::TrueOn(self.date(date)),
            Qualifier::According { sources, negated } => Qualifier::According {
                sources: self.operands(sources, false),
                negated: *negated,
            },
            Qualifier::Stated => Qualifier::Stated,
            Qualifier::Without(sources) => Qualifier::Without(self.operands(sources, false)),
            Qualifier::Likelihood(comparison, level) => {
                let number = filters::compare(*comparison, crate::text::Span::default()).and_then(
                    |compare| filters::number(level, compare, crate::text::Span::default()),
                );
                match number {
                    Ok(number) => Qualifier::Likelihood(*comparison, Level::Percent(number)),
                    Err(_) => qualifier.clone(),
                }
            }
            Qualifier::Confidence(level) => Qualifier::Confidence(*level),
            Qualifier::Where(condition) => Qualifier::Where(condition.clone()),
        }
    }

    fn time(&self, time: &Time) -> Time {
        match time {
            Time::In(date) => Time::In(self.date(date)),
            Time::Between(from, until) => Time::Between(self.date(from), self.date(until)),
            Time::Since(date) => Time::Since(self.date(date)),
            Time::After(date) => Time::After(self.date(date)),
            Time::Before(date) => Time::Before(self.date(date)),
            Time::Until(date) => Time::Until(self.date(date)),
            Time::Last(count, unit) => {
                let here = crate::text::Span::default();
                let ago = Spanned::new(DateExpr::Ago(*count, *unit), here);
                Time::Between(
                    self.date(&ago),
                    self.date(&Spanned::new(DateExpr::Today, here)),
                )
            }
        }
    }

    fn date(&self, date: &Spanned<DateExpr>) -> Spanned<DateExpr> {
        match filters::date(date, self.context) {
            Ok(found) => Spanned::new(DateExpr::Date(found), date.span),
            Err(_) => date.clone(),
        }
    }

    fn paths(&self, paths: &Paths) -> Paths {
        Paths {
            kind: paths.kind,
            from: self.operand(&paths.from),
            to: self.operand(&paths.to),
            within: paths.within,
            via: paths
                .via
                .iter()
                .map(
                    |via| match words::relation(self.words(), &via.node, via.span) {
                        Ok(id) => Spanned::new(self.words().relation(id).name.clone(), via.span),
                        Err(_) => via.clone(),
                    },
                )
                .collect(),
            avoiding: paths
                .avoiding
                .as_ref()
                .map(|avoiding| self.operands(avoiding, false)),
            qualifiers: self.qualifiers(&paths.qualifiers),
        }
    }
}

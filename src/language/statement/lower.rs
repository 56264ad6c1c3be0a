//! From the syntax tree of a sentence to changes of a case: verbs to relations, nouns to types,
//! lists to one claim for each pair. It changes nothing itself.

use crate::graph::{Direction, SAME_AS};
use crate::language::question::ast::{
    Comparison, Deed, Level, Operand, Operands, Qualifier, Time, VerbClause, Voice,
};
use crate::language::question::context::Context;
use crate::language::question::filters;
use crate::language::spelling::article;
use crate::language::statement::ast::{Clause, Item, Sentence, Stated, Taken};
use crate::language::words::{self, Stand, Verb};
use crate::model::{
    CORRECTED, Change, Claim, ClaimId, Confidence, Likelihood, Period, Polarity,
    RelationDeclaration, RetractTarget, Scale, Value, Vocabulary,
};
use crate::text::{Diagnostic, Span, Spanned, quoted_list};

/// Lowers the sentences of one text in their order: what one declares the next may use.
pub struct Lowering<'a> {
    /// The words so far.
    pub words: Vocabulary,
    context: &'a Context,
}

impl<'a> Lowering<'a> {
    /// Begins with the words of a case.
    pub fn new(words: Vocabulary, context: &'a Context) -> Lowering<'a> {
        Lowering { words, context }
    }

    /// The changes that a sentence asks for.
    pub fn sentence(&mut self, sentence: &Sentence) -> Result<Vec<Change>, Diagnostic> {
        match sentence {
            Sentence::Type(declaration) => {
                self.words.declare_type(declaration.clone());
                Ok(vec![Change::DeclareType(Box::new(declaration.clone()))])
            }
            Sentence::Relation(declaration) => {
                let declared = &declaration.node;
                for noun in declared.from.iter().chain(&declared.to) {
                    words::noun(&self.words, noun, declaration.span).map_err(|unknown| {
                        unknown.note(format!("as an end of the relation `{}`", declared.name))
                    })?;
                }
                self.words.declare_relation(declared.clone());
                Ok(vec![Change::DeclareRelation(Box::new(declared.clone()))])
            }
            Sentence::Entity {
                name,
                unnamed,
                nouns,
                title,
                aliases,
            } => {
                let mut types = Vec::new();
                for noun in nouns {
                    let kind = words::noun(&self.words, &noun.node, noun.span)?;
                    // `is an entity` says that it is there, and no more.
                    if kind == Vocabulary::ENTITY {
                        continue;
                    }
                    types.push(self.words.type_of(kind).name.clone());
                }
                let mut changes = vec![Change::Entity {
                    name: name.node.clone(),
                    types,
                    title: title.clone(),
                    unnamed: *unnamed,
                }];
                for alias in aliases {
                    let relation = Vocabulary::ALSO_KNOWN_AS;
                    let mut claim =
                        Claim::new(name.node.clone(), relation, alias.name.node.clone());
                    if let Some(sources) = &alias.sources {
                        claim.sources = names(sources)?;
                    }
                    if let Some(date) = &alias.on {
                        claim.reported = Some(filters::date(date, self.context)?);
                    }
                    changes.push(Change::Assert(Box::new(claim)));
                }
                Ok(changes)
            }
            Sentence::Has { name, items } => items
                .iter()
                .map(|item| match item {
                    Item::Property(key, _) if !self.words.readings(&key.node, None).is_empty() => {
                        Err(Diagnostic::new(
                            format!("`{}` is a verb, not a property", key.node),
                            key.span,
                        )
                        .label("a relation is called so")
                        .help(format!("write `{} {} …`", name.node, key.node)))
                    }
                    Item::Property(key, value) => Ok(Change::Property {
                        entity: name.node.clone(),
                        key: key.node.clone(),
                        value: value.clone(),
                    }),
                    Item::Quoted(key, value) => Ok(Change::Property {
                        entity: name.node.clone(),
                        key: key.clone(),
                        value: value.clone(),
                    }),
                    Item::Id(scheme, id) => Ok(Change::ExternalId {
                        entity: name.node.clone(),
                        scheme: scheme.clone(),
                        id: id.clone(),
                    }),
                })
                .collect(),
            Sentence::Claim(stated) => {
                let claims = self.claims(stated)?.into_iter();
                Ok(claims
                    .map(|claim| Change::Assert(Box::new(claim)))
                    .collect())
            }
            Sentence::Retract(Taken::Number(number), because) => Ok(vec![Change::Retract {
                target: RetractTarget::Number(ClaimId(*number)),
                because: because.clone(),
            }]),
            Sentence::Retract(Taken::Claim(stated), because) => {
                let claims = self.claims(stated)?.into_iter();
                let retract = |claim| Change::Retract {
                    target: RetractTarget::Content(Box::new(claim)),
                    because: because.clone(),
                };
                Ok(claims.map(retract).collect())
            }
            Sentence::Merge {
                entity,
                into,
                clauses,
                because,
            } => self.merge((entity, into), clauses, because),
            Sentence::Unmerge(name, because) => Ok(vec![Change::Part {
                entity: name.node.clone(),
                because: because.clone(),
            }]),
            Sentence::Correct(number, stated, because) => {
                let mut changes = vec![Change::Retract {
                    target: RetractTarget::Number(ClaimId(*number)),
                    because: because.clone().or_else(|| Some(CORRECTED.to_owned())),
                }];
                let claims = self.claims(stated)?.into_iter();
                changes.extend(claims.map(|claim| Change::Assert(Box::new(claim))));
                Ok(changes)
            }
        }
    }

    /// Two entities become one; who says so makes a judgement, which is a claim like others.
    fn merge(
        &mut self,
        (entity, into): (&Spanned<String>, &Spanned<String>),
        clauses: &[Spanned<Clause>],
        because: &Option<String>,
    ) -> Result<Vec<Change>, Diagnostic> {
        let mut changes = Vec::new();
        if !clauses.is_empty() || because.is_some() {
            let relation = match self.words.relation_named(SAME_AS) {
                Some(relation) => relation,
                None => {
                    let declaration = RelationDeclaration {
                        name: SAME_AS.to_owned(),
                        symmetric: true,
                        ..RelationDeclaration::default()
                    };
                    changes.push(Change::DeclareRelation(Box::new(declaration.clone())));
                    self.words.declare_relation(declaration)
                }
            };
            let mut claim = Claim::new(entity.node.clone(), relation, into.node.clone());
            for clause in clauses {
                self.detail(&mut claim, clause)?;
            }
            let why = because.as_ref();
            claim
                .properties
                .extend(why.map(|why| ("because".to_owned(), Value::Text(why.clone()))));
            claim.properties.sort_by(|a, b| a.0.cmp(&b.0));
            claim.sources.sort();
            claim.sources.dedup();
            changes.push(Change::Assert(Box::new(claim)));
        }
        changes.push(Change::Merge {
            entity: entity.node.clone(),
            into: into.node.clone(),
        });
        Ok(changes)
    }

    /// One claim for each pair of a subject and an object.
    fn claims(&self, stated: &Stated) -> Result<Vec<Claim<String>>, Diagnostic> {
        let subjects = names(&stated.fact.subject)?;
        let clause = match &stated.fact.deed {
            Deed::Verb(clause) => clause,
            Deed::IsA(noun) => {
                return Err(
                    Diagnostic::new("a type is declared, not claimed", noun.span)
                        .label("nobody can be the source of a type")
                        .help(format!(
                            "write `NAME is a {}.` as a sentence of its own",
                            noun.node
                        )),
                );
            }
        };
        let Some(objects) = &clause.objects else {
            if let (Voice::Be, Some(kind)) =
                (clause.voice, self.words.type_named(&clause.verb.node))
            {
                let noun = &self.words.type_of(kind).name;
                return Err(
                    Diagnostic::new("a type needs its article", clause.verb.span)
                        .label(format!("`{noun}` is a type"))
                        .help(format!("write `is {} {noun}`", article(noun)))
                        .suggest(format!("{} {noun}", article(noun))),
                );
            }
            return Err(Diagnostic::new(format!("`{}` by whom, or what?", clause.verb.node), clause.verb.span)
                .label("only one end is named")
                .help("a claim has two ends; name an unknown party for what is said of it: `X is an unnamed person.`"));
        };
        let objects = names(objects)?;
        let (relation, direction) = self.relation(clause)?;
        let mut model = Claim::new(String::new(), relation, String::new());
        if stated.denied != stated.fact.negated {
            model.polarity = Polarity::Denied;
        }
        if stated.denied && stated.fact.negated {
            return Err(Diagnostic::new("this denies a denial", clause.verb.span)
                .label("`not` inside what is denied")
                .help("assert it instead, or deny the plain fact"));
        }
        self.qualify(&mut model, clause)?;
        for clause in &stated.clauses {
            self.detail(&mut model, clause)?;
        }
        model.properties.sort_by(|a, b| a.0.cmp(&b.0));
        model.sources.sort();
        model.sources.dedup();
        let mut claims = Vec::new();
        for subject in &subjects {
            for object in &objects {
                let (subject, object) = match direction {
                    Direction::Out => (subject, object),
                    Direction::In => (object, subject),
                };
                claims.push(Claim {
                    subject: subject.clone(),
                    object: object.clone(),
                    ..model.clone()
                });
            }
        }
        Ok(claims)
    }

    fn relation(
        &self,
        clause: &VerbClause,
    ) -> Result<(crate::model::RelationId, Direction), Diagnostic> {
        let stand = match clause.voice {
            Voice::Active => Stand::Active,
            Voice::Passive => Stand::Passive,
            Voice::Be => Stand::Forward,
        };
        let span = clause
            .particle
            .as_ref()
            .map_or(clause.verb.span, |particle| {
                clause.verb.span.to(particle.span)
            });
        let particle = clause
            .particle
            .as_ref()
            .map(|particle| particle.node.as_str());
        let verb = Verb {
            verb: &clause.verb.node,
            particle,
            span,
            stand,
        };
        let route = words::routes(&self.words, verb).map_err(|unknown| {
            unknown.note("a new verb is declared first: `relation VERBED (actor -> entity).`")
        })?[0];
        Ok((route.relation, route.direction))
    }

    /// What stands inside the fact: time, source, likelihood.
    fn qualify(&self, claim: &mut Claim<String>, clause: &VerbClause) -> Result<(), Diagnostic> {
        if let Some(adverb) = &clause.adverb {
            claim.likelihood = Likelihood::term(Scale::Words, &adverb.node);
        }
        for qualifier in &clause.qualifiers {
            match &qualifier.node {
                Qualifier::Time(time) => self.valid(claim, time, qualifier.span)?,
                Qualifier::According {
                    sources,
                    negated: false,
                } => add(&mut claim.sources, sources)?,
                Qualifier::Confidence(level) => self.confidence(claim, *level, qualifier.span)?,
                level @ Qualifier::Likelihood(..) => likelihood(claim, level, qualifier.span)?,
                Qualifier::KnownOn(_)
                | Qualifier::TrueOn(_)
                | Qualifier::According { negated: true, .. }
                | Qualifier::Without(_)
                | Qualifier::Stated
                | Qualifier::Where(_) => {
                    return Err(Diagnostic::new("this belongs to a question, not to a statement", qualifier.span)
                        .label("asks rather than states")
                        .help("a statement takes a time, `according to`, a likelihood and a confidence here"));
                }
            }
        }
        Ok(())
    }

    fn detail(
        &self,
        claim: &mut Claim<String>,
        clause: &Spanned<Clause>,
    ) -> Result<(), Diagnostic> {
        let span = clause.span;
        match &clause.node {
            Clause::Source(sources) => add(&mut claim.sources, sources)?,
            Clause::Via(links) => add(&mut claim.via, links)?,
            Clause::Reported(date) => {
                let date = filters::date(date, self.context)?;
                once(&mut claim.reported, date, "a date of the report", span)?;
            }
            Clause::Valid(time) => self.valid(claim, time, span)?,
            Clause::Reference(text) => {
                once(&mut claim.reference, text.clone(), "a reference", span)?
            }
            Clause::Locator(text) => once(
                &mut claim.locator,
                text.clone(),
                "a place in the reference",
                span,
            )?,
            Clause::Quote(text) => once(&mut claim.quote, text.clone(), "a quote", span)?,
            Clause::Level(level) => likelihood(claim, level, span)?,
            Clause::Confidence(level) => self.confidence(claim, *level, span)?,
            Clause::Reliability(grade) => {
                once(&mut claim.reliability, *grade, "a reliability", span)?
            }
            Clause::Credibility(grade) => {
                once(&mut claim.credibility, *grade, "a credibility", span)?
            }
            Clause::Marking(marking) => once(&mut claim.marking, *marking, "a marking", span)?,
            Clause::Property(key, _) if claim.properties.iter().any(|(known, _)| known == key) => {
                return Err(twice(&format!("the property `{key}`"), span));
            }
            Clause::Property(key, value) => claim.properties.push((key.clone(), value.clone())),
        }
        Ok(())
    }

    fn confidence(
        &self,
        claim: &mut Claim<String>,
        level: Confidence,
        span: Span,
    ) -> Result<(), Diagnostic> {
        once(&mut claim.confidence, level, "a confidence", span)
    }

    fn valid(&self, claim: &mut Claim<String>, time: &Time, span: Span) -> Result<(), Diagnostic> {
        if !claim.valid.is_unknown() {
            return Err(twice("a time", span));
        }
        let date = |date| filters::date(date, self.context);
        claim.valid = match time {
            Time::In(on) => Period::on(date(on)?),
            Time::Between(from, until) => {
                let (from, until) = (date(from)?, date(until)?);
                if until.end() <= from.start() {
                    return Err(Diagnostic::new("this period ends before it begins", span)
                        .label(format!("{until} is before {from}"))
                        .help(format!("write `between {until} and {from}`")));
                }
                Period::between(from, until)
            }
            Time::Since(from) => Period::since(date(from)?),
            Time::Before(until) => Period::before(date(until)?),
            Time::Until(until) => Period::until(date(until)?),
            Time::After(_) | Time::Last(..) => {
                return Err(Diagnostic::new("a claim needs a date of its own here", span)
                    .label("only a bound")
                    .help("write `in 2021`, `since 2021-03`, `before 2022`, `until 2022` or `from 2021 to 2022`"));
            }
        };
        Ok(())
    }
}

fn twice(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("this claim has {what} already"), span)
        .label("the second")
        .help("make it two claims, or keep one of them")
}

fn once<T>(slot: &mut Option<T>, value: T, what: &str, span: Span) -> Result<(), Diagnostic> {
    if slot.is_some() {
        return Err(twice(what, span));
    }
    *slot = Some(value);
    Ok(())
}

/// Names of a list; in a claim `and` and `or` cannot both be meant.
fn names(operands: &Spanned<Operands>) -> Result<Vec<String>, Diagnostic> {
    let list = match &operands.node {
        Operands::One(one) => std::slice::from_ref(one),
        Operands::All(list) => list.as_slice(),
        Operands::Any(_) => {
            return Err(Diagnostic::new(
                "a statement cannot leave it open who is meant",
                operands.span,
            )
            .label("`or`")
            .help("make it several claims with a likelihood each"));
        }
    };
    list.iter()
        .map(|operand| match &operand.node {
            Operand::Name(name) | Operand::Typed { name: Some(Spanned { node: name, .. }), .. } => {
                match name.is_empty() {
                    false => Ok(name.clone()),
                    true => Err(Diagnostic::new("a name cannot be empty", operand.span)
                        .label("nothing between the quotes")
                        .help("name the entity")),
                }
            }
            Operand::Prefix(_)
            | Operand::Fuzzy(_)
            | Operand::Parameter(_)
            | Operand::Claim(_)
            | Operand::Last
            | Operand::Anyone
            | Operand::Typed { .. }
            | Operand::Nested(_) => Err(Diagnostic::new("a statement needs a name here", operand.span)
                .label("this asks rather than names")
                .help("name the entity; an unknown party is named for what is said of it: `X is an unnamed group.`")),
        })
        .collect()
}

fn add(list: &mut Vec<String>, operands: &Spanned<Operands>) -> Result<(), Diagnostic> {
    for name in names(operands)? {
        if !list.contains(&name) {
            list.push(name);
        }
    }
    Ok(())
}

/// A likelihood as stated: scale and term as given.
fn likelihood(claim: &mut Claim<String>, level: &Qualifier, span: Span) -> Result<(), Diagnostic> {
    let Qualifier::Likelihood(comparison, level) = level else {
        return Ok(());
    };
    if !matches!(comparison, Comparison::Equal | Comparison::GreaterOrEqual) {
        return Err(
            Diagnostic::new("a claim has a likelihood, not a bound of one", span)
                .label("a comparison")
                .help("write for example `with likelihood 70%`"),
        );
    }
    let given = match level {
        Level::Percent(number) => Likelihood::percent(*number).ok_or_else(|| {
            Diagnostic::new(format!("{number}% is no likelihood"), span)
                .label("outside 0–100%")
                .help("a likelihood is a number from 0% to 100%")
        })?,
        Level::Term { scale, term } => {
            let scale = match scale {
                None => Scale::Words,
                Some(name) => Scale::named(name).unwrap_or(Scale::Words),
            };
            Likelihood::term(scale, term).ok_or_else(|| {
                let terms: Vec<&str> = scale.terms().iter().map(|term| term.name).collect();
                Diagnostic::new(format!("`{term}` is no term of {}", scale.name()), span)
                    .label("unknown likelihood")
                    .help(format!("write {}, or a percentage", quoted_list(&terms)))
            })?
        }
    };
    // The adverb of the sentence may say the same in plain words; the named scale is kept.
    match &claim.likelihood {
        Some(known) if known.scale == Scale::Words && known.term != given.term => Err(
            Diagnostic::new("the adverb and the likelihood differ", span)
                .label(format!(
                    "`{}` here, `{}` in the sentence",
                    given.term, known.term
                ))
                .help("keep one of them"),
        ),
        Some(known) if known.scale != Scale::Words => Err(twice("a likelihood", span)),
        _ => {
            claim.likelihood = Some(given);
            Ok(())
        }
    }
}

//! From what is said of the asked thing to patterns: verbs become links, `and` and `or` become
//! branches, `not` becomes patterns that must be absent.

use crate::algebra::{EntitySet, Expression, Link, Node, Route, Var, Variables};
use crate::graph::GraphView;
use crate::graph::filter::{ClaimFilter, Compare};
use crate::language::question::ast::{
    Asked, Body, Condition, Operand, Operands, Predicate, Qualifier, Question, VerbClause, Voice,
};
use crate::language::question::branch::{Branch, absent, product};
use crate::language::question::context::Context;
use crate::language::question::filters;
use crate::language::words::{self, Stand, Verb};
use crate::model::{EntityId, TypeId, Value, Vocabulary};
use crate::text::{Diagnostic, Span, Spanned};

/// Which operand position a clause leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// None: the clause names its objects, or has none.
    Nothing,
    /// The object is asked: this variable takes its place.
    Object(Var),
}

/// Builds branches; holds what all parts of one question share.
pub struct Clauses<'a> {
    /// The graph, for names and words.
    pub view: &'a dyn GraphView,
    /// Day, parameters, last answer.
    pub context: &'a Context,
    /// The variables so far.
    pub variables: Variables,
    /// What holds for every verb of the question.
    pub base: ClaimFilter,
    /// Variables that a noun introduced, for `where` and `per`.
    pub named: Vec<(TypeId, Var)>,
    /// Conditions met on the way, for the whole question.
    pub conditions: Vec<Condition>,
}

impl Clauses<'_> {
    fn words(&self) -> &Vocabulary {
        self.view.vocabulary()
    }

    /// The set of what is asked: `who`, `which groups`.
    pub fn asked(&mut self, asked: &Spanned<Asked>) -> Result<EntitySet, Diagnostic> {
        Ok(match &asked.node {
            Asked::Who | Asked::What => EntitySet::Any,
            Asked::Noun(noun) => EntitySet::Type(words::noun(self.words(), noun, asked.span)?),
        })
    }

    /// The branches in which a predicate holds (or, negated, does not) of a variable.
    pub fn predicate(
        &mut self,
        subject: Var,
        predicate: &Spanned<Predicate>,
        negated: bool,
    ) -> Result<Vec<Branch>, Diagnostic> {
        match &predicate.node {
            Predicate::Not(inner) => self.predicate(subject, inner, !negated),
            Predicate::And(parts) | Predicate::Or(parts) => {
                let all = matches!(predicate.node, Predicate::And(_)) != negated;
                let mut branches: Option<Vec<Branch>> = None;
                for part in parts {
                    let more = self.predicate(subject, part, negated)?;
                    branches = Some(match branches {
                        None => more,
                        Some(known) if all => product(known, more, predicate.span)?,
                        Some(mut known) => {
                            known.extend(more);
                            known
                        }
                    });
                }
                Ok(branches.unwrap_or_default())
            }
            Predicate::IsA(noun) => {
                let kind = words::noun(self.words(), &noun.node, noun.span)?;
                let mut branch = Branch::default();
                match negated {
                    false => branch.node(Node {
                        var: subject,
                        set: EntitySet::Type(kind),
                    }),
                    true => branch.pattern.conditions.push(Expression::Not(Box::new(
                        Expression::HasType(subject, kind),
                    ))),
                }
                Ok(vec![branch])
            }
            Predicate::Status(status) => Ok(vec![Branch {
                status: vec![(*status, negated)],
                ..Branch::default()
            }]),
            Predicate::Verb(clause) => self.clause(subject, clause, Open::Nothing, negated),
        }
    }

    /// The branches in which a verb holds of a variable.
    pub fn clause(
        &mut self,
        subject: Var,
        clause: &VerbClause,
        open: Open,
        negated: bool,
    ) -> Result<Vec<Branch>, Diagnostic> {
        let turned = words::turned(self.view, clause);
        let clause = turned.as_ref().unwrap_or(clause);
        let routes = self.routes(clause, open)?;
        let filter = self.filter(clause)?;
        let Some(objects) = &clause.objects else {
            let object = match open {
                Open::Object(var) => var,
                Open::Nothing => self.variables.fresh("someone"),
            };
            let mut branch = Branch::default();
            branch.node(Node {
                var: object,
                set: EntitySet::Any,
            });
            self.link(&mut branch, subject, object, &routes, &filter);
            return Ok(vec![if negated { absent(branch) } else { branch }]);
        };
        let aliases = routes
            .iter()
            .any(|route| route.relation == Vocabulary::ALSO_KNOWN_AS);
        let (list, all) = match &objects.node {
            Operands::One(one) => (std::slice::from_ref(one), true),
            Operands::All(list) => (list.as_slice(), true),
            Operands::Any(list) => (list.as_slice(), false),
        };
        // Names joined by `or` are one set: no need to spell the alternatives out.
        if !all
            && !aliases
            && list
                .iter()
                .all(|operand| matches!(operand.node, Operand::Name(_)))
        {
            let ids = filters::entities(objects, self.view)?;
            let object = self.variables.fresh("it");
            let mut branch = Branch::default();
            branch.node(Node {
                var: object,
                set: EntitySet::Ids(ids),
            });
            self.link(&mut branch, subject, object, &routes, &filter);
            return Ok(vec![if negated { absent(branch) } else { branch }]);
        }
        let mut branches: Option<Vec<Branch>> = None;
        for operand in list {
            let object = self.variables.fresh("it");
            let mut found = self.operand(object, operand, aliases)?;
            for branch in &mut found {
                self.link(branch, subject, object, &routes, &filter);
            }
            if negated {
                // None of the alternatives may be there: all of them are absent at once.
                let mut none = Branch::default();
                for branch in found {
                    none = none.and(absent(branch));
                }
                found = vec![none];
            }
            branches = Some(match branches {
                None => found,
                Some(known) if all != negated => product(known, found, objects.span)?,
                Some(mut known) => {
                    known.extend(found);
                    known
                }
            });
        }
        Ok(branches.unwrap_or_default())
    }

    fn link(
        &mut self,
        branch: &mut Branch,
        from: Var,
        to: Var,
        routes: &[Route],
        filter: &ClaimFilter,
    ) {
        let fact = self.variables.fresh("c");
        // The fact of the outer verb stands first: the dates of a row are its dates.
        let link = Link {
            fact,
            from,
            to,
            routes: routes.to_vec(),
            filter: filter.clone(),
            claims: false,
            repeat: None,
        };
        branch.pattern.links.insert(0, link);
    }

    /// The relation of a clause and the way it runs from its grammatical subject.
    pub fn routes(&self, clause: &VerbClause, open: Open) -> Result<Vec<Route>, Diagnostic> {
        let stand = match clause.voice {
            Voice::Active => Stand::Active,
            Voice::Passive => Stand::Passive,
            Voice::Be => {
                let bare = clause.particle.is_none() && clause.objects.is_none();
                match bare && open == Open::Nothing {
                    true => Stand::Suffered,
                    false => Stand::Forward,
                }
            }
        };
        let span = match &clause.particle {
            Some(particle) => clause.verb.span.to(particle.span),
            None => clause.verb.span,
        };
        let particle = clause
            .particle
            .as_ref()
            .map(|particle| particle.node.as_str());
        words::routes(
            self.words(),
            Verb {
                verb: &clause.verb.node,
                particle,
                span,
                stand,
            },
        )
    }

    /// Which claims count for a clause: what the whole question says and what its verb says.
    pub fn filter(&mut self, clause: &VerbClause) -> Result<ClaimFilter, Diagnostic> {
        let mut filter = self.base.clone();
        if let Some(adverb) = &clause.adverb {
            let least = filters::adverb(&adverb.node, adverb.span)?;
            filter.likelihood.push((Compare::GreaterOrEqual, least));
        }
        filters::apply(&mut filter, &clause.qualifiers, self.view, self.context)?;
        self.collect_conditions(&clause.qualifiers);
        Ok(filter)
    }

    /// Keeps the `where` among qualifiers for the whole question.
    pub fn collect_conditions(&mut self, qualifiers: &[Spanned<Qualifier>]) {
        for qualifier in qualifiers {
            if let Qualifier::Where(condition) = &qualifier.node {
                self.conditions.push(condition.clone());
            }
        }
    }

    /// The branches in which a variable is what an operand names.
    pub fn operand(
        &mut self,
        var: Var,
        operand: &Spanned<Operand>,
        alias: bool,
    ) -> Result<Vec<Branch>, Diagnostic> {
        let span = operand.span;
        let set = match &operand.node {
            Operand::Name(name) if alias => match self.view.entities().aliases(name) {
                none if none.is_empty() => {
                    EntitySet::Ids(vec![words::entity(self.view, name, span)?])
                }
                aliases => EntitySet::Ids(aliases),
            },
            Operand::Name(name) => EntitySet::Ids(vec![words::entity(self.view, name, span)?]),
            Operand::Prefix(prefix) => EntitySet::Ids(self.prefixed(prefix, span)?),
            Operand::Fuzzy(text) => EntitySet::Ids(self.similar(text, span)?),
            Operand::Parameter(name) => EntitySet::Ids(self.parameter(name, span)?),
            Operand::Last => EntitySet::Ids(self.last(span)?),
            Operand::Anyone => EntitySet::Any,
            Operand::Claim(number) => {
                return Err(Diagnostic::new("a claim cannot stand here", span)
                    .label(format!("`#{number}` is a claim, not an entity"))
                    .help(format!("`why #{number}` shows it")));
            }
            Operand::Typed { noun, that, name } => {
                return self.typed(var, noun, that.as_deref(), name.as_ref());
            }
            Operand::Nested(question) => return self.nested(var, question, span),
        };
        let mut branch = Branch::default();
        branch.node(Node { var, set });
        Ok(vec![branch])
    }

    fn typed(
        &mut self,
        var: Var,
        noun: &Spanned<String>,
        that: Option<&Spanned<Predicate>>,
        name: Option<&Spanned<String>>,
    ) -> Result<Vec<Branch>, Diagnostic> {
        let kind = words::noun(self.words(), &noun.node, noun.span)?;
        self.named.push((kind, var));
        let mut set = EntitySet::Type(kind);
        if let Some(name) = name {
            let id = words::entity(self.view, &name.node, name.span)?;
            if !self.view.entities().has_type(id, kind, self.words()) {
                let own: Vec<&str> = self
                    .view
                    .entities()
                    .get(id)
                    .types
                    .iter()
                    .map(|own| self.words().type_of(*own).name.as_str())
                    .collect();
                return Err(Diagnostic::new(
                    format!(
                        "`{}` is not a {}",
                        name.node,
                        self.words().type_of(kind).name
                    ),
                    noun.span.to(name.span),
                )
                .label(match own.is_empty() {
                    true => "it has no type".to_owned(),
                    false => format!("it is a {}", own.join(" and a ")),
                })
                .help(format!("write just `{}`", name.node)));
            }
            set = EntitySet::Ids(vec![id]);
        }
        let mut branch = Branch::default();
        branch.node(Node { var, set });
        match that {
            None => Ok(vec![branch]),
            Some(that) => {
                let more = self.predicate(var, that, false)?;
                product(vec![branch], more, that.span)
            }
        }
    }

    /// `(which countries sanctioned China)`: the asked thing of the inner question is the operand.
    fn nested(
        &mut self,
        var: Var,
        question: &Question,
        span: Span,
    ) -> Result<Vec<Branch>, Diagnostic> {
        let outer = self.base.clone();
        filters::apply(&mut self.base, &question.lifted, self.view, self.context)?;
        self.collect_conditions(&question.lifted);
        let refused = |what: &str| {
            Diagnostic::new(format!("{what} cannot stand in parentheses"), span)
                .label("only a question for entities fits here")
                .help("ask it first and use `_` for its answer")
        };
        if question.tail.limit.is_some()
            || !question.tail.sorted.is_empty()
            || !question.tail.per.is_empty()
        {
            return Err(refused("an ordered, limited or grouped question"));
        }
        let branches = match &question.body.node {
            Body::Subject {
                asked,
                count: false,
                predicate,
            } => {
                let set = self.asked(asked)?;
                if let EntitySet::Type(kind) = set {
                    self.named.push((kind, var));
                }
                let mut branch = Branch::default();
                branch.node(Node { var, set });
                match predicate {
                    None => vec![branch],
                    Some(predicate) => {
                        let more = self.predicate(var, predicate, false)?;
                        product(vec![branch], more, span)?
                    }
                }
            }
            Body::Object {
                asked,
                count: false,
                subject,
                clause,
            } => {
                let set = self.asked(asked)?;
                let mut branch = Branch::default();
                branch.node(Node { var, set });
                let more = self.object(var, subject, clause)?;
                product(vec![branch], more, span)?
            }
            Body::Subject { .. } | Body::Object { .. } => return Err(refused("`how many`")),
            Body::YesNo(_) => return Err(refused("a yes-or-no question")),
            Body::When(_) => return Err(refused("`when`")),
            Body::Says { .. } => return Err(refused("`who says`")),
            Body::Why { .. } => return Err(refused("`why`")),
            Body::Matter(_) | Body::Accused(_) => {
                return Err(refused("a question about sources"));
            }
            Body::Paths(_) => return Err(refused("a question for paths")),
            Body::About(_) => return Err(refused("`about`")),
            Body::Timeline { .. } => return Err(refused("`timeline`")),
            Body::Changed { .. } => return Err(refused("`what changed`")),
        };
        self.base = outer;
        Ok(branches)
    }

    /// The branches of `what did SUBJECT verb`: `asked` is the object.
    pub fn object(
        &mut self,
        asked: Var,
        subject: &Spanned<Operands>,
        clause: &VerbClause,
    ) -> Result<Vec<Branch>, Diagnostic> {
        let (list, all) = match &subject.node {
            Operands::One(one) => (std::slice::from_ref(one), true),
            Operands::All(list) => (list.as_slice(), true),
            Operands::Any(list) => (list.as_slice(), false),
        };
        let mut branches: Option<Vec<Branch>> = None;
        for operand in list {
            let var = self.variables.fresh("they");
            let found = self.operand(var, operand, false)?;
            let linked = self.clause(var, clause, Open::Object(asked), false)?;
            let found = product(linked, found, subject.span)?;
            branches = Some(match branches {
                None => found,
                Some(known) if all => product(known, found, subject.span)?,
                Some(mut known) => {
                    known.extend(found);
                    known
                }
            });
        }
        Ok(branches.unwrap_or_default())
    }

    fn prefixed(&self, prefix: &str, span: Span) -> Result<Vec<EntityId>, Diagnostic> {
        let found = self.view.entities().prefix(prefix, usize::MAX);
        sorted(found.into_iter().map(|(_, id)| id), || {
            Diagnostic::new(format!("no name begins with `{prefix}`"), span)
                .label("nothing found")
                .help(format!("`~{prefix}` looks for similar names"))
        })
    }

    fn similar(&self, text: &str, span: Span) -> Result<Vec<EntityId>, Diagnostic> {
        let found = self.view.entities().fuzzy(text, 16);
        sorted(found.into_iter().map(|(_, id)| id), || {
            Diagnostic::new(format!("no name is similar to `{text}`"), span)
                .label("nothing found")
                .help("a prefix with a star finds more: `UK_*`")
        })
    }

    fn parameter(&self, name: &str, span: Span) -> Result<Vec<EntityId>, Diagnostic> {
        let value = filters::parameter(name, span, self.context)?;
        let names = match value {
            Value::List(values) => values.iter().map(Value::text).collect(),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Temporal(_)
            | Value::Map(_) => vec![value.text()],
        };
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            ids.push(words::entity(self.view, &name, span)?);
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    fn last(&self, span: Span) -> Result<Vec<EntityId>, Diagnostic> {
        self.context.last.clone().ok_or_else(|| {
            Diagnostic::new("there is no last answer yet", span)
                .label("nothing to refer to")
                .help("ask a question for entities first; `_` is its answer")
        })
    }
}

fn sorted(
    ids: impl Iterator<Item = EntityId>,
    none: impl FnOnce() -> Diagnostic,
) -> Result<Vec<EntityId>, Diagnostic> {
    let mut ids: Vec<EntityId> = ids.collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() { Err(none()) } else { Ok(ids) }
}

//! From the syntax tree of a rule to plain data: verbs to relations, nouns to types; and the refusal
//! of rules that would say nothing definite.

use crate::graph::Direction;
use crate::language::question::ast::{DateExpr, Operand, Operands, Qualifier, Time};
use crate::language::question::ast::{Literal, Voice};
use crate::language::question::filters;
use crate::language::rule::ast::{self, Condition, Fact, RuleText};
use crate::language::words::{self, Stand, Verb};
use crate::model::{
    Change, PartialDate, RelationDeclaration, Rule, RuleCondition, RuleFact, RuleLimits, RuleTerm,
    RuleTime, Value, Vocabulary,
};
use crate::rules::sound::CONDITIONS;
use crate::text::{Diagnostic, Span, Spanned};

/// The changes that a text about rules asks for. A relation that only rules know is declared.
pub fn lower(text: &RuleText, words: &mut Vocabulary) -> Result<Vec<Change>, Diagnostic> {
    let rule = match text {
        RuleText::Switch(name, on) => {
            return Ok(vec![Change::SwitchRule {
                name: name.node.clone(),
                on: *on,
            }]);
        }
        RuleText::Drop(name) => {
            return Ok(vec![Change::DropRule {
                name: name.node.clone(),
            }]);
        }
        RuleText::Rule(rule) => rule,
    };
    if let Some(more) = rule.body.get(CONDITIONS) {
        return Err(
            Diagnostic::new("this rule has too many conditions", more.span)
                .label(format!("more than {CONDITIONS}"))
                .help("derive a part of it by a rule of its own, and use that"),
        );
    }
    if let Some(not) = rule.head.not {
        return Err(
            Diagnostic::new("a rule cannot derive that something is not so", not)
                .label("`not` in front of `if`")
                .help("denials come from sources; leave `not` away or move it behind `if`"),
        );
    }
    let mut changes = Vec::new();
    if let Some(new) = declared(&rule.head, words) {
        words.declare_relation(new.clone());
        changes.push(Change::DeclareRelation(Box::new(new)));
    }
    let head = fact(&rule.head, words)?;
    let known = words.relation_named(&head.relation);
    if known == Some(Vocabulary::ALSO_KNOWN_AS) {
        return Err(
            Diagnostic::new("a rule cannot give names", rule.head.verb.span)
                .label("names come from sources")
                .help("derive a relation of your own, such as `same-as`"),
        );
    }
    let mut body = Vec::new();
    for condition in &rule.body {
        body.push(self::condition(condition, words)?);
    }
    safe(rule)?;
    changes.push(Change::DeclareRule(Box::new(Rule {
        name: rule
            .name
            .as_ref()
            .map_or(String::new(), |name| name.node.clone()),
        on: true,
        head,
        body,
    })));
    Ok(changes)
}

/// The relation of a head that no word names yet.
pub fn declared(head: &Fact, words: &Vocabulary) -> Option<RelationDeclaration> {
    let phrase = match &head.particle {
        Some(particle) => format!("{}-{}", head.verb.node, particle.node),
        None => head.verb.node.clone(),
    };
    let particle = head
        .particle
        .as_ref()
        .map(|particle| particle.node.as_str());
    let known = !words.readings(&head.verb.node, particle).is_empty()
        || words.relation_named(&phrase).is_some();
    (!known && head.voice == Voice::Active).then(|| RelationDeclaration {
        name: phrase.replace('_', "-"),
        ..RelationDeclaration::default()
    })
}

fn fact(fact: &Fact, words: &Vocabulary) -> Result<RuleFact, Diagnostic> {
    let particle = fact.particle.as_ref();
    let span = particle.map_or(fact.verb.span, |particle| fact.verb.span.to(particle.span));
    let verb = Verb {
        verb: &fact.verb.node,
        particle: particle.map(|particle| particle.node.as_str()),
        span,
        stand: match fact.voice {
            Voice::Active => Stand::Active,
            Voice::Passive => Stand::Passive,
            Voice::Be => Stand::Forward,
        },
    };
    let route = words::routes(words, verb)?[0];
    let (subject, object) = (fact.subject.node.clone(), fact.object.node.clone());
    let (subject, object) = match route.direction {
        Direction::Out => (subject, object),
        Direction::In => (object, subject),
    };
    Ok(RuleFact {
        subject,
        relation: words.relation(route.relation).name.clone(),
        object,
    })
}

fn condition(
    condition: &Spanned<Condition>,
    words: &Vocabulary,
) -> Result<RuleCondition, Diagnostic> {
    Ok(match &condition.node {
        Condition::Fact {
            fact,
            negated,
            adverb,
            limits,
            marking,
        } => {
            let mut lowered = RuleLimits {
                marking: *marking,
                ..RuleLimits::default()
            };
            if let Some(adverb) = adverb {
                let least = filters::adverb(&adverb.node, adverb.span)?;
                let at_least = crate::model::Compare::GreaterOrEqual;
                lowered.likelihood.push((at_least, least));
            }
            for limit in limits {
                self::limit(&mut lowered, limit)?;
            }
            RuleCondition::Fact {
                fact: self::fact(fact, words)?,
                negated: *negated,
                limits: lowered,
            }
        }
        Condition::IsA(term, noun, negated) => RuleCondition::IsA {
            term: term.node.clone(),
            kind: {
                let kind = words::noun(words, &noun.node, noun.span)?;
                words.type_of(kind).name.clone()
            },
            negated: *negated,
        },
        Condition::Same(left, right, negated) => RuleCondition::Same {
            left: left.node.clone(),
            right: right.node.clone(),
            negated: *negated,
        },
        Condition::Property {
            of,
            key,
            comparison,
            value,
        } => RuleCondition::Property {
            of: of.node.clone(),
            key: key.clone(),
            compare: filters::compare(*comparison, condition.span)?,
            value: match &value.node {
                Literal::Text(text) => Value::Text(text.clone()),
                Literal::Number(number) | Literal::Percent(number) if number.fract() == 0.0 => {
                    Value::Int(*number as i64)
                }
                Literal::Number(number) | Literal::Percent(number) => Value::Float(*number),
                Literal::Date(date) => Value::Date(*date),
                Literal::Bool(value) => Value::Bool(*value),
                Literal::Parameter(name) => return Err(no_parameter(name, value.span)),
            },
        },
    })
}

fn no_parameter(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`${name}` has no place in a rule"), span)
        .label("a parameter")
        .help("a rule says the same every day: write the value")
}

fn limit(limits: &mut RuleLimits, limit: &Spanned<Qualifier>) -> Result<(), Diagnostic> {
    match &limit.node {
        Qualifier::Time(time) => limits.times.push(self::time(time, limit.span)?),
        Qualifier::According { sources, negated } => {
            limits.sources.push((names(sources)?, *negated));
        }
        Qualifier::Likelihood(comparison, level) => {
            let compare = filters::compare(*comparison, limit.span)?;
            let number = filters::number(level, compare, limit.span)?;
            limits.likelihood.push((compare, number));
        }
        Qualifier::Confidence(level) => limits.confidence = limits.confidence.max(Some(*level)),
        Qualifier::KnownOn(_)
        | Qualifier::TrueOn(_)
        | Qualifier::Without(_)
        | Qualifier::Stated
        | Qualifier::Where(_) => {
            return Err(
                Diagnostic::new("this belongs to a question, not to a rule", limit.span)
                    .label("asks rather than states")
                    .help("a condition takes a time, `according to`, a likelihood and a marking"),
            );
        }
    }
    Ok(())
}

fn names(operands: &Spanned<Operands>) -> Result<Vec<String>, Diagnostic> {
    let list = match &operands.node {
        Operands::One(one) => std::slice::from_ref(one),
        Operands::All(list) | Operands::Any(list) => list.as_slice(),
    };
    list.iter()
        .map(|operand| match &operand.node {
            Operand::Name(name) => Ok(name.clone()),
            Operand::Prefix(_)
            | Operand::Fuzzy(_)
            | Operand::Parameter(_)
            | Operand::Claim(_)
            | Operand::Last
            | Operand::Anyone
            | Operand::Typed { .. }
            | Operand::Nested(_) => Err(Diagnostic::new("a name is needed here", operand.span)
                .label("not a name")
                .help("write names, joined by `or`")),
        })
        .collect()
}

fn time(time: &Time, span: Span) -> Result<RuleTime, Diagnostic> {
    let relative = |span: Span| {
        Diagnostic::new("a rule says the same every day", span)
            .label("this moves with today")
            .help("write a date, or ask for the time in the question")
    };
    let date = |written: &Spanned<DateExpr>| -> Result<PartialDate, Diagnostic> {
        match &written.node {
            DateExpr::Date(date) => Ok(*date),
            DateExpr::Parameter(name) => Err(no_parameter(name, written.span)),
            DateExpr::Today | DateExpr::Yesterday | DateExpr::Ago(..) => {
                Err(relative(written.span))
            }
        }
    };
    Ok(match time {
        Time::In(on) => RuleTime::In(date(on)?),
        Time::Between(from, until) => {
            let (from, until) = (date(from)?, date(until)?);
            if until.end() <= from.start() {
                return Err(Diagnostic::new("this period ends before it begins", span)
                    .label(format!("{until} is before {from}"))
                    .help(format!("write `between {until} and {from}`")));
            }
            RuleTime::Between(from, until)
        }
        Time::Since(on) => RuleTime::Since(date(on)?),
        Time::After(on) => RuleTime::After(date(on)?),
        Time::Before(on) => RuleTime::Before(date(on)?),
        Time::Until(on) => RuleTime::Until(date(on)?),
        Time::Last(..) => return Err(relative(span)),
    })
}

/// Refuses a rule in which a variable of the head, or one of a test, stands in no condition that
/// would find something for it.
fn safe(rule: &ast::Rule) -> Result<(), Diagnostic> {
    let mut bound: Vec<&str> = Vec::new();
    for condition in &rule.body {
        if let Condition::Fact {
            fact,
            negated: false,
            ..
        } = &condition.node
        {
            bound.extend(fact.subject.node.variable());
            bound.extend(fact.object.node.variable());
        }
    }
    if bound.is_empty() {
        let span = rule.body[0].span;
        return Err(Diagnostic::new("this rule finds nothing to hold for", span)
            .label("no condition says what somebody did to whom")
            .help("add a condition such as `?a targeted ?b`"));
    }
    let check = |term: &Spanned<RuleTerm>, place: &str| match term.node.variable() {
        Some(name) if !bound.contains(&name) => {
            Err(unsafe_variable(name, place, term.span, &bound))
        }
        Some(_) | None => Ok(()),
    };
    check(&rule.head.subject, "only in front of `if`")?;
    check(&rule.head.object, "only in front of `if`")?;
    for condition in &rule.body {
        match &condition.node {
            Condition::Fact { negated: false, .. } => {}
            Condition::Fact { fact, .. } => {
                check(&fact.subject, "only behind `not`")?;
                check(&fact.object, "only behind `not`")?;
            }
            Condition::IsA(term, ..) => check(term, "only in a test of its type")?,
            Condition::Same(left, right, _) => {
                check(left, "only in a comparison")?;
                check(right, "only in a comparison")?;
            }
            Condition::Property { of, .. } => {
                let term = Spanned::new(RuleTerm::Variable(of.node.clone()), of.span);
                check(&term, "only in a comparison")?;
            }
        }
    }
    Ok(())
}

fn unsafe_variable(name: &str, place: &str, span: Span, bound: &[&str]) -> Diagnostic {
    let near = crate::text::nearest(name, bound.iter().copied(), 1);
    let said = Diagnostic::new(format!("`?{name}` could be anything"), span)
        .label(format!("it stands {place}"));
    match near.first() {
        Some(near) => said
            .help(format!("did you mean `?{near}`?"))
            .suggest(format!("?{near}")),
        None => said.help(format!(
            "say behind `if`, without `not`, what `?{name}` did or what was done to it"
        )),
    }
}

//! A syntax tree as text, in one canonical spelling: parsing what is printed gives the same tree.

use crate::language::question::ast::{
    Asked, Body, Comparison, Condition, DateExpr, Deed, Fact, Level, Literal, Mode, Operand,
    Operands, PathKind, Paths, Predicate, Qualifier, Question, Stance, Status, Tail, Time, Unit,
    VerbClause, Voice, WhyTarget,
};
use crate::language::spelling::{article, name, string};
use crate::model::Precision;
use crate::text::Spanned;
use std::fmt::{Display, Formatter, Result};

impl Display for Question {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.mode {
            Mode::Ask => {}
            Mode::Explain => write!(f, "explain ")?,
            Mode::Profile => write!(f, "profile ")?,
        }
        let (conditions, lead): (Vec<_>, Vec<_>) = self
            .lifted
            .iter()
            .partition(|qualifier| matches!(qualifier.node, Qualifier::Where(_)));
        if !lead.is_empty() {
            let lead: Vec<String> = lead
                .iter()
                .map(|qualifier| qualifier.node.to_string())
                .collect();
            write!(f, "{}, ", lead.join(" "))?;
        }
        write!(f, "{}", self.body.node)?;
        for condition in conditions {
            write!(f, ", {}", condition.node)?;
        }
        write!(f, "{}", self.tail)?;
        for pipe in &self.pipes {
            write!(f, " | {}", pipe.node.name.node)?;
            if let Some(argument) = &pipe.node.argument {
                write!(f, " {}", string(&argument.node))?;
            }
        }
        Ok(())
    }
}

impl Display for Body {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Body::Subject {
                asked,
                count,
                predicate,
            } => {
                match (&asked.node, count, predicate) {
                    (Asked::Noun(noun), true, _) => write!(f, "how many {noun}")?,
                    (Asked::Noun(noun), false, None) => write!(f, "list {noun}")?,
                    (asked, _, _) => write!(f, "{asked}")?,
                }
                let several = matches!(asked.node, Asked::Noun(_));
                match predicate {
                    None => Ok(()),
                    Some(predicate) => write!(f, " {}", said_of(&predicate.node, several)),
                }
            }
            Body::Object {
                asked,
                count,
                subject,
                clause,
            } => {
                match (&asked.node, count) {
                    (Asked::Noun(noun), true) => write!(f, "how many {noun}")?,
                    (asked, _) => write!(f, "{asked}")?,
                }
                write!(f, " {} {} ", auxiliary(clause.voice), subject.node)?;
                inner_verb(clause, f)?;
                if clause.voice == Voice::Passive {
                    write!(f, " by")?;
                }
                each(&clause.qualifiers, f)
            }
            Body::YesNo(fact) => asked_fact(fact, f),
            Body::When(fact) => {
                write!(f, "when ")?;
                asked_fact(fact, f)
            }
            Body::Says {
                stance,
                anyone,
                fact,
            } => {
                match (anyone, stance) {
                    (false, Stance::Asserts) => write!(f, "who says that ")?,
                    (false, Stance::Denies) => write!(f, "who denies that ")?,
                    (true, Stance::Asserts) => write!(f, "does anyone say that ")?,
                    (true, Stance::Denies) => write!(f, "does anyone deny that ")?,
                }
                write!(f, "{fact}")
            }
            Body::Why {
                negated,
                all,
                target,
            } => {
                let which = match (negated, all) {
                    (true, _) => "not ",
                    (false, true) => "all ",
                    (false, false) => "",
                };
                write!(f, "why {which}")?;
                match target {
                    WhyTarget::Fact(fact) => write!(f, "{fact}"),
                    WhyTarget::Claim(number) => write!(f, "#{number}"),
                    WhyTarget::Row(row) => write!(f, "{row}"),
                }
            }
            Body::Matter(fact) => write!(f, "which sources matter for {fact}"),
            Body::Accused(true) => write!(f, "which attributions are joint"),
            Body::Accused(false) => write!(f, "which attributions are conflicting"),
            Body::Paths(paths) => write!(f, "{paths}"),
            Body::About(operand) => write!(f, "about {}", operand.node),
            Body::Timeline { of, qualifiers } => {
                write!(f, "timeline of {}", of.node)?;
                each(qualifiers, f)
            }
            Body::Changed { since, until: None } => write!(f, "what changed since {}", since.node),
            Body::Changed {
                since,
                until: Some(until),
            } => {
                write!(f, "what changed between {} and {}", since.node, until.node)
            }
        }
    }
}

impl Display for Asked {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Asked::Who => write!(f, "who"),
            Asked::What => write!(f, "what"),
            Asked::Noun(noun) => write!(f, "which {noun}"),
        }
    }
}

fn auxiliary(voice: Voice) -> &'static str {
    match voice {
        Voice::Active => "did",
        Voice::Passive | Voice::Be => "was",
    }
}

/// `did APT31 target X`, `was X targeted by APT31`, `is APT31 a group`.
fn asked_fact(fact: &Fact, f: &mut Formatter<'_>) -> Result {
    let not = if fact.negated { " not" } else { "" };
    match &fact.deed {
        Deed::IsA(noun) => write!(
            f,
            "is {}{not} {} {}",
            fact.subject.node,
            article(&noun.node),
            noun.node
        ),
        Deed::Verb(clause) => {
            write!(f, "{} {}{not} ", auxiliary(clause.voice), fact.subject.node)?;
            rest(clause, f)
        }
    }
}

impl Display for Fact {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} ", self.subject.node)?;
        match &self.deed {
            Deed::IsA(noun) if self.negated => {
                write!(f, "is not {} {}", article(&noun.node), noun.node)
            }
            Deed::IsA(noun) => write!(f, "is {} {}", article(&noun.node), noun.node),
            Deed::Verb(clause) => said(clause, self.negated, f),
        }
    }
}

/// A verb behind its subject: `targeted X`, `was not attributed to China`.
fn said(clause: &VerbClause, negated: bool, f: &mut Formatter<'_>) -> Result {
    write!(
        f,
        "{}",
        Said {
            clause,
            negated,
            several: false
        }
    )
}

/// A verb as it is said of one or of several.
struct Said<'a> {
    clause: &'a VerbClause,
    negated: bool,
    several: bool,
}

impl Display for Said<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let clause = self.clause;
        // `was sanctioned X` would read as a question for an object: `what was X sanctioned`.
        let bare = clause.particle.is_none() && clause.objects.is_some();
        let be = match (clause.voice, bare, self.several) {
            (Voice::Be, true, false) => "has been",
            (Voice::Be, true, true) => "have been",
            (_, _, true) => "were",
            (_, _, false) => "was",
        };
        match (self.clause.voice, self.negated) {
            (Voice::Active, false) => {}
            (Voice::Active, true) => write!(f, "never ")?,
            (Voice::Passive | Voice::Be, false) => write!(f, "{be} ")?,
            (Voice::Passive | Voice::Be, true) => match be.split_once(' ') {
                Some((has, been)) => write!(f, "{has} not {been} ")?,
                None => write!(f, "{be} not ")?,
            },
        }
        rest(self.clause, f)
    }
}

/// Adverb, verb and particle.
fn inner_verb(clause: &VerbClause, f: &mut Formatter<'_>) -> Result {
    if let Some(adverb) = &clause.adverb {
        write!(f, "{} ", adverb.node)?;
    }
    write!(f, "{}", clause.verb.node)?;
    match &clause.particle {
        Some(particle) => write!(f, " {}", particle.node),
        None => Ok(()),
    }
}

/// All of a clause but its auxiliary.
fn rest(clause: &VerbClause, f: &mut Formatter<'_>) -> Result {
    inner_verb(clause, f)?;
    if clause.voice == Voice::Passive {
        write!(f, " by")?;
    }
    if let Some(objects) = &clause.objects {
        write!(
            f,
            " {}",
            shown(&objects.node, !clause.qualifiers.is_empty())
        )?;
    }
    each(&clause.qualifiers, f)
}

fn each(qualifiers: &[Spanned<Qualifier>], f: &mut Formatter<'_>) -> Result {
    qualifiers
        .iter()
        .try_for_each(|qualifier| write!(f, " {}", qualifier.node))
}

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&said_of(self, false))
    }
}

/// A predicate as it is said of one or of several.
fn said_of(predicate: &Predicate, several: bool) -> String {
    let be = if several { "are" } else { "is" };
    match predicate {
        Predicate::Verb(clause) => Said {
            clause,
            negated: false,
            several,
        }
        .to_string(),
        Predicate::IsA(noun) => format!("{be} {} {}", article(&noun.node), noun.node),
        Predicate::Status(status) => format!("{be} {status}"),
        Predicate::Not(inner) => match &inner.node {
            Predicate::Verb(clause) => Said {
                clause,
                negated: true,
                several,
            }
            .to_string(),
            Predicate::IsA(noun) => format!("{be} not {} {}", article(&noun.node), noun.node),
            Predicate::Status(status) => format!("{be} not {status}"),
            other @ (Predicate::Not(_) | Predicate::And(_) | Predicate::Or(_)) => {
                format!("never ({})", said_of(other, several))
            }
        },
        Predicate::And(parts) => {
            let part = |part: &Spanned<Predicate>| match part.node {
                Predicate::Or(_) => format!("({})", said_of(&part.node, several)),
                Predicate::Verb(_)
                | Predicate::IsA(_)
                | Predicate::Status(_)
                | Predicate::Not(_)
                | Predicate::And(_) => said_of(&part.node, several),
            };
            parts.iter().map(part).collect::<Vec<_>>().join(" and ")
        }
        Predicate::Or(parts) => parts
            .iter()
            .map(|part| said_of(&part.node, several))
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Status::Disputed => "disputed",
            Status::Undisputed => "undisputed",
            Status::Denied => "denied",
            Status::Affirmed => "affirmed",
            Status::SingleSourced => "single-sourced",
            Status::SecondHand => "second-hand",
            Status::Corroborated => "corroborated",
            Status::Derived => "derived",
        })
    }
}

impl Display for Operands {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&shown(self, false))
    }
}

/// A list of operands; `followed` tells that something comes behind which must not be read as a
/// part of the last one.
fn shown(operands: &Operands, followed: bool) -> String {
    let (list, word) = match operands {
        Operands::One(one) => return closed(&one.node, followed),
        Operands::All(list) => (list, " and "),
        Operands::Any(list) => (list, " or "),
    };
    let last = list.len().saturating_sub(1);
    let parts: Vec<String> = list
        .iter()
        .enumerate()
        .map(|(at, one)| closed(&one.node, followed || at < last))
        .collect();
    parts.join(word)
}

/// An operand; its `that` clause in parentheses where something follows or it has parts.
fn closed(operand: &Operand, followed: bool) -> String {
    match operand {
        Operand::Typed {
            noun,
            that: Some(that),
            name: None,
        } => {
            let parts = matches!(that.node, Predicate::And(_) | Predicate::Or(_));
            match parts || followed {
                true => format!("any {} that ({})", noun.node, that.node),
                false => format!("any {} that {}", noun.node, that.node),
            }
        }
        Operand::Typed { .. }
        | Operand::Name(_)
        | Operand::Prefix(_)
        | Operand::Fuzzy(_)
        | Operand::Parameter(_)
        | Operand::Claim(_)
        | Operand::Last
        | Operand::Anyone
        | Operand::Nested(_) => operand.to_string(),
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Operand::Name(text) => write!(f, "{}", name(text)),
            Operand::Prefix(prefix) => write!(f, "{prefix}*"),
            Operand::Fuzzy(text) => write!(f, "~{}", name(text)),
            Operand::Parameter(parameter) => write!(f, "${parameter}"),
            Operand::Claim(number) => write!(f, "#{number}"),
            Operand::Last => write!(f, "_"),
            Operand::Anyone => write!(f, "anyone"),
            Operand::Typed {
                noun,
                name: Some(text),
                ..
            } => {
                let plain = text
                    .node
                    .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
                match plain {
                    true => write!(f, "the {} {}", noun.node, name(&text.node)),
                    false => write!(f, "the {} {}", noun.node, string(&text.node)),
                }
            }
            Operand::Typed { that: Some(_), .. } => write!(f, "{}", closed(self, false)),
            Operand::Typed { noun, .. } => write!(f, "any {}", noun.node),
            Operand::Nested(question) => write!(f, "({question})"),
        }
    }
}

impl Display for Qualifier {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Qualifier::Time(time) => write!(f, "{time}"),
            Qualifier::KnownOn(date) => write!(f, "as known on {}", date.node),
            Qualifier::TrueOn(date) => write!(f, "as true on {}", date.node),
            Qualifier::According { sources, negated } => {
                let not = if *negated { "not " } else { "" };
                write!(f, "{not}according to {}", sources.node)
            }
            Qualifier::Stated => write!(f, "without derived"),
            Qualifier::Without(sources) => write!(f, "without {}", sources.node),
            Qualifier::Likelihood(comparison, level) => {
                write!(f, "with likelihood {comparison} {level}")
            }
            Qualifier::Confidence(level) => write!(f, "with {} confidence", level.name()),
            Qualifier::Where(condition) => write!(f, "where {condition}"),
        }
    }
}

impl Display for Level {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Level::Percent(number) => write!(f, "{number}%"),
            Level::Term {
                scale: Some(scale),
                term,
            } => write!(f, "{scale} {}", string(term)),
            Level::Term { scale: None, term } => write!(f, "{}", string(term)),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Contains => "contains",
            Comparison::StartsWith => "starts with",
            Comparison::EndsWith => "ends with",
        })
    }
}

impl Display for Time {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Time::In(date) => {
                let day = match &date.node {
                    DateExpr::Date(date) => {
                        matches!(date.precision(), Precision::Day | Precision::Second)
                    }
                    DateExpr::Today | DateExpr::Yesterday | DateExpr::Ago(..) => true,
                    DateExpr::Parameter(_) => false,
                };
                write!(f, "{} {}", if day { "on" } else { "in" }, date.node)
            }
            Time::Between(from, until) => write!(f, "between {} and {}", from.node, until.node),
            Time::Since(date) => write!(f, "since {}", date.node),
            Time::After(date) => write!(f, "after {}", date.node),
            Time::Before(date) => write!(f, "before {}", date.node),
            Time::Until(date) => write!(f, "until {}", date.node),
            Time::Last(count, unit) => write!(f, "in the last {count} {}", plural(*unit)),
        }
    }
}

fn plural(unit: Unit) -> &'static str {
    match unit {
        Unit::Day => "days",
        Unit::Week => "weeks",
        Unit::Month => "months",
        Unit::Year => "years",
    }
}

impl Display for DateExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            DateExpr::Date(date) => write!(f, "{date}"),
            DateExpr::Today => write!(f, "today"),
            DateExpr::Yesterday => write!(f, "yesterday"),
            DateExpr::Ago(count, unit) => write!(f, "{count} {} ago", plural(*unit)),
            DateExpr::Parameter(name) => write!(f, "${name}"),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Condition::Compare {
                path,
                comparison,
                value,
            } => {
                write!(f, "{} {comparison} {}", path.node.join("."), value.node)
            }
            Condition::Unknown { path, negated } => {
                let not = if *negated { "not " } else { "" };
                write!(f, "{} is {not}unknown", path.node.join("."))
            }
            Condition::Not(inner) => write!(f, "not ({inner})"),
            Condition::And(parts) => {
                let part = |part: &Condition| match part {
                    Condition::Or(_) => format!("({part})"),
                    Condition::Compare { .. }
                    | Condition::Unknown { .. }
                    | Condition::Not(_)
                    | Condition::And(_) => part.to_string(),
                };
                write!(
                    f,
                    "{}",
                    parts.iter().map(part).collect::<Vec<_>>().join(" and ")
                )
            }
            Condition::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(Condition::to_string).collect();
                write!(f, "{}", parts.join(" or "))
            }
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Literal::Text(text) => write!(f, "{}", string(text)),
            Literal::Number(number) => write!(f, "{number}"),
            Literal::Percent(number) => write!(f, "{number}%"),
            Literal::Date(date) => write!(f, "{date}"),
            Literal::Bool(value) => write!(f, "{value}"),
            Literal::Parameter(name) => write!(f, "${name}"),
        }
    }
}

impl Display for Tail {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if !self.per.is_empty() {
            let nouns: Vec<&str> = self.per.iter().map(|noun| noun.node.as_str()).collect();
            write!(f, " per {}", nouns.join(", "))?;
        }
        if !self.sorted.is_empty() {
            let key = |key: &crate::language::question::ast::SortKey| {
                let way = if key.descending { " descending" } else { "" };
                format!("{}{way}", key.path.node.join("."))
            };
            let keys: Vec<String> = self.sorted.iter().map(key).collect();
            write!(f, " sorted by {}", keys.join(", "))?;
        }
        match &self.limit {
            Some(limit) => write!(f, " top {}", limit.node),
            None => Ok(()),
        }
    }
}

impl Display for Paths {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (from, to) = (closed(&self.from.node, true), closed(&self.to.node, true));
        match self.kind {
            PathKind::Connected => write!(f, "how is {from} connected to {to}")?,
            PathKind::Shortest => write!(f, "shortest path from {from} to {to}")?,
            PathKind::AllShortest => write!(f, "all shortest paths from {from} to {to}")?,
            PathKind::All => write!(f, "all paths from {from} to {to}")?,
        }
        if let Some(within) = &self.within {
            write!(f, " within {} hops", within.node)?;
        }
        if !self.via.is_empty() {
            let via: Vec<&str> = self.via.iter().map(|via| via.node.as_str()).collect();
            write!(f, " via {}", via.join(", "))?;
        }
        if let Some(avoiding) = &self.avoiding {
            write!(f, " avoiding {}", shown(&avoiding.node, true))?;
        }
        each(&self.qualifiers, f)
    }
}

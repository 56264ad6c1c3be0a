//! Rules as text, in one canonical spelling: reading what is printed gives the same rule.

use crate::language::spelling::{article, name, string};
use crate::language::statement::values::value;
use crate::model::{Rule, RuleCondition, RuleFact, RuleLimits, RuleTerm, RuleTime};

/// A rule as a sentence with its dot; of one that is not in force, a second sentence says so.
pub fn print(rule: &Rule) -> String {
    let named = match rule.name.is_empty() {
        true => String::new(),
        false => format!("rule {}: ", word(&rule.name)),
    };
    let off = match rule.on {
        true => String::new(),
        false => format!("\nrule {} off.", word(&rule.name)),
    };
    format!("{named}{}.{off}", content(rule))
}

/// What a rule says, without its name and its dot.
pub fn content(rule: &Rule) -> String {
    let body: Vec<String> = rule.body.iter().map(condition).collect();
    format!("{} if {}", fact(&rule.head), body.join(" and "))
}

/// A name of a rule as it is written.
pub fn word(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    match plain {
        true => text.to_owned(),
        false => string(text),
    }
}

/// A term as it is written.
pub fn term(term: &RuleTerm) -> String {
    match term {
        RuleTerm::Variable(variable) => format!("?{variable}"),
        RuleTerm::Name(handle) => name(handle),
    }
}

fn fact(fact: &RuleFact) -> String {
    let (subject, object) = (term(&fact.subject), term(&fact.object));
    format!("{subject} {} {object}", fact.relation)
}

/// One condition as it is written.
pub fn condition(condition: &RuleCondition) -> String {
    let not = |negated: &bool| if *negated { "not " } else { "" };
    match condition {
        RuleCondition::Fact {
            fact,
            negated,
            limits,
        } => format!(
            "{}{}{}",
            not(negated),
            self::fact(fact),
            self::limits(limits)
        ),
        RuleCondition::IsA {
            term: of,
            kind,
            negated,
        } => format!("{} is {}{} {kind}", term(of), not(negated), article(kind)),
        RuleCondition::Same {
            left,
            right,
            negated,
        } => format!("{} is {}{}", term(left), not(negated), term(right)),
        RuleCondition::Property {
            of,
            key,
            compare,
            value: with,
        } => format!("?{of}.{key} {} {}", compare.symbol(), value(with)),
    }
}

fn limits(limits: &RuleLimits) -> String {
    let mut out = String::new();
    for time in &limits.times {
        out.push_str(&match time {
            RuleTime::In(date) => format!(" in {date}"),
            RuleTime::Between(from, until) => format!(" between {from} and {until}"),
            RuleTime::Since(date) => format!(" since {date}"),
            RuleTime::After(date) => format!(" after {date}"),
            RuleTime::Before(date) => format!(" before {date}"),
            RuleTime::Until(date) => format!(" until {date}"),
        });
    }
    for (names, negated) in &limits.sources {
        let names: Vec<String> = names.iter().map(|handle| name(handle)).collect();
        let not = if *negated { " not" } else { "" };
        out.push_str(&format!("{not} according to {}", names.join(" or ")));
    }
    for (compare, number) in &limits.likelihood {
        out.push_str(&format!(" with likelihood {} {number}%", compare.symbol()));
    }
    if let Some(level) = limits.confidence {
        out.push_str(&format!(" with {} confidence", level.name()));
    }
    if let Some(most) = limits.marking {
        out.push_str(&format!(" marked at most {}", most.name()));
    }
    out
}

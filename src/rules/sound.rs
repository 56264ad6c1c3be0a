//! Whether rules that come from elsewhere, and not as sentences, could be those of a case: no variable
//! may be anything, no relation unknown, no cycle through `not`. It corrects nothing.

use crate::model::{Rule, RuleCondition, RuleTerm, Rules, Vocabulary};
use crate::rules::strata::{cycle_through_not, names};

/// How many conditions a rule may have, and so how many variables.
pub const CONDITIONS: usize = 32;

/// What is wrong with rules: a title and what it is about.
pub fn flaw(rules: &Rules, words: &Vocabulary) -> Option<(String, String)> {
    let own = rules.all().iter().find_map(|rule| {
        let (title, label) = of_rule(rule, words)?;
        Some((title, format!("rule {}: {label}", rule.name)))
    });
    own.or_else(|| {
        let cycle = cycle_through_not(rules)?;
        Some((
            "these rules would depend on their own absence".to_owned(),
            format!("the cycle: {}", cycle.join(", ")),
        ))
    })
}

fn of_rule(rule: &Rule, words: &Vocabulary) -> Option<(String, String)> {
    if rule.body.len() > CONDITIONS {
        return Some((
            "this rule has too many conditions".to_owned(),
            format!("more than {CONDITIONS}"),
        ));
    }
    let unknown = |name: &&str| words.relation_named(name).is_none();
    if let Some(name) = names(rule).into_iter().find(unknown) {
        return Some((
            format!("there is no relation `{name}`"),
            "it names a relation that was not declared".to_owned(),
        ));
    }
    if words.relation_named(&rule.head.relation) == Some(Vocabulary::ALSO_KNOWN_AS) {
        return Some((
            "a rule cannot give names".to_owned(),
            "names come from sources".to_owned(),
        ));
    }
    let mut bound: Vec<&str> = Vec::new();
    for condition in &rule.body {
        if let RuleCondition::Fact {
            fact,
            negated: false,
            ..
        } = condition
        {
            bound.extend(fact.subject.variable());
            bound.extend(fact.object.variable());
        }
    }
    if bound.is_empty() {
        return Some((
            "this rule finds nothing to hold for".to_owned(),
            "no condition says what somebody did to whom".to_owned(),
        ));
    }
    let mut used: Vec<&str> = Vec::new();
    let head = [&rule.head.subject, &rule.head.object];
    used.extend(head.into_iter().filter_map(RuleTerm::variable));
    for condition in &rule.body {
        match condition {
            RuleCondition::Fact { fact, .. } => {
                let ends = [&fact.subject, &fact.object];
                used.extend(ends.into_iter().filter_map(RuleTerm::variable));
            }
            RuleCondition::IsA { term, .. } => used.extend(term.variable()),
            RuleCondition::Same { left, right, .. } => {
                used.extend([left, right].into_iter().filter_map(RuleTerm::variable));
            }
            RuleCondition::Property { of, .. } => used.push(of),
        }
    }
    let free = used.into_iter().find(|name| !bound.contains(name))?;
    Some((
        format!("`?{free}` could be anything"),
        format!("no condition without `not` says what `?{free}` did"),
    ))
}

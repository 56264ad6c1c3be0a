//! The rules of a case as a line of a dump, and back.

use crate::dump::spelled::Word;
use crate::dump::values::Told;
use crate::model::compare::Compare;
use crate::model::rule::{Rule, RuleCondition, RuleFact, RuleLimits, RuleTerm, RuleTime, Rules};
use crate::model::{Confidence, Marking, PartialDate};
use serde::{Deserialize, Serialize};

/// All rules from now on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesLine {
    /// `rules`
    pub entry: String,
    /// How often they were changed.
    pub version: u64,
    /// The rules in the order of declaration.
    pub rules: Vec<RuleField>,
}

/// A rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleField {
    name: String,
    on: bool,
    head: FactField,
    body: Vec<Condition>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Term {
    Variable(String),
    Name(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactField {
    subject: Term,
    relation: String,
    object: Term,
}

type Date = Word<PartialDate>;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Time {
    In(Date),
    Between(Date, Date),
    Since(Date),
    After(Date),
    Before(Date),
    Until(Date),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    times: Vec<Time>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    likelihood: Vec<(Word<Compare>, Word<f32>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<Word<Confidence>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<(Vec<String>, bool)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marking: Option<Word<Marking>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Condition {
    Fact {
        fact: FactField,
        negated: bool,
        limits: Limits,
    },
    IsA {
        term: Term,
        kind: String,
        negated: bool,
    },
    Same {
        left: Term,
        right: Term,
        negated: bool,
    },
    Property {
        of: String,
        key: String,
        compare: Word<Compare>,
        value: Told,
    },
}

/// The rules as a line.
pub fn line(rules: &Rules) -> RulesLine {
    let field = |rule: &Rule| RuleField {
        name: rule.name.clone(),
        on: rule.on,
        head: fact_field(&rule.head),
        body: rule.body.iter().map(condition_field).collect(),
    };
    RulesLine {
        entry: "rules".to_owned(),
        version: rules.version(),
        rules: rules.all().iter().map(field).collect(),
    }
}

/// The rules of a line; nothing where two have one name.
pub fn rules(line: RulesLine) -> Option<Rules> {
    let rule = |of: RuleField| Rule {
        name: of.name,
        on: of.on,
        head: fact(of.head),
        body: of.body.into_iter().map(condition).collect(),
    };
    Rules::restored(line.rules.into_iter().map(rule).collect(), line.version)
}

fn term_field(of: &RuleTerm) -> Term {
    match of {
        RuleTerm::Variable(name) => Term::Variable(name.clone()),
        RuleTerm::Name(name) => Term::Name(name.clone()),
    }
}

fn term(of: Term) -> RuleTerm {
    match of {
        Term::Variable(name) => RuleTerm::Variable(name),
        Term::Name(name) => RuleTerm::Name(name),
    }
}

fn fact_field(of: &RuleFact) -> FactField {
    FactField {
        subject: term_field(&of.subject),
        relation: of.relation.clone(),
        object: term_field(&of.object),
    }
}

fn fact(of: FactField) -> RuleFact {
    RuleFact {
        subject: term(of.subject),
        relation: of.relation,
        object: term(of.object),
    }
}

fn time_field(of: &RuleTime) -> Time {
    match of {
        RuleTime::In(date) => Time::In(Word(*date)),
        RuleTime::Between(from, until) => Time::Between(Word(*from), Word(*until)),
        RuleTime::Since(date) => Time::Since(Word(*date)),
        RuleTime::After(date) => Time::After(Word(*date)),
        RuleTime::Before(date) => Time::Before(Word(*date)),
        RuleTime::Until(date) => Time::Until(Word(*date)),
    }
}

fn time(of: Time) -> RuleTime {
    match of {
        Time::In(date) => RuleTime::In(date.0),
        Time::Between(from, until) => RuleTime::Between(from.0, until.0),
        Time::Since(date) => RuleTime::Since(date.0),
        Time::After(date) => RuleTime::After(date.0),
        Time::Before(date) => RuleTime::Before(date.0),
        Time::Until(date) => RuleTime::Until(date.0),
    }
}

fn limits_field(of: &RuleLimits) -> Limits {
    let likelihood = of.likelihood.iter();
    Limits {
        times: of.times.iter().map(time_field).collect(),
        likelihood: likelihood
            .map(|(compare, least)| (Word(*compare), Word(*least)))
            .collect(),
        confidence: of.confidence.map(Word),
        sources: of.sources.clone(),
        marking: of.marking.map(Word),
    }
}

fn limits(of: Limits) -> RuleLimits {
    let likelihood = of.likelihood.into_iter();
    RuleLimits {
        times: of.times.into_iter().map(time).collect(),
        likelihood: likelihood
            .map(|(compare, least)| (compare.0, least.0))
            .collect(),
        confidence: of.confidence.map(|word| word.0),
        sources: of.sources,
        marking: of.marking.map(|word| word.0),
    }
}

fn condition_field(of: &RuleCondition) -> Condition {
    match of {
        RuleCondition::Fact {
            fact,
            negated,
            limits,
        } => Condition::Fact {
            fact: fact_field(fact),
            negated: *negated,
            limits: limits_field(limits),
        },
        RuleCondition::IsA {
            term,
            kind,
            negated,
        } => Condition::IsA {
            term: term_field(term),
            kind: kind.clone(),
            negated: *negated,
        },
        RuleCondition::Same {
            left,
            right,
            negated,
        } => Condition::Same {
            left: term_field(left),
            right: term_field(right),
            negated: *negated,
        },
        RuleCondition::Property {
            of,
            key,
            compare,
            value,
        } => Condition::Property {
            of: of.clone(),
            key: key.clone(),
            compare: Word(*compare),
            value: Told(value.clone()),
        },
    }
}

fn condition(of: Condition) -> RuleCondition {
    match of {
        Condition::Fact {
            fact: said,
            negated,
            limits: which,
        } => RuleCondition::Fact {
            fact: fact(said),
            negated,
            limits: limits(which),
        },
        Condition::IsA {
            term: who,
            kind,
            negated,
        } => RuleCondition::IsA {
            term: term(who),
            kind,
            negated,
        },
        Condition::Same {
            left,
            right,
            negated,
        } => RuleCondition::Same {
            left: term(left),
            right: term(right),
            negated,
        },
        Condition::Property {
            of,
            key,
            compare,
            value,
        } => RuleCondition::Property {
            of,
            key,
            compare: compare.0,
            value: value.0,
        },
    }
}

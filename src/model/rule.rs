//! A rule as plain data: what follows for whom if some things are claimed. Relations, types and
//! entities are named as a case names them, so that a rule can be printed, kept and compared
//! without a case. It evaluates nothing.

use crate::model::claim::Marking;
use crate::model::compare::Compare;
use crate::model::date::PartialDate;
use crate::model::likelihood::Confidence;
use crate::model::value::Value;
use minicbor::{Decode, Encode};

/// One rule: the head holds for every way in which all conditions hold.
#[derive(Encode, Decode, Clone, Debug, PartialEq)]
#[cbor(map)]
pub struct Rule {
    /// Its name, unique in a case. Left empty, a case gives it one after its head.
    #[n(0)]
    pub name: String,
    /// Whether it is in force.
    #[n(1)]
    pub on: bool,
    /// What follows.
    #[n(2)]
    pub head: RuleFact,
    /// What must hold, in the order of writing.
    #[n(3)]
    pub body: Vec<RuleCondition>,
}

impl Rule {
    /// Whether both say the same, whatever they are called and whether they are in force.
    pub fn same_content(&self, other: &Rule) -> bool {
        self.head == other.head && self.body == other.body
    }
}

/// A variable or the handle of an entity.
#[derive(Encode, Decode, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleTerm {
    /// `?group`, without the question mark.
    #[n(0)]
    Variable(#[n(0)] String),
    /// `UK_Parliament`
    #[n(1)]
    Name(#[n(0)] String),
}

impl RuleTerm {
    /// The name of the variable, if it is one.
    pub fn variable(&self) -> Option<&str> {
        match self {
            RuleTerm::Variable(name) => Some(name),
            RuleTerm::Name(_) => None,
        }
    }
}

/// Subject, relation, object.
#[derive(Encode, Decode, Clone, Debug, PartialEq)]
#[cbor(map)]
pub struct RuleFact {
    /// Who.
    #[n(0)]
    pub subject: RuleTerm,
    /// The canonical name of the relation.
    #[n(1)]
    pub relation: String,
    /// To whom.
    #[n(2)]
    pub object: RuleTerm,
}

/// A window of valid time, by its dates as written.
#[derive(Encode, Decode, Clone, Copy, Debug, PartialEq)]
pub enum RuleTime {
    /// `in 2021`
    #[n(0)]
    In(#[n(0)] PartialDate),
    /// `between 2019 and 2021`
    #[n(1)]
    Between(#[n(0)] PartialDate, #[n(1)] PartialDate),
    /// `since 2019`
    #[n(2)]
    Since(#[n(0)] PartialDate),
    /// `after 2019`
    #[n(3)]
    After(#[n(0)] PartialDate),
    /// `before 2022`
    #[n(4)]
    Before(#[n(0)] PartialDate),
    /// `until 2022`
    #[n(5)]
    Until(#[n(0)] PartialDate),
}

impl RuleTime {
    /// The window `[start, end)` in seconds since 1970.
    pub fn window(self) -> (i64, i64) {
        match self {
            RuleTime::In(date) => (date.start(), date.end()),
            RuleTime::Between(from, until) => (from.start(), until.end()),
            RuleTime::Since(date) => (date.start(), i64::MAX),
            RuleTime::After(date) => (date.end(), i64::MAX),
            RuleTime::Before(date) => (i64::MIN, date.start()),
            RuleTime::Until(date) => (i64::MIN, date.end()),
        }
    }
}

/// Which claims count for a premise.
#[derive(Encode, Decode, Clone, Debug, Default, PartialEq)]
#[cbor(map)]
pub struct RuleLimits {
    /// It happened in all of these windows, certainly or possibly.
    #[n(0)]
    pub times: Vec<RuleTime>,
    /// Likelihoods in percent.
    #[n(1)]
    pub likelihood: Vec<(Compare, f32)>,
    /// Least analytic confidence.
    #[n(2)]
    pub confidence: Option<Confidence>,
    /// Sources by name; with `true`: none of these.
    #[n(3)]
    pub sources: Vec<(Vec<String>, bool)>,
    /// Most restrictive marking.
    #[n(4)]
    pub marking: Option<Marking>,
}

/// One condition of a rule.
#[derive(Encode, Decode, Clone, Debug, PartialEq)]
pub enum RuleCondition {
    /// Somebody says so; negated: nobody says so.
    #[n(0)]
    Fact {
        /// What.
        #[n(0)]
        fact: RuleFact,
        /// `not`
        #[n(1)]
        negated: bool,
        /// Which claims count.
        #[n(2)]
        limits: RuleLimits,
    },
    /// `?x is a country`
    #[n(1)]
    IsA {
        /// Who.
        #[n(0)]
        term: RuleTerm,
        /// The name of the type.
        #[n(1)]
        kind: String,
        /// `is not a`
        #[n(2)]
        negated: bool,
    },
    /// `?a is not ?b`, `?a is ?b`
    #[n(2)]
    Same {
        /// One.
        #[n(0)]
        left: RuleTerm,
        /// The other.
        #[n(1)]
        right: RuleTerm,
        /// `is not`
        #[n(2)]
        negated: bool,
    },
    /// `?x.population > 1000000`
    #[n(3)]
    Property {
        /// The variable.
        #[n(0)]
        of: String,
        /// The key.
        #[n(1)]
        key: String,
        /// How.
        #[n(2)]
        compare: Compare,
        /// With what.
        #[n(3)]
        value: Value,
    },
}

/// The rules of a case, each under a name of its own.
#[derive(Encode, Decode, Clone, Debug, Default, PartialEq)]
#[cbor(map)]
pub struct Rules {
    #[n(0)]
    list: Vec<Rule>,
    /// Counts changes, so that what was derived before one is known to be old.
    #[n(1)]
    version: u64,
}

impl Rules {
    /// The rules as they were; nothing where two have one name.
    pub fn restored(list: Vec<Rule>, version: u64) -> Option<Rules> {
        let mut names = std::collections::BTreeSet::new();
        let own = list.iter().all(|rule| names.insert(rule.name.as_str()));
        own.then_some(Rules { list, version })
    }

    /// All of them, in the order of declaration.
    pub fn all(&self) -> &[Rule] {
        &self.list
    }

    /// Those in force.
    pub fn in_force(&self) -> impl Iterator<Item = &Rule> {
        self.list.iter().filter(|rule| rule.on)
    }

    /// How often they were changed.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The rule of a name.
    pub fn named(&self, name: &str) -> Option<&Rule> {
        self.list.iter().find(|rule| rule.name == name)
    }

    /// Takes a rule in; tells whether anything has changed.
    pub fn declare(&mut self, mut rule: Rule) -> bool {
        let known = self.list.iter().position(|known| known.same_content(&rule));
        if let Some(at) = known {
            let on = rule.on != self.list[at].on;
            self.list[at].on = rule.on;
            self.version += u64::from(on);
            return on;
        }
        self.version += 1;
        if rule.name.is_empty() {
            rule.name = self.free_name(&rule.head.relation);
        } else if let Some(at) = self.list.iter().position(|known| known.name == rule.name) {
            self.list[at] = rule;
            return true;
        }
        self.list.push(rule);
        true
    }

    /// Puts a rule in force or out of it; tells whether there is such a rule, and whether anything
    /// has changed.
    pub fn switch(&mut self, name: &str, on: bool) -> Option<bool> {
        let rule = self.list.iter_mut().find(|rule| rule.name == name)?;
        let changed = rule.on != on;
        rule.on = on;
        self.version += u64::from(changed);
        Some(changed)
    }

    /// Takes a rule away; tells whether there was one.
    pub fn drop(&mut self, name: &str) -> bool {
        let before = self.list.len();
        self.list.retain(|rule| rule.name != name);
        let gone = self.list.len() < before;
        self.version += u64::from(gone);
        gone
    }

    fn free_name(&self, relation: &str) -> String {
        let taken = |name: &str| self.named(name).is_some();
        let mut name = relation.to_owned();
        let mut number = 2;
        while taken(&name) {
            name = format!("{relation}-{number}");
            number += 1;
        }
        name
    }
}

//! The syntax tree of a rule: what was written, with the place of each part. Verbs and nouns are as
//! they were written.

use crate::language::question::ast::{Comparison, Literal, Qualifier, Voice};
use crate::model::{Marking, RuleTerm};
use crate::text::{Span, Spanned};

/// What a text about rules says.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleText {
    /// A rule.
    Rule(Rule),
    /// `rule NAME on`
    Switch(Spanned<String>, bool),
    /// `drop rule NAME`
    Drop(Spanned<String>),
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// `rule NAME:`
    pub name: Option<Spanned<String>>,
    /// What follows.
    pub head: Fact,
    /// What must hold.
    pub body: Vec<Spanned<Condition>>,
}

/// Two terms and the verb between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Who.
    pub subject: Spanned<RuleTerm>,
    /// How the verb stands.
    pub voice: Voice,
    /// The verb.
    pub verb: Spanned<String>,
    /// The word behind it.
    pub particle: Option<Spanned<String>>,
    /// To whom.
    pub object: Spanned<RuleTerm>,
    /// `not` before the verb, and where.
    pub not: Option<Span>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Somebody says so, or with `not` nobody does.
    Fact {
        /// What.
        fact: Fact,
        /// Nobody says so.
        negated: bool,
        /// `probably`
        adverb: Option<Spanned<String>>,
        /// Time, source, likelihood.
        limits: Vec<Spanned<Qualifier>>,
        /// `marked at most TLP:AMBER`
        marking: Option<Marking>,
    },
    /// `?x is a country`
    IsA(Spanned<RuleTerm>, Spanned<String>, bool),
    /// `?a is not ?b`
    Same(Spanned<RuleTerm>, Spanned<RuleTerm>, bool),
    /// `?x.population > 1000000`
    Property {
        /// The variable, without its question mark.
        of: Spanned<String>,
        /// The key.
        key: String,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Spanned<Literal>,
    },
}

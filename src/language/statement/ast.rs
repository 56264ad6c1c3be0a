//! The syntax tree of a sentence of the facts text. Verbs and nouns are as they were written.

use crate::language::question::ast::{DateExpr, Fact, Operands, Qualifier, Time};
use crate::model::{
    Confidence, Credibility, Marking, RelationDeclaration, Reliability, TypeDeclaration, Value,
};
use crate::text::Spanned;

/// One sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Sentence {
    /// `type parliament is an institution.`
    Type(TypeDeclaration),
    /// `relation targeted (actor -> entity), base target.`
    Relation(Spanned<RelationDeclaration>),
    /// `APT31 is a group, also Zirconium according to Microsoft.`
    Entity {
        /// The entity.
        name: Spanned<String>,
        /// An anonymous party.
        unnamed: bool,
        /// Its types.
        nouns: Vec<Spanned<String>>,
        /// Its display title.
        title: Option<String>,
        /// Its other names.
        aliases: Vec<Alias>,
    },
    /// `China has population 1411000000 and id wikidata "Q148".`
    Has {
        /// The entity.
        name: Spanned<String>,
        /// What it has.
        items: Vec<Item>,
    },
    /// A claim.
    Claim(Stated),
    /// `retract …`
    Retract(Taken, Option<String>),
    /// `merge A into B`
    Merge {
        /// The one that goes.
        entity: Spanned<String>,
        /// The one that stays.
        into: Spanned<String>,
        /// What is said about the judgement.
        clauses: Vec<Spanned<Clause>>,
        /// Why.
        because: Option<String>,
    },
    /// `unmerge A`
    Unmerge(Spanned<String>, Option<String>),
    /// `correct #12 to …`
    Correct(u32, Stated, Option<String>),
}

/// What is taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// A claim by its number.
    Number(u32),
    /// The claims that a sentence would make.
    Claim(Stated),
}

/// Another name.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: Spanned<String>,
    /// Whose word it is.
    pub sources: Option<Spanned<Operands>>,
    /// When they used it.
    pub on: Option<Spanned<DateExpr>>,
}

/// What an entity has.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A property.
    Property(Spanned<String>, Value),
    /// The same under a key in quotes, which may be any text.
    Quoted(String, Value),
    /// An id outside: scheme and id.
    Id(String, String),
}

/// A claim as it is stated.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    /// `S denies that …`, `denied: …`
    pub denied: bool,
    /// What is claimed; its qualifiers are time, source and likelihood.
    pub fact: Fact,
    /// What is said about the claim.
    pub clauses: Vec<Spanned<Clause>>,
}

/// What is said about a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// Who says so; several: jointly.
    Source(Spanned<Operands>),
    /// `via V`
    Via(Spanned<Operands>),
    /// `on 2024-03-25`, behind a comma or a source.
    Reported(Spanned<DateExpr>),
    /// `valid in 2021`
    Valid(Time),
    /// `see "…"`
    Reference(String),
    /// `at "paragraph 2"`
    Locator(String),
    /// `quote "…"`
    Quote(String),
    /// `with likelihood 70%`, `with high confidence`
    Level(Qualifier),
    /// `with moderate confidence`
    Confidence(Confidence),
    /// `reliability B`
    Reliability(Reliability),
    /// `credibility 2`
    Credibility(Credibility),
    /// `marked TLP:AMBER`
    Marking(Marking),
    /// `with role "head"`
    Property(String, Value),
}

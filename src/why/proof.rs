//! What a proof is: a tree of facts, each stated by claims or given by a rule from the facts below
//! it. Plain data.

use crate::answer::Fact;
use crate::graph::Row;
use crate::rules::Annotation;

/// Why a fact holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// The fact.
    pub fact: Fact,
    /// What it carries: likelihood, period, marking, since when known.
    pub annotation: Annotation,
    /// Why.
    pub reason: Reason,
}

/// Why one fact of a proof holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Somebody says so: the claim.
    Stated(Row),
    /// A rule gives it.
    Rule {
        /// The rule, by its place among those of the case.
        rule: usize,
        /// What its variables stand for.
        bound: Vec<(String, u32)>,
        /// One for each condition, in order.
        premises: Vec<Premise>,
    },
}

/// Why one condition of a rule holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Premise {
    /// The fact and why it holds.
    Fact(Box<Proof>),
    /// Nobody says so, and no rule gives it.
    Absent(Fact),
    /// It is a test that the case itself answers: a type, a property, who is who.
    Test,
}

impl Proof {
    /// The claims at the leaves, each once, in the order of the tree.
    pub fn claims(&self) -> Vec<Row> {
        let mut claims = Vec::new();
        self.each(&mut |proof| {
            if let Reason::Stated(row) = proof.reason
                && !claims.contains(&row)
            {
                claims.push(row);
            }
        });
        claims
    }

    /// Visits this proof and those below it.
    pub fn each(&self, visit: &mut dyn FnMut(&Proof)) {
        visit(self);
        if let Reason::Rule { premises, .. } = &self.reason {
            for premise in premises {
                match premise {
                    Premise::Fact(proof) => proof.each(visit),
                    Premise::Absent(_) | Premise::Test => {}
                }
            }
        }
    }

    /// How many facts it has.
    pub fn size(&self) -> usize {
        let mut size = 0;
        self.each(&mut |_| size += 1);
        size
    }
}

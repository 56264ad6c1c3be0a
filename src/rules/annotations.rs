//! What a fact carries beside its ends: how likely, when, how marked and since when known. What is
//! derived carries what all its premises allow together: the likelihood of the weakest link, the
//! period in which all hold, the most restrictive marking, the latest recording.
//!
//! Of several proofs of one fact those are kept that no other outdoes in every respect, so that the
//! best likelihood is there and also the proof that holds in another year. It blends nothing.

use crate::graph::{Columns, Row};
use crate::model::{Marking, Period, TxId};
use rustc_hash::FxHashMap;

/// What a fact carries beside its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Annotation {
    /// Code of the likelihood, plus one; 0: none is given. A premise without one limits nothing.
    pub likelihood: u16,
    /// When it holds; unknown limits nothing.
    pub valid: Period,
    /// The most restrictive marking.
    pub marking: Option<Marking>,
    /// The transaction of the last premise.
    pub transaction: u32,
}

/// The number by which an annotation is known.
pub type Code = u32;

/// All annotations that occur, each once.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    all: Vec<Annotation>,
    codes: FxHashMap<Annotation, Code>,
    /// Percent by code of likelihood, minus one.
    likelihoods: Vec<f32>,
    /// Seconds by transaction.
    recorded: Vec<i64>,
    /// The last one that a claim had: claims of one load often carry the same.
    last: Option<(Annotation, Code)>,
    joined: FxHashMap<(Code, Code), Option<Code>>,
    outdone: FxHashMap<(Code, Code), bool>,
}

impl Annotations {
    /// None yet, over the likelihoods and transactions of a case.
    pub fn new(columns: &Columns) -> Annotations {
        let mut fresh = Annotations::default();
        fresh.refresh(columns);
        fresh
    }

    /// Takes in likelihoods and transactions that came since.
    pub fn refresh(&mut self, columns: &Columns) {
        let numbers = columns.likelihoods().iter();
        self.likelihoods = numbers.map(|likelihood| likelihood.number).collect();
        let known = self.recorded.len() as u32..columns.transactions() as u32;
        self.recorded
            .extend(known.map(|at| columns.transaction_time(TxId(at))));
    }

    /// The annotation of a stated claim.
    pub fn of_claim(&mut self, columns: &Columns, row: Row) -> Code {
        let own = Annotation {
            likelihood: columns.likelihood_code(row),
            valid: columns.valid(row),
            marking: columns.marking(row),
            transaction: columns.transaction(row).0,
        };
        if let Some((last, code)) = self.last
            && last == own
        {
            return code;
        }
        let code = self.code(own);
        self.last = Some((own, code));
        code
    }

    /// The number of an annotation.
    pub fn code(&mut self, annotation: Annotation) -> Code {
        *self.codes.entry(annotation).or_insert_with(|| {
            self.all.push(annotation);
            self.all.len() as Code - 1
        })
    }

    /// The annotation of a number.
    pub fn get(&self, code: Code) -> Annotation {
        self.all[code as usize]
    }

    /// Percent of a likelihood's code.
    pub fn number(&self, likelihood: u16) -> Option<f32> {
        let at = usize::from(likelihood).checked_sub(1)?;
        self.likelihoods.get(at).copied()
    }

    /// What two premises allow together; nothing where they never hold at one time.
    #[inline]
    pub fn join(&mut self, a: Code, b: Code) -> Option<Code> {
        if a == b {
            return Some(a);
        }
        if let Some(known) = self.joined.get(&(a, b)) {
            return *known;
        }
        let joined = self.joined_of(self.get(a), self.get(b));
        let code = joined.map(|joined| self.code(joined));
        self.joined.insert((a, b), code);
        self.joined.insert((b, a), code);
        code
    }

    /// The same for annotations themselves.
    pub fn joined_of(&self, a: Annotation, b: Annotation) -> Option<Annotation> {
        let numbers = (self.number(a.likelihood), self.number(b.likelihood));
        let likelihood = match numbers {
            (None, _) => b.likelihood,
            (_, None) => a.likelihood,
            (Some(one), Some(other)) if one < other => a.likelihood,
            (Some(one), Some(other)) if other < one => b.likelihood,
            (Some(_), Some(_)) => a.likelihood.min(b.likelihood),
        };
        Some(Annotation {
            likelihood,
            valid: intersection(a.valid, b.valid)?,
            marking: a.marking.max(b.marking),
            transaction: match self.since(a) >= self.since(b) {
                true => a.transaction,
                false => b.transaction,
            },
        })
    }

    fn since(&self, of: Annotation) -> (i64, u32) {
        let at = of.transaction;
        (self.recorded.get(at as usize).copied().unwrap_or(0), at)
    }

    /// Whether one is at least as good as another in every respect. What is not known is neither
    /// better nor worse than what is.
    pub fn outdoes(&mut self, a: Code, b: Code) -> bool {
        if a == b {
            return true;
        }
        if let Some(known) = self.outdone.get(&(a, b)) {
            return *known;
        }
        let (one, other) = (self.get(a), self.get(b));
        let likely = match (self.number(one.likelihood), self.number(other.likelihood)) {
            (None, None) => true,
            (Some(one), Some(other)) => one >= other,
            (None, Some(_)) | (Some(_), None) => false,
        };
        let wide = match (one.valid.is_unknown(), other.valid.is_unknown()) {
            (true, true) => true,
            (false, false) => {
                one.valid.start() <= other.valid.start() && one.valid.end() >= other.valid.end()
            }
            (true, false) | (false, true) => false,
        };
        let found =
            likely && wide && one.marking <= other.marking && self.since(one) <= self.since(other);
        self.outdone.insert((a, b), found);
        found
    }
}

/// The period in which both hold; nothing where they cannot meet. An unknown one limits nothing.
pub fn intersection(a: Period, b: Period) -> Option<Period> {
    if a.is_unknown() {
        return Some(b);
    }
    if b.is_unknown() {
        return Some(a);
    }
    let from = match a.start() >= b.start() {
        true => a.from,
        false => b.from,
    };
    let (until, exclusive) = match a.end() <= b.end() {
        true => (a.until, a.exclusive),
        false => (b.until, b.exclusive),
    };
    let both = Period {
        from,
        until,
        exclusive,
    };
    (both.start() < both.end()).then_some(both)
}

//! The fields of all claims as parallel columns, a row a claim. What repeats is stored once in a
//! dictionary and held as a code. It knows nothing of neighbours.

use crate::graph::derived::{DERIVED, Derived};
use crate::graph::dictionary::Dictionary;
use crate::graph::row::Row;
use crate::graph::rows::Attribution;
use crate::model::{
    Claim, ClaimId, Confidence, Credibility, EntityId, Likelihood, Marking, PartialDate, Period,
    Polarity, RelationId, Reliability, TxId, Value,
};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What few claims have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    /// Code of the reference's text; 0: none.
    pub(in crate::graph) reference: u32,
    pub(in crate::graph) locator: Option<Box<str>>,
    pub(in crate::graph) quote: Option<Box<str>>,
    pub(in crate::graph) properties: Vec<(String, Value)>,
}

/// When changes were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub recorded: i64,
}

/// A retraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// The transaction that took the claim back.
    pub by: TxId,
    /// Why.
    pub because: Option<String>,
}

/// The fields of all claims. Every column has one entry a row.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub(in crate::graph) subject: Vec<u32>,
    pub(in crate::graph) relation: Vec<u16>,
    pub(in crate::graph) object: Vec<u32>,
    pub(in crate::graph) attribution: Vec<u32>,
    pub(in crate::graph) likelihood: Vec<u16>,
    pub(in crate::graph) flags: Vec<u16>,
    pub(in crate::graph) valid: Vec<u32>,
    pub(in crate::graph) reported: Vec<u32>,
    pub(in crate::graph) recorded: Vec<u32>,
    pub(in crate::graph) number: Vec<u32>,
    pub(in crate::graph) detail: Vec<u32>,
    /// Row by claim number, from number 1.
    pub(in crate::graph) row_by_number: Vec<u32>,
    pub(in crate::graph) attributions: Dictionary<Attribution>,
    pub(in crate::graph) likelihoods: Vec<Likelihood>,
    pub(in crate::graph) periods: Dictionary<Period>,
    pub(in crate::graph) references: Dictionary<String>,
    pub(in crate::graph) details: Vec<Detail>,
    pub(in crate::graph) transactions: Vec<Transaction>,
    pub(in crate::graph) retractions: FxHashMap<u32, Retraction>,
    /// Rows that are denials or retracted: all that the default filter may have to leave out.
    pub(in crate::graph) unusual: RoaringBitmap,
    /// Rows that the statement under way deleted: nothing of them may be read any more.
    pub(in crate::graph) dropped: RoaringBitmap,
    /// Likelihoods and periods once more in the order of incoming facts; empty where they would not
    /// be true any more.
    pub(in crate::graph) incoming: (Vec<u16>, Vec<u32>),
    /// Keys of free properties that some claim has or had.
    pub(in crate::graph) free: rustc_hash::FxHashSet<Box<str>>,
    /// What rules derive, in rows of its own.
    pub(in crate::graph) derived: Option<Box<Derived>>,
}

/// Flags: bit 0 polarity, bits 1–2 confidence, 3–5 reliability, 6–8 credibility, 9–11 marking; 0
/// in a field: not given.
pub fn flags<E>(claim: &Claim<E>) -> u16 {
    let polarity = u16::from(claim.polarity == Polarity::Denied);
    let confidence = claim.confidence.map_or(0, |level| level as u16 + 1);
    let reliability = claim.reliability.map_or(0, |grade| grade as u16 + 1);
    let credibility = claim
        .credibility
        .map_or(0, |grade| u16::from(grade.grade()));
    let marking = claim.marking.map_or(0, |marking| marking as u16 + 1);
    polarity | confidence << 1 | reliability << 3 | credibility << 6 | marking << 9
}

impl Columns {
    /// How many claims.
    pub fn len(&self) -> usize {
        self.subject.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty()
    }

    /// Who.
    pub fn subject(&self, row: Row) -> EntityId {
        EntityId(self.ends(row).0)
    }

    /// Did what.
    pub fn relation(&self, row: Row) -> RelationId {
        RelationId(self.ends(row).1)
    }

    /// To whom.
    pub fn object(&self, row: Row) -> EntityId {
        EntityId(self.ends(row).2)
    }

    /// All three at once, which is what makes a fact.
    pub fn ends(&self, row: Row) -> (u32, u16, u32) {
        if let Some((derived, at)) = self.derived_at(row) {
            return derived.ends(at);
        }
        let row = row as usize;
        (self.subject[row], self.relation[row], self.object[row])
    }

    /// The flags of a row; a derived claim is an assertion and has none.
    fn flags_of(&self, row: Row) -> u16 {
        match row < DERIVED {
            true => self.flags[row as usize],
            false => 0,
        }
    }

    /// Asserted or denied.
    pub fn polarity(&self, row: Row) -> Polarity {
        match self.flags_of(row) & 1 {
            0 => Polarity::Asserted,
            _ => Polarity::Denied,
        }
    }

    /// Analytic confidence.
    pub fn confidence(&self, row: Row) -> Option<Confidence> {
        match self.flags_of(row) >> 1 & 3 {
            1 => Some(Confidence::Low),
            2 => Some(Confidence::Moderate),
            3 => Some(Confidence::High),
            _ => None,
        }
    }

    /// Admiralty code of the source.
    pub fn reliability(&self, row: Row) -> Option<Reliability> {
        let code = self.flags_of(row) >> 3 & 7;
        Reliability::ALL
            .get(usize::from(code).wrapping_sub(1))
            .copied()
    }

    /// Admiralty code of the information.
    pub fn credibility(&self, row: Row) -> Option<Credibility> {
        Credibility::new((self.flags_of(row) >> 6 & 7) as u8)
    }

    /// Handling restriction.
    pub fn marking(&self, row: Row) -> Option<Marking> {
        if let Some((derived, at)) = self.derived_at(row) {
            return derived.marking(at);
        }
        let code = self.flags[row as usize] >> 9 & 7;
        Marking::ALL.get(usize::from(code).wrapping_sub(1)).copied()
    }

    /// When it happened.
    pub fn valid(&self, row: Row) -> Period {
        *self.periods.get(self.valid_code(row))
    }

    /// The code of the valid period in [`Columns::periods`].
    pub fn valid_code(&self, row: Row) -> u32 {
        if let Some((derived, at)) = self.derived_at(row) {
            return derived.valid(at);
        }
        self.valid[row as usize]
    }

    /// All distinct periods, by code.
    pub fn periods(&self) -> &[Period] {
        self.periods.items()
    }

    /// How likely, as given.
    pub fn likelihood(&self, row: Row) -> Option<&Likelihood> {
        match self.likelihood_code(row) {
            0 => None,
            code => self.likelihoods.get(usize::from(code) - 1),
        }
    }

    /// How likely, in percent.
    pub fn number(&self, row: Row) -> Option<f32> {
        self.likelihood(row).map(|likelihood| likelihood.number)
    }

    /// All distinct likelihoods, by code - 1.
    pub fn likelihoods(&self) -> &[Likelihood] {
        &self.likelihoods
    }

    /// Who says so.
    pub fn sources(&self, row: Row) -> &[EntityId] {
        match row < DERIVED {
            true => {
                &self
                    .attributions
                    .get(self.attribution[row as usize])
                    .sources
            }
            false => &[],
        }
    }

    /// Who passed it on.
    pub fn via(&self, row: Row) -> &[EntityId] {
        match row < DERIVED {
            true => &self.attributions.get(self.attribution[row as usize]).via,
            false => &[],
        }
    }

    /// All distinct attributions, by code.
    pub fn attributions(&self) -> &[Attribution] {
        self.attributions.items()
    }

    /// When the source said so.
    pub fn reported(&self, row: Row) -> Option<PartialDate> {
        match row < DERIVED {
            true => self.periods.get(self.reported[row as usize]).from,
            false => None,
        }
    }

    /// When it was recorded, in seconds since 1970.
    pub fn recorded(&self, row: Row) -> i64 {
        let transaction = self.transaction(row).index();
        self.transactions
            .get(transaction)
            .map_or(0, |transaction| transaction.recorded)
    }

    /// When a transaction was recorded, in seconds since 1970.
    pub fn recorded_by(&self, transaction: TxId) -> i64 {
        let known = self.transactions.get(transaction.index());
        known.map_or(0, |transaction| transaction.recorded)
    }

    /// The transaction that recorded it.
    pub fn transaction(&self, row: Row) -> TxId {
        match self.derived_at(row) {
            Some((derived, at)) => TxId(derived.transaction(at)),
            None => TxId(self.recorded[row as usize]),
        }
    }

    /// When it was taken back, in seconds since 1970.
    pub fn retracted(&self, row: Row) -> Option<i64> {
        let retraction = self.retractions.get(&row)?;
        self.transactions
            .get(retraction.by.index())
            .map(|transaction| transaction.recorded)
    }

    /// Why it was taken back.
    pub fn retraction_reason(&self, row: Row) -> Option<&str> {
        self.retractions.get(&row)?.because.as_deref()
    }

    /// All rows that are retracted, unsorted.
    pub fn retracted_rows(&self) -> impl Iterator<Item = Row> {
        self.retractions.keys().copied()
    }

    /// Address of the document.
    pub fn reference(&self, row: Row) -> Option<&str> {
        match self.detail(row)?.reference {
            0 => None,
            code => Some(self.references.get(code)),
        }
    }

    /// Page, paragraph.
    pub fn locator(&self, row: Row) -> Option<&str> {
        self.detail(row)?.locator.as_deref()
    }

    /// Short excerpt.
    pub fn quote(&self, row: Row) -> Option<&str> {
        self.detail(row)?.quote.as_deref()
    }

    /// Free properties, sorted by key.
    pub fn properties(&self, row: Row) -> &[(String, Value)] {
        self.detail(row).map_or(&[], |detail| &detail.properties)
    }

    fn detail(&self, row: Row) -> Option<&Detail> {
        match self.detail.get(row as usize).copied().unwrap_or(0) {
            0 => None,
            code => self.details.get(code as usize - 1),
        }
    }

    /// The claim's number.
    pub fn id(&self, row: Row) -> ClaimId {
        match row < DERIVED {
            true => ClaimId(self.number[row as usize]),
            false => ClaimId(row),
        }
    }

    /// The row of a claim's number.
    pub fn row_of(&self, id: ClaimId) -> Option<Row> {
        if let Some((derived, at)) = self.derived_at(id.0) {
            return (at < derived.len()).then_some(id.0);
        }
        self.row_by_number.get(id.index().checked_sub(1)?).copied()
    }

    /// Rows that are denials or retracted.
    pub fn unusual(&self) -> &RoaringBitmap {
        &self.unusual
    }

    /// The whole claim.
    pub fn claim(&self, row: Row) -> Claim<EntityId> {
        Claim {
            subject: self.subject(row),
            relation: self.relation(row),
            object: self.object(row),
            polarity: self.polarity(row),
            sources: self.sources(row).to_vec(),
            via: self.via(row).to_vec(),
            likelihood: self.likelihood(row).cloned(),
            confidence: self.confidence(row),
            reliability: self.reliability(row),
            credibility: self.credibility(row),
            valid: self.valid(row),
            reported: self.reported(row),
            reference: self.reference(row).map(str::to_owned),
            locator: self.locator(row).map(str::to_owned),
            quote: self.quote(row).map(str::to_owned),
            marking: self.marking(row),
            properties: self.properties(row).to_vec(),
        }
    }

    /// The coded fields that filters read, by row.
    pub(in crate::graph) fn outgoing(&self) -> (&[u16], &[u32]) {
        (&self.likelihood, &self.valid)
    }

    /// The same in the order of incoming facts, where they are laid out.
    pub(in crate::graph) fn incoming(&self) -> Option<(&[u16], &[u32])> {
        let (likelihood, valid) = &self.incoming;
        (!likelihood.is_empty()).then_some((likelihood, valid))
    }

    /// The codes of the likelihoods of claims; nothing where one of them was deleted by the statement
    /// under way.
    pub fn likelihood_codes(&self, rows: &[Row]) -> Option<Vec<u32>> {
        let code = |row: &Row| u32::from(self.likelihood_code(*row));
        self.readable(rows).then(|| rows.iter().map(code).collect())
    }

    /// The codes of their periods, in the same way.
    pub fn valid_codes(&self, rows: &[Row]) -> Option<Vec<u32>> {
        let code = |row: &Row| self.valid_code(*row);
        self.readable(rows).then(|| rows.iter().map(code).collect())
    }

    /// The codes of likelihoods and periods of claims that stand together; nothing while the statement
    /// under way has deleted one.
    pub fn codes(&self, rows: Range<Row>) -> Option<(&[u16], &[u32])> {
        if let Some((derived, at)) = self.derived_at(rows.start) {
            return Some(derived.codes(at..at + rows.len()));
        }
        let rows = rows.start as usize..rows.end as usize;
        let some = (&self.likelihood[rows.clone()], &self.valid[rows]);
        self.dropped.is_empty().then_some(some)
    }

    fn readable(&self, rows: &[Row]) -> bool {
        let good = |row: &Row| *row != Row::MAX && !self.dropped.contains(*row);
        match self.dropped.is_empty() {
            true => !rows.contains(&Row::MAX),
            false => rows.iter().all(good),
        }
    }

    /// The code of a likelihood in [`Columns::likelihoods`], plus one; 0: none.
    pub fn likelihood_code(&self, row: Row) -> u16 {
        if let Some((derived, at)) = self.derived_at(row) {
            return derived.likelihood(at);
        }
        self.likelihood[row as usize]
    }

    /// How many transactions there were.
    pub fn transactions(&self) -> usize {
        self.transactions.len()
    }

    /// Whether any claim has or had a free property of this name.
    pub fn has_free(&self, key: &str) -> bool {
        self.free.contains(key)
    }

    /// Whether the statement under way deleted it.
    pub fn is_dropped(&self, row: Row) -> bool {
        self.dropped.contains(row)
    }

    /// Bytes that the columns and dictionaries take on the heap, roughly for the texts.
    pub fn memory(&self) -> usize {
        let rows = self.subject.capacity();
        let row_bytes = 4 * 9 + 2 * 3 + 6;
        let details: usize = self
            .details
            .iter()
            .map(|detail| {
                size_of::<Detail>()
                    + detail.locator.as_ref().map_or(0, |text| text.len())
                    + detail.quote.as_ref().map_or(0, |text| text.len())
                    + detail.properties.len() * size_of::<(String, Value)>()
            })
            .sum();
        rows * row_bytes
            + details
            + self
                .attributions
                .memory(|item| (item.sources.len() + item.via.len()) * 4)
            + self.periods.memory(|_| 0)
            + self.references.memory(String::len)
    }
}

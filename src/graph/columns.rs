//! The fields of all claims as parallel columns, a row a claim. What repeats is stored once in a
//! dictionary and held as a code. It knows nothing of neighbours.

use crate::graph::column::Column;
use crate::graph::derived::{DERIVED, Derived};
use crate::graph::dictionary::Dictionary;
use crate::graph::lazy::Lazy;
use crate::graph::merged::SaidBy;
use crate::graph::records::Records;
use crate::graph::row::Row;
use crate::model::{
    Attribution, Claim, ClaimId, Confidence, Credibility, EntityId, Likelihood, Marking,
    PartialDate, Period, Polarity, RelationId, Reliability, RowDetail, TxId, Value,
};
use minicbor::{Decode, Encode};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What few claims have.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Detail {
    /// Code of the reference's text; 0: none.
    #[n(0)]
    pub(in crate::graph) reference: u32,
    #[n(1)]
    pub(in crate::graph) locator: Option<Box<str>>,
    #[n(2)]
    pub(in crate::graph) quote: Option<Box<str>>,
    #[cbor(n(3), skip_if = "Vec::is_empty")]
    pub(in crate::graph) properties: Vec<(String, Value)>,
}

/// When changes were recorded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Transaction {
    /// Seconds since 1970-01-01T00:00:00Z.
    #[n(0)]
    pub recorded: i64,
    /// Who recorded it, if that was said.
    #[n(1)]
    pub by: Option<Box<str>>,
    /// Why, if that was said.
    #[n(2)]
    pub because: Option<Box<str>>,
}

/// A retraction.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Retraction {
    /// The transaction that took the claim back.
    #[n(0)]
    pub by: TxId,
    /// Why.
    #[n(1)]
    pub because: Option<String>,
}

/// The fields of all claims. Every column has one entry a row.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub(in crate::graph) subject: Column<u32>,
    pub(in crate::graph) relation: Column<u16>,
    pub(in crate::graph) object: Column<u32>,
    pub(in crate::graph) attribution: Column<u32>,
    pub(in crate::graph) likelihood: Column<u16>,
    pub(in crate::graph) flags: Column<u16>,
    pub(in crate::graph) valid: Column<u32>,
    pub(in crate::graph) reported: Column<u32>,
    pub(in crate::graph) recorded: Column<u32>,
    pub(in crate::graph) number: Column<u32>,
    pub(in crate::graph) detail: Column<u32>,
    /// Row by claim number, from number 1.
    pub(in crate::graph) row_by_number: Column<u32>,
    pub(in crate::graph) attributions: Dictionary<Attribution>,
    pub(in crate::graph) likelihoods: Lazy<Vec<Likelihood>>,
    pub(in crate::graph) periods: Dictionary<Period>,
    pub(in crate::graph) references: Dictionary<String>,
    pub(in crate::graph) details: Records<Detail>,
    pub(in crate::graph) transactions: Lazy<Vec<Transaction>>,
    pub(in crate::graph) retractions: Lazy<FxHashMap<u32, Retraction>>,
    /// Rows that are denials or retracted: all that the default filter may have to leave out.
    pub(in crate::graph) unusual: RoaringBitmap,
    /// Rows that the statement under way deleted: nothing of them may be read any more.
    pub(in crate::graph) dropped: RoaringBitmap,
    /// Likelihoods and periods once more in the order of incoming facts; empty where they would not
    /// be true any more.
    pub(in crate::graph) incoming: (Column<u16>, Column<u32>),
    /// Whom claims name as they were stated, of those for which another stands now.
    pub(in crate::graph) said: Lazy<SaidBy>,
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
        (
            self.subject.at(row),
            self.relation.at(row),
            self.object.at(row),
        )
    }

    /// The flags of a row; a derived claim is an assertion and has none.
    fn flags_of(&self, row: Row) -> u16 {
        match row < DERIVED {
            true => self.flags.at(row as usize),
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
        let code = self.flags.at(row as usize) >> 9 & 7;
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
        self.valid.at(row as usize)
    }

    /// All distinct periods, by code.
    pub fn periods(&self) -> &[Period] {
        self.periods.items()
    }

    /// How likely, as given.
    pub fn likelihood(&self, row: Row) -> Option<&Likelihood> {
        match self.likelihood_code(row) {
            0 => None,
            code => self.likelihoods.get().get(usize::from(code) - 1),
        }
    }

    /// How likely, in percent.
    pub fn number(&self, row: Row) -> Option<f32> {
        self.likelihood(row).map(|likelihood| likelihood.number)
    }

    /// All distinct likelihoods, by code - 1.
    pub fn likelihoods(&self) -> &[Likelihood] {
        self.likelihoods.get()
    }

    /// Who says so.
    pub fn sources(&self, row: Row) -> &[EntityId] {
        match row < DERIVED {
            true => {
                &self
                    .attributions
                    .get(self.attribution.at(row as usize))
                    .sources
            }
            false => &[],
        }
    }

    /// When a transaction was recorded, in seconds since 1970.
    pub fn transaction_time(&self, id: TxId) -> i64 {
        let known = self.transactions.get().get(id.index());
        known.map_or(0, |transaction| transaction.recorded)
    }

    /// Who recorded a transaction and why, if that was said.
    pub fn recorder(&self, id: TxId) -> (Option<&str>, Option<&str>) {
        let known = self.transactions.get().get(id.index());
        known.map_or((None, None), |of| (of.by.as_deref(), of.because.as_deref()))
    }

    /// The last transaction.
    pub fn last_transaction(&self) -> TxId {
        TxId(self.transactions.get().len().saturating_sub(1) as u32)
    }

    /// What few claims have, in words.
    pub(in crate::graph) fn row_detail(&self, row: Row) -> RowDetail {
        RowDetail {
            reference: self.reference(row).map(str::to_owned),
            locator: self.locator(row).map(str::to_owned),
            quote: self.quote(row).map(str::to_owned),
            properties: self.properties(row).to_vec(),
        }
    }

    /// Who passed it on.
    pub fn via(&self, row: Row) -> &[EntityId] {
        match row < DERIVED {
            true => &self.attributions.get(self.attribution.at(row as usize)).via,
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
            true => self.periods.get(self.reported.at(row as usize)).from,
            false => None,
        }
    }

    /// When it was recorded, in seconds since 1970.
    pub fn recorded(&self, row: Row) -> i64 {
        let transaction = self.transaction(row).index();
        self.transactions
            .get()
            .get(transaction)
            .map_or(0, |transaction| transaction.recorded)
    }

    /// The transaction that recorded it.
    pub fn transaction(&self, row: Row) -> TxId {
        match self.derived_at(row) {
            Some((derived, at)) => TxId(derived.transaction(at)),
            None => TxId(self.recorded.at(row as usize)),
        }
    }

    /// When it was taken back, in seconds since 1970.
    pub fn retracted(&self, row: Row) -> Option<i64> {
        let retraction = self.retractions.get().get(&row)?;
        self.transactions
            .get()
            .get(retraction.by.index())
            .map(|transaction| transaction.recorded)
    }

    /// The transaction that took it back.
    pub fn retracting(&self, row: Row) -> Option<TxId> {
        self.retractions.get().get(&row).map(|of| of.by)
    }

    /// Why it was taken back.
    pub fn retraction_reason(&self, row: Row) -> Option<&str> {
        self.retractions.get().get(&row)?.because.as_deref()
    }

    /// All rows that are retracted, unsorted.
    pub fn retracted_rows(&self) -> impl Iterator<Item = Row> {
        self.retractions.get().keys().copied()
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

    fn detail_code(&self, row: Row) -> u32 {
        match row < DERIVED {
            true => self.detail.at(row as usize),
            false => 0,
        }
    }

    fn detail(&self, row: Row) -> Option<&Detail> {
        match self.detail_code(row) {
            0 => None,
            code => Some(self.details.get(code as usize - 1)),
        }
    }

    /// The claim's number.
    pub fn id(&self, row: Row) -> ClaimId {
        match row < DERIVED {
            true => ClaimId(self.number.at(row as usize)),
            false => ClaimId(row),
        }
    }

    /// The row of a claim's number.
    pub fn row_of(&self, id: ClaimId) -> Option<Row> {
        if let Some((derived, at)) = self.derived_at(id.0) {
            return (at < derived.len()).then_some(id.0);
        }
        let at = id.index().checked_sub(1)?;
        (at < self.row_by_number.len()).then(|| self.row_by_number.at(at))
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
        (self.likelihood.all(), self.valid.all())
    }

    /// The same in the order of incoming facts, where they are laid out.
    pub(in crate::graph) fn incoming(&self) -> Option<(&[u16], &[u32])> {
        let (likelihood, valid) = &self.incoming;
        (!likelihood.is_empty()).then(|| (likelihood.all(), valid.all()))
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
        let some = (self.likelihood.slice(rows.clone()), self.valid.slice(rows));
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
        self.likelihood.at(row as usize)
    }

    /// How many transactions there were.
    pub fn transactions(&self) -> usize {
        self.transactions.get().len()
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
        let wide = [
            &self.subject,
            &self.object,
            &self.attribution,
            &self.valid,
            &self.reported,
            &self.recorded,
            &self.number,
            &self.detail,
            &self.row_by_number,
            &self.incoming.1,
        ];
        let narrow = [
            &self.relation,
            &self.likelihood,
            &self.flags,
            &self.incoming.0,
        ];
        let rows = wide.into_iter().map(Column::memory).sum::<usize>()
            + narrow.into_iter().map(Column::memory).sum::<usize>();
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
        rows + details
            + self
                .attributions
                .memory(|item| (item.sources.len() + item.via.len()) * 4)
            + self.periods.memory(|_| 0)
            + self.references.memory(String::len)
    }
}

//! The fields of all claims as parallel columns, a row a claim. What repeats is stored once in a
//! dictionary and held as a code. It knows nothing of neighbours.

use crate::graph::dictionary::Dictionary;
use crate::graph::row::Row;
use crate::graph::rows::{Attribution, RowDetail, Rows};
use crate::model::{
    Claim, ClaimId, Confidence, Credibility, EntityId, Likelihood, Marking, PartialDate, Period,
    Polarity, RelationId, Reliability, TxId, Value,
};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

/// What few claims have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    /// Code of the reference's text; 0: none.
    reference: u32,
    locator: Option<Box<str>>,
    quote: Option<Box<str>>,
    properties: Vec<(String, Value)>,
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
    subject: Vec<u32>,
    relation: Vec<u16>,
    object: Vec<u32>,
    attribution: Vec<u32>,
    likelihood: Vec<u16>,
    flags: Vec<u16>,
    valid: Vec<u32>,
    reported: Vec<u32>,
    recorded: Vec<u32>,
    number: Vec<u32>,
    detail: Vec<u32>,
    /// Row by claim number, from number 1.
    row_by_number: Vec<u32>,
    attributions: Dictionary<Attribution>,
    likelihoods: Vec<Likelihood>,
    periods: Dictionary<Period>,
    references: Dictionary<String>,
    details: Vec<Detail>,
    transactions: Vec<Transaction>,
    retractions: FxHashMap<u32, Retraction>,
    /// Rows that are denials or retracted: all that the default filter may have to leave out.
    unusual: RoaringBitmap,
    /// Rows that the statement under way deleted: nothing of them may be read any more.
    dropped: RoaringBitmap,
    /// Likelihoods and periods once more in the order of incoming facts; empty where they would not
    /// be true any more.
    incoming: (Vec<u16>, Vec<u32>),
    /// Keys of free properties that some claim has or had.
    free: rustc_hash::FxHashSet<Box<str>>,
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
        EntityId(self.subject[row as usize])
    }

    /// Did what.
    pub fn relation(&self, row: Row) -> RelationId {
        RelationId(self.relation[row as usize])
    }

    /// To whom.
    pub fn object(&self, row: Row) -> EntityId {
        EntityId(self.object[row as usize])
    }

    /// All three at once, which is what makes a fact.
    pub fn ends(&self, row: Row) -> (u32, u16, u32) {
        let row = row as usize;
        (self.subject[row], self.relation[row], self.object[row])
    }

    /// Asserted or denied.
    pub fn polarity(&self, row: Row) -> Polarity {
        match self.flags[row as usize] & 1 {
            0 => Polarity::Asserted,
            _ => Polarity::Denied,
        }
    }

    /// Analytic confidence.
    pub fn confidence(&self, row: Row) -> Option<Confidence> {
        match self.flags[row as usize] >> 1 & 3 {
            1 => Some(Confidence::Low),
            2 => Some(Confidence::Moderate),
            3 => Some(Confidence::High),
            _ => None,
        }
    }

    /// Admiralty code of the source.
    pub fn reliability(&self, row: Row) -> Option<Reliability> {
        let code = self.flags[row as usize] >> 3 & 7;
        Reliability::ALL
            .get(usize::from(code).wrapping_sub(1))
            .copied()
    }

    /// Admiralty code of the information.
    pub fn credibility(&self, row: Row) -> Option<Credibility> {
        Credibility::new((self.flags[row as usize] >> 6 & 7) as u8)
    }

    /// Handling restriction.
    pub fn marking(&self, row: Row) -> Option<Marking> {
        let code = self.flags[row as usize] >> 9 & 7;
        Marking::ALL.get(usize::from(code).wrapping_sub(1)).copied()
    }

    /// When it happened.
    pub fn valid(&self, row: Row) -> Period {
        *self.periods.get(self.valid[row as usize])
    }

    /// The code of the valid period in [`Columns::periods`].
    pub fn valid_code(&self, row: Row) -> u32 {
        self.valid[row as usize]
    }

    /// All distinct periods, by code.
    pub fn periods(&self) -> &[Period] {
        self.periods.items()
    }

    /// How likely, as given.
    pub fn likelihood(&self, row: Row) -> Option<&Likelihood> {
        match self.likelihood[row as usize] {
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
        &self
            .attributions
            .get(self.attribution[row as usize])
            .sources
    }

    /// Who passed it on.
    pub fn via(&self, row: Row) -> &[EntityId] {
        &self.attributions.get(self.attribution[row as usize]).via
    }

    /// All distinct attributions, by code.
    pub fn attributions(&self) -> &[Attribution] {
        self.attributions.items()
    }

    /// When the source said so.
    pub fn reported(&self, row: Row) -> Option<PartialDate> {
        self.periods.get(self.reported[row as usize]).from
    }

    /// When it was recorded, in seconds since 1970.
    pub fn recorded(&self, row: Row) -> i64 {
        let transaction = self.recorded[row as usize] as usize;
        self.transactions
            .get(transaction)
            .map_or(0, |transaction| transaction.recorded)
    }

    /// The transaction that recorded it.
    pub fn transaction(&self, row: Row) -> TxId {
        TxId(self.recorded[row as usize])
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
        match self.detail[row as usize] {
            0 => None,
            code => self.details.get(code as usize - 1),
        }
    }

    /// The claim's number.
    pub fn id(&self, row: Row) -> ClaimId {
        ClaimId(self.number[row as usize])
    }

    /// The row of a claim's number.
    pub fn row_of(&self, id: ClaimId) -> Option<Row> {
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

    /// Lays likelihoods and periods out in the order of other facts, given as rows and numbers of
    /// claims.
    pub(in crate::graph) fn lay_out(&mut self, facts: impl Iterator<Item = (Row, u32)>) {
        let mut likelihood = Vec::with_capacity(self.len());
        let mut valid = Vec::with_capacity(self.len());
        for (row, count) in facts {
            let rows = row as usize..(row + count) as usize;
            likelihood.extend_from_slice(&self.likelihood[rows.clone()]);
            valid.extend_from_slice(&self.valid[rows]);
        }
        self.incoming = (likelihood, valid);
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
        let code = |row: &Row| u32::from(self.likelihood[*row as usize]);
        self.readable(rows).then(|| rows.iter().map(code).collect())
    }

    /// The codes of their periods, in the same way.
    pub fn valid_codes(&self, rows: &[Row]) -> Option<Vec<u32>> {
        let code = |row: &Row| self.valid[*row as usize];
        self.readable(rows).then(|| rows.iter().map(code).collect())
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
        self.likelihood[row as usize]
    }

    /// Whether any claim has or had a free property of this name.
    pub fn has_free(&self, key: &str) -> bool {
        self.free.contains(key)
    }

    /// Whether the statement under way deleted it.
    pub fn is_dropped(&self, row: Row) -> bool {
        self.dropped.contains(row)
    }

    /// Deletes a claim for the statement under way: to later ones it was taken back.
    pub(in crate::graph) fn drop_row(&mut self, row: Row) {
        self.retract(row, None);
        self.dropped.insert(row);
    }

    /// The statement has ended.
    pub(in crate::graph) fn forget_dropped(&mut self) {
        self.dropped.clear();
    }

    /// Undoes a retraction.
    pub(in crate::graph) fn reinstate(&mut self, row: Row) {
        self.retractions.remove(&row);
        self.dropped.remove(row);
        if self.polarity(row) == Polarity::Asserted {
            self.unusual.remove(row);
        }
    }

    /// Takes the last claim away, as if it had never been recorded.
    pub(in crate::graph) fn pop(&mut self) {
        let row = (self.len() as u32).saturating_sub(1);
        self.subject.pop();
        self.relation.pop();
        self.object.pop();
        self.attribution.pop();
        self.likelihood.pop();
        self.flags.pop();
        self.valid.pop();
        self.reported.pop();
        self.recorded.pop();
        self.number.pop();
        self.detail.pop();
        self.row_by_number.pop();
        self.retractions.remove(&row);
        self.unusual.remove(row);
        self.dropped.remove(row);
    }

    /// Puts other fields in the place of a claim's; its ends and its number stay.
    pub(in crate::graph) fn replace(&mut self, row: Row, claim: Claim<EntityId>) {
        self.incoming = Default::default();
        let at = row as usize;
        let kept = (self.subject[at], self.relation[at], self.object[at]);
        // The claim is written behind the last row and its fields are moved from there.
        let last = self.push(claim) as usize;
        self.attribution.swap_remove(at);
        self.likelihood.swap_remove(at);
        self.flags.swap_remove(at);
        self.valid.swap_remove(at);
        self.reported.swap_remove(at);
        self.detail.swap_remove(at);
        self.subject.truncate(last);
        self.relation.truncate(last);
        self.object.truncate(last);
        self.recorded.truncate(last);
        self.number.truncate(last);
        self.row_by_number.pop();
        self.unusual.remove(last as u32);
        (self.subject[at], self.relation[at], self.object[at]) = kept;
        let usual =
            self.polarity(row) == Polarity::Asserted && !self.retractions.contains_key(&row);
        match usual {
            true => self.unusual.remove(row),
            false => self.unusual.insert(row),
        };
    }

    /// Opens a transaction; what is pushed next belongs to it.
    pub(in crate::graph) fn begin(&mut self, recorded: i64) -> TxId {
        self.transactions.push(Transaction { recorded });
        TxId(self.transactions.len() as u32 - 1)
    }

    /// Appends a claim, recorded by the last transaction, and gives its row.
    pub(in crate::graph) fn push(&mut self, claim: Claim<EntityId>) -> Row {
        let row = self.len() as u32;
        self.flags.push(flags(&claim));
        if claim.polarity == Polarity::Denied {
            self.unusual.insert(row);
        }
        self.subject.push(claim.subject.0);
        self.relation.push(claim.relation.0);
        self.object.push(claim.object.0);
        let mut sources = claim.sources;
        sources.sort_unstable();
        sources.dedup();
        let attribution = Attribution {
            sources,
            via: claim.via,
        };
        self.attribution.push(self.attributions.code(attribution));
        let likelihood = claim
            .likelihood
            .map_or(0, |given| self.likelihood_of(given));
        self.likelihood.push(likelihood);
        self.valid.push(self.periods.code(claim.valid));
        let reported = claim.reported.map_or(Period::UNKNOWN, Period::on);
        self.reported.push(self.periods.code(reported));
        self.recorded
            .push(self.transactions.len().saturating_sub(1) as u32);
        let bare = claim.reference.is_none()
            && claim.locator.is_none()
            && claim.quote.is_none()
            && claim.properties.is_empty();
        let detail = match bare {
            true => 0,
            false => self.detail_of(RowDetail {
                reference: claim.reference,
                locator: claim.locator,
                quote: claim.quote,
                properties: claim.properties,
            }),
        };
        self.detail.push(detail);
        self.row_by_number.push(row);
        self.number.push(self.row_by_number.len() as u32);
        row
    }

    /// Appends claims in columns, recorded by the last transaction.
    pub(in crate::graph) fn append(&mut self, rows: Rows) {
        let first = self.len() as u32;
        let count = rows.subject.len();
        let coded = |codes: &[u32], known: Vec<u32>| -> Vec<u32> {
            codes.iter().map(|code| known[*code as usize]).collect()
        };
        let attributions = rows.attributions.into_iter();
        let attributions = attributions.map(|item| self.attributions.code(item));
        let attributions = attributions.collect();
        let periods = rows.periods.into_iter();
        let periods: Vec<u32> = periods.map(|item| self.periods.code(item)).collect();
        let likelihoods = rows.likelihoods.into_iter();
        let likelihoods: Vec<u16> = likelihoods
            .map(|item| item.map_or(0, |given| self.likelihood_of(given)))
            .collect();
        let denied = rows.flags.iter().enumerate();
        let denied = denied.filter(|(_, flags)| *flags & 1 == 1);
        self.unusual.extend(denied.map(|(at, _)| first + at as u32));
        self.subject.extend(rows.subject);
        self.relation.extend(rows.relation);
        self.object.extend(rows.object);
        self.flags.extend(rows.flags);
        self.attribution
            .extend(coded(&rows.attribution, attributions));
        self.valid.extend(coded(&rows.valid, periods.clone()));
        self.reported.extend(coded(&rows.reported, periods));
        let likelihoods = rows
            .likelihood
            .iter()
            .map(|code| likelihoods[*code as usize]);
        self.likelihood.extend(likelihoods);
        let transaction = self.transactions.len().saturating_sub(1) as u32;
        self.recorded.resize(first as usize + count, transaction);
        self.detail.resize(first as usize + count, 0);
        for (row, detail) in rows.details {
            self.detail[(first + row) as usize] = self.detail_of(detail);
        }
        let number = self.row_by_number.len() as u32;
        self.row_by_number.extend(first..first + count as u32);
        self.number.extend(number + 1..=number + count as u32);
    }

    /// The code of what few claims have.
    fn detail_of(&mut self, given: RowDetail) -> u32 {
        let reference = given.reference.map_or(0, |text| self.references.code(text));
        for (key, _) in &given.properties {
            if !self.free.contains(key.as_str()) {
                self.free.insert(key.as_str().into());
            }
        }
        self.details.push(Detail {
            reference,
            locator: given.locator.map(String::into_boxed_str),
            quote: given.quote.map(String::into_boxed_str),
            properties: given.properties,
        });
        self.details.len() as u32
    }

    fn likelihood_of(&mut self, given: Likelihood) -> u16 {
        // There are as many distinct likelihoods as scales have terms, and numbers of percent.
        match self.likelihoods.iter().position(|known| *known == given) {
            Some(at) => at as u16 + 1,
            None if self.likelihoods.len() < usize::from(u16::MAX) - 1 => {
                self.likelihoods.push(given);
                self.likelihoods.len() as u16
            }
            // More than 65,534 distinct numbers: the nearest known one stands for the rest.
            None => {
                let distance = |known: &Likelihood| (known.number - given.number).abs();
                let nearest = self.likelihoods.iter().enumerate();
                let nearest = nearest.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
                nearest.map_or(0, |(at, _)| at as u16 + 1)
            }
        }
    }

    /// Marks a claim as taken back by the last transaction.
    pub(in crate::graph) fn retract(&mut self, row: Row, because: Option<String>) {
        let by = TxId(self.transactions.len().saturating_sub(1) as u32);
        self.retractions.insert(row, Retraction { by, because });
        self.unusual.insert(row);
    }

    /// Puts the rows into a new order: `order[new] = old`. Numbers stay.
    pub(in crate::graph) fn reorder(&mut self, order: &[Row]) {
        fn gather<T: Copy>(column: &mut Vec<T>, order: &[Row]) {
            *column = order.iter().map(|old| column[*old as usize]).collect();
        }
        gather(&mut self.subject, order);
        gather(&mut self.relation, order);
        gather(&mut self.object, order);
        gather(&mut self.attribution, order);
        gather(&mut self.likelihood, order);
        gather(&mut self.flags, order);
        gather(&mut self.valid, order);
        gather(&mut self.reported, order);
        gather(&mut self.recorded, order);
        gather(&mut self.number, order);
        gather(&mut self.detail, order);
        let old = std::mem::take(&mut self.retractions);
        let mut unusual = RoaringBitmap::new();
        let (was, mut moved) = (&self.unusual, FxHashMap::default());
        for (new, before) in order
            .iter()
            .enumerate()
            .filter(|(_, old)| was.contains(**old))
        {
            unusual.insert(new as u32);
            if let Some(retraction) = old.get(before) {
                moved.insert(new as u32, retraction.clone());
            }
        }
        self.retractions = moved;
        self.unusual = unusual;
        for (row, number) in self.number.iter().enumerate() {
            self.row_by_number[*number as usize - 1] = row as u32;
        }
    }

    /// Makes room for claims to come.
    pub(in crate::graph) fn reserve(&mut self, claims: usize) {
        self.subject.reserve_exact(claims);
        self.relation.reserve_exact(claims);
        self.object.reserve_exact(claims);
        self.attribution.reserve_exact(claims);
        self.likelihood.reserve_exact(claims);
        self.flags.reserve_exact(claims);
        self.valid.reserve_exact(claims);
        self.reported.reserve_exact(claims);
        self.recorded.reserve_exact(claims);
        self.number.reserve_exact(claims);
        self.detail.reserve_exact(claims);
        self.row_by_number.reserve_exact(claims);
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

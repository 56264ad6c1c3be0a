//! Changes of the columns: claims come one by one or in masses, are taken back, are put in order. It
//! reads nothing for anybody.

use crate::graph::columns::{Columns, Detail, Retraction, Transaction, flags};
use crate::graph::row::Row;
use crate::graph::rows::{Attribution, RowDetail, Rows};
use crate::model::{Claim, EntityId, Likelihood, Period, Polarity, TxId};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

impl Columns {
    /// Lays likelihoods and periods out in the order of other facts, given as rows and numbers of
    /// claims.
    pub(in crate::graph) fn lay_out(&mut self, facts: impl Iterator<Item = (Row, u32)>) {
        let facts: Vec<(Row, u32)> = facts.collect();
        let (mut likelihood, mut valid) = (Vec::new(), Vec::new());
        let rows = |row: Row, count: u32| row as usize..(row + count) as usize;
        rayon::join(
            || {
                likelihood.reserve_exact(self.len());
                for (row, count) in &facts {
                    likelihood.extend_from_slice(&self.likelihood[rows(*row, *count)]);
                }
            },
            || {
                valid.reserve_exact(self.len());
                for (row, count) in &facts {
                    valid.extend_from_slice(&self.valid[rows(*row, *count)]);
                }
            },
        );
        self.incoming = (likelihood, valid);
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
        self.forget_derived();
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
    pub(in crate::graph) fn append(&mut self, mut rows: Rows) {
        let first = self.len() as u32;
        let count = rows.subject.len();
        // Codes of the rows become codes of the case where they stand.
        fn recoded(codes: &mut [u32], known: &[u32]) {
            if known
                .iter()
                .enumerate()
                .any(|(own, code)| own as u32 != *code)
            {
                codes
                    .iter_mut()
                    .for_each(|code| *code = known[*code as usize]);
            }
        }
        let attributions = rows.attributions.into_iter();
        let attributions = attributions.map(|item| self.attributions.code(item));
        let attributions: Vec<u32> = attributions.collect();
        let periods = rows.periods.into_iter();
        let periods: Vec<u32> = periods.map(|item| self.periods.code(item)).collect();
        let likelihoods = rows.likelihoods.into_iter();
        let likelihoods: Vec<u16> = likelihoods
            .map(|item| item.map_or(0, |given| self.likelihood_of(given)))
            .collect();
        let denied = rows.flags.iter().enumerate();
        let denied = denied.filter(|(_, flags)| *flags & 1 == 1);
        self.unusual.extend(denied.map(|(at, _)| first + at as u32));
        // Into what is empty a column moves as it is.
        fn moved<T>(to: &mut Vec<T>, mut from: Vec<T>) {
            match to.is_empty() {
                true => *to = from,
                false => to.append(&mut from),
            }
        }
        moved(&mut self.subject, rows.subject);
        moved(&mut self.relation, rows.relation);
        moved(&mut self.object, rows.object);
        moved(&mut self.flags, rows.flags);
        recoded(&mut rows.attribution, &attributions);
        recoded(&mut rows.valid, &periods);
        recoded(&mut rows.reported, &periods);
        moved(&mut self.attribution, rows.attribution);
        moved(&mut self.valid, rows.valid);
        moved(&mut self.reported, rows.reported);
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

    /// Whether two claims have the same content.
    pub(in crate::graph) fn equal(&self, a: Row, b: Row) -> bool {
        let (one, other) = (a as usize, b as usize);
        self.ends(a) == self.ends(b)
            && self.flags[one] == self.flags[other]
            && self.attribution[one] == self.attribution[other]
            && self.likelihood[one] == self.likelihood[other]
            && self.valid[one] == self.valid[other]
            && self.reported[one] == self.reported[other]
            && match (self.detail[one], self.detail[other]) {
                (0, 0) => true,
                (0, _) | (_, 0) => false,
                (one, other) => self.details[one as usize - 1] == self.details[other as usize - 1],
            }
    }

    /// Takes away some of the rows behind the first ones, which were appended last and are not settled;
    /// those that stay are numbered as if these had never been.
    pub(in crate::graph) fn take_back(&mut self, first: Row, gone: &RoaringBitmap) {
        fn sift<T: Copy>(column: &mut Vec<T>, first: Row, gone: &RoaringBitmap) {
            let mut kept = first as usize;
            for at in first..column.len() as Row {
                if !gone.contains(at) {
                    column[kept] = column[at as usize];
                    kept += 1;
                }
            }
            column.truncate(kept);
        }
        if gone.is_empty() {
            return;
        }
        for column in [
            &mut self.subject,
            &mut self.object,
            &mut self.attribution,
            &mut self.valid,
            &mut self.reported,
            &mut self.recorded,
            &mut self.detail,
        ] {
            sift(column, first, gone);
        }
        for column in [&mut self.relation, &mut self.likelihood, &mut self.flags] {
            sift(column, first, gone);
        }
        self.number.truncate(self.subject.len());
        self.row_by_number.truncate(self.subject.len());
        self.unusual.remove_range(first..);
        let denied = (first..self.len() as Row).filter(|row| self.flags[*row as usize] & 1 == 1);
        self.unusual.extend(denied);
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

    /// Puts the rows into a new order: `order[new] = old`. Numbers stay. `ends` are subjects, relations
    /// and objects in the new order.
    pub(in crate::graph) fn reorder(
        &mut self,
        order: &[Row],
        ends: (Vec<u32>, Vec<u16>, Vec<u32>),
    ) {
        fn gather<T: Copy + Send + PartialEq>(column: &mut Vec<T>, order: &[Row]) {
            // What is the same in all rows stays so in any order.
            if column.windows(2).any(|pair| pair[0] != pair[1]) {
                *column = order.iter().map(|old| column[*old as usize]).collect();
            }
        }
        let ordered = order.windows(2).all(|pair| pair[0] < pair[1]);
        if !ordered {
            (self.subject, self.relation, self.object) = ends;
            rayon::scope(|scope| {
                scope.spawn(|_| gather(&mut self.number, order));
                scope.spawn(|_| gather(&mut self.likelihood, order));
                scope.spawn(|_| gather(&mut self.flags, order));
                for column in [
                    &mut self.attribution,
                    &mut self.valid,
                    &mut self.reported,
                    &mut self.recorded,
                    &mut self.detail,
                ] {
                    scope.spawn(|_| gather(column, order));
                }
            });
        }
        let old = std::mem::take(&mut self.retractions);
        let mut unusual = RoaringBitmap::new();
        let (was, mut moved) = (&self.unusual, FxHashMap::default());
        let some = if was.is_empty() { &[][..] } else { order };
        for (new, before) in some
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
}

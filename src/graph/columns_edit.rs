//! Changes of the columns: claims come one by one or in masses, are taken back, are put in order. It
//! reads nothing for anybody.

use crate::graph::column::Column;
use crate::graph::columns::{Columns, Detail, Retraction, Transaction, flags};
use crate::graph::log::Recorder;
use crate::graph::row::Row;
use crate::graph::rows::Rows;
use crate::model::{
    Attribution, Cell, Claim, EntityId, Likelihood, Period, Polarity, RowDetail, TxId,
};
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
                    likelihood.extend_from_slice(self.likelihood.slice(rows(*row, *count)));
                }
            },
            || {
                valid.reserve_exact(self.len());
                for (row, count) in &facts {
                    valid.extend_from_slice(self.valid.slice(rows(*row, *count)));
                }
            },
        );
        self.incoming = (likelihood.into(), valid.into());
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
        self.retractions.get_mut().remove(&row);
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
        if let Some(number) = self.number.pop() {
            self.said.get_mut().remove(&number);
        }
        self.detail.pop();
        self.row_by_number.pop();
        self.retractions.get_mut().remove(&row);
        self.unusual.remove(row);
        self.dropped.remove(row);
    }

    /// Puts other fields in the place of a claim's; its ends and its number stay.
    pub(in crate::graph) fn replace(&mut self, row: Row, claim: Claim<EntityId>) {
        self.incoming = Default::default();
        let at = row as usize;
        let kept = (
            self.subject.at(at),
            self.relation.at(at),
            self.object.at(at),
        );
        // The claim is written behind the last row and its fields are moved from there.
        let last = self.push(claim) as usize;
        self.attribution.all_mut().swap_remove(at);
        self.likelihood.all_mut().swap_remove(at);
        self.flags.all_mut().swap_remove(at);
        self.valid.all_mut().swap_remove(at);
        self.reported.all_mut().swap_remove(at);
        self.detail.all_mut().swap_remove(at);
        self.subject.all_mut().truncate(last);
        self.relation.all_mut().truncate(last);
        self.object.all_mut().truncate(last);
        self.recorded.all_mut().truncate(last);
        self.number.all_mut().truncate(last);
        self.row_by_number.pop();
        self.unusual.remove(last as u32);
        self.subject.all_mut()[at] = kept.0;
        self.relation.all_mut()[at] = kept.1;
        self.object.all_mut()[at] = kept.2;
        let usual =
            self.polarity(row) == Polarity::Asserted && !self.retractions.get().contains_key(&row);
        match usual {
            true => self.unusual.remove(row),
            false => self.unusual.insert(row),
        };
    }

    /// Keeps what a claim says under the next number, as one that the last transaction took back: what it
    /// says from now on was recorded by that. Gives the new row.
    pub(in crate::graph) fn keep_before(&mut self, row: Row, stated: Claim<EntityId>) -> Row {
        let recorded = self.recorded.at(row as usize);
        let kept = self.push(stated);
        self.recorded.all_mut()[kept as usize] = recorded;
        self.retract(kept, None);
        self.recorded.all_mut()[row as usize] = self.last_transaction().0;
        kept
    }

    /// Undoes that: the claim was recorded by an earlier transaction.
    pub(in crate::graph) fn recorded_by(&mut self, row: Row, transaction: TxId) {
        if self.transaction(row) != transaction {
            self.recorded.all_mut()[row as usize] = transaction.0;
        }
    }

    /// Opens a transaction; what is pushed next belongs to it.
    pub(in crate::graph) fn begin(&mut self, recorded: i64, recorder: &Recorder) -> TxId {
        self.forget_derived();
        self.transactions.get_mut().push(Transaction {
            recorded,
            by: recorder.by.as_deref().map(Box::from),
            because: recorder.because.as_deref().map(Box::from),
        });
        TxId(self.transactions.get().len() as u32 - 1)
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
            .push(self.transactions.get().len().saturating_sub(1) as u32);
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
        fn moved<T: Cell>(to: &mut Column<T>, mut from: Vec<T>) {
            let to = to.all_mut();
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
        self.likelihood.all_mut().extend(likelihoods);
        let transaction = self.transactions.get().len().saturating_sub(1) as u32;
        self.recorded
            .all_mut()
            .resize(first as usize + count, transaction);
        self.detail.all_mut().resize(first as usize + count, 0);
        for (row, detail) in rows.details {
            let detail = self.detail_of(detail);
            self.detail.all_mut()[(first + row) as usize] = detail;
        }
        let number = self.row_by_number.len() as u32;
        self.row_by_number
            .all_mut()
            .extend(first..first + count as u32);
        self.number
            .all_mut()
            .extend(number + 1..=number + count as u32);
    }

    /// Whether two claims have the same content.
    pub(in crate::graph) fn equal(&self, a: Row, b: Row) -> bool {
        let (one, other) = (a as usize, b as usize);
        self.ends(a) == self.ends(b)
            && self.flags.at(one) == self.flags.at(other)
            && self.attribution.at(one) == self.attribution.at(other)
            && self.likelihood.at(one) == self.likelihood.at(other)
            && self.valid.at(one) == self.valid.at(other)
            && self.reported.at(one) == self.reported.at(other)
            && match (self.detail.at(one), self.detail.at(other)) {
                (0, 0) => true,
                (0, _) | (_, 0) => false,
                (one, other) => {
                    self.details.get(one as usize - 1) == self.details.get(other as usize - 1)
                }
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
            sift(column.all_mut(), first, gone);
        }
        for column in [&mut self.relation, &mut self.likelihood, &mut self.flags] {
            sift(column.all_mut(), first, gone);
        }
        let kept = self.subject.len();
        self.number.all_mut().truncate(kept);
        self.row_by_number.all_mut().truncate(kept);
        self.unusual.remove_range(first..);
        let denied = (first..self.len() as Row).filter(|row| self.flags.at(*row as usize) & 1 == 1);
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
        let likelihoods = self.likelihoods.get_mut();
        match likelihoods.iter().position(|known| *known == given) {
            Some(at) => at as u16 + 1,
            None if likelihoods.len() < usize::from(u16::MAX) - 1 => {
                likelihoods.push(given);
                likelihoods.len() as u16
            }
            // More than 65,534 distinct numbers: the nearest known one stands for the rest.
            None => {
                let distance = |known: &Likelihood| (known.number - given.number).abs();
                let nearest = likelihoods.iter().enumerate();
                let nearest = nearest.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
                nearest.map_or(0, |(at, _)| at as u16 + 1)
            }
        }
    }

    /// Marks a claim as taken back by the last transaction.
    pub(in crate::graph) fn retract(&mut self, row: Row, because: Option<String>) {
        let by = TxId(self.transactions.get().len().saturating_sub(1) as u32);
        self.retractions
            .get_mut()
            .insert(row, Retraction { by, because });
        self.unusual.insert(row);
    }

    /// Puts the rows into a new order: `order[new] = old`. Numbers stay. `ends` are subjects, relations
    /// and objects in the new order.
    pub(in crate::graph) fn reorder(
        &mut self,
        order: &[Row],
        ends: (Vec<u32>, Vec<u16>, Vec<u32>),
    ) {
        fn gather<T: Cell>(column: &mut Column<T>, order: &[Row]) {
            let column = column.all_mut();
            // What is the same in all rows stays so in any order.
            if column.windows(2).any(|pair| pair[0] != pair[1]) {
                *column = order.iter().map(|old| column[*old as usize]).collect();
            }
        }
        let ordered = order.windows(2).all(|pair| pair[0] < pair[1]);
        if !ordered {
            (self.subject, self.relation, self.object) =
                (ends.0.into(), ends.1.into(), ends.2.into());
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
        let old = std::mem::take(self.retractions.get_mut());
        // Rows of what is derived stay where they are.
        let derived = self.unusual.range(crate::graph::derived::DERIVED..);
        let mut unusual: RoaringBitmap = derived.collect();
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
        self.retractions = moved.into();
        self.unusual = unusual;
        let by_number = self.row_by_number.all_mut();
        for (row, number) in self.number.all().iter().enumerate() {
            by_number[*number as usize - 1] = row as u32;
        }
    }

    /// Makes room for claims to come.
    pub(in crate::graph) fn reserve(&mut self, claims: usize) {
        self.subject.all_mut().reserve_exact(claims);
        self.relation.all_mut().reserve_exact(claims);
        self.object.all_mut().reserve_exact(claims);
        self.attribution.all_mut().reserve_exact(claims);
        self.likelihood.all_mut().reserve_exact(claims);
        self.flags.all_mut().reserve_exact(claims);
        self.valid.all_mut().reserve_exact(claims);
        self.reported.all_mut().reserve_exact(claims);
        self.recorded.all_mut().reserve_exact(claims);
        self.number.all_mut().reserve_exact(claims);
        self.detail.all_mut().reserve_exact(claims);
        self.row_by_number.all_mut().reserve_exact(claims);
    }
}

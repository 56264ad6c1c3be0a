//! What changed between two days: claims that came, that went, and that others took the place of, with who
//! says so and who recorded it.

use crate::answer::claims;
use crate::answer::table::{Answer, Basis, Record, Table};
use crate::answer::wording;
use crate::graph::{GraphView, Row};
use crate::model::{CORRECTED, TxId};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

/// The difference of two known-on states: what was recorded and what was taken back in between.
pub fn changed(view: &dyn GraphView, from: i64, until: i64) -> Answer {
    let columns = view.columns();
    let within = |at: i64| at > from && at <= until;
    let mut events: Vec<(i64, Row, bool)> = Vec::new();
    for row in 0..columns.len() as u32 {
        let (recorded, retracted) = (columns.recorded(row), columns.retracted(row));
        let came = within(recorded);
        let went = retracted.filter(|at| within(*at));
        // What came and went in between is in neither state.
        match (came, went) {
            (true, None) => events.push((recorded, row, true)),
            (false, Some(at)) => events.push((at, row, false)),
            (true, Some(_)) | (false, None) => {}
        }
    }
    // What went and came again, every field the same, is in both states.
    let mut came: FxHashMap<(u32, u16, u32), Vec<Row>> = FxHashMap::default();
    for (_, row, _) in events.iter().filter(|(_, _, came)| *came) {
        came.entry(columns.ends(*row)).or_default().push(*row);
    }
    let mut again: FxHashSet<Row> = FxHashSet::default();
    for (_, row, _) in events.iter().filter(|(_, _, came)| !came) {
        let Some(rows) = came.get_mut(&columns.ends(*row)) else {
            continue;
        };
        let claim = columns.claim(*row);
        if let Some(at) = rows.iter().position(|other| columns.claim(*other) == claim) {
            again.extend([*row, rows.swap_remove(at)]);
        }
    }
    events.retain(|(_, row, _)| !again.contains(row));
    events.sort_by_key(|(at, row, came)| (*at, columns.id(*row), *came));
    let mut answer = Answer {
        table: Table::new(&[
            "change", "recorded", "#", "claim", "source", "because", "by",
        ]),
        asks: true,
        ..Answer::default()
    };
    let added: Vec<Row> = events
        .iter()
        .filter(|event| event.2)
        .map(|event| event.1)
        .collect();
    for (at, row, came) in events {
        let transaction = match came {
            true => Some(columns.transaction(row)),
            false => columns.retracting(row),
        };
        let instead = added.iter().copied();
        let instead = instead
            .filter(|_| !came)
            .find(|other| corrects(view, *other, row));
        let word = match (came, instead) {
            (true, _) => "added",
            (false, None) => "retracted",
            (false, Some(_)) => "corrected",
        };
        let (by, why) = transaction.map_or((None, None), |of| columns.recorder(of));
        answer.table.rows.push(vec![
            word.to_owned(),
            wording::instant(at),
            wording::number(view, row),
            claims::said(view, row),
            claims::source(view, row),
            columns
                .retraction_reason(row)
                .filter(|_| !came)
                .or(why)
                .unwrap_or_default()
                .to_owned(),
            by.unwrap_or_default().to_owned(),
        ]);
        let mut record = Record::new();
        record.insert("change".into(), json!(word));
        record.insert("at".into(), json!(wording::instant(at)));
        let instead = instead.map(|other| columns.id(other).0);
        record.insert("corrected_to".into(), json!(instead));
        record.insert("recorded_by".into(), json!(by));
        record.insert("recorded_because".into(), json!(why));
        for (key, value) in claims::record(view, row) {
            record.insert(key, value);
        }
        answer.records.push(record);
        answer.basis.push(Basis {
            entity: None,
            facts: vec![wording::fact_of(view, row)],
            claims: vec![columns.id(row)],
        });
    }
    answer.table = answer.table.without_empty();
    answer
}

/// Whether a claim was recorded instead of another: by the transaction that took that back, and of the same
/// fact; or, where it was taken back to be corrected, of the same in two of three.
fn corrects(view: &dyn GraphView, row: Row, before: Row) -> bool {
    let columns = view.columns();
    if columns.retracting(before) != Some(columns.transaction(row)) {
        return false;
    }
    let (own, old) = (columns.ends(row), columns.ends(before));
    let same = [own.0 == old.0, own.1 == old.1, own.2 == old.2];
    let corrected = columns.retraction_reason(before) == Some(CORRECTED);
    same.into_iter().filter(|same| *same).count() >= if corrected { 2 } else { 3 }
}

/// Who recorded a transaction and why, behind a date.
pub fn recorder(view: &dyn GraphView, transaction: TxId) -> String {
    match view.columns().recorder(transaction) {
        (None, None) => String::new(),
        (Some(by), None) => format!(" by {by}"),
        (None, Some(why)) => format!(": {why}"),
        (Some(by), Some(why)) => format!(" by {by}: {why}"),
    }
}

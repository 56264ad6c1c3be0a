//! The answer of a GQL query: a table under the names of its columns, an object a row.

use crate::algebra::Datum;
use crate::answer::table::{Answer, Basis, Record, Table};
use crate::answer::values;
use crate::graph::GraphView;

/// Columns and rows as an answer.
pub fn answer(view: &dyn GraphView, columns: &[String], rows: &[Vec<Datum>]) -> Answer {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new(&names);
    let mut records = Vec::with_capacity(rows.len());
    let mut basis = Vec::with_capacity(rows.len());
    for row in rows {
        table
            .rows
            .push(row.iter().map(|value| values::cell(view, value)).collect());
        let record: Record = columns
            .iter()
            .zip(row)
            .map(|(name, value)| (name.clone(), values::json(view, value)))
            .collect();
        records.push(record);
        let mut own = Basis::default();
        row.iter().for_each(|value| rests(view, value, &mut own));
        basis.push(own);
    }
    let mut entities: Vec<_> = basis.iter().filter_map(|own| own.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    Answer {
        table,
        records,
        basis,
        entities: Some(entities).filter(|entities| !entities.is_empty()),
        ..Answer::default()
    }
}

/// What a value of a row rests on: the first entity, all claims.
fn rests(view: &dyn GraphView, value: &Datum, basis: &mut Basis) {
    match value {
        Datum::Entity(id) => {
            basis.entity.get_or_insert(*id);
        }
        Datum::Claim(row) => basis.claims.push(view.columns().id(*row)),
        Datum::Path(path) => {
            let claims = path.facts.iter().map(|row| view.columns().id(*row));
            basis.claims.extend(claims);
        }
        Datum::List(items) => items.iter().for_each(|item| rests(view, item, basis)),
        Datum::Null | Datum::Value(_) | Datum::Fact(_) | Datum::Map(_) => {}
    }
}

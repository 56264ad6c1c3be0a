//! Columns of codes: what is computed of one coded field of a claim is computed once for each code.

use crate::algebra::{Datum, Expression, single};
use crate::graph::Coded;
use crate::run::batch::{Batch, Codebook, Column};
use crate::run::execution::Execution;
use std::sync::Arc;

/// What an expression is for each code, once that is known.
#[derive(Clone, Debug, Default)]
pub enum Table {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It reads something else.
    Other,
    /// Its values by code.
    Values(single::Field, Arc<Vec<Datum>>),
}

/// The column of a property of entities that is laid out, or is so by now.
pub fn property(
    expression: &Expression,
    batch: &Batch,
    execution: &Execution<'_>,
) -> Option<Column> {
    let Expression::Get(of, key) = single::bare(expression) else {
        return None;
    };
    let Expression::Var(var) = single::bare(of) else {
        return None;
    };
    let Column::Entities(ids) = batch.column(*var) else {
        return None;
    };
    let entities = execution.graph.entities();
    let property = entities.property_column(key, ids.len())?;
    // No entity has no property.
    let code = |id: &u32| property.codes.get(*id as usize).copied().unwrap_or(0);
    let codes = ids.iter().map(code).collect();
    Some(Column::Coded(codes, Codebook::Property(property)))
}

/// The column of an expression as codes; nothing where it reads more than a coded field of a claim.
pub fn column(
    table: &mut Table,
    expression: &Expression,
    batch: &Batch,
    execution: &Execution<'_>,
) -> Option<Column> {
    let columns = execution.graph.columns();
    if matches!(table, Table::Unknown) {
        let field = single::field(expression, columns);
        let values = field.and_then(|field| {
            let values = single::by_code(expression, field, columns)?;
            Some(Table::Values(field, Arc::new(values)))
        });
        *table = values.unwrap_or(Table::Other);
    }
    let Table::Values(field, values) = table else {
        return None;
    };
    let Column::Claims(rows) = batch.column(field.claim) else {
        return None;
    };
    // Of what a statement deletes nothing may be read.
    let codes = match field.of {
        Coded::Likelihood => columns.likelihood_codes(rows)?,
        Coded::Valid => columns.valid_codes(rows)?,
    };
    Some(Column::Coded(codes, Codebook::Computed(values.clone())))
}

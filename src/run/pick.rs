//! Pick: of the rows that an inner plan gives for a row, for each pair of ends those with the
//! shortest paths.

use crate::algebra::{Datum, Plan, Var};
use crate::run::batch::Batch;
use crate::run::execution::{Boxed, Execution, Halt, Operator};
use crate::run::optional::{in_order, whole};
use rustc_hash::FxHashMap;

/// The operator.
pub struct Pick<'p> {
    /// The rows.
    pub input: Boxed<'p>,
    /// The inner plan.
    pub inner: &'p Plan,
    /// The ends.
    pub ends: &'p [Var],
    /// The path.
    pub path: Var,
    /// How many; `true`: lengths of paths.
    pub wanted: (u64, bool),
}

impl Operator for Pick<'_> {
    fn next(&mut self, execution: &Execution<'_>) -> Result<Option<Batch>, Halt> {
        while let Some(batch) = self.input.next(execution)? {
            execution.passed(&batch)?;
            let found = whole(execution.lateral(self.inner, &batch)?);
            let origins = found.origin.clone().unwrap_or_default();
            let mut groups: FxHashMap<Vec<u32>, Vec<(usize, u32)>> = FxHashMap::default();
            for (row, origin) in origins.iter().enumerate() {
                let Datum::Path(path) = found.column(self.path).datum(row) else {
                    continue;
                };
                let ends = self.ends.iter().map(|end| found.column(*end).id(row));
                let key = std::iter::once(*origin).chain(ends).collect();
                let length = path.facts.len();
                groups.entry(key).or_default().push((length, row as u32));
            }
            let (count, lengths) = self.wanted;
            let mut kept: Vec<u32> = Vec::new();
            for mut group in groups.into_values() {
                group.sort_unstable();
                let mut passed = 0;
                let mut last = None;
                for (length, row) in group {
                    passed += u64::from(!lengths || last != Some(length));
                    last = Some(length);
                    if passed > count {
                        break;
                    }
                    kept.push(row);
                }
            }
            kept.sort_unstable();
            if !kept.is_empty() {
                return Ok(Some(in_order(found.gather(&kept), &batch)));
            }
        }
        Ok(None)
    }
}

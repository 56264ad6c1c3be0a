//! Tables in: entities and claims of many files, all or none.

use crate::engine::case::Engine;
use crate::import::mapping::From;
use crate::import::{Blocks, Feed, Imported, Kind, Mapping, Reject, Sayable, Staging, Table};
use crate::language::statement;
use std::sync::atomic::Ordering;

/// What our statements can say.
pub(in crate::engine) const SAYABLE: Sayable = Sayable {
    noun: |word| {
        statement::parse(&format!("type {word}.")).is_ok()
            && statement::parse(&format!("A is a {word}.")).is_ok()
    },
    verb: |word| {
        statement::parse(&format!("relation {word}.")).is_ok()
            && statement::parse(&format!("A {word} B.")).is_ok()
    },
};

/// A table as it is given: the name of its file, and its bytes.
pub struct Given<'a> {
    /// The file.
    pub file: String,
    /// Its bytes.
    pub feed: Box<Feed<'a>>,
}

/// Why an import came to nothing. The case is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotImported {
    /// Rows or files that will not do, the first of them.
    Rejected(Vec<Reject>),
    /// It was stopped from outside.
    Cancelled,
}

impl Engine {
    /// Takes tables in, those of entities first, whatever their order. With `keep_rejects` rows that
    /// will not do are left out and given back; otherwise they leave the case as it was. `told` hears
    /// of bytes that were read. `recorded` is in seconds since 1970.
    pub fn import_tables(
        &mut self,
        mut given: Vec<Given<'_>>,
        mapping: &Mapping,
        keep_rejects: bool,
        recorded: i64,
        told: &mut dyn FnMut(usize),
    ) -> Result<Imported, NotImported> {
        self.cancel.store(false, Ordering::Relaxed);
        let mut tables = Vec::new();
        let mut wrong = Vec::new();
        for (at, one) in given.iter_mut().enumerate() {
            let mut blocks = Blocks::new(&mut *one.feed);
            let refused = |line: u64, reason: String| Reject {
                file: one.file.clone(),
                line,
                reason,
                ..Reject::default()
            };
            match blocks.header() {
                Err((line, reason)) => wrong.push(refused(line, reason)),
                Ok(None) => wrong.push(refused(0, "the file is empty".to_owned())),
                Ok(Some(header)) => match Table::new(&one.file, &header, mapping) {
                    Ok(table) => tables.push((at, table, blocks.rest())),
                    Err(reject) => wrong.push(reject),
                },
            }
        }
        // A column that no table has is a slip.
        for pair in mapping.everywhere() {
            if let From::Column(name) = &pair.from
                && wrong.is_empty()
                && tables
                    .iter()
                    .all(|(_, table, _)| table.place(name).is_none())
                && let Some((_, table, _)) = tables.first()
            {
                wrong.push(Reject {
                    file: table.file.clone(),
                    line: 1,
                    reason: table.unknown(name),
                    ..Reject::default()
                });
            }
        }
        if !wrong.is_empty() {
            return Err(NotImported::Rejected(wrong));
        }
        tables.sort_by_key(|(at, table, _)| (table.kind == Kind::Claims, *at));
        let mut staging = Staging::new(&self.graph, keep_rejects, SAYABLE);
        for (at, table, rest) in tables {
            let mut blocks = Blocks::resumed(&mut *given[at].feed, rest);
            let cancel = &self.cancel;
            let done = staging.read(&table, &mut blocks, &mut |bytes| {
                told(bytes);
                !cancel.load(Ordering::Relaxed)
            });
            if !done {
                return Err(NotImported::Cancelled);
            }
        }
        let (words, entities, rows, mut imported) =
            staging.finish().map_err(NotImported::Rejected)?;
        let committed = self.graph.bulk_rows(words, entities, rows, recorded);
        match committed {
            Ok(known) => {
                imported.claims -= known;
                imported.known = known;
                Ok(imported)
            }
            Err(error) => Err(NotImported::Rejected(vec![Reject {
                reason: error.to_string(),
                ..Reject::default()
            }])),
        }
    }
}

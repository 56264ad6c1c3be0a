//! What is stated comes into the tables, at first and when the case has changed since: where claims only
//! came, what is new is joined with what was there; where some went or read otherwise by now, the strata
//! that rest on them are done anew and all others stand. It joins nothing itself.

use crate::graph::{ClaimFilter, Columns, DERIVED, GraphView, Polarities, Row, Seen};
use crate::model::Rules;
use crate::rules::evaluate::{Evaluation, Guard, Stopped, highest};
use crate::rules::program::{Program, Test};
use crate::rules::tables::{STATED, TableKey, Tuple};
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

impl Evaluation {
    /// Brings an evaluation to the state of the case, by the rules that it was made by. `only_claims`:
    /// claims came since, and nothing else has changed. Tells whether that could be done: where a name in
    /// a rule means somebody else by now, or entities may be of other types than those that rules have
    /// looked at, all must be done anew.
    pub fn grow(
        &mut self,
        rules: &Rules,
        graph: &dyn GraphView,
        guard: Guard<'_>,
        only_claims: bool,
    ) -> Result<bool, Stopped> {
        let again = Program::new(rules, self.wanted.as_deref(), graph);
        let program = &self.program;
        let same = again.keys == program.keys
            && again.symmetric == program.symmetric
            && again.same_names(program);
        let looks = |test: &Test| matches!(test, Test::IsA(..) | Test::Property(..));
        let mut tests = program.rules.iter().flat_map(|rule| &rule.tests);
        if !same || !only_claims && tests.any(looks) {
            return Ok(false);
        }
        self.annotations.refresh(graph.columns());
        let tables = 0..self.tables.len();
        let mut changed: Vec<bool> = tables
            .clone()
            .map(|table| !only_claims && !self.holds_as_read(table, graph))
            .collect();
        for table in tables {
            match changed[table] {
                true => self.read_anew(table, graph),
                false => self.read_claims(table, graph, self.read),
            }
        }
        self.read = highest(graph.columns());
        self.run(graph, guard, Some(&mut changed))?;
        Ok(true)
    }

    /// Whether rules rest on a table that does not hold what it held, or on the absence of what came.
    pub(in crate::rules) fn rests_on(
        &self,
        rules: &[usize],
        before: &[u32],
        changed: &[bool],
    ) -> bool {
        let rules = || rules.iter().map(|rule| &self.program.rules[*rule]);
        let mut atoms = rules().flat_map(|rule| &rule.atoms);
        rules().any(|rule| changed[rule.head.0])
            || atoms.any(|atom| {
                let grown = self.tables[atom.table].len() as u32 > before[atom.table];
                changed[atom.table] || atom.negated && grown
            })
    }

    /// Whether all claims of a table that were read are there still, and read as they did.
    fn holds_as_read(&mut self, table: usize, graph: &dyn GraphView) -> bool {
        let columns = graph.columns();
        let mut marks = 0u64;
        each_claim(&self.base, &self.program.keys[table], graph, &mut |row| {
            if columns.id(row).0 <= self.read {
                let code = self.annotations.of_claim(columns, row);
                marks = marks.wrapping_add(mark(columns, row, code));
            }
        });
        marks == self.marks[table]
    }

    /// Empties a table and reads what is stated.
    pub(in crate::rules) fn read_anew(&mut self, table: usize, graph: &dyn GraphView) {
        self.tables[table].clear();
        self.marks[table] = 0;
        self.read_claims(table, graph, 0);
    }

    /// Reads the stated claims of a table whose numbers are above the given one.
    pub(in crate::rules) fn read_claims(
        &mut self,
        table: usize,
        graph: &dyn GraphView,
        above: u32,
    ) {
        let columns = graph.columns();
        let symmetric = self.program.symmetric[table];
        let key = &self.program.keys[table];
        let annotations = &mut self.annotations;
        let (table, marks) = (&mut self.tables[table], &mut self.marks[table]);
        let mut last = None;
        each_claim(&self.base, key, graph, &mut |row| {
            if above > 0 && columns.id(row).0 <= above {
                return;
            }
            let annotation = annotations.of_claim(columns, row);
            *marks = marks.wrapping_add(mark(columns, row, annotation));
            let (subject, _, object) = columns.ends(row);
            // Claims of one fact that carry the same are one tuple.
            let own = Some((subject, object, annotation));
            if std::mem::replace(&mut last, own) == own {
                return;
            }
            let mut tuple = Tuple {
                subject,
                object,
                annotation,
                height: 0,
                rule: STATED,
            };
            table.add(tuple, annotations);
            if symmetric {
                (tuple.subject, tuple.object) = (object, subject);
                table.add(tuple, annotations);
            }
        });
    }
}

/// Hands on the stated claims that a table is made of.
fn each_claim(
    base: &ClaimFilter,
    key: &TableKey,
    graph: &dyn GraphView,
    sink: &mut dyn FnMut(Row),
) {
    let mut filter = ClaimFilter {
        polarities: Polarities::Asserted,
        stated: true,
        ..base.clone()
    };
    filter.sources.extend(key.sources.iter().cloned());
    filter.confidence = filter.confidence.max(key.confidence);
    let plain = filter
        == ClaimFilter {
            stated: true,
            ..ClaimFilter::default()
        };
    // The default view has fast ways, and what is derived is told by its rows.
    if plain {
        filter.stated = false;
    }
    Seen::new(graph, filter).scan_claims(key.relation, &mut |rows: Range<Row>| {
        rows.filter(|row| *row < DERIVED).for_each(&mut *sink);
    });
}

/// A mark of one claim as it reads: its row, its ends and the number of what it carries. Marks are added
/// up, so that the order in which claims are read does not matter.
fn mark(columns: &Columns, row: Row, annotation: u32) -> u64 {
    let (subject, _, object) = columns.ends(row);
    let mut bytes = [0u8; 16];
    for (at, part) in [row, subject, object, annotation].into_iter().enumerate() {
        bytes[4 * at..4 * at + 4].copy_from_slice(&part.to_le_bytes());
    }
    xxh3_64(&bytes)
}

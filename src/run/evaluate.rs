//! Evaluates an expression over a batch. Comparisons with no value give no value; conditions follow
//! three-valued logic. What asks the claims or another plan is computed for the whole batch at once,
//! the rest row by row.

#![allow(clippy::wildcard_enum_match_arm)] // Most expressions need no preparation.

use crate::algebra::expressions::{expression_vars, parts};
use crate::algebra::functions::{graph as nodes, operators};
use crate::algebra::{
    Ask, Datum, Each, Expression, Fault, Labels, PathRow, Quantifier, Test, Var, Wanted,
};
use crate::graph::filter::{ClaimFilter, Compare};
use crate::graph::{GraphView, Row};
use crate::model::{EntityId, Value};
use crate::run::batch::{Batch, Column, NONE};
use crate::run::evidence;
use crate::run::execution::{Execution, Halt};
use rustc_hash::{FxHashMap, FxHashSet};

/// The value of an expression for each row.
pub fn evaluate(
    expression: &Expression,
    batch: &Batch,
    execution: &Execution<'_>,
) -> Result<Vec<Datum>, Halt> {
    let mut rows = Rows::new(batch, execution);
    rows.prepare(expression, &mut Vec::new())?;
    (0..batch.rows)
        .map(|row| rows.value(expression, row))
        .collect()
}

/// The rows for which a condition is true.
pub fn kept(
    condition: &Expression,
    batch: &Batch,
    execution: &Execution<'_>,
) -> Result<Vec<u32>, Halt> {
    let mut rows = Rows::new(batch, execution);
    rows.prepare(condition, &mut Vec::new())?;
    let mut kept = Vec::new();
    for row in 0..batch.rows {
        if rows.truth(condition, row)? == Some(true) {
            kept.push(row as u32);
        }
    }
    Ok(kept)
}

/// A batch under evaluation.
pub struct Rows<'a, 'g> {
    batch: &'a Batch,
    execution: &'a Execution<'g>,
    /// What was computed for all rows, by the place of its expression in memory.
    ready: FxHashMap<*const Expression, Vec<Datum>>,
    /// Variables that expressions bring themselves, innermost last.
    own: Vec<(Var, Datum)>,
}

impl<'a, 'g> Rows<'a, 'g> {
    /// A batch with nothing prepared.
    pub fn new(batch: &'a Batch, execution: &'a Execution<'g>) -> Rows<'a, 'g> {
        Rows {
            batch,
            execution,
            ready: FxHashMap::default(),
            own: Vec::new(),
        }
    }

    /// Computes for all rows what is cheaper so; `inner` are the variables that expressions around
    /// this one bring.
    pub fn prepare(&mut self, expression: &Expression, inner: &mut Vec<Var>) -> Result<(), Halt> {
        let before = inner.len();
        match expression {
            Expression::Evidence(var, field) => {
                let Column::Evidence(tuples) = self.batch.column(*var) else {
                    return Ok(());
                };
                let filters = filters_of(*var, self.execution);
                let graph = self.execution.graph;
                let values = tuples
                    .iter()
                    .map(|tuples| evidence::of_tuples(graph, tuples, &filters, *field));
                self.ready.insert(expression, values.collect());
            }
            Expression::OfFact(var, field) => {
                let filter = self.execution.filter(*var);
                let column = self.batch.column(*var);
                let values = (0..self.batch.rows).map(|row| match column.id(row) {
                    NONE => Datum::Null,
                    fact => evidence::of_fact(self.execution.graph, fact, &filter, *field),
                });
                self.ready.insert(expression, values.collect());
            }
            Expression::Ask(ask) if !ask.reads.iter().any(|var| inner.contains(var)) => {
                let values = answers(ask, self.batch, self.execution)?;
                self.ready.insert(expression, values);
            }
            Expression::Each(each) | Expression::Quantified(_, each) => inner.push(each.var),
            Expression::Reduce(sum, _, each) => inner.extend([*sum, each.var]),
            // An alternative that is not taken may fail: it is not asked before.
            Expression::Case(..) | Expression::Coalesce(_) => return Ok(()),
            _ => {}
        }
        for part in parts(expression) {
            self.prepare(part, inner)?;
        }
        inner.truncate(before);
        Ok(())
    }

    /// The value for one row.
    pub fn value(&mut self, expression: &Expression, row: usize) -> Result<Datum, Halt> {
        let graph = self.execution.graph;
        Ok(match expression {
            Expression::Var(var) => self.variable(*var, row),
            Expression::Constant(value) => value.clone(),
            Expression::At(span, inner) => match self.value(inner, row) {
                Err(Halt::Failed(fault)) => return Err(fault.at(*span).into()),
                other => return other,
            },
            Expression::Get(of, key) => match &**of {
                // Nothing is copied but the property.
                Expression::Var(var) if self.own.is_empty() => {
                    let of = self.batch.column(*var);
                    match of {
                        Column::Values(values) => {
                            nodes::get(&self.execution.context(), &values[row], key)?
                        }
                        _ => nodes::get(&self.execution.context(), &of.datum(row), key)?,
                    }
                }
                of => {
                    let of = self.value(of, row)?;
                    nodes::get(&self.execution.context(), &of, key)?
                }
            },
            Expression::Property(var, key) => match self.batch.column(*var).id(row) {
                NONE => Datum::Null,
                id if key == "name" => Datum::text(graph.entities().name(EntityId(id))),
                id if key == "types" => {
                    let types = graph.entities().get(EntityId(id)).types.iter();
                    let name = |kind| Datum::text(graph.vocabulary().type_of(kind).name.clone());
                    Datum::List(types.map(|kind| name(*kind)).collect())
                }
                id => {
                    let value = graph.entities().get(EntityId(id)).property(key);
                    value.map_or(Datum::Null, Datum::from)
                }
            },
            Expression::HasType(var, kind) => match self.batch.column(*var).id(row) {
                NONE => Datum::Null,
                id => Datum::bool(graph.entities().has_type(
                    EntityId(id),
                    *kind,
                    graph.vocabulary(),
                )),
            },
            Expression::Evidence(..) | Expression::OfFact(..) => self.prepared(expression, row),
            Expression::Ask(ask) => match self.ready.get(&std::ptr::from_ref(expression)) {
                Some(values) => values[row].clone(),
                None => self.ask(ask, row)?,
            },
            Expression::IsNull(_)
            | Expression::Not(_)
            | Expression::And(_)
            | Expression::Or(_)
            | Expression::Distinct(_) => self
                .truth(expression, row)?
                .map_or(Datum::Null, Datum::bool),
            Expression::Test(test, left, right) => {
                let (left, right) = (self.value(left, row)?, self.value(right, row)?);
                tested(*test, &left, &right)
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.value(left, row)?, self.value(right, row)?);
                operators::binary(*operator, &left, &right)?
            }
            Expression::HasLabels(of, labels) => {
                let of = self.value(of, row)?;
                labelled(graph, &of, labels)?
            }
            Expression::List(items) => Datum::List(self.all(items, row)?),
            Expression::Map(entries) => {
                let mut map = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    put(&mut map, key, self.value(value, row)?);
                }
                Datum::Map(map)
            }
            Expression::MapOf(of, entries) => {
                let of = self.value(of, row)?;
                if of.is_null() {
                    return Ok(Datum::Null);
                }
                let mut map = Vec::new();
                for entry in entries {
                    match entry {
                        None => {
                            for (key, value) in nodes::entries(&self.execution.context(), &of)? {
                                put(&mut map, &key, value);
                            }
                        }
                        Some((key, value)) => put(&mut map, key, self.value(value, row)?),
                    }
                }
                Datum::Map(map)
            }
            Expression::Index(of, at) => {
                let (of, at) = (self.value(of, row)?, self.value(at, row)?);
                operators::index(&self.execution.context(), &of, &at)?
            }
            Expression::Slice(of, from, to) => {
                let of = self.value(of, row)?;
                let from = from
                    .as_ref()
                    .map(|from| self.value(from, row))
                    .transpose()?;
                let to = to.as_ref().map(|to| self.value(to, row)).transpose()?;
                operators::slice(&of, from.as_ref(), to.as_ref())?
            }
            Expression::Negative(of) => operators::negative(&self.value(of, row)?)?,
            Expression::Case(alternatives, otherwise) => {
                for (when, then) in alternatives {
                    if self.truth(when, row)? == Some(true) {
                        return self.value(then, row);
                    }
                }
                self.value(otherwise, row)?
            }
            Expression::Coalesce(parts) => {
                for part in parts {
                    let value = self.value(part, row)?;
                    if !value.is_null() {
                        return Ok(value);
                    }
                }
                Datum::Null
            }
            Expression::Call(function, arguments) => {
                let arguments = self.all(arguments, row)?;
                function.call(&self.execution.context(), &arguments)?
            }
            Expression::Each(each) => match self.items(&each.list, row)? {
                None => Datum::Null,
                Some(items) => {
                    self.execution.holds(items.len() * 32)?;
                    let mut found = Vec::with_capacity(items.len());
                    for item in items {
                        self.execution.check()?;
                        if let Some(value) = self.item(each, item, row)? {
                            found.push(value);
                        }
                    }
                    Datum::List(found)
                }
            },
            Expression::Quantified(quantifier, each) => self.quantified(*quantifier, each, row)?,
            Expression::Reduce(sum, start, each) => {
                let mut total = self.value(start, row)?;
                let Some(items) = self.items(&each.list, row)? else {
                    return Ok(Datum::Null);
                };
                for item in items {
                    self.execution.check()?;
                    self.own.push((*sum, total));
                    let next = self.item(each, item, row);
                    self.own.pop();
                    total = next?.unwrap_or_default();
                }
                total
            }
            Expression::Path(start, parts) => {
                let start = self.value(start, row)?;
                let parts = self.all(parts, row)?;
                path(graph, &start, &parts)?
            }
        })
    }

    fn variable(&self, var: Var, row: usize) -> Datum {
        match self.own.iter().rev().find(|(own, _)| *own == var) {
            Some((_, value)) => value.clone(),
            None => self.batch.column(var).datum(row),
        }
    }

    fn prepared(&self, expression: &Expression, row: usize) -> Datum {
        let values = self.ready.get(&std::ptr::from_ref(expression));
        values.map_or(Datum::Null, |values| values[row].clone())
    }

    fn all(&mut self, parts: &[Expression], row: usize) -> Result<Vec<Datum>, Halt> {
        parts.iter().map(|part| self.value(part, row)).collect()
    }

    /// Whether a condition is true, false or neither.
    fn truth(&mut self, expression: &Expression, row: usize) -> Result<Option<bool>, Halt> {
        Ok(match expression {
            Expression::IsNull(inner) => Some(self.value(inner, row)?.is_null()),
            Expression::Not(inner) => self.truth(inner, row)?.map(|truth| !truth),
            Expression::And(parts) => self.decided(parts, row, false)?,
            Expression::Or(parts) => self.decided(parts, row, true)?,
            Expression::At(span, inner) => match self.truth(inner, row) {
                Err(Halt::Failed(fault)) => return Err(fault.at(*span).into()),
                other => return other,
            },
            Expression::Distinct(vars) => Some(self.distinct(vars, row)),
            other => match self.value(other, row)? {
                Datum::Value(Value::Bool(truth)) => Some(truth),
                Datum::Null => None,
                other => {
                    return Err(
                        Fault::kind(format!("{} is not true or false", other.kind()))
                            .help("compare it with something")
                            .into(),
                    );
                }
            },
        })
    }

    /// `and` (decided by false) or `or` (decided by true) by three-valued logic.
    fn decided(
        &mut self,
        parts: &[Expression],
        row: usize,
        decides: bool,
    ) -> Result<Option<bool>, Halt> {
        let mut known = Some(!decides);
        for part in parts {
            match self.truth(part, row)? {
                Some(truth) if truth == decides => return Ok(Some(decides)),
                Some(_) => {}
                None => known = None,
            }
        }
        Ok(known)
    }

    fn items(&mut self, list: &Expression, row: usize) -> Result<Option<Vec<Datum>>, Halt> {
        match self.value(list, row)? {
            Datum::Null => Ok(None),
            Datum::List(items) => Ok(Some(items)),
            other => Err(Fault::kind(format!("{} is no list", other.kind())).into()),
        }
    }

    /// What becomes of an item; nothing where its condition is not true.
    fn item(&mut self, each: &Each, item: Datum, row: usize) -> Result<Option<Datum>, Halt> {
        self.own.push((each.var, item));
        let value = self.item_value(each, row);
        self.own.pop();
        value
    }

    fn item_value(&mut self, each: &Each, row: usize) -> Result<Option<Datum>, Halt> {
        if let Some(condition) = &each.condition
            && self.truth(condition, row)? != Some(true)
        {
            return Ok(None);
        }
        Ok(Some(match &each.value {
            Some(value) => self.value(value, row)?,
            None => self.variable(each.var, row),
        }))
    }

    fn quantified(
        &mut self,
        quantifier: Quantifier,
        each: &Each,
        row: usize,
    ) -> Result<Datum, Halt> {
        let Some(items) = self.items(&each.list, row)? else {
            return Ok(Datum::Null);
        };
        let (mut yes, mut no, mut unknown) = (0usize, 0usize, 0usize);
        for item in items {
            self.execution.check()?;
            self.own.push((each.var, item));
            let truth = match &each.condition {
                Some(condition) => self.truth(condition, row),
                None => Ok(Some(true)),
            };
            self.own.pop();
            match truth? {
                Some(true) => yes += 1,
                Some(false) => no += 1,
                None => unknown += 1,
            }
        }
        let known = |decided: bool, otherwise: bool| match (decided, unknown) {
            (true, _) => Datum::bool(!otherwise),
            (false, 0) => Datum::bool(otherwise),
            (false, _) => Datum::Null,
        };
        Ok(match quantifier {
            Quantifier::All => known(no > 0, true),
            Quantifier::Any => known(yes > 0, false),
            Quantifier::None => known(yes > 0, true),
            Quantifier::Single => match (yes, unknown) {
                (2.., _) => Datum::bool(false),
                (_, 1..) => Datum::Null,
                (yes, 0) => Datum::bool(yes == 1),
            },
        })
    }

    fn distinct(&self, vars: &[Var], row: usize) -> bool {
        let mut seen = FxHashSet::default();
        vars.iter().all(|var| match self.batch.column(*var) {
            Column::Claims(rows) => seen.insert(rows[row]),
            column => match column.datum(row) {
                Datum::List(items) => items.iter().all(|item| match item {
                    Datum::Claim(claim) => seen.insert(*claim),
                    _ => true,
                }),
                Datum::Claim(claim) => seen.insert(claim),
                _ => true,
            },
        })
    }

    /// Asks a plan for one row, with the variables that expressions brought.
    fn ask(&self, ask: &Ask, row: usize) -> Result<Datum, Halt> {
        let mut outer = self.batch.gather(&[row as u32]);
        for (var, value) in &self.own {
            outer.set(*var, Column::of(vec![value.clone()]));
        }
        let answers = answers(ask, &outer, self.execution)?;
        Ok(answers.into_iter().next().unwrap_or_default())
    }
}

/// What a plan gives for each row of a batch.
fn answers(ask: &Ask, batch: &Batch, execution: &Execution<'_>) -> Result<Vec<Datum>, Halt> {
    let mut counts = vec![0i64; batch.rows];
    let mut lists: Vec<Vec<Datum>> = vec![Vec::new(); batch.rows];
    for found in execution.lateral(&ask.plan, batch)? {
        let values = match ask.wanted {
            Wanted::Collect(var) | Wanted::First(var) => Some(found.column(var)),
            Wanted::Exists | Wanted::Count => None,
        };
        for (at, origin) in found.origin.iter().flatten().enumerate() {
            counts[*origin as usize] += 1;
            if let Some(values) = values {
                let list = &mut lists[*origin as usize];
                if matches!(ask.wanted, Wanted::Collect(_)) || list.is_empty() {
                    list.push(values.datum(at));
                }
            }
        }
    }
    Ok(match ask.wanted {
        Wanted::Exists => counts.iter().map(|count| Datum::bool(*count > 0)).collect(),
        Wanted::Count => counts.into_iter().map(Datum::int).collect(),
        Wanted::Collect(_) => lists.into_iter().map(Datum::List).collect(),
        Wanted::First(_) => lists
            .into_iter()
            .map(|list| list.into_iter().next().unwrap_or_default())
            .collect(),
    })
}

/// The value of an expression that reads no row.
pub fn constant(expression: &Expression, execution: &Execution<'_>) -> Result<Datum, Halt> {
    debug_assert!(expression_vars(expression).is_empty());
    let values = evaluate(expression, &Batch::unit(), execution)?;
    Ok(values.into_iter().next().unwrap_or_default())
}

fn put(map: &mut Vec<(String, Datum)>, key: &str, value: Datum) {
    match map.iter_mut().find(|(known, _)| known == key) {
        Some((_, old)) => *old = value,
        None => map.push((key.to_owned(), value)),
    }
}

/// The filters of the facts that an evidence variable collects.
fn filters_of(evidence: Var, execution: &Execution<'_>) -> Vec<ClaimFilter> {
    execution
        .collected(evidence)
        .iter()
        .map(|fact| execution.filter(*fact))
        .collect()
}

fn tested(test: Test, left: &Datum, right: &Datum) -> Datum {
    if left.is_null() || right.is_null() {
        return Datum::Null;
    }
    let text = |holds: fn(&str, &str) -> bool| {
        let (left, right) = (left.shown().to_lowercase(), right.shown().to_lowercase());
        Datum::bool(holds(&left, &right))
    };
    match test {
        Test::Contains => text(|left, right| left.contains(right)),
        Test::StartsWith => text(|left, right| left.starts_with(right)),
        Test::EndsWith => text(|left, right| left.ends_with(right)),
        Test::Compare(compare) => match (left.compare(right), compare) {
            (Some(order), compare) => Datum::bool(compare.holds(order, std::cmp::Ordering::Equal)),
            (None, Compare::Equal) => Datum::bool(false),
            (None, Compare::NotEqual) => Datum::bool(true),
            (
                None,
                Compare::Less | Compare::LessOrEqual | Compare::Greater | Compare::GreaterOrEqual,
            ) => Datum::Null,
        },
    }
}

fn labelled(graph: &dyn GraphView, of: &Datum, labels: &Labels) -> Result<Datum, Fault> {
    Ok(match of {
        Datum::Null => Datum::Null,
        Datum::Entity(_) | Datum::Claim(_) => Datum::bool(wears(graph, of, labels)),
        other => return Err(Fault::kind(format!("{} has no labels", other.kind()))),
    })
}

fn wears(graph: &dyn GraphView, of: &Datum, labels: &Labels) -> bool {
    match (labels, of) {
        (Labels::Is(kind, _), Datum::Entity(id)) => {
            kind.is_some_and(|kind| graph.entities().has_type(*id, kind, graph.vocabulary()))
        }
        (Labels::Is(_, relations), Datum::Claim(row)) => {
            relations.contains(&graph.columns().relation(*row))
        }
        (Labels::Some, Datum::Entity(id)) => !graph.entities().get(*id).types.is_empty(),
        (Labels::Is(..) | Labels::Some, _) => true,
        (Labels::Not(inner), _) => !wears(graph, of, inner),
        (Labels::And(parts), _) => parts.iter().all(|part| wears(graph, of, part)),
        (Labels::Or(parts), _) => parts.iter().any(|part| wears(graph, of, part)),
    }
}

/// The path from a node along claims and lists of claims.
fn path(graph: &dyn GraphView, start: &Datum, parts: &[Datum]) -> Result<Datum, Fault> {
    let Datum::Entity(start) = start else {
        return Ok(Datum::Null);
    };
    let mut path = PathRow {
        entities: vec![*start],
        facts: Vec::new(),
    };
    let mut step = |row: Row| {
        let at = path.entities.last().copied().unwrap_or(*start);
        let (subject, object) = (graph.columns().subject(row), graph.columns().object(row));
        path.facts.push(row);
        path.entities
            .push(if subject == at { object } else { subject });
    };
    for part in parts {
        match part {
            Datum::Claim(row) => step(*row),
            Datum::List(items) => {
                for item in items {
                    match item {
                        Datum::Claim(row) => step(*row),
                        other => {
                            return Err(Fault::kind(format!(
                                "{} is no step of a path",
                                other.kind()
                            )));
                        }
                    }
                }
            }
            _ => return Ok(Datum::Null),
        }
    }
    Ok(Datum::Path(Box::new(path)))
}

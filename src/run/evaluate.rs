//! Evaluates an expression over a batch, a column at a time. Comparisons with no value give no
//! value; conditions follow three-valued logic.

use crate::algebra::{Datum, Expression, Test, Var};
use crate::graph::filter::{ClaimFilter, Compare};
use crate::model::{EntityId, Value};
use crate::run::batch::{Batch, Column, NONE};
use crate::run::evidence;
use crate::run::execution::Execution;

/// The value of an expression for each row.
pub fn evaluate(expression: &Expression, batch: &Batch, execution: &Execution<'_>) -> Vec<Datum> {
    let graph = execution.graph;
    let each = |of: &dyn Fn(usize) -> Datum| (0..batch.rows).map(of).collect::<Vec<Datum>>();
    match expression {
        Expression::Var(var) => each(&|row| batch.column(*var).datum(row)),
        Expression::Constant(value) => vec![value.clone(); batch.rows],
        Expression::Property(var, key) => each(&|row| match batch.column(*var).id(row) {
            NONE => Datum::Null,
            id if key == "name" => Datum::text(graph.entities().name(EntityId(id))),
            id if key == "types" => {
                let types = graph.entities().get(EntityId(id)).types.iter();
                let name = |kind| Value::Text(graph.vocabulary().type_of(kind).name.clone());
                Datum::Value(Value::List(types.map(|kind| name(*kind)).collect()))
            }
            id => {
                let value = graph.entities().get(EntityId(id)).property(key);
                value.map_or(Datum::Null, Datum::Value)
            }
        }),
        Expression::HasType(var, kind) => each(&|row| match batch.column(*var).id(row) {
            NONE => Datum::Null,
            id => bool(
                graph
                    .entities()
                    .has_type(EntityId(id), *kind, graph.vocabulary()),
            ),
        }),
        Expression::OfFact(var, field) => {
            let filter = execution.filter(*var);
            each(&|row| match batch.column(*var).id(row) {
                NONE => Datum::Null,
                fact => evidence::of_fact(graph, fact, &filter, *field),
            })
        }
        Expression::Evidence(var, field) => match batch.column(*var) {
            Column::Evidence(tuples) => {
                let filters = filters_of(*var, execution);
                each(&|row| evidence::of_tuples(graph, &tuples[row], &filters, *field))
            }
            Column::Absent
            | Column::Entities(_)
            | Column::Facts(_)
            | Column::Values(_)
            | Column::Paths(_) => vec![Datum::Null; batch.rows],
        },
        Expression::IsNull(inner) => evaluate(inner, batch, execution)
            .iter()
            .map(|value| bool(value.is_null()))
            .collect(),
        Expression::Not(inner) => evaluate(inner, batch, execution)
            .iter()
            .map(|value| truth(value).map_or(Datum::Null, |truth| bool(!truth)))
            .collect(),
        Expression::And(parts) => fold(parts, batch, execution, false),
        Expression::Or(parts) => fold(parts, batch, execution, true),
        Expression::Test(test, left, right) => {
            let left = evaluate(left, batch, execution);
            let right = evaluate(right, batch, execution);
            left.iter()
                .zip(&right)
                .map(|(left, right)| tested(*test, left, right))
                .collect()
        }
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

fn bool(value: bool) -> Datum {
    Datum::Value(Value::Bool(value))
}

fn truth(value: &Datum) -> Option<bool> {
    match value {
        Datum::Value(Value::Bool(truth)) => Some(*truth),
        Datum::Null | Datum::Value(_) | Datum::Entity(_) | Datum::Fact(_) => None,
    }
}

/// `and` (decided by false) or `or` (decided by true) by three-valued logic.
fn fold(
    parts: &[Expression],
    batch: &Batch,
    execution: &Execution<'_>,
    decides: bool,
) -> Vec<Datum> {
    let mut result = vec![bool(!decides); batch.rows];
    for part in parts {
        for (known, value) in result.iter_mut().zip(evaluate(part, batch, execution)) {
            let next = match (truth(known), truth(&value)) {
                (Some(known), _) if known == decides => continue,
                (_, Some(value)) if value == decides => bool(decides),
                (Some(_), Some(_)) => continue,
                (None, _) | (_, None) => Datum::Null,
            };
            *known = next;
        }
    }
    result
}

fn tested(test: Test, left: &Datum, right: &Datum) -> Datum {
    if left.is_null() || right.is_null() {
        return Datum::Null;
    }
    let text = |holds: fn(&str, &str) -> bool| {
        let (left, right) = (left.shown().to_lowercase(), right.shown().to_lowercase());
        bool(holds(&left, &right))
    };
    match test {
        Test::Contains => text(|left, right| left.contains(right)),
        Test::StartsWith => text(|left, right| left.starts_with(right)),
        Test::EndsWith => text(|left, right| left.ends_with(right)),
        Test::Compare(compare) => match (left.compare(right), compare) {
            (Some(order), compare) => bool(compare.holds(order, std::cmp::Ordering::Equal)),
            (None, Compare::Equal) => bool(false),
            (None, Compare::NotEqual) => bool(true),
            (
                None,
                Compare::Less | Compare::LessOrEqual | Compare::Greater | Compare::GreaterOrEqual,
            ) => Datum::Null,
        },
    }
}

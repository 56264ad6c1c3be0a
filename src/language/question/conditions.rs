//! From `where`, `sorted by` and `per` to expressions: whose property is meant, and whether it can
//! be tested before the claims of a row are put together.

use crate::algebra::{Datum, Evidence, Expression, Key, Plan, Test, Var};
use crate::graph::filter::Compare;
use crate::language::question::ast::{Comparison, Condition, Literal, SortKey};
use crate::language::question::clauses::Clauses;
use crate::language::question::filters;
use crate::language::words;
use crate::model::Value;
use crate::text::{Diagnostic, Span, Spanned, quoted_list};

/// A condition as an expression.
pub struct Lowered {
    /// The expression.
    pub expression: Expression,
    /// Whether it needs the evidence of a row, and so comes after grouping.
    pub after: bool,
}

/// What a path such as `country.population` or `likelihood` stands on.
struct Subject {
    entity: Var,
    /// The collected evidence of a row, or a single fact.
    evidence: Var,
    single: bool,
}

/// A condition over rows of entities with collected evidence.
pub fn lower(
    condition: &Condition,
    entity: Var,
    evidence: Var,
    clauses: &Clauses<'_>,
) -> Result<Lowered, Diagnostic> {
    let mut after = false;
    let subject = Subject {
        entity,
        evidence,
        single: false,
    };
    let expression = expression(condition, &subject, clauses, &mut after)?;
    Ok(Lowered { expression, after })
}

/// A condition over rows of facts.
pub fn lower_of_fact(
    condition: &Condition,
    entity: Var,
    fact: Var,
    clauses: &Clauses<'_>,
) -> Result<Expression, Diagnostic> {
    let subject = Subject {
        entity,
        evidence: fact,
        single: true,
    };
    expression(condition, &subject, clauses, &mut false)
}

fn expression(
    condition: &Condition,
    subject: &Subject,
    clauses: &Clauses<'_>,
    after: &mut bool,
) -> Result<Expression, Diagnostic> {
    let mut all = |parts: &[Condition]| -> Result<Vec<Expression>, Diagnostic> {
        parts
            .iter()
            .map(|part| expression(part, subject, clauses, after))
            .collect()
    };
    Ok(match condition {
        Condition::And(parts) => Expression::And(all(parts)?),
        Condition::Or(parts) => Expression::Or(all(parts)?),
        Condition::Not(part) => {
            Expression::Not(Box::new(expression(part, subject, clauses, after)?))
        }
        Condition::Unknown { path, negated } => {
            let value = attribute(path, subject, clauses, after)?;
            let unknown = Expression::IsNull(Box::new(value));
            if *negated {
                Expression::Not(Box::new(unknown))
            } else {
                unknown
            }
        }
        Condition::Compare {
            path,
            comparison,
            value,
        } => {
            let left = attribute(path, subject, clauses, after)?;
            let percent = matches!(
                left,
                Expression::Evidence(_, Evidence::Likelihood)
                    | Expression::OfFact(_, Evidence::Likelihood)
            );
            let right = literal(value, percent, clauses)?;
            let test = match comparison {
                Comparison::Equal => Test::Compare(Compare::Equal),
                Comparison::NotEqual => Test::Compare(Compare::NotEqual),
                Comparison::Less => Test::Compare(Compare::Less),
                Comparison::LessOrEqual => Test::Compare(Compare::LessOrEqual),
                Comparison::Greater => Test::Compare(Compare::Greater),
                Comparison::GreaterOrEqual => Test::Compare(Compare::GreaterOrEqual),
                Comparison::Contains => Test::Contains,
                Comparison::StartsWith => Test::StartsWith,
                Comparison::EndsWith => Test::EndsWith,
            };
            Expression::Test(test, Box::new(left), Box::new(Expression::Constant(right)))
        }
    })
}

fn literal(
    value: &Spanned<Literal>,
    percent: bool,
    clauses: &Clauses<'_>,
) -> Result<Datum, Diagnostic> {
    Ok(Datum::from(match &value.node {
        Literal::Text(text) => Value::Text(text.clone()),
        // `likelihood >= 0.7` and `likelihood >= 70` are one.
        Literal::Number(number) if percent && *number > 0.0 && *number <= 1.0 => {
            Value::Float(number * 100.0)
        }
        Literal::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Value::Int(*number as i64)
        }
        Literal::Number(number) => Value::Float(*number),
        Literal::Percent(number) if percent => Value::Float(*number),
        Literal::Percent(number) => Value::Float(number / 100.0),
        Literal::Date(date) => Value::Date(*date),
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Parameter(name) => filters::parameter(name, value.span, clauses.context)?.clone(),
    }))
}

/// The value that a path names: something about the claims, or a property of an entity that the
/// question speaks of by a noun.
fn attribute(
    path: &Spanned<Vec<String>>,
    subject: &Subject,
    clauses: &Clauses<'_>,
    after: &mut bool,
) -> Result<Expression, Diagnostic> {
    match path.node.as_slice() {
        [key] => Ok(match Evidence::named(key) {
            Some(field) if subject.single => Expression::OfFact(subject.evidence, field),
            Some(field) => {
                *after = true;
                Expression::Evidence(subject.evidence, field)
            }
            None => Expression::Property(subject.entity, key.clone()),
        }),
        [noun, key] => Ok(Expression::Property(
            named(noun, path.span, clauses)?,
            key.clone(),
        )),
        _ => Err(Diagnostic::new(
            format!("`{}` has too many parts", path.node.join(".")),
            path.span,
        )
        .label("at most one dot")
        .help("write `property` or `noun.property`")),
    }
}

/// The variable that a noun of the question introduced.
fn named(noun: &str, span: Span, clauses: &Clauses<'_>) -> Result<Var, Diagnostic> {
    let words = clauses.view.vocabulary();
    let kind = words::noun(words, noun, span)?;
    let exact = clauses.named.iter().find(|(known, _)| *known == kind);
    let near = || {
        clauses
            .named
            .iter()
            .find(|(known, _)| words.is_a(*known, kind) || words.is_a(kind, *known))
    };
    exact.or_else(near).map(|(_, var)| *var).ok_or_else(|| {
        let mut nouns: Vec<&str> = clauses
            .named
            .iter()
            .map(|(kind, _)| words.type_of(*kind).name.as_str())
            .collect();
        nouns.sort();
        nouns.dedup();
        let missing = Diagnostic::new(format!("the question speaks of no {noun}"), span)
            .label("nothing to refer to");
        match nouns.is_empty() {
            true => missing.help(format!(
                "name it by its type, as in `who targeted any {noun} …`"
            )),
            false => missing.help(format!("it speaks of {}", quoted_list(&nouns))),
        }
    })
}

/// The keys of `sorted by …` over rows of entities.
pub fn sort(
    keys: &[SortKey],
    entity: Var,
    evidence: Var,
    clauses: &Clauses<'_>,
) -> Result<Vec<Key>, Diagnostic> {
    let subject = Subject {
        entity,
        evidence,
        single: false,
    };
    let key = |key: &SortKey| {
        let by = attribute(&key.path, &subject, clauses, &mut false)?;
        // A property of another entity of the pattern is gone once rows are grouped.
        if let Expression::Property(var, _) = by
            && var != entity
        {
            return Err(Diagnostic::new(
                "rows can be sorted by the asked thing only",
                key.path.span,
            )
            .label("belongs to another entity")
            .help("sort by a property of the asked thing, or by `likelihood`, `sources`, `from`"));
        }
        Ok(Key {
            by,
            descending: key.descending,
            missing_last: true,
        })
    };
    keys.iter().map(key).collect()
}

/// The keys of `sorted by …` over rows of facts.
pub fn sort_of_facts(
    keys: &[SortKey],
    entity: Var,
    fact: Var,
    clauses: &Clauses<'_>,
) -> Result<Vec<Key>, Diagnostic> {
    let subject = Subject {
        entity,
        evidence: fact,
        single: true,
    };
    keys.iter()
        .map(|key| {
            let by = attribute(&key.path, &subject, clauses, &mut false)?;
            Ok(Key {
                by,
                descending: key.descending,
                missing_last: true,
            })
        })
        .collect()
}

/// The keys of `sorted by …` over groups: `count`, or one of the `per` words.
pub fn sort_of_groups(
    sorted: &[SortKey],
    keys: &[(String, Var)],
    count: Var,
    default: Vec<Key>,
) -> Result<Vec<Key>, Diagnostic> {
    let mut order = Vec::new();
    for key in sorted {
        let name = key.path.node.join(".").to_lowercase();
        let var = match name.as_str() {
            "count" | "number" => Some(count),
            name => keys
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, var)| *var),
        };
        let Some(var) = var else {
            let mut names: Vec<&str> = keys.iter().map(|(known, _)| known.as_str()).collect();
            names.push("count");
            return Err(
                Diagnostic::new(format!("the groups have no `{name}`"), key.path.span)
                    .label("unknown column")
                    .help(format!("sort by {}", quoted_list(&names))),
            );
        };
        order.push(Key {
            by: Expression::Var(var),
            descending: key.descending,
            missing_last: true,
        });
    }
    order.extend(default);
    Ok(order)
}

/// Rows come the most likely first, then the best attested, then by name.
pub fn default_order(entity: Var, evidence: Var) -> [Key; 3] {
    [
        Key {
            by: Expression::Evidence(evidence, Evidence::Likelihood),
            descending: true,
            missing_last: true,
        },
        Key {
            by: Expression::Evidence(evidence, Evidence::Sources),
            descending: true,
            missing_last: true,
        },
        Key {
            by: Expression::Property(entity, "name".to_owned()),
            descending: false,
            missing_last: true,
        },
    ]
}

/// `per country`, `per year`, `per source`, `per type`: the key, and the plan that binds it.
pub fn per(
    per: &Spanned<String>,
    plan: Plan,
    entity: Var,
    facts: &[Var],
    clauses: &mut Clauses<'_>,
) -> Result<(Var, Plan), Diagnostic> {
    let word = per.node.to_lowercase();
    if ["type", "types"].contains(&word.as_str()) {
        let var = clauses.variables.fresh("type");
        let list = Expression::Property(entity, "types".to_owned());
        let plan = Plan::Unwind {
            input: Box::new(plan),
            list,
            var,
            place: None,
        };
        return Ok((var, plan));
    }
    let field = match word.as_str() {
        "year" | "years" => Some(Evidence::Years),
        "source" | "sources" => Some(Evidence::SourceNames),
        "status" => Some(Evidence::Status),
        _ => None,
    };
    let Some(field) = field else {
        return Ok((named(&per.node, per.span, clauses)?, plan));
    };
    let Some(fact) = facts.first() else {
        return Err(
            Diagnostic::new(format!("nothing here has a {}", per.node), per.span)
                .label("there is no verb")
                .help("ask what was done: `how many groups targeted any country per year`"),
        );
    };
    let var = clauses.variables.fresh(field.name());
    let list = Expression::OfFact(*fact, field);
    // Branches of an `or` bind different facts: each is unwound on its own.
    let plan = if let Plan::Union(inputs) = plan {
        Plan::Union(
            inputs
                .into_iter()
                .zip(facts)
                .map(|(input, fact)| Plan::Unwind {
                    input: Box::new(input),
                    list: Expression::OfFact(*fact, field),
                    var,
                    place: None,
                })
                .collect(),
        )
    } else {
        Plan::Unwind {
            input: Box::new(plan),
            list,
            var,
            place: None,
        }
    };
    Ok((var, plan))
}

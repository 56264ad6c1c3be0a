//! `WHY` before a query: its relationships are given names and returned with each row, so that whoever
//! runs it can tell what the row rests on. It proves nothing.

use crate::language::gql::ast::{
    Clause, Element, Expression, Item, Pattern, Program, Projection, RelationshipPattern,
};
use crate::language::gql::checker::aggregates;
use crate::language::gql::mistakes::mistake;
use crate::text::{Diagnostic, Span, Spanned};

/// How the names begin that are given here: no query can write them.
pub const WITNESS: &str = " why";

/// The same query with its relationships as further columns.
pub fn witnessed(mut program: Program) -> Result<Program, Diagnostic> {
    if let Some((_, other)) = program.query.unions.first() {
        let span = other
            .clauses
            .first()
            .map_or(Span::default(), |clause| clause.span);
        return Err(refused("`UNION`", span));
    }
    let mut names: Vec<String> = Vec::new();
    let clauses = &mut program.query.first.clauses;
    for clause in clauses.iter_mut() {
        let span = clause.span;
        match &mut clause.node {
            Clause::Match { patterns, .. } => {
                patterns
                    .iter_mut()
                    .for_each(|pattern| name(pattern, &mut names));
            }
            Clause::Return(projection) => returned(projection, &names, span)?,
            Clause::Unwind { .. } | Clause::Filter(_) | Clause::Let(_) | Clause::Order(_) => {}
            Clause::With(..) => return Err(refused("`WITH`", span)),
            Clause::Finish => return Err(refused("`FINISH`", span)),
            Clause::Call { .. } | Clause::Subquery(_) => return Err(refused("`CALL`", span)),
            Clause::Create(_)
            | Clause::Merge { .. }
            | Clause::Set(_)
            | Clause::Remove(_)
            | Clause::Delete { .. } => return Err(refused("a writing clause", span)),
        }
    }
    if names.is_empty() {
        let span = clauses
            .first()
            .map_or(Span::default(), |clause| clause.span);
        return Err(
            mistake("NoReasons", "no relationship is matched here", span)
                .label("nothing to give reasons for")
                .help("write for example `WHY MATCH (a)-[:targeted]->(b) RETURN a, b`"),
        );
    }
    Ok(program)
}

fn refused(what: &str, span: Span) -> Diagnostic {
    mistake(
        "NoReasons",
        format!("`WHY` gives reasons for rows of MATCH, not for {what}"),
        span,
    )
    .label("here rows lose what they rest on")
    .help("write `WHY MATCH … WHERE … RETURN …` without aggregates")
}

fn name(pattern: &mut Pattern, names: &mut Vec<String>) {
    pattern
        .elements
        .iter_mut()
        .for_each(|element| name_element(element, names));
}

fn name_element(element: &mut Element, names: &mut Vec<String>) {
    match element {
        Element::Node(_) => {}
        Element::Relationship(link) => name_link(link, names),
        Element::Quantified { elements, .. } => {
            elements
                .iter_mut()
                .for_each(|element| name_element(element, names));
        }
    }
}

fn name_link(link: &mut RelationshipPattern, names: &mut Vec<String>) {
    let span = link.span;
    let fresh = || Spanned::new(format!("{WITNESS}{}", names.len()), span);
    let name = link.variable.get_or_insert_with(fresh).node.clone();
    if !names.contains(&name) {
        names.push(name);
    }
}

fn returned(projection: &mut Projection, names: &[String], span: Span) -> Result<(), Diagnostic> {
    if projection.distinct {
        return Err(refused("`DISTINCT`", span));
    }
    let counted = projection.items.iter().find(|item| aggregates(&item.value));
    if let Some(item) = counted {
        return Err(refused("an aggregate", item.value.span));
    }
    for (at, name) in names.iter().enumerate() {
        projection.items.push(Item {
            value: Box::new(Spanned::new(Expression::Variable(name.clone()), span)),
            alias: Some(Spanned::new(format!("{WITNESS}_{at}"), span)),
            text: name.clone(),
        });
    }
    Ok(())
}

//! What a query means is checked before it runs: variables, kinds, aggregates, how clauses follow
//! each other. It changes nothing and knows no graph.

use crate::language::gql::ast::{
    Clause, Expr, Expression, Program, Query, RemoveItem, SetItem, Single, Yield,
};
use crate::language::gql::checker::{Checked, Checker, Place, Signature, Use};
use crate::language::gql::kinds::{Kind, kind};
use crate::language::gql::mistakes::mistake;
use crate::language::gql::projections::{both, column};
use crate::language::gql::scope::Scope;
use crate::text::Span;

/// Checks a query. `procedures` are those that may be called.
pub fn check(program: &Program, procedures: &[Signature]) -> Checked<()> {
    Checker { procedures }
        .query(&program.query, &Scope::default(), false)
        .map(|_| ())
}

/// A number of aggregates and so on are the same in every clause: this is where a clause stands.
const PLAIN: Place = Place {
    aggregates: false,
    patterns: false,
};
const CONDITION: Place = Place {
    aggregates: false,
    patterns: true,
};

impl Checker<'_> {
    /// Checks a query inside a scope; gives its columns.
    pub(in crate::language::gql) fn query(
        &self,
        query: &Query,
        outer: &Scope,
        inside: bool,
    ) -> Checked<Vec<String>> {
        let columns = self.single(&query.first, outer, inside)?;
        let mixed = query.unions.windows(2).find(|pair| pair[0].0 != pair[1].0);
        if let Some(pair) = mixed {
            return Err(mistake(
                "InvalidClauseComposition",
                "UNION and UNION ALL do not mix",
                place(&pair[1].1),
            )
            .label("joined in another way than before")
            .help("use one of them throughout"));
        }
        for (_, single) in &query.unions {
            let others = self.single(single, outer, inside)?;
            if others != columns {
                return Err(mistake(
                    "DifferentColumnsInUnion",
                    "the parts of a UNION have different columns",
                    place(single),
                )
                .label(format!(
                    "{} here, {} before",
                    others.join(", "),
                    columns.join(", ")
                ))
                .help("give the columns the same names with AS"));
            }
        }
        Ok(columns)
    }

    fn single(&self, single: &Single, outer: &Scope, inside: bool) -> Checked<Vec<String>> {
        let mut scope = outer.clone();
        let mut columns = Vec::new();
        let last = single.clauses.len().saturating_sub(1);
        let mut writes = false;
        for (at, clause) in single.clauses.iter().enumerate() {
            let span = clause.span;
            let ends = matches!(clause.node, Clause::Return(_) | Clause::Finish);
            let order = matches!(clause.node, Clause::Order(_));
            if ends && at < last && !matches!(single.clauses[at + 1].node, Clause::Order(_)) {
                return Err(mistake(
                    "InvalidClauseComposition",
                    "nothing may follow here",
                    single.clauses[at + 1].span,
                )
                .label("behind the end of the query")
                .help("use WITH to go on"));
            }
            let updates = updates(&clause.node);
            if updates && inside {
                return Err(mistake(
                    "InvalidClauseComposition",
                    "a subquery of an expression cannot write",
                    span,
                )
                .label("writes")
                .help("write outside of it"));
            }
            let reads = matches!(clause.node, Clause::Match { .. });
            if writes && reads {
                return Err(mistake(
                    "InvalidClauseComposition",
                    "WITH is needed between writing and reading",
                    span,
                )
                .label("reads behind a clause that writes")
                .help("put `WITH *` before it"));
            }
            writes = (writes || updates) && !matches!(clause.node, Clause::With(..));
            if at == last
                && !ends
                && !order
                && !updates
                && !inside
                && !matches!(clause.node, Clause::Call { .. } | Clause::Subquery(_))
            {
                return Err(
                    mistake("InvalidClauseComposition", "a query cannot end here", span)
                        .label("gives nothing back and writes nothing")
                        .help("put RETURN behind it"),
                );
            }
            if let Some(found) =
                self.clause(&clause.node, span, &mut scope, single.clauses.len() == 1)?
            {
                columns = found;
            }
        }
        Ok(columns)
    }

    /// Checks a clause; gives columns where it is a RETURN.
    fn clause(
        &self,
        clause: &Clause,
        span: Span,
        scope: &mut Scope,
        alone: bool,
    ) -> Checked<Option<Vec<String>>> {
        let expr = |expr: &Expr, scope: &Scope, place: Place| self.expression(expr, scope, place);
        match clause {
            Clause::Match {
                patterns: list,
                condition,
                ..
            } => {
                self.patterns(list, scope, Use::Match)?;
                self.condition(condition, scope)?;
            }
            Clause::Unwind {
                list,
                variable,
                place,
            } => {
                let found = expr(list, scope, PLAIN)?;
                unbound(variable.node.as_str(), variable.span, scope)?;
                scope.add(&variable.node, found.item());
                if let Some((place, _)) = place {
                    unbound(&place.node, place.span, scope)?;
                    scope.add(&place.node, Kind::Int);
                }
            }
            Clause::With(projection, condition) => {
                let next = self.projection(projection, scope, true)?;
                // The condition sees what was there before the projection as well.
                self.condition(condition, &both(scope, &next))?;
                *scope = next;
            }
            Clause::Return(projection) => {
                if projection.star && scope.is_empty() {
                    return Err(mistake(
                        "NoVariablesInScope",
                        "there is no variable to return",
                        span,
                    )
                    .label("`*` stands for all variables, and there is none")
                    .help("name what is wanted"));
                }
                let next = self.projection(projection, scope, false)?;
                let mut columns: Vec<String> = Vec::new();
                if projection.star {
                    let mut names: Vec<String> = scope.names().map(str::to_owned).collect();
                    names.sort();
                    columns.extend(names);
                }
                columns.extend(projection.items.iter().map(column));
                *scope = next;
                return Ok(Some(columns));
            }
            Clause::Finish => return Ok(Some(Vec::new())),
            Clause::Order(ordering) => self.ordering(ordering, scope)?,
            Clause::Create(list) => self.patterns(list, scope, Use::Create)?,
            Clause::Merge {
                pattern: merged,
                on_match,
                on_create,
            } => {
                self.pattern(merged, scope, Use::Merge)?;
                for item in on_match.iter().chain(on_create) {
                    self.set(item, scope)?;
                }
            }
            Clause::Set(items) => items.iter().try_for_each(|item| self.set(item, scope))?,
            Clause::Remove(items) => {
                for item in items {
                    match item {
                        RemoveItem::Property(of, _) => {
                            expr(of, scope, PLAIN)?;
                        }
                        RemoveItem::Labels(variable, _) => {
                            scope.wanted(&variable.node, variable.span)?;
                        }
                    }
                }
            }
            Clause::Delete { targets, .. } => {
                for target in targets {
                    if let Expression::HasLabels(..) = target.node {
                        return Err(mistake(
                            "InvalidDelete",
                            "labels are removed, not deleted",
                            target.span,
                        )
                        .label("a label")
                        .help("write `REMOVE n:Label`"));
                    }
                    let found = expr(target, scope, PLAIN)?;
                    let possible = matches!(
                        found,
                        Kind::Any | Kind::Null | Kind::Node | Kind::Relationship | Kind::Path
                    );
                    if !possible {
                        return Err(mistake(
                            "InvalidArgumentType",
                            format!("{} cannot be deleted", found.word()),
                            target.span,
                        )
                        .label("neither node, relationship nor path")
                        .help("delete a variable of a pattern"));
                    }
                }
            }
            Clause::Call {
                procedure,
                arguments,
                yielded,
                condition,
            } => {
                return self.called(
                    procedure,
                    arguments.as_deref(),
                    yielded,
                    condition,
                    scope,
                    alone,
                );
            }
            Clause::Subquery(query) => {
                let columns = self.query(query, scope, false)?;
                columns
                    .iter()
                    .for_each(|column| scope.add(column, Kind::Any));
            }
            Clause::Filter(condition) => {
                let boxed = Some(condition.clone());
                self.condition(&boxed, scope)?;
            }
            Clause::Let(items) => {
                for (name, value) in items {
                    let found = expr(value, scope, PLAIN)?;
                    unbound(&name.node, name.span, scope)?;
                    scope.add(&name.node, found);
                }
            }
        }
        Ok(None)
    }

    fn condition(&self, condition: &Option<Expr>, scope: &Scope) -> Checked<()> {
        let Some(condition) = condition else {
            return Ok(());
        };
        let found = self.expression(condition, scope, CONDITION)?;
        match found.may_be_bool() || matches!(condition.node, Expression::Exists(_)) {
            true => Ok(()),
            false => Err(mistake(
                "InvalidArgumentType",
                format!("{} is no condition", found.word()),
                condition.span,
            )
            .label("true or false is needed")
            .help("compare it with something")),
        }
    }

    fn set(&self, item: &SetItem, scope: &Scope) -> Checked<()> {
        match item {
            SetItem::Property(of, _, value) => {
                self.expression(of, scope, PLAIN)?;
                self.expression(value, scope, PLAIN)?;
            }
            SetItem::Replace(variable, value) | SetItem::Add(variable, value) => {
                scope.wanted(&variable.node, variable.span)?;
                self.expression(value, scope, PLAIN)?;
            }
            SetItem::Labels(variable, _) => {
                scope.wanted(&variable.node, variable.span)?;
            }
        }
        Ok(())
    }

    fn called(
        &self,
        procedure: &crate::language::gql::ast::Name,
        arguments: Option<&[Expr]>,
        yielded: &Yield,
        condition: &Option<Expr>,
        scope: &mut Scope,
        alone: bool,
    ) -> Checked<Option<Vec<String>>> {
        let Some(signature) = self
            .procedures
            .iter()
            .find(|known| known.name == procedure.node)
        else {
            let names: Vec<&str> = self
                .procedures
                .iter()
                .map(|known| known.name.as_str())
                .collect();
            let near = crate::text::nearest(&procedure.node, names, 1);
            let unknown = mistake(
                "ProcedureNotFound",
                format!("there is no procedure `{}`", procedure.node),
                procedure.span,
            )
            .label("unknown procedure");
            return Err(match near.first() {
                Some(near) => unknown.help(format!("did you mean `{near}`?")),
                None => unknown.help("`db.labels` is one"),
            });
        };
        for argument in arguments.into_iter().flatten() {
            self.expression(argument, scope, PLAIN)?;
        }
        match arguments {
            None if !alone => {
                return Err(mistake(
                    "InvalidArgumentPassingMode",
                    "arguments are given in parentheses here",
                    procedure.span,
                )
                .label("no parentheses")
                .help(format!("write `{}(…)`", procedure.node)));
            }
            Some(given) if given.len() != signature.inputs.len() => {
                return Err(mistake(
                    "InvalidNumberOfArguments",
                    "this procedure takes another number of arguments",
                    procedure.span,
                )
                .label(format!(
                    "{} given, {} wanted",
                    given.len(),
                    signature.inputs.len()
                ))
                .help(match signature.inputs.is_empty() {
                    true => "it takes none".to_owned(),
                    false => {
                        let names = signature.inputs.iter().map(|(name, _)| name.as_str());
                        format!("it takes {}", names.collect::<Vec<_>>().join(", "))
                    }
                }));
            }
            Some(given) => {
                for (argument, (name, wanted)) in given.iter().zip(&signature.inputs) {
                    let found = kind(argument, scope);
                    let fits = match wanted.trim_end_matches('?') {
                        "INTEGER" => matches!(found, Kind::Any | Kind::Null | Kind::Int),
                        "FLOAT" | "NUMBER" => found.may_be_number(),
                        "STRING" => matches!(found, Kind::Any | Kind::Null | Kind::Text),
                        "BOOLEAN" => found.may_be_bool(),
                        _ => true,
                    };
                    if !fits {
                        return Err(mistake(
                            "InvalidArgumentType",
                            format!("`{name}` cannot be {}", found.word()),
                            argument.span,
                        )
                        .label(format!("{wanted} is wanted"))
                        .help("give a value of that type"));
                    }
                }
            }
            None => {}
        }
        let mut columns = Vec::new();
        match yielded {
            Yield::All if !alone => {
                return Err(mistake(
                    "UnexpectedSyntax",
                    "`YIELD *` stands only in a call by itself",
                    procedure.span,
                )
                .label("inside a query")
                .help("name the columns"));
            }
            Yield::Columns(list) => {
                for (column, alias) in list {
                    if !signature.outputs.contains(&column.node) {
                        return Err(mistake(
                            "UndefinedVariable",
                            format!("the procedure has no column `{}`", column.node),
                            column.span,
                        )
                        .label("unknown column")
                        .help(format!("it has {}", signature.outputs.join(", "))));
                    }
                    unbound(&alias.node, alias.span, scope)?;
                    scope.add(&alias.node, Kind::Any);
                    columns.push(alias.node.clone());
                }
            }
            Yield::Unsaid | Yield::All if alone => {
                columns.extend(signature.outputs.iter().cloned())
            }
            Yield::Unsaid | Yield::All | Yield::Nothing => {}
        }
        self.condition(condition, scope)?;
        Ok(alone.then_some(columns))
    }
}

fn place(single: &Single) -> Span {
    single
        .clauses
        .first()
        .map(|clause| clause.span)
        .unwrap_or_default()
}

fn updates(clause: &Clause) -> bool {
    matches!(
        clause,
        Clause::Create(_)
            | Clause::Merge { .. }
            | Clause::Set(_)
            | Clause::Remove(_)
            | Clause::Delete { .. }
    )
}

/// A new variable must not be one that is there.
fn unbound(name: &str, span: Span, scope: &Scope) -> Checked<()> {
    match scope.has(name) {
        false => Ok(()),
        true => Err(mistake(
            "VariableAlreadyBound",
            format!("`{name}` is defined already"),
            span,
        )
        .label("the second time")
        .help("use another name")),
    }
}

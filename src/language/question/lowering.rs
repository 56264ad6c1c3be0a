//! What lowering a question needs whatever is asked: names as entities, sets of them, all facts of
//! one; branches as plans.

use crate::algebra::{EntitySet, Expression, Key, Link, Node, Pattern, Plan, Var, Variables};
use crate::graph::filter::ClaimFilter;
use crate::language::question::ast::{Operand, Question};
use crate::language::question::branch::{Branch, both_sides, every_route};
use crate::language::question::clauses::Clauses;
use crate::language::question::conditions;
use crate::language::words;
use crate::model::EntityId;
use crate::text::{Diagnostic, Span, Spanned};

/// Lowers one question.
pub(in crate::language::question) struct Lowering<'a> {
    pub clauses: Clauses<'a>,
    pub question: &'a Question,
}

impl Lowering<'_> {
    /// Groups in their order: as asked, then the largest first.
    pub(in crate::language::question) fn sorted_groups(
        &self,
        plan: Plan,
        keys: &[(String, Var)],
        count: Var,
    ) -> Result<Plan, Diagnostic> {
        let key = |var: Var, descending: bool| Key {
            by: Expression::Var(var),
            descending,
            missing_last: true,
        };
        let mut default = vec![key(count, true)];
        default.extend(keys.iter().map(|(_, var)| key(*var, false)));
        let tail = &self.question.tail;
        let sort = conditions::sort_of_groups(&tail.sorted, keys, count, default)?;
        Ok(Plan::Sort {
            input: Box::new(plan),
            keys: sort,
            limit: tail.limit.as_ref().map(|limit| limit.node),
        })
    }

    pub(in crate::language::question) fn set(
        &mut self,
        operand: &Spanned<Operand>,
    ) -> Result<EntitySet, Diagnostic> {
        let var = self.clauses.variables.fresh("end");
        let mut branches = self.clauses.operand(var, operand, false)?;
        if let [
            Branch {
                pattern, absent, ..
            },
        ] = branches.as_mut_slice()
            && pattern.links.is_empty()
            && absent.is_empty()
        {
            return Ok(pattern.nodes.pop().map_or(EntitySet::Any, |node| node.set));
        }
        Ok(EntitySet::Plan(
            Box::new(distinct(union(branches), var)),
            var,
        ))
    }

    pub(in crate::language::question) fn one_entity(
        &self,
        operand: &Spanned<Operand>,
    ) -> Result<EntityId, Diagnostic> {
        let several = |span: Span| {
            Diagnostic::new("one name is needed here", span)
                .label("not one name")
                .help("write the name of one entity")
        };
        match &operand.node {
            Operand::Name(name) => words::entity(self.clauses.view, name, operand.span),
            Operand::Typed {
                name: Some(name), ..
            } => words::entity(self.clauses.view, &name.node, name.span),
            Operand::Last | Operand::Fuzzy(_) | Operand::Parameter(_) | Operand::Prefix(_) => {
                let mut scratch = Clauses {
                    view: self.clauses.view,
                    context: self.clauses.context,
                    variables: Variables::default(),
                    base: ClaimFilter::default(),
                    named: Vec::new(),
                    conditions: Vec::new(),
                };
                let branches = scratch.operand(Var(0), operand, false)?;
                match branches
                    .first()
                    .and_then(|branch| branch.pattern.nodes.first())
                    .map(|node| &node.set)
                {
                    Some(EntitySet::Ids(ids)) if ids.len() == 1 => Ok(ids[0]),
                    Some(EntitySet::Ids(ids)) => {
                        let names: Vec<&str> = ids
                            .iter()
                            .take(5)
                            .map(|id| self.clauses.view.entities().name(*id))
                            .collect();
                        Err(several(operand.span)
                            .note(format!("it may be {}", crate::text::quoted_list(&names))))
                    }
                    _ => Err(several(operand.span)),
                }
            }
            Operand::Claim(_) | Operand::Anyone | Operand::Typed { .. } | Operand::Nested(_) => {
                Err(several(operand.span))
            }
        }
    }

    /// All facts of an entity, in both directions, for and against.
    pub(in crate::language::question) fn everything(
        &mut self,
        entity: EntityId,
    ) -> Result<(Plan, Var), Diagnostic> {
        let words = self.clauses.view.vocabulary();
        let center = self.clauses.variables.fresh("x");
        let other = self.clauses.variables.fresh("other");
        let fact = self.clauses.variables.fresh("c");
        let mut routes = every_route(words);
        let back: Vec<_> = routes.iter().map(|route| route.reversed()).collect();
        routes.extend(back);
        let mut branch = Branch::default();
        branch.node(Node {
            var: center,
            set: EntitySet::Ids(vec![entity]),
        });
        branch.node(Node {
            var: other,
            set: EntitySet::Any,
        });
        let filter = both_sides(&self.clauses.base);
        branch.pattern.links.push(Link {
            fact,
            from: center,
            to: other,
            routes,
            filter,
            claims: false,
            repeat: None,
        });
        Ok((distinct(union(vec![branch]), fact), fact))
    }
}

pub(in crate::language::question) fn filtered(plan: Plan, conditions: Vec<Expression>) -> Plan {
    conditions
        .into_iter()
        .fold(plan, |input, condition| Plan::Filter {
            input: Box::new(input),
            condition,
        })
}

/// The branches as one plan.
pub(in crate::language::question) fn union(branches: Vec<Branch>) -> Plan {
    let mut plans: Vec<Plan> = branches
        .into_iter()
        .map(|branch| {
            let pattern = Pattern {
                absent: [branch.pattern.absent, branch.absent].concat(),
                ..branch.pattern
            };
            Plan::Match {
                input: Box::new(Plan::Unit),
                pattern,
            }
        })
        .collect();
    match plans.len() {
        1 => plans.remove(0),
        _ => Plan::Union(plans),
    }
}

pub(in crate::language::question) fn distinct(plan: Plan, var: Var) -> Plan {
    Plan::Group {
        input: Box::new(plan),
        keys: vec![var],
        aggregates: Vec::new(),
    }
}

//! Expressions, from parse tree to syntax tree: operators by precedence, literals with their
//! escapes. Patterns inside expressions are left to `parse`.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::gql::ast::{
    Binary, Comparison, Expr, Expression, Projected, Quantifier, Subquery, Unary,
};
use crate::language::gql::grammar::Rule;
use crate::language::gql::pairs::{
    Pair, Parsed, Reader, boxed, child, children, function_name, has, labels, name, named,
    negative, nothing, number, span, unescaped,
};
use crate::text::Spanned;
use pest::pratt_parser::{Assoc, Op, PrattParser};
use std::sync::OnceLock;

/// The operators, the loosest first (openCypher 9, "Expressions"; `||` stands with `+`).
fn operators() -> &'static PrattParser<Rule> {
    static OPERATORS: OnceLock<PrattParser<Rule>> = OnceLock::new();
    OPERATORS.get_or_init(|| {
        let left = |rule| Op::infix(rule, Assoc::Left);
        PrattParser::new()
            .op(left(Rule::op_or))
            .op(left(Rule::op_xor))
            .op(left(Rule::op_and))
            .op(Op::prefix(Rule::op_not))
            .op(left(Rule::op_eq)
                | left(Rule::op_ne)
                | left(Rule::op_lt)
                | left(Rule::op_gt)
                | left(Rule::op_le)
                | left(Rule::op_ge))
            .op(left(Rule::op_starts)
                | left(Rule::op_ends)
                | left(Rule::op_contains)
                | left(Rule::op_match)
                | left(Rule::op_in)
                | Op::postfix(Rule::is_null)
                | Op::postfix(Rule::is_not_null)
                | Op::postfix(Rule::is_labeled)
                | Op::postfix(Rule::is_not_labeled))
            .op(left(Rule::op_add) | left(Rule::op_sub) | left(Rule::op_concat))
            .op(left(Rule::op_mul) | left(Rule::op_div) | left(Rule::op_mod))
            .op(left(Rule::op_pow))
            .op(Op::prefix(Rule::op_minus) | Op::prefix(Rule::op_plus))
            .op(Op::postfix(Rule::lookup)
                | Op::postfix(Rule::index)
                | Op::postfix(Rule::slice)
                | Op::postfix(Rule::label_test))
    })
}

/// How many operators may stand one inside the other.
const DEEPEST: usize = 400;

/// The loosest operators, which may join any number of parts.
const LOOSEST: &[(Rule, Binary)] = &[
    (Rule::op_or, Binary::Or),
    (Rule::op_xor, Binary::Xor),
    (Rule::op_and, Binary::And),
];

impl Reader {
    /// The expression among the children of a pair.
    pub(in crate::language::gql) fn inner(&self, pair: &Pair<'_>) -> Parsed<Expr> {
        let found = child(pair, Rule::expression).ok_or_else(|| nothing(pair))?;
        self.expression(&found)
    }

    pub(in crate::language::gql) fn optional(&self, pair: &Pair<'_>) -> Parsed<Option<Expr>> {
        child(pair, Rule::expression)
            .map(|found| self.expression(&found))
            .transpose()
    }

    /// The condition of a `where` among the children of a pair.
    pub(in crate::language::gql) fn condition(&self, pair: &Pair<'_>) -> Parsed<Option<Expr>> {
        child(pair, Rule::r#where)
            .map(|found| self.inner(&found))
            .transpose()
    }

    pub(in crate::language::gql) fn all(&self, pair: &Pair<'_>) -> Parsed<Vec<Expr>> {
        children(pair, Rule::expression)
            .iter()
            .map(|pair| self.expression(pair))
            .collect()
    }

    /// An expression.
    pub(in crate::language::gql) fn expression(&self, pair: &Pair<'_>) -> Parsed<Expr> {
        let tokens: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        self.joined(pair, tokens, LOOSEST)
    }

    /// Tokens joined by the loosest operators first. These bind any number of parts: they become a
    /// balanced tree, which is no deeper than it must be.
    fn joined(
        &self,
        pair: &Pair<'_>,
        tokens: Vec<Pair<'_>>,
        levels: &[(Rule, Binary)],
    ) -> Parsed<Expr> {
        let Some(((rule, operator), tighter)) = levels.split_first() else {
            return self.operated(pair, tokens);
        };
        let mut parts: Vec<Vec<Pair<'_>>> = vec![Vec::new()];
        for token in tokens {
            match token.as_rule() == *rule {
                true => parts.push(Vec::new()),
                false => parts
                    .last_mut()
                    .into_iter()
                    .for_each(|part| part.push(token.clone())),
            }
        }
        let mut parts = parts
            .into_iter()
            .map(|part| self.joined(pair, part, tighter))
            .collect::<Parsed<Vec<Expr>>>()?;
        while parts.len() > 1 {
            let mut halved = Vec::with_capacity(parts.len() / 2 + 1);
            let mut rest = parts.into_iter();
            while let Some(left) = rest.next() {
                halved.push(match rest.next() {
                    Some(right) => {
                        let here = left.span.to(right.span);
                        boxed(Expression::Binary(*operator, left, right), here)
                    }
                    None => left,
                });
            }
            parts = halved;
        }
        parts.pop().ok_or_else(|| nothing(pair))
    }

    /// Tokens joined by the other operators, each of which makes the tree deeper.
    fn operated(&self, pair: &Pair<'_>, tokens: Vec<Pair<'_>>) -> Parsed<Expr> {
        let before = self.depth.get();
        let own = tokens
            .iter()
            .filter(|token| token.as_rule() != Rule::primary)
            .count();
        if before + own > DEEPEST {
            return Err(crate::language::gql::mistakes::mistake(
                "UnexpectedSyntax",
                "this expression has too many operators in a row",
                span(pair),
            )
            .label(format!("{} of them, one inside the other", before + own))
            .help(format!(
                "at most {DEEPEST}: take it apart with WITH, or use a list and reduce()"
            )));
        }
        self.depth.set(before + own);
        let made = self.chain_of(pair, tokens);
        self.depth.set(before);
        made
    }

    fn chain_of(&self, pair: &Pair<'_>, tokens: Vec<Pair<'_>>) -> Parsed<Expr> {
        operators()
            .map_primary(|primary| {
                self.atom(&primary.into_inner().next().ok_or_else(|| nothing(pair))?)
            })
            .map_prefix(|operator, operand: Parsed<Expr>| {
                let operand = operand?;
                let here = span(&operator).to(operand.span);
                let unary = match operator.as_rule() {
                    Rule::op_not => Unary::Not,
                    Rule::op_minus => Unary::Minus,
                    _ => Unary::Plus,
                };
                Ok(boxed(negative(unary, operand, &operator)?, here))
            })
            .map_postfix(|operand: Parsed<Expr>, operator| self.postfix(operand?, &operator))
            .map_infix(|left: Parsed<Expr>, operator, right: Parsed<Expr>| {
                self.infix(left?, &operator, right?)
            })
            .parse(tokens.into_iter())
    }

    pub(in crate::language::gql) fn postfix(
        &self,
        operand: Expr,
        operator: &Pair<'_>,
    ) -> Parsed<Expr> {
        let here = operand.span.to(span(operator));
        let node = match operator.as_rule() {
            Rule::is_null => Expression::IsNull(operand),
            Rule::is_not_null => {
                Expression::Unary(Unary::Not, boxed(Expression::IsNull(operand), here))
            }
            Rule::is_labeled => Expression::HasLabels(operand, labels(operator)?),
            Rule::is_not_labeled => {
                let test = Expression::HasLabels(operand, labels(operator)?);
                Expression::Unary(Unary::Not, boxed(test, here))
            }
            Rule::label_test => Expression::HasLabels(operand, labels(operator)?),
            Rule::lookup => Expression::Property(operand, named(operator, Rule::key)?),
            Rule::index => Expression::Index(operand, self.inner(operator)?),
            _ => {
                let end = |rule| {
                    child(operator, rule)
                        .map(|end| self.inner(&end))
                        .transpose()
                };
                Expression::Slice(operand, end(Rule::slice_from)?, end(Rule::slice_to)?)
            }
        };
        Ok(boxed(node, here))
    }

    pub(in crate::language::gql) fn infix(
        &self,
        left: Expr,
        operator: &Pair<'_>,
        right: Expr,
    ) -> Parsed<Expr> {
        let here = left.span.to(right.span);
        let comparison = match operator.as_rule() {
            Rule::op_eq => Some(Comparison::Equal),
            Rule::op_ne => Some(Comparison::NotEqual),
            Rule::op_lt => Some(Comparison::Less),
            Rule::op_le => Some(Comparison::LessOrEqual),
            Rule::op_gt => Some(Comparison::Greater),
            Rule::op_ge => Some(Comparison::GreaterOrEqual),
            _ => None,
        };
        if let Some(comparison) = comparison {
            // `a < b < c` is one chain; one in parentheses is a value of its own and keeps its span
            // wider than its parts.
            let node = match *left {
                Spanned {
                    node: Expression::Compare(first, mut rest),
                    span,
                } if span.start == first.span.start => {
                    rest.push((comparison, right));
                    Expression::Compare(first, rest)
                }
                left => Expression::Compare(Box::new(left), vec![(comparison, right)]),
            };
            return Ok(boxed(node, here));
        }
        let binary = match operator.as_rule() {
            Rule::op_or => Binary::Or,
            Rule::op_xor => Binary::Xor,
            Rule::op_and => Binary::And,
            Rule::op_starts => Binary::StartsWith,
            Rule::op_ends => Binary::EndsWith,
            Rule::op_contains => Binary::Contains,
            Rule::op_match => Binary::Matches,
            Rule::op_in => Binary::In,
            Rule::op_concat => Binary::Concatenate,
            Rule::op_add => Binary::Add,
            Rule::op_sub => Binary::Subtract,
            Rule::op_mul => Binary::Multiply,
            Rule::op_div => Binary::Divide,
            Rule::op_mod => Binary::Modulo,
            _ => Binary::Power,
        };
        Ok(boxed(Expression::Binary(binary, left, right), here))
    }

    pub(in crate::language::gql) fn atom(&self, pair: &Pair<'_>) -> Parsed<Expr> {
        let here = span(pair);
        let atom = match pair.as_rule() {
            Rule::atom => pair
                .clone()
                .into_inner()
                .next()
                .ok_or_else(|| nothing(pair))?,
            _ => pair.clone(),
        };
        let node = match atom.as_rule() {
            Rule::literal => return self.literal(&atom),
            Rule::parameter => {
                let text = atom
                    .as_str()
                    .trim()
                    .trim_start_matches('$')
                    .trim_matches('`');
                Expression::Parameter(text.to_owned())
            }
            Rule::variable => Expression::Variable(name(&atom).node),
            Rule::parenthesized => {
                let inner = self.inner(&atom)?;
                // The wider span tells a chain of comparisons from a parenthesized one.
                return Ok(Box::new(Spanned::new(inner.node, here)));
            }
            Rule::list => Expression::List(self.all(&atom)?),
            Rule::count_star => Expression::CountRows,
            Rule::case => self.case(&atom)?,
            Rule::function => Expression::Call {
                name: function_name(&atom)?,
                distinct: has(&atom, Rule::k_distinct),
                arguments: self.all(&atom)?,
            },
            Rule::cast => {
                let kind = child(&atom, Rule::cast_type).ok_or_else(|| nothing(&atom))?;
                let words: Vec<&str> = kind.as_str().split_whitespace().collect();
                Expression::Cast(self.inner(&atom)?, words.join(" ").to_uppercase())
            }
            Rule::list_comprehension => {
                let mut parts = children(&atom, Rule::expression).into_iter();
                let list = parts.next().ok_or_else(|| nothing(&atom))?;
                Expression::ListComprehension {
                    variable: named(&atom, Rule::variable)?,
                    list: self.expression(&list)?,
                    condition: self.condition(&atom)?,
                    value: parts
                        .next()
                        .map(|value| self.expression(&value))
                        .transpose()?,
                }
            }
            Rule::pattern_comprehension => {
                let pattern = self.of_chain(&atom, Rule::chain_expression)?;
                Expression::PatternComprehension(
                    Box::new(pattern),
                    self.condition(&atom)?,
                    self.inner(&atom)?,
                )
            }
            Rule::quantifier_function => Expression::Quantifier {
                quantifier: if has(&atom, Rule::k_all) {
                    Quantifier::All
                } else if has(&atom, Rule::k_any) {
                    Quantifier::Any
                } else if has(&atom, Rule::k_none) {
                    Quantifier::None
                } else {
                    Quantifier::Single
                },
                variable: named(&atom, Rule::variable)?,
                list: self.inner(&atom)?,
                condition: self.condition(&atom)?,
            },
            Rule::reduce => {
                let names = children(&atom, Rule::variable);
                let mut parts = self.all(&atom)?.into_iter();
                let mut next = || parts.next().ok_or_else(|| nothing(&atom));
                let [sum, variable] = names.as_slice() else {
                    return Err(nothing(&atom));
                };
                Expression::Reduce {
                    sum: name(sum),
                    start: next()?,
                    variable: name(variable),
                    list: next()?,
                    step: next()?,
                }
            }
            Rule::pattern_expression => {
                Expression::Exists(Box::new(self.of_chain(&atom, Rule::chain_expression)?))
            }
            Rule::shortest_call => Expression::Path(Box::new(self.shortest(&atom)?)),
            Rule::exists => match child(&atom, Rule::braced) {
                Some(braced) => self.subquery(Subquery::Exists, &braced)?,
                None => Expression::Exists(Box::new(self.of_chain(&atom, Rule::chain_expression)?)),
            },
            Rule::count_subquery | Rule::collect_subquery => {
                let braced = child(&atom, Rule::braced).ok_or_else(|| nothing(&atom))?;
                let asked = match atom.as_rule() {
                    Rule::count_subquery => Subquery::Count,
                    _ => Subquery::Collect,
                };
                self.subquery(asked, &braced)?
            }
            Rule::map_projection => {
                let projected = children(&atom, Rule::projected);
                let parts = projected
                    .iter()
                    .map(|pair| self.projected(pair))
                    .collect::<Parsed<_>>()?;
                Expression::MapProjection(named(&atom, Rule::variable)?, parts)
            }
            _ => return Err(nothing(pair)),
        };
        Ok(boxed(node, here))
    }

    pub(in crate::language::gql) fn projected(&self, pair: &Pair<'_>) -> Parsed<Projected> {
        Ok(if has(pair, Rule::all_properties) {
            Projected::All
        } else if let Some(entry) = child(pair, Rule::entry) {
            Projected::Entry(named(&entry, Rule::key)?, self.inner(&entry)?)
        } else if let Some(key) = child(pair, Rule::key) {
            Projected::Key(name(&key))
        } else {
            Projected::Variable(named(pair, Rule::variable)?)
        })
    }

    pub(in crate::language::gql) fn case(&self, pair: &Pair<'_>) -> Parsed<Expression> {
        let mut alternatives = Vec::new();
        for alternative in children(pair, Rule::alternative) {
            let mut parts = self.all(&alternative)?.into_iter();
            let (Some(when), Some(then)) = (parts.next(), parts.next()) else {
                return Err(nothing(&alternative));
            };
            alternatives.push((when, then));
        }
        let otherwise = child(pair, Rule::otherwise)
            .map(|otherwise| self.inner(&otherwise))
            .transpose()?;
        Ok(Expression::Case {
            subject: self.optional(pair)?,
            alternatives,
            otherwise,
        })
    }

    pub(in crate::language::gql) fn literal(&self, pair: &Pair<'_>) -> Parsed<Expr> {
        let value = pair
            .clone()
            .into_inner()
            .next()
            .ok_or_else(|| nothing(pair))?;
        let node = match value.as_rule() {
            Rule::boolean => Expression::Bool(has(&value, Rule::k_true)),
            Rule::null => Expression::Null,
            Rule::number => return number(&value),
            Rule::string => Expression::Text(unescaped(&value)?),
            _ => return self.map(&value),
        };
        Ok(boxed(node, span(pair)))
    }

    /// A map.
    pub(in crate::language::gql) fn map(&self, pair: &Pair<'_>) -> Parsed<Expr> {
        let mut entries = Vec::new();
        for entry in children(pair, Rule::entry) {
            entries.push((named(&entry, Rule::key)?, self.inner(&entry)?));
        }
        Ok(boxed(Expression::Map(entries), span(pair)))
    }
}

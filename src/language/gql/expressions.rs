//! Expressions, from parse tree to syntax tree: operators by precedence, literals with their
//! escapes. Patterns inside expressions are left to `parse`.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::gql::ast::{
    Binary, Comparison, Expr, Expression, Labels, Name, Projected, Quantifier, Subquery, Unary,
};
use crate::language::gql::grammar::Rule;
use crate::language::gql::mistakes::mistake;
use crate::language::gql::patterns;
use crate::text::{Diagnostic, Span, Spanned};
use pest::iterators::Pair as PestPair;
use pest::pratt_parser::{Assoc, Op, PrattParser};
use std::sync::OnceLock;

pub(in crate::language::gql) type Pair<'i> = PestPair<'i, Rule>;
pub(in crate::language::gql) type Parsed<T> = Result<T, Diagnostic>;

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

pub(in crate::language::gql) fn span(pair: &Pair<'_>) -> Span {
    let start = pair.as_span().start();
    Span::new(start, start + pair.as_str().trim_end().len())
}

pub(in crate::language::gql) fn child<'i>(pair: &Pair<'i>, rule: Rule) -> Option<Pair<'i>> {
    pair.clone().into_inner().find(|inner| inner.as_rule() == rule)
}

pub(in crate::language::gql) fn children<'i>(pair: &Pair<'i>, rule: Rule) -> Vec<Pair<'i>> {
    pair.clone().into_inner().filter(|inner| inner.as_rule() == rule).collect()
}

pub(in crate::language::gql) fn has(pair: &Pair<'_>, rule: Rule) -> bool {
    child(pair, rule).is_some()
}

/// What the grammar rules out; it keeps the tree builder free of panics.
pub(in crate::language::gql) fn nothing(pair: &Pair<'_>) -> Diagnostic {
    mistake("UnexpectedSyntax", "this cannot be read", span(pair)).label("here")
}

/// A variable or a key, its backticks taken off.
pub(in crate::language::gql) fn name(pair: &Pair<'_>) -> Name {
    let text = pair.as_str().trim();
    let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    let node = inner.map_or_else(|| text.to_owned(), |inner| inner.replace("``", "`"));
    Spanned::new(node, span(pair))
}

pub(in crate::language::gql) fn named(pair: &Pair<'_>, rule: Rule) -> Parsed<Name> {
    child(pair, rule).map(|inner| name(&inner)).ok_or_else(|| nothing(pair))
}

/// The expression among the children of a pair.
pub(in crate::language::gql) fn inner(pair: &Pair<'_>) -> Parsed<Expr> {
    let found = child(pair, Rule::expression).ok_or_else(|| nothing(pair))?;
    expression(&found)
}

pub(in crate::language::gql) fn optional(pair: &Pair<'_>) -> Parsed<Option<Expr>> {
    child(pair, Rule::expression).map(|found| expression(&found)).transpose()
}

/// The condition of a `where` among the children of a pair.
pub(in crate::language::gql) fn condition(pair: &Pair<'_>) -> Parsed<Option<Expr>> {
    child(pair, Rule::r#where).map(|found| inner(&found)).transpose()
}

fn all(pair: &Pair<'_>) -> Parsed<Vec<Expr>> {
    children(pair, Rule::expression).iter().map(expression).collect()
}

fn boxed(node: Expression, span: Span) -> Expr {
    Box::new(Spanned::new(node, span))
}

/// An expression.
pub(in crate::language::gql) fn expression(pair: &Pair<'_>) -> Parsed<Expr> {
    operators()
        .map_primary(|primary| atom(&primary.into_inner().next().ok_or_else(|| nothing(pair))?))
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
        .map_postfix(|operand: Parsed<Expr>, operator| postfix(operand?, &operator))
        .map_infix(|left: Parsed<Expr>, operator, right: Parsed<Expr>| infix(left?, &operator, right?))
        .parse(pair.clone().into_inner())
}

/// `-9223372036854775808` is a number although its digits alone are none.
fn negative(unary: Unary, operand: Expr, operator: &Pair<'_>) -> Parsed<Expression> {
    match (unary, &operand.node) {
        (Unary::Minus, Expression::Text(digits)) if digits == TOO_LARGE_BY_ONE => {
            Ok(Expression::Int(i64::MIN))
        }
        (Unary::Not | Unary::Plus, Expression::Text(digits)) if digits == TOO_LARGE_BY_ONE => {
            Err(overflow(span(operator)))
        }
        _ => Ok(Expression::Unary(unary, operand)),
    }
}

/// Stands for 9223372036854775808 until a minus is found before it; no text of a query is this one,
/// since texts hold no such character.
const TOO_LARGE_BY_ONE: &str = "\u{0}9223372036854775808";

fn overflow(span: Span) -> Diagnostic {
    mistake("IntegerOverflow", "this number is too large", span)
        .label("at most 9223372036854775807")
        .help("write it with a decimal point: a float holds it")
}

fn postfix(operand: Expr, operator: &Pair<'_>) -> Parsed<Expr> {
    let here = operand.span.to(span(operator));
    let node = match operator.as_rule() {
        Rule::is_null => Expression::IsNull(operand),
        Rule::is_not_null => Expression::Unary(Unary::Not, boxed(Expression::IsNull(operand), here)),
        Rule::is_labeled => Expression::HasLabels(operand, labels(operator)?),
        Rule::is_not_labeled => {
            let test = Expression::HasLabels(operand, labels(operator)?);
            Expression::Unary(Unary::Not, boxed(test, here))
        }
        Rule::label_test => Expression::HasLabels(operand, labels(operator)?),
        Rule::lookup => Expression::Property(operand, named(operator, Rule::key)?),
        Rule::index => Expression::Index(operand, inner(operator)?),
        _ => {
            let end = |rule| child(operator, rule).map(|end| inner(&end)).transpose();
            Expression::Slice(operand, end(Rule::slice_from)?, end(Rule::slice_to)?)
        }
    };
    Ok(boxed(node, here))
}

fn infix(left: Expr, operator: &Pair<'_>, right: Expr) -> Parsed<Expr> {
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
            Spanned { node: Expression::Compare(first, mut rest), span } if span.start == first.span.start => {
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

pub(in crate::language::gql) fn atom(pair: &Pair<'_>) -> Parsed<Expr> {
    let here = span(pair);
    let atom = match pair.as_rule() {
        Rule::atom => pair.clone().into_inner().next().ok_or_else(|| nothing(pair))?,
        _ => pair.clone(),
    };
    let node = match atom.as_rule() {
        Rule::literal => return literal(&atom),
        Rule::parameter => {
            let text = atom.as_str().trim().trim_start_matches('$').trim_matches('`');
            Expression::Parameter(text.to_owned())
        }
        Rule::variable => Expression::Variable(name(&atom).node),
        Rule::parenthesized => {
            let inner = inner(&atom)?;
            // The wider span tells a chain of comparisons from a parenthesized one.
            return Ok(Box::new(Spanned::new(inner.node, here)));
        }
        Rule::list => Expression::List(all(&atom)?),
        Rule::count_star => Expression::CountRows,
        Rule::case => case(&atom)?,
        Rule::function => Expression::Call {
            name: function_name(&atom)?,
            distinct: has(&atom, Rule::k_distinct),
            arguments: all(&atom)?,
        },
        Rule::cast => {
            let kind = child(&atom, Rule::cast_type).ok_or_else(|| nothing(&atom))?;
            let words: Vec<&str> = kind.as_str().split_whitespace().collect();
            Expression::Cast(inner(&atom)?, words.join(" ").to_uppercase())
        }
        Rule::list_comprehension => {
            let mut parts = children(&atom, Rule::expression).into_iter();
            let list = parts.next().ok_or_else(|| nothing(&atom))?;
            Expression::ListComprehension {
                variable: named(&atom, Rule::variable)?,
                list: expression(&list)?,
                condition: condition(&atom)?,
                value: parts.next().map(|value| expression(&value)).transpose()?,
            }
        }
        Rule::pattern_comprehension => {
            let pattern = patterns::of_chain(&atom, Rule::chain_expression)?;
            Expression::PatternComprehension(Box::new(pattern), condition(&atom)?, inner(&atom)?)
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
            list: inner(&atom)?,
            condition: condition(&atom)?,
        },
        Rule::reduce => {
            let names = children(&atom, Rule::variable);
            let mut parts = all(&atom)?.into_iter();
            let mut next = || parts.next().ok_or_else(|| nothing(&atom));
            let [sum, variable] = names.as_slice() else { return Err(nothing(&atom)) };
            Expression::Reduce {
                sum: name(sum),
                start: next()?,
                variable: name(variable),
                list: next()?,
                step: next()?,
            }
        }
        Rule::pattern_expression => {
            Expression::Exists(Box::new(patterns::of_chain(&atom, Rule::chain_expression)?))
        }
        Rule::shortest_call => Expression::Path(Box::new(patterns::shortest(&atom)?)),
        Rule::exists => match child(&atom, Rule::braced) {
            Some(braced) => patterns::subquery(Subquery::Exists, &braced)?,
            None => Expression::Exists(Box::new(patterns::of_chain(&atom, Rule::chain_expression)?)),
        },
        Rule::count_subquery | Rule::collect_subquery => {
            let braced = child(&atom, Rule::braced).ok_or_else(|| nothing(&atom))?;
            let asked = match atom.as_rule() {
                Rule::count_subquery => Subquery::Count,
                _ => Subquery::Collect,
            };
            patterns::subquery(asked, &braced)?
        }
        Rule::map_projection => {
            let projected = children(&atom, Rule::projected);
            let parts = projected.iter().map(self::projected).collect::<Parsed<_>>()?;
            Expression::MapProjection(named(&atom, Rule::variable)?, parts)
        }
        _ => return Err(nothing(pair)),
    };
    Ok(boxed(node, here))
}

fn projected(pair: &Pair<'_>) -> Parsed<Projected> {
    Ok(if has(pair, Rule::all_properties) {
        Projected::All
    } else if let Some(entry) = child(pair, Rule::entry) {
        Projected::Entry(named(&entry, Rule::key)?, inner(&entry)?)
    } else if let Some(key) = child(pair, Rule::key) {
        Projected::Key(name(&key))
    } else {
        Projected::Variable(named(pair, Rule::variable)?)
    })
}

pub(in crate::language::gql) fn function_name(pair: &Pair<'_>) -> Parsed<Name> {
    let path = child(pair, Rule::name_path).ok_or_else(|| nothing(pair))?;
    let parts: Vec<String> = children(&path, Rule::key).iter().map(|key| name(key).node).collect();
    Ok(Spanned::new(parts.join("."), span(&path)))
}

fn case(pair: &Pair<'_>) -> Parsed<Expression> {
    let mut alternatives = Vec::new();
    for alternative in children(pair, Rule::alternative) {
        let mut parts = all(&alternative)?.into_iter();
        let (Some(when), Some(then)) = (parts.next(), parts.next()) else {
            return Err(nothing(&alternative));
        };
        alternatives.push((when, then));
    }
    let otherwise = child(pair, Rule::otherwise).map(|otherwise| inner(&otherwise)).transpose()?;
    Ok(Expression::Case { subject: optional(pair)?, alternatives, otherwise })
}

fn literal(pair: &Pair<'_>) -> Parsed<Expr> {
    let value = pair.clone().into_inner().next().ok_or_else(|| nothing(pair))?;
    let node = match value.as_rule() {
        Rule::boolean => Expression::Bool(has(&value, Rule::k_true)),
        Rule::null => Expression::Null,
        Rule::number => return number(&value),
        Rule::string => Expression::Text(unescaped(&value)?),
        _ => return map(&value),
    };
    Ok(boxed(node, span(pair)))
}

/// A map.
pub(in crate::language::gql) fn map(pair: &Pair<'_>) -> Parsed<Expr> {
    let mut entries = Vec::new();
    for entry in children(pair, Rule::entry) {
        entries.push((named(&entry, Rule::key)?, inner(&entry)?));
    }
    Ok(boxed(Expression::Map(entries), span(pair)))
}

fn number(pair: &Pair<'_>) -> Parsed<Expr> {
    let here = span(pair);
    let text = pair.as_str().trim().replace('_', "");
    let node = match has(pair, Rule::float) {
        true => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Expression::Float(number),
            _ => {
                return Err(mistake("FloatingPointOverflow", "this number is too large", here)
                    .label("no float is so large")
                    .help("the largest is about 1.8e308"));
            }
        },
        false => {
            let lower = text.to_lowercase();
            let parsed = match lower.get(..2) {
                Some("0x") => i64::from_str_radix(&lower[2..], 16).ok(),
                Some("0o") => i64::from_str_radix(&lower[2..], 8).ok(),
                Some("0b") => i64::from_str_radix(&lower[2..], 2).ok(),
                _ => text.parse().ok(),
            };
            let by_one = ["9223372036854775808", "0x8000000000000000", "0o1000000000000000000000"];
            match parsed {
                Some(number) => Expression::Int(number),
                None if by_one.contains(&lower.as_str()) => {
                    Expression::Text(TOO_LARGE_BY_ONE.to_owned())
                }
                None => return Err(overflow(here)),
            }
        }
    };
    Ok(boxed(node, here))
}

/// Refuses the one number that needs a minus before it.
pub(in crate::language::gql) fn check_digits(found: &Expression, here: Span) -> Parsed<()> {
    match found {
        Expression::Text(digits) if digits == TOO_LARGE_BY_ONE => Err(overflow(here)),
        _ => Ok(()),
    }
}

/// A text with its escapes undone.
fn unescaped(pair: &Pair<'_>) -> Parsed<String> {
    let text = pair.as_str().trim();
    let inner = text.get(1..text.len() - 1).unwrap_or("");
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let wrong = || {
            mistake("InvalidUnicodeLiteral", "there is no such character", span(pair))
                .label("a `\\u` needs four figures, a `\\U` eight")
                .help("write for example `\\u00e4`")
        };
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some(kind @ ('u' | 'U')) => {
                let figures: String = rest.by_ref().take(if kind == 'u' { 4 } else { 8 }).collect();
                let wanted = if kind == 'u' { 4 } else { 8 };
                let code = u32::from_str_radix(&figures, 16).ok().filter(|_| figures.len() == wanted);
                out.push(code.and_then(char::from_u32).ok_or_else(wrong)?);
            }
            Some(c) => out.push(c),
            None => {}
        }
    }
    Ok(out)
}

/// A label expression among the children of a pair; several behind colons must all hold.
pub(in crate::language::gql) fn labels(pair: &Pair<'_>) -> Parsed<Labels> {
    let parts: Parsed<Vec<Labels>> =
        children(pair, Rule::label_expression).iter().map(label_or).collect();
    Ok(joined(parts?, Labels::And))
}

fn joined(mut parts: Vec<Labels>, join: fn(Vec<Labels>) -> Labels) -> Labels {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

/// `A|B&!C`
pub(in crate::language::gql) fn label_or(pair: &Pair<'_>) -> Parsed<Labels> {
    let mut any = Vec::new();
    for and in children(pair, Rule::label_and) {
        let mut all = Vec::new();
        for not in children(&and, Rule::label_not) {
            let atom = child(&not, Rule::label_atom).ok_or_else(|| nothing(&not))?;
            let mut found = if has(&atom, Rule::percent) {
                Labels::Some
            } else if let Some(inner) = child(&atom, Rule::label_expression) {
                label_or(&inner)?
            } else {
                Labels::Is(named(&atom, Rule::key)?)
            };
            for _ in children(&not, Rule::bang) {
                found = Labels::Not(Box::new(found));
            }
            all.push(found);
        }
        any.push(joined(all, Labels::And));
    }
    Ok(joined(any, Labels::Or))
}

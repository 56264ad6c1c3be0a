//! The pieces of GQL that contain no expression, from parse tree to syntax tree: names, numbers,
//! texts, labels; and the reader that the rest hangs on.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::gql::ast::{Expr, Expression, Labels, Name, Unary};
use crate::language::gql::grammar::Rule;
use crate::language::gql::mistakes::mistake;
use crate::text::{Diagnostic, Span, Spanned};
use pest::iterators::Pair as PestPair;

/// Reads parse trees. Expressions hold patterns and queries, and these hold expressions: their
/// readers are methods of one type, so that no file needs another.
#[derive(Default)]
pub(in crate::language::gql) struct Reader {
    /// How many operators stand around the expression under way.
    pub depth: std::cell::Cell<usize>,
}

pub(in crate::language::gql) type Pair<'i> = PestPair<'i, Rule>;

pub(in crate::language::gql) type Parsed<T> = Result<T, Diagnostic>;

pub(in crate::language::gql) fn span(pair: &Pair<'_>) -> Span {
    let start = pair.as_span().start();
    Span::new(start, start + pair.as_str().trim_end().len())
}

pub(in crate::language::gql) fn child<'i>(pair: &Pair<'i>, rule: Rule) -> Option<Pair<'i>> {
    pair.clone()
        .into_inner()
        .find(|inner| inner.as_rule() == rule)
}

pub(in crate::language::gql) fn children<'i>(pair: &Pair<'i>, rule: Rule) -> Vec<Pair<'i>> {
    pair.clone()
        .into_inner()
        .filter(|inner| inner.as_rule() == rule)
        .collect()
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
    let inner = text
        .strip_prefix('`')
        .and_then(|text| text.strip_suffix('`'));
    let node = inner.map_or_else(|| text.to_owned(), |inner| inner.replace("``", "`"));
    Spanned::new(node, span(pair))
}

pub(in crate::language::gql) fn named(pair: &Pair<'_>, rule: Rule) -> Parsed<Name> {
    child(pair, rule)
        .map(|inner| name(&inner))
        .ok_or_else(|| nothing(pair))
}

pub(in crate::language::gql) fn boxed(node: Expression, span: Span) -> Expr {
    Box::new(Spanned::new(node, span))
}

pub(in crate::language::gql) fn function_name(pair: &Pair<'_>) -> Parsed<Name> {
    let path = child(pair, Rule::name_path).ok_or_else(|| nothing(pair))?;
    let parts: Vec<String> = children(&path, Rule::key)
        .iter()
        .map(|key| name(key).node)
        .collect();
    Ok(Spanned::new(parts.join("."), span(&path)))
}

/// A text with its escapes undone.
pub(in crate::language::gql) fn unescaped(pair: &Pair<'_>) -> Parsed<String> {
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
            mistake(
                "InvalidUnicodeLiteral",
                "there is no such character",
                span(pair),
            )
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
                let figures: String = rest
                    .by_ref()
                    .take(if kind == 'u' { 4 } else { 8 })
                    .collect();
                let wanted = if kind == 'u' { 4 } else { 8 };
                let code = u32::from_str_radix(&figures, 16)
                    .ok()
                    .filter(|_| figures.len() == wanted);
                out.push(code.and_then(char::from_u32).ok_or_else(wrong)?);
            }
            Some(c) => out.push(c),
            None => {}
        }
    }
    Ok(out)
}

pub(in crate::language::gql) fn joined(
    mut parts: Vec<Labels>,
    join: fn(Vec<Labels>) -> Labels,
) -> Labels {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

/// A label expression among the children of a pair; several behind colons must all hold.
pub(in crate::language::gql) fn labels(pair: &Pair<'_>) -> Parsed<Labels> {
    let parts: Parsed<Vec<Labels>> = children(pair, Rule::label_expression)
        .iter()
        .map(label_or)
        .collect();
    Ok(joined(parts?, Labels::And))
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

/// Stands for 9223372036854775808 until a minus is found before it; no text of a query is this one,
/// since texts hold no such character.
pub(in crate::language::gql) const TOO_LARGE_BY_ONE: &str = "\u{0}9223372036854775808";

pub(in crate::language::gql) fn overflow(span: Span) -> Diagnostic {
    mistake("IntegerOverflow", "this number is too large", span)
        .label("at most 9223372036854775807")
        .help("write it with a decimal point: a float holds it")
}

/// Refuses the one number that needs a minus before it.
pub(in crate::language::gql) fn check_digits(found: &Expression, here: Span) -> Parsed<()> {
    match found {
        Expression::Text(digits) if digits == TOO_LARGE_BY_ONE => Err(overflow(here)),
        _ => Ok(()),
    }
}

pub(in crate::language::gql) fn number(pair: &Pair<'_>) -> Parsed<Expr> {
    let here = span(pair);
    let text = pair.as_str().trim().replace('_', "");
    let node = match has(pair, Rule::float) {
        true => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Expression::Float(number),
            _ => {
                return Err(
                    mistake("FloatingPointOverflow", "this number is too large", here)
                        .label("no float is so large")
                        .help("the largest is about 1.8e308"),
                );
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
            let by_one = [
                "9223372036854775808",
                "0x8000000000000000",
                "0o1000000000000000000000",
            ];
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

/// `-9223372036854775808` is a number although its digits alone are none.
pub(in crate::language::gql) fn negative(
    unary: Unary,
    operand: Expr,
    operator: &Pair<'_>,
) -> Parsed<Expression> {
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

//! What kind of value an expression gives, as far as the text tells: enough to refuse before
//! anything runs what can never be right.

use crate::language::gql::ast::{Binary, Expr, Expression, Projected, Unary};

/// A kind of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing is known.
    Any,
    /// No value.
    Null,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with a point.
    Float,
    /// Text.
    Text,
    /// A map.
    Map,
    /// A list of values of a kind.
    List(Box<Kind>),
    /// A node.
    Node,
    /// A relationship.
    Relationship,
    /// A path.
    Path,
    /// A date, a time or a duration.
    Temporal,
}

impl Kind {
    /// Whether a value of this kind may be true or false.
    pub fn may_be_bool(&self) -> bool {
        matches!(self, Kind::Any | Kind::Null | Kind::Bool)
    }

    /// Whether a value of this kind may be a number.
    pub fn may_be_number(&self) -> bool {
        matches!(self, Kind::Any | Kind::Null | Kind::Int | Kind::Float)
    }

    /// Whether a value of this kind may be a list.
    pub fn may_be_list(&self) -> bool {
        matches!(self, Kind::Any | Kind::Null | Kind::List(_))
    }

    /// Whether a value of this kind may have properties.
    pub fn may_have_properties(&self) -> bool {
        matches!(
            self,
            Kind::Any | Kind::Null | Kind::Map | Kind::Node | Kind::Relationship | Kind::Temporal
        )
    }

    /// The kind of its items; of no list unknown.
    pub fn item(&self) -> Kind {
        match self {
            Kind::List(item) => (**item).clone(),
            Kind::Any
            | Kind::Null
            | Kind::Bool
            | Kind::Int
            | Kind::Float
            | Kind::Text
            | Kind::Map
            | Kind::Node
            | Kind::Relationship
            | Kind::Path
            | Kind::Temporal => Kind::Any,
        }
    }

    /// The kind of both: the same, or unknown.
    pub fn joined(self, other: Kind) -> Kind {
        match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => kind,
            (a, b) if a == b => a,
            (Kind::List(a), Kind::List(b)) => Kind::List(Box::new(a.joined(*b))),
            _ => Kind::Any,
        }
    }

    /// As a word in a message.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Any => "a value",
            Kind::Null => "null",
            Kind::Bool => "a boolean",
            Kind::Int => "an integer",
            Kind::Float => "a float",
            Kind::Text => "a string",
            Kind::Map => "a map",
            Kind::List(_) => "a list",
            Kind::Node => "a node",
            Kind::Relationship => "a relationship",
            Kind::Path => "a path",
            Kind::Temporal => "a temporal value",
        }
    }
}

/// What is known of variables.
pub trait Known {
    /// The kind of a variable; `None` where there is no such variable.
    fn kind(&self, variable: &str) -> Option<Kind>;
}

/// The kind of an expression.
pub fn kind(expression: &Expr, known: &dyn Known) -> Kind {
    let of = |inner: &Expr| kind(inner, known);
    match &expression.node {
        Expression::Null => Kind::Null,
        Expression::Bool(_)
        | Expression::HasLabels(..)
        | Expression::IsNull(_)
        | Expression::Compare(..)
        | Expression::Quantifier { .. }
        | Expression::Exists(_)
        | Expression::Unary(Unary::Not, _)
        | Expression::Binary(
            Binary::Or
            | Binary::Xor
            | Binary::And
            | Binary::StartsWith
            | Binary::EndsWith
            | Binary::Contains
            | Binary::Matches
            | Binary::In,
            ..,
        ) => Kind::Bool,
        Expression::Subquery(crate::language::gql::ast::Subquery::Exists, _) => Kind::Bool,
        Expression::Subquery(crate::language::gql::ast::Subquery::Count, _) => Kind::Int,
        Expression::Subquery(crate::language::gql::ast::Subquery::Collect, _) => {
            Kind::List(Box::new(Kind::Any))
        }
        Expression::Int(_) | Expression::CountRows => Kind::Int,
        Expression::Float(_) => Kind::Float,
        Expression::Text(_) => Kind::Text,
        Expression::Parameter(_) | Expression::Cast(..) => Kind::Any,
        Expression::Variable(name) => known.kind(name).unwrap_or(Kind::Any),
        Expression::List(items) => {
            let joined = items.iter().map(of).fold(Kind::Null, Kind::joined);
            Kind::List(Box::new(if items.is_empty() { Kind::Any } else { joined }))
        }
        Expression::Map(_) => Kind::Map,
        Expression::MapProjection(_, parts) => {
            let _: &Vec<Projected> = parts;
            Kind::Map
        }
        Expression::Property(..) => Kind::Any,
        Expression::Index(list, _) => of(list).item(),
        Expression::Slice(list, ..) => of(list),
        Expression::Unary(Unary::Minus | Unary::Plus, inner) => of(inner),
        Expression::Binary(operator, left, right) => arithmetic(*operator, of(left), of(right)),
        Expression::Case {
            alternatives,
            otherwise,
            ..
        } => {
            let values = alternatives.iter().map(|(_, value)| of(value));
            values
                .chain(otherwise.iter().map(of))
                .fold(Kind::Null, Kind::joined)
        }
        Expression::Call {
            name, arguments, ..
        } => called(&name.node.to_lowercase(), arguments, known),
        Expression::ListComprehension { list, value, .. } => match value {
            None => of(list),
            Some(_) => Kind::List(Box::new(Kind::Any)),
        },
        Expression::PatternComprehension(..) => Kind::List(Box::new(Kind::Any)),
        Expression::Reduce { .. } => Kind::Any,
        Expression::Path(_) => Kind::Any,
    }
}

fn arithmetic(operator: Binary, left: Kind, right: Kind) -> Kind {
    match (operator, left, right) {
        (_, Kind::Null, _) | (_, _, Kind::Null) => Kind::Null,
        (Binary::Add, Kind::List(a), Kind::List(b)) => Kind::List(Box::new(a.joined(*b))),
        (Binary::Add, Kind::List(_), _) | (Binary::Add, _, Kind::List(_)) => {
            Kind::List(Box::new(Kind::Any))
        }
        (Binary::Add | Binary::Concatenate, Kind::Text, _) | (Binary::Add, _, Kind::Text) => {
            Kind::Text
        }
        (Binary::Power, Kind::Int | Kind::Float, Kind::Int | Kind::Float) => Kind::Float,
        (_, Kind::Int, Kind::Int) => Kind::Int,
        (_, Kind::Int | Kind::Float, Kind::Int | Kind::Float) => Kind::Float,
        _ => Kind::Any,
    }
}

fn called(name: &str, arguments: &[Expr], known: &dyn Known) -> Kind {
    let list = |kind: Kind| Kind::List(Box::new(kind));
    match name {
        "count" | "size" | "length" | "id" | "tointeger" | "sign" | "timestamp" => Kind::Int,
        "avg" | "stdev" | "stdevp" | "percentilecont" | "tofloat" | "rand" | "sqrt" | "ceil"
        | "floor" | "round" | "e" | "pi" | "exp" | "log" | "log10" => Kind::Float,
        "tostring" | "touppercase" | "toupper" | "tolower" | "trim" | "ltrim" | "rtrim"
        | "replace" | "substring" | "left" | "right" | "type" => Kind::Text,
        "toboolean" | "exists" => Kind::Bool,
        "labels" | "keys" | "split" => list(Kind::Text),
        "nodes" => list(Kind::Node),
        "relationships" | "rels" => list(Kind::Relationship),
        "range" => list(Kind::Int),
        "collect" => list(
            arguments
                .first()
                .map_or(Kind::Any, |item| kind(item, known)),
        ),
        "startnode" | "endnode" => Kind::Node,
        "properties" => Kind::Map,
        "date" | "time" | "localtime" | "datetime" | "localdatetime" | "duration" => Kind::Temporal,
        _ => Kind::Any,
    }
}

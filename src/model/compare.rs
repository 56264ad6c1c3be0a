//! Comparisons of numbers and other things that have an order. It compares and knows how that is written.

use minicbor::{Decode, Encode};

/// A comparison of numbers. The numbers are the format's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[allow(missing_docs)]
pub enum Compare {
    #[n(0)]
    Equal,
    #[n(1)]
    NotEqual,
    #[n(2)]
    Less,
    #[n(3)]
    LessOrEqual,
    #[n(4)]
    Greater,
    #[n(5)]
    GreaterOrEqual,
}

impl Compare {
    /// Whether `a` stands to `b` in this way.
    pub fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Compare::Equal => a == b,
            Compare::NotEqual => a != b,
            Compare::Less => a < b,
            Compare::LessOrEqual => a <= b,
            Compare::Greater => a > b,
            Compare::GreaterOrEqual => a >= b,
        }
    }

    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Compare::Equal => "=",
            Compare::NotEqual => "<>",
            Compare::Less => "<",
            Compare::LessOrEqual => "<=",
            Compare::Greater => ">",
            Compare::GreaterOrEqual => ">=",
        }
    }
}

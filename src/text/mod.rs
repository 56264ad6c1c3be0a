//! Text without meaning: where a piece of text stands, what is wrong with it, how names are
//! folded and which name was probably meant. It knows nothing of claims, graphs or languages.

pub mod diagnostic;
pub mod fold;
pub mod nearest;
pub mod render;
pub mod span;

pub use diagnostic::Diagnostic;
pub use fold::fold;
pub use nearest::{nearest, quoted_list};
pub use render::{line_and_column, render};
pub use span::{Span, Spanned};

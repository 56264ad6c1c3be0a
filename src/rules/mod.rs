//! Rules at work: from the rules of a case and what is stated to what follows, by semi-naive
//! evaluation, stratum by stratum. It knows no language and tells nothing; it changes no case.

pub mod annotations;
pub mod evaluate;
mod grow;
pub mod join;
pub mod pairs;
pub mod program;
pub mod sound;
pub mod strata;
pub mod tables;

pub use annotations::{Annotation, Annotations, intersection};
pub use evaluate::{Evaluation, Guard, Stopped, evaluate};
pub use program::{Atom, Compiled, Program, Test};
pub use sound::flaw;
pub use strata::{cycle_through_not, names};
pub use tables::{STATED, Table, TableKey, Tuple};

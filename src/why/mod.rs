//! Why an answer should be believed: prove → check → tell. A proof is searched in what rules gave,
//! verified by a checker that knows nothing of how it was found, and only then shown.

pub mod check;
pub mod missing;
pub mod proof;
pub mod prove;
pub mod tell;

pub use check::{Flaw, check};
pub use missing::{Missing, missing};
pub use proof::{Premise, Proof, Reason};
pub use prove::{HIGHEST, all_proofs, shortest};
pub use tell::{answer, combined, record};

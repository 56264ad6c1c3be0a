//! What a case is made of, as plain data: entities, relations, claims and the changes that bring
//! them about. No petgraph, no pest, no files, no clock.

pub mod date;
pub mod ids;
pub mod likelihood;
pub mod period;

pub use date::{PartialDate, Precision};
pub use ids::{ClaimId, EntityId, RelationId, TxId, TypeId};
pub use likelihood::{Confidence, Credibility, Likelihood, Reliability, Scale};
pub use period::{Overlap, Period};

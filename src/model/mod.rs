//! What a case is made of, as plain data: entities, relations, claims and the changes that bring
//! them about. No petgraph, no pest, no files, no clock.

pub mod change;
pub mod claim;
pub mod compare;
pub mod date;
pub mod declaration;
pub mod entity;
pub mod entry;
pub mod forms;
pub mod ids;
pub mod likelihood;
pub mod packed;
pub mod pages;
pub mod period;
pub mod rule;
pub mod temporal;
pub mod value;
pub mod vocabulary;
pub mod words;

pub use change::{CORRECTED, Change, RetractTarget};
pub use claim::{Attribution, Claim, Marking, Polarity, RowDetail, Status};
pub use compare::Compare;
pub use date::{PartialDate, Precision};
pub use declaration::{Form, RelationDeclaration, TypeDeclaration};
pub use entity::Entity;
pub use entry::{ClaimBlock, Entry};
pub use ids::{ClaimId, EntityId, RelationId, TxId, TypeId};
pub use likelihood::{Confidence, Credibility, Likelihood, Reliability, Scale};
pub use packed::{Cell, Packed, Packing};
pub use pages::{PageFault, Pages, Part};
pub use period::{Overlap, Period};
pub use rule::{Rule, RuleCondition, RuleFact, RuleLimits, RuleTerm, RuleTime, Rules};
pub use temporal::Temporal;
pub use value::Value;
pub use vocabulary::{Reading, Vocabulary};
pub use words::Words;

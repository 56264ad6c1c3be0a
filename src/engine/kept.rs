//! What rules have derived, and for which state of the case: plain data, kept between questions.

use crate::engine::cache::State;
use crate::model::RelationId;
use crate::rules::Evaluation;
use std::sync::Arc;

/// What was derived, and for which state of the case.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Derivations {
    pub(in crate::engine) state: Option<(State, u64)>,
    /// Only claims have come since that state, and lead to this one.
    pub(in crate::engine) grown: Option<(State, u64)>,
    pub(in crate::engine) evaluations: Vec<(Vec<RelationId>, Arc<Evaluation>)>,
    pub(in crate::engine) installed: bool,
}

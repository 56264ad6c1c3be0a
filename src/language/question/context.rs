//! What a question may refer to beside the case: the day, parameters and the last answer.

use crate::model::{EntityId, Value};
use std::collections::BTreeMap;

/// What a question may refer to beside the case.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Now, in seconds since 1970-01-01T00:00:00Z; given from outside, since the core has no clock.
    pub now: i64,
    /// `$name`
    pub parameters: BTreeMap<String, Value>,
    /// `_`: the entities of the last answer; `None` before the first.
    pub last: Option<Vec<EntityId>>,
}

//! Versions of objects: which of them the case has, and which took back what an earlier one claimed. It reads
//! the case only.

use crate::graph::{Graph, GraphView};
use crate::import::harvest::{DOCUMENT, Harvest};
use crate::import::states::Version;
use crate::import::stix::object::nanos;
use crate::model::{PartialDate, Value};
use rustc_hash::FxHashMap;

/// The scheme of the ids of objects.
pub const SCHEME: &str = "stix";

const REVOKED: &str = "revoked on ";
const LATER: &str = "no longer in the version of ";

/// Why what the case has of an earlier version is retracted. It tells the version, so that what was taken
/// back is known to have been.
pub fn because(modified: Option<&str>, revoked: bool) -> String {
    match (modified, revoked) {
        (Some(modified), true) => format!("{REVOKED}{modified}"),
        (None, true) => "revoked".to_owned(),
        (Some(modified), false) => format!("{LATER}{modified}"),
        (None, false) => "no longer in its latest state".to_owned(),
    }
}

/// The time of a version.
pub fn version(text: &str) -> Option<Version> {
    let date = PartialDate::parse(text)?;
    Some((date.start(), nanos(text)))
}

/// The versions of which nothing may stand, since they took back all that there was.
#[derive(Debug, Default)]
pub struct Later {
    taken: FxHashMap<String, Version>,
}

impl Later {
    /// Those of a case.
    pub fn of(graph: &Graph) -> Later {
        let columns = graph.columns();
        let mut taken: FxHashMap<String, Version> = FxHashMap::default();
        for row in columns.retracted_rows() {
            let because = columns.retraction_reason(row).unwrap_or_default();
            let text = because
                .strip_prefix(REVOKED)
                .or_else(|| because.strip_prefix(LATER));
            let Some(version) = text.and_then(version) else {
                continue;
            };
            let mut own = columns.properties(row).iter();
            if let Some((_, Value::Text(key))) = own.find(|(key, _)| key == DOCUMENT) {
                let known = taken.entry(key.clone()).or_insert(version);
                *known = (*known).max(version);
            }
        }
        Later { taken }
    }

    /// Whether the case has a later version of an object than this one, or had one that took back what it
    /// claimed.
    pub fn has(&self, harvest: &Harvest<'_>, id: &str, of: Version) -> bool {
        let later = |properties: &[(String, Value)]| {
            let mut versions = properties.iter().filter(|(key, _)| key == "modified");
            let known = versions.next().map(|(_, value)| value.text());
            let known = known.and_then(|text| version(&text));
            known.is_some_and(|known| known > of)
        };
        let graph = harvest.graph();
        let mut standing = harvest.standing(id).iter();
        self.taken.get(id).is_some_and(|taken| *taken > of)
            || standing.any(|row| later(graph.columns().properties(*row)))
            || graph
                .entities()
                .identified(SCHEME, id)
                .is_some_and(|entity| later(&graph.entities().get(entity).properties))
    }
}

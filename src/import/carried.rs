//! What our own exports carry along in formats of others: whole entities and claims, in the records of
//! `docs/exchange.md`. What is carried is taken as it was, and nothing of what the format's own fields
//! say of the same. It finds no records; readers know where theirs are.

use crate::import::document::{Document, Place};
use crate::import::harvest::Harvest;
use crate::import::record::{self, Record};
use crate::text::Diagnostic;

/// What one object of another format carries. It may be nothing, where an object stands for what the
/// case has no entity and no claim of.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// The entity that the object stands for.
    pub entity: Option<Record>,
    /// The claims that it stands for, and those of the names of its entity.
    pub claims: Vec<Record>,
}

impl Carried {
    /// Takes over what was exported, as it was: such claims are those of no object. `extra` is what the
    /// format calls the part that carries, for a message.
    pub fn take(
        &self,
        document: &Document<'_>,
        place: Place,
        extra: &str,
        harvest: &mut Harvest<'_>,
    ) -> Result<(), Diagnostic> {
        harvest.replaces_nothing();
        let wrong = |cause: String| changed(document, place, cause, extra);
        if let Some(entity) = &self.entity {
            record::entity(harvest, entity, place).map_err(wrong)?;
        }
        for claim in &self.claims {
            record::claim(harvest, claim, place).map_err(wrong)?;
        }
        Ok(())
    }
}

/// What is carried is not what an export wrote.
pub fn changed(
    document: &Document<'_>,
    place: Place,
    cause: impl Into<String>,
    extra: &str,
) -> Diagnostic {
    let wrong = document
        .wrong(place.offset, "what whodunit exported was changed")
        .label(cause)
        .help(format!("export it anew, or take its {extra} out"));
    match place.item {
        Some((list, at)) => wrong.note(format!("in {list}[{at}]")),
        None => wrong,
    }
}

//! The extension in which our own export carries whole entities and claims (`docs/stix-extension.md`). What
//! stands there is taken, and nothing of what the other fields say of the same. It writes nothing.

use crate::import::carried::Carried;
use crate::import::stix::object::Object;
use crate::text::Diagnostic;

/// The extension that carries claims and entities.
pub const EXTENSION: &str = "extension-definition--b8785889-1604-43d1-96af-94da8b343ab2";
/// What an export has for itself: the definitions of the extensions, and who defines them.
const OWN: [&str; 3] = [
    EXTENSION,
    "extension-definition--7d1356ee-a458-4422-bed5-0fa3828d4002",
    "identity--5f8f3c0e-5c53-5c0a-8f6e-3b1d0c2a9e47",
];

/// What our extension says of an object; none where it has no such extension. It may be nothing: of a
/// relationship that nobody states, and of an identity that stands for a source which is none.
pub fn read(object: &Object<'_>) -> Result<Option<Carried>, Diagnostic> {
    let id = object.text("id")?.unwrap_or_default();
    if OWN.contains(&id.as_ref()) {
        return Ok(Some(Carried::default()));
    }
    let Some(extensions) = object.object("extensions")? else {
        return Ok(None);
    };
    let Some(extension) = extensions.object(EXTENSION)? else {
        return Ok(None);
    };
    let mut own = Carried::default();
    if let Some(raw) = extension.raw("entity") {
        own.entity = Some(extension.piece(raw, "entity", "an object")?);
    }
    if let Some(raw) = extension.raw("aliases") {
        own.claims = extension.piece(raw, "aliases", "a list of objects")?;
    }
    if let Some(raw) = extension.raw("claim") {
        own.claims.push(extension.piece(raw, "claim", "an object")?);
    }
    Ok(Some(own))
}

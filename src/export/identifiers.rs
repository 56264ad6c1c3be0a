//! Ids of our own for other formats: uuids of version 5 in a namespace of this program, so that the
//! same thing has the same id in every export. They tell nothing of the case.

use crate::graph::{Graph, GraphView};
use crate::model::EntityId;
use uuid::Uuid;

/// The namespace, made once by chance.
const NAMESPACE: Uuid = Uuid::from_u128(0x4a8c0164_9f7c_4043_8ad8_a916df22ed88);

/// The id of what a text says, among things of one kind.
pub fn id(kind: &str, text: &str) -> String {
    let name = format!("{kind}\n{text}");
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

/// The id that an entity has in a scheme outside.
pub fn outside<'g>(graph: &'g Graph, id: EntityId, scheme: &str) -> Option<&'g str> {
    let ids = graph.entities().get(id).ids.iter();
    let mut ids = ids.filter(|(known, _)| known == scheme);
    ids.next().map(|(_, id)| id.as_str())
}

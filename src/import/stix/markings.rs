//! Markings by their ids: the levels of the Traffic Light Protocol of both versions, and what a document
//! defines. Markings that mark each other in a circle are a mistake.

use crate::import::document::Document;
use crate::import::stix::draft::{Draft, What};
use crate::model::Marking;
use crate::text::Diagnostic;
use rustc_hash::FxHashMap;

/// The definitions that the standard and FIRST give.
const KNOWN: &[(&str, Marking)] = &[
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", Marking::Clear),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", Marking::Green),
    ("f88d31f6-486f-44da-b317-01333bde0b82", Marking::Amber),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Marking::Red),
    ("94868c89-83c2-464b-929b-a1a8aa3c8487", Marking::Clear),
    ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Marking::Green),
    ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", Marking::Amber),
    ("939a9414-2ddd-4d32-a0cd-375ea402b003", Marking::AmberStrict),
    ("e828b379-4e03-4974-9ac4-e53a884c97c1", Marking::Red),
];

/// The levels that markings of a document are.
#[derive(Debug, Default)]
pub struct Markings(FxHashMap<String, Marking>);

impl Markings {
    /// Those of a document.
    pub fn of(document: &Document<'_>, drafts: &[Box<Draft<'_>>]) -> Result<Markings, Diagnostic> {
        let mut levels = FxHashMap::default();
        let mut marked: FxHashMap<&str, &Draft<'_>> = FxHashMap::default();
        for draft in drafts {
            if let What::Marking { level, .. } = &draft.what {
                marked.insert(&draft.id, draft);
                if let Some(level) = level {
                    levels.insert(draft.id.to_string(), *level);
                }
            }
        }
        circle(document, &marked)?;
        Ok(Markings(levels))
    }

    /// The level that a marking is; none of other markings.
    pub fn level(&self, id: &str) -> Option<Marking> {
        let known = || {
            let uuid = id.strip_prefix("marking-definition--")?;
            let known = KNOWN.iter().find(|(known, _)| *known == uuid);
            known.map(|(_, level)| *level)
        };
        self.0.get(id).copied().or_else(known)
    }
}

/// Refuses markings that mark themselves, over others or not.
fn circle(document: &Document<'_>, marked: &FxHashMap<&str, &Draft<'_>>) -> Result<(), Diagnostic> {
    // Those whose markings were all followed to their ends.
    let mut done: FxHashMap<&str, bool> = FxHashMap::default();
    let mut first: Vec<&Draft<'_>> = marked.values().copied().collect();
    first.sort_by_key(|draft| draft.place.offset);
    for start in first {
        let mut path: Vec<(&Draft<'_>, usize)> = vec![(start, 0)];
        while let Some((draft, next)) = path.last_mut() {
            let draft: &Draft<'_> = draft;
            match done.get(draft.id.as_ref()) {
                Some(true) => {
                    path.pop();
                    continue;
                }
                Some(false) | None => {
                    done.insert(&draft.id, false);
                }
            }
            let Some(id) = draft.markings.get(*next) else {
                done.insert(&draft.id, true);
                path.pop();
                continue;
            };
            *next += 1;
            let Some(other) = marked.get(id.as_ref()) else {
                continue;
            };
            if done.get(other.id.as_ref()) == Some(&false) {
                let wrong = document
                    .wrong(draft.place.offset, "markings mark each other in a circle")
                    .label(format!(
                        "`{}` bears `{id}`, which leads back to it",
                        draft.id
                    ))
                    .help("a marking may be marked by others only");
                return Err(match draft.place.item {
                    Some((list, at)) => wrong.note(format!("in {list}[{at}]")),
                    None => wrong,
                });
            }
            path.push((other, 0));
        }
    }
    Ok(())
}

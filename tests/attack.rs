//! Real STIX: counts and answers as an independent reading of the raw JSON has them. Skipped where
//! `WHODUNIT_SHARED` does not name the shared data.

mod common;
#[path = "common/documents.rs"]
mod documents;

use common::{NOW, shared};
use documents::{DAY, claims, fresh, names, property, raw, take, text};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use whodunit::graph::GraphView;

#[test]
fn every_shared_file_has_the_counts_of_its_raw_text() {
    let plural = |kind: &str| match kind {
        "course-of-action" => "courses-of-action".to_owned(),
        "malware" | "infrastructure" => kind.to_owned(),
        "identity" => "identities".to_owned(),
        "vulnerability" => "vulnerabilities".to_owned(),
        "x-mitre-detection-strategy" => "x-mitre-detection-strategies".to_owned(),
        "x-mitre-matrix" => "x-mitre-matrices".to_owned(),
        kind => format!("{kind}s"),
    };
    let mut files = 0;
    for folder in ["attack", "stix"] {
        let Some(folder) = shared(folder) else { return };
        for entry in fs::read_dir(folder).expect("a folder") {
            let file = entry.expect("a file").path();
            let objects = raw(&file);
            let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
            for object in &objects {
                *kinds.entry(plural(text(object, "type"))).or_default() += 1;
            }
            kinds.insert("objects".to_owned(), objects.len());
            let mut engine = fresh();
            let done = take(&mut engine, std::slice::from_ref(&file), NOW).expect("an import");
            let counts = &done.intake.documents[0].2;
            let counted: BTreeMap<String, usize> = counts
                .iter()
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect();
            assert_eq!(counted, kinds, "{}", file.display());
            // Each relationship whose ends are there is one claim between exactly these.
            let graph = engine.graph();
            let there: BTreeSet<&str> = objects.iter().map(|object| text(object, "id")).collect();
            let mut expected: BTreeSet<(String, String, String)> = BTreeSet::new();
            let name = |id: &str| {
                let entity = graph.entities().identified("stix", id).expect(id);
                graph.entities().name(entity).to_owned()
            };
            for object in objects
                .iter()
                .filter(|of| text(of, "type") == "relationship")
            {
                let (from, to) = (text(object, "source_ref"), text(object, "target_ref"));
                if object["revoked"] != true && there.contains(from) && there.contains(to) {
                    expected.insert((text(object, "id").to_owned(), name(from), name(to)));
                }
            }
            let found: BTreeSet<(String, String, String)> = claims(&engine)
                .into_iter()
                .filter_map(|(claim, _)| {
                    let document = property(&claim, "document")?;
                    let own = document.starts_with("relationship--");
                    own.then_some((document, claim.subject, claim.object))
                })
                .collect();
            assert!(found == expected, "{}", file.display());
            if file.ends_with("enterprise-v18.1.stix20.json") {
                assert_eq!((objects.len(), kinds["relationships"]), (24_771, 20_048));
                assert_eq!(found.len(), 20_048);
            }
            files += 1;
        }
    }
    assert!(files >= 8, "{files}");
}

#[test]
fn the_techniques_of_apt31_are_those_of_the_raw_file() {
    let Some(file) = shared("attack/enterprise-v18.1.stix20.json") else {
        return;
    };
    let objects = raw(&file);
    let of_id: BTreeMap<&str, &Json> = objects.iter().map(|of| (text(of, "id"), of)).collect();
    let bears = |object: &&Json| {
        let mut aliases = object["aliases"].as_array().into_iter().flatten();
        text(object, "type") == "intrusion-set" && aliases.any(|alias| alias == "APT31")
    };
    let group = objects.iter().find(bears).expect("a group");
    let expected: BTreeSet<String> = objects
        .iter()
        .filter(|of| text(of, "relationship_type") == "uses")
        .filter(|of| of["source_ref"] == group["id"] && of["revoked"] != true)
        .map(|of| of_id[text(of, "target_ref")])
        .filter(|of| text(of, "type") == "attack-pattern")
        .map(|of| text(of, "id").to_owned())
        .collect();
    assert!(expected.len() > 10, "{}", expected.len());
    let mut engine = fresh();
    take(&mut engine, &[file], NOW).expect("an import");
    let asked = names(&mut engine, "which techniques did APT31 use");
    let entities = engine.graph().entities();
    let found: BTreeSet<String> = asked
        .iter()
        .map(|name| {
            let entity = entities.get(entities.by_handle(name).expect(name));
            let mut ids = entity.ids.iter().filter(|(scheme, _)| scheme == "stix");
            ids.next().map(|(_, id)| id.clone()).expect("an id")
        })
        .collect();
    assert_eq!(asked.len(), expected.len());
    assert_eq!(found, expected);
}

#[test]
fn what_changed_in_attack_ics_is_what_differs_between_its_files() {
    let (Some(old), Some(new)) = (
        shared("attack/ics-v17.1.stix21.json"),
        shared("attack/ics-v18.1.stix21.json"),
    ) else {
        return;
    };
    let relationships = |file: &Path| -> BTreeMap<String, String> {
        let all = raw(file).into_iter();
        let all = all.filter(|of| text(of, "type") == "relationship" && of["revoked"] != true);
        all.map(|of| (text(&of, "id").to_owned(), of.to_string()))
            .collect()
    };
    let (before, after) = (relationships(&old), relationships(&new));
    let differ = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| -> BTreeSet<String> {
        let a = a.iter().filter(|(id, of)| b.get(*id) != Some(of));
        a.map(|(id, _)| id.clone()).collect()
    };
    let (went, came) = (differ(&before, &after), differ(&after, &before));
    assert!(went.len() > 200 && came.len() > 200);
    let mut engine = fresh();
    take(&mut engine, &[old], NOW - 20 * DAY).expect("an import");
    take(&mut engine, &[new], NOW - 10 * DAY).expect("an import");
    let asked = engine
        .ask("what changed between 2026-11-10 and 2026-11-20")
        .expect("an answer");
    let all = claims(&engine);
    let graph = engine.graph();
    let (mut added, mut retracted) = (BTreeSet::new(), BTreeSet::new());
    for row in &asked.answer.table.rows {
        let number = row[2].trim_start_matches('#').parse().expect("a number");
        let at = graph.columns().row_of(whodunit::model::ClaimId(number));
        let (claim, _) = &all[at.expect("a claim") as usize];
        let document = property(claim, "document").expect("a document");
        if document.starts_with("relationship--") {
            match row[0].as_str() {
                "added" => assert!(added.insert(document)),
                "retracted" => assert!(retracted.insert(document)),
                // One fact under another id: what says so went, and what says so came.
                "corrected" => {
                    for (other, gone) in &all {
                        let same = other.subject == claim.subject
                            && other.relation == claim.relation
                            && other.object == claim.object;
                        match property(other, "document") {
                            Some(id) if same && *gone && went.contains(&id) => {
                                retracted.insert(id);
                            }
                            Some(id) if same && came.contains(&id) => {
                                added.insert(id);
                            }
                            Some(_) | None => {}
                        }
                    }
                }
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!((added.len(), retracted.len()), (came.len(), went.len()));
    assert!(added == came && retracted == went);
}

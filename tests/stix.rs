//! STIX comes in: what objects say as claims with all their fields, versions and revocations on the
//! recorded axis, oddities, and what our own export carries along. The samples are of our own making.

mod common;
#[path = "common/documents.rs"]
mod documents;

use common::{NOW, scratch};
use documents::{DAY, fresh, lines, names, of, property, relation, sample, take};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use whodunit::engine::Engine;
use whodunit::graph::GraphView;
use whodunit::model::{Marking, PartialDate, Polarity, Value};

fn id(kind: &str, end: &str) -> String {
    format!("{kind}--00000000-0000-4000-8000-0000000000{end}")
}

#[test]
fn what_a_relationship_says_is_a_claim_with_all_its_fields() {
    let mut engine = fresh();
    let done = take(&mut engine, &[sample("kettle.json")], NOW).expect("an import");
    assert!(done.intake.oddities.is_empty(), "{}", done.said);
    let found = of(&engine, &id("relationship", "31"));
    let [claim] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (claim.subject.as_str(), claim.object.as_str()),
        ("Kettle Crew", "Example Bank")
    );
    assert_eq!(relation(&engine, claim), "targeted");
    assert_eq!(claim.sources, ["Example Labs"]);
    assert_eq!(
        claim.likelihood.as_ref().map(|level| level.number),
        Some(85.0)
    );
    assert_eq!(claim.valid.from, PartialDate::parse("2023-05-01T00:00:00Z"));
    assert_eq!(
        claim.valid.until,
        PartialDate::parse("2023-06-01T00:00:00Z")
    );
    assert_eq!(claim.reported, PartialDate::parse("2024-03-01T00:00:00Z"));
    assert_eq!(
        claim.reference.as_deref(),
        Some("https://labs.example/kettle")
    );
    assert_eq!(claim.quote.as_deref(), Some("The crew looked at the bank."));
    // Of two levels the more restrictive, of whichever version of TLP; other markings stay as they are.
    assert_eq!(claim.marking, Some(Marking::Amber));
    assert_eq!(
        property(claim, "object_marking_refs"),
        Some(id("marking-definition", "a1"))
    );
    assert_eq!(
        property(claim, "modified").as_deref(),
        Some("2024-03-02T00:00:00.500Z")
    );
    let kept = property(claim, "granular_markings").expect("kept");
    assert!(kept.contains("e828b379"), "{kept}");
    // None given is not none at all.
    let none = of(&engine, &id("relationship", "33"));
    assert_eq!(none[0].likelihood, None);
    let zero = of(&engine, &id("relationship", "32"));
    assert_eq!(
        zero[0].likelihood.as_ref().map(|level| level.number),
        Some(0.0)
    );
    // Types of relationships that nobody declared are relations.
    assert_eq!(
        names(&mut engine, "who summoned Example_Embassy"),
        ["Germany"]
    );
    assert_eq!(
        names(&mut engine, "what did Kettle_Crew over-brewed"),
        ["Example City"]
    );
}

#[test]
fn opinions_notes_and_sightings_are_claims_of_their_authors() {
    let mut engine = fresh();
    take(&mut engine, &[sample("kettle.json")], NOW).expect("an import");
    let denied = of(&engine, &id("opinion", "41"));
    let [denial] = denied.as_slice() else {
        panic!("{denied:?}")
    };
    assert_eq!(denial.polarity, Polarity::Denied);
    assert_eq!(denial.sources, ["Example Embassy"]);
    assert_eq!(denial.quote.as_deref(), Some("Nobody looked at any bank."));
    assert_eq!(
        (denial.subject.as_str(), denial.object.as_str()),
        ("Kettle Crew", "Example Bank")
    );
    let agreed = of(&engine, &id("opinion", "42"));
    assert_eq!(
        (agreed[0].polarity, agreed[0].sources.as_slice()),
        (Polarity::Asserted, &["Example Bank".to_owned()][..])
    );
    let verdict = engine
        .ask("did Kettle_Crew target Example_Bank")
        .expect("an answer");
    assert!(common::short(&verdict).contains("disputed"));
    assert_eq!(
        names(&mut engine, "what mentions Kettle_Crew"),
        ["On the crew"]
    );
    let seen: BTreeSet<(String, String, String)> = of(&engine, &id("sighting", "51"))
        .into_iter()
        .map(|claim| {
            (
                claim.subject.clone(),
                relation(&engine, &claim),
                claim.object,
            )
        })
        .collect();
    let said = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(
        seen,
        [
            said("Example Bank", "sighted", "Steam"),
            said("Steam", "sighted-in", "Germany")
        ]
        .into_iter()
        .collect()
    );
    assert_eq!(
        property(&of(&engine, &id("sighting", "51"))[0], "count").as_deref(),
        Some("3")
    );
}

#[test]
fn things_have_types_names_ids_and_what_they_refer_to() {
    let mut engine = fresh();
    take(
        &mut engine,
        &[sample("kettle.json"), sample("old.json")],
        NOW,
    )
    .expect("an import");
    let entities = engine.graph().entities();
    let words = engine.graph().vocabulary();
    let is = |name: &str, noun: &str| {
        let entity = entities.by_handle(name).expect(name);
        let kind = words.type_named(noun).expect(noun);
        assert!(
            entities.has_type(entity, kind, words),
            "{name} is no {noun}"
        );
    };
    is("Kettle Crew", "threat-actor");
    is("Kettle Crew", "actor");
    is("Steam", "malware");
    is("steam.exe", "file");
    is("steam.exe", "observable");
    is("Germany", "country");
    is("Example City", "city");
    is("Example Labs", "organisation");
    is("old.example", "domain-name");
    let steam = entities.get(entities.by_handle("Steam").expect("Steam"));
    let colour = steam
        .properties
        .iter()
        .find(|(key, _)| key == "x_example_colour");
    let hue = ("hue".to_owned(), Value::Int(7));
    let red = Value::List(vec![Value::Text("red".to_owned())]);
    let kept = Value::Map(vec![hue, ("names".to_owned(), red)]);
    assert_eq!(colour.map(|(_, value)| value), Some(&kept));
    let germany = entities.by_handle("Germany").expect("Germany");
    assert_eq!(
        entities.identified("stix", &id("location", "14")),
        Some(germany)
    );
    let aka = names(
        &mut engine,
        "who says that Kettle_Crew also-known-as \"Boiling Point\"",
    );
    assert_eq!(aka, ["Example Labs"]);
    for (question, answer) in [
        ("what is \"steam.exe\" part of", "C:\\Kettle"),
        ("what does \"kettle.example\" resolve to", "192.0.2.7"),
        ("what is Steam part of", "warming"),
        // STIX 2.0 has observables without ids inside of what was observed.
        ("what does \"old.example\" resolve to", "192.0.2.8"),
        (
            "who sighted \"[domain-name:value = 'old.example']\"",
            "Old Labs",
        ),
    ] {
        assert_eq!(names(&mut engine, question), [answer], "{question}");
    }
}

/// A sample with some of its text changed.
fn changed(folder: &Path, name: &str, changes: &[(&str, &str)]) -> PathBuf {
    let mut text = fs::read_to_string(sample("kettle.json")).expect("a sample");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let file = folder.join(name);
    fs::write(&file, text).expect("a file to write");
    file
}

const MODIFIED: &str = "\"modified\": \"2024-03-02T00:00:00.500Z\"";

#[test]
fn a_later_version_supersedes_and_an_earlier_one_is_left_out() {
    let folder = scratch("stix-versions");
    let first = sample("kettle.json");
    let later = [
        (MODIFIED, "\"modified\": \"2024-06-01T00:00:00.000Z\""),
        ("\"confidence\": 85", "\"confidence\": 15"),
    ];
    let later = changed(&folder, "later.json", &later);
    let level = |engine: &Engine| {
        let found = of(engine, &id("relationship", "31"));
        let levels = found
            .iter()
            .map(|claim| claim.likelihood.as_ref().map(|of| of.number));
        levels.collect::<Vec<_>>()
    };
    let mut engine = fresh();
    take(&mut engine, std::slice::from_ref(&first), NOW - 10 * DAY).expect("an import");
    let done = take(&mut engine, std::slice::from_ref(&later), NOW - 5 * DAY).expect("an import");
    assert_eq!(
        (done.claims(), done.intake.applied.retracted),
        (1, 1),
        "{}",
        done.said
    );
    assert_eq!(level(&engine), [Some(15.0)]);
    let sure = |engine: &mut Engine, when: &str| {
        let question = format!("who targeted Example_Bank {when} with likelihood >= 80%");
        names(engine, &question)
    };
    assert_eq!(sure(&mut engine, "as known on 2026-11-17"), ["Kettle Crew"]);
    assert!(sure(&mut engine, "").is_empty());
    // The earlier one again changes nothing, and says so.
    let again = take(&mut engine, std::slice::from_ref(&first), NOW).expect("an import");
    assert_eq!((again.claims(), again.intake.applied.retracted), (0, 0));
    assert!(
        again
            .said
            .contains("object of which the case has a later version, left out"),
        "{}",
        again.said
    );
    assert_eq!(level(&engine), [Some(15.0)]);
    // Both at once, in whatever order: the later one counts.
    let mut told = Vec::new();
    for files in [[&first, &later], [&later, &first]] {
        let mut engine = fresh();
        take(&mut engine, &files.map(Clone::clone), NOW).expect("an import");
        assert_eq!(level(&engine), [Some(15.0)]);
        told.push(lines(&engine));
    }
    assert_eq!(told[0], told[1]);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn what_its_author_revokes_is_retracted() {
    let folder = scratch("stix-revoked");
    let revoked = [(
        MODIFIED,
        "\"revoked\": true, \"modified\": \"2024-06-01T00:00:00.000Z\"",
    )];
    let revoked = changed(&folder, "revoked.json", &revoked);
    let mut engine = fresh();
    take(&mut engine, &[sample("kettle.json")], NOW - 10 * DAY).expect("an import");
    take(&mut engine, std::slice::from_ref(&revoked), NOW - 5 * DAY).expect("an import");
    assert!(of(&engine, &id("relationship", "31")).is_empty());
    let before = names(
        &mut engine,
        "who targeted Example_Bank as known on 2026-11-17",
    );
    assert_eq!(before, ["Kettle Crew"]);
    let changes = engine
        .ask("what changed between 2026-11-18 and 2026-11-21")
        .expect("an answer");
    assert!(common::short(&changes).contains("retracted"));
    // In a case that never had it it is not claimed either.
    let mut engine = fresh();
    let done = take(&mut engine, &[revoked], NOW).expect("an import");
    assert!(of(&engine, &id("relationship", "31")).is_empty());
    assert_eq!(done.intake.documents[0].2.of("revoked relationships"), 1);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn an_older_bundle_does_not_bring_back_what_a_newer_one_took_away() {
    let folder = scratch("stix-older");
    let revoked = [(
        MODIFIED,
        "\"revoked\": true, \"modified\": \"2024-06-01T00:00:00.000Z\"",
    )];
    let revoked = changed(&folder, "revoked.json", &revoked);
    let first = sample("kettle.json");
    for order in [
        vec![&first, &revoked, &first],
        vec![&first, &revoked, &first, &first],
        vec![&first, &revoked, &first, &revoked],
    ] {
        let mut engine = fresh();
        for (at, file) in order.iter().enumerate() {
            let day = NOW + at as i64 * DAY;
            take(&mut engine, &[(*file).clone()], day).expect("an import");
        }
        let standing = of(&engine, &id("relationship", "31"));
        assert!(standing.is_empty(), "{order:?}: {standing:#?}");
        let last = order.last().expect("a file");
        let again = take(&mut engine, &[(*last).clone()], NOW + 9 * DAY).expect("an import");
        assert!(
            again.intake.applied.is_nothing(),
            "{order:?}: {}",
            again.said
        );
    }
    // A later version than the one that was taken back is claimed.
    let back = [(MODIFIED, "\"modified\": \"2024-07-01T00:00:00.000Z\"")];
    let back = changed(&folder, "back.json", &back);
    let mut engine = fresh();
    for (at, file) in [&first, &revoked, &back].into_iter().enumerate() {
        let day = NOW + at as i64 * DAY;
        take(&mut engine, std::slice::from_ref(file), day).expect("an import");
    }
    assert_eq!(of(&engine, &id("relationship", "31")).len(), 1);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn what_comes_again_changes_nothing() {
    let files = [sample("kettle.json"), sample("old.json")];
    let mut engine = fresh();
    let first = take(&mut engine, &files, NOW).expect("an import");
    let before = engine.statements();
    let again = take(&mut engine, &files, NOW + 60).expect("an import");
    assert_eq!((again.claims(), again.entities()), (0, 0), "{}", again.said);
    assert!(again.known() == first.claims(), "{}", again.said);
    assert_eq!(engine.statements(), before);
    // And the text of the case is the case.
    let mut read = fresh();
    read.load(&before, NOW).expect("a case");
    let again = take(&mut read, &files, NOW + 60).expect("an import");
    assert_eq!((again.claims(), again.entities()), (0, 0), "{}", again.said);
}

#[test]
fn what_is_odd_comes_in_and_is_told() {
    let folder = scratch("stix-odd");
    for (from, to, told) in [
        (
            "\"stop_time\": \"2023-06-01",
            "\"stop_time\": \"2023-05-01",
            "`stop_time` that is not later than `start_time`, left out",
        ),
        (
            "\"confidence\": 85",
            "\"confidence\": 850",
            "`confidence` that is not between 0 and 100",
        ),
        (
            "\"target_ref\": \"identity--00000000-0000-4000-8000-000000000013\"",
            "\"target_ref\": \"identity--00000000-0000-4000-8000-000000000099\"",
            "`targeted` with an end that no file describes, left out",
        ),
        (
            "\"object_refs\": [\"relationship--00000000-0000-4000-8000-000000000031\"]",
            "\"object_refs\": [\"relationship--00000000-0000-4000-8000-000000000099\"]",
            "opinion about a relationship that no file has, left out",
        ),
        (
            "\"path\": \"C:\\\\Kettle\"",
            "\"path\": \" \"",
            "object without a name, known by its id",
        ),
        (
            MODIFIED,
            "\"modified\": \"2023-01-01T00:00:00Z\"",
            "object that was modified before it was created",
        ),
        (&format!("{MODIFIED},"), "", "object without `modified`"),
        (
            "opinion--00000000-0000-4000-8000-000000000042",
            "opinion--7",
            "id without a UUID",
        ),
        (
            "\"source_name\": \"Example Labs\", ",
            "",
            "external reference without `source_name`",
        ),
        (
            "\"sample_refs\": [\"file--00000000-0000-5000-8000-000000000023\"]",
            "\"sample_refs\": [\"malware--00000000-0000-4000-8000-000000000022\"]",
            "object that refers to itself, left out",
        ),
    ] {
        let file = changed(&folder, "odd.json", &[(from, to)]);
        let done = take(&mut fresh(), &[file], NOW).expect("an import");
        assert!(done.said.contains(told), "{told}:\n{}", done.said);
        assert!(done.said.contains("line "), "no place:\n{}", done.said);
        assert!(done.claims() > 10, "{}", done.said);
    }
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn what_whodunit_exported_comes_in_as_it_was() {
    let mut engine = fresh();
    let done = take(&mut engine, &[sample("export.json")], NOW).expect("an import");
    let mut expected = fresh();
    let text = fs::read_to_string(common::below("documents/export.who")).expect("a sample");
    expected.load(&text, NOW).expect("a case");
    assert_eq!(lines(&engine), lines(&expected), "{}", done.said);
}

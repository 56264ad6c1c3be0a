//! STIX comes in: counts and answers as an independent reading of the raw JSON has them. What needs the
//! shared data is skipped where `WHODUNIT_SHARED` does not name it.

mod common;

use common::{NOW, below, scratch};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use whodunit::engine::Engine;
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::{GraphView, Row};
use whodunit::model::{Claim, Marking, PartialDate, Polarity, Value};

const DAY: i64 = 86_400;

fn fresh() -> Engine {
    Engine::with_vocabulary(NOW)
}

fn take(engine: &mut Engine, files: &[PathBuf], recorded: i64) -> Result<Done, String> {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    import(engine, &paths, &Options::default(), recorded).map_err(|refused| refused.text)
}

fn sample(name: &str) -> PathBuf {
    below("import/stix").join(name)
}

/// The shared data, where its place is known.
fn shared(path: &str) -> Option<PathBuf> {
    match std::env::var_os("WHODUNIT_SHARED") {
        Some(place) => Some(Path::new(&place).join("data").join(path)),
        None => {
            eprintln!("skipped: WHODUNIT_SHARED does not say where the shared data is");
            None
        }
    }
}

/// The objects of a file as they stand there.
fn raw(file: &Path) -> Vec<Json> {
    let text = fs::read_to_string(file).expect("a file");
    let json: Json = serde_json::from_str(&text).expect("JSON");
    match json["objects"].as_array() {
        Some(objects) => objects.clone(),
        None => vec![json],
    }
}

fn text<'j>(object: &'j Json, key: &str) -> &'j str {
    object[key].as_str().unwrap_or_default()
}

/// A column of an answer.
fn column(engine: &mut Engine, question: &str, at: usize) -> Vec<String> {
    let asked = engine.ask(question).expect("an answer");
    let rows = asked.answer.table.rows.iter();
    rows.filter_map(|row| row.get(at).cloned()).collect()
}

fn names(engine: &mut Engine, question: &str) -> Vec<String> {
    let mut names = column(engine, question, 0);
    names.sort();
    names
}

/// What a claim has under a key.
fn property<E>(claim: &Claim<E>, key: &str) -> Option<String> {
    let mut own = claim.properties.iter().filter(|(known, _)| known == key);
    own.next().map(|(_, value)| value.text())
}

/// The claims of the case, with their entities by name, and whether they were retracted.
fn claims(engine: &Engine) -> Vec<(Claim<String>, bool)> {
    let graph = engine.graph();
    let columns = graph.columns();
    let all = 0..columns.len() as Row;
    all.map(|row| {
        let named = columns
            .claim(row)
            .try_map(|id, _| -> Result<String, ()> { Ok(graph.entities().name(id).to_owned()) });
        (named.expect("names"), columns.retracted(row).is_some())
    })
    .collect()
}

/// The claims that stand and are of one object.
fn of(engine: &Engine, id: &str) -> Vec<Claim<String>> {
    let all = claims(engine).into_iter();
    let all =
        all.filter(|(claim, gone)| !gone && property(claim, "document").as_deref() == Some(id));
    all.map(|(claim, _)| claim).collect()
}

/// What the case says, in no order.
fn lines(engine: &Engine) -> BTreeSet<String> {
    engine.statements().lines().map(str::to_owned).collect()
}

fn relation(engine: &Engine, claim: &Claim<String>) -> String {
    engine
        .graph()
        .vocabulary()
        .relation(claim.relation)
        .name
        .clone()
}

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
    let text = fs::read_to_string(sample("export.who")).expect("a sample");
    expected.load(&text, NOW).expect("a case");
    assert_eq!(lines(&engine), lines(&expected), "{}", done.said);
}

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
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!((added.len(), retracted.len()), (came.len(), went.len()));
    assert!(added == came && retracted == went);
}

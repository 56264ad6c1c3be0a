//! MISP events with reports, attachments and attributes of objects of which something is said: a sample of our
//! own. The rest of events is tested in `formats.rs`.

mod common;
#[path = "common/documents.rs"]
mod documents;

use common::{NOW, below};
use documents::{fresh, names, take};

#[test]
fn reports_and_attributes_of_objects_come_with_their_event() {
    let mut engine = fresh();
    let files = [below("import/misp/report.json")];
    let done = take(&mut engine, &files, NOW).expect("an import");
    let counts = &done.intake.documents[0].2;
    for (kind, count) in [
        ("attributes", 1),
        ("objects", 1),
        ("attributes of objects", 1),
        ("galaxy clusters", 1),
        ("sightings", 2),
        ("opinions", 1),
        ("event reports", 1),
    ] {
        assert_eq!(counts.of(kind), count, "{kind}: {}", done.said);
    }
    let odd = |kind: &str| {
        let found = done
            .intake
            .oddities
            .iter()
            .find(|(known, ..)| known == kind);
        found.map_or(0, |(_, count, _)| *count)
    };
    assert_eq!(
        odd("attachment whose bytes were left out, its name kept"),
        2
    );
    assert_eq!(odd("deleted event report, left out"), 1);
    let gone = "reference of an event report to what the event has not, left out";
    assert_eq!(odd(gone), 1);
    let text = engine.statements();
    let has = |parts: &[&str]| {
        let fits = |line: &&str| parts.iter().all(|part| line.contains(part));
        assert_eq!(text.lines().filter(fits).count(), 1, "{parts:?}\n{text}");
    };
    // The tags of the attribute grade the mention of its object, which is marked as its attributes are.
    has(&[
        "mentioned spout.exe",
        "with likelihood ICD203 \"very likely\"",
        "\"value\" \"00aa\"",
        "TLP:AMBER",
        "of the second build",
    ]);
    has(&[
        "denied: ",
        "mentioned spout.exe",
        "a clean file",
        "\"00aa\"",
    ]);
    has(&[
        "according to \"Example Bank\"",
        "sighted spout.exe",
        "\"attribute\" \"sha256\"",
    ]);
    has(&[
        "denied: ",
        "\"Example CERT\" sighted spout.exe",
        "\"attribute\" \"sha256\"",
    ]);
    has(&["mentioned Kettle", "TLP:AMBER"]);
    has(&["\"How the kettle was opened\" part-of \"A kettle that was looked into\""]);
    has(&["\"How the kettle was opened\" has content \"The file"]);
    let mentioned = names(
        &mut engine,
        "what did \"How the kettle was opened\" mention",
    );
    assert_eq!(mentioned, ["kettle.pdf", "spout.exe"]);
    let documents = names(&mut engine, "list documents");
    assert!(documents.contains(&"How the kettle was opened".to_owned()));
    // Whoever may see green things only does not see what the amber attribute tells.
    let plain = names(&mut engine, "who sighted spout.exe");
    assert_eq!(plain, ["Example Bank"]);
    let again = take(&mut engine, &files, NOW + 60).expect("an import");
    assert!(again.intake.applied.is_nothing(), "{}", again.said);
}

//! All of the shared data in one case, where `WHODUNIT_SHARED` says where it is: nothing is refused, each
//! format brings something, and the case is printed and read back. And questions about actors of the MISP
//! galaxy, with answers that are worked out here from the raw file. It has no samples of its own.

mod common;
#[path = "common/documents.rs"]
mod documents;

use common::{NOW, scratch, shared};
use documents::{DAY, fresh, names, take};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use whodunit::engine::Engine;
use whodunit::export::{Selection, record};
use whodunit::front::export::exported;
use whodunit::graph::GraphView;

/// What is no case data: what the folder says of itself, and pairs of names that are labelled as the same or
/// not, by which matching is measured.
const NO_CASE: [&str; 2] = ["README.md", "names"];
/// Earlier states of one galaxy, which come in one after the other and not at once.
const HISTORY: &str = "history";

/// The files below a folder, those of the history and what is no case data left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| NO_CASE.contains(&name) || name == HISTORY) {
            continue;
        }
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

#[test]
fn everything_comes_in_at_once_and_is_read_back() {
    let Some(folder) = shared("") else { return };
    let mut engine = fresh();
    // The galaxy as it stood at the beginning of the year, and a day later as it is now with all the rest.
    let earlier = folder.join("misp/history/threat-actor-2026-01-01.json");
    let before = take(&mut engine, &[earlier], NOW).unwrap_or_else(|refused| panic!("{refused}"));
    assert!(before.claims() > 3_000, "{}", before.said);
    let files = files(&folder);
    assert!(files.len() >= 30, "{files:?}");
    let done = take(&mut engine, &files, NOW + DAY).unwrap_or_else(|refused| panic!("{refused}"));
    // Each file is a document of some format, and brought something.
    assert!(done.intake.tables.is_none(), "{}", done.said);
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    for (file, format, counts) in &done.intake.documents {
        let count: usize = counts.iter().map(|(_, count)| count).sum();
        assert!(count > 0, "{}", files[*file].display());
        *formats.entry(format).or_default() += count;
        seen.insert(*file);
    }
    assert_eq!(seen.len(), files.len(), "{}", done.said);
    let wanted = [
        "cfr",
        "eurepoc",
        "ftm",
        "misp-galaxy",
        "ofac-sdn",
        "stix",
        "uk-sanctions",
        "uk-sanctions-text",
    ];
    let found: Vec<&str> = formats.keys().copied().collect();
    assert_eq!(found, wanted);
    assert!(formats["stix"] > 40_000, "{formats:?}");
    // What stayed the same since the earlier state of the galaxy is not said twice.
    assert!(done.intake.unchanged > 2_000, "{}", done.said);
    let columns = engine.graph().columns();
    assert!(columns.len() > 60_000, "{}", columns.len());
    // The same case comes of its own document.
    let document = exported(&mut engine, "json", "", None).expect("a document");
    let file = scratch("shared").join("all.json");
    fs::write(&file, document).expect("a file");
    let mut again = fresh();
    take(&mut again, &[file], NOW).unwrap_or_else(|refused| panic!("{refused}"));
    same(&engine, &again);
}

/// What the claims of a case that stand say. A case keeps the sources of a joint statement in its own order.
fn sayings(engine: &Engine) -> BTreeSet<String> {
    let graph = engine.graph();
    let selection = Selection::of_case(graph);
    let told = selection.named().map(|(_, mut claim)| {
        claim.sources.sort();
        let relation = &graph.vocabulary().relation(claim.relation).name;
        serde_json::to_string(&record::said(&claim, relation)).expect("JSON")
    });
    told.collect()
}

/// Fails where two cases do not say the same.
fn same(here: &Engine, there: &Engine) {
    let (here, there) = (sayings(here), sayings(there));
    let lost: Vec<&String> = here.difference(&there).take(5).collect();
    let new: Vec<&String> = there.difference(&here).take(5).collect();
    assert!(here == there, "lost {lost:#?}, new {new:#?}");
}

#[test]
fn some_of_each_kind_comes_back_from_its_text() {
    let Some(folder) = shared("") else { return };
    let some = ["cfr", "ftm", "stix"].map(|name| files(&folder.join(name)));
    let mut some = some.concat();
    some.extend(["threat-actor.json", "producer.json"].map(|name| folder.join("misp").join(name)));
    some.push(folder.join("sanctions/uk_cyber_list_2025-08-12.txt"));
    let mut engine = fresh();
    take(&mut engine, &some, NOW).unwrap_or_else(|refused| panic!("{refused}"));
    let text = engine.statements();
    let mut again = fresh();
    if let Err(mistakes) = again.load(&text, NOW) {
        let told = whodunit::text::render(&mistakes[0], "text", &text, false);
        panic!("{} mistakes: {told}", mistakes.len());
    }
    same(&engine, &again);
}

/// The texts of a field that is a list of them.
fn texts<'j>(cluster: &'j Json, key: &str) -> impl Iterator<Item = &'j str> {
    let list = cluster["meta"][key].as_array();
    list.into_iter().flatten().filter_map(Json::as_str)
}

/// The galaxy of threat actors as it is, and a case of it and of whoever names them.
fn galaxy() -> Option<(Vec<Json>, Engine)> {
    let folder = shared("misp")?;
    let files = ["threat-actor.json", "producer.json"].map(|name| folder.join(name));
    let text = fs::read_to_string(&files[0]).expect("the galaxy");
    let raw: Json = serde_json::from_str(&text).expect("JSON");
    let mut engine = fresh();
    take(&mut engine, &files, NOW).unwrap_or_else(|refused| panic!("{refused}"));
    Some((raw["values"].as_array().expect("clusters").clone(), engine))
}

fn value(cluster: &Json) -> &str {
    cluster["value"].as_str().expect("a name")
}

#[test]
fn groups_are_attributed_to_iran_as_surely_as_the_galaxy_says() {
    let Some((clusters, mut engine)) = galaxy() else {
        return;
    };
    let accused = |cluster: &&Json| {
        let sponsor = &cluster["meta"]["cfr-suspected-state-sponsor"];
        let sponsor = sponsor.as_str().is_some_and(|name| name.contains("Iran"));
        cluster["meta"]["country"] == "IR" || sponsor
    };
    let sure = |cluster: &&Json| {
        let level = cluster["meta"]["attribution-confidence"].as_str();
        level.is_some_and(|level| level.parse::<u32>().expect("percent") >= 50)
    };
    let all: BTreeSet<&str> = clusters.iter().filter(accused).map(value).collect();
    let likely = clusters.iter().filter(accused).filter(sure);
    let likely: BTreeSet<&str> = likely.map(value).collect();
    assert_eq!((all.len(), likely.len()), (60, 26));
    let found = names(&mut engine, "which groups are attributed to Iran");
    assert_eq!(found, Vec::from_iter(all));
    let question = "which groups are attributed to Iran with likelihood >= 50%";
    assert_eq!(names(&mut engine, question), Vec::from_iter(likely));
}

#[test]
fn whoever_coined_a_name_says_so() {
    let Some((clusters, mut engine)) = galaxy() else {
        return;
    };
    let folder = shared("misp").expect("a folder");
    let text = fs::read_to_string(folder.join("producer.json")).expect("the galaxy");
    let raw: Json = serde_json::from_str(&text).expect("JSON");
    let producers = raw["values"].as_array().expect("clusters");
    let apt31 = clusters.iter().find(|cluster| value(cluster) == "APT31");
    let coined = texts(apt31.expect("APT31"), "name-attribution");
    let coined: Vec<(&str, &str)> = coined.filter_map(|text| text.rsplit_once(':')).collect();
    assert_eq!(coined.len(), 6);
    for (name, producer) in coined {
        let by = producers.iter().find(|by| by["uuid"] == producer);
        let by = value(by.expect("a producer"));
        assert_eq!(by == "Microsoft", name == "Violet Typhoon");
        let question = format!("who says APT31 is called \"{name}\"");
        assert_eq!(names(&mut engine, &question), [by], "{name}");
        let joined = name.replace(' ', "_");
        for question in [
            format!("who calls APT31 \"{name}\""),
            format!("who called APT31 {joined}"),
        ] {
            assert_eq!(names(&mut engine, &question), [by], "{question}");
        }
        let question = format!("what does \"{by}\" call APT31");
        assert!(names(&mut engine, &question).contains(&name.to_owned()));
        let question = format!("who is called \"{name}\" according to \"{by}\"");
        assert!(names(&mut engine, &question).contains(&"APT31".to_owned()));
    }
}

#[test]
fn names_of_more_than_one_actor_are_those_of_the_galaxy() {
    let Some((clusters, mut engine)) = galaxy() else {
        return;
    };
    // A name is the same however its words are joined and whatever the size of its letters.
    let folded = |name: &str| {
        let spaced = name.replace(['_', '-', '.', '\''], " ").to_lowercase();
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut called: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for cluster in &clusters {
        let coined = texts(cluster, "name-attribution").filter_map(|text| text.rsplit_once(':'));
        let coined = coined.map(|(name, _)| name);
        for name in texts(cluster, "synonyms")
            .chain(coined)
            .chain([value(cluster)])
        {
            let own = called.entry(folded(name)).or_default();
            own.insert(value(cluster));
        }
    }
    called.retain(|_, actors| actors.len() > 1);
    assert!(called.len() >= 24, "{}", called.len());
    let (answer, _) = engine
        .gql_answer(
            "CALL names.shared() YIELD name, node, other
             MATCH (node:group) MATCH (other:group)
             RETURN DISTINCT name, node.name AS actor",
        )
        .expect("an answer");
    let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in &answer.table.rows {
        found.entry(row[0].clone()).or_default().insert(&row[1]);
    }
    assert_eq!(found, called);
}

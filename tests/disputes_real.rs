//! Disputes in the real lists and tables of others, where `WHODUNIT_SHARED` says where the shared data is:
//! what is found is worked out here once more from the raw files. It has no samples of its own.

mod common;

use common::{NOW, raw, shared};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use whodunit::engine::Engine;
use whodunit::front::imports::import;
use whodunit::front::tables::Options;
use whodunit::text::fold;

/// A case with vocabulary into which files were read.
fn case(files: &[PathBuf]) -> Engine {
    let mut engine = Engine::with_vocabulary(NOW);
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    if let Err(refused) = import(&mut engine, &paths, &Options::default(), NOW) {
        panic!("{}", refused.text);
    }
    engine
}

/// The rows of a query as text.
fn rows(engine: &mut Engine, query: &str) -> Vec<Vec<String>> {
    let (answer, _) = engine.gql_answer(query).expect(query);
    answer.table.rows
}

/// The names in the first column of the answer to a question.
fn names(engine: &mut Engine, question: &str) -> BTreeSet<String> {
    let asked = engine.ask(question).expect(question);
    let rows = asked.answer.table.rows.iter();
    rows.filter_map(|row| row.first().cloned()).collect()
}

/// What `claims.attributions()` says of each incident, by its number.
fn split(engine: &mut Engine) -> BTreeMap<String, String> {
    let found = rows(
        engine,
        "CALL claims.attributions() YIELD deed, kind RETURN deed.eurepoc AS id, kind",
    );
    found
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// The items of a list as Python writes it; what is no list is one item.
fn listed(cell: &str) -> Vec<&str> {
    let Some(mut rest) = cell.strip_prefix('[') else {
        return vec![cell];
    };
    let mut items = Vec::new();
    while let Some(start) = rest.find(['\'', '"']) {
        let mark = rest[start..].chars().next().expect("a mark");
        let end = start + 1 + rest[start + 1..].find(mark).expect("its end");
        items.push(&rest[start + 1..end]);
        rest = &rest[end + 1..];
    }
    items
}

/// Of each incident, by its number, the states that each statement names.
type Named = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Of each incident of which several states are accused whether one statement names them all.
fn kinds(accused: &Named) -> BTreeMap<String, String> {
    let mut kinds = BTreeMap::new();
    for (incident, by) in accused {
        let all: BTreeSet<&String> = by.values().flatten().collect();
        if all.len() > 1 {
            let joint = by.values().any(|named| named.len() == all.len());
            let kind = if joint { "joint" } else { "conflicting" };
            kinds.insert(incident.clone(), kind.to_owned());
        }
    }
    kinds
}

#[test]
fn incidents_with_several_accused_states_are_joint_or_conflicting() {
    let Some(folder) = shared("eurepoc") else {
        return;
    };
    let [incidents, attributions] =
        ["incidents.csv", "attributions.csv"].map(|name| folder.join(name));
    // ISIS stands among the countries and is no state.
    let unnamed = ["", "Unknown", "Not available", "ISIS"];
    // Of each incident the states that each attribution names, by its number.
    let mut accused: Named = BTreeMap::new();
    for row in raw(&attributions) {
        let state = &row["attributed_initiator_country"];
        if !unnamed.contains(&state.as_str()) {
            let by = accused.entry(row["incident_ID"].clone()).or_default();
            let named = by.entry(row["attribution_ID"].clone()).or_default();
            named.insert(state.clone());
        }
    }
    let wanted = kinds(&accused);
    let of = |kind: &str| wanted.values().filter(|own| *own == kind).count();
    assert_eq!((of("joint"), of("conflicting")), (27, 9));
    // What the incident's own row names is one statement more, the repository's.
    for row in raw(&incidents) {
        for state in listed(&row["initiator_country"]) {
            if !unnamed.contains(&state) {
                let by = accused.entry(row["ID"].clone()).or_default();
                let named = by.entry("the row".to_owned()).or_default();
                named.insert(state.to_owned());
            }
        }
    }
    let all = kinds(&accused);
    let mut engine = case(&[incidents.clone(), attributions]);
    let found = split(&mut engine);
    for (id, kind) in &wanted {
        assert_eq!(found.get(id), Some(kind), "incident {id}");
    }
    let states: BTreeMap<String, String> = found
        .into_iter()
        .filter(|(id, _)| accused.contains_key(id))
        .collect();
    let odd = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        let odd = one.iter().filter(|(id, kind)| other.get(*id) != Some(kind));
        odd.map(|(id, kind)| format!("{id} {kind} {:?}", accused[id]))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (odd(&states, &all), odd(&all, &states)),
        (Vec::new(), Vec::new())
    );
    let named: BTreeMap<String, String> = raw(&incidents)
        .into_iter()
        .map(|row| (row["ID"].clone(), row["name"].clone()))
        .collect();
    for kind in ["joint", "conflicting"] {
        let asked = names(&mut engine, &format!("which attributions are {kind}"));
        for (id, _) in wanted.iter().filter(|(_, own)| *own == kind) {
            assert!(asked.contains(&named[id]), "{}: {kind}", named[id]);
        }
    }
}

#[test]
fn the_denials_of_the_cfr_table_are_disputed_facts() {
    let Some(file) = shared("cfr/operations.csv") else {
        return;
    };
    let denials: BTreeMap<String, (String, String)> = raw(&file)
        .into_iter()
        .filter(|row| row["Response"].starts_with("Denial"))
        .map(|row| {
            let address = row["Response"]["Denial".len()..].trim();
            (
                row["Title"].clone(),
                (row["Sponsor"].clone(), address.to_owned()),
            )
        })
        .collect();
    assert_eq!(denials.len(), 5);
    let mut engine = case(&[file]);
    let found = rows(
        &mut engine,
        "CALL claims.disputes() YIELD subject, relation, object, assertedBy, deniedBy, grounds
         RETURN subject.name, relation, object.name, size(assertedBy), size(deniedBy),
                toString(grounds[0])",
    );
    let titles: BTreeSet<&str> = found.iter().map(|row| row[0].as_str()).collect();
    let wanted: BTreeSet<&str> = denials.keys().map(String::as_str).collect();
    assert_eq!(titles, wanted);
    assert_eq!(found.len(), 5);
    for row in &found {
        let (sponsor, address) = &denials[&row[0]];
        let sponsor = match sponsor.as_str() {
            "Russian Federation" => "Russia",
            other => other.trim_start_matches("The "),
        };
        assert_eq!(
            (row[1].as_str(), row[2].as_str()),
            ("attributed-to", sponsor)
        );
        assert_eq!((row[3].as_str(), row[4].as_str()), ("1", "1"), "{row:?}");
        assert!(
            address.is_empty() || row[5].contains(address.as_str()),
            "{row:?}: {address}"
        );
    }
    let asked = engine.ask("which facts are disputed").expect("an answer");
    assert_eq!(asked.answer.table.rows.len(), 5);
    for title in &wanted {
        let told = |row: &Vec<String>| row.iter().any(|cell| cell.contains(title));
        assert!(asked.answer.table.rows.iter().any(told), "{title}");
    }
}

#[test]
fn ambiguous_names_of_threat_actors_have_their_owners() {
    let Some(file) = shared("misp/threat-actor.json") else {
        return;
    };
    let text = fs::read_to_string(&file).expect("a galaxy");
    let galaxy: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    // Of each name, folded, the clusters that bear it, by their ids.
    let mut called: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for cluster in galaxy["values"].as_array().expect("clusters") {
        let id = cluster["uuid"].as_str().expect("an id");
        let others = cluster["meta"]["synonyms"].as_array();
        let others = others.into_iter().flatten();
        for name in std::iter::once(&cluster["value"]).chain(others) {
            let name = fold(name.as_str().expect("a name").trim());
            called.entry(name).or_default().insert(id.to_owned());
        }
    }
    called.retain(|_, owners| owners.len() > 1);
    let mut engine = case(&[file]);
    let pairs = rows(
        &mut engine,
        "CALL names.shared() YIELD name, node, other
         WHERE node.misp IS NOT NULL AND other.misp IS NOT NULL
         RETURN name, node.misp AS one, other.misp AS other",
    );
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in pairs {
        let owners = found.entry(row[0].clone()).or_default();
        owners.extend([row[1].clone(), row[2].clone()]);
    }
    assert_eq!(found, called);
    assert_eq!(called.len(), 27);
}

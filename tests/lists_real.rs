//! The real lists and tables of others, where `WHODUNIT_SHARED` says where the shared data is: counts and
//! answers that are worked out here from the raw files. It has no samples of its own.

mod common;

use common::{NOW, raw, shared};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use whodunit::engine::Engine;
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;

fn take(engine: &mut Engine, files: &[PathBuf], recorded: i64) -> Done {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    match import(engine, &paths, &Options::default(), recorded) {
        Ok(done) => done,
        Err(refused) => panic!("{}", refused.text),
    }
}

/// The names in the first column of an answer, sorted.
fn names(engine: &mut Engine, question: &str) -> Vec<String> {
    let asked = engine.ask(question).expect(question);
    let rows = asked.answer.table.rows.iter();
    let mut names: Vec<String> = rows.filter_map(|row| row.first().cloned()).collect();
    names.sort();
    names
}

/// The rows of a query as text.
fn rows(engine: &mut Engine, query: &str) -> Vec<Vec<String>> {
    let (answer, _) = engine.gql_answer(query).expect(query);
    answer.table.rows
}

fn count(done: &Done, file: &str, kind: &str) -> usize {
    let mut all = done.intake.documents.iter();
    let found = all.find(|(_, format, counts)| *format == file && counts.of(kind) > 0);
    found.map_or(0, |(.., counts)| counts.of(kind))
}

fn odd(done: &Done, kind: &str) -> usize {
    let found = done
        .intake
        .oddities
        .iter()
        .find(|(known, ..)| known.contains(kind));
    found.map_or(0, |(_, count, _)| *count)
}

fn strings(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
        .collect()
}

#[test]
fn eurepoc_answers_as_its_tables_do() {
    let Some(folder) = shared("eurepoc") else {
        return;
    };
    let files =
        ["incidents.csv", "attributions.csv", "receivers.csv"].map(|name| folder.join(name));
    let [incidents, attributions, receivers] = [raw(&files[0]), raw(&files[1]), raw(&files[2])];
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, &files, NOW);
    assert_eq!(
        (count(&done, "eurepoc", "incidents"), incidents.len()),
        (1643, 1643)
    );
    assert_eq!(
        (count(&done, "eurepoc", "attributions"), attributions.len()),
        (2643, 2643)
    );
    assert_eq!(count(&done, "eurepoc", "receivers"), receivers.len());
    let dated = |row: &&BTreeMap<String, String>| !row["attribution_date"].is_empty();
    let yearly = |row: &&BTreeMap<String, String>| row["attribution_date"].ends_with("-01-01");
    assert_eq!(attributions.iter().filter(dated).count(), 1715);
    assert_eq!(count(&done, "eurepoc", "dated attributions"), 1715);
    assert_eq!(attributions.iter().filter(yearly).count(), 1069);
    assert_eq!(count(&done, "eurepoc", "attributions dated by year"), 1069);
    // Who targeted Germany.
    let hit: BTreeSet<&str> = receivers
        .iter()
        .filter(|row| row["receiver_country"] == "Germany")
        .map(|row| row["ID"].as_str())
        .collect();
    let found = rows(
        &mut engine,
        "MATCH (i:incident)-[:targeted]->(:country {name: 'Germany'}) RETURN DISTINCT i.eurepoc AS id",
    );
    let found: BTreeSet<&str> = found.iter().map(|row| row[0].as_str()).collect();
    assert_eq!((found.len(), &found), (58, &hit));
    assert_eq!(names(&mut engine, "who targeted Germany").len(), 58);
    // Incidents of which more than one state is accused.
    let unnamed = ["", "Unknown", "Not available"];
    let mut accused: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &attributions {
        let state = row["attributed_initiator_country"].as_str();
        if !unnamed.contains(&state) {
            accused
                .entry(&row["incident_ID"])
                .or_default()
                .insert(state);
        }
    }
    let several: BTreeSet<&str> = accused
        .iter()
        .filter(|(_, states)| states.len() > 1)
        .map(|(id, _)| *id)
        .collect();
    let found = rows(
        &mut engine,
        "MATCH (i:incident)-[c:`attributed-to`]->() WITH i, count(DISTINCT c.initiator_country) AS n
         WHERE n > 1 RETURN i.eurepoc AS id",
    );
    let found: BTreeSet<&str> = found.iter().map(|row| row[0].as_str()).collect();
    assert_eq!((found.len(), found), (36, several));
    // Incidents per accused state per year in which they began; the names are those of the tables.
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    for row in &incidents {
        if row["start_date"].len() >= 4 {
            begun.insert(&row["ID"], &row["start_date"][..4]);
        }
    }
    let mut wanted: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (id, states) in &accused {
        for state in states {
            if let Some(year) = begun.get(id) {
                *wanted
                    .entry(((*state).to_owned(), (*year).to_owned()))
                    .or_default() += 1;
            }
        }
    }
    let found = rows(
        &mut engine,
        "MATCH (i:incident)-[c:`attributed-to`]->() WHERE c.initiator_country IS NOT NULL AND i.start_date IS NOT NULL
         RETURN c.initiator_country AS state, left(toString(i.start_date), 4) AS year, count(DISTINCT i) AS n",
    );
    let found: BTreeMap<(String, String), usize> = found
        .iter()
        .map(|row| {
            (
                (row[0].clone(), row[1].clone()),
                row[2].parse().expect("a number"),
            )
        })
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn the_cfr_table_has_its_sponsors_and_its_five_denials() {
    let Some(file) = shared("cfr/operations.csv") else {
        return;
    };
    let table = raw(&file);
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, &[file], NOW);
    assert_eq!(
        (count(&done, "cfr", "operations"), table.len()),
        (768, 768),
        "{}",
        done.said
    );
    let denials = table
        .iter()
        .filter(|row| row["Response"].starts_with("Denial"));
    let wanted: BTreeSet<String> = denials.map(|row| row["Title"].clone()).collect();
    let found = rows(
        &mut engine,
        "ONLY DENIED MATCH (o)-[:`attributed-to`]->() RETURN o.name",
    );
    let found: BTreeSet<String> = found.into_iter().map(|row| row[0].clone()).collect();
    assert_eq!((found.len(), found), (5, wanted));
    // Operations of China alone or with others; no row that names it is out of place.
    let china = table
        .iter()
        .filter(|row| row["Sponsor"].split(", ").any(|one| one == "China"));
    let found = rows(
        &mut engine,
        "MATCH (o:campaign)-[:`attributed-to`]->(:country {name: 'China'}) RETURN DISTINCT o.name",
    );
    assert_eq!(found.len(), china.count());
    assert_eq!(odd(&done, "operation without a date"), 15, "{}", done.said);
    assert_eq!(odd(&done, "moved back"), 6, "{}", done.said);
}

/// A name as the engine folds it, for ASCII names; `None` where more is needed than this.
fn folded(name: &str) -> Option<String> {
    if !name.is_ascii() {
        return None;
    }
    let spaced = |sign: char| {
        if "_-.'".contains(sign) {
            ' '
        } else {
            sign.to_ascii_lowercase()
        }
    };
    let text: String = name.chars().map(spaced).collect();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn whoever_is_sanctioned_by_both_is_found_by_name() {
    let Some(folder) = shared("sanctions") else {
        return;
    };
    let all = [
        "uk_subjects.csv",
        "uk_subject_names.csv",
        "uk_subject_dobs.csv",
        "uk_cyber_list_2025-08-12.txt",
        "ofac_sdn_2023-11.csv",
    ];
    let files = all.map(|name| folder.join(name));
    let (subjects, listed, births) = (raw(&files[0]), raw(&files[1]), raw(&files[2]));
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, &files, NOW);
    let uk = "uk-sanctions";
    assert_eq!(
        (count(&done, uk, "subjects"), subjects.len()),
        (6046, 6046),
        "{}",
        done.said
    );
    assert_eq!((count(&done, uk, "names"), listed.len()), (15050, 15050));
    assert_eq!(
        (count(&done, uk, "dates of birth"), births.len()),
        (3538, 3538)
    );
    let text = fs::read_to_string(&files[3]).expect("the list");
    let numbers: BTreeSet<&str> = text
        .match_indices("CYB0")
        .map(|(at, _)| &text[at..at + 7])
        .collect();
    assert_eq!(
        (
            count(&done, "uk-sanctions-text", "designations"),
            numbers.len()
        ),
        (79, 79)
    );
    let mut sdn = csv::Reader::from_path(&files[4]).expect("a table");
    let sdn: Vec<csv::StringRecord> = sdn.records().map(|row| row.expect("a row")).collect();
    let sdn: Vec<&csv::StringRecord> = sdn
        .iter()
        .filter(|row| row[0].parse::<u32>().is_ok())
        .collect();
    assert_eq!(count(&done, "ofac-sdn", "designations"), sdn.len());
    // Alias quality.
    let low = listed
        .iter()
        .filter(|row| row["alias_strength"] == "low_quality_aka");
    let found = rows(
        &mut engine,
        "MATCH (a)-[c:`also-known-as`]->() WHERE c.quality = 'low' AND c.source = 'UK Sanctions List'
         RETURN count(c)",
    );
    let low: BTreeSet<_> = low
        .map(|row| (&row["unique_id"], &row["full_name"], &row["name_type"]))
        .collect();
    assert_eq!(found[0][0], low.len().to_string());
    // Names of both lists, folded, in the order of speech.
    let mut known: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in &listed {
        if let Some(name) = folded(&row["full_name"]) {
            known.entry(name).or_default().insert(&row["unique_id"]);
        }
    }
    let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
    for row in &sdn {
        let person = row[2].trim() == "individual";
        let remarks = row[11].trim().trim_end_matches('.');
        let also = remarks
            .split("; ")
            .filter_map(|remark| remark.strip_prefix("a.k.a. "));
        let also = also.map(|name| name.trim_matches(['\'', '"', '.']));
        for name in std::iter::once(row[1].trim()).chain(also) {
            let spoken = match name.split(", ").collect::<Vec<_>>().as_slice() {
                [last, first] if person => format!("{first} {last}"),
                _ => name.to_owned(),
            };
            for id in folded(&spoken)
                .and_then(|name| known.get(&name))
                .into_iter()
                .flatten()
            {
                wanted.insert(((*id).to_owned(), row[0].to_owned()));
            }
        }
    }
    let found = rows(
        &mut engine,
        "CALL names.shared() YIELD name, node, other
         MATCH (:country {name: 'United Kingdom'})-[:sanctioned]->(node)
         MATCH (:country {name: 'United States'})-[:sanctioned]->(other)
         RETURN DISTINCT node['uk-sanctions'] AS uk, other.ofac AS us",
    );
    let found: BTreeSet<(String, String)> = found
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    assert!(
        missing.is_empty(),
        "{} of {}: {missing:?}",
        missing.len(),
        wanted.len()
    );
    assert!(wanted.len() > 1_000, "{}", wanted.len());
    // The text list and marks on letters bring a few more.
    assert!(
        found.len() < wanted.len() + 60,
        "{} for {}",
        found.len(),
        wanted.len()
    );
    // The founding case's three are on the UK list only, by their numbers.
    let regime = rows(
        &mut engine,
        "MATCH (s)-[c:sanctioned]->(a) WHERE c.locator = 'CYB0045' AND c.reasons IS NOT NULL RETURN c.from, c.regime",
    );
    assert_eq!(regime, strings(&[&["2024-03-25", "Cyber"]]));
}

#[test]
fn follow_the_money_has_the_counts_of_its_files() {
    let Some(folder) = shared("ftm") else {
        return;
    };
    let files = [
        "parteispenden.ftm.jsonl",
        "zala.ftm.jsonl",
        "t2-1.delta.jsonl",
    ];
    let files = files.map(|name| folder.join(name));
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    let (mut sanctioned, mut paid) = (0, 0);
    for file in &files {
        for line in fs::read_to_string(file).expect("a stream").lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let entity = line.get("entity").unwrap_or(&line);
            let schema = entity["schema"].as_str().expect("a schema");
            *wanted.entry(schema.to_owned()).or_default() += 1;
            let properties = &entity["properties"];
            let several = |key: &str| properties[key].as_array().map_or(0, Vec::len);
            if schema == "Payment" {
                paid += several("payer") * several("beneficiary");
            }
            if schema == "Sanction" {
                let authorities = several("authority").max(1);
                sanctioned += authorities * several("entity");
            }
        }
    }
    let mut engine = Engine::with_vocabulary(NOW);
    let done = take(&mut engine, &files, NOW);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (.., counts) in &done.intake.documents {
        for (kind, count) in counts.iter() {
            if let Some(schema) = kind.strip_prefix("of ") {
                *found.entry(schema.to_owned()).or_default() += count;
            }
        }
    }
    assert_eq!(found, wanted, "{}", done.said);
    let claims = rows(&mut engine, "MATCH ()-[c:sanctioned]->() RETURN count(c)");
    assert_eq!(claims[0][0], sanctioned.to_string());
    let claims = rows(&mut engine, "MATCH ()-[c:paid]->() RETURN count(c)");
    assert_eq!((claims[0][0].as_str(), paid), ("291", 291));
    assert!(engine.graph().entities().len() > 200);
}

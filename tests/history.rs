//! Dated states of one public document, replayed in their order: what the case knew on each date is what
//! the file of that date says, and what changed in between is the difference of two files. The expected
//! states are read from the raw files here, without the reader. Skipped where `WHODUNIT_SHARED` does not
//! name the shared data.

mod common;

use common::NOW;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use whodunit::algebra::Datum;
use whodunit::engine::Engine;
use whodunit::front::imports::import;
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;
use whodunit::model::PartialDate;

const DATES: [&str; 6] = [
    "2019-01-01",
    "2020-07-01",
    "2022-01-01",
    "2023-01-01",
    "2024-07-01",
    "2026-01-01",
];

/// Who, what, whom or which name, from which field, how likely in percent, who says so.
type Said = (String, &'static str, String, String, String, String);

/// Names of countries in the files that the country galaxy spells otherwise.
const SPELLED: &[(&str, &str)] = &[
    ("us", "US"),
    ("united states", "US"),
    ("russian federation", "RU"),
    ("people's republic of china", "CN"),
    ("china, people's republic of", "CN"),
    ("iran (islamic republic of)", "IR"),
    ("islamic republic of iran", "IR"),
    ("korea (democratic people's republic of)", "KP"),
    ("korea (republic of)", "KR"),
    ("republic of korea", "KR"),
    ("palestine", "PS"),
    ("viet nam", "VN"),
    ("syrian arab republic", "SY"),
    ("czech republic", "CZ"),
    ("the philippines", "PH"),
    ("the netherlands", "NL"),
    ("uk", "GB"),
    ("uae", "AE"),
    ("usa", "US"),
    ("burma", "MM"),
];

fn read(path: &PathBuf) -> Json {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn texts<'j>(meta: &'j Json, key: &str) -> Vec<&'j str> {
    match &meta[key] {
        Json::String(one) => vec![one.trim()],
        Json::Array(many) => many
            .iter()
            .filter_map(Json::as_str)
            .map(str::trim)
            .collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Vec::new(),
    }
}

/// What a file says of names, sponsors and victims, read as it stands.
fn state(raw: &Json, countries: &BTreeMap<String, String>) -> BTreeSet<Said> {
    let mut said = BTreeSet::new();
    let country = |name: &str| {
        let low = name.to_lowercase();
        let spelled = SPELLED.iter().find(|(known, _)| *known == low);
        let code = spelled.map(|(_, code)| (*code).to_owned());
        code.or_else(|| countries.get(&low).cloned()).unwrap_or(low)
    };
    for cluster in raw["values"].as_array().expect("clusters") {
        let who = cluster["uuid"].as_str().expect("a uuid").to_owned();
        let meta = &cluster["meta"];
        let likely = texts(meta, "attribution-confidence").concat();
        let mut coined = BTreeSet::new();
        for name in texts(meta, "name-attribution") {
            let (name, by) = name.rsplit_once(':').expect("a producer");
            coined.insert(name.trim());
            let name = name.trim().to_owned();
            said.insert((
                who.clone(),
                "alias",
                name,
                String::new(),
                String::new(),
                by.to_owned(),
            ));
        }
        let galaxy = || "MISP Project".to_owned();
        for name in texts(meta, "synonyms")
            .into_iter()
            .filter(|name| !coined.contains(name))
        {
            let of = (
                who.clone(),
                "alias",
                name.to_owned(),
                String::new(),
                String::new(),
                galaxy(),
            );
            said.insert(of);
        }
        for field in ["country", "cfr-suspected-state-sponsor"] {
            for name in texts(meta, field) {
                if !name.is_empty() && name != "Unknown" {
                    let code = match countries.values().find(|code| *code == name) {
                        Some(code) => code.clone(),
                        None => country(name),
                    };
                    let field = field.to_owned();
                    said.insert((
                        who.clone(),
                        "sponsor",
                        code,
                        field,
                        likely.clone(),
                        galaxy(),
                    ));
                }
            }
        }
        for field in ["cfr-suspected-victims", "suspected-victims"] {
            for name in texts(meta, field) {
                let name = country(name);
                let of = (
                    who.clone(),
                    "victim",
                    name,
                    field.to_owned(),
                    String::new(),
                    galaxy(),
                );
                said.insert(of);
            }
        }
    }
    said
}

/// The same, asked of the case as it was known on a date.
fn known(engine: &mut Engine, date: &str) -> BTreeSet<Said> {
    let mut said = BTreeSet::new();
    for (what, relation) in [
        ("alias", "`also-known-as`"),
        ("sponsor", "`attributed-to`"),
        ("victim", "targeted"),
    ] {
        let query = format!(
            "AS KNOWN ON '{date}' MATCH (a)-[c:{relation}]->(b) \
             RETURN a.misp, b.iso3166, b.name, c.field, c.likelihood, c.source"
        );
        for row in engine.gql(&query, &[]).expect("an answer").rows {
            let text = |at: usize| match &row[at] {
                Datum::Value(value) => value.text(),
                Datum::Null => String::new(),
                Datum::Entity(_)
                | Datum::Fact(_)
                | Datum::Claim(_)
                | Datum::List(_)
                | Datum::Map(_)
                | Datum::Path(_) => panic!("a value or none"),
            };
            let field = text(3);
            if field == "cfr-target-category" || field == "targeted-sector" {
                continue;
            }
            let whom = match (what, text(1)) {
                ("alias", _) => text(2),
                (_, code) if !code.is_empty() => code,
                _ => text(2).to_lowercase(),
            };
            said.insert((text(0), what, whom, field, text(4), text(5)));
        }
    }
    said
}

/// What came (`true`) and what went between two dates, as the question tells it.
fn changed(engine: &mut Engine, from: &str, until: &str) -> BTreeSet<(bool, Said)> {
    // Both days belong to the time between; what came on the first is known already.
    let first = from.trim_end_matches("01").to_owned() + "02";
    let question = format!("what changed between {first} and {until}");
    let asked = engine.ask(&question).expect("an answer");
    let graph = engine.graph();
    let id = |name: &str, scheme: &str| -> String {
        let entity = graph.entities().by_handle(name).expect("an entity");
        let ids = graph.entities().get(entity).ids.iter();
        let own = ids.into_iter().find(|(known, _)| known == scheme);
        own.map_or_else(String::new, |(_, id)| id.clone())
    };
    let mut found = BTreeSet::new();
    for record in &asked.answer.records {
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let field = record
            .get("properties")
            .map_or(&Json::Null, |own| &own["field"]);
        let field = field.as_str().unwrap_or_default().to_owned();
        let what = match text("relation").as_str() {
            "also-known-as" => "alias",
            "attributed-to" => "sponsor",
            "targeted" => "victim",
            _ => continue,
        };
        if field == "cfr-target-category" || field == "targeted-sector" {
            continue;
        }
        let whom = match what {
            "alias" => text("object"),
            _ => match id(&text("object"), "iso3166") {
                none if none.is_empty() => text("object").to_lowercase(),
                code => code,
            },
        };
        let likely = record["likelihood"]
            .as_i64()
            .map_or_else(String::new, |of| of.to_string());
        let source = record["sources"][0].as_str().unwrap_or_default().to_owned();
        let said = (
            id(&text("subject"), "misp"),
            what,
            whom,
            field,
            likely,
            source,
        );
        found.insert((text("change") == "added", said));
    }
    found
}

#[test]
fn each_date_knows_what_its_file_says() {
    let Some(shared) = std::env::var_os("WHODUNIT_SHARED") else {
        eprintln!("skipped: WHODUNIT_SHARED does not say where the shared data is");
        return;
    };
    let misp = PathBuf::from(shared).join("data/misp");
    let countries: BTreeMap<String, String> = read(&misp.join("country.json"))["values"]
        .as_array()
        .expect("countries")
        .iter()
        .map(|country| {
            let code = country["meta"]["ISO"].as_str().expect("a code");
            let name = country["value"].as_str().expect("a name");
            (name.trim().to_lowercase(), code.to_owned())
        })
        .collect();
    let mut engine = Engine::with_vocabulary(NOW);
    let mut states = Vec::new();
    for date in DATES {
        let file = misp.join(format!("history/threat-actor-{date}.json"));
        states.push(state(&read(&file), &countries));
        let recorded = PartialDate::parse(date).expect("a date").start();
        let path = [file.display().to_string()];
        import(&mut engine, &path, &Options::default(), recorded).expect("an import");
    }
    for (date, expected) in DATES.iter().zip(&states) {
        let found = known(&mut engine, date);
        let missing: Vec<_> = expected.difference(&found).take(5).collect();
        let extra: Vec<_> = found.difference(expected).take(5).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{date}: not known {missing:#?}, known for nothing {extra:#?}"
        );
        assert!(expected.len() > 500, "{date}: {} claims", expected.len());
    }
    for (a, (from, before)) in DATES.iter().zip(&states).enumerate() {
        for (until, after) in DATES.iter().zip(&states).skip(a + 1) {
            let came = after.difference(before).map(|said| (true, said.clone()));
            let went = before.difference(after).map(|said| (false, said.clone()));
            let expected: BTreeSet<(bool, Said)> = came.chain(went).collect();
            let found = changed(&mut engine, from, until);
            let missing: Vec<_> = expected.difference(&found).take(5).collect();
            let extra: Vec<_> = found.difference(&expected).take(5).collect();
            assert!(
                missing.is_empty() && extra.is_empty(),
                "{from} to {until}: not told {missing:#?}, told for nothing {extra:#?}"
            );
            assert!(!expected.is_empty(), "{from} to {until}");
        }
    }
}

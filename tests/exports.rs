//! Claims go out and come back: for each format that is read as well as written the same claims, of
//! cases made by chance and of the founding case; nothing above a marking leaks into any format; and
//! what each format looks like (`tests/golden/`, rewritten with `BLESS=1`).

#[path = "common/claims.rs"]
mod claims;
mod common;

use claims::claim;
use common::{NOW, below, bless, complained, difference, run, said, scratch};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use whodunit::engine::{Engine, Given};
use whodunit::export::{Selection, WRITERS, record};
use whodunit::front::export::exported;
use whodunit::front::imports::import;
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;
use whodunit::import::Mapping;
use whodunit::language::script;
use whodunit::model::{
    Change, Claim, Marking, PartialDate, RelationDeclaration, RelationId, Value, Vocabulary,
};

/// Relations of a made case, by the numbers of [`claims::claim`]; 0 is that of aliases.
const RELATIONS: [&str; 3] = ["targeted", "attributed-to", "plotted-with"];

/// A case with these claims, and with entities that have all that entities can have.
fn case(claims: &[Claim<String>]) -> Engine {
    let mut engine = Engine::with_vocabulary(NOW);
    let mut changes = vec![Change::DeclareRelation(Box::new(RelationDeclaration {
        name: RELATIONS[2].to_owned(),
        ..RelationDeclaration::default()
    }))];
    changes.extend(entities(claims));
    engine.graph_mut().apply(&changes, NOW).expect("entities");
    let known: Vec<RelationId> = RELATIONS
        .iter()
        .filter_map(|name| engine.graph().vocabulary().relation_named(name))
        .collect();
    assert_eq!(known.len(), RELATIONS.len());
    let claims = claims.iter().map(|claim| {
        let relation = match claim.relation {
            Vocabulary::ALSO_KNOWN_AS => Vocabulary::ALSO_KNOWN_AS,
            RelationId(at) => known[usize::from(at) - 1],
        };
        Change::Assert(Box::new(Claim {
            relation,
            ..claim.clone()
        }))
    });
    let claims: Vec<Change> = claims.collect();
    engine.graph_mut().apply(&claims, NOW).expect("claims");
    engine
}

/// What the claims name, as entities.
fn entities(claims: &[Claim<String>]) -> Vec<Change> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for claim in claims {
        names.insert(&claim.subject);
        if claim.relation != Vocabulary::ALSO_KNOWN_AS {
            names.insert(&claim.object);
        }
        names.extend(claim.sources.iter().chain(&claim.via).map(String::as_str));
    }
    let mut changes = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let types = [
            &["group", "intrusion-set"][..],
            &["company"],
            &[],
            &["country"],
        ];
        changes.push(Change::Entity {
            name: name.to_owned(),
            types: types[at % 4]
                .iter()
                .map(|kind| (*kind).to_owned())
                .collect(),
            title: (at % 3 == 0).then(|| format!("The \"{name}\" & <others>")),
            unnamed: at % 5 == 4,
        });
        let values = [
            ("count", Value::Int(7)),
            ("text", Value::Text("a, b; c".to_owned())),
            ("number", Value::Text("007".to_owned())),
            ("share", Value::Float(2.0)),
            (
                "month",
                Value::Date(PartialDate::month(2021, 3).expect("a month")),
            ),
            (
                "list",
                Value::List(vec![Value::Int(1), Value::Text("x".to_owned())]),
            ),
        ];
        let (key, value) = values[at % values.len()].clone();
        changes.push(Change::Property {
            entity: name.to_owned(),
            key: key.to_owned(),
            value,
        });
        if at % 2 == 0 {
            changes.push(Change::ExternalId {
                entity: name.to_owned(),
                scheme: "mitre".to_owned(),
                id: format!("G{at:04}; x"),
            });
        }
    }
    changes
}

/// Claims of several kinds, some of them aliases.
fn some_claims() -> impl Strategy<Value = Vec<Claim<String>>> {
    let alias = (claim().boxed(), 0u8..4).prop_map(|(claim, at)| Claim {
        relation: Vocabulary::ALSO_KNOWN_AS,
        object: format!("Alias {at}"),
        ..claim
    });
    prop::collection::vec(prop_oneof![5 => claim().boxed(), 1 => alias.boxed()], 1..12)
}

/// What the claims of a case say, sorted.
fn sayings(engine: &Engine, plain: &dyn Fn(&mut Claim<String>)) -> Vec<String> {
    let graph = engine.graph();
    let selection = Selection::of_case(graph);
    let mut found: Vec<String> = selection
        .named()
        .map(|(_, mut claim)| {
            plain(&mut claim);
            // A case keeps the sources of a joint statement in its own order.
            claim.sources.sort();
            let relation = graph.vocabulary().relation(claim.relation).name.clone();
            serde_json::to_string(&record::said(&claim, &relation)).expect("JSON")
        })
        .collect();
    found.sort();
    found
}

/// What is said of the entities of a case, sorted.
fn things(engine: &Engine) -> Vec<String> {
    let graph = engine.graph();
    let entities = Selection::of_case(graph).entities.into_iter();
    let mut found: Vec<String> = entities
        .map(|id| serde_json::to_string(&record::entity(graph, id)).expect("JSON"))
        .collect();
    found.sort();
    found
}

fn written(engine: &mut Engine, format: &str) -> String {
    exported(engine, format, "", None).unwrap_or_else(|failure| panic!("{format}: {failure:?}"))
}

/// Reads what a format wrote into a new case.
/// Takes away of a claim what a format does not hold.
type Losing = fn(&mut Claim<String>);
type Reading = fn(&mut Engine, &str, &mut Engine);

fn read_who(engine: &mut Engine, text: &str, _of: &mut Engine) {
    if let Err(mistakes) = engine.load(text, NOW) {
        panic!(
            "{}",
            whodunit::text::render(&mistakes[0], "text", text, false)
        );
    }
}

fn read_tables(engine: &mut Engine, text: &str, of: &mut Engine) {
    let entities = written(of, "csv-entities");
    let given = [("claims.csv", text.to_owned()), ("entities.csv", entities)];
    let given = given.into_iter().map(|(file, text)| {
        let mut whole = Some(text);
        Given {
            file: file.to_owned(),
            feed: Box::new(move |out: &mut Vec<u8>, _| {
                out.extend(whole.take().unwrap_or_default().into_bytes());
                Ok(false)
            }),
        }
    });
    let mapping = Mapping::parse("").expect("no mapping");
    let outcome = engine.import_tables(given.collect(), &mapping, false, NOW, &mut |_| {});
    outcome.unwrap_or_else(|error| panic!("{error:?}\n{text}"));
}

fn read_cypher(engine: &mut Engine, text: &str, _of: &mut Engine) {
    let mut at = 0;
    while let Some(item) = script::next_gql(text, at) {
        at = script::behind(text, &item).max(item.span.start + 1);
        let query = item.span.of(text);
        engine
            .gql(query, &[])
            .unwrap_or_else(|failure| panic!("{failure:?}\n{query}"));
    }
}

/// Takes a file in, known by what is in it.
fn read_document(engine: &mut Engine, text: &str, _of: &mut Engine) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let folder = scratch(&format!(
        "exported-{}",
        COUNT.fetch_add(1, Ordering::Relaxed)
    ));
    let file = folder.join("exported.data");
    fs::write(&file, text).expect("a file");
    let files = [file.to_string_lossy().into_owned()];
    let done = import(engine, &files, &Options::default(), NOW);
    done.unwrap_or_else(|refused| panic!("{}\n{text}", refused.text));
    let _ = fs::remove_dir_all(folder);
}

/// Formats that are read as well as written: how they are read, and what they do not hold of a claim.
const BOTH: &[(&str, Reading, Losing)] = &[
    ("who", read_who, |_| {}),
    ("csv", read_tables, trimmed),
    ("cypher", read_cypher, |_| {}),
    ("json", read_document, |_| {}),
    ("jsonl", read_document, |_| {}),
    ("graphml", read_document, |_| {}),
    ("stix", read_document, |_| {}),
    ("ftm", read_document, |_| {}),
];

/// A table has no blanks at the ends of a text, and no empty text.
fn trimmed(claim: &mut Claim<String>) {
    for text in [&mut claim.reference, &mut claim.locator, &mut claim.quote] {
        let bare = text.take().map(|text| text.trim().to_owned());
        *text = bare.filter(|bare| !bare.is_empty());
    }
}

/// Those of them that this program reads.
fn both() -> impl Iterator<Item = &'static (&'static str, Reading, fn(&mut Claim<String>))> {
    BOTH.iter().filter(|(format, ..)| {
        *format != "stix"
            || whodunit::import::READERS
                .iter()
                .any(|reader| reader.name == "stix")
    })
}

/// The same claims come back from each of these formats.
fn there_and_back(engine: &mut Engine) {
    for (format, read, plain) in both() {
        let text = written(engine, format);
        let mut again = Engine::with_vocabulary(NOW);
        read(&mut again, &text, engine);
        assert_eq!(
            sayings(engine, plain),
            sayings(&again, plain),
            "{format}: {text}"
        );
        // Cypher has no titles and no outside ids.
        if *format != "cypher" {
            assert_eq!(things(engine), things(&again), "{format}: {text}");
        }
    }
}

/// Whether a text of a claim would tell of it.
const SECRET: &str = "Zyxwv";

/// The entity of which a change says something.
#[allow(clippy::wildcard_enum_match_arm)] // The other changes say nothing of one entity.
fn described(change: &Change) -> Option<String> {
    match change {
        Change::Entity { name: entity, .. }
        | Change::Property { entity, .. }
        | Change::ExternalId { entity, .. } => Some(entity.clone()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_out_comes_back(claims in some_claims()) {
        there_and_back(&mut case(&claims));
    }

    #[test]
    fn nothing_above_the_marking_goes_out(claims in some_claims(), most in 0usize..5) {
        let most = Marking::ALL[most];
        // Whatever a restricted claim says is told apart from what others say.
        let claims: Vec<Claim<String>> = claims.into_iter().enumerate().map(|(at, claim)| match claim.marking {
            Some(own) if own > most => Claim {
                object: if at % 2 == 0 { format!("{SECRET} object {at}") } else { claim.object },
                sources: vec![format!("{SECRET} source {at}")],
                quote: Some(format!("{SECRET} quote")),
                reference: Some(format!("https://{SECRET}.example")),
                properties: vec![(format!("{SECRET}{at}"), Value::Bool(true))],
                ..claim
            },
            Some(_) | None => claim,
        }).collect();
        let open: Vec<Claim<String>> =
            claims.iter().filter(|claim| claim.marking.is_none_or(|own| own <= most)).cloned().collect();
        let mut whole = case(&claims);
        // The same case in which the restricted claims had never been.
        let mut without = case(&[]);
        let kept: BTreeSet<String> = entities(&open).iter().filter_map(described).collect();
        let said_of = entities(&claims).into_iter();
        let said_of = said_of.filter(|change| described(change).is_some_and(|name| kept.contains(&name)));
        let said_of: Vec<Change> = said_of.collect();
        without.graph_mut().apply(&said_of, NOW).expect("entities");
        let words = whole.graph().vocabulary();
        let known = |name: &str| words.relation_named(name).expect("a relation");
        let asserted: Vec<Change> = open.iter().map(|claim| Change::Assert(Box::new(Claim {
            relation: match claim.relation {
                Vocabulary::ALSO_KNOWN_AS => claim.relation,
                RelationId(at) => known(RELATIONS[usize::from(at) - 1]),
            },
            ..claim.clone()
        }))).collect();
        without.graph_mut().apply(&asserted, NOW).expect("claims");
        for writer in WRITERS {
            for question in ["", "which facts are disputed", "list facts"] {
                let Ok(text) = exported(&mut whole, writer.name, question, Some(most)) else {
                    prop_assert_eq!(writer.name, "svg");
                    continue;
                };
                prop_assert!(!text.contains(SECRET), "{}: {}", writer.name, text);
                // A word that no claim uses is no secret; one that only restricted claims use is.
                if writer.name != "who" || !question.is_empty() {
                    let expected = exported(&mut without, writer.name, question, None).expect("text");
                    prop_assert_eq!(text, expected, "{}", writer.name);
                }
            }
        }
    }
}

#[test]
fn the_founding_case_comes_back_from_every_format() {
    let mut founding = Engine::founding(NOW);
    assert!(sayings(&founding, &|_| {}).len() > 100);
    there_and_back(&mut founding);
}

#[test]
fn real_claims_come_back_from_every_format() {
    let Some(shared) = std::env::var_os("WHODUNIT_SHARED") else {
        eprintln!("skipped: WHODUNIT_SHARED does not name the shared data");
        return;
    };
    let data = std::path::Path::new(&shared).join("data");
    let cases: [(&[&str], usize); 2] = [
        (&["misp/threat-actor.json"], 1_000),
        (
            &[
                "ftm/parteispenden.ftm.jsonl",
                "ftm/zala.ftm.jsonl",
                "ftm/t2-1.delta.jsonl",
            ],
            500,
        ),
    ];
    for (files, least) in cases {
        let files: Vec<String> = files
            .iter()
            .map(|file| data.join(file).to_string_lossy().into_owned())
            .collect();
        let mut engine = Engine::with_vocabulary(NOW);
        let done = import(&mut engine, &files, &Options::default(), NOW);
        done.unwrap_or_else(|refused| panic!("{}", refused.text));
        let count = sayings(&engine, &|_| {}).len();
        assert!(count > least, "{count} claims of {files:?}");
        for (format, read, plain) in both() {
            let text = written(&mut engine, format);
            let mut again = Engine::with_vocabulary(NOW);
            read(&mut again, &text, &mut engine);
            let lost = |from: &[String], to: &[String]| -> Vec<String> {
                let missing = from.iter().filter(|one| !to.contains(one));
                missing.take(5).cloned().collect()
            };
            let (before, after) = (sayings(&engine, plain), sayings(&again, plain));
            if before != after {
                let (lost, new) = (lost(&before, &after), lost(&after, &before));
                panic!("{format}, {files:?}: lost {lost:#?}, new {new:#?}");
            }
        }
    }
}

#[test]
fn every_format_is_what_it_was() {
    let mut founding = Engine::founding(NOW);
    let mut wrong = String::new();
    for writer in WRITERS.iter().filter(|writer| writer.claims.is_some()) {
        let question = "who targeted UK or targeted UK_Parliament";
        let found = exported(&mut founding, writer.name, question, None).expect("an export");
        let path = below("golden").join(format!("{}.{}", writer.name, writer.ending));
        if bless() {
            fs::create_dir_all(below("golden")).expect("a folder");
            fs::write(&path, &found).expect("a file");
            continue;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != found {
            wrong += &format!("{}\n{}", path.display(), difference(&expected, &found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn stix_is_what_the_rules_ask_for() {
    let mut founding = Engine::founding(NOW);
    let text = written(&mut founding, "stix");
    let bundle: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(
        bundle.get("spec_version").is_none(),
        "a 2.1 bundle has none"
    );
    let objects = bundle["objects"].as_array().expect("objects");
    let ids: BTreeSet<&str> = objects.iter().filter_map(|of| of["id"].as_str()).collect();
    assert_eq!(ids.len(), objects.len(), "an id is given twice");
    let text = |of: &serde_json::Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let mut opinions = 0;
    for object in objects {
        assert_eq!(text(object, "spec_version"), "2.1");
        for key in ["created_by_ref", "source_ref", "target_ref"] {
            let to = text(object, key);
            assert!(
                to.is_empty() || ids.contains(to.as_str()),
                "{key} of {object}"
            );
            // Who speaks is an identity, whatever it is in the case.
            assert!(key != "created_by_ref" || to.is_empty() || to.starts_with("identity--"));
        }
        if text(object, "type") == "opinion" {
            opinions += 1;
            assert_eq!(text(object, "opinion"), "strongly-disagree");
            let about = object["object_refs"].as_array().expect("references");
            assert!(!about.is_empty());
            for about in about {
                let about = about.as_str().expect("an id");
                assert!(about.starts_with("relationship--") && ids.contains(about));
            }
        }
        let (start, stop) = (text(object, "start_time"), text(object, "stop_time"));
        assert!(
            start.is_empty() || stop.is_empty() || stop > start,
            "{object}"
        );
        let kinds = ["targets", "attributed-to"];
        if kinds.contains(&text(object, "relationship_type").as_str()) {
            assert!(!text(object, "target_ref").starts_with("x-"), "{object}");
        }
    }
    assert_eq!(opinions, 6, "the embassy's denials");
}

#[test]
fn the_program_cuts_a_case_down_to_a_marking() {
    let folder = scratch("max-tlp");
    let file = folder.join("marked.who");
    let case = "A targeted B, marked TLP:GREEN. according to Informer, A targeted Hidden_Place, marked TLP:RED.\n";
    fs::write(&file, case).expect("a file");
    let file = file.to_string_lossy().into_owned();
    let export = |arguments: &[&str]| {
        let mut all = vec!["--case", file.as_str()];
        all.extend(arguments);
        run(&all, b"")
    };
    for format in WRITERS {
        let output = export(&["export", format.name, "--max-tlp", "green"]);
        let told = said(&output);
        assert!(
            told.contains('B'),
            "{}: {}",
            format.name,
            complained(&output)
        );
        assert!(
            !told.contains("Informer") && !told.contains("Hidden"),
            "{told}"
        );
        assert!(!told.contains("RED"), "{told}");
    }
    let output = export(&[
        "ask",
        "what did A target",
        "-f",
        "jsonl",
        "--max-tlp",
        "GREEN",
    ]);
    assert_eq!(said(&output).lines().count(), 1, "{}", complained(&output));
    // A slip of the pen does not tell either.
    let output = export(&["ask", "who targeted Hiden_Place", "--max-tlp", "green"]);
    assert!(
        !complained(&output).contains("Hidden"),
        "{}",
        complained(&output)
    );
    let output = export(&["ask", "who targeted Hiden_Place"]);
    assert!(complained(&output).contains("Hidden_Place"));
    let output = export(&["export", "json", "--max-tlp", "geen"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complained(&output).contains("did you mean `green`"));
    let prompt = run(
        &["--case", &file],
        b".export --max-tlp green who\n.export --max-tlp pink who\n",
    );
    assert!(said(&prompt).contains("A targeted B") && !said(&prompt).contains("Informer"));
    assert!(complained(&prompt).contains("no marking is called `pink`"));
}

#[test]
fn a_script_of_cypher_makes_the_case_anew() {
    let folder = scratch("cypher");
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (script, case) = (at("founding.cypher"), at("new.case"));
    let output = run(&["export", "cypher", "-o", &script], b"");
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let output = run(&["-c", &case, "run", &script], b"");
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    for question in [
        "who targeted UK_Parliament",
        "which facts are disputed",
        "who is called \"Violet Typhoon\" according to Microsoft",
    ] {
        let ask = |arguments: &[&str]| said(&run(arguments, b""));
        // Titles are properties there.
        let columns = |text: String| -> Vec<String> {
            let rows = text.lines().map(|line| {
                let mut row: serde_json::Value = serde_json::from_str(line).expect("JSON");
                let row = row.as_object_mut().expect("an object");
                row.retain(|key, _| !["title", "claims", "claim"].contains(&key.as_str()));
                serde_json::to_string(row).expect("JSON")
            });
            let mut rows: Vec<String> = rows.collect();
            rows.sort();
            rows
        };
        let founding = columns(ask(&["ask", question, "-f", "jsonl"]));
        let made = columns(ask(&["-c", &case, "ask", question, "-f", "jsonl"]));
        assert_eq!(founding, made, "{question}");
        assert!(!made.is_empty(), "{question}");
    }
}

#[test]
fn what_is_seen_in_part_is_not_written_back() {
    let folder = scratch("in-part");
    let file = folder.join("marked.who").to_string_lossy().into_owned();
    let case = "A targeted B. C targeted D, marked TLP:RED.\n";
    fs::write(&file, case).expect("a file");
    let query = "MATCH (a {name: 'A'}) SET a.seen = true RETURN a.seen";
    let output = run(&["-c", &file, "gql", query, "--max-tlp", "amber"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(
        complained(&output).contains("nothing was kept"),
        "{}",
        complained(&output)
    );
    assert_eq!(fs::read_to_string(&file).expect("a file"), case);
    let query = "MATCH (a) RETURN count(a) AS count";
    let count = |arguments: &[&str]| {
        let mut all = vec!["-c", file.as_str(), "gql", query, "-f", "jsonl"];
        all.extend(arguments);
        said(&run(&all, b""))
    };
    assert_eq!(count(&[]), "{\"count\":4}\n");
    assert_eq!(count(&["--max-tlp", "amber+strict"]), "{\"count\":2}\n");
}

#[test]
fn the_help_of_export_lists_the_formats() {
    let output = run(&["export", "--help"], b"");
    for writer in WRITERS {
        assert!(said(&output).contains(writer.doc), "{}", writer.name);
    }
}

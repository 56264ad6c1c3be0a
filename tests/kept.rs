//! Case files of released formats open in every later version. `tests/files/` holds one of each with its
//! dump; neither is ever changed. `WHODUNIT_KEEP=1 cargo test --test kept` makes those that are missing.

mod common;

use common::{below, complained, run, said, scratch};
use std::fs;
use std::path::Path;
use whodunit::engine::Engine;
use whodunit::model::{Change, Value};
use whodunit::storage::{Access, CaseFile};

/// The formats that were released.
const FORMATS: &[u16] = &[1];

/// Makes a file with every kind of entry, a snapshot, and entries behind it.
fn make(path: &Path) {
    let mut engine = Engine::with_vocabulary(0);
    let mut records = vec![engine.graph_mut().founding_record()];
    engine.graph_mut().keep_log();
    let keep = |engine: &mut Engine, records: &mut Vec<Vec<u8>>| {
        let record = engine.graph_mut().take_log();
        assert!(!record.is_empty());
        records.push(record);
    };
    let day = 1_711_411_200;
    let text = "relation tickled (actor -> entity), base tickle.
        APT31 is a group. Zirconium is a group, also \"Judgment Panda\" according to CrowdStrike.
        according to NCSC on 2024-03-25, APT31 almost certainly targeted UK_Parliament in 2021, \
        see \"https://example.org/a\" at \"paragraph 2\", quote \"said so\".
        China denies that China targeted UK, on 2024-03-26.";
    engine.load(text, day).expect("statements");
    keep(&mut engine, &mut records);
    engine
        .load("APT31 is an intrusion-set.", day + 60)
        .expect("more of an entity");
    let changes = [
        Change::Property {
            entity: "APT31".to_owned(),
            key: "share".to_owned(),
            value: Value::List(vec![Value::Float(0.1), Value::Int(-3)]),
        },
        Change::ExternalId {
            entity: "APT31".to_owned(),
            scheme: "mitre".to_owned(),
            id: "G0128".to_owned(),
        },
    ];
    engine
        .graph_mut()
        .apply(&changes, day + 60)
        .expect("changes");
    keep(&mut engine, &mut records);
    for (at, query) in [
        "CREATE (a:Person {name: 'Ann', born: date('1970-02-03'), seen: datetime('2021-03-25T12:00:00.5+01:00')})",
        "MATCH (a:Person) SET a:Suspect",
        "MATCH ()-[c:targeted]->() SET c.note = 'seen', c.marking = 'TLP:AMBER'",
        "CREATE (:Gone)",
        "MATCH (n:Gone) DELETE n",
    ]
    .into_iter()
    .enumerate()
    {
        engine.context.now = day + 120 + at as i64;
        engine.gql(query, &[]).expect("a query");
        engine.conclude();
        keep(&mut engine, &mut records);
    }
    let graph = engine.graph_mut();
    let words = {
        use whodunit::graph::GraphView;
        graph
            .vocabulary()
            .relation_named("tickled")
            .expect("declared")
    };
    let first = {
        use whodunit::graph::GraphView;
        graph.entities().len() as u32
    };
    let entity = |name: &str| whodunit::model::Entity {
        name: name.to_owned(),
        ..whodunit::model::Entity::default()
    };
    let claims = (0..3).map(|n| {
        let id = |of: u32| whodunit::model::EntityId(first + of);
        let mut claim = whodunit::model::Claim::new(id(n % 2), words, id(1));
        claim.quote = (n == 2).then(|| "in a block".to_owned());
        claim
    });
    graph
        .bulk(vec![entity("X"), entity("Y")], claims.collect(), day + 200)
        .expect("many at once");
    keep(&mut engine, &mut records);
    engine
        .load(
            "merge Zirconium into APT31, according to Microsoft.",
            day + 300,
        )
        .expect("a merge");
    keep(&mut engine, &mut records);
    let last = CaseFile::create_filled(
        path,
        records.iter().map(Vec::as_slice),
        Some(|sink: &mut whodunit::graph::Sink<'_>| engine.graph_mut().snapshot(sink)),
    );
    assert_eq!(last.expect("a file"), records.len() as u64);
    let mut file = CaseFile::open(path, Access::Write).expect("the file");
    for (at, text) in ["retract #3, because \"a slip\".", "unmerge Zirconium."]
        .into_iter()
        .enumerate()
    {
        engine
            .load(text, day + 400 + at as i64)
            .expect("statements");
        file.append(&engine.graph_mut().take_log())
            .expect("a record");
    }
    file.compact().expect("compacted");
}

#[test]
fn files_of_released_formats_open() {
    let folder = scratch("kept");
    for format in FORMATS {
        let kept = below(&format!("files/format-{format}.case"));
        let golden = below(&format!("files/format-{format}.jsonl"));
        let place = |path: &Path| path.to_string_lossy().into_owned();
        if std::env::var_os("WHODUNIT_KEEP").is_some() && !kept.exists() {
            make(&kept);
            let output = run(&["dump", &place(&kept), "-o", &place(&golden)], b"");
            assert!(output.status.success(), "{}", complained(&output));
        }
        // Whoever opens a file may write to it: the kept one is never opened itself.
        let copy = folder.join("copy.case");
        fs::copy(&kept, &copy).expect("the kept file");
        let done = |arguments: &[&str]| {
            let output = run(arguments, b"");
            assert!(
                output.status.success(),
                "{}{}",
                said(&output),
                complained(&output)
            );
            said(&output)
        };
        let case = place(&copy);
        let told = done(&["check", &case]);
        assert!(told.contains(&format!("format {format}, made ")), "{told}");
        let text = fs::read_to_string(&golden).expect("its dump");
        let found = done(&["dump", &case]);
        assert!(found == text, "{}", common::difference(&text, &found));
        for entry in [
            "begin", "words", "entity", "text", "enrich", "property", "identify", "types",
            "delete", "claim", "retract", "replace", "merge", "part", "rules",
        ] {
            let begins = text
                .lines()
                .any(|line| line.starts_with("{\"transaction\"") && entry == "begin");
            assert!(
                begins || text.contains(&format!("{{\"entry\":\"{entry}\"")),
                "{entry}"
            );
        }
        let asked = done(&[
            "-c",
            &case,
            "ask",
            "who targeted UK_Parliament",
            "-f",
            "tsv",
        ]);
        assert!(asked.contains("APT31") && asked.contains("NCSC"), "{asked}");
        let then = "who tickled Y as known on 2024-03-26";
        assert!(done(&["-c", &case, "ask", then, "-f", "tsv"]).contains('X'));
        // It is written to and read again, and its text makes the same case.
        done(&["-c", &case, "gql", "CREATE ({name: 'Later'})"]);
        assert!(done(&["check", &case]).ends_with("sound\n"));
        let again = place(&folder.join("again.case"));
        done(&["load", &place(&golden), &again]);
        assert!(done(&["dump", &again]) == text);
    }
    let _ = fs::remove_dir_all(&folder);
}

/// The bytes of entries, as `docs/format.md` draws them.
#[test]
fn entries_have_the_bytes_that_are_drawn() {
    use whodunit::model::{
        Claim, ClaimBlock, ClaimId, Entity, EntityId, Entry, Likelihood, Packed, PartialDate,
        Period, RelationId, Scale, TypeId,
    };
    let bytes = |entry: Entry| -> String {
        let bytes = minicbor::to_vec(&entry).expect("bytes");
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let begin = |by: Option<&str>, because: Option<&str>| Entry::Begin {
        recorded: 10,
        by: by.map(str::to_owned),
        because: because.map(str::to_owned),
    };
    assert_eq!(bytes(begin(None, None)), "8200810a");
    assert_eq!(bytes(begin(None, Some("x"))), "8200830af66178");
    assert_eq!(
        bytes(Entry::Text("ab".to_owned())),
        "82038162 6162".replace(' ', "")
    );
    assert_eq!(bytes(Entry::Delete(EntityId(300))), "82088119012c");
    assert_eq!(bytes(Entry::Part(EntityId(5))), "820e8105");
    let merge = Entry::Merge {
        entity: EntityId(1),
        into: EntityId(2),
    };
    assert_eq!(bytes(merge), "820d820102");
    let property = Entry::Property {
        entity: EntityId(0),
        key: "k".to_owned(),
        value: Some(Value::Date(PartialDate::year(1970).expect("a year"))),
    };
    assert_eq!(
        bytes(property),
        "82058300616b8204818 20000".replace(' ', "")
    );
    let retract = Entry::Retract {
        claim: ClaimId(7),
        because: None,
    };
    assert_eq!(bytes(retract), "820a8107");
    let entity = Entity {
        name: "A".to_owned(),
        types: vec![TypeId(2)],
        ..Entity::default()
    };
    assert_eq!(
        bytes(Entry::Entity(Box::new(entity))),
        "820281a400614101810203f405f4"
    );
    let mut claim = Claim::new(EntityId(1), RelationId(2), EntityId(3));
    claim.sources = vec![EntityId(4)];
    claim.likelihood = Likelihood::term(Scale::Phia, "likely");
    claim.valid = Period::since(PartialDate::year(1970).expect("a year"));
    assert_eq!(
        bytes(Entry::Claim(Box::new(claim))),
        "820981a7000101020203030004810406830166 6c696b656c79fa428200000a83820000f6f4"
            .replace(' ', "")
    );
    let block = ClaimBlock {
        subject: Packed::of(&[256u32, 258]),
        ..ClaimBlock::default()
    };
    let drawn = bytes(Entry::Claims(Box::new(block)));
    assert!(
        drawn.starts_with("820c81ac00828302190100014200 02".replace(' ', "").as_str()),
        "{drawn}"
    );
}

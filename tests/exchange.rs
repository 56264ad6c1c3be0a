//! What other programs write comes in as claims: GraphML with its labels wherever they stand; our own
//! JSON with words that a case does not know; and cells of tables that say more than a word.

mod common;

use common::{NOW, below, complained, run, said, scratch};
use std::fs;
use whodunit::engine::Engine;
use whodunit::front::export::exported;
use whodunit::front::imports::{Done, import};
use whodunit::front::tables::Options;
use whodunit::graph::GraphView;

fn take(file: &str) -> (Engine, Done) {
    let mut engine = Engine::with_vocabulary(NOW);
    let done = import(&mut engine, &[file.to_owned()], &Options::default(), NOW);
    let done = done.unwrap_or_else(|refused| panic!("{}", refused.text));
    (engine, done)
}

/// A file with this content in a folder of its own.
fn file(name: &str, content: &str) -> String {
    let folder = scratch(&format!("exchange-{name}"));
    let file = folder.join(name);
    fs::write(&file, content).expect("a file");
    file.to_string_lossy().into_owned()
}

fn graphml(name: &str) -> (Engine, Done) {
    take(&below("import/graphml").join(name).to_string_lossy())
}

fn has(engine: &Engine, sentence: &str) {
    let text = engine.statements();
    assert!(
        text.lines().any(|line| line == sentence),
        "{sentence}\n{text}"
    );
}

#[test]
fn labels_of_a_graph_database_are_types_and_relations() {
    let (engine, done) = graphml("neo4j.graphml");
    has(&engine, "\"Ann & Co\" is a person and a spy.");
    has(&engine, "\"Ann & Co\" has born 1980.");
    // Two nodes of one name are two entities.
    has(&engine, "\"Bob (n2)\" is a company, titled \"Bob\".");
    has(&engine, "\"Bob (n3)\" is a company, titled \"Bob\".");
    has(
        &engine,
        "\"Ann & Co\" works-for \"Bob (n2)\", with \"since\" 2020.",
    );
    assert!(
        done.said.contains("edge with an end that is no node"),
        "{}",
        done.said
    );
    assert_eq!(engine.graph().columns().len(), 1);
}

#[test]
fn labels_that_are_drawn_are_names_and_relations() {
    let (engine, done) = graphml("yed.graphml");
    has(
        &engine,
        "\"Inner Circle\" has url \"https://example.org/a\".",
    );
    has(&engine, "\"Inner Circle\" owned Front.");
    // An edge without a word says that there is something between them.
    has(&engine, "Front associated-with \"Inner Circle\".");
    assert!(done.said.contains("port"), "{}", done.said);
}

#[test]
fn data_called_like_fields_are_fields_where_they_read_as_such() {
    let (engine, done) = graphml("claims.graphml");
    has(&engine, "Acme is a company.");
    has(&engine, "Bolt is a bank.");
    has(
        &engine,
        "according to Post and Times, Acme owned Bolt since 2021-03, with likelihood PHIA \"likely\", with \"weight\" 0.5.",
    );
    has(
        &engine,
        "Bolt associated-with Acme, with \"from\" \"London\".",
    );
    assert!(
        done.said.contains("`weight` that is no double"),
        "{}",
        done.said
    );
}

#[test]
fn words_of_a_document_come_with_it() {
    let document = r#"{"format": "whodunit", "version": 1,
        "types": [{"name": "spyware", "parents": ["malware"], "plural": "spyware"}],
        "relations": [{"name": "bought-from", "base": "buy", "past": "bought", "particle": "from"}],
        "entities": [{"name": "Pry", "types": ["spyware"], "ids": [{"scheme": "mitre", "id": "S1"}]}],
        "claims": [{"subject": "UK", "relation": "bought-from", "object": "Pry", "likelihood": 70, "extra": 1}]}"#;
    let (mut engine, done) = take(&file("words.json", document));
    let rows = |engine: &mut Engine, question: &str| {
        let asked = engine.ask(question).expect("an answer");
        asked.answer.table.rows.len()
    };
    assert_eq!(rows(&mut engine, "who bought from any malware"), 1);
    assert!(
        done.said.contains("field `extra` that is not known"),
        "{}",
        done.said
    );
    // A case keeps the words that it has.
    let again = document.replace("\"past\": \"bought\"", "\"past\": \"boughted\"");
    let folder = file("again.json", &again);
    import(&mut engine, &[folder], &Options::default(), NOW).expect("the same again");
    assert!(!engine.statements().contains("boughted"));
}

#[test]
fn a_table_says_scale_before_and_other_names() {
    let table = "subject,relation,object,likelihood,before,source,properties\n\
        A,targeted,B,PHIA: likely,2022,\"\"\"Times; London\"\"; Post\",\"{\"\"n\"\": {\"\"$date\"\": \"\"2021\"\"}}\"\n\
        A,also-known-as,'=A,,,\"\"\"42\"\"\",\n";
    let (engine, _) = take(&file("claims.csv", table));
    has(
        &engine,
        "according to \"Times; London\" and Post, A targeted B before 2022, with likelihood PHIA \"likely\", with \"n\" year 2021.",
    );
    has(&engine, "according to \"42\", A also-known-as \"=A\".");
    let graph = engine.graph();
    let alias = graph.entities().name_entity("=A").expect("an alias");
    assert!(
        graph.entities().by_handle("=A").is_none(),
        "an alias is no entity"
    );
    assert_eq!(graph.entities().owners(alias).len(), 1);
}

#[test]
fn a_query_says_scale_before_and_other_names() {
    let mut engine = Engine::with_vocabulary(NOW);
    let query = "CREATE (a:group {name: 'A'}), (b {name: 'B'})
        CREATE (a)-[:targeted {likelihood: 65, scale: 'PHIA', term: 'likely', before: '2022'}]->(b)
        CREATE (a)-[:`also-known-as` {name: 'Zed'}]->(a)
        CREATE (a)-[:used {likelihood: 64, scale: 'PHIA', term: 'likely'}]->(b)";
    engine.gql(query, &[]).expect("written");
    has(
        &engine,
        "A targeted B before 2022, with likelihood PHIA \"likely\".",
    );
    has(&engine, "A also-known-as Zed.");
    // A term that is not what the number says is no field.
    has(
        &engine,
        "A used B, with likelihood 64%, with \"scale\" \"PHIA\", with \"term\" \"likely\".",
    );
    let asked = engine.ask("what did Zed target").expect("an answer");
    assert_eq!(asked.answer.table.rows.len(), 1);
    // What a statement that fails has named is forgotten again.
    let failing =
        "MATCH (a {name: 'A'}) CREATE (a)-[:`also-known-as` {name: 'Nix'}]->(a) RETURN 1 / 0";
    assert!(engine.gql(failing, &[]).is_err());
    assert!(engine.graph().entities().name_entity("Nix").is_none());
    assert!(engine.ask("what did Nix target").is_err());
    let again = failing.replace(" RETURN 1 / 0", "");
    engine.gql(&again, &[]).expect("written");
    assert!(engine.ask("what did Nix target").is_ok());
}

#[test]
fn a_script_of_cypher_tells_what_its_texts_are() {
    let text = "Ann is a person. Ann has born year 1967 and seen [2021-03, \"2021\", 2021-03-25].\n\
        Ann has place {\"at\": year 2020, \"by\": [1, 2]} and grid [[1], [year 2019]] and plain 1967.\n\
        Ann has whodunit \"a word\" and day 2021-03-25.\n\
        Ann targeted Bob, with \"begun\" year 2018, with \"steps\" [2019-02].\n";
    let mut engine = Engine::with_vocabulary(NOW);
    engine.load(text, NOW).expect("a case");
    let script = exported(&mut engine, "cypher", "", None).expect("a script");
    // Others have a text.
    assert!(script.contains("born: '1967'"), "{script}");
    assert!(
        script.contains("seen: ['2021-03', '2021', '2021-03-25']"),
        "{script}"
    );
    let (again, _) = take(&file("again.cypher", &script));
    let own = |engine: &Engine| -> Vec<String> {
        let text = engine.statements();
        // What a query creates keeps its name as a property too.
        let own = text
            .lines()
            .filter(|line| line.contains("Ann") && !line.contains(" has name "));
        own.map(str::to_owned).collect()
    };
    assert_eq!(own(&engine), own(&again), "{script}");
    // What was changed in the script stands as it is there, and so does what no export wrote.
    let changed = script.replace("born: '1967'", "born: 'long ago'");
    assert_ne!(script, changed);
    let (again, _) = take(&file("changed.cypher", &changed));
    has(&again, "Ann has born \"long ago\".");
    let mut again = Engine::with_vocabulary(NOW);
    let query = "CREATE (a:person {name: 'Cy', whodunit: '{', born: '1967'})
        MERGE (b:person {name: 'Di', whodunit: '{\"born\": {\"$date\": \"1967\"}}', born: '1967'})";
    again.gql(query, &[]).expect("written");
    has(&again, "Cy has born \"1967\".");
    has(&again, "Cy has whodunit \"{\".");
    has(&again, "Di has born year 1967.");
}

#[test]
fn what_whodunit_carries_in_follow_the_money_is_taken_or_told_wrong() {
    let line = |own: &str| {
        format!(
            r#"{{"id": "a", "schema": "Person", "properties": {{"name": ["No one"]}}, "whodunit": {own}}}"#
        )
    };
    let claim =
        r#"{"subject": "Ann", "relation": "targeted", "object": "Bob", "polarity": "denied"}"#;
    let good = [
        line(r#"{"entity": {"name": "Ann", "types": ["person"]}}"#),
        line(r#"{"entity": {"name": "Bob", "types": []}, "aliases": null}"#),
        line(&format!(r#"{{"claim": {claim}}}"#)),
    ];
    let (engine, _) = take(&file("own.jsonl", &good.join("\n")));
    has(&engine, "Ann is a person.");
    has(&engine, "denied: Ann targeted Bob.");
    assert!(!engine.statements().contains("No one"));
    let bad = [
        ("7", "`whodunit` is an object"),
        ("{}", "there is neither an `entity` nor a `claim`"),
        (r#"{"claim": []}"#, "a record is an object"),
        (r#"{"aliases": {}}"#, "`aliases` is a list of claims"),
        (r#"{"claim": {"subject": "Ann"}}"#, "a claim needs"),
    ];
    for (own, cause) in bad {
        let file = file("changed.jsonl", &format!("{}\n{}", good[0], line(own)));
        let mut engine = Engine::with_vocabulary(NOW);
        let before = engine.statements();
        let refused = import(&mut engine, &[file], &Options::default(), NOW).expect_err(own);
        let told = refused.text;
        assert!(
            told.contains("what whodunit exported was changed"),
            "{told}"
        );
        assert!(
            told.contains(cause) && told.contains("changed.jsonl:2:1"),
            "{told}"
        );
        assert_eq!(engine.statements(), before);
    }
}

#[test]
fn a_sign_that_no_text_holds_is_replaced_in_a_galaxy() {
    let galaxy = r#"{"name": "Threat\u0000 Actor", "type": "threat-actor", "uuid": "u-1", "authors": ["Me\u0000"],
        "values": [{"value": "A\u0000B", "uuid": "u-2", "description": "d\u0000", "meta": {
            "synonyms": ["C\u0000"], "country": "X\u0000", "cfr-suspected-victims": ["V\u0000"], "k\u0000": "v\u0000"}}]}"#;
    let (engine, _) = take(&file("nul.json", galaxy));
    let text = engine.statements();
    assert!(
        text.contains("A\u{fffd}B") && text.contains("C\u{fffd}"),
        "{text}"
    );
    assert!(!text.contains('\0'), "{text:?}");
    let mut again = Engine::with_vocabulary(NOW);
    assert!(again.load(&text, NOW).is_ok(), "{text}");
}

#[test]
fn the_prompt_is_told_what_a_file_is() {
    let file = file("plain.txt", "from,to\nAnn,Bob\n");
    let typed = format!(".import --from csv {file} 'targeted'=relation\nwho targeted Bob\n");
    let output = run(&[], typed.as_bytes());
    assert!(said(&output).contains("Ann"), "{}", complained(&output));
    let refused = |typed: &[u8]| complained(&run(&[], typed));
    let told = refused(b".import --from stixx bundle.json\n");
    assert!(told.contains("did you mean `stix`?"), "{told}");
    let told = refused(b".import bundle.json --from\n");
    assert!(told.contains("a format is needed"), "{told}");
}

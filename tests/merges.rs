//! Entities that are found to be one, and two again: questions and queries answer over the one, each
//! claim says whom it was stated of, and what was known before stays as it was.

mod common;

use common::{NOW, short};
use whodunit::engine::Engine;
use whodunit::graph::GraphView;

const FIRST: i64 = 1_577_836_800; // 2020-01-01
const MERGED: i64 = 1_609_459_200; // 2021-01-01
const PARTED: i64 = 1_640_995_200; // 2022-01-01

fn case() -> Engine {
    let mut engine = Engine::with_vocabulary(NOW);
    let text = "Microsoft is a company.
        Zirconium is a group. APT31 is an intrusion-set.
        according to Microsoft, Zirconium targeted Bank in 2019.
        according to NCSC, APT31 targeted Parliament in 2021.
        according to NCSC, Bank summoned Zirconium.
        according to Zirconium, Bank accused Parliament.";
    engine.load(text, FIRST).expect("a case");
    engine
}

fn ask(engine: &mut Engine, question: &str) -> String {
    short(&engine.ask(question).expect("an answer"))
}

fn column(engine: &mut Engine, query: &str) -> Vec<String> {
    let (answer, _) = engine.gql_answer(query).expect("rows");
    let rows = answer.table.rows.into_iter();
    let mut rows: Vec<String> = rows.map(|row| row.concat()).collect();
    rows.sort();
    rows
}

#[test]
fn questions_answer_over_the_one_that_stays() {
    let mut engine = case();
    let merge = "merge Zirconium into APT31, according to Microsoft, because \"one cluster\".";
    let loaded = engine.load(merge, MERGED).expect("a merge");
    assert_eq!((loaded.applied.merged, loaded.applied.claims.len()), (1, 1));
    // The same again changes nothing.
    let again = engine.load(merge, MERGED).expect("the same merge");
    assert!(again.applied.is_nothing(), "{:?}", again.applied);
    for name in ["APT31", "Zirconium"] {
        let answer = ask(&mut engine, &format!("what did {name} target"));
        assert!(
            answer.contains("Bank") && answer.contains("Parliament"),
            "{answer}"
        );
    }
    assert!(ask(&mut engine, "who targeted Bank").contains("APT31"));
    assert!(ask(&mut engine, "whom did Bank summon").contains("APT31"));
    let accused = ask(&mut engine, "who accused Parliament according to APT31");
    assert!(accused.contains("Bank"), "{accused}");
    // It is of both types, and is one.
    assert!(ask(&mut engine, "which groups targeted Bank").contains("APT31"));
    assert!(ask(&mut engine, "how many groups targeted Bank or Parliament").contains('1'));
    let who = ask(&mut engine, "who says Zirconium same-as APT31");
    assert!(who.contains("Microsoft"), "{who}");
    let about = ask(&mut engine, "about APT31");
    assert!(
        about.contains("one with Zirconium (merged; Microsoft)"),
        "{about}"
    );
    // The claim itself says whom it was stated of.
    let why = ask(&mut engine, "why did APT31 target Bank");
    assert!(why.contains("Zirconium targeted Bank"), "{why}");
    let found = column(&mut engine, "MATCH (g)-[:targeted]->(v) RETURN g, v");
    assert_eq!(found, ["APT31Bank", "APT31Parliament"]);
    assert_eq!(column(&mut engine, "MATCH (g:group) RETURN g"), ["APT31"]);
}

#[test]
fn what_was_known_before_a_merge_stays_known_as_it_was() {
    let mut engine = case();
    engine
        .load(
            "merge Zirconium into APT31, according to Microsoft.",
            MERGED,
        )
        .expect("a merge");
    let before = "what did APT31 target as known on 2020-06-01";
    assert!(!ask(&mut engine, before).contains("Bank"));
    let after = "what did APT31 target as known on 2021-06-01";
    assert!(ask(&mut engine, after).contains("Bank"));
    engine
        .load("unmerge Zirconium, because \"two after all\".", PARTED)
        .expect("two again");
    assert!(!ask(&mut engine, "what did APT31 target").contains("Bank"));
    assert!(ask(&mut engine, "who targeted Bank").contains("Zirconium"));
    assert!(ask(&mut engine, "who says Zirconium same-as APT31").contains("no claim found"));
    assert!(ask(&mut engine, after).contains("Bank"), "known then");
    let query =
        "AS KNOWN ON '2021-06-01' MATCH (g)-[c:targeted]->(v {name: 'Bank'}) RETURN g, c.source";
    assert_eq!(column(&mut engine, query), ["APT31Microsoft"]);
    // The day after, a claim of a query is still that claim.
    let query = "AS KNOWN ON '2021-06-01' MATCH ()-[c:targeted]->({name: 'Bank'}) RETURN c";
    let queried = engine.gql(query, &[]).expect("a claim");
    let [row] = queried.rows.as_slice() else {
        panic!("{:?}", queried.rows);
    };
    let whodunit::algebra::Datum::Claim(claim) = row[0] else {
        panic!("{row:?}");
    };
    use whodunit::graph::GraphView;
    assert_eq!(engine.graph().columns().id(claim).0, 1);
}

#[test]
fn what_cannot_be_merged_is_told() {
    let mut engine = case();
    let mut told = |text: &str| {
        let mistakes = engine.load(text, MERGED).expect_err("a mistake");
        mistakes[0].title.clone()
    };
    assert_eq!(
        told("merge Zirkonium into APT31."),
        "no entity is called `Zirkonium`"
    );
    assert_eq!(
        told("merge APT31 into APT31."),
        "`APT31` and `APT31` are one entity already"
    );
    assert_eq!(
        told("unmerge Bank."),
        "`Bank` was not merged into another entity"
    );
    let circle = "merge Zirconium into APT31. merge APT31 into Zirconium.";
    assert_eq!(
        told(circle),
        "`APT31` and `Zirconium` are one entity already"
    );
    assert!(
        ask(&mut engine, "who targeted Bank").contains("Zirconium"),
        "nothing went in"
    );
}

#[test]
fn a_merged_case_comes_back_from_its_text() {
    let mut engine = case();
    let text = "merge Zirconium into APT31, according to Microsoft. APT31 targeted Embassy. Zirconium used Tool.";
    engine.load(text, MERGED).expect("a merge");
    let text = engine.statements();
    assert!(text.contains("Zirconium used Tool."), "{text}");
    let mut again = Engine::with_vocabulary(NOW);
    again.load(&text, MERGED).expect(&text);
    assert_eq!(again.statements(), text);
    assert_eq!(
        ask(&mut again, "what did APT31 use"),
        ask(&mut engine, "what did APT31 use")
    );
    engine.load("unmerge Zirconium.", PARTED).expect("two");
    assert!(ask(&mut engine, "who used Tool").contains("Zirconium"));
}

#[test]
fn what_is_said_and_changed_while_they_are_one_is_of_whom_it_was_stated() {
    let mut engine = case();
    let merge = "merge Zirconium into APT31, according to Microsoft.";
    engine.load(merge, MERGED).expect("a merge");
    // A claim that Zirconium itself makes is changed, and an alias of it comes, in the meantime.
    engine.context.now = MERGED + 1;
    engine
        .gql("MATCH ()-[c:accused]->() SET c.note = 'seen'", &[])
        .expect("a change");
    engine.conclude();
    let alias = "Zirconium is a group, also \"Judgment Panda\" according to CrowdStrike.";
    engine.load(alias, MERGED + 2).expect("an alias");
    assert_eq!(
        engine
            .graph()
            .entities()
            .name(engine.graph().entities().resolve("Judgment Panda")[0]),
        "APT31"
    );
    engine
        .load("unmerge Zirconium, because \"two after all\".", PARTED)
        .expect("parted");
    let entities = engine.graph().entities();
    let owners = entities.resolve("Judgment Panda");
    let owners: Vec<&str> = owners.into_iter().map(|id| entities.name(id)).collect();
    assert_eq!(owners, ["Zirconium"]);
    let says = column(
        &mut engine,
        "INCLUDING RETRACTED MATCH ()-[c:accused]->() RETURN c.source",
    );
    assert_eq!(says, ["Zirconium", "Zirconium"]);
}

//! What the prompt offers behind a beginning: words of the kind that fits there, from the case, in
//! the form that the grammar needs.

mod common;

use common::NOW;
use whodunit::engine::Engine;
use whodunit::repl::complete::offers;

fn offered(text: &str) -> Vec<String> {
    offers(&Engine::founding(NOW), text).words
}

#[test]
fn words_of_the_right_kind_are_offered() {
    for (text, wanted, unwanted) in [
        ("wh", "who", "UK"),
        ("who targ", "targeted", "target"),
        ("what did APT31 targ", "target", "targeted"),
        ("who was summ", "summoned", "summon"),
        ("which groups are attr", "attributed to", "attribute to"),
        ("which gr", "groups", "GCHQ"),
        ("how many per", "persons", "UK"),
        ("who targeted UK_P", "UK_Parliament", "UK"),
        ("who targeted parl", "UK_Parliament", "targeted"),
        ("who targeted any parl", "parliament", "UK_Parliament"),
        ("who targeted UK_Parliament acc", "according to", "targeted"),
        (
            "who targeted UK_Parliament according to NC",
            "NCSC",
            "targeted",
        ),
        ("according to NC", "NCSC", "targeted"),
        ("according to NCSC, w", "who", "UK_Parliament"),
        ("who targeted UK_Parliament in 2021 sor", "sorted by", "UK"),
        ("who targeted \"Houses o", "\"Houses of Parliament\"", "UK"),
        ("how is APT31 connected to UK_G", "UK_Government", "groups"),
        ("about Zirc", "Zirconium", "who"),
        ("who cal", "calls", "UK"),
        ("who calls APT", "APT31", "calls"),
        ("who calls APT31 \"Viol", "\"Violet Typhoon\"", "UK"),
        ("does anyone cal", "call", "UK"),
        ("who targeted Zhao", "Zhao_Guangzong", "who"),
        ("who targeted parlament", "UK_Parliament", "who"),
        (".mo", ".mode", "who"),
        (".mode js", "jsonl", ".json"),
        ("timeline of El", "Electoral_Commission", "who"),
    ] {
        let found = offered(text);
        assert!(
            found.iter().any(|word| word == wanted),
            "`{text}` → {found:?}, not {wanted}"
        );
        assert!(
            !found.iter().any(|word| word == unwanted),
            "`{text}` → {found:?} with {unwanted}"
        );
    }
}

#[test]
fn nothing_is_offered_where_nothing_fits() {
    for text in ["who targeted UK Parliament and ", "zzz qqq ", "who ) "] {
        assert_eq!(offered(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_is_offered_stands_where_the_word_began() {
    let engine = Engine::founding(NOW);
    assert_eq!(offers(&engine, "who targeted UK_P").start, 13);
    assert_eq!(offers(&engine, "who targeted \"Houses o").start, 13);
    assert_eq!(offers(&engine, "  .mo").start, 2);
}

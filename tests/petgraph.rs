//! petgraph's own algorithms run on a case through `Petgraph`, as an analyst sees it: what a view
//! hides is not there for them either.

mod common;

use common::NOW;
use petgraph::algo::{
    connected_components, dijkstra, has_path_connecting, kosaraju_scc, page_rank,
};
use whodunit::engine::Engine;
use whodunit::graph::{ClaimFilter, GraphView, Petgraph, Polarities, Seen};

fn engine() -> Engine {
    let mut engine = Engine::with_vocabulary(NOW);
    let text = "A targeted B. B targeted C. C targeted A. C targeted D. E targeted F.\n\
                according to S, D targeted G. X denies that G targeted E.";
    engine.load(text, NOW).expect("good statements");
    engine
}

#[test]
fn algorithms_run_on_the_recent_and_on_the_settled_part() {
    let mut engine = engine();
    for settled in [false, true] {
        if settled {
            engine.graph_mut().settle();
        }
        let graph = engine.graph();
        let id = |name: &str| graph.entities().by_handle(name).expect("an entity").0;
        let whole = Petgraph::new(graph);
        // A–G hang together since the denial is a claim as well; S and X are only sources.
        assert_eq!(connected_components(whole), 3);
        let circle = kosaraju_scc(whole).into_iter().find(|part| part.len() == 3);
        let mut circle = circle.expect("A, B and C");
        circle.sort_unstable();
        assert_eq!(circle, [id("A"), id("B"), id("C")]);
        let hops = dijkstra(whole, id("A"), None, |_| 1u32);
        assert_eq!(hops[&id("G")], 4);
        let ranks: Vec<f64> = page_rank(whole, 0.85, 30);
        assert_eq!(ranks.len(), graph.entities().len());
        assert!(ranks[id("C") as usize] > ranks[id("S") as usize]);
    }
}

#[test]
fn a_view_hides_facts_from_algorithms_too() {
    let engine = engine();
    let graph = engine.graph();
    let id = |name: &str| graph.entities().by_handle(name).expect("an entity");
    let asserted = Seen::new(graph, ClaimFilter::default());
    assert!(!has_path_connecting(
        Petgraph::new(&asserted),
        id("A").0,
        id("F").0,
        None
    ));
    let both = Seen::new(
        graph,
        ClaimFilter {
            polarities: Polarities::Both,
            ..ClaimFilter::default()
        },
    );
    assert!(has_path_connecting(
        Petgraph::new(&both),
        id("A").0,
        id("F").0,
        None
    ));
    let sources = vec![whodunit::graph::SourceTest::AccordingTo(vec![id("S")])];
    let from_s = Seen::new(
        &both,
        ClaimFilter {
            sources,
            ..ClaimFilter::default()
        },
    );
    assert!(has_path_connecting(
        Petgraph::new(&from_s),
        id("D").0,
        id("G").0,
        None
    ));
    assert!(!has_path_connecting(
        Petgraph::new(&from_s),
        id("A").0,
        id("D").0,
        None
    ));
}

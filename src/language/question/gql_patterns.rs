//! The patterns of a question as GQL: a MATCH for each fact, sets of entities as labels and names,
//! searches for paths.

#![allow(clippy::wildcard_enum_match_arm)] // Questions use a part of the algebra.

use crate::algebra::{EntitySet, Link, Node, PathSearch, Pattern, Var};
use crate::graph::Direction;
use crate::language::question::gql::Writer;
use crate::language::question::view::{label, marked, name, text, view};
use crate::model::Vocabulary;

impl Writer<'_> {
    pub(in crate::language::question) fn matched(&self, pattern: &Pattern) -> String {
        let mut written: Vec<Var> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for link in &pattern.links {
            let mut places: Vec<String> = Vec::new();
            let from = self.node(link.from, pattern, &mut written, &mut places);
            let to = self.node(link.to, pattern, &mut written, &mut places);
            let (shown, odd) = self.link(link);
            places.extend(odd);
            marked(self.var(link.fact), &link.filter, &mut places);
            let view = view(&link.filter, self.graph);
            lines.push(format!("{view}MATCH {from}{shown}{to}{}", place(&places)));
        }
        for node in &pattern.nodes {
            if !written.contains(&node.var) {
                let mut places: Vec<String> = Vec::new();
                let shown = self.node(node.var, pattern, &mut written, &mut places);
                lines.push(format!("MATCH {shown}{}", place(&places)));
            }
        }
        let mut places: Vec<String> = pattern
            .conditions
            .iter()
            .map(|condition| self.condition(condition, &pattern.links))
            .collect();
        for absent in &pattern.absent {
            places.push(format!(
                "NOT EXISTS {{ {} }}",
                self.matched(absent).replace('\n', " ")
            ));
        }
        if !places.is_empty() {
            lines.push(format!("FILTER {}", places.join(" AND ")));
        }
        lines.join("\n")
    }

    /// A fact between two nodes; and what must hold where its relations run different ways.
    fn link(&self, link: &Link) -> (String, Option<String>) {
        let words = self.graph.vocabulary();
        let mut kinds: Vec<String> = Vec::new();
        for route in &link.routes {
            let kind = label(&words.relation(route.relation).name);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let all = kinds.len() >= words.relations().count();
        let relation = |id| link.routes.iter().any(|route| route.relation == id);
        let names = relation(Vocabulary::ALSO_KNOWN_AS) && !self.nameless;
        let kinds = match (all, names) {
            (true, true) => ":%|`also-known-as`".to_owned(),
            (true, false) => String::new(),
            (false, _) => format!(":{}", kinds.join("|")),
        };
        let runs = |direction: Direction| {
            let mut routes = link.routes.iter();
            routes.all(|route| route.direction == direction)
        };
        let both = link
            .routes
            .iter()
            .all(|route| link.routes.contains(&route.reversed()));
        let claim = self.var(link.fact);
        let odd = (!runs(Direction::Out) && !runs(Direction::In) && !both).then(|| {
            let ways: Vec<String> = link
                .routes
                .iter()
                .map(|route| {
                    let start = match route.direction {
                        Direction::Out => self.var(link.from),
                        Direction::In => self.var(link.to),
                    };
                    let word = text(&words.relation(route.relation).name);
                    format!("type({claim}) = {word} AND startNode({claim}) = {start}")
                })
                .collect();
            format!("({})", ways.join(" OR "))
        });
        let (open, close) = match (runs(Direction::Out), runs(Direction::In)) {
            (true, _) => ("-[", "]->"),
            (_, true) => ("<-[", "]-"),
            _ => ("-[", "]-"),
        };
        (format!("{open}{claim}{kinds}{close}"), odd)
    }

    fn node(
        &self,
        var: Var,
        pattern: &Pattern,
        written: &mut Vec<Var>,
        places: &mut Vec<String>,
    ) -> String {
        let name = self.var(var);
        if written.contains(&var) {
            return format!("({name})");
        }
        written.push(var);
        match pattern.nodes.iter().find(|node| node.var == var) {
            None => format!("({name})"),
            Some(Node { set, .. }) => self.end(name, set, places),
        }
    }

    fn end(&self, var: &str, set: &EntitySet, places: &mut Vec<String>) -> String {
        let entities = self.graph.entities();
        match set {
            EntitySet::Any => format!("({var})"),
            EntitySet::Named(wanted) => format!("({var} {{name: {}}})", text(wanted)),
            // Only the optimiser makes such sets.
            EntitySet::Having(key, value) => format!("({var} {{{key}: {}}})", text(&value.text())),
            EntitySet::Type(kind) => {
                format!(
                    "({var}:{})",
                    label(&self.graph.vocabulary().type_of(*kind).name)
                )
            }
            EntitySet::Ids(ids) => match ids.as_slice() {
                [one] if !entities.is_name(*one) => {
                    format!("({var} {{name: {}}})", name(self.graph, *one))
                }
                several => {
                    let names: Vec<String> =
                        several.iter().map(|id| name(self.graph, *id)).collect();
                    places.push(format!("{var}.name IN [{}]", names.join(", ")));
                    // The text of another name is a node of its own kind.
                    match several.iter().any(|id| entities.is_name(*id)) {
                        true => format!("({var}:name)"),
                        false => format!("({var})"),
                    }
                }
            },
            EntitySet::Plan(plan, of) => {
                let inner = self.body(plan, &[]).replace('\n', " ");
                places.push(format!(
                    "{var} IN COLLECT {{ {inner} RETURN {} }}",
                    self.var(*of)
                ));
                format!("({var})")
            }
            EntitySet::All(sets) => {
                let mut shown = format!("({var})");
                for set in sets {
                    let one = self.end(var, set, places);
                    let plain = one == format!("({var})");
                    if shown == format!("({var})") {
                        shown = one;
                    } else if let (false, EntitySet::Type(kind)) = (plain, set) {
                        let kind = label(&self.graph.vocabulary().type_of(*kind).name);
                        places.push(format!("{var} IS LABELED {kind}"));
                    } else if let (false, EntitySet::Ids(ids)) = (plain, set) {
                        let names: Vec<String> =
                            ids.iter().map(|id| name(self.graph, *id)).collect();
                        places.push(format!("{var}.name IN [{}]", names.join(", ")));
                    }
                }
                shown
            }
        }
    }

    pub(in crate::language::question) fn paths(&self, search: &PathSearch) -> String {
        let mut places = Vec::new();
        let from = self.end("a", &search.from, &mut places);
        let to = self.end("b", &search.to, &mut places);
        let words = self.graph.vocabulary();
        let mut kinds: Vec<String> = Vec::new();
        for route in &search.routes {
            let kind = label(&words.relation(route.relation).name);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let kinds = match kinds.len() + 1 >= words.relations().count() {
            true => String::new(),
            false => format!(":{}", kinds.join("|")),
        };
        let mut inside = Vec::new();
        for id in &search.avoiding {
            inside.push(format!("v.name <> {}", name(self.graph, *id)));
            inside.push(format!("u.name <> {}", name(self.graph, *id)));
        }
        marked("c", &search.filter, &mut inside);
        let word = match (search.shortest, search.limit) {
            (true, _) => "ALL SHORTEST ACYCLIC ",
            (false, _) => "ACYCLIC ",
        };
        // A fact that several claims state is one way, not several.
        format!(
            "{}MATCH p = {word}{from}((u)-[c{kinds}]-(v){}){{1,{}}}{to}{}\n\
             WITH DISTINCT [n IN nodes(p) | n.name] AS path, [r IN relationships(p) | type(r)] AS steps\n\
             RETURN path, steps\nORDER BY size(path)\nLIMIT {}",
            view(&search.filter, self.graph),
            place(&inside).replace('\n', " "),
            search.within,
            place(&places),
            search.limit
        )
    }
}

fn place(places: &[String]) -> String {
    match places.is_empty() {
        true => String::new(),
        false => format!("\nWHERE {}", places.join(" AND ")),
    }
}

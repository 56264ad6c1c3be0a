//! Graphs and GQL queries made from bytes: every string of bytes gives a graph that can be built and
//! a query that can be run. The property tests and the fuzz target share it.

/// Choices taken from bytes; zeros when they are used up.
pub struct Choices<'b> {
    bytes: &'b [u8],
    at: usize,
    fresh: usize,
}

impl<'b> Choices<'b> {
    /// Choices from these bytes.
    pub fn new(bytes: &'b [u8]) -> Choices<'b> {
        Choices {
            bytes,
            at: 0,
            fresh: 0,
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % limit
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    fn name(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }
}

/// The ends, type and number of each relationship, and the labels and number of each node.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    /// Labels and `n` of each node.
    pub nodes: Vec<(Vec<&'static str>, i64)>,
    /// From, to, type and `n` of each relationship.
    pub relationships: Vec<(usize, usize, &'static str, i64)>,
}

/// A small graph.
pub fn graph(choices: &mut Choices<'_>) -> Plain {
    let mut plain = Plain::default();
    for _ in 0..2 + choices.below(4) {
        let labels: &[&'static str] = [&["A"][..], &["B"], &["A", "B"], &[]][choices.below(4)];
        plain.nodes.push((labels.to_vec(), choices.below(4) as i64));
    }
    let count = plain.nodes.len();
    for _ in 0..4 + choices.below(9) {
        let (from, to) = (choices.below(count), choices.below(count));
        let kind = ["R", "S", "T"][choices.below(3)];
        plain
            .relationships
            .push((from, to, kind, choices.below(3) as i64));
    }
    plain
}

/// The query that makes a graph.
pub fn creation(plain: &Plain) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (at, (labels, number)) in plain.nodes.iter().enumerate() {
        let labels: String = labels.iter().map(|label| format!(":{label}")).collect();
        parts.push(format!("(v{at}{labels} {{n: {number}, at: {at}}})"));
    }
    for (from, to, kind, number) in &plain.relationships {
        parts.push(format!("(v{from})-[:{kind} {{n: {number}}}]->(v{to})"));
    }
    format!("CREATE {}", parts.join(", "))
}

fn node(choices: &mut Choices<'_>, nodes: &mut Vec<String>) -> String {
    let name = choices.pick(&["a", "b", "c", "", ""]);
    let label = choices.pick(&["", "", "", "", "", "", ":A", ":B", ":A|B", ":!A"]);
    let property = choices.pick(&["", "", "", "", "", "", "", "", " {n: 1}", " {n: 2}"]);
    if !name.is_empty() && !nodes.iter().any(|known| known == name) {
        nodes.push(name.to_owned());
    }
    format!("({name}{label}{property})")
}

fn relationship(choices: &mut Choices<'_>, relationships: &mut Vec<String>) -> String {
    let kind = choices.pick(&["", "", "", ":R", ":R|S", ":!T"]);
    let times = choices.pick(&["", "", "", "", "*1..2", "*0..2", "*2"]);
    let property = match times {
        "" => choices.pick(&["", "", "", "", "", " {n: 1}"]),
        _ => "",
    };
    let name = match (times, choices.below(2)) {
        ("", 0) => {
            let name = choices.name("r");
            relationships.push(name.clone());
            name
        }
        _ => String::new(),
    };
    let (open, close) = [("-[", "]->"), ("<-[", "]-"), ("-[", "]-")][choices.below(3)];
    format!("{open}{name}{kind}{times}{property}{close}")
}

fn pattern(
    choices: &mut Choices<'_>,
    nodes: &mut Vec<String>,
    relationships: &mut Vec<String>,
) -> String {
    let mut text = node(choices, nodes);
    for _ in 0..choices.below(3) {
        if choices.below(6) == 0 {
            let kind = choices.pick(&["", ":R", ":S"]);
            let condition = choices.pick(&["", " WHERE u.n < w.n", " WHERE q.n > 0"]);
            let (u, q, w) = (choices.name("u"), choices.name("q"), choices.name("w"));
            let condition = condition
                .replace("u.", &format!("{u}."))
                .replace("q.", &format!("{q}."))
                .replace("w.", &format!("{w}."));
            text.push_str(&format!("(({u})-[{q}{kind}]->({w}){condition}){{1,2}}"));
        } else {
            text.push_str(&relationship(choices, relationships));
        }
        text.push_str(&node(choices, nodes));
    }
    text
}

fn condition(choices: &mut Choices<'_>, nodes: &[String], depth: usize) -> String {
    let Some(first) = nodes.first() else {
        return "true".to_owned();
    };
    let other = &nodes[choices.below(nodes.len())];
    match choices.below(if depth == 0 { 8 } else { 11 }) {
        0 => format!("{first}.n > {other}.n"),
        1 => format!("{other}.n IN [1, 2]"),
        2 => format!("{other}:A"),
        3 => format!("({other})-[:R]->()"),
        4 => format!("EXISTS {{ ({other})-->(z) WHERE z.n = {first}.n }}"),
        5 => format!("COUNT {{ ({other})--() }} > 1"),
        6 => format!("{other}.missing IS NULL"),
        7 => format!("any(z IN [({other})-->(y) | y.n] WHERE z > 0)"),
        8 => format!("NOT ({})", condition(choices, nodes, depth - 1)),
        9 => {
            let left = condition(choices, nodes, depth - 1);
            format!("({left} AND {})", condition(choices, nodes, depth - 1))
        }
        _ => {
            let left = condition(choices, nodes, depth - 1);
            format!("({left} OR {})", condition(choices, nodes, depth - 1))
        }
    }
}

/// A query that reads; its rows do not depend on the order in which anything is found.
pub fn query(choices: &mut Choices<'_>) -> String {
    let mut nodes: Vec<String> = Vec::new();
    let mut relationships: Vec<String> = Vec::new();
    let mut text = String::new();
    for clause in 0..1 + choices.below(2) {
        let optional = clause > 0 && choices.below(3) == 0;
        let patterns = 1 + choices.below(2);
        let patterns: Vec<String> = (0..patterns)
            .map(|_| pattern(choices, &mut nodes, &mut relationships))
            .collect();
        let word = if optional { "OPTIONAL MATCH" } else { "MATCH" };
        text.push_str(&format!("{word} {}", patterns.join(", ")));
        if choices.below(3) == 0 {
            text.push_str(&format!(" WHERE {}", condition(choices, &nodes, 2)));
        }
        text.push('\n');
    }
    let mut columns: Vec<String> = nodes
        .iter()
        .map(|name| format!("{name}.at AS {name}"))
        .collect();
    columns.extend(
        relationships
            .iter()
            .map(|name| format!("id({name}) AS {name}")),
    );
    columns.truncate(4);
    let names: Vec<&str> = nodes
        .iter()
        .chain(&relationships)
        .map(String::as_str)
        .take(4)
        .collect();
    match (choices.below(5), names.first()) {
        (_, None) => text.push_str("RETURN count(*) AS count"),
        (0, _) => text.push_str(&format!("RETURN DISTINCT {}", columns.join(", "))),
        (1, Some(first)) => text.push_str(&format!(
            "RETURN {}, count(*) AS count ORDER BY {first}, count",
            columns[0]
        )),
        (2, Some(first)) => text.push_str(&format!(
            "WITH {first}, count(*) AS count WHERE count > 1 RETURN count(DISTINCT {first}) AS count"
        )),
        (3, _) => text.push_str(&format!(
            "RETURN {} ORDER BY {} LIMIT {}",
            columns.join(", "),
            names.join(", "),
            choices.below(4)
        )),
        _ => text.push_str(&format!("RETURN {}", columns.join(", "))),
    }
    text
}

/// A query that writes, with a fault at its end where `fails`.
pub fn writing(choices: &mut Choices<'_>, fails: bool) -> String {
    let mut nodes: Vec<String> = vec!["a".to_owned()];
    let label = choices.pick(&["", ":A", ":B"]);
    let mut text = format!("MATCH (a{label})");
    if choices.below(2) == 0 {
        text.push_str(&format!(" WHERE {}", condition(choices, &nodes, 1)));
    }
    for _ in 0..1 + choices.below(3) {
        let next = match choices.below(8) {
            0 => "CREATE (:C {n: a.n})".to_owned(),
            1 => {
                let name = choices.name("x");
                nodes.push(name.clone());
                format!("CREATE (a)-[:R {{n: 7}}]->({name}:D)")
            }
            2 => "SET a.n = a.n + 1, a.extra = 'x'".to_owned(),
            3 => "SET a:E REMOVE a:A".to_owned(),
            4 => "REMOVE a.n".to_owned(),
            5 => "MERGE (a)-[:M]->(a)".to_owned(),
            6 => "SET a = {n: 0, at: 99}".to_owned(),
            _ => "MERGE (:F {n: coalesce(a.n, 0)})".to_owned(),
        };
        text.push_str(&format!("\n{next}"));
    }
    match (choices.below(3), fails) {
        (0, false) => text.push_str("\nDETACH DELETE a"),
        (_, false) => {}
        (0, true) => text.push_str("\nDETACH DELETE a WITH 1 AS one RETURN one / 0"),
        (_, true) => text.push_str("\nWITH count(*) AS count RETURN 1 / (count - count)"),
    }
    text
}

//! Keeps the tower straight: arrows go down, no two files need each other, every file says what it
//! is and stays short, and the core neither prints nor reads files nor looks at the clock.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up: a folder may use those below it, never those beside or above.
const FLOORS: &[&[&str]] = &[
    &["text"],
    &["model"],
    &["graph", "storage"],
    &["algebra"],
    &["import", "rules"],
    &["dump", "language", "optimize", "run"],
    &["answer"],
    &["why"],
    &["export"],
    &["engine"],
    &["front"],
    &["repl"],
    &["cli"],
];

/// The longest file in lines.
const LINES: usize = 600;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All source files, by their path below `src/`.
fn files() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(source()).expect("below src");
                let name = name.to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    assert!(found.len() > 50, "the sources are missing");
    found
}

/// The code of a file without its unit tests and comments.
fn code(text: &str) -> String {
    let own = text.split("#[cfg(test)]").next().unwrap_or(text);
    // `pub(in crate::folder)` names a folder and needs nothing of it.
    own.replace("in crate::", "")
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The paths behind every `crate::`, groups taken apart.
fn imports(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        path(&code[at + "crate::".len()..], &mut Vec::new(), &mut found);
    }
    found
}

/// Reads a path such as `a::b::{c, d::E}`; gives how much of the text it took.
fn path(text: &str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let word: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let rest = &text[word.len()..];
    let depth = before.len();
    let mut taken = word.len();
    if !word.is_empty() {
        before.push(word);
    }
    if let Some(more) = rest.strip_prefix("::") {
        taken += 2;
        if let Some(group) = more.strip_prefix('{') {
            taken += 1;
            let mut at = 0;
            loop {
                let skip = group[at..]
                    .find(|c: char| !c.is_whitespace() && c != ',')
                    .unwrap_or(0);
                at += skip;
                if group[at..].starts_with('}') || group[at..].is_empty() {
                    taken += at + 1;
                    break;
                }
                let step = path(&group[at..], before, found);
                at += step.max(1);
            }
        } else {
            taken += path(more, before, found);
        }
    } else {
        found.push(before.clone());
    }
    before.truncate(depth);
    taken
}

/// The file that a path leads to: as deep as there are modules.
fn resolve(path: &[String], files: &BTreeMap<String, String>) -> Option<String> {
    let mut at = String::new();
    let mut found = None;
    for segment in path {
        let file = format!("{at}{segment}.rs");
        let module = format!("{at}{segment}/mod.rs");
        if files.contains_key(&file) {
            found = Some(file);
        } else if files.contains_key(&module) {
            found = Some(module);
        } else {
            break;
        }
        at = format!("{at}{segment}/");
    }
    found
}

/// What each file needs: what it imports, and of a `mod.rs` its files.
fn needs(files: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<String>> {
    let mut needs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, text) in files {
        let code = code(text);
        let own = needs.entry(name).or_default();
        own.extend(
            imports(&code)
                .iter()
                .filter_map(|path| resolve(path, files)),
        );
        let folder = name.strip_suffix("mod.rs").unwrap_or("");
        for line in code.lines() {
            let line = line.trim().trim_start_matches("pub ");
            if let Some(module) = line.strip_prefix("mod ") {
                let module = module.trim_end_matches(';').to_owned();
                if !module.contains('{') && (name.ends_with("mod.rs") || name == "lib.rs") {
                    let path: Vec<String> = folder
                        .split('/')
                        .filter(|part| !part.is_empty())
                        .map(str::to_owned)
                        .chain([module])
                        .collect();
                    own.extend(resolve(&path, files));
                }
            }
        }
        own.remove(name);
    }
    needs
}

fn floor(file: &str) -> Option<usize> {
    let folder = file
        .split('/')
        .next()
        .unwrap_or(file)
        .trim_end_matches(".rs");
    FLOORS.iter().position(|floor| floor.contains(&folder))
}

#[test]
fn arrows_go_down() {
    let files = files();
    let mut wrong = Vec::new();
    for (name, needed) in needs(&files) {
        if ["lib.rs", "main.rs"].contains(&name) {
            continue;
        }
        let Some(own) = floor(name) else {
            wrong.push(format!("{name} is on no floor"));
            continue;
        };
        for other in needed {
            let same = other.split('/').next() == name.split('/').next();
            let below = floor(&other).is_some_and(|floor| floor < own);
            if !same && !below {
                wrong.push(format!("{name} needs {other}, which is not below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_need_each_other() {
    let files = files();
    let needs = needs(&files);
    let mut graph = DiGraph::new();
    let nodes: BTreeMap<&str, _> = files
        .keys()
        .map(|name| (name.as_str(), graph.add_node(name.as_str())))
        .collect();
    let mut arrows = 0;
    for (name, needed) in &needs {
        for other in needed {
            graph.add_edge(nodes[name], nodes[other.as_str()], ());
            arrows += 1;
        }
    }
    assert!(arrows > 200, "only {arrows} arrows were found");
    let circles: Vec<String> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|part| part.len() > 1)
        .map(|part| {
            let mut names: Vec<&str> = part.into_iter().map(|node| graph[node]).collect();
            names.sort_unstable();
            names.join(" ↔ ")
        })
        .collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let mut wrong = Vec::new();
    for (name, text) in files() {
        if !text.starts_with("//! ") {
            wrong.push(format!("{name} does not begin with what it is"));
        }
        let lines = text.lines().count();
        if lines > LINES {
            wrong.push(format!("{name} has {lines} lines"));
        }
        if code(&text).contains("super::*") {
            wrong.push(format!("{name} takes all from above"));
        }
    }
    for folder in ["tests", "benches"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                if !text.starts_with("//! ") || text.lines().count() > LINES {
                    wrong.push(format!("{} has no beginning or no end", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_is_pure() {
    let engine = FLOORS
        .iter()
        .position(|floor| floor.contains(&"engine"))
        .expect("a floor");
    let impure = [
        "std::fs",
        "std::env",
        "std::io",
        "println!",
        "Timestamp::now",
        "SystemTime",
        "anyhow",
    ];
    let mut wrong = Vec::new();
    for (name, text) in files() {
        // Storage is the one floor below the engine whose work is a file.
        let below = floor(&name).is_some_and(|floor| floor <= engine);
        let below = below && !name.starts_with("storage/");
        let code = code(&text);
        for word in impure.iter().filter(|word| below && code.contains(**word)) {
            wrong.push(format!("{name} uses {word}"));
        }
        let edge = ["main.rs", "cli/", "repl/"]
            .iter()
            .any(|edge| name.starts_with(edge));
        if code.contains("anyhow") && !edge {
            wrong.push(format!("{name} uses anyhow"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_read_with_their_groups() {
    let read = |text: &str| {
        let paths = imports(text);
        paths.iter().map(|path| path.join("::")).collect::<Vec<_>>()
    };
    assert_eq!(
        read("use crate::a::{b::C, d::{E, F}, g}; crate::h::i()"),
        ["a::b::C", "a::d::E", "a::d::F", "a::g", "h::i"]
    );
}

//! The order in which relations are derived: what stands behind `not` is settled before what looks
//! at it. It knows rules by their names of relations only.

use crate::model::{Rule, RuleCondition, Rules};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The relations that a rule names, the head's first.
pub fn names(rule: &Rule) -> Vec<&str> {
    let mut names = vec![rule.head.relation.as_str()];
    names.extend(premises(rule).map(|(name, _)| name));
    names
}

/// The relations of a rule's conditions, and whether they stand behind `not`.
fn premises(rule: &Rule) -> impl Iterator<Item = (&str, bool)> {
    rule.body.iter().filter_map(|condition| match condition {
        RuleCondition::Fact { fact, negated, .. } => Some((fact.relation.as_str(), *negated)),
        RuleCondition::IsA { .. } | RuleCondition::Same { .. } | RuleCondition::Property { .. } => {
            None
        }
    })
}

/// The rules in force that bear on some relations, all where none is given, in strata: what one rests
/// on comes before it, and relations that need each other are together.
pub fn strata<'r>(rules: &'r Rules, wanted: Option<&[&str]>) -> Vec<Vec<(usize, &'r Rule)>> {
    let all: Vec<(usize, &Rule)> = rules
        .all()
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.on)
        .collect();
    let heads: BTreeSet<&str> = all
        .iter()
        .map(|(_, rule)| rule.head.relation.as_str())
        .collect();
    let mut needed: BTreeSet<&str> = match wanted {
        None => heads.clone(),
        Some(some) => heads
            .iter()
            .copied()
            .filter(|head| some.contains(head))
            .collect(),
    };
    let mut open: Vec<&str> = needed.iter().copied().collect();
    while let Some(head) = open.pop() {
        for (_, rule) in all.iter().filter(|(_, rule)| rule.head.relation == head) {
            for (name, _) in premises(rule).filter(|(name, _)| heads.contains(name)) {
                if needed.insert(name) {
                    open.push(name);
                }
            }
        }
    }
    let mut graph: DiGraph<&str, ()> = DiGraph::new();
    let nodes: BTreeMap<&str, NodeIndex> = needed
        .iter()
        .map(|head| (*head, graph.add_node(head)))
        .collect();
    for (_, rule) in &all {
        for (name, _) in premises(rule) {
            let ends = (nodes.get(rule.head.relation.as_str()), nodes.get(name));
            if let (Some(head), Some(premise)) = ends {
                graph.add_edge(*head, *premise, ());
            }
        }
    }
    // Tarjan's algorithm gives what is pointed to first.
    tarjan_scc(&graph)
        .into_iter()
        .map(|group| {
            let own: Vec<&str> = group.iter().map(|node| graph[*node]).collect();
            let heads_one = |rule: &Rule| own.contains(&rule.head.relation.as_str());
            all.iter()
                .filter(|(_, rule)| heads_one(rule))
                .copied()
                .collect()
        })
        .collect()
}

/// A cycle through `not` among the rules in force, step by step in words.
pub fn cycle_through_not(rules: &Rules) -> Option<Vec<String>> {
    let mut needs: BTreeMap<&str, Vec<(&str, bool, &str)>> = BTreeMap::new();
    for rule in rules.in_force() {
        for (name, negated) in premises(rule) {
            let head = rule.head.relation.as_str();
            needs
                .entry(head)
                .or_default()
                .push((name, negated, &rule.name));
        }
    }
    let step = |head: &str, name: &str, negated: bool, rule: &str| {
        let not = if negated { "no " } else { "" };
        let by = match rule.is_empty() {
            true => String::new(),
            false => format!(" (rule {rule})"),
        };
        format!("`{head}` needs {not}`{name}`{by}")
    };
    for (head, premises) in &needs {
        for (name, _, rule) in premises.iter().filter(|(_, negated, _)| *negated) {
            if let Some(way) = way(&needs, name, head) {
                let mut told = vec![step(head, name, true, rule)];
                told.extend(
                    way.iter()
                        .map(|(head, name, not, rule)| step(head, name, *not, rule)),
                );
                return Some(told);
            }
        }
    }
    None
}

type Needs<'r> = BTreeMap<&'r str, Vec<(&'r str, bool, &'r str)>>;

/// The shortest chain of needs from one relation to another; empty where they are the same.
fn way<'r>(
    needs: &Needs<'r>,
    from: &'r str,
    to: &'r str,
) -> Option<Vec<(&'r str, &'r str, bool, &'r str)>> {
    let mut came: BTreeMap<&str, (&str, &str, bool, &str)> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    let mut seen = BTreeSet::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let mut steps = Vec::new();
            let mut at = to;
            while let Some(step) = came.get(at).filter(|_| at != from) {
                steps.push(*step);
                at = step.0;
            }
            steps.reverse();
            return Some(steps);
        }
        for (name, negated, rule) in needs.get(at).into_iter().flatten() {
            if seen.insert(name) {
                came.insert(name, (at, name, *negated, rule));
                queue.push_back(name);
            }
        }
    }
    None
}

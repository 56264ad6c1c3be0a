//! Rules of a case: a text of rules becomes changes, the library that is a part of the program lends
//! its own.

#![allow(clippy::wildcard_enum_match_arm)] // Of changes only those of rules matter.

use crate::engine::case::Engine;
use crate::language::rule::ast::RuleText;
use crate::language::script::{self, Kind};
use crate::language::{rule, statement};
use crate::model::{
    Change, RelationDeclaration, Rule, RuleCondition, Rules, TypeDeclaration, Vocabulary,
};
use crate::rules;
use crate::text::{Diagnostic, Span, nearest, quoted_list};

/// The rules that every case may switch on, as text.
pub const LIBRARY: &str = include_str!("../../data/rules.who");

/// The rules as they will be while a text is read, so that each is checked beside those before it.
pub(in crate::engine) struct Book {
    rules: Rules,
}

impl Book {
    /// Begins with the rules of a case.
    pub fn new(rules: &Rules) -> Book {
        Book {
            rules: rules.clone(),
        }
    }

    /// The changes that a text about rules asks for.
    pub fn lower(
        &mut self,
        text: &RuleText,
        words: &mut Vocabulary,
    ) -> Result<Vec<Change>, Diagnostic> {
        let mut changes = Vec::new();
        if let RuleText::Switch(name, true) = text
            && self.rules.named(&name.node).is_none()
        {
            changes = lent(&name.node, words).ok_or_else(|| {
                no_rule(
                    &name.node,
                    self.known().iter().map(|name| &**name),
                    name.span,
                )
            })?;
        }
        if let RuleText::Switch(name, false) | RuleText::Drop(name) = text
            && self.rules.named(&name.node).is_none()
        {
            // What was never switched on is off already.
            return match lent(&name.node, &mut words.clone()) {
                Some(_) => Ok(Vec::new()),
                None => Err(no_rule(
                    &name.node,
                    self.known().iter().map(|name| &**name),
                    name.span,
                )),
            };
        }
        let span = match text {
            RuleText::Rule(rule) => rule.head.subject.span.to(rule.head.object.span),
            RuleText::Switch(name, _) | RuleText::Drop(name) => name.span,
        };
        changes.extend(rule::lower(text, words)?);
        for change in &changes {
            match change {
                Change::DeclareRule(rule) => {
                    self.rules.declare(Rule::clone(rule));
                }
                Change::SwitchRule { name, on } => {
                    self.rules.switch(name, *on);
                }
                Change::DropRule { name } => {
                    self.rules.drop(name);
                }
                Change::DeclareType(_)
                | Change::DeclareRelation(_)
                | Change::Entity { .. }
                | Change::Property { .. }
                | Change::ExternalId { .. }
                | Change::Assert(_)
                | Change::Retract { .. }
                | Change::Merge { .. }
                | Change::Part { .. } => {}
            }
        }
        if let Some(cycle) = rules::cycle_through_not(&self.rules) {
            return Err(
                Diagnostic::new("this rule would depend on its own absence", span)
                    .label("a cycle through `not`")
                    .note(format!("the cycle: {}", cycle.join(", ")))
                    .help("what is behind `not` must be settled without what it decides"),
            );
        }
        Ok(changes)
    }

    /// Declares the relations that rules of a text give and no sentence declares, since a rule may use
    /// what a later one gives. These changes stand before all others of the text, so that relations
    /// have the same numbers here and in the case. What is wrong with a rule is told when its turn comes.
    pub fn foresee(&self, text: &str, words: &mut Vocabulary) -> Vec<Change> {
        let mut changes = Vec::new();
        if !text
            .split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("if"))
        {
            return changes;
        }
        let items = script::items(text);
        let statements = || items.iter().filter(|item| item.kind == Kind::Statement);
        let mut declared = words.clone();
        for item in statements() {
            let mut tokens = item.span.of(text).split_whitespace();
            if tokens
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case("relation"))
                && let Some(name) = tokens.next()
            {
                declared.declare_relation(RelationDeclaration {
                    name: name.trim_matches(['.', ',']).to_owned(),
                    ..RelationDeclaration::default()
                });
            }
        }
        for item in statements() {
            let sentence = item.span.of(text);
            if rule::is_rule(sentence)
                && let Ok(RuleText::Rule(tree)) = rule::parse(sentence)
                && let Some(new) = rule::lower::declared(&tree.head, &declared)
            {
                declared.declare_relation(new.clone());
                words.declare_relation(new.clone());
                changes.push(Change::DeclareRelation(Box::new(new)));
            }
        }
        changes
    }

    fn known(&self) -> Vec<String> {
        let own = self.rules.all().iter().map(|rule| rule.name.clone());
        own.chain(library().into_iter().map(|(name, _)| name))
            .collect()
    }
}

/// The changes that bring a rule of the library in: the words that it needs and the case lacks, and the
/// rule.
fn lent(name: &str, words: &mut Vocabulary) -> Option<Vec<Change>> {
    let (_, changes) = library().into_iter().find(|(known, _)| known == name)?;
    let lacks = |change: &Change| match change {
        Change::DeclareRelation(needed) => words.relation_named(&needed.name).is_none(),
        Change::DeclareType(needed) => words.type_named(&needed.name).is_none(),
        _ => true,
    };
    let changes: Vec<Change> = changes.into_iter().filter(lacks).collect();
    for change in &changes {
        match change {
            Change::DeclareRelation(declaration) => {
                words.declare_relation(RelationDeclaration::clone(declaration));
            }
            Change::DeclareType(declaration) => {
                words.declare_type(TypeDeclaration::clone(declaration));
            }
            _ => {}
        }
    }
    Some(changes)
}

/// The rules of the library by name, each with the declarations that it needs.
pub(in crate::engine) fn library() -> Vec<(String, Vec<Change>)> {
    let mut words = vocabulary();
    let context = crate::language::question::Context::default();
    let mut lowering = statement::Lowering::new(words.clone(), &context);
    let mut found: Vec<(String, Vec<Change>)> = Vec::new();
    for item in script::items(LIBRARY) {
        let sentence = item.span.of(LIBRARY);
        let changes = match rule::is_rule(sentence) {
            true => rule::parse(sentence).and_then(|tree| rule::lower(&tree, &mut words)),
            false => statement::parse(sentence).and_then(|tree| lowering.sentence(&tree)),
        };
        // A test loads this text and shows what is wrong with it.
        for change in changes.unwrap_or_default() {
            match change {
                Change::DeclareRelation(declaration) => {
                    words.declare_relation(*declaration);
                }
                Change::DeclareRule(rule) => {
                    let mut changes = needed(&rule, &words);
                    let name = rule.name.clone();
                    changes.push(Change::DeclareRule(rule));
                    found.push((name, changes));
                }
                _ => {}
            }
        }
    }
    found
}

/// The declarations of the types and relations that a rule names.
fn needed(rule: &Rule, words: &Vocabulary) -> Vec<Change> {
    let mut changes = Vec::new();
    for condition in &rule.body {
        if let RuleCondition::IsA { kind, .. } = condition
            && let Some(id) = words.type_named(kind)
        {
            changes.push(Change::DeclareType(Box::new(words.type_of(id).clone())));
        }
    }
    let mut names = rules::names(rule);
    names.sort_unstable();
    names.dedup();
    let ids = names
        .into_iter()
        .filter_map(|name| words.relation_named(name));
    changes.extend(ids.map(|id| Change::DeclareRelation(Box::new(words.relation(id).clone()))));
    changes
}

/// The words that every case begins with.
fn vocabulary() -> Vocabulary {
    let context = crate::language::question::Context::default();
    let mut lowering = statement::Lowering::new(Vocabulary::new(), &context);
    for item in script::items(crate::engine::case::VOCABULARY) {
        let sentence = item.span.of(crate::engine::case::VOCABULARY);
        let _ = statement::parse(sentence).and_then(|tree| lowering.sentence(&tree));
    }
    lowering.words
}

impl Engine {
    /// The rules that come with the program, in force or not: names and what they say.
    pub fn library(&self) -> Vec<(String, String)> {
        let said = |change: &Change| match change {
            Change::DeclareRule(rule) => Some(rule::print::content(rule)),
            _ => None,
        };
        let rules = library().into_iter();
        rules
            .map(|(name, changes)| (name, changes.iter().find_map(said).unwrap_or_default()))
            .collect()
    }
}

/// There is no rule of that name.
pub(in crate::engine) fn no_rule<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
    span: Span,
) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let near = nearest(name, known.iter().copied(), 3);
    let said = Diagnostic::new(format!("no rule is called `{name}`"), span).label("unknown rule");
    match near.first() {
        Some(first) => said
            .help(format!("did you mean {}?", quoted_list(&near)))
            .suggest((*first).to_owned()),
        None => said.help("`.rules` lists the rules"),
    }
}

//! Rules of a case: a text of rules becomes changes, the library that is a part of the program lends
//! its own, and what rules derive is worked out when a question asks for it.

use crate::language::rule::ast::RuleText;
use crate::language::script::{self, Kind};
use crate::language::{rule, statement};
use crate::model::{Change, RelationDeclaration, Rules, Vocabulary};
use crate::rules;
use crate::text::{Diagnostic, Span, nearest, quoted_list};

/// The rules that every case may switch on, as text.
pub const LIBRARY: &str = include_str!("../../data/rules.who");

/// The rules as they will be while a text is read, so that each is checked beside those before it.
pub(in crate::engine) struct Book {
    rules: Rules,
    foreseen: Vec<RelationDeclaration>,
}

impl Book {
    /// Begins with the rules of a case.
    pub fn new(rules: &Rules) -> Book {
        Book {
            rules: rules.clone(),
            foreseen: Vec::new(),
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
        // Before the first rule of a text stands what its rules give.
        let foreseen = std::mem::take(&mut self.foreseen).into_iter();
        changes.extend(foreseen.map(Change::DeclareRelation));
        changes.extend(rule::lower(text, words)?);
        for change in &changes {
            match change {
                Change::DeclareRule(rule) => {
                    self.rules.declare(rule.clone());
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

    /// Gets to know the relations that rules of a text give, since a rule may use what a later one
    /// gives. What is wrong with a rule is told when its turn comes.
    pub fn foresee(&mut self, text: &str, words: &mut Vocabulary) {
        if !text
            .split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("if"))
        {
            return;
        }
        let statements = script::items(text).into_iter();
        for item in statements.filter(|item| item.kind == Kind::Statement) {
            let sentence = item.span.of(text);
            if rule::is_rule(sentence)
                && let Ok(RuleText::Rule(tree)) = rule::parse(sentence)
                && let Some(new) = rule::lower::declared(&tree.head, words)
            {
                words.declare_relation(new.clone());
                self.foreseen.push(new);
            }
        }
    }

    fn known(&self) -> Vec<String> {
        let own = self.rules.all().iter().map(|rule| rule.name.clone());
        own.chain(library().into_iter().map(|(name, _)| name))
            .collect()
    }
}

/// The changes that bring a rule of the library in: the words that it needs, and the rule.
fn lent(name: &str, words: &mut Vocabulary) -> Option<Vec<Change>> {
    let (_, changes) = library().into_iter().find(|(known, _)| known == name)?;
    for change in &changes {
        if let Change::DeclareRelation(declaration) = change {
            words.declare_relation(declaration.clone());
        }
    }
    Some(changes)
}

/// The rules of the library by name, each with the declarations that it needs.
pub(in crate::engine) fn library() -> Vec<(String, Vec<Change>)> {
    let mut lowering_words = vocabulary();
    let context = crate::language::question::Context::default();
    let mut lowering = statement::Lowering::new(lowering_words.clone(), &context);
    let mut declared: Vec<Change> = Vec::new();
    let mut found: Vec<(String, Vec<Change>)> = Vec::new();
    for item in script::items(LIBRARY) {
        let sentence = item.span.of(LIBRARY);
        let changes = match rule::is_rule(sentence) {
            true => rule::parse(sentence).and_then(|tree| rule::lower(&tree, &mut lowering_words)),
            false if item.kind == Kind::Statement => {
                statement::parse(sentence).and_then(|tree| lowering.sentence(&tree))
            }
            false => Ok(Vec::new()),
        };
        // A test loads this text and shows what is wrong with it.
        for change in changes.unwrap_or_default() {
            match change {
                Change::DeclareRelation(declaration) => {
                    lowering_words.declare_relation(declaration.clone());
                    declared.push(Change::DeclareRelation(declaration));
                }
                Change::DeclareRule(rule) => {
                    let needs = |change: &&Change| match change {
                        Change::DeclareRelation(declaration) => {
                            rules::names(&rule).contains(&declaration.name.as_str())
                        }
                        _ => false,
                    };
                    let mut changes: Vec<Change> = declared.iter().filter(needs).cloned().collect();
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

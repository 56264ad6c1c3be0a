//! Patterns are checked: what they bind, what they may use, what can be made.

use crate::language::gql::ast::{
    Element, Expr, Expression, Labels, NodePattern, Pattern, RelationshipPattern,
};
use crate::language::gql::checker::{Checked, Checker, Place, Use};
use crate::language::gql::kinds::{Kind, Known};
use crate::language::gql::mistakes::mistake;
use crate::language::gql::scope::Scope;
use crate::text::{Diagnostic, Span};

impl Checker<'_> {
    /// Checks the patterns of a clause and adds what they bind.
    pub(in crate::language::gql) fn patterns(
        &self,
        list: &[Pattern],
        scope: &mut Scope,
        used: Use,
    ) -> Checked<()> {
        let mut own: Vec<String> = Vec::new();
        for one in list {
            self.checked(one, scope, used, &mut own)?;
        }
        Ok(())
    }

    /// Checks one pattern and adds what it binds.
    pub(in crate::language::gql) fn pattern(
        &self,
        one: &Pattern,
        scope: &mut Scope,
        used: Use,
    ) -> Checked<()> {
        self.checked(one, scope, used, &mut Vec::new())
    }

    pub(in crate::language::gql) fn checked(
        &self,
        one: &Pattern,
        scope: &mut Scope,
        used: Use,
        relationships: &mut Vec<String>,
    ) -> Checked<()> {
        if let Some(variable) = &one.variable {
            let inside = one
                .elements
                .iter()
                .any(|element| binds(element, &variable.node));
            if scope.has(&variable.node) || inside {
                return Err(bound(&variable.node, variable.span));
            }
        }
        let alone = one.elements.len() == 1;
        // Everything that the pattern binds is there for the maps and conditions inside it.
        for element in &one.elements {
            match element {
                Element::Node(found) => node(found, scope, used, alone)?,
                Element::Relationship(found) => relationship(found, scope, used, relationships)?,
                Element::Quantified {
                    elements,
                    condition,
                    ..
                } => {
                    let mut repeated = scope.clone();
                    for element in elements {
                        match element {
                            Element::Node(found) => node(found, &mut repeated, used, false)?,
                            Element::Relationship(found) => {
                                relationship(found, &mut repeated, used, relationships)?;
                            }
                            Element::Quantified { .. } => {}
                        }
                    }
                    // Inside, a variable is one value each time.
                    for element in elements {
                        let (properties, condition) = match element {
                            Element::Node(found) => (&found.properties, &found.condition),
                            Element::Relationship(found) => (&found.properties, &found.condition),
                            Element::Quantified { .. } => (&None, &None),
                        };
                        self.inside(properties, condition, &repeated, used)?;
                    }
                    self.inside(&None, condition, &repeated, used)?;
                    // Outside of it each variable is the list of its values.
                    let fresh: Vec<String> = repeated
                        .names()
                        .filter(|name| !scope.has(name))
                        .map(str::to_owned)
                        .collect();
                    for name in fresh {
                        scope.add(&name, Kind::List(Box::new(Kind::Any)));
                    }
                }
            }
        }
        for element in &one.elements {
            let (properties, condition) = match element {
                Element::Node(found) => (&found.properties, &found.condition),
                Element::Relationship(found) => (&found.properties, &found.condition),
                Element::Quantified { .. } => (&None, &None),
            };
            self.inside(properties, condition, scope, used)?;
        }
        if let Some(variable) = &one.variable {
            scope.add(&variable.node, Kind::Path);
        }
        Ok(())
    }

    pub(in crate::language::gql) fn inside(
        &self,
        properties: &Option<Expr>,
        condition: &Option<Expr>,
        scope: &Scope,
        used: Use,
    ) -> Checked<()> {
        if let Some(properties) = properties {
            if matches!(properties.node, Expression::Parameter(_)) && used != Use::Create {
                return Err(mistake(
                    "InvalidParameterUse",
                    "a parameter cannot stand for a map here",
                    properties.span,
                )
                .label("which properties are meant?")
                .help("write them out: `{name: $name}`"));
            }
            self.expression(
                properties,
                scope,
                Place {
                    aggregates: false,
                    patterns: false,
                },
            )?;
        }
        if let Some(condition) = condition {
            self.expression(
                condition,
                scope,
                Place {
                    aggregates: false,
                    patterns: true,
                },
            )?;
        }
        Ok(())
    }
}

fn binds(element: &Element, name: &str) -> bool {
    let is = |variable: &Option<crate::language::gql::ast::Name>| {
        variable
            .as_ref()
            .is_some_and(|variable| variable.node == name)
    };
    match element {
        Element::Node(found) => is(&found.variable),
        Element::Relationship(found) => is(&found.variable),
        Element::Quantified { elements, .. } => elements.iter().any(|element| binds(element, name)),
    }
}

fn bound(name: &str, span: Span) -> Diagnostic {
    mistake(
        "VariableAlreadyBound",
        format!("`{name}` is defined already"),
        span,
    )
    .label("the second time")
    .help("use another name")
}

fn conflict(name: &str, known: &Kind, wanted: &str, span: Span) -> Diagnostic {
    mistake(
        "VariableTypeConflict",
        format!("`{name}` is {}, not {wanted}", known.word()),
        span,
    )
    .label(format!("used as {wanted}"))
    .help("use another name")
}

fn node(found: &NodePattern, scope: &mut Scope, used: Use, alone: bool) -> Checked<()> {
    let Some(variable) = &found.variable else {
        return Ok(());
    };
    match scope.kind(&variable.node) {
        None if used == Use::Ask => {
            return Err(scope
                .wanted(&variable.node, variable.span)
                .err()
                .unwrap_or_else(|| bound(&variable.node, variable.span)));
        }
        None => scope.add(&variable.node, Kind::Node),
        Some(Kind::Node | Kind::Any | Kind::Null) => {
            let says_more = found.labels.is_some() || found.properties.is_some();
            if matches!(used, Use::Create | Use::Merge) && (alone || says_more) {
                return Err(bound(&variable.node, variable.span));
            }
        }
        Some(known) => return Err(conflict(&variable.node, &known, "a node", variable.span)),
    }
    Ok(())
}

fn relationship(
    found: &RelationshipPattern,
    scope: &mut Scope,
    used: Use,
    own: &mut Vec<String>,
) -> Checked<()> {
    if let Some(variable) = &found.variable {
        let repeated = own.contains(&variable.node);
        match scope.kind(&variable.node) {
            None if used == Use::Ask => {
                return Err(scope
                    .wanted(&variable.node, variable.span)
                    .err()
                    .unwrap_or_else(|| bound(&variable.node, variable.span)));
            }
            None => {
                let kind = match found.times {
                    None => Kind::Relationship,
                    Some(_) => Kind::List(Box::new(Kind::Relationship)),
                };
                scope.add(&variable.node, kind);
            }
            Some(_) if matches!(used, Use::Create | Use::Merge) => {
                return Err(bound(&variable.node, variable.span));
            }
            Some(_) if repeated && used == Use::Match => {
                return Err(mistake(
                    "RelationshipUniquenessViolation",
                    format!("`{}` stands twice in one pattern", variable.node),
                    variable.span,
                )
                .label("no relationship matches twice")
                .help("use another name"));
            }
            Some(Kind::Relationship | Kind::Any | Kind::Null) => {}
            Some(Kind::List(item))
                if matches!(*item, Kind::Relationship | Kind::Any) && found.times.is_some() => {}
            Some(known) => {
                return Err(conflict(
                    &variable.node,
                    &known,
                    "a relationship",
                    variable.span,
                ));
            }
        }
        own.push(variable.node.clone());
    }
    if !matches!(used, Use::Create | Use::Merge) {
        return Ok(());
    }
    if found.times.is_some() {
        return Err(mistake(
            "CreatingVarLength",
            "a relationship of several hops cannot be made",
            found.span,
        )
        .label("several hops")
        .help("make them one by one"));
    }
    if !matches!(found.types, Some(Labels::Is(_))) {
        return Err(mistake(
            "NoSingleRelationshipType",
            "a relationship is made with exactly one type",
            found.span,
        )
        .label("no type, or several")
        .help("write for example `-[:TYPE]->`"));
    }
    if used == Use::Create && found.left == found.right {
        return Err(mistake(
            "RequiresDirectedRelationship",
            "a relationship is made in one direction",
            found.span,
        )
        .label("which way?")
        .help("write `-[:TYPE]->` or `<-[:TYPE]-`"));
    }
    Ok(())
}

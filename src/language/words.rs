//! From words to what a case knows: names to entities, nouns to types, verbs to relations. A word
//! that means nothing or several things is a diagnostic with its candidates, never a guess.

use crate::algebra::Route;
use crate::graph::{Direction, GraphView};
use crate::language::question::ast::{Body, Operand, Operands, Predicate, VerbClause, Voice};
use crate::model::{EntityId, Form, Reading, RelationId, TypeId, Vocabulary};
use crate::text::{Diagnostic, Span, Spanned, nearest, quoted_list};

/// How many candidates a message lists.
const CANDIDATES: usize = 5;

/// The one entity of a name: by handle, else by an alias that only one entity has, else by the
/// spelling that folds alike.
pub fn entity(view: &dyn GraphView, name: &str, span: Span) -> Result<EntityId, Diagnostic> {
    let found = view.entities().resolve(name);
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(unknown_entity(view, name, span)),
        several => {
            let handles: Vec<&str> = several
                .iter()
                .map(|id| view.entities().name(*id))
                .take(CANDIDATES)
                .collect();
            let rest = several.len().saturating_sub(CANDIDATES);
            let more = if rest > 0 {
                format!(" and {rest} more")
            } else {
                String::new()
            };
            Err(Diagnostic::new(
                format!("`{name}` is the name of {} entities", several.len()),
                span,
            )
            .label("ambiguous name")
            .note(format!("it may be {}{more}", quoted_list(&handles)))
            .help("write the one that you mean"))
        }
    }
}

fn unknown_entity(view: &dyn GraphView, name: &str, span: Span) -> Diagnostic {
    let near = view.entities().near(name, CANDIDATES);
    let missing = Diagnostic::new(format!("no entity is called `{}`", shortened(name)), span)
        .label("unknown name");
    if near.is_empty() {
        if let Some(noun) = view.vocabulary().type_named(name) {
            let noun = &view.vocabulary().type_of(noun).name;
            return missing
                .note(format!("`{noun}` is a type"))
                .help(format!("for any of that type write `any {noun}`"));
        }
        return missing.help(match view.entities().len() {
            0 => "the case is empty: load facts first, for example with `run facts.who`".to_owned(),
            _ => "check the spelling; `UK_*` finds names by their beginning".to_owned(),
        });
    }
    let suggestion = crate::language::spelling::name(&near[0]);
    let shown: Vec<String> = near
        .iter()
        .map(|name| crate::language::spelling::name(name))
        .collect();
    missing
        .help(format!("did you mean {}?", quoted_list(&shown)))
        .suggest(suggestion)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The type of a noun.
pub fn noun(words: &Vocabulary, noun: &str, span: Span) -> Result<TypeId, Diagnostic> {
    words.type_named(noun).ok_or_else(|| {
        let nouns: Vec<String> = words
            .types()
            .flat_map(|(id, declared)| [declared.name.clone(), words.plural(id)])
            .collect();
        let near = nearest(noun, nouns.iter().map(String::as_str), 3);
        let unknown = Diagnostic::new(
            format!("`{}` is no type of this case", shortened(noun)),
            span,
        )
        .label("unknown noun");
        match near.first() {
            Some(first) => unknown
                .help(format!("did you mean {}?", quoted_list(&near)))
                .suggest((*first).to_owned()),
            None => unknown.help("`.types` lists the types; `who` and `what` ask for any entity"),
        }
    })
}

/// How a verb stands in its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// `targeted X`
    Active,
    /// `was targeted by X`
    Passive,
    /// `are attributed to X`, `is part-of X`
    Forward,
    /// `was summoned`: nobody is named who did it.
    Suffered,
}

/// A verb as it was written.
#[derive(Clone, Copy, Debug)]
pub struct Verb<'a> {
    /// The verb.
    pub verb: &'a str,
    /// The word behind it.
    pub particle: Option<&'a str>,
    /// Where both stand.
    pub span: Span,
    /// How it stands.
    pub stand: Stand,
}

/// The relation of a verb with the way in which it runs from the grammatical subject; both ways for
/// a symmetric relation.
pub fn routes(words: &Vocabulary, verb: Verb<'_>) -> Result<Vec<Route>, Diagnostic> {
    let readings = readings(words, verb)?;
    let mut relations: Vec<RelationId> = readings.iter().map(|reading| reading.relation).collect();
    relations.dedup();
    if relations.len() > 1 {
        // The canonical name of one relation may be another's synonym: the name's own relation wins.
        let phrase = phrase(verb);
        let own = words.relation_named(&phrase);
        match own.filter(|own| relations.contains(own)) {
            Some(own) => relations = vec![own],
            None => {
                let names: Vec<&str> = relations
                    .iter()
                    .map(|id| words.relation(*id).name.as_str())
                    .collect();
                return Err(Diagnostic::new(
                    format!("`{phrase}` may mean {} relations", names.len()),
                    verb.span,
                )
                .label("ambiguous verb")
                .help(format!("write {}", quoted_list(&names))));
            }
        }
    }
    let reading = readings
        .into_iter()
        .find(|reading| reading.relation == relations[0]);
    let reversed = reading.is_some_and(|reading| reading.reversed);
    let flipped = match verb.stand {
        Stand::Active | Stand::Forward => reversed,
        Stand::Passive | Stand::Suffered => !reversed,
    };
    let direction = if flipped {
        Direction::In
    } else {
        Direction::Out
    };
    let route = Route {
        relation: relations[0],
        direction,
    };
    Ok(match words.relation(relations[0]).symmetric {
        true => vec![
            route,
            Route {
                direction: direction.reversed(),
                ..route
            },
        ],
        false => vec![route],
    })
}

fn phrase(verb: Verb<'_>) -> String {
    match verb.particle {
        Some(particle) => format!("{} {particle}", verb.verb),
        None => verb.verb.to_owned(),
    }
}

/// The readings of a verb that fit how it stands, ordered by relation.
fn readings(words: &Vocabulary, verb: Verb<'_>) -> Result<Vec<Reading>, Diagnostic> {
    let finite = |form: Form| match form {
        Form::Base | Form::Third | Form::Past | Form::Phrase | Form::Participle => true,
        Form::Gerund => verb.stand == Stand::Forward,
        Form::Noun => false,
    };
    let found: Vec<Reading> = words
        .readings(verb.verb, verb.particle)
        .iter()
        .copied()
        .filter(|reading| finite(reading.form))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // `are members of`: a noun that is a verb phrase with its particle, in the plural.
    if let (Some(particle), Some(singular)) = (verb.particle, verb.verb.strip_suffix('s')) {
        let phrases = words.readings(singular, Some(particle));
        if phrases.iter().any(|reading| reading.form == Form::Phrase) {
            return Ok(phrases.to_vec());
        }
    }
    // `was blamed for X by Y`: the particle may belong to a phrase that is read from the far side.
    if verb.stand == Stand::Passive {
        let by: Vec<Reading> = words.readings(verb.verb, Some("by")).to_vec();
        if !by.is_empty() {
            let turn = |reading: Reading| Reading {
                reversed: !reading.reversed,
                ..reading
            };
            return Ok(by.into_iter().map(turn).collect());
        }
    }
    Err(unknown_verb(words, verb))
}

fn unknown_verb(words: &Vocabulary, verb: Verb<'_>) -> Diagnostic {
    let asked = phrase(verb);
    let missing = Diagnostic::new(
        format!("no relation is called `{}`", shortened(&asked)),
        verb.span,
    )
    .label("unknown verb");
    if ["call", "calls"]
        .iter()
        .any(|word| verb.verb.eq_ignore_ascii_case(word))
    {
        return missing.help(
            "write `who calls A \"B\"` for those who use a name, `what is A called` for all names",
        );
    }
    // A verb that is right but for its particle is told apart from one that is misspelt.
    let mut same_verb: Vec<String> = words
        .relations()
        .flat_map(|(id, _)| {
            [Form::Past, Form::Base, Form::Third, Form::Participle]
                .map(|form| words.phrase(id, form))
        })
        .filter(|phrase| {
            phrase
                .split(' ')
                .next()
                .is_some_and(|first| first.eq_ignore_ascii_case(verb.verb))
        })
        .collect();
    same_verb.sort();
    same_verb.dedup();
    if let Some(first) = same_verb.first() {
        return missing
            .help(format!("did you mean {}?", quoted_list(&same_verb)))
            .suggest(first.clone());
    }
    // What fits the place comes before other forms.
    let form = match verb.stand {
        Stand::Active => Form::Past,
        Stand::Passive | Stand::Forward | Stand::Suffered => Form::Participle,
    };
    let fitting: Vec<String> = words
        .relations()
        .map(|(id, _)| words.phrase(id, form))
        .collect();
    let others: Vec<String> = words
        .phrases()
        .map(|(phrase, _)| phrase.to_owned())
        .collect();
    let mut near = nearest(&asked, fitting.iter().map(String::as_str), 3);
    if near.is_empty() {
        near = nearest(&asked, others.iter().map(String::as_str), 3);
    }
    match near.first() {
        Some(first) => missing
            .help(format!("did you mean {}?", quoted_list(&near)))
            .suggest((*first).to_owned()),
        None => {
            missing.help("`.relations` lists the verbs; a file may declare its own: `relation … .`")
        }
    }
}

/// `that APT31 used` as `that was used by APT31`: a clause whose verb is a name and whose object is
/// a verb has its subject in front. Only the case can tell the two apart.
pub fn turned(view: &dyn GraphView, clause: &VerbClause) -> Option<VerbClause> {
    let objects = clause.objects.as_ref()?;
    let Operands::One(object) = &objects.node else {
        return None;
    };
    let Operand::Name(verb) = &object.node else {
        return None;
    };
    let words = view.vocabulary();
    let plain =
        clause.voice == Voice::Active && clause.particle.is_none() && clause.adverb.is_none();
    let subject_in_front = words.readings(&clause.verb.node, None).is_empty()
        && !words.readings(verb, None).is_empty()
        && !view.entities().resolve(&clause.verb.node).is_empty();
    (plain && subject_in_front).then(|| VerbClause {
        voice: Voice::Passive,
        verb: Spanned::new(verb.clone(), object.span),
        objects: Some(Spanned::new(
            Operands::One(Spanned::new(
                Operand::Name(clause.verb.node.clone()),
                clause.verb.span,
            )),
            clause.verb.span,
        )),
        ..clause.clone()
    })
}

/// `who is part-of UK` as what it says: a question whose subject is a verb and whose verb is a name
/// asks for the subject. Only the case can tell.
pub fn turned_question(view: &dyn GraphView, body: &Body) -> Option<Body> {
    let Body::Object {
        asked,
        count,
        subject,
        clause,
    } = body
    else {
        return None;
    };
    let Operands::One(one) = &subject.node else {
        return None;
    };
    let Operand::Name(verb) = &one.node else {
        return None;
    };
    let plain = clause.voice == Voice::Be && clause.particle.is_none() && clause.adverb.is_none();
    let turned = !view.vocabulary().readings(verb, None).is_empty()
        && view.entities().resolve(verb).is_empty()
        && !view.entities().resolve(&clause.verb.node).is_empty();
    (plain && turned).then(|| {
        let object = Operand::Name(clause.verb.node.clone());
        let object = Operands::One(Spanned::new(object, clause.verb.span));
        let clause = VerbClause {
            verb: Spanned::new(verb.clone(), one.span),
            objects: Some(Spanned::new(object, clause.verb.span)),
            ..clause.clone()
        };
        let span = one.span.to(clause.verb.span);
        Body::Subject {
            asked: asked.clone(),
            count: *count,
            predicate: Some(Spanned::new(Predicate::Verb(clause), span)),
        }
    })
}

/// A relation by any of its phrases or nouns: `used`, `attributed-to`, `attributions`.
pub fn relation(words: &Vocabulary, text: &str, span: Span) -> Result<RelationId, Diagnostic> {
    if let Some(id) = words.relation_named(text) {
        return Ok(id);
    }
    let readings = words.readings(text, None);
    match readings {
        [] => Err(unknown_verb(
            words,
            Verb {
                verb: text,
                particle: None,
                span,
                stand: Stand::Active,
            },
        )),
        [first, rest @ ..] if rest.iter().all(|other| other.relation == first.relation) => {
            Ok(first.relation)
        }
        _ => routes(
            words,
            Verb {
                verb: text,
                particle: None,
                span,
                stand: Stand::Active,
            },
        )
        .map(|routes| routes[0].relation),
    }
}

/// The relation of a noun such as `attributions`.
pub fn relation_of_noun(words: &Vocabulary, noun: &str) -> Option<RelationId> {
    let reading = words
        .readings(noun, None)
        .iter()
        .find(|reading| reading.form == Form::Noun);
    reading.map(|reading| reading.relation)
}

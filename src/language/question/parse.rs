//! From text to the syntax tree of a question. It looks at no case: the same text gives the same
//! tree everywhere.

#![allow(clippy::wildcard_enum_match_arm)] // The rules are generated from the grammar.

use crate::language::grammar::{self, Rule, child, children, has, tight};
use crate::language::pieces;
use crate::language::question::ast::{
    Asked, Body, Deed, Fact, Mode, Operand, Operands, PathKind, Paths, Pipe, Predicate, Qualifier,
    Question, SortKey, Stance, Status, Tail, VerbClause, Voice, WhyTarget,
};
use crate::language::question::mistakes;
use crate::language::question::qualifiers::{nothing, path, qualifiers, where_condition};
use crate::text::{Diagnostic, Spanned};
use pest::iterators::Pair as PestPair;

type Pair<'i> = PestPair<'i, Rule>;
type Parsed<T> = Result<T, Diagnostic>;

/// Parses a question.
pub fn parse(text: &str) -> Parsed<Question> {
    grammar::check(text, "question")?;
    let pair = grammar::parse(Rule::question, text)
        .map_err(|failure| mistakes::explain(text, &failure))?;
    let whole = child(&pair, Rule::whole).unwrap_or(pair);
    question(&whole)
}

/// A stated fact, as statements use it too.
pub fn fact(pair: &Pair<'_>) -> Parsed<Fact> {
    let subject = subjects(pair)?;
    let (negated, deed) = deed(pair)?;
    Ok(Fact {
        subject,
        negated,
        deed,
    })
}

fn question(pair: &Pair<'_>) -> Parsed<Question> {
    let mode = match child(pair, Rule::mode) {
        None => Mode::Ask,
        Some(mode) if has(&mode, Rule::k_profile) => Mode::Profile,
        Some(_) => Mode::Explain,
    };
    let mut lifted = Vec::new();
    for outer in pair.clone().into_inner() {
        if matches!(outer.as_rule(), Rule::lead | Rule::lifted) {
            lifted.extend(qualifiers(&outer)?);
        }
    }
    let mut tail = Tail::default();
    for part in children(pair, Rule::tail) {
        add_tail(&part, &mut tail, &mut lifted)?;
    }
    let outer = child(pair, Rule::body).ok_or_else(|| nothing(pair))?;
    let inner = outer
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let node = body(&inner, &mut lifted)?;
    // Conditions come last, as they are printed.
    lifted.sort_by_key(|qualifier| matches!(qualifier.node, Qualifier::Where(_)));
    let pipes = children(pair, Rule::pipe)
        .iter()
        .map(|pipe| {
            let word = child(pipe, Rule::word)
                .map(|word| pieces::word(&word))
                .unwrap_or_default();
            let argument = child(pipe, Rule::quoted).or_else(|| child(pipe, Rule::bare_name));
            let argument = argument.map(|argument| pieces::name(&argument));
            Spanned::new(
                Pipe {
                    name: word,
                    argument,
                },
                tight(pipe),
            )
        })
        .collect();
    Ok(Question {
        mode,
        body: Spanned::new(node, tight(&outer)),
        lifted,
        tail,
        pipes,
    })
}

fn body(pair: &Pair<'_>, lifted: &mut Vec<Spanned<Qualifier>>) -> Parsed<Body> {
    Ok(match pair.as_rule() {
        Rule::subject => Body::Subject {
            asked: asked(pair)?,
            count: false,
            predicate: optional(pair, Rule::predicate, predicate)?,
        },
        Rule::list => Body::Subject {
            asked: noun(pair)?,
            count: false,
            predicate: optional(pair, Rule::predicate, predicate)?,
        },
        Rule::how_many => match child(pair, Rule::open_verb) {
            Some(open) => Body::Object {
                asked: noun(pair)?,
                count: true,
                subject: subjects(pair)?,
                clause: open_verb(&open, pair)?,
            },
            None => Body::Subject {
                asked: noun(pair)?,
                count: true,
                predicate: optional(pair, Rule::predicate, predicate)?,
            },
        },
        Rule::object => {
            let open = child(pair, Rule::open_verb).ok_or_else(|| nothing(pair))?;
            Body::Object {
                asked: asked(pair)?,
                count: false,
                subject: subjects(pair)?,
                clause: open_verb(&open, pair)?,
            }
        }
        Rule::verdict => Body::YesNo(question_fact(pair)?),
        Rule::when => Body::When(question_fact(pair)?),
        Rule::says => {
            let stance = match has(pair, Rule::denies) {
                true => Stance::Denies,
                false => Stance::Asserts,
            };
            let inner = child(pair, Rule::fact).ok_or_else(|| nothing(pair))?;
            // `did China deny that …` asks whether there is a denial according to China.
            let anyone = speakers(pair, lifted) || has(pair, Rule::anyone_word);
            Body::Says {
                stance,
                anyone,
                fact: fact(&inner)?,
            }
        }
        // `who calls APT31 Zirconium` is `who says APT31 is called Zirconium`.
        Rule::calls => {
            let anyone = speakers(pair, lifted) || has(pair, Rule::anyone_word);
            let [of, name] = operands_of(pair)?;
            Body::Says {
                stance: Stance::Asserts,
                anyone,
                fact: Fact {
                    subject: of,
                    negated: false,
                    deed: Deed::Verb(called(pair, Some(name))?),
                },
            }
        }
        // `what does Microsoft call APT31` is `what is APT31 called according to Microsoft`.
        Rule::names_for => {
            speakers(pair, lifted);
            let [of] = operands_of(pair)?;
            let what = child(pair, Rule::k_what).ok_or_else(|| nothing(pair))?;
            Body::Object {
                asked: Spanned::new(Asked::What, tight(&what)),
                count: false,
                subject: of,
                clause: called(pair, None)?,
            }
        }
        Rule::why => {
            let target = if let Some(number) = child(pair, Rule::claim_number) {
                WhyTarget::Claim(pieces::int(&number)?)
            } else if let Some(row) = child(pair, Rule::int) {
                WhyTarget::Row(pieces::int(&row)?)
            } else if let Some(inner) = child(pair, Rule::fact) {
                WhyTarget::Fact(fact(&inner)?)
            } else {
                WhyTarget::Fact(question_fact(pair)?)
            };
            Body::Why {
                negated: has(pair, Rule::neg),
                all: has(pair, Rule::why_all),
                target,
            }
        }
        Rule::matter => {
            let inner = child(pair, Rule::fact).ok_or_else(|| nothing(pair))?;
            Body::Matter(fact(&inner)?)
        }
        Rule::accused => Body::Accused(has(pair, Rule::joint)),
        Rule::paths => Body::Paths(paths(pair)?),
        Rule::about | Rule::about_short => Body::About(first_operand(pair)?),
        Rule::timeline => Body::Timeline {
            of: first_operand(pair)?,
            qualifiers: qualifiers(pair)?,
        },
        Rule::changed => {
            let dates = children(pair, Rule::date);
            let since = dates.first().ok_or_else(|| nothing(pair))?;
            let until = dates.get(1).map(pieces::date).transpose()?;
            Body::Changed {
                since: pieces::date(since)?,
                until,
            }
        }
        _ => return Err(nothing(pair)),
    })
}

/// Whoever is asked to have said it: then the question is of their claims. Tells whether anybody is.
fn speakers(pair: &Pair<'_>, lifted: &mut Vec<Spanned<Qualifier>>) -> bool {
    let Some(names) = child(pair, Rule::speakers) else {
        return false;
    };
    let sources = pieces::names(&names);
    let span = sources.span;
    let qualifier = Qualifier::According {
        sources,
        negated: false,
    };
    lifted.push(Spanned::new(qualifier, span));
    true
}

/// The things that stand one behind the other.
fn operands_of<const N: usize>(pair: &Pair<'_>) -> Parsed<[Spanned<Operands>; N]> {
    let all: Parsed<Vec<Spanned<Operands>>> = children(pair, Rule::operand)
        .iter()
        .map(|one| operand(one).map(|of| Spanned::new(Operands::One(of), tight(one))))
        .collect();
    all?.try_into().map_err(|_| nothing(pair))
}

/// `called`, with a name or without.
fn called(pair: &Pair<'_>, name: Option<Spanned<Operands>>) -> Parsed<VerbClause> {
    let words = [Rule::k_call, Rule::k_called, Rule::k_calls];
    let word = words.into_iter().find_map(|rule| child(pair, rule));
    let span = tight(&word.ok_or_else(|| nothing(pair))?);
    Ok(VerbClause {
        voice: Voice::Be,
        adverb: None,
        verb: Spanned::new("called".to_owned(), span),
        particle: None,
        objects: name,
        qualifiers: qualifiers(pair)?,
    })
}

fn optional<T>(
    pair: &Pair<'_>,
    rule: Rule,
    of: impl Fn(&Pair<'_>) -> Parsed<T>,
) -> Parsed<Option<T>> {
    child(pair, rule).map(|inner| of(&inner)).transpose()
}

fn asked(pair: &Pair<'_>) -> Parsed<Spanned<Asked>> {
    if let Some(which) = child(pair, Rule::asked_noun) {
        return noun(&which);
    }
    let asked = child(pair, Rule::asked).ok_or_else(|| nothing(pair))?;
    if let Some(which) = child(&asked, Rule::which) {
        return noun(&which);
    }
    let node = if has(&asked, Rule::k_what) {
        Asked::What
    } else {
        Asked::Who
    };
    Ok(Spanned::new(node, tight(&asked)))
}

fn noun(pair: &Pair<'_>) -> Parsed<Spanned<Asked>> {
    let noun = child(pair, Rule::noun).ok_or_else(|| nothing(pair))?;
    let word = pieces::word(&noun);
    Ok(Spanned::new(Asked::Noun(word.node), word.span))
}

fn question_fact(pair: &Pair<'_>) -> Parsed<Fact> {
    let inner = child(pair, Rule::question_fact).ok_or_else(|| nothing(pair))?;
    fact(&inner)
}

/// The verb of `what did APT31 target`: its object is what is asked.
fn open_verb(open: &Pair<'_>, outer: &Pair<'_>) -> Parsed<VerbClause> {
    let be = child(outer, Rule::inverted).is_some_and(|inverted| has(&inverted, Rule::be));
    let voice = match (has(open, Rule::by), be) {
        (true, _) => Voice::Passive,
        (false, true) => Voice::Be,
        (false, false) => Voice::Active,
    };
    Ok(VerbClause {
        voice,
        objects: None,
        ..verb(open)?
    })
}

/// Adverb, verb, particle and qualifiers, in the active voice.
fn verb(pair: &Pair<'_>) -> Parsed<VerbClause> {
    let word = child(pair, Rule::word).ok_or_else(|| nothing(pair))?;
    Ok(VerbClause {
        voice: Voice::Active,
        adverb: child(pair, Rule::adverb).map(|adverb| pieces::adverb(&adverb)),
        verb: pieces::word(&word),
        particle: child(pair, Rule::particle).map(|particle| pieces::particle(&particle)),
        objects: optional(pair, Rule::operands, operands)?,
        qualifiers: qualifiers(pair)?,
    })
}

fn been(pair: &Pair<'_>) -> Parsed<VerbClause> {
    let voice = if has(pair, Rule::by) {
        Voice::Passive
    } else {
        Voice::Be
    };
    Ok(VerbClause {
        voice,
        ..verb(pair)?
    })
}

/// What a fact says of its subject, and whether it denies it.
fn deed(pair: &Pair<'_>) -> Parsed<(bool, Deed)> {
    let negated = has(pair, Rule::neg);
    let deed = if let Some(inner) = child(pair, Rule::been) {
        Deed::Verb(been(&inner)?)
    } else if let Some(inner) = child(pair, Rule::active) {
        Deed::Verb(verb(&inner)?)
    } else {
        let inner = child(pair, Rule::is_a).ok_or_else(|| nothing(pair))?;
        Deed::IsA(type_noun(&inner)?)
    };
    Ok((negated, deed))
}

fn type_noun(pair: &Pair<'_>) -> Parsed<Spanned<String>> {
    let noun = child(pair, Rule::noun).ok_or_else(|| nothing(pair))?;
    Ok(pieces::word(&noun))
}

fn predicate(pair: &Pair<'_>) -> Parsed<Spanned<Predicate>> {
    let mut any = Vec::new();
    for all in children(pair, Rule::all_of) {
        let mut parts = Vec::new();
        for part in children(&all, Rule::part) {
            flatten(self::part(&part)?, &mut parts, true);
        }
        let span = tight(&all);
        let joined = match parts.len() {
            1 => parts.remove(0),
            _ => Spanned::new(Predicate::And(parts), span),
        };
        flatten(joined, &mut any, false);
    }
    Ok(match any.len() {
        1 => any.remove(0),
        _ => Spanned::new(Predicate::Or(any), tight(pair)),
    })
}

/// Adds a part to a list; one that is itself a list of the same kind is taken apart.
fn flatten(part: Spanned<Predicate>, list: &mut Vec<Spanned<Predicate>>, and: bool) {
    match (part.node, and) {
        (Predicate::And(inner), true) | (Predicate::Or(inner), false) => list.extend(inner),
        (node, _) => list.push(Spanned::new(node, part.span)),
    }
}

fn part(pair: &Pair<'_>) -> Parsed<Spanned<Predicate>> {
    let span = tight(pair);
    if let Some(group) = child(pair, Rule::group) {
        let inner = child(&group, Rule::predicate).ok_or_else(|| nothing(pair))?;
        return predicate(&inner);
    }
    let node = if let Some(status) = child(pair, Rule::status) {
        Predicate::Status(self::status(&status))
    } else {
        match deed(pair)?.1 {
            Deed::Verb(clause) => Predicate::Verb(clause),
            Deed::IsA(noun) => Predicate::IsA(noun),
        }
    };
    Ok(match has(pair, Rule::neg) {
        true => Spanned::new(Predicate::Not(Box::new(Spanned::new(node, span))), span),
        false => Spanned::new(node, span),
    })
}

fn status(pair: &Pair<'_>) -> Status {
    if has(pair, Rule::k_disputed) {
        Status::Disputed
    } else if has(pair, Rule::k_undisputed) {
        Status::Undisputed
    } else if has(pair, Rule::k_affirmed) {
        Status::Affirmed
    } else if has(pair, Rule::k_denied) {
        Status::Denied
    } else if has(pair, Rule::second_hand) {
        Status::SecondHand
    } else if has(pair, Rule::corroborated) {
        Status::Corroborated
    } else if has(pair, Rule::derived_word) {
        Status::Derived
    } else {
        Status::SingleSourced
    }
}

fn subjects(pair: &Pair<'_>) -> Parsed<Spanned<Operands>> {
    let list = child(pair, Rule::subjects).ok_or_else(|| nothing(pair))?;
    operands(&list)
}

fn operands(pair: &Pair<'_>) -> Parsed<Spanned<Operands>> {
    let mut list = Vec::new();
    for inner in children(pair, Rule::operand) {
        list.push(operand(&inner)?);
    }
    Ok(pieces::joined(list, has(pair, Rule::k_or), tight(pair)))
}

fn first_operand(pair: &Pair<'_>) -> Parsed<Spanned<Operand>> {
    let inner = child(pair, Rule::operand).ok_or_else(|| nothing(pair))?;
    operand(&inner)
}

fn operand(pair: &Pair<'_>) -> Parsed<Spanned<Operand>> {
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let text = inner.as_str().trim();
    let node = match inner.as_rule() {
        Rule::nested => {
            let question = child(&inner, Rule::inner_question).ok_or_else(|| nothing(pair))?;
            Operand::Nested(Box::new(self::question(&question)?))
        }
        Rule::claim_number => Operand::Claim(pieces::int(&inner)?),
        Rule::parameter => Operand::Parameter(text.trim_start_matches('$').to_owned()),
        Rule::fuzzy => Operand::Fuzzy(crate::language::spelling::unquoted(
            text.trim_start_matches('~'),
        )),
        Rule::prefix => Operand::Prefix(text.trim_end_matches('*').to_owned()),
        Rule::last => Operand::Last,
        Rule::anything => Operand::Anyone,
        Rule::the => return the(&inner),
        Rule::typed | Rule::described => typed(&inner)?,
        _ => Operand::Name(pieces::name(&inner).node),
    };
    Ok(Spanned::new(node, tight(pair)))
}

fn typed(pair: &Pair<'_>) -> Parsed<Operand> {
    let that = child(pair, Rule::part)
        .map(|inner| part(&inner))
        .transpose()?;
    Ok(Operand::Typed {
        noun: type_noun(pair)?,
        that: that.map(Box::new),
        name: None,
    })
}

fn the(pair: &Pair<'_>) -> Parsed<Spanned<Operand>> {
    let span = tight(pair);
    if let Some(described) = child(pair, Rule::described) {
        return Ok(Spanned::new(typed(&described)?, span));
    }
    let name = child(pair, Rule::name).ok_or_else(|| nothing(pair))?;
    let name = pieces::name(&name);
    Ok(match child(pair, Rule::noun) {
        None => Spanned::new(Operand::Name(name.node), name.span),
        Some(noun) => {
            let noun = pieces::word(&noun);
            Spanned::new(
                Operand::Typed {
                    noun,
                    that: None,
                    name: Some(name),
                },
                span,
            )
        }
    })
}

fn paths(pair: &Pair<'_>) -> Parsed<Paths> {
    let kind = match child(pair, Rule::path_kind) {
        None => PathKind::Connected,
        Some(kind) if has(&kind, Rule::all_shortest) => PathKind::AllShortest,
        Some(kind) if has(&kind, Rule::k_shortest) => PathKind::Shortest,
        Some(_) => PathKind::All,
    };
    let ends = children(pair, Rule::operand);
    let [from, to] = ends.as_slice() else {
        return Err(nothing(pair));
    };
    let mut paths = Paths {
        kind,
        from: operand(from)?,
        to: operand(to)?,
        within: None,
        via: Vec::new(),
        avoiding: None,
        qualifiers: Vec::new(),
    };
    for option in children(pair, Rule::path_option) {
        if let Some(within) = child(&option, Rule::within) {
            let hops = child(&within, Rule::int).ok_or_else(|| nothing(pair))?;
            paths.within = Some(Spanned::new(pieces::int(&hops)?, tight(&hops)));
        } else if let Some(via) = child(&option, Rule::via) {
            let relations = children(&via, Rule::via_relation);
            paths.via.extend(relations.iter().map(|relation| {
                let words: Vec<&str> = relation.as_str().split_whitespace().collect();
                Spanned::new(words.join(" "), tight(relation))
            }));
        } else if let Some(avoiding) = child(&option, Rule::avoiding) {
            paths.avoiding = optional(&avoiding, Rule::operands, operands)?;
        } else {
            paths.qualifiers.extend(qualifiers(&option)?);
        }
    }
    Ok(paths)
}

fn add_tail(pair: &Pair<'_>, tail: &mut Tail, lifted: &mut Vec<Spanned<Qualifier>>) -> Parsed<()> {
    let inner = pair
        .clone()
        .into_inner()
        .next()
        .ok_or_else(|| nothing(pair))?;
    let twice = |what: &str| {
        Diagnostic::new(format!("`{what}` stands twice"), tight(pair))
            .label("the second")
            .help("keep one of them")
    };
    match inner.as_rule() {
        Rule::per => tail
            .per
            .extend(children(&inner, Rule::noun).iter().map(pieces::word)),
        Rule::sorted => {
            for key in children(&inner, Rule::sort_key) {
                let descending = has(&key, Rule::descending);
                tail.sorted.push(SortKey {
                    path: path(&key)?,
                    descending,
                });
            }
        }
        Rule::limit if tail.limit.is_some() => return Err(twice("limit")),
        Rule::limit => {
            let count = child(&inner, Rule::int).ok_or_else(|| nothing(pair))?;
            tail.limit = Some(Spanned::new(u64::from(pieces::int(&count)?), tight(&count)));
        }
        Rule::r#where => {
            let condition = where_condition(&inner)?;
            lifted.push(Spanned::new(Qualifier::Where(condition), tight(&inner)));
        }
        _ => {}
    }
    Ok(())
}

//! The case, or the part behind a question, in a format.

use crate::engine::{Engine, Failure};
use crate::export::{ExportError, Input, Selection, Style};
use crate::front::output::format;
use crate::model::Marking;
use crate::text::{Diagnostic, nearest, quoted_list};

/// Writes the claims of the whole case, or those behind a question; in a format that writes no claims,
/// the rows of an answer. With `most` nothing that is marked more restrictively is there for it.
pub fn exported(
    engine: &mut Engine,
    name: &str,
    question: &str,
    most: Option<Marking>,
) -> Result<String, Failure> {
    if let Some(most) = most {
        return exported(&mut engine.up_to(most)?, name, question, None);
    }
    let writer = format(name)?;
    let whole = question.trim().is_empty();
    let text = match writer.claims {
        Some(claims) if whole => claims(&Selection::of_case(engine.graph())),
        Some(claims) => {
            let asked = engine.ask(question)?;
            claims(&Selection::of_answer(engine.graph(), &asked.answer))
        }
        None => {
            let asked = engine.ask(if whole { "list facts" } else { question })?;
            let input = Input {
                answer: &asked.answer,
                graph: engine.graph(),
            };
            writer.answer(input, Style::default())
        }
    };
    let wrong = |error: ExportError| Diagnostic::without_span(error.title).help(error.help);
    Ok(text.map_err(wrong)?)
}

/// The marking of a name, or the mistake.
pub fn marking(name: &str) -> Result<Marking, Diagnostic> {
    Marking::named(name).ok_or_else(|| {
        let names: Vec<String> = Marking::ALL
            .iter()
            .map(|marking| marking.name()["TLP:".len()..].to_lowercase())
            .collect();
        let wanted = name.to_lowercase();
        let unknown = Diagnostic::without_span(format!("no marking is called `{name}`"));
        match nearest(&wanted, names.iter().map(String::as_str), 1).first() {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown.help(format!("markings are {}", quoted_list(&names))),
        }
    })
}

/// The most restrictive marking that may be seen, where it is among the words; and the other words.
pub fn limit(words: &[String]) -> Result<(Option<Marking>, Vec<String>), Diagnostic> {
    let mut words = words.to_vec();
    let Some(at) = words.iter().position(|word| word == "--max-tlp") else {
        return Ok((None, words));
    };
    words.remove(at);
    match at < words.len() {
        true => Ok((Some(marking(&words.remove(at))?), words)),
        false => Err(Diagnostic::without_span("a marking is needed")
            .help("write for example `.export --max-tlp green stix`")),
    }
}

//! The case, or the part behind a question, in a format.

use crate::engine::{Engine, Failure};
use crate::export::{ExportError, Input, Picture, Style, dot, mermaid, svg};
use crate::front::output::format;
use crate::text::Diagnostic;

/// The formats that write the claims themselves rather than an answer.
pub const FACTS: &str = "who";

/// Writes the whole case, or what stands behind a question.
pub fn exported(engine: &mut Engine, name: &str, question: &str) -> Result<String, Failure> {
    let wrong = |error: ExportError| Diagnostic::without_span(error.title).help(error.help);
    let facts = name.eq_ignore_ascii_case(FACTS);
    if question.trim().is_empty() {
        let whole = || Picture::of_case(engine.graph());
        return match name.to_lowercase().as_str() {
            FACTS => Ok(engine.statements()),
            "dot" => Ok(dot::dot(&whole())),
            "mermaid" => Ok(mermaid::mermaid(&whole())),
            "svg" => Ok(svg::svg(&whole()).map_err(wrong)?),
            _ => answered(engine, name, "list facts"),
        };
    }
    match facts {
        true => {
            let asked = engine.ask(question)?;
            Ok(engine.statements_behind(&asked.answer))
        }
        false => answered(engine, name, question),
    }
}

fn answered(engine: &mut Engine, name: &str, question: &str) -> Result<String, Failure> {
    let wrong = |error: ExportError| Diagnostic::without_span(error.title).help(error.help);
    let writer =
        format(name).map_err(|unknown| unknown.note(format!("`{FACTS}` writes facts as text")))?;
    let asked = engine.ask(question)?;
    let input = Input {
        answer: &asked.answer,
        view: engine.graph(),
    };
    Ok((writer.write)(input, Style::default()).map_err(wrong)?)
}

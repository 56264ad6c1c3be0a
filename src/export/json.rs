//! JSON: the records of an answer, as one array or an object a line.

use crate::export::writer::{ExportError, Input, Style};

fn failed(error: serde_json::Error) -> ExportError {
    ExportError {
        title: format!("this cannot be written as JSON: {error}"),
        help: "use another format".into(),
    }
}

/// One array.
pub fn array(input: Input<'_>, _style: Style) -> Result<String, ExportError> {
    Ok(serde_json::to_string_pretty(&input.answer.records).map_err(failed)? + "\n")
}

/// An object a line.
pub fn lines(input: Input<'_>, _style: Style) -> Result<String, ExportError> {
    let mut out = String::new();
    for record in &input.answer.records {
        out.push_str(&serde_json::to_string(record).map_err(failed)?);
        out.push('\n');
    }
    Ok(out)
}

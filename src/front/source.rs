//! Text from a file or from standard input, checked to be text.

use crate::text::Diagnostic;
use std::io::Read;

/// A text and where it is from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, or `standard input`.
    pub origin: String,
    /// What is in it.
    pub text: String,
}

/// Reads a file, or standard input for `-`. What is no UTF-8 is refused with its place.
pub fn read(path: &str) -> Result<Source, Diagnostic> {
    let origin = if path == "-" {
        "standard input".to_owned()
    } else {
        path.to_owned()
    };
    let mut bytes = Vec::new();
    let outcome = match path {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
        path => std::fs::read(path).map(|read| bytes = read),
    };
    outcome.map_err(|error| {
        Diagnostic::without_span(format!("`{origin}` cannot be read"))
            .label(error.to_string())
            .help("check the name and that you may read it")
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { origin, text }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            let start = bytes[..at]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
            Err(
                Diagnostic::without_span(format!("`{origin}` is not UTF-8 text"))
                    .label(format!(
                        "line {line}, column {column}: the byte 0x{:02x} does not fit",
                        bytes[at]
                    ))
                    .help("save it as UTF-8"),
            )
        }
    }
}

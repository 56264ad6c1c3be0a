//! Renders a diagnostic with its source text: a marker under the place, the cause beside it, the
//! way out below. It cuts long lines, so that a message stays a message whatever the text is.

use crate::text::diagnostic::Diagnostic;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// How many bytes of a line are shown on either side of the place.
const REACH: usize = 160;

/// How many characters of a title, a cause or a note are shown.
const SAID: usize = 1_000;

/// The message as it is shown, ending with a line feed.
///
/// `origin` names the source (a file, or `question`); `text` is the whole source, in which the
/// diagnostic's span stands. With `colour` the output holds ANSI colours.
pub fn render(diagnostic: &Diagnostic, origin: &str, text: &str, colour: bool) -> String {
    let mut title = Level::ERROR.primary_title(printable(&diagnostic.title));
    if let Some(code) = &diagnostic.code {
        title = title.id(code.clone());
    }
    let mut group = Group::with_title(title);
    let excerpt = diagnostic
        .span
        .map(|span| excerpt(text, span.start, span.end));
    if let Some(excerpt) = &excerpt {
        let mark = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
        let mark = match diagnostic.label.is_empty() {
            true => mark,
            false => mark.label(printable(&diagnostic.label)),
        };
        group = group.element(
            Snippet::source(excerpt.text.as_str())
                .path(origin)
                .line_start(excerpt.line)
                .annotation(mark),
        );
    } else if !diagnostic.label.is_empty() {
        group = group.element(Level::NOTE.message(printable(&diagnostic.label)));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(printable(note)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut shown = renderer.render(&[group]).to_string();
    shown.push('\n');
    shown
}

/// Line and column (both from 1, the column in characters) of a byte offset.
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let offset = floor(text, offset.min(text.len()));
    let before = &text.as_bytes()[..offset];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    (line, text[start..offset].chars().count() + 1)
}

/// A window into the source: the lines around the place, each cut to a length that fits a message.
struct Excerpt {
    text: String,
    line: usize,
    start: usize,
    end: usize,
}

fn excerpt(text: &str, start: usize, end: usize) -> Excerpt {
    let start = floor(text, start.min(text.len()));
    let end = floor(text, end.min(text.len())).max(start);
    let bytes = text.as_bytes();
    let line_start = bytes[..start]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    // Only the first line of a longer span is shown: the place is where it begins.
    let line_end = bytes[start..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |at| start + at);
    let from = floor(text, line_start.max(start.saturating_sub(REACH)));
    let last = end.min(line_end).min(start + REACH);
    let to = floor(text, line_end.min(last + REACH));
    let cut_before = if from > line_start { "…" } else { "" };
    let cut_after = if to < line_end { "…" } else { "" };
    let body = printable(&text[from..to]);
    let lead = cut_before.len() + printable(&text[from..start]).len();
    let marked = printable(&text[start..floor(text, last).max(start)]).len();
    Excerpt {
        text: format!("{cut_before}{body}{cut_after}"),
        line: bytes[..start].iter().filter(|byte| **byte == b'\n').count() + 1,
        start: lead,
        end: lead + marked,
    }
}

/// Control characters shown as their symbols, so that a message cannot steer a terminal; what is
/// very long is cut, so that it stays a message.
fn printable(text: &str) -> String {
    let cut = text.char_indices().nth(SAID).map(|(at, _)| at);
    let (shown, more) = cut.map_or((text, ""), |at| (&text[..at], "…"));
    shown
        .chars()
        .chain(more.chars())
        .map(|c| match c {
            '\t' => ' ',
            '\n' => '\n',
            '\r' => ' ',
            '\u{7f}' => '␡',
            c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or('·'),
            c if c.is_control()
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c) =>
            {
                '·'
            }
            c => c,
        })
        .collect()
}

/// The greatest character boundary that is not above `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{line_and_column, render};
    use crate::text::{Diagnostic, Span};

    #[test]
    fn the_marker_stands_under_the_place() {
        let text = "who targeted UK_Parlament";
        let shown = render(
            &Diagnostic::new("no entity is called `UK_Parlament`", Span::new(13, 25))
                .label("unknown name")
                .help("did you mean `UK_Parliament`?"),
            "question",
            text,
            false,
        );
        assert!(
            shown.contains("             ^^^^^^^^^^^^ unknown name"),
            "{shown}"
        );
        assert!(shown.contains("question:1:14"), "{shown}");
        assert!(
            shown.contains("help: did you mean `UK_Parliament`?"),
            "{shown}"
        );
    }

    #[test]
    fn a_very_long_line_is_cut_and_a_control_character_is_shown_as_a_symbol() {
        let text = format!(
            "{}\u{1b}[31m{}",
            "x".repeat(1_000_000),
            "y".repeat(1_000_000)
        );
        let shown = render(
            &Diagnostic::new("bad", Span::new(1_000_000, 1_000_001)),
            "question",
            &text,
            false,
        );
        assert!(
            shown.len() < 2_000 && !shown.contains('\u{1b}'),
            "{}",
            shown.len()
        );
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_and_column("aé\nüx", 6), (2, 2));
    }
}

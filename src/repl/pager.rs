//! Long answers go through a pager, so that the first rows are not lost; short ones are printed.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

/// Shows a text on the terminal. `$PAGER` decides by what; an empty one turns paging off.
pub fn show(text: &str) {
    let height = height();
    let lines = text.lines().count();
    let wanted = std::env::var("PAGER").unwrap_or_else(|_| "less -FRSX".to_owned());
    if !std::io::stdout().is_terminal()
        || lines + 1 < height
        || wanted.trim().is_empty()
        || !page(text, &wanted)
    {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        let _ = out.flush();
    }
}

/// Whether a pager took the text.
fn page(text: &str, command: &str) -> bool {
    let mut words = command.split_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    let child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Whoever leaves the pager early has seen enough.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok_and(|status| status.success())
}

/// The height of the terminal in lines; 24 where it does not tell.
fn height() -> usize {
    terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0))
}

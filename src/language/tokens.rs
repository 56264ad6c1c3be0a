//! A rough cut of a text into words, quoted names and signs: enough to say what is wrong with it.
//! Parsing is pest's work, not this file's.

use crate::language::spelling::is_reserved;
use crate::text::Span;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// As written, quotes included.
    pub text: &'t str,
    /// Where.
    pub span: Span,
}

impl Token<'_> {
    /// Whether it is this word, in any case.
    pub fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is one of these words, in any case.
    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Whether it could be a name, a verb or a noun.
    pub fn is_name(&self) -> bool {
        self.is_quoted()
            || (self.text.starts_with(|c: char| c.is_alphanumeric()) && !is_reserved(self.text))
    }

    /// Whether it stands in quotes.
    pub fn is_quoted(&self) -> bool {
        self.text.starts_with('"')
    }

    /// Whether it is a sign rather than a word.
    pub fn is_sign(&self) -> bool {
        self.text
            .starts_with(|c: char| !c.is_alphanumeric() && !"\"_~#$".contains(c))
    }
}

/// The tokens of a text. A quote that is not closed runs to the end.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    let inner = |c: char| c.is_alphanumeric() || "_-./:&'’*@%".contains(c);
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        if c == '"' {
            let mut escaped = false;
            for (at, c) in rest.by_ref() {
                end = at + c.len_utf8();
                match (escaped, c) {
                    (true, _) => escaped = false,
                    (false, '\\') => escaped = true,
                    (false, '"') => break,
                    (false, _) => {}
                }
            }
        } else if c.is_alphanumeric() || "_~#$-".contains(c) {
            while let Some((at, c)) = rest.peek().copied().filter(|(_, c)| inner(*c)) {
                end = at + c.len_utf8();
                rest.next();
            }
            // A dot or a colon at the end of a word is a sign of its own.
            while end - start > 1 && text[start..end].ends_with(['.', ':', '/', '\'']) {
                end -= 1;
            }
            if end < rest.peek().map_or(text.len(), |(at, _)| *at) {
                found.push(Token {
                    text: &text[start..end],
                    span: Span::new(start, end),
                });
                let next = rest.peek().map_or(text.len(), |(at, _)| *at);
                let signs = text[end..next].char_indices();
                found.extend(signs.map(|(at, sign)| {
                    let (from, to) = (end + at, end + at + sign.len_utf8());
                    Token {
                        text: &text[from..to],
                        span: Span::new(from, to),
                    }
                }));
                continue;
            }
        }
        found.push(Token {
            text: &text[start..end],
            span: Span::new(start, end),
        });
    }
    found
}

//! The items of a long list in a JSON document, found without reading them, so that they can be read side by
//! side while the rest is still being cut. It tells no mistakes: what is not as it should be is left to a
//! reader that takes the whole document.

use memchr::memchr2;

/// Cuts a document that is one object into the objects of one of its lists.
#[derive(Clone, Debug)]
pub struct Pieces<'t> {
    text: &'t str,
    /// The first byte that was not looked at.
    at: usize,
    /// Behind the bracket that opens the list.
    first: usize,
    /// Where the bracket is that closes the list, once it was reached.
    last: Option<usize>,
}

impl<'t> Pieces<'t> {
    /// Finds the list under a key of the document.
    pub fn of(text: &'t str, key: &str) -> Option<Pieces<'t>> {
        let mut pieces = Pieces {
            text,
            at: 0,
            first: 0,
            last: None,
        };
        pieces.mark(b'{')?;
        loop {
            let own = pieces.string()?;
            pieces.mark(b':')?;
            if own == key {
                break;
            }
            pieces.value()?;
            pieces.mark(b',')?;
        }
        pieces.mark(b'[')?;
        pieces.first = pieces.at;
        Some(pieces)
    }

    /// What is around the items: the document with an empty list. None where the list was not cut to its
    /// end.
    pub fn frame(&self) -> Option<String> {
        let last = self.last?;
        Some([&self.text[..self.first], &self.text[last..]].concat())
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = &self.text.as_bytes()[self.at..];
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += bytes.iter().position(|byte| !blank(byte))?;
        self.text.as_bytes().get(self.at).copied()
    }

    fn mark(&mut self, mark: u8) -> Option<()> {
        (self.peek()? == mark).then(|| self.at += 1)
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'t str> {
        self.mark(b'"')?;
        let begun = self.at;
        self.at = behind_string(self.text.as_bytes(), begun)?;
        let text = &self.text[begun..self.at - 1];
        (!text.contains('\\')).then_some(text)
    }

    /// Any value, by its brackets only.
    fn value(&mut self) -> Option<&'t str> {
        let first = self.peek()?;
        let (bytes, begun) = (self.text.as_bytes(), self.at);
        self.at = match first {
            b'{' | b'[' => behind_brackets(bytes, begun)?,
            b'"' => behind_string(bytes, begun + 1)?,
            _ => {
                let end = |byte: &u8| matches!(byte, b',' | b'}' | b']');
                begun + bytes[begun..].iter().position(end)?
            }
        };
        Some(&self.text[begun..self.at])
    }

    fn piece(&mut self) -> Option<&'t str> {
        let first = self.first == self.at;
        match self.peek()? {
            b']' => {
                self.last = Some(self.at);
                return None;
            }
            b',' if !first => self.at += 1,
            _ if first => {}
            _ => return None,
        }
        match self.peek()? {
            b'{' => self.value(),
            _ => None,
        }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.last.is_some() {
            return None;
        }
        let piece = self.piece();
        if piece.is_none() && self.last.is_none() {
            // Nothing that follows is cut.
            self.at = self.text.len();
        }
        piece
    }
}

/// Behind the quotation mark that ends a string which begins at a byte.
fn behind_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// Behind the bracket that closes the one at a byte, as far as brackets are counted.
fn behind_brackets(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0usize;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = behind_string(bytes, at + 1)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    fn cut(text: &str) -> (Vec<&str>, Option<String>) {
        let Some(mut pieces) = Pieces::of(text, "of") else {
            return (Vec::new(), None);
        };
        let found = pieces.by_ref().collect();
        (found, pieces.frame())
    }

    #[test]
    fn items_are_cut_and_the_frame_is_left() {
        let text = r#" {"a": [1, {"of": "]"}], "b": "\"of\"", "c": 1.5,
            "of" : [ {"d": "}\\"} ,{"e": [{}]}
            ], "f": null} "#;
        let (found, frame) = cut(text);
        assert_eq!(found, [r#"{"d": "}\\"}"#, r#"{"e": [{}]}"#]);
        let frame: serde_json::Value = serde_json::from_str(&frame.expect("whole")).expect("JSON");
        assert_eq!(frame["of"], serde_json::json!([]));
        assert_eq!(frame["b"], serde_json::json!("\"of\""));
        assert_eq!(
            cut(r#"{"of":[]}"#),
            (vec![], Some(r#"{"of":[]}"#.to_owned()))
        );
    }

    #[test]
    fn what_is_not_as_it_should_be_has_no_frame() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"of": {}}"#,
            r#"{"on": []}"#,
            r#"{"\u006ff": []}"#,
            r#"{"of": [{}"#,
            r#"{"of": [{},]}"#,
            r#"{"of": [,{}]}"#,
            r#"{"of": [{} {}]}"#,
            r#"{"of": [{}, 1]}"#,
            r#"{"of": [{"a": "]}"#,
            r#"{"of": [{"a": "\"#,
        ] {
            assert_eq!(cut(text).1, None, "{text}");
        }
    }
}

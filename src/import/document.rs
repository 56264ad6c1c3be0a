//! A document that was read whole, and the places in it. It knows that a document is text; what the
//! text says is the business of readers.

use crate::text::{Diagnostic, Span, line_and_column};

/// The longest document in bytes.
pub const LARGEST: usize = 512 << 20;
/// The longest line or string in bytes.
pub const LONGEST: usize = 64 << 20;

/// A document as a reader gets it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// The name of its file.
    pub file: &'t str,
    /// All of its text.
    pub text: &'t str,
    /// Its number among those that are read together.
    pub number: u32,
}

/// A place in one of the documents that are read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the document.
    pub document: u32,
    /// The byte.
    pub offset: usize,
    /// The list and the item in which it is, from 0: `objects[311]`.
    pub item: Option<(&'static str, usize)>,
}

impl Place {
    /// The same place, said to be in an item of a list.
    pub fn in_item(self, list: &'static str, at: usize) -> Place {
        Place {
            item: Some((list, at)),
            ..self
        }
    }
}

impl<'t> Document<'t> {
    /// The place of a byte.
    pub fn place(&self, offset: usize) -> Place {
        Place {
            document: self.number,
            offset: offset.min(self.text.len()),
            item: None,
        }
    }

    /// Where a piece of the text begins; 0 for what is no piece of it.
    pub fn offset_of(&self, piece: &str) -> usize {
        let begun = (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        match begun <= self.text.len() {
            true => begun,
            false => 0,
        }
    }

    /// The place of a piece of the text.
    pub fn at(&self, piece: &str) -> Place {
        self.place(self.offset_of(piece))
    }

    /// A mistake at a byte.
    pub fn wrong(&self, offset: usize, title: impl Into<String>) -> Diagnostic {
        let mut start = offset.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let next = self.text[start..].chars().next().map_or(0, char::len_utf8);
        Diagnostic::new(title, Span::new(start, start + next))
    }

    /// A place as it is told: `file.json: objects[311], line 4021, column 3`.
    pub fn told(&self, place: Place) -> String {
        let (line, column) = line_and_column(self.text, place.offset);
        let item = place
            .item
            .map_or_else(String::new, |(list, at)| format!("{list}[{at}], "));
        // A document in one line is told by columns.
        format!("{}: {item}line {line}, column {column}", self.file)
    }

    /// The lines that are not blank, each with its number from 1; the first that is too long is a mistake.
    pub fn lines(&self) -> impl Iterator<Item = Result<(usize, &'t str), Diagnostic>> + '_ {
        let text: &'t str = self.text;
        text.split('\n')
            .enumerate()
            .map(|(at, line)| (at + 1, line.trim_end_matches('\r')))
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| match line.len() > LONGEST {
                true => Err(self.too_long(self.offset_of(line), "line")),
                false => Ok((number, line)),
            })
    }

    /// Something is longer than anything that makes sense.
    pub fn too_long(&self, offset: usize, what: &str) -> Diagnostic {
        let limit = LONGEST >> 20;
        self.wrong(
            offset,
            format!("this {what} is longer than {limit} MB, which is the limit"),
        )
        .label("it begins here")
        .help("is it a file of this format at all?")
    }
}

/// A file that is longer than a document may be.
pub fn too_large(file: &str) -> Diagnostic {
    let limit = LARGEST >> 20;
    Diagnostic::without_span(format!(
        "`{file}` is longer than {limit} MB, which is the limit of a document"
    ))
    .help("split it; tables with a delimiter have no such limit")
}

/// The text of a document; a mistake where its bytes are no text, or there are none.
pub fn text_of(file: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    let wrong = |title: &str| Diagnostic::without_span(format!("`{file}` {title}"));
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(wrong("is empty").help("was it written to its end?"));
    }
    if bytes.len() > LARGEST {
        return Err(too_large(file));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong("is UTF-16")
            .label("line 1, column 1: a byte order mark of UTF-16")
            .help("save it as UTF-8"));
    }
    let bytes = match bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    // The library looks for a byte many at a time; where it is matters only when there is one.
    if memchr::memchr(0, &bytes).is_some()
        && let Some(at) = bytes.iter().position(|byte| *byte == 0)
    {
        let good = String::from_utf8_lossy(&bytes[..at]);
        let (line, column) = line_and_column(&good, good.len());
        return Err(wrong("is no text")
            .label(format!("line {line}, column {column}: a NUL byte"))
            .help("is it a binary file, or UTF-16 without a mark? Save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let good = String::from_utf8_lossy(&bytes[..at]);
        let (line, column) = line_and_column(&good, good.len());
        wrong("is not UTF-8 text")
            .label(format!(
                "line {line}, column {column}: the byte 0x{:02x} does not fit",
                bytes[at]
            ))
            .help("save it as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::{Document, text_of};

    #[test]
    fn a_place_is_told_by_item_line_and_column() {
        let document = Document {
            file: "a.json",
            text: "{\"é\":\n [1, 2]}",
            number: 0,
        };
        let piece = &document.text[12..];
        let place = document.at(piece).in_item("objects", 1);
        assert_eq!(document.told(place), "a.json: objects[1], line 2, column 6");
        assert_eq!(document.offset_of("no piece"), 0);
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_place() {
        let told = |bytes: &[u8]| text_of("f", bytes.to_vec()).expect_err("no text");
        assert_eq!(told(b" \n").title, "`f` is empty");
        assert_eq!(told(&[0xff, 0xfe, b'{', 0]).title, "`f` is UTF-16");
        let label = "line 2, column 2: the byte 0xff does not fit";
        assert_eq!(told(b"{\n \xff}").label, label);
        let label = "line 1, column 2: a NUL byte";
        assert_eq!(told(b"a\0b").label, label);
        let marked = text_of("f", b"\xef\xbb\xbf{}".to_vec());
        assert_eq!(marked.as_deref(), Ok("{}"));
    }
}

//! The beginning of a file, by which readers tell what it is: keys of JSON with short values, cells of a
//! header. It never fails: what it does not understand it does not show.

use csv::{ReaderBuilder, StringRecord};

/// How many bytes are looked at.
pub const HEAD: usize = 64 * 1024;
/// How deep keys are shown.
const DEPTH: usize = 4;
/// The longest value that is shown.
const SHORT: usize = 200;

/// A key of the first JSON value, by its path, with its first value where that is short.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    path: String,
    value: Option<String>,
}

/// The beginning of a file.
#[derive(Clone, Debug)]
pub struct Sample<'t> {
    /// The name of the file.
    pub file: &'t str,
    /// Its first bytes, as far as they are text.
    pub head: &'t str,
    keys: Vec<Key>,
    header: Vec<String>,
}

impl<'t> Sample<'t> {
    /// Looks at the first bytes of a file.
    pub fn new(file: &'t str, bytes: &'t [u8]) -> Sample<'t> {
        let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
        let bytes = &bytes[..bytes.len().min(HEAD)];
        let head = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
        };
        let json = head.trim_start().starts_with(['{', '[']);
        Sample {
            file,
            head,
            keys: if json { keys(head) } else { Vec::new() },
            header: if json { Vec::new() } else { header(head) },
        }
    }

    /// Whether it begins like JSON.
    pub fn is_json(&self) -> bool {
        self.head.trim_start().starts_with(['{', '['])
    }

    /// Whether the first JSON value has a key: `values[].uuid`, of a list at the top `[].uuid`.
    pub fn has(&self, path: &str) -> bool {
        self.keys.iter().any(|key| key.path == path)
    }

    /// The first value of a key, where it is a short text, a number, `true` or `false`.
    pub fn value(&self, path: &str) -> Option<&str> {
        let key = self.keys.iter().find(|key| key.path == path)?;
        key.value.as_deref()
    }

    /// The cells of the first line, as those of a table.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Whether the first line has all of these cells.
    pub fn has_columns(&self, names: &[&str]) -> bool {
        names
            .iter()
            .all(|name| self.header.iter().any(|cell| cell == name))
    }

    /// What it looks like, for a message.
    pub fn looks(&self) -> String {
        let some = |names: Vec<&str>| {
            let shown = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
            match names.len() > 8 {
                true => format!("{shown} …"),
                false => shown,
            }
        };
        if self.is_json() {
            let top: Vec<&str> = self
                .keys
                .iter()
                .map(|key| key.path.trim_start_matches("[]."))
                .filter(|path| !path.contains(['.', '[']))
                .collect();
            return match top.is_empty() {
                true => "it looks like JSON without keys".to_owned(),
                false => format!("it looks like JSON with the keys {}", some(top)),
            };
        }
        match self.head.trim_start() {
            "" => "there is no text at its beginning".to_owned(),
            text if text.starts_with('<') => "it looks like XML or HTML".to_owned(),
            _ if self.header.len() > 1 => {
                let cells = self.header.iter().map(String::as_str).collect();
                format!("it looks like a table with the columns {}", some(cells))
            }
            _ => "it looks like plain text".to_owned(),
        }
    }
}

/// The cells of a first line; the sign between them is the one that is there most often.
fn header(head: &str) -> Vec<String> {
    let line = head.lines().next().unwrap_or_default();
    let count = |sign: &u8| line.bytes().filter(|byte| byte == sign).count();
    let sign = [b'|', b';', b'\t', b','].into_iter().max_by_key(count);
    let mut record = StringRecord::new();
    let read = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(sign.unwrap_or(b','))
        .from_reader(head.as_bytes())
        .read_record(&mut record);
    match read {
        Ok(true) => record.iter().map(|cell| cell.trim().to_owned()).collect(),
        Ok(false) | Err(_) => Vec::new(),
    }
}

/// The keys of the first JSON value, each path once, as far as it is there.
fn keys(head: &str) -> Vec<Key> {
    let bytes = head.as_bytes();
    let mut found: Vec<Key> = Vec::new();
    // For each level that is open whether it is a list, and the length of the path above it.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut path = String::new();
    // The key whose value comes next.
    let mut of: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            sign @ (b'{' | b'[') => {
                open.push((sign == b'[', path.len()));
                if sign == b'[' {
                    path.push_str("[]");
                }
                of = None;
                at += 1;
            }
            b'}' | b']' => {
                if let Some((_, length)) = open.pop() {
                    path.truncate(length);
                }
                if open.is_empty() {
                    break;
                }
                leave(&mut path, &open);
                at += 1;
            }
            b'"' => {
                let end = string_end(bytes, at);
                let text = head.get(at + 1..end).unwrap_or_default();
                at = end + 1;
                let colon = bytes[at.min(bytes.len())..]
                    .iter()
                    .find(|byte| !byte.is_ascii_whitespace());
                let in_object = open.last().is_some_and(|(list, _)| !list);
                if in_object && colon == Some(&b':') && of.is_none() {
                    leave(&mut path, &open);
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(text);
                    of = match open.len() <= DEPTH {
                        true => Some(entry(&mut found, &path)),
                        false => Some(usize::MAX),
                    };
                    at = bytes[at..]
                        .iter()
                        .position(|byte| *byte == b':')
                        .map_or(bytes.len(), |colon| at + colon + 1);
                } else {
                    keep(&mut found, of.take(), text);
                }
            }
            b',' => {
                of = None;
                leave(&mut path, &open);
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                let end = bytes[at..]
                    .iter()
                    .position(|byte| {
                        matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace()
                    })
                    .map_or(bytes.len(), |end| at + end);
                keep(&mut found, of.take(), head.get(at..end).unwrap_or_default());
                at = end.max(at + 1);
            }
        }
    }
    found
}

/// Leaves the key that the path ends with.
fn leave(path: &mut String, open: &[(bool, usize)]) {
    if let Some((list, length)) = open.last() {
        path.truncate(length + if *list { 2 } else { 0 });
    }
}

/// The place of the closing quotation mark.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    end.min(bytes.len())
}

fn entry(found: &mut Vec<Key>, path: &str) -> usize {
    match found.iter().position(|key| key.path == path) {
        Some(at) => at,
        None => {
            found.push(Key {
                path: path.to_owned(),
                value: None,
            });
            found.len() - 1
        }
    }
}

fn keep(found: &mut [Key], of: Option<usize>, text: &str) {
    if let Some(key) = of.and_then(|at| found.get_mut(at))
        && key.value.is_none()
        && text.len() <= SHORT
    {
        key.value = Some(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn keys_are_shown_with_their_first_values() {
        let text = br#"{"type": "bundle", "n": [1, {"a": {"b": true}}], "objects":
            [{"type": "malware", "x": "a \" b"}, {"id": 7}], "rest": "cut"#;
        let sample = Sample::new("f", text);
        assert_eq!(sample.value("type"), Some("bundle"));
        assert_eq!(sample.value("objects[].type"), Some("malware"));
        assert_eq!(sample.value("objects[].id"), Some("7"));
        assert_eq!(sample.value("n[].a.b"), Some("true"));
        assert!(sample.has("rest") && !sample.has("b"));
        assert_eq!(
            sample.looks(),
            "it looks like JSON with the keys type, n, objects, rest"
        );
    }

    #[test]
    fn a_header_is_shown_by_its_cells() {
        let sample = Sample::new("f", "\u{feff}ID;Name;\"a;b\"\n1;2;3".as_bytes());
        assert_eq!(sample.header(), ["ID", "Name", "a;b"]);
        assert!(sample.has_columns(&["Name", "ID"]) && !sample.has_columns(&["x"]));
        assert!(Sample::new("f", b"\xff\xfe").head.is_empty());
        assert_eq!(
            Sample::new("f", b"<?xml").looks(),
            "it looks like XML or HTML"
        );
    }
}

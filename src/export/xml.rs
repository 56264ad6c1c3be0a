//! XML for graphs: elements, attributes and texts that XML 1.0 allows, whatever they are made of. It
//! knows no format.

use crate::export::writer::ExportError;
use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

/// An XML file in the making.
pub struct Xml {
    writer: Writer<Vec<u8>>,
}

fn failed(told: String) -> ExportError {
    ExportError {
        title: format!("this cannot be written as XML: {told}"),
        help: "use another format".into(),
    }
}

/// A text as XML takes it. Signs that XML 1.0 has no way to hold become U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader makes blanks or line feeds of these where they stand as they are.
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", c as u32)),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if (c as u32) < 0x20 => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute(Attribute {
            key: QName(key),
            value: escaped(value).into(),
        });
    }
    start
}

impl Xml {
    /// A file with its declaration.
    pub fn new() -> Result<Xml, ExportError> {
        let mut xml = Xml {
            writer: Writer::new_with_indent(Vec::new(), b' ', 2),
        };
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(xml)
    }

    fn put(&mut self, event: Event<'_>) -> Result<(), ExportError> {
        let put = self.writer.write_event(event);
        put.map_err(|error| failed(error.to_string()))
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), ExportError> {
        self.put(Event::Empty(start(name, attributes)))
    }

    /// An element opens.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), ExportError> {
        self.put(Event::Start(start(name, attributes)))
    }

    /// It closes.
    pub fn close(&mut self, name: &str) -> Result<(), ExportError> {
        self.put(Event::End(BytesEnd::new(name)))
    }

    /// An element that holds a text.
    pub fn text(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> Result<(), ExportError> {
        self.open(name, attributes)?;
        self.put(Event::Text(BytesText::from_escaped(escaped(text))))?;
        self.close(name)
    }

    /// The whole file.
    pub fn done(self) -> Result<String, ExportError> {
        let text = String::from_utf8(self.writer.into_inner());
        Ok(text.map_err(|error| failed(error.to_string()))? + "\n")
    }
}

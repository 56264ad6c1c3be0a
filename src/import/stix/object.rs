//! One object of a bundle: its fields in their order, each a piece of the text whose place is known, read
//! as what the standard says it is. A field of another kind is a mistake at its place. It knows no type of
//! objects.

use crate::import::document::{Document, Place};
use crate::import::json;
use crate::import::states::Version;
use crate::model::{PartialDate, Precision, Value};
use crate::text::Diagnostic;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The fields of a JSON object, unread.
#[derive(Debug, Default)]
pub struct Fields<'t>(pub Vec<(Cow<'t, str>, &'t RawValue)>);

/// A key that borrows where it has no escapes.
#[derive(Deserialize)]
struct Key<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(20);
                while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
                    if fields.iter().any(|(known, _)| *known == key) {
                        return Err(de::Error::custom(format!("duplicate field `{key}`")));
                    }
                    fields.push((key, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// An object with its place.
#[derive(Debug)]
pub struct Object<'t> {
    /// The document that it is in.
    pub document: Document<'t>,
    /// Where it begins.
    pub place: Place,
    /// Its fields.
    pub fields: Fields<'t>,
}

/// A text that is a piece of the document where it has no escapes.
pub type Text<'t> = Cow<'t, str>;

impl<'t> Object<'t> {
    /// The object that a piece of the document is.
    pub fn read(
        document: &Document<'t>,
        piece: &'t str,
        place: Place,
    ) -> Result<Object<'t>, Diagnostic> {
        let fields = json::piece(document, piece).map_err(|wrong| inside(wrong, place))?;
        Ok(Object {
            document: *document,
            place,
            fields,
        })
    }

    /// A field, unless it is `null`.
    pub fn raw(&self, key: &str) -> Option<&'t RawValue> {
        let mut fields = self.fields.0.iter();
        let (_, raw) = fields.find(|(known, _)| known == key)?;
        (raw.get() != "null").then_some(*raw)
    }

    /// A mistake in a field, or in the object where it is not there.
    pub fn wrong(&self, key: &str, title: impl Into<String>) -> Diagnostic {
        let offset = self
            .raw(key)
            .map_or(self.place.offset, |raw| self.document.offset_of(raw.get()));
        inside(self.document.wrong(offset, title), self.place)
    }

    /// A mistake in a piece of a field.
    pub fn wrong_at(&self, piece: &str, title: impl Into<String>) -> Diagnostic {
        let offset = self.document.offset_of(piece);
        inside(self.document.wrong(offset, title), self.place)
    }

    fn kinds(&self, raw: &RawValue, key: &str, wanted: &str) -> Diagnostic {
        self.wrong_at(raw.get(), format!("`{key}` is not {wanted}"))
            .label(format!("this is {}", sort(raw.get())))
            .help(format!("the standard wants {wanted} here"))
    }

    /// A piece of a field as plain data; `wanted` says what that is, with its article.
    pub fn piece<T: Deserialize<'t>>(
        &self,
        raw: &'t RawValue,
        key: &str,
        wanted: &str,
    ) -> Result<T, Diagnostic> {
        serde_json::from_str(raw.get()).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => self.kinds(raw, key, wanted),
            serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof
            | serde_json::error::Category::Io => {
                match json::piece::<&RawValue>(&self.document, raw.get()) {
                    Err(wrong) => inside(wrong, self.place),
                    // Whole as JSON, and yet no text: half a pair of escapes.
                    Ok(_) => self
                        .wrong_at(raw.get(), format!("`{key}` cannot be read"))
                        .label("it holds half a pair of escapes")
                        .help("the file is damaged, or was edited by hand"),
                }
            }
        })
    }

    /// A text.
    pub fn text(&self, key: &str) -> Result<Option<Text<'t>>, Diagnostic> {
        self.raw(key).map(|raw| self.string(raw, key)).transpose()
    }

    /// A piece that is a text.
    pub fn string(&self, raw: &'t RawValue, key: &str) -> Result<Text<'t>, Diagnostic> {
        let plain = raw
            .get()
            .strip_prefix('"')
            .and_then(|of| of.strip_suffix('"'));
        match plain {
            Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
            Some(_) | None => {
                let text = self.piece::<String>(raw, key, "a text")?;
                Ok(json::sayable(Cow::Owned(text)))
            }
        }
    }

    /// A text that has to be there and to say something.
    pub fn needed(&self, key: &str, what: &str) -> Result<Text<'t>, Diagnostic> {
        let missing = |label: String| {
            self.wrong(key, format!("this {what} has no `{key}`"))
                .label(label)
                .help(format!("each {what} has one"))
        };
        match self.text(key)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err(missing("it is empty".to_owned())),
            None => Err(missing("it should be in this object".to_owned())),
        }
    }

    /// The pieces of a list.
    pub fn list(&self, key: &str) -> Result<Vec<&'t RawValue>, Diagnostic> {
        match self.raw(key) {
            Some(raw) => self.piece(raw, key, "a list"),
            None => Ok(Vec::new()),
        }
    }

    /// The texts of a list.
    pub fn texts(&self, key: &str) -> Result<Vec<Text<'t>>, Diagnostic> {
        let items = self.list(key)?;
        items.into_iter().map(|raw| self.string(raw, key)).collect()
    }

    /// A list of objects.
    pub fn objects(&self, key: &str) -> Result<Vec<Object<'t>>, Diagnostic> {
        let items = self.list(key)?.into_iter();
        items
            .map(|raw| {
                Ok(Object {
                    document: self.document,
                    place: self.place,
                    fields: self.piece(raw, key, "a list of objects")?,
                })
            })
            .collect()
    }

    /// An object in a field.
    pub fn object(&self, key: &str) -> Result<Option<Object<'t>>, Diagnostic> {
        let Some(raw) = self.raw(key) else {
            return Ok(None);
        };
        Ok(Some(Object {
            document: self.document,
            place: self.place,
            fields: self.piece(raw, key, "an object")?,
        }))
    }

    /// True or false; false where it is not there.
    pub fn flag(&self, key: &str) -> Result<bool, Diagnostic> {
        match self.raw(key) {
            Some(raw) => self.piece(raw, key, "`true` or `false`"),
            None => Ok(false),
        }
    }

    /// A number.
    pub fn number(&self, key: &str) -> Result<Option<f64>, Diagnostic> {
        self.raw(key)
            .map(|raw| self.piece(raw, key, "a number"))
            .transpose()
    }

    /// A point in time, to the second, with its nanoseconds.
    pub fn time(&self, key: &str) -> Result<Option<(PartialDate, u32)>, Diagnostic> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        let read = PartialDate::parse(&text).filter(|date| date.precision() == Precision::Second);
        match read {
            Some(date) => Ok(Some((date, nanos(&text)))),
            None => Err(self
                .wrong(key, format!("`{key}` is not a point in time"))
                .label(format!("`{}` is no time of the calendar", shown(&text)))
                .help("write it as 2021-03-25T14:30:00.000Z")),
        }
    }

    /// A point in time as a version.
    pub fn version(&self, key: &str) -> Result<Option<Version>, Diagnostic> {
        let time = self.time(key)?;
        Ok(time.map(|(date, nanos)| (date.start(), nanos)))
    }

    /// The id of another object.
    pub fn id(&self, key: &str) -> Result<Option<Text<'t>>, Diagnostic> {
        match self.text(key)? {
            // Some write an empty text for none.
            Some(text) if text.is_empty() => Ok(None),
            Some(text) if type_of(&text).is_some() => Ok(Some(text)),
            Some(text) => Err(self.no_id(self.raw(key), key, &text)),
            None => Ok(None),
        }
    }

    /// The ids of other objects.
    pub fn ids(&self, key: &str) -> Result<Vec<Text<'t>>, Diagnostic> {
        let mut ids = Vec::new();
        for raw in self.list(key)? {
            let text = self.string(raw, key)?;
            if type_of(&text).is_none() {
                return Err(self.no_id(Some(raw), key, &text));
            }
            ids.push(text);
        }
        Ok(ids)
    }

    fn no_id(&self, raw: Option<&RawValue>, key: &str, text: &str) -> Diagnostic {
        self.wrong_at(
            raw.map_or("", RawValue::get),
            format!("`{key}` holds no id of an object"),
        )
        .label(format!("`{}` is none", shown(text)))
        .help("an id is a type and a UUID with `--` between them")
    }

    /// A field as a property.
    pub fn value(&self, key: &str) -> Result<Option<Value>, Diagnostic> {
        match self.raw(key) {
            Some(raw) => self.property(raw, key),
            None => Ok(None),
        }
    }

    /// A piece as a property.
    pub fn property(&self, raw: &'t RawValue, key: &str) -> Result<Option<Value>, Diagnostic> {
        let kept: json::Kept = self.piece(raw, key, "JSON")?;
        Ok(kept.0)
    }

    /// The fields that were not read, as properties.
    pub fn rest(&self, read: &[&[&str]]) -> Result<Vec<(String, Value)>, Diagnostic> {
        let mut properties = Vec::with_capacity(self.fields.0.len());
        for (key, raw) in &self.fields.0 {
            if read.iter().any(|list| list.contains(&key.as_ref())) {
                continue;
            }
            if let Some(value) = self.property(raw, key)? {
                let key = match key.as_ref() {
                    "name" | "title" | "document" | "collection" => format!("stix-{key}"),
                    "" => "stix".to_owned(),
                    key => json::sayable(Cow::Borrowed(key)).into_owned(),
                };
                properties.push((key, value));
            }
        }
        Ok(properties)
    }
}

/// A mistake in an item of the list of objects.
fn inside(wrong: Diagnostic, place: Place) -> Diagnostic {
    match place.item {
        Some((list, at)) => wrong.note(format!("in {list}[{at}]")),
        None => wrong,
    }
}

/// The type of the object that an id names.
pub fn type_of(id: &str) -> Option<&str> {
    let (kind, rest) = id.split_once("--")?;
    (!kind.is_empty() && !rest.is_empty() && !id.bytes().any(|byte| byte.is_ascii_whitespace()))
        .then_some(kind)
}

/// Whether behind the type of an id stands a UUID.
pub fn has_uuid(id: &str) -> bool {
    let uuid = id.split_once("--").map_or("", |(_, uuid)| uuid);
    let sign = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    uuid.len() == 36 && uuid.bytes().enumerate().all(sign)
}

/// The nanoseconds of a point in time.
pub fn nanos(text: &str) -> u32 {
    let Some((_, behind)) = text.split_once('.') else {
        return 0;
    };
    let digits = behind.bytes().take_while(u8::is_ascii_digit).take(9);
    let (number, count) = digits.fold((0, 0), |(number, count), digit| {
        (number * 10 + u32::from(digit - b'0'), count + 1)
    });
    number * 10u32.pow(9 - count)
}

/// The beginning of a text, for a message.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

/// What kind of JSON a piece is.
fn sort(piece: &str) -> &'static str {
    match piece.as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "a list, or one with other items",
        Some(b't' | b'f') => "a truth value",
        Some(b'n') => "null",
        Some(_) => "a number",
        None => "nothing",
    }
}

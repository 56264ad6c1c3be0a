//! What a column of a table can mean: one row each in [`FIELDS`], from which headers are recognised,
//! mappings are checked and help is written.

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The table below says it.
pub enum Field {
    Id,
    Name,
    Type,
    Title,
    Subject,
    Relation,
    Object,
    Polarity,
    Likelihood,
    Confidence,
    Source,
    Via,
    On,
    From,
    Until,
    Before,
    Reported,
    Reliability,
    Credibility,
    Marking,
    Reference,
    Locator,
    Quote,
    Unnamed,
    Ids,
    Properties,
    Property,
    Ignore,
}

/// A field and the headers that mean it.
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// Its name in a mapping.
    pub name: &'static str,
    /// Headers that mean it, in lower case with `_` for other signs.
    pub headers: &'static [&'static str],
    /// What stands in a cell.
    pub doc: &'static str,
}

macro_rules! fields {
    ($($field:ident $name:literal [$($header:literal),*] $doc:literal;)*) => {
        &[$(FieldRow {
            field: Field::$field,
            name: $name,
            headers: &[$($header),*],
            doc: $doc,
        }),*]
    };
}

/// All fields.
pub const FIELDS: &[FieldRow] = fields! {
    Id "id" ["id", "uid", "key", "_id"] "what claims call the entity; kept as its property `id`";
    Name "name" ["name", "handle", "caption"] "the entity's handle";
    Type "type" ["type", "types", "kind", "label", "labels", "class", "schema"] "types, several with `;`";
    Title "title" ["title"] "the entity's display title";
    Subject "subject" ["subject", "from", "from_id", "start_id", "subject_id", "source_id"] "who: an id or a name";
    Relation "relation" ["relation", "relationship", "predicate", "verb"] "did what; without such a column the file's name";
    Object "object" ["object", "to", "to_id", "end_id", "object_id", "target_id"] "to whom: an id or a name; of `also-known-as` the other name";
    Polarity "polarity" ["polarity", "denied"] "asserted or denied; of `denied` true or false";
    Likelihood "likelihood" ["likelihood", "probability"] "percent, or a term such as `likely` or `PHIA: likely`";
    Confidence "confidence" ["confidence"] "low, moderate or high; a number is a likelihood in percent";
    Source "source" ["source", "sources", "according_to"] "who says so, several with `;`; a bare number N is `source N`";
    Via "via" ["via"] "who passed it on, several with `;`";
    On "on" ["on", "date", "year", "when"] "when it happened: 2021, 2021-03, 2021-03-25";
    From "from" ["since", "valid_from", "start_date"] "since when it holds";
    Until "until" ["until", "valid_until", "end_date"] "until when it holds";
    Before "before" ["before", "valid_before"] "before when it was";
    Reported "reported" ["reported", "published"] "when the source said so";
    Reliability "reliability" ["reliability"] "Admiralty code of the source, A to F";
    Credibility "credibility" ["credibility"] "Admiralty code of the information, 1 to 6";
    Marking "marking" ["marking", "tlp"] "TLP:CLEAR to TLP:RED";
    Reference "reference" ["reference", "url"] "address of the document";
    Locator "locator" ["locator", "page"] "page, paragraph";
    Quote "quote" ["quote", "excerpt"] "short excerpt";
    Unnamed "unnamed" ["unnamed"] "true of a party that is called by what a text says of it";
    Ids "ids" ["ids", "external_ids"] "ids outside as scheme:id, several with `;`";
    Properties "properties" ["properties"] "free properties as a JSON object";
    Property "property" [] "kept under the column's name";
    Ignore "-" ["-"] "left out";
};

/// The field of a name in a mapping.
pub fn named(name: &str) -> Option<Field> {
    let found = FIELDS.iter().find(|row| row.name == name);
    found.map(|row| row.field)
}

/// The row of a field.
pub fn row(field: Field) -> &'static FieldRow {
    // Every field has a row: the test below holds it.
    FIELDS
        .iter()
        .find(|row| row.field == field)
        .unwrap_or(&FIELDS[0])
}

/// A header in lower case, with `_` for what is neither letter nor digit.
pub fn plain(header: &str) -> String {
    let sign = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let plain: String = header.trim().to_lowercase().chars().map(sign).collect();
    plain.trim_start_matches('_').to_owned()
}

/// What headers mean, where no mapping says so.
pub fn guessed(headers: &[String]) -> Vec<Field> {
    let plain: Vec<String> = headers.iter().map(|header| plain(header)).collect();
    let has = |name: &str| plain.iter().any(|known| known == name);
    // `from` and `to` are ends, or dates where the ends have columns of their own.
    let dated = has("subject") && has("object");
    // Lists of edges for drawing call the ends `Source` and `Target`.
    let drawn = has("source") && has("target") && !has("subject") && !has("from");
    let meaning = |header: &String| match header.as_str() {
        "from" if dated => Field::From,
        "to" if dated => Field::Until,
        "source" if drawn => Field::Subject,
        "target" if drawn || (has("subject") && !has("object")) => Field::Object,
        header => {
            let known = FIELDS.iter().find(|row| row.headers.contains(&header));
            known.map_or(Field::Property, |row| row.field)
        }
    };
    let mut fields: Vec<Field> = plain.iter().map(meaning).collect();
    // What only one column can be, the first is.
    for at in 1..fields.len() {
        if fields[..at].contains(&fields[at]) && fields[at] != Field::Ignore {
            fields[at] = Field::Property;
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, Field, guessed, named, row};

    fn of(headers: &str) -> Vec<Field> {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        guessed(&headers)
    }

    #[test]
    fn every_field_has_one_row_that_is_found_by_its_name() {
        for known in FIELDS {
            assert_eq!(named(known.name), Some(known.field));
            assert_eq!(row(known.field).name, known.name);
        }
    }

    #[test]
    fn usual_headers_are_understood() {
        use Field::{
            Confidence, From, Id, Name, Object, On, Property, Source, Subject, Type, Until,
        };
        assert_eq!(of("id,name,kind"), [Id, Name, Type]);
        assert_eq!(
            of("from,to,confidence,year,source"),
            [Subject, Object, Confidence, On, Source]
        );
        assert_eq!(of("Subject,object,from,to"), [Subject, Object, From, Until]);
        assert_eq!(of("Source,Target,weight"), [Subject, Object, Property]);
    }
}

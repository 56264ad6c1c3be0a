//! Mappings as users write them: `kind=type, year=on, 'NCSC'=source`, a line for each file where there
//! are several: `people*.csv: full name=name`.

use crate::import::fields::{FIELDS, Field, named};
use crate::text::{Diagnostic, Span, nearest};

/// Where the value of a field comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A column, by its header.
    Column(String),
    /// The same text for every row.
    Constant(String),
}

/// One pair of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Where the value comes from.
    pub from: From,
    /// What it means.
    pub field: Field,
}

/// What columns mean, for the files that each line names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    lines: Vec<(Option<String>, Vec<Pair>)>,
}

impl Mapping {
    /// Reads the lines of a mapping; `#` begins a comment.
    pub fn parse(text: &str) -> Result<Mapping, Diagnostic> {
        let mut mapping = Mapping::default();
        let mut at = 0;
        for line in text.split('\n') {
            let begun = at;
            at += line.len() + 1;
            let bare = line.trim_end();
            if bare.trim_start().is_empty() || bare.trim_start().starts_with('#') {
                continue;
            }
            mapping.lines.push(read(bare, begun)?);
        }
        Ok(mapping)
    }

    /// Adds the lines of another; what was there first counts first.
    pub fn extend(&mut self, other: Mapping) {
        self.lines.extend(other.lines);
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The pairs that no line gives to certain files: each is for those that have its column.
    pub fn everywhere(&self) -> impl Iterator<Item = &Pair> {
        let lines = self.lines.iter().filter(|(pattern, _)| pattern.is_none());
        lines.flat_map(|(_, pairs)| pairs)
    }

    /// The pairs for a file, and whether it must have their columns.
    pub fn of(&self, file: &str) -> impl Iterator<Item = (&Pair, bool)> {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned();
        let fits = move |(pattern, _): &&(Option<String>, Vec<Pair>)| {
            pattern
                .as_ref()
                .is_none_or(|pattern| matches(pattern, &name))
        };
        let lines = self.lines.iter().filter(fits);
        lines.flat_map(|(pattern, pairs)| pairs.iter().map(|pair| (pair, pattern.is_some())))
    }
}

/// Whether a name is that of a pattern, in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| matches(after, &rest[at..]))
        }),
    }
}

fn read(line: &str, offset: usize) -> Result<(Option<String>, Vec<Pair>), Diagnostic> {
    // A colon before the first `=` ends the name of a file.
    let first = line.find('=').unwrap_or(line.len());
    let quoted = line.find('\'').unwrap_or(line.len());
    let colon = line.find(": ").filter(|at| *at < first.min(quoted));
    let (file, rest, mut at) = match colon {
        Some(at) => (Some(line[..at].trim().to_owned()), &line[at + 1..], at + 1),
        None => (None, line, 0),
    };
    let mut pairs = Vec::new();
    for part in parts(rest) {
        let span = Span::new(offset + at, offset + at + part.len());
        at += part.len() + 1;
        if part.trim().is_empty() {
            continue;
        }
        pairs.push(pair(part, span)?);
    }
    Ok((file, pairs))
}

/// The parts between commas; those inside single quotes do not count.
fn parts(text: &str) -> Vec<&str> {
    let mut inside = false;
    text.split(|c| {
        inside ^= c == '\'';
        c == ',' && !inside
    })
    .collect()
}

fn pair(part: &str, span: Span) -> Result<Pair, Diagnostic> {
    let wrong = |title: String| {
        Diagnostic::new(title, span)
            .label("in this mapping")
            .help("write COLUMN=FIELD, such as `kind=type, year=on`; 'TEXT'=FIELD gives every row the same")
    };
    let Some((from, field)) = part.rsplit_once('=') else {
        return Err(wrong(format!("`{}` is no pair", part.trim())));
    };
    let (from, field) = (from.trim(), field.trim());
    let Some(known) = named(field) else {
        let names: Vec<&str> = FIELDS.iter().map(|row| row.name).collect();
        let near = nearest(field, names.iter().copied(), 1).first().copied();
        let unknown = Diagnostic::new(format!("no field is called `{field}`"), span)
            .label("unknown field")
            .note(format!("fields are {}", names.join(", ")));
        return Err(match near {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown.help("`-` leaves a column out"),
        });
    };
    let constant = from
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    let from = match constant {
        Some(text) => From::Constant(text.to_owned()),
        None if from.is_empty() => return Err(wrong("a column has no name".to_owned())),
        None => From::Column(from.to_owned()),
    };
    Ok(Pair { from, field: known })
}

#[cfg(test)]
mod tests {
    use super::{From, Mapping, Pair};
    use crate::import::fields::Field;

    #[test]
    fn lines_are_for_the_files_that_they_name() {
        let text = "# who\npeople*.csv: full name=name, 'person'=type\nyear=on";
        let mapping = Mapping::parse(text).expect("a mapping");
        let of = |file| {
            mapping
                .of(file)
                .map(|(pair, _)| pair.clone())
                .collect::<Vec<Pair>>()
        };
        let year = Pair {
            from: From::Column("year".into()),
            field: Field::On,
        };
        assert_eq!(of("d/targeted.csv"), std::slice::from_ref(&year));
        assert_eq!(of("people_2.csv").len(), 3);
        assert_eq!(of("people_2.csv")[1].from, From::Constant("person".into()));
    }

    #[test]
    fn a_slip_gets_its_place_and_a_suggestion() {
        let mistake = Mapping::parse("kind=type, year=likelihod").expect_err("a slip");
        assert_eq!(mistake.title, "no field is called `likelihod`");
        assert_eq!(mistake.help.as_deref(), Some("did you mean `likelihood`?"));
        assert_eq!(mistake.span.map(|span| span.start), Some(10));
        assert!(Mapping::parse("kind").is_err());
    }
}

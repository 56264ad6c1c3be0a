//! A table: what its columns mean, and its records with their lines.

use crate::import::blocks::Block;
use crate::import::fields::{Field, guessed, plain, row};
use crate::import::mapping::{From, Mapping};
use crate::text::nearest;
use csv::{ByteRecord, ReaderBuilder};

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An entity a row.
    Entities,
    /// A claim a row.
    Claims,
}

/// A row that will not do, or the whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reject {
    /// The file.
    pub file: String,
    /// The line on which its record begins, from 1; 0: none in particular.
    pub line: u64,
    /// The header of the column.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// The record as it came, or as it was read.
    pub record: String,
}

/// What is wrong with a record: the place of its column, and why.
pub type Wrong = (Option<usize>, String);

/// A table whose columns are known.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file.
    pub file: String,
    /// What its rows are.
    pub kind: Kind,
    /// The headers.
    pub headers: Vec<String>,
    /// What each column means.
    pub fields: Vec<Field>,
    /// What every row has.
    pub constants: Vec<(Field, String)>,
    delimiter: u8,
}

impl Table {
    /// The table of a file with this first record.
    pub fn new(file: &str, header: &Block, mapping: &Mapping) -> Result<Table, Reject> {
        let wrong = |reason: String| Reject {
            file: file.to_owned(),
            line: header.line,
            reason,
            record: String::from_utf8_lossy(&header.bytes).trim_end().to_owned(),
            ..Reject::default()
        };
        if header.bytes.starts_with(&[0xff, 0xfe]) || header.bytes.starts_with(&[0xfe, 0xff]) {
            return Err(wrong("this is UTF-16: save it as UTF-8".to_owned()));
        }
        let delimiter = delimiter(&header.bytes);
        let mut read = ByteRecord::new();
        let found = ReaderBuilder::new()
            .has_headers(false)
            .delimiter(delimiter)
            .from_reader(header.bytes.as_slice())
            .read_byte_record(&mut read);
        if !matches!(found, Ok(true)) {
            return Err(wrong("there is no header".to_owned()));
        }
        let mut headers = Vec::with_capacity(read.len());
        for cell in &read {
            match std::str::from_utf8(cell) {
                Ok(text) => headers.push(text.trim().to_owned()),
                Err(_) => return Err(wrong("the header is not UTF-8".to_owned())),
            }
        }
        let mut table = Table {
            file: file.to_owned(),
            kind: Kind::Entities,
            fields: guessed(&headers),
            headers,
            constants: Vec::new(),
            delimiter,
        };
        table.mapped(mapping).map_err(wrong)?;
        if table.has(Field::Subject) || table.has(Field::Object) {
            table.kind = Kind::Claims;
        }
        let has = |field| table.has(field);
        let need = |field: Field| {
            let known = row(field);
            wrong(format!(
                "no column is the {}; columns are {}; `--map COLUMN={}` says which",
                known.name,
                table.headers.join(", "),
                known.name
            ))
        };
        match table.kind {
            Kind::Claims if !has(Field::Subject) => return Err(need(Field::Subject)),
            Kind::Claims if !has(Field::Object) => return Err(need(Field::Object)),
            Kind::Entities if !has(Field::Name) && !has(Field::Id) => {
                return Err(need(Field::Name));
            }
            Kind::Claims | Kind::Entities => {}
        }
        if table.kind == Kind::Claims {
            // In a table of claims these say nothing of an entity.
            for field in &mut table.fields {
                if matches!(
                    field,
                    Field::Id
                        | Field::Name
                        | Field::Type
                        | Field::Title
                        | Field::Unnamed
                        | Field::Ids
                ) {
                    *field = Field::Property;
                }
            }
        } else {
            let own = [
                Field::Id,
                Field::Name,
                Field::Type,
                Field::Title,
                Field::Unnamed,
                Field::Ids,
                Field::Properties,
                Field::Ignore,
            ];
            for field in &mut table.fields {
                if !own.contains(field) {
                    *field = Field::Property;
                }
            }
        }
        Ok(table)
    }

    fn has(&self, field: Field) -> bool {
        self.fields.contains(&field) || self.constants.iter().any(|(known, _)| *known == field)
    }

    fn mapped(&mut self, mapping: &Mapping) -> Result<(), String> {
        let pairs: Vec<_> = mapping.of(&self.file).collect();
        for (pair, must) in &pairs {
            match &pair.from {
                From::Constant(text) => self.constants.push((pair.field, text.clone())),
                From::Column(name) => {
                    let Some(at) = self.place(name) else {
                        if !must {
                            continue;
                        }
                        return Err(self.unknown(name));
                    };
                    // What a mapping says of one column, no other is by its header.
                    let guessed = |field: &mut Field| {
                        if *field == pair.field && pair.field != Field::Property {
                            *field = Field::Property;
                        }
                    };
                    self.fields.iter_mut().for_each(guessed);
                    self.fields[at] = pair.field;
                }
            }
        }
        Ok(())
    }

    /// What to say of a header that is not there.
    pub fn unknown(&self, name: &str) -> String {
        let names = self.headers.iter().map(String::as_str);
        let help = match nearest(name, names, 1).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("columns are {}", self.headers.join(", ")),
        };
        format!("no column is called `{name}`; {help}")
    }

    /// The place of the column of this header.
    pub fn place(&self, name: &str) -> Option<usize> {
        let same = |header: &String| header == name || plain(header) == plain(name);
        self.headers.iter().position(same)
    }

    /// The place of the column of a field.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|known| *known == field)
    }

    /// What every row has of a field.
    pub fn constant(&self, field: Field) -> Option<&str> {
        let found = self.constants.iter().find(|(known, _)| *known == field);
        found.map(|(_, text)| text.as_str())
    }

    /// The name of the file without folder and ending.
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        name.split('.').next().unwrap_or(name)
    }

    /// Calls `each` with every record of a block; gives those that it refuses.
    pub fn records(
        &self,
        block: &Block,
        each: &mut dyn FnMut(&ByteRecord) -> Result<(), Wrong>,
    ) -> Vec<Reject> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(block.bytes.as_slice());
        let mut record = ByteRecord::new();
        let mut rejects = Vec::new();
        loop {
            let outcome = match reader.read_byte_record(&mut record) {
                Ok(false) => return rejects,
                Ok(true) if record.len() != self.headers.len() => {
                    let (wanted, found) = (self.headers.len(), record.len());
                    Err((
                        None,
                        format!("{wanted} cells are expected, {found} are there"),
                    ))
                }
                Ok(true) => each(&record),
                Err(error) => Err((None, error.to_string())),
            };
            if let Err((column, reason)) = outcome {
                let line = record.position().map_or(1, csv::Position::line);
                let cells = record.iter().map(String::from_utf8_lossy);
                rejects.push(Reject {
                    file: self.file.clone(),
                    line: block.line + line - 1,
                    column: column.and_then(|at| self.headers.get(at).cloned()),
                    reason,
                    record: cells.collect::<Vec<_>>().join(","),
                });
            }
        }
    }
}

/// What stands between cells, by the header: the sign that is there most often.
fn delimiter(header: &[u8]) -> u8 {
    let count = |sign: u8| header.iter().filter(|byte| **byte == sign).count();
    let signs = [b',', b'\t', b';', b'|'];
    let most = signs.into_iter().rev().max_by_key(|sign| count(*sign));
    most.unwrap_or(b',')
}

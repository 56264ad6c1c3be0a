//! Files into a case: opened, told apart by what is in them, read in one go, all or nothing. It knows no
//! format; what came in and what was odd is told in a few lines.

use crate::answer::wording::counted;
use crate::engine::{Content, Engine, File, Given, Intake, NotImported, Spoiled};
use crate::front::output::warning;
use crate::front::session;
use crate::front::tables::{self, Options, Refused};
use crate::import::{
    Document, Form, LARGEST, Reject, Sample, detected, json_lines, named, names, sample, text_of,
    too_large,
};
use crate::text::{Diagnostic, render};
use std::io::{Cursor, Read};

/// What an import did, for programs and for people.
#[derive(Debug, Default)]
pub struct Done {
    /// What came in.
    pub intake: Intake,
    /// The same in words, ending with a line feed.
    pub said: String,
}

impl Done {
    /// New claims.
    pub fn claims(&self) -> usize {
        let tables = self.intake.tables.as_ref();
        let made = self.intake.applied.claims.len() + self.intake.written.1;
        made + tables.map_or(0, |tables| tables.claims)
    }

    /// New entities.
    pub fn entities(&self) -> usize {
        let tables = self.intake.tables.as_ref();
        let made = self.intake.applied.entities.len() + self.intake.written.0;
        made + tables.map_or(0, |tables| tables.entities)
    }

    /// Claims that were known, every field the same.
    pub fn known(&self) -> usize {
        let tables = self.intake.tables.as_ref();
        let known = self.intake.applied.known + self.intake.unchanged;
        known + tables.map_or(0, |tables| tables.known)
    }
}

/// The format of the files, where `--from` is among the words; and the other words.
pub fn from(words: &[String]) -> Result<(Option<String>, Vec<String>), Diagnostic> {
    let mut words = words.to_vec();
    let Some(at) = words.iter().position(|word| word == "--from") else {
        return Ok((None, words));
    };
    words.remove(at);
    match at < words.len() {
        true => {
            let name = words.remove(at);
            named(&name)?;
            Ok((Some(name), words))
        }
        false => Err(Diagnostic::without_span("a format is needed")
            .note(format!(
                "formats are {}",
                names().collect::<Vec<_>>().join(", ")
            ))
            .help("write for example `.import --from stix bundle.json`")),
    }
}

/// Takes files in, whatever they are, all or nothing. `recorded` is the time of the transaction, in seconds
/// since 1970.
pub fn import(
    engine: &mut Engine,
    files: &[String],
    options: &Options,
    recorded: i64,
) -> Result<Done, Refused> {
    let mistaken = |file: &str, mistake: &Diagnostic| -> Refused {
        let told = render(mistake, file, "", options.colour);
        (told + "nothing was imported\n").into()
    };
    let from = match &options.from {
        None => None,
        Some(name) => Some(named(name).map_err(|mistake| mistaken("--from", &mistake))?),
    };
    let mapped = !options.mapping.is_empty() || options.rejects.is_some();
    let (mut whole, mut given) = (Vec::new(), Vec::new());
    // Of tables that are made of other lines, which.
    let mut lined: Vec<(String, Vec<u64>)> = Vec::new();
    let mut size = 0;
    for path in files {
        let name = match path.as_str() {
            "-" => "standard input".to_owned(),
            path => path.to_owned(),
        };
        let open = open(path, &name).map_err(|mistake| mistaken(&name, &mistake))?;
        size += open.size;
        let sample = Sample::new(&name, &open.head);
        let form = match from {
            Some(form) => Ok(form),
            // What columns mean is said of tables only: then even what has no such name is one.
            None if mapped && !name.ends_with(".who") => Ok(Form::Table),
            None => detected(&sample),
        };
        let form = match form {
            Ok(form) => form,
            // What is no text is told first.
            Err(unknown) => {
                let wrong = open.text(&name).err().unwrap_or(unknown);
                return Err(mistaken(&name, &wrong));
            }
        };
        match form {
            Form::Table if sample.is_json() => {
                let text = open
                    .text(&name)
                    .map_err(|mistake| mistaken(&name, &mistake))?;
                let document = Document {
                    file: &name,
                    text: &text,
                    number: 0,
                };
                let wrong = |mistake: Diagnostic| -> Refused {
                    let told = render(&mistake, &name, &text, options.colour);
                    (told + "nothing was imported\n").into()
                };
                let read = json_lines::table(&document).map_err(wrong)?;
                lined.push((name.clone(), read.lines));
                given.push(table(name, Cursor::new(read.table)));
            }
            Form::Table => given.push(open.table(name)),
            Form::Script => {
                let text = open
                    .text(&name)
                    .map_err(|mistake| mistaken(&name, &mistake))?;
                let content = Content::Script(text);
                whole.push(File { name, content });
            }
            Form::Text => {
                let text = open
                    .text(&name)
                    .map_err(|mistake| mistaken(&name, &mistake))?;
                let content = Content::Text(text);
                whole.push(File { name, content });
            }
            Form::Document(reader) => {
                let text = open
                    .text(&name)
                    .map_err(|mistake| mistaken(&name, &mistake))?;
                let content = Content::Document(reader, text);
                whole.push(File { name, content });
            }
        }
    }
    let bar = tables::bar(size);
    let how = (&options.mapping, options.rejects.is_some());
    let told = &mut |bytes: usize| bar.inc(bytes as u64);
    let outcome = engine.import(&whole, given, how, recorded, told);
    bar.finish_and_clear();
    match outcome {
        Ok(mut intake) => {
            if let Some(tables) = &mut intake.tables {
                place(&mut tables.rejects, &lined);
            }
            let said = said(&intake, &whole, options)?;
            Ok(Done { intake, said })
        }
        Err(mut spoiled) => {
            if let Spoiled::Tables(NotImported::Rejected(rejects)) = &mut spoiled {
                place(rejects, &lined);
            }
            Err(spoilt(&spoiled, &whole, options.colour))
        }
    }
}

/// Tells rejects by the lines of their files.
fn place(rejects: &mut [Reject], lined: &[(String, Vec<u64>)]) {
    for reject in rejects {
        let of = lined.iter().find(|(file, _)| *file == reject.file);
        let at = (reject.line as usize).checked_sub(1);
        if let (Some((_, lines)), Some(at)) = (of, at) {
            reject.line = lines.get(at).copied().unwrap_or(reject.line);
        }
    }
}

/// A file that is open, with its first bytes.
struct Open {
    head: Vec<u8>,
    rest: Box<dyn Read>,
    size: u64,
}

/// Opens a file, or standard input for `-`, and reads its first bytes.
fn open(path: &str, name: &str) -> Result<Open, Diagnostic> {
    let wrong = |error: std::io::Error| {
        Diagnostic::without_span(format!("`{name}` cannot be read"))
            .label(error.to_string())
            .help("check the name and that you may read it")
    };
    let (mut rest, size): (Box<dyn Read>, u64) = match path {
        "-" => (Box::new(std::io::stdin().lock()), 0),
        path => {
            let file = std::fs::File::open(path).map_err(wrong)?;
            let size = file.metadata().map_or(0, |of| of.len());
            (Box::new(file), size)
        }
    };
    let mut head = Vec::new();
    let mut first = rest.by_ref().take(sample::HEAD as u64);
    first.read_to_end(&mut head).map_err(wrong)?;
    Ok(Open { head, rest, size })
}

/// A table that is read from a stream.
fn table(file: String, mut reader: impl Read + 'static) -> Given<'static> {
    let feed = move |out: &mut Vec<u8>, want: usize| {
        let before = out.len();
        let read = reader.by_ref().take(want as u64).read_to_end(out);
        match read {
            Ok(_) => Ok(out.len() - before == want),
            Err(error) => Err(error.to_string()),
        }
    };
    Given {
        file,
        feed: Box::new(feed),
    }
}

impl Open {
    /// As a stream of a table.
    fn table(self, file: String) -> Given<'static> {
        table(file, Cursor::new(self.head).chain(self.rest))
    }

    /// As text, all of it.
    fn text(self, name: &str) -> Result<String, Diagnostic> {
        if self.size > LARGEST as u64 {
            return Err(too_large(name));
        }
        let mut bytes = self.head;
        bytes.reserve_exact((self.size as usize + 1).saturating_sub(bytes.len()));
        // One byte more than may be tells that there is too much.
        let most = (LARGEST + 1).saturating_sub(bytes.len());
        let read = self.rest.take(most as u64).read_to_end(&mut bytes);
        read.map_err(|error| {
            Diagnostic::without_span(format!("`{name}` cannot be read")).label(error.to_string())
        })?;
        text_of(name, bytes)
    }
}

/// What an import did, in words.
fn said(intake: &Intake, files: &[File], options: &Options) -> Result<String, Refused> {
    let mut said = String::new();
    for (file, span, what) in &intake.warnings {
        let (name, text) = files
            .get(*file)
            .map_or(("", ""), |of| (of.name.as_str(), of.text()));
        said.push_str(&warning(name, text, *span, what));
        said.push('\n');
    }
    for (file, format, counts) in &intake.documents {
        let name = files.get(*file).map_or("", |of| of.name.as_str());
        let counts: Vec<String> = counts
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        let counts = match counts.is_empty() {
            true => "nothing".to_owned(),
            false => counts.join(", "),
        };
        said.push_str(&format!("{name} ({format}): {counts}\n"));
    }
    for (kind, count, places) in &intake.oddities {
        let places = places.join("; ");
        let first = if *count > 1 { "first at " } else { "at " };
        said.push_str(&format!("odd: {count} × {kind}, {first}{places}\n"));
    }
    let (entities, claims) = intake.written;
    let scripts = files
        .iter()
        .any(|file| matches!(file.content, Content::Script(_)));
    if scripts {
        let (entities, claims) = (counted(entities, "entity"), counted(claims, "claim"));
        said.push_str(&format!("queries made {entities} and {claims}\n"));
    }
    let texts = files
        .iter()
        .any(|file| !matches!(file.content, Content::Script(_)));
    if texts {
        let one = files.first().filter(|_| files.len() == 1);
        if let Some(file) = one.filter(|_| intake.documents.is_empty()) {
            said.push_str(&format!("{}: ", file.name));
        }
        said.push_str(&session::summary(&intake.applied));
        if intake.unchanged > 0 {
            let unchanged = counted(intake.unchanged, "claim");
            said.push_str(&format!(", {unchanged} unchanged"));
        }
        said.push('\n');
    }
    if let Some(imported) = &intake.tables {
        said.push_str(&tables::summary(imported, options)?);
    }
    Ok(said)
}

/// Why an import came to nothing, in words.
fn spoilt(spoiled: &Spoiled, files: &[File], colour: bool) -> Refused {
    match spoiled {
        Spoiled::Cancelled | Spoiled::Tables(NotImported::Cancelled) => Refused {
            text: "error: cancelled; nothing was imported\n".to_owned(),
            interrupted: true,
        },
        Spoiled::Tables(NotImported::Rejected(rejects)) => tables::refused(rejects, colour),
        Spoiled::Mistakes(mistakes) => {
            let told = mistakes.iter().map(|(at, mistake)| {
                let file = files.get(*at);
                let (name, text) = file.map_or(("", ""), |of| (of.name.as_str(), of.text()));
                let mistake = match mistake.span {
                    Some(_) => mistake.clone(),
                    None => mistake.clone().note(format!("in {name}")),
                };
                render(&mistake, name, text, colour)
            });
            (told.collect::<String>() + "nothing was imported\n").into()
        }
    }
}

//! A case file as plain text, and plain text as a case file: `dump` and `load`. Text goes out and comes in
//! line by line; a new file is there when all of it was read, or not at all.

use crate::answer::wording::counted;
use crate::dump::{Dumper, Loaded, Loader};
use crate::front::care::Told;
use crate::front::case::failed;
use crate::graph::{Damage, GraphView, Sink};
use crate::storage::{Access, CaseFile, StorageError};
use crate::text::{Diagnostic, Span};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// The longest line in bytes.
const LONGEST: u64 = 1 << 30;

/// How many entries a new file has at least if it is photographed at once.
const MANY: u64 = 1024;

/// A mistake in a text, with as much of the text as tells where.
#[derive(Debug)]
pub struct Wrong {
    /// The mistake.
    pub mistake: Diagnostic,
    /// Where the text is from.
    pub origin: String,
    /// As many lines as stand before it, empty, and the line itself.
    pub text: String,
}

/// Why a dump ends.
enum Stop {
    Damage(Damage),
    Storage(StorageError),
    Output(std::io::Error),
}

impl From<Damage> for Stop {
    fn from(damage: Damage) -> Stop {
        Stop::Damage(damage)
    }
}

/// Writes all that was ever recorded in a case file as text.
pub fn dump(file: &str, output: Option<&str>) -> Result<Told, Diagnostic> {
    let path = Path::new(file);
    let case = CaseFile::open(path, Access::Read).map_err(|error| failed(path, &error))?;
    let unwritten = |to: &str, error: std::io::Error| {
        Diagnostic::without_span(format!("`{to}` cannot be written"))
            .label(error.to_string())
            .help("check that the folder exists, that you may write there and that there is room")
    };
    let told = |stop: Stop, to: &str| match stop {
        Stop::Damage(Damage(why)) => failed(path, &StorageError::damaged("the journal", why)),
        Stop::Storage(error) => failed(path, &error),
        Stop::Output(error) => unwritten(to, error),
    };
    let Some(to) = output else {
        let out = std::io::stdout().lock();
        write_all(&case, out).map_err(|stop| told(stop, "standard output"))?;
        return Ok(Told {
            sound: true,
            ..Told::default()
        });
    };
    // Beside it first, so that what is there already stays if the case cannot be read.
    let beside = format!("{to}.{}.part", std::process::id());
    let written = File::create(&beside)
        .map_err(Stop::Output)
        .and_then(|out| write_all(&case, out))
        .and_then(|()| std::fs::rename(&beside, to).map_err(Stop::Output));
    if let Err(stop) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(told(stop, to));
    }
    Ok(Told {
        text: String::new(),
        aside: vec![format!(
            "{to}: {}",
            counted(case.last() as usize, "transaction")
        )],
        sound: true,
    })
}

fn write_all(case: &CaseFile, out: impl Write) -> Result<(), Stop> {
    let mut out = BufWriter::new(out);
    let mut dumper = Dumper::default();
    let mut put = |text: &str| out.write_all(text.as_bytes()).map_err(Stop::Output);
    put(&dumper.head()?)?;
    for record in case.records(0) {
        let (_, record) = record.map_err(Stop::Storage)?;
        dumper.record(&record, &mut put)?;
    }
    put(&dumper.end()?)?;
    out.flush().map_err(Stop::Output)
}

/// Makes a case file from a text.
pub fn load(text: &str, into: &str) -> Result<Told, Box<Wrong>> {
    let origin = match text {
        "-" => "standard input",
        text => text,
    };
    let plain = |mistake: Diagnostic| {
        Box::new(Wrong {
            mistake,
            origin: origin.to_owned(),
            text: String::new(),
        })
    };
    let path = Path::new(into);
    let taken = std::fs::metadata(path).is_ok_and(|of| !of.is_file() || of.len() > 0);
    if taken {
        return Err(plain(failed(path, &StorageError::Exists)));
    }
    let mut loaded = match text {
        "-" => lines(origin, std::io::stdin().lock())?,
        text => {
            let file = File::open(text).map_err(|error| plain(unread(origin, &error)))?;
            lines(origin, BufReader::new(file))?
        }
    };
    let records = loaded.records.iter().map(Vec::as_slice);
    let graph = &mut loaded.graph;
    let photograph = (loaded.entries >= MANY).then_some(|sink: &mut Sink<'_>| graph.snapshot(sink));
    let last = CaseFile::create_filled(path, records, photograph)
        .map_err(|error| plain(failed(path, &error)))?;
    Ok(Told {
        text: String::new(),
        aside: vec![format!(
            "{into}: {}, {}",
            counted(last as usize, "transaction"),
            counted(loaded.graph.columns().len(), "claim")
        )],
        sound: true,
    })
}

fn unread(origin: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::without_span(format!("`{origin}` cannot be read"))
        .label(error.to_string())
        .help("check the name and that you may read it")
}

/// Reads all lines.
fn lines(origin: &str, mut from: impl BufRead) -> Result<Loaded, Box<Wrong>> {
    let mut loader = Loader::default();
    let (mut number, mut line) = (0, Vec::new());
    let wrong = |mistake: Diagnostic, number: usize, line: &str| {
        let mut text = "\n".repeat(number.saturating_sub(1));
        text.push_str(line);
        Box::new(Wrong {
            mistake: mistake.shifted(text.len() - line.len()),
            origin: origin.to_owned(),
            text,
        })
    };
    loop {
        line.clear();
        number += 1;
        let read = from.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let read = read.map_err(|error| wrong(unread(origin, &error), 1, ""))?;
        if read == 0 {
            let finished = loader.finish();
            return finished.map_err(|mistake| wrong(mistake, 1, ""));
        }
        let text = std::str::from_utf8(&line).map_err(|error| {
            let at = error.valid_up_to();
            let told = Diagnostic::new("this is not UTF-8 text", Span::new(at, at + 1))
                .label(format!("the byte 0x{:02x} does not fit", line[at]))
                .help("a dump is UTF-8 as it was written");
            wrong(told, number, &String::from_utf8_lossy(&line))
        })?;
        let text = text.trim_end_matches(['\n', '\r']);
        loader
            .line(text)
            .map_err(|mistake| wrong(mistake, number, text))?;
    }
}

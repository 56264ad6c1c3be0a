//! Where a case is kept: in a case file, in a text, or nowhere. It opens and makes files, writes down what
//! was done before anybody is told that it was, and follows what other processes write. It decides nothing
//! about claims.

use crate::engine::{Engine, Failure};
use crate::front::output::write_file;
use crate::front::source::read;
use crate::graph::{Damage, Graph, GraphView, Sink};
use crate::model::PageFault;
use crate::storage::{Access, CaseFile, StorageError};
use crate::text::Diagnostic;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How much may have been done since the snapshot, in entries and claims, before a case is photographed
/// anew at its end: so much is done again in a few milliseconds when it is opened.
const TAIL: u64 = 8192;

/// Where a case is kept.
#[derive(Debug)]
pub enum Case {
    /// Nowhere: it ends with the process.
    Memory,
    /// In a text of statements, written anew when something has changed.
    Text(PathBuf),
    /// In a case file.
    File(Box<Kept>),
}

/// How a snapshot is given to a new file.
type Photograph = fn(&mut Sink<'_>) -> Vec<u8>;

/// A case in a case file.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    /// None: nothing was ever written.
    file: Option<CaseFile>,
    /// The last transaction that the engine knows.
    known: u64,
    /// Entries and claims since the snapshot.
    tail: u64,
}

/// Whether a file is a case file, by its first bytes; not what is missing or empty.
fn is_case_file(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == *b"redb"
}

/// What is wrong with a file, for its owner.
pub fn failed(path: &Path, error: &StorageError) -> Diagnostic {
    let told = Diagnostic::without_span(format!("`{}`: {error}", path.display()));
    match error {
        StorageError::Damaged { .. } => told.help(
            "`whodunit check FILE` says all that is wrong; `whodunit repair FILE NEW` saves what is sound",
        ),
        StorageError::Missing => told.help("check the name; `import` makes a new case"),
        StorageError::Full => told.help("make room; what was acknowledged before is in the file"),
        StorageError::ReadOnly => told.help("questions can be asked all the same"),
        StorageError::Newer { .. } => told.help("use that version, or a later one"),
        StorageError::NotACase => {
            told.help("`whodunit --case NEW import FILE` takes texts, tables and documents in")
        }
        StorageError::InUse => told.help("questions can be asked meanwhile"),
        StorageError::Exists
        | StorageError::Unfinished
        | StorageError::Unclosed
        | StorageError::Broken
        | StorageError::Refused(_)
        | StorageError::System(_) => told,
    }
}

fn damaged(path: &Path, Damage(why): Damage) -> Diagnostic {
    let error = StorageError::damaged("the journal", why);
    failed(path, &error)
}

/// Does something that reads pages of a case; one that cannot be read is damage.
fn whole<T>(path: &Path, reads: impl FnOnce() -> Result<T, Diagnostic>) -> Result<T, Diagnostic> {
    PageFault::caught(reads).unwrap_or_else(|fault| {
        let error = StorageError::damaged("the snapshot", fault.to_string());
        Err(failed(path, &error))
    })
}

/// The graph of a case file, the last transaction in it, and how much came since the snapshot.
pub fn graph_of(path: &Path, file: &CaseFile) -> Result<(Graph, u64, u64), Diagnostic> {
    whole(path, || graph_in(path, file))
}

fn graph_in(path: &Path, file: &CaseFile) -> Result<(Graph, u64, u64), Diagnostic> {
    let wrong = |error: StorageError| failed(path, &error);
    let (covered, mut graph) = match file.open_snapshot().map_err(wrong)? {
        Some(snapshot) => {
            let graph = Graph::open(&snapshot.head, snapshot.pages);
            (snapshot.covers, graph.map_err(|why| damaged(path, why))?)
        }
        None => (0, Graph::new()),
    };
    let (mut last, mut tail) = (covered, 0);
    for record in file.records(covered) {
        let (number, record) = record.map_err(wrong)?;
        tail += graph.replay(&record).map_err(|why| damaged(path, why))?;
        last = number;
    }
    graph.keep_log();
    Ok((graph, last, tail))
}

impl Case {
    /// Opens the case at a path. What is not there is made when something is to be kept, if `make`;
    /// otherwise it is a mistake.
    pub fn open(
        path: &str,
        make: bool,
        now: i64,
    ) -> Result<(Engine, Case), Vec<(String, Diagnostic)>> {
        let at = PathBuf::from(path);
        let empty = std::fs::metadata(&at).is_ok_and(|of| of.is_file() && of.len() == 0);
        let one = |mistake: Diagnostic| vec![(String::new(), mistake)];
        if !at.exists() || (empty && !path.ends_with(".who")) {
            if !make {
                return Err(one(Diagnostic::without_span(format!(
                    "`{path}` cannot be read"
                ))
                .label("there is no such case")
                .help(
                    "check the name; `import`, `run` and the prompt make a new case",
                )));
            }
            if path.ends_with(".who") {
                let mut engine = Engine::with_vocabulary(now);
                engine.graph_mut().keep_log();
                return Ok((engine, Case::Text(at)));
            }
            let kept = Kept {
                path: at,
                file: None,
                known: 0,
                tail: 0,
            };
            return Ok((Engine::with_vocabulary(now), Case::File(Box::new(kept))));
        }
        if is_case_file(&at) {
            let file = CaseFile::open(&at, Access::Read);
            let file = file.map_err(|error| one(failed(&at, &error)))?;
            let (graph, known, tail) = graph_of(&at, &file).map_err(one)?;
            let kept = Kept {
                path: at,
                file: Some(file),
                known,
                tail,
            };
            return Ok((Engine::over(graph, now), Case::File(Box::new(kept))));
        }
        let source = read(path).map_err(|mistake| {
            one(mistake.note("a case is a case file or a text of statements"))
        })?;
        let mut engine = Engine::with_vocabulary(now);
        match engine.load(&source.text, now) {
            Ok(_) => {
                engine.graph_mut().keep_log();
                Ok((engine, Case::Text(at)))
            }
            Err(mistakes) => Err(mistakes
                .into_iter()
                .map(|mistake| (source.text.clone(), mistake))
                .collect()),
        }
    }

    /// Gets ready to write: nobody else may from now on, and what others wrote is known.
    pub fn claim(&mut self, engine: &mut Engine) -> Result<(), Failure> {
        match self {
            Case::File(kept) => kept.claim(engine).map_err(Failure::from),
            Case::Memory | Case::Text(_) => Ok(()),
        }
    }

    /// Writes down what was done. If that fails the engine has the case as it is in the file.
    pub fn keep(&mut self, engine: &mut Engine) -> Result<(), Failure> {
        match self {
            Case::File(kept) => kept.keep(engine).map_err(Failure::from),
            Case::Memory | Case::Text(_) => Ok(()),
        }
    }

    /// Follows what other processes wrote.
    pub fn follow(&mut self, engine: &mut Engine) -> Result<(), Failure> {
        match self {
            Case::File(kept) => kept.follow(engine).map_err(Failure::from),
            Case::Memory | Case::Text(_) => Ok(()),
        }
    }

    /// Gives the engine the case as it is in the file again. Nothing is done where there is none.
    pub fn reload(&mut self, engine: &mut Engine) -> Result<(), Failure> {
        match self {
            Case::File(kept) => kept.reload(engine).map_err(Failure::from),
            Case::Memory | Case::Text(_) => Ok(()),
        }
    }

    /// The work is over. A text is written, a case file photographed if much was done.
    pub fn finish(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        match self {
            Case::Memory => Ok(()),
            Case::Text(path) => match engine.graph().logged() > 0 {
                true => save_text(path, engine),
                false => Ok(()),
            },
            Case::File(kept) => kept.finish(engine),
        }
    }

    /// Whether what is done is kept.
    pub fn keeps(&self) -> bool {
        !matches!(self, Case::Memory)
    }
}

impl Kept {
    fn claim(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        let wrong = |path: &Path, error: StorageError| failed(path, &error);
        match &self.file {
            Some(file) if file.writable() => return Ok(()),
            Some(_) => {
                // Pages that were not read yet go on being read through the reader.
                let file = CaseFile::open(&self.path, Access::Write)
                    .map_err(|error| wrong(&self.path, error))?;
                self.file = Some(file);
            }
            None => {
                // What the engine has is what every new case begins with: there is no file without it.
                let record = engine.graph_mut().founding_record();
                let records = std::iter::once(record.as_slice());
                let made = CaseFile::create_filled(&self.path, records, None::<Photograph>);
                self.known = made.map_err(|error| wrong(&self.path, error))?;
                let file = CaseFile::open(&self.path, Access::Write);
                self.file = Some(file.map_err(|error| wrong(&self.path, error))?);
                engine.graph_mut().keep_log();
                return Ok(());
            }
        }
        let moved = self
            .file
            .as_ref()
            .is_some_and(|file| file.last() != self.known);
        match moved {
            true => self.catch_up(engine),
            false => Ok(()),
        }
    }

    /// Does again what came after what the engine knows.
    fn catch_up(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        for record in file.records(self.known) {
            let (number, record) = record.map_err(|error| failed(&self.path, &error))?;
            self.tail += whole(&self.path, || {
                let done = engine.graph_mut().replay(&record);
                done.map_err(|why| damaged(&self.path, why))
            })?;
            self.known = number;
        }
        Ok(())
    }

    fn follow(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        let moved = match &mut self.file {
            None => {
                // Another process may have made the file meanwhile.
                if !is_case_file(&self.path) {
                    return Ok(());
                }
                let file = CaseFile::open(&self.path, Access::Read);
                self.file = Some(file.map_err(|error| failed(&self.path, &error))?);
                return self.reload(engine);
            }
            Some(file) => file.refresh().map_err(|error| failed(&self.path, &error))?,
        };
        match moved {
            true => self.catch_up(engine),
            false => Ok(()),
        }
    }

    fn keep(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        let entries = engine.graph().logged();
        let Some(file) = self.file.as_mut().filter(|_| entries > 0) else {
            return Ok(());
        };
        let record = engine.graph_mut().take_log();
        let kept = file.append(&record);
        drop(record);
        let error = match kept {
            Ok(number) => {
                self.known = number;
                self.tail += entries;
                let claims = engine.graph().columns().len() as u64;
                // Within a session only when it has grown by much: to photograph a case is to write it.
                return match self.tail > TAIL.max(claims / 4) {
                    true => self.photograph(engine),
                    false => Ok(()),
                };
            }
            Err(error) => error,
        };
        // What is in memory is ahead of the file: the file is the truth.
        let told = failed(&self.path, &error);
        let before = self.known;
        self.file = None;
        match CaseFile::open(&self.path, Access::Read) {
            Ok(file) => {
                self.file = Some(file);
                self.reload(engine)?;
                Err(told.note(match self.known > before {
                    true => "it is in the file all the same",
                    false => "nothing of this was kept",
                }))
            }
            Err(again) => Err(told.note(format!("and it cannot be read again: {again}"))),
        }
    }

    fn reload(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        match &self.file {
            Some(file) => {
                let (graph, known, tail) = graph_of(&self.path, file)?;
                (self.known, self.tail) = (known, tail);
                engine.replace_graph(graph);
            }
            None => {
                let now = engine.context.now;
                engine.replace_graph(std::mem::take(Engine::with_vocabulary(now).graph_mut()));
            }
        }
        Ok(())
    }

    fn photograph(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let covers = self.known;
        let written = file.replace_snapshot(covers, |sink| engine.graph_mut().snapshot(sink));
        written.map_err(|error| {
            failed(&self.path, &error).note("everything is kept; only opening it will take longer")
        })?;
        self.tail = 0;
        Ok(())
    }

    fn finish(&mut self, engine: &mut Engine) -> Result<(), Diagnostic> {
        let writes = self.file.as_ref().is_some_and(CaseFile::writable);
        match writes && self.tail > TAIL {
            true => self.photograph(engine),
            false => Ok(()),
        }
    }
}

/// Writes a case that is a text, if it could be read again.
fn save_text(path: &Path, engine: &Engine) -> Result<(), Diagnostic> {
    let text = engine.statements();
    // A query may bring in words that our text cannot say. A file that could not be read again would
    // be a case that is lost: then the old one stays.
    if let Some(mistake) = unsayable(engine, &text) {
        return Err(mistake);
    }
    write_file(&path.to_string_lossy(), &text)
}

/// Why a case would not come back from its own text.
fn unsayable(engine: &Engine, text: &str) -> Option<Diagnostic> {
    let now = engine.context.now;
    let mut again = Engine::with_vocabulary(now);
    let size = |engine: &Engine| engine.graph().entities().ids().count();
    let cause = match again.load(text, now) {
        Ok(_) if size(&again) == size(engine) => return None,
        Ok(_) => "some entities would be lost".to_owned(),
        Err(mistakes) => mistakes
            .first()
            .map_or_else(String::new, |mistake| mistake.title.clone()),
    };
    Some(
        Diagnostic::without_span("this cannot be kept in a text file")
            .label(cause)
            .help("a case file keeps everything: `whodunit --case NEW.case import FILE`")
            .note("the file is as it was"),
    )
}

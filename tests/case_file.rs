//! Case files on a real disk: who may open one beside whom, what a killed writer leaves, files that
//! cannot be written to, check, salvage and backup.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use whodunit::model::Part;
use whodunit::storage::{Access, CHUNK, CaseFile, Engine, StorageError, salvage, verify};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("whodunit-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn record(number: u64) -> Vec<u8> {
    let length = if number % 10 == 9 { 3 * CHUNK } else { 200 };
    let mut bytes = format!("record {number} ").into_bytes();
    bytes.extend((bytes.len()..length).map(|at| (number as usize * 31 + at * 7) as u8));
    bytes
}

fn records(file: &CaseFile) -> Result<u64, StorageError> {
    let mut last = 0;
    for found in file.records(0) {
        let (number, bytes) = found?;
        assert_eq!((number, bytes), (last + 1, record(last + 1)));
        last = number;
    }
    Ok(last)
}

fn filled(path: &Path, count: u64) -> CaseFile {
    let mut file = CaseFile::create(path).expect("a file");
    for number in 1..=count {
        assert_eq!(file.append(&record(number)), Ok(number));
    }
    let pages = (0..20).map(|index| (Part(3), index, vec![index as u8; CHUNK]));
    file.write_snapshot(count / 2, b"head", pages)
        .expect("a snapshot");
    file
}

#[test]
fn a_file_comes_back_as_it_was_written() {
    let folder = Folder::new("comes-back");
    let path = folder.file("a.case");
    assert_eq!(
        CaseFile::open(&path, Access::Write).err(),
        Some(StorageError::Missing)
    );
    File::create(&path).expect("an empty file");
    drop(filled(&path, 25));
    assert_eq!(CaseFile::create(&path).err(), Some(StorageError::Exists));
    let file = CaseFile::open(&path, Access::Write).expect("the file");
    assert_eq!((file.last(), records(&file)), (25, Ok(25)));
    assert!(file.writable());
    assert_eq!(file.snapshot(), Ok(Some((12, b"head".to_vec()))));
    let pages = file.pages().expect("pages");
    assert_eq!(pages.page(Part(3), 7), Ok(vec![7; CHUNK]));
    let fault = pages.page(Part(3), 20).expect_err("no such page");
    assert_eq!(
        fault.to_string(),
        "page 20 of part 3 of the snapshot cannot be read: it is missing"
    );
    let later: Vec<u64> = file.records(22).flatten().map(|(n, _)| n).collect();
    assert_eq!(later, [23, 24, 25]);
    assert!(file.records(25).next().is_none());
    assert!(matches!(
        file.records(26).next(),
        Some(Err(StorageError::Refused(_)))
    ));
    assert_eq!(fs::read_dir(&folder.0).expect("the folder").count(), 1);
}

#[test]
fn what_is_refused_leaves_the_file_usable() {
    let folder = Folder::new("refused");
    let mut file = filled(&folder.file("a.case"), 3);
    let twice = vec![(Part(1), 0, vec![1]), (Part(1), 0, vec![2])];
    for (covers, pages) in [
        (1, twice),
        (9, Vec::new()),
        (1, vec![(Part(u16::MAX), 0, Vec::new())]),
    ] {
        let refused = file.write_snapshot(covers, b"", pages.into_iter());
        assert!(matches!(refused, Err(StorageError::Refused(_))));
    }
    assert_eq!(file.snapshot(), Ok(Some((1, b"head".to_vec()))));
    assert_eq!(file.append(&record(4)), Ok(4));
    assert_eq!(records(&file), Ok(4));
}

#[test]
fn other_files_are_told_apart() {
    let folder = Folder::new("others");
    let path = folder.file("a.case");
    for content in [&b"name,country\n"[..], &[7; 5000], b"redb"] {
        fs::write(&path, content).expect("a file");
        for access in [Access::Read, Access::Write] {
            let error = CaseFile::open(&path, access).expect_err("no case");
            let fits = matches!(error, StorageError::NotACase | StorageError::Damaged { .. });
            assert!(fits, "{error}");
        }
        assert_eq!(fs::read(&path).expect("the file"), content);
    }
    assert_eq!(
        CaseFile::open(&folder.0, Access::Read).err(),
        Some(StorageError::NotACase)
    );
    fs::remove_file(&path).expect("removed");
    let table = redb::TableDefinition::<u64, u64>::new("sums");
    let other = redb::Database::create(&path).expect("a database");
    let writing = other.begin_write().expect("a transaction");
    writing
        .open_table(table)
        .expect("a table")
        .insert(1, 2)
        .expect("a row");
    writing.commit().expect("a commit");
    drop(other);
    assert_eq!(
        CaseFile::open(&path, Access::Write).err(),
        Some(StorageError::NotACase)
    );
}

#[test]
fn one_writes_and_others_follow() {
    let folder = Folder::new("follow");
    let path = folder.file("a.case");
    let mut writer = filled(&path, 5);
    assert_eq!(
        CaseFile::open(&path, Access::Write).err(),
        Some(StorageError::InUse)
    );
    let mut reader = CaseFile::open(&path, Access::Read).expect("a reader");
    assert!(!reader.writable());
    assert_eq!(reader.append(b"no"), Err(StorageError::ReadOnly));
    let before = reader.pages().expect("pages");
    for number in 6..=30 {
        writer.append(&record(number)).expect("a record");
    }
    let pages = (0..20).map(|index| (Part(3), index, vec![100; 10]));
    writer.write_snapshot(30, b"new", pages).expect("snapshot");
    assert_eq!((reader.last(), records(&reader)), (5, Ok(5)));
    assert_eq!(reader.refresh(), Ok(true));
    assert_eq!((reader.last(), records(&reader)), (30, Ok(30)));
    assert_eq!(reader.refresh(), Ok(false));
    assert_eq!(before.page(Part(3), 7), Ok(vec![7; CHUNK]));
    let now = reader.pages().expect("pages");
    assert_eq!(now.page(Part(3), 7), Ok(vec![100; 10]));
    drop(writer);
    drop(CaseFile::open(&path, Access::Write).expect("a new writer"));
    assert_eq!(now.page(Part(3), 8), Ok(vec![100; 10]));
}

/// Not a test of its own: what the next one starts and kills.
#[test]
fn a_writer_that_is_killed() {
    let Some(path) = std::env::var_os("WHODUNIT_KILLED_WRITER") else {
        return;
    };
    let mut file = CaseFile::open(Path::new(&path), Access::Write).expect("the file");
    loop {
        let number = file.append(&record(file.last() + 1)).expect("a record");
        writeln!(std::io::stdout(), "{number}").expect("somebody listens");
    }
}

/// Starts a writer, lets it write, kills it; the last number that it told.
fn kill_a_writer(path: &Path, after: usize) -> u64 {
    let mut writer = Command::new(std::env::current_exe().expect("this program"))
        .args(["a_writer_that_is_killed", "--exact", "--nocapture"])
        .env("WHODUNIT_KILLED_WRITER", path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a writer");
    let mut out = writer.stdout.take().expect("its output");
    let mut told = Vec::new();
    let mut buffer = [0; 64];
    while told.iter().filter(|byte| **byte == b'\n').count() < after {
        let count = out.read(&mut buffer).expect("output");
        assert!(count > 0, "the writer ended");
        told.extend_from_slice(&buffer[..count]);
    }
    writer.kill().expect("killed");
    writer.wait().expect("ended");
    out.read_to_end(&mut told).expect("output");
    let told = String::from_utf8_lossy(&told).into_owned();
    let whole = told.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| line.parse().ok())
        .next_back()
        .unwrap_or(0)
}

#[test]
fn a_killed_writer_hinders_nobody() {
    let folder = Folder::new("killed");
    let path = folder.file("a.case");
    drop(filled(&path, 5));
    for round in 0..6 {
        let told = kill_a_writer(&path, 10 + round * 7);
        let unclosed = verify(&path).expect("a report");
        assert!(unclosed.is_sound(), "{unclosed:?}");
        let access = [Access::Read, Access::Write][round % 2];
        let file = CaseFile::open(&path, access).expect("the file opens");
        let last = records(&file).expect("sound records");
        assert!(
            last == told || last == told + 1,
            "{told} told, {last} found"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("read-only");
    let path = folder.file("a.case");
    drop(filled(&path, 5));
    let permit = |file: u32, dir: u32| {
        fs::set_permissions(&path, fs::Permissions::from_mode(file)).expect("permissions");
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(dir)).expect("permissions");
    };
    permit(0o444, 0o555);
    if OpenOptions::new().write(true).open(&path).is_ok() {
        permit(0o644, 0o755);
        eprintln!("skipped: this user may write to everything");
        return;
    }
    let file = CaseFile::open(&path, Access::Read).expect("a reader");
    assert_eq!(records(&file), Ok(5));
    assert_eq!(
        CaseFile::open(&path, Access::Write).err(),
        Some(StorageError::ReadOnly)
    );
    assert_eq!(
        CaseFile::create(&folder.file("b.case")).err(),
        Some(StorageError::ReadOnly)
    );
    assert!(verify(&path).expect("a report").is_sound());
    drop(file);
    permit(0o644, 0o755);
    kill_a_writer(&path, 3);
    permit(0o444, 0o555);
    assert_eq!(
        CaseFile::open(&path, Access::Read).err(),
        Some(StorageError::Unclosed)
    );
    let report = verify(&path).expect("a report");
    assert!(report.is_sound() && report.engine == Engine::Unclosed);
    permit(0o644, 0o755);
}

#[test]
fn a_check_changes_nothing_and_finds_everything() {
    let folder = Folder::new("check");
    let path = folder.file("a.case");
    let file = filled(&path, 25);
    let beside = verify(&path).expect("a report");
    assert_eq!((beside.engine, beside.sound), (Engine::InUse, 25));
    drop(file);
    let before = fs::read(&path).expect("the file");
    let report = verify(&path).expect("a report");
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.engine, Engine::Sound);
    assert_eq!(
        (report.last, report.sound, report.snapshot),
        (25, 25, Some(12))
    );
    assert_eq!(report.parts.get(&3), Some(&20));
    assert_eq!(fs::read(&path).expect("the file"), before);
}

/// Changes a byte of the last place where a text stands in a file.
fn spoil(path: &Path, text: &[u8]) {
    let content = fs::read(path).expect("the file");
    let at = content
        .windows(text.len())
        .rposition(|window| window == text)
        .expect("the text");
    let mut file = OpenOptions::new().write(true).open(path).expect("the file");
    file.seek(SeekFrom::Start(at as u64)).expect("there");
    file.write_all(&[!text[0]]).expect("a byte");
}

#[test]
fn what_is_sound_is_salvaged() {
    let folder = Folder::new("salvage");
    let path = folder.file("a.case");
    drop(filled(&path, 25));
    spoil(&path, b"record 14 ");
    let file = CaseFile::open(&path, Access::Read).expect("it opens");
    let error = records(&file).expect_err("damage");
    assert_eq!(
        error.to_string(),
        "the case file is damaged at transaction 14, chunk 0: its checksum does not fit"
    );
    drop(file);
    let report = verify(&path).expect("a report");
    assert!(!report.is_sound());
    assert_eq!((report.last, report.sound), (25, 24));
    assert_eq!(report.problems.len(), 1, "{report:?}");
    let into = folder.file("b.case");
    let kept = salvage(&path, &into).expect("salvaged");
    assert_eq!((kept.kept, kept.last), (13, 25));
    assert_eq!(kept.unusable, [(15, 25)]);
    assert!(kept.ends.is_some_and(|error| error.is_damage()));
    let file = CaseFile::open(&into, Access::Write).expect("the new file");
    assert_eq!(records(&file), Ok(13));
    assert_eq!(salvage(&path, &into), Err(StorageError::Exists));
}

#[test]
fn a_copy_is_made_beside_a_writer() {
    let folder = Folder::new("backup");
    let path = folder.file("a.case");
    let mut writer = filled(&path, 12);
    let reader = CaseFile::open(&path, Access::Read).expect("a reader");
    writer.append(&record(13)).expect("a record");
    let copy = folder.file("b.case");
    reader.backup(&copy).expect("a copy");
    assert_eq!(reader.backup(&copy), Err(StorageError::Exists));
    let file = CaseFile::open(&copy, Access::Write).expect("the copy");
    assert_eq!(records(&file), Ok(12));
    assert_eq!(file.snapshot(), Ok(Some((6, b"head".to_vec()))));
    drop(file);
    assert!(verify(&copy).expect("a report").is_sound());
    drop(writer);
    spoil(&path, b"record 4 ");
    let file = CaseFile::open(&path, Access::Read).expect("it opens");
    let spoilt = file.backup(&folder.file("c.case"));
    assert!(spoilt.is_err_and(|error| error.is_damage()));
    assert!(!folder.file("c.case").exists());
}

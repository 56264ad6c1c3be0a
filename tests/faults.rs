//! A disk that is full, files that cannot be written to, files that were cut or changed, through the
//! program: the last acknowledged state or a precise refusal with exit code 1, never a panic, never a
//! silent loss. `WHODUNIT_FLIPS=2000 cargo test --test faults` tries more places.
#![cfg(unix)]

mod common;

use common::{complained, program, run, run_command, said, scratch};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn code(output: &Output) -> i32 {
    // A signal has no code.
    output.status.code().unwrap_or(-1)
}

/// Dumps a case that is sound.
fn dump(case: &str) -> String {
    let output = run(&["dump", case], b"");
    assert_eq!(code(&output), 0, "{}", complained(&output));
    said(&output)
}

fn place(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

fn table(folder: &Path, name: &str, rows: usize) -> String {
    let rows: String = (0..rows)
        .map(|n| format!("A{},B{n} of {name},S{}\n", n % 9, n % 3))
        .collect();
    let file = place(folder, name);
    fs::write(&file, format!("from,to,source\n{rows}")).expect("a table");
    file
}

/// A case with a snapshot and something behind it.
fn case(folder: &Path) -> String {
    let case = place(folder, "a.case");
    let done = |arguments: &[&str]| {
        let output = run(arguments, b"");
        assert_eq!(code(&output), 0, "{}", complained(&output));
    };
    done(&["-c", &case, "import", &table(folder, "targeted.csv", 8400)]);
    for n in 0..4 {
        let query = format!(
            "CREATE (:Person {{name: 'P{n}', text: '{}'}})",
            "x".repeat(3000)
        );
        done(&["-c", &case, "gql", &query]);
    }
    case
}

/// The program, whose files may have at most so many KiB.
fn within(kilobytes: u64, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    // Units differ: the size that comes out is asked, not assumed.
    let script =
        format!("trap '' XFSZ; ulimit -f $(( {kilobytes} * 1024 / $UNIT )); exec \"$0\" \"$@\"");
    command
        .arg("-c")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_whodunit"))
        .args(arguments)
        .env("UNIT", "512")
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE");
    run_command(command, b"")
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = scratch("full");
    let case = case(&folder);
    let before = dump(&case);
    let big = table(&folder, "used.csv", 6000);
    let image = fs::read(&case).expect("the file");
    let size = image.len() as u64 / 1024;
    let mut refused = 0;
    for more in [0, 16, 100, 400, 4000, 40_000] {
        fs::write(&case, &image).expect("the file as it was");
        let output = within(size + more, &["-c", &case, "import", &big]);
        let told = complained(&output);
        let after = dump(&case);
        let check = run(&["check", &case], b"");
        assert_eq!(code(&check), 0, "{more}: {}", said(&check));
        match code(&output) {
            0 => assert!(after.len() > before.len(), "{more}: {told}"),
            1 => {
                refused += 1;
                assert!(told.contains("the disk is full"), "{more}: {told}");
                // Only the photograph may have had no room: that is said.
                match told.contains("everything is kept") {
                    true => assert!(after.len() > before.len(), "{more}: {told}"),
                    false => assert!(after == before, "{more}: {told}"),
                }
            }
            other => panic!("{more}: exit code {other}: {told}"),
        }
        // It goes on where there is room.
        let output = run(&["-c", &case, "gql", "CREATE ({name: 'Later'})"], b"");
        assert_eq!(code(&output), 0, "{more}: {}", complained(&output));
        assert!(dump(&case).contains("Later"), "{more}");
    }
    assert!(refused > 0, "the disk was never full");
    // A new case that has no room is no case.
    for room in [0, 100, 400] {
        let fresh = place(&folder, "fresh.case");
        let output = within(room, &["-c", &fresh, "import", &big]);
        let there = Path::new(&fresh).exists();
        match code(&output) {
            1 if there => {
                // Only the photograph may have had no room.
                let kept = complained(&output).contains("everything is kept");
                let claims = dump(&fresh).matches("\"entry\":\"claim\"").count();
                assert_eq!(claims, if kept { 6000 } else { 0 }, "{room}");
            }
            1 => {}
            other => panic!("{room}: exit code {other}: {}", complained(&output)),
        }
        let left = fs::read_dir(&folder).expect("the folder");
        let mut left = left.map(|of| of.expect("a file").file_name());
        assert!(
            left.all(|name| !name.to_string_lossy().ends_with(".new")),
            "{room}"
        );
        let _ = fs::remove_file(&fresh);
    }
    let _ = fs::remove_dir_all(&folder);
}

/// The program as somebody who owns nothing, where this user may write to everything.
fn humbly(file: &Path, arguments: &[&str]) -> Option<Output> {
    if fs::OpenOptions::new().write(true).open(file).is_err() {
        return Some(run(arguments, b""));
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(env!("CARGO_BIN_EXE_whodunit"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("WHODUNIT_HISTORY", "");
    let output = command.output().ok()?;
    let ran = output.status.success() || complained(&output).starts_with("error");
    ran.then_some(output)
}

#[test]
fn a_file_that_cannot_be_written_to_is_asked() {
    let folder = scratch("read-only");
    let case = case(&folder);
    let path = PathBuf::from(&case);
    let permit = |file: u32, of: u32| {
        fs::set_permissions(&path, fs::Permissions::from_mode(file)).expect("permissions");
        fs::set_permissions(&folder, fs::Permissions::from_mode(of)).expect("permissions");
    };
    permit(0o444, 0o555);
    let ask = [
        "-c",
        &case,
        "ask",
        "who targeted \"B7 of targeted.csv\"",
        "-f",
        "tsv",
    ];
    match humbly(&path, &ask) {
        None => eprintln!("skipped: this user may write to everything"),
        Some(output) => {
            assert_eq!(code(&output), 0, "{}", complained(&output));
            assert!(said(&output).contains("A7"), "{}", said(&output));
            let write = ["-c", &case, "gql", "CREATE ({name: 'No'})"];
            let output = humbly(&path, &write).expect("the program");
            assert_eq!(code(&output), 1);
            let told = complained(&output);
            assert!(told.contains("cannot be written to"), "{told}");
            assert!(
                told.contains("questions can be asked all the same"),
                "{told}"
            );
            let check = humbly(&path, &["check", &case]).expect("the program");
            assert_eq!(code(&check), 0, "{}", said(&check));
        }
    }
    permit(0o644, 0o755);
    let _ = fs::remove_dir_all(&folder);
}

/// A generator of places; the same ones each time.
struct Places(u64);

impl Places {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound.max(1) as u64) as usize
    }
}

#[test]
fn what_was_cut_or_changed_is_told() {
    let flips = std::env::var("WHODUNIT_FLIPS").ok();
    let flips: usize = flips.and_then(|text| text.parse().ok()).unwrap_or(24);
    let folder = scratch("flips");
    let case = case(&folder);
    let whole = dump(&case);
    let image = fs::read(&case).expect("the file");
    let spoilt = place(&folder, "spoilt.case");
    let mut places = Places(11);
    let (mut told, mut harmless) = (0, 0);
    for step in 0..flips {
        let mut bytes = image.clone();
        let what = match step % 6 {
            0 => {
                bytes.truncate(1 + places.below(image.len() - 1));
                format!("cut to {} bytes", bytes.len())
            }
            1 => {
                let pages = 1 + places.below(image.len() / 4096 - 1);
                bytes.truncate(pages * 4096);
                format!("cut to {pages} pages")
            }
            2 => {
                // The first page says what all others are.
                let at = places.below(320);
                bytes[at] ^= 1 << places.below(8);
                format!("byte {at} of the head")
            }
            3 => {
                let page = places.below(image.len() / 4096);
                bytes[page * 4096..][..4096].fill(0);
                format!("page {page} zeroed")
            }
            _ => {
                let at = places.below(image.len());
                bytes[at] ^= 1 << places.below(8);
                format!("byte {at}")
            }
        };
        fs::write(&spoilt, &bytes).expect("a file");
        let check = run(&["check", &spoilt], b"");
        let dumped = run(&["dump", &spoilt], b"");
        let asked = run(
            &[
                "-c",
                &spoilt,
                "gql",
                "MATCH ()-[c:targeted]->() RETURN count(c) AS n",
                "-f",
                "tsv",
            ],
            b"",
        );
        match code(&dumped) {
            0 => {
                assert_eq!(said(&dumped), whole, "{what}");
                harmless += 1;
            }
            1 => {
                assert!(whole.starts_with(&said(&dumped)), "{what}");
                assert!(complained(&dumped).starts_with("error"), "{what}");
                assert_eq!(code(&check), 1, "{what}: {}", said(&check));
                told += 1;
            }
            other => panic!("{what}: exit code {other}: {}", complained(&dumped)),
        }
        match code(&asked) {
            0 => assert_eq!(said(&asked), "n\n8400\n", "{what}"),
            1 => assert!(complained(&asked).starts_with("error"), "{what}"),
            other => panic!("{what}: exit code {other}: {}", complained(&asked)),
        }
        assert!(
            [0, 1].contains(&code(&check)),
            "{what}: {}",
            complained(&check)
        );
        // A writer refuses it, or keeps all of it and one thing more.
        let writes = program(&["-c", &spoilt, "gql", "CREATE ({name: 'Later'})"]);
        let written = run_command(writes, b"");
        match code(&written) {
            0 => {
                let after = run(&["dump", &spoilt], b"");
                if code(&after) == 0 {
                    let lost = whole.lines().filter(|line| !line.starts_with("{\"end\""));
                    let after = said(&after);
                    let kept: Vec<&str> = after.lines().collect();
                    assert!(lost.zip(&kept).all(|(a, b)| a == *b), "{what}");
                    assert!(after.contains("Later"), "{what}");
                } else {
                    assert_eq!(code(&after), 1, "{what}");
                }
            }
            1 => assert!(complained(&written).starts_with("error"), "{what}"),
            other => panic!("{what}: exit code {other}: {}", complained(&written)),
        }
    }
    eprintln!("{flips} files: {told} told, {harmless} harmless");
    assert!(
        told > flips / 4 && harmless > 0,
        "{told} told, {harmless} harmless"
    );
    let _ = fs::remove_dir_all(&folder);
}

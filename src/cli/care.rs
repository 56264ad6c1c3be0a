//! The care of case files: check, repair and backup. Each opens its file itself; none changes
//! the file that it reads.

use crate::cli::arguments::Command;
use crate::cli::said::{say, tell};
use crate::front::Screen;
use crate::front::care;
use crate::text::render;

/// Carries out a command that cares for files; nothing where it is another.
pub fn run(command: &Option<Command>, screen: &Screen) -> anyhow::Result<Option<u8>> {
    let (file, done) = match command {
        Some(Command::Check { file }) => (file, care::check(file)),
        Some(Command::Repair { file, into }) => (file, care::repair(file, into)),
        Some(Command::Backup { file, to }) => (file, care::backup(file, to)),
        None
        | Some(
            Command::Ask { .. }
            | Command::Gql { .. }
            | Command::Run { .. }
            | Command::Import { .. }
            | Command::Export { .. }
            | Command::Pipe,
        ) => return Ok(None),
    };
    Ok(Some(match done {
        Ok(told) => {
            say(&told.text)?;
            told.aside
                .iter()
                .for_each(|line| tell(&format!("{line}\n")));
            u8::from(!told.sound)
        }
        Err(mistake) => {
            tell(&render(&mistake, file, "", screen.colour_errors));
            1
        }
    }))
}

//! The care of case files: check, repair, backup, dump and load. Each opens its file itself; none
//! changes the file that it reads.

use crate::cli::arguments::Command;
use crate::cli::said::{say, tell};
use crate::front::Screen;
use crate::front::{care, dumps};
use crate::text::render;

/// Carries out a command that cares for files; nothing where it is another.
pub fn run(command: &Option<Command>, screen: &Screen) -> anyhow::Result<Option<u8>> {
    let (file, done) = match command {
        Some(Command::Check { file }) => (file, care::check(file)),
        Some(Command::Repair { file, into }) => (file, care::repair(file, into)),
        Some(Command::Backup { file, to }) => (file, care::backup(file, to)),
        Some(Command::Dump { file, output }) => (file, dumps::dump(file, output.as_deref())),
        Some(Command::Load { text, into }) => match dumps::load(text, into) {
            Ok(told) => (text, Ok(told)),
            Err(wrong) => {
                let shown = render(
                    &wrong.mistake,
                    &wrong.origin,
                    &wrong.text,
                    screen.colour_errors,
                );
                tell(&shown);
                return Ok(Some(1));
            }
        },
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

//! The arguments, from which help is derived.

#![allow(missing_docs)] // The documentation of fields is the help of the command line.

use crate::model::{Marking, PartialDate};
use clap::{Args, Parser, Subcommand};

/// Who did what to whom, when, says who, and how sure are they.
///
/// Without a command: a prompt. Without a case: the founding case, in memory.
#[derive(Debug, Parser)]
#[command(name = "whodunit", version, about, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The case file, or a text of statements; a new one is made when something is kept
    #[arg(short = 'c', long = "case", global = true, value_name = "FILE")]
    pub case: Option<String>,
    /// How answers are written: table on a terminal, tsv when piped
    #[arg(short = 'f', long, global = true, value_name = "FORMAT", value_parser = known_format)]
    pub format: Option<String>,
    /// A value for `$NAME` in questions; may be given several times
    #[arg(short = 'p', long = "param", global = true, value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// Stop a question or a query that takes longer than this
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<f64>,
    /// Stop a question or a query that builds more rows than this
    #[arg(long, global = true, value_name = "ROWS")]
    pub max_rows: Option<u64>,
    /// Stop a question or a query that keeps more than this
    #[arg(long, global = true, value_name = "MB")]
    pub max_memory: Option<u64>,
    /// Who records what is kept in the case
    #[arg(long, global = true, value_name = "NAME")]
    pub by: Option<String>,
    /// Why it is recorded
    #[arg(long, global = true, value_name = "TEXT")]
    pub because: Option<String>,
    /// Show how long parsing, planning and running took, on standard error
    #[arg(long, global = true)]
    pub timer: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Ask one question: whodunit ask "who targeted UK_Parliament"
    Ask {
        /// The question; several words need no quotes
        #[arg(required = true, num_args = 1.., value_name = "QUESTION")]
        question: Vec<String>,
        /// Answer as if what is marked above this were not there: clear, green, amber, amber+strict
        /// or red
        #[arg(long, value_name = "LEVEL", value_parser = known_marking)]
        max_tlp: Option<Marking>,
    },
    /// Run one GQL query: whodunit gql "MATCH (g:group)-[c:targeted]->(v) RETURN g, v"
    Gql {
        /// The query
        #[arg(required = true, num_args = 1.., value_name = "QUERY")]
        query: Vec<String>,
        /// Answer as if what is marked above this were not there: clear, green, amber, amber+strict
        /// or red
        #[arg(long, value_name = "LEVEL", value_parser = known_marking)]
        max_tlp: Option<Marking>,
    },
    /// Run scripts of statements and questions; - is standard input
    Run {
        /// Scripts: .who, .cypher, .gql, or - for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
        /// Go on behind an error; the exit code still tells of it
        #[arg(short = 'k', long)]
        keep_going: bool,
        /// All scripts are one transaction: kept together, or not at all
        #[arg(short = '1', long, conflicts_with = "keep_going")]
        single_transaction: bool,
        /// Answer as if what is marked above this were not there: clear, green, amber, amber+strict
        /// or red
        #[arg(long, value_name = "LEVEL", value_parser = known_marking)]
        max_tlp: Option<Marking>,
    },
    /// Take facts files, documents (MISP …) and tables (.csv, .tsv) into the case, all or nothing
    Import {
        /// Files of any known format, told apart by what is in them; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
        /// The format of the files, where they are not to be known by what is in them
        #[arg(long, value_name = "FORMAT", value_parser = clap::builder::PossibleValuesParser::new(crate::import::names()))]
        from: Option<String>,
        /// Record it as of an earlier day, to replay a history: 2020-07-01
        #[arg(long, value_name = "DATE", value_parser = date)]
        recorded: Option<PartialDate>,
        /// What columns mean: `kind=type, year=on, 'NCSC'=source`, or a file of such lines
        #[arg(short = 'm', long, value_name = "MAPPING")]
        map: Vec<String>,
        /// Leave rows out that will not do and write them to a file
        #[arg(long, value_name = "FILE")]
        rejects: Option<String>,
    },
    /// Write the claims of the case, or those behind a question, in a format
    #[command(after_help = formats())]
    Export {
        /// The format
        #[arg(value_name = "FORMAT")]
        format: String,
        /// The question; without one the whole case
        #[arg(value_name = "QUESTION")]
        question: Vec<String>,
        /// Write to a file instead of standard output
        #[arg(short = 'o', long, value_name = "FILE")]
        output: Option<String>,
        /// Leave out what is marked above this, with all that only it tells of: clear, green, amber,
        /// amber+strict or red
        #[arg(long, value_name = "LEVEL", value_parser = known_marking)]
        max_tlp: Option<Marking>,
    },
    /// Answer JSON requests, one a line, on standard input
    Pipe,
    /// Verify all of a case file: checksums, references, and that the snapshot is what the journal says
    Check {
        /// The case file
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Save what is sound of a damaged case file into a new one
    Repair {
        /// The case file
        #[arg(value_name = "FILE")]
        file: String,
        /// The new file
        #[arg(value_name = "NEW")]
        into: String,
    },
    /// Copy a case file as it is now, even while others write to it
    Backup {
        /// The case file
        #[arg(value_name = "FILE")]
        file: String,
        /// The copy
        #[arg(value_name = "COPY")]
        to: String,
    },
    /// Write all that was ever recorded as plain text, an entry a line, for `load`
    Dump {
        /// The case file
        #[arg(value_name = "FILE")]
        file: String,
        /// Write to a file instead of standard output
        #[arg(short = 'o', long, value_name = "TEXT")]
        output: Option<String>,
    },
    /// Make a case file from what `dump` wrote: the same entries with the same numbers and times
    Load {
        /// The text; - is standard input
        #[arg(value_name = "TEXT")]
        text: String,
        /// The new file
        #[arg(value_name = "NEW")]
        into: String,
    },
}

fn date(text: &str) -> Result<PartialDate, String> {
    PartialDate::parse(text).ok_or_else(|| "write a date, such as 2020-07-01 or 2020-07".to_owned())
}

fn known_format(name: &str) -> Result<String, String> {
    match crate::front::output::format(name) {
        Ok(writer) => Ok(writer.name.to_owned()),
        Err(unknown) => Err(unknown.to_string()),
    }
}

/// The formats with what they are, for the help of `export`.
fn formats() -> String {
    let line = |writer: &crate::export::Writer| format!("  {:<14}{}\n", writer.name, writer.doc);
    let lines: String = crate::export::WRITERS.iter().map(line).collect();
    format!("Formats:\n{}", lines.trim_end_matches('\n'))
}

fn known_marking(name: &str) -> Result<Marking, String> {
    crate::front::export::marking(name).map_err(|unknown| unknown.to_string())
}

fn seconds(text: &str) -> Result<f64, String> {
    let given = text
        .parse::<f64>()
        .ok()
        .filter(|number| (0.0..=1e9).contains(number));
    given.ok_or_else(|| "write a number of seconds, such as 0.5 or 30".to_owned())
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let name = name.trim_start_matches('$');
    let good = name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    match good {
        true => Ok((name.to_owned(), value.to_owned())),
        false => Err(format!(
            "`{name}` is no name of a parameter: letters, digits, `_`"
        )),
    }
}

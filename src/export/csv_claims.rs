//! Claims as a table that our own reader of tables takes back: a row a claim, with the headers that
//! `import` knows. Blanks at the ends of texts are lost on the way, as in every table.

use crate::export::record;
use crate::export::selection::Selection;
use crate::export::writer::ExportError;
use crate::import::{guarded, guessed, listed, plain_cell};
use crate::model::{Claim, Likelihood, Polarity, Scale, Value};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

/// How many properties have a column of their own; the others stand in one column, as JSON.
const COLUMNS: usize = 64;

/// A column: its header, and what stands in it.
type Column = (&'static str, fn(&Claim<String>) -> String);

/// The columns of the fields. Those in which no claim has anything are left out.
const FIELDS: &[Column] = &[
    ("polarity", |claim| match claim.polarity {
        Polarity::Asserted => String::new(),
        Polarity::Denied => "denied".to_owned(),
    }),
    ("likelihood", |claim| {
        claim.likelihood.as_ref().map_or(String::new(), likelihood)
    }),
    ("confidence", |claim| {
        text(claim.confidence.map(|level| level.name()))
    }),
    ("reliability", |claim| {
        text(claim.reliability.map(|grade| grade.letter()))
    }),
    ("credibility", |claim| {
        text(claim.credibility.map(|grade| grade.grade()))
    }),
    ("source", |claim| listed(&claim.sources)),
    ("via", |claim| listed(&claim.via)),
    ("on", |claim| match single(claim) {
        true => text(claim.valid.from),
        false => String::new(),
    }),
    ("since", |claim| match single(claim) {
        true => String::new(),
        false => text(claim.valid.from),
    }),
    ("until", |claim| {
        match single(claim) || claim.valid.exclusive {
            true => String::new(),
            false => text(claim.valid.until),
        }
    }),
    ("before", |claim| match claim.valid.exclusive {
        true => text(claim.valid.until),
        false => String::new(),
    }),
    ("reported", |claim| text(claim.reported)),
    ("reference", |claim| text(claim.reference.as_deref())),
    ("locator", |claim| text(claim.locator.as_deref())),
    ("quote", |claim| text(claim.quote.as_deref())),
    ("marking", |claim| {
        text(claim.marking.map(|marking| marking.name()))
    }),
];

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

/// Whether a claim is of one date.
fn single(claim: &Claim<String>) -> bool {
    let valid = claim.valid;
    valid.from.is_some() && valid.from == valid.until && !valid.exclusive
}

/// A likelihood as our tables say it: `70%`, `likely`, `PHIA: likely`.
pub fn likelihood(given: &Likelihood) -> String {
    match given.scale {
        Scale::Percent | Scale::Words => given.term.clone(),
        Scale::Phia | Scale::Icd203 | Scale::Stix => {
            format!("{}: {}", given.scale.name(), given.term)
        }
    }
}

/// Writes the table.
pub fn write(selection: &Selection<'_>) -> Result<String, ExportError> {
    let words = crate::graph::GraphView::vocabulary(selection.graph);
    let claims: Vec<Claim<String>> = selection.named().map(|(_, claim)| claim).collect();
    let mut columns: Vec<(&str, Vec<String>)> = vec![
        ("subject", Vec::new()),
        ("relation", Vec::new()),
        ("object", Vec::new()),
    ];
    for claim in &claims {
        let relation = words.relation(claim.relation).name.clone();
        let ends = [claim.subject.clone(), relation, claim.object.clone()];
        for ((_, cells), cell) in columns.iter_mut().zip(ends) {
            cells.push(cell);
        }
    }
    for (header, cell) in FIELDS {
        columns.push((header, claims.iter().map(cell).collect()));
    }
    let sets: Vec<&[(String, Value)]> = claims
        .iter()
        .map(|claim| claim.properties.as_slice())
        .collect();
    let free = properties(&sets);
    columns.extend(
        free.iter()
            .map(|(key, cells)| (key.as_str(), cells.clone())),
    );
    let kept = columns
        .into_iter()
        .enumerate()
        .filter(|(at, (_, cells))| *at < 3 || cells.iter().any(|cell| !cell.is_empty()));
    table(kept.map(|(_, column)| column).collect(), claims.len())
}

/// Columns of free properties: those that a cell holds under their own keys, the others as JSON in a
/// column `properties`.
pub fn properties(sets: &[&[(String, Value)]]) -> Vec<(String, Vec<String>)> {
    let mut uses: FxHashMap<&str, usize> = FxHashMap::default();
    let free = |key: &str| {
        let means = guessed(&[key.to_owned()]);
        means == [crate::import::Field::Property] && !key.is_empty() && key.trim() == key
    };
    let keys = sets.iter().flat_map(|pairs| pairs.iter());
    for (key, _) in keys.filter(|(key, _)| free(key)) {
        *uses.entry(key).or_default() += 1;
    }
    let mut keys: Vec<(&str, usize)> = uses.into_iter().collect();
    keys.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    keys.truncate(COLUMNS);
    let mut keys: Vec<&str> = keys.into_iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    let mut columns: Vec<(String, Vec<String>)> = keys
        .iter()
        .map(|key| ((*key).to_owned(), vec![String::new(); sets.len()]))
        .collect();
    let mut others = vec![String::new(); sets.len()];
    let plain = |key: &str, value: &Value| {
        let has = keys.binary_search(&key).is_ok();
        has.then(|| plain_cell(value)).flatten()
    };
    for (row, pairs) in sets.iter().enumerate() {
        let (cells, rest) = record::apart(pairs, &plain);
        for (key, cell) in cells {
            if let Ok(at) = keys.binary_search(&key) {
                columns[at].1[row] = cell;
            }
        }
        if !rest.is_empty() {
            others[row] = Json::Object(rest).to_string();
        }
    }
    columns.push(("properties".to_owned(), others));
    columns
}

/// Columns as a table.
pub fn table(columns: Vec<(&str, Vec<String>)>, rows: usize) -> Result<String, ExportError> {
    let failed = |told: String| ExportError {
        title: format!("this cannot be written as CSV: {told}"),
        help: "use another format".into(),
    };
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer
        .write_record(columns.iter().map(|(header, _)| header))
        .map_err(|error| failed(error.to_string()))?;
    for row in 0..rows {
        let cells = columns.iter().map(|(_, cells)| guarded(&cells[row]));
        writer
            .write_record(cells.map(|cell| cell.into_owned()))
            .map_err(|error| failed(error.to_string()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

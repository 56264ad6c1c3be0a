//! The limit: what hand-written loops over plain sorted arrays take on one core. They know the case and
//! the question; they check nothing and hold nothing but numbers.

use std::path::Path;

/// The claims of one relation in one direction, sorted by near and far end.
#[derive(Default)]
pub struct Csr {
    pub starts: Vec<u32>,
    pub ends: Vec<u32>,
    pub confidence: Vec<u8>,
    pub year: Vec<u16>,
}

impl Csr {
    fn new(entities: usize, rows: &[[u32; 4]], near: usize) -> Csr {
        let far = 1 - near;
        let sorted = counted(rows, entities, |row| row[far]);
        let sorted = counted(&sorted, entities, |row| row[near]);
        let mut starts = vec![0u32; entities + 1];
        for row in &sorted {
            starts[row[near] as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Csr {
            starts,
            ends: sorted.iter().map(|row| row[far]).collect(),
            confidence: sorted.iter().map(|row| row[2] as u8).collect(),
            year: sorted.iter().map(|row| row[3] as u16).collect(),
        }
    }

    pub fn range(&self, of: u32) -> std::ops::Range<usize> {
        self.starts[of as usize] as usize..self.starts[of as usize + 1] as usize
    }

    pub fn of(&self, of: u32) -> &[u32] {
        &self.ends[self.range(of)]
    }
}

/// Rows sorted by a key, stably, by counting.
fn counted(rows: &[[u32; 4]], keys: usize, key: impl Fn(&[u32; 4]) -> u32) -> Vec<[u32; 4]> {
    let mut places = vec![0u32; keys + 1];
    for row in rows {
        places[key(row) as usize + 1] += 1;
    }
    for at in 1..places.len() {
        places[at] += places[at - 1];
    }
    let mut sorted = vec![[0; 4]; rows.len()];
    for row in rows {
        let place = &mut places[key(row) as usize];
        sorted[*place as usize] = *row;
        *place += 1;
    }
    sorted
}

/// The numbers of a table, row by row, past its header.
fn numbers(path: &Path) -> Vec<[u32; 4]> {
    let bytes = std::fs::read(path).expect("a table");
    let mut rows = Vec::with_capacity(bytes.len() / 20);
    let begin = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a header")
        + 1;
    let (mut row, mut field, mut number) = ([0u32; 4], 0, 0);
    for byte in &bytes[begin..] {
        match byte {
            b',' | b'\n' => {
                if field < 4 {
                    row[field] = number;
                }
                (field, number) = (field + 1, 0);
                if *byte == b'\n' {
                    rows.push(row);
                    field = 0;
                }
            }
            digit => number = number * 10 + u32::from(digit - b'0'),
        }
    }
    rows
}

/// All that the limits need of a case.
pub struct Arrays {
    pub entities: usize,
    /// Whether an entity is a group.
    pub group: Vec<bool>,
    /// For each relation its claims from subjects and to objects.
    pub of: Vec<(Csr, Csr)>,
}

/// Reads the tables of a case: what a bulk load takes at least.
pub fn load(folder: &Path, relations: &[&str]) -> Arrays {
    let text = std::fs::read_to_string(folder.join("entities.csv")).expect("entities");
    let group: Vec<bool> = text
        .lines()
        .skip(1)
        .map(|line| line.ends_with(",Group"))
        .collect();
    let entities = group.len();
    let of = relations.iter().map(|relation| {
        let rows = numbers(&folder.join(format!("{relation}.csv")));
        (Csr::new(entities, &rows, 0), Csr::new(entities, &rows, 1))
    });
    Arrays {
        of: of.collect(),
        group,
        entities,
    }
}

/// How many different numbers there are in a sorted slice.
pub fn distinct(sorted: &[u32]) -> i64 {
    let changes = sorted.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (changes + usize::from(!sorted.is_empty())) as i64
}

/// How many numbers two sorted slices share.
pub fn shared(few: &[u32], many: &[u32]) -> i64 {
    let (mut count, mut at, mut last) = (0, 0, u32::MAX);
    for id in few {
        if *id == last {
            continue;
        }
        last = *id;
        while at < many.len() && many[at] < *id {
            at += 1;
        }
        count += i64::from(many.get(at) == Some(id));
    }
    count
}

/// The ends of a step from marked entities.
pub fn step(csr: &Csr, from: &[bool]) -> Vec<bool> {
    let mut to = vec![false; from.len()];
    for (id, _) in from.iter().enumerate().filter(|(_, mark)| **mark) {
        for end in csr.of(id as u32) {
            to[*end as usize] = true;
        }
    }
    to
}

pub fn marked(marks: &[bool]) -> i64 {
    marks.iter().filter(|mark| **mark).count() as i64
}

/// Walks over two steps that a third brings back, by marking what it comes from.
pub fn circles(first: &Csr, second: &Csr, third_into: &Csr, entities: usize) -> i64 {
    let mut marks = vec![0u32; entities];
    let mut total: u64 = 0;
    for root in 0..entities as u32 {
        if third_into.of(root).is_empty() {
            continue;
        }
        for end in third_into.of(root) {
            marks[*end as usize] += 1;
        }
        for near in first.of(root) {
            total += second
                .of(*near)
                .iter()
                .map(|end| u64::from(marks[*end as usize]))
                .sum::<u64>();
        }
        for end in third_into.of(root) {
            marks[*end as usize] = 0;
        }
    }
    total as i64
}

//! The generated case as tables: entities of nine kinds, claims in eight relations with confidence, year
//! and source, degrees that fall off as they do in real graphs. The same numbers give the same tables.

use std::fmt::Write;
use std::path::Path;

pub const RELATIONS: [&str; 8] = [
    "targeted",
    "attributed_to",
    "sanctioned",
    "uses",
    "part_of",
    "located_in",
    "condemned",
    "associated_with",
];
/// Shares of the relations, of a hundred.
const SHARES: [u64; 8] = [35, 8, 7, 20, 10, 10, 2, 8];
const KINDS: [(&str, u64); 9] = [
    ("State", 1),
    ("Agency", 10),
    ("Group", 20),
    ("Person", 350),
    ("Company", 250),
    ("Institution", 100),
    ("Campaign", 30),
    ("Malware", 39),
    ("Vulnerability", 200),
];

/// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Few numbers often and many seldom, spread over all of them.
    fn skewed(&mut self, limit: u64) -> u64 {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        let rank = ((limit as f64).powf(share) - 1.0) as u64;
        rank.min(limit - 1).wrapping_mul(2_654_435_761) % limit
    }

    fn share(&mut self, of: impl Iterator<Item = u64>, whole: u64) -> usize {
        let mut left = self.below(whole);
        for (at, share) in of.enumerate() {
            if left < share {
                return at;
            }
            left -= share;
        }
        0
    }
}

/// Writes the tables of a case into a folder.
pub fn write(folder: &Path, entities: u64, claims: u64) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut random = Random(7);
    let mut text = String::from("id,name,kind\n");
    for id in 0..entities {
        let kind = KINDS[random.share(KINDS.iter().map(|kind| kind.1), 1000)].0;
        let _ = writeln!(text, "{id},{kind}_{id},{kind}");
    }
    std::fs::write(folder.join("entities.csv"), text).expect("written");
    let mut texts = vec![String::from("from,to,confidence,year,source\n"); RELATIONS.len()];
    for _ in 0..claims {
        let subject = random.skewed(entities);
        let object = match random.below(2) {
            0 => random.skewed(entities),
            _ => random.below(entities),
        };
        let relation = random.share(SHARES.into_iter(), 100);
        let (confidence, year) = (random.below(101), 2000 + random.below(26));
        let source = random.below(500);
        let _ = writeln!(
            texts[relation],
            "{subject},{object},{confidence},{year},{source}"
        );
    }
    for (relation, text) in RELATIONS.iter().zip(texts) {
        std::fs::write(folder.join(format!("{relation}.csv")), text).expect("written");
    }
}

//! The keywords of the language, for colours and completion. A test keeps the list equal to the
//! grammar's.

/// All keywords, in upper case, sorted.
pub const KEYWORDS: &[&str] = &[
    "ACCORDING",
    "ACYCLIC",
    "ALL",
    "ALLSHORTESTPATHS",
    "AND",
    "ANY",
    "AS",
    "ASC",
    "ASCENDING",
    "AT",
    "BEFORE",
    "BETWEEN",
    "BY",
    "CALL",
    "CASE",
    "CAST",
    "COLLECT",
    "CONTAINS",
    "COUNT",
    "CREATE",
    "DELETE",
    "DENIED",
    "DERIVED",
    "DESC",
    "DESCENDING",
    "DETACH",
    "DISTINCT",
    "ELSE",
    "END",
    "ENDS",
    "EXCLUDING",
    "EXISTS",
    "EXPLAIN",
    "FALSE",
    "FILTER",
    "FINISH",
    "FOR",
    "GROUP",
    "GROUPS",
    "IN",
    "INCLUDING",
    "INSERT",
    "IS",
    "KNOWN",
    "LABELED",
    "LET",
    "LIMIT",
    "MATCH",
    "MERGE",
    "NODETACH",
    "NONE",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "ONLY",
    "OPTIONAL",
    "OR",
    "ORDER",
    "ORDINALITY",
    "PATH",
    "PATHS",
    "PROFILE",
    "REDUCE",
    "REMOVE",
    "RETRACTED",
    "RETURN",
    "SET",
    "SHORTEST",
    "SHORTESTPATH",
    "SIMPLE",
    "SINCE",
    "SINGLE",
    "SKIP",
    "STARTS",
    "THEN",
    "TIME",
    "TO",
    "TRAIL",
    "TRUE",
    "UNION",
    "UNKNOWN",
    "UNWIND",
    "WALK",
    "WHEN",
    "WHERE",
    "WHY",
    "WITH",
    "WITHOUT",
    "XOR",
    "YIELD",
];

/// Whether a word is a keyword, in any case.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .binary_search(&word.to_uppercase().as_str())
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn the_list_is_the_grammars() {
        let grammar = include_str!("../../../grammar/gql.pest");
        let mut known: Vec<String> = grammar
            .lines()
            .filter(|line| line.starts_with("k_"))
            .filter_map(|line| line.split('"').nth(1))
            .map(str::to_uppercase)
            .collect();
        known.sort();
        known.dedup();
        assert_eq!(known, KEYWORDS);
    }
}

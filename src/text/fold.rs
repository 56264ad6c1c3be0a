//! Name folding: the form under which names are compared when the exact spelling finds nothing.
//! It never decides that two names mean one entity; it only finds candidates.

/// The folded form of a name: Latin letters without marks, lower case, every run of white space,
/// `_`, `-`, `.` and `'` as one space, no space at the ends.
///
/// `UK_Parliament`, `uk parliament` and `UK-Parliament` fold alike; `Käse` folds as `kase`, `Группа`
/// as `gruppa` (the transliteration is that of the crate `deunicode`).
pub fn fold(name: &str) -> String {
    // Most names are ASCII as they are; what `deunicode` gives is so always.
    match name.is_ascii() {
        true => ascii(name),
        false => ascii(&deunicode::deunicode(name)),
    }
}

fn ascii(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for byte in name.bytes() {
        let c = char::from(byte);
        if c.is_whitespace() || matches!(c, '_' | '-' | '.' | '\'') {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_one_name_fold_alike() {
        for spelling in [
            "UK_Parliament",
            "uk parliament",
            "UK-Parliament",
            "  Uk  Parliament ",
        ] {
            assert_eq!(fold(spelling), "uk parliament");
        }
    }

    #[test]
    fn other_scripts_fold_to_latin_letters() {
        assert_eq!(fold("Käse_GmbH"), "kase gmbh");
        assert_eq!(fold("Группа"), "gruppa");
    }
}

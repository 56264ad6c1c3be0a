//! Which name was probably meant: the nearest names by edit distance, and lists of names as prose.
//! It ranks; it never picks one for the user.

use crate::text::fold::fold;

/// The names nearest to `word`, nearest first, at most `most` of them.
///
/// Distance is Damerau–Levenshtein over folded names; a name counts as near when the distance is
/// at most a third of the longer length (at least 1). A name that begins with the word counts as
/// near as well, since a word is often typed short.
pub fn nearest<'a>(
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = fold(word);
    let length = wanted.chars().count();
    if length == 0 {
        return Vec::new();
    }
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let folded = fold(name);
            let longer = folded.chars().count().max(length);
            let limit = (longer / 3).max(1);
            if longer - folded.chars().count().min(length) > limit {
                return (length >= 3 && folded.starts_with(&wanted)).then_some((limit + 1, name));
            }
            let distance = strsim::damerau_levenshtein(&folded, &wanted);
            (distance <= limit && distance < length).then_some((distance, name))
        })
        .collect();
    found.sort();
    found.dedup_by(|a, b| a.1 == b.1);
    found.into_iter().take(most).map(|(_, name)| name).collect()
}

/// Names as prose: `` `a` ``, `` `a` or `b` ``, `` `a`, `b` or `c` ``.
pub fn quoted_list(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, quoted_list};

    #[test]
    fn a_slip_finds_the_name_and_a_stranger_finds_none() {
        let names = ["UK_Parliament", "UK", "Germany", "targeted"];
        assert_eq!(nearest("UK_Parlament", names, 3), ["UK_Parliament"]);
        assert_eq!(nearest("targetted", names, 3), ["targeted"]);
        assert_eq!(nearest("Mimikatz", names, 3), Vec::<&str>::new());
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(quoted_list(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(quoted_list(&["a"]), "`a`");
        assert_eq!(quoted_list(&[] as &[&str]), "");
    }
}

//! The functions of the language: names and how many arguments they take. What they do is said
//! where they run.

/// A function.
pub struct Function {
    /// Its name in lower case.
    pub name: &'static str,
    /// How many arguments, at least.
    pub least: usize,
    /// How many arguments, at most.
    pub most: usize,
    /// Whether it takes many rows and gives one value.
    pub aggregates: bool,
}

const fn plain(name: &'static str, least: usize, most: usize) -> Function {
    Function {
        name,
        least,
        most,
        aggregates: false,
    }
}

const fn aggregate(name: &'static str, arguments: usize) -> Function {
    Function {
        name,
        least: arguments,
        most: arguments,
        aggregates: true,
    }
}

/// All functions, sorted by name.
pub const FUNCTIONS: &[Function] = &[
    plain("abs", 1, 1),
    plain("acos", 1, 1),
    plain("asin", 1, 1),
    plain("atan", 1, 1),
    plain("atan2", 2, 2),
    aggregate("avg", 1),
    plain("ceil", 1, 1),
    plain("char_length", 1, 1),
    plain("character_length", 1, 1),
    plain("coalesce", 1, usize::MAX),
    aggregate("collect", 1),
    plain("cos", 1, 1),
    plain("cot", 1, 1),
    aggregate("count", 1),
    plain("date", 0, 1),
    plain("date.realtime", 0, 1),
    plain("date.statement", 0, 1),
    plain("date.transaction", 0, 1),
    plain("date.truncate", 1, 3),
    plain("datetime", 0, 1),
    plain("datetime.fromepoch", 2, 2),
    plain("datetime.fromepochmillis", 1, 1),
    plain("datetime.realtime", 0, 1),
    plain("datetime.statement", 0, 1),
    plain("datetime.transaction", 0, 1),
    plain("datetime.truncate", 1, 3),
    plain("degrees", 1, 1),
    plain("duration", 1, 1),
    plain("duration.between", 2, 2),
    plain("duration.indays", 2, 2),
    plain("duration.inmonths", 2, 2),
    plain("duration.inseconds", 2, 2),
    plain("e", 0, 0),
    plain("elementid", 1, 1),
    plain("endnode", 1, 1),
    plain("exists", 1, 1),
    plain("exp", 1, 1),
    plain("floor", 1, 1),
    plain("haversin", 1, 1),
    plain("head", 1, 1),
    plain("id", 1, 1),
    plain("keys", 1, 1),
    plain("labels", 1, 1),
    plain("last", 1, 1),
    plain("left", 2, 2),
    plain("length", 1, 1),
    plain("localdatetime", 0, 1),
    plain("localdatetime.realtime", 0, 1),
    plain("localdatetime.statement", 0, 1),
    plain("localdatetime.transaction", 0, 1),
    plain("localdatetime.truncate", 1, 3),
    plain("localtime", 0, 1),
    plain("localtime.realtime", 0, 1),
    plain("localtime.statement", 0, 1),
    plain("localtime.transaction", 0, 1),
    plain("localtime.truncate", 1, 3),
    plain("log", 1, 1),
    plain("log10", 1, 1),
    plain("lower", 1, 1),
    plain("ltrim", 1, 1),
    aggregate("max", 1),
    aggregate("min", 1),
    plain("nodes", 1, 1),
    plain("nullif", 2, 2),
    aggregate("percentilecont", 2),
    aggregate("percentiledisc", 2),
    plain("pi", 0, 0),
    plain("properties", 1, 1),
    plain("radians", 1, 1),
    plain("rand", 0, 0),
    plain("range", 2, 3),
    plain("relationships", 1, 1),
    plain("rels", 1, 1),
    plain("replace", 3, 3),
    plain("reverse", 1, 1),
    plain("right", 2, 2),
    plain("round", 1, 2),
    plain("rtrim", 1, 1),
    plain("sign", 1, 1),
    plain("sin", 1, 1),
    plain("size", 1, 1),
    plain("split", 2, 2),
    plain("sqrt", 1, 1),
    plain("startnode", 1, 1),
    aggregate("stdev", 1),
    aggregate("stdevp", 1),
    plain("substring", 2, 3),
    aggregate("sum", 1),
    plain("tail", 1, 1),
    plain("tan", 1, 1),
    plain("time", 0, 1),
    plain("time.realtime", 0, 1),
    plain("time.statement", 0, 1),
    plain("time.transaction", 0, 1),
    plain("time.truncate", 1, 3),
    plain("timestamp", 0, 0),
    plain("toboolean", 1, 1),
    plain("tofloat", 1, 1),
    plain("tointeger", 1, 1),
    plain("tolower", 1, 1),
    plain("tostring", 1, 1),
    plain("toupper", 1, 1),
    plain("trim", 1, 1),
    plain("type", 1, 1),
    plain("upper", 1, 1),
];

/// The function of a name, in any case.
pub fn function(name: &str) -> Option<&'static Function> {
    let lower = name.to_lowercase();
    FUNCTIONS
        .binary_search_by(|function| function.name.cmp(&lower))
        .ok()
        .map(|at| &FUNCTIONS[at])
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, function};

    #[test]
    fn functions_are_sorted_and_found_in_any_case() {
        assert!(FUNCTIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(function("toUpper").is_some() && function("nope").is_none());
    }
}

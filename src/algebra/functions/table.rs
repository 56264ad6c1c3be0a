//! The table of all functions: their names, how many arguments they take, what they do.

use crate::algebra::datum::Datum;
use crate::algebra::functions::kinds::{Context, Function, Given, Run};
use crate::algebra::functions::{graph, list, number, temporal, text};
use crate::algebra::terms::AggregateFunction;

const fn strict(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&Context<'_>, &[Datum]) -> Given,
) -> Function {
    Function {
        name,
        least,
        most,
        run: Run::Strict(run),
    }
}

const fn loose(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&Context<'_>, &[Datum]) -> Given,
) -> Function {
    Function {
        name,
        least,
        most,
        run: Run::Loose(run),
    }
}

const fn time(name: &'static str, least: usize, most: usize) -> Function {
    Function {
        name,
        least,
        most,
        run: Run::Named(temporal::call),
    }
}

const fn math(name: &'static str, least: usize) -> Function {
    Function {
        name,
        least,
        most: least,
        run: Run::Named(number::call),
    }
}

const fn aggregate(name: &'static str, arguments: usize, function: AggregateFunction) -> Function {
    Function {
        name,
        least: arguments,
        most: arguments,
        run: Run::Aggregate(function),
    }
}

const fn expression(name: &'static str, least: usize, most: usize) -> Function {
    Function {
        name,
        least,
        most,
        run: Run::Expression,
    }
}

/// All functions, sorted by name.
pub static FUNCTIONS: &[Function] = &[
    strict("abs", 1, 1, number::abs),
    math("acos", 1),
    math("asin", 1),
    math("atan", 1),
    math("atan2", 2),
    aggregate("avg", 1, AggregateFunction::Average),
    math("ceil", 1),
    strict("char_length", 1, 1, list::size),
    strict("character_length", 1, 1, list::size),
    expression("coalesce", 1, usize::MAX),
    aggregate("collect", 1, AggregateFunction::Collect),
    math("cos", 1),
    math("cot", 1),
    aggregate("count", 1, AggregateFunction::Count),
    time("date", 0, 1),
    time("date.realtime", 0, 1),
    time("date.statement", 0, 1),
    time("date.transaction", 0, 1),
    time("date.truncate", 1, 3),
    time("datetime", 0, 1),
    strict("datetime.fromepoch", 2, 2, temporal::from_epoch),
    strict("datetime.fromepochmillis", 1, 1, temporal::from_epoch),
    time("datetime.realtime", 0, 1),
    time("datetime.statement", 0, 1),
    time("datetime.transaction", 0, 1),
    time("datetime.truncate", 1, 3),
    math("degrees", 1),
    time("duration", 1, 1),
    time("duration.between", 2, 2),
    time("duration.indays", 2, 2),
    time("duration.inmonths", 2, 2),
    time("duration.inseconds", 2, 2),
    math("e", 0),
    strict("elementid", 1, 1, graph::element_id),
    strict("endnode", 1, 1, graph::end_node),
    expression("exists", 1, 1),
    math("exp", 1),
    math("floor", 1),
    math("haversin", 1),
    strict("head", 1, 1, list::head),
    strict("id", 1, 1, graph::id),
    strict("isempty", 1, 1, list::is_empty),
    strict("isnan", 1, 1, number::is_nan),
    strict("keys", 1, 1, graph::keys),
    strict("labels", 1, 1, graph::labels),
    strict("last", 1, 1, list::last),
    strict("left", 2, 2, text::left),
    strict("length", 1, 1, graph::length),
    time("localdatetime", 0, 1),
    time("localdatetime.realtime", 0, 1),
    time("localdatetime.statement", 0, 1),
    time("localdatetime.transaction", 0, 1),
    time("localdatetime.truncate", 1, 3),
    time("localtime", 0, 1),
    time("localtime.realtime", 0, 1),
    time("localtime.statement", 0, 1),
    time("localtime.transaction", 0, 1),
    time("localtime.truncate", 1, 3),
    math("log", 1),
    math("log10", 1),
    strict("lower", 1, 1, text::lower),
    strict("ltrim", 1, 1, text::left_trim),
    aggregate("max", 1, AggregateFunction::Max),
    aggregate("min", 1, AggregateFunction::Min),
    strict("nodes", 1, 1, graph::nodes),
    loose("nullif", 2, 2, list::null_if),
    aggregate("percentilecont", 2, AggregateFunction::PercentileContinuous),
    aggregate("percentiledisc", 2, AggregateFunction::PercentileDiscrete),
    math("pi", 0),
    strict("properties", 1, 1, graph::properties),
    math("radians", 1),
    loose("rand", 0, 0, number::random),
    strict("range", 2, 3, list::range),
    strict("relationships", 1, 1, graph::relationships),
    strict("rels", 1, 1, graph::relationships),
    strict("replace", 3, 3, text::replace),
    strict("reverse", 1, 1, list::reverse),
    strict("right", 2, 2, text::right),
    strict("round", 1, 2, number::round),
    strict("rtrim", 1, 1, text::right_trim),
    strict("sign", 1, 1, number::sign),
    math("sin", 1),
    strict("size", 1, 1, list::size),
    strict("split", 2, 2, text::split),
    math("sqrt", 1),
    strict("startnode", 1, 1, graph::start_node),
    aggregate("stdev", 1, AggregateFunction::Deviation),
    aggregate("stdevp", 1, AggregateFunction::PopulationDeviation),
    strict("substring", 2, 3, text::substring),
    aggregate("sum", 1, AggregateFunction::Sum),
    strict("tail", 1, 1, list::tail),
    math("tan", 1),
    time("time", 0, 1),
    time("time.realtime", 0, 1),
    time("time.statement", 0, 1),
    time("time.transaction", 0, 1),
    time("time.truncate", 1, 3),
    loose("timestamp", 0, 0, temporal::timestamp),
    strict("toboolean", 1, 1, text::to_boolean),
    strict("tofloat", 1, 1, number::to_float),
    strict("tointeger", 1, 1, number::to_integer),
    strict("tolower", 1, 1, text::lower),
    strict("tostring", 1, 1, text::to_text),
    strict("toupper", 1, 1, text::upper),
    strict("trim", 1, 1, text::trim),
    strict("type", 1, 1, graph::kind),
    strict("upper", 1, 1, text::upper),
    loose("valuetype", 1, 1, text::value_type),
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

//! The functions that make one value of many: count, sum, percentile and so on.

#![allow(clippy::wildcard_enum_match_arm)] // A function names the kinds that it takes.

use crate::algebra::functions::operators::binary;
use crate::algebra::{AggregateFunction, Datum, Fault, Operator};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// What one function holds of one group.
#[derive(Debug)]
pub struct Folded {
    function: AggregateFunction,
    count: u64,
    /// Sum, least or greatest so far.
    value: Datum,
    /// What must be kept until the end.
    values: Vec<Datum>,
    /// Keys of what came already, where equal values count once.
    seen: Option<FxHashSet<Vec<u8>>>,
    parameter: Datum,
}

impl Folded {
    /// Nothing so far.
    pub fn new(function: AggregateFunction, distinct: bool) -> Folded {
        Folded {
            function,
            count: 0,
            value: Datum::Null,
            values: Vec::new(),
            seen: distinct.then(FxHashSet::default),
            parameter: Datum::Null,
        }
    }

    /// One more value; no value does not count.
    pub fn add(&mut self, value: Datum, parameter: Option<Datum>) -> Result<(), Fault> {
        if let Some(parameter) = parameter {
            self.parameter = parameter;
            self.check()?;
        }
        if value.is_null() {
            return Ok(());
        }
        if let Some(seen) = &mut self.seen {
            let mut key = Vec::new();
            value.key(&mut key);
            if !seen.insert(key) {
                return Ok(());
            }
        }
        self.count += 1;
        let better =
            |wanted: Ordering, known: &Datum| known.is_null() || value.order(known) == wanted;
        match self.function {
            AggregateFunction::Count => {}
            AggregateFunction::Sum | AggregateFunction::Average => {
                self.value = match &self.value {
                    Datum::Null => binary(Operator::Add, &Datum::int(0), &value).or_else(
                        |fault| match value {
                            Datum::Value(crate::model::Value::Temporal(_)) => Ok(value),
                            _ => Err(fault),
                        },
                    )?,
                    known => binary(Operator::Add, known, &value)?,
                }
            }
            AggregateFunction::Min => {
                if better(Ordering::Less, &self.value) {
                    self.value = value;
                }
            }
            AggregateFunction::Max => {
                if better(Ordering::Greater, &self.value) {
                    self.value = value;
                }
            }
            AggregateFunction::Collect
            | AggregateFunction::Deviation
            | AggregateFunction::PopulationDeviation
            | AggregateFunction::PercentileContinuous
            | AggregateFunction::PercentileDiscrete => self.values.push(value),
        }
        Ok(())
    }

    /// Whether it keeps what it is given.
    pub fn keeps(&self) -> bool {
        self.seen.is_some()
            || !matches!(
                self.function,
                AggregateFunction::Count
                    | AggregateFunction::Sum
                    | AggregateFunction::Average
                    | AggregateFunction::Min
                    | AggregateFunction::Max
            )
    }

    /// The same value so many times more, for functions that keep nothing.
    pub fn add_many(&mut self, value: &Datum, times: u64) -> Result<(), Fault> {
        let adds = matches!(
            self.function,
            AggregateFunction::Sum | AggregateFunction::Average
        );
        match (value, i64::try_from(times)) {
            (Datum::Null, _) => Ok(()),
            (value, Ok(many)) if adds && value.as_float().is_some() => {
                let sum = binary(Operator::Multiply, value, &Datum::int(many))?;
                self.add(sum, None)?;
                self.count += times - 1;
                Ok(())
            }
            (value, _) if !adds => {
                self.add(value.clone(), None)?;
                self.count += times - 1;
                Ok(())
            }
            // Durations: their parts are rounded one by one.
            (value, _) => (0..times).try_for_each(|_| self.add(value.clone(), None)),
        }
    }

    fn check(&self) -> Result<(), Fault> {
        match self.parameter.as_float() {
            Some(share) if (0.0..=1.0).contains(&share) => Ok(()),
            Some(share) => Err(Fault::new(
                "ArgumentError",
                "NumberOutOfRange",
                format!("a percentile lies between 0.0 and 1.0, not at {share}"),
            )
            .help("0.5 is the median")),
            None => Err(Fault::kind(format!(
                "a percentile is a number, not {}",
                self.parameter.kind()
            ))),
        }
    }

    fn numbers(&self) -> Result<Vec<f64>, Fault> {
        let number = |value: &Datum| {
            value.as_float().ok_or_else(|| {
                Fault::kind(format!(
                    "{}() needs numbers, not {}",
                    self.function.name(),
                    value.kind()
                ))
            })
        };
        self.values.iter().map(number).collect()
    }

    /// What it comes to.
    pub fn done(self) -> Result<Datum, Fault> {
        let nothing = self.count == 0;
        Ok(match self.function {
            AggregateFunction::Count => Datum::int(self.count as i64),
            AggregateFunction::Sum if nothing => Datum::int(0),
            AggregateFunction::Sum | AggregateFunction::Min | AggregateFunction::Max => self.value,
            AggregateFunction::Average if nothing => Datum::Null,
            AggregateFunction::Average => {
                let count = Datum::float(self.count as f64);
                binary(Operator::Divide, &self.value, &count)?
            }
            AggregateFunction::Collect => Datum::List(self.values),
            AggregateFunction::Deviation | AggregateFunction::PopulationDeviation => {
                let numbers = self.numbers()?;
                let count = numbers.len() as f64;
                let sample = self.function == AggregateFunction::Deviation;
                let divisor = if sample { count - 1.0 } else { count };
                if divisor <= 0.0 {
                    return Ok(Datum::float(0.0));
                }
                let mean = numbers.iter().sum::<f64>() / count;
                let squares: f64 = numbers.iter().map(|x| (x - mean) * (x - mean)).sum();
                Datum::float((squares / divisor).sqrt())
            }
            AggregateFunction::PercentileContinuous | AggregateFunction::PercentileDiscrete
                if nothing =>
            {
                Datum::Null
            }
            AggregateFunction::PercentileContinuous => {
                let mut numbers = self.numbers()?;
                numbers.sort_by(f64::total_cmp);
                let place = self.parameter.as_float().unwrap_or(0.0) * (numbers.len() - 1) as f64;
                let (low, high) = (place.floor() as usize, place.ceil() as usize);
                let share = place - low as f64;
                Datum::float(numbers[low] + (numbers[high] - numbers[low]) * share)
            }
            AggregateFunction::PercentileDiscrete => {
                self.numbers()?;
                let mut values = self.values;
                values.sort_by(Datum::order);
                let share = self.parameter.as_float().unwrap_or(0.0);
                let place = (share * values.len() as f64).ceil().max(1.0) as usize - 1;
                values.swap_remove(place.min(values.len() - 1))
            }
        })
    }
}

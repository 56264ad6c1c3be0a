//! The variables of a plan: columns by number, and their names for people.

/// A column of rows, by number; its name stands in [`Variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub u16);

/// The names of the variables of one plan, for explanations and answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables {
    names: Vec<String>,
}

impl Variables {
    /// A new variable. Names need not be unique: explanations add a number where they are not.
    pub fn fresh(&mut self, name: &str) -> Var {
        let taken = self
            .names
            .iter()
            .filter(|known| known.trim_end_matches(|c: char| c.is_ascii_digit()) == name)
            .count();
        let name = if taken == 0 {
            name.to_owned()
        } else {
            format!("{name}{}", taken + 1)
        };
        self.names.push(name);
        Var((self.names.len() - 1) as u16)
    }

    /// The name of a variable.
    pub fn name(&self, var: Var) -> &str {
        self.names.get(var.0 as usize).map_or("?", String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

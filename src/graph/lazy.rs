//! What is read from a snapshot as a whole, and only when somebody asks for it.

use crate::graph::records::Stored;
use std::sync::OnceLock;

/// What makes a thing of a list in a snapshot.
type Reader<T> = fn(&Stored) -> T;

/// Something that may lie in a snapshot yet.
#[derive(Clone, Debug)]
pub struct Lazy<T> {
    value: OnceLock<T>,
    cold: Option<(Stored, Reader<T>)>,
}

impl<T: Default> Default for Lazy<T> {
    fn default() -> Lazy<T> {
        Lazy::from(T::default())
    }
}

impl<T> From<T> for Lazy<T> {
    fn from(value: T) -> Lazy<T> {
        Lazy {
            value: OnceLock::from(value),
            cold: None,
        }
    }
}

impl<T: Default> Lazy<T> {
    /// What `read` makes of a list in a snapshot.
    pub fn cold(stored: Stored, read: fn(&Stored) -> T) -> Lazy<T> {
        Lazy {
            value: OnceLock::new(),
            cold: Some((stored, read)),
        }
    }

    /// The thing.
    #[inline]
    pub fn get(&self) -> &T {
        self.value.get_or_init(|| match &self.cold {
            Some((stored, read)) => read(stored),
            None => T::default(),
        })
    }

    /// The thing, to change it.
    pub fn get_mut(&mut self) -> &mut T {
        self.get();
        self.cold = None;
        match self.value.get_mut() {
            Some(value) => value,
            None => unreachable!("it was read just now"),
        }
    }
}

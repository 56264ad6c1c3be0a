//! A panic of the store below becomes an error: it may panic where a file was damaged. Only what is
//! run inside [`quietly`] is caught, and only its panics are kept from being printed.

use crate::storage::error::StorageError;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs what touches the store; a panic in it is damage. Whatever it was busy with is to be given
/// up then: the store refuses further work by its poisoned locks.
pub fn quietly<T>(work: impl FnOnce() -> Result<T, StorageError>) -> Result<T, StorageError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    result.unwrap_or_else(|cause| {
        let text = cause
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| cause.downcast_ref::<&str>().copied())
            .unwrap_or("the store gave up");
        let line = text.lines().next().unwrap_or(text);
        Err(StorageError::damaged("the store", line))
    })
}

/// Runs what the caller brought along, within what is run quietly: its panics are printed.
pub fn loudly<T>(work: impl FnOnce() -> T) -> T {
    let before = QUIET.replace(false);
    let result = work();
    QUIET.set(before);
    result
}

#[cfg(test)]
mod tests {
    use crate::storage::error::StorageError;
    use crate::storage::quiet::quietly;

    #[test]
    fn a_panic_is_damage() {
        let result: Result<(), _> = quietly(|| panic!("page {} is not there", 7));
        assert_eq!(
            result,
            Err(StorageError::damaged("the store", "page 7 is not there"))
        );
        assert_eq!(quietly(|| Ok(3)), Ok(3));
    }
}

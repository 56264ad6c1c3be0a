//! What the program says, and what time it is: standard output, standard error, the clock.

use std::io::Write;

/// Now, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Writes to standard error; if that is closed nobody wants to hear it.
pub fn tell(text: &str) {
    let _ = write!(std::io::stderr(), "{text}");
}

/// Writes to standard output.
pub fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

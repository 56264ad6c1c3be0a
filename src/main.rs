//! The program: hands the command line to the library and returns its exit code.

use std::process::ExitCode;

/// What documents hold is made on one thread and dropped on another, in small pieces: the system's
/// allocator takes a quarter of an import for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack for the deepest query that the parsers let pass, whatever the system gives the first thread.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    let work = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(whodunit::cli::main);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // A panic has told of itself; without a thread the first one must do.
        Ok(Err(_)) => ExitCode::from(101),
        Err(_) => whodunit::cli::main(),
    }
}

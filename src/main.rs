//! The binary. It hands the command line to the library and turns the outcome into an exit code.

fn main() {}

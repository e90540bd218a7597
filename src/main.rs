//! The thin binary: arguments to the command line or the workstation, errors to one sentence and an exit code.
fn main() {}
